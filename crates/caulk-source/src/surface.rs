//! The kinds of place in which a container's privileges are declared.

use std::fmt;

/// A kind of file (or of text in a file) in which containers are declared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Surface {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A Compose file.
    Compose,
    /// A seccomp profile in JSON.
    Seccomp,
    /// A command line that starts a container: in a script, a Makefile, documentation.
    CommandLine,
    /// A `devcontainer.json`.
    DevContainer,
    /// The containers of a workflow's jobs.
    Workflow,
    /// A unit of systemd from which podman makes a container.
    Quadlet,
    /// A bake file: the targets of a build.
    Bake,
    /// The engine's configuration, `daemon.json`.
    Daemon,
    /// What lies below the engine: a kernel's configuration, its command line, SELinux's mode.
    Kernel,
}

impl Surface {
    /// Every surface.
    pub const ALL: &'static [Self] = &[
        Self::Dockerfile,
        Self::Compose,
        Self::Seccomp,
        Self::CommandLine,
        Self::DevContainer,
        Self::Workflow,
        Self::Quadlet,
        Self::Bake,
        Self::Daemon,
        Self::Kernel,
    ];

    /// The name, as JSON reports print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Compose => "compose",
            Self::Seccomp => "seccomp",
            Self::CommandLine => "command-line",
            Self::DevContainer => "dev-container",
            Self::Workflow => "workflow",
            Self::Quadlet => "quadlet",
            Self::Bake => "bake",
            Self::Daemon => "daemon",
            Self::Kernel => "kernel",
        }
    }

    /// The name, as people say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Dockerfile => "Dockerfile",
            Self::Compose => "Compose",
            Self::Seccomp => "seccomp profile",
            Self::CommandLine => "command line",
            Self::DevContainer => "dev container",
            Self::Workflow => "workflow",
            Self::Quadlet => "quadlet",
            Self::Bake => "bake file",
            Self::Daemon => "daemon.json",
            Self::Kernel => "kernel",
        }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
