//! All that can be done with a text, and what has to be true of it whatever the text.

use caulk_linux::syscalls::{self, Abi};
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_seccomp::{
    Consumer, Decision, Filter, Host, Profile, Resolution, Runtime, Surface, compare,
    default_profile, parse,
};
use caulk_source::{FileId, Span};

use super::interpret::run;

const HOSTS: [Host; 5] = [
    Host::docker(DOCKER_DEFAULT),
    Host::podman(CapabilitySet::ALL),
    Host::docker(CapabilitySet::EMPTY).on(Abi::S390x),
    Host::docker(CapabilitySet::ALL)
        .on(Abi::Aarch64)
        .with(Runtime::Crun),
    Host {
        consumer: Consumer::Oci,
        ..Host::docker(DOCKER_DEFAULT)
    },
];

/// Reads, resolves, decides, compares and compiles. Panics where something is not as it should be.
pub(crate) fn everything(text: &str) {
    let Some(profile) = parse(FileId::FIRST, text).profile else {
        return;
    };
    let is_inside = |span: Span| text.get(span.range()).is_some();
    for refusal in &profile.refusals {
        assert!(is_inside(refusal.span), "{refusal:?}");
    }
    // Two of them are enough for one text, and others come with other texts.
    for host in HOSTS
        .into_iter()
        .cycle()
        .skip(text.len() % HOSTS.len())
        .take(2)
    {
        match profile.resolve(&host) {
            Ok(Resolution::Disabled) => assert!(profile.is_none()),
            Ok(Resolution::Filter(filter)) => judge(&profile, &filter),
            Err(refusals) => {
                assert!(!refusals.is_empty());
                assert!(refusals.iter().all(|refusal| is_inside(refusal.span)));
            }
        }
    }
}

fn judge(profile: &Profile, filter: &Filter) {
    let program = filter.program();
    for abi in filter.abis() {
        let counts = filter.counts(abi);
        let sum = counts.allowed + counts.conditional + counts.observed + counts.denied;
        assert_eq!(sum, syscalls::names(abi).count());
        for (name, number, surface) in filter.surfaces(abi) {
            for arguments in [[0; 6], [1; 6], [0x1_0000_0008; 6], [u64::MAX; 6]] {
                let decision = filter.decide(abi, number, arguments);
                assert!(
                    lies_in(&surface, &decision),
                    "{name}: {surface:?}, {decision:?}"
                );
                if let Ok(program) = &program {
                    let done = run(program, abi, number, arguments);
                    assert!(
                        decision.outcomes().contains(&done),
                        "{name}: {decision:?}, {done:?}"
                    );
                }
            }
        }
        assert!(compare(filter, filter, abi).is_empty());
    }
    same_again(profile, filter);
    if filter.host().abi == Abi::X86_64 {
        let default = default_profile::profile().resolve(filter.host());
        if let Ok(Resolution::Filter(default)) = default {
            for difference in compare(&default, filter, Abi::X86_64) {
                assert!(!difference.witnesses.is_empty());
            }
        }
    }
}

/// Whether a surface has room for a decision.
fn lies_in(surface: &Surface, decision: &Decision) -> bool {
    match surface {
        Surface::Always(always) => always == decision,
        Surface::Conditional(conditional) => decision.outcomes().iter().all(|outcome| {
            conditional.otherwise.outcomes().contains(outcome)
                || conditional
                    .cases
                    .iter()
                    .any(|case| case.outcome == *outcome)
        }),
    }
}

/// The object for the runtime, read again, is the same filter.
fn same_again(profile: &Profile, filter: &Filter) {
    let object = filter.to_oci(profile);
    let again = parse(FileId::FIRST, &object).profile.expect("an object");
    let host = Host {
        consumer: Consumer::Oci,
        runtime: Runtime::Runc,
        ..*filter.host()
    };
    if filter.host().runtime == Runtime::Crun {
        // runc has checks that crun has not.
        return;
    }
    let again = again.resolve(&host).expect("it loads again");
    let again = again.into_filter().expect("a filter");
    for abi in filter.abis() {
        assert!(compare(filter, &again, abi).is_empty(), "{object}");
    }
}
