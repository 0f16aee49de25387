//! See the page below.

use std::cmp::Reverse;

use caulk_linux::syscalls::{self, is_unimplemented};
use caulk_model::ProfileUse;
use caulk_seccomp::{Action, compare};

use crate::prelude::*;
use crate::seccomp::{counted, listed, profiles, with_users};

/// How many calls a line has room for.
const NAMED: usize = 5;

rule! {
    /// The seccomp profile allows every system call that it does not name.
    ///
    /// ## Why it matters
    ///
    /// A list of what is forbidden is never complete. Each kernel brings new calls, and under such a
    /// profile they are open on the day the host is updated; calls that the author did not think of
    /// are open now. `SCMP_ACT_LOG` and `SCMP_ACT_TRACE` as the default stop nothing either: the one
    /// writes an audit record and lets the call through, the other leaves it to a tracer.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ALLOW",
    ///   "syscalls": [{ "names": ["mount", "ptrace"], "action": "SCMP_ACT_ERRNO" }]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "defaultErrnoRet": 38,
    ///   "syscalls": [{ "names": ["read", "write", "execve", "exit_group"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The default action*: `SCMP_ACT_ALLOW`, `SCMP_ACT_LOG` and `SCMP_ACT_TRACE` let through
    ///   what is not named.
    /// - *What is no profile* (silent): JSON that speaks of something else.
    ///
    /// The finding counts what is open here and stopped by Docker's default, and names the gravest. Of the
    /// containers that name the profile, those with the most capabilities are the measure.
    /// `seccomp-filter-bypassed` says which of the denials another call gets around.
    ///
    /// ## About the fix
    ///
    /// There is none: which calls a program needs is not written in the profile. Start from the
    /// engine's default profile and take away from it, or record what the program does.
    ///
    /// ## Sources
    ///
    /// moby `profiles/seccomp`; runc `libcontainer/seccomp`; seccomp(2).
    "seccomp-allows-by-default",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Seccomp],
    references: &[
        Reference::like(Authority::Cis, "5.22"),
        Reference::like(Authority::Nist, "4.5.2"),
        Reference::like(Authority::Seccompute, "score"),
        Reference::like(Authority::Zaz, "seccomp verify"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        let Some(default) = &profile.profile.default_action else {
            continue;
        };
        let Some(action) = profile
            .profile
            .action()
            .filter(|action| action.lets_through())
        else {
            continue;
        };
        let message = match action {
            Action::Log => "this seccomp profile only logs the calls that it does not name",
            Action::Trace => {
                "this seccomp profile leaves the calls that it does not name to a tracer"
            }
            Action::Allow
            | Action::Notify
            | Action::Errno
            | Action::Trap
            | Action::KillThread
            | Action::KillProcess => "this seccomp profile allows every call that it does not name",
        };
        let denied = profile.profile.denied();
        let mut why = format!(
            "its rules name {} to stop; Docker's default profile stops every call but those that it \
             names",
            counted(denied, "call")
        );
        let open = uses.first().map(open_beyond_default).unwrap_or_default();
        if !open.is_empty() {
            why = format!(
                "{why}, and {} that it stops are open here: {}",
                counted(open.len(), "call"),
                listed(&open, NAMED)
            );
        }
        let finding = Finding::new(
            &RULE.info,
            Surface::Seccomp,
            Label::new(
                default.span,
                "opens all the others, and those of kernels to come",
            ),
            message,
        )
        .fact("default action")
        .why(why)
        .advice(
            "start from Docker's default profile and take away from it: `defaultAction` \
             `SCMP_ACT_ERRNO`, and the calls that the program needs allowed",
        );
        findings.report(with_users(finding, repository, profile, "runs under it"));
    }
}

/// The calls that Docker's default stops and this profile does not, the gravest first.
fn open_beyond_default(one: &ProfileUse) -> Vec<&'static str> {
    let Some((own, default)) = one.filters() else {
        return Vec::new();
    };
    let differences = compare(default, own, own.host().abi);
    let opened = differences
        .iter()
        .filter(|difference| difference.is_opened());
    let mut names: Vec<&str> = opened
        .filter_map(|difference| difference.name)
        .filter(|name| !is_unimplemented(name))
        .collect();
    names.sort_by_key(|name| Reverse(syscalls::grade(name)));
    names
}
