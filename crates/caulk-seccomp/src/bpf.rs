//! The filter as a program for the kernel.

use std::fmt;

use caulk_linux::syscalls::Abi;

use crate::Outcome;
use crate::condition::{Condition, Test};
use crate::errno::ENOSYS;
use crate::filter::{Call, Filter, Table, X32_BIT, conditions, width};
use crate::program::{Backward, Compare, Instruction, Place};

/// The kernel's `BPF_MAXINSNS`.
const MOST_INSTRUCTIONS: usize = 4096;

/// Where the call's number stands in `struct seccomp_data`.
const NUMBER: u32 = 0;
/// Where the architecture stands.
const ARCHITECTURE: u32 = 4;
/// Where the arguments begin, eight bytes each.
const ARGUMENTS: u32 = 16;

/// Why there is no program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong {
    /// How many instructions it would have, as far as that was counted.
    pub instructions: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the filter has {} instructions or more, and the kernel takes {MOST_INSTRUCTIONS}",
            self.instructions
        )
    }
}

impl std::error::Error for TooLong {}

impl Filter {
    /// The program of the filter, with runc's `ENOSYS` for newer calls where runc is the runtime.
    ///
    /// It decides as [`Filter::decide`] does. Where that is ambiguous, the first rule in the file
    /// that applies decides here; libseccomp's program may do otherwise.
    ///
    /// # Errors
    ///
    /// Where the kernel would not take a program as long.
    pub fn program(&self) -> Result<Vec<Instruction>, TooLong> {
        let mut program = Backward::default();
        let unlisted = Outcome::KillThread.return_value();
        let mut start = program.returning(unlisted);
        let mut is_first = true;
        let mut done: Vec<u32> = Vec::new();
        for table in self.tables.iter().rev() {
            let audit = table.abi.audit_arch();
            if done.contains(&audit) {
                continue;
            }
            done.push(audit);
            let section = self.section(&mut program, audit)?;
            if is_first {
                // The nearest return for what is not listed.
                start = program.returning(unlisted);
                is_first = false;
            }
            start = program.compare(Compare::Equal, audit, section, start);
        }
        let start = program.load(ARCHITECTURE, start);
        let instructions = program.finish(start);
        if instructions.len() > MOST_INSTRUCTIONS {
            return Err(TooLong {
                instructions: instructions.len(),
            });
        }
        Ok(instructions)
    }

    /// The program as bytes: an array of `struct sock_filter` in the byte order of the machine that
    /// it is for, which is what `bwrap --seccomp` reads.
    ///
    /// # Errors
    ///
    /// Where the kernel would not take a program as long.
    pub fn export_bpf(&self) -> Result<Vec<u8>, TooLong> {
        let is_big = self.host.abi.is_big_endian();
        let program = self.program()?;
        let mut bytes = Vec::with_capacity(program.len() * 8);
        for instruction in program {
            let (code, operand) = if is_big {
                (
                    instruction.code.to_be_bytes(),
                    instruction.operand.to_be_bytes(),
                )
            } else {
                (
                    instruction.code.to_le_bytes(),
                    instruction.operand.to_le_bytes(),
                )
            };
            bytes.extend(code);
            bytes.extend([instruction.jump_true, instruction.jump_false]);
            bytes.extend(operand);
        }
        Ok(bytes)
    }

    /// What is done under one audit number: one table, or x86-64's and x32's.
    fn section(&self, program: &mut Backward, audit: u32) -> Result<Place, TooLong> {
        let (wide, x32) = (self.table(Abi::X86_64), self.table(Abi::X32));
        let place = if audit == Abi::X86_64.audit_arch() {
            let x32_calls = match x32 {
                Some(table) => self.calls(program, table)?,
                None => self.outside_x32(program, wide),
            };
            let wide_calls = match wide {
                Some(table) => self.calls(program, table)?,
                None => program.returning(Outcome::KillThread.return_value()),
            };
            let both = program.compare(Compare::GreaterOrEqual, X32_BIT, x32_calls, wide_calls);
            // runc tells x32 by its bit, libseccomp by the size of the number.
            let wide_calls = newer(program, wide, both);
            let x32_calls = newer(program, x32, both);
            if wide_calls == x32_calls {
                both
            } else {
                program.compare(Compare::Bits, X32_BIT, x32_calls, wide_calls)
            }
        } else {
            let table = self.tables.iter().find(|it| it.abi.audit_arch() == audit);
            let calls = match table {
                Some(table) => self.calls(program, table)?,
                None => program.returning(Outcome::KillThread.return_value()),
            };
            newer(program, table, calls)
        };
        Ok(program.load(NUMBER, place))
    }

    /// Numbers from x32's bit up where x32 is not listed.
    fn outside_x32(&self, program: &mut Backward, wide: Option<&Table>) -> Place {
        let unlisted = program.returning(Outcome::KillThread.return_value());
        if wide.is_none() {
            return unlisted;
        }
        let default = program.returning(self.default.return_value());
        program.compare(Compare::Equal, u32::MAX, default, unlisted)
    }

    /// The calls of a table: a search by halves over runs of numbers that meet the same.
    fn calls(&self, program: &mut Backward, table: &Table) -> Result<Place, TooLong> {
        let runs = self.runs(table);
        self.search(program, table, &runs)
    }

    fn search(
        &self,
        program: &mut Backward,
        table: &Table,
        runs: &[Run<'_>],
    ) -> Result<Place, TooLong> {
        if program.len() > MOST_INSTRUCTIONS {
            return Err(TooLong {
                instructions: program.len(),
            });
        }
        let (left, right) = runs.split_at(runs.len() / 2);
        match right {
            [] => Ok(program.returning(self.default.return_value())),
            [only] if left.is_empty() => match only.meets {
                Meets::Always(outcome) => Ok(program.returning(outcome.return_value())),
                Meets::Depends(call) => self.conditional(program, table, call),
            },
            [middle, ..] => {
                let first = middle.first;
                let right = self.search(program, table, right)?;
                let left = self.search(program, table, left)?;
                Ok(program.compare(Compare::GreaterOrEqual, first, right, left))
            }
        }
    }

    /// Runs of numbers that meet the same, from 0 up, without a gap.
    fn runs<'f>(&self, table: &'f Table) -> Vec<Run<'f>> {
        let by_default = |first| Run {
            first,
            meets: Meets::Always(self.default),
        };
        let mut runs = vec![by_default(0)];
        for call in &table.calls {
            let entries = table.entries_of(call);
            let always = call.always.and_then(|index| entries.get(index));
            let meets = match always.and_then(|entry| self.outcome(*entry)) {
                Some(outcome) => Meets::Always(outcome),
                None => Meets::Depends(call),
            };
            runs.push(Run {
                first: call.number,
                meets,
            });
            runs.extend(call.number.checked_add(1).map(by_default));
        }
        let mut merged: Vec<Run<'_>> = Vec::with_capacity(runs.len());
        for run in runs {
            if merged.last().is_some_and(|last| last.first == run.first) {
                merged.pop();
            }
            let continues = merged.last().is_some_and(|last| {
                matches!((last.meets, run.meets), (Meets::Always(one), Meets::Always(other)) if one == other)
            });
            if !continues {
                merged.push(run);
            }
        }
        merged
    }

    /// The conditions of a call, the first that hold deciding.
    fn conditional(
        &self,
        program: &mut Backward,
        table: &Table,
        call: &Call,
    ) -> Result<Place, TooLong> {
        let mut otherwise = program.returning(self.default.return_value());
        for entry in table.entries_of(call).iter().rev() {
            let Some(rule) = self.rules.get(entry.rule) else {
                continue;
            };
            for branch in rule.branches(width(table.abi)).iter().rev() {
                if program.len() > MOST_INSTRUCTIONS {
                    return Err(TooLong {
                        instructions: program.len(),
                    });
                }
                let mut target = program.returning(rule.outcome.return_value());
                let conditions: Vec<Condition> = conditions(*entry, branch).collect();
                for condition in conditions.into_iter().rev() {
                    target = test(program, table.abi, condition, target, otherwise);
                }
                otherwise = target;
            }
        }
        Ok(otherwise)
    }
}

/// Numbers that meet the same, up to the next run.
#[derive(Clone, Copy)]
struct Run<'f> {
    first: u32,
    meets: Meets<'f>,
}

#[derive(Clone, Copy)]
enum Meets<'f> {
    Always(Outcome),
    Depends(&'f Call),
}

/// runc's answer to calls that are newer than all that are named, before `calls`.
fn newer(program: &mut Backward, table: Option<&Table>, calls: Place) -> Place {
    let Some((table, highest)) = table.and_then(|table| Some((table, table.highest?))) else {
        return calls;
    };
    let enosys = program.returning(Outcome::Errno(ENOSYS).return_value());
    let above = program.compare(Compare::Greater, highest, enosys, calls);
    if matches!(table.abi, Abi::S390 | Abi::S390x) {
        return program.compare(Compare::Equal, 0, enosys, above);
    }
    above
}

/// One condition: to `holds` or to `fails`. Of 64 bits the high half is looked at first.
fn test(
    program: &mut Backward,
    abi: Abi,
    condition: Condition,
    holds: Place,
    fails: Place,
) -> Place {
    let value = condition.test.value();
    let halves = Halves {
        abi,
        index: condition.index.into(),
        value,
    };
    match condition.test {
        Test::Equal(_) => halves.equal(program, u64::MAX, holds, fails),
        Test::NotEqual(_) => halves.equal(program, u64::MAX, fails, holds),
        Test::Masked { mask, .. } => halves.equal(program, mask, holds, fails),
        Test::Greater(_) => halves.order(program, Compare::Greater, holds, fails),
        Test::GreaterOrEqual(_) => halves.order(program, Compare::GreaterOrEqual, holds, fails),
        Test::Less(_) => halves.order(program, Compare::GreaterOrEqual, fails, holds),
        Test::LessOrEqual(_) => halves.order(program, Compare::Greater, fails, holds),
    }
}

/// The two halves of an argument.
struct Halves {
    abi: Abi,
    index: u32,
    value: u64,
}

impl Halves {
    fn is_wide(&self) -> bool {
        !self.abi.is_32_bit()
    }

    fn load(&self, program: &mut Backward, high: bool, next: Place) -> Place {
        let second = if high == self.abi.is_big_endian() {
            0
        } else {
            4
        };
        program.load(ARGUMENTS + 8 * self.index + second, next)
    }

    fn equal(&self, program: &mut Backward, mask: u64, holds: Place, fails: Place) -> Place {
        let mut half = |high: bool, next: Place| {
            let (mask, value) = if high {
                (upper(mask), upper(self.value))
            } else {
                (lower(mask), lower(self.value))
            };
            if mask == 0 {
                return next;
            }
            let compared = program.compare(Compare::Equal, value, next, fails);
            let cut = if mask == u32::MAX {
                compared
            } else {
                program.and(mask, compared)
            };
            self.load(program, high, cut)
        };
        let low = half(false, holds);
        if self.is_wide() { half(true, low) } else { low }
    }

    fn order(&self, program: &mut Backward, compare: Compare, holds: Place, fails: Place) -> Place {
        let low = program.compare(compare, lower(self.value), holds, fails);
        let low = self.load(program, false, low);
        if !self.is_wide() {
            return low;
        }
        let high = upper(self.value);
        let same = program.compare(Compare::Equal, high, low, fails);
        let above = program.compare(Compare::Greater, high, holds, same);
        self.load(program, true, above)
    }
}

fn upper(value: u64) -> u32 {
    u32::try_from(value >> 32).unwrap_or(u32::MAX)
}

fn lower(value: u64) -> u32 {
    u32::try_from(value & 0xffff_ffff).unwrap_or(u32::MAX)
}
