//! What is done with a system call.

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

    /// Whether, as a default, it stops nothing: the call is made, or somebody else decides.
    pub fn lets_through(self) -> bool {
        match self {
            Self::Allow | Self::Log | Self::Trace => true,
            Self::Notify | Self::Errno | Self::Trap | Self::KillThread | Self::KillProcess => false,
        }
    }
}
