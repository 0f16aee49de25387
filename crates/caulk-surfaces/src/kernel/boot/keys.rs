//! Files of what builds images, in which a command line stands behind some keys.

use caulk_source::{cut_from, cut_to, extension};

/// Whose file it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Keys {
    /// `BitBake`: `APPEND += "…"`.
    BitBake,
    /// A kickstart of wic, which makes partitions: `bootloader --append="…"`.
    Wic,
    /// mkosi's: `KernelCommandLine=…`.
    Mkosi,
    /// `LinuxKit`: `kernel: {cmdline: "…"}`.
    LinuxKit,
}

/// Variables that hold command lines: of `openembedded-core`, of `meta-raspberrypi` and of
/// `meta-updater`.
const BITBAKE: &[&str] = &[
    "APPEND",
    "CMDLINE",
    "GRUB_CMDLINE_LINUX",
    "KERNEL_CMDLINE",
    "OSTREE_KERNEL_ARGS",
    "QB_KERNEL_CMDLINE_APPEND",
    "UBOOT_EXTLINUX_KERNEL_ARGS",
];

/// Whose the file at a path is, as far as its name says. What of YAML is for `LinuxKit`, its content
/// says: [`is_of_linuxkit`].
pub(super) fn of(path: &str, name: &str) -> Option<Keys> {
    let kind = extension(name);
    if matches!(kind, "bb" | "bbappend" | "bbclass") {
        return Some(Keys::BitBake);
    }
    let in_conf = path.starts_with("conf/") || path.contains("/conf/");
    if in_conf && matches!(kind, "conf" | "inc") {
        return Some(Keys::BitBake);
    }
    if kind == "wks" || name.ends_with(".wks.in") {
        return Some(Keys::Wic);
    }
    if name == "mkosi.conf" || (path.contains("mkosi.conf.d/") && kind == "conf") {
        return Some(Keys::Mkosi);
    }
    matches!(kind, "yml" | "yaml").then_some(Keys::LinuxKit)
}

/// Whether YAML is for `LinuxKit`: it names the images of which such a system is made.
pub(crate) fn is_of_linuxkit(has: impl Fn(&str) -> bool) -> bool {
    has("linuxkit/") && has("kernel:") && has("cmdline:")
}

/// Whether a line sets a variable that holds a command line, or adds to it. One that takes something
/// away from it does not.
fn is_variable(key: &str, behind: &str) -> bool {
    let older = ["_append", "_prepend"];
    let mut stems = older.iter().filter_map(|end| key.strip_suffix(end));
    BITBAKE.contains(&stems.next().unwrap_or(key)) && !behind.starts_with(":remove")
}

/// Which lines are command lines.
#[derive(Default)]
pub(super) struct Reader {
    /// Whether the next line may go on with one.
    open: bool,
    /// Whether the lines stand below `kernel:`.
    below_kernel: bool,
}

impl Reader {
    pub(super) fn is_command_line(&mut self, keys: Keys, line: &str) -> bool {
        let indented = line.starts_with([' ', '\t']);
        let key = line.trim_start();
        let end = key.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let end = end.unwrap_or(key.len());
        let (key, behind) = (cut_to(key, end), cut_from(key, end));
        let is = match keys {
            Keys::BitBake => self.open || is_variable(key, behind),
            Keys::Wic => self.open || key == "bootloader",
            Keys::Mkosi => (self.open && indented) || key == "KernelCommandLine",
            Keys::LinuxKit => {
                if !indented {
                    self.below_kernel = key == "kernel";
                }
                self.below_kernel && key == "cmdline"
            }
        };
        self.open = is
            && match keys {
                Keys::BitBake | Keys::Wic => line.trim_end().ends_with('\\'),
                Keys::Mkosi => true,
                Keys::LinuxKit => false,
            };
        is
    }
}
