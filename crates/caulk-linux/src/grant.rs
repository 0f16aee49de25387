//! What engines hand out.

use crate::{Capability, CapabilitySet, CapabilityWord};

/// What Docker gives every container that asks for nothing.
///
/// Source: moby 28, `daemon/pkg/oci/caps/defaults.go`.
pub const DOCKER_DEFAULT: CapabilitySet = CapabilitySet::of(&[
    Capability::Chown,
    Capability::DacOverride,
    Capability::Fsetid,
    Capability::Fowner,
    Capability::Mknod,
    Capability::NetRaw,
    Capability::Setgid,
    Capability::Setuid,
    Capability::Setfcap,
    Capability::Setpcap,
    Capability::NetBindService,
    Capability::SysChroot,
    Capability::Kill,
    Capability::AuditWrite,
]);

/// What Podman gives every container that asks for nothing.
///
/// Source: containers/common, `pkg/config/default.go`, as vendored by Podman 5.
pub const PODMAN_DEFAULT: CapabilitySet = CapabilitySet::of(&[
    Capability::Chown,
    Capability::DacOverride,
    Capability::Fowner,
    Capability::Fsetid,
    Capability::Kill,
    Capability::NetBindService,
    Capability::Setfcap,
    Capability::Setgid,
    Capability::Setpcap,
    Capability::Setuid,
    Capability::SysChroot,
]);

/// The bounding set that Docker gives a container, which is also what its root holds.
///
/// The order is that of moby 28's `TweakCapabilities` (`daemon/pkg/oci/caps/utils.go`), and it is
/// not what the two lists suggest: a privileged container holds everything whatever they say,
/// `ALL` in `add` makes `ALL` in `drop` mean nothing, and for one and the same capability `add`
/// wins over `drop`.
pub fn docker_bounding(
    privileged: bool,
    add: &[CapabilityWord],
    drop: &[CapabilityWord],
) -> CapabilitySet {
    if privileged {
        return CapabilitySet::ALL;
    }
    let (added, dropped) = (named(add), named(drop));
    if add.contains(&CapabilityWord::All) {
        CapabilitySet::ALL.minus(dropped)
    } else if drop.contains(&CapabilityWord::All) {
        added
    } else {
        DOCKER_DEFAULT.minus(dropped).union(added)
    }
}

/// The bounding set that Podman gives a container.
///
/// The order is that of `MergeCapabilities` (containers/common, `pkg/capabilities`): `ALL` in `drop`
/// leaves what is added, `ALL` in `add` everything but what is dropped. Where the lists contradict
/// each other, Podman refuses the container.
pub fn podman_bounding(
    privileged: bool,
    add: &[CapabilityWord],
    drop: &[CapabilityWord],
) -> CapabilitySet {
    if privileged {
        return CapabilitySet::ALL;
    }
    let (added, dropped) = (named(add), named(drop));
    if drop.contains(&CapabilityWord::All) {
        added
    } else if add.contains(&CapabilityWord::All) {
        CapabilitySet::ALL.minus(dropped)
    } else {
        PODMAN_DEFAULT.minus(dropped).union(added)
    }
}

/// The capabilities that a list names one by one.
fn named(words: &[CapabilityWord]) -> CapabilitySet {
    words
        .iter()
        .filter_map(|word| match word {
            CapabilityWord::All => None,
            CapabilityWord::One(capability) => Some(*capability),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a container holds whose lists are written like this.
    fn bounding(privileged: bool, add: &str, drop: &str) -> CapabilitySet {
        let words = |list: &str| -> Vec<CapabilityWord> {
            list.split_whitespace()
                .map(|word| word.parse().unwrap())
                .collect()
        };
        docker_bounding(privileged, &words(add), &words(drop))
    }

    #[test]
    fn podman_starts_from_less() {
        let words = |list: &str| -> Vec<CapabilityWord> {
            list.split_whitespace()
                .map(|word| word.parse().unwrap())
                .collect()
        };
        let bounding = |add: &str, drop: &str| podman_bounding(false, &words(add), &words(drop));
        assert_eq!(bounding("", ""), PODMAN_DEFAULT);
        assert_eq!(bounding("CHOWN", "ALL"), only("CHOWN"));
        assert_eq!(
            bounding("ALL", "NET_ADMIN"),
            CapabilitySet::ALL.minus(only("NET_ADMIN"))
        );
        assert_eq!(bounding("NET_RAW", "KILL").len(), 11);
    }

    fn only(names: &str) -> CapabilitySet {
        names
            .split_whitespace()
            .map(|name| name.parse::<Capability>().unwrap())
            .collect()
    }

    #[test]
    fn the_default_sets_have_the_sizes_that_their_engines_document() {
        assert_eq!(DOCKER_DEFAULT.len(), 14);
        assert_eq!(PODMAN_DEFAULT.len(), 11);
        assert_eq!(
            DOCKER_DEFAULT.minus(PODMAN_DEFAULT),
            only("MKNOD NET_RAW AUDIT_WRITE")
        );
        assert!(DOCKER_DEFAULT.contains_all(PODMAN_DEFAULT));
        assert_eq!(bounding(false, "", ""), DOCKER_DEFAULT);
    }

    #[test]
    fn privileged_ignores_both_lists() {
        assert_eq!(bounding(true, "", "ALL"), CapabilitySet::ALL);
        assert_eq!(bounding(true, "KILL", "SYS_ADMIN"), CapabilitySet::ALL);
    }

    #[test]
    fn dropping_all_beside_adding_all_removes_nothing() {
        assert_eq!(bounding(false, "ALL", "ALL"), CapabilitySet::ALL);
        assert_eq!(bounding(false, "all", "all"), CapabilitySet::ALL);
    }

    #[test]
    fn adding_all_and_dropping_one_leaves_forty() {
        let held = bounding(false, "ALL", "NET_ADMIN");
        assert_eq!(held, CapabilitySet::ALL.minus(only("NET_ADMIN")));
        assert_eq!(
            bounding(false, "ALL KILL", "KILL"),
            CapabilitySet::ALL.minus(only("KILL"))
        );
    }

    #[test]
    fn dropping_all_leaves_exactly_what_is_added() {
        assert_eq!(bounding(false, "", "ALL"), CapabilitySet::EMPTY);
        assert_eq!(
            bounding(false, "NET_ADMIN chown", "ALL"),
            only("NET_ADMIN CHOWN")
        );
        assert_eq!(
            bounding(false, "NET_ADMIN", "ALL NET_ADMIN"),
            only("NET_ADMIN")
        );
    }

    #[test]
    fn one_capability_in_both_lists_is_added() {
        assert!(bounding(false, "NET_ADMIN", "NET_ADMIN").contains(Capability::NetAdmin));
        assert_eq!(bounding(false, "MKNOD", "MKNOD"), DOCKER_DEFAULT);
    }

    #[test]
    fn otherwise_the_default_set_is_the_start() {
        assert_eq!(
            bounding(false, "", "MKNOD"),
            DOCKER_DEFAULT.minus(only("MKNOD"))
        );
        assert_eq!(
            bounding(false, "SYS_PTRACE", "NET_RAW CAP_MKNOD"),
            DOCKER_DEFAULT
                .minus(only("NET_RAW MKNOD"))
                .union(only("SYS_PTRACE"))
        );
    }
}
