//! What a log looks like it does not hold.

use std::fmt;

/// Why what was seen may not be all, and what follows for a profile that is made of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Symptom {
    /// Processes were started of which no line is there: `-f` was left out.
    NotFollowed {
        /// How many.
        processes: u64,
    },
    /// A process ended without the call that ends it, or ran without touching its memory: the log
    /// holds a choice of calls (`-e trace=…`).
    Filtered,
    /// There is a summary (`-c`) alone.
    SummaryOnly,
    /// It begins in the middle of a program: `strace` was attached to it (`-p`).
    StartMissing,
    /// It ends before the program does.
    EndMissing,
    /// Of many calls none failed (`-z`).
    NoneFailed,
    /// All calls failed (`-Z`).
    OnlyFailed,
    /// A filter killed the program.
    KilledByFilter,
    /// A filter answered calls with an error, so what the program would have done else is not there.
    Denied {
        /// How many records.
        records: u64,
    },
    /// The kernel left lines out, because there were too many.
    Suppressed,
    /// The lines are of more than one program.
    SeveralPrograms {
        /// How many.
        programs: u64,
    },
    /// It is no log of system calls but of library calls (`ltrace`), and nothing of it was used.
    LibraryCalls,
}

impl Symptom {
    /// What follows, as a sentence without a full stop.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::NotFollowed { .. } => {
                "what they did is missing, and the profile may stop them: trace again with `-f`"
            }
            Self::Filtered => {
                "calls that were left out of the log are missing from the profile: trace again without `-e`"
            }
            Self::SummaryOnly => {
                "the calls are all there, their arguments are not, and neither is whether child processes were followed: `-f` must have been given"
            }
            Self::StartMissing => {
                "what the program did while it started is missing: trace it from its start, or read such a log as well"
            }
            Self::EndMissing => "what came after is missing",
            Self::NoneFailed => {
                "a program also needs the calls that fail, or it may not get to its other way: trace again without `-z`"
            }
            Self::OnlyFailed => {
                "the calls that succeeded are missing, and those are what the program lives by: trace again without `-Z`"
            }
            Self::KilledByFilter => {
                "what the program would have done next is missing: record with a profile whose default is `SCMP_ACT_LOG`"
            }
            Self::Denied { .. } => {
                "what the program would have done with another answer is missing: record with a profile whose default is `SCMP_ACT_LOG`"
            }
            Self::Suppressed => {
                "calls are missing: raise the limit (`auditctl -r 0`, or `sysctl kernel.printk_ratelimit=0`), or use `strace`"
            }
            Self::SeveralPrograms { .. } => {
                "the profile allows what any of them did: cut the log down to the program that is meant"
            }
            Self::LibraryCalls => "nothing of it is used: trace with `strace`",
        }
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFollowed { processes: 1 } => {
                formatter.write_str("a process was started of which there is no line")
            }
            Self::NotFollowed { processes } => {
                write!(
                    formatter,
                    "{processes} processes were started of which there is no line"
                )
            }
            Self::Filtered => formatter.write_str("it looks filtered"),
            Self::SummaryOnly => formatter.write_str("it is a summary"),
            Self::StartMissing => formatter.write_str("it begins in the middle of a program"),
            Self::EndMissing => formatter.write_str("it ends before the program does"),
            Self::NoneFailed => formatter.write_str("no call failed, which is rare"),
            Self::OnlyFailed => formatter.write_str("every call failed"),
            Self::KilledByFilter => formatter.write_str("a seccomp filter killed the program"),
            Self::Denied { records: 1 } => {
                formatter.write_str("one of the calls was answered by a filter")
            }
            Self::Denied { records } => {
                write!(
                    formatter,
                    "{records} of the calls were answered by a filter"
                )
            }
            Self::Suppressed => formatter.write_str("the kernel left lines out"),
            Self::SeveralPrograms { programs } => {
                write!(formatter, "it is of {programs} programs")
            }
            Self::LibraryCalls => formatter.write_str("it is a log of library calls"),
        }
    }
}
