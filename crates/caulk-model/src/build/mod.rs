//! What the build of an image does, step by step.
//!
//! The image that results is in [`Image`](crate::Image); here is what the steps do on the way and
//! what a person has to know of them: what they run that nobody checked, what they write into the
//! image that should not be there.

mod account;
mod content;
mod file_mode;
mod remote;

use caulk_source::Span;

use crate::{SelinuxSwitch, State};

pub use account::{Membership, Password, PasswordWay, RootEquivalent, RootWay, Sudo, UserArgument};
pub use content::{
    Added, AddedSource, ArgumentDefault, BaseUse, NamePart, NamedByArgument, Secret, SecretKind,
    WholeCopy,
};
pub use file_mode::{CapabilityFlags, FileCapabilities, ModeChange, ModeEffect};
pub use remote::{
    RemoteCode, RemoteWay, SignatureOf, UncheckedPeer, UnsignedPackages, UnverifiedFile,
    UnverifiedWay,
};

/// What the build of an image does.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Build {
    /// Programs that it runs as they come from elsewhere.
    pub remote_code: Vec<BuildFact<RemoteCode>>,
    /// Peers whose certificates it does not check.
    pub unchecked_peers: Vec<BuildFact<UncheckedPeer>>,
    /// Packages that it installs without checking who made them.
    pub unsigned_packages: Vec<BuildFact<UnsignedPackages>>,
    /// Where it lets the index of a repository of apt in that nobody has signed.
    pub unsigned_indexes: Vec<BuildFact<()>>,
    /// Files that it takes from elsewhere and does not compare with anything.
    pub unverified_files: Vec<BuildFact<UnverifiedFile>>,
    /// Credentials that end up in it.
    pub secrets: Vec<BuildFact<Secret>>,
    /// Passwords that it gives to accounts.
    pub passwords: Vec<BuildFact<Password>>,
    /// Where it installs or uses sudo.
    pub sudo: Vec<BuildFact<Sudo>>,
    /// Where it first installs doas.
    pub doas: Option<Span>,
    /// What makes an account as good as root.
    pub root_equivalents: Vec<BuildFact<RootEquivalent>>,
    /// Accounts that it puts into groups whose members sudo lets be root.
    pub memberships: Vec<BuildFact<Membership>>,
    /// Modes that it gives to files.
    pub modes: Vec<BuildFact<ModeChange>>,
    /// Capabilities that it gives to files.
    pub file_capabilities: Vec<BuildFact<FileCapabilities>>,
    /// What it takes in with `ADD`.
    pub added: Vec<BuildFact<Added>>,
    /// Where it copies all of another image.
    pub whole_copies: Vec<BuildFact<WholeCopy>>,
    /// Images that it stands on or copies from.
    pub bases: Vec<BuildFact<BaseUse>>,
    /// What keeps SELinux from being enforced where it is started as a system.
    pub selinux_off: Vec<BuildFact<SelinuxSwitch>>,
    /// Variables that tell clients of an engine where that is, and whether to speak TLS with it.
    pub engine_variables: Vec<BuildFact<EngineVariable>>,
    /// Ports that it says it listens on.
    pub exposed: Vec<BuildFact<String>>,
    /// The home folder that it sets: `ENV HOME`.
    pub home: Option<State<String>>,
    /// Where a step does what only root may, while nothing here says whose the steps are: then the base
    /// image starts as root.
    pub works_as_root: Option<Span>,
    /// Folders that its steps make as root, and leave to root.
    pub root_folders: Vec<String>,
    /// The build argument on which its user hangs.
    pub user_argument: Option<UserArgument>,
    /// Whether its build may bring accounts that nobody here sees: a passwd file that is copied.
    pub brings_accounts: bool,
    /// Whether it is the image of a dev container, by where its Dockerfile lies: as whom that is used,
    /// its configuration says.
    pub for_development: bool,
    /// Whether a step runs a program: that may create accounts without a word of it here.
    pub runs_programs: bool,
}

/// `DOCKER_HOST`, `DOCKER_TLS_VERIFY` or `DOCKER_TLS`, as it stays in the image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EngineVariable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: State<String>,
}

/// Something that a step does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildFact<T> {
    /// What.
    pub value: T,
    /// Where that is written.
    pub span: Span,
    /// The stage in which it is written.
    pub stage: Stage,
    /// On which build argument it hangs whether the step does it, where it hangs on one.
    pub only_where: Option<OnlyWhere>,
    /// The parts of the step's program in which it stands, where another may run instead: the
    /// innermost first.
    pub arms: Vec<Arm>,
}

/// One of several parts of a program of which one runs: of an `if`, of a `case`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arm {
    /// What decides which of them runs.
    pub choice: Span,
    /// Which of them it is.
    pub part: usize,
}

impl<T> BuildFact<T> {
    /// Whether another part of one program says it, which runs only where this one does not.
    pub fn is_instead_of(&self, other: &Self) -> bool {
        let mut arms = self.arms.iter();
        arms.any(|arm| {
            let mut others = other.arms.iter();
            others.any(|other| other.choice == arm.choice && other.part != arm.part)
        })
    }

    /// Whether the step does not do it with the arguments that are known here.
    pub fn is_off(&self) -> bool {
        let only_where = self.only_where.as_ref();
        only_where.is_some_and(|only_where| only_where.runs == Some(false))
    }
}

/// What has to hold of a build argument for a part of a step to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnlyWhere {
    /// The argument.
    pub argument: String,
    /// Whether it has to be the text, or anything else.
    pub is: bool,
    /// The text.
    pub text: String,
    /// Whether that holds with what the argument is here.
    pub runs: Option<bool>,
    /// Who says what the argument is here.
    pub by: ArgumentFrom,
    /// Where the condition is written.
    pub span: Span,
}

/// Who says what a build argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentFrom {
    /// Its default.
    Default,
    /// Nobody: it has no default, and is empty unless somebody gives it a value.
    Nobody,
    /// Whoever builds the image here, a service for one.
    Builder,
}

/// A stage of a build.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// Its name.
    pub name: Option<String>,
    /// Its `FROM`.
    pub from: Span,
    /// Whether its files are those of the image. From any other stage, the image has only what is
    /// copied.
    pub ships: bool,
}

impl Stage {
    /// How people call it: "stage `build`", "the image".
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("stage `{name}`"),
            None if self.ships => "the image".to_owned(),
            None => "a stage of its build".to_owned(),
        }
    }
}

/// How a place would have to be spelt to be without what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    /// The place.
    pub entry: Span,
    /// What should stand there.
    pub value: String,
}
