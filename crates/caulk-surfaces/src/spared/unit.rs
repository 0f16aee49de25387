//! Two readings of a unit, compared entry by entry.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Change, Hardening};
use caulk_source::{FileId, SourceFile, Span};

use crate::NotOffered;
use crate::mounted;
use crate::quadlet::unit::{self, Entry};

const DIFFERS: NotOffered = NotOffered("something else in the file would change");

/// The entries are the same, in their order, but for those that a change names; so are the comments.
pub(super) fn spared<'a>(
    file: FileId,
    (before, after): (&SourceFile, &SourceFile),
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), NotOffered> {
    let mut expected = Expected::default();
    for change in changes {
        expected.add(change, before);
    }
    if !comments(before.text()).eq(comments(after.text())) {
        return Err(NotOffered("a comment would be lost"));
    }
    let entries = unit::parse(file, before.text()).entries;
    let now = unit::parse(file, after.text()).entries;
    if expected.hold(&entries, &now) {
        Ok(())
    } else {
        Err(DIFFERS)
    }
}

/// The lines that are comments.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| line.starts_with(['#', ';']))
}

/// What is to differ.
#[derive(Default)]
struct Expected<'a> {
    gone: BTreeSet<Span>,
    becoming: BTreeMap<Span, Cow<'a, str>>,
    /// Entries of the `[Container]` section that come, or that are to have this value.
    wishes: BTreeMap<&'static str, String>,
}

impl<'a> Expected<'a> {
    fn add(&mut self, change: &'a Change, before: &SourceFile) {
        match change {
            Change::Remove { entry } => {
                self.gone.insert(*entry);
            }
            Change::Become { entry, value } => {
                self.becoming.insert(*entry, Cow::Borrowed(value));
            }
            Change::ReadOnly { entry } => {
                if let Some(text) = mounted::read_only(before.slice(*entry)) {
                    self.becoming.insert(*entry, Cow::Owned(text));
                }
            }
            Change::RunAs { user, .. } => {
                let (account, group) = user.split_once(':').unwrap_or((user, ""));
                for (key, value) in [("User", account), ("Group", group)] {
                    self.wish(key, value);
                }
            }
            Change::Harden { hardening, .. } => match hardening {
                Hardening::NoNewPrivileges => self.wish("NoNewPrivileges", "true"),
                Hardening::DropCapabilities { keep } => {
                    self.wish("DropCapability", "ALL");
                    self.wish("AddCapability", &keep.join(" "));
                }
                Hardening::ReadOnlyRoot => self.wish("ReadOnly", "true"),
            },
            // A unit has no such setting.
            Change::Set { .. } | Change::Filter { .. } => {}
        }
    }

    fn wish(&mut self, key: &'static str, value: &str) {
        if !value.is_empty() {
            self.wishes.insert(key, value.to_owned());
        }
    }

    fn hold(&self, before: &[Entry], after: &[Entry]) -> bool {
        let mut now = after.iter().peekable();
        for entry in before {
            let Some(words) = self.words_left(entry) else {
                continue;
            };
            while let Some(next) = now.next_if(|next| !is_same_key(entry, next)) {
                if !self.is_wished(next) {
                    return false;
                }
            }
            // A second entry with the same key may come before the one that stays.
            while now
                .next_if(|next| self.comes_before(entry, next, &words))
                .is_some()
            {}
            let holds = |next: &Entry| self.is_wished(next) || texts(next) == words;
            if !now.next().is_some_and(holds) {
                return false;
            }
        }
        now.all(|entry| self.is_wished(entry))
    }

    fn comes_before(&self, entry: &Entry, next: &Entry, words: &[String]) -> bool {
        is_same_key(entry, next)
            && self.is_wished(next)
            && texts(next) != words
            && matches!(entry.key.value.as_str(), "AddCapability" | "DropCapability")
    }

    /// What is to be left of an entry's words; nothing where it is to be gone.
    fn words_left(&self, entry: &Entry) -> Option<Vec<String>> {
        let whole = entry.whole().whole();
        if self.gone.contains(&whole) {
            return None;
        }
        if let Some(value) = self.becoming.get(&whole) {
            return Some(split(as_value(entry, value)));
        }
        let words = entry.words();
        let goes = |span: Span| self.gone.iter().any(|gone| gone.contains(span));
        let left: Vec<String> = words
            .iter()
            .filter(|word| !goes(word.span))
            .map(|word| match self.becoming.get(&word.span) {
                Some(value) => as_value(entry, value).to_owned(),
                None => word.value.clone(),
            })
            .collect();
        (!left.is_empty() || words.is_empty()).then_some(left)
    }

    fn is_wished(&self, entry: &Entry) -> bool {
        let wish = self.wishes.get(entry.key.value.as_str());
        entry.section == "Container" && wish.is_some_and(|value| texts(entry) == split(value))
    }
}

/// What a value is in a unit, which has a switch for one option.
fn as_value<'v>(entry: &Entry, value: &'v str) -> &'v str {
    match (entry.key.value.as_str(), value) {
        ("NoNewPrivileges", "no-new-privileges:true") => "true",
        _ => value,
    }
}

fn is_same_key(one: &Entry, other: &Entry) -> bool {
    one.section == other.section && one.key.value == other.key.value
}

fn texts(entry: &Entry) -> Vec<String> {
    entry.words().into_iter().map(|word| word.value).collect()
}

fn split(value: &str) -> Vec<String> {
    value.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_spared(before: &str, after: &str, change: &Change) -> bool {
        let unit = |text: &str| SourceFile::new("web.container", text.as_bytes().to_vec());
        let (before, after) = (unit(before), unit(after));
        let changes = std::iter::once(change);
        spared(FileId::FIRST, (&before, &after), changes).is_ok()
    }

    fn place(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap_or_default();
        Span::new(FileId::FIRST, start..start + part.len())
    }

    const UNIT: &str =
        "[Unit]\nAfter=a\n[Container]\n# why\nImage=x\nAddCapability=KILL SYS_TIME\nUser=root\n";

    #[test]
    fn what_goes_is_what_is_named() {
        let without = |part: &str| UNIT.replace(part, "");
        for (entry, after, expected) in [
            ("root", without("User=root\n"), true),
            ("SYS_TIME", without(" SYS_TIME"), true),
            (
                "KILL SYS_TIME",
                without("AddCapability=KILL SYS_TIME\n"),
                true,
            ),
            ("SYS_TIME", without("KILL "), false),
            ("SYS_TIME", without("AddCapability=KILL SYS_TIME\n"), false),
            (
                "root",
                without("User=root\n").replace("Image=x", "Image=y"),
                false,
            ),
            ("root", without("User=root\n").replace("# why\n", ""), false),
            (
                "root",
                without("User=root\n").replace("After=a\n", ""),
                false,
            ),
            ("root", without("User=root\n") + "ReadOnly=true\n", false),
        ] {
            let change = Change::Remove {
                entry: place(UNIT, entry),
            };
            assert_eq!(is_spared(UNIT, &after, &change), expected, "{after}");
        }
    }

    #[test]
    fn what_comes_is_what_is_to_hold() {
        let container = Span::at(FileId::FIRST, 0);
        let user = Change::RunAs {
            container,
            user: "7:8".to_owned(),
        };
        let drop = Change::Harden {
            container,
            hardening: Hardening::DropCapabilities {
                keep: vec!["CHOWN".to_owned()],
            },
        };
        let with = |part: &str, other: &str| UNIT.replace(part, other);
        for (change, after, expected) in [
            (&user, with("User=root", "Group=8\nUser=7"), true),
            (&user, with("User=root", "User=7\nGroup=8"), true),
            (&user, with("User=root", "User=9\nGroup=8"), false),
            (&user, with("[Container]", "User=7\n[Container]"), false),
            (
                &drop,
                with(
                    "Image=x",
                    "Image=x\nDropCapability=ALL\nAddCapability=CHOWN",
                ),
                true,
            ),
            (
                &drop,
                with("Image=x", "Image=x\nDropCapability=ALL\nAddCapability=KILL"),
                false,
            ),
            (&drop, with("KILL SYS_TIME", "KILL"), false),
        ] {
            assert_eq!(is_spared(UNIT, &after, change), expected, "{after}");
        }
    }
}
