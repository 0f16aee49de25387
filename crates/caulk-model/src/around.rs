//! What is known of how a container is started and used, beside what it holds.

use std::collections::BTreeMap;

use caulk_source::Span;

use crate::{Fact, Origin, User};

/// How much of a container a declaration declares.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Extent {
    /// All of it: what it does not say is the engine's to fill in.
    #[default]
    Whole,
    /// A part that is put over another, which is not here: what it does not say may be said there.
    Part,
    /// No container, but another process in one that runs already.
    Process,
}

/// Who starts a container, beside its engine.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Manager {
    /// Nobody that would matter.
    #[default]
    Nobody,
    /// Swarm, which neither binds a port to an address nor knows every key of Compose.
    Swarm,
    /// A service of systemd, in whose control group its own lies: the service's limits hold.
    Systemd,
}

/// Whether an engine may pull an image.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Pulling {
    /// It may.
    #[default]
    Allowed,
    /// It is told never to: the image has to be there.
    Never,
}

/// How a container is started and used.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Around {
    /// Whether what starts it is root on the host, so that a rootless engine is out of the question:
    /// `sudo podman`.
    pub by_root: bool,
    /// How much of a container is declared.
    pub extent: Extent,
    /// Who starts it, beside its engine.
    pub manager: Manager,
    /// Where the variable has its value that is a part of its image's name, where it is one that is set
    /// around a script: `env` of a workflow.
    pub part_of_image: Option<Span>,
    /// Where another command of its file pulls its image.
    pub pulled_at: Option<Span>,
    /// What mounts the files of an engine of its own: a volume at `/var/lib/docker`.
    pub engine_files: Option<Origin>,
    /// Whether no network that it is in hands it a port of the host: each is internal, or of a driver that
    /// has no such thing.
    pub has_no_ports: bool,
    /// Whether its engine may pull its image.
    pub pulling: Pulling,
    /// As whom the tools start everything in it but its first process: `remoteUser`.
    pub attached_as: Option<Fact<User>>,
    /// Where a command that is run in it calls `sudo`.
    pub calls_sudo: Option<Span>,
    /// Entries of which something else asks for the same, by where they are written, with who asks
    /// for that: to take away the one alone changes nothing.
    pub asked_again: BTreeMap<Span, Origin>,
}

/// Folders in which engines have their images and containers.
const ENGINE_FILES: &[&str] = &["/var/lib/containers/storage", "/var/lib/docker"];

impl Around {
    /// Whether something that is mounted from `source` to `target` is where an engine in it has its
    /// files: it can write to them, and they are not those of the host's engine.
    pub fn is_for_an_engine(source: Option<&str>, target: &str, read_only: bool) -> bool {
        let target = target.trim_end_matches('/');
        let is_the_hosts = source.map(|source| source.trim_end_matches('/')) == Some(target);
        ENGINE_FILES.contains(&target) && !is_the_hosts && !read_only
    }
}
