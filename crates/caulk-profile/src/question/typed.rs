//! What is typed for a call and its arguments.

use std::fmt;

use caulk_linux::syscalls::{self, Abi, Misnamed, constants};

use crate::call::Call;
use crate::show::listed;

/// What x32's numbers have and those of `x86_64` do not: the kernel's `__X32_SYSCALL_BIT`.
const X32_BIT: u32 = 0x4000_0000;

/// A word that names no call here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownCall(String);

/// A word that is no value of an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownValue {
    /// What is wrong.
    pub message: String,
    /// What was given and is not known; nothing where the value is not the matter.
    pub given: Option<String>,
    /// The names that it could be.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnknownCall {}

/// A word that is a number.
pub(super) fn number(word: &str) -> Option<u64> {
    if let Some(digits) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok();
    }
    if let Some(digits) = word.strip_prefix('-') {
        return digits
            .parse::<i64>()
            .ok()?
            .checked_neg()
            .map(i64::cast_unsigned);
    }
    let octal = word.strip_prefix("0o").or_else(|| {
        // As C and strace write the mode of a file.
        word.strip_prefix('0').filter(|rest| !rest.is_empty())
    });
    match octal {
        Some(digits) => u64::from_str_radix(digits, 8).ok(),
        None => word.parse().ok(),
    }
}

pub(super) fn numbered(abis: &[Abi], number: u64, word: &str) -> Result<Call, UnknownCall> {
    let own = abis.first().copied();
    let found = own.zip(u32::try_from(number).ok());
    let (own, number) =
        found.ok_or_else(|| UnknownCall(format!("no system call has the number {word}")))?;
    let abi = if own == Abi::X86_64 && number & X32_BIT != 0 {
        Abi::X32
    } else {
        own
    };
    Ok(Call { abi, number })
}

pub(super) fn named(abis: &[Abi], word: &str) -> Result<Vec<Call>, UnknownCall> {
    let name = match syscalls::misnamed(word) {
        // Another case, or `sys_` before it: there is no doubt what is meant.
        Some(Misnamed::Spelling(name)) => name,
        Some(other) => return Err(UnknownCall(format!("{}", Meant(word, other)))),
        None => word,
    };
    let calls: Vec<Call> = abis
        .iter()
        .filter_map(|abi| {
            Some(Call {
                abi: *abi,
                number: syscalls::number(*abi, name)?,
            })
        })
        .collect();
    if !calls.is_empty() {
        return Ok(calls);
    }
    let machine = abis.first().copied().unwrap_or(Abi::X86_64);
    if !syscalls::is_known(name) {
        return Err(UnknownCall(format!("no system call `{word}`")));
    }
    let meant = syscalls::equivalent_on(machine, name)
        .map(|other| format!(": `{other}` does the same there"))
        .unwrap_or_default();
    Err(UnknownCall(format!(
        "{machine} has no system call `{name}`{meant}"
    )))
}

/// What was meant by a word.
struct Meant<'a>(&'a str, Misnamed);

impl fmt::Display for Meant<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(word, meant) = self;
        match meant {
            Misnamed::Call(call) | Misnamed::Spelling(call) | Misnamed::Slip(call) => {
                write!(formatter, "no system call `{word}`: did you mean `{call}`?")
            }
            Misnamed::Joined(first, second) => write!(
                formatter,
                "no system call `{word}`: did you mean `{first}` or `{second}`?"
            ),
            Misnamed::Function([]) => write!(
                formatter,
                "no system call `{word}`: it is a function of the C library, and makes none"
            ),
            Misnamed::Function(calls) => {
                let calls: Vec<String> = calls.iter().map(|call| format!("`{call}`")).collect();
                write!(
                    formatter,
                    "no system call `{word}`: it is a function of the C library, which calls {}",
                    listed(&calls)
                )
            }
        }
    }
}

/// The value that a word stands for as an argument: a number, or names joined by `|`.
pub(super) fn value(call: Call, index: usize, word: &str) -> Result<u64, UnknownValue> {
    let name = call.name().unwrap_or_default();
    let constants = constants(call.abi, name, index);
    let mut sum = 0;
    for part in word.split('|').map(str::trim) {
        let named = || {
            let constants = constants?;
            constants.value(part).or_else(|| {
                // `VSOCK` for `AF_VSOCK`, `NEWUSER` for `CLONE_NEWUSER`.
                let whole = constants.names().find(|name| {
                    let bare = name.split_once('_').map(|(_, bare)| bare);
                    bare.is_some_and(|bare| bare.eq_ignore_ascii_case(part))
                })?;
                constants.value(whole)
            })
        };
        sum |= number(part).or_else(named).ok_or_else(|| UnknownValue {
            message: match call.argument(index) {
                Some(argument) => format!("`{argument}` of `{name}` cannot be `{part}`"),
                None => format!("argument {index} of `{}` cannot be `{part}`", call.title()),
            },
            given: Some(part.to_owned()),
            known: constants
                .map(|known| known.names().collect())
                .unwrap_or_default(),
        })?;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (word, expected) in [
            ("40", Some(40)),
            ("0x28", Some(40)),
            ("0o644", Some(0o644)),
            ("0644", Some(0o644)),
            ("0", Some(0)),
            ("-1", Some(u64::MAX)),
            ("18446744073709551615", Some(u64::MAX)),
            ("-9223372036854775808", None),
            ("18446744073709551616", None),
            ("089", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(number(word), expected, "{word}");
        }
    }

    #[test]
    fn words_that_are_no_calls() {
        let said = |word: &str, abis: &[Abi]| named(abis, word).unwrap_err().to_string();
        let amd64 = [Abi::X86_64, Abi::X86, Abi::X32];
        assert_eq!(
            said("ioctrl", &amd64),
            "no system call `ioctrl`: did you mean `ioctl`?"
        );
        assert_eq!(
            said("printf", &amd64),
            "no system call `printf`: it is a function of the C library, which calls `write`"
        );
        assert_eq!(
            said("banana_split", &amd64),
            "no system call `banana_split`"
        );
        assert_eq!(
            said("open", &[Abi::Aarch64]),
            "aarch64 has no system call `open`: `openat` does the same there"
        );
    }

    #[test]
    fn a_call_may_be_another_abis_alone() {
        let calls = named(&[Abi::X86_64, Abi::X86], "socketcall").unwrap();
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].abi, Abi::X86);
        assert_eq!(named(&[Abi::X86_64], "SYS_openat").unwrap().len(), 1);
    }

    #[test]
    fn values_as_people_write_them() {
        let call = named(&[Abi::X86_64], "clone").unwrap()[0];
        let of = |word: &str| value(call, 0, word).map_err(|unknown| unknown.message);
        assert_eq!(of("CLONE_NEWUSER|CLONE_NEWNS|0x11"), Ok(0x1002_0011));
        assert_eq!(of("newuser"), Ok(0x1000_0000));
        assert_eq!(of("-1"), Ok(u64::MAX));
        assert_eq!(
            of("NEWUSR"),
            Err("`flags` of `clone` cannot be `NEWUSR`".to_owned())
        );
    }
}
