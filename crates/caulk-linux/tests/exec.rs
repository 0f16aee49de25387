//! What a process holds after exec, against what was measured.
//!
//! Each row was run with runc 1.1.5, with `CAP_NET_RAW` as the capability, by opening a raw socket.

use caulk_linux::{Capability, CapabilitySet, FileCapabilities, NotPermitted, Process, Program};

const RAW: CapabilitySet = CapabilitySet::of(&[Capability::NetRaw]);

/// A container's process before its first program, and the programs that start after each other.
struct Row {
    number: &'static str,
    what: &'static str,
    process: Process,
    programs: Vec<Program>,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// The raw socket opens.
    Opens,
    /// It may put the capability in force, and has to do so itself.
    MayAsk,
    /// The raw socket is refused.
    Refused,
    /// The program does not start.
    DoesNotStart,
}

/// A process of uid 1000, as Docker leaves it, with `CAP_NET_RAW` in the bounding set.
fn user(no_new_privileges: bool) -> Process {
    Process::of_docker(false, no_new_privileges, RAW)
}

/// A program whose file has these capabilities.
fn with(capabilities: &str) -> Program {
    let capabilities: FileCapabilities = capabilities.parse().expect("capabilities of a file");
    Program {
        capabilities: Some(capabilities),
        ..plain()
    }
}

fn plain() -> Program {
    Program::default()
}

fn setuid() -> Program {
    Program {
        setuid_root: true,
        ..plain()
    }
}

#[rustfmt::skip]
fn measured() -> Vec<Row> {
    use Outcome::{DoesNotStart, MayAsk, Opens, Refused};
    let row = |number, what, process, programs: &[Program], outcome| Row {
        number, what, process, programs: programs.to_vec(), outcome,
    };
    let inheriting = Process { inheritable: RAW, ..user(false) };
    let nothing = Process::of_docker(false, false, CapabilitySet::EMPTY);
    vec![
        row("1", "root", Process::of_docker(true, false, RAW), &[plain()], Opens),
        row("2", "uid 1000 as Docker leaves it", user(false), &[plain()], Refused),
        row("3", "uid 1000 as Podman leaves it", Process::of_podman(false, false, RAW, RAW), &[plain()], Opens),
        row("4", "uid 1000, inheritable alone", inheriting, &[plain()], Refused),
        row("5", "a file with =ep", user(false), &[with("cap_net_raw=ep")], Opens),
        row("6", "the same with no-new-privileges", user(true), &[with("cap_net_raw=ep")], Opens),
        row("7", "a file with =p", user(false), &[with("cap_net_raw=p")], MayAsk),
        row("8", "a file with =ei, inheritable", inheriting, &[with("cap_net_raw=ei")], Opens),
        row("9", "a file with =ei, not inheritable", user(false), &[with("cap_net_raw=ei")], Refused),
        row("10", "a file with =ep, not in the bounding set", nothing, &[with("cap_net_raw=ep")], DoesNotStart),
        row("11", "a setuid file", user(false), &[setuid()], Opens),
        row("12", "the same with no-new-privileges", user(true), &[setuid()], Refused),
        row("13", "no-new-privileges, a shell starts a file with =ep", user(true), &[plain(), with("cap_net_raw=ep")], Refused),
        row("14", "a shell starts a file with =ep", user(false), &[plain(), with("cap_net_raw=ep")], Opens),
        row("14", "a shell starts a setuid file", user(false), &[plain(), setuid()], Opens),
    ]
}

fn run(row: &Row) -> Result<Process, NotPermitted> {
    row.programs
        .iter()
        .try_fold(row.process, |process, program| process.exec(*program))
}

#[test]
fn what_a_process_holds_is_what_was_measured() {
    for row in measured() {
        let outcome = match run(&row) {
            Err(NotPermitted) => Outcome::DoesNotStart,
            Ok(process) if process.effective == RAW => Outcome::Opens,
            Ok(process) if process.permitted == RAW => Outcome::MayAsk,
            Ok(_) => Outcome::Refused,
        };
        assert_eq!(outcome, row.outcome, "{}: {}", row.number, row.what);
    }
}

#[test]
fn a_setuid_file_makes_root_of_the_effective_user_alone() {
    let process = user(false).exec(setuid()).expect("it starts");
    assert!(process.effective_root && !process.root);
    let sealed = user(true).exec(setuid()).expect("it starts");
    assert!(!sealed.effective_root);
}

#[test]
fn a_setuid_file_with_capabilities_gives_those_alone() {
    let both = Program {
        setuid_root: true,
        ..with("cap_kill=ep")
    };
    let process = Process::of_docker(false, false, CapabilitySet::ALL)
        .exec(both)
        .expect("it starts");
    let kill = CapabilitySet::of(&[Capability::Kill]);
    assert_eq!((process.permitted, process.effective), (kill, kill));
}

#[test]
fn root_starts_no_file_that_insists_on_what_is_dropped() {
    let root = Process::of_docker(true, false, CapabilitySet::EMPTY);
    assert_eq!(root.exec(with("cap_net_raw=ep")), Err(NotPermitted));
    assert!(root.exec(with("cap_net_raw=p")).is_ok());
}

#[test]
fn with_no_new_privileges_a_file_gives_no_more_than_was_permitted() {
    let before = Process {
        permitted: CapabilitySet::EMPTY,
        effective: CapabilitySet::EMPTY,
        ..user(true)
    };
    let after = before.exec(with("cap_net_raw=ep")).expect("it starts");
    assert!(after.permitted.is_empty());
}

#[test]
fn privileges_of_a_file_end_what_is_ambient() {
    let process = Process::of_podman(false, false, CapabilitySet::ALL, RAW);
    let after = process.exec(with("cap_kill=ep")).expect("it starts");
    assert!(after.ambient.is_empty());
    assert!(!after.effective.contains(Capability::NetRaw));
    let after = process.exec(setuid()).expect("it starts");
    assert!(after.ambient.is_empty());
    assert_eq!(after.effective, CapabilitySet::ALL);
}

#[test]
fn nothing_is_ever_held_that_no_set_had() {
    let files = ["=ep", "=p", "=i", "=eip", "cap_net_raw=ei"].map(with);
    let programs = files.into_iter().chain([plain(), setuid()]);
    for program in programs {
        for no_new_privileges in [false, true] {
            let before = Process::of_docker(false, no_new_privileges, RAW);
            let Ok(after) = before.exec(program) else {
                continue;
            };
            assert!(after.permitted.contains_all(after.effective), "{program:?}");
            assert!(RAW.contains_all(after.permitted), "{program:?}");
            assert_eq!(after.bounding, before.bounding);
        }
    }
}
