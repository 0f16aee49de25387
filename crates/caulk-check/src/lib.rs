//! The engine: files in memory to a report.
//!
//! **Invariant:** a pure function. No disk, no terminal, no clock, no environment: the same files
//! give the same report, whatever order they come in.

mod findings;
mod fingerprint;
mod fix;
mod generated;
mod hidden;
mod merge;
mod provenance;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{FileCounts, Finding, Fix, Pass, Plan, Report, Reported, Step};
use caulk_model::Repository;
use caulk_source::{FileId, SourceFile, Sources, Surface};
use caulk_surfaces::{Group, Workspace};
use rayon::prelude::*;

use fix::{Groups, Outcome, View};

pub use caulk_model::Stated;
pub use caulk_surfaces::{ComposeOptions, Parsed, Wanted, may_matter};
pub use settings::{Choice, Settings};

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

    /// Takes what configurations state of the files around them. No two have one folder.
    pub fn state(&mut self, stated: Vec<Stated>) {
        self.workspace.state(stated);
    }

    /// What was read, free of the files.
    pub fn into_parsed(self) -> Parsed {
        self.workspace.into_parsed()
    }

    /// What is said of Compose projects.
    pub fn options(&self) -> &ComposeOptions {
        self.workspace.options()
    }

    /// Paths inside the root that the files refer to and that were not given.
    pub fn wanted(&self) -> BTreeSet<String> {
        self.workspace.wanted()
    }

    /// What the files declare. `target` names the stage that is built where no service says another.
    pub fn repository(&self, target: Option<&str>) -> Repository {
        self.workspace.repository(target)
    }

    /// Judges, and proves a fix for each finding that has a remedy.
    pub fn report(&self, sources: &Sources, settings: &Settings) -> Report {
        let repository = self.repository(settings.target.as_deref());
        let every = findings::every(&repository);
        let mut report = self.judged(sources, settings, &repository, &every);
        let all = findings::in_order(every, sources);
        let target = settings.target.as_deref();
        let groups = Groups::new(&self.workspace, sources, &repository, &all, target);
        let outcomes = outcomes(&groups, settings, &report.findings);
        for (reported, outcome) in report.findings.iter_mut().zip(outcomes) {
            match outcome {
                None => {}
                Some(Ok(fix)) => reported.fix = Some(fix),
                Some(Err(refusal)) => {
                    say_by_hand(&mut reported.finding, &refusal);
                    reported.withheld = Some(refusal);
                }
            }
        }
        settings.with_chosen_severities(report, sources)
    }

    /// Judges, and proposes no fix.
    pub fn judge(&self, sources: &Sources, settings: &Settings) -> Report {
        let repository = self.repository(settings.target.as_deref());
        let every = findings::every(&repository);
        let report = self.judged(sources, settings, &repository, &every);
        settings.with_chosen_severities(report, sources)
    }

    fn judged(
        &self,
        sources: &Sources,
        settings: &Settings,
        repository: &Repository,
        every: &[Finding],
    ) -> Report {
        let shown = every.iter().filter(|finding| {
            let path = sources.path(finding.primary.span.file);
            settings.shows(path, finding)
        });
        let mut shown = findings::in_order(shown.cloned().collect(), sources);
        provenance::add(&mut shown, repository, sources);
        generated::add(&mut shown, sources);
        let fingerprints = fingerprint::all(&shown, sources);
        let hidden = hidden::texts(every.iter().chain(&shown), sources);
        let reported = shown.into_iter().zip(fingerprints);
        Report {
            findings: reported
                .map(|(finding, fingerprint)| Reported {
                    finding,
                    fix: None,
                    withheld: None,
                    fingerprint,
                })
                .collect(),
            files: self.counts(sources, repository, settings),
            hidden,
            ..Report::default()
        }
    }

    /// How the findings of `report`, which is what `settings` show, are closed together by the
    /// fixes that are wanted.
    pub fn plan(
        &self,
        sources: &Sources,
        settings: &Settings,
        report: &Report,
        wanted: &(dyn Fn(&Finding, &Fix) -> bool + Sync),
    ) -> Plan {
        let target = settings.target.as_deref();
        let repository = self.repository(target);
        let all = findings::all(&repository, sources);
        let groups = Groups::new(&self.workspace, sources, &repository, &all, target);
        let (for_all, each) = groups.for_all_and_each();
        let plan_of = |groups: &Groups<'_>, group: usize| {
            groups.with_view(group, |view| fix::plan(view, settings, wanted))
        };
        // What holds for every container comes first, and the others stand on what becomes of it.
        let mut passes = for_all
            .and_then(|group| plan_of(&groups, group))
            .unwrap_or_default();
        if passes.is_empty() {
            let planned = each.into_par_iter();
            passes = together(
                planned
                    .filter_map(|group| plan_of(&groups, group))
                    .collect(),
            );
        } else {
            let settled = after(sources, &passes);
            let workspace = self.workspace.revised(&settled);
            let repository = workspace.repository(target);
            let all = findings::all(&repository, &settled);
            let groups = Groups::new(&workspace, &settled, &repository, &all, target);
            let planned = groups.for_all_and_each().1.into_par_iter();
            let each = planned.filter_map(|group| plan_of(&groups, group));
            passes.extend(together(each.collect()));
        }
        for pass in &mut passes {
            pass.steps.sort_by(|a, b| {
                let place = |step: &Step| step.finding.primary.span;
                let path = |step: &Step| sources.path(place(step).file);
                let key = |step: &Step| (place(step), step.finding.rule.id);
                path(a).cmp(path(b)).then_with(|| key(a).cmp(&key(b)))
            });
        }
        fix::find_in_report(&mut passes, report);
        for step in passes.iter_mut().flat_map(|pass| &mut pass.steps) {
            let path = sources.path(step.finding.primary.span.file);
            step.finding.severity = settings.severity(path, &step.finding);
        }
        Plan {
            along: self.closed_along(sources, settings, report, &passes),
            passes,
            only_safe: false,
        }
    }

    /// The findings of the report that no step is for and that are gone after all of them.
    fn closed_along(
        &self,
        sources: &Sources,
        settings: &Settings,
        report: &Report,
        passes: &[Pass],
    ) -> BTreeSet<usize> {
        if passes.is_empty() {
            return BTreeSet::new();
        }
        let settled = after(sources, passes);
        let workspace = self.workspace.revised(&settled);
        let repository = workspace.repository(settings.target.as_deref());
        let left = findings::all(&repository, &settled);
        fix::closed_along(passes, report, &left)
    }

    /// The files that declare something, in groups: what a file of one group says has no say in
    /// what is made of a file of another.
    ///
    /// The configuration of an engine holds for all and is in each.
    pub fn groups(&self) -> Vec<BTreeSet<FileId>> {
        let groups = self.workspace.groups().into_iter();
        let of_its_own = |group: &Group| !group.for_all || group.beside.is_empty();
        groups
            .filter(of_its_own)
            .map(|group| group.read())
            .collect()
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
            .filter_map(|unreadable| Some(unreadable.problems.first()?.span.file))
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

/// The same without fixes.
pub fn judge(sources: &Sources, settings: &Settings) -> Report {
    Run::new(sources).judge(sources, settings)
}

/// Judges, with how the findings are closed together by the fixes that are wanted.
pub fn check_and_plan(
    sources: &Sources,
    settings: &Settings,
    wanted: &(dyn Fn(&Finding, &Fix) -> bool + Sync),
) -> Report {
    let run = Run::new(sources);
    let mut report = run.report(sources, settings);
    report.plan = run.plan(sources, settings, &report, wanted);
    report
}

/// The passes of groups that have no say in each other, done at once.
fn together(planned: Vec<Vec<Pass>>) -> Vec<Pass> {
    let mut passes: Vec<Pass> = Vec::new();
    for of_group in planned {
        for (index, pass) in of_group.into_iter().enumerate() {
            if passes.len() <= index {
                passes.push(Pass::default());
            }
            if let Some(merged) = passes.get_mut(index) {
                merged.before.extend(pass.before);
                merged.steps.extend(pass.steps);
            }
        }
    }
    passes
}

/// The files as some passes leave them.
fn after(sources: &Sources, passes: &[Pass]) -> Sources {
    let mut settled = sources.clone();
    for (file, bytes) in passes.iter().flat_map(Pass::after) {
        settled.add(SourceFile::new(sources.path(file), bytes));
    }
    settled
}

/// Says what to do where that was to be a fix, which could not be proved or written.
fn say_by_hand(finding: &mut Finding, refusal: &str) {
    if let (None, Some(remedy)) = (&finding.advice, &finding.remedy) {
        finding.advice = Some(format!("{}, by hand: {refusal}", remedy.by_hand()));
    }
}

/// What became of the remedy of each finding.
fn outcomes(groups: &Groups<'_>, settings: &Settings, shown: &[Reported]) -> Vec<Outcome> {
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, Reported { finding, .. }) in shown.iter().enumerate() {
        if finding.remedy.is_some() {
            let file = finding.primary.span.file;
            by_file.entry(file).or_default().push(index);
        }
    }
    let target = settings.target.as_deref();
    let of_group = |group: usize| {
        let own = groups.own(group);
        let own = own.filter_map(|file| by_file.get(&file)).flatten();
        let mut indices: Vec<usize> = own.copied().collect();
        indices.sort_unstable();
        let shown = indices.iter().filter_map(|at| shown.get(*at));
        let findings: Vec<&Finding> = shown.map(|reported| &reported.finding).collect();
        if findings.is_empty() {
            return None;
        }
        let offers = |view: &View<'_>| fix::offers(view, target, &findings);
        let outcomes = groups.with_view(group, offers)?;
        Some(indices.into_iter().zip(outcomes).collect::<Vec<_>>())
    };
    let (for_all, each) = groups.for_all_and_each();
    let all: Vec<usize> = for_all.into_iter().chain(each).collect();
    let proved: Vec<(usize, Outcome)> =
        all.into_par_iter().filter_map(of_group).flatten().collect();
    let mut outcomes: Vec<Outcome> = vec![None; shown.len()];
    for (index, outcome) in proved {
        if let Some(slot) = outcomes.get_mut(index) {
            *slot = outcome;
        }
    }
    outcomes
}
