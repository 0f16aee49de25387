//! A remedy as edits, before anybody has proved them.

use std::collections::BTreeSet;

use caulk_finding::{Applicability, Change, Finding, Fix, Remedy};
use caulk_source::{Edit, FileId, Span, Surface};
use caulk_surfaces::{NotOffered, Reach, Work, needs};

use super::view::View;

/// A remedy as edits.
pub(crate) struct Proposal<'a> {
    pub(crate) finding: &'a Finding,
    remedy: &'a Remedy,
    /// What it is to make true, each at the place where it takes effect.
    pub(super) changes: Vec<Change>,
    pub(crate) edits: Vec<Edit>,
    /// The containers that it may change, by their index in the view.
    pub(super) touches: BTreeSet<usize>,
    /// The containers that it was seen to change besides, by their index in the view.
    pub(super) also: BTreeSet<usize>,
    /// The services at which it is written out; none where it is changed where it is written.
    services: Option<BTreeSet<Span>>,
    /// Whether it changes what others may share: then nothing else may change them meanwhile.
    pub(super) is_shared: bool,
}

impl<'a> Proposal<'a> {
    /// The remedy of a finding as edits, in the ways in which it can be written, the better one
    /// first: what services share is changed where it is written if all of them want it, else
    /// written out at those that do. Nothing where it has no remedy.
    pub(crate) fn ways(view: &View<'_>, finding: &'a Finding) -> Vec<Result<Self, String>> {
        let Some(remedy) = finding.remedy.as_ref() else {
            return Vec::new();
        };
        let services = services(view, finding);
        let is_shared = |change: &Change| {
            let placed = view.workspace.placed(change);
            placed.is_ok_and(|change| view.workspace.is_shared(&change))
        };
        let is_shared = remedy.changes.iter().any(is_shared);
        let in_place = Self::written(view, finding, remedy, None);
        let mut ways = vec![in_place.map(|way| Self { is_shared, ..way })];
        let can_be_written_out =
            |change: &Change| matches!(change, Change::Remove { .. } | Change::Become { .. });
        if is_shared && !services.is_empty() && remedy.changes.iter().all(can_be_written_out) {
            ways.push(Self::written(view, finding, remedy, Some(services)));
        }
        ways
    }

    fn written(
        view: &View<'_>,
        finding: &'a Finding,
        remedy: &'a Remedy,
        services: Option<BTreeSet<Span>>,
    ) -> Result<Self, String> {
        let reach = reach(services.as_ref());
        let refused = |refusal: NotOffered| refusal.to_string();
        let mut changes = Vec::new();
        let mut edits: BTreeSet<Edit> = BTreeSet::new();
        for change in &remedy.changes {
            let change = view.workspace.placed(change).map_err(refused)?;
            edits.extend(view.workspace.edits(&change, reach).map_err(refused)?);
            changes.push(change);
        }
        let edits: Vec<Edit> = edits.into_iter().collect();
        if edits.iter().any(|edit| !view.own.contains(&edit.span.file)) {
            return Err("it would change a file that holds for every container".to_owned());
        }
        let mut pairs = edits.iter().zip(edits.iter().skip(1));
        if pairs.any(|(a, b)| a.overlaps(b)) {
            return Err("two of its edits want the same text".to_owned());
        }
        let stands = |edit: &Edit| view.sources.slice(edit.span) == edit.text;
        if edits.iter().all(stands) {
            return Err("it would change nothing".to_owned());
        }
        let mut proposal = Self {
            finding,
            remedy,
            changes,
            edits,
            touches: BTreeSet::new(),
            also: BTreeSet::new(),
            services,
            is_shared: false,
        };
        proposal.touches = proposal.touched(view);
        Ok(proposal)
    }

    /// The files that it changes.
    pub(super) fn files(&self) -> BTreeSet<FileId> {
        self.edits.iter().map(|edit| edit.span.file).collect()
    }

    /// What it is to make true, and how.
    pub(super) fn work(&self) -> Work<'_> {
        Work {
            changes: &self.changes,
            edits: &self.edits,
            reach: reach(self.services.as_ref()),
            takes_comments: self.remedy.applicability != Applicability::Safe,
        }
    }

    /// The items and values that it takes away where they are written.
    pub(super) fn removed(&self) -> impl Iterator<Item = Span> {
        let in_place = self.services.is_none();
        let changes = self.changes.iter().filter(move |_| in_place);
        changes.filter_map(|change| match change {
            Change::Remove { entry } => Some(*entry),
            Change::RunAs { .. }
            | Change::ReadOnly { .. }
            | Change::Become { .. }
            | Change::Harden { .. }
            | Change::Set { .. }
            | Change::Filter { .. } => None,
        })
    }

    /// Whether what services share is written out at some of them.
    pub(super) fn is_written_out(&self) -> bool {
        self.services.is_some()
    }

    /// As a fix that is not proved yet.
    pub(super) fn fix(&self) -> Fix {
        let applicability = match (needs(&self.edits), &self.remedy.applicability) {
            (None, applicability) => applicability.clone(),
            (Some(needs), Applicability::Safe) => Applicability::Unsafe {
                may_break: needs.to_owned(),
            },
            (Some(needs), Applicability::Unsafe { may_break }) => Applicability::Unsafe {
                may_break: format!("{may_break}; and {needs}"),
            },
        };
        Fix {
            title: self.remedy.title.clone(),
            applicability,
            edits: self.edits.clone(),
            reveals: Vec::new(),
            also: Vec::new(),
        }
    }

    /// A Dockerfile and a profile are changed for all who stand on them; elsewhere the containers
    /// count that are named, or all where none is.
    fn touched(&self, view: &View<'_>) -> BTreeSet<usize> {
        let mut touched = BTreeSet::new();
        for file in self.files() {
            let surface = view.surface(file);
            if matches!(surface, Some(Surface::Dockerfile | Surface::Seccomp)) {
                touched.extend(view.touched_by(file));
                continue;
            }
            let named = view.declared_at(&self.named());
            if named.is_empty() {
                touched.extend(0..view.containers.len());
            } else {
                // A service may stand on a Dockerfile within its file.
                touched.extend(view.standing_on(&named));
                touched.extend(named);
            }
        }
        touched
    }

    /// Where the containers that it is about are declared.
    fn named(&self) -> BTreeSet<Span> {
        let places = self.remedy.changes.iter().map(Change::place);
        let related = self.finding.related.iter().map(|label| label.span);
        let declared = self.finding.declared;
        places.chain(related).chain(declared).collect()
    }
}

fn reach(services: Option<&BTreeSet<Span>>) -> Reach<'_> {
    services.map_or(Reach::WhereWritten, Reach::AtServices)
}

/// Where the containers that a finding is about are declared, in Compose files: they may have it from
/// another file.
fn services(view: &View<'_>, finding: &Finding) -> BTreeSet<Span> {
    let related = finding.related.iter().map(|label| label.span);
    let places: BTreeSet<Span> = related.chain(finding.declared).collect();
    let anchors = view.containers.iter().map(|container| container.anchor);
    let is_service = |anchor: &Span| view.surface(anchor.file) == Some(Surface::Compose);
    anchors
        .filter(|anchor| places.contains(anchor) && is_service(anchor))
        .collect()
}
