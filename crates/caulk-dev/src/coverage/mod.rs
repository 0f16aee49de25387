//! What other programs check, row by row, and which of our rules finds it.
//!
//! A row says in our own words what is to be found. Who else looks for it is not said again where a
//! rule of ours does: the row names ids out of that rule's references. A claim rests on a case of a
//! fixture page, which the row names by its heading or by the condition that it shows; the tests
//! run through all of them.

mod compose;
mod dockerfile;
mod host;
mod page;
mod seccomp;

use caulk_finding::Reference;
use caulk_rules::Rule;

pub use page::page;

/// One thing that some program looks for, or that none does and a container suffers from.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What people call the row.
    pub id: &'static str,
    /// What is to be found, in our own words.
    pub detects: &'static str,
    /// Who finds it here, or why nobody does.
    pub verdict: Verdict,
    /// What the verdict leaves out, where it leaves out something.
    pub except: &'static str,
}

/// Who finds it here, or why nobody does.
#[derive(Clone, Copy, Debug)]
pub enum Verdict {
    /// These rules do.
    Covered(&'static [Cover]),
    /// No rule does.
    Not {
        /// The kind of reason.
        reason: Reason,
        /// The reason in words.
        because: &'static str,
        /// Who else looks for it.
        peers: &'static [Reference],
    },
}

/// A rule that finds it.
#[derive(Clone, Copy, Debug)]
pub struct Cover {
    /// The rule's id.
    pub rule: &'static str,
    /// A condition of its page, or the heading of a fixture case, in which it fires for this.
    pub shown: &'static str,
    /// Who else looks for it, out of the rule's references.
    pub peers: Peers,
}

/// Which of a rule's references are about a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peers {
    /// All of them, and there is one.
    All,
    /// Those with these ids.
    Only(&'static [&'static str]),
    /// None: nobody else looks for it, or another rule of the row says who.
    Nobody,
}

/// Why no rule finds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It is style, or how a build is kept tidy: other programs look after that.
    Hygiene,
    /// It takes a running machine, a built image or a list of known flaws.
    NotInFiles,
    /// It gives a container nothing.
    NoWeakness,
    /// It belongs here, and no rule has it yet.
    Open,
}

impl Reason {
    /// The reason in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hygiene => "left to others",
            Self::NotInFiles => "not in files",
            Self::NoWeakness => "no weakness",
            Self::Open => "not yet",
        }
    }
}

/// The rows about one kind of file.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The kind of file.
    pub title: &'static str,
    /// Its rows.
    pub rows: &'static [Row],
}

/// Every row.
pub const PARTS: &[Part] = &[
    Part {
        title: "Dockerfiles",
        rows: dockerfile::ROWS,
    },
    Part {
        title: "Compose files and command lines",
        rows: compose::ROWS,
    },
    Part {
        title: "Seccomp profiles",
        rows: seccomp::ROWS,
    },
    Part {
        title: "Engines, hosts and kernels",
        rows: host::ROWS,
    },
];

impl Cover {
    /// The references of its rule, among `rules`, that are about the row.
    ///
    /// # Errors
    ///
    /// Where there is no such rule, or it does not have what the row counts on.
    pub fn references(&self, rules: &[&Rule]) -> Result<Vec<Reference>, String> {
        let Self {
            rule: id, peers, ..
        } = *self;
        let rule = rules
            .iter()
            .find(|rule| rule.info.id == id)
            .ok_or_else(|| format!("`{id}` is no rule"))?;
        let references = rule.info.references;
        match peers {
            Peers::Nobody => Ok(Vec::new()),
            Peers::All if references.is_empty() => Err(format!(
                "`{id}` has no references, and others look for this"
            )),
            Peers::All => Ok(references.to_vec()),
            Peers::Only(ids) => {
                if let Some(strange) = ids
                    .iter()
                    .find(|id| references.iter().all(|one| one.id != **id))
                {
                    return Err(format!("`{strange}` is no reference of `{id}`"));
                }
                let wanted = references.iter().filter(|one| ids.contains(&one.id));
                Ok(wanted.copied().collect())
            }
        }
    }
}

/// A row that these rules find.
const fn row(id: &'static str, detects: &'static str, covers: &'static [Cover]) -> Row {
    Row {
        id,
        detects,
        verdict: Verdict::Covered(covers),
        except: "",
    }
}

/// A row that no rule finds.
const fn not(
    id: &'static str,
    detects: &'static str,
    reason: Reason,
    because: &'static str,
    peers: &'static [Reference],
) -> Row {
    Row {
        id,
        detects,
        verdict: Verdict::Not {
            reason,
            because,
            peers,
        },
        except: "",
    }
}

impl Row {
    /// With what the verdict leaves out.
    const fn except(mut self, except: &'static str) -> Self {
        self.except = except;
        self
    }
}

/// A rule that finds it, as others do under all ids of its references.
const fn by(rule: &'static str, shown: &'static str) -> Cover {
    Cover {
        rule,
        shown,
        peers: Peers::All,
    }
}

impl Cover {
    /// As others do under these ids alone.
    const fn only(mut self, ids: &'static [&'static str]) -> Self {
        self.peers = Peers::Only(ids);
        self
    }

    /// As nobody else does, or as another rule of the row says.
    const fn nobody(mut self) -> Self {
        self.peers = Peers::Nobody;
        self
    }
}
