//! What the engine is told for all of its containers.

mod keys;
mod meet;

use caulk_source::{FileId, Span};

pub use self::keys::{FindProfile, Setting};
use crate::{Entry, Fact, Seccomp, Ulimit};

/// An engine's configuration: a `daemon.json`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Daemon {
    /// Its file.
    pub file: FileId,
    /// Where to point where something is absent: the opening brace.
    pub anchor: Span,
    /// Whether it is that of an engine without root: it lies in a home folder.
    pub rootless: bool,
    /// Whether no program in any container may gain privileges at exec.
    pub no_new_privileges: Option<Fact<bool>>,
    /// Whether containers that say nothing are started behind an init.
    pub init: Option<Fact<bool>>,
    /// The account to whose numbers root in a container is mapped.
    pub userns_remap: Option<Fact<String>>,
    /// What decides the system calls of containers that say nothing.
    pub seccomp: Option<Fact<Seccomp>>,
    /// Whether containers get labels of SELinux.
    pub selinux: Option<Fact<bool>>,
    /// `host` or `private`: whose control groups containers see that say nothing.
    pub cgroup_namespace: Option<Fact<String>>,
    /// `private` or `shareable`.
    pub ipc: Option<Fact<String>>,
    /// Whether containers on the default network reach each other.
    pub icc: Option<Fact<bool>>,
    /// Whether published ports go through a program.
    pub userland_proxy: Option<Fact<bool>>,
    /// Whether it says much more than it should.
    pub debug: Option<Fact<bool>>,
    /// The port at which it answers questions about its networks.
    pub network_diagnostics: Option<Span>,
    /// Whether it makes rules of the firewall.
    pub iptables: Option<Fact<bool>>,
    /// Whether features are on that are not finished.
    pub experimental: Option<Fact<bool>>,
    /// Where it listens.
    pub hosts: Vec<Entry<String>>,
    /// Whether it asks clients for a certificate.
    pub tls_verify: Option<Fact<bool>>,
    /// Registries from which it takes images unprotected.
    pub insecure_registries: Vec<Entry<String>>,
    /// How it keeps images.
    pub storage_driver: Option<Fact<String>>,
    /// Where the output of containers goes.
    pub log_driver: Option<Fact<String>>,
    /// The limits of each process of containers that say nothing of them.
    pub ulimits: Vec<Entry<Ulimit>>,
}

fn either<T: Clone>(said: Option<&T>, else_this: Option<&T>) -> Option<T> {
    said.or(else_this).cloned()
}

impl Daemon {
    /// One that says nothing yet.
    pub fn new(file: FileId, anchor: Span) -> Self {
        Self {
            file,
            anchor,
            rootless: false,
            no_new_privileges: None,
            init: None,
            userns_remap: None,
            seccomp: None,
            selinux: None,
            cgroup_namespace: None,
            ipc: None,
            icc: None,
            userland_proxy: None,
            debug: None,
            network_diagnostics: None,
            iptables: None,
            experimental: None,
            hosts: Vec::new(),
            tls_verify: None,
            insecure_registries: Vec::new(),
            storage_driver: None,
            log_driver: None,
            ulimits: Vec::new(),
        }
    }

    /// These daemons as this one says they are, where it says anything; this one where there are
    /// none.
    pub(crate) fn over(&self, daemons: &[Self]) -> Vec<Self> {
        if daemons.is_empty() {
            return vec![self.clone()];
        }
        let over = |daemon: &Self| Self {
            no_new_privileges: either(
                self.no_new_privileges.as_ref(),
                daemon.no_new_privileges.as_ref(),
            ),
            init: either(self.init.as_ref(), daemon.init.as_ref()),
            userns_remap: either(self.userns_remap.as_ref(), daemon.userns_remap.as_ref()),
            seccomp: either(self.seccomp.as_ref(), daemon.seccomp.as_ref()),
            selinux: either(self.selinux.as_ref(), daemon.selinux.as_ref()),
            cgroup_namespace: either(
                self.cgroup_namespace.as_ref(),
                daemon.cgroup_namespace.as_ref(),
            ),
            ipc: either(self.ipc.as_ref(), daemon.ipc.as_ref()),
            icc: either(self.icc.as_ref(), daemon.icc.as_ref()),
            log_driver: either(self.log_driver.as_ref(), daemon.log_driver.as_ref()),
            ulimits: if self.ulimits.is_empty() {
                daemon.ulimits.clone()
            } else {
                self.ulimits.clone()
            },
            ..daemon.clone()
        };
        daemons.iter().map(over).collect()
    }

    /// Whether root in a container is another account of the host.
    pub fn remaps_users(&self) -> bool {
        let remap = self.userns_remap.as_ref().and_then(Fact::value);
        remap.is_some_and(|account| !account.is_empty())
    }
}
