//! One log of `strace`.

use std::io::{self, BufRead};

use super::arguments::{self, KEPT};
use super::body::{self, Body};
use super::ending::{Answer, Ending};
use super::ends::Ends;
use super::kin::Kin;
use super::lines::{Line, Lines};
use super::prefix::{self, decimal, digits};
use super::processes::Processes;
use super::seen::{Counts, Mode, Names, Tally, Value};
use super::split::Split;
use super::summary::{self, Row, Tables};
use super::{Log, Symptom};

/// The calls that start a process or thread and answer with its number.
const STARTS: &[&str] = &["clone", "clone3", "fork", "vfork"];

/// The calls that write what may cut their own line.
const WRITES: &[&str] = &["pwrite64", "pwritev", "pwritev2", "write", "writev"];

/// Reads one log to its end.
pub(super) fn read(
    name: &str,
    log: impl BufRead,
    tally: &mut Tally,
    kin: &mut Kin,
) -> io::Result<Log> {
    let mut state = State::new(name, &tally.names);
    let mut lines = Lines::new(log);
    while let Some(line) = lines.next()? {
        state.line(line);
    }
    let (log, counts) = state.finish(kin);
    tally.add(&counts);
    Ok(log)
}

struct State<'n> {
    names: &'n Names,
    kinds: Kinds,
    log: Log,
    counts: Counts,
    processes: Processes,
    split: Option<Split>,
    tables: Tables,
    /// The first call on a line, and its process.
    first: Option<(usize, u32)>,
    ends: Ends,
    /// Lines that have the form of a call without being one: a log of something else.
    foreign: u64,
    is_library_summary: bool,
}

/// What is to be known of a call at once, by its index.
struct Kinds {
    kept: Vec<usize>,
    starts: Vec<usize>,
    writes: Vec<usize>,
}

impl Kinds {
    fn new(names: &Names) -> Self {
        let find = |wanted: &[&str]| {
            let indexes = wanted.iter().filter_map(|name| names.find(name.as_bytes()));
            indexes.collect()
        };
        Self {
            kept: find(KEPT),
            starts: find(STARTS),
            writes: find(WRITES),
        }
    }
}

impl<'n> State<'n> {
    fn new(name: &str, names: &'n Names) -> Self {
        Self {
            names,
            kinds: Kinds::new(names),
            log: Log::new(name),
            counts: Counts::new(names),
            processes: Processes::new(name),
            split: None,
            tables: Tables::default(),
            first: None,
            ends: Ends::default(),
            foreign: 0,
            is_library_summary: false,
        }
    }

    fn line(&mut self, line: Line<'_>) {
        self.log.lines += 1;
        if let Some((mode, row)) = self.tables.row(line.bytes) {
            if self.sum(mode, row) {
                self.log.used += 1;
            } else {
                self.log.leave(line.number, line.bytes);
            }
            return;
        }
        self.ends.is_open = false;
        if self.say(line, line.bytes) {
            return;
        }
        let again = body::restart(line.bytes);
        if !again.is_some_and(|rest| self.say(line, rest)) {
            self.other(line);
        }
    }

    /// Reads a line from where it begins. Whether something could be made of it.
    fn say(&mut self, line: Line<'_>, text: &[u8]) -> bool {
        let (prefix, rest) = prefix::strip(text);
        let body = body::body(rest);
        if body == Body::Other {
            return false;
        }
        let process = self.processes.of(prefix.pid);
        match body {
            Body::Call {
                name,
                arguments,
                ending,
            } => {
                let mode = self.processes.mode(process);
                let Some(index) = self.names.find(name) else {
                    return self.unnamed(name, mode, ending);
                };
                let call = Called {
                    index,
                    process,
                    mode,
                };
                self.call(line, call, arguments, ending);
                return true;
            }
            Body::Resumed { name, ending } => return self.resumed(process, name, ending),
            Body::Rest(ending) => return self.rest(ending),
            Body::Exited => self.ends.exited += 1,
            Body::Killed { by_filter } => {
                self.ends.killed += 1;
                self.ends.is_killed_by_filter |= by_filter;
            }
            Body::RunsIn { pid, mode } => {
                self.processes.runs_in(pid, mode);
                self.processes.runs_in(process, mode);
            }
            Body::Attached { pid } => self.processes.meet(pid),
            Body::Remark | Body::Other => {}
        }
        self.log.used += 1;
        true
    }

    fn call(&mut self, line: Line<'_>, call: Called, arguments: &[u8], ending: Ending) {
        self.leave_split();
        let value = if self.kinds.kept.contains(&call.index) {
            arguments::value(self.names.name(call.index), arguments)
        } else {
            Value::NotKept
        };
        // A line without an end is a call if its rest comes, or if what cuts it is known: the end
        // of the log, its own length, or the output that this very call writes.
        let is_known_cut = !line.has_end || line.is_cut || self.kinds.writes.contains(&call.index);
        match ending {
            Ending::Open if !is_known_cut => {
                self.meet_glued(arguments);
                self.split = Some(Split::call(call, value, line));
                return;
            }
            Ending::Open if line.has_end => self.split = Some(Split::counted()),
            Ending::Open => self.ends.is_open = true,
            Ending::Unfinished => self.processes.interrupt(call.process, call.index),
            Ending::Answered(answer) => self.answer(call.index, answer),
        }
        self.log.used += 1;
        self.count(call, value);
        self.interrupted(call.mode, arguments);
    }

    /// The value of a call whose arguments are not there.
    fn unknown(&self, index: usize) -> Value<'static> {
        if self.kinds.kept.contains(&index) {
            Value::Unknown
        } else {
            Value::NotKept
        }
    }

    fn count(&mut self, call: Called, value: Value<'_>) {
        self.first.get_or_insert((call.index, call.process));
        if let Some(count) = self.counts.of(call.index) {
            count.line(call.mode, value);
        }
    }

    fn answer(&mut self, index: usize, answer: Answer) {
        self.ends.succeeded += u64::from(answer.succeeded);
        if let Some(count) = self.counts.of(index) {
            count.failed += u64::from(answer.failed);
            count.unimplemented += u64::from(answer.is_enosys);
        }
        if let Some(process) = answer.value
            && self.kinds.starts.contains(&index)
        {
            self.processes.start(process);
        }
    }

    /// Counts one more call by its name.
    fn also(&mut self, name: &[u8], mode: Mode) {
        let Some(index) = self.names.find(name) else {
            return;
        };
        let value = self.unknown(index);
        if let Some(count) = self.counts.of(index) {
            count.line(mode, value);
        }
    }

    /// `restart_syscall(<... resuming interrupted read ...>`: the program was in that call when
    /// `strace` came.
    fn interrupted(&mut self, mode: Mode, arguments: &[u8]) {
        if let Some(name) = arguments.strip_prefix(b"<... resuming interrupted ") {
            let name = name.split(|byte| *byte == b' ').next();
            self.also(name.unwrap_or_default(), mode);
        }
    }

    /// `syscall_0x14d(…`, or a word that is no call.
    fn unnamed(&mut self, name: &[u8], mode: Mode, ending: Ending) -> bool {
        if ending == Ending::Open {
            return false;
        }
        let Some(number) = numbered(name) else {
            self.foreign += 1;
            return false;
        };
        self.leave_split();
        self.log.used += 1;
        self.counts.number(mode, number, 1);
        true
    }

    fn resumed(&mut self, process: u32, name: &[u8], ending: Ending) -> bool {
        let Some(index) = self.names.find(name) else {
            let is_numbered = numbered(name).is_some();
            self.log.used += u64::from(is_numbered);
            return is_numbered;
        };
        self.leave_split();
        self.log.used += 1;
        if let Ending::Answered(answer) = ending {
            self.answer(index, answer);
        }
        if !self.processes.resume(process, index) {
            // Its beginning is from before `strace` came.
            let mode = self.processes.mode(process);
            let call = Called {
                index,
                process,
                mode,
            };
            self.count(call, self.unknown(index));
        }
        true
    }

    /// The rest of a line that was cut by output.
    fn rest(&mut self, ending: Ending) -> bool {
        let Some(split) = self.split.take() else {
            return false;
        };
        self.log.used += 1;
        let Some((call, value)) = split.call else {
            return true;
        };
        self.log.used += 1;
        match ending {
            Ending::Answered(answer) => self.answer(call.index, answer),
            Ending::Unfinished => self.processes.interrupt(call.process, call.index),
            Ending::Open => {}
        }
        self.count(call, value.as_value());
        true
    }

    /// A line that is nothing of `strace`'s, unless it heads a table.
    fn other(&mut self, line: Line<'_>) {
        if self.tables.begin(line.bytes) {
            self.log.used += 1;
            return;
        }
        self.is_library_summary |= summary::heads_library_calls(line.bytes);
        if self.split.as_mut().is_some_and(Split::is_overdue) {
            self.leave_split();
        }
        self.log.leave(line.number, line.bytes);
    }

    /// Counts what a row of a table says.
    fn sum(&mut self, mode: Mode, row: Row<'_>) -> bool {
        let Row::Call {
            name,
            calls,
            errors,
        } = row
        else {
            return true;
        };
        let Some(index) = self.names.find(name) else {
            let number = numbered(name);
            if let Some(number) = number {
                self.counts.number(mode, number, calls);
            }
            return number.is_some();
        };
        if let Some(count) = self.counts.of(index) {
            count.sum(mode, calls, errors);
        }
        true
    }

    /// The first part of a line whose rest does not come was no call: output that looks like one.
    fn leave_split(&mut self) {
        if let Some(split) = self.split.take()
            && split.call.is_some()
        {
            self.log.leave(split.number, &split.start);
        }
    }

    /// `…SIGCHLDstrace: Process 12 attached`, on standard error.
    fn meet_glued(&mut self, text: &[u8]) {
        let mark = b"strace: Process ";
        let near = text.get(text.len().saturating_sub(64)..).unwrap_or(text);
        let at = near.windows(mark.len()).position(|window| window == mark);
        let after = at.and_then(|at| near.get(at + mark.len()..));
        if let Some(process) = after.and_then(|after| decimal(digits(after).0)) {
            self.processes.meet(process);
        }
    }

    fn finish(mut self, kin: &mut Kin) -> (Log, Counts) {
        self.leave_split();
        let (lines, _) = self.counts.on_lines();
        if self.is_library_summary || self.foreign > lines {
            return self.of_something_else();
        }
        self.log.calls = self.counts.total();
        self.log.symptoms = self.ends.symptoms(&self.counts, self.names);
        let is_filtered = self.log.symptoms.contains(&Symptom::Filtered);
        let begins = |index| matches!(self.names.name(index), "execve" | "execveat");
        if let Some((index, process)) = self.first
            && !is_filtered
            && !begins(index)
        {
            kin.beginnings.push((process != 0).then_some(process));
        }
        self.processes.tell(kin);
        (self.log, self.counts)
    }

    /// Functions of a library have names that calls have as well: none of them is taken.
    fn of_something_else(mut self) -> (Log, Counts) {
        self.log.unused += self.log.used;
        self.log.used = 0;
        self.log.symptoms.push(Symptom::LibraryCalls);
        (self.log, Counts::new(self.names))
    }
}

/// A call on a line: which, whose, and how it enters the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Called {
    pub(super) index: usize,
    pub(super) process: u32,
    pub(super) mode: Mode,
}

/// The number in `syscall_0x14d`, `syscall_333` and `SYS_333`.
fn numbered(name: &[u8]) -> Option<u64> {
    let name = std::str::from_utf8(name).ok()?;
    let digits = name
        .strip_prefix("syscall_")
        .or_else(|| name.strip_prefix("SYS_"))?;
    match digits.strip_prefix("0x") {
        Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16).ok(),
        None => decimal(digits.as_bytes()),
    }
}
