//! What of a container may be shown to people.

use crate::{AppArmor, Container, Fact, Mount, Namespace, Origin, Seccomp, SelinuxLabel, State};

/// Why something is not told.
const HIDDEN: &str = "a variable of an environment file is in it";

impl Container {
    /// The same container without any text that a `.env` file gives: such a value is judged, and
    /// never shown.
    #[must_use]
    pub fn for_display(&self) -> Self {
        let mut shown = self.clone();
        hide(&mut shown.user, |_| true);
        hide(&mut shown.seccomp, |seccomp| {
            matches!(seccomp, Seccomp::Profile { .. })
        });
        hide(&mut shown.apparmor, |apparmor| {
            matches!(apparmor, AppArmor::Profile(_))
        });
        hide(&mut shown.selinux, |label| {
            matches!(label, SelinuxLabel::Set(_))
        });
        let joined = |namespace: &Namespace| matches!(namespace, Namespace::Joined { .. });
        for namespace in [
            &mut shown.namespaces.network,
            &mut shown.namespaces.pid,
            &mut shown.namespaces.ipc,
            &mut shown.namespaces.uts,
            &mut shown.namespaces.user,
            &mut shown.namespaces.cgroup,
        ] {
            hide(namespace, joined);
        }
        let declared = &mut shown.declared;
        for entry in &mut declared.mounts {
            hide_mount(&entry.origin, &mut entry.value);
        }
        for entry in &mut declared.devices {
            if entry.origin.is_from_env() {
                entry.value.host = State::unknown(HIDDEN);
                entry.value.container.clear();
                entry.value.permissions.clear();
            }
        }
        for entry in &mut declared.unknown_capabilities {
            if entry.origin.is_from_env() {
                "?".clone_into(&mut entry.value.given);
                entry.value.suggestion = None;
            }
        }
        let texts = [&mut declared.device_rules, &mut declared.group_add];
        for entry in texts.into_iter().flatten() {
            if entry.origin.is_from_env() {
                entry.value = State::unknown(HIDDEN);
            }
        }
        declared
            .profiles
            .retain(|entry| !entry.origin.is_from_env());
        shown
    }
}

fn hide<T>(fact: &mut Fact<T>, is_text: impl Fn(&T) -> bool) {
    if fact.origin.is_from_env() && fact.value().is_some_and(is_text) {
        fact.state = State::unknown(HIDDEN);
    }
}

fn hide_mount(origin: &Origin, mount: &mut Mount) {
    if origin.is_from_env() {
        mount.source = State::unknown(HIDDEN);
        "?".clone_into(&mut mount.target);
    }
}
