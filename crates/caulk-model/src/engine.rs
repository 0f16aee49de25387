//! Which program starts a container.

use caulk_linux::{CapabilitySet, DOCKER_DEFAULT, PODMAN_DEFAULT};

/// An engine. They differ in what they give a container that asks for nothing.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Engine {
    /// Docker, and nerdctl, which follows it.
    #[default]
    Docker,
    /// Podman.
    Podman,
}

impl Engine {
    /// The capabilities that it gives a container that asks for nothing.
    pub fn default_capabilities(self) -> CapabilitySet {
        match self {
            Self::Docker => DOCKER_DEFAULT,
            Self::Podman => PODMAN_DEFAULT,
        }
    }
}
