//! Calls by which a process does what its filter stops it from doing by another.

use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::{Decision, Filter, Origin, Outcome};
use caulk_source::Span;

use super::{Call, is_made, is_stopped};

/// A call that does what another one may not.
pub(crate) struct Detour {
    /// What is stopped, wholly or for some arguments.
    pub(crate) stopped: &'static str,
    /// Where that is said; nothing where the default action says it.
    pub(crate) stopped_at: Option<Span>,
    /// What does the same.
    pub(crate) open: &'static str,
    /// Where that is let through.
    pub(crate) open_at: Span,
    /// Whether it is the default action that lets it through.
    pub(crate) open_by_default: bool,
}

/// The error of a call that the kernel does not have.
const ENOSYS: u16 = 38;

/// `CLONE_NEWUSER`.
const NEW_USER: u64 = 0x1000_0000;

/// A filter on its own machine.
pub(crate) struct Native<'f> {
    filter: &'f Filter,
    default: &'f Filter,
    abi: Abi,
}

impl<'f> Native<'f> {
    pub(crate) fn new(filter: &'f Filter, default: &'f Filter) -> Self {
        let abi = filter.host().abi;
        Self {
            filter,
            default,
            abi,
        }
    }

    fn call(&self, name: &str, arguments: [u64; 6]) -> Option<Call> {
        let number = syscalls::number(self.abi, name)?;
        Some(Call {
            abi: self.abi,
            number,
            arguments,
        })
    }

    fn made(&self, name: &str, arguments: [u64; 6]) -> bool {
        let call = self.call(name, arguments);
        call.is_some_and(|call| is_made(self.filter, call))
    }

    fn stopped(&self, name: &str, arguments: [u64; 6]) -> bool {
        let call = self.call(name, arguments);
        call.is_some_and(|call| is_stopped(self.filter, call))
    }

    /// Where a call is decided: the rule's name of it, or the default action.
    fn decided_at(&self, name: &str, arguments: [u64; 6]) -> Option<(Span, bool)> {
        self.place_of(self.call(name, arguments)?)
    }

    fn place_of(&self, call: Call) -> Option<(Span, bool)> {
        let decision = self.filter.decide(call.abi, call.number, call.arguments);
        match &decision {
            Decision::Certain {
                origin: Origin::Default(place),
                ..
            } => Some((*place, false)),
            Decision::Certain { .. } | Decision::Ambiguous { .. } => {
                Some((decision.rule()?.name, true))
            }
        }
    }

    fn detour(
        &self,
        stopped: (&'static str, [u64; 6]),
        open: (&'static str, [u64; 6]),
    ) -> Option<Detour> {
        let by_rule = self
            .decided_at(stopped.0, stopped.1)
            .filter(|(_, by_rule)| *by_rule);
        let (open_at, is_rule) = self.decided_at(open.0, open.1)?;
        Some(Detour {
            stopped: stopped.0,
            stopped_at: by_rule.map(|(place, _)| place),
            open: open.0,
            open_at,
            open_by_default: !is_rule,
        })
    }

    /// Where the flags of `clone` are filtered so that no user namespace can be made.
    pub(crate) fn filters_clone(&self) -> Option<Span> {
        let filters = self.made("clone", [0; 6]) && self.stopped("clone", self.new_user());
        filters
            .then(|| self.decided_at("clone", [0; 6]).map(|(place, _)| place))
            .flatten()
    }

    /// Where `clone` makes a user namespace, and the default does not let it.
    pub(crate) fn opens_namespaces_by_clone(&self) -> Option<Span> {
        let flags = self.new_user();
        let call = self.call("clone", flags)?;
        let opens = is_made(self.filter, call) && is_stopped(self.default, call);
        opens
            .then(|| self.decided_at("clone", flags).map(|(place, _)| place))
            .flatten()
    }

    /// The arguments of `clone` for a user namespace.
    fn new_user(&self) -> [u64; 6] {
        let mut flags = [0; 6];
        if let Some(argument) = flags.get_mut(flags_of_clone(self.abi)) {
            *argument = NEW_USER;
        }
        flags
    }

    /// User namespaces: one of the three calls that make them is filtered, and another is not.
    pub(crate) fn namespaces(&self) -> Vec<Detour> {
        let none = [0; 6];
        let flags = self.new_user();
        let in_first = [NEW_USER, 0, 0, 0, 0, 0];
        let ways = [("clone", flags), ("unshare", in_first), ("clone3", none)];
        let allowed = |filter: &Filter, (name, arguments): (&str, [u64; 6])| {
            let call = self.call(name, arguments);
            call.is_some_and(|call| is_made(filter, call))
        };
        // Where the default lets the container make namespaces, nothing was to be kept from it.
        if ways.iter().any(|way| allowed(self.default, *way)) {
            return Vec::new();
        }
        let filters_clone = self.filters_clone().is_some();
        let denies_unshare = self.stopped("unshare", in_first)
            && self
                .decided_at("unshare", in_first)
                .is_some_and(|(_, by_rule)| by_rule);
        let stopped = match (filters_clone, denies_unshare) {
            (true, _) => ("clone", flags),
            (false, true) => ("unshare", in_first),
            (false, false) => return Vec::new(),
        };
        let open = ways.into_iter().filter(|way| allowed(self.filter, *way));
        open.filter_map(|way| self.detour(stopped, way)).collect()
    }

    /// Calls that a rule denies, in a profile that lets others through, with another call that does
    /// the same.
    pub(crate) fn twins(&self) -> Vec<Detour> {
        let none = [0; 6];
        let mut detours = Vec::new();
        for (name, _) in syscalls::names(self.abi) {
            // Namespaces have their own question.
            let is_judged = !matches!(name, "clone" | "clone3" | "unshare")
                && self.denied_always(name)
                && !self.is_missing(name)
                && self
                    .decided_at(name, none)
                    .is_some_and(|(_, by_rule)| by_rule);
            if !is_judged {
                continue;
            }
            let special = TWINS.iter().filter(|(denied, _)| *denied == name);
            let special = special.flat_map(|(_, others)| others.iter().copied());
            let mut others = special.chain(syscalls::equivalents(name));
            // clone's twin clone3 is told apart above, and fork's are clone's.
            let open = others.find(|other| self.made(other, none));
            detours.extend(open.and_then(|open| self.detour((name, none), (open, none))));
        }
        detours
    }

    /// Whether a call is answered as if the kernel did not have it, so that its twin is taken.
    fn is_missing(&self, name: &str) -> bool {
        let outcome = self.call(name, [0; 6]).and_then(|call| {
            self.filter
                .decide(call.abi, call.number, call.arguments)
                .outcome()
        });
        outcome == Some(Outcome::Errno(ENOSYS))
    }

    fn denied_always(&self, name: &str) -> bool {
        let surface = self.filter.surface_of(self.abi, name);
        surface.is_some_and(|surface| !surface.may_run())
    }

    /// What `io_uring` does in the place of calls that are stopped.
    pub(crate) fn rings(&self) -> Vec<Detour> {
        let none = [0; 6];
        if !self.made("io_uring_setup", none) || !self.made("io_uring_enter", none) {
            return Vec::new();
        }
        // What a C library would do instead, where it may, shows that nothing was to be kept from it.
        let is_shut = |name: &str| {
            let mut others = syscalls::equivalents(name);
            self.denied_always(name) && !others.any(|other| self.made(other, none))
        };
        let stopped = RING_OPERATIONS.iter().filter(|name| is_shut(name));
        stopped
            .filter_map(|name| self.detour((name, none), ("io_uring_enter", none)))
            .collect()
    }

    /// The request that types into a terminal is stopped, and its sibling is not.
    pub(crate) fn terminals(&self) -> Option<Detour> {
        const TIOCSTI: [u64; 6] = [0, 0x5412, 0, 0, 0, 0];
        const TIOCLINUX: [u64; 6] = [0, 0x541c, 0, 0, 0, 0];
        let is_open = self.made("ioctl", TIOCLINUX) && self.stopped("ioctl", TIOCSTI);
        is_open
            .then(|| self.detour(("ioctl", TIOCSTI), ("ioctl", TIOCLINUX)))
            .flatten()
    }

    /// Calls that 32-bit programs reach through `socketcall` and `ipc`, where the filter stops for
    /// some arguments what the default does not.
    pub(crate) fn multiplexed(&self) -> Vec<Detour> {
        let narrow = self.filter.abis().filter(|abi| abi.has_socketcall());
        let Some(narrow) = narrow.into_iter().find(|abi| *abi != self.abi) else {
            return Vec::new();
        };
        let mut detours = Vec::new();
        let tables = [("socketcall", syscalls::SOCKETCALL), ("ipc", syscalls::IPC)];
        for (multiplexer, operations) in tables {
            let Some(number) = syscalls::number(narrow, multiplexer) else {
                continue;
            };
            for (name, operation) in operations {
                let arguments = [u64::from(*operation), 0, 0, 0, 0, 0];
                let call = Call {
                    abi: narrow,
                    number,
                    arguments,
                };
                if !is_made(self.filter, call) {
                    continue;
                }
                let Some(stopped) = self.stops_more_than_default(name) else {
                    continue;
                };
                let by_rule = self
                    .decided_at(name, stopped)
                    .filter(|(_, by_rule)| *by_rule);
                detours.extend(self.place_of(call).map(|(open_at, is_rule)| Detour {
                    stopped: name,
                    stopped_at: by_rule.map(|(place, _)| place),
                    open: multiplexer,
                    open_at,
                    open_by_default: !is_rule,
                }));
            }
        }
        detours
    }

    /// Arguments for which this filter stops a call and the default does not.
    fn stops_more_than_default(&self, name: &str) -> Option<[u64; 6]> {
        let number = syscalls::number(self.abi, name)?;
        let answers = self.filter.answers(self.abi, number).answers;
        let stopped = answers.into_iter().map(|(arguments, _)| arguments);
        let mut stopped = stopped.filter(|arguments| {
            let call = Call {
                abi: self.abi,
                number,
                arguments: *arguments,
            };
            is_stopped(self.filter, call) && !is_stopped(self.default, call)
        });
        stopped.next()
    }
}

/// Which argument of `clone` holds its flags.
pub(crate) fn flags_of_clone(abi: Abi) -> usize {
    let arguments = syscalls::arguments_on(abi, "clone").unwrap_or_default();
    let mut names = arguments.iter().map(|argument| argument.name);
    names.position(|name| name == "flags").unwrap_or(0)
}

/// What does the same as a call that people deny, beyond what C libraries exchange for each other.
/// Sources: the manual pages of each.
#[rustfmt::skip]
const TWINS: &[(&str, &[&str])] = &[
    ("execve", &["execveat"]),
    ("finit_module", &["init_module"]),
    ("init_module", &["finit_module"]),
    ("kexec_file_load", &["kexec_load"]),
    ("kexec_load", &["kexec_file_load"]),
    ("mount", &["move_mount"]),
    ("process_vm_readv", &["ptrace"]),
    ("process_vm_writev", &["ptrace"]),
    ("ptrace", &["process_vm_writev", "process_vm_readv"]),
    ("quotactl", &["quotactl_fd"]),
    ("settimeofday", &["clock_settime"]),
    ("clock_settime", &["settimeofday"]),
    ("setxattr", &["setxattrat", "fsetxattr"]),
    ("kill", &["tkill", "pidfd_send_signal"]),
];

/// Calls in whose place `io_uring` has an operation. Source: `io_uring_enter(2)` and
/// `include/uapi/linux/io_uring.h` of Linux 6.
#[rustfmt::skip]
const RING_OPERATIONS: &[&str] = &[
    "accept", "accept4", "bind", "connect", "fsetxattr", "ftruncate", "linkat", "listen", "madvise",
    "mkdirat", "openat", "openat2", "recvmsg", "renameat2", "sendmsg", "setxattr", "shutdown",
    "socket", "splice", "statx", "symlinkat", "tee", "unlinkat",
];
