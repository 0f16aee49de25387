//! Who started whom, over all logs: with `-ff` a child has a log of its own.

use std::collections::BTreeSet;

use super::Symptom;

/// The processes of all logs.
#[derive(Default, Debug)]
pub(super) struct Kin {
    /// Those that calls answered with.
    pub(super) started: BTreeSet<u32>,
    /// Those of which there are lines.
    pub(super) seen: BTreeSet<u32>,
    /// The logs that do not begin with the start of a program, by the process that they are of.
    pub(super) beginnings: Vec<Option<u32>>,
}

impl Kin {
    /// What all logs together look like they do not hold.
    pub(super) fn symptoms(&self) -> Vec<Symptom> {
        let mut symptoms = Vec::new();
        let missing = self.started.difference(&self.seen).count();
        // In a container a process does not know the number that it has outside, where `strace`
        // is. So whoever is seen and was started by nobody may be one of the missing; one is the
        // first of all.
        let strangers = self.seen.difference(&self.started).count();
        let missing = missing.saturating_sub(strangers.saturating_sub(1));
        if let Ok(processes @ 1..) = u64::try_from(missing) {
            symptoms.push(Symptom::NotFollowed { processes });
        }
        let is_orphan =
            |process: &Option<u32>| process.is_none_or(|process| !self.started.contains(&process));
        if self.beginnings.iter().any(is_orphan) {
            symptoms.push(Symptom::StartMissing);
        }
        symptoms
    }
}
