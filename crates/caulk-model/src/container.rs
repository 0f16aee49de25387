//! A container: what is declared of it, and what it effectively holds.

use std::collections::BTreeMap;

use caulk_linux::{CapabilitySet, CapabilityWord, UnknownCapability, docker_bounding};
use caulk_source::{FileId, Span, Surface};

use crate::confinement::{self, AppArmor, SelinuxLabel};
use crate::{
    Device, Fact, Image, Limit, Limits, Mount, Namespace, NamespaceKind, Namespaces, Origin, Port,
    Seccomp, State, Step, StepKind, User,
};

/// A container of a [`Repository`](crate::Repository).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ContainerId(pub(crate) usize);

/// A value and who said so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry<T> {
    /// The value.
    pub value: T,
    /// Who said so.
    pub origin: Origin,
}

/// Where a container's files and configuration come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImageSource {
    /// It is itself the image that a Dockerfile builds.
    Itself,
    /// A Dockerfile of the repository builds it.
    Built {
        /// The container of the stage that is built.
        container: Option<ContainerId>,
        /// Where that is said: the `build:` key.
        span: Span,
    },
    /// It is pulled.
    Pulled {
        /// Where it is named.
        span: Span,
    },
    /// Nothing says: the declaration is a part that another one completes.
    Fragment,
}

/// What a declaration says of a container, each key with its place.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Declared {
    /// The user that replaces the image's.
    pub user: Option<Fact<User>>,
    /// Whether it is privileged.
    pub privileged: Option<Fact<bool>>,
    /// Capabilities added, in order.
    pub cap_add: Vec<Entry<CapabilityWord>>,
    /// Capabilities dropped, in order.
    pub cap_drop: Vec<Entry<CapabilityWord>>,
    /// Why the two lists are not all that is added and dropped: an entry hangs on a variable.
    pub capabilities_unknown: Option<Entry<String>>,
    /// What decides its system calls.
    pub seccomp: Option<Fact<Seccomp>>,
    /// Whether programs in it may gain privileges at exec.
    pub no_new_privileges: Option<Fact<bool>>,
    /// Paths of the host that it sees.
    pub mounts: Vec<Entry<Mount>>,
    /// The entrypoint that replaces the image's.
    pub entrypoint: Option<Span>,
    /// The namespaces that are named, by kind.
    pub namespaces: BTreeMap<NamespaceKind, Fact<Namespace>>,
    /// Groups that its first process is put into, besides its own.
    pub group_add: Vec<Entry<State<String>>>,
    /// What AppArmor confines it with.
    pub apparmor: Option<Fact<AppArmor>>,
    /// With which label SELinux confines it.
    pub selinux: Option<Fact<SelinuxLabel>>,
    /// Whether `/proc` and `/sys` keep their masked and read-only paths.
    pub masked_paths: Option<Fact<bool>>,
    /// Whether it may write to its control groups.
    pub writable_cgroups: Option<Fact<bool>>,
    /// Capabilities that no kernel has, as they are written: the engine refuses them.
    pub unknown_capabilities: Vec<Entry<UnknownCapability>>,
    /// Devices of the host that it sees.
    pub devices: Vec<Entry<Device>>,
    /// Rules for devices that it may make and use: `c 42:* rmw`.
    pub device_rules: Vec<Entry<State<String>>>,
    /// Memory, in bytes.
    pub memory: Option<Fact<Limit>>,
    /// Processors.
    pub cpus: Option<Fact<Limit>>,
    /// Processes and threads.
    pub pids: Option<Fact<Limit>>,
    /// Ports that are published.
    pub ports: Vec<Entry<Port>>,
    /// Whether its root filesystem is read-only.
    pub read_only: Option<Fact<bool>>,
    /// `use_api_socket`: the engine's socket and the client's credentials.
    pub api_socket: Option<Fact<bool>>,
}

/// A container: what a Dockerfile builds, a service of a Compose file.
#[derive(Clone, PartialEq, Debug)]
pub struct Container {
    /// The kind of file that declares it.
    pub surface: Surface,
    /// The file that declares it.
    pub file: FileId,
    /// Its name: the service's, the stage's where it has one.
    pub name: Option<String>,
    /// The line to point at where something is absent: the service's key, the stage's `FROM`.
    pub anchor: Span,
    /// Where its files and configuration come from.
    pub source: ImageSource,
    /// The image.
    pub image: Image,
    /// What is declared.
    pub declared: Declared,
    /// The user as which its first process starts.
    pub user: Fact<User>,
    /// Whether the first process is uid 0.
    pub root: State<bool>,
    /// Whether it is privileged.
    pub privileged: Fact<bool>,
    /// What decides its system calls.
    pub seccomp: Fact<Seccomp>,
    /// Whether no program in it can gain privileges at exec.
    pub no_new_privileges: Fact<bool>,
    /// The namespaces in which it lives.
    pub namespaces: Namespaces,
    /// What AppArmor confines it with.
    pub apparmor: Fact<AppArmor>,
    /// With which label SELinux confines it.
    pub selinux: Fact<SelinuxLabel>,
    /// Whether `/proc` and `/sys` keep their masked and read-only paths.
    pub masked_paths: Fact<bool>,
    /// What it may use up.
    pub limits: Limits,
    /// Whether its root filesystem is read-only.
    pub read_only: Fact<bool>,
    /// The services that run the image that this stage builds.
    pub run_by: Vec<ContainerId>,
}

impl Container {
    /// The container that `declared` makes of `image`.
    ///
    /// Everything that is not declared is what the engine fills in, pointing at `anchor`.
    pub fn assemble(
        surface: Surface,
        name: Option<String>,
        anchor: Span,
        source: ImageSource,
        image: Image,
        declared: Declared,
    ) -> Self {
        let default = Origin::Default(anchor);
        let no = || Fact::known(false, default.clone());
        let unlimited = || Fact::known(Limit::None, default.clone());
        let own = |kind: NamespaceKind| {
            let named = declared.namespaces.get(&kind).cloned();
            named.unwrap_or_else(|| Fact::known(Namespace::Own, default.clone()))
        };
        let namespaces = Namespaces {
            network: own(NamespaceKind::Network),
            pid: own(NamespaceKind::Pid),
            ipc: own(NamespaceKind::Ipc),
            uts: own(NamespaceKind::Uts),
            user: own(NamespaceKind::User),
            cgroup: own(NamespaceKind::Cgroup),
        };
        let privileged = declared.privileged.clone().unwrap_or_else(no);
        let user = effective_user(&declared, &image, &source);
        Self {
            surface,
            file: anchor.file,
            name,
            anchor,
            root: user.state.clone().map(|user| image.is_root(&user)),
            user,
            seccomp: effective_seccomp(&declared, &privileged, anchor),
            no_new_privileges: declared.no_new_privileges.clone().unwrap_or_else(no),
            apparmor: confinement::apparmor(
                declared.apparmor.as_ref(),
                &privileged,
                default.clone(),
            ),
            selinux: confinement::selinux(
                declared.selinux.as_ref(),
                &privileged,
                &namespaces,
                default.clone(),
            ),
            masked_paths: confinement::masked_paths(
                declared.masked_paths.as_ref(),
                &privileged,
                default.clone(),
            ),
            limits: Limits {
                memory: declared.memory.clone().unwrap_or_else(unlimited),
                cpus: declared.cpus.clone().unwrap_or_else(unlimited),
                pids: declared.pids.clone().unwrap_or_else(unlimited),
            },
            read_only: declared.read_only.clone().unwrap_or_else(no),
            namespaces,
            privileged,
            source,
            image,
            declared,
            run_by: Vec::new(),
        }
    }

    /// The bounding set: all that any process in it can ever hold. Unknown where it hangs on
    /// something unknown.
    pub fn bounding(&self) -> State<CapabilitySet> {
        let privileged = self.privileged.state.clone();
        if let (State::Known(false), Some(unknown)) =
            (&privileged, &self.declared.capabilities_unknown)
        {
            return State::unknown(unknown.value.clone());
        }
        privileged.map(|privileged| {
            let words = |entries: &[Entry<CapabilityWord>]| -> Vec<CapabilityWord> {
                entries.iter().map(|entry| entry.value).collect()
            };
            docker_bounding(
                privileged,
                &words(&self.declared.cap_add),
                &words(&self.declared.cap_drop),
            )
        })
    }

    /// Whether its entrypoint gives root up by itself, and nothing here replaces the entrypoint.
    pub fn steps_down(&self) -> Option<&crate::StepDown> {
        if self.declared.entrypoint.is_some() {
            return None;
        }
        self.image.steps_down.as_ref()
    }

    /// How people call it: "service `web`", "stage `build`", "the image".
    pub fn title(&self) -> String {
        match (self.surface, &self.name) {
            (Surface::Compose, Some(name)) => format!("service `{name}`"),
            (Surface::Dockerfile, Some(name)) => format!("stage `{name}`"),
            (Surface::Compose | Surface::Dockerfile | Surface::Seccomp, _) => {
                "the image".to_owned()
            }
        }
    }
}

/// The declared user, or the image's own: an empty one is none.
fn effective_user(declared: &Declared, image: &Image, source: &ImageSource) -> Fact<User> {
    let declared = declared
        .user
        .as_ref()
        .filter(|fact| !fact.value().is_some_and(User::is_empty));
    if let Some(declared) = declared {
        return declared.clone();
    }
    let image = image.user.clone();
    match source {
        ImageSource::Itself | ImageSource::Fragment => image,
        ImageSource::Built { span, .. } => image.through(Step {
            kind: StepKind::BuiltImage,
            span: *span,
        }),
        ImageSource::Pulled { span } => image.through(Step {
            kind: StepKind::PulledImage,
            span: *span,
        }),
    }
}

/// A profile that is named holds even in a privileged container (moby since 2024-06); else
/// privileged means none.
fn effective_seccomp(declared: &Declared, privileged: &Fact<bool>, anchor: Span) -> Fact<Seccomp> {
    let declared = declared.seccomp.as_ref();
    if let Some(seccomp) = declared
        && seccomp.value() != Some(&Seccomp::Default)
    {
        return seccomp.clone();
    }
    match &privileged.state {
        State::Known(true) => Fact::known(Seccomp::Disabled, privileged.origin.clone()),
        State::Known(false) => declared
            .cloned()
            .unwrap_or_else(|| Fact::known(Seccomp::Default, Origin::Default(anchor))),
        State::Unknown { because } => Fact::unknown(because.clone(), privileged.origin.clone()),
    }
}
