//! What is to be done about a mount.

use std::borrow::Cow;

use caulk_model::{Entry, Mount, path_holds};

use super::{Grant, Through, attached_as_root, judged, parent_that_is_writable};
use crate::host_paths::{canonical, fits};
use crate::images;
use crate::prelude::*;
use crate::shared::{named_below, remove_for_all};

/// With what can be done.
pub(super) fn mended(
    mut finding: Finding,
    container: &Container,
    mount: &Entry<Mount>,
    (path, grant, whose): (&str, &Grant, &str),
) -> Finding {
    let Some(entry) = mount.origin.written() else {
        return finding.advice(remove_for_all(
            &mount.origin,
            "change the mount where it is written, for all who share it",
        ));
    };
    if !mount.value.is_writable() {
        return finding.advice(of_what_is_read(container, path, grant));
    }
    if let Some(advice) = instead_of_read_only(container, path) {
        return finding.advice(advice);
    }
    let read_only = Entry {
        value: Mount {
            read_only: true,
            ..mount.value.clone()
        },
        origin: mount.origin.clone(),
    };
    let rest = judged(container, path, &read_only);
    let takes_it_away = (rest.as_ref()).is_some_and(|rest| rest.severity >= grant.severity);
    if let Some(word) = named_below(container, &mount.value.target).filter(|_| takes_it_away) {
        return finding
            .related(word.origin.span(), "and its command works there")
            .advice("mount only the folder or the file that the command works on");
    }
    if let Some(rest) = &rest {
        finding = finding.advice(format!(
            "mount only the part that is needed: a read-only mount of all of it still lets {whose} {}",
            rest.can
        ));
    }
    finding.remedy(if takes_it_away {
        Remedy::unsafe_because(
            "take the path away",
            Change::Remove { entry },
            "what the program does with it fails",
        )
    } else {
        Remedy::unsafe_because(
            "mount it read-only",
            Change::ReadOnly { entry },
            "what the program writes there fails",
        )
    })
}

/// What to do where to mount it read-only changes nothing, or too much.
fn instead_of_read_only(container: &Container, path: &str) -> Option<Cow<'static, str>> {
    let written = writes_there(path);
    let advice = if container.privileged.value() == Some(&true) {
        if path_holds("/dev", path) {
            "take privileged mode away first, which has every device and makes what is read-only writable \
             again; then give the devices that are needed by name"
        } else {
            "take privileged mode away first, which makes what is read-only writable again; then mount only \
             the part that is needed, read-only"
        }
    } else if parent_that_is_writable(container, path).is_some() {
        if written.is_some() {
            "mount only the parts of both that are needed: changing this mount alone changes nothing"
        } else {
            "mount both read-only, or only the parts that are needed: changing this mount alone changes \
             nothing"
        }
    } else {
        return written.map(|(program, variable)| {
            Cow::Owned(format!(
                "mount another folder, with nothing but the account that is needed, and name it by \
                 `{variable}`: read-only does not work, because `{program}` writes there whenever it runs"
            ))
        });
    };
    Some(Cow::Borrowed(advice))
}

/// What is left to do about a mount that is read-only already.
fn of_what_is_read(container: &Container, path: &str, grant: &Grant) -> &'static str {
    let is_in_tools = container.surface == Surface::DevContainer;
    if grant.through == Through::Processes && container.privileged.value() == Some(&true) {
        "do without the mount; taking privileged mode away, which brings `SYS_PTRACE`, closes the way through the \
         host's processes only where AppArmor or SELinux confines the container"
    } else if grant.through == Through::Processes {
        "do without the mount; taking `SYS_PTRACE` away is not enough by itself"
    } else if is_in_tools && canonical(path).as_deref() == Some("~/.ssh") {
        "do without the mount, and forward the SSH agent instead, as VS Code does by itself"
    } else if takes_a_setuid_program(container, grant) {
        "switch no-new-privileges on, so that no setuid program in the container reads what its first process \
         may not; or mount only the part that the program reads"
    } else {
        "do without the mount, or mount only the part that the program reads"
    }
}

/// Whether nothing in it can do that but a setuid program.
fn takes_a_setuid_program(container: &Container, grant: &Grant) -> bool {
    grant.through == Through::Root
        && container.root == State::Known(false)
        && !attached_as_root(container)
        && !container.is_sealed()
        && !images::sees_a_runtime(container)
}

/// A program that writes its log and its tokens into this folder of its settings whenever it runs, and
/// fails where it cannot; and the variable by which it is given another one.
fn writes_there(path: &str) -> Option<(&'static str, &'static str)> {
    match canonical(path)?.as_str() {
        path if fits("~/.config/gcloud/*", path) => Some(("gcloud", "CLOUDSDK_CONFIG")),
        path if fits("~/.azure/*", path) => Some(("az", "AZURE_CONFIG_DIR")),
        _ => None,
    }
}
