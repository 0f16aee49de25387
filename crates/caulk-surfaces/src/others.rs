//! Which files answer for themselves, each kind by its name and by what it says.

use std::sync::Arc;

use caulk_source::{FileId, SourceFile};

use crate::daemon;
use crate::declaring::Declaring;
use crate::workspace::Wanted;

/// Whether the file at `path` may be one of them.
pub(crate) fn may_matter(_path: &str, name: &str) -> Wanted {
    if daemon::is_daemon(name) {
        return Wanted::ByName;
    }
    Wanted::No
}

/// Whether a file whose content decides is worth reading further.
pub(crate) fn by_content(_path: &str, _bytes: &[u8]) -> bool {
    false
}

/// The file, read, where it is one of them.
pub(crate) fn read(id: FileId, file: &SourceFile, name: &str) -> Option<Arc<dyn Declaring>> {
    if daemon::is_daemon(name) {
        return Some(Arc::new(daemon::read(id, file)?));
    }
    None
}
