//! Whether a profile differs in what its changes name and in nothing else, as a tree.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::Change;
use caulk_source::{FileId, SourceFile, Span};
use caulk_syntax::json::{self, Kind, Value};

use crate::NotOffered;

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
    if expected.holds(before, after, "") {
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
            Change::RunAs { .. } | Change::Harden { .. } | Change::Set { .. } => {}
        }
    }

    /// Whether `after` is what `before`, the value of `key`, is to have become. As deep as the JSON
    /// reader reads.
    fn holds(&self, before: &Value, after: &Value, key: &str) -> bool {
        if let Some(value) = self.becoming.get(&before.span) {
            let text = after.as_str().or_else(|| after.as_number());
            return text == Some(*value);
        }
        match (&before.kind, &after.kind) {
            (Kind::Array(_), Kind::Array(_)) => self.list_holds(before, after, key),
            (Kind::Object(_), Kind::Object(_)) => {
                let (before, after) = (before.members(), after.members());
                let mut pairs = before.iter().zip(after);
                before.len() == after.len()
                    && pairs.all(|(before, after)| {
                        let key = &before.key.value;
                        *key == after.key.value && self.holds(&before.value, &after.value, key)
                    })
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

fn names(rule: &Value) -> impl Iterator<Item = &Value> {
    let names = rule.get_ignoring_case("names");
    let names = names.map(Value::items).unwrap_or_default();
    names.iter().chain(rule.get_ignoring_case("name"))
}
