//! Our programs, loaded into the kernel by bubblewrap around real programs.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the test writes filters to disk and starts programs under them"
)]

mod support;

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use caulk_linux::DOCKER_DEFAULT;
use caulk_seccomp::{Filter, Host, default_profile};

fn filter(text: &str) -> Filter {
    support::filter(text, &Host::docker(DOCKER_DEFAULT))
}

/// The exit status of a program under a filter, or of the same without one.
fn status(filter: Option<&Filter>, program: &str) -> Option<i32> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("filter-{}.bpf", COUNT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let (option, redirection) = match filter {
        Some(filter) => {
            std::fs::write(&path, filter.export_bpf().expect("it fits")).expect("it is written");
            ("--seccomp 9", format!("9<'{}'", path.display()))
        }
        None => ("", String::new()),
    };
    // The shell opens the file for bubblewrap, because Rust closes all its own on exec.
    let script = format!(
        "exec bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp {option} {program} \
         {redirection}"
    );
    let output = Command::new("sh").args(["-c", &script]).output();
    output.expect("a shell").status.code()
}

fn is_possible() -> bool {
    let is_here = cfg!(target_arch = "x86_64") && status(None, "/bin/true") == Some(0);
    if !is_here {
        eprintln!("skipped: bubblewrap cannot start a program here");
    }
    is_here
}

/// 128 and the number of `SIGSYS`.
const KILLED: Option<i32> = Some(159);

#[test]
fn the_kernel_takes_our_programs_and_does_as_we_say() {
    if !is_possible() {
        return;
    }
    let deny = |action: &str| {
        filter(&format!(
            r#"{{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                {{"names": ["mkdir", "mkdirat"], "action": "{action}"}}]}}"#
        ))
    };
    let mkdir = "/bin/mkdir /tmp/folder";
    assert_eq!(status(None, mkdir), Some(0));
    assert_eq!(status(Some(&deny("SCMP_ACT_LOG")), mkdir), Some(0));
    assert_eq!(status(Some(&deny("SCMP_ACT_ERRNO")), mkdir), Some(1));
    assert_eq!(status(Some(&deny("SCMP_ACT_KILL_PROCESS")), mkdir), KILLED);
    assert_eq!(
        status(Some(&deny("SCMP_ACT_KILL_PROCESS")), "/bin/true"),
        Some(0)
    );
}

#[test]
fn the_kernel_takes_dockers_default() {
    if !is_possible() {
        return;
    }
    let default = filter(&default_profile::text());
    assert_eq!(status(Some(&default), "/bin/true"), Some(0));
    // Without a filter all of these work here or are not worth asking about.
    for (program, denied) in [
        ("unshare --user /bin/true", true),
        ("setarch -R /bin/true", true),
        ("setarch linux32 /bin/true", false),
        ("sh -c '/bin/ls / | /bin/cat > /dev/null'", false),
    ] {
        if status(None, program) != Some(0) {
            eprintln!("skipped: `{program}` does not work without a filter either");
            continue;
        }
        let status = status(Some(&default), program);
        assert_eq!(status != Some(0), denied, "{program}: {status:?}");
    }
}

/// A condition on all 64 bits of an argument that a real process gives.
#[test]
fn the_kernel_looks_at_arguments() {
    if !is_possible() {
        return;
    }
    let personality = |value: u64| {
        filter(&format!(
            r#"{{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{{"names": ["personality"],
                "action": "SCMP_ACT_KILL_PROCESS",
                "args": [{{"index": 0, "value": {value}, "op": "SCMP_CMP_EQ"}}]}}]}}"#
        ))
    };
    let linux32 = "setarch linux32 /bin/true";
    assert_eq!(status(Some(&personality(8)), linux32), KILLED);
    assert_eq!(status(Some(&personality(9)), linux32), Some(0));
    assert_eq!(status(Some(&personality(0x1_0000_0008)), linux32), Some(0));
}
