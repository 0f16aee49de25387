//! libseccomp, asked through a small program of ours.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::{Filter, Instruction, Outcome, Profile, Rule};
use caulk_source::Spanned;

use super::interpret;

/// A running oracle.
pub(crate) struct Oracle {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    resolved: HashMap<(Abi, String), i32>,
}

impl Oracle {
    /// Compiles the helper and starts it; nothing where there is no compiler or no libseccomp.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/helper/oracle.c");
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("oracle-{test}"));
        let compiled = Command::new("cc")
            .args(["-O1", "-Wall", "-o"])
            .arg(&program)
            .args([source, "-lseccomp"])
            .stderr(Stdio::null())
            .status();
        if !compiled.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no C compiler with libseccomp (libseccomp-dev)");
            return None;
        }
        let mut child = Command::new(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Some(Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            resolved: HashMap::new(),
        })
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// libseccomp's number of a name: -1 where it knows none, less where it has only one of its own.
    pub(crate) fn resolve(&mut self, abi: Abi, name: &str) -> i32 {
        if let Some(number) = self.resolved.get(&(abi, name.to_owned())) {
            return *number;
        }
        self.send(&format!("resolve {} {name}\n", abi.name()));
        let number = self.line().parse().unwrap();
        self.resolved.insert((abi, name.to_owned()), number);
        number
    }

    /// Whether libseccomp and our table mean the same call by a number.
    pub(crate) fn agrees_on(&mut self, abi: Abi, number: u32) -> bool {
        let Some(name) = syscalls::name(abi, number) else {
            return true;
        };
        let theirs = self.resolve(abi, name);
        theirs == i32::try_from(number).unwrap_or(-1) || abi.subcall(name).is_some()
    }

    /// The program that libseccomp makes of a filter's rules, or its error.
    pub(crate) fn program(
        &mut self,
        profile: &Profile,
        filter: &Filter,
        optimize: bool,
    ) -> Result<Vec<Instruction>, i32> {
        let text = request(profile, filter, optimize);
        self.ask(&text)
    }

    /// The program of a request, or the error.
    pub(crate) fn ask(&mut self, request: &str) -> Result<Vec<Instruction>, i32> {
        self.send(request);
        let answer = self.line();
        let (word, number) = answer.split_once(' ').unwrap();
        if word == "error" {
            return Err(number.parse().unwrap());
        }
        let mut bytes = vec![0; number.parse().unwrap()];
        self.output.read_exact(&mut bytes).unwrap();
        Ok(interpret::program(&bytes))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// The rules of a filter as the oracle reads them. Conditions come from the profile as they are
/// written, so that what we make of them is not taken for granted.
fn request(profile: &Profile, filter: &Filter, optimize: bool) -> String {
    let mut text = format!("filter {:x}\n", filter.default().return_value());
    for abi in filter.abis() {
        writeln!(text, "arch {}", abi.name()).unwrap();
    }
    if optimize {
        text.push_str("optimize\n");
    }
    for applied in filter.rules() {
        let rule = &profile.rules[applied.index];
        add_rule(&mut text, rule, applied.outcome, &applied.names);
    }
    text.push_str("export\n");
    text
}

/// All rules of a profile that needs no resolving.
pub(crate) fn whole_request(profile: &Profile) -> String {
    let outcome = |action, number: Option<Spanned<u64>>| {
        Outcome::new(action, number.map(|number| number.value))
    };
    let default = outcome(profile.action().unwrap(), profile.default_errno);
    let mut text = format!("filter {:x}\n", default.return_value());
    for name in &profile.architectures {
        let abi = Abi::from_scmp(&name.value).unwrap();
        writeln!(text, "arch {}", abi.name()).unwrap();
    }
    for rule in &profile.rules {
        let outcome = outcome(rule.parsed_action().unwrap(), rule.errno);
        add_rule(&mut text, rule, outcome, &rule.names);
    }
    text.push_str("export\n");
    text
}

fn add_rule(text: &mut String, rule: &Rule, outcome: Outcome, names: &[Spanned<String>]) {
    let mut conditions = String::new();
    for argument in &rule.arguments {
        let number = |number: Option<Spanned<u64>>| number.map_or(0, |it| it.value);
        let (index, value) = (number(argument.index), number(argument.value));
        let operator = &argument.operator.as_ref().unwrap().value;
        let two = number(argument.value_two);
        write!(conditions, " {index:x} {operator} {value:x} {two:x}").unwrap();
    }
    let action = outcome.return_value();
    for name in names {
        if !name.value.contains([' ', '\n']) {
            writeln!(text, "rule {action:x} {}{conditions}", name.value).unwrap();
        }
    }
}
