//! Why a call is in a profile.

use std::fmt;

use caulk_linux::syscalls::Abi;

/// One reason.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// The program was seen to make it, so often.
    Seen(u64),
    /// Every program needs it, seen or not.
    Always,
    /// The runtime makes it after it has loaded the filter.
    Runtime(&'static str),
    /// It is answered without the kernel on most machines, and by the kernel on others.
    Vdso,
    /// Another version of the C library makes it at a program's start.
    Start,
    /// Another C library, kernel or machine makes it in place of this one.
    Equivalent(String),
    /// This machine has it in place of this one.
    Machine(Abi, String),
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seen(1) => formatter.write_str("seen once"),
            Self::Seen(times) => write!(formatter, "seen {times} times"),
            Self::Always => formatter.write_str("every program needs it"),
            Self::Runtime(runtime) => {
                write!(formatter, "{runtime} makes it before the program starts")
            }
            Self::Vdso => {
                formatter.write_str("most machines answer it without the kernel, some do not")
            }
            Self::Start => formatter.write_str("other C libraries make it when a program starts"),
            Self::Equivalent(name) => {
                write!(formatter, "another system makes it in place of `{name}`")
            }
            Self::Machine(abi, name) => write!(formatter, "{abi} has it in place of `{name}`"),
        }
    }
}
