//! Why each call is in a generated profile.

use std::fmt::Write as _;

use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::Generated;

/// One line for each call.
pub(crate) fn table(generated: &Generated, base: Option<&Draft>) -> String {
    let width = generated.reasons.keys().map(String::len).max().unwrap_or(0);
    let is_narrowed = |name: &str| {
        let mut rules = generated.draft.rules.iter();
        rules.any(|rule| !rule.arguments.is_empty() && rule.names.iter().any(|one| one == name))
    };
    let mut text = String::new();
    for (name, reasons) in &generated.reasons {
        let mut reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
        if is_narrowed(name) {
            reasons.push("for some arguments".to_owned());
        }
        if base.is_some_and(|base| base.opens(name)) {
            reasons.push("the base allows it".to_owned());
        }
        let _ = writeln!(text, "{name:<width$}  {}", reasons.join("; "));
    }
    let calls = generated.reasons.len();
    let _ = writeln!(text, "\n{calls} calls");
    text
}
