//! Who can do something with a mounted path, and why.

use std::borrow::Cow;

use caulk_linux::Capability;
use caulk_model::Engine;

use super::{Grant, Through, attached_as_root};
use crate::prelude::*;

/// Why a person's files are open to whoever runs in it.
fn by_number(container: &Container) -> &'static str {
    if container.surface == Surface::DevContainer {
        "permissions go by user number, and on Linux the tools of dev containers give the user in the container \
         the number of the person who starts it"
    } else if container.declared.may_be_rootless() {
        "root in the container may read these files as root on the host may, or where podman runs rootless, as the \
         person who starts it may; where podman runs as root, so may another user of the container with the \
         owner's number"
    } else {
        "permissions go by user number, and people on a host often have the number that programs in containers \
         have"
    }
}

/// Where root in a container is not the host's: for the files of a mount that decides.
fn unless_remapped(container: &Container) -> &'static str {
    if container.declared.may_be_rootless() {
        " unless podman runs rootless"
    } else if container.declared.engine == Engine::Podman
        || container.privileged.value() == Some(&true)
    {
        // A daemon that remaps users starts nothing that is privileged.
        ""
    } else {
        " unless the daemon remaps users"
    }
}

/// Who can do it, and why.
pub(super) fn why(container: &Container, grant: &Grant) -> (&'static str, Cow<'static, str>) {
    let unless = unless_remapped(container);
    let sealed = container.no_new_privileges.value() == Some(&true);
    let held = container.effective();
    let overrides = (held.known()).is_some_and(|held| held.contains(Capability::DacOverride));
    let root = "root in the container";
    let anybody = "the container";
    let why: Cow<'static, str> = match container.root {
        _ if grant.through == Through::Processes => return (root, of_processes(grant).into()),
        _ if grant.through == Through::Everybody => {
            let why = "the host shows that to each of its users, and command lines tell more than one thinks";
            return (anybody, why.into());
        }
        State::Known(true) if grant.through == Through::Person && overrides => {
            let why = "its first process is root, and permissions keep root from none of a person's files";
            return (anybody, why.into());
        }
        _ if grant.through == Through::Person => return (anybody, by_number(container).into()),
        State::Known(true) if container.steps_down().is_some() => format!(
            "its first process starts as root and steps down; to a mounted file the container's root is the \
             host's{unless}"
        )
        .into(),
        State::Known(true) => format!(
            "its first process is root, and to a mounted file the container's root is the host's{unless}"
        )
        .into(),
        State::Known(false) | State::Unknown { .. } if attached_as_root(container) => {
            let why = format!(
                "`remoteUser` makes root of all that its tools start, and to a mounted file the container's \
                 root is the host's{unless}"
            );
            return (anybody, why.into());
        }
        State::Known(false) if sealed => {
            "its first process is not root and cannot become it, so it does what the host lets its user and \
             group numbers do: for now"
                .into()
        }
        State::Known(false) => {
            "its first process is not root: by itself it does what the host lets its user and group numbers do, \
             and through a setuid program what root may"
                .into()
        }
        State::Unknown { .. } => format!(
            "to a mounted file the container's root is the host's{unless}; whether its first process is root \
             is not known here"
        )
        .into(),
    };
    (root, why)
}

/// Why the host's processes are open to it.
fn of_processes(grant: &Grant) -> &'static str {
    if grant.severity == Severity::Critical {
        "it holds `SYS_PTRACE` and AppArmor is off, so `root`, `environ` and `mem` of every process of the \
         host are open to it: that the mount is read-only does not hold there"
    } else {
        "it holds `SYS_PTRACE`, so `root`, `environ` and `mem` of every process of the host are open to it, \
         unless the host's AppArmor denies that: that the mount is read-only does not hold there"
    }
}
