//! What a profile does with each call, whatever rules say so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::Action;
use crate::draft::{Answer, Comparison, Conditions, Draft, DraftRule};

/// What the rules say of one call. Nothing: the default action.
pub(super) type Clauses = BTreeSet<Clause>;

/// What one rule says of a call.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Clause {
    pub(super) answer: Answer,
    pub(super) arguments: Vec<Comparison>,
    pub(super) includes: Conditions,
    pub(super) excludes: Conditions,
}

/// What a profile does with each call that it names.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Answers {
    pub(super) calls: BTreeMap<String, Clauses>,
}

static NONE: Clauses = Clauses::new();

impl Answers {
    pub(super) fn of(draft: &Draft) -> Self {
        let mut answers = Self::default();
        for rule in &draft.rules {
            // A rule that says what the default says is skipped by runtimes.
            if rule.answer.told() == draft.default.told() {
                continue;
            }
            for name in &rule.names {
                let clauses = answers.calls.entry(name.clone()).or_default();
                clauses.insert(Clause::of(rule));
            }
        }
        answers
    }

    /// What is done with a call.
    pub(super) fn of_call(&self, name: &str) -> &Clauses {
        self.calls.get(name).unwrap_or(&NONE)
    }

    /// Changes what is done with a call.
    pub(super) fn change(&mut self, name: &str, change: impl FnOnce(&mut Clauses)) {
        let mut clauses = self.calls.remove(name).unwrap_or_default();
        change(&mut clauses);
        if !clauses.is_empty() {
            self.calls.insert(name.to_owned(), clauses);
        }
    }
}

impl Clause {
    /// What a rule says of each of its calls, in one form: whatever the order of what it asks for.
    pub(super) fn of(rule: &DraftRule) -> Self {
        let mut arguments = rule.arguments.clone();
        arguments.sort();
        let sorted = |conditions: &Conditions| {
            let mut conditions = conditions.clone();
            conditions.capabilities.sort();
            conditions.architectures.sort();
            conditions
        };
        Self {
            answer: rule.answer.told(),
            arguments,
            includes: sorted(&rule.includes),
            excludes: sorted(&rule.excludes),
        }
    }

    /// The call is let through always.
    pub(super) fn open() -> Self {
        Self {
            answer: Answer::ALLOW,
            arguments: Vec::new(),
            includes: Conditions::default(),
            excludes: Conditions::default(),
        }
    }

    /// A rule that says this of no call yet.
    pub(super) fn rule(&self) -> DraftRule {
        DraftRule {
            names: Vec::new(),
            answer: self.answer,
            arguments: self.arguments.clone(),
            includes: self.includes.clone(),
            excludes: self.excludes.clone(),
            comment: None,
        }
    }

    fn describe(&self) -> String {
        let mut text = match (self.answer.action, self.answer.errno) {
            (Action::Allow, _) => "allowed".to_owned(),
            (Action::Errno, Some(38)) => "answered with ENOSYS".to_owned(),
            (Action::Errno, Some(number)) => format!("answered with error {number}"),
            (action, _) => action.scmp().to_owned(),
        };
        for argument in &self.arguments {
            let operator = argument.operator.trim_start_matches("SCMP_CMP_");
            let (index, value) = (argument.index, argument.value);
            let _ = write!(text, " where argument {index} {operator} {value:#x}");
        }
        let asked = |conditions: &Conditions| {
            let kernel = conditions
                .kernel
                .iter()
                .map(|kernel| format!("Linux {kernel}"));
            let words = conditions
                .capabilities
                .iter()
                .chain(&conditions.architectures)
                .cloned();
            words.chain(kernel).collect::<Vec<_>>().join(", ")
        };
        if !self.includes.is_none() {
            let _ = write!(text, " with {}", asked(&self.includes));
        }
        if !self.excludes.is_none() {
            let _ = write!(text, " without {}", asked(&self.excludes));
        }
        text
    }
}

/// What is done with a call, for a reader.
pub(super) fn describe(clauses: &Clauses) -> String {
    if clauses.is_empty() {
        return "stopped".to_owned();
    }
    if clauses.contains(&Clause::open()) {
        return "allowed".to_owned();
    }
    let parts: Vec<String> = clauses.iter().map(Clause::describe).collect();
    parts.join(" or ")
}
