//! What a log looks like it does not hold, by how it and its processes end.

use super::Symptom;
use super::seen::{Counts, Names};

/// From how many calls on it is strange that none failed, or that none touches memory.
const MANY: u64 = 50;

/// One of these is made by every program that has a libc, before its `main`.
const MEMORY: &[&str] = &[
    "arch_prctl",
    "brk",
    "mmap",
    "mmap2",
    "mprotect",
    "munmap",
    "set_thread_area",
    "set_tid_address",
];

/// How processes and calls end, and the log.
#[derive(Default, Debug)]
pub(super) struct Ends {
    pub(super) exited: u64,
    pub(super) killed: u64,
    pub(super) is_killed_by_filter: bool,
    /// Calls that are seen to have succeeded.
    pub(super) succeeded: u64,
    /// The last line is not whole.
    pub(super) is_open: bool,
}

impl Ends {
    /// What the log looks like it does not hold.
    pub(super) fn symptoms(&self, counts: &Counts, names: &Names) -> Vec<Symptom> {
        let (lines, failed) = counts.on_lines();
        let sum = |wanted| counts.sum(names, wanted);
        let exits = sum(&["exit", "exit_group"]);
        let has_many = lines >= MANY;
        let is_program = sum(&["execve", "execveat"]) > 0;
        let is_filtered =
            (self.exited > 0 && exits == 0) || (has_many && is_program && sum(MEMORY) == 0);
        let has_end = self.exited + self.killed + exits > 0;
        let is_cut = self.is_open || !(has_end || is_filtered);
        let fails_only = lines > 4 && failed > 4 && self.succeeded == 0;
        let all = [
            (Symptom::SummaryOnly, lines == 0 && counts.has_summary()),
            (Symptom::Filtered, lines > 0 && is_filtered),
            (Symptom::EndMissing, lines > 0 && is_cut),
            (Symptom::NoneFailed, has_many && failed == 0),
            (Symptom::OnlyFailed, fails_only),
            (Symptom::KilledByFilter, self.is_killed_by_filter),
        ];
        let so = all.into_iter().filter(|(_, is_so)| *is_so);
        so.map(|(symptom, _)| symptom).collect()
    }
}
