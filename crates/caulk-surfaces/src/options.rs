//! What is said beside the files.

use std::sync::Arc;

use caulk_model::Stated;

use crate::ComposeOptions;

/// What is said beside the files, and holds for how they are read.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// Of Compose projects.
    pub compose: ComposeOptions,
    /// By configurations, of the files around them. No two have one folder.
    pub stated: Arc<Vec<Stated>>,
}
