//! What is declared of a container.

use std::collections::BTreeMap;

use crate::{
    AppArmor, Around, DeclaredBuild, Device, Engine, Entry, Fact, Limit, Mount, Namespace,
    NamespaceKind, Origin, Port, Seccomp, SelinuxLabel, State, Sysctl, Ulimit, User, Variable,
    Volume,
};
use caulk_linux::{CapabilityWord, UnknownCapability};

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
    /// The entries of `cap_add` as they are written.
    pub cap_add_words: Vec<Entry<State<String>>>,
    /// The entries of `cap_drop` as they are written.
    pub cap_drop_words: Vec<Entry<State<String>>>,
    /// Why the two lists are not all that is added and dropped: an entry hangs on a variable.
    pub capabilities_unknown: Option<Entry<String>>,
    /// What decides its system calls.
    pub seccomp: Option<Fact<Seccomp>>,
    /// Whether programs in it may gain privileges at exec.
    pub no_new_privileges: Option<Fact<bool>>,
    /// Paths of the host that it sees.
    pub mounts: Vec<Entry<Mount>>,
    /// The words of the entrypoint that is named: another one than the image's, or that one once more.
    pub entrypoint: Option<Fact<Vec<String>>>,
    /// Whether the engine starts an init before its program, which passes signals on to that.
    pub init: Option<Fact<bool>>,
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
    /// Ports that it says it listens on, as they are written.
    pub exposed: Vec<Entry<State<String>>>,
    /// Whether its root filesystem is read-only.
    pub read_only: Option<Fact<bool>>,
    /// `use_api_socket`: the engine's socket and the client's credentials.
    pub api_socket: Option<Fact<bool>>,
    /// The image that is named, whether it is pulled or built.
    pub image: Option<Fact<String>>,
    /// The build of its image.
    pub build: Option<DeclaredBuild>,
    /// The namespaces that are named, by kind, each as it is written.
    pub namespace_words: BTreeMap<NamespaceKind, State<String>>,
    /// Security options, each as the engine is told, in order.
    pub security_options: Vec<Entry<State<String>>>,
    /// Everything that is mounted, in order; the paths of the host among it are in `mounts` too.
    pub volumes: Vec<Entry<Volume>>,
    /// Containers and services whose volumes it has too, as they are written.
    pub volumes_from: Vec<Entry<State<String>>>,
    /// Memory that is mounted: `PATH[:OPTIONS]`.
    pub tmpfs: Vec<Entry<State<String>>>,
    /// Kernel parameters.
    pub sysctls: Vec<Entry<Sysctl>>,
    /// Limits of each process.
    pub ulimits: Vec<Entry<Ulimit>>,
    /// The control group above it.
    pub cgroup_parent: Option<Fact<String>>,
    /// The driver that keeps what it prints.
    pub logging: Option<Fact<String>>,
    /// The networks that it is in, by name; none where nothing is said.
    pub networks: Option<Vec<Entry<String>>>,
    /// The services that it says it needs, by name: that it waits for, or is linked with.
    pub needs: Vec<String>,
    /// The profiles with which it is started; always where there are none.
    pub profiles: Vec<Entry<String>>,
    /// The name that the engine knows it by, where its service says one.
    pub container_name: Option<String>,
    /// The words of its command, with the place of each. An empty one stands for what is not known.
    pub command: Vec<Entry<String>>,
    /// How long what it starts runs.
    pub lasting: Lasting,
    /// Its environment, as far as its service says it.
    pub environment: Vec<Entry<Variable>>,
    /// Whether it is started for one job and then ends: a tool, not a service.
    pub one_off: bool,
    /// Whether it is removed when it ends, with all that it wrote into its own files.
    pub removed: bool,
    /// Whether nothing here starts it as it stands: documentation shows it to a reader, or its engine
    /// refuses the file.
    pub example: bool,
    /// Which engine starts it.
    pub engine: Engine,
    /// What is known of how it is started and used, beside what it holds.
    pub around: Around,
}

/// How long what a container starts runs, as far as its declaration says it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Lasting {
    /// It does not say.
    #[default]
    Unsaid,
    /// Its command does nothing but print something or end.
    OnlyPrints,
    /// Its input is kept open, so that a shell in it stays.
    Terminal,
}

impl Declared {
    /// Whether what starts it may be an engine without root on the host.
    pub fn may_be_rootless(&self) -> bool {
        self.engine == Engine::Podman && !self.around.by_root
    }

    /// Whether it is started to stay.
    pub fn stays(&self) -> bool {
        !self.one_off
    }

    /// Whether it is gone, with its files, as soon as its one job is done.
    pub fn passes(&self) -> bool {
        self.one_off && self.removed
    }

    /// Whether it passes, and has nothing of the host and nobody outside to talk to by what is said here.
    pub fn passes_unconnected(&self) -> bool {
        self.passes()
            && self.mounts.is_empty()
            && self.volumes.is_empty()
            && self.volumes_from.is_empty()
            && self.ports.is_empty()
            && self.devices.is_empty()
            && self.device_rules.is_empty()
            && self.cap_add_words.is_empty()
            && self.privileged.is_none()
            && self.api_socket.is_none()
            && self.namespace_words.is_empty()
            && self.networks.is_none()
    }

    /// Who said each part of it.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        fn of<T>(fact: Option<&Fact<T>>) -> Option<&Origin> {
            fact.map(|fact| &fact.origin)
        }
        fn all<T>(entries: &[Entry<T>]) -> impl Iterator<Item = &Origin> {
            entries.iter().map(|entry| &entry.origin)
        }
        let build = self.build.as_ref();
        let facts = [
            of(self.user.as_ref()),
            of(self.privileged.as_ref()),
            of(self.entrypoint.as_ref()),
            of(self.init.as_ref()),
            of(self.seccomp.as_ref()),
            of(self.no_new_privileges.as_ref()),
            of(self.apparmor.as_ref()),
            of(self.selinux.as_ref()),
            of(self.masked_paths.as_ref()),
            of(self.writable_cgroups.as_ref()),
            of(self.memory.as_ref()),
            of(self.cpus.as_ref()),
            of(self.pids.as_ref()),
            of(self.read_only.as_ref()),
            of(self.api_socket.as_ref()),
            of(self.image.as_ref()),
            of(self.cgroup_parent.as_ref()),
            of(self.logging.as_ref()),
            of(build.and_then(|build| build.privileged.as_ref())),
            of(build.and_then(|build| build.network.as_ref())),
        ];
        let namespaces = self.namespaces.values().map(|fact| &fact.origin);
        let entitlements = build.map(|build| build.entitlements.as_slice());
        facts
            .into_iter()
            .flatten()
            .chain(namespaces)
            .chain(all(&self.cap_add_words))
            .chain(all(&self.cap_drop_words))
            .chain(all(&self.security_options))
            .chain(all(&self.mounts))
            .chain(all(&self.volumes_from))
            .chain(all(&self.group_add))
            .chain(all(&self.devices))
            .chain(all(&self.device_rules))
            .chain(all(&self.ports))
            .chain(all(&self.exposed))
            .chain(all(&self.tmpfs))
            .chain(all(&self.sysctls))
            .chain(all(&self.ulimits))
            .chain(all(&self.environment))
            .chain(all(&self.command))
            .chain(all(entitlements.unwrap_or_default()))
    }
}
