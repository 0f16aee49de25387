//! Whether a change lets a system call through that did not run before.
//!
//! The order of containers compares which profile they name. What the profile does is compared here:
//! after a change of its file, and after one of the capabilities by which its rules are chosen.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::Change;
use caulk_model::ProfileUse;
use caulk_source::FileId;

use super::proposal::Proposal;
use super::view::View;

/// What is opened, and the containers to which it is, by their index; none where nothing here names
/// the profile.
pub(super) struct Opened {
    pub(super) file: FileId,
    pub(super) containers: BTreeSet<usize>,
    pub(super) call: String,
}

/// A use of a profile before and after.
struct Pair<'v> {
    before: &'v ProfileUse,
    after: &'v ProfileUse,
    containers: BTreeSet<usize>,
}

/// What the proposals together open, besides what they say that they open.
pub(super) fn opened(
    (before, after): (&View<'_>, &View<'_>),
    round: &[&Proposal<'_>],
) -> Vec<Opened> {
    let changed: BTreeSet<FileId> = round.iter().flat_map(|proposal| proposal.files()).collect();
    let mut uses = BTreeMap::new();
    for (index, pair) in before.containers.iter().zip(&after.containers).enumerate() {
        let was = before.repository.use_by(pair.0);
        let is = after.repository.use_by(pair.1);
        let (Some((file, was)), Some((now, is))) = (was, is) else {
            continue;
        };
        // Another profile is another matter, which the order of containers decides.
        if file == now && (was.bounding != is.bounding || changed.contains(&file)) {
            let one = Pair {
                before: was,
                after: is,
                containers: BTreeSet::new(),
            };
            let entry = uses.entry((file, was.bounding, is.bounding));
            entry.or_insert(one).containers.insert(index);
        }
    }
    let mut pairs: Vec<(FileId, Pair<'_>)> = Vec::new();
    for file in &changed {
        if !uses.keys().any(|(named, ..)| named == file) {
            pairs.extend(by_itself(before, after, *file).map(|pair| (*file, pair)));
        }
    }
    pairs.extend(uses.into_iter().map(|((file, ..), pair)| (file, pair)));
    let said = said_to_open(round);
    let nothing = BTreeSet::new();
    let opened = pairs.into_iter().filter_map(|(file, pair)| {
        let said = said.get(&file).unwrap_or(&nothing);
        Some(Opened {
            file,
            call: pair.after.opens(pair.before, said)?,
            containers: pair.containers,
        })
    });
    opened.collect()
}

/// A profile that nothing names.
fn by_itself<'v>(before: &View<'v>, after: &View<'v>, file: FileId) -> Option<Pair<'v>> {
    let of = |view: &View<'v>| {
        view.repository
            .uses(view.repository.profile_in(file)?)
            .first()
    };
    Some(Pair {
        before: of(before)?,
        after: of(after)?,
        containers: BTreeSet::new(),
    })
}

/// The calls that remedies say they allow, by the profile's file.
fn said_to_open<'p>(round: &[&'p Proposal<'_>]) -> BTreeMap<FileId, BTreeSet<&'p str>> {
    let mut said: BTreeMap<FileId, BTreeSet<&str>> = BTreeMap::new();
    let changes = round.iter().flat_map(|proposal| &proposal.changes);
    for change in changes {
        if let Change::Filter { profile, change } = change {
            let here = said.entry(profile.file).or_default();
            here.extend(change.allowed.iter().map(String::as_str));
        }
    }
    said
}
