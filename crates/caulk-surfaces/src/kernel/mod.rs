//! Below the engine: kernel configurations, SELinux's own configuration, kernel command lines.

mod boot;
mod config;

use caulk_finding::Change;
use caulk_model::{Kernel, Repository, SelinuxOff};
use caulk_source::{Edit, FileId, SourceFile, Surface};
use memchr::memmem;

use crate::NotOffered;
use crate::declaring::{Declaring, FindFrom};

/// The file, read.
#[derive(Debug)]
pub(crate) struct File {
    kernel: Option<Kernel>,
    selinux: Vec<SelinuxOff>,
}

/// Whether the file at a path may be one, by its name.
pub(crate) fn may_be(path: &str, name: &str) -> bool {
    let by_name = |kind: &boot::Kind| *kind != boot::LINUX_KIT;
    config::may_be(name) || boot::kind(path, name).as_ref().is_some_and(by_name)
}

/// Whether its content is worth reading.
pub(crate) fn by_content(path: &str, name: &str, bytes: &[u8]) -> bool {
    let has = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
    if config::may_be(name) && has("CONFIG_") {
        return true;
    }
    let Some(kind) = boot::kind(path, name) else {
        return false;
    };
    let is_one = kind != boot::LINUX_KIT || boot::is_of_linuxkit(has);
    is_one
        && ["SELINUX", "selinux", "enforcing=", "lsm=", "security="]
            .iter()
            .any(|word| has(word))
}

/// Reads one; nothing where it is none.
pub(crate) fn read(id: FileId, file: &SourceFile, name: &str) -> Option<File> {
    if let Some(kind) = boot::kind(file.path(), name) {
        let selinux = boot::read(id, file, kind);
        return (!selinux.is_empty()).then_some(File {
            kernel: None,
            selinux,
        });
    }
    let kernel = config::read(id, file)?;
    let selinux = config::command_line(id, file.text());
    Some(File {
        kernel: Some(kernel),
        selinux,
    })
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::Kernel
    }

    fn below(&self, _find: FindFrom<'_>, repository: &mut Repository) {
        if let Some(kernel) = &self.kernel {
            repository.add_kernel(kernel.clone());
        }
        for off in &self.selinux {
            repository.add_selinux_off(off.clone());
        }
    }

    fn edits(&self, _source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        match change {
            Change::Become { entry, value } => Ok(vec![Edit::replace(*entry, value)]),
            Change::Remove { .. }
            | Change::ReadOnly { .. }
            | Change::Set { .. }
            | Change::RunAs { .. }
            | Change::Harden { .. }
            | Change::Filter { .. } => Err(NotOffered("nothing of that can be written here")),
        }
    }
}
