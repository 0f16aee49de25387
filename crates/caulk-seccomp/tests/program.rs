//! Our programs decide as we say, on every machine, with what runc puts before them.

mod support;

use caulk_linux::syscalls::{self, Abi};
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_seccomp::{Decision, Filter, Host, Instruction, Runtime, default_profile};
use support::filter;
use support::interpret::{self, run};
use support::random::Random;

/// Every call of the filter's ABIs, and numbers that are none.
fn agree(filter: &Filter, program: &[Instruction]) -> usize {
    let mut count = 0;
    let foreign = [(Abi::Mips, 4000), (Abi::X86_64, 1), (Abi::X32, 0x4000_0001)];
    let calls = filter.abis().flat_map(|abi| {
        let numbers = support::numbers(abi).into_iter().chain([0, u32::MAX]);
        numbers.map(move |number| (abi, number))
    });
    for (abi, number) in calls.chain(foreign) {
        for arguments in support::arguments(filter, abi, number) {
            let done = run(program, abi, number, arguments);
            let decision = filter.decide(abi, number, arguments);
            let is_right = match &decision {
                Decision::Certain { outcome, .. } => *outcome == done,
                Decision::Ambiguous { outcomes, .. } => outcomes.contains(&done),
            };
            assert!(
                is_right,
                "{abi} {number:#x} {arguments:x?}: {decision:?}, not {done:?}"
            );
            count += 1;
        }
    }
    count
}

#[test]
fn on_every_machine() {
    let mut count = 0;
    for abi in Abi::ALL.iter().copied() {
        for bounding in [DOCKER_DEFAULT, CapabilitySet::EMPTY, CapabilitySet::ALL] {
            for runtime in [Runtime::Runc, Runtime::Crun] {
                let host = Host::docker(bounding).on(abi).with(runtime);
                let profile = default_profile::profile();
                let filter = profile.resolve(&host).unwrap().into_filter().unwrap();
                count += agree(&filter, &filter.program().unwrap());
            }
        }
    }
    println!("{count} decisions");
}

#[test]
fn the_published_ones_under_runc() {
    let mut count = 0;
    for (path, text) in support::profiles() {
        let host = Host::docker(DOCKER_DEFAULT);
        if let Ok(resolution) = support::read(&text).resolve(&host)
            && let Some(filter) = resolution.filter()
        {
            count += agree(filter, &filter.program().expect(&path));
        }
    }
    println!("{count} decisions");
}

/// Calls with so many conditions that jumps over them are far.
#[test]
fn over_long_ways() {
    let mut random = Random::new(1);
    let names: Vec<&str> = syscalls::names(Abi::X86_64).map(|(name, _)| name).collect();
    for rules in [10, 60, 150] {
        let rules: Vec<String> = (0..rules)
            .map(|_| {
                let names = [random.pick(&names), random.pick(&names), "ioctl"];
                let operator = random.pick(&["EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ"]);
                let (index, value) = (random.below(3), random.next() >> random.below(64));
                format!(
                    r#"{{"names": ["{}"], "action": "SCMP_ACT_ALLOW", "args": [
                        {{"index": {index}, "value": {value}, "valueTwo": {value}, "op": "SCMP_CMP_{operator}"}}]}}"#,
                    names.join("\", \"")
                )
            })
            .collect();
        let text = format!(
            r#"{{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
            "syscalls": [{}]}}"#,
            rules.join(", ")
        );
        let filter = filter(&text, &Host::docker(DOCKER_DEFAULT));
        agree(&filter, &filter.program().unwrap());
    }
}

#[test]
fn the_bytes_are_in_the_machines_order() {
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW"}"#;
    let bytes = |abi| filter(text, &Host::docker(DOCKER_DEFAULT).on(abi)).export_bpf();
    let little = bytes(Abi::X86_64).unwrap();
    assert_eq!(
        little[..8],
        [0x20, 0, 0, 0, 4, 0, 0, 0],
        "load the architecture"
    );
    assert_eq!(bytes(Abi::S390x).unwrap()[..8], [0, 0x20, 0, 0, 0, 0, 0, 4]);
    let program = filter(text, &Host::docker(DOCKER_DEFAULT)).program();
    assert_eq!(interpret::program(&little), program.unwrap());
}

#[test]
fn the_kernels_limit() {
    let rules: Vec<String> = (0..3000u64)
        .map(|value| {
            format!(
                r#"{{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [
                    {{"index": 0, "value": {value}, "op": "SCMP_CMP_EQ"}}]}}"#
            )
        })
        .collect();
    let text = |rules: &[String]| {
        let rules = rules.join(", ");
        format!(r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{rules}]}}"#)
    };
    let host = Host::docker(DOCKER_DEFAULT);
    let long = filter(&text(&rules), &host).program().unwrap_err();
    assert!(long.instructions > 4096, "{long}");
    let fits = filter(&text(&rules[..900]), &host).program().unwrap();
    assert!(fits.len() > 255 && fits.len() <= 4096);
}
