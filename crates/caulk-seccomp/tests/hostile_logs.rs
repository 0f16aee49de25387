//! Logs that something has happened to: the reader takes what it can, and nothing breaks it.
//!
//! `PROPTEST_CASES=1000000 cargo test --release --test hostile_logs` goes on for longer.

use std::io::BufReader;

use caulk_linux::syscalls;
use caulk_linux::syscalls::Abi;
use caulk_seccomp::generate::{Request, Runtimes, generate};
use caulk_seccomp::trace::{Reader, Trace};
use proptest::prelude::*;

/// A line of each form.
const SEEDS: &[&str] = &[
    "execve(\"/bin/sh\", [\"sh\"], 0x7ffc /* 35 vars */) = 0",
    "[pid  1234] openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3",
    "[pid  12<a b>] close(3</a, b>)           = -1 EBADF (Bad file descriptor)",
    "3139  07:22:55.829897 brk(NULL)         = 0x561b4e708000",
    "3184  07:22:56.116749 (+     0.000346) read(0, \"\\1\\2\"..., 4096) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
    "     0.000117 write(1, \"x\\n\", 2x",
    ")      = 2",
    "1795677775.912666 [ 334] [00007fc429c0c1b3] rseq(0x7f, 0x20) = 0 <0.000098>",
    "3137 clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD <unfinished ...>",
    "3137 <... clone resumed>, child_tidptr=0x7f) = 3138 /* 9 in strace's PID NS */",
    "clone3({flags=CLONE_VM|CLONE_FS, exit_signal=0}strace: Process 77 attached",
    " <unfinished ...>",
    "[ Process PID=12 runs in 32 bit mode. ]",
    "[ Process PID=12 runs in x32 mode. ]",
    "syscall_0x1d3(0x1, 0x3) = -1 ENOSYS (Function not implemented)",
    "syscall_0xffffffffffffffff(0x3) = -1 ENOSYS (Function not implemented) (INJECTED)",
    "socket(0x2e /* AF_??? */, SOCK_STREAM, 0) = 3",
    "ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x1, 0x4), 0x7ff) = 0",
    "personality(PER_LINUX|ADDR_NO_RANDOMIZE) = 0 (PER_LINUX)",
    "restart_syscall(<... resuming interrupted poll ...>) = 0",
    "strace: Process 4117 attached",
    "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=2} ---",
    "+++ exited with 0 +++",
    "3137 +++ killed by SIGSYS (core dumped) +++",
    " > /usr/lib/libc.so.6(_dl_catch_error+0x26f0) [0x1ab70]",
    "% time     seconds  usecs/call     calls    errors syscall",
    "------ ----------- ----------- --------- --------- ----------------",
    " 65.60    0.002058         257         8         3 wait4",
    "  0.00    0.000000           0        25           close",
    "100.00    0.002595          12       207        28 total",
    "System call usage summary for 32 bit mode:",
    "syscall              calls",
    "malloc(10) = 0x5000",
    "the program's own words",
    "[   12.5] audit: type=1326 audit(1700000000.123:45): auid=1 pid=12 comm=\"sh\" exe=\"/bin/sh\" sig=0 arch=c000003e syscall=157 compat=0 ip=0x7f code=0x7ffc0000",
    "type=SECCOMP msg=audit(1.2:3): pid=1 comm=736820 sig=31 arch=40000003 syscall=102 compat=1 ip=0x7f code=0x80000000\u{1d}AUID=\"me\"",
    "kauditd_printk_skb: 29 callbacks suppressed",
    "",
];

/// What happens to a line.
#[derive(Clone, Debug)]
enum Change {
    None,
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Replace(prop::sample::Index, u8),
    Swallow(prop::sample::Index, prop::sample::Index),
    Behind(prop::sample::Index),
    Long(u8),
}

fn changes() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    let bytes = prop::collection::vec(any::<u8>(), 0..12);
    prop_oneof![
        3 => Just(Change::None),
        2 => index().prop_map(Change::Cut),
        2 => (index(), bytes).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        2 => (index(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        2 => (index(), index()).prop_map(|(from, to)| Change::Swallow(from, to)),
        1 => index().prop_map(Change::Behind),
        1 => any::<u8>().prop_map(Change::Long),
    ]
}

fn change(line: &str, change: Change) -> Vec<u8> {
    let mut bytes = line.as_bytes().to_vec();
    let at = |index: &prop::sample::Index| index.index(line.len() + 1);
    match change {
        Change::None => {}
        Change::Cut(to) => bytes.truncate(at(&to)),
        Change::Insert(place, new) => {
            bytes.splice(at(&place)..at(&place), new);
        }
        Change::Replace(place, new) => {
            if let Some(byte) = bytes.get_mut(at(&place)) {
                *byte = new;
            }
        }
        Change::Swallow(from, to) => {
            let (from, to) = (at(&from), at(&to));
            bytes.drain(from.min(to)..from.max(to));
        }
        Change::Behind(other) => {
            bytes.extend_from_slice(other.get(SEEDS).as_bytes());
        }
        Change::Long(byte) => bytes.extend(std::iter::repeat_n(byte, 70_000)),
    }
    bytes
}

fn logs() -> impl Strategy<Value = Vec<u8>> {
    let line = (prop::sample::select(SEEDS), changes());
    let line = line.prop_map(|(line, what)| change(line, what));
    let lines = prop::collection::vec(line, 0..40);
    (lines, any::<bool>()).prop_map(|(lines, has_end)| {
        let mut log = lines.join(&b'\n');
        if has_end {
            log.push(b'\n');
        }
        log
    })
}

fn read(log: &[u8], buffer: usize) -> Trace {
    let mut reader = Reader::new();
    let open = || BufReader::with_capacity(buffer, log);
    reader.strace("t.12", open()).expect("memory can be read");
    reader.audit("audit", open()).expect("memory can be read");
    reader.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_log_holds(log in logs()) {
        let trace = read(&log, 1 << 16);
        prop_assert_eq!(&trace, &read(&log, 7), "however it comes in");
        for log in &trace.logs {
            prop_assert!(log.used + log.unused <= log.lines, "{:?}", log);
            prop_assert!(log.examples.len() <= 3);
        }
        for call in &trace.calls {
            prop_assert!(syscalls::is_known(call.name));
            prop_assert!(call.seen > 0 && call.values.written.len() <= 256);
        }
    }

    #[test]
    fn whatever_is_made_of_a_log(log in logs()) {
        let trace = read(&log, 1 << 16);
        for runtimes in [Runtimes::Runc, Runtimes::Any] {
            let request = Request {
                machines: vec![Abi::X86_64, Abi::S390x],
                runtimes,
                no_new_privileges: false,
                portable: runtimes == Runtimes::Any,
                arguments: runtimes == Runtimes::Runc,
            };
            let made = generate(&trace, &request);
            let is_there = trace.calls.iter().any(|call| call.unimplemented < call.seen);
            prop_assert!(made.is_some() || !is_there);
            let rules = made.into_iter().flat_map(|made| made.draft.rules);
            for rule in rules {
                prop_assert!(!rule.names.is_empty() && rule.names.is_sorted());
            }
        }
    }
}
