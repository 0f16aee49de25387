//! What is read of small logs, form by form.

use std::fmt::Write as _;

use super::*;

fn read(log: &str) -> Trace {
    let mut reader = Reader::new();
    reader
        .strace("log", log.as_bytes())
        .expect("memory can be read");
    reader.finish()
}

/// The calls with how often each was made, and what was not used.
#[track_caller]
fn told(trace: &Trace) -> String {
    let mut text = String::new();
    for call in &trace.calls {
        let _ = write!(text, "{}", call.name);
        if call.seen != 1 {
            let _ = write!(text, "*{}", call.seen);
        }
        if call.failed > 0 {
            let _ = write!(text, "-{}", call.failed);
        }
        for mode in call.modes.iter().filter(|mode| *mode != Mode::Native) {
            let mode = match mode {
                Mode::Native => "",
                Mode::Bits32 => "/32",
                Mode::X32 => "/x32",
                Mode::Abi(abi) => abi.name(),
            };
            text.push_str(mode);
        }
        for value in &call.values.written {
            let _ = write!(text, "[{value}]");
        }
        if call.values.unknown > 0 {
            text.push_str("[?]");
        }
        text.push(' ');
    }
    for unnamed in &trace.unnamed {
        let _ = write!(text, "#{} ", unnamed.number);
    }
    for log in &trace.logs {
        if log.unused > 0 {
            let _ = write!(text, "({} unused)", log.unused);
        }
        assert!(log.used + log.unused <= log.lines, "{log:?}");
    }
    text.trim_end().to_owned()
}

fn symptoms(trace: &Trace) -> Vec<Symptom> {
    let logs = trace.logs.iter();
    let of_logs = logs.flat_map(|log| log.symptoms.iter().copied());
    of_logs.chain(trace.symptoms.iter().copied()).collect()
}

#[track_caller]
fn assert_told(log: &str, wanted: &str) {
    assert_eq!(told(&read(log)), wanted, "{log}");
}

#[test]
fn calls_that_failed_and_calls_without_an_answer() {
    assert_told(
        "execve(\"/bin/true\", [\"true\"], 0x7ffd /* 20 vars */) = 0\n\
         access(\"/etc/ld.so.preload\", R_OK)      = -1 ENOENT (No such file or directory)\n\
         clone3(0x7ff, 88) = -1 ENOSYS (Function not implemented)\n\
         exit_group(0)                           = ?\n\
         +++ exited with 0 +++\n",
        "access-1 clone3-1 execve exit_group",
    );
}

#[test]
fn a_call_in_two_parts_is_one() {
    assert_told(
        "10 read(3,  <unfinished ...>\n\
         11 close(4) = 0\n\
         10 <... read resumed>\"x\", 1) = 1\n\
         11 <... futex resumed>) = 0\n\
         10 nanosleep({tv_sec=9},  <unfinished ...>\n\
         10 +++ killed by SIGKILL +++\n",
        // Of the futex only the end is there, of the nanosleep only the beginning.
        "close futex nanosleep read",
    );
    let resumed_by_old_versions = "10 <... read resumed> \"x\", 1) = 1\n";
    assert_told(resumed_by_old_versions, "read");
}

#[test]
fn a_call_that_strace_came_into() {
    assert_told(
        "restart_syscall(<... resuming interrupted poll ...>) = 0\n",
        "poll restart_syscall",
    );
}

#[test]
fn what_strace_says_besides_is_used_and_counts_no_call() {
    assert_told(
        "strace: Process 12 attached\n\
         --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---\n\
         --- stopped by SIGSTOP ---\n \
          > /usr/lib/libc.so.6(close+0x1) [0x1234]\n\
         +++ superseded by execve in pid 12 +++\n\
         close(3) = 0\n",
        "close",
    );
}

#[test]
fn output_of_the_program_is_not_taken_for_calls() {
    // Each of these begins as a call does.
    assert_told(
        "close(3) = 0\nmount(8) failed\nreboot (now)?\nptrace(2), bpf(2)\nclose(4) = 0\n",
        "close*2 (3 unused)",
    );
}

#[test]
fn output_of_the_program_cuts_lines() {
    // A write is cut by what it writes.
    assert_told(
        "write(1, \"x\\n\", 2x\n)      = 2\nclose(3) = 0\n",
        "close write",
    );
    assert_told(
        "write(1, \"a\\nb\\n\", 4a\nb\n) = 4\nclose(3) = 0\n",
        "close write (1 unused)",
    );
    // Any call is, by what another process writes.
    assert_told(
        "clone3({flags=CLONE_VM}noise\n <unfinished ...>\n\
         [pid 2] close(3) = 0\n\
         [pid 1] <... clone3 resumed> => {parent_tid=[2]}, 88) = 2\n",
        "clone3 close",
    );
    assert_told(
        "clone(child_stack=NULL, flags=SIGCHLDstrace: Process 4 attached\n, child_tidptr=0x7) = 4\n",
        "clone[?]",
    );
    assert_told("no line end[pid  12] close(3) = 0\n", "close");
}

#[test]
fn a_log_that_is_cut_keeps_its_last_call() {
    let trace = read("execve(\"/a\", [], 0x7 /* 2 vars */) = 0\nopenat(AT_FDCWD, \"/etc/ld");
    assert_eq!(told(&trace), "execve openat");
    assert_eq!(symptoms(&trace), [Symptom::EndMissing]);
}

#[test]
fn numbers() {
    assert_told(
        "syscall_0x1d3(0x1, 0x3) = -1 ENOSYS (Function not implemented)\n\
         syscall_333(0x1) = 0\nSYS_334(0x1) = 0\n\
         syscall_0xffffffffffffffff(0x3) = -1 ENOSYS (Function not implemented)\n",
        "#333 #334 #467 #18446744073709551615",
    );
}

#[test]
fn processes_of_32_bits() {
    assert_told(
        "10 execve(\"./t32\", [\"./t32\"], 0x7 /* 3 vars */) = 0\n\
         10 [ Process PID=10 runs in 32 bit mode. ]\n\
         10 fork() = 11\n\
         11 close(3) = 0\n\
         12 read(0, \"\", 1) = 0\n\
         10 execve(\"./t64\", [\"./t64\"], 0x7 /* 3 vars */) = 0\n\
         10 [ Process PID=10 runs in 64 bit mode. ]\n\
         10 close(3) = 0\n\
         11 brk(NULL) = 0x57a80000\n",
        // A new process begins as the one whose line is before its own, as in strace itself.
        "brk/32 close*2/32 execve*2/32 fork/32 read/32",
    );
    let x32 = "[ Process PID=10 runs in x32 mode. ]\nwrite(1, \"x\", 1) = 1\n";
    assert_told(x32, "write/x32");
}

#[test]
fn multiplexers_are_written_as_what_they_stand_for() {
    assert_told(
        "[ Process PID=10 runs in 32 bit mode. ]\n\
         [ 102] socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
         [ 117] semget(0x1, 1, 0) = 0\n\
         socketcall(1, 0xffa0) = -1 EFAULT (Bad address)\n",
        "semget/32 socket/32[AF_INET] socketcall-1/32",
    );
}

#[test]
fn a_summary_and_one_behind_the_calls() {
    let table = "% time     seconds  usecs/call     calls    errors syscall\n\
                 ------ ----------- ----------- --------- --------- ----------------\n \
                 65.60    0.002058         257         8         3 wait4\n  \
                 0.00    0.000000           0        25           ioctl\n\
                 ------ ----------- ----------- --------- --------- ----------------\n\
                 100.00    0.002058                    33         3 total\n";
    let trace = read(table);
    assert_eq!(told(&trace), "ioctl*25[?] wait4*8-3");
    assert_eq!(symptoms(&trace), [Symptom::SummaryOnly]);
    let trace = read(&format!(
        "execve(\"/a\", [], 0x7 /* 2 vars */) = 0\nwait4(-1) = 0\nexit_group(0) = ?\n{table}close(1) = 0\n"
    ));
    // What both have is not counted twice.
    assert_eq!(told(&trace), "close execve exit_group ioctl*25[?] wait4*8");
    assert_eq!(symptoms(&trace), []);
    let two = format!("{table}System call usage summary for 32 bit mode:\n{table}");
    assert_told(&two, "ioctl*50/32[?] wait4*16-6/32");
}

#[test]
fn a_log_of_library_calls_is_not_used() {
    let trace = read(
        "__libc_start_main(0x401136, 1, 0x7ffe) = 0\nmalloc(10) = 0x5000\nclose(3) = 0\n\
         puts(\"x\") = 2\n+++ exited (status 0) +++\n",
    );
    assert_eq!(told(&trace), "(5 unused)");
    assert_eq!(symptoms(&trace), [Symptom::LibraryCalls]);
    let trace = read(
        "% time     seconds  usecs/call     calls      function\n\
         ------ ----------- ----------- --------- --------------------\n \
         51.34    0.000421         421         1 read\n",
    );
    assert_eq!(symptoms(&trace), [Symptom::LibraryCalls]);
    assert_eq!(trace.calls, []);
}

#[test]
fn children_that_were_not_followed() {
    let start = "execve(\"/bin/sh\", [], 0x7 /* 2 vars */) = 0\nclone(child_stack=NULL, flags=SIGCHLD) = 12\n";
    let end = "exit_group(0) = ?\n+++ exited with 0 +++\n";
    let trace = read(&format!("{start}{end}"));
    assert_eq!(symptoms(&trace), [Symptom::NotFollowed { processes: 1 }]);
    let trace = read(&format!("{start}[pid 12] close(3) = 0\n{end}"));
    assert_eq!(symptoms(&trace), []);
    let child = format!("set_robust_list(0x7, 24) = 0\n{end}");
    let trace = {
        let mut reader = Reader::new();
        let parent = format!("{start}{end}");
        for (name, log) in [("t.12", &child), ("t.11", &parent)] {
            reader.strace(name, log.as_bytes()).expect("memory");
        }
        reader.finish()
    };
    assert_eq!(symptoms(&trace), [], "with -ff the child has its own log");
    // Inside a container the child is 7, outside it is 4712.
    let outside = "4711 execve(\"/bin/sh\", [], 0x7 /* 2 vars */) = 0\n4711 fork() = 7\n4712 exit_group(0) = ?\n";
    assert_eq!(symptoms(&read(outside)), []);
    let translated = "4711 execve(\"/bin/sh\", [], 0x7 /* 2 vars */) = 0\n4711 fork() = 7 /* 4712 in strace's PID NS */\n4712 exit_group(0) = ?\n";
    assert_eq!(symptoms(&read(translated)), []);
}

#[test]
fn logs_that_leave_something_out() {
    let many = "close(3) = 0\n".repeat(60);
    let start = "execve(\"/a\", [], 0x7 /* 2 vars */) = 0\n";
    let failed = "close(3) = -1 EBADF (Bad file descriptor)\n";
    let end = "exit_group(0) = ?\n+++ exited with 0 +++\n";
    for (log, wanted) in [
        (format!("{start}+++ exited with 0 +++\n"), Symptom::Filtered),
        (format!("{start}{failed}{many}{end}"), Symptom::Filtered),
        (
            format!("{start}brk(NULL) = 0x1\n{many}{end}"),
            Symptom::NoneFailed,
        ),
        (
            format!("{start}brk(NULL) = 0x1\n{failed}"),
            Symptom::EndMissing,
        ),
        (format!("read(0) = 0\n{end}"), Symptom::StartMissing),
        (
            format!("{start}+++ killed by SIGSYS +++\n"),
            Symptom::KilledByFilter,
        ),
    ] {
        assert_eq!(symptoms(&read(&log)), [wanted], "{log}");
    }
    let only = symptoms(&read(&failed.repeat(9)));
    assert!(only.contains(&Symptom::OnlyFailed), "{only:?}");
}

#[test]
fn nothing_and_noise() {
    for log in [
        "",
        "\n\n",
        "\0\0\u{1}\n",
        "the quick brown fox\n= 3\n) = x\n<... \n[pid\n",
    ] {
        let trace = read(log);
        assert_eq!(trace.calls, [], "{log:?}");
        assert_eq!(symptoms(&trace), [], "{log:?}");
    }
    let log = read("a\n\nb\nc\nd\n");
    let examples: Vec<u64> = log.logs[0].examples.iter().map(|one| one.line).collect();
    assert_eq!(examples, [1, 3, 4]);
}

#[test]
fn numbers_that_are_absurd_add_up() {
    let row = format!(
        "syscall calls\n---- ----\nread {0}\nread {0}\nwrite {0}\n",
        u64::MAX
    );
    assert_told(
        &format!("{row}{row}"),
        &format!("read*{0} write*{0}", u64::MAX),
    );
}

const RECORD: &str = "audit: type=1326 audit(1700000000.123:45): auid=4294967295 uid=0 gid=0 ses=4294967295 pid=123 comm=\"sh\" exe=\"/bin/busybox\" sig=0";

fn audited(log: &str) -> Trace {
    let mut reader = Reader::new();
    reader
        .audit("log", log.as_bytes())
        .expect("memory can be read");
    reader.finish()
}

#[test]
fn audit_lines_of_every_source() {
    let logged = "ip=0x7f code=0x7ffc0000";
    let auditd = "type=SECCOMP msg=audit(1700000000.123:45): auid=1 uid=0 gid=0 ses=1 subj=x pid=1 comm=\"sh\" exe=\"/bin/busybox\" sig=0 arch=40000003 syscall=102 compat=1 ip=0x7f code=0x7ffc0000\u{1d}AUID=\"me\"";
    let log = format!(
        "[  12.5] {RECORD} arch=c000003e syscall=157 compat=0 {logged}\n\
         Nov 26 07:00:00 host kernel: {RECORD} arch=c000003e syscall=16 compat=0 {logged}\n\
         {auditd}\n\
         {RECORD} arch=c000003e syscall=1073741825 compat=0 {logged}\n\
         {RECORD} arch=c00000b7 syscall=56 compat=0 {logged}\n\
         {RECORD} arch=c000003e syscall=9999 compat=0 {logged}\n\
         [  13.0] eth0: link is up\n"
    );
    let trace = audited(&log);
    assert_eq!(
        told(&trace),
        "ioctlx86_64[?] openataarch64 prctlx86_64 socketcallx86 writex32 #9999 (1 unused)"
    );
    assert_eq!(symptoms(&trace), []);
}

#[test]
fn audit_lines_of_calls_that_were_not_made() {
    let log = format!(
        "{RECORD} arch=c000003e syscall=157 compat=0 ip=0x7f code=0x50001\n\
         kauditd_printk_skb: 29 callbacks suppressed\n\
         {} arch=c000003e syscall=0 compat=0 ip=0x7f code=0x80000000\n",
        RECORD
            .replace("comm=\"sh\"", "comm=\"ls\"")
            .replace("sig=0", "sig=31")
    );
    let trace = audited(&log);
    assert_eq!(told(&trace), "prctl-1x86_64 read-1x86_64 (1 unused)");
    assert_eq!(
        symptoms(&trace),
        [
            Symptom::Suppressed,
            Symptom::KilledByFilter,
            Symptom::Denied { records: 2 },
            Symptom::SeveralPrograms { programs: 2 },
        ]
    );
}
