//! What is to be said of a generated profile.

use std::fmt;

use caulk_linux::syscalls::Abi;

/// Something that whoever uses the profile should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// Docker's default stops these calls for a container with the usual capabilities.
    BeyondDefault {
        /// The calls.
        names: Vec<String>,
    },
    /// Docker's default stops this call with these values of its argument.
    ValuesBeyondDefault {
        /// The call.
        name: String,
        /// The values; of `clone` the flags.
        values: Vec<u64>,
    },
    /// `clone3` was seen, and is answered with `ENOSYS`.
    CloneInstead,
    /// These calls only ever failed with `ENOSYS`, and the profile lets them fail so.
    NeverThere {
        /// The calls.
        names: Vec<String>,
    },
    /// The logs have a call by this number alone, and no table has a name for it.
    Unnamed {
        /// Whose number it is.
        abi: Abi,
        /// The number.
        number: u64,
        /// How often it was made.
        seen: u64,
    },
    /// A machine has no such calls, and others were added that do the same there.
    OnAnotherMachine {
        /// The machine.
        abi: Abi,
        /// The calls that it has not.
        names: Vec<String>,
    },
    /// No filter of arguments as narrow as what was seen could be made.
    NotNarrowed {
        /// The call.
        name: String,
        /// Why.
        because: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondDefault { names } => write!(
                formatter,
                "the profile allows what Docker's default stops: {}",
                list(names)
            ),
            Self::ValuesBeyondDefault { name, values } => {
                let values: Vec<String> = values.iter().map(|value| format!("{value:#x}")).collect();
                write!(
                    formatter,
                    "the profile allows `{name}` with what Docker's default stops: {}",
                    values.join(", ")
                )
            }
            Self::CloneInstead => formatter.write_str(
                "`clone3` is answered with ENOSYS, and programs take `clone` instead: no filter can look at the flags of `clone3`",
            ),
            Self::NeverThere { names } => write!(
                formatter,
                "the kernel that was traced has not got {}, and the profile answers the same",
                list(names)
            ),
            Self::Unnamed { abi, number, seen } => write!(
                formatter,
                "call number {number} of {abi} was made {seen} times; it has no name, and no profile can allow it"
            ),
            Self::OnAnotherMachine { abi, names } => write!(
                formatter,
                "{abi} has not got {}: what does the same there is allowed, and what else the program does there is not known",
                list(names)
            ),
            Self::NotNarrowed { name, because } => {
                write!(formatter, "the arguments of `{name}` are not narrowed down: {because}")
            }
        }
    }
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
