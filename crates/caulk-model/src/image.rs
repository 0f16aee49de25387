//! What an image brings: its user, its accounts, how it starts.

use caulk_source::{Span, matches_wildcard};

use crate::base_images::{self, BaseImage, ImageReference, Platform};
use crate::build::Build;
use crate::{Fact, Identity, Origin, PrivilegedFile, State, StatedImage, User};

/// An image: one that a Dockerfile of the repository builds, or one that is pulled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// What it stands on.
    pub base: Base,
    /// Whether its build says that it is a Windows image.
    pub windows: bool,
    /// The user of its configuration.
    pub user: Fact<User>,
    /// Whether the user comes from the base image's own configuration.
    pub user_from_base: bool,
    /// The accounts that its build creates, in order.
    pub accounts: Vec<Account>,
    /// Files that its build gives privileges: setuid bits and file capabilities.
    pub privileged_files: Vec<PrivilegedFile>,
    /// Why its program needs root, where the build shows it.
    pub root_only: Option<RootOnly>,
    /// How its first process starts, where the build says so.
    pub entrypoint: Option<Entrypoint>,
    /// How its entrypoint gives root up by itself, where it does.
    pub steps_down: Option<StepDown>,
    /// What its build does, where that is here to read.
    pub build: Build,
    /// What a configuration states of the image that it stands on.
    pub stated: Option<StatedImage>,
}

/// What an image stands on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// Nothing: no accounts, no shell.
    Scratch,
    /// An image that is not built here.
    External {
        /// Its reference.
        reference: State<ImageReference>,
        /// Its repository, where that is known and the tag is not.
        repository: Option<String>,
        /// The last part of its repository, where no more than that is known: `${OWNER}/web:${TAG}`.
        last_part: Option<String>,
        /// Whether its tag is written, and not filled in.
        tag_is_written: bool,
        /// Whether a variable has a part in its name where that is written.
        has_variable: bool,
        /// What is known of it.
        row: Option<&'static BaseImage>,
        /// Where it is named.
        span: Span,
    },
}

/// An account that a build step creates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The number, where the step says one that is a plain number.
    pub uid: Option<u32>,
    /// The number of its own group, where steps say it.
    pub gid: Option<u32>,
    /// Whether it is in other groups besides.
    pub in_other_groups: bool,
    /// The step.
    pub span: Span,
}

impl Account {
    /// An account of whose groups nothing is known.
    pub fn new(name: String, uid: Option<u32>, span: Span) -> Self {
        Self {
            name,
            uid,
            gid: None,
            in_other_groups: false,
            span,
        }
    }
}

/// Why a program needs root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RootOnly {
    /// Why, as a clause.
    pub why: String,
    /// What has to be done before it runs as another user, as an order.
    pub first: &'static str,
    /// The program that needs it, where it is a matter of that.
    pub program: Option<&'static str>,
    /// Where the build shows it.
    pub span: Span,
}

/// How a container's first process starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entrypoint {
    /// The words, or the one shell command.
    pub words: Vec<String>,
    /// Where it is written.
    pub span: Span,
    /// How many of the words are those of an `ENTRYPOINT` before a `CMD`, and where that `CMD` is written.
    pub command: Option<(usize, Span)>,
    /// Whether it runs a program that the repository shows: its own words decide, or the script
    /// was read.
    pub was_read: bool,
    /// Whether it is an `ENTRYPOINT`, and not a `CMD` alone that goes through the base's own.
    pub replaces_the_base: bool,
    /// The program that is started first, where an `ENTRYPOINT` names one: a shell, where it is a
    /// command for that.
    pub first_program: Option<String>,
}

/// How an entrypoint that starts as root gives root up.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct StepDown {
    /// The account that it becomes, where that is known.
    pub to: Option<String>,
    /// Through what: `gosu`, `su-exec`, `setpriv` …
    pub through: String,
    /// Where that is written, where it is in the repository.
    pub span: Option<Span>,
    /// Whether nobody has read that it does: a tool for it was put into the image, and the script
    /// that starts it is not in the repository.
    pub assumed: bool,
    /// Whether it goes on as root where it may not change the user, instead of failing to start.
    pub only_if_it_may: bool,
    /// Whether it sets no-new-privileges on the way, so that its program never gains anything again.
    pub seals: bool,
    /// The first words of commands with which it does so; whatever the command is, where there are
    /// none.
    pub commands: &'static [&'static str],
}

impl StepDown {
    /// Whether it does so for a command that begins with this word; where the word is not known, too.
    pub fn takes(&self, first: &str) -> bool {
        let is_the_entrypoint = first.ends_with("entrypoint.sh");
        let mut commands = self.commands.iter();
        first.is_empty()
            || is_the_entrypoint
            || self.commands.is_empty()
            || commands.any(|known| matches_wildcard(known, first))
    }

    /// Through which program, as text: "`gosu` or `su-exec`" where versions of the image differ.
    pub fn tools(&self) -> String {
        let tools: Vec<String> = self
            .through
            .split(" or ")
            .map(|tool| match tool.strip_suffix(" itself") {
                Some(tool) => format!("`{tool}` itself"),
                None => format!("`{tool}`"),
            })
            .collect();
        tools.join(" or ")
    }
}

impl Base {
    /// The base that `text` names at `span`.
    pub fn named(text: &str, span: Span) -> Self {
        let reference = ImageReference::parse(text).map_or_else(
            || State::unknown("its name is no image reference"),
            State::Known,
        );
        let mut base = Self::external(reference, span);
        if let Self::External { tag_is_written, .. } = &mut base {
            *tag_is_written = ImageReference::names_tag(text);
        }
        base
    }

    /// The same, with what is written there.
    #[must_use]
    pub fn written(mut self, text: &str) -> Self {
        if let Self::External { has_variable, .. } = &mut self {
            *has_variable = text.contains('$');
        }
        self
    }

    /// The base with this reference, which is not written so, at `span`.
    pub fn external(reference: State<ImageReference>, span: Span) -> Self {
        let row = reference.known().and_then(base_images::find_image);
        Self::External {
            reference,
            repository: None,
            last_part: None,
            tag_is_written: true,
            has_variable: false,
            row,
            span,
        }
    }

    /// The base named `written` at `span`, of which a variable hides a part. Where it hides the tag
    /// alone, what holds for every tag of the repository is known.
    pub fn partly_known(written: &str, because: &str, span: Span) -> Self {
        let literal = written.split('$').next().unwrap_or_default();
        let repository = literal
            .strip_suffix([':', '@'])
            .and_then(ImageReference::of_repository);
        let name = repository.as_ref().map(ImageReference::origin);
        let last = written.rsplit_once('/').map(|(_, last)| last);
        let last = last.and_then(|last| last.split([':', '@']).next());
        let is_written = |last: &&str| {
            let mut signs = last.chars();
            !last.is_empty() && signs.all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        };
        Self::External {
            last_part: last.filter(is_written).map(str::to_owned),
            reference: State::unknown(because),
            row: name.as_deref().and_then(base_images::find_whatever_the_tag),
            repository: repository.map(|repository| repository.familiar()),
            tag_is_written: true,
            has_variable: false,
            span,
        }
    }

    /// What is known of it.
    pub fn row(&self) -> Option<&'static BaseImage> {
        match self {
            Self::Scratch => None,
            Self::External { row, .. } => *row,
        }
    }

    /// Its repository, written out with its registry, where that is known.
    pub fn repository(&self) -> Option<String> {
        match self {
            Self::Scratch => None,
            Self::External {
                reference,
                repository,
                ..
            } => repository_of(reference, repository.as_deref()),
        }
    }

    /// The last part of its repository, where a variable hides what stands before it.
    pub fn last_part(&self) -> Option<&str> {
        match self {
            Self::External {
                reference: State::Unknown { .. },
                repository: None,
                last_part,
                ..
            } => last_part.as_deref(),
            Self::Scratch | Self::External { .. } => None,
        }
    }

    /// How people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Scratch => "scratch".to_owned(),
            Self::External {
                reference,
                repository,
                ..
            } => match reference {
                State::Known(reference) => reference.familiar(),
                State::Unknown { because } => match repository {
                    Some(repository) => format!("{repository}:…"),
                    None => format!("an image that is not known ({because})"),
                },
            },
        }
    }

    /// The user that its configuration sets, seen from `anchor`.
    pub fn default_user(&self, anchor: Span) -> Fact<User> {
        let origin = Origin::Default(anchor);
        match self {
            Self::Scratch => Fact::known(User::default(), origin),
            Self::External { row: Some(row), .. } => Fact::known(User::new(row.user), origin),
            Self::External { row: None, .. } => {
                let because = format!("the default user of {} is not known here", self.name());
                Fact::unknown(because, origin)
            }
        }
    }

    /// How its own entrypoint gives root up.
    pub fn step_down(&self) -> Option<StepDown> {
        let row = self.row()?;
        let has_tag = matches!(
            self,
            Self::External { reference: State::Known(reference), .. } if reference.tag.is_some()
        );
        row.steps_down.as_ref().map(|step| StepDown {
            to: Some(step.to.to_owned()),
            through: if has_tag {
                step.through.to_owned()
            } else {
                base_images::tools_whatever_the_tag(row.repository)
            },
            span: None,
            assumed: false,
            only_if_it_may: step.only_if_it_may,
            // Another release may not.
            seals: has_tag && step.seals,
            commands: step.commands,
        })
    }
}

/// Whether an `ENTRYPOINT` names a program besides an init and its options.
fn starts_a_program(words: &[String]) -> bool {
    let is_init = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or_default();
        matches!(name, "tini" | "dumb-init" | "docker-init" | "catatonit") || word.starts_with('-')
    };
    !words.iter().all(is_init)
}

/// What stands behind the script that the images of the table have for an entrypoint, in words that start
/// nothing else: they call it by no other name, and put it nowhere else.
pub fn behind_the_usual_entrypoint(words: &[String]) -> Option<&[String]> {
    const USUAL: &[&str] = &[
        "docker-entrypoint.sh",
        "/docker-entrypoint.sh",
        "/usr/local/bin/docker-entrypoint.sh",
    ];
    let at = words
        .iter()
        .position(|word| USUAL.contains(&word.as_str()))?;
    let (before, rest) = words.split_at_checked(at)?;
    let starts_it = match before.split_first() {
        None => true,
        Some((init, options)) => {
            let name = init.rsplit('/').next().unwrap_or_default();
            matches!(name, "tini" | "dumb-init") && options.iter().all(|word| word.starts_with('-'))
        }
    };
    rest.get(1..).filter(|_| starts_it)
}

/// The repository of an image of which the tag at least is not known, or all is.
pub(crate) fn repository_of(
    reference: &State<ImageReference>,
    repository: Option<&str>,
) -> Option<String> {
    match reference {
        State::Known(reference) => Some(reference.repository.clone()),
        State::Unknown { .. } => Some(ImageReference::of_repository(repository?)?.repository),
    }
}

impl Image {
    /// An image that is pulled, named at `span`.
    pub fn pulled(base: Base, span: Span) -> Self {
        Self {
            user: base.default_user(span),
            user_from_base: true,
            accounts: Vec::new(),
            privileged_files: Vec::new(),
            root_only: None,
            windows: false,
            entrypoint: None,
            steps_down: base.step_down(),
            build: Build::default(),
            stated: None,
            base,
        }
    }

    /// Whether it is a Windows image, as far as that is known.
    pub fn is_windows(&self) -> bool {
        self.windows
            || self
                .base
                .row()
                .is_some_and(|row| row.platform == Platform::Windows)
    }

    /// What stands behind its own entrypoint in these words; nothing where they name another one.
    pub fn behind_its_entrypoint<'w>(&self, words: &'w [String]) -> Option<&'w [String]> {
        match &self.entrypoint {
            Some(built) if built.replaces_the_base => {
                let end = built.command.map_or(built.words.len(), |(end, _)| end);
                let own = built.words.get(..end)?;
                // An init alone, or nothing, starts whatever is named behind it.
                starts_a_program(own).then(|| words.strip_prefix(own))?
            }
            Some(_) | None => behind_the_usual_entrypoint(words),
        }
    }

    /// The account of this name that the build creates.
    pub fn created(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// Whether `user` is uid 0 in this image.
    ///
    /// A name is looked up among the accounts that the build creates (the first entry of a passwd
    /// file wins, so the first one created does); `root` is uid 0 in every image that has it.
    pub fn is_root(&self, user: &User) -> bool {
        match user.identity() {
            Identity::Uid(uid) => uid == 0,
            Identity::OutOfRange => false,
            Identity::Name(name) => match self.created(&name) {
                Some(account) => account.uid == Some(0),
                None => name == "root",
            },
        }
    }

    /// An account without root's number that a program in it may run as, and that surely exists: its name,
    /// and its number where that is known.
    pub fn unprivileged_account(&self) -> Option<(&str, Option<u32>)> {
        let created = self
            .accounts
            .iter()
            .rev()
            .find(|account| account.uid != Some(0) && account.name != "root");
        let brought = || self.base.row().and_then(|row| row.account.as_ref());
        match created {
            Some(account) => Some((&account.name, account.uid)),
            None => brought().map(|account| (account.name, account.uid)),
        }
    }
}
