//! The stages from which an image takes files: what they do matters as far as it is copied.

use std::collections::BTreeSet;

use caulk_model::build::{Build, BuildFact};
use caulk_source::Span;

use super::facts;
use super::stages::Builder;

/// How many stages are looked at from which files are taken. Nobody writes so many.
const MAX_DEPENDENCIES: usize = 64;

impl Builder<'_> {
    /// Adds what the stages do from which the one at `index` takes files.
    pub(super) fn add_dependencies(&self, index: usize, build: &mut Build) {
        let mut known: BTreeSet<usize> = self.chain(index).into_iter().collect();
        let mut pending: Vec<usize> = known.iter().copied().collect();
        let mut left = MAX_DEPENDENCIES;
        while let Some(index) = pending.pop() {
            let Some(stage) = self.stages.get(index) else {
                continue;
            };
            let names = stage.steps.iter().flat_map(facts::sources_of);
            let sources: Vec<usize> = names
                .filter_map(|(name, _)| self.earlier(&name, index))
                .filter(|source| !known.contains(source))
                .collect();
            for source in sources {
                if left == 0 || known.contains(&source) {
                    continue;
                }
                left -= 1;
                let whole = build
                    .whole_copies
                    .iter()
                    .any(|copy| self.earlier(&copy.value.from, index) == Some(source));
                let chain = self.chain(source);
                let new: Vec<Span> = chain
                    .iter()
                    .filter(|stage| !known.contains(stage))
                    .filter_map(|stage| Some(self.stages.get(*stage)?.from.span))
                    .collect();
                if let Some(built) = self.evaluate(source, whole) {
                    merge(build, built.image.build, &new, whole);
                }
                known.extend(&chain);
                pending.extend(chain);
            }
        }
    }

    /// The stage before the one at `index` that `name` means: a name, or a number.
    fn earlier(&self, name: &str, index: usize) -> Option<usize> {
        let earlier = self.stages.get(..index)?;
        let by_name = earlier.iter().rposition(|stage| {
            stage
                .name()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        by_name.or_else(|| name.parse().ok().filter(|number| *number < index))
    }
}

/// Adds to `build` what the stages at `new` do on the way; and all of it, where their files are all
/// copied.
fn merge(build: &mut Build, other: Build, new: &[Span], whole: bool) {
    fn add<T>(list: &mut Vec<BuildFact<T>>, other: Vec<BuildFact<T>>, new: &[Span]) {
        list.extend(
            other
                .into_iter()
                .filter(|fact| new.contains(&fact.stage.from)),
        );
    }
    add(&mut build.remote_code, other.remote_code, new);
    add(&mut build.unchecked_peers, other.unchecked_peers, new);
    add(&mut build.unsigned_packages, other.unsigned_packages, new);
    add(&mut build.unsigned_indexes, other.unsigned_indexes, new);
    add(&mut build.unverified_files, other.unverified_files, new);
    add(&mut build.bases, other.bases, new);
    add(&mut build.added, other.added, new);
    if whole {
        add(&mut build.passwords, other.passwords, new);
        add(&mut build.sudo, other.sudo, new);
        add(&mut build.root_equivalents, other.root_equivalents, new);
        add(&mut build.modes, other.modes, new);
        add(&mut build.file_capabilities, other.file_capabilities, new);
    }
}
