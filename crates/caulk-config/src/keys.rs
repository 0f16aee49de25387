//! What a configuration may say.

/// A key that stands in no table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it says, in Markdown: a part of a sentence.
    pub about: &'static str,
    /// What its value is.
    pub kind: Kind,
}

/// What the value of a key is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The name of a level.
    Level,
    /// The name of a severity.
    Severity,
    /// A list of rules: ids, and patterns with `*`.
    Rules,
    /// A list of patterns for paths.
    Paths,
    /// A table with a table for each rule, by its id.
    RuleTables,
    /// A table with keys of an engine's configuration.
    Host,
    /// A table with a table for each image, by its repository.
    Images,
}

/// What may be said of an image.
pub(crate) const IMAGE: &[&str] = &["user", "needs", "sudo"];

/// The keys of `daemon.json` that say something of every container.
pub(crate) const HOST: &[(&str, HostKind)] = &[
    (
        "default-cgroupns-mode",
        HostKind::OneOf(&["private", "host"]),
    ),
    (
        "default-ipc-mode",
        HostKind::OneOf(&["private", "shareable"]),
    ),
    ("default-ulimits", HostKind::Limits),
    ("icc", HostKind::Switch),
    ("log-driver", HostKind::Text),
    ("no-new-privileges", HostKind::Switch),
    ("seccomp-profile", HostKind::Text),
    ("selinux-enabled", HostKind::Switch),
    ("userns-remap", HostKind::Text),
];

/// What the value of a key of an engine's configuration is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HostKind {
    Switch,
    Text,
    OneOf(&'static [&'static str]),
    Limits,
}

impl Kind {
    /// The kind in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Level => "a level",
            Self::Severity => "a severity",
            Self::Rules => "a list of rules",
            Self::Paths => "a list of patterns",
            Self::RuleTables | Self::Images => "tables",
            Self::Host => "a table",
        }
    }
}

/// Every key that stands in no table.
pub const KEYS: &[Key] = &[
    Key {
        name: "level",
        about: "`baseline` or `hardened`, as `--level` has them",
        kind: Kind::Level,
    },
    Key {
        name: "select",
        about: "only these rules, whatever their level: ids, and patterns with `*`",
        kind: Kind::Rules,
    },
    Key {
        name: "extend-select",
        about: "these rules too, whatever their level",
        kind: Kind::Rules,
    },
    Key {
        name: "ignore",
        about: "not these rules",
        kind: Kind::Rules,
    },
    Key {
        name: "min-severity",
        about: "the least severity that is shown",
        kind: Kind::Severity,
    },
    Key {
        name: "fail-on",
        about: "the least severity that makes a run fail",
        kind: Kind::Severity,
    },
    Key {
        name: "exclude",
        about: "files and folders on which nothing is reported: patterns as `.gitignore` has them, \
                seen from the folder of the configuration",
        kind: Kind::Paths,
    },
    Key {
        name: "rules",
        about: "`[rules.<id>]`: the `severity` of a rule's findings, and the rule's own options",
        kind: Kind::RuleTables,
    },
    Key {
        name: "host",
        about: "the engine that will start the containers: keys of its `daemon.json`",
        kind: Kind::Host,
    },
    Key {
        name: "images",
        about: "`[images.\"<repository>\"]`: what you know of an image that is not built here, its `user`, the \
                capabilities that it `needs`, and whether somebody in it counts on `sudo`",
        kind: Kind::Images,
    },
];
