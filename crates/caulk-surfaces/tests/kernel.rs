//! What a kernel's configuration lacks.

#![expect(clippy::unwrap_used, reason = "what a test sets up is there")]

use std::fmt::Write as _;

use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

/// The names of what a configuration lacks, with those that a line switches off in brackets.
fn lacks(path: &str, text: &str) -> Vec<String> {
    let sources = Sources::from_files([SourceFile::new(path, text.into())]);
    let repository = Workspace::parse(&sources).repository(None);
    let kernel = repository.kernels().next().unwrap();
    let shown = kernel.lacks().into_iter().map(|lack| match lack.line {
        Some(_) => format!("[{}]", lack.name),
        None => lack.name.to_owned(),
    });
    shown.collect()
}

/// A whole configuration of a version.
fn whole(version: &str, options: &str) -> String {
    let mut text = format!(
        "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 {version} Kernel Configuration\n#\n{options}"
    );
    for index in 0..250 {
        let _ = writeln!(text, "CONFIG_OTHER_{index}=y");
    }
    text
}

#[test]
fn in_a_whole_configuration_what_is_absent_is_off() {
    let text = whole(
        "6.9.0",
        "CONFIG_CGROUPS=y\nCONFIG_CGROUP_BPF=y\nCONFIG_SECURITY_SELINUX=y\n",
    );
    let lacks = lacks(".config", &text);
    for name in [
        "SECCOMP",
        "USER_NS",
        "RANDOMIZE_BASE",
        "MITIGATION_RETPOLINE",
    ] {
        assert!(lacks.iter().any(|lack| lack == name), "{name}: {lacks:?}");
    }
    for name in ["SECURITY_APPARMOR", "CGROUP_DEVICE", "DEVKMEM", "CGROUPS"] {
        assert!(!lacks.iter().any(|lack| lack == name), "{name}: {lacks:?}");
    }
}

#[test]
fn an_older_kernel_is_asked_for_older_names() {
    let text = whole("4.9.0", "CONFIG_CGROUPS=y\nCONFIG_DEBUG_RODATA=y\n");
    let lacks = lacks(".config", &text);
    let has = |name: &str| lacks.iter().any(|lack| lack == name);
    assert!(
        has("CC_STACKPROTECTOR_STRONG") && has("RETPOLINE"),
        "{lacks:?}"
    );
    assert!(
        !has("STRICT_KERNEL_RWX") && !has("DEBUG_RODATA"),
        "{lacks:?}"
    );
    assert!(!has("SECURITY_LOCKDOWN_LSM"), "came later: {lacks:?}");
}

#[test]
fn in_a_part_only_what_is_switched_off_counts() {
    let text = "CONFIG_CGROUPS=y\n# CONFIG_SECCOMP is not set\n";
    assert_eq!(lacks("a_defconfig", text), ["[SECCOMP]"]);
}
