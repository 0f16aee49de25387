//! Everything in a repository that says with what privileges a container runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use caulk_seccomp::Profile as SeccompProfile;
use caulk_source::{FileId, Span, Surface};

use crate::base_images::ImageReference;
use crate::profile_use::{self, ProfileUse};
use crate::{
    Container, ContainerId, Daemon, EngineClient, ImagePull, ImageSource, Kernel, PrivilegedStep,
    Project, RequestedBuild, Seccomp, SelinuxOff, Stated, StatedImages, UnresolvedReference,
};

/// A seccomp profile of a [`Repository`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProfileId(usize);

/// A seccomp profile and who uses it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Its file.
    pub file: FileId,
    /// What it says.
    pub profile: SeccompProfile,
    /// The containers that name it, and where they do.
    pub used_by: Vec<(ContainerId, Span)>,
    uses: OnceLock<Vec<ProfileUse>>,
}

/// A file with a syntax that the engine itself refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The kind of file.
    pub surface: Surface,
    /// What is refused; at least one, in the order of the file.
    pub problems: Vec<Refused>,
    /// Whether what is refused is the shape of all of it, so that nothing in it was judged.
    pub is_whole: bool,
}

/// One thing that an engine refuses in a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Refused {
    /// Where.
    pub span: Span,
    /// What.
    pub problem: String,
    /// When.
    pub when: RefusedWhen,
    /// What it excludes, where that is the reason.
    pub beside: Option<Span>,
    /// What to do about it, where that is plain.
    pub cure: Option<&'static str>,
}

impl Refused {
    /// Not judged from here on, for the file is too long.
    pub fn unjudged(span: Span) -> Self {
        Self {
            when: RefusedWhen::Never,
            ..Self::when_read(span, "it starts too many containers".to_owned())
        }
    }

    /// Refused by what reads the file.
    pub fn when_read(span: Span, problem: String) -> Self {
        Self {
            span,
            problem,
            when: RefusedWhen::Read,
            beside: None,
            cure: None,
        }
    }
}

/// When something is refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RefusedWhen {
    /// When its file is read.
    Read,
    /// When podman's generator makes a service of a quadlet.
    Generated,
    /// When the service that it makes starts.
    Started,
    /// Not at all: it is not judged, and that is to be said.
    Never,
}

/// The containers, profiles and unreadable files of a repository.
#[derive(Clone, Default, Debug)]
pub struct Repository {
    containers: Vec<Container>,
    profiles: Vec<Profile>,
    unreadable: Vec<Unreadable>,
    daemons: Vec<Daemon>,
    kernels: Vec<Kernel>,
    selinux_off: Vec<SelinuxOff>,
    unresolved: BTreeSet<UnresolvedReference>,
    privileged_steps: Vec<PrivilegedStep>,
    requested_builds: Vec<RequestedBuild>,
    image_pulls: Vec<ImagePull>,
    stated: Arc<Vec<Stated>>,
    /// What is stated of each file, by its place in that list.
    stated_of: BTreeMap<FileId, usize>,
    /// The engine that each configuration states, by its place in that list.
    hosts: BTreeMap<usize, Daemon>,
    clients: Vec<EngineClient>,
    /// Images that are built here, by repository and tag.
    built_images: BTreeSet<(String, Option<String>)>,
    /// The names that stand for something else in a build here, by repository and tag.
    build_contexts: BTreeSet<(String, Option<String>)>,
    /// Services by project and name.
    services: BTreeMap<(Project, String), ContainerId>,
    /// Containers by the names that the engine knows them by, each with the file that starts it.
    called: BTreeMap<(FileId, String), ContainerId>,
}

impl Repository {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a container.
    pub fn add_container(&mut self, mut container: Container) -> ContainerId {
        let id = ContainerId(self.containers.len());
        let base = container.image.base.repository();
        let stated = self.stated(container.file).zip(base);
        if let Some(stated) = stated
            .and_then(|(stated, base)| stated.image(&base))
            .cloned()
        {
            container.state(stated);
        }
        self.containers.push(container);
        id
    }

    /// Adds a profile.
    pub fn add_profile(&mut self, file: FileId, profile: SeccompProfile) -> ProfileId {
        let id = ProfileId(self.profiles.len());
        self.profiles.push(Profile {
            file,
            profile,
            used_by: Vec::new(),
            uses: OnceLock::new(),
        });
        id
    }

    /// Adds an unreadable file.
    pub fn add_unreadable(&mut self, unreadable: Unreadable) {
        self.unreadable.push(unreadable);
    }

    /// Adds an engine's configuration.
    pub fn add_daemon(&mut self, daemon: Daemon) {
        self.daemons.push(daemon);
    }

    /// Adds a kernel's configuration.
    pub fn add_kernel(&mut self, kernel: Kernel) {
        self.kernels.push(kernel);
    }

    /// Adds a place that keeps SELinux from being enforced.
    pub fn add_selinux_off(&mut self, off: SelinuxOff) {
        self.selinux_off.push(off);
    }

    /// Adds a reference that could not be followed; one that is known already is the same.
    pub fn add_unresolved(&mut self, reference: UnresolvedReference) {
        self.unresolved.insert(reference);
    }

    /// Adds a step of a build that asks for more than steps have.
    pub fn add_privileged_step(&mut self, step: PrivilegedStep) {
        self.privileged_steps.push(step);
    }

    /// Adds a build that is asked for where no container is declared.
    pub fn add_requested_build(&mut self, build: RequestedBuild) {
        self.requested_builds.push(build);
    }

    /// Adds an image that is pulled where no container is declared.
    pub fn add_image_pull(&mut self, pull: ImagePull) {
        self.image_pulls.push(pull);
    }

    /// The images that are pulled where no container is declared.
    pub fn image_pulls(&self) -> impl Iterator<Item = &ImagePull> {
        self.image_pulls.iter()
    }

    /// Says what configurations state, and which of them holds for which file.
    pub fn state(&mut self, stated: Arc<Vec<Stated>>, of: BTreeMap<FileId, usize>) {
        self.stated = stated;
        self.stated_of = of;
    }

    /// Says which engine a configuration states, by its place among them.
    pub fn add_host(&mut self, index: usize, host: Daemon) {
        self.hosts.insert(index, host);
    }

    /// What the configuration states that holds for a file.
    pub fn stated(&self, file: FileId) -> Option<&Stated> {
        self.stated.get(*self.stated_of.get(&file)?)
    }

    /// The images that the configuration which holds for a file names to a rule.
    pub fn images_named(
        &self,
        file: FileId,
        rule: &'static str,
        option: &'static str,
    ) -> Option<&StatedImages> {
        self.stated(file)?.options.get(&(rule, option))
    }

    /// Adds a name that a build here gives its image.
    pub fn add_built_image(&mut self, name: &str) {
        if let Some(image) = ImageReference::parse(name) {
            self.built_images.insert((image.repository, image.tag));
        }
    }

    /// Whether a build here gives its image this name: then whoever starts it pulls nothing.
    pub fn is_built_here(&self, image: &ImageReference) -> bool {
        let name = (image.repository.clone(), image.tag.clone());
        self.built_images.contains(&name)
    }

    /// Adds a name that stands for a folder or another image in a build's Dockerfile.
    pub fn add_build_context(&mut self, name: &str) {
        if let Some(image) = ImageReference::parse(name) {
            self.build_contexts.insert((image.repository, image.tag));
        }
    }

    /// Whether a build here says what this name stands for in its Dockerfile: whose Dockerfile that is,
    /// is not looked at.
    pub fn is_build_context(&self, image: &ImageReference) -> bool {
        let name = (image.repository.clone(), image.tag.clone());
        self.build_contexts.contains(&name)
    }

    /// Adds a client that is told where its engine is.
    pub fn add_client(&mut self, client: EngineClient) {
        self.clients.push(client);
    }

    /// The clients that are told where their engine is, outside of any container.
    pub fn clients(&self) -> impl Iterator<Item = &EngineClient> {
        self.clients.iter()
    }

    /// The builds that are asked for where no container is declared.
    pub fn requested_builds(&self) -> impl Iterator<Item = &RequestedBuild> {
        self.requested_builds.iter()
    }

    /// The steps of builds that ask for more than steps have, in the order in which their files were
    /// read.
    pub fn privileged_steps(&self) -> impl Iterator<Item = &PrivilegedStep> {
        self.privileged_steps.iter()
    }

    /// Ties what refers to each other: services to the stages that they run, containers to the
    /// profiles that they name, all of them to the engine that will start them. Call it once, when
    /// everything is added.
    pub fn join(&mut self) {
        let hosts: BTreeMap<usize, Vec<Daemon>> = self
            .hosts
            .iter()
            .map(|(index, host)| (*index, host.over(&self.daemons)))
            .collect();
        for container in &mut self.containers {
            let stated = self.stated_of.get(&container.file);
            let host = stated.and_then(|index| hosts.get(index));
            container.meet(host.unwrap_or(&self.daemons));
        }
        let by_file: BTreeMap<FileId, usize> = (0..)
            .zip(&self.profiles)
            .map(|(index, profile)| (profile.file, index))
            .collect();
        let mut run_by: Vec<(ContainerId, ContainerId)> = Vec::new();
        for (index, container) in self.containers.iter().enumerate() {
            let id = ContainerId(index);
            if let (Some(project), Some(name)) = (&container.project, &container.name) {
                let key = (project.clone(), name.clone());
                self.services.entry(key).or_insert(id);
            }
            if let Some(name) = &container.declared.container_name {
                let key = (container.started_by(), name.clone());
                self.called.entry(key).or_insert(id);
            }
            if let ImageSource::Built {
                container: Some(stage),
                ..
            } = &container.source
            {
                run_by.push((*stage, id));
            }
            if let Some(Seccomp::Profile {
                file: Some(file), ..
            }) = container.seccomp.value()
                && let Some(profile) = by_file.get(file).and_then(|at| self.profiles.get_mut(*at))
            {
                profile.used_by.push((id, container.seccomp.span()));
            }
        }
        for (stage, service) in run_by {
            if let Some(stage) = self.containers.get_mut(stage.0) {
                stage.run_by.push(service);
            }
        }
    }

    /// The containers, in the order in which their files were read.
    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter()
    }

    /// A container.
    pub fn container(&self, id: ContainerId) -> Option<&Container> {
        self.containers.get(id.0)
    }

    /// The service of this name in the same project.
    pub fn neighbour(&self, container: &Container, name: &str) -> Option<&Container> {
        let key = (container.project.clone()?, name.to_owned());
        self.container(*self.services.get(&key)?)
    }

    /// The container that the engine knows by this name, of the same project or the same file.
    pub fn called(&self, container: &Container, name: &str) -> Option<&Container> {
        let key = (container.started_by(), name.to_owned());
        self.container(*self.called.get(&key)?)
    }

    /// The profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.iter()
    }

    /// What becomes of a profile for the containers that name it, one use for each bounding set.
    /// Where nothing names it, there is one, with Docker's default capabilities.
    ///
    /// Resolved when it is first asked for: call it after [`Repository::join`].
    pub fn uses<'p>(&self, profile: &'p Profile) -> &'p [ProfileUse] {
        profile.uses.get_or_init(|| {
            let users = profile.used_by.iter();
            let users = users.filter_map(|(id, span)| Some((*id, *span, self.container(*id)?)));
            profile_use::uses(&profile.profile, users)
        })
    }

    /// What becomes of the profile that a container runs under, where it is one of this repository.
    pub fn use_by(&self, container: &Container) -> Option<(FileId, &ProfileUse)> {
        let Seccomp::Profile { file, .. } = container.seccomp.value()? else {
            return None;
        };
        let profile = self.profile_in((*file)?)?;
        let (bounding, _) = profile_use::assumed(container);
        let mut uses = self.uses(profile).iter();
        let found = uses.find(|one| one.bounding == bounding)?;
        Some((profile.file, found))
    }

    /// The profile in this file.
    pub fn profile_in(&self, file: FileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.file == file)
    }

    /// The engines' configurations.
    pub fn daemons(&self) -> impl Iterator<Item = &Daemon> {
        self.daemons.iter()
    }

    /// The engines of which something is said: by their configurations, and by ours. Of the latter
    /// only what is said is known, and what is not said may be so or otherwise.
    pub fn engines(&self) -> impl Iterator<Item = &Daemon> {
        self.daemons.iter().chain(self.hosts.values())
    }

    /// The kernels' configurations.
    pub fn kernels(&self) -> impl Iterator<Item = &Kernel> {
        self.kernels.iter()
    }

    /// The places that keep SELinux from being enforced.
    pub fn selinux_off(&self) -> impl Iterator<Item = &SelinuxOff> {
        self.selinux_off.iter()
    }

    /// The files that an engine refuses.
    pub fn unreadable(&self) -> impl Iterator<Item = &Unreadable> {
        self.unreadable.iter()
    }

    /// The references that could not be followed, by place.
    pub fn unresolved(&self) -> impl Iterator<Item = &UnresolvedReference> {
        self.unresolved.iter()
    }
}
