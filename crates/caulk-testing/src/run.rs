//! One analysis of one case.

use std::collections::BTreeMap;
use std::sync::Arc;

use caulk_check::{ComposeOptions, Run as Analysis, Settings, Stated};
use caulk_config::NAMES;
use caulk_finding::{Finding, Fix, Level, Plan, Report, Reported};
use caulk_report::Context;
use caulk_source::{BOM, Edit, FileId, SourceFile, Sources, Span, apply_edits, parent_path};

use crate::case::Case;

/// A spelling of the same files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Variant {
    /// As the page has them.
    Plain,
    /// With `\r\n` at the end of each line.
    Crlf,
    /// With a byte-order mark, except where that is itself refused.
    ByteOrderMark,
    /// Without the last line's ending.
    NoFinalNewline,
}

impl Variant {
    pub(crate) const ALL: [Self; 4] = [
        Self::Plain,
        Self::Crlf,
        Self::ByteOrderMark,
        Self::NoFinalNewline,
    ];

    /// A text in this spelling.
    pub(crate) fn spell(self, path: &str, text: &str) -> String {
        match self {
            Self::Crlf => text.replace('\n', "\r\n"),
            Self::ByteOrderMark if !is_json(path) => format!("{BOM}{text}"),
            Self::NoFinalNewline => text.strip_suffix('\n').unwrap_or(text).to_owned(),
            Self::Plain | Self::ByteOrderMark => text.to_owned(),
        }
    }
}

/// Whether the file is JSON, by its name.
pub(crate) fn is_json(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == "json")
}

/// The files of a case, and what caulk says of them at level hardened.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) sources: Sources,
    pub(crate) report: Report,
    target: Option<String>,
}

/// What is asked of a run over these files: everything at level hardened, and what the
/// configurations among them say.
///
/// # Panics
///
/// Where one of them is wrong.
fn asked(sources: &Sources, target: Option<&str>) -> (Settings, ComposeOptions) {
    let rules: Vec<_> = caulk_rules::ALL.iter().map(|rule| &rule.info).collect();
    let mut local = BTreeMap::new();
    let mut stated: Vec<Stated> = Vec::new();
    for (id, file) in sources.iter() {
        let folder = parent_path(file.path());
        let name = file.path().rsplit('/').next().unwrap_or_default();
        if !NAMES.contains(&name) {
            continue;
        }
        let (configuration, problems) = caulk_config::read(id, file, folder, &rules);
        assert!(problems.is_empty(), "{}: {problems:?}", file.path());
        local.insert(folder.to_owned(), configuration.choice);
        stated.push(configuration.stated);
    }
    let settings = Settings {
        local,
        target: target.map(str::to_owned),
        ..Settings::at(Level::Hardened)
    };
    let options = ComposeOptions {
        stated: Arc::new(stated),
        ..ComposeOptions::default()
    };
    (settings, options)
}

impl Run {
    /// The files as they are.
    pub(crate) fn plain(case: &Case) -> Self {
        Self::of(case, Variant::Plain)
    }

    /// The files in this spelling.
    pub(crate) fn of(case: &Case, variant: Variant) -> Self {
        let files = case.files.iter().map(|file| {
            let text = variant.spell(&file.path, &file.text);
            SourceFile::new(file.path.as_str(), text.into_bytes())
        });
        Self::new(Sources::from_files(files), case.target.clone())
    }

    /// These files.
    pub(crate) fn new(sources: Sources, target: Option<String>) -> Self {
        let (settings, options) = asked(&sources, target.as_deref());
        let report = Analysis::with(&sources, options).report(&sources, &settings);
        Self {
            sources,
            report,
            target,
        }
    }

    /// The files after these edits, analysed again; nothing where two of them overlap.
    pub(crate) fn after<'a>(&self, edits: impl IntoIterator<Item = &'a Edit>) -> Option<Self> {
        let edits: Vec<Edit> = edits.into_iter().cloned().collect();
        let mut sources = self.sources.clone();
        for (id, file) in self.sources.iter() {
            let here = edits.iter().filter(|edit| edit.span.file == id).cloned();
            let bytes = apply_edits(file.bytes(), &here.collect::<Vec<_>>()).ok()?;
            sources.add(SourceFile::new(file.path(), bytes));
        }
        Some(self.judged(sources))
    }

    /// These files with what caulk says of them, without fixes.
    fn judged(&self, sources: Sources) -> Self {
        let (settings, options) = asked(&sources, self.target.as_deref());
        Self {
            report: Analysis::with(&sources, options).judge(&sources, &settings),
            sources,
            target: self.target.clone(),
        }
    }

    /// The report with the fixes planned that are wanted.
    pub(crate) fn planned(&self, wanted: impl Fn(&Finding) -> bool + Sync) -> Report {
        self.planned_fixes(|finding, _| wanted(finding))
    }

    /// The same, where the fix has a say.
    pub(crate) fn planned_fixes(&self, wanted: impl Fn(&Finding, &Fix) -> bool + Sync) -> Report {
        let (settings, options) = asked(&self.sources, self.target.as_deref());
        let run = Analysis::with(&self.sources, options);
        let mut report = run.report(&self.sources, &settings);
        report.plan = run.plan(&self.sources, &settings, &report, &wanted);
        report
    }

    /// The files after a plan, analysed again.
    pub(crate) fn after_plan(&self, plan: &Plan) -> Self {
        let mut sources = self.sources.clone();
        for (id, bytes) in plan.after() {
            sources.add(SourceFile::new(self.sources.path(id), bytes));
        }
        self.judged(sources)
    }

    /// What this rule says.
    pub(crate) fn of_rule(&self, rule: &str) -> impl Iterator<Item = &Reported> {
        let findings = self.report.findings.iter();
        findings.filter(move |reported| reported.finding.rule.id == rule)
    }

    /// One line for a finding: place, rule, message.
    pub(crate) fn describe(&self, finding: &Finding) -> String {
        let span = finding.primary.span;
        let path = self.sources.path(span.file);
        let line = self.line(span);
        let Finding {
            rule,
            severity,
            message,
            ..
        } = finding;
        format!("{path}:{line}: {severity}[{}]: {message}", rule.id)
    }

    /// The line on which a place begins.
    pub(crate) fn line(&self, span: Span) -> u32 {
        let file = self.sources.get(span.file);
        file.map_or(0, |file| file.lines().line(span.start))
    }

    /// The texts of all files, by path.
    pub(crate) fn texts(&self) -> Vec<(FileId, String, String)> {
        let files = self.sources.iter();
        files
            .map(|(id, file)| (id, file.path().to_owned(), file.text().to_owned()))
            .collect()
    }

    /// A report in one of the formats.
    pub(crate) fn rendered<T>(&self, report: &Report, format: impl Fn(&Context<'_>) -> T) -> T {
        format(&Context {
            report,
            sources: &self.sources,
            display_path: &|path| path.to_owned(),
            root: ".",
            version: "0.0.0",
            color: false,
            width: 100,
            quiet: false,
        })
    }
}
