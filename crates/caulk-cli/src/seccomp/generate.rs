//! `caulk seccomp generate`.

use std::io::BufReader;

use caulk_config::{did_you_mean, nearest};
use caulk_linux::syscalls::Abi;
use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::{Generated, Request, Runtimes, generate};
use caulk_seccomp::trace::{Log, Reader, Trace};
use clap::{Args, ValueEnum};

use super::given::Given;
use super::{deliver, files, reasons};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::refusal::say;

/// How much of a log is read at once.
const BUFFER: usize = 256 * 1024;

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

/// Runs it.
pub(crate) fn run(arguments: &Generate) -> Result<Exit, Failure> {
    let machines = machines(arguments)?;
    let base = arguments.base.as_deref().map(Given::read).transpose()?;
    let base = base.map(|base| base.draft()).transpose()?;
    let trace = read(arguments)?;
    if !arguments.quiet {
        tell_of_logs(&trace);
    }
    let request = Request {
        machines,
        runtimes: match arguments.runtime {
            RuntimeChoice::Runc => Runtimes::Runc,
            RuntimeChoice::Crun => Runtimes::Crun,
            RuntimeChoice::Any => Runtimes::Any,
        },
        no_new_privileges: arguments.no_new_privileges,
        portable: arguments.portable,
        arguments: arguments.arguments,
    };
    let generated = generate(&trace, &request).ok_or_else(|| nothing(&trace))?;
    if !arguments.quiet {
        for note in &generated.notes {
            say(&note.to_string());
        }
    }
    let draft = match &base {
        Some(base) => on_base(base, &generated, arguments)?,
        None => generated.draft.clone(),
    };
    if arguments.explain {
        output::print(reasons::table(&generated, base.as_ref()).as_bytes())?;
    }
    if !arguments.explain || arguments.output.is_some() {
        deliver(&draft.text(), arguments.output.as_deref())?;
    }
    Ok(Exit::Clean)
}

fn on_base(base: &Draft, generated: &Generated, arguments: &Generate) -> Result<Draft, Failure> {
    let merged = generated.on(base);
    let name = arguments.base.as_deref().unwrap_or_default();
    merged.map_err(|error| Failure(format!("{name}: {error}")))
}

/// The machines that are asked for. Where every log names its own, there is no need to ask.
fn machines(arguments: &Generate) -> Result<Vec<Abi>, Failure> {
    let asked: Vec<Abi> = arguments
        .arch
        .iter()
        .map(|name| machine(name))
        .collect::<Result<_, _>>()?;
    if !asked.is_empty() || arguments.from_strace.is_empty() {
        return Ok(asked);
    }
    let own = own_machine();
    let refusal =
        "this machine has no seccomp that caulk knows: say which one was traced with `--arch`";
    own.map(|abi| vec![abi])
        .ok_or_else(|| Failure(refusal.to_owned()))
}

/// Whatever people call it: as Docker does, the kernel, or libseccomp.
fn machine(name: &str) -> Result<Abi, Failure> {
    let is_it = |abi: &&Abi| [abi.docker(), abi.name(), abi.scmp()].contains(&name);
    let found = Abi::ALL.iter().find(is_it).copied();
    found.ok_or_else(|| {
        let known = Abi::ALL.iter().flat_map(|abi| [abi.docker(), abi.name()]);
        let meant = did_you_mean(nearest(name, known));
        Failure(format!("no architecture `{name}`{meant}"))
    })
}

fn own_machine() -> Option<Abi> {
    let name = match std::env::consts::ARCH {
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        "powerpc64" => "ppc64",
        "mips64" if cfg!(target_endian = "little") => "mipsel64",
        other => other,
    };
    Abi::ALL.iter().copied().find(|abi| abi.name() == name)
}

fn read(arguments: &Generate) -> Result<Trace, Failure> {
    let mut reader = Reader::new();
    for name in &arguments.from_strace {
        let log = BufReader::with_capacity(BUFFER, files::open(name)?);
        let read = reader.strace(name, log);
        read.map_err(|error| files::cannot_read(name, &error))?;
    }
    for name in &arguments.from_audit_log {
        let log = BufReader::with_capacity(BUFFER, files::open(name)?);
        let read = reader.audit(name, log);
        read.map_err(|error| files::cannot_read(name, &error))?;
    }
    Ok(reader.finish())
}

/// What could not be used of each log, and what it looks like it lacks.
fn tell_of_logs(trace: &Trace) {
    for log in &trace.logs {
        tell_of_log(log);
    }
    for symptom in &trace.symptoms {
        say(&format!("{symptom}: {}", symptom.consequence()));
    }
}

fn tell_of_log(log: &Log) {
    let name = &log.name;
    if log.unused > 0 {
        let (lines, unused) = (log.lines, log.unused);
        say(&format!(
            "{name}: {unused} of {lines} lines are no calls, and were not used"
        ));
    }
    for example in &log.examples {
        say(&format!(
            "{name}:{}: not used: {}",
            example.line, example.text
        ));
    }
    for symptom in &log.symptoms {
        say(&format!("{name}: {symptom}: {}", symptom.consequence()));
    }
}

/// An empty profile stops everything, and nobody means that.
fn nothing(trace: &Trace) -> Failure {
    let names: Vec<String> = trace
        .logs
        .iter()
        .map(|log| format!("`{}`", log.name))
        .collect();
    let lines: u64 = trace.logs.iter().map(|log| log.lines).sum();
    let names = names.join(", ");
    Failure(format!(
        "no system call in the {lines} lines of {names}: no profile is made"
    ))
}
