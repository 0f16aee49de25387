//! What well-known features ask for.
//!
//! Each row is what the feature's own `devcontainer-feature.json` says (devcontainers/features,
//! read 2026-11). A feature that is not here may ask for more; nothing is said of it.

use caulk_linux::CapabilityWord;
use caulk_model::{Declared, Entry, Fact, Mount, Origin, Relabel, State};

use crate::compose::security;

/// What a feature asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grants {
    id: &'static str,
    privileged: bool,
    capabilities: &'static [&'static str],
    security: &'static [&'static str],
    /// Paths of the host and where they are seen.
    mounts: &'static [(&'static str, &'static str)],
}

const NOTHING: Grants = Grants {
    id: "",
    privileged: false,
    capabilities: &[],
    security: &[],
    mounts: &[],
};

const FEATURES: &[Grants] = &[
    Grants {
        id: "devcontainers/features/docker-in-docker",
        privileged: true,
        ..NOTHING
    },
    Grants {
        id: "devcontainers/features/docker-outside-of-docker",
        security: &["label=disable"],
        mounts: &[("/var/run/docker.sock", "/var/run/docker-host.sock")],
        ..NOTHING
    },
    Grants {
        id: "devcontainers/features/go",
        capabilities: &["SYS_PTRACE"],
        security: &["seccomp=unconfined"],
        ..NOTHING
    },
    Grants {
        id: "devcontainers/features/rust",
        capabilities: &["SYS_PTRACE"],
        security: &["seccomp=unconfined"],
        ..NOTHING
    },
];

/// What the feature that a key names asks for.
pub(super) fn grants(key: &str) -> Option<Grants> {
    let name = key.split('@').next().unwrap_or(key);
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        Some(_) | None => name,
    };
    let mut rows = FEATURES.iter();
    let id = name.strip_prefix("ghcr.io/").unwrap_or(name);
    rows.find(|row| row.id.eq_ignore_ascii_case(id)).copied()
}

impl Grants {
    /// Adds it to what is declared.
    pub(super) fn add(self, origin: &Origin, declared: &mut Declared) {
        if self.privileged && declared.privileged.as_ref().and_then(Fact::value) != Some(&true) {
            declared.privileged = Some(Fact::known(true, origin.clone()));
        }
        for name in self.capabilities {
            let word = name.parse::<CapabilityWord>().ok();
            let there = declared
                .cap_add
                .iter()
                .any(|entry| Some(entry.value) == word);
            declared
                .cap_add
                .extend(word.filter(|_| !there).map(|value| Entry {
                    value,
                    origin: origin.clone(),
                }));
        }
        for option in self.security {
            let unsaid = match option.split('=').next() {
                Some("seccomp") => declared.seccomp.is_none(),
                Some("label") => declared.selinux.is_none(),
                Some(_) | None => true,
            };
            if unsaid {
                let nothing = |_: &str| State::Known(None);
                let state = State::Known((*option).to_owned());
                security::option(&state, option, origin.clone(), declared, &nothing);
            }
        }
        for (source, target) in self.mounts {
            declared.mounts.push(Entry {
                value: Mount {
                    source: State::Known((*source).to_owned()),
                    place: None,
                    options_unknown: None,
                    target: (*target).to_owned(),
                    read_only: false,
                    propagation: None,
                    relabel: Relabel::None,
                },
                origin: origin.clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_found_with_any_version() {
        for key in [
            "ghcr.io/devcontainers/features/docker-in-docker:2",
            "ghcr.io/devcontainers/features/docker-in-docker:2.12.0",
            "ghcr.io/devcontainers/features/docker-in-docker@sha256:abc",
            "ghcr.io/devcontainers/features/docker-in-docker",
        ] {
            assert!(grants(key).is_some_and(|found| found.privileged), "{key}");
        }
        for key in [
            "./local-features/nvs",
            "ghcr.io/devcontainers/features/git:1",
        ] {
            assert!(grants(key).is_none(), "{key}");
        }
    }
}
