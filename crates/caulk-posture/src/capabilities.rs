//! A set of capabilities in few words.

use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};

/// The words for `set`: what it is like, then what it has more (`+`) and less (`-`).
///
/// It is told from whichever of the engine's default, none and all needs the fewest words.
pub(crate) fn words(set: CapabilitySet) -> Vec<String> {
    let bases = [
        ("default", DOCKER_DEFAULT),
        ("none", CapabilitySet::EMPTY),
        ("all", CapabilitySet::ALL),
    ];
    let told = bases.map(|(name, base)| {
        let more = set.minus(base).iter().map(|one| ("+", one));
        let less = base.minus(set).iter().map(|one| ("-", one));
        let changes = more.chain(less);
        let changes = changes.map(|(sign, one)| format!("{sign}{}", one.short_name()));
        std::iter::once(name.to_owned()).chain(changes).collect()
    });
    told.into_iter().min_by_key(Vec::len).unwrap_or_default()
}

/// Their names without `CAP_`, as people write them in Compose files.
pub(crate) fn names(set: CapabilitySet) -> Vec<&'static str> {
    set.iter()
        .map(caulk_linux::Capability::short_name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_linux::Capability::{Chown, NetAdmin, NetRaw, SysTime};

    #[test]
    fn a_set_is_told_from_what_it_is_most_like() {
        let told = |set: CapabilitySet| words(set).join(" ");
        assert_eq!(told(DOCKER_DEFAULT), "default");
        assert_eq!(told(CapabilitySet::EMPTY), "none");
        assert_eq!(told(CapabilitySet::ALL), "all");
        assert_eq!(told(CapabilitySet::of(&[Chown])), "none +CHOWN");
        let changed = DOCKER_DEFAULT
            .union(CapabilitySet::of(&[NetAdmin]))
            .minus(CapabilitySet::of(&[NetRaw]));
        assert_eq!(told(changed), "default +NET_ADMIN -NET_RAW");
        let most = CapabilitySet::ALL.minus(CapabilitySet::of(&[SysTime]));
        assert_eq!(told(most), "all -SYS_TIME");
    }
}
