//! SELinux's configuration, and kernel command lines in the files of boot loaders and of what builds
//! images.

mod keys;

use caulk_model::{SelinuxOff, SelinuxSwitch};
use caulk_source::{BOM, FileId, SourceFile, Span, Surface, extension};

pub(super) use self::keys::is_of_linuxkit;
use self::keys::{Keys, Reader};

/// Of which the content decides.
pub(super) const LINUX_KIT: Kind = Kind::Keys(Keys::LinuxKit);

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// `/etc/selinux/config`.
    Selinux,
    /// A file in which kernel command lines stand.
    Boot,
    /// A kickstart file: both, in a language of its own.
    Kickstart,
    /// A file in which command lines stand behind some keys, and other things behind others.
    Keys(Keys),
}

/// The kind of the file at a path.
pub(super) fn kind(path: &str, name: &str) -> Option<Kind> {
    let ends = |end: &str| path == end || path.ends_with(&format!("/{end}"));
    if ends("etc/selinux/config") || ends("etc/sysconfig/selinux") {
        return Some(Kind::Selinux);
    }
    let lower = name.to_ascii_lowercase();
    if extension(&lower) == "ks" || lower.starts_with("kickstart") {
        return Some(Kind::Kickstart);
    }
    if let Some(keys) = keys::of(path, &lower) {
        return Some(Kind::Keys(keys));
    }
    let boot = ends("etc/default/grub")
        || ends("etc/kernel/cmdline")
        || path.contains("loader/entries/")
        || path.contains("default/grub.d/")
        || path.contains("pxelinux.cfg/")
        || (path.contains("cmdline.d/") && extension(&lower) == "conf")
        || matches!(
            lower.as_str(),
            "grub.cfg"
                | "grub.conf"
                | "menu.lst"
                | "isolinux.cfg"
                | "syslinux.cfg"
                | "extlinux.conf"
                | "cmdline.txt"
                | "kernel-cmdline"
        )
        || extension(&lower) == "cmdline";
    boot.then_some(Kind::Boot)
}

/// What keeps SELinux from being enforced.
pub(super) fn read(id: FileId, file: &SourceFile, kind: Kind) -> Vec<SelinuxOff> {
    let mut found = Vec::new();
    let mut reader = Reader::default();
    let mut at = 0;
    for raw in file.text().split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\r', '\n']);
        let bare = line.trim_start_matches(BOM);
        let start = start + line.len() - bare.len();
        if bare.trim_start().starts_with('#') {
            continue;
        }
        match kind {
            Kind::Selinux => found.extend(mode(id, bare, start)),
            Kind::Boot => found.extend(words(id, bare, start)),
            Kind::Kickstart => {
                found.extend(kickstart(id, bare, start));
                found.extend(words(id, bare, start));
            }
            Kind::Keys(keys) => {
                if reader.is_command_line(keys, bare) {
                    found.extend(words(id, bare, start));
                }
            }
        }
    }
    found
}

/// `SELINUX=permissive`
fn mode(id: FileId, line: &str, start: usize) -> Option<SelinuxOff> {
    let value = line.trim_end().strip_prefix("SELINUX=")?;
    let how = match value.trim().to_ascii_lowercase().as_str() {
        "permissive" => SelinuxSwitch::Permissive,
        "disabled" => SelinuxSwitch::Disabled,
        _ => return None,
    };
    let from = start + "SELINUX=".len();
    Some(SelinuxOff {
        surface: Surface::Kernel,
        place: Span::new(id, from..from + value.len()),
        how,
        instead: Some("enforcing".to_owned()),
    })
}

/// `selinux --disabled`
fn kickstart(id: FileId, line: &str, start: usize) -> Option<SelinuxOff> {
    let mut words = line.split_whitespace();
    if words.next() != Some("selinux") {
        return None;
    }
    let flag = words.next()?;
    let how = match flag {
        "--permissive" => SelinuxSwitch::Permissive,
        "--disabled" => SelinuxSwitch::Disabled,
        _ => return None,
    };
    let from = start + line.find(flag)?;
    Some(SelinuxOff {
        surface: Surface::Kernel,
        place: Span::new(id, from..from + flag.len()),
        how,
        instead: Some("--enforcing".to_owned()),
    })
}

/// Words of a kernel command line: `selinux=0`, `enforcing=0`, `lsm=…` without a module that
/// confines containers, and `security=none`, its older spelling.
pub(super) fn words(id: FileId, line: &str, start: usize) -> Vec<SelinuxOff> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in line.split([' ', '\t', '"', '\'']) {
        let from = start + at;
        at += word.len() + 1;
        // `GRUB_CMDLINE_LINUX=selinux=0`, `CONFIG_CMDLINE=selinux=0`
        let (key, value) = match word.rsplit_once('=') {
            Some((key, value)) => (key.rsplit('=').next().unwrap_or(key), value),
            None => continue,
        };
        let (how, instead) = match (key, value) {
            ("selinux", "0") => (SelinuxSwitch::BootOff, Some("selinux=1")),
            ("enforcing", "0") => (SelinuxSwitch::BootPermissive, Some("enforcing=1")),
            ("lsm", list) if leaves_out(list) => (SelinuxSwitch::LeftOut, None),
            ("security", "none") => (SelinuxSwitch::LeftOut, None),
            _ => continue,
        };
        let length = key.len() + 1 + value.len();
        let from = from + word.len() - length;
        found.push(SelinuxOff {
            surface: Surface::Kernel,
            place: Span::new(id, from..from + length),
            how,
            instead: instead.map(str::to_owned),
        });
    }
    found
}

/// Whether a list of security modules is without one that confines containers.
fn leaves_out(list: &str) -> bool {
    !list.contains('$')
        && !list
            .split(',')
            .any(|module| matches!(module, "selinux" | "apparmor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(SelinuxSwitch, String)> {
        let file = SourceFile::new(path, text.into());
        let name = path.rsplit('/').next().unwrap();
        let kind = kind(path, name).unwrap();
        let found = read(FileId::FIRST, &file, kind);
        let shown = found.iter().map(|off| {
            let place = caulk_source::cut(text, off.place.range());
            (off.how, place.to_owned())
        });
        shown.collect()
    }

    #[test]
    fn words_of_command_lines() {
        let text = "# selinux=0\nGRUB_CMDLINE_LINUX=\"quiet selinux=0 enforcing=0\"\nGRUB_CMDLINE=lsm=yama,bpf\n";
        assert_eq!(
            found("root/etc/default/grub", text),
            [
                (SelinuxSwitch::BootOff, "selinux=0".to_owned()),
                (SelinuxSwitch::BootPermissive, "enforcing=0".to_owned()),
                (SelinuxSwitch::LeftOut, "lsm=yama,bpf".to_owned()),
            ]
        );
        assert!(
            found(
                "boot/grub.cfg",
                "linux /vmlinuz selinux=1 lsm=selinux,bpf\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn what_builds_images_has_command_lines_behind_some_keys() {
        let off = vec![(SelinuxSwitch::BootOff, "selinux=0".to_owned())];
        for (path, text) in [
            (
                "meta-x/recipes-core/images/x.bb",
                "A = \"1\"\nAPPEND:append = \" quiet \\\n selinux=0\"\n",
            ),
            ("meta-x/conf/machine/x.conf", "APPEND += \"selinux=0\"\n"),
            (
                "meta-x/wic/x.wks",
                "part /boot\nbootloader --timeout=5 --append=\"rw selinux=0\"\n",
            ),
            (
                "mkosi.conf.d/10-x.conf",
                "[Content]\nKernelCommandLine=quiet\n    selinux=0\nBootable=yes\n",
            ),
            (
                "linuxkit.yml",
                "kernel:\n  image: linuxkit/kernel:6.6\n  cmdline: \"console=tty0 selinux=0\"\n",
            ),
            (
                "tftp/pxelinux.cfg/default",
                "LABEL a\n  APPEND initrd=a selinux=0\n",
            ),
        ] {
            assert_eq!(found(path, text), off, "{path}");
        }
        for (path, text) in [
            (
                "meta-x/recipes-core/images/x.bb",
                "APPEND:remove = \"selinux=0\"\n",
            ),
            (
                "meta-x/recipes-core/images/x.bb",
                "EXTRA_OEMAKE = \"selinux=0\"\n",
            ),
            (
                "mkosi.conf",
                "[Build]\nEnvironment=selinux=0\nKernelCommandLine=quiet\n",
            ),
            (
                "linuxkit.yml",
                "kernel:\n  image: linuxkit/kernel:6.6\nfiles:\n  - cmdline: selinux=0\n",
            ),
        ] {
            assert!(found(path, text).is_empty(), "{path}");
        }
        for path in ["app/x.conf", "x.yaml", "x.inc"] {
            let name = path.rsplit('/').next().unwrap();
            let kind = kind(path, name);
            assert!(kind.is_none() || path == "x.yaml", "{path}");
        }
    }

    #[test]
    fn no_module_at_all() {
        let text = "linux /vmlinuz security=none\n";
        let expected = (SelinuxSwitch::LeftOut, "security=none".to_owned());
        assert_eq!(found("boot/grub.cfg", text), [expected]);
    }

    #[test]
    fn the_systems_configuration() {
        assert_eq!(
            found(
                "rootfs/etc/selinux/config",
                "SELINUX=permissive\nSELINUXTYPE=targeted\n"
            ),
            [(SelinuxSwitch::Permissive, "permissive".to_owned())]
        );
        assert_eq!(
            found("image.ks", "selinux --disabled\n"),
            [(SelinuxSwitch::Disabled, "--disabled".to_owned())]
        );
    }
}
