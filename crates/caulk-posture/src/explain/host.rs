//! What of the host a container has.

use std::fmt::Write as _;

use caulk_model::{
    Container, Declared, Entry, Mount, Namespace, NamespaceKind, Origin, Relabel, State,
};

use super::Facts;
use crate::{Posture, host};

impl Posture<'_> {
    pub(super) fn host_facts(&self, container: &Container, facts: &mut Facts) {
        // What somebody says is told with who says it.
        let is_own = |kind: &&NamespaceKind| {
            let fact = container.namespaces.get(**kind);
            fact.value() == Some(&Namespace::Own) && matches!(fact.origin, Origin::Default(_))
        };
        let own: Vec<&str> = NamespaceKind::ALL
            .iter()
            .filter(is_own)
            .map(|kind| kind.name())
            .collect();
        for kind in NamespaceKind::ALL.iter().filter(|kind| !is_own(kind)) {
            let says = |namespace: &Namespace| match namespace {
                Namespace::Own => format!("its own {kind}"),
                Namespace::Shareable => format!("its own {kind}, which every other may join"),
                Namespace::Host => format!("{kind} of the host"),
                Namespace::Joined { whose } => format!("{kind} of {whose}"),
                Namespace::Nothing => format!("no {kind}"),
            };
            let fact = container.namespaces.get(*kind);
            let words = self.told(fact, says);
            facts.push((
                "namespaces",
                match fact.state {
                    State::Known(_) => words,
                    State::Unknown { .. } => format!("{kind} {words}"),
                },
            ));
        }
        if !own.is_empty() {
            facts.push(("namespaces", format!("its own: {}", own.join(", "))));
        }
        if let Some(open) = &container.neighbours {
            let says = |open: &bool| {
                (if *open {
                    "every other container on it reaches every port"
                } else {
                    "other containers on it reach nothing"
                })
                .to_owned()
            };
            facts.push(("default network", self.told(open, says)));
        }
        let declared = &container.declared;
        for entry in &declared.mounts {
            facts.push(("paths of the host", self.mount(entry)));
        }
        if let Some(socket) = &declared.api_socket {
            let words = |on: &bool| {
                (if *on {
                    "the engine's socket, and the client's credentials"
                } else {
                    "no socket"
                })
                .to_owned()
            };
            facts.push(("paths of the host", self.told(socket, words)));
        }
        self.device_facts(declared, facts);
    }

    /// Devices, rules for them, and the groups through which such files are opened.
    fn device_facts(&self, declared: &Declared, facts: &mut Facts) {
        for entry in &declared.devices {
            let who = self.who(&entry.origin);
            facts.push((
                "devices",
                format!("{}: {who}", host::path(&entry.value.host)),
            ));
        }
        for entry in &declared.device_rules {
            let who = self.who(&entry.origin);
            let words = match &entry.value {
                State::Known(rule) => format!("`{rule}`"),
                State::Unknown { because } => format!("a rule that is unknown, because {because}"),
            };
            facts.push(("devices", format!("{words}: {who}")));
        }
        for entry in &declared.group_add {
            let who = self.who(&entry.origin);
            let words = match &entry.value {
                State::Known(group) => group.clone(),
                State::Unknown { because } => format!("one that is unknown, because {because}"),
            };
            facts.push(("groups", format!("{words}: {who}")));
        }
    }

    fn mount(&self, entry: &Entry<Mount>) -> String {
        let mount = &entry.value;
        let source = match &mount.source {
            State::Known(source) => source.clone(),
            State::Unknown { because } => format!("a path that is unknown, because {because},"),
        };
        let mut words = format!("{source} as {}", mount.target);
        if mount.read_only {
            words += ", read-only";
        }
        if let Some(because) = &mount.options_unknown {
            let _ = write!(words, ", with options that are unknown, because {because}");
        }
        if let Some(socket) = mount.socket() {
            let _ = write!(
                words,
                ", which opens the control socket of {}",
                socket.runtime
            );
        }
        if let Some(propagation) = &mount.propagation {
            let _ = write!(words, ", {propagation}");
        }
        match mount.relabel {
            Relabel::None => {}
            Relabel::Shared => words += ", relabelled for every container",
            Relabel::Private => words += ", relabelled for it alone",
        }
        format!("{words}: {}", self.who(&entry.origin))
    }
}
