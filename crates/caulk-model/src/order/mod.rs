//! Whether a container holds more than another one: a partial order over what is held.
//!
//! It is asked of one container before and after a change of its files. Two values that cannot be
//! compared count as more, and so does an unknown that was not unknown for the same reason before:
//! what is not shown to be no more is not taken for it.

mod capabilities;
mod declaration;
mod host;

use std::fmt;

use crate::{
    AppArmor, Container, Declared, Fact, Image, Limit, Limits, NamespaceKind, Seccomp,
    SelinuxLabel, State, User,
};

/// One respect in which a container can hold more or less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dimension {
    /// Whom its first process is.
    User,
    /// The groups that it is put into.
    Groups,
    /// Privileged mode.
    Privileged,
    /// The capabilities that any process in it can ever hold.
    Capabilities,
    /// The capabilities that its first process holds.
    EffectiveCapabilities,
    /// Which system calls are open.
    Seccomp,
    /// What AppArmor leaves open.
    AppArmor,
    /// What SELinux leaves open.
    Selinux,
    /// Whether programs in it may gain privileges.
    NewPrivileges,
    /// Whether the kernel's own files are masked.
    SystemPaths,
    /// Whether it may write to its control groups.
    Cgroups,
    /// Whose namespace it lives in.
    Namespace(NamespaceKind),
    /// Which paths of the host it sees.
    Mounts,
    /// Which devices of the host it sees.
    Devices,
    /// Whether it is given the engine's socket.
    ApiSocket,
    /// Where it can be reached.
    Ports,
    /// Whether it can write to its root filesystem.
    RootFilesystem,
    /// How much memory it may use.
    Memory,
    /// How much of the processors it may use.
    Processors,
    /// How many processes it may start.
    Processes,
    /// Which kernel parameters are set for it.
    KernelParameters,
    /// How much each of its processes may use.
    ProcessLimits,
    /// Which networks it is in.
    Networks,
    /// What its image's build is given.
    Build,
    /// Which image and program it is at all.
    Program,
}

impl fmt::Display for Dimension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::User => "its user",
            Self::Groups => "its groups",
            Self::Privileged => "privileged mode",
            Self::Capabilities => "its capabilities",
            Self::EffectiveCapabilities => "the capabilities of its first process",
            Self::Seccomp => "its system calls",
            Self::AppArmor => "what AppArmor leaves open",
            Self::Selinux => "what SELinux leaves open",
            Self::NewPrivileges => "gaining privileges",
            Self::SystemPaths => "the kernel's own files",
            Self::Cgroups => "its control groups",
            Self::Namespace(kind) => return write!(formatter, "its {kind} namespace"),
            Self::Mounts => "paths of the host",
            Self::Devices => "devices of the host",
            Self::ApiSocket => "the engine's socket",
            Self::Ports => "its ports",
            Self::RootFilesystem => "its root filesystem",
            Self::Memory => "memory",
            Self::Processors => "processors",
            Self::Processes => "processes",
            Self::KernelParameters => "kernel parameters",
            Self::ProcessLimits => "the limits of its processes",
            Self::Networks => "its networks",
            Self::Build => "its build",
            Self::Program => "its program",
        };
        formatter.pad(name)
    }
}

/// Whether one value is no more than another.
pub(crate) trait AtMost {
    /// Whether this is surely no more than `before`.
    fn at_most(&self, before: &Self) -> bool;

    /// Whether nothing is less: then it is no more than an unknown either.
    fn is_least(&self) -> bool {
        false
    }

    /// Whether nothing is more: then an unknown is no more than it.
    fn is_most(&self) -> bool {
        false
    }
}

impl<T: AtMost> AtMost for State<T> {
    fn at_most(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Known(after), Self::Known(before)) => after.at_most(before),
            (Self::Known(after), Self::Unknown { .. }) => after.is_least(),
            (Self::Unknown { .. }, Self::Known(before)) => before.is_most(),
            (Self::Unknown { because: after }, Self::Unknown { because: before }) => {
                after == before
            }
        }
    }
}

impl<T: AtMost> AtMost for Fact<T> {
    fn at_most(&self, before: &Self) -> bool {
        self.state.at_most(&before.state)
    }
}

impl Container {
    /// The respects in which this container is not shown to hold no more than `before`, which is
    /// the same one before a change.
    pub fn exceeds(&self, before: &Self) -> Vec<Dimension> {
        let mut exceeded = Exceeded(Vec::new());
        exceeded.of_declaration(&self.declared, &before.declared);
        exceeded.of_limits(&self.limits, &before.limits);
        let no_user = user(self).at_most(&user(before));
        exceeded.unless(no_user, Dimension::User);
        let flags = [(&self.privileged, &before.privileged, Dimension::Privileged)];
        for (after, before, dimension) in flags {
            exceeded.unless(after.at_most(before), dimension);
        }
        let kept = [
            (
                &self.no_new_privileges,
                &before.no_new_privileges,
                Dimension::NewPrivileges,
            ),
            (
                &self.masked_paths,
                &before.masked_paths,
                Dimension::SystemPaths,
            ),
            (
                &self.read_only,
                &before.read_only,
                Dimension::RootFilesystem,
            ),
        ];
        for (after, before, dimension) in kept {
            // What protects is less where it is there.
            exceeded.unless(before.at_most(after), dimension);
        }
        let bounded = capabilities::bounding_at_most(self, before);
        exceeded.unless(bounded, Dimension::Capabilities);
        let effective = bounded && capabilities::is_root_at_most(self, before);
        exceeded.unless(effective, Dimension::EffectiveCapabilities);
        exceeded.unless(self.seccomp.at_most(&before.seccomp), Dimension::Seccomp);
        exceeded.unless(self.apparmor.at_most(&before.apparmor), Dimension::AppArmor);
        exceeded.unless(self.selinux.at_most(&before.selinux), Dimension::Selinux);
        for kind in NamespaceKind::ALL {
            let (after, before) = (self.namespaces.get(*kind), before.namespaces.get(*kind));
            exceeded.unless(after.at_most(before), Dimension::Namespace(*kind));
        }
        let limits = declaration::ulimits_at_most(&self.ulimits, &before.ulimits);
        exceeded.unless(limits, Dimension::ProcessLimits);
        // Whoever leaves the host's network for the default one is not compared in this.
        if let (Some(after), Some(before)) = (&self.neighbours, &before.neighbours) {
            exceeded.unless(after.at_most(before), Dimension::Networks);
        }
        exceeded.unless(is_same_program(self, before), Dimension::Program);
        exceeded.0
    }
}

impl Container {
    /// Whether this container, which is `before` after a change, is as it was: it holds the same,
    /// and is declared to.
    pub fn is_as(&self, before: &Self) -> bool {
        let words = |container: &Self| {
            let Declared {
                cap_add, cap_drop, ..
            } = &container.declared;
            let words = cap_add.iter().chain(cap_drop).map(|entry| entry.value);
            (cap_add.len(), words.collect::<Vec<_>>())
        };
        let unknown = |container: &Self| {
            let unknown = container.declared.unknown_capabilities.iter();
            unknown.map(|entry| entry.value.clone()).collect::<Vec<_>>()
        };
        words(self) == words(before)
            && unknown(self) == unknown(before)
            && self.exceeds(before).is_empty()
            && before.exceeds(self).is_empty()
    }
}

/// What was found so far.
struct Exceeded(Vec<Dimension>);

impl Exceeded {
    fn unless(&mut self, holds: bool, dimension: Dimension) {
        if !holds {
            self.0.push(dimension);
        }
    }

    fn of_limits(&mut self, after: &Limits, before: &Limits) {
        let Limits { memory, cpus, pids } = after;
        self.unless(memory.at_most(&before.memory), Dimension::Memory);
        self.unless(cpus.at_most(&before.cpus), Dimension::Processors);
        self.unless(pids.at_most(&before.pids), Dimension::Processes);
    }
}

/// A user as seen from its image: whether it is root, and what is written.
#[derive(Clone, PartialEq, Eq)]
struct Seen {
    user: User,
    is_root: bool,
}

fn user(container: &Container) -> State<Seen> {
    let user = container.user.state.clone();
    user.map(|user| Seen {
        is_root: container.image.is_root(&user),
        user,
    })
}

impl AtMost for Seen {
    /// Root is more than any other. Two others are equals: neither has what the kernel keeps for
    /// root, and whose files they own is a matter of the files.
    fn at_most(&self, before: &Self) -> bool {
        before.is_root || !self.is_root
    }

    /// An unknown user may be anybody. That nobody is less than one without root's number is not
    /// true to the letter, but whom an image starts when it says so is its publisher's choice.
    fn is_least(&self) -> bool {
        !self.is_root
    }

    fn is_most(&self) -> bool {
        self.is_root
    }
}

impl AtMost for bool {
    fn at_most(&self, before: &Self) -> bool {
        *before || !*self
    }

    fn is_least(&self) -> bool {
        !*self
    }

    fn is_most(&self) -> bool {
        *self
    }
}

impl AtMost for Limit {
    fn at_most(&self, before: &Self) -> bool {
        match (self, before) {
            (_, Self::None) => true,
            (Self::None, Self::Of(_)) => false,
            (Self::Of(after), Self::Of(before)) => after <= before,
        }
    }

    fn is_most(&self) -> bool {
        *self == Self::None
    }
}

impl AtMost for Seccomp {
    /// Two filters that differ are not compared.
    fn at_most(&self, before: &Self) -> bool {
        *before == Self::Disabled || self == before
    }

    fn is_most(&self) -> bool {
        *self == Self::Disabled
    }
}

impl AtMost for AppArmor {
    fn at_most(&self, before: &Self) -> bool {
        *before == Self::Unconfined || self == before
    }

    fn is_most(&self) -> bool {
        *self == Self::Unconfined
    }
}

impl AtMost for SelinuxLabel {
    fn at_most(&self, before: &Self) -> bool {
        before.confines_nothing() || self == before
    }

    fn is_most(&self) -> bool {
        self.confines_nothing()
    }
}

/// Whether it is the same image, started in the same way: only then do the other respects mean the
/// same in both.
fn is_same_program(after: &Container, before: &Container) -> bool {
    let words = |image: &Image| {
        let words = image.entrypoint.as_ref().map(|start| &start.words);
        words.cloned()
    };
    let files = |image: &Image| {
        let files = image.privileged_files.iter();
        files
            .map(|file| (file.path.clone(), file.grant.clone()))
            .collect::<Vec<_>>()
    };
    let (after, before) = (&after.image, &before.image);
    after.base.name() == before.base.name()
        && after.windows == before.windows
        && words(after) == words(before)
        && {
            // A file that is given fewer privileges gives fewer.
            let earlier = files(before);
            files(after).iter().all(|file| earlier.contains(file))
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known<T>(value: T) -> State<T> {
        State::Known(value)
    }

    #[test]
    fn an_unknown_is_only_as_much_as_itself() {
        let hidden = || State::unknown("`$A` is not set");
        assert!(hidden().at_most(&hidden()) && known(false).at_most(&hidden()));
        assert!(hidden().at_most(&known(true)));
        assert!(!known(true).at_most(&hidden()));
        assert!(!hidden().at_most(&known(false)));
        assert!(!hidden().at_most(&State::<bool>::unknown("`$B` is not set")));
    }

    #[test]
    fn root_is_more_than_anybody_and_two_others_are_not_compared() {
        let seen = |text: &str| {
            known(Seen {
                is_root: text == "root",
                user: User::new(text),
            })
        };
        assert!(seen("app").at_most(&seen("root")) && seen("app").at_most(&seen("app")));
        assert!(seen("app").at_most(&State::unknown("the base is not known")));
        assert!(!seen("root").at_most(&seen("app")));
        assert!(seen("app").at_most(&seen("other")));
        assert!(!seen("root").at_most(&State::unknown("the base is not known")));
    }

    #[test]
    fn no_filter_is_more_than_any_and_two_filters_are_not_compared() {
        let own = |path: &str| Seccomp::Profile {
            path: path.to_owned(),
            file: None,
        };
        assert!(own("a").at_most(&Seccomp::Disabled) && own("a").at_most(&own("a")));
        assert!(!Seccomp::Disabled.at_most(&Seccomp::Default));
        assert!(!own("a").at_most(&Seccomp::Default));
        assert!(!Seccomp::Default.at_most(&own("a")));
        assert!(SelinuxLabel::Default.at_most(&SelinuxLabel::Set("type:spc_t".to_owned())));
        assert!(!SelinuxLabel::Set("type:spc_t".to_owned()).at_most(&SelinuxLabel::Default));
        assert!(!AppArmor::Profile("a".to_owned()).at_most(&AppArmor::Default));
    }

    #[test]
    fn no_limit_is_more_than_any() {
        assert!(Limit::Of(1.0).at_most(&Limit::Of(2.0)) && Limit::Of(9.0).at_most(&Limit::None));
        assert!(!Limit::Of(2.0).at_most(&Limit::Of(1.0)));
        assert!(!Limit::None.at_most(&Limit::Of(1.0)));
    }
}
