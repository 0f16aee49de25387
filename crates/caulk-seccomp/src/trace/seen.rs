//! What is counted of a call.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use caulk_linux::syscalls::{self, Abi};

use super::arguments::KEPT;

/// How a process enters the kernel. `strace` says so relative to the machine that it runs on, the
/// kernel's audit lines say it outright.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mode {
    /// As the machine's programs do.
    Native,
    /// As 32-bit programs do on a 64-bit machine.
    Bits32,
    /// As `x32` programs do on `x86_64`.
    X32,
    /// By this ABI.
    Abi(Abi),
}

/// A set of [`Mode`]s.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Modes(u32);

impl Mode {
    fn bit(self) -> u32 {
        let index = match self {
            Self::Native => 0,
            Self::Bits32 => 1,
            Self::X32 => 2,
            Self::Abi(abi) => 3 + Abi::ALL.iter().position(|one| *one == abi).unwrap_or(0),
        };
        1 << index
    }
}

impl Modes {
    /// Whether it holds this one.
    pub fn contains(self, mode: Mode) -> bool {
        self.0 & mode.bit() != 0
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds one.
    pub fn insert(&mut self, mode: Mode) {
        self.0 |= mode.bit();
    }

    /// Adds all of another.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Mode> {
        let relative = [Mode::Native, Mode::Bits32, Mode::X32].into_iter();
        let absolute = Abi::ALL.iter().copied().map(Mode::Abi);
        relative
            .chain(absolute)
            .filter(move |mode| self.contains(*mode))
    }
}

/// A call that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// How often.
    pub seen: u64,
    /// How often it failed, of those whose answer is in the log.
    pub failed: u64,
    /// How often it failed with `ENOSYS`.
    pub unimplemented: u64,
    /// How its callers enter the kernel.
    pub modes: Modes,
    /// What the argument that a filter can look at held: see [`Values`].
    pub values: Values,
}

/// A call that a log has by number alone, because whoever wrote it did not know the name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unnamed {
    /// How its caller enters the kernel.
    pub mode: Mode,
    /// The number.
    pub number: u64,
    /// How often.
    pub seen: u64,
}

/// The values of one argument, as they are written: the family of `socket` and `socketpair`, the
/// flags of `clone`, the persona of `personality`, the request of `ioctl`. Of other calls nothing is
/// kept.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Values {
    /// The values: names of constants joined by `|`, or numbers.
    pub written: BTreeSet<String>,
    /// How often the call was made with a value that is not known: the line is cut, the log is a
    /// summary, or there are too many different ones to be kept.
    pub unknown: u64,
}

/// One value, as it is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value<'v> {
    /// Nothing is kept of this call.
    NotKept,
    /// It is not in the log.
    Unknown,
    /// It is written so.
    Written(&'v str),
}

/// How many different values are kept.
const VALUES: usize = 256;

/// How many different numbers without a name are kept.
const NUMBERS: usize = 1024;

impl Values {
    fn add(&mut self, value: Value<'_>) {
        let is_full = self.written.len() >= VALUES;
        match value {
            Value::NotKept => {}
            Value::Written(value) if self.written.contains(value) => {}
            Value::Written(value) if !is_full => {
                self.written.insert(value.to_owned());
            }
            Value::Written(_) | Value::Unknown => self.unknown += 1,
        }
    }

    fn add_unknown(&mut self, times: u64) {
        self.unknown = self.unknown.saturating_add(times);
    }

    fn merge(&mut self, other: &Self) {
        self.add_unknown(other.unknown);
        for value in &other.written {
            self.add(Value::Written(value));
        }
    }
}

/// The names of all calls, to be found by their bytes.
#[derive(Debug)]
pub(super) struct Names {
    indexes: HashMap<&'static [u8], usize>,
    names: Vec<&'static str>,
}

impl Names {
    fn new() -> Self {
        let names: Vec<&'static str> = syscalls::all_names().collect();
        let indexes = names.iter().enumerate();
        Self {
            indexes: indexes
                .map(|(index, name)| (name.as_bytes(), index))
                .collect(),
            names,
        }
    }

    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        // What libc calls it, and `strace` did before 4.
        let name = if name == b"_exit" { b"exit" } else { name };
        self.indexes.get(name).copied()
    }

    pub(super) fn name(&self, index: usize) -> &'static str {
        self.names.get(index).copied().unwrap_or_default()
    }
}

/// What is counted of one call in one log.
#[derive(Clone, Default, Debug)]
pub(super) struct Count {
    /// On lines of their own.
    pub(super) lines: u64,
    /// In summaries.
    pub(super) summed: u64,
    pub(super) failed: u64,
    pub(super) unimplemented: u64,
    pub(super) modes: Modes,
    pub(super) values: Values,
}

impl Count {
    /// Counts one call on a line.
    pub(super) fn line(&mut self, mode: Mode, value: Value<'_>) {
        self.lines += 1;
        self.modes.insert(mode);
        self.values.add(value);
    }

    /// Counts what a row of a summary says.
    pub(super) fn sum(&mut self, mode: Mode, calls: u64, errors: u64) {
        self.summed = self.summed.saturating_add(calls);
        if self.lines == 0 {
            self.failed = self.failed.saturating_add(errors);
        }
        self.modes.insert(mode);
    }

    /// A summary behind the lines (`-C`) counts the same calls once more.
    fn seen(&self) -> u64 {
        self.lines.max(self.summed)
    }
}

/// What is counted in one log, or in all.
#[derive(Debug)]
pub(super) struct Counts {
    calls: Vec<Count>,
    numbers: BTreeMap<(Mode, u64), u64>,
}

impl Counts {
    pub(super) fn new(names: &Names) -> Self {
        Self {
            calls: vec![Count::default(); names.names.len()],
            numbers: BTreeMap::new(),
        }
    }

    /// The count of a call.
    pub(super) fn of(&mut self, index: usize) -> Option<&mut Count> {
        self.calls.get_mut(index)
    }

    /// Counts a call without a name. Past a number of them, which no program makes, they are left.
    pub(super) fn number(&mut self, mode: Mode, number: u64, times: u64) {
        let is_full = self.numbers.len() >= NUMBERS;
        if let Some(seen) = self.numbers.get_mut(&(mode, number)) {
            *seen = seen.saturating_add(times);
        } else if !is_full {
            self.numbers.insert((mode, number), times);
        }
    }

    /// How often any call was counted.
    pub(super) fn total(&self) -> u64 {
        let named = self.calls.iter().map(Count::seen);
        sum(named.chain(self.numbers.values().copied()))
    }

    /// How often a call with one of these names was counted.
    pub(super) fn sum(&self, names: &Names, wanted: &[&str]) -> u64 {
        let indexes = wanted.iter().filter_map(|name| names.find(name.as_bytes()));
        sum(indexes
            .filter_map(|index| self.calls.get(index))
            .map(Count::seen))
    }

    /// How often a call on a line was counted, and how often it failed.
    pub(super) fn on_lines(&self) -> (u64, u64) {
        let lines = sum(self.calls.iter().map(|count| count.lines));
        (lines, sum(self.calls.iter().map(|count| count.failed)))
    }

    /// Whether a summary was counted.
    pub(super) fn has_summary(&self) -> bool {
        self.calls.iter().any(|count| count.summed > 0)
    }
}

/// A log may say any number.
fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

/// What is counted in all logs.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) names: Names,
    calls: Vec<Option<Call>>,
    numbers: BTreeMap<(Mode, u64), u64>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let names = Names::new();
        Self {
            calls: vec![None; names.names.len()],
            names,
            numbers: BTreeMap::new(),
        }
    }

    /// Adds what one log has.
    pub(super) fn add(&mut self, counts: &Counts) {
        for (index, count) in counts.calls.iter().enumerate() {
            let seen = count.seen();
            let Some(call) = self.calls.get_mut(index).filter(|_| seen > 0) else {
                continue;
            };
            let call = call.get_or_insert_with(|| Call {
                name: self.names.name(index),
                seen: 0,
                failed: 0,
                unimplemented: 0,
                modes: Modes::default(),
                values: Values::default(),
            });
            call.seen = call.seen.saturating_add(seen);
            call.failed = call.failed.saturating_add(count.failed);
            call.unimplemented += count.unimplemented;
            call.modes.extend(count.modes);
            call.values.merge(&count.values);
            if KEPT.contains(&call.name) && count.lines == 0 {
                call.values.add_unknown(count.summed);
            }
        }
        for ((mode, number), seen) in &counts.numbers {
            let is_full = self.numbers.len() >= NUMBERS;
            if let Some(there) = self.numbers.get_mut(&(*mode, *number)) {
                *there = there.saturating_add(*seen);
            } else if !is_full {
                self.numbers.insert((*mode, *number), *seen);
            }
        }
    }

    /// The calls by name, and those without one.
    pub(super) fn finish(self) -> (Vec<Call>, Vec<Unnamed>) {
        let mut calls: Vec<Call> = self.calls.into_iter().flatten().collect();
        calls.sort_by_key(|call| call.name);
        let unnamed = self
            .numbers
            .into_iter()
            .map(|((mode, number), seen)| Unnamed { mode, number, seen });
        (calls, unnamed.collect())
    }
}
