//! What became of one log.

use super::Symptom;

/// How many lines that were not used are kept to be shown.
const EXAMPLES: usize = 3;

/// How much of such a line is kept, in bytes.
const EXAMPLE: usize = 120;

/// What was read of one log, and what was not.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Log {
    /// The name it was given.
    pub name: String,
    /// Its lines.
    pub lines: u64,
    /// The lines that say of a call, or of a process, what `strace` or the kernel says.
    pub used: u64,
    /// The lines that nothing could be made of, blank ones left out: output of the program, noise,
    /// records of something else.
    pub unused: u64,
    /// The first of those.
    pub examples: Vec<Example>,
    /// How often a call was counted.
    pub calls: u64,
    /// What it looks like it does not hold.
    pub symptoms: Vec<Symptom>,
}

/// A line that was not used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Which one, from 1.
    pub line: u64,
    /// Its beginning. It may hold anything.
    pub text: String,
}

impl Log {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Counts a line that was not used.
    pub(super) fn leave(&mut self, number: u64, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.unused += 1;
        if self.examples.len() < EXAMPLES {
            let start = line.get(..line.len().min(EXAMPLE)).unwrap_or(line);
            self.examples.push(Example {
                line: number,
                text: String::from_utf8_lossy(start).into_owned(),
            });
        }
    }
}
