//! Which of the kernel's views a container shares, and with whom.

use std::fmt;

use crate::Fact;

/// Whose namespace a container lives in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Namespace {
    /// Its own.
    Own,
    /// Its own, and every other container that asks may join it: shared memory.
    Shareable,
    /// The host's.
    Host,
    /// Another container's.
    Joined {
        /// As it is written: `service:web`, `container:db`.
        whose: String,
    },
    /// None at all: no network.
    Nothing,
}

impl Namespace {
    /// The namespace of a kind that `text` names, as Docker reads `--network`, `--pid` and the like.
    pub fn parse(kind: NamespaceKind, text: &str) -> Self {
        match text {
            "host" => Self::Host,
            "shareable" if kind == NamespaceKind::Ipc => Self::Shareable,
            "none" => Self::Nothing,
            other if other.starts_with("service:") || other.starts_with("container:") => {
                Self::Joined {
                    whose: other.to_owned(),
                }
            }
            _ => Self::Own,
        }
    }
}

/// A kind of namespace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NamespaceKind {
    /// Interfaces, addresses, firewall rules, abstract sockets.
    Network,
    /// Processes.
    Pid,
    /// Shared memory and message queues.
    Ipc,
    /// Host and domain name.
    Uts,
    /// User and group numbers.
    User,
    /// The tree of control groups.
    Cgroup,
}

impl NamespaceKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Network,
        Self::Pid,
        Self::Ipc,
        Self::Uts,
        Self::User,
        Self::Cgroup,
    ];

    /// The name, as people say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Pid => "pid",
            Self::Ipc => "ipc",
            Self::Uts => "uts",
            Self::User => "user",
            Self::Cgroup => "cgroup",
        }
    }
}

impl fmt::Display for NamespaceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// The namespaces in which a container lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Namespaces {
    /// Interfaces, addresses, firewall rules.
    pub network: Fact<Namespace>,
    /// Processes.
    pub pid: Fact<Namespace>,
    /// Shared memory and message queues.
    pub ipc: Fact<Namespace>,
    /// Host and domain name.
    pub uts: Fact<Namespace>,
    /// User and group numbers.
    pub user: Fact<Namespace>,
    /// Control groups.
    pub cgroup: Fact<Namespace>,
}

impl Namespaces {
    /// The namespace of this kind.
    pub fn get(&self, kind: NamespaceKind) -> &Fact<Namespace> {
        match kind {
            NamespaceKind::Network => &self.network,
            NamespaceKind::Pid => &self.pid,
            NamespaceKind::Ipc => &self.ipc,
            NamespaceKind::Uts => &self.uts,
            NamespaceKind::User => &self.user,
            NamespaceKind::Cgroup => &self.cgroup,
        }
    }
}
