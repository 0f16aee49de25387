//! Where rules report.

use caulk_finding::Finding;

/// What the rules have reported so far.
#[derive(Clone, Default, Debug)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports one.
    pub fn report(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Reports what there is.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.list.extend(findings);
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }
}
