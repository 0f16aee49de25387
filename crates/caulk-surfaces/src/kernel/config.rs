//! A kernel's configuration: `.config`, a defconfig, a fragment.

use std::collections::BTreeMap;

use caulk_model::{Kernel, OptionLine, SelinuxOff};
use caulk_source::{BOM, FileId, SourceFile, Span, extension};

use super::boot;

/// Whether a file with this name may be one.
pub(super) fn may_be(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == ".config"
        || lower == "config"
        || lower == "defconfig"
        || lower.ends_with("_defconfig")
        || matches!(extension(&lower), "config" | "cfg")
        || lower.starts_with("config-")
        || lower.starts_with("kernel-config")
        || lower.starts_with("linux-config")
}

/// Options that only the Linux kernel has, and that are about containers: other programs are
/// configured with Kconfig too, and most kernels are for no containers.
const ABOUT_CONTAINERS: &[&str] = &[
    "CGROUPS",
    "CGROUP_BPF",
    "CGROUP_DEVICE",
    "CGROUP_PIDS",
    "IPC_NS",
    "MEMCG",
    "NAMESPACES",
    "NET_NS",
    "OVERLAY_FS",
    "PID_NS",
    "SECCOMP_FILTER",
    "SECURITY_APPARMOR",
    "SECURITY_SELINUX",
    "USER_NS",
    "UTS_NS",
    "VETH",
];

/// How far the header of a configuration goes.
const HEADER: usize = 10;

/// Reads one; nothing where it is another program's, or where nothing in it is about containers.
pub(super) fn read(id: FileId, file: &SourceFile) -> Option<Kernel> {
    let text = file.text();
    let mut options = BTreeMap::new();
    let mut first: Option<Span> = None;
    let (mut version, mut architecture, mut whole) = (None, None, false);
    let mut at = 0;
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        let bare = line.trim_start_matches(BOM);
        let start = start + line.len() - bare.len();
        let span = Span::new(id, start..start + bare.len());
        if index < HEADER {
            if let Some((found, here)) = header(bare) {
                version = Some(found);
                architecture = Some(here);
                whole = true;
                first.get_or_insert(span);
            }
            whole |= bare.contains("Automatically generated file; DO NOT EDIT");
        }
        if let Some((name, value)) = option(bare) {
            first.get_or_insert(span);
            let line = OptionLine { value, span };
            // The last one counts.
            options.insert(name.to_owned(), line);
        }
    }
    let of_another = options.keys().any(|name| name.starts_with("BR2_"));
    let about = ABOUT_CONTAINERS
        .iter()
        .any(|name| options.contains_key(*name));
    if of_another || !about {
        return None;
    }
    Some(Kernel {
        file: id,
        anchor: first?,
        whole: whole && options.len() > 200,
        version,
        architecture: architecture.or_else(|| from_path(file.path())),
        options,
    })
}

/// `# Linux/x86 6.1.0 Kernel Configuration`
fn header(line: &str) -> Option<((u16, u16), String)> {
    let rest = line.strip_prefix("# Linux/")?;
    let mut words = rest.split_whitespace();
    let architecture = words.next()?.to_owned();
    let mut numbers = words.next()?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some(((major, minor), architecture))
}

/// The architecture in whose folder it lies: `arch/arm64/configs/defconfig`.
fn from_path(path: &str) -> Option<String> {
    let mut parts = path.split('/');
    parts.find(|part| *part == "arch")?;
    Some(parts.next()?.to_owned())
}

/// `CONFIG_X=y` and `# CONFIG_X is not set`.
fn option(line: &str) -> Option<(&str, Option<String>)> {
    if let Some(name) = line
        .strip_prefix("# CONFIG_")
        .and_then(|rest| rest.strip_suffix(" is not set"))
    {
        return Some((name, None));
    }
    let (name, value) = line.strip_prefix("CONFIG_")?.split_once('=')?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return None;
    }
    let value = value.trim_matches('"');
    Some((name, (value != "n").then(|| value.to_owned())))
}

/// What the built-in command line switches off.
pub(super) fn command_line(id: FileId, text: &str) -> Vec<SelinuxOff> {
    let mut found = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        if raw.starts_with("CONFIG_CMDLINE=") {
            found.extend(boot::words(id, raw.trim_end(), at));
        }
        at += raw.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(path: &str, text: &str) -> Option<Kernel> {
        read(FileId::FIRST, &SourceFile::new(path, text.into()))
    }

    #[test]
    fn options_and_header() {
        let text = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.1.0 Kernel Configuration\n#\nCONFIG_CGROUPS=y\n# CONFIG_USER_NS is not set\nCONFIG_HZ=250\nCONFIG_LSM=\"yama\"\n";
        let kernel = kernel(".config", text).unwrap();
        assert_eq!(kernel.version, Some((6, 1)));
        assert_eq!(kernel.architecture.as_deref(), Some("x86"));
        assert!(!kernel.whole, "too short to be all of it");
        assert!(kernel.options["CGROUPS"].is_on());
        assert_eq!(kernel.options["USER_NS"].value, None);
        assert_eq!(kernel.options["LSM"].value.as_deref(), Some("yama"));
    }

    #[test]
    fn other_programs_have_kconfig_too() {
        assert!(kernel(".config", "CONFIG_BUSYBOX=y\nCONFIG_FEATURE_SH=y\n").is_none());
        assert!(
            kernel(
                "x_defconfig",
                "BR2_x86_64=y\nCONFIG_MEMCG=y\nCONFIG_BR2_X=y\n"
            )
            .is_none()
        );
        assert!(kernel("x_defconfig", "CONFIG_BR2_=y\n").is_none());
        let arm = kernel("arch/arm64/configs/x_defconfig", "CONFIG_MEMCG=y\n").unwrap();
        assert_eq!(arm.architecture.as_deref(), Some("arm64"));
    }
}
