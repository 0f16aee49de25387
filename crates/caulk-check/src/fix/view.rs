//! What is known of some files that bear on each other.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::Finding;
use caulk_model::{Container, ImageSource, Repository};
use caulk_source::{FileId, Sources, Span, Surface};
use caulk_surfaces::Workspace;

use crate::findings;

/// Some files that bear on each other: what they declare, and every finding about them, whatever
/// the level.
pub(crate) struct View<'a> {
    pub(crate) workspace: &'a Workspace<'a>,
    pub(crate) sources: &'a Sources,
    repository: &'a Repository,
    /// The files of the group.
    pub(crate) files: &'a BTreeSet<FileId>,
    pub(crate) containers: Vec<&'a Container>,
    pub(crate) findings: Vec<&'a Finding>,
}

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
        let containers = (0..).zip(&self.containers);
        containers
            .filter(|(_, container)| places.contains(&container.anchor))
            .map(|(index, _)| index)
            .collect()
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
        let images = images
            .iter()
            .filter_map(|index| self.containers.get(*index));
        let anchors: BTreeSet<Span> = images.map(|image| image.anchor).collect();
        let stands = |container: &Container| match &container.source {
            ImageSource::Built {
                container: Some(stage),
                ..
            } => {
                let stage = self.repository.container(*stage);
                stage.is_some_and(|stage| anchors.contains(&stage.anchor))
            }
            ImageSource::Built {
                container: None, ..
            }
            | ImageSource::Itself
            | ImageSource::Pulled { .. }
            | ImageSource::Fragment => false,
        };
        let containers = (0..).zip(&self.containers);
        containers
            .filter(|(_, container)| stands(container))
            .map(|(index, _)| index)
            .collect()
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
        files: &'a BTreeSet<FileId>,
    ) -> View<'a> {
        View {
            workspace,
            sources,
            files,
            containers: self.repository.containers().collect(),
            findings: self.findings.iter().collect(),
            repository: &self.repository,
        }
    }
}

/// The files of a run in groups, and what is known of each.
pub(crate) struct Groups<'a> {
    workspace: &'a Workspace<'a>,
    sources: &'a Sources,
    repository: &'a Repository,
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
    ) -> Self {
        let files = workspace.groups();
        let group_of: BTreeMap<FileId, usize> = (0..)
            .zip(&files)
            .flat_map(|(group, files)| files.iter().map(move |file| (*file, group)))
            .collect();
        let mut groups = Self {
            workspace,
            sources,
            repository,
            containers: vec![Vec::new(); files.len()],
            findings: vec![Vec::new(); files.len()],
            files,
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

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// What is known of a group.
    pub(crate) fn view(&'a self, group: usize) -> Option<View<'a>> {
        Some(View {
            workspace: self.workspace,
            sources: self.sources,
            repository: self.repository,
            files: self.files.get(group)?,
            containers: self.containers.get(group)?.clone(),
            findings: self.findings.get(group)?.clone(),
        })
    }
}
