//! What a program did: the system calls of `strace` logs and of the kernel's audit lines.
//!
//! A log is a stream of lines that may have no end, was perhaps cut, and has the program's own
//! output between its lines. So nothing here fails for what a log says: what can be read is used,
//! what cannot is counted and shown, and what a log by its looks does *not* hold is said as a
//! [`Symptom`].
//!
//! **Invariant:** memory is bounded whatever the log: a line is kept up to a length, a set up to a
//! number. Only reading itself can fail.

mod arguments;
mod audit;
mod body;
mod ending;
mod ends;
mod kin;
mod lines;
mod log;
mod prefix;
mod processes;
mod seen;
mod split;
mod strace;
mod summary;
mod symptom;

use std::io::{self, BufRead};

pub use log::{Example, Log};
pub use seen::{Call, Mode, Modes, Unnamed, Values};
pub use symptom::Symptom;

use kin::Kin;
use seen::Tally;

/// What the programs of all logs did together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The calls that were made, by name.
    pub calls: Vec<Call>,
    /// Calls that the logs have by number alone.
    pub unnamed: Vec<Unnamed>,
    /// What was found in each log, in the order in which they were read.
    pub logs: Vec<Log>,
    /// What all logs together look like they do not hold, where no single log can be blamed.
    pub symptoms: Vec<Symptom>,
}

/// Reads logs, one after the other, into one [`Trace`].
#[derive(Debug)]
pub struct Reader {
    tally: Tally,
    logs: Vec<Log>,
    kin: Kin,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader that has seen nothing.
    pub fn new() -> Self {
        Self {
            tally: Tally::new(),
            logs: Vec::new(),
            kin: Kin::default(),
        }
    }

    /// Reads what `strace` wrote, in whatever form: calls, a summary (`-c`), or both.
    ///
    /// The name is for messages, and where it ends with a number (`-ff -o t` writes `t.4711`), that
    /// is the process that the log is of.
    pub fn strace(&mut self, name: &str, log: impl BufRead) -> io::Result<()> {
        let read = strace::read(name, log, &mut self.tally, &mut self.kin)?;
        self.logs.push(read);
        Ok(())
    }

    /// Reads the kernel's audit lines of seccomp, among whatever else stands in a log: of `dmesg`,
    /// the journal, or `audit.log`.
    pub fn audit(&mut self, name: &str, log: impl BufRead) -> io::Result<()> {
        let read = audit::read(name, log, &mut self.tally)?;
        self.logs.push(read);
        Ok(())
    }

    /// What all of them say together.
    pub fn finish(self) -> Trace {
        let symptoms = self.kin.symptoms();
        let (calls, unnamed) = self.tally.finish();
        Trace {
            calls,
            unnamed,
            logs: self.logs,
            symptoms,
        }
    }
}

impl Trace {
    /// The call with this name, where it was made.
    pub fn call(&self, name: &str) -> Option<&Call> {
        let index = self.calls.binary_search_by(|call| call.name.cmp(name));
        index.ok().and_then(|index| self.calls.get(index))
    }
}

#[cfg(test)]
mod tests;
