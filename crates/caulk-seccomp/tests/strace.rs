//! Real logs: `strace` traces small programs in every form, and the same is read from all of them.
#![expect(
    clippy::disallowed_methods,
    reason = "these tests run strace and read what it wrote"
)]

mod machine;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use caulk_seccomp::trace::{Mode, Symptom, Trace};

use machine::{can_trace, read, say};

/// Starts processes one after the other, fails at some calls, writes, and has a pipe.
const SCRIPT: &str =
    "ls / >/dev/null; cat /proc/self/status | grep -c Name; cat /not-there; exit 3";

/// Runs `strace` with these options on the script, in a folder, its errors in `err` there.
fn trace(folder: &Path, options: &str, program: &[&str]) {
    let err = fs::File::create(folder.join("err")).expect("a file");
    let status = Command::new("strace")
        .args(options.split_whitespace())
        .args(program)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .stdout(Stdio::null())
        .stderr(err)
        .status();
    status.expect("strace starts");
}

fn names(trace: &Trace) -> BTreeSet<&'static str> {
    trace.calls.iter().map(|call| call.name).collect()
}

fn symptoms(trace: &Trace) -> Vec<Symptom> {
    let logs = trace.logs.iter();
    let of_logs = logs.flat_map(|log| log.symptoms.iter().copied());
    of_logs.chain(trace.symptoms.iter().copied()).collect()
}

/// The options of `strace`, and how many lines of the log may be unused: the program writes one
/// line, and one line about what is not there, where the log is on standard error.
const FORMS: &[(&str, u64)] = &[
    ("-f -o log", 0),
    ("-f", 1),
    ("-ff -o log", 0),
    ("-f -t -o log", 0),
    ("-f -tt -o log", 0),
    ("-f -ttt -o log", 0),
    ("-f -r -o log", 0),
    ("-f -tt -r -o log", 0),
    ("-f -tt", 1),
    ("-f -r", 1),
    (
        "-f --absolute-timestamps=format:unix,precision:ns -o log",
        0,
    ),
    ("-f --absolute-timestamps=format:unix,precision:s -o log", 0),
    ("-f --relative-timestamps=s -o log", 0),
    ("-f -T -o log", 0),
    ("-f -i -o log", 0),
    ("-f -n -o log", 0),
    ("-f -k -o log", 0),
    ("-f -y -o log", 0),
    ("-f -yy", 1),
    ("-f -Y -o log", 0),
    ("-f -Y", 1),
    ("-f -tt -i -n -T -Y -yy -v -s 999 -o log", 0),
    ("-f -X raw -o log", 0),
    ("-f -X verbose -o log", 0),
    ("-f -e raw=all -o log", 0),
    ("-f -x -a 1 -o log", 0),
    ("-f -qqq -o log", 0),
    ("-f -C -o log", 0),
    ("-f -D -A -o log", 0),
    ("-f -o |cat>log", 0),
];

#[test]
fn every_form_tells_the_same() {
    if !can_trace("every_form_tells_the_same") {
        return;
    }
    let program = ["sh", "-c", SCRIPT];
    let mut wanted: Option<BTreeSet<&str>> = None;
    let mut forms = 0;
    for (options, unused) in FORMS {
        let folder = tempfile::tempdir().expect("a folder");
        trace(folder.path(), options, &program);
        let is_file = options.contains("log");
        let trace = read(folder.path(), if is_file { "log" } else { "err" });
        let said: Vec<_> = trace.logs.iter().flat_map(|log| &log.examples).collect();
        if trace.calls.is_empty() {
            say(&format!(
                "skipped: this strace does not know {options}: {said:?}"
            ));
            continue;
        }
        forms += 1;
        let left: u64 = trace.logs.iter().map(|log| log.unused).sum();
        assert!(left <= *unused, "{options}: {said:?}");
        let names = names(&trace);
        let wanted = wanted.get_or_insert_with(|| names.clone());
        assert_eq!(&names, wanted, "{options}");
        assert_eq!(symptoms(&trace), [], "{options}");
        assert!(
            trace.call("openat").is_some_and(|call| call.failed > 0),
            "{options}"
        );
    }
    assert!(forms > FORMS.len() / 2, "only {forms} forms");
}

#[test]
fn a_summary_tells_the_same_but_for_the_end() {
    if !can_trace("a_summary_tells_the_same_but_for_the_end") {
        return;
    }
    let program = ["sh", "-c", SCRIPT];
    let folder = tempfile::tempdir().expect("a folder");
    trace(folder.path(), "-f -o log", &program);
    let mut wanted = names(&read(folder.path(), "log"));
    // They do not return, so they are never counted.
    wanted.remove("exit_group");
    for options in [
        "-f -c -o sum",
        "-f -c -w -o sum",
        "-f -c -U name,calls -o sum",
        "-f -c -S name -U errors,name -o sum",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        trace(folder.path(), options, &program);
        let trace = read(folder.path(), "sum");
        if trace.calls.is_empty() {
            say(&format!("skipped: this strace does not know {options}"));
            continue;
        }
        assert_eq!(names(&trace), wanted, "{options}");
        assert_eq!(symptoms(&trace), [Symptom::SummaryOnly], "{options}");
        assert_eq!(
            trace.logs[0].unused, 0,
            "{options}: {:?}",
            trace.logs[0].examples
        );
    }
}

#[test]
fn what_is_left_out_is_noticed() {
    if !can_trace("what_is_left_out_is_noticed") {
        return;
    }
    for (options, wanted) in [
        ("-o log", Symptom::NotFollowed { processes: 4 }),
        ("-f -e trace=%file -o log", Symptom::Filtered),
        ("-f -e trace=openat,close -o log", Symptom::Filtered),
        (
            "-f --seccomp-bpf -e trace=openat,close,execve -o log",
            Symptom::Filtered,
        ),
        ("-f -z -o log", Symptom::NoneFailed),
        ("-f -Z -o log", Symptom::OnlyFailed),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        trace(folder.path(), options, &["sh", "-c", SCRIPT]);
        let trace = read(folder.path(), "log");
        if trace.calls.is_empty() {
            say(&format!("skipped: this strace does not know {options}"));
            continue;
        }
        let found = symptoms(&trace);
        assert!(found.contains(&wanted), "{options}: {found:?}");
    }
}

/// `perl` is on every Debian. Its `syscall` makes calls by number.
#[test]
fn calls_without_a_name_and_arguments() {
    let test = "calls_without_a_name_and_arguments";
    if !can_trace(test) {
        return;
    }
    let script = "use Socket; syscall(9999, 1); syscall(135, 0xffffffff); socket(S, PF_UNIX, SOCK_STREAM, 0); system('true');";
    let folder = tempfile::tempdir().expect("a folder");
    trace(folder.path(), "-f -o log", &["perl", "-e", script]);
    let trace = read(folder.path(), "log");
    if trace.calls.len() < 5 || std::env::consts::ARCH != "x86_64" {
        say(&format!(
            "skipped: {test}: there is no perl here, or this is no x86_64"
        ));
        return;
    }
    let numbers: Vec<u64> = trace.unnamed.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [9999]);
    let values = |name: &str| {
        let call = trace.call(name).expect("it was made");
        let written = call.values.written.iter();
        written.map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!(values("socket"), ["AF_UNIX"]);
    assert_eq!(values("personality"), ["0xffffffff"]);
    assert!(values("clone")[0].contains("SIGCHLD"));
    assert!(values("ioctl").contains(&"TCGETS"));
}

#[test]
fn a_program_of_32_bits() {
    let test = "a_program_of_32_bits";
    if !can_trace(test) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let source =
        "#include <sys/socket.h>\nint main(void) { return socket(AF_INET, SOCK_STREAM, 0) < 0; }\n";
    fs::write(folder.path().join("small.c"), source).expect("a file");
    let compiled = Command::new("cc")
        .args(["-m32", "-o", "small", "small.c"])
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        say(&format!(
            "skipped: {test}: there is no compiler for it here"
        ));
        return;
    }
    // On standard error it says in which mode a process runs, into a file it does not.
    trace(folder.path(), "-f", &["sh", "-c", "./small; true"]);
    let told = read(folder.path(), "err");
    let Some(mmap2) = told.call("mmap2") else {
        say(&format!(
            "skipped: {test}: this kernel runs no such program"
        ));
        return;
    };
    assert!(mmap2.modes.contains(Mode::Bits32) && !mmap2.modes.contains(Mode::Native));
    let close = told.call("close").expect("both close").modes;
    assert!(close.contains(Mode::Bits32) && close.contains(Mode::Native));
    assert!(told.call("socket").is_some());
    trace(
        folder.path(),
        "-f -n -o log",
        &["sh", "-c", "./small; true"],
    );
    assert_eq!(names(&read(folder.path(), "log")), names(&told));
    trace(
        folder.path(),
        "-f -c -o sum",
        &["sh", "-c", "./small; true"],
    );
    let summary = read(folder.path(), "sum");
    let mmap2 = summary.call("mmap2").expect("it maps memory").modes;
    assert!(mmap2.contains(Mode::Bits32) && !mmap2.contains(Mode::Native));
}
