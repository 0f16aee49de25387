//! Where a filter is, in words and as JSON.

use std::fmt::Write as _;

use caulk_linux::{Capability, CapabilitySet, DOCKER_DEFAULT, PODMAN_DEFAULT};
use caulk_seccomp::{Consumer, Host, Runtime};
use serde::Serialize;

use crate::show::listed;

/// `on x86_64 with Docker, runc and Linux 6.1, for the default capabilities and SYS_ADMIN`.
pub(crate) fn words(host: &Host) -> String {
    format!(
        "on {} with {}, {} and Linux {}, for {}",
        host.abi,
        engine_title(host.consumer),
        runtime(host.runtime),
        host.kernel,
        capabilities(host)
    )
}

fn capabilities(host: &Host) -> String {
    let Some(bounding) = host.bounding else {
        return "a container whose capabilities nobody names".to_owned();
    };
    if bounding == CapabilitySet::ALL {
        return "a container with every capability".to_owned();
    }
    if bounding.is_empty() {
        return "a container without capabilities".to_owned();
    }
    let default = match host.consumer {
        Consumer::Docker | Consumer::Oci => DOCKER_DEFAULT,
        Consumer::Podman => PODMAN_DEFAULT,
    };
    if bounding.intersection(default).is_empty() {
        return format!("{} alone", listed(&names(bounding)));
    }
    let mut text = "the default capabilities".to_owned();
    let (added, dropped) = (bounding.minus(default), default.minus(bounding));
    if !added.is_empty() {
        let _ = write!(text, " and {}", listed(&names(added)));
    }
    if !dropped.is_empty() {
        let _ = write!(text, " without {}", listed(&names(dropped)));
    }
    text
}

fn names(capabilities: CapabilitySet) -> Vec<String> {
    capabilities
        .iter()
        .map(|one| one.short_name().to_owned())
        .collect()
}

const fn engine_title(consumer: Consumer) -> &'static str {
    match consumer {
        Consumer::Docker => "Docker",
        Consumer::Podman => "Podman",
        Consumer::Oci => "the runtime alone",
    }
}

const fn engine(consumer: Consumer) -> &'static str {
    match consumer {
        Consumer::Docker => "docker",
        Consumer::Podman => "podman",
        Consumer::Oci => "oci",
    }
}

const fn runtime(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Runc => "runc",
        Runtime::Crun => "crun",
    }
}

/// A host as programs read it.
#[derive(Serialize)]
pub(crate) struct HostEntry {
    arch: &'static str,
    engine: &'static str,
    runtime: &'static str,
    kernel: String,
    capabilities: Vec<&'static str>,
}

impl HostEntry {
    pub(crate) fn of(host: &Host) -> Self {
        Self {
            arch: host.abi.name(),
            engine: engine(host.consumer),
            runtime: runtime(host.runtime),
            kernel: host.kernel.to_string(),
            capabilities: host
                .bounding
                .unwrap_or(CapabilitySet::EMPTY)
                .iter()
                .map(Capability::name)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_against_the_default() {
        let said = |bounding| capabilities(&Host::docker(bounding));
        assert_eq!(said(DOCKER_DEFAULT), "the default capabilities");
        let mut more = DOCKER_DEFAULT;
        more.insert(Capability::SysAdmin);
        assert_eq!(said(more), "the default capabilities and SYS_ADMIN");
        let less = DOCKER_DEFAULT.minus(CapabilitySet::of(&[Capability::NetRaw]));
        assert_eq!(said(less), "the default capabilities without NET_RAW");
        let one = CapabilitySet::of(&[Capability::SysAdmin]);
        assert_eq!(said(one), "SYS_ADMIN alone");
        assert_eq!(
            said(CapabilitySet::EMPTY),
            "a container without capabilities"
        );
    }

    #[test]
    fn one_sentence_says_all_of_it() {
        let host = Host::docker(CapabilitySet::ALL);
        assert_eq!(
            words(&host),
            "on x86_64 with Docker, runc and Linux 6.1, for a container with every capability"
        );
    }
}
