//! The filter as a text for people.

use std::fmt::Write as _;

use caulk_linux::syscalls::{self, Abi};

use crate::Outcome;
use crate::filter::Filter;
use crate::surface::{Conditional, Surface};

impl Filter {
    /// What the filter does, as a text in the manner of libseccomp's pseudo filter code: for each
    /// architecture the calls that do not meet the default, in the order of their numbers. The same
    /// bytes for the same filter.
    pub fn to_pfc(&self) -> String {
        let mut text = String::from("# pseudo filter code\n");
        for abi in self.abis() {
            self.list(abi, &mut text);
        }
        let _ = writeln!(
            text,
            "# any other architecture\naction {}",
            word(Outcome::KillThread)
        );
        text
    }

    fn list(&self, abi: Abi, text: &mut String) {
        let _ = writeln!(
            text,
            "# architecture {} ({:#010x})",
            abi.name(),
            abi.audit_arch()
        );
        if let Some(highest) = self.highest_named(abi) {
            let _ = writeln!(
                text,
                "if ($syscall > {highest}) # newer than every call that is named\n  action {}",
                word(Outcome::Errno(crate::errno::ENOSYS))
            );
        }
        let calls = self.table(abi).map(|table| table.calls.as_slice());
        for call in calls.unwrap_or_default() {
            let name = syscalls::name(abi, call.number).unwrap_or("?");
            let _ = writeln!(text, "if ($syscall == {}) # {name}", call.number);
            match self.surface(abi, call.number) {
                Surface::Always(decision) => {
                    let outcome = decision.outcome().unwrap_or(self.default);
                    let _ = writeln!(text, "  action {}", word(outcome));
                }
                Surface::Conditional(conditional) => cases(&conditional, text),
            }
        }
        let _ = writeln!(text, "action {} # default", word(self.default));
    }
}

fn cases(conditional: &Conditional, text: &mut String) {
    if conditional.is_doubtful {
        text.push_str("  # libseccomp may read these otherwise\n");
    }
    for case in &conditional.cases {
        let conditions: Vec<String> = case.conditions.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "  if ({})\n    action {}",
            conditions.join(" && "),
            word(case.outcome)
        );
    }
}

fn word(outcome: Outcome) -> String {
    let name = outcome.action().scmp();
    let name = name.strip_prefix("SCMP_ACT_").unwrap_or(name);
    match outcome.number() {
        Some(number) => format!("{name}({number})"),
        None => name.to_owned(),
    }
}
