//! Which accounts base images have, where their makers publish the files.

use super::ImageReference;

/// The names in the passwd and the group file of an image, before a build adds to them.
#[derive(Debug)]
pub struct KnownAccounts {
    /// The repository, or the beginning of several that ends with `/`.
    repository: &'static str,
    /// The accounts that any of its versions has.
    pub accounts: &'static [&'static str],
    /// Its groups, where they are known for every version.
    pub groups: Option<&'static [&'static str]>,
}

/// Read in November 2026.
#[rustfmt::skip]
const KNOWN: &[KnownAccounts] = &[
    // GoogleContainerTools/distroless, common/BUILD.bazel.
    KnownAccounts {
        repository: "gcr.io/distroless/",
        accounts: &["nobody", "nonroot", "root"],
        groups: Some(&["nobody", "nonroot", "root", "staff", "tty"]),
    },
    // alpinelinux/aports, main/alpine-baselayout/passwd: what any commit of it has. The list of
    // groups changed too often to say what none has.
    KnownAccounts {
        repository: "docker.io/library/alpine",
        accounts: &[
            "adm", "at", "bin", "cron", "cyrus", "daemon", "dhcp", "ftp", "games", "guest", "halt",
            "klogd", "lp", "mail", "man", "news", "nobody", "ntp", "operator", "postgres",
            "postmaster", "root", "shutdown", "smmsp", "squid", "sshd", "sync", "uucp", "vpopmail",
            "xfs",
        ],
        groups: None,
    },
];

impl KnownAccounts {
    /// Those of an image, where they are known.
    pub fn of(reference: &ImageReference) -> Option<&'static Self> {
        let repository = reference.origin();
        KNOWN.iter().find(|known| {
            if known.repository.ends_with('/') {
                repository.starts_with(known.repository)
            } else {
                repository == known.repository
            }
        })
    }
}
