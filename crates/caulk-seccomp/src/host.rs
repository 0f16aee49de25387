//! Who reads a profile, and where.

use std::fmt;
use std::str::FromStr;

use caulk_linux::CapabilitySet;
use caulk_linux::syscalls::Abi;

/// Who reads the file and makes of it what the runtime gets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Consumer {
    /// Docker: `docker run`, Compose, `daemon.json`. Source: moby/profiles `seccomp/`.
    #[default]
    Docker,
    /// Podman, its quadlets, and CRI-O. Source: containers/common `pkg/seccomp`.
    Podman,
    /// The runtime itself: containerd under Kubernetes hands the file on as it is. Source:
    /// runtime-spec `config-linux.md`.
    Oci,
}

/// Who builds the filter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Runtime {
    /// runc. It answers `ENOSYS` to calls that are newer than every call that the profile names.
    #[default]
    Runc,
    /// crun. It has no such answer of its own.
    Crun,
}

/// A kernel's version, as far as a profile can ask for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KernelVersion {
    /// The first number.
    pub kernel: u32,
    /// The second number.
    pub major: u32,
}

impl KernelVersion {
    /// A version: `KernelVersion::new(6, 1)`.
    pub const fn new(kernel: u32, major: u32) -> Self {
        Self { kernel, major }
    }
}

/// The first two numbers of what `uname -r` prints; the rest is not looked at.
impl FromStr for KernelVersion {
    type Err = UnknownKernel;

    fn from_str(text: &str) -> Result<Self, UnknownKernel> {
        let number = |text: &str| text.parse().map_err(|_| UnknownKernel);
        let (kernel, rest) = text.split_once('.').ok_or(UnknownKernel)?;
        let major = rest
            .split(|char: char| !char.is_ascii_digit())
            .next()
            .unwrap_or_default();
        if kernel.starts_with('+') {
            return Err(UnknownKernel);
        }
        Ok(Self::new(number(kernel)?, number(major)?))
    }
}

impl fmt::Display for KernelVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.kernel, self.major)
    }
}

/// A text that is no kernel's version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownKernel;

impl fmt::Display for UnknownKernel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a kernel's version begins with two numbers and a dot, like `6.1`")
    }
}

impl std::error::Error for UnknownKernel {}

/// All that decides, beside the profile's own text, what becomes of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Host {
    /// Who reads the file.
    pub consumer: Consumer,
    /// Who builds the filter.
    pub runtime: Runtime,
    /// The machine: what the engine was built for.
    pub abi: Abi,
    /// The bounding set of the container, after `cap_add` and `cap_drop`. `None`: the runtime is
    /// told of no capabilities at all; then Podman takes every condition on them for met, and
    /// Docker, which always tells, takes the set for empty.
    pub bounding: Option<CapabilitySet>,
    /// The kernel that runs.
    pub kernel: KernelVersion,
}

impl Host {
    /// Docker with runc on x86-64 and Linux 6.1, for a container with this bounding set.
    pub const fn docker(bounding: CapabilitySet) -> Self {
        Self {
            consumer: Consumer::Docker,
            runtime: Runtime::Runc,
            abi: Abi::X86_64,
            bounding: Some(bounding),
            kernel: KernelVersion::new(6, 1),
        }
    }

    /// Podman with crun on x86-64 and Linux 6.1, for a container with this bounding set.
    pub const fn podman(bounding: CapabilitySet) -> Self {
        Self {
            consumer: Consumer::Podman,
            runtime: Runtime::Crun,
            ..Self::docker(bounding)
        }
    }

    /// The same on another machine.
    #[must_use]
    pub const fn on(self, abi: Abi) -> Self {
        Self { abi, ..self }
    }

    /// The same under another kernel.
    #[must_use]
    pub const fn under(self, kernel: KernelVersion) -> Self {
        Self { kernel, ..self }
    }

    /// The same with another runtime.
    #[must_use]
    pub const fn with(self, runtime: Runtime) -> Self {
        Self { runtime, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_read_from_what_uname_prints() {
        for text in ["6.1", "6.1.0-18-amd64", "6.1-rc3"] {
            assert_eq!(text.parse(), Ok(KernelVersion::new(6, 1)), "{text}");
        }
        for text in ["", "6", "6.", "v6.1", "+6.1", ".1", "6.x"] {
            assert_eq!(text.parse::<KernelVersion>(), Err(UnknownKernel), "{text}");
        }
        assert!(KernelVersion::new(4, 19) > KernelVersion::new(4, 8));
    }
}
