//! What is done with a system call.

use std::fmt;

use crate::errno;

/// What the kernel does with a system call. The names are libseccomp's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// The call is made.
    Allow,
    /// The call is made, and an audit record written.
    Log,
    /// A tracer decides; without one the call fails with `ENOSYS`.
    Trace,
    /// A supervisor decides.
    Notify,
    /// The call fails with an error number.
    Errno,
    /// The thread gets `SIGSYS`.
    Trap,
    /// The thread is killed.
    KillThread,
    /// The process is killed.
    KillProcess,
}

impl Action {
    /// Every action, from the one that stops least to the one that stops most.
    pub const ALL: [Self; 8] = [
        Self::Allow,
        Self::Log,
        Self::Trace,
        Self::Notify,
        Self::Errno,
        Self::Trap,
        Self::KillThread,
        Self::KillProcess,
    ];

    /// The action that a profile's text names. Case matters, as it does to runc.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "SCMP_ACT_ALLOW" => Some(Self::Allow),
            "SCMP_ACT_LOG" => Some(Self::Log),
            "SCMP_ACT_TRACE" => Some(Self::Trace),
            "SCMP_ACT_NOTIFY" => Some(Self::Notify),
            "SCMP_ACT_ERRNO" => Some(Self::Errno),
            "SCMP_ACT_TRAP" => Some(Self::Trap),
            "SCMP_ACT_KILL" | "SCMP_ACT_KILL_THREAD" => Some(Self::KillThread),
            "SCMP_ACT_KILL_PROCESS" => Some(Self::KillProcess),
            _ => None,
        }
    }

    /// The text that a profile names it with: `SCMP_ACT_ERRNO`.
    pub const fn scmp(self) -> &'static str {
        match self {
            Self::Allow => "SCMP_ACT_ALLOW",
            Self::Log => "SCMP_ACT_LOG",
            Self::Trace => "SCMP_ACT_TRACE",
            Self::Notify => "SCMP_ACT_NOTIFY",
            Self::Errno => "SCMP_ACT_ERRNO",
            Self::Trap => "SCMP_ACT_TRAP",
            Self::KillThread => "SCMP_ACT_KILL_THREAD",
            Self::KillProcess => "SCMP_ACT_KILL_PROCESS",
        }
    }

    /// Whether, as a default, it stops nothing: the call is made, or somebody else decides.
    pub fn lets_through(self) -> bool {
        match self {
            Self::Allow | Self::Log | Self::Trace => true,
            Self::Notify | Self::Errno | Self::Trap | Self::KillThread | Self::KillProcess => false,
        }
    }

    /// Whether a number goes with it: the error, or what the tracer is told.
    pub(crate) fn has_number(self) -> bool {
        match self {
            Self::Errno | Self::Trace => true,
            Self::Allow
            | Self::Log
            | Self::Notify
            | Self::Trap
            | Self::KillThread
            | Self::KillProcess => false,
        }
    }
}

/// What the kernel does with one call: an action with its number.
///
/// Ordered as the actions are, from the one that stops least to the one that stops most: a call for
/// which `a < b` holds is freer under `a`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// The call is made.
    Allow,
    /// The call is made, and an audit record written.
    Log,
    /// A tracer is told this number and decides; without a tracer the call fails with `ENOSYS`.
    Trace(u16),
    /// A supervisor decides.
    Notify,
    /// The call is not made and fails with this error number, 0 to 4094. With 0 the program is told
    /// that it succeeded.
    Errno(u16),
    /// The thread gets `SIGSYS`.
    Trap,
    /// The thread is killed.
    KillThread,
    /// The process is killed.
    KillProcess,
}

impl Outcome {
    /// The outcome of an action that is written with this number. Where none is written, runc and
    /// crun take `EPERM`. Of a larger number runc keeps the low 16 bits (`libcontainer/seccomp`,
    /// `getAction`).
    pub fn new(action: Action, number: Option<u64>) -> Self {
        let kept = u16::try_from(number.unwrap_or(errno::EPERM) & 0xffff).unwrap_or(u16::MAX);
        match action {
            Action::Allow => Self::Allow,
            Action::Log => Self::Log,
            Action::Trace => Self::Trace(kept),
            Action::Notify => Self::Notify,
            Action::Errno => Self::Errno(kept),
            Action::Trap => Self::Trap,
            Action::KillThread => Self::KillThread,
            Action::KillProcess => Self::KillProcess,
        }
    }

    /// The action, without its number.
    pub const fn action(self) -> Action {
        match self {
            Self::Allow => Action::Allow,
            Self::Log => Action::Log,
            Self::Trace(_) => Action::Trace,
            Self::Notify => Action::Notify,
            Self::Errno(_) => Action::Errno,
            Self::Trap => Action::Trap,
            Self::KillThread => Action::KillThread,
            Self::KillProcess => Action::KillProcess,
        }
    }

    /// The number that goes with the action.
    pub const fn number(self) -> Option<u16> {
        match self {
            Self::Trace(number) | Self::Errno(number) => Some(number),
            Self::Allow
            | Self::Log
            | Self::Notify
            | Self::Trap
            | Self::KillThread
            | Self::KillProcess => None,
        }
    }

    /// Whether the call is made, or may be: it is allowed, logged, or left to a tracer or a
    /// supervisor.
    pub fn may_run(self) -> bool {
        self < Self::Errno(0)
    }

    /// What a filter program returns for it: a `SECCOMP_RET_` value of `linux/seccomp.h`.
    pub const fn return_value(self) -> u32 {
        match self {
            Self::Allow => 0x7fff_0000,
            Self::Log => 0x7ffc_0000,
            Self::Trace(number) => 0x7ff0_0000 | number as u32,
            Self::Notify => 0x7fc0_0000,
            Self::Errno(number) => 0x0005_0000 | number as u32,
            Self::Trap => 0x0003_0000,
            Self::KillThread => 0,
            Self::KillProcess => 0x8000_0000,
        }
    }

    /// The outcome of what a filter program returned.
    pub fn from_return_value(value: u32) -> Option<Self> {
        let number = u16::try_from(value & 0xffff).ok()?;
        let outcome = match value & 0xffff_0000 {
            0x7fff_0000 => Self::Allow,
            0x7ffc_0000 => Self::Log,
            0x7ff0_0000 => Self::Trace(number),
            0x7fc0_0000 => Self::Notify,
            0x0005_0000 => Self::Errno(number),
            0x0003_0000 => Self::Trap,
            0x8000_0000 => Self::KillProcess,
            0 => Self::KillThread,
            _ => return None,
        };
        Some(outcome)
    }
}

/// In plain words: `allowed`, `fails with ENOSYS`.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => formatter.write_str("allowed"),
            Self::Log => formatter.write_str("allowed and logged"),
            Self::Trace(number) => write!(formatter, "left to a tracer ({number})"),
            Self::Notify => formatter.write_str("left to a supervisor"),
            Self::Errno(0) => formatter.write_str("not made, and reported as a success"),
            Self::Errno(number) => match errno::name(*number) {
                Some(name) => write!(formatter, "fails with {name}"),
                None => write!(formatter, "fails with error {number}"),
            },
            Self::Trap => formatter.write_str("stopped with SIGSYS"),
            Self::KillThread => formatter.write_str("kills the thread"),
            Self::KillProcess => formatter.write_str("kills the process"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_return_values_read_back() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.scmp()), Some(action));
            let outcome = Outcome::new(action, Some(38));
            assert_eq!(outcome.action(), action);
            assert_eq!(
                Outcome::from_return_value(outcome.return_value()),
                Some(outcome)
            );
            assert_eq!(outcome.number().is_some(), action.has_number());
        }
        assert_eq!(Action::parse("scmp_act_allow"), None);
        assert_eq!(Outcome::from_return_value(0x0001_0000), None);
    }

    #[test]
    fn an_error_without_a_number_is_eperm_and_sixteen_bits_are_kept() {
        assert_eq!(Outcome::new(Action::Errno, None), Outcome::Errno(1));
        assert_eq!(
            Outcome::new(Action::Errno, Some(65_574)),
            Outcome::Errno(38)
        );
        assert_eq!(Outcome::Errno(38).to_string(), "fails with ENOSYS");
        assert_eq!(Outcome::Errno(4000).to_string(), "fails with error 4000");
    }

    #[test]
    fn what_may_run() {
        let may_run: Vec<Action> = Action::ALL
            .into_iter()
            .filter(|action| Outcome::new(*action, Some(0)).may_run())
            .collect();
        assert_eq!(
            may_run,
            [Action::Allow, Action::Log, Action::Trace, Action::Notify]
        );
    }
}
