//! Which kinds of file each rule speaks about, as the catalogue has it.
//!
//! That every pair is shown, firing and silent, is tested with the fixture pages.

use caulk_finding::RuleInfo;
use caulk_rules::ALL;
use caulk_source::Surface;

/// Rules, and the letters of the kinds of file that they speak about: `D` Dockerfiles, `C` Compose,
/// `R` command lines, `V` dev containers, `W` workflows, `Q` quadlets, `B` bake files, `S` seccomp
/// profiles, `M` the engine's configuration, `K` what lies below it.
#[rustfmt::skip]
const CATALOGUE: &[(&str, &str)] = &[
    ("runs-as-root", "DCRVQ"),
    ("user-from-build-argument", "D"),
    ("user-not-in-image", "D"),
    ("root-equivalent-account", "D"),
    ("password-set-in-image", "D"),
    ("sudo-in-image", "D"),
    ("setuid-file-added", "D"),
    ("file-capability-granted", "D"),
    ("privileged-group", "CRQ"),
    ("world-writable-path", "D"),
    ("user-not-numeric", "D"),
    ("group-is-root", "DCR"),
    ("shared-user", "C"),
    ("privileged", "CRVWQ"),
    ("capability-added", "CRVWQ"),
    ("all-capabilities-added", "CRVWQ"),
    ("capability-without-effect", "CRQ"),
    ("unknown-capability", "CRVQ"),
    ("privilege-escalation-enabled", "CRQM"),
    ("privilege-escalation-possible", "CRVQ"),
    ("capabilities-not-dropped", "CRQ"),
    ("seccomp-disabled", "CRVWQMS"),
    ("seccomp-allows-by-default", "S"),
    ("seccomp-broader-than-default", "S"),
    ("seccomp-filter-bypassed", "S"),
    ("seccomp-rule-without-effect", "S"),
    ("seccomp-ambiguous-rules", "S"),
    ("seccomp-unknown-syscall", "S"),
    ("seccomp-invalid-profile", "S"),
    ("seccomp-blocks-startup", "S"),
    ("seccomp-outdated-default", "S"),
    ("seccomp-breaks-fallback", "S"),
    ("seccomp-extra-architecture", "S"),
    ("seccomp-profile-not-found", "CRVQM"),
    ("apparmor-disabled", "CRVQ"),
    ("selinux-disabled", "CRVQM"),
    ("system-paths-unmasked", "CRQ"),
    ("runtime-socket-mounted", "CRVWQ"),
    ("host-path-mounted", "CRVWQ"),
    ("host-namespace", "CRVWQ"),
    ("host-device", "CRVWQ"),
    ("mount-propagation-shared", "CRQ"),
    ("relabel-of-host-path", "CRQ"),
    ("dangerous-sysctl", "CRQ"),
    ("docker-over-plain-tcp", "CRWM"),
    ("build-with-host-privileges", "DCBWR"),
    ("joins-other-container", "CR"),
    ("writable-root-filesystem", "CRQ"),
    ("tmpfs-executable", "CR"),
    ("port-on-all-interfaces", "CRQ"),
    ("ssh-server-exposed", "DC"),
    ("privileged-port-published", "CR"),
    ("cgroup-parent-set", "CR"),
    ("network-shared", "C"),
    ("volume-shared", "C"),
    ("no-resource-limits", "CRQ"),
    ("unlimited-ulimit", "CRM"),
    ("secret-in-image", "D"),
    ("secret-in-environment", "CRVW"),
    ("remote-script-executed", "D"),
    ("tls-verification-disabled", "DC"),
    ("unauthenticated-packages", "D"),
    ("remote-file-unverified", "D"),
    ("add-instead-of-copy", "D"),
    ("whole-filesystem-copied", "D"),
    ("untrusted-registry", "DCRW"),
    ("unpinned-image", "DCRW"),
    ("logging-disabled", "CRM"),
    ("daemon-weakened", "M"),
    ("user-namespaces-off", "M"),
    ("kernel-option-missing", "K"),
    ("selinux-not-enforcing", "KRD"),
    ("unreadable-file", "DCRVWQBSM"),
    ("unresolved-reference", "C"),
];

fn letter(surface: Surface) -> char {
    match surface {
        Surface::Dockerfile => 'D',
        Surface::Compose => 'C',
        Surface::CommandLine => 'R',
        Surface::DevContainer => 'V',
        Surface::Workflow => 'W',
        Surface::Quadlet => 'Q',
        Surface::Bake => 'B',
        Surface::Seccomp => 'S',
        Surface::Daemon => 'M',
        Surface::Kernel => 'K',
    }
}

fn speaks_of(rule: &RuleInfo, wanted: char) -> bool {
    let mut surfaces = rule.surfaces.iter();
    surfaces.any(|surface| letter(*surface) == wanted)
}

#[test]
fn every_pair_of_the_catalogue_is_judged() {
    let mut missing = Vec::new();
    for (id, letters) in CATALOGUE {
        let rule = ALL.iter().find(|rule| rule.info.id == *id);
        for wanted in letters.chars() {
            if !rule.is_some_and(|rule| speaks_of(&rule.info, wanted)) {
                missing.push(format!("{id} does not speak of {wanted}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_rule_is_in_the_catalogue() {
    let listed = |id: &str| CATALOGUE.iter().any(|(known, _)| *known == id);
    let missing: Vec<&str> = ALL
        .iter()
        .map(|rule| rule.info.id)
        .filter(|id| !listed(id))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn letters_stand_for_surfaces() {
    let known: Vec<char> = Surface::ALL
        .iter()
        .map(|surface| letter(*surface))
        .collect();
    for (id, letters) in CATALOGUE {
        assert!(
            letters.chars().all(|letter| known.contains(&letter)),
            "{id}"
        );
    }
}
