//! A call, its arguments and conditions on them in words.

use caulk_linux::syscalls::{self, Abi, arguments_on, constants, operation};
use caulk_seccomp::{Condition, Test};

use crate::show::listed;

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
    pub(crate) fn alternatives(self, cases: &[&[Condition]]) -> String {
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
