//! Whether the capabilities of one container are no more than those of another.

use caulk_linux::{Capability, CapabilityWord, docker_bounding};

use super::AtMost as _;
use crate::{Container, Entry, State};

/// Whether the bounding set is surely no more than `before`'s.
pub(super) fn bounding_at_most(after: &Container, before: &Container) -> bool {
    match (after.bounding(), before.bounding()) {
        (State::Known(after), State::Known(before)) => before.contains_all(after),
        (State::Known(after), State::Unknown { .. }) if after.is_empty() => true,
        _ if before.privileged.value() == Some(&true) => true,
        _ => whatever_the_variable_is(after, before),
    }
}

/// Whether the first process is root only where it was before.
pub(super) fn is_root_at_most(after: &Container, before: &Container) -> bool {
    after.root.at_most(&before.root)
}

/// Whether it holds for every value of the entries that hang on variables, which are the same in
/// both: for each capability they may name it, or `ALL`, or neither, in either list.
fn whatever_the_variable_is(after: &Container, before: &Container) -> bool {
    let privileged = |container: &Container| container.privileged.value().copied();
    let unknown = |container: &Container| {
        let unknown = container.declared.capabilities_unknown.as_ref();
        unknown.map(|entry| entry.value.clone())
    };
    if !after.privileged.state.at_most(&before.privileged.state)
        || unknown(after) != unknown(before)
    {
        return false;
    }
    // An unknown privileged mode is the same in both here: it hides nothing that the lists decide.
    let off = |container: &Container| privileged(container).unwrap_or(false);
    let hidden = unknown(after).is_some();
    let lists = |container: &Container| {
        let words = |entries: &[Entry<CapabilityWord>]| -> Vec<CapabilityWord> {
            entries.iter().map(|entry| entry.value).collect()
        };
        let declared = &container.declared;
        (words(&declared.cap_add), words(&declared.cap_drop))
    };
    let (after_lists, before_lists) = (lists(after), lists(before));
    let holds = |(add, drop): &(Vec<CapabilityWord>, Vec<CapabilityWord>),
                 privileged: bool,
                 hidden: [&[CapabilityWord]; 2],
                 one: Capability| {
        let [more_add, more_drop] = hidden;
        let add: Vec<_> = add.iter().chain(more_add).copied().collect();
        let drop: Vec<_> = drop.iter().chain(more_drop).copied().collect();
        docker_bounding(privileged, &add, &drop).contains(one)
    };
    Capability::ALL.into_iter().all(|one| {
        let both = [CapabilityWord::One(one), CapabilityWord::All];
        let [named, all] = &both;
        let may_be: [&[CapabilityWord]; 4] = [
            &[],
            std::slice::from_ref(named),
            std::slice::from_ref(all),
            &both,
        ];
        let may_be = if hidden {
            may_be.as_slice()
        } else {
            &may_be[..1]
        };
        may_be.iter().all(|add| {
            may_be.iter().all(|drop| {
                !holds(&after_lists, off(after), [add, drop], one)
                    || holds(&before_lists, off(before), [add, drop], one)
            })
        })
    })
}
