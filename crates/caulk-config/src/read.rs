//! From a text to what it says.

use std::collections::BTreeSet;

use caulk_check::Choice;
use caulk_finding::{Level, OptionKind, RuleInfo, Severity};
use caulk_model::base_images::ImagePattern;
use caulk_model::{Daemon, HostSetting, Origin, State, Stated, StatedImage, StatedImages};
use caulk_source::{FileId, SourceFile, Span, Spanned};
use caulk_surfaces::engine_setting;
use caulk_syntax::Problem;
use caulk_syntax::json::{Kind as ValueKind, Member, Value};
use caulk_syntax::toml;

use crate::exclude::Excluded;
use crate::keys::{HOST, IMAGE, KEYS, Kind};
use crate::select::rules_named;
use crate::suggest::{did_you_mean, nearest};

/// So many entries a list may have: what is compared with each file is bounded.
const MOST_ENTRIES: usize = 1000;

/// What a configuration says.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The folder for whose files it holds, where no nearer one does.
    pub folder: String,
    /// What is chosen.
    pub choice: Choice,
    /// The files on which nothing is reported.
    pub excluded: Excluded,
    /// What is stated of the containers.
    pub stated: Stated,
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
        stated: Stated {
            folder: folder.to_owned(),
            ..Stated::default()
        },
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
            "rules" => self.of_rules(value, configuration),
            "host" => self.of_host(value, configuration),
            "images" => self.of_images(value, configuration),
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
        if let Some(item) = items.get(MOST_ENTRIES) {
            let message = format!("a list has {MOST_ENTRIES} entries at most");
            self.wrong(item.span, message);
        }
        let mut texts = Vec::new();
        for item in items.iter().take(MOST_ENTRIES) {
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
    fn of_rules(&mut self, value: &Value, configuration: &mut Configuration) {
        for Member { key, value } in self.table(value, "what is said of rules") {
            let id = key.value.as_str();
            let Some(rule) = self.rules.iter().find(|rule| rule.id == id).copied() else {
                let meant = did_you_mean(nearest(id, self.rules.iter().map(|rule| rule.id)));
                self.wrong(key.span, format!("no rule `{id}`{meant}"));
                continue;
            };
            for member in self.table(value, "what is said of a rule") {
                self.of_rule(rule, member, configuration);
            }
        }
    }

    /// What is said of a rule: how bad its findings are, and what it takes.
    fn of_rule(
        &mut self,
        rule: &'static RuleInfo,
        Member { key, value }: &Member,
        configuration: &mut Configuration,
    ) {
        if key.value == "severity" {
            let severity = self.severity(value);
            let severities = &mut configuration.choice.severities;
            severities.extend(severity.map(|severity| (rule.id.to_owned(), severity)));
            return;
        }
        let Some(option) = rule.options.iter().find(|option| option.name == key.value) else {
            let options = rule.options.iter().map(|option| option.name);
            let known: Vec<&str> = ["severity"].into_iter().chain(options).collect();
            self.unknown(key, &format!(" of `{}`", rule.id), &known);
            return;
        };
        let said = match option.kind {
            OptionKind::Images => self.images(value),
        };
        let options = &mut configuration.stated.options;
        options.insert((rule.id, option.name), said);
    }

    /// What is said of the engine, as its own configuration has it.
    fn of_host(&mut self, value: &Value, configuration: &mut Configuration) {
        for Member { key, value } in self.table(value, "what is said of the host") {
            let known = HOST.iter().map(|(name, _)| *name);
            let Some(name) = known.clone().find(|name| *name == key.value) else {
                self.unknown(key, " of `host`", &known.collect::<Vec<_>>());
                continue;
            };
            let Some(setting) = engine_setting(name, value) else {
                let message = format!("no engine takes {} for `{name}`", kind(value));
                self.wrong(value.span, message);
                continue;
            };
            // Whether the engine would take it; the profile is looked for later.
            let mut engine = Daemon::new(value.span.file, value.span);
            let origin = Origin::Written(value.span);
            let taken = engine.set(name, setting.clone(), origin, &|_| State::Known(None));
            if let Err(refusal) = taken {
                self.wrong(value.span, refusal);
                continue;
            }
            configuration.stated.host.push(HostSetting {
                key: name,
                setting,
                span: value.span,
            });
        }
    }

    /// What is said of images, by their repositories.
    fn of_images(&mut self, value: &Value, configuration: &mut Configuration) {
        let members = self.table(value, "what is said of images");
        if let Some(Member { key, .. }) = members.get(MOST_ENTRIES) {
            let message = format!("there are {MOST_ENTRIES} images at most");
            self.wrong(key.span, message);
        }
        for Member { key, value } in members.iter().take(MOST_ENTRIES) {
            let pattern = match ImagePattern::parse(&key.value) {
                Ok(pattern) => pattern,
                Err(refusal) => {
                    self.wrong(key.span, refusal);
                    continue;
                }
            };
            let mut image = StatedImage::new(pattern);
            for member in self.table(value, "what is said of an image") {
                self.of_image(member, &mut image);
            }
            configuration.stated.images.push(image);
        }
    }

    /// What is said of an image.
    fn of_image(&mut self, Member { key, value }: &Member, image: &mut StatedImage) {
        match key.value.as_str() {
            "user" => match value.as_str() {
                Some(user) => image.user = Some(user.to_owned()),
                None => self.wrong(
                    value.span,
                    format!(
                        "a user is a text, as in `\"1000\"`, and this is {}",
                        kind(value)
                    ),
                ),
            },
            "needs" => {
                image.needs_nothing();
                for text in self.texts(value, "a list of capabilities") {
                    if let Err(refusal) = image.need(&text.value) {
                        self.wrong(text.span, refusal);
                    }
                }
            }
            "sudo" => match value.kind {
                ValueKind::Bool(sudo) => image.sudo = sudo,
                ValueKind::Null
                | ValueKind::Number(_)
                | ValueKind::String(_)
                | ValueKind::Array(_)
                | ValueKind::Object(_) => self.wrong(
                    value.span,
                    format!("`sudo` is `true` or `false`, and this is {}", kind(value)),
                ),
            },
            _ => self.unknown(key, " of an image", IMAGE),
        }
    }

    /// The images that a list names.
    fn images(&mut self, value: &Value) -> StatedImages {
        let mut patterns = Vec::new();
        for text in self.texts(value, "a list of registries and repositories") {
            match ImagePattern::parse(&text.value) {
                Ok(pattern) => patterns.push(pattern),
                Err(refusal) => self.wrong(text.span, refusal),
            }
        }
        StatedImages {
            span: value.span,
            patterns,
        }
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
