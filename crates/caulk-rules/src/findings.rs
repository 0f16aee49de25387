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

    /// All of them.
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }
}
