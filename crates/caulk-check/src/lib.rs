//! The engine: files in memory to a report.
//!
//! **Invariant:** a pure function. No disk, no terminal, no clock, no environment: the same files
//! give the same report, whatever order they come in.

mod fingerprint;
mod merge;
mod plan;
mod provenance;
mod settings;

use std::collections::BTreeSet;

use caulk_finding::{FileCounts, Finding, Report, Reported};
use caulk_model::Repository;
use caulk_rules::Findings;
use caulk_source::{FileId, Sources, Surface};
use caulk_surfaces::{NotOffered, Workspace};

pub use caulk_surfaces::{ComposeOptions, Parsed, Wanted, may_matter};
pub use settings::Settings;

/// A run: the files it was given, read, and what they still ask for.
///
/// Files refer to files: a service to its Dockerfile, a container to its profile. The caller loads
/// what [`Run::wanted`] names, where it is inside the root and there, and goes on with
/// [`Run::resume`] until nothing more is wanted.
pub struct Run<'a> {
    workspace: Workspace<'a>,
}

impl<'a> Run<'a> {
    /// Reads the files.
    pub fn new(sources: &'a Sources) -> Self {
        Self {
            workspace: Workspace::parse(sources),
        }
    }

    /// Reads the files, with what is said of Compose projects.
    pub fn with(sources: &'a Sources, options: ComposeOptions) -> Self {
        Self {
            workspace: Workspace::with(sources, options),
        }
    }

    /// Reads the files that were added since.
    pub fn resume(sources: &'a Sources, parsed: Parsed) -> Self {
        Self {
            workspace: Workspace::resume(sources, parsed),
        }
    }

    /// What was read, free of the files.
    pub fn into_parsed(self) -> Parsed {
        self.workspace.into_parsed()
    }

    /// Paths inside the root that the files refer to and that were not given.
    pub fn wanted(&self) -> BTreeSet<String> {
        self.workspace.wanted()
    }

    /// What the files declare. `target` names the stage that is built where no service says another.
    pub fn repository(&self, target: Option<&str>) -> Repository {
        self.workspace.repository(target)
    }

    /// Judges.
    pub fn report(&self, sources: &Sources, settings: &Settings) -> Report {
        let repository = self.repository(settings.target.as_deref());
        let mut findings = findings(&repository, settings);
        findings.retain(|finding| settings.shows(sources.path(finding.primary.span.file), finding));
        let mut findings = merge::by_place(findings);
        sort(&mut findings, sources);
        provenance::add(&mut findings, &repository);
        let fixes = plan::fixes(&self.workspace, &findings);
        let fingerprints = fingerprint::all(&findings, sources);
        let reported = findings.into_iter().zip(fixes).zip(fingerprints);
        Report {
            findings: reported
                .map(|((finding, fix), fingerprint)| Reported {
                    finding,
                    fix,
                    fingerprint,
                })
                .collect(),
            suppressed: Vec::new(),
            files: self.counts(sources, &repository, settings),
        }
    }

    /// The names of the stages of every Dockerfile, each once.
    pub fn stages(&self) -> BTreeSet<String> {
        self.workspace.stage_names()
    }

    /// The files that declare something, each with its kind, by path.
    pub fn files(&self, sources: &Sources) -> Vec<(String, Surface)> {
        let kinds = sources.iter().filter_map(|(id, file)| {
            let surface = self.workspace.surface(id)?;
            Some((file.path().to_owned(), surface))
        });
        let mut files: Vec<(String, Surface)> = kinds.collect();
        files.sort();
        files
    }

    /// Why the remedy of a finding could not be written as edits.
    pub fn withheld(&self, finding: &Finding) -> Option<NotOffered> {
        let mut changes = finding.remedy.iter().flat_map(|remedy| &remedy.changes);
        changes.find_map(|change| self.workspace.edits(change).err())
    }

    fn counts(
        &self,
        sources: &Sources,
        repository: &Repository,
        settings: &Settings,
    ) -> FileCounts {
        let reported = |file: FileId| settings.reports(sources.path(file));
        let files = sources.iter().map(|(file, _)| file);
        let analysed =
            files.filter(|file| self.workspace.surface(*file).is_some() && reported(*file));
        let unreadable: BTreeSet<FileId> = repository
            .unreadable()
            .filter_map(|unreadable| Some(unreadable.problems.first()?.0.file))
            .filter(|file| reported(*file))
            .collect();
        FileCounts {
            analysed: analysed.count(),
            unreadable: unreadable.len(),
        }
    }
}

/// Judges files that refer to nothing beyond themselves, or whose references are among them.
pub fn check(sources: &Sources, settings: &Settings) -> Report {
    Run::new(sources).report(sources, settings)
}

fn findings(repository: &Repository, settings: &Settings) -> Vec<Finding> {
    let mut findings = Findings::new();
    for rule in caulk_rules::ALL
        .iter()
        .filter(|rule| settings.runs(&rule.info))
    {
        (rule.check)(repository, &mut findings);
    }
    findings.into_vec()
}

/// By path, then place, then rule.
fn sort(findings: &mut [Finding], sources: &Sources) {
    for finding in findings.iter_mut() {
        finding.related.sort_by(|a, b| {
            let key = |span: caulk_source::Span| (sources.path(span.file), span.start, span.end);
            key(a.span)
                .cmp(&key(b.span))
                .then_with(|| a.text.cmp(&b.text))
        });
    }
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.primary.span.start, finding.primary.span.end);
        let path = |finding: &Finding| sources.path(finding.primary.span.file).to_owned();
        path(a)
            .cmp(&path(b))
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(|| a.rule.id.cmp(b.rule.id))
            .then_with(|| a.message.cmp(&b.message))
    });
}
