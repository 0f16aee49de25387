//! `caulk seccomp generate`.

use std::io::BufReader;

use caulk_linux::syscalls::Abi;
use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::{Generated, Request, Runtimes, generate};
use caulk_seccomp::trace::{Log, Reader, Trace};

use super::arguments::{Generate, RuntimeChoice};
use super::{deliver, explain, files, profile};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::refusal::say;
use crate::suggest::{did_you_mean, nearest};

/// How much of a log is read at once.
const BUFFER: usize = 256 * 1024;

/// Runs it.
pub(crate) fn run(arguments: &Generate) -> Result<Exit, Failure> {
    let machines = machines(arguments)?;
    let base = arguments.base.as_deref().map(profile::draft).transpose()?;
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
        output::print(explain::table(&generated, base.as_ref()).as_bytes())?;
    }
    if !arguments.explain || arguments.output.is_some() {
        deliver(&draft.text(), arguments.output.as_deref())?;
    }
    Ok(Exit::Clean)
}

fn on_base(base: &Draft, generated: &Generated, arguments: &Generate) -> Result<Draft, Failure> {
    let merged = Draft::merge(&[base.clone(), generated.draft.clone()]);
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
