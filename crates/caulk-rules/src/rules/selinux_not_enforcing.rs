//! See the page below.

use caulk_model::{SelinuxOff, SelinuxSwitch};

use crate::build;
use crate::prelude::*;

rule! {
    /// SELinux is switched off on the machine, or only warns.
    ///
    /// ## Why it matters
    ///
    /// SELinux gives each container a label, and keeps a process with that label from every file of the
    /// host that is not labelled for it. It is what holds when a container's walls do not: several
    /// escapes of container runtimes ended at it. In permissive mode it writes into the log what it would
    /// have denied, and allows it.
    ///
    /// ## Bad
    ///
    /// ```text,bad file=rootfs/etc/selinux/config
    /// SELINUX=permissive
    /// SELINUXTYPE=targeted
    /// ```
    ///
    /// ## Good
    ///
    /// ```text,good file=rootfs/etc/selinux/config
    /// SELINUX=enforcing
    /// SELINUXTYPE=targeted
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The configuration of an image*: `SELINUX=permissive` and `SELINUX=disabled` in a file
    ///   `etc/selinux/config` of its root.
    /// - *The kernel's command line*: `selinux=0`, `enforcing=0`, `security=none`, and a list `lsm=`
    ///   without `selinux` and `apparmor`, in the files of boot loaders and in `CONFIG_CMDLINE`.
    /// - *What builds images*: the same behind the keys that hold command lines there, as `APPEND` of
    ///   BitBake, `bootloader --append` of a `.wks`, `KernelCommandLine` of mkosi, `cmdline` of LinuxKit.
    /// - *A kickstart file*: `selinux --disabled` and `--permissive`.
    /// - *A command*: `setenforce 0`, and a 0 written into `/sys/fs/selinux/enforce`, in scripts: medium,
    ///   for it holds until the next start. Documentation is for its reader to judge.
    /// - *A command that writes it down*: `sed -i`, `perl -i`, `tee` and a redirection that put
    ///   `permissive` or `disabled` into `/etc/selinux/config`, and `selinux=0` or `enforcing=0` given to
    ///   `grubby`, to `rpm-ostree kargs` or to the boot loader's files.
    /// - *A step of a build*: the same in a `RUN` of the stage that is built: medium and with low
    ///   confidence, for a container has its host's SELinux, and only an image that is started as a system
    ///   (bootc, a virtual machine) has its own.
    ///
    /// ## About the fix
    ///
    /// It enforces. What the policy does not allow fails then: files that were made while it was off have
    /// no label or the wrong one (`touch /.autorelabel` before the next start mends that), and a program
    /// without a policy may need one.
    ///
    /// ## Sources
    ///
    /// The kernel's `Documentation/admin-guide/kernel-parameters.txt` (`selinux=`, `enforcing=`, `lsm=`);
    /// selinux_config(5), setenforce(8).
    "selinux-not-enforcing",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Kernel, Surface::CommandLine, Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "5.3"),
        Reference::like(Authority::Owasp, "Rule 6"),
        Reference::like(Authority::Nist, "4.5.2"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for off in repository.selinux_off() {
        findings.report(finding(off));
    }
    for (container, fact) in build::facts(repository, |build| &build.selinux_off) {
        if fact.stage.ships {
            let off = SelinuxOff {
                surface: Surface::Dockerfile,
                place: fact.span,
                how: fact.value,
                instead: None,
            };
            let finding = finding(&off)
                .severity(Severity::Medium)
                .doubted(
                    Confidence::Low,
                    "it counts only where the image is started as a system of its own",
                )
                .container(container.title_of(&fact.stage), fact.stage.from)
                .why(
                    "where the image is started as a system of its own, a process that gets out of a \
                     container there reaches every file that its user may read",
                );
            findings.report(finding);
        }
    }
}

/// How bad a way to keep it from enforcing is, what there is to say of it, and what its place does.
fn said(how: SelinuxSwitch) -> (Severity, &'static str, &'static str) {
    match how {
        SelinuxSwitch::Disabled => (
            Severity::High,
            "SELinux is disabled in the image's configuration",
            "switches it off",
        ),
        SelinuxSwitch::Permissive => (
            Severity::High,
            "SELinux only warns in the image's configuration",
            "lets it warn and allow",
        ),
        SelinuxSwitch::BootOff => (
            Severity::High,
            "the kernel is started with SELinux off",
            "switches it off before anything runs",
        ),
        SelinuxSwitch::BootPermissive => (
            Severity::High,
            "the kernel is started with SELinux only warning",
            "lets it warn and allow from the start",
        ),
        SelinuxSwitch::LeftOut => (
            Severity::High,
            "the kernel is started without a security module that confines containers",
            "names neither `selinux` nor `apparmor`",
        ),
        SelinuxSwitch::Command => (
            Severity::Medium,
            "a command lets SELinux only warn until the next start",
            "lets it warn and allow",
        ),
        SelinuxSwitch::WritesDisabled => (
            Severity::High,
            "a command disables SELinux from the next start on",
            "switches it off in the system's configuration",
        ),
        SelinuxSwitch::WritesPermissive => (
            Severity::High,
            "a command lets SELinux only warn from the next start on",
            "lets it warn and allow",
        ),
    }
}

fn finding(off: &SelinuxOff) -> Finding {
    let (severity, message, label) = said(off.how);
    let finding = Finding::new(
        &RULE.info,
        off.surface,
        Label::new(off.place, label),
        message,
    )
    .severity(severity)
    .fact(format!("selinux mode: {label}"))
    .why("a process that gets out of a container reaches every file that its user may read");
    match &off.instead {
        Some(value) => finding.remedy(Remedy::unsafe_because(
            format!("write `{value}`"),
            Change::Become {
                entry: off.place,
                value: value.clone(),
            },
            "what the policy does not allow fails, and files without a label must get theirs first",
        )),
        None => finding.advice(
            "find what it denies in the audit log (`ausearch -m avc`), and allow that in a policy",
        ),
    }
}
