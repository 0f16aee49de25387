//! What is not in a profile is stopped, and what is taken out of it is missed.

use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::Reason;

use crate::engine::{Container, Ended, Engine, machine};
use crate::machine::{can_trace, say};
use crate::programs::{of_kind, profile, without};

const ENGINES: &[Engine] = &[Engine::Runc, Engine::Crun, Engine::Bubblewrap];

#[test]
fn a_call_that_was_not_seen_is_denied() {
    let test = "a_call_that_was_not_seen_is_denied";
    if machine(test).is_none() || !can_trace(test) {
        return;
    }
    let Some((_, trace)) = of_kind("a static tool") else {
        return;
    };
    for engine in ENGINES.iter().filter(|engine| engine.is_able(test)) {
        let draft = profile(trace, engine.runtimes(), true).draft;
        let run = |command: &[&str]| engine.run(command, Some(&draft), Container::HARDENED);
        let made = run(&["/usr/bin/busybox", "mkdir", "/tmp/a"]);
        assert!(!made.succeeded, "{engine:?}: {made:?}");
        assert!(
            made.err.contains("Operation not permitted"),
            "{engine:?}: {made:?}"
        );
        let without_profile = engine.run(
            &["/usr/bin/busybox", "mkdir", "/tmp/a"],
            None,
            Container::HARDENED,
        );
        assert!(without_profile.succeeded, "{engine:?}: {without_profile:?}");
    }
}

/// `perl` makes calls by number and tells their error: `keyctl` must fail with EPERM, `clone3` and
/// `faccessat2` with ENOSYS, so that a C library goes its other way.
#[test]
fn each_call_fails_with_the_error_that_is_wanted() {
    let test = "each_call_fails_with_the_error_that_is_wanted";
    if machine(test).is_none() || !can_trace(test) {
        return;
    }
    let Some((_, trace)) = of_kind("an interpreter") else {
        return;
    };
    let script = "for (250, 435, 439, 165) { $! = 0; syscall($_, 0, 0, 0, 0); print $! + 0, ' ' }";
    for engine in ENGINES.iter().filter(|engine| engine.is_able(test)) {
        let mut made = profile(trace, engine.runtimes(), true);
        made.draft = without(&made.draft, &["faccessat2"]);
        let ended = engine.run(
            &["/usr/bin/perl", "-e", script],
            Some(&made.draft),
            Container::HARDENED,
        );
        assert_eq!(ended.out, "1 38 38 1 ", "{engine:?}: {ended:?}");
    }
}

/// Each call is taken out in turn. Some the program can do without: it asks for something, is told
/// no, and goes on. Without the ones that do its work it must fail.
#[test]
fn a_needed_call_that_is_taken_out_is_missed() {
    let test = "a_needed_call_that_is_taken_out_is_missed";
    if machine(test).is_none() || !can_trace(test) || !Engine::Bubblewrap.is_able(test) {
        return;
    }
    let Some((program, trace)) = of_kind("a static tool") else {
        return;
    };
    let made = profile(trace, Engine::Bubblewrap.runtimes(), true);
    let run =
        |draft: &Draft| Engine::Bubblewrap.run(program.command, Some(draft), Container::HARDENED);
    let whole = run(&made.draft);
    assert!(whole.succeeded, "{whole:?}");
    let is_missed = |ended: &Ended| *ended != whole;
    let seen = made.reasons.iter().filter(|(_, reasons)| {
        reasons
            .iter()
            .any(|reason| matches!(reason, Reason::Seen(_)))
    });
    let seen: Vec<&str> = seen.map(|(name, _)| name.as_str()).collect();
    let missed: Vec<&str> = seen
        .iter()
        .copied()
        .filter(|name| is_missed(&run(&without(&made.draft, &[name]))))
        .collect();
    say(&format!(
        "{test}: {} of {} calls are missed: {missed:?}",
        missed.len(),
        seen.len()
    ));
    for name in ["execve", "getdents64", "open", "openat", "write"] {
        let is_seen = seen.contains(&name);
        assert!(!is_seen || missed.contains(&name), "{name} is not missed");
    }
    assert!(missed.len() > 3);
    // And a runtime says no with the program.
    if Engine::Runc.is_able(test) {
        let draft = profile(trace, Engine::Runc.runtimes(), true).draft;
        let less = without(&draft, &["execve"]);
        let ended = Engine::Runc.run(program.command, Some(&less), Container::HARDENED);
        assert!(
            !ended.succeeded && ended.err.contains("not permitted"),
            "{ended:?}"
        );
    }
}
