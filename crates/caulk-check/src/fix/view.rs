//! What is known of some files that bear on each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use caulk_finding::{Finding, Severity};
use caulk_model::{Container, ImageSource, Repository};
use caulk_source::{FileId, Sources, Span, Surface};
use caulk_surfaces::{Group, Workspace};

use crate::findings;

/// Some files that bear on each other: what they declare, and every finding about them, whatever
/// the level.
pub(crate) struct View<'a> {
    pub(crate) workspace: &'a Workspace<'a>,
    pub(crate) sources: &'a Sources,
    pub(super) repository: &'a Repository,
    /// The files of the group: what is found in them is closed here.
    pub(crate) own: &'a BTreeSet<FileId>,
    /// The files that are read: those of the group, and those that have a say in them.
    pub(crate) files: &'a BTreeSet<FileId>,
    pub(crate) containers: Vec<&'a Container>,
    pub(crate) findings: Vec<&'a Finding>,
    target: Option<&'a str>,
    /// The containers by where they are declared, and those that stand on an image by where that is.
    places: OnceLock<Places>,
    /// What is found in the files when they are read without the rest of the run: images that others
    /// build are pulled then.
    alone: OnceLock<Alone>,
}

/// Containers by where something is declared, by their index.
#[derive(Default)]
struct Places {
    declared: BTreeMap<Span, Vec<usize>>,
    standing: BTreeMap<Span, Vec<usize>>,
}

/// How severe each finding is at most: its rule, file and container, and what it is about.
#[derive(Default)]
struct Alone(BTreeMap<(&'static str, FileId, Option<String>), BTreeMap<String, Severity>>);

/// What a finding is, whatever the lines and its severity: rule, file, container, fact.
pub(crate) type Key<'a> = (&'static str, FileId, Option<&'a str>, &'a str);

/// The key of a finding.
pub(crate) fn key(finding: &Finding) -> Key<'_> {
    (
        finding.rule.id,
        finding.primary.span.file,
        finding.container.as_deref(),
        &finding.fact,
    )
}

impl View<'_> {
    /// The containers that are declared at one of these places, by their index.
    pub(super) fn declared_at(&self, places: &BTreeSet<Span>) -> BTreeSet<usize> {
        let declared = &self.places().declared;
        let here = places.iter().filter_map(|place| declared.get(place));
        here.flatten().copied().collect()
    }

    /// The containers that a change of this file can change, by their index.
    pub(super) fn touched_by(&self, file: FileId) -> BTreeSet<usize> {
        let containers = (0..).zip(&self.containers);
        let declared = containers.filter(|(_, container)| container.file == file);
        let declared: BTreeSet<usize> = declared.map(|(index, _)| index).collect();
        let standing = self.standing_on(&declared);
        declared.into_iter().chain(standing).collect()
    }

    /// The containers whose image is one of these, by their index.
    pub(super) fn standing_on(&self, images: &BTreeSet<usize>) -> BTreeSet<usize> {
        let standing = &self.places().standing;
        let images = images
            .iter()
            .filter_map(|index| self.containers.get(*index));
        let standing = images.filter_map(|image| standing.get(&image.anchor));
        standing.flatten().copied().collect()
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let mut places = Places::default();
            for (index, container) in self.containers.iter().enumerate() {
                let declared = places.declared.entry(container.anchor);
                declared.or_default().push(index);
                if let ImageSource::Built {
                    container: Some(stage),
                    ..
                } = &container.source
                    && let Some(stage) = self.repository.container(*stage)
                {
                    let standing = places.standing.entry(stage.anchor);
                    standing.or_default().push(index);
                }
            }
            places
        })
    }

    /// Whether it is found, as bad, where the files are read without the rest of the run.
    pub(super) fn is_found_alone(&self, finding: &Finding) -> bool {
        let alone = self.alone.get_or_init(|| {
            let sources = self.sources.part(self.files.iter().copied());
            let workspace = self.workspace.revised(&sources);
            Alone::of(Reread::of(&workspace, &sources, self.target).findings)
        });
        alone.as_bad(finding)
    }

    /// Which kind of file it is.
    pub(super) fn surface(&self, file: FileId) -> Option<Surface> {
        self.workspace.surface(file)
    }

    /// How many bytes its files have.
    pub(super) fn size(&self) -> usize {
        let files = self.files.iter().filter_map(|file| self.sources.get(*file));
        files.map(|file| file.bytes().len()).sum()
    }
}

impl Alone {
    fn of(findings: Vec<Finding>) -> Self {
        let mut alone = Self::default();
        for finding in findings {
            let (rule, file, container, _) = key(&finding);
            let of_it = (rule, file, container.map(str::to_owned));
            let facts = alone.0.entry(of_it).or_default();
            let most = facts.entry(finding.fact).or_insert(finding.severity);
            *most = finding.severity.max(*most);
        }
        alone
    }

    fn as_bad(&self, finding: &Finding) -> bool {
        let (rule, file, container, fact) = key(finding);
        let facts = self.0.get(&(rule, file, container.map(str::to_owned)));
        let most = facts.and_then(|facts| facts.get(fact));
        most.is_some_and(|most| *most >= finding.severity)
    }
}

/// The same files read by themselves, as an edit has left them.
pub(super) struct Reread {
    pub(super) repository: Repository,
    pub(super) findings: Vec<Finding>,
}

impl Reread {
    pub(super) fn of(workspace: &Workspace<'_>, sources: &Sources, target: Option<&str>) -> Self {
        let repository = workspace.repository(target);
        let findings = findings::all(&repository, sources);
        Self {
            repository,
            findings,
        }
    }

    pub(super) fn view<'a>(
        &'a self,
        workspace: &'a Workspace<'a>,
        sources: &'a Sources,
        (own, files): (&'a BTreeSet<FileId>, &'a BTreeSet<FileId>),
    ) -> View<'a> {
        View {
            workspace,
            sources,
            own,
            files,
            containers: self.repository.containers().collect(),
            // What a configuration of ours states of an engine is no file of any group.
            findings: (self.findings.iter())
                .filter(|finding| files.contains(&finding.primary.span.file))
                .collect(),
            repository: &self.repository,
            target: None,
            places: OnceLock::new(),
            alone: OnceLock::new(),
        }
    }
}

/// The files of a run in groups, and what is known of each.
pub(crate) struct Groups<'a> {
    workspace: &'a Workspace<'a>,
    sources: &'a Sources,
    repository: &'a Repository,
    target: Option<&'a str>,
    each: Vec<Group>,
    files: Vec<BTreeSet<FileId>>,
    containers: Vec<Vec<&'a Container>>,
    findings: Vec<Vec<&'a Finding>>,
}

impl<'a> Groups<'a> {
    /// The groups of a run, with every finding about it, whatever the level.
    pub(crate) fn new(
        workspace: &'a Workspace<'a>,
        sources: &'a Sources,
        repository: &'a Repository,
        findings: &'a [Finding],
        target: Option<&'a str>,
    ) -> Self {
        let all = workspace.groups();
        let group_of: BTreeMap<FileId, usize> = (0..)
            .zip(&all)
            .flat_map(|(group, Group { files, .. })| files.iter().map(move |file| (*file, group)))
            .collect();
        let mut groups = Self {
            workspace,
            sources,
            repository,
            target,
            containers: vec![Vec::new(); all.len()],
            findings: vec![Vec::new(); all.len()],
            files: all.iter().map(Group::read).collect(),
            each: all,
        };
        for container in repository.containers() {
            let group = group_of.get(&container.file);
            if let Some(here) = group.and_then(|at| groups.containers.get_mut(*at)) {
                here.push(container);
            }
        }
        for finding in findings {
            let group = group_of.get(&finding.primary.span.file);
            if let Some(here) = group.and_then(|at| groups.findings.get_mut(*at)) {
                here.push(finding);
            }
        }
        groups
    }

    /// The group whose files say what holds for every container, and the others.
    pub(crate) fn for_all_and_each(&self) -> (Option<usize>, Vec<usize>) {
        let is_for_all = |at: &usize| self.each.get(*at).is_some_and(|group| group.for_all);
        let (for_all, each): (Vec<usize>, Vec<usize>) = (0..self.each.len()).partition(is_for_all);
        (for_all.first().copied(), each)
    }

    /// Whether anything is found in the files of a group that could be closed.
    fn has_remedies(&self, group: usize) -> bool {
        let findings = self.findings.get(group).into_iter().flatten();
        findings.into_iter().any(|finding| finding.remedy.is_some())
    }

    /// Does something with what is known of a group; nothing where nothing in it could be closed.
    pub(crate) fn with_view<T>(
        &self,
        group: usize,
        then: impl FnOnce(&View<'_>) -> T,
    ) -> Option<T> {
        if !self.has_remedies(group) {
            return None;
        }
        let (known, files) = (self.each.get(group)?, self.files.get(group)?);
        let own = &known.files;
        if known.for_all {
            return Some(then(&View {
                containers: self.repository.containers().collect(),
                findings: self.findings.iter().flatten().copied().collect(),
                ..self.view(own, files)
            }));
        }
        if known.beside.is_empty() {
            return Some(then(&View {
                containers: self.containers.get(group)?.clone(),
                findings: self.findings.get(group)?.clone(),
                ..self.view(own, files)
            }));
        }
        // Of the files that hold for all, this is what they mean for these.
        let sources = self.sources.part(files.iter().copied());
        let workspace = self.workspace.revised(&sources);
        let reread = Reread::of(&workspace, &sources, self.target);
        Some(then(&reread.view(&workspace, &sources, (own, files))))
    }

    fn view<'v>(&'v self, own: &'v BTreeSet<FileId>, files: &'v BTreeSet<FileId>) -> View<'v> {
        View {
            workspace: self.workspace,
            sources: self.sources,
            repository: self.repository,
            own,
            files,
            containers: Vec::new(),
            findings: Vec::new(),
            target: self.target,
            places: OnceLock::new(),
            alone: OnceLock::new(),
        }
    }

    /// The files of a group.
    pub(crate) fn own(&self, group: usize) -> impl Iterator<Item = FileId> {
        let group = self.each.get(group).into_iter();
        group.flat_map(|group| group.files.iter().copied())
    }
}
