//! Two readings of a text, compared word by word: command lines, units, JSON, workflows.

use std::collections::BTreeSet;

use caulk_finding::{Change, Hardening};
use caulk_source::{SourceFile, Span, cut_from, cut_to};

use super::tokens::{Kind, Token, tokens};
use crate::NotOffered;

/// The words are the same, with the blanks and signs between them, but for those that a change
/// names. Comments are words like others.
pub(super) fn spared<'a>(
    before: &SourceFile,
    after: &SourceFile,
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), NotOffered> {
    let mut expected = Expected::default();
    let mut places = Vec::new();
    for change in changes {
        expected.add(change);
        places.push(change.place());
    }
    expected.sort();
    let (start, end) = apart(before.text(), after.text(), &places);
    let before = tokens(before.text(), start, end);
    let after = tokens(after.text(), start, end);
    let may_go = expected.going(&before);
    let may_come = expected.coming(&after);
    if holds(&before, &may_go, &after, &may_come) {
        Ok(())
    } else {
        Err(NotOffered("something else in the file would change"))
    }
}

/// How many bytes of whole lines are the same at the beginning and at the end of both texts, up to
/// the places of the changes: a long file is not taken apart for a line of it.
fn apart(before: &str, after: &str, places: &[Span]) -> (usize, usize) {
    let first = places.iter().map(|place| place.range().start).min();
    let last = places.iter().map(|place| place.range().end).max();
    let (Some(first), Some(last)) = (first, last) else {
        return (0, 0);
    };
    let pairs = || before.bytes().zip(after.bytes());
    let alike = pairs().take_while(|(one, other)| one == other).count();
    let start = cut_to(before, alike.min(first).min(before.len()));
    let start = start.rfind('\n').map_or(0, |at| at + 1);
    let ends = before.bytes().rev().zip(after.bytes().rev());
    let alike = ends.take_while(|(one, other)| one == other).count();
    let most = before.len().saturating_sub(last.max(start));
    let most = most.min(after.len().saturating_sub(start));
    let end = cut_from(before, before.len() - alike.min(most));
    let end = end.find('\n').map_or(0, |at| end.len() - at - 1);
    (start, end)
}

/// What is to differ.
#[derive(Default)]
struct Expected {
    /// What is to be gone, or another.
    named: Vec<Span>,
    /// Mounts that can be written to, and no longer may be.
    read_only: Vec<Span>,
    /// The words that may come.
    coming: BTreeSet<String>,
    /// The settings whose values may be others.
    settings: BTreeSet<&'static str>,
}

impl Expected {
    fn add(&mut self, change: &Change) {
        match change {
            Change::Remove { entry } => self.named.push(*entry),
            Change::Become { entry, value } => {
                self.named.push(*entry);
                self.comes(value);
                if value == "no-new-privileges:true" {
                    // A unit has a switch for it.
                    self.comes("true");
                }
            }
            Change::ReadOnly { entry } => {
                self.read_only.push(*entry);
                self.comes("ro readonly");
            }
            Change::Set { key, value, .. } => {
                self.comes(key);
                self.comes(value);
            }
            Change::RunAs { user, .. } => {
                let settings = ["--user", "-u", "User", "Group", "containerUser"];
                self.settings(&settings);
                self.comes(user);
            }
            Change::Harden { hardening, .. } => match hardening {
                Hardening::NoNewPrivileges => {
                    let settings = ["no-new-privileges", "NoNewPrivileges"];
                    self.settings(&settings);
                    self.comes("--security-opt securityOpt true");
                }
                Hardening::DropCapabilities { keep } => {
                    self.comes("--cap-drop --cap-add DropCapability AddCapability runArgs ALL");
                    self.comes(&keep.join(" "));
                }
                Hardening::ReadOnlyRoot => {
                    self.settings(&["--read-only", "ReadOnly"]);
                    self.comes("runArgs true");
                }
            },
            // A profile is compared as a tree.
            Change::Filter { .. } => {}
        }
    }

    /// Puts the places in order, once all are there.
    fn sort(&mut self) {
        self.named = disjoint(std::mem::take(&mut self.named));
        self.read_only = disjoint(std::mem::take(&mut self.read_only));
    }

    fn comes(&mut self, text: &str) {
        let words = tokens(text, 0, 0).into_iter();
        let words = words.filter(|token| token.kind == Kind::Word);
        self.coming.extend(words.map(|token| token.text.to_owned()));
    }

    /// Settings that may come, and whose values may be others.
    fn settings(&mut self, names: &[&'static str]) {
        self.settings.extend(names);
        self.coming
            .extend(names.iter().map(|name| (*name).to_owned()));
    }

    /// Which tokens of the text before may go: those that are named, the key of a value that is
    /// named, the value of a setting that becomes another, and what stands between them and the
    /// next word.
    fn going(&self, tokens: &[Token<'_>]) -> BTreeSet<usize> {
        let mut going = BTreeSet::new();
        for (index, token) in tokens.iter().enumerate() {
            if self.names(token) {
                going.insert(index);
                let flag = flag_before(tokens, index);
                let first = flag.last().copied().unwrap_or(index);
                going.extend(comma_before_comments(tokens, first));
                going.extend(key_before(tokens, flag.last().copied().unwrap_or(index)));
                going.extend(flag);
            } else if token.kind == Kind::Word && self.settings.contains(token.text) {
                going.extend(value_behind(tokens, index));
            }
        }
        with_what_joins(tokens, &going)
    }

    fn names(&self, token: &Token<'_>) -> bool {
        let is_option = token.kind == Kind::Word && token.text == "rw";
        holding(&self.named, token) || (is_option && holding(&self.read_only, token))
    }

    /// Which tokens of the text afterwards may have come.
    fn coming(&self, tokens: &[Token<'_>]) -> BTreeSet<usize> {
        let words = (0..).zip(tokens).filter_map(|(index, token)| {
            let comes = token.kind == Kind::Word && self.coming.contains(token.text);
            comes.then_some(index)
        });
        with_what_joins(tokens, &words.collect())
    }
}

/// Places in order, those that overlap as one.
fn disjoint(mut places: Vec<Span>) -> Vec<Span> {
    places.sort_unstable();
    let mut apart: Vec<Span> = Vec::with_capacity(places.len());
    for place in places {
        match apart.last_mut() {
            Some(last) if place.start < last.end => *last = last.to(place),
            _ => apart.push(place),
        }
    }
    apart
}

/// Whether a token stands within one of these places, which are in order.
fn holding(places: &[Span], token: &Token<'_>) -> bool {
    let behind = places.partition_point(|place| place.range().start <= token.start);
    let last = behind.checked_sub(1).and_then(|at| places.get(at));
    last.is_some_and(|place| token.start + token.text.len() <= place.range().end)
}

/// The flag whose value is the item of a list that begins at a token: `"--flag", "value"`. Last its
/// own token.
fn flag_before(tokens: &[Token<'_>], value: usize) -> Vec<usize> {
    let is_flag = |index: usize| {
        tokens
            .get(index)
            .is_some_and(|one| one.text.starts_with("--"))
    };
    let is_word = tokens.get(value).is_some_and(|one| one.kind == Kind::Word);
    let mut passed = Vec::new();
    let mut has_comma = false;
    for index in (0..value).rev() {
        let Some(token) = tokens.get(index).filter(|_| is_word && !is_flag(value)) else {
            break;
        };
        passed.push(index);
        match token.text {
            "," => has_comma = true,
            ":" | "=" | "[" | "]" => break,
            _ if token.kind == Kind::Word && has_comma && is_flag(index) => return passed,
            _ if token.kind == Kind::Word => break,
            _ => {}
        }
    }
    Vec::new()
}

/// The comma before a token that only comments on lines of their own keep apart from it: an item that goes
/// at the end of a list takes it along.
fn comma_before_comments(tokens: &[Token<'_>], first: usize) -> Option<usize> {
    let mut at = first;
    loop {
        let before = tokens.get(..at)?;
        let index = before
            .iter()
            .rposition(|token| token.kind == Kind::Word || token.text == ",")?;
        let mut lines = before.iter().take(index);
        let line = lines.rposition(|token| token.kind == Kind::Line);
        // The first line has no end of another before it.
        let line = line.map_or(0, |end| end + 1);
        let mut line_tokens = before.get(line..)?.iter();
        let begins = line_tokens.find(|token| token.kind != Kind::Blank)?;
        if begins.text.starts_with("//") {
            at = line;
        } else {
            return (before.get(index)?.text == ",").then_some(index);
        }
    }
}

/// The key whose value begins at a token: `key: value`, `key=value`, `key = [value`.
fn key_before(tokens: &[Token<'_>], value: usize) -> Vec<usize> {
    let mut passed = Vec::new();
    let mut has_sign = false;
    for index in (0..value).rev() {
        let Some(token) = tokens.get(index) else {
            break;
        };
        match token.kind {
            Kind::Word if has_sign => {
                passed.push(index);
                return passed;
            }
            Kind::Word => break,
            Kind::Sign => {
                has_sign |= matches!(token.text, ":" | "=");
                passed.push(index);
            }
            Kind::Blank | Kind::Line => passed.push(index),
        }
    }
    Vec::new()
}

/// The value of the setting at a token, up to the next blank behind it.
fn value_behind(tokens: &[Token<'_>], setting: usize) -> Vec<usize> {
    let mut passed = Vec::new();
    let mut in_value = false;
    for (index, token) in tokens.iter().enumerate().skip(setting + 1) {
        match token.kind {
            Kind::Word => in_value = true,
            Kind::Line => break,
            Kind::Blank if in_value => break,
            Kind::Sign | Kind::Blank => {}
        }
        passed.push(index);
    }
    passed
}

/// These tokens, with the signs and blanks that join them to others.
fn with_what_joins(tokens: &[Token<'_>], some: &BTreeSet<usize>) -> BTreeSet<usize> {
    let joins = |index: &usize| {
        let token = tokens.get(*index);
        token.is_some_and(|token| token.kind != Kind::Word)
    };
    let mut all = some.clone();
    for index in some {
        all.extend((0..*index).rev().take_while(joins));
        all.extend((index + 1..tokens.len()).take_while(joins));
    }
    all
}

/// How many ways through a text are followed at once; one that has more of them is left alone.
const MOST_WAYS: usize = 1024;

/// Whether every token that must stay is there, in its order, and every other one is one that may
/// come.
///
/// A flag that goes may stand before one of the same name that stays. So it is not settled at once
/// which of them a token is: each way to read it is followed, by the token before that comes next.
fn holds(
    before: &[Token<'_>],
    may_go: &BTreeSet<usize>,
    after: &[Token<'_>],
    may_come: &BTreeSet<usize>,
) -> bool {
    let mut ways = BTreeSet::new();
    add_way(&mut ways, 0, may_go);
    for (index, token) in after.iter().enumerate() {
        let mut next = BTreeSet::new();
        for at in ways {
            if before.get(at).is_some_and(|one| one.text == token.text) {
                add_way(&mut next, at + 1, may_go);
            }
            if may_come.contains(&index) {
                next.insert(at);
            }
        }
        if next.is_empty() || next.len() > MOST_WAYS {
            return false;
        }
        ways = next;
    }
    ways.contains(&before.len())
}

/// The way that goes on at a token, and those that pass over what may go there.
fn add_way(ways: &mut BTreeSet<usize>, mut at: usize, may_go: &BTreeSet<usize>) {
    while ways.insert(at) && may_go.contains(&at) {
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;

    use super::*;

    fn is_spared(before: &str, after: &str, change: &Change) -> bool {
        let file = |text: &str| SourceFile::new("run.sh", text.as_bytes().to_vec());
        spared(&file(before), &file(after), std::iter::once(change)).is_ok()
    }

    fn place(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap_or_default();
        Span::new(FileId::FIRST, start..start + part.len())
    }

    #[test]
    fn what_is_removed_is_what_is_named() {
        for (before, entry, after, expected) in [
            ("run --privileged a b", "--privileged", "run a b", true),
            ("run --privileged a b", "--privileged", "run b", false),
            ("run --privileged a b", "--privileged", "run b a", false),
            (
                "run --privileged a\nls",
                "--privileged",
                "run a\nls -l",
                false,
            ),
            ("run \\\n  -v /:/x \\\n  a", "-v /:/x", "run \\\n  a", true),
            ("run a # why\n", "a", "run \n", false),
            ("{\"a\": 1, \"b\": 2}", "2", "{\"a\": 1}", true),
            ("{\"a\": 1, \"b\": 2}", "2", "{\"b\": 2}", false),
            ("A=1\nB=2\nC=3\n", "2", "A=1\nC=3\n", true),
            ("A=1\nB=2\nC=3\n", "2", "A=1\n", false),
            ("v:\n  - a\n  - b\n", "b", "v:\n  - a\n", true),
            ("v:\n  - a\n  - b\n", "b", "v:\n  - b\n", false),
            ("i: x\nv:\n  - a\n", "a", "i: x\n", true),
            // A flag of the same name follows.
            ("run -v /:/x -v a:/a b", "-v /:/x", "run -v a:/a b", true),
            ("run -v /:/x -v a:/a b", "-v /:/x", "run -v /:/x b", false),
            ("run -v /:/x -v a:/a b", "-v /:/x", "run -v a:/b b", false),
            (
                "{\"r\": [\"--a\", \"x\"], \"b\": 2}",
                "\"x\"",
                "{\"b\": 2}",
                true,
            ),
            (
                "{\"r\": [\"--a\", \"x\", \"c\"]}",
                "\"x\"",
                "{\"r\": [\"c\"]}",
                true,
            ),
            (
                "{\"r\": [\"--a\", \"--x\", \"c\"]}",
                "\"--x\"",
                "{\"r\": [\"c\"]}",
                false,
            ),
            ("run `\n  -v /:/x `\n  a", "-v /:/x", "run `\n  a", true),
            ("run `\n  -v /:/x `\n  a", "-v /:/x", "run `\n  b", false),
            (
                "{\"m\": [\"a=1,b\", \"a=2,b\"]}",
                "\"a=1,b\"",
                "{\"m\": [\"a=2,b\"]}",
                true,
            ),
        ] {
            let change = Change::Remove {
                entry: place(before, entry),
            };
            let found = is_spared(before, after, &change);
            assert_eq!(found, expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_comma_before_a_comment_goes_with_the_last_item() {
        let before = "r: [\n\"a\",\n// c, d\n\"b\" ]";
        let change = Change::Remove {
            entry: place(before, "\"b\""),
        };
        for (after, expected) in [
            ("r: [\n\"a\"\n// c, d\n ]", true),
            ("r: [\n\"a\"\n// c d\n ]", false),
            ("r: [\n\"a\",\n// c, d\n ]", true),
        ] {
            assert_eq!(is_spared(before, after, &change), expected, "{after:?}");
        }
    }

    #[test]
    fn what_comes_is_what_is_to_hold() {
        let change = Change::RunAs {
            container: Span::at(FileId::FIRST, 0),
            user: "65532:65532".to_owned(),
        };
        for (before, after, expected) in [
            ("run a", "run --user 65532:65532 a", true),
            ("run -u root a", "run -u 65532:65532 a", true),
            ("run a", "run --user 0:0 a", false),
            ("run a", "run --user 65532:65532 --privileged a", false),
            ("run -u root a", "run -u 65532:65532 b", false),
            ("User=root\nA=1\n", "User=65532\nGroup=65532\nA=1\n", true),
        ] {
            let found = is_spared(before, after, &change);
            assert_eq!(found, expected, "{before:?} {after:?}");
        }
    }
}
