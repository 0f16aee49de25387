//! What the engine is told for all of its containers.

use caulk_source::{FileId, Span};

use crate::{
    Container, Entry, Fact, Namespace, NamespaceKind, Origin, Seccomp, SelinuxLabel, State, Step,
    StepKind,
};

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
}

impl Daemon {
    /// Whether root in a container is another account of the host.
    pub fn remaps_users(&self) -> bool {
        let remap = self.userns_remap.as_ref().and_then(Fact::value);
        remap.is_some_and(|account| !account.is_empty())
    }
}

/// A setting on which all daemons of a repository agree: which of them a container will meet is not
/// known.
fn agreed<T: Clone + PartialEq>(
    daemons: &[Daemon],
    setting: impl Fn(&Daemon) -> Option<&Fact<T>>,
) -> Option<Fact<T>> {
    let (first, others) = daemons.split_first()?;
    let first = setting(first)?;
    let same = |daemon: &Daemon| setting(daemon).is_some_and(|other| other.state == first.state);
    others.iter().all(same).then(|| first.clone())
}

impl Container {
    /// What it holds under these daemons: where nothing is said of it, what they say of all holds.
    pub(crate) fn meet(&mut self, daemons: &[Daemon]) {
        if !self.runs() {
            return;
        }
        let anchor = self.anchor;
        let through = |origin: Origin| {
            origin.through(Step {
                kind: StepKind::Daemon,
                span: anchor,
            })
        };
        if self.declared.no_new_privileges.is_none()
            && let Some(said) = agreed(daemons, |daemon| daemon.no_new_privileges.as_ref())
        {
            self.no_new_privileges = Fact {
                state: said.state,
                origin: through(said.origin),
            };
        }
        // `builtin` is the engine's own profile even where the daemon names another.
        let silent =
            self.declared.seccomp.is_none() && self.seccomp.value() == Some(&Seccomp::Default);
        if silent && let Some(said) = agreed(daemons, |daemon| daemon.seccomp.as_ref()) {
            self.seccomp = Fact {
                state: said.state,
                origin: through(said.origin),
            };
        }
        if self.selinux.value() == Some(&SelinuxLabel::Default)
            && let Some(said) = agreed(daemons, |daemon| daemon.selinux.as_ref())
        {
            let label = said.state.map(|on| {
                if on {
                    SelinuxLabel::Default
                } else {
                    SelinuxLabel::Disabled
                }
            });
            self.selinux = Fact {
                state: label,
                origin: through(said.origin),
            };
        }
        self.meet_namespaces(daemons, &through);
    }

    fn meet_namespaces(&mut self, daemons: &[Daemon], through: &dyn Fn(Origin) -> Origin) {
        let says = |kind: NamespaceKind| self.declared.namespaces.contains_key(&kind);
        if !says(NamespaceKind::Cgroup)
            && let Some(said) = agreed(daemons, |daemon| daemon.cgroup_namespace.as_ref())
        {
            self.namespaces.cgroup = Fact {
                state: said.state.map(|mode| match mode.as_str() {
                    "host" => Namespace::Host,
                    _ => Namespace::Own,
                }),
                origin: through(said.origin),
            };
        }
        if !says(NamespaceKind::User)
            && let Some(said) = agreed(daemons, |daemon| daemon.userns_remap.as_ref())
            && let State::Known(_) = &said.state
        {
            self.namespaces.user.origin = through(said.origin);
        }
    }
}
