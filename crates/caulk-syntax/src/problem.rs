//! What an engine itself would refuse.

use caulk_source::Span;

/// Something in a file that the engine which reads it would refuse.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What: lower case, no full stop.
    pub message: String,
}
