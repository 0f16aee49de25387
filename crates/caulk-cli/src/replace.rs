//! Writing a file that was read before: whole or not at all.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::root::Root;

/// Why a file was not replaced.
#[derive(Debug)]
pub(crate) enum NotReplaced {
    /// It is not as it was when it was read.
    Changed,
    /// It, or a link on the way to it, leads out of the root.
    LeadsOut,
    /// The system refuses.
    Refused(io::Error),
}

impl From<io::Error> for NotReplaced {
    fn from(error: io::Error) -> Self {
        Self::Refused(error)
    }
}

impl std::fmt::Display for NotReplaced {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed => formatter.write_str("it changed since it was read"),
            Self::LeadsOut => formatter.write_str("it is a link that leads out of the repository"),
            Self::Refused(error) => error.fmt(formatter),
        }
    }
}

/// Replaces the file called `name` in the root, which must still be `before`, by `after`.
///
/// The new text is written beside it and takes its place in one step, so that whoever reads the
/// file, or finds it after a crash, has all of the one or all of the other. Mode and owner stay.
/// Inside the root a link is written through and stays one.
pub(crate) fn replace(
    root: &Root,
    name: &str,
    before: &[u8],
    after: &[u8],
) -> Result<(), NotReplaced> {
    let place = root.folder.join(name).canonicalize()?;
    if !place.starts_with(&root.folder) {
        return Err(NotReplaced::LeadsOut);
    }
    let metadata = std::fs::symlink_metadata(&place)?;
    if !metadata.is_file() {
        return Err(NotReplaced::Changed);
    }
    let beside = Beside::new(&place);
    let mut file = beside.create()?;
    file.write_all(after)?;
    keep_owner(&file, &metadata)?;
    file.set_permissions(metadata.permissions())?;
    file.sync_all()?;
    drop(file);
    // As late as can be: what somebody else wrote in the meantime is theirs.
    if std::fs::read(&place)? != before {
        return Err(NotReplaced::Changed);
    }
    beside.rename_to(&place)?;
    Ok(())
}

/// A file beside another one, which is gone when it is dropped unless it has taken its place.
struct Beside(Option<PathBuf>);

impl Beside {
    fn new(place: &Path) -> Self {
        // No name under which anything declares a container, should it ever be left.
        let name = format!(".caulk-{}.tmp", std::process::id());
        Self(Some(place.with_file_name(name)))
    }

    /// Creates it, for nobody else to read: the file may be secret.
    fn create(&self) -> io::Result<File> {
        let place = self.0.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        match options.open(place) {
            // A run of the same number was killed here once.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                std::fs::remove_file(place)?;
                options.open(place)
            }
            opened => opened,
        }
    }

    fn rename_to(mut self, place: &Path) -> io::Result<()> {
        if let Some(beside) = &self.0 {
            std::fs::rename(beside, place)?;
        }
        self.0 = None;
        // The folder knows of the new file only once it is written itself.
        if let Some(folder) = place.parent().and_then(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(beside) = &self.0 {
            let _ = std::fs::remove_file(beside);
        }
    }
}

/// Gives a new file the owner of the old one.
#[cfg(unix)]
fn keep_owner(file: &File, old: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}
