//! What lies below the engine: the kernel's configuration, and whether SELinux is enforced.

use std::collections::BTreeMap;

use caulk_linux::{KERNEL_OPTIONS, KernelOption, KernelPurpose, KernelVersion};
use caulk_source::{FileId, Span, Surface};

/// A kernel's configuration, or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kernel {
    /// Its file.
    pub file: FileId,
    /// Where to point where something is absent.
    pub anchor: Span,
    /// Whether it is all of it: what is absent is off. In a part it is what the kernel has by itself.
    pub whole: bool,
    /// The version that it is for.
    pub version: Option<KernelVersion>,
    /// The architecture that it is for.
    pub architecture: Option<String>,
    /// The options that are written, without `CONFIG_`.
    pub options: BTreeMap<String, OptionLine>,
}

/// A line about an option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionLine {
    /// `y`, `m`, a number, a text; nothing for one that is not set.
    pub value: Option<String>,
    /// The line.
    pub span: Span,
}

impl OptionLine {
    /// Whether it is on, built in or as a module.
    pub fn is_on(&self) -> bool {
        matches!(self.value.as_deref(), Some("y" | "m"))
    }
}

/// What is wrong with an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lack<'k> {
    /// The option.
    pub option: &'static KernelOption,
    /// The line that says so; nothing where none does.
    pub line: Option<&'k OptionLine>,
    /// The name that the line, or the version, has for it.
    pub name: &'static str,
}

impl Kernel {
    /// The line about an option, under whichever name.
    fn line(&self, option: &KernelOption) -> Option<(&'static str, &OptionLine)> {
        let mut names = option.names();
        names.find_map(|name| Some((name, self.options.get(name)?)))
    }

    /// Whether an option is on, where that can be told.
    fn is_on(&self, option: &KernelOption) -> Option<bool> {
        match self.line(option) {
            Some((_, line)) => Some(line.is_on()),
            None if self.whole => Some(false),
            None => None,
        }
    }

    /// The options that are not as containment needs them.
    ///
    /// Of security modules one is enough. Of device control either way is: the unified tree of control
    /// groups has another than the older ones.
    pub fn lacks(&self) -> Vec<Lack<'_>> {
        let has = |purpose: KernelPurpose| {
            let mut options = KERNEL_OPTIONS.iter();
            options.any(|option| option.purpose == purpose && self.is_on(option) == Some(true))
        };
        let has_module = has(KernelPurpose::SecurityModule);
        let named = |name: &str| {
            let mut options = KERNEL_OPTIONS.iter();
            options.find(|option| option.name == name)
        };
        let controls_devices = ["CGROUP_BPF", "CGROUP_DEVICE"]
            .into_iter()
            .filter_map(named)
            .any(|option| self.is_on(option) == Some(true));
        let mut lacks = Vec::new();
        for option in KERNEL_OPTIONS {
            let module = option.purpose == KernelPurpose::SecurityModule;
            let devices = matches!(option.name, "CGROUP_BPF" | "CGROUP_DEVICE");
            if (module && has_module) || (devices && controls_devices) {
                continue;
            }
            if !option.applies(self.version, self.architecture.as_deref()) {
                continue;
            }
            if self.is_on(option) == Some(!option.on) {
                let line = self.line(option);
                lacks.push(Lack {
                    option,
                    line: line.map(|(_, line)| line),
                    name: line.map_or_else(|| self.name(option), |(name, _)| name),
                });
            }
        }
        lacks
    }

    /// The name that this version has for an option.
    fn name(&self, option: &'static KernelOption) -> &'static str {
        let older = self.version.is_some_and(|version| version < option.since);
        match option.former.first() {
            Some(former) if older => former,
            Some(_) | None => option.name,
        }
    }
}

/// A place that keeps SELinux from being enforced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelinuxOff {
    /// The kind of file.
    pub surface: Surface,
    /// Where.
    pub place: Span,
    /// How.
    pub how: SelinuxSwitch,
    /// What is to stand there instead, where that is plain.
    pub instead: Option<String>,
}

/// How SELinux is kept from being enforced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelinuxSwitch {
    /// The system's configuration switches it off.
    Disabled,
    /// The system's configuration lets it warn only.
    Permissive,
    /// A word of the kernel's command line switches it off.
    BootOff,
    /// A word of the kernel's command line lets it warn only.
    BootPermissive,
    /// The list of modules on the kernel's command line is without it and its like.
    LeftOut,
    /// A command lets it warn only, until the next start.
    Command,
    /// A command writes into the system's configuration that it is off.
    WritesDisabled,
    /// A command writes into the system's configuration that it warns only.
    WritesPermissive,
}
