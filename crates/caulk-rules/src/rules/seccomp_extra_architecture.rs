//! See the page below.

use std::collections::BTreeSet;

use caulk_linux::syscalls::Abi;
use caulk_source::{Span, Spanned};

use crate::prelude::*;
use crate::seccomp::with_users;

/// How many further places are shown.
const SHOWN: usize = 6;

rule! {
    /// The seccomp profile opens the machine's second door, for 32-bit programs.
    ///
    /// ## Why it matters
    ///
    /// A 64-bit kernel also takes the calls of 32-bit programs, by other numbers and through code of its
    /// own, and any process may make them: it need not be a 32-bit program. That code is seldom used and
    /// was attacked before. It also has `socketcall` and `ipc`, which take the call that is meant from
    /// memory: a filter cannot look at the family of a socket there. An image of today holds 64-bit
    /// programs alone. A call by an architecture that the profile does not list kills the caller.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    ///   "syscalls": [{ "names": ["read", "write", "execve", "exit_group"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
    ///   "syscalls": [{ "names": ["read", "write", "execve", "exit_group"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Whether an image holds 32-bit programs is not written in the repository, so confidence is medium.
    ///
    /// - *In `architectures`*: a 32-bit architecture stands beside one of 64 bits. A list of 32-bit ones
    ///   alone is for such machines, and one of 64-bit ones opens no second door.
    /// - *In `archMap`*: `subArchitectures` of a 64-bit machine. Docker's own default lists them, and a copy
    ///   of it does too.
    /// - *What is not read* (silent): the engine takes the first entry of `archMap` for its own machine. One
    ///   for a 32-bit machine is for hosts of that kind, and a second one for the same machine is for none.
    ///
    /// ## About the fix
    ///
    /// It takes the 32-bit architectures out. A 32-bit program in the image is then killed by its first
    /// system call.
    ///
    /// ## Sources
    ///
    /// libseccomp `src/db.c` (what is not listed is killed); moby/profiles `seccomp/default.json`; the
    /// kernel's `arch/x86/entry` (`int 0x80` from 64-bit programs).
    "seccomp-extra-architecture",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::Medium,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for profile in repository.profiles() {
        let written = &profile.profile;
        let mut extra = narrow_beside_wide(&written.architectures);
        let mut read = BTreeSet::new();
        for machine in &written.arch_map {
            let wide = machine.architecture.as_ref().and_then(abi_of);
            // The engine takes the first entry for its machine.
            if wide.is_some_and(|abi| !abi.is_32_bit() && read.insert(abi)) {
                extra.extend(
                    machine
                        .sub_architectures
                        .iter()
                        .filter(|name| is_narrow(name)),
                );
            }
        }
        if let Some((first, others)) = extra.split_first() {
            let finding = finding(written.span, first, others);
            findings.report(with_users(finding, repository, profile, "runs under it"));
        }
    }
}

fn abi_of(name: &Spanned<String>) -> Option<Abi> {
    Abi::from_scmp(&name.value)
}

fn is_narrow(name: &Spanned<String>) -> bool {
    abi_of(name).is_some_and(Abi::is_32_bit)
}

/// The 32-bit architectures of a list that also has others.
fn narrow_beside_wide(names: &[Spanned<String>]) -> Vec<&Spanned<String>> {
    let has_wide = names.iter().filter_map(abi_of).any(|abi| !abi.is_32_bit());
    let narrow = names.iter().filter(|name| has_wide && is_narrow(name));
    narrow.collect()
}

fn finding(profile: Span, first: &Spanned<String>, others: &[&Spanned<String>]) -> Finding {
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.span, "is for 32-bit programs"),
        "this seccomp profile also takes the system calls of 32-bit programs",
    )
    .fact("32-bit architectures")
    .why(
        "any process can make them, through code of the kernel that little else uses; an image of \
         today has no program that needs it",
    );
    for other in others.iter().take(SHOWN) {
        finding = finding.related(other.span, "and so is this");
    }
    let change = FilterChange {
        gone: std::iter::once(first)
            .chain(others.iter().copied())
            .map(|name| name.span)
            .collect(),
        ..FilterChange::default()
    };
    finding.remedy(Remedy::unsafe_because(
        "list 64-bit architectures alone",
        Change::Filter { profile, change },
        "a 32-bit program in the image is killed by its first system call",
    ))
}
