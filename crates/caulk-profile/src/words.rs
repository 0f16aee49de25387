//! Numbers, conditions, decisions and hosts in words.

use std::fmt::Write as _;

use caulk_linux::syscalls::{self, Abi, arguments_on, constants, operation};
use caulk_seccomp::{Condition, Conditional, Decision, Origin, Outcome, Surface, Test};

use crate::named::Resolved;
use crate::show::listed;
use crate::{Named, Show};

/// A call under an ABI.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Call {
    pub(crate) abi: Abi,
    pub(crate) number: u32,
}

impl Call {
    pub(crate) fn name(self) -> Option<&'static str> {
        syscalls::name(self.abi, self.number)
    }

    /// Its name, or its number.
    pub(crate) fn title(self) -> String {
        self.name()
            .map_or_else(|| format!("call {}", self.number), str::to_owned)
    }

    /// What the kernel's source calls an argument.
    pub(crate) fn argument(self, index: usize) -> Option<&'static str> {
        let arguments = arguments_on(self.abi, self.name()?)?;
        Some(arguments.get(index)?.name)
    }

    /// What is written for an argument: its name, or `arg0`.
    fn argument_word(self, index: usize) -> String {
        self.argument(index)
            .map_or_else(|| format!("arg{index}"), str::to_owned)
    }

    /// The name that headers have for a value.
    pub(crate) fn spell(self, index: usize, value: u64) -> Option<String> {
        let name = self.name()?;
        if index == 0
            && let Some(operation) = operation(name, value)
        {
            return Some(operation.to_owned());
        }
        constants(self.abi, name, index)?.spell(value)
    }

    /// A value as people read it: `AF_VSOCK (40)`, `0x7e020000`, `3`.
    pub(crate) fn value(self, index: usize, value: u64) -> String {
        match self.spell(index, value) {
            Some(name) => format!("{name} ({})", number(value)),
            None => number(value),
        }
    }

    /// `family < AF_ALG (38)`.
    pub(crate) fn condition(self, condition: &Condition) -> String {
        let word = self.argument_word(usize::from(condition.index));
        format!("{word} {}", self.test(condition))
    }

    /// A condition without its argument: `< AF_ALG (38)`.
    fn test(self, condition: &Condition) -> String {
        let index = usize::from(condition.index);
        let (sign, value) = match condition.test {
            Test::Equal(value) => ("is", value),
            Test::NotEqual(value) => ("is not", value),
            Test::Less(value) => ("<", value),
            Test::LessOrEqual(value) => ("<=", value),
            Test::Greater(value) => (">", value),
            Test::GreaterOrEqual(value) => (">=", value),
            Test::Masked { mask, value } => return self.masked(index, mask, value),
        };
        format!("{sign} {}", self.value(index, value))
    }

    fn masked(self, index: usize, mask: u64, value: u64) -> String {
        let names: Option<Vec<String>> = self
            .spell(index, mask)
            .map(|names| names.split('|').map(str::to_owned).collect());
        match (names, value) {
            (Some(names), 0) if names.len() > 1 => format!("has none of {}", names.join(", ")),
            (Some(names), 0) => format!("has no {}", names.concat()),
            (Some(names), value) if value == mask => format!("has {}", listed(&names)),
            _ => format!("& {mask:#x} is {}", number(value)),
        }
    }

    /// All that has to hold.
    pub(crate) fn conditions(self, conditions: &[Condition]) -> String {
        if conditions.is_empty() {
            return "it is called so".to_owned();
        }
        let words: Vec<String> = conditions.iter().map(|one| self.condition(one)).collect();
        listed(&words)
    }

    /// Alternatives: `family < AF_ALG (38), is AF_NFC (39), or > AF_VSOCK (40)`.
    fn alternatives(self, cases: &[&[Condition]]) -> String {
        let mut argument = None;
        let words: Vec<String> = cases
            .iter()
            .map(|conditions| match conditions {
                [one] if argument == Some(one.index) => self.test(one),
                conditions => {
                    argument = match conditions {
                        [one] => Some(one.index),
                        _ => None,
                    };
                    self.conditions(conditions)
                }
            })
            .collect();
        match words.as_slice() {
            [first @ .., last] if !first.is_empty() => {
                format!("{}, or {last}", first.join(", "))
            }
            words => words.concat(),
        }
    }

    /// Arguments that show something, as far as they matter: `family = AF_VSOCK (40)`.
    pub(crate) fn arguments(self, arguments: &[u64; 6], matter: &[u8]) -> String {
        let words: Vec<String> = arguments
            .iter()
            .enumerate()
            .filter(|(index, _)| matter.iter().any(|one| usize::from(*one) == *index))
            .map(|(index, value)| {
                format!(
                    "{} = {}",
                    self.argument_word(index),
                    self.value(index, *value)
                )
            })
            .collect();
        words.join(", ")
    }
}

/// Small numbers as people count, others as people write masks.
fn number(value: u64) -> String {
    if value < 1000 {
        value.to_string()
    } else {
        format!("{value:#x}")
    }
}

/// The arguments that a filter looks at, sorted.
pub(crate) fn asked(surface: &Surface) -> Vec<u8> {
    let cases = match surface {
        Surface::Always(_) => &[],
        Surface::Conditional(conditional) => conditional.cases.as_slice(),
    };
    let conditions = cases.iter().flat_map(|case| &case.conditions);
    let mut asked: Vec<u8> = conditions.map(|condition| condition.index).collect();
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// What is done: `allowed`, `fails with EPERM`, `allowed or kills the thread`.
pub(crate) fn outcome(decision: &Decision) -> String {
    let outcomes: Vec<String> = decision
        .outcomes()
        .iter()
        .map(ToString::to_string)
        .collect();
    outcomes.join(" or ")
}

/// The words for an outcome as they stand behind a call: `is allowed`, `fails with EPERM`.
pub(crate) fn does(outcome: &str) -> String {
    if outcome.starts_with("fails") || outcome.starts_with("kills") {
        outcome.to_owned()
    } else {
        format!("is {outcome}")
    }
}

/// What a call meets that depends on its arguments: `allowed where family < AF_ALG (38); otherwise
/// fails with EPERM`.
pub(crate) fn cases(call: Call, conditional: &Conditional) -> String {
    let mut text = String::new();
    let mut outcomes: Vec<Outcome> = conditional.cases.iter().map(|case| case.outcome).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    for one in outcomes {
        let cases = conditional.cases.iter().filter(|case| case.outcome == one);
        let conditions: Vec<&[Condition]> = cases.map(|case| case.conditions.as_slice()).collect();
        let _ = write!(text, "{one} where {}; ", call.alternatives(&conditions));
    }
    let _ = write!(text, "otherwise {}", outcome(&conditional.otherwise));
    if conditional.is_doubtful {
        text.push_str(" (libseccomp may read it otherwise)");
    }
    text
}

impl Resolved<'_> {
    /// Where the default action is written; nothing in Docker's default, which is in no file.
    pub(crate) fn default_place(&self, show: &Show) -> Option<String> {
        let written = self.named.profile.default_action.as_ref()?;
        (!self.named.is_default).then(|| self.named.place(written.span, show))
    }

    /// By what it was decided.
    pub(crate) fn reason(&self, decision: &Decision, abi: Abi, show: &Show) -> String {
        let named = &self.named;
        let origin = match decision {
            Decision::Certain { origin, .. } => origin,
            Decision::Ambiguous { rules, .. } => {
                let mut places: Vec<String> = Vec::new();
                for rule in rules {
                    places.push(named.rule(rule, show));
                }
                places.dedup();
                return format!(
                    "{} speak of it and do different things: which one wins hangs on the shape of \
                     libseccomp's tree",
                    listed(&places)
                );
            }
        };
        match origin {
            Origin::Rule(rule) => match rule.argument {
                Some(argument) => format!(
                    "{}, by entry {} of its `args`, of which any is enough",
                    named.rule(rule, show),
                    argument + 1
                ),
                None => named.rule(rule, show),
            },
            Origin::Default(_) if self.is_disabled => "no filter is there".to_owned(),
            Origin::Default(place) => self.by_default(*place, show),
            Origin::UnlistedArchitecture => {
                format!("the profile does not list {abi}, and libseccomp kills whoever comes by it")
            }
            Origin::NewerThanNamed { highest } => {
                let last = syscalls::name(abi, *highest).unwrap_or("?");
                format!(
                    "it is newer than every call that the profile names (the last is `{last}`), \
                     and runc answers before the filter"
                )
            }
        }
    }

    fn by_default(&self, place: caulk_source::Span, show: &Show) -> String {
        if self.named.is_default {
            return "the default action: no rule that applies speaks of it".to_owned();
        }
        let place = self.named.place(place, show);
        format!("the default action, {place}: no rule that applies speaks of it")
    }
}

/// The rules of a profile that speak of a call and do not apply here, each with what it asks for.
pub(crate) fn unapplied(resolved: &Resolved<'_>, call: Call, show: &Show) -> Vec<String> {
    let Some(name) = call.name() else {
        return Vec::new();
    };
    let Named { profile, .. } = resolved.named;
    let rules = resolved.filter.rules();
    let applies = |index: usize| {
        rules
            .binary_search_by_key(&index, |rule| rule.index)
            .is_ok()
    };
    let mut found = Vec::new();
    for (index, rule) in profile.rules.iter().enumerate() {
        let written = rule.names.iter().find(|written| written.value == name);
        let (Some(written), false) = (written, applies(index)) else {
            continue;
        };
        let Some(action) = rule.parsed_action() else {
            continue;
        };
        let number = rule.errno.map(|errno| errno.value);
        let outcome = caulk_seccomp::Outcome::new(action, number);
        let place = if resolved.named.is_default {
            format!("rule {} of Docker's default", index + 1)
        } else {
            resolved.named.place(written.span, show)
        };
        let asks = asks(rule, show);
        found.push(format!("{place}: {outcome} {asks}"));
    }
    found
}

/// When a rule applies: `with CAP_SYS_ADMIN`, `on s390x, and not with CAP_BPF`.
fn asks(rule: &caulk_seccomp::Rule, show: &Show) -> String {
    let mut words = Vec::new();
    for (requirement, not) in [(&rule.includes, ""), (&rule.excludes, "not ")] {
        let Some(requirement) = requirement else {
            continue;
        };
        let several = |names: &[caulk_source::Spanned<String>]| {
            let names: Vec<String> = names
                .iter()
                .map(|name| (show.visible)(&name.value))
                .collect();
            if not.is_empty() {
                listed(&names)
            } else {
                names.join(" or ")
            }
        };
        if !requirement.capabilities.is_empty() {
            words.push(format!("{not}with {}", several(&requirement.capabilities)));
        }
        if !requirement.architectures.is_empty() {
            let names: Vec<String> = requirement
                .architectures
                .iter()
                .map(|name| (show.visible)(&name.value))
                .collect();
            words.push(format!("{not}on {}", names.join(" or ")));
        }
        if let Some(kernel) = &requirement.kernel {
            words.push(format!("{not}from Linux {}", (show.visible)(&kernel.value)));
        }
    }
    if words.is_empty() {
        "elsewhere".to_owned()
    } else {
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str) -> Call {
        let abi = Abi::X86_64;
        Call {
            abi,
            number: syscalls::number(abi, name).unwrap(),
        }
    }

    #[test]
    fn conditions_as_people_say_them() {
        let said =
            |name: &str, index: u8, test: Test| call(name).condition(&Condition { index, test });
        assert_eq!(
            said("socket", 0, Test::Equal(40)),
            "family is AF_VSOCK (40)"
        );
        assert_eq!(said("socket", 0, Test::Less(500)), "family < 500");
        assert_eq!(
            said(
                "clone",
                0,
                Test::Masked {
                    mask: 0x1002_0000,
                    value: 0
                }
            ),
            "flags has none of CLONE_NEWNS, CLONE_NEWUSER"
        );
        assert_eq!(
            said(
                "unshare",
                0,
                Test::Masked {
                    mask: 0x1000_0000,
                    value: 0x1000_0000
                }
            ),
            "unshare_flags has CLONE_NEWUSER"
        );
        assert_eq!(
            said(
                "read",
                2,
                Test::Masked {
                    mask: 0xffff_0000,
                    value: 0x10000
                }
            ),
            "count & 0xffff0000 is 0x10000"
        );
        assert_eq!(said("getpid", 5, Test::NotEqual(2)), "arg5 is not 2");
    }

    #[test]
    fn arguments_that_show_something() {
        let text = call("socket").arguments(&[38, 5, 0, 7, 0, 0], &[0, 2]);
        assert_eq!(text, "family = AF_ALG (38), protocol = 0");
    }

    #[test]
    fn operations_are_named() {
        let abi = Abi::X86;
        let number = syscalls::number(abi, "socketcall").unwrap();
        let call = Call { abi, number };
        assert_eq!(call.value(0, 1), "socket (1)");
    }
}
