//! Whether a profile, or an engine's configuration, differs in what its changes name and in nothing
//! else, as a tree.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::Change;
use caulk_source::{FileId, SourceFile, Span};
use caulk_syntax::json::{self, Kind, Member, Value};

use crate::{NotOffered, json_edits};

/// Whether `after` is `before` with `changes` and nothing else.
///
/// # Errors
///
/// [`NotOffered`] where it is not.
pub(super) fn spared<'a>(
    file: FileId,
    (before, after): (&SourceFile, &SourceFile),
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), NotOffered> {
    let before = json::parse(file, before.text());
    let after = json::parse(file, after.text());
    if after.problems.len() > before.problems.len() {
        return Err(NotOffered("the engine would refuse the file"));
    }
    let mut expected = Expected::default();
    for change in changes {
        expected.add(change);
    }
    let (Some(before), Some(after)) = (&before.value, &after.value) else {
        return Err(NotOffered("the file would be of another kind"));
    };
    if expected.holds_at_the_top(before, after) {
        Ok(())
    } else {
        Err(NotOffered("something else in the file would change"))
    }
}

/// What is to differ.
#[derive(Default)]
struct Expected<'a> {
    gone: BTreeSet<Span>,
    becoming: BTreeMap<Span, &'a str>,
    /// Calls for which rules are added at the end.
    added: BTreeSet<&'a str>,
    /// Keys that come to the file's own object, each with its value as it is spelt.
    set: BTreeMap<&'a str, &'a str>,
    /// Calls of which the rules may say something else, wherever they say it.
    rebased: BTreeSet<&'a str>,
}

impl<'a> Expected<'a> {
    fn add(&mut self, change: &'a Change) {
        match change {
            Change::Filter { change, .. } => {
                self.gone.extend(&change.gone);
                let added = [&change.as_default, &change.allowed, &change.missing];
                let calls = added.into_iter().flatten().map(String::as_str);
                self.added.extend(calls);
                self.rebased
                    .extend(change.rebased.iter().map(String::as_str));
            }
            Change::Remove { entry } => {
                self.gone.insert(*entry);
            }
            Change::Become { entry, value } => {
                self.becoming.insert(*entry, value);
            }
            Change::Set { key, value, .. } => {
                self.set.insert(key, value);
            }
            Change::RunAs { .. } | Change::Harden { .. } | Change::ReadOnly { .. } => {}
        }
    }

    /// Whether the file's own object is what it is to have become: with keys behind the others that
    /// were to come.
    fn holds_at_the_top(&self, before: &Value, after: &Value) -> bool {
        let (Kind::Object(_), Kind::Object(_)) = (&before.kind, &after.kind) else {
            return self.holds(before, after, "");
        };
        let stay = self.kept(before).count();
        let mut new = after.members().iter().skip(stay);
        self.members_hold(before, after)
            && new.all(|member| {
                let wanted = self.set.get(member.key.value.as_str());
                wanted.is_some_and(|spelt| is_spelt(&member.value, spelt))
            })
    }

    /// The members of an object that are to stay.
    fn kept<'v>(&self, object: &'v Value) -> impl Iterator<Item = &'v Member> {
        let members = object.members().iter();
        members.filter(|member| !self.gone.contains(&member.value.span))
    }

    /// Whether an object begins with the members that were to stay, in their order.
    fn members_hold(&self, before: &Value, after: &Value) -> bool {
        let mut now = after.members().iter();
        self.kept(before).all(|member| {
            let key = &member.key.value;
            now.next().is_some_and(|next| {
                *key == next.key.value && self.holds(&member.value, &next.value, key)
            })
        })
    }

    /// Whether `after` is what `before`, the value of `key`, is to have become. As deep as the JSON
    /// reader reads.
    fn holds(&self, before: &Value, after: &Value, key: &str) -> bool {
        if let Some(value) = self.becoming.get(&before.span) {
            return match &before.kind {
                Kind::String(_) => after.as_str() == Some(*value),
                Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Array(_) | Kind::Object(_) => {
                    is_spelt(after, value)
                }
            };
        }
        match (&before.kind, &after.kind) {
            (Kind::Array(_), Kind::Array(_)) => self.list_holds(before, after, key),
            (Kind::Object(_), Kind::Object(_)) => {
                self.kept(before).count() == after.members().len()
                    && self.members_hold(before, after)
            }
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(before), Kind::Bool(after)) => before == after,
            (Kind::Number(before), Kind::Number(after))
            | (Kind::String(before), Kind::String(after)) => before == after,
            (
                Kind::Null
                | Kind::Bool(_)
                | Kind::Number(_)
                | Kind::String(_)
                | Kind::Array(_)
                | Kind::Object(_),
                _,
            ) => false,
        }
    }

    fn list_holds(&self, before: &Value, after: &Value, key: &str) -> bool {
        if !self.rebased.is_empty() {
            return self.is_alike_without_rebased(before, after);
        }
        let stays = |item: &&Value| !self.gone.contains(&item.span) && !self.loses_all(item);
        let kept: Vec<&Value> = before.items().iter().filter(stays).collect();
        let Some(more) = after.items().len().checked_sub(kept.len()) else {
            return false;
        };
        let mut pairs = kept.iter().zip(after.items());
        let mut new = after.items().iter().skip(kept.len());
        pairs.all(|(before, after)| self.holds(before, after, ""))
            && (more == 0 || key.eq_ignore_ascii_case("syscalls"))
            && new.all(|rule| self.is_added(rule))
    }

    /// Whether two lists are the same but for the calls that are rebased: names in them, and rules
    /// about nothing else.
    fn is_alike_without_rebased(&self, before: &Value, after: &Value) -> bool {
        let is_rebased = |value: &Value| {
            value
                .as_str()
                .is_some_and(|name| self.rebased.contains(name))
        };
        let stays = |item: &&Value| {
            let mut names = names(item).peekable();
            let is_about_them = names.peek().is_some() && names.all(is_rebased);
            !is_rebased(item) && !is_about_them
        };
        let before: Vec<&Value> = before.items().iter().filter(stays).collect();
        let after: Vec<&Value> = after.items().iter().filter(stays).collect();
        let mut pairs = before.iter().zip(&after);
        before.len() == after.len() && pairs.all(|(before, after)| self.holds(before, after, ""))
    }

    /// Whether a rule speaks of no call any more.
    fn loses_all(&self, rule: &Value) -> bool {
        let mut names = names(rule).peekable();
        names.peek().is_some() && names.all(|name| self.gone.contains(&name.span))
    }

    /// Whether a new rule speaks of calls for which rules are to be added, and of no others.
    fn is_added(&self, rule: &Value) -> bool {
        let mut names = names(rule).peekable();
        names.peek().is_some()
            && names.all(|name| name.as_str().is_some_and(|name| self.added.contains(name)))
    }
}

/// Whether a value is what `text` spells in JSON.
fn is_spelt(value: &Value, text: &str) -> bool {
    match &value.kind {
        Kind::Null => text == "null",
        Kind::Bool(on) => text == on.to_string(),
        Kind::Number(number) => text == number,
        Kind::String(inside) => text == json_edits::quoted(inside),
        Kind::Array(_) | Kind::Object(_) => false,
    }
}

fn names(rule: &Value) -> impl Iterator<Item = &Value> {
    let names = rule.get_ignoring_case("names");
    let names = names.map(Value::items).unwrap_or_default();
    names.iter().chain(rule.get_ignoring_case("name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_spared(before: &str, after: &str, change: &Change) -> bool {
        let file = |text: &str| SourceFile::new("daemon.json", text.as_bytes().to_vec());
        let (before, after) = (file(before), file(after));
        let changes = std::iter::once(change);
        spared(FileId::FIRST, (&before, &after), changes).is_ok()
    }

    fn place(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap_or_default();
        Span::new(FileId::FIRST, start..start + part.len())
    }

    #[test]
    fn a_member_or_an_item_that_goes_goes_alone() {
        for (before, entry, after, expected) in [
            (r#"{"a": 1, "b": 2}"#, "2", r#"{"a": 1}"#, true),
            (r#"{"a": 1, "b": 2}"#, "2", r#"{"b": 2}"#, false),
            (r#"{"a": 1, "b": 2}"#, "2", "{}", false),
            (r#"{"a": 1, "b": 2}"#, "2", r#"{"a": 3}"#, false),
            (r#"{"a": 1, "b": 2}"#, "2", r#"{"a": 1, "c": 2}"#, false),
            (
                r#"{"a": {"b": 2, "c": 3}}"#,
                "2",
                r#"{"a": {"c": 3}}"#,
                true,
            ),
            (r#"{"a": {"b": 2, "c": 3}}"#, "2", "{}", false),
            (r#"{"a": ["x", "y"]}"#, "\"y\"", r#"{"a": ["x"]}"#, true),
            (r#"{"a": ["x", "y"]}"#, "\"y\"", r#"{"a": ["y"]}"#, false),
            (r#"{"a": ["x"]}"#, "\"x\"", r#"{"a": []}"#, true),
        ] {
            let change = Change::Remove {
                entry: place(before, entry),
            };
            let found = is_spared(before, after, &change);
            assert_eq!(found, expected, "{before} {after}");
        }
    }

    #[test]
    fn a_value_becomes_the_one_that_is_named() {
        for (before, entry, value, after, expected) in [
            (r#"{"a": true}"#, "true", "false", r#"{"a": false}"#, true),
            (r#"{"a": true}"#, "true", "false", r#"{"a": null}"#, false),
            (r#"{"a": "x"}"#, "\"x\"", "y", r#"{"a": "y"}"#, true),
            (r#"{"a": "x"}"#, "\"x\"", "y", r#"{"a": "z"}"#, false),
            (
                r#"{"a": "x"}"#,
                "\"x\"",
                "y",
                r#"{"a": "y", "b": 1}"#,
                false,
            ),
        ] {
            let change = Change::Become {
                entry: place(before, entry),
                value: value.to_owned(),
            };
            let found = is_spared(before, after, &change);
            assert_eq!(found, expected, "{before} {after}");
        }
    }

    #[test]
    fn a_key_that_comes_is_the_one_that_is_to_come() {
        let change = Change::Set {
            file: Span::at(FileId::FIRST, 0),
            key: "a".to_owned(),
            value: "\"x\"".to_owned(),
        };
        for (before, after, expected) in [
            ("{}", r#"{"a": "x"}"#, true),
            (r#"{"b": 1}"#, r#"{"b": 1, "a": "x"}"#, true),
            (r#"{"b": 1}"#, r#"{"a": "x"}"#, false),
            (r#"{"b": 1}"#, r#"{"b": 1, "a": "y"}"#, false),
            (r#"{"b": 1}"#, r#"{"b": 1, "c": "x"}"#, false),
            (r#"{"b": {}}"#, r#"{"b": {"a": "x"}}"#, false),
        ] {
            assert_eq!(is_spared(before, after, &change), expected, "{after}");
        }
    }
}
