//! What containers hold under an engine's configuration.

use super::Daemon;
use crate::{
    Container, Engine, Entry, Fact, Namespace, NamespaceKind, Origin, Seccomp, SelinuxLabel, State,
    Step, StepKind, Ulimit,
};

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

/// The limits that all daemons of a repository have.
fn agreed_limits(daemons: &[Daemon]) -> impl Iterator<Item = &Entry<Ulimit>> {
    let limits = daemons.first().map(|first| first.ulimits.as_slice());
    let have = |limit: &Entry<Ulimit>, daemon: &Daemon| {
        let mut theirs = daemon.ulimits.iter();
        theirs.any(|other| other.value == limit.value)
    };
    let everywhere = move |limit: &&Entry<Ulimit>| daemons.iter().all(|daemon| have(limit, daemon));
    limits.unwrap_or_default().iter().filter(everywhere)
}

/// A setting as a container has it through a daemon.
fn met<T>(said: Fact<T>, through: &dyn Fn(Origin) -> Origin) -> Fact<T> {
    Fact {
        state: said.state,
        origin: through(said.origin),
    }
}

impl Container {
    /// What it holds under these daemons: where nothing is said of it, what they say of all holds.
    pub(crate) fn meet(&mut self, daemons: &[Daemon]) {
        // Podman has a configuration of its own.
        if !self.runs() || self.declared.engine == Engine::Podman {
            return;
        }
        let anchor = self.anchor;
        let through = |origin: Origin| {
            origin.through(Step {
                kind: StepKind::Daemon,
                span: anchor,
            })
        };
        self.meet_switches(daemons, &through);
        // `builtin` is the engine's own profile even where the daemon names another.
        let silent =
            self.declared.seccomp.is_none() && self.seccomp.value() == Some(&Seccomp::Default);
        if silent && let Some(said) = agreed(daemons, |daemon| daemon.seccomp.as_ref()) {
            self.seccomp = met(said, &through);
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
        if self.logging.is_none()
            && let Some(said) = agreed(daemons, |daemon| daemon.log_driver.as_ref())
        {
            self.logging = Some(met(said, &through));
        }
        for limit in agreed_limits(daemons) {
            let named = |own: &Entry<Ulimit>| own.value.name == limit.value.name;
            if !self.ulimits.iter().any(named) {
                self.ulimits.push(Entry {
                    value: limit.value.clone(),
                    origin: through(limit.origin.clone()),
                });
            }
        }
    }

    fn meet_switches(&mut self, daemons: &[Daemon], through: &dyn Fn(Origin) -> Origin) {
        if self.declared.no_new_privileges.is_none()
            && let Some(said) = agreed(daemons, |daemon| daemon.no_new_privileges.as_ref())
        {
            self.no_new_privileges = met(said, through);
        }
        if self.declared.init.is_none()
            && let Some(said) = agreed(daemons, |daemon| daemon.init.as_ref())
        {
            self.init = met(said, through);
        }
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
        if !says(NamespaceKind::Ipc)
            && let Some(said) = agreed(daemons, |daemon| daemon.ipc.as_ref())
        {
            self.namespaces.ipc = Fact {
                state: said
                    .state
                    .map(|mode| Namespace::parse(NamespaceKind::Ipc, &mode)),
                origin: through(said.origin),
            };
        }
        if self.neighbours.is_some()
            && let Some(said) = agreed(daemons, |daemon| daemon.icc.as_ref())
        {
            self.neighbours = Some(Fact {
                state: said.state,
                origin: through(said.origin),
            });
        }
        if !says(NamespaceKind::User)
            && let Some(said) = agreed(daemons, |daemon| daemon.userns_remap.as_ref())
            && let State::Known(_) = &said.state
        {
            self.namespaces.user.origin = through(said.origin);
        }
    }
}
