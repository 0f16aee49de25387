//! The kernel's audit lines of seccomp.
//!
//! `audit: type=1326 audit(T:N): auid=… pid=… comm="…" exe="…" sig=0 arch=c000003e syscall=157
//! compat=0 ip=0x… code=0x7ffc0000`, as `kernel/auditsc.c` writes it (`audit_seccomp`), behind
//! whatever `dmesg`, the journal or auditd put before it. auditd's own file says `type=SECCOMP
//! msg=audit(T:N): …`.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use caulk_linux::syscalls::{self, Abi};
use memchr::memmem;

use super::arguments::KEPT;
use super::lines::Lines;
use super::prefix::decimal;
use super::seen::{Counts, Mode, Tally, Value};
use super::{Log, Symptom};

/// `SECCOMP_RET_LOG` in `linux/seccomp.h`: the call was made.
const LOGGED: u64 = 0x7ffc_0000;

/// `SECCOMP_RET_TRAP`. A call is not made for this action and the ones that are stricter.
const TRAP: u64 = 0x0003_0000;

/// How many names of programs are kept.
const PROGRAMS: usize = 64;

/// The bit that tells x32's numbers from those of `x86_64`, which share an audit number.
const X32_BIT: u32 = 0x4000_0000;

/// Reads one log to its end.
pub(super) fn read(name: &str, log: impl BufRead, tally: &mut Tally) -> io::Result<Log> {
    let mut found = Log::new(name);
    let mut counts = Counts::new(&tally.names);
    let mut denied = 0;
    let mut is_killed = false;
    let mut is_suppressed = false;
    let mut programs: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut lines = Lines::new(log);
    while let Some(line) = lines.next()? {
        found.lines += 1;
        let Some(record) = Record::read(line.bytes) else {
            is_suppressed |= suppresses(line.bytes);
            found.leave(line.number, line.bytes);
            continue;
        };
        found.used += 1;
        let called = syscalls::name(record.abi, record.number);
        let index = called.and_then(|name| tally.names.find(name.as_bytes()));
        let mode = Mode::Abi(record.abi);
        match index.and_then(|index| counts.of(index)) {
            Some(count) => {
                let is_kept = called.is_some_and(|name| KEPT.contains(&name));
                count.line(
                    mode,
                    if is_kept {
                        Value::Unknown
                    } else {
                        Value::NotKept
                    },
                );
                count.failed += u64::from(record.code != LOGGED);
            }
            None => counts.number(mode, u64::from(record.number), 1),
        }
        denied += u64::from(record.code != LOGGED);
        is_killed |= record.code != LOGGED && action(record.code) < TRAP;
        if programs.len() < PROGRAMS {
            programs.insert(record.program.to_vec());
        }
    }
    if is_suppressed {
        found.symptoms.push(Symptom::Suppressed);
    }
    if is_killed {
        found.symptoms.push(Symptom::KilledByFilter);
    }
    if denied > 0 {
        found.symptoms.push(Symptom::Denied { records: denied });
    }
    if programs.len() > 1 {
        let programs = u64::try_from(programs.len()).unwrap_or(u64::MAX);
        found.symptoms.push(Symptom::SeveralPrograms { programs });
    }
    found.calls = counts.total();
    tally.add(&counts);
    Ok(found)
}

/// The action of a code, without its data. Killing the process (`0x8000_0000`) is the strictest
/// and has the largest number, as a signed one the smallest.
fn action(code: u64) -> u64 {
    match code & 0xffff_0000 {
        0x8000_0000 => 0,
        action => action,
    }
}

/// What is wanted of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Record<'l> {
    abi: Abi,
    number: u32,
    code: u64,
    program: &'l [u8],
}

impl<'l> Record<'l> {
    fn read(line: &'l [u8]) -> Option<Self> {
        let kind =
            memmem::find(line, b"type=1326 ").or_else(|| memmem::find(line, b"type=SECCOMP "))?;
        let record = line.get(kind..)?;
        // What a process is called comes first and may hold anything but a quotation mark or a
        // blank; it cannot make itself a field behind `sig=`, with which ours begin.
        let fields = record.get(memmem::rfind(record, b" sig=")?..)?;
        let field = |name: &[u8]| {
            let start = memmem::find(fields, name)? + name.len();
            let value = fields.get(start..)?;
            // auditd may put its own reading of a record behind it, after a control character.
            let end = value.iter().position(|byte| !byte.is_ascii_graphic());
            value.get(..end.unwrap_or(value.len()))
        };
        let number: u32 = decimal(field(b" syscall=")?)?;
        let code = field(b" code=")?;
        let code = hexadecimal(code.strip_prefix(b"0x").unwrap_or(code))?;
        let mut abi = architecture(field(b" arch=")?)?;
        if abi == Abi::X86_64 && number & X32_BIT != 0 {
            abi = Abi::X32;
        }
        let program = memmem::find(record, b" comm=").and_then(|at| {
            let value = record.get(at + b" comm=".len()..)?;
            value.split(u8::is_ascii_whitespace).next()
        });
        Some(Self {
            abi,
            number,
            code,
            program: program.unwrap_or_default(),
        })
    }
}

/// The number of an audit architecture (`c000003e`).
fn architecture(written: &[u8]) -> Option<Abi> {
    let number = hexadecimal(written)?;
    let is_it = |abi: &&Abi| **abi != Abi::X32 && u64::from(abi.audit_arch()) == number;
    Abi::ALL.iter().find(is_it).copied()
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether the kernel says that it left lines out.
fn suppresses(line: &[u8]) -> bool {
    let says = |text: &[u8]| memmem::find(line, text).is_some();
    says(b"callbacks suppressed")
        || says(b"audit: rate limit exceeded")
        || says(b"audit: backlog limit exceeded")
}
