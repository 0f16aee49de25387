//! Reports made by hand, for the tests of the formats.

use caulk_finding::{
    Applicability, Authority, Confidence, FileCounts, Finding, Fix, Fixes, Label, Level, Pass,
    Reference, Report, Reported, RuleInfo, Severities, Severity, Step, Surface,
};
use caulk_report::{Context, full};
use caulk_source::{Edit, FileId, SourceFile, Sources, Span};

/// Where a container is declared: no report shows it.
pub(crate) const DECLARED: Span = Span {
    file: FileId::FIRST,
    start: 0,
    end: 0,
};

/// A rule for tests.
pub(crate) static RUNS_AS_ROOT: RuleInfo = RuleInfo {
    id: "runs-as-root",
    raw_page: " The first process runs as root.\n",
    since: "0.1.0",
    level: Level::Baseline,
    severities: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: Surface::ALL,
    references: &[
        Reference::same(Authority::Cis, "4.1"),
        Reference::like(Authority::Hadolint, "DL3002"),
    ],
    options: &[],
};

/// Another rule for tests.
pub(crate) static CAPABILITY_ADDED: RuleInfo = RuleInfo {
    id: "capability-added",
    raw_page: " A capability is added.\n",
    severities: Severities::Always(Severity::Critical),
    references: &[Reference::same(Authority::Cis, "5.4")],
    ..RUNS_AS_ROOT
};

/// The files and findings of one test.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) sources: Sources,
    pub(crate) report: Report,
}

impl Case {
    /// A report over these files, so far without findings.
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Self {
        let files = files
            .iter()
            .map(|(path, bytes)| SourceFile::new(*path, bytes.to_vec()));
        let sources = Sources::from_files(files);
        let counts = FileCounts {
            analysed: sources.len(),
            unreadable: 0,
        };
        Self {
            sources,
            report: Report {
                files: counts,
                ..Report::default()
            },
        }
    }

    pub(crate) fn id(&self, path: &str) -> FileId {
        self.sources.find(path).unwrap()
    }

    /// Where `needle` first stands in the file.
    pub(crate) fn span(&self, path: &str, needle: &str) -> Span {
        let id = self.id(path);
        let start = self.sources.get(id).unwrap().text().find(needle).unwrap();
        Span::new(id, start..start + needle.len())
    }

    /// A label over the first `needle` of the file.
    pub(crate) fn label(&self, path: &str, needle: &str, text: &str) -> Label {
        Label::new(self.span(path, needle), text)
    }

    /// Adds a finding.
    pub(crate) fn add(&mut self, finding: Finding, fix: Option<Fix>) {
        let fingerprint = format!("{:016x}", self.report.findings.len());
        self.report.findings.push(Reported {
            finding,
            fix,
            withheld: None,
            fingerprint,
        });
    }

    /// The report with its fixes planned: those that fit in one pass, and of two that want the same
    /// text the first.
    fn planned(&self) -> Report {
        let mut report = self.report.clone();
        let mut pass = Pass::default();
        for (index, reported) in report.findings.iter().enumerate() {
            let Some(fix) = &reported.fix else { continue };
            let taken = pass.steps.iter().flat_map(|step| &step.fix.edits);
            let mut taken: Vec<&Edit> = taken.collect();
            taken.extend(&fix.edits);
            let overlap = fix.edits.iter().any(|edit| {
                let mut others = taken.iter().filter(|other| **other != edit);
                others.any(|other| other.overlaps(edit))
            });
            if overlap || !fix.edits.iter().any(|edit| self.changes(edit)) {
                continue;
            }
            for edit in &fix.edits {
                let file = edit.span.file;
                pass.before.insert(file, self.sources.share(file).unwrap());
            }
            pass.steps.push(Step {
                finding: reported.finding.clone(),
                reported: Some(index),
                fix: fix.clone(),
            });
        }
        report.plan.passes = vec![pass];
        report
    }

    /// Whether an edit lies in its file and changes what stands there.
    fn changes(&self, edit: &Edit) -> bool {
        let file = self.sources.get(edit.span.file).unwrap();
        let stands = file.bytes().get(edit.span.range());
        stands.is_some_and(|stands| stands != edit.text.as_bytes())
    }

    /// The report in a format, without colours, 100 columns wide.
    pub(crate) fn render<T>(&self, format: impl Fn(&Context<'_>) -> T) -> T {
        self.render_with(false, format)
    }

    pub(crate) fn render_with<T>(&self, color: bool, format: impl Fn(&Context<'_>) -> T) -> T {
        format(&Context {
            report: &self.planned(),
            sources: &self.sources,
            display_path: &str::to_owned,
            root: "/srv/app",
            version: "0.1.0",
            color,
            width: 100,
            quiet: false,
        })
    }
}

/// An unsafe fix.
pub(crate) fn unsafe_fix(title: &str, may_break: &str, edits: Vec<Edit>) -> Fix {
    Fix {
        title: title.to_owned(),
        applicability: Applicability::Unsafe {
            may_break: may_break.to_owned(),
        },
        edits,
        reveals: Vec::new(),
        also: Vec::new(),
    }
}

/// A safe fix.
pub(crate) fn safe_fix(title: &str, edits: Vec<Edit>) -> Fix {
    Fix {
        title: title.to_owned(),
        applicability: Applicability::Safe,
        edits,
        reveals: Vec::new(),
        also: Vec::new(),
    }
}

/// A case with one file, and a finding about the first `needle` in it.
pub(crate) fn one_file(path: &str, text: &str, needle: &str) -> (Case, Finding) {
    let case = Case::new(&[(path, text.as_bytes())]);
    let label = case.label(path, needle, "this user is root");
    let finding = Finding::new(
        &RUNS_AS_ROOT,
        Surface::Dockerfile,
        label,
        "the image runs as root",
    );
    (case, finding)
}

/// What the report for a person says of one finding without a fix.
pub(crate) fn shown(mut case: Case, finding: Finding) -> String {
    case.add(finding, None);
    case.render(full)
}

/// A finding at the line `at` of the file `f`, and the fix that does `edits`.
pub(crate) fn add(case: &mut Case, severity: Severity, at: &str, edits: Vec<Edit>) {
    let label = case.label("f", at, "here");
    let letter = at.trim_end();
    let finding = Finding::new(
        &RUNS_AS_ROOT,
        Surface::Compose,
        label,
        format!("`{letter}` is bad"),
    )
    .severity(severity)
    .container("service `web`", DECLARED);
    case.add(finding, Some(safe_fix(&format!("cure `{letter}`"), edits)));
}

/// The first `line` of the file `f` becomes `new`.
pub(crate) fn replace(case: &Case, line: &str, new: &str) -> Edit {
    Edit::replace(case.span("f", line), new)
}

/// A patch of text files.
pub(crate) fn text(patch: &[u8]) -> String {
    String::from_utf8(patch.to_vec()).unwrap()
}
