//! Published profiles and our own, decided by us, by libseccomp's program and by our program.

mod support;

use caulk_linux::syscalls::Abi;
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_seccomp::{Consumer, Decision, Filter, Host, Instruction, Profile, Resolution, Runtime};
use support::interpret::run;
use support::oracle::Oracle;

#[derive(Default, Debug)]
struct Count {
    filters: usize,
    decisions: usize,
    ambiguous: usize,
    unknown: usize,
    refused: usize,
    different: Vec<String>,
}

fn hosts() -> Vec<Host> {
    let mut hosts = Vec::new();
    for bounding in [DOCKER_DEFAULT, CapabilitySet::EMPTY, CapabilitySet::ALL] {
        for abi in [Abi::X86_64, Abi::Aarch64, Abi::Arm, Abi::Riscv64] {
            // crun's filter is libseccomp's alone; what runc puts before it has a test of its own.
            hosts.push(Host::docker(bounding).on(abi).with(Runtime::Crun));
            hosts.push(Host::podman(bounding).on(abi));
        }
    }
    hosts.push(Host {
        consumer: Consumer::Oci,
        runtime: Runtime::Crun,
        ..Host::docker(DOCKER_DEFAULT)
    });
    hosts
}

/// Compares one call by three ways.
fn compare<'p>(
    filter: &Filter,
    programs: impl Iterator<Item = &'p Vec<Instruction>>,
    (abi, number, arguments): (Abi, u32, [u64; 6]),
    count: &mut Count,
) {
    let decision = filter.decide(abi, number, arguments);
    count.decisions += 1;
    let outcomes: Vec<_> = programs
        .map(|program| run(program, abi, number, arguments))
        .collect();
    let is_right = match &decision {
        Decision::Certain { outcome, .. } => outcomes.iter().all(|other| other == outcome),
        Decision::Ambiguous {
            outcomes: possible, ..
        } => {
            count.ambiguous += 1;
            outcomes.iter().all(|other| possible.contains(other))
        }
    };
    if !is_right {
        count.different.push(format!(
            "{abi} {number:#x} {arguments:x?}: {decision:?}, programs {outcomes:?}"
        ));
    }
}

/// Compares every call under one host.
fn judge(profile: &Profile, host: &Host, oracle: &mut Oracle, count: &mut Count) {
    let filter = match profile.resolve(host) {
        Ok(Resolution::Filter(filter)) => filter,
        Ok(Resolution::Disabled) => return,
        Err(_) => {
            count.refused += 1;
            return;
        }
    };
    count.filters += 1;
    let mut programs = vec![filter.program().expect("it fits")];
    for optimize in [false, true] {
        let theirs = oracle.program(profile, &filter, optimize);
        programs.push(theirs.expect("libseccomp takes it"));
    }
    let calls = filter
        .abis()
        .flat_map(|abi| support::numbers(abi).into_iter().map(move |it| (abi, it)));
    for (abi, number) in calls {
        let agrees = oracle.agrees_on(abi, number);
        count.unknown += usize::from(!agrees);
        let used = if agrees { programs.len() } else { 1 };
        for arguments in support::arguments(&filter, abi, number) {
            let programs = programs.iter().take(used);
            compare(&filter, programs, (abi, number, arguments), count);
        }
    }
}

#[test]
fn every_profile_decides_as_libseccomp_does() {
    let Some(mut oracle) = Oracle::start("published") else {
        return;
    };
    let mut count = Count::default();
    for (path, text) in support::profiles() {
        let profile = support::read(&text);
        for host in hosts() {
            judge(&profile, &host, &mut oracle, &mut count);
        }
        let shown: Vec<&String> = count.different.iter().take(5).collect();
        assert!(shown.is_empty(), "{path}: {shown:#?}");
    }
    println!("{count:?}");
    assert!(count.decisions > 10_000);
}
