//! What a process holds once it has started a program.

use crate::{CapabilitySet, FileCapabilities};

/// What a process holds, and what decides what it holds next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Process {
    /// Whether its real user is root.
    pub root: bool,
    /// Whether its effective user is root.
    pub effective_root: bool,
    /// Whether it has no-new-privileges.
    pub no_new_privileges: bool,
    /// What it may put in force.
    pub permitted: CapabilitySet,
    /// What is in force: what the kernel asks for.
    pub effective: CapabilitySet,
    /// What a program with the same in its file keeps.
    pub inheritable: CapabilitySet,
    /// What a program without privileges of its own keeps.
    pub ambient: CapabilitySet,
    /// All that it can ever get.
    pub bounding: CapabilitySet,
}

/// A program, as far as its file gives it privileges.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Program {
    /// The capabilities of its file.
    pub capabilities: Option<FileCapabilities>,
    /// Whether its file has the setuid bit and is root's.
    pub setuid_root: bool,
}

/// The kernel does not start the program: its file insists on a capability that is not in the
/// bounding set, and the error is `EPERM`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotPermitted;

impl Process {
    /// A container's process as Docker leaves it right before the first program starts: what is
    /// bounding is permitted and in force, nothing is inheritable or ambient.
    ///
    /// Source: moby 28, `daemon/oci_linux.go` (`WithCapabilities`); runc, `libcontainer/init_linux.go`
    /// (`finalizeNamespace`), which changes the user and keeps the permitted set.
    pub const fn of_docker(root: bool, no_new_privileges: bool, bounding: CapabilitySet) -> Self {
        Self {
            root,
            effective_root: root,
            no_new_privileges,
            permitted: bounding,
            effective: bounding,
            inheritable: CapabilitySet::EMPTY,
            ambient: CapabilitySet::EMPTY,
            bounding,
        }
    }

    /// The same as Podman leaves it: for a user that is not root, what is `added` is all that is
    /// permitted, and it is ambient.
    ///
    /// Source: Podman 5, `pkg/specgen/generate/security_linux.go`.
    pub const fn of_podman(
        root: bool,
        no_new_privileges: bool,
        bounding: CapabilitySet,
        added: CapabilitySet,
    ) -> Self {
        let docker = Self::of_docker(root, no_new_privileges, bounding);
        if root {
            return docker;
        }
        Self {
            permitted: added,
            effective: added,
            inheritable: added,
            ambient: added,
            ..docker
        }
    }

    /// What it holds once it has started `program`.
    ///
    /// The rules are those of capabilities(7), "Transformation of capabilities during `execve()`",
    /// and the order is that of the kernel's `security/commoncap.c` (Linux 6.1,
    /// `cap_bprm_creds_from_file`). Secure bits are at their defaults; a file system that is mounted
    /// with `nosuid` is not.
    ///
    /// # Errors
    ///
    /// Where the file's effective bit is set and the bounding set lacks one of its capabilities.
    pub fn exec(self, program: Program) -> Result<Self, NotPermitted> {
        // The setuid bit is not looked at under no-new-privileges; file capabilities are.
        let setuid = program.setuid_root && !self.no_new_privileges;
        let mut effective_root = self.effective_root || setuid;
        let (mut permitted, mut in_force) = (CapabilitySet::EMPTY, false);
        if let Some(file) = program.capabilities {
            permitted = file
                .permitted
                .intersection(self.bounding)
                .union(file.inheritable.intersection(self.inheritable));
            in_force = file.effective;
            if in_force && !permitted.contains_all(file.permitted) {
                return Err(NotPermitted);
            }
        }
        // Root holds everything whatever the file says, unless it is root by the setuid bit of a file
        // that has capabilities of its own.
        let only_the_files = program.capabilities.is_some() && effective_root && !self.root;
        if !only_the_files && (effective_root || self.root) {
            permitted = self.bounding.union(self.inheritable);
            in_force |= effective_root;
        }
        let other_user = effective_root && !self.root;
        let gains = !self.permitted.contains_all(permitted);
        if self.no_new_privileges && (other_user || gains) {
            effective_root = self.root;
            permitted = permitted.intersection(self.permitted);
        }
        let ambient = if program.capabilities.is_some() || other_user {
            CapabilitySet::EMPTY
        } else {
            self.ambient
        };
        let permitted = permitted.union(ambient);
        Ok(Self {
            effective_root,
            permitted,
            effective: if in_force { permitted } else { ambient },
            ambient,
            ..self
        })
    }
}
