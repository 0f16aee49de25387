//! One fact of a container, as words: its value, and where a reader is pointed.

use caulk_linux::CapabilityWord;
use caulk_model::{
    AppArmor, Container, Entry, Fact, Limit, Namespace, Origin, Relabel, Seccomp, SelinuxLabel,
    State,
};
use caulk_source::{Sources, Span};

/// What is seen of a fact.
pub(crate) struct Seen {
    value: String,
    origin: Option<Origin>,
}

impl Seen {
    /// `value, written compose.yaml:4`; what is inherited names its steps, nearest first.
    pub(crate) fn words(self, sources: &Sources) -> String {
        let place = |span: Span| {
            let file = sources.get(span.file).expect("a file");
            format!("{}:{}", file.path(), file.line_column(span.start).line)
        };
        let origin = match self.origin {
            None => return self.value,
            Some(Origin::Written(span)) => format!("written {}", place(span)),
            Some(Origin::Default(span)) => format!("default {}", place(span)),
            Some(Origin::Inherited { from, steps }) => {
                let steps = steps
                    .iter()
                    .map(|step| format!(", {:?} {}", step.kind, place(step.span)));
                format!("inherited {}{}", place(from), steps.collect::<String>())
            }
        };
        format!("{}, {origin}", self.value)
    }
}

fn said<T>(state: &State<T>, says: impl FnOnce(&T) -> String) -> String {
    match state {
        State::Known(value) => says(value),
        State::Unknown { because } => format!("unknown: {because}"),
    }
}

fn fact<T>(fact: &Fact<T>, says: impl FnOnce(&T) -> String) -> Seen {
    Seen {
        value: said(&fact.state, says),
        origin: Some(fact.origin.clone()),
    }
}

fn flag(flag: &Fact<bool>) -> Seen {
    fact(flag, bool::to_string)
}

fn nothing() -> Seen {
    Seen {
        value: "nothing".to_owned(),
        origin: None,
    }
}

/// A fact that the engine does not fill in.
fn declared(said: Option<&Fact<bool>>) -> Seen {
    said.map_or_else(nothing, flag)
}

/// The first entry of a list.
fn first<T>(entries: &[Entry<T>], says: impl FnOnce(&T) -> String) -> Seen {
    entries.first().map_or_else(nothing, |entry| Seen {
        value: says(&entry.value),
        origin: Some(entry.origin.clone()),
    })
}

pub(crate) fn user(container: &Container) -> Seen {
    fact(&container.user, |user| user.text().to_owned())
}

pub(crate) fn groups(container: &Container) -> Seen {
    first(&container.declared.group_add, |group| {
        said(group, String::clone)
    })
}

pub(crate) fn privileged(container: &Container) -> Seen {
    flag(&container.privileged)
}

/// One of the two lists; what hangs on a variable makes both unknown.
fn capabilities(container: &Container, entries: &[Entry<CapabilityWord>]) -> Seen {
    match &container.declared.capabilities_unknown {
        None => first(entries, ToString::to_string),
        Some(unknown) => Seen {
            value: format!("unknown: {}", unknown.value),
            origin: Some(unknown.origin.clone()),
        },
    }
}

pub(crate) fn added(container: &Container) -> Seen {
    capabilities(container, &container.declared.cap_add)
}

pub(crate) fn dropped(container: &Container) -> Seen {
    capabilities(container, &container.declared.cap_drop)
}

pub(crate) fn bounding(container: &Container) -> Seen {
    Seen {
        value: said(&container.bounding(), |set| format!("{} held", set.len())),
        origin: None,
    }
}

pub(crate) fn seccomp(container: &Container) -> Seen {
    fact(&container.seccomp, |seccomp| {
        match seccomp {
            Seccomp::Default => "default",
            Seccomp::Disabled => "disabled",
            Seccomp::Profile { path, .. } => path,
        }
        .to_owned()
    })
}

pub(crate) fn apparmor(container: &Container) -> Seen {
    fact(&container.apparmor, |apparmor| {
        match apparmor {
            AppArmor::Default => "docker-default",
            AppArmor::Unconfined => "unconfined",
            AppArmor::Profile(name) => name,
        }
        .to_owned()
    })
}

pub(crate) fn selinux(container: &Container) -> Seen {
    fact(&container.selinux, |label| {
        match label {
            SelinuxLabel::Default => "default",
            SelinuxLabel::Disabled => "disabled",
            SelinuxLabel::Set(label) => label,
        }
        .to_owned()
    })
}

pub(crate) fn no_new_privileges(container: &Container) -> Seen {
    flag(&container.no_new_privileges)
}

pub(crate) fn masked_paths(container: &Container) -> Seen {
    flag(&container.masked_paths)
}

fn namespace(namespace: &Fact<Namespace>) -> Seen {
    fact(namespace, |namespace| {
        match namespace {
            Namespace::Own => "own",
            Namespace::Shareable => "shareable",
            Namespace::Host => "host",
            Namespace::Joined { whose } => whose,
            Namespace::Nothing => "none",
        }
        .to_owned()
    })
}

pub(crate) fn network(container: &Container) -> Seen {
    namespace(&container.namespaces.network)
}

pub(crate) fn pid(container: &Container) -> Seen {
    namespace(&container.namespaces.pid)
}

pub(crate) fn ipc(container: &Container) -> Seen {
    namespace(&container.namespaces.ipc)
}

pub(crate) fn uts(container: &Container) -> Seen {
    namespace(&container.namespaces.uts)
}

pub(crate) fn user_namespace(container: &Container) -> Seen {
    namespace(&container.namespaces.user)
}

pub(crate) fn cgroup(container: &Container) -> Seen {
    namespace(&container.namespaces.cgroup)
}

pub(crate) fn mounts(container: &Container) -> Seen {
    first(&container.declared.mounts, |mount| {
        said(&mount.source, String::clone)
    })
}

pub(crate) fn mount_options(container: &Container) -> Seen {
    first(&container.declared.mounts, |mount| {
        if let Some(because) = &mount.options_unknown {
            return format!("unknown: {because}");
        }
        let access = if mount.read_only { "ro" } else { "rw" };
        let label = match mount.relabel {
            Relabel::None => None,
            Relabel::Shared => Some("z"),
            Relabel::Private => Some("Z"),
        };
        let words = [Some(access), mount.propagation.as_deref(), label];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    })
}

pub(crate) fn devices(container: &Container) -> Seen {
    first(&container.declared.devices, |device| {
        said(&device.host, String::clone)
    })
}

pub(crate) fn device_rules(container: &Container) -> Seen {
    first(&container.declared.device_rules, |rule| {
        said(rule, String::clone)
    })
}

fn limit(limit: &Fact<Limit>) -> Seen {
    fact(limit, |limit| match limit {
        Limit::None => "none".to_owned(),
        Limit::Of(amount) => amount.to_string(),
    })
}

pub(crate) fn memory(container: &Container) -> Seen {
    limit(&container.limits.memory)
}

pub(crate) fn cpus(container: &Container) -> Seen {
    limit(&container.limits.cpus)
}

pub(crate) fn pids(container: &Container) -> Seen {
    limit(&container.limits.pids)
}

pub(crate) fn ulimits(container: &Container) -> Seen {
    first(&container.ulimits, |limit| {
        said(&limit.hard, |hard| format!("{} {hard}", limit.name))
    })
}

pub(crate) fn logging(container: &Container) -> Seen {
    container
        .logging
        .as_ref()
        .map_or_else(nothing, |driver| fact(driver, String::clone))
}

pub(crate) fn ports(container: &Container) -> Seen {
    first(&container.declared.ports, |port| {
        said(&port.address, String::clone)
    })
}

pub(crate) fn read_only(container: &Container) -> Seen {
    flag(&container.read_only)
}

pub(crate) fn api_socket(container: &Container) -> Seen {
    declared(container.declared.api_socket.as_ref())
}

pub(crate) fn writable_cgroups(container: &Container) -> Seen {
    declared(container.declared.writable_cgroups.as_ref())
}
