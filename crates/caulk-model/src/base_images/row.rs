//! One row of the table, and the words in which rows are written.

use caulk_linux::{Capability, CapabilitySet};

use crate::{Identity, User};

/// What a base image does by itself, for some or all of its tags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BaseImage {
    /// The repository with its registry (`docker.io/library/node`); a `/*` at the end stands for
    /// every repository of a namespace.
    pub repository: &'static str,
    /// The tags that the row is about.
    pub tags: Tags,
    /// The operating system inside.
    pub platform: Platform,
    /// The user of the image's configuration, as it is written there. Nothing is root on Linux.
    pub user: &'static str,
    /// An account without root's number that the image brings.
    pub account: Option<Account>,
    /// How the image's own entrypoint gives root up, where its first process ends without root.
    ///
    /// Of an image that does not start as root, it is what the entrypoint does where somebody starts it
    /// as root all the same.
    ///
    /// It holds for the image's own entrypoint and default command only: a child image or a service
    /// that names another entrypoint or command may well stay root.
    pub steps_down: Option<StepsDown>,
    /// What of it gains privileges although nobody starts as root, where its maker counts on that.
    pub gains: Option<Gains>,
    /// The folders that its own program writes to from its start on, besides the volumes that its image
    /// declares, where they are known.
    pub writes: Option<&'static [&'static str]>,
    /// The user that the label `devcontainer.metadata` names for dev containers, where it names one.
    pub container_user: Option<&'static str>,
    /// What else that label asks for, of what this tool judges: the JSON of its parts, merged.
    pub dev_container: Option<&'static str>,
    /// Where it was read: `owner/repository: path` on GitHub, or the address of a page.
    pub source: &'static str,
    /// The month in which it was read, as `2026-11`.
    pub checked: &'static str,
}

/// An operating system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Platform {
    /// Linux.
    Linux,
    /// Windows: capabilities, seccomp and numeric users mean nothing there.
    Windows,
}

/// An account of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name.
    pub name: &'static str,
    /// The number, where it is the same for every tag of the row.
    pub uid: Option<u32>,
}

/// How an entrypoint that starts as root gives root up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepsDown {
    /// The account that the first process becomes.
    pub to: &'static str,
    /// The program that changes the user: `gosu`, `setpriv` … or the image's own program.
    pub through: &'static str,
    /// What the entrypoint needs to get there from a container with no capability at all: to
    /// change the user, and to repair the ownership of its data before.
    pub capabilities: CapabilitySet,
    /// Whether the entrypoint goes on as root where it may not change the user, instead of failing.
    pub only_if_it_may: bool,
    /// Whether it sets no-new-privileges on the way, so that its program never gains anything again.
    pub seals: bool,
    /// The first words of commands with which it does so, `*` for any letters; whatever the command
    /// is, where there are none.
    pub commands: &'static [&'static str],
}

/// A program of an image that works only where it gains privileges that its caller does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gains {
    /// This setuid program, which the image's own scripts use, or people in it: which capabilities it
    /// needs hangs on what it is used for.
    Setuid(&'static str),
    /// The image's own program, whose file has capabilities that are in force from the start: without
    /// them in the bounding set it does not start.
    File {
        /// The program.
        path: &'static str,
        /// What its file has.
        capabilities: CapabilitySet,
    },
    /// The image's own program, whose file has capabilities that differ from version to version.
    SomeFile(&'static str),
}

/// The tags that a row is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tags {
    /// Every tag that no row before this one has taken.
    Any,
    /// Tags that are one of these.
    Is(&'static [&'static str]),
    /// Tags with one of these somewhere in them.
    Contains(&'static [&'static str]),
    /// Tags that begin with one of these.
    StartsWith(&'static [&'static str]),
    /// Tags that end with one of these.
    EndsWith(&'static [&'static str]),
    /// Tags of releases before a change that was made in several lines at once: the first release
    /// (major, minor, patch) of each line with it, the newest line last. A tag of a whole line
    /// follows its newest release.
    Before(&'static [(u32, u32, u32)]),
    /// Tags that begin with this version (major, minor) or a later one.
    Since(u32, u32),
    /// The same, and tags that begin with no version at all: they follow the newest.
    SinceOrUnversioned(u32, u32),
}

/// What it takes to become another user.
pub(crate) const STEP: CapabilitySet = CapabilitySet::of(&[Capability::Setgid, Capability::Setuid]);

/// The same, after giving data directories to that user, and walking into those that are its own.
pub(super) const OWN_AND_STEP: CapabilitySet = STEP.union(CapabilitySet::of(&[
    Capability::Chown,
    Capability::DacOverride,
]));

/// The same, and the directories' modes are set too.
pub(super) const ARRANGE_AND_STEP: CapabilitySet =
    OWN_AND_STEP.union(CapabilitySet::of(&[Capability::Fowner]));

/// What a root process needs that stays in front of the one that stepped down, to signal it.
pub(super) const SIGNAL: CapabilitySet = CapabilitySet::of(&[Capability::Kill]);

/// The same, and the bounding set is emptied on the way.
pub(super) const ARRANGE_AND_SHED: CapabilitySet =
    ARRANGE_AND_STEP.union(CapabilitySet::of(&[Capability::Setpcap]));

/// What a program's file has that listens on a port below 1024 without root.
pub(super) const LOW_PORTS: CapabilitySet = CapabilitySet::of(&[Capability::NetBindService]);

/// An image in which the account that it brings becomes root through sudo.
pub(super) const SUDO: Gains = Gains::Setuid("sudo");

/// A Linux image whose configuration names no user.
pub(super) const fn root(repository: &'static str, source: &'static str) -> BaseImage {
    runs_as(repository, "", source)
}

/// A Linux image whose configuration names `user`.
pub(super) const fn runs_as(
    repository: &'static str,
    user: &'static str,
    source: &'static str,
) -> BaseImage {
    BaseImage {
        repository,
        tags: Tags::Any,
        platform: Platform::Linux,
        user,
        account: None,
        steps_down: None,
        gains: None,
        writes: None,
        container_user: None,
        dev_container: None,
        source,
        checked: "2026-11",
    }
}

/// A Windows image that runs as `user`.
pub(super) const fn windows(
    repository: &'static str,
    user: &'static str,
    source: &'static str,
) -> BaseImage {
    let mut row = runs_as(repository, user, source);
    row.platform = Platform::Windows;
    row
}

impl BaseImage {
    /// Only for these tags.
    pub(super) const fn tagged(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self
    }

    /// With an account of this name and number.
    pub(super) const fn account(mut self, name: &'static str, uid: u32) -> Self {
        self.account = Some(Account {
            name,
            uid: Some(uid),
        });
        self
    }

    /// With an account of this name, whose number depends on the tag.
    pub(super) const fn account_named(mut self, name: &'static str) -> Self {
        self.account = Some(Account { name, uid: None });
        self
    }

    /// Whose entrypoint becomes `to`.
    pub(super) const fn stepping_down(
        mut self,
        to: &'static str,
        through: &'static str,
        capabilities: CapabilitySet,
    ) -> Self {
        self.steps_down = Some(StepsDown {
            to,
            through,
            capabilities,
            only_if_it_may: false,
            seals: false,
            commands: &[],
        });
        if self.account.is_none() {
            self.account = Some(Account {
                name: to,
                uid: None,
            });
        }
        self
    }

    /// Whose entrypoint steps down only for commands that begin with one of these words, and runs any
    /// other as root.
    pub(super) const fn on(mut self, commands: &'static [&'static str]) -> Self {
        if let Some(step) = &mut self.steps_down {
            step.commands = commands;
        }
        self
    }

    /// A program of which gains privileges.
    pub(super) const fn gaining(mut self, gains: Gains) -> Self {
        self.gains = Some(gains);
        self
    }

    /// Whose program writes to these folders besides the declared volumes; to none where there are none.
    pub(super) const fn writing(mut self, folders: &'static [&'static str]) -> Self {
        self.writes = Some(folders);
        self
    }

    /// Which is `user` in dev containers.
    pub(super) const fn in_dev_containers(mut self, user: &'static str) -> Self {
        self.container_user = Some(user);
        self
    }

    /// Whose label asks for this in dev containers.
    pub(super) const fn asking_for(mut self, parts: &'static str) -> Self {
        self.dev_container = Some(parts);
        self
    }

    /// Whose entrypoint goes on as root where it may not change the user.
    pub(super) const fn only_if_it_may(mut self) -> Self {
        if let Some(step) = &mut self.steps_down {
            step.only_if_it_may = true;
        }
        self
    }

    /// Whose entrypoint sets no-new-privileges when it gives root up.
    pub(super) const fn sealing(mut self) -> Self {
        if let Some(step) = &mut self.steps_down {
            step.seals = true;
        }
        self
    }

    /// Whether the user of the configuration is the one that may do everything: root, on Windows
    /// `ContainerAdministrator`.
    ///
    /// Whether the first process stays that user is [`Self::steps_down`]'s question.
    pub fn is_root(&self) -> bool {
        match self.platform {
            Platform::Windows => self.user.eq_ignore_ascii_case("ContainerAdministrator"),
            Platform::Linux => match User::new(self.user).identity() {
                Identity::Uid(uid) => uid == 0,
                Identity::Name(name) => name == "root",
                Identity::OutOfRange => false,
            },
        }
    }
}

impl Tags {
    /// Whether `tag` is one of them.
    pub fn include(self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(whole) => whole.contains(&tag),
            Self::Contains(parts) => parts.iter().any(|part| tag.contains(part)),
            Self::StartsWith(parts) => parts.iter().any(|part| tag.starts_with(part)),
            Self::EndsWith(parts) => parts.iter().any(|part| tag.ends_with(part)),
            Self::Before(releases) => is_before(tag, releases),
            Self::Since(major, minor) => {
                leading_version(tag).is_some_and(|version| version >= (major, minor))
            }
            Self::SinceOrUnversioned(major, minor) => {
                leading_version(tag).is_none_or(|version| version >= (major, minor))
            }
        }
    }
}

/// The version with which a tag begins: `v3.1-alpine` is (3, 1). A major version alone follows its
/// newest minor one.
fn leading_version(tag: &str) -> Option<(u32, u32)> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let (major, rest) = leading_number(tag)?;
    let minor = number_behind_a_dot(rest);
    Some((major, minor.map_or(u32::MAX, |(minor, _)| minor)))
}

/// Whether `tag` names a release before these, each of which is the first of its line.
fn is_before(tag: &str, releases: &[(u32, u32, u32)]) -> bool {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let Some((major, rest)) = leading_number(tag) else {
        return false;
    };
    let Some((minor, rest)) = number_behind_a_dot(rest) else {
        let is_line = releases.iter().any(|(line, _, _)| *line == major);
        return !is_line && releases.last().is_some_and(|(last, _, _)| major < *last);
    };
    let line = releases
        .iter()
        .find(|(one, other, _)| (*one, *other) == (major, minor));
    match line {
        Some((_, _, first)) => number_behind_a_dot(rest).is_some_and(|(patch, _)| patch < *first),
        None => releases
            .last()
            .is_some_and(|(last, first, _)| (major, minor) < (*last, *first)),
    }
}

fn number_behind_a_dot(text: &str) -> Option<(u32, &str)> {
    text.strip_prefix('.').and_then(leading_number)
}

/// The decimal number with which `text` begins, and what follows it.
fn leading_number(text: &str) -> Option<(u32, &str)> {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = text.strip_suffix(rest)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_front_of_a_tag() {
        for (tag, version) in [
            ("2.4", Some((2, 4))),
            ("v3.7.13-alpine", Some((3, 7))),
            ("8", Some((8, u32::MAX))),
            ("8-alpine", Some((8, u32::MAX))),
            ("latest", None),
            ("alpine3.24", None),
            ("", None),
            ("99999999999.1", None),
        ] {
            assert_eq!(leading_version(tag), version, "{tag:?}");
        }
    }

    #[test]
    fn tags_are_told_apart() {
        let since = Tags::Since(2, 4);
        let newest = Tags::SinceOrUnversioned(2, 4);
        for (tag, is_since, is_newest) in [
            ("2.3.9", false, false),
            ("2.10", true, true),
            ("3", true, true),
            ("latest", false, true),
        ] {
            assert_eq!(since.include(tag), is_since, "{tag}");
            assert_eq!(newest.include(tag), is_newest, "{tag}");
        }
        assert!(Tags::Contains(&["x", "nonroot"]).include("debug-nonroot"));
        assert!(!Tags::Is(&["nonroot"]).include("debug-nonroot"));
        assert!(Tags::EndsWith(&["-nonroot"]).include("debug-nonroot"));
        assert!(!Tags::StartsWith(&["nonroot"]).include("debug-nonroot"));
    }

    #[test]
    fn a_change_in_several_lines_at_once_has_a_before() {
        let before = Tags::Before(&[(6, 2, 22), (7, 4, 9), (8, 0, 0)]);
        for (tag, is_before) in [
            ("5", true),
            ("5.0-alpine", true),
            ("6", false),
            ("6.0", true),
            ("6.2", false),
            ("6.2.21-bookworm", true),
            ("6.2.22", false),
            ("7.2.1", true),
            ("7.4.10", false),
            ("8", false),
            ("8.2.1", false),
            ("latest", false),
            ("", false),
        ] {
            assert_eq!(before.include(tag), is_before, "{tag:?}");
        }
    }

    #[test]
    fn root_is_recognised_in_every_spelling() {
        for (user, is_root) in [
            ("", true),
            ("0", true),
            ("0:0", true),
            ("root", true),
            ("root:root", true),
            ("1000:0", false),
            ("nobody", false),
        ] {
            assert_eq!(runs_as("x", user, "").is_root(), is_root, "{user:?}");
        }
        assert!(windows("x", "ContainerAdministrator", "").is_root());
        assert!(!windows("x", "ContainerUser", "").is_root());
    }
}
