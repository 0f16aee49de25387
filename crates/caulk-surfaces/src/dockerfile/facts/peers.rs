//! Programs that are told not to check whom they talk to.

use caulk_model::build::UncheckedPeer;
use caulk_model::unchecked_by;
use caulk_source::Span;
use caulk_syntax::dockerfile::Instruction;

use super::{Notes, spelling, written_into};
use crate::dockerfile::scope::Scope;
use crate::shell::{Call, Value};

/// Notes the variables of an `ENV`.
pub(super) fn of_env(notes: &mut Notes<'_>, step: &Instruction, scope: &Scope) {
    for pair in step.pairs().unwrap_or_default() {
        let Some(template) = &pair.value else {
            continue;
        };
        let state = scope.expand(template);
        let Some(value) = state.known() else {
            continue;
        };
        if let Some(whom) = unchecked_by(&pair.key.value, value) {
            let peer = UncheckedPeer {
                program: whom.to_owned(),
                spelling: format!("{}={value}", pair.key.value),
                subject: String::new(),
                lasts: true,
                correction: None,
            };
            let span = pair.key.span.to(template.span);
            notes.add(|build| &mut build.unchecked_peers, span, peer);
        }
    }
}

/// Notes what the commands of a `RUN` switch off.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call]) {
    let last_check = super::remote::first_and_last_check(calls).map(|(_, last)| last);
    for (index, call) in calls.iter().enumerate() {
        variables(notes, call);
        if last_check.is_none_or(|check| check < index) {
            fetches(notes, call);
        }
        for found in options(call) {
            let correction = found
                .count
                .and_then(|count| spelling::without(call, found.index, None, count, notes.source));
            note(notes, call, &found, correction);
        }
        configuration(notes, calls, call);
    }
}

/// An option, or several words, that switch the check off.
struct Found {
    /// The index of the first word among the operands.
    index: usize,
    /// How many words it is, where they can go without the rest.
    count: Option<usize>,
    /// How many words it is.
    words: usize,
    lasts: bool,
}

fn note(
    notes: &mut Notes<'_>,
    call: &Call,
    found: &Found,
    correction: Option<caulk_model::build::Correction>,
) {
    let operands = call.operands();
    let words = operands
        .get(found.index..found.index + found.words)
        .unwrap_or_default();
    let Some(span) = words.iter().map(|word| word.span).reduce(Span::to) else {
        return;
    };
    let texts: Vec<String> = words.iter().map(Value::shown).collect();
    let peer = UncheckedPeer {
        program: call.program().unwrap_or_default(),
        spelling: texts.join(" "),
        subject: spelling::subject(call),
        lasts: found.lasts,
        correction,
    };
    notes.add(|build| &mut build.unchecked_peers, span, peer);
}

fn variables(notes: &mut Notes<'_>, call: &Call) {
    let exports = matches!(
        call.program().as_deref(),
        Some("export" | "declare" | "env")
    );
    let words = call
        .words
        .iter()
        .filter(|_| exports || call.program_at.is_some());
    let declared = words.filter_map(|word| {
        let text = word.known()?;
        let (name, value) = text.split_once('=')?;
        Some((name.to_owned(), value.to_owned(), word.span))
    });
    let assigned = call
        .assignments
        .iter()
        .filter_map(|(name, value)| Some((name.value.clone(), value.known()?, name.span)));
    let all: Vec<(String, String, Span)> = assigned.chain(declared).collect();
    for (name, value, span) in all {
        if let Some(whom) = unchecked_by(&name, &value) {
            let peer = UncheckedPeer {
                program: whom.to_owned(),
                spelling: format!("{name}={value}"),
                subject: String::new(),
                lasts: false,
                correction: None,
            };
            notes.add(|build| &mut build.unchecked_peers, span, peer);
        }
    }
}

/// curl and wget, where nothing compares what they bring with a checksum afterwards.
fn fetches(notes: &mut Notes<'_>, call: &Call) {
    let Some(fetch) = call.fetch() else {
        return;
    };
    let plain = !fetch.urls.is_empty()
        && fetch
            .urls
            .iter()
            .all(|url| url.known_start().starts_with("http://"));
    if plain || is_this_machine(&fetch.urls) {
        return;
    }
    for option in fetch.insecure {
        let correction = spelling::without(call, option, Some('k'), 1, notes.source);
        let found = Found {
            index: option,
            count: Some(1),
            words: 1,
            lasts: false,
        };
        note(notes, call, &found, correction);
    }
}

fn is_this_machine(urls: &[Value]) -> bool {
    let host = |url: &Value| {
        let start = url.known_start();
        let rest = start.split_once("://").map_or(start, |(_, rest)| rest);
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|own| rest.starts_with(own))
    };
    !urls.is_empty() && urls.iter().all(host)
}

/// A word of a command that switches the check off, in lower case.
struct Row {
    programs: &'static [&'static str],
    word: Word,
    /// What the next word has to be, where it belongs to this one.
    next: Option<&'static [&'static str]>,
    /// Whether the words can go without the rest.
    removable: bool,
    lasts: bool,
}

/// What a word has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Word {
    Is(&'static str),
    Contains(&'static str),
    EndsWith(&'static str),
}

impl Word {
    fn fits(self, word: &str) -> bool {
        match self {
            Self::Is(text) => word == text,
            Self::Contains(text) => word.contains(text),
            Self::EndsWith(text) => word.ends_with(text),
        }
    }
}

const OFF: &[&str] = &["false", "0", "no", "off"];
/// Any word at all.
const ANY: &[&str] = &[];
const NPM: &[&str] = &["npm", "yarn", "pnpm"];
const YUM: &[&str] = &["yum", "dnf", "microdnf", "tdnf", "yum-config-manager"];
const CONDA: &[&str] = &["conda", "mamba", "micromamba"];
/// pip, under whatever name, and as a module.
const PIP: &[&str] = &["pip"];

const fn row(
    programs: &'static [&'static str],
    word: Word,
    next: Option<&'static [&'static str]>,
    removable: bool,
    lasts: bool,
) -> Row {
    Row {
        programs,
        word,
        next,
        removable,
        lasts,
    }
}

#[rustfmt::skip]
const OPTIONS: &[Row] = &[
    row(NPM, Word::Is("--strict-ssl=false"), None, true, false),
    row(NPM, Word::Is("--no-strict-ssl"), None, true, false),
    row(NPM, Word::Is("strict-ssl=false"), None, false, true),
    row(NPM, Word::Is("strict-ssl"), Some(OFF), false, true),
    row(NPM, Word::Is("enablestrictssl"), Some(OFF), false, true),
    row(&["git"], Word::Is("-c"), Some(&["http.sslverify=false", "http.sslverify=0"]), true, false),
    row(&["git"], Word::EndsWith(".sslverify"), Some(OFF), false, true),
    row(&["apt", "apt-get"], Word::Contains("verify-peer=false"), None, false, false),
    row(&["apt", "apt-get"], Word::Contains("verify-host=false"), None, false, false),
    row(YUM, Word::Contains("sslverify=0"), None, true, false),
    row(YUM, Word::Contains("sslverify=false"), None, true, false),
    row(&["apk"], Word::Is("--no-check-certificate"), None, true, false),
    row(CONDA, Word::Is("ssl_verify"), Some(OFF), false, true),
    row(&["composer"], Word::Is("disable-tls"), Some(&["true"]), false, true),
    row(PIP, Word::Is("--trusted-host"), Some(ANY), true, false),
    row(PIP, Word::Contains("--trusted-host="), None, true, false),
    row(PIP, Word::Is("global.trusted-host"), Some(ANY), false, true),
];

/// The words of other programs.
fn options(call: &Call) -> Vec<Found> {
    let Some(program) = call.program() else {
        return Vec::new();
    };
    let words: Vec<String> = call
        .operands()
        .iter()
        .map(|word| word.shown().to_lowercase())
        .collect();
    let is_pip = program.starts_with("pip") || words.iter().any(|word| word == "pip");
    let program = if is_pip { "pip" } else { program.as_str() };
    let rows = OPTIONS.iter().filter(|row| row.programs.contains(&program));
    let mut found = Vec::new();
    for row in rows {
        for (index, word) in words.iter().enumerate() {
            let next = words.get(index + 1);
            let fits = row.word.fits(word)
                && row.next.is_none_or(|known| {
                    next.is_some_and(|next| known.is_empty() || known.contains(&next.as_str()))
                });
            let count = if row.next.is_some() { 2 } else { 1 };
            if fits {
                found.push(Found {
                    index,
                    count: row.removable.then_some(count),
                    words: count,
                    lasts: row.lasts,
                });
            }
        }
    }
    found
}

/// Lines of configuration files that switch the check off, in lower case and without blanks.
const LINES: &[(&str, &str, &str)] = &[
    (".curlrc", "insecure", "curl"),
    ("wgetrc", "check_certificate=off", "wget"),
    ("gitconfig", "sslverify=false", "git"),
    (".npmrc", "strict-ssl=false", "npm"),
    (".yarnrc", "strict-ssl", "Yarn"),
    ("apt.conf", "verify-peer\"false\"", "apt"),
    ("apt.conf", "verify-host\"false\"", "apt"),
    (".repo", "sslverify=0", "yum"),
    ("yum.conf", "sslverify=0", "yum"),
    ("yum.conf", "sslverify=false", "yum"),
    ("dnf.conf", "sslverify=0", "dnf"),
    ("dnf.conf", "sslverify=false", "dnf"),
    ("pip.conf", "trusted-host=", "pip"),
];

/// Text that is written into a configuration file.
fn configuration(notes: &mut Notes<'_>, calls: &[Call], call: &Call) {
    for (file, line, whom) in LINES {
        let Some(text) = written_into(calls, call, &|path| path.contains(file)) else {
            continue;
        };
        let text: String = text.to_lowercase().split_whitespace().collect();
        if text.contains(line) {
            let peer = UncheckedPeer {
                program: (*whom).to_owned(),
                spelling: (*line).to_owned(),
                subject: String::new(),
                lasts: true,
                correction: None,
            };
            notes.add(|build| &mut build.unchecked_peers, call.span, peer);
            return;
        }
    }
}
