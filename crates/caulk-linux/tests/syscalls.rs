//! The table of system calls against what others say: libseccomp's own, and the headers that
//! programs are compiled with.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the files and starts the program that it compares with"
)]

use std::io::{Write as _, stderr};
use std::process::{Command, ExitStatus};
use std::thread;
use std::{fmt, fs, io};

use caulk_linux::syscalls::{Abi, Danger, Source, all_names, name, number, subcall};

/// A line for whoever runs the tests, past libtest's capture.
fn say(line: fmt::Arguments<'_>) {
    // Nothing to do where stderr is closed.
    let _ = writeln!(stderr(), "{line}");
}

/// Where libseccomp 2.5.4 is right to differ, or we are.
const LISTED: &[(Abi, &str, &str)] = &[
    (
        Abi::X32,
        "map_shadow_stack",
        "in the kernel for x32 since 2024 (x86/shstk: Enable shadow stacks for x32), later than 2.5.4",
    ),
    (
        Abi::Arm,
        "sync_file_range2",
        "libseccomp knows the number by the header's alias, arm_sync_file_range",
    ),
];

/// What `scmp_sys_resolver` answers: nothing where it does not know the name, or the ABI.
fn resolve(abi: Abi, name: &str) -> io::Result<Option<i64>> {
    let resolver = Command::new("scmp_sys_resolver")
        .args(["-a", abi.name(), name])
        .output()?;
    let text = String::from_utf8_lossy(&resolver.stdout);
    let answer = text.trim().parse().ok();
    // -1 is its word for a name that it does not have at all.
    Ok(answer.filter(|answer| *answer != -1 && ExitStatus::success(&resolver.status)))
}

/// Whether an answer says what our table says.
fn agrees(abi: Abi, name: &str, answer: i64) -> bool {
    let multiplexed = subcall(name).filter(|_| abi.has_socketcall());
    if let (Some(subcall), true) = (multiplexed, answer < 0) {
        // Its pseudo number of a call that it filters through a multiplexer too.
        let hundreds = if subcall.multiplexer == "ipc" {
            200
        } else {
            100
        };
        return answer == -(hundreds + i64::from(subcall.operation));
    }
    let ours = number(abi, name).map(i64::from);
    ours == Some(answer) || (ours.is_none() && answer < 0)
}

/// How many names libseccomp knows for an ABI, and those about which it says otherwise.
fn compare(abi: Abi) -> (usize, Vec<&'static str>) {
    let (mut compared, mut differing) = (0, Vec::new());
    for name in all_names().chain(["arm_sync_file_range"]) {
        let Some(answer) = resolve(abi, name).expect("it started before") else {
            continue;
        };
        compared += 1;
        if !agrees(abi, name, answer) {
            differing.push(name);
        }
    }
    (compared, differing)
}

#[test]
fn numbers_are_libseccomps() {
    if resolve(Abi::X86_64, "read").is_err() {
        say(format_args!("skipped: scmp_sys_resolver is not here"));
        return;
    }
    // Two byte orders of one machine share their column: one of them is enough.
    let twins = [Abi::Ppc64, Abi::Mipsel, Abi::Mipsel64, Abi::Mipsel64N32];
    let abis: Vec<Abi> = Abi::ALL
        .iter()
        .copied()
        .filter(|abi| !twins.contains(abi))
        .collect();
    let verdicts: Vec<_> = thread::scope(|scope| {
        let halves = abis.chunks(abis.len().div_ceil(2));
        let started: Vec<_> = halves
            .map(|half| {
                scope.spawn(|| {
                    half.iter()
                        .map(|abi| (*abi, compare(*abi)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        started
            .into_iter()
            .flat_map(|half| half.join().unwrap())
            .collect()
    });
    let (mut compared, mut listed) = (0, 0);
    for (abi, (names, differing)) in verdicts {
        if names == 0 {
            say(format_args!("skipped: libseccomp here does not know {abi}"));
        }
        compared += names;
        for name in differing {
            let known = LISTED.iter().any(|one| (one.0, one.1) == (abi, name));
            assert!(known, "{abi} {name}: {:?} here", number(abi, name));
            listed += 1;
        }
    }
    let equal = compared - listed;
    say(format_args!(
        "libseccomp's numbers: {compared} compared, {equal} equal, {listed} listed"
    ));
    assert!(equal > 5000, "libseccomp was not understood");
}

/// Where Debian keeps each ABI's header, and what its numbers are relative to.
const HEADERS: &[(Abi, &str, u32)] = &[
    (
        Abi::X86_64,
        "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
        0,
    ),
    (Abi::X86, "/usr/include/x86_64-linux-gnu/asm/unistd_32.h", 0),
    (
        Abi::X32,
        "/usr/include/x86_64-linux-gnu/asm/unistd_x32.h",
        0x4000_0000,
    ),
    (
        Abi::Arm,
        "/usr/arm-linux-gnueabihf/include/asm/unistd-eabi.h",
        0,
    ),
    (
        Abi::S390x,
        "/usr/s390x-linux-gnu/include/asm/unistd_64.h",
        0,
    ),
    (Abi::S390, "/usr/s390x-linux-gnu/include/asm/unistd_32.h", 0),
    (
        Abi::Ppc64le,
        "/usr/powerpc64le-linux-gnu/include/asm/unistd_64.h",
        0,
    ),
    (
        Abi::Ppc64,
        "/usr/powerpc64-linux-gnu/include/asm/unistd_64.h",
        0,
    ),
    (
        Abi::Ppc,
        "/usr/powerpc-linux-gnu/include/asm/unistd_32.h",
        0,
    ),
    (
        Abi::Mips,
        "/usr/mips-linux-gnu/include/asm/unistd_o32.h",
        4000,
    ),
    (
        Abi::Mips64,
        "/usr/mips64-linux-gnuabi64/include/asm/unistd_n64.h",
        5000,
    ),
    (
        Abi::Mips64N32,
        "/usr/mips64-linux-gnuabin32/include/asm/unistd_n32.h",
        6000,
    ),
];

/// The calls of a header: `#define __NR_read 0`, or `(__X32_SYSCALL_BIT + 0)`.
fn defined(header: &str, base: u32) -> Vec<(&str, u32)> {
    let define = |line| -> Option<(&str, u32)> {
        let (name, value) = str::strip_prefix(line, "#define __NR_")?.split_once([' ', '\t'])?;
        let value = value.trim().trim_end_matches(')');
        let number: u32 = value.rsplit([' ', '+']).next()?.parse().ok()?;
        let no_call = ["unused", "reserved", "Linux", "syscalls"];
        let is_call = !no_call.iter().any(|word| name.starts_with(word));
        is_call.then_some((name, base + number))
    };
    header.lines().filter_map(define).collect()
}

#[test]
fn numbers_are_the_headers() {
    let mut compared = 0;
    for (abi, path, base) in HEADERS {
        let Ok(header) = fs::read_to_string(path) else {
            say(format_args!("skipped: {path} is not here"));
            continue;
        };
        let calls = defined(&header, *base);
        assert!(
            calls.len() > 300,
            "{path} was not understood: {}",
            calls.len()
        );
        compared += calls.len();
        for (call, value) in calls {
            assert_eq!(number(*abi, call), Some(value), "{abi} {call}");
        }
    }
    say(format_args!(
        "headers' numbers: {compared} compared, all equal"
    ));
}

/// The machines that share one list, which holds calls that only some of them have.
const GENERIC: &[(Abi, &str)] = &[
    (
        Abi::Aarch64,
        "/usr/aarch64-linux-gnu/include/asm-generic/unistd.h",
    ),
    (
        Abi::Riscv64,
        "/usr/riscv64-linux-gnu/include/asm-generic/unistd.h",
    ),
    (
        Abi::Loongarch64,
        "/usr/riscv64-linux-gnu/include/asm-generic/unistd.h",
    ),
];

#[test]
fn numbers_are_the_generic_headers() {
    for (abi, path) in GENERIC {
        let Ok(header) = fs::read_to_string(path) else {
            say(format_args!("skipped: {path} is not here"));
            continue;
        };
        let calls = defined(&header, 0);
        let known = calls.iter().filter(|(call, value)| {
            let ours = number(*abi, call);
            assert!(ours.is_none() || ours == Some(*value), "{abi} {call}");
            ours.is_some()
        });
        // Some forty are defined as what another word says.
        assert!(known.count() > 250, "{path} was not understood");
    }
}

#[test]
fn audit_numbers_are_the_headers() {
    let path = "/usr/include/linux/audit.h";
    let (Ok(audit), Ok(machines)) = (
        fs::read_to_string(path),
        fs::read_to_string("/usr/include/linux/elf-em.h"),
    ) else {
        say(format_args!("skipped: {path} is not here"));
        return;
    };
    let value = |text: &str, wanted: &str| -> Option<u32> {
        let value = text.lines().find_map(|line| {
            let mut words = line.strip_prefix("#define")?.split_whitespace();
            (words.next()? == wanted).then(|| words.next().map(str::to_owned))?
        })?;
        match value.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => value.parse().ok(),
        }
    };
    for (abi, constant) in [
        (Abi::X86_64, "X86_64"),
        (Abi::X86, "I386"),
        (Abi::X32, "X86_64"),
        (Abi::Arm, "ARM"),
        (Abi::Aarch64, "AARCH64"),
        (Abi::Riscv64, "RISCV64"),
        (Abi::Loongarch64, "LOONGARCH64"),
        (Abi::S390x, "S390X"),
        (Abi::S390, "S390"),
        (Abi::Ppc64le, "PPC64LE"),
        (Abi::Ppc64, "PPC64"),
        (Abi::Ppc, "PPC"),
        (Abi::Mips, "MIPS"),
        (Abi::Mipsel, "MIPSEL"),
        (Abi::Mips64, "MIPS64"),
        (Abi::Mipsel64, "MIPSEL64"),
        (Abi::Mips64N32, "MIPS64N32"),
        (Abi::Mipsel64N32, "MIPSEL64N32"),
    ] {
        let start = format!("#define AUDIT_ARCH_{constant}\t");
        let line = audit
            .lines()
            .find_map(|line| line.strip_prefix(&start))
            .unwrap();
        // A sum of flags, over one line or two: `(EM_MIPS|__AUDIT_ARCH_64BIT|\`.
        let rest = audit.split_once(&start).unwrap().1;
        let sum = if line.contains(')') || !line.contains('(') {
            line
        } else {
            rest.split_once(')').unwrap().0
        };
        let terms = sum.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
        let theirs: u32 = terms
            .filter(|term| !term.is_empty())
            .map(|term| {
                value(&audit, term)
                    .or_else(|| value(&machines, term))
                    .unwrap()
            })
            .fold(0, |sum, term| sum | term);
        assert_eq!(abi.audit_arch(), theirs, "{abi}");
    }
}

#[test]
fn a_name_comes_back_under_every_byte_order() {
    for (one, other) in [
        (Abi::Ppc64, Abi::Ppc64le),
        (Abi::Mips, Abi::Mipsel),
        (Abi::Mips64, Abi::Mipsel64),
        (Abi::Mips64N32, Abi::Mipsel64N32),
    ] {
        for call in all_names() {
            assert_eq!(number(one, call), number(other, call), "{call}");
            if let Some(value) = number(one, call) {
                assert_eq!(name(other, value), Some(call));
            }
        }
    }
}

#[test]
fn the_pages_that_dangers_cite_are_in_the_manual() {
    if fs::metadata("/usr/share/man/man2/clone.2.gz").is_err() {
        say(format_args!("skipped: the Linux manual is not here"));
        return;
    }
    for source in Danger::ALL.iter().flat_map(|danger| danger.sources) {
        if let Source::Man(page) = source {
            let (name, section) = page.trim_end_matches(')').split_once('(').unwrap();
            let path = format!("/usr/share/man/man{section}/{name}.{section}.gz");
            assert!(fs::metadata(&path).is_ok(), "{path}");
        }
    }
}
