//! Programs start under their profiles, and do what they did without.

use caulk_linux::syscalls::Abi;
use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::{Reason, Request, Runtimes, generate};
use caulk_seccomp::trace::Trace;

use crate::engine::{Container, Engine, machine};
use crate::machine::{can_trace, say};
use crate::programs::{Program, of_32_bits, of_kind, profile, traced, without};

/// The counts that are printed: started of how many.
#[derive(Default)]
struct Tally {
    started: usize,
    all: usize,
    failures: Vec<String>,
}

impl Tally {
    fn count(&mut self, what: &str, is_started: bool, because: &str) {
        self.all += 1;
        if is_started {
            self.started += 1;
        } else {
            self.failures.push(format!("{what}: {because}"));
        }
    }
}

fn starts(engine: Engine, container: Container) {
    let test = format!("programs start under {engine:?} with {container:?}");
    if machine(&test).is_none() || !can_trace(&test) || !engine.is_able(&test) {
        return;
    }
    let mut tally = Tally::default();
    for (program, trace) in traced() {
        let made = profile(trace, engine.runtimes(), container.no_new_privileges);
        let ended = engine.run(program.command, Some(&made.draft), container);
        let is_started = ended.out.contains(program.prints);
        tally.count(program.kind, is_started, &ended.err);
        // The same for whoever asks for the narrowest and the widest of it.
        for (portable, arguments) in [(false, true), (true, false)] {
            let request = Request {
                machines: vec![Abi::X86_64],
                runtimes: if portable {
                    Runtimes::Any
                } else {
                    engine.runtimes()
                },
                no_new_privileges: container.no_new_privileges,
                portable,
                arguments,
            };
            let made = generate(trace, &request).expect("something was seen");
            let ended = engine.run(program.command, Some(&made.draft), container);
            let what = format!("{} portable={portable} arguments={arguments}", program.kind);
            tally.count(&what, ended.out.contains(program.prints), &ended.err);
        }
    }
    let (started, all) = (tally.started, tally.all);
    say(&format!("{test}: {started} of {all} under their profile"));
    assert!(tally.failures.is_empty(), "{:#?}", tally.failures);
    assert!(all >= 15, "five kinds of programs at least: {all}");
}

#[test]
fn under_runc_with_no_new_privileges() {
    starts(Engine::Runc, Container::HARDENED);
}

#[test]
fn under_runc() {
    starts(Engine::Runc, Container::PLAIN);
}

#[test]
fn under_runc_as_another_user() {
    starts(
        Engine::Runc,
        Container {
            user: 65534,
            ..Container::PLAIN
        },
    );
}

#[test]
fn under_crun_with_no_new_privileges() {
    starts(Engine::Crun, Container::HARDENED);
}

#[test]
fn under_crun() {
    starts(Engine::Crun, Container::PLAIN);
}

#[test]
fn under_crun_as_another_user() {
    starts(
        Engine::Crun,
        Container {
            user: 65534,
            ..Container::PLAIN
        },
    );
}

#[test]
fn under_bubblewrap() {
    starts(Engine::Bubblewrap, Container::HARDENED);
}

/// The C library reaches sockets through `socketcall`, which `strace` writes as `socket`. The
/// profile names `socket` alone: libseccomp, and what caulk compiles, open that part of the
/// multiplexer.
#[test]
fn a_program_of_32_bits_starts_and_other_programs_of_32_bits_are_killed() {
    let test = "a_program_of_32_bits_starts";
    if machine(test).is_none() || !can_trace(test) {
        return;
    }
    let Some(path) = of_32_bits(test) else {
        return;
    };
    let program = Program {
        kind: "a program of 32 bits",
        command: &[&path],
        prints: "socket 1\n",
    };
    let (Some(trace), Some((_, other))) = (program.trace(), of_kind("a static tool")) else {
        return;
    };
    for engine in [Engine::Runc, Engine::Crun, Engine::Bubblewrap] {
        if !engine.is_able(test) {
            continue;
        }
        let made = profile(&trace, engine.runtimes(), true);
        assert!(!made.reasons.contains_key("socketcall"));
        let ended = engine.run(program.command, Some(&made.draft), Container::HARDENED);
        assert!(ended.out.contains(program.prints), "{engine:?}: {ended:?}");
        let made = profile(other, engine.runtimes(), true);
        let ended = engine.run(program.command, Some(&made.draft), Container::HARDENED);
        assert!(
            !ended.succeeded && ended.out.is_empty(),
            "{engine:?}: {ended:?}"
        );
    }
}

/// What a program in Go does at any moment, or never.
const BY_CHANCE: &[&str] = &[
    "clone",
    "epoll_pwait",
    "futex",
    "getpid",
    "gettid",
    "madvise",
    "mmap",
    "munmap",
    "nanosleep",
    "rt_sigaction",
    "rt_sigprocmask",
    "sched_yield",
    "sigaltstack",
    "tgkill",
];

/// A profile without what only runtimes need, but for these.
fn bare(trace: &Trace, kept: &[&str]) -> Draft {
    let made = profile(trace, Runtimes::Any, false);
    let is_of_runtime = |reason: &Reason| matches!(reason, Reason::Runtime(_));
    let of_runtimes = made.reasons.iter();
    let names: Vec<&str> = of_runtimes
        .filter(|(_, reasons)| reasons.iter().all(is_of_runtime))
        .map(|(name, _)| name.as_str())
        .filter(|name| !kept.contains(name))
        .collect();
    without(&made.draft, &names)
}

/// A profile of the trace alone is what every script makes that knows no better.
#[test]
fn without_the_runtimes_calls_nothing_starts_and_each_runtime_says_so() {
    let test = "without_the_runtimes_calls_nothing_starts";
    if machine(test).is_none() || !can_trace(test) {
        return;
    }
    let Some((program, trace)) = of_kind("a static tool") else {
        return;
    };
    let bare_for_crun = bare(trace, &[]);
    let bare_for_runc = bare(trace, BY_CHANCE);
    for (engine, container, draft, says) in [
        (
            Engine::Runc,
            Container::HARDENED,
            &bare_for_runc,
            "ensure /proc/self/fd is on procfs: operation not permitted",
        ),
        (
            Engine::Runc,
            Container::PLAIN,
            &bare_for_runc,
            "operation not permitted",
        ),
        (
            Engine::Crun,
            Container::PLAIN,
            &bare_for_crun,
            "peration not permitted",
        ),
    ] {
        if !engine.is_able(test) {
            continue;
        }
        let ended = engine.run(program.command, Some(draft), container);
        assert!(
            !ended.succeeded && !ended.out.contains(program.prints),
            "{ended:?}"
        );
        assert!(
            ended.err.contains(says),
            "{engine:?} {container:?}: {ended:?}"
        );
    }
}

/// crun does little between loading a profile and starting a program. Where nothing is left to do to
/// the user it starts with what the program needs and no more; else it needs other calls than runc.
#[test]
fn crun_needs_little_and_other_calls_than_runc() {
    let test = "crun_needs_little_and_other_calls_than_runc";
    if machine(test).is_none() || !can_trace(test) || !Engine::Crun.is_able(test) {
        return;
    }
    let Some((program, trace)) = of_kind("a static tool") else {
        return;
    };
    let bare = bare(trace, &[]);
    let ended = Engine::Crun.run(program.command, Some(&bare), Container::HARDENED);
    assert!(ended.out.contains(program.prints), "{ended:?}");
    let of_runc = profile(trace, Runtimes::Runc, false).draft;
    let ended = Engine::Crun.run(program.command, Some(&of_runc), Container::PLAIN);
    assert!(ended.err.contains("cannot set"), "{ended:?}");
}
