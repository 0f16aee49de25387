//! What is typed after `caulk seccomp`.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct Seccomp {
    #[command(subcommand)]
    pub(crate) command: SeccompCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum SeccompCommand {
    /// Make a profile from what a program did, and from what must be added to that.
    Generate(Generate),
    /// Make one profile of several: it allows what any of them allows, and nothing else.
    Merge(Merge),
    /// Bring a copy of an old default of Docker's up to date: what its owner changed is kept, what
    /// Docker has changed since is taken. Prints a patch.
    Upgrade(Upgrade),
}

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that is typed or not"
)]
pub(crate) struct Generate {
    /// Logs of strace, in any form: best of `strace -f`. `-` is standard input. May repeat, and take
    /// several.
    #[arg(long, value_name = "LOG", num_args = 1.., required_unless_present = "from_audit_log")]
    pub(crate) from_strace: Vec<String>,

    /// Logs with the kernel's audit lines of seccomp: of dmesg, the journal, auditd. May repeat, and
    /// take several.
    #[arg(long, value_name = "LOG", num_args = 1..)]
    pub(crate) from_audit_log: Vec<String>,

    /// Who starts the container. The profile lets it do what it does after it has loaded the filter.
    #[arg(long, value_enum, value_name = "RUNTIME", default_value = "runc")]
    pub(crate) runtime: RuntimeChoice,

    /// The container runs with no-new-privileges, so that the runtime needs less.
    #[arg(long)]
    pub(crate) no_new_privileges: bool,

    /// A machine that the profile is for, like `amd64` or `arm64`; the one that was traced first. May
    /// repeat. Without it, the machine that this runs on.
    #[arg(long, value_name = "ARCH")]
    pub(crate) arch: Vec<String>,

    /// Also allow what other C libraries and kernels do in place of what was seen.
    #[arg(long)]
    pub(crate) portable: bool,

    /// Allow sockets, `clone`, `personality` and `ioctl` only with the arguments that were seen.
    #[arg(long)]
    pub(crate) arguments: bool,

    /// Add to this profile instead of to nothing; `default` is Docker's own.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) base: Option<String>,

    /// Print why each call is in the profile, and no profile, unless `--output` says where to.
    #[arg(long)]
    pub(crate) explain: bool,

    /// Write the profile to FILE.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<String>,

    /// Say nothing of the logs and the profile on standard error.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Merge {
    /// Profiles; `default` is Docker's own. What only one can have, like the default action, is the
    /// first's.
    #[arg(value_name = "PROFILE", required_unless_present = "base")]
    pub(crate) profiles: Vec<String>,

    /// A profile to begin with; `default` is Docker's own.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) base: Option<String>,

    /// Also allow this call, whatever its arguments. May repeat, or be a list with commas.
    #[arg(long, value_name = "CALL", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,

    /// Write the profile to FILE.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<String>,

    /// Say nothing of the profile on standard error.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Upgrade {
    /// The profile.
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,

    /// Write the new profile to FILE, and print no patch.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<String>,
}

/// Who starts a container.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum RuntimeChoice {
    /// Docker and containerd start containers with it
    Runc,
    /// Podman does
    Crun,
    /// Either of them
    Any,
}
