//! Flags and their values out of words, as spf13/pflag 1.0 takes them (`flag.go`, `parseArgs`).

use caulk_source::{Span, cut_from};

use super::flags::{Flag, Kind, Table};
use super::text::{Argument, Text};

/// A flag that is given, and with what.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// The flag.
    pub flag: &'a Flag,
    /// Its value; `true` for a switch without one.
    pub value: Text,
    /// Where a reader should look: the flag with its value.
    pub span: Span,
    /// Which words it takes up: the first, and how many. Flags of a cluster share their word.
    pub words: (usize, usize),
    /// Whether it has its words for itself, so that they can go with it.
    pub alone: bool,
    /// Whether a part of it is written elsewhere.
    pub shared: bool,
}

/// A line that the client refuses: nothing is started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Where.
    pub span: Option<Span>,
    /// What the client says.
    pub message: String,
}

impl Refusal {
    pub(super) fn new(span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }
}

/// A word of which nobody here knows which flags it is.
#[derive(Clone, Debug)]
pub struct Unsure {
    /// What it hangs on: reads after "unknown, because".
    pub because: String,
    /// Where it is written.
    pub span: Span,
}

/// A line, taken apart.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The flags, in order.
    pub given: Vec<Given<'a>>,
    /// Where the first word stands that is no flag; the number of words where there is none.
    pub rest: usize,
    /// Why the flags may not be all: a word among them hangs on something that is not here.
    pub unsure: Option<Unsure>,
    /// Whether only help was asked for.
    pub help: bool,
}

/// Takes `words` apart. Flags end at the first word that is none, or behind `--`.
pub(super) fn parse<'a>(table: &Table<'a>, words: &[Argument]) -> Result<Line<'a>, Refusal> {
    let mut line = Line {
        given: Vec::new(),
        rest: words.len(),
        unsure: None,
        help: false,
    };
    let mut at = 0;
    while let Some(more) = flags_from(table, words, at, &mut line)? {
        // A word of which nothing is known: flags, or the image.
        let Some(next) = next_known(words, more).filter(|next| flags_follow(table, words, *next))
        else {
            line.rest = image_among(words, more);
            if line.rest > more || may_be_flags(words, more) {
                line.unsure = words.get(more).map(unsure);
            }
            break;
        };
        line.unsure = words.get(more).map(unsure);
        at = next;
    }
    Ok(line)
}

/// Takes flags from `at` on; ends at a word in flag position of which nothing is known, if one
/// comes before the image, and says where.
fn flags_from<'a>(
    table: &Table<'a>,
    words: &[Argument],
    mut at: usize,
    line: &mut Line<'a>,
) -> Result<Option<usize>, Refusal> {
    while let Some(word) = words.get(at) {
        let known = word.text.beginning();
        if is_unknown(word) {
            if word.text.splits() {
                return Ok(Some(at));
            }
            line.rest = at;
            return Ok(None);
        }
        if known == "-" && word.text.value().is_none() {
            line.unsure = Some(unsure(word));
            at += 1;
            continue;
        }
        let Some(after) = known.strip_prefix('-').filter(|after| !after.is_empty()) else {
            line.rest = at;
            return Ok(None);
        };
        if known == "--" && word.text.value().is_some() {
            line.rest = at + 1;
            return Ok(None);
        }
        at = if after.starts_with('-') {
            long(table, words, at, line)?
        } else {
            short(table, words, at, line)?
        };
        if line.help {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Whether nothing is known of how a word begins.
fn is_unknown(word: &Argument) -> bool {
    word.text.beginning().is_empty() && !word.text.is_empty()
}

fn next_known(words: &[Argument], from: usize) -> Option<usize> {
    let rest = words.get(from..)?;
    Some(from + rest.iter().position(|word| !is_unknown(word))?)
}

/// Whether flags stand from `at` on, and then some other word: so what stood before them was no
/// image. Else it was, and what follows is the container's.
fn flags_follow(table: &Table<'_>, words: &[Argument], at: usize) -> bool {
    let mut line = Line {
        given: Vec::new(),
        rest: words.len(),
        unsure: None,
        help: false,
    };
    let open = flags_from(table, words, at, &mut line);
    open.is_ok_and(|open| !line.given.is_empty() && (open.is_some() || line.rest < words.len()))
}

/// Which of the words from `at` on is the image, where those before it are unknown: `$OPTIONS $IMAGE`,
/// `$OPTIONS image`, but `$IMAGE command`.
fn image_among(words: &[Argument], at: usize) -> usize {
    match next_known(words, at) {
        Some(next) if words.get(at).is_some_and(|word| has_part(word, FLAGS)) => {
            let named = words.get(at..next).unwrap_or_default();
            let image = named.iter().position(|word| has_part(word, IMAGES));
            image.map_or(next, |image| at + image)
        }
        Some(_) => at,
        None => words.len().saturating_sub(1),
    }
}

/// Whether the unknown word at `at` may be flags although it stands where the image may: another word
/// follows that may be the image then, and its name does not say that it is one.
fn may_be_flags(words: &[Argument], at: usize) -> bool {
    words.len() > at + 1 && words.get(at).is_some_and(|word| !has_part(word, IMAGES))
}

/// Parts of the names of variables that hold images.
const IMAGES: &[&str] = &["IMAGE", "IMG", "NAME", "REPO", "TAG"];

/// Parts of the names of variables that hold flags.
const FLAGS: &[&str] = &["ARG", "FLAG", "OPT", "PARAM"];

fn has_part(word: &Argument, parts: &[&str]) -> bool {
    let name = word.text.written().to_ascii_uppercase();
    parts.iter().any(|part| name.contains(part))
}

fn unsure(word: &Argument) -> Unsure {
    Unsure {
        because: match word.text.state() {
            caulk_model::State::Known(_) => String::new(),
            caulk_model::State::Unknown { because } => because,
        },
        span: word.span,
    }
}

/// `--name`, `--name=value`, `--name value`.
fn long<'a>(
    table: &Table<'a>,
    words: &[Argument],
    at: usize,
    line: &mut Line<'a>,
) -> Result<usize, Refusal> {
    let Some(word) = words.get(at) else {
        return Ok(at + 1);
    };
    let refuse = |message: String| Refusal::new(Some(word.span), message);
    let inline = word
        .text
        .split_once('=')
        .filter(|(name, _)| name.value().is_some());
    let Some(name) = inline
        .as_ref()
        .and_then(|(name, _)| name.value())
        .or(word.text.value())
    else {
        // Which flag it is hangs on a variable.
        line.unsure = Some(unsure(word));
        return Ok(at + 1);
    };
    let name = cut_from(name, 2);
    if name.is_empty() || name.starts_with('-') {
        return Err(refuse(format!("bad flag syntax: {}", word.text.written())));
    }
    let Some(flag) = table.long(name) else {
        if name == "help" {
            line.help = true;
            return Ok(at + 1);
        }
        return Err(refuse(format!("unknown flag: --{name}")));
    };
    let (value, words_used) = match inline {
        Some((_, value)) => (value, 1),
        None if flag.kind == Kind::Switch => (Text::known("true"), 1),
        None => match words.get(at + 1) {
            Some(next) => (next.text.clone(), 2),
            None => return Err(refuse(format!("flag needs an argument: --{name}"))),
        },
    };
    let end = words.get(at + words_used - 1).unwrap_or(word);
    let given = Given {
        flag,
        value,
        span: word.span.to(end.span),
        words: (at, words_used),
        alone: true,
        shared: word.shared || end.shared,
    };
    super::check::check(&given)?;
    line.given.push(given);
    Ok(at + words_used)
}

/// `-x`, `-x value`, `-xvalue`, `-x=value`, and a cluster of switches before any of them.
fn short<'a>(
    table: &Table<'a>,
    words: &[Argument],
    at: usize,
    line: &mut Line<'a>,
) -> Result<usize, Refusal> {
    let Some(word) = words.get(at) else {
        return Ok(at + 1);
    };
    let refuse = |message: String| Refusal::new(Some(word.span), message);
    let known = word.text.beginning().len();
    let mut offset = 1;
    let first = line.given.len();
    while offset < word.text.written().len() {
        if offset >= known {
            line.unsure = Some(unsure(word));
            break;
        }
        let rest = cut_from(word.text.written(), offset);
        let Some(letter) = rest.chars().next() else {
            break;
        };
        let Some(flag) = table.short(letter) else {
            if letter == 'h' {
                line.help = true;
                break;
            }
            let here = cut_from(word.text.written(), offset);
            return Err(refuse(format!(
                "unknown shorthand flag: '{letter}' in -{here}"
            )));
        };
        let cluster = cut_from(word.text.written(), offset);
        offset += letter.len_utf8();
        let value = value_of_letter(flag, &word.text.from(offset), words.get(at + 1));
        let Some((value, words_used, last)) = value else {
            let message = format!("flag needs an argument: '{letter}' in -{cluster}");
            return Err(refuse(message));
        };
        let end = words.get(at + words_used - 1).unwrap_or(word);
        let given = Given {
            flag,
            value,
            span: word.span.to(end.span),
            words: (at, words_used),
            alone: true,
            shared: word.shared || end.shared,
        };
        super::check::check(&given)?;
        line.given.push(given);
        if last {
            share(line, first);
            return Ok(at + words_used);
        }
    }
    share(line, first);
    Ok(at + 1)
}

/// The value of a letter behind which `rest` stands, how many words it takes up, and whether it ends
/// the cluster.
fn value_of_letter(
    flag: &Flag,
    rest: &Text,
    next: Option<&Argument>,
) -> Option<(Text, usize, bool)> {
    if rest.written().len() > 1 && rest.beginning().starts_with('=') {
        return Some((rest.from(1), 1, true));
    }
    if flag.kind == Kind::Switch {
        return Some((Text::known("true"), 1, false));
    }
    if !rest.is_empty() {
        return Some((rest.clone(), 1, true));
    }
    Some((next?.text.clone(), 2, true))
}

/// Notes that the flags from `first` on stand in one word.
fn share(line: &mut Line<'_>, first: usize) {
    let cluster = line.given.get_mut(first..).unwrap_or_default();
    if cluster.len() > 1 {
        for given in cluster {
            given.alone = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;

    use super::super::Client;
    use super::super::flags;
    use super::*;

    /// The words of a line; what begins with `$` is unknown, in quotes where it is `"$…`.
    fn words(line: &str) -> Vec<Argument> {
        let word = |(at, written): (usize, &str)| {
            let mut text = Text::default();
            let bare = written.trim_matches('"');
            match bare.split_once('$') {
                Some((before, name)) => {
                    text.push(before);
                    text.push_unknown(&format!("${name}"), "it is not set here", bare == written);
                }
                None => text.push(bare),
            }
            Argument {
                text,
                span: Span::new(FileId::FIRST, at..at + 1),
                shared: false,
            }
        };
        line.split(' ').enumerate().map(word).collect()
    }

    /// The flags, then the first word that is none, then `?` where there may be more flags.
    fn shown(line: &str) -> String {
        let words = words(line);
        let parsed = match parse(&flags::run(Client::Docker), &words) {
            Ok(parsed) => parsed,
            Err(refusal) => return refusal.message,
        };
        let mut shown: Vec<String> = parsed
            .given
            .iter()
            .map(|given| format!("{}={}", given.flag.meaning(), given.value.written()))
            .collect();
        shown.extend(
            words
                .get(parsed.rest)
                .map(|word| word.text.written().to_owned()),
        );
        shown.extend(parsed.unsure.map(|_| "?".to_owned()));
        shown.join(" ")
    }

    #[test]
    fn flags_end_at_the_image() {
        for (line, expected) in [
            ("-it a --privileged", "interactive=true tty=true a"),
            ("--rm -- a", "rm=true a"),
            ("-itu0 a", "interactive=true tty=true user=0 a"),
            ("-u=0 --net host a", "user=0 network=host a"),
            ("-t=false a", "tty=false a"),
            ("--privileged=0 a", "privileged=0 a"),
            ("--privileged false", "privileged=true false"),
            (
                "-m= a",
                "invalid argument \"=\" for \"-m, --memory\" flag: invalid size: '='",
            ),
            ("--priviledged a", "unknown flag: --priviledged"),
            ("-iz a", "unknown shorthand flag: 'z' in -z"),
            ("a -u", "a"),
            ("-iu", "flag needs an argument: 'u' in -u"),
            ("---x a", "bad flag syntax: ---x"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn a_variable_among_the_flags_leaves_them_open() {
        for (line, expected) in [
            (
                "-it $OPTIONS --rm a",
                "interactive=true tty=true rm=true a ?",
            ),
            ("$OPTIONS -v $X:/y a", "volume=$X:/y a ?"),
            ("$OPTIONS $IMAGE", "$IMAGE ?"),
            (
                "$OPTIONS --rm $MORE -i $IMAGE sh",
                "rm=true interactive=true $IMAGE ?",
            ),
            ("$OPTIONS a", "a ?"),
            ("--rm $OPTIONS a --privileged", "rm=true a ?"),
            ("$ARGS $IMAGE sh", "$IMAGE ?"),
            ("$X a", "$X ?"),
            ("--$SWITCH a", "a ?"),
            ("-$LETTERS a", "a ?"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn a_variable_may_be_the_image() {
        for (line, expected) in [
            ("--rm \"$IMAGE\" --privileged a", "rm=true $IMAGE"),
            ("--rm $IMAGE", "rm=true $IMAGE"),
            ("--rm $IMAGE sh -c x", "rm=true $IMAGE"),
            ("--rm $X", "rm=true $X"),
            ("--rm $IMAGE --help-me", "rm=true $IMAGE"),
            ("--user $ID a", "user=$ID a"),
            ("-u$ID a", "user=$ID a"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn a_hundred_thousand_variables_are_read_once() {
        let line = vec!["$A -i"; 50_000].join(" ") + " a";
        assert!(shown(&line).ends_with("a ?"));
        let line = vec!["$A"; 100_000].join(" ");
        assert_eq!(shown(&line), "$A ?");
    }
}
