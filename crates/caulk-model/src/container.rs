//! A container: what is declared of it, and what it effectively holds.

use caulk_linux::{CapabilitySet, CapabilityWord, docker_bounding, podman_bounding};
use caulk_source::{FileId, Span, Surface};

use crate::base_images::STEP;
use crate::build::Stage;
use crate::confinement::{self, AppArmor, SelinuxLabel};
use crate::{
    Declared, Engine, Extent, Fact, Image, Limit, Limits, Namespace, NamespaceKind, Namespaces,
    Origin, Seccomp, State, StatedImage, Step, StepKind, Ulimit, User,
};

/// A project: services that the engine starts together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Project {
    /// Its folder, from which its paths begin.
    pub folder: String,
    /// Its first file: a folder may hold files of several projects.
    pub main: FileId,
}

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
    /// Whether the engine starts an init before its program, which passes signals on to that.
    pub init: Fact<bool>,
    /// The limits of each of its processes, by name; the kernel's own hold besides.
    pub ulimits: Vec<Entry<Ulimit>>,
    /// The driver that keeps what it prints; nothing where that is the engine's own.
    pub logging: Option<Fact<String>>,
    /// Whether the other containers of the engine's default network reach its ports; nothing where
    /// it is not surely in that network.
    pub neighbours: Option<Fact<bool>>,
    /// The services that run the image that this stage builds.
    pub run_by: Vec<ContainerId>,
    /// The project that it is a service of.
    pub project: Option<Project>,
    /// By what it came into the project, where another file has it, nearest first.
    pub steps: Vec<Step>,
    /// The service in whose file the Dockerfile of this image is written.
    pub image_of: Option<String>,
}

impl Container {
    /// By what a value that is written at `span` came to this container, nearest first. At the
    /// container's own line: by what the container itself came.
    pub fn steps_to(&self, span: Span) -> &[Step] {
        if span == self.anchor {
            return &self.steps;
        }
        let origins = self.declared.origins();
        let mut here = origins.filter(|origin| origin.span() == span);
        let mounts = self.declared.mounts.iter();
        let mut places = mounts.filter(|mount| mount.value.place == Some(span));
        let origin = here.next().or_else(|| Some(&places.next()?.origin));
        origin.map_or(&[], Origin::steps)
    }

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
        let namespaces = effective_namespaces(&declared, &default);
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
            init: declared.init.clone().unwrap_or_else(no),
            ulimits: declared.ulimits.clone(),
            logging: declared.logging.clone(),
            neighbours: is_on_the_default_network(surface, &declared, &source)
                .then(|| Fact::known(true, default.clone())),
            namespaces,
            privileged,
            source,
            image,
            declared,
            run_by: Vec::new(),
            project: None,
            steps: Vec::new(),
            image_of: None,
        }
    }

    /// Takes what a configuration states of the image that its own stands on.
    pub(crate) fn state(&mut self, stated: StatedImage) {
        if let Some(user) = stated.user.as_deref().filter(|_| self.image.user_from_base) {
            self.image.user.state = State::Known(User::new(user));
            // Who starts it is known; that its entrypoint gives root up is the table's to say.
            self.user = effective_user(&self.declared, &self.image, &self.source);
            let is_root = |user: User| self.image.is_root(&user);
            self.root = self.user.state.clone().map(is_root);
        }
        self.image.stated = Some(stated);
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
            let bounding = match self.declared.engine {
                Engine::Docker => docker_bounding,
                Engine::Podman => podman_bounding,
            };
            bounding(
                privileged,
                &words(&self.declared.cap_add),
                &words(&self.declared.cap_drop),
            )
        })
    }

    /// How its entrypoint gives root up by itself, where nothing here replaces the entrypoint or
    /// keeps it from doing so.
    pub fn steps_down(&self) -> Option<&crate::StepDown> {
        let is_other = self.root == State::Known(false);
        if is_other || self.is_kept_from_stepping_down() {
            return None;
        }
        let behind_it = self.behind_the_images_entrypoint()?;
        let own = self.declared.command.first().map(|word| &word.value);
        let command = behind_it.first().or(own);
        let step = self.image.steps_down.as_ref();
        step.filter(|step| command.is_none_or(|word| step.takes(word)))
    }

    /// Where an entrypoint is named that is another one than its image's own.
    pub fn other_entrypoint(&self) -> Option<Span> {
        let named = self.declared.entrypoint.as_ref()?;
        let is_other = self.behind_the_images_entrypoint().is_none();
        is_other.then(|| named.origin.span())
    }

    /// What the named entrypoint hands to its image's own; nothing where it is another one.
    fn behind_the_images_entrypoint(&self) -> Option<&[String]> {
        let Some(named) = &self.declared.entrypoint else {
            return Some(&[]);
        };
        self.image.behind_its_entrypoint(named.value()?)
    }

    /// Whether its entrypoint would give root up, and goes on as root because it lacks the
    /// capabilities for that. An entrypoint that fails without them is not meant: it is not root that
    /// runs then, but nothing.
    pub fn is_kept_from_stepping_down(&self) -> bool {
        let tries = self.image.steps_down.as_ref();
        let held = self.bounding();
        tries.is_some_and(|step| step.only_if_it_may)
            && held.known().is_some_and(|held| !held.contains_all(STEP))
    }

    /// Whether it is a container that somebody starts, and not an image that somebody may.
    pub fn runs(&self) -> bool {
        self.source != ImageSource::Itself
    }

    /// Whether it is a part of a declaration that something else completes: what it does not say is not
    /// known.
    pub fn is_part(&self) -> bool {
        self.source == ImageSource::Fragment || self.declared.around.extent == Extent::Part
    }

    /// The file that starts it together with others.
    pub(crate) fn started_by(&self) -> FileId {
        self.project
            .as_ref()
            .map_or(self.file, |project| project.main)
    }

    /// How people call a stage of its build: "stage `build`", "the image of service `web`".
    pub fn title_of(&self, stage: &Stage) -> String {
        self.of_its_service(stage.title())
    }

    /// Of several Dockerfiles in one file, whose it is.
    fn of_its_service(&self, title: String) -> String {
        match &self.image_of {
            Some(service) => format!("{title} of service `{service}`"),
            None => title,
        }
    }

    /// How people call it: "service `web`", "stage `build`", "the image".
    pub fn title(&self) -> String {
        self.of_its_service(self.own_title())
    }

    /// Whether a command line starts it without a name.
    pub fn is_called_after_its_image(&self) -> bool {
        self.surface == Surface::CommandLine
            && self.declared.container_name.is_none()
            && self.declared.around.extent != Extent::Process
    }

    fn own_title(&self) -> String {
        match (self.surface, &self.name) {
            (Surface::Compose, Some(name)) => match self.declared.profiles.as_slice() {
                [profile, ..] if !profile.origin.is_from_env() => {
                    format!("service `{name}` of profile `{}`", profile.value)
                }
                [] | [_, ..] => format!("service `{name}`"),
            },
            (Surface::Dockerfile, Some(name)) => format!("stage `{name}`"),
            (Surface::CommandLine, Some(name)) if self.is_called_after_its_image() => {
                format!("a container of `{name}`")
            }
            (Surface::CommandLine, Some(name)) => format!("container `{name}`"),
            (Surface::Quadlet, Some(name)) => format!("quadlet `{name}`"),
            (Surface::Quadlet, None) => "the quadlet".to_owned(),
            (Surface::DevContainer, Some(name)) => format!("dev container `{name}`"),
            (Surface::DevContainer, None) => "the dev container".to_owned(),
            (Surface::Workflow, Some(name)) => match name.split_once('.') {
                Some((job, service)) => format!("service `{service}` of job `{job}`"),
                None => format!("the container of job `{name}`"),
            },
            (Surface::Workflow | Surface::CommandLine, None) => "the container".to_owned(),
            (
                Surface::Compose
                | Surface::Dockerfile
                | Surface::Seccomp
                | Surface::Bake
                | Surface::Daemon
                | Surface::Kernel,
                _,
            ) => "the image".to_owned(),
        }
    }
}

/// Whether it is surely in the network that the engine has by itself: where a project does not make
/// one, and a workflow's runner neither.
fn is_on_the_default_network(surface: Surface, declared: &Declared, source: &ImageSource) -> bool {
    let by_itself = match surface {
        Surface::Compose => false,
        Surface::CommandLine | Surface::DevContainer => true,
        Surface::Dockerfile
        | Surface::Seccomp
        | Surface::Workflow
        | Surface::Quadlet
        | Surface::Bake
        | Surface::Daemon
        | Surface::Kernel => return false,
    };
    if declared.engine == Engine::Podman || *source == ImageSource::Fragment {
        return false;
    }
    let word = declared.namespace_words.get(&NamespaceKind::Network);
    word.map_or(by_itself, |word| {
        let is_default = |word: &String| matches!(word.as_str(), "bridge" | "default");
        word.known().is_some_and(is_default)
    })
}

/// The namespaces that are named, and its own where none is.
fn effective_namespaces(declared: &Declared, default: &Origin) -> Namespaces {
    let own = |kind: NamespaceKind| {
        let named = declared.namespaces.get(&kind).cloned();
        named.unwrap_or_else(|| Fact::known(Namespace::Own, default.clone()))
    };
    Namespaces {
        network: own(NamespaceKind::Network),
        pid: own(NamespaceKind::Pid),
        ipc: own(NamespaceKind::Ipc),
        uts: own(NamespaceKind::Uts),
        user: own(NamespaceKind::User),
        cgroup: own(NamespaceKind::Cgroup),
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
