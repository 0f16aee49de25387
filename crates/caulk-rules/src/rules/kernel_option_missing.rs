//! See the page below.

use std::collections::BTreeMap;

use caulk_linux::KernelPurpose;
use caulk_model::{Kernel, Lack, OptionLine};

use crate::prelude::*;

/// How many options one finding names.
const NAMED: usize = 12;

rule! {
    /// The kernel's configuration lacks what containment rests on.
    ///
    /// ## Why it matters
    ///
    /// A container is a process that the kernel holds back: by namespaces, control groups, a filter for
    /// system calls and a security module. What was not built into the kernel no engine can switch on,
    /// and most engines start the container all the same.
    ///
    /// ## Bad
    ///
    /// ```text,bad file=kernel/containers_defconfig
    /// CONFIG_NAMESPACES=y
    /// CONFIG_CGROUPS=y
    /// # CONFIG_SECCOMP is not set
    /// ```
    ///
    /// ## Good
    ///
    /// ```text,good file=kernel/containers_defconfig
    /// CONFIG_NAMESPACES=y
    /// CONFIG_CGROUPS=y
    /// CONFIG_SECCOMP=y
    /// CONFIG_SECCOMP_FILTER=y
    /// CONFIG_SECURITY_SELINUX=y
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *What a line switches off*, where the option is there for the version and the architecture.
    /// - *Neither security module* (fires) is one finding.
    /// - *A file about something else* (silent): no option in it is about containers.
    ///
    /// Which files: `.config`, `*_defconfig`, `config-*`, fragments (`*.config`, `*.cfg`), where an option
    /// in them is about containers. In a whole configuration, which says so in its first lines, what is
    /// absent is off. In a defconfig or a fragment it is what the kernel has by itself, and that hangs on
    /// the rest: there only what is switched off counts.
    ///
    /// | what | severity |
    /// | --- | --- |
    /// | `SECCOMP`, `SECCOMP_FILTER` | high |
    /// | neither `SECURITY_SELINUX` nor `SECURITY_APPARMOR` | high |
    /// | namespaces, control groups | medium |
    /// | what hardens the kernel itself (`RANDOMIZE_BASE`, `STRICT_KERNEL_RWX` …) | low |
    ///
    /// An option that the version or the architecture does not have is not asked for, and one that had
    /// another name is found under it. What is absent is one finding for each row; what a line switches
    /// off is one for each line.
    ///
    /// ## About the fix
    ///
    /// It switches the option on in its line. The kernel's own configuration decides whether that is
    /// enough: an option may need others.
    ///
    /// ## Sources
    ///
    /// moby `contrib/check-config.sh`; the kernel's Kconfig files; the Kernel Self Protection Project's
    /// recommended settings.
    "kernel-option-missing",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Kernel],
    references: &[
        Reference::like(Authority::Nist, "4.5.2"),
        Reference::like(Authority::KernelHardeningChecker, "CONFIG_SECCOMP"),
        Reference::like(Authority::KernelHardeningChecker, "CONFIG_SECCOMP_FILTER"),
        Reference::like(Authority::KernelHardeningChecker, "CONFIG_SECURITY"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for kernel in repository.kernels() {
        let mut absent: BTreeMap<KernelPurpose, Vec<Lack<'_>>> = BTreeMap::new();
        let mut modules: Vec<Lack<'_>> = Vec::new();
        for lack in kernel.lacks() {
            if lack.option.purpose == KernelPurpose::SecurityModule {
                modules.push(lack);
            } else if let Some(line) = lack.line {
                findings.report(written(&lack, line));
            } else {
                absent.entry(lack.option.purpose).or_default().push(lack);
            }
        }
        if let Some(finding) = without_module(kernel, &modules) {
            findings.report(finding);
        }
        for (purpose, lacks) in absent {
            findings.report(missing(kernel, purpose, &lacks));
        }
    }
}

fn severity(purpose: KernelPurpose) -> Severity {
    match purpose {
        KernelPurpose::Filter | KernelPurpose::SecurityModule => Severity::High,
        KernelPurpose::Isolation => Severity::Medium,
        KernelPurpose::Hardening => Severity::Low,
    }
}

/// An option that a line says the wrong thing of.
fn written(lack: &Lack<'_>, line: &OptionLine) -> Finding {
    let name = lack.name;
    let (label, message, title, value) = if lack.option.on {
        (
            "is off",
            format!("the kernel is built without `{name}`"),
            format!("switch `{name}` on"),
            format!("CONFIG_{name}=y"),
        )
    } else {
        (
            "is on",
            format!("the kernel is built with `{name}`"),
            format!("switch `{name}` off"),
            format!("# CONFIG_{name} is not set"),
        )
    };
    let why = lack.option.without;
    Finding::new(
        &RULE.info,
        Surface::Kernel,
        Label::new(line.span, label),
        message,
    )
    .severity(severity(lack.option.purpose))
    .fact(name)
    .why(if lack.option.on {
        format!("without it, {why}")
    } else {
        why.to_owned()
    })
    .remedy(Remedy::unsafe_because(
        title,
        Change::Become {
            entry: line.span,
            value,
        },
        "the kernel grows, and what relies on its absence changes",
    ))
}

/// Neither security module: one finding, at a line where one is.
fn without_module(kernel: &Kernel, lacks: &[Lack<'_>]) -> Option<Finding> {
    let line = lacks.iter().find_map(|lack| lack.line);
    // In a part of a configuration, all of them must be switched off by a line.
    if lacks.len() < 2 {
        return None;
    }
    let place = line.map_or(kernel.anchor, |line| line.span);
    let finding = Finding::new(
        &RULE.info,
        Surface::Kernel,
        Label::new(place, "leaves it without SELinux and without AppArmor"),
        "the kernel has no security module that confines containers",
    )
    .severity(Severity::High)
    .fact("security module")
    .why("a process that gets out of a container is held back by nothing but its user")
    .advice(
        "build in the one that the rest of the system is made for, and name it in `CONFIG_LSM`",
    );
    Some(finding)
}

/// What a whole configuration does not mention.
fn missing(kernel: &Kernel, purpose: KernelPurpose, lacks: &[Lack<'_>]) -> Finding {
    let names: Vec<String> = lacks
        .iter()
        .take(NAMED)
        .map(|lack| format!("`{}`", lack.name))
        .collect();
    let more = lacks.len().saturating_sub(NAMED);
    let mut list = names.join(", ");
    if more > 0 {
        list = format!("{list} and {more} more");
    }
    let (what, why) = match purpose {
        KernelPurpose::Filter | KernelPurpose::SecurityModule => (
            "a filter for system calls",
            lacks.first().map(|lack| lack.option.without),
        ),
        KernelPurpose::Isolation => (
            "what keeps containers apart",
            lacks.first().map(|lack| lack.option.without),
        ),
        KernelPurpose::Hardening => (
            "options that harden it",
            Some("an attack on the kernel is how a process leaves a container whose walls hold"),
        ),
    };
    Finding::new(
        &RULE.info,
        Surface::Kernel,
        Label::new(kernel.anchor, format!("is without {list}")),
        format!("the kernel is built without {what}: {list}"),
    )
    .severity(severity(purpose))
    .fact(format!("absent {what}"))
    .why(format!("without the first, {}", why.unwrap_or_default()))
    .advice("switch them on where the configuration is made, and build it again")
}
