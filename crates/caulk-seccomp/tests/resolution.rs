//! What becomes of a profile on a host: the rules that remain, the architectures, the refusals.

mod support;

use caulk_linux::syscalls::{Abi, number};
use caulk_linux::{Capability, CapabilitySet, DOCKER_DEFAULT};
use caulk_seccomp::{
    Consumer, Decision, Filter, Host, KernelVersion, Origin, Outcome, Resolution, Runtime,
};
use caulk_source::cut;
use support::filter;

fn resolve(text: &str, host: &Host) -> Result<Resolution, Vec<String>> {
    let resolved = support::read(text).resolve(host);
    resolved.map_err(|refusals| {
        let shown = refusals.into_iter().map(|refusal| {
            let place = cut(text, refusal.span.range());
            format!("{place}: {}", refusal.message)
        });
        shown.collect()
    })
}

/// The indexes of the rules that remain.
fn kept(rule: &str, host: &Host) -> bool {
    let text = format!(
        r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            {{"names": ["mount"], "action": "SCMP_ACT_ALLOW", {rule}}}]}}"#
    );
    !filter(&text, host).rules().is_empty()
}

fn outcome(filter: &Filter, abi: Abi, name: &str, arguments: [u64; 6]) -> Option<Outcome> {
    let number = number(abi, name).expect("a call");
    filter.decide(abi, number, arguments).outcome()
}

const DOCKER: Host = Host::docker(DOCKER_DEFAULT);
const PODMAN: Host = Host::podman(DOCKER_DEFAULT);
const OCI: Host = Host {
    consumer: Consumer::Oci,
    ..DOCKER
};

#[test]
fn no_default_and_no_rule_is_no_filter() {
    for text in [
        "{}",
        r#"{"syscalls": []}"#,
        r#"{"defaultAction": "", "flags": ["x"]}"#,
    ] {
        assert_eq!(resolve(text, &DOCKER), Ok(Resolution::Disabled));
        assert_eq!(resolve(text, &PODMAN), Ok(Resolution::Disabled));
        assert_eq!(resolve(text, &OCI), Ok(Resolution::Disabled));
        assert!(resolve(text, &OCI.with(Runtime::Crun)).is_err());
    }
}

#[test]
fn includes_want_all_and_excludes_any() {
    let with = |capability| Host::docker(CapabilitySet::of(&[capability]));
    let admin = with(Capability::SysAdmin);
    for (rule, host, expected) in [
        (r#""includes": {"caps": ["CAP_SYS_ADMIN"]}"#, admin, true),
        (r#""includes": {"caps": ["CAP_SYS_ADMIN"]}"#, DOCKER, false),
        (
            r#""includes": {"caps": ["CAP_SYS_ADMIN", "CAP_BPF"]}"#,
            admin,
            false,
        ),
        (r#""includes": {"caps": ["SYS_ADMIN"]}"#, admin, false),
        (r#""includes": {"caps": ["cap_sys_admin"]}"#, admin, false),
        (
            r#""excludes": {"caps": ["CAP_BPF", "CAP_SYS_ADMIN"]}"#,
            admin,
            false,
        ),
        (r#""excludes": {"caps": ["CAP_BPF"]}"#, admin, true),
        (
            r#""includes": {"arches": ["arm64", "amd64"]}"#,
            DOCKER,
            true,
        ),
        (r#""includes": {"arches": ["x86_64"]}"#, DOCKER, false),
        (r#""includes": {"arches": ["x32"]}"#, DOCKER, false),
        (
            r#""includes": {"arches": ["x86"]}"#,
            DOCKER.on(Abi::X86),
            true,
        ),
        (r#""excludes": {"arches": ["amd64"]}"#, DOCKER, false),
        (
            r#""includes": {"arches": ["arm64"]}"#,
            DOCKER.on(Abi::Aarch64),
            true,
        ),
        (
            r#""excludes": {"caps": ["CAP_SYS_ADMIN"]}, "includes": {"caps": ["CAP_SYS_ADMIN"]}"#,
            admin,
            false,
        ),
    ] {
        assert_eq!(kept(rule, &host), expected, "{rule}");
    }
}

#[test]
fn a_kernel_is_compared_by_its_two_numbers_and_by_docker_alone() {
    let under = |kernel, major| DOCKER.under(KernelVersion::new(kernel, major));
    let rule = r#""includes": {"minKernel": "4.8"}"#;
    assert!(kept(rule, &under(4, 8)));
    assert!(kept(rule, &under(5, 0)));
    assert!(!kept(rule, &under(4, 7)));
    let except = r#""excludes": {"minKernel": "4.8"}"#;
    assert!(!kept(except, &under(4, 8)));
    assert!(kept(except, &under(4, 7)));
    assert!(kept(rule, &PODMAN.under(KernelVersion::new(3, 10))));
    assert!(kept(except, &PODMAN));
}

#[test]
fn podman_takes_a_condition_for_met_where_no_capabilities_are_told() {
    let untold = Host {
        bounding: None,
        ..PODMAN
    };
    let includes = r#""includes": {"caps": ["CAP_SYS_ADMIN"]}"#;
    let excludes = r#""excludes": {"caps": ["CAP_SYS_ADMIN"]}"#;
    assert!(kept(includes, &untold) && kept(excludes, &untold));
    assert!(!kept(includes, &PODMAN) && kept(excludes, &PODMAN));
    let docker = Host {
        bounding: None,
        ..DOCKER
    };
    assert!(!kept(includes, &docker));
}

#[test]
fn a_runtime_alone_knows_no_conditions() {
    assert!(kept(r#""includes": {"caps": ["CAP_SYS_ADMIN"]}"#, &OCI));
    assert!(kept(r#""excludes": {"arches": ["amd64"]}"#, &OCI));
    let older = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"name": "read", "action": "SCMP_ACT_ALLOW"}]}"#;
    let read = |host| outcome(&filter(older, host), Abi::X86_64, "read", [0; 6]);
    assert_eq!(read(&DOCKER), Some(Outcome::Allow));
    assert_eq!(read(&OCI), Some(Outcome::Errno(1)));
    assert_eq!(
        resolve(older, &OCI.with(Runtime::Crun)).unwrap_err(),
        ["{: crun wants `names` in every rule"]
    );
}

#[test]
fn the_first_entry_of_the_hosts_machine_is_read() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [
        {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]},
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X32"]}]}"#;
    let abis = |host: Host| filter(text, &host).abis().collect::<Vec<_>>();
    assert_eq!(abis(DOCKER), [Abi::X86_64, Abi::X86]);
    assert_eq!(abis(DOCKER.on(Abi::Aarch64)), [Abi::Aarch64, Abi::Arm]);
    assert_eq!(abis(DOCKER.on(Abi::Riscv64)), [Abi::Riscv64]);
    assert_eq!(abis(OCI), [Abi::X86_64]);
    let listed = r#"{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X32"]}"#;
    let abis: Vec<Abi> = filter(listed, &DOCKER).abis().collect();
    assert_eq!(
        abis,
        [Abi::X32, Abi::X86_64],
        "the machine's own is always there"
    );
    let other = r#"{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_S390X"]}"#;
    assert_eq!(
        resolve(other, &DOCKER).unwrap_err(),
        ["\"SCMP_ARCH_S390X\": a filter for x86_64 cannot hold the other byte order"]
    );
}

#[test]
fn names_of_errors_are_podmans() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "ENOSYS",
        "defaultErrnoRet": 1, "syscalls": [
        {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errno": "EPERM", "errnoRet": 2}]}"#;
    let filter = |host| filter(text, host);
    assert_eq!(filter(&PODMAN).default(), Outcome::Errno(38));
    assert_eq!(filter(&DOCKER).default(), Outcome::Errno(1));
    let mount = |host| outcome(&filter(host), Abi::X86_64, "mount", [0; 6]);
    assert_eq!(mount(&PODMAN), Some(Outcome::Errno(1)));
    assert_eq!(mount(&DOCKER), Some(Outcome::Errno(2)));
    let unknown = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "enosys"}"#;
    assert!(resolve(unknown, &DOCKER).is_ok());
    assert_eq!(resolve(unknown, &PODMAN).unwrap_err().len(), 1);
}

#[test]
fn the_first_rule_without_conditions_wins() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["mount"], "action": "SCMP_ACT_KILL", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
        {"names": ["mount"], "action": "SCMP_ACT_ERRNO"},
        {"names": ["mount"], "action": "SCMP_ACT_LOG"},
        {"names": ["mount"], "action": "SCMP_ACT_ALLOW"}]}"#;
    let filter = filter(text, &DOCKER);
    let decision = filter.decide(Abi::X86_64, number(Abi::X86_64, "mount").unwrap(), [1; 6]);
    assert_eq!(
        decision.outcome(),
        Some(Outcome::Log),
        "the denial is what the default does"
    );
    assert_eq!(decision.rule().map(|rule| rule.rule), Some(2));
}

#[test]
fn several_actions_for_one_call_are_ambiguous_where_both_apply() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["ioctl"], "action": "SCMP_ACT_KILL", "args": [{"index": 0, "value": 5, "op": "SCMP_CMP_LT"}]},
        {"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 10, "op": "SCMP_CMP_LT"}]}]}"#;
    let filter = filter(text, &DOCKER);
    let ioctl = number(Abi::X86_64, "ioctl").unwrap();
    let decide = |argument| filter.decide(Abi::X86_64, ioctl, [argument, 0, 0, 0, 0, 0]);
    assert_eq!(decide(3).outcomes(), [Outcome::Allow, Outcome::KillThread]);
    assert_eq!(decide(7).outcome(), Some(Outcome::Allow));
    assert_eq!(decide(10).outcome(), Some(Outcome::Errno(1)));
}

#[test]
fn the_same_conditions_with_another_action_are_refused() {
    let rules = |first: &str, second: &str| {
        let text = format!(
            r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            {{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{first}]}},
            {{"names": ["ioctl"], "action": "SCMP_ACT_KILL", "args": [{second}]}}]}}"#
        );
        resolve(&text, &DOCKER).map(|_| ())
    };
    let one = r#"{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}"#;
    let two = r#"{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}"#;
    let message = "\"ioctl\": an earlier rule with another action has the same conditions for \
                   this call on x86_64";
    assert_eq!(rules(one, one), Err(vec![message.to_owned()]));
    assert_eq!(rules(two, one), Err(vec![message.to_owned()]));
    assert_eq!(rules(one, two), Ok(()));
}

/// On 32-bit ABIs numbers are cut, and a call that can be multiplexed loses its first condition.
#[test]
fn a_32_bit_abi_reads_conditions_its_own_way() {
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
        "syscalls": [
        {"names": ["ioctl"], "action": "SCMP_ACT_KILL", "args": [{"index": 0, "value": 4294967297, "op": "SCMP_CMP_EQ"}]},
        {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]}]}"#;
    let filter = filter(text, &DOCKER);
    let arguments = |first| [first, 0, 0, 0, 0, 0];
    let decide = |abi, name, first| outcome(&filter, abi, name, arguments(first));
    assert_eq!(decide(Abi::X86_64, "ioctl", 1), Some(Outcome::Allow));
    assert_eq!(decide(Abi::X86, "ioctl", 1), Some(Outcome::KillThread));
    assert_eq!(decide(Abi::X86_64, "socket", 40), Some(Outcome::Errno(1)));
    assert_eq!(decide(Abi::X86_64, "socket", 2), Some(Outcome::Allow));
    assert_eq!(decide(Abi::X86, "socket", 2), Some(Outcome::Allow));
    assert_eq!(
        decide(Abi::X86, "socketcall", 1),
        Some(Outcome::Errno(1)),
        "every socket"
    );
    assert_eq!(decide(Abi::X86, "socketcall", 2), Some(Outcome::Allow));
}

#[test]
fn two_conditions_on_one_argument_are_alternatives() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [
            {"index": 0, "value": 3, "op": "SCMP_CMP_GE"}, {"index": 1, "value": 7, "op": "SCMP_CMP_EQ"},
            {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}"#;
    let filter = filter(text, &DOCKER);
    let ioctl = number(Abi::X86_64, "ioctl").unwrap();
    let decide = |first, second| filter.decide(Abi::X86_64, ioctl, [first, second, 0, 0, 0, 0]);
    let argument = |decision: Decision| decision.rule().and_then(|rule| rule.argument);
    assert_eq!(argument(decide(3, 0)), Some(0));
    assert_eq!(argument(decide(0, 7)), Some(1));
    assert_eq!(argument(decide(1, 0)), Some(2));
    assert_eq!(decide(0, 0).outcome(), Some(Outcome::Errno(1)));
}

#[test]
fn runc_answers_enosys_to_calls_that_are_newer_than_all_named() {
    let text = r#"{"defaultAction": "SCMP_ACT_KILL", "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [
        {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
        {"names": ["openat", "not_a_call"], "action": "SCMP_ACT_KILL"}]}"#;
    let runc = filter(text, &DOCKER);
    let openat = number(Abi::X86_64, "openat").unwrap();
    assert_eq!(
        runc.highest_named(Abi::X86_64),
        Some(openat),
        "also what is left out counts"
    );
    let decide = |filter: &Filter, number| filter.decide(Abi::X86_64, number, [0; 6]);
    assert_eq!(
        decide(&runc, openat + 1),
        Decision::Certain {
            outcome: Outcome::Errno(38),
            origin: Origin::NewerThanNamed { highest: openat }
        }
    );
    assert_eq!(decide(&runc, openat).outcome(), Some(Outcome::KillThread));
    let crun = filter(text, &DOCKER.with(Runtime::Crun));
    assert_eq!(
        decide(&crun, openat + 1).outcome(),
        Some(Outcome::KillThread)
    );
    let unlisted = filter(&text.replace("\"SCMP_ARCH_X86_64\"", ""), &DOCKER);
    assert_eq!(
        unlisted.highest_named(Abi::X86_64),
        None,
        "only listed ones are looked at"
    );
    let open = filter(
        &text.replace("\"SCMP_ACT_KILL\", \"arch", "\"SCMP_ACT_LOG\", \"arch"),
        &DOCKER,
    );
    assert_eq!(
        open.highest_named(Abi::X86_64),
        None,
        "the default lets through"
    );
}

#[test]
fn an_architecture_that_is_not_listed_is_killed() {
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW"}"#;
    let filter = filter(text, &DOCKER);
    let decide = |abi, number| filter.decide(abi, number, [0; 6]);
    let killed = Decision::Certain {
        outcome: Outcome::KillThread,
        origin: Origin::UnlistedArchitecture,
    };
    assert_eq!(decide(Abi::X86, 1), killed);
    assert_eq!(decide(Abi::X32, 0x4000_0001), killed);
    assert_eq!(decide(Abi::X86_64, 0x4000_0001), killed);
    assert_eq!(
        decide(Abi::X86_64, u32::MAX).outcome(),
        Some(Outcome::Allow)
    );
    assert_eq!(decide(Abi::X86_64, 1).outcome(), Some(Outcome::Allow));
}

#[test]
fn only_what_is_left_is_refused() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["read"], "action": "DENY", "includes": {"caps": ["CAP_BPF"]}},
        {"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}"#;
    assert!(resolve(text, &DOCKER).is_ok());
    let refusals = resolve(text, &Host::docker(CapabilitySet::ALL)).unwrap_err();
    assert_eq!(refusals, ["\"DENY\": `DENY` is no action"]);
}

#[test]
fn a_supervisor_is_runcs_matter() {
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["mkdir", "write"], "action": "SCMP_ACT_NOTIFY"}]}"#;
    assert_eq!(resolve(text, &DOCKER).unwrap_err().len(), 2);
    assert!(resolve(text, &DOCKER.with(Runtime::Crun)).is_ok());
    let number = r#"{"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}"#;
    assert!(resolve(number, &DOCKER).is_ok());
    assert!(resolve(number, &DOCKER.with(Runtime::Crun)).is_err());
}

#[test]
fn the_object_for_the_runtime() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "flags": ["SECCOMP_FILTER_FLAG_LOG"],
        "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
        "syscalls": [
        {"name": "clone", "action": "SCMP_ACT_ALLOW", "comment": "masked", "args": [
            {"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}], "excludes": {"caps": ["CAP_BPF"]}},
        {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF"]}}]}"#;
    let profile = support::read(text);
    let filter = profile.resolve(&DOCKER).unwrap().into_filter().unwrap();
    let object = filter.to_oci(&profile);
    assert_eq!(
        object,
        r#"{
  "defaultAction": "SCMP_ACT_ERRNO",
  "defaultErrnoRet": 1,
  "architectures": [
    "SCMP_ARCH_X86_64",
    "SCMP_ARCH_X86"
  ],
  "flags": [
    "SECCOMP_FILTER_FLAG_LOG"
  ],
  "syscalls": [
    {
      "names": [
        "clone"
      ],
      "action": "SCMP_ACT_ALLOW",
      "args": [
        {
          "index": 0,
          "value": 2114060288,
          "op": "SCMP_CMP_MASKED_EQ"
        }
      ]
    }
  ]
}
"#
    );
    // What it says, read again by a runtime, is the same filter.
    let again = filter_of(&object);
    for (name, number, surface) in filter.surfaces(Abi::X86) {
        let decide = |filter: &Filter| filter.decide(Abi::X86, number, [0x1000_0000; 6]);
        assert!(
            decide(&filter).same_outcomes(&decide(&again)),
            "{name} {surface:?}"
        );
    }
}

fn filter_of(object: &str) -> Filter {
    filter(object, &OCI)
}
