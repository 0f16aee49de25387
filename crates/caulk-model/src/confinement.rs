//! The security modules around a container, and the paths that are masked in it.

use crate::{Fact, Namespace, Namespaces, Origin, State};

/// What AppArmor confines a container with, on hosts that have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AppArmor {
    /// The engine's own profile, `docker-default`.
    Default,
    /// Nothing.
    Unconfined,
    /// A profile of this name.
    Profile(String),
}

/// With which label SELinux confines a container, on hosts that have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SelinuxLabel {
    /// The engine's own, with categories of its own.
    Default,
    /// None.
    Disabled,
    /// A label that is written: `type:spc_t`, `level:s0:c1`.
    Set(String),
}

/// Types that SELinux's policy confines with nothing: "super privileged container" and the like.
pub const UNCONFINED_TYPES: &[&str] = &["spc_t", "unconfined_t", "container_runtime_t"];

impl SelinuxLabel {
    /// Whether it confines nothing: none, or a type that is allowed everything.
    pub fn confines_nothing(&self) -> bool {
        match self {
            Self::Default => false,
            Self::Disabled => true,
            Self::Set(label) => {
                let kind = label.split_once(':').filter(|(key, _)| *key == "type");
                kind.is_some_and(|(_, value)| UNCONFINED_TYPES.contains(&value))
            }
        }
    }
}

/// The AppArmor profile that holds: privileged mode takes it away unless one is named.
pub(crate) fn apparmor(
    declared: Option<&Fact<AppArmor>>,
    privileged: &Fact<bool>,
    default: Origin,
) -> Fact<AppArmor> {
    if let Some(declared) = declared {
        return declared.clone();
    }
    taken_away(privileged, AppArmor::Default, AppArmor::Unconfined, default)
}

/// The label that holds: privileged mode and the host's processes or shared memory take it away.
pub(crate) fn selinux(
    declared: Option<&Fact<SelinuxLabel>>,
    privileged: &Fact<bool>,
    namespaces: &Namespaces,
    default: Origin,
) -> Fact<SelinuxLabel> {
    if let Some(declared) = declared {
        return declared.clone();
    }
    let shared = [&namespaces.pid, &namespaces.ipc];
    for namespace in shared {
        if namespace.value() == Some(&Namespace::Host) {
            return Fact::known(SelinuxLabel::Disabled, namespace.origin.clone());
        }
    }
    let label = taken_away(
        privileged,
        SelinuxLabel::Default,
        SelinuxLabel::Disabled,
        default,
    );
    if label.value() != Some(&SelinuxLabel::Default) {
        return label;
    }
    for namespace in shared {
        if let State::Unknown { because } = &namespace.state {
            return Fact::unknown(because.clone(), namespace.origin.clone());
        }
    }
    label
}

/// Whether `/proc` and `/sys` keep their masked and read-only paths.
pub(crate) fn masked_paths(
    declared: Option<&Fact<bool>>,
    privileged: &Fact<bool>,
    default: Origin,
) -> Fact<bool> {
    if let Some(declared) = declared {
        return declared.clone();
    }
    taken_away(privileged, true, false, default)
}

/// What privileged mode takes away.
fn taken_away<T>(privileged: &Fact<bool>, kept: T, lost: T, default: Origin) -> Fact<T> {
    match &privileged.state {
        State::Known(true) => Fact::known(lost, privileged.origin.clone()),
        State::Known(false) => Fact::known(kept, default),
        State::Unknown { because } => Fact::unknown(because.clone(), privileged.origin.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_are_allowed_everything() {
        let set = |text: &str| SelinuxLabel::Set(text.to_owned()).confines_nothing();
        assert!(set("type:spc_t"));
        assert!(!set("type:container_t"));
        assert!(!set("level:s0:c100,c200"));
        assert!(SelinuxLabel::Disabled.confines_nothing());
    }
}
