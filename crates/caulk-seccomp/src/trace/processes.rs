//! The processes of one log.

use std::collections::{BTreeMap, BTreeSet};

use super::kin::Kin;
use super::seen::Mode;

/// How many are kept of. Past that a log says nothing new about who was followed.
const PROCESSES: usize = 1 << 16;

/// What is known of them while the log is read.
pub(super) struct Processes {
    /// What lines without a process are of: the one that the log's name ends with, or 0.
    own: u32,
    /// The mode of each that is not native.
    modes: BTreeMap<u32, Mode>,
    /// The process and mode of the line before.
    last: (u32, Mode),
    /// The call, by its index, whose line is unfinished.
    unfinished: BTreeMap<u32, usize>,
    started: BTreeSet<u32>,
    seen: BTreeSet<u32>,
}

impl Processes {
    /// Of a log with this name: `-ff -o t` writes `t.4711`.
    pub(super) fn new(name: &str) -> Self {
        let own = name.rsplit_once('.').and_then(|(_, end)| end.parse().ok());
        let own = own.unwrap_or(0);
        Self {
            own,
            modes: BTreeMap::new(),
            last: (own, Mode::Native),
            unfinished: BTreeMap::new(),
            started: BTreeSet::new(),
            seen: (own != 0).then_some(own).into_iter().collect(),
        }
    }

    /// The process that a line is of.
    pub(super) fn of(&mut self, written: Option<u32>) -> u32 {
        let process = written.unwrap_or(self.own);
        self.meet(process);
        process
    }

    /// There are lines of this one. A new one begins in the mode of the line before: so does
    /// `strace`, which tells only when a mode changes.
    pub(super) fn meet(&mut self, process: u32) {
        if process == self.last.0 || process == 0 || self.seen.len() >= PROCESSES {
            return;
        }
        if self.seen.insert(process) {
            self.set_mode(process, self.last.1);
        }
    }

    /// How it enters the kernel. Its line becomes the line before.
    pub(super) fn mode(&mut self, process: u32) -> Mode {
        if self.last.0 != process {
            let mode = self.modes.get(&process).copied();
            self.last = (process, mode.unwrap_or(Mode::Native));
        }
        self.last.1
    }

    /// From here on, this is how.
    pub(super) fn runs_in(&mut self, process: u32, mode: Mode) {
        self.set_mode(process, mode);
        self.last = (process, mode);
    }

    fn set_mode(&mut self, process: u32, mode: Mode) {
        if mode == Mode::Native {
            self.modes.remove(&process);
        } else if self.modes.len() < PROCESSES {
            self.modes.insert(process, mode);
        }
    }

    /// A call answered with a process.
    pub(super) fn start(&mut self, process: u32) {
        if process > 0 && self.started.len() < PROCESSES {
            self.started.insert(process);
        }
    }

    /// A call's line ends before the call does.
    pub(super) fn interrupt(&mut self, process: u32, call: usize) {
        if self.unfinished.len() < PROCESSES {
            self.unfinished.insert(process, call);
        }
    }

    /// Whether the call that goes on is the one that was interrupted. On standard error the first
    /// process has no number until there is a second one.
    pub(super) fn resume(&mut self, process: u32, call: usize) -> bool {
        for process in [process, self.own] {
            if self.unfinished.get(&process) == Some(&call) {
                self.unfinished.remove(&process);
                return true;
            }
        }
        false
    }

    /// Tells the others, at the end of the log.
    pub(super) fn tell(mut self, kin: &mut Kin) {
        kin.started.append(&mut self.started);
        kin.seen.append(&mut self.seen);
    }
}
