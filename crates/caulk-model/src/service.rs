//! What only a declaration of a whole service says: its volumes of every kind, its build, and the
//! settings around them.

use caulk_source::{Span, Surface};

use crate::{Base, Entry, Fact, Mount, Origin, State};

/// Something that is mounted into a container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Volume {
    /// What it is.
    pub kind: VolumeKind,
    /// From where to where, and how. The source of a volume is its name, or empty.
    pub mount: Mount,
}

/// What a [`Volume`] is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum VolumeKind {
    /// A path of the host.
    Bind,
    /// A named pipe of a Windows host.
    Pipe,
    /// A volume that the engine keeps.
    Volume,
    /// Memory.
    Tmpfs,
    /// The files of an image.
    Image,
    /// A volume of a swarm.
    Cluster,
    /// It hangs on a variable.
    Unknown,
}

impl VolumeKind {
    /// The name, as Compose writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Pipe => "npipe",
            Self::Volume => "volume",
            Self::Tmpfs => "tmpfs",
            Self::Image => "image",
            Self::Cluster => "cluster",
            Self::Unknown => "?",
        }
    }
}

/// A kernel parameter that is set for a container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sysctl {
    /// `net.ipv4.ip_forward`
    pub name: String,
    /// What it is set to.
    pub value: State<String>,
}

/// A limit of each process of a container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ulimit {
    /// `nofile`
    pub name: String,
    /// What a process may not exceed, as it is written.
    pub soft: State<String>,
    /// What a process may raise that to, as it is written.
    pub hard: State<String>,
}

/// A variable of a container's environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value; none where it is taken from whoever starts the container.
    pub value: Option<State<String>>,
    /// Where a file of variables says it, from name to value; none where its entry says it itself.
    pub in_file: Option<Span>,
}

/// What a service says of the build of its image.
#[derive(Clone, PartialEq, Debug)]
pub struct DeclaredBuild {
    /// The build context, seen from the project's folder.
    pub context: State<String>,
    /// The Dockerfile, seen from the context.
    pub dockerfile: State<String>,
    /// The stage.
    pub target: Option<State<String>>,
    /// Whether the Dockerfile is written in the service itself.
    pub inline: bool,
    /// Whether its steps run privileged.
    pub privileged: Option<Fact<bool>>,
    /// What it may ask of the builder: `security.insecure`, `network.host`.
    pub entitlements: Vec<Entry<String>>,
    /// The network of its steps.
    pub network: Option<Fact<String>>,
    /// The names of the build arguments that it gives.
    pub arguments: Vec<Entry<String>>,
}

impl DeclaredBuild {
    /// Who said each part of what it may ask for.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        let network = self.network.iter().map(|fact| &fact.origin);
        let privileged = self.privileged.iter().map(|fact| &fact.origin);
        let entries = self.entitlements.iter().map(|entry| &entry.origin);
        privileged.chain(network).chain(entries)
    }
}

/// A build that is asked for where no container is declared: a target of a bake file, a line that
/// builds.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestedBuild {
    /// The kind of file.
    pub surface: Surface,
    /// How people call it: "target `web`".
    pub title: String,
    /// The place that stands for it.
    pub anchor: Span,
    /// What it asks for.
    pub build: DeclaredBuild,
}

/// An image that is pulled where no container is declared: the action of a workflow's step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImagePull {
    /// The kind of file.
    pub surface: Surface,
    /// How people call whoever pulls it: "a step of job `test`".
    pub title: String,
    /// The place that stands for it.
    pub anchor: Span,
    /// The image.
    pub image: Base,
}

/// A step of a build that asks for more than steps have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrivilegedStep {
    /// Where it asks: the flag.
    pub span: Span,
    /// For what.
    pub privilege: BuildPrivilege,
}

/// What a step of a build can ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BuildPrivilege {
    /// `--security=insecure`: everything that a privileged container has.
    Insecure,
    /// `--network=host`: the builder's own network.
    HostNetwork,
    /// `--device`: a device of the builder.
    Device,
}
