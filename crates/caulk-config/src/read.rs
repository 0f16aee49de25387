//! From a text to what it says.

use std::collections::{BTreeMap, BTreeSet};

use caulk_check::Choice;
use caulk_finding::{Level, RuleInfo, Severity};
use caulk_source::{FileId, SourceFile, Span, Spanned};
use caulk_syntax::Problem;
use caulk_syntax::json::{Kind as ValueKind, Member, Value};
use caulk_syntax::toml;

use crate::exclude::Excluded;
use crate::keys::{KEYS, Kind};
use crate::select::rules_named;
use crate::suggest::{did_you_mean, nearest};

/// What a configuration says.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The folder for whose files it holds, where no nearer one does.
    pub folder: String,
    /// What is chosen.
    pub choice: Choice,
    /// The files on which nothing is reported.
    pub excluded: Excluded,
}

/// Reads the configuration of a folder, and says what is wrong with it, by place.
pub fn read(
    file: FileId,
    source: &SourceFile,
    folder: &str,
    rules: &[&'static RuleInfo],
) -> (Configuration, Vec<Problem>) {
    let parsed = toml::parse(file, source.text());
    let mut reader = Reader {
        rules,
        problems: parsed.problems,
    };
    if let Err(error) = std::str::from_utf8(source.bytes()) {
        let at = error.valid_up_to();
        reader.wrong(Span::new(file, at..at + 1), "this is not UTF-8");
    }
    let mut configuration = Configuration {
        folder: folder.to_owned(),
        choice: Choice::default(),
        excluded: Excluded::default(),
    };
    for member in parsed.root.members() {
        reader.member(member, &mut configuration);
    }
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| problem.span);
    (configuration, problems)
}

struct Reader<'a> {
    rules: &'a [&'static RuleInfo],
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: Span, message: impl Into<String>) {
        let message = message.into();
        self.problems.push(Problem { span, message });
    }

    /// A key that nothing has.
    fn unknown(&mut self, key: &Spanned<String>, of: &str, known: &[&'static str]) {
        let given = &key.value;
        let hint = match nearest(given, known.iter().copied()) {
            Some(meant) => did_you_mean(Some(meant)),
            None => format!(": there are `{}`", known.join("`, `")),
        };
        self.wrong(key.span, format!("no key `{given}`{of}{hint}"));
    }

    fn member(&mut self, Member { key, value }: &Member, configuration: &mut Configuration) {
        let choice = &mut configuration.choice;
        match key.value.as_str() {
            "level" => choice.level = self.named(value, "level", Level::NAMES),
            "select" => choice.select = Some(self.selected(value)),
            "extend-select" => choice.also = self.selected(value),
            "ignore" => choice.ignore = self.selected(value),
            "min-severity" => choice.min_severity = self.severity(value),
            "fail-on" => choice.fail_on = self.severity(value),
            "exclude" => {
                let patterns = self.texts(value, Kind::Paths.title());
                configuration.excluded = Excluded::new(&patterns, &mut self.problems);
            }
            "rules" => choice.severities = self.of_rules(value),
            _ => {
                let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
                self.unknown(key, "", &known);
            }
        }
    }

    /// A value that is one of these names.
    fn named<T: std::str::FromStr>(
        &mut self,
        value: &Value,
        what: &str,
        names: &'static [&'static str],
    ) -> Option<T> {
        let Some(text) = value.as_str() else {
            let message = format!("a {what} is a text, and this is {}", kind(value));
            self.wrong(value.span, message);
            return None;
        };
        let meant = text.parse().ok();
        if meant.is_none() {
            let hint = match nearest(text, names.iter().copied()) {
                Some(meant) => did_you_mean(Some(meant)),
                None => format!(": it is one of {}", names.join(", ")),
            };
            self.wrong(value.span, format!("no {what} `{text}`{hint}"));
        }
        meant
    }

    fn severity(&mut self, value: &Value) -> Option<Severity> {
        self.named(value, "severity", Severity::NAMES)
    }

    /// The texts of a list.
    fn texts(&mut self, value: &Value, what: &str) -> Vec<Spanned<String>> {
        let ValueKind::Array(items) = &value.kind else {
            let message = format!("{what} is wanted, and this is {}", kind(value));
            self.wrong(value.span, message);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => texts.push(Spanned::new(text.to_owned(), item.span)),
                None => self.wrong(
                    item.span,
                    format!("a text is wanted, and this is {}", kind(item)),
                ),
            }
        }
        texts
    }

    /// The rules that a list names.
    fn selected(&mut self, value: &Value) -> BTreeSet<String> {
        let mut selected = BTreeSet::new();
        for pattern in self.texts(value, Kind::Rules.title()) {
            match rules_named(&pattern.value, self.rules) {
                Ok(named) => selected.extend(named),
                Err(refusal) => self.wrong(pattern.span, refusal),
            }
        }
        selected
    }

    /// The members of a table.
    fn table<'v>(&mut self, value: &'v Value, what: &str) -> &'v [Member] {
        if !matches!(value.kind, ValueKind::Object(_)) {
            let message = format!("{what} is a table, and this is {}", kind(value));
            self.wrong(value.span, message);
        }
        value.members()
    }

    /// What is said of rules, by their ids.
    fn of_rules(&mut self, value: &Value) -> BTreeMap<String, Severity> {
        let mut severities = BTreeMap::new();
        for Member { key, value } in self.table(value, "what is said of rules") {
            let id = key.value.as_str();
            let Some(rule) = self.rules.iter().find(|rule| rule.id == id) else {
                let meant = did_you_mean(nearest(id, self.rules.iter().map(|rule| rule.id)));
                self.wrong(key.span, format!("no rule `{id}`{meant}"));
                continue;
            };
            if let Some(severity) = self.of_rule(id, value) {
                severities.insert(rule.id.to_owned(), severity);
            }
        }
        severities
    }

    /// What is said of a rule: how bad its findings are.
    fn of_rule(&mut self, id: &str, value: &Value) -> Option<Severity> {
        let mut severity = None;
        for Member { key, value } in self.table(value, "what is said of a rule") {
            match key.value.as_str() {
                "severity" => severity = self.severity(value),
                _ => self.unknown(key, &format!(" of `{id}`"), &["severity"]),
            }
        }
        severity
    }
}

/// What a value is, in words.
fn kind(value: &Value) -> &'static str {
    match value.kind {
        ValueKind::Null => "nothing",
        ValueKind::Bool(_) => "a truth value",
        ValueKind::Number(_) => "a number",
        ValueKind::String(_) => "a text",
        ValueKind::Array(_) => "a list",
        ValueKind::Object(_) => "a table",
    }
}
