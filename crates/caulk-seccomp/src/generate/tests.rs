//! What is made of small traces.

use caulk_linux::CapabilitySet;
use caulk_source::FileId;

use super::*;
use crate::trace::Reader;
use crate::{Decision, Filter, Outcome, Runtime, parse};

fn trace(log: &str) -> Trace {
    let mut reader = Reader::new();
    reader.strace("log", log.as_bytes()).expect("memory");
    reader.finish()
}

fn request(machines: &[Abi]) -> Request {
    Request {
        machines: machines.to_vec(),
        runtimes: Runtimes::Crun,
        no_new_privileges: true,
        portable: false,
        arguments: false,
    }
}

#[track_caller]
fn made(log: &str, request: &Request) -> Generated {
    generate(&trace(log), request).expect("something was seen")
}

#[track_caller]
fn filter(generated: &Generated, host: Host) -> Filter {
    let text = generated.draft.text();
    let parsed = parse(FileId::FIRST, &text);
    assert_eq!(parsed.problems, []);
    let profile = parsed.profile.expect("an object");
    assert_eq!(profile.refusals, []);
    let resolved = profile.resolve(&host);
    resolved.expect("it loads").into_filter().expect("a filter")
}

fn host(abi: Abi) -> Host {
    Host::docker(CapabilitySet::EMPTY).on(abi)
}

/// What is done with a call whose first argument is this.
#[track_caller]
fn outcome(filter: &Filter, abi: Abi, name: &str, argument: u64) -> Outcome {
    let number = syscalls::number(abi, name).expect("it has a number");
    match filter.decide(abi, number, [argument, 0, 0, 0, 0, 0]) {
        Decision::Certain { outcome, .. } => outcome,
        Decision::Ambiguous { .. } => panic!("{name}: ambiguous"),
    }
}

const SMALL: &str =
    "execve(\"/a\", [], 0x7 /* 2 vars */) = 0\nread(3, \"\", 1) = 0\nexit_group(0) = ?\n";

#[test]
fn what_was_seen_and_what_must_be_added_and_nothing_else() {
    let generated = made(SMALL, &request(&[Abi::X86_64]));
    let filter = filter(&generated, host(Abi::X86_64).with(Runtime::Crun));
    let allowed: Vec<&str> = filter
        .surfaces(Abi::X86_64)
        .filter(|(_, _, surface)| surface.always_runs())
        .map(|(name, _, _)| name)
        .collect();
    let mut reasons: Vec<&str> = generated.reasons.keys().map(String::as_str).collect();
    reasons.sort_by_key(|name| syscalls::number(Abi::X86_64, name));
    assert_eq!(allowed, reasons);
    assert_eq!(generated.reasons["read"], [Reason::Seen(1)]);
    assert_eq!(generated.reasons["close"], [Reason::Runtime("crun")]);
    assert_eq!(generated.reasons["rt_sigreturn"], [Reason::Always]);
    assert_eq!(generated.reasons["time"], [Reason::Vdso]);
    assert_eq!(
        generated.reasons["exit_group"],
        [Reason::Seen(1), Reason::Always]
    );
    assert!(!generated.reasons.contains_key("sigreturn"), "of 32 bits");
    assert_eq!(generated.notes, []);
    let denied = |name| outcome(&filter, Abi::X86_64, name, 0);
    assert_eq!(denied("mount"), Outcome::Errno(1));
    for name in ["clone3", "openat2", "faccessat2", "statx", "rseq"] {
        assert_eq!(denied(name), Outcome::Errno(38), "{name}");
    }
}

#[test]
fn nothing_makes_no_profile() {
    assert_eq!(generate(&trace("noise\n"), &request(&[Abi::X86_64])), None);
}

#[test]
fn each_runtime_and_no_new_privileges() {
    let count = |runtimes, no_new_privileges| {
        let request = Request {
            runtimes,
            no_new_privileges,
            ..request(&[Abi::X86_64])
        };
        let generated = made(SMALL, &request);
        let of_runtime = |reasons: &&Vec<Reason>| {
            reasons
                .iter()
                .any(|reason| matches!(reason, Reason::Runtime(_)))
        };
        generated.reasons.values().filter(of_runtime).count()
    };
    let runc = needs::RUNC.len();
    let crun = needs::CRUN.len();
    assert_eq!(count(Runtimes::Runc, true), runc);
    assert_eq!(
        count(Runtimes::Runc, false),
        runc + needs::RUNC_PRIVILEGED.len()
    );
    assert_eq!(count(Runtimes::Crun, true), crun);
    assert_eq!(
        count(Runtimes::Crun, false),
        crun + needs::CRUN_PRIVILEGED.len()
    );
    assert!(count(Runtimes::Any, false) > count(Runtimes::Runc, false));
}

/// Like Docker's default: no new namespaces, not these families, not these personas.
#[test]
fn arguments_are_never_wider_than_dockers_default() {
    let log = format!(
        "{SMALL}socket(AF_INET, SOCK_STREAM, 0) = 3\npersonality(0xffffffff) = 0\n\
         clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD) = 12\n"
    );
    let generated = made(&log, &request(&[Abi::X86_64]));
    let filter = filter(&generated, host(Abi::X86_64));
    let runs = |name, argument| outcome(&filter, Abi::X86_64, name, argument).may_run();
    for (name, argument, wanted) in [
        ("socket", 2, true),
        ("socket", 16, true),
        ("socket", 38, false),
        ("socket", 40, false),
        ("personality", 0xffff_ffff, true),
        ("personality", 0x8, true),
        ("personality", 0x4_0000, false),
        ("clone", 0x111, true),
        ("clone", 0x50_0f00, true),
        ("clone", 0x1000_0011, false),
    ] {
        assert_eq!(runs(name, argument), wanted, "{name} {argument:#x}");
    }
    assert_eq!(generated.notes, []);
}

#[test]
fn what_goes_beyond_dockers_default_is_allowed_and_said() {
    let log = format!(
        "{SMALL}socket(AF_VSOCK, SOCK_STREAM, 0) = 3\npersonality(ADDR_NO_RANDOMIZE) = 0\n\
         clone(child_stack=NULL, flags=CLONE_NEWUSER|SIGCHLD) = 12\nmount(\"a\", \"b\") = 0\n"
    );
    let generated = made(&log, &request(&[Abi::X86_64]));
    let filter = filter(&generated, host(Abi::X86_64));
    let runs = |name, argument| outcome(&filter, Abi::X86_64, name, argument).may_run();
    assert!(runs("socket", 40) && runs("socket", 2) && !runs("socket", 38));
    assert!(runs("personality", 0x4_0000) && !runs("personality", 0x40_0000));
    assert!(runs("clone", 0x1000_0011) && !runs("clone", 0x2_0011));
    assert!(runs("mount", 0));
    let beyond = |name: &str, value| Note::ValuesBeyondDefault {
        name: name.to_owned(),
        values: vec![value],
    };
    let mut notes = generated.notes;
    notes.sort_by_key(ToString::to_string);
    assert_eq!(
        notes,
        [
            beyond("clone", 0x1000_0000),
            beyond("personality", 0x4_0000),
            beyond("socket", 40),
            Note::BeyondDefault {
                names: vec!["mount".to_owned()]
            },
        ]
    );
}

#[test]
fn arguments_as_narrow_as_what_was_seen() {
    let narrow = Request {
        arguments: true,
        ..request(&[Abi::X86_64])
    };
    let log = format!(
        "{SMALL}socket(AF_INET, SOCK_STREAM, 0) = 3\nsocketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n\
         personality(0xffffffff) = 0\nioctl(0, TCGETS, 0x7) = 0\nioctl(0, FIONREAD, 0x7) = 0\n\
         clone(child_stack=NULL, flags=CLONE_VM|CLONE_VFORK|SIGCHLD) = 12\n"
    );
    let generated = made(&log, &narrow);
    let filter = filter(&generated, host(Abi::X86_64));
    let runs = |name, argument| outcome(&filter, Abi::X86_64, name, argument).may_run();
    for (name, argument, wanted) in [
        ("socket", 2, true),
        ("socket", 10, false),
        ("socketpair", 1, true),
        ("socketpair", 2, false),
        ("personality", 0xffff_ffff, true),
        ("personality", 0, false),
        ("clone", 0x4111, true),
        ("clone", 0x4102, true),
        ("clone", 0x4311, false),
    ] {
        assert_eq!(runs(name, argument), wanted, "{name} {argument:#x}");
    }
    let ioctl = syscalls::number(Abi::X86_64, "ioctl").expect("a number");
    let runs = |request| {
        filter
            .decide(Abi::X86_64, ioctl, [0, request, 0, 0, 0, 0])
            .may_run()
    };
    // The kernel looks at 32 bits, and so does the filter.
    assert!(runs(0x5401) && runs(0x541b) && runs(0xdead_0000_5401) && !runs(0x5412));
    assert_eq!(generated.notes, []);
}

#[test]
fn arguments_that_are_not_known_are_not_narrowed() {
    let narrow = Request {
        arguments: true,
        ..request(&[Abi::X86_64])
    };
    let log =
        format!("{SMALL}ioctl(0, SOMETHING_LATER, 0x7) = 0\nclone3({{flags=CLONE_VM}}, 88) = 4\n");
    let generated = made(&log, &narrow);
    let filter = filter(&generated, host(Abi::X86_64));
    assert!(outcome(&filter, Abi::X86_64, "ioctl", 0).may_run());
    assert!(outcome(&filter, Abi::X86_64, "clone", 0x3d_0f00).may_run());
    assert_eq!(
        outcome(&filter, Abi::X86_64, "clone3", 0),
        Outcome::Errno(38)
    );
    let notes: Vec<String> = generated.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.contains("SOMETHING_LATER")),
        "{notes:?}"
    );
}

/// A runtime in Go makes threads whatever the program does.
#[test]
fn a_narrow_clone_leaves_the_runtime_its_threads() {
    let narrow = Request {
        arguments: true,
        runtimes: Runtimes::Runc,
        ..request(&[Abi::X86_64])
    };
    let log = format!("{SMALL}clone(child_stack=NULL, flags=SIGCHLD) = 12\n");
    let filter = filter(&made(&log, &narrow), host(Abi::X86_64));
    assert!(outcome(&filter, Abi::X86_64, "clone", 0x3d_0f00).may_run());
    assert!(!outcome(&filter, Abi::X86_64, "clone", 0x4011).may_run());
}

#[test]
fn what_the_kernel_has_not_got_stays_so() {
    let log = format!(
        "{SMALL}clone3(0x7, 88) = -1 ENOSYS (Function not implemented)\nfork() = 12\nlandlock_create_ruleset(NULL, 0, 1) = -1 ENOSYS (Function not implemented)\n"
    );
    let generated = made(&log, &request(&[Abi::X86_64]));
    let filter = filter(&generated, host(Abi::X86_64));
    let landlock = outcome(&filter, Abi::X86_64, "landlock_create_ruleset", 0);
    assert_eq!(landlock, Outcome::Errno(38));
    let names = vec!["clone3".to_owned(), "landlock_create_ruleset".to_owned()];
    assert_eq!(generated.notes, [Note::NeverThere { names }]);
}

#[test]
fn programs_of_32_bits_get_their_architecture() {
    for (log, others) in [
        (format!("{SMALL}mmap2(NULL, 8192) = 0xf7\n"), vec![Abi::X86]),
        (
            format!("[ Process PID=9 runs in 32 bit mode. ]\n{SMALL}"),
            vec![Abi::X86],
        ),
        (
            format!("[ Process PID=9 runs in x32 mode. ]\n{SMALL}"),
            vec![Abi::X32],
        ),
        (SMALL.to_owned(), vec![]),
    ] {
        let generated = made(&log, &request(&[Abi::X86_64]));
        let names: Vec<String> = others.iter().map(|abi| abi.scmp().to_owned()).collect();
        assert_eq!(
            generated.draft.machines,
            [("SCMP_ARCH_X86_64".to_owned(), names)],
            "{log}"
        );
        let filter = filter(&generated, host(Abi::X86_64));
        for abi in others {
            assert!(outcome(&filter, abi, "read", 0).may_run());
        }
    }
    let log = format!(
        "[ Process PID=9 runs in 32 bit mode. ]\n{SMALL}socket(AF_INET, SOCK_STREAM, 0) = 3\n"
    );
    let filter = filter(&made(&log, &request(&[Abi::X86_64])), host(Abi::X86_64));
    // libseccomp opens the part of the multiplexer that is named, and no other.
    assert!(outcome(&filter, Abi::X86, "socketcall", 1).may_run());
    assert!(!outcome(&filter, Abi::X86, "socketcall", 2).may_run());
    assert!(outcome(&filter, Abi::X86, "sigreturn", 0).may_run());
}

#[test]
fn audit_records_name_their_machine() {
    let record = "type=1326 audit(1.2:3): pid=1 comm=\"sh\" sig=0 arch=40000003 syscall=4 compat=1 ip=0x7 code=0x7ffc0000\n";
    let mut reader = Reader::new();
    reader.audit("log", record.as_bytes()).expect("memory");
    let generated = generate(&reader.finish(), &request(&[])).expect("a call");
    let machine = (
        Abi::X86_64.scmp().to_owned(),
        vec![Abi::X86.scmp().to_owned()],
    );
    assert_eq!(generated.draft.machines, [machine]);
    assert!(generated.reasons.contains_key("write"));
}

#[test]
fn another_machine_gets_what_it_has_instead() {
    let log = format!(
        "{SMALL}open(\"/a\", O_RDONLY) = 3\nstat(\"/a\", 0x7) = 0\nfork() = 12\narch_prctl(0x3001, 0x7) = -1 EINVAL (Invalid argument)\n"
    );
    let generated = made(&log, &request(&[Abi::X86_64, Abi::Aarch64, Abi::S390x]));
    for abi in [Abi::X86_64, Abi::Aarch64, Abi::S390x] {
        let filter = filter(&generated, host(abi));
        for name in ["openat", "newfstatat", "clone"] {
            assert!(
                filter.surface_of(abi, name).expect("it is there").may_run(),
                "{abi} {name}"
            );
        }
        let flags = if abi == Abi::S390x {
            [0, 0x1000_0000]
        } else {
            [0x1000_0000, 0]
        };
        let number = syscalls::number(abi, "clone").expect("a number");
        let [first, second] = flags;
        let decision = filter.decide(abi, number, [first, second, 0, 0, 0, 0]);
        assert!(!decision.may_run(), "{abi}: a new user namespace");
    }
    let names = ["fork", "open", "stat"].map(str::to_owned).to_vec();
    let absent = Note::OnAnotherMachine {
        abi: Abi::Aarch64,
        names,
    };
    assert!(generated.notes.contains(&absent), "{:?}", generated.notes);
}

/// A rule that is right on the machine that was traced must not open another of the base's.
#[test]
fn on_a_base_for_more_machines() {
    let log = format!("{SMALL}clone(child_stack=NULL, flags=SIGCHLD) = 12\nkeyctl(0x0, 1) = 0\n");
    let generated = made(&log, &request(&[Abi::X86_64]));
    let on_base = generated.on(&Draft::docker_default()).expect("they merge");
    let on_base = Generated {
        draft: on_base,
        ..generated
    };
    let new_user = 0x1000_0000;
    for (abi, arguments) in [
        (Abi::X86_64, [new_user, 0, 0, 0, 0, 0]),
        (Abi::S390x, [0, new_user, 0, 0, 0, 0]),
    ] {
        let filter = filter(&on_base, host(abi));
        let clone = syscalls::number(abi, "clone").expect("a number");
        assert!(!filter.decide(abi, clone, arguments).may_run(), "{abi}");
        assert!(filter.decide(abi, clone, [0; 6]).may_run(), "{abi}");
        assert!(outcome(&filter, abi, "keyctl", 0).may_run());
    }
}

#[test]
fn portable_profiles_know_other_libraries() {
    let portable = Request {
        portable: true,
        ..request(&[Abi::X86_64])
    };
    let log = format!("{SMALL}openat(3, \"a\") = 3\npoll([], 0, 0) = 0\n");
    let generated = made(&log, &portable);
    for name in [
        "open",
        "openat2",
        "ppoll",
        "rseq",
        "getrandom",
        "newfstatat",
    ] {
        assert!(generated.reasons.contains_key(name), "{name}");
    }
    assert!(
        !generated.reasons.contains_key("ppoll_time64"),
        "of 32 bits"
    );
    assert!(!generated.reasons.contains_key("clone3"));
    assert_eq!(generated.notes, [], "nothing that Docker's default stops");
}

#[test]
fn numbers_without_a_name() {
    let log = format!(
        "{SMALL}syscall_0x1d1(0x1) = 0\nsyscall_0x270f(0x1) = -1 ENOSYS (Function not implemented)\n"
    );
    let generated = made(&log, &request(&[Abi::X86_64]));
    // 465 is `getxattrat`, which the strace that wrote this did not know.
    assert_eq!(generated.reasons["listxattrat"], [Reason::Seen(1)]);
    let unnamed = Note::Unnamed {
        abi: Abi::X86_64,
        number: 9999,
        seen: 1,
    };
    assert_eq!(generated.notes, [unnamed]);
}

#[test]
fn rules_are_sorted_and_say_what_they_are_for() {
    let generated = made(SMALL, &request(&[Abi::X86_64]));
    for rule in &generated.draft.rules {
        assert!(rule.names.is_sorted(), "{rule:?}");
    }
    let comments: Vec<&str> = generated
        .draft
        .rules
        .iter()
        .filter_map(|rule| rule.comment.as_deref())
        .collect();
    assert_eq!(comments[..2], ["seen: files", "seen: processes"]);
    assert_eq!(comments.len(), generated.draft.rules.len());
}
