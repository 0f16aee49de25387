//! The machine that the program runs on: which hardening it gives the containers on it.

use std::fmt::Write as _;

use caulk_linux::KernelPurpose;
use caulk_model::{Daemon, Fact, Kernel, Repository, Seccomp};

/// What was read from the machine, each where it could be read.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The kernel's release: `6.12.9-amd64`.
    pub release: Option<String>,
    /// Where the kernel's configuration was read.
    pub config: Option<String>,
    /// Where the engine's configuration was read.
    pub daemon: Option<String>,
    /// The security modules that are active, with commas between them.
    pub modules: Option<String>,
    /// Whether SELinux is enforced; nothing where it is not there.
    pub selinux: Option<bool>,
    /// Whether AppArmor is on; nothing where it is not there.
    pub apparmor: Option<bool>,
    /// What a filter for system calls can do, with blanks between the words.
    pub seccomp: Option<String>,
    /// Whether there is one tree of control groups (version 2).
    pub unified_cgroups: Option<bool>,
    /// How many user namespaces there may be.
    pub user_namespaces: Option<u64>,
    /// Settings of the running kernel: the name, and the value.
    pub settings: Vec<(&'static str, Option<String>)>,
    /// Where an engine without root listens, if one does.
    pub rootless: Option<String>,
}

/// One line of the table.
struct Row {
    what: &'static str,
    is: String,
    gives: String,
}

/// What each setting of the running kernel gives: its name, whether a value hardens, and the words.
type Setting = (&'static str, fn(&str) -> bool, &'static str, &'static str);

const SETTINGS: &[Setting] = &[
    (
        "kernel.kptr_restrict",
        |value| value != "0",
        "addresses of the kernel are hidden",
        "who reads `/proc` learns where the kernel lies",
    ),
    (
        "kernel.dmesg_restrict",
        |value| value != "0",
        "the kernel's log is root's",
        "every process reads the kernel's log",
    ),
    (
        "kernel.unprivileged_bpf_disabled",
        |value| value != "0",
        "only root loads programs into the kernel",
        "every process may load programs into the kernel",
    ),
    (
        "kernel.yama.ptrace_scope",
        |value| value != "0",
        "a process traces only its children",
        "a process may trace any other of its user",
    ),
    (
        "fs.protected_symlinks",
        |value| value != "0",
        "links in shared folders are not followed for others",
        "a link in a shared folder leads whoever follows it",
    ),
];

/// The facts as a table. `repository` holds the configurations that were read.
pub fn table(machine: &Machine, repository: &Repository) -> String {
    let mut rows = vec![Row {
        what: "kernel",
        is: or_unknown(machine.release.as_deref()),
        gives: String::new(),
    }];
    rows.extend(kernel(machine, repository.kernels().next()));
    rows.extend(modules(machine));
    rows.extend(running(machine));
    rows.extend(engine(machine, repository.daemons().next()));
    let width = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).len()).max().unwrap_or(0);
    let (first, second) = (width(|row| row.what), width(|row| &row.is).min(40));
    let mut text = String::new();
    for row in &rows {
        let line = format!("{:<first$}  {:<second$}  {}", row.what, row.is, row.gives);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn or_unknown(text: Option<&str>) -> String {
    text.map_or_else(|| "?".to_owned(), str::to_owned)
}

fn yes(on: bool) -> String {
    if on { "yes" } else { "no" }.to_owned()
}

/// What the kernel was built with, each purpose a row.
fn kernel(machine: &Machine, kernel: Option<&Kernel>) -> Vec<Row> {
    let Some(kernel) = kernel else {
        return vec![Row {
            what: "built with",
            is: "?".to_owned(),
            gives: "its configuration could not be read".to_owned(),
        }];
    };
    let lacks = kernel.lacks();
    let purposes = [
        (KernelPurpose::Filter, "filter for system calls"),
        (KernelPurpose::SecurityModule, "security module"),
        (KernelPurpose::Isolation, "namespaces and control groups"),
        (KernelPurpose::Hardening, "hardening of the kernel"),
    ];
    let source = machine.config.as_deref().unwrap_or_default();
    let rows = purposes.into_iter().map(|(purpose, what)| {
        let missing: Vec<&str> = lacks
            .iter()
            .filter(|lack| lack.option.purpose == purpose)
            .map(|lack| lack.name)
            .collect();
        let (is, gives) = if missing.is_empty() {
            ("built in".to_owned(), format!("({source})"))
        } else {
            let is = format!("{} missing", missing.len());
            (is, missing.join(", "))
        };
        Row { what, is, gives }
    });
    rows.collect()
}

fn modules(machine: &Machine) -> Vec<Row> {
    let mut rows = vec![Row {
        what: "active modules",
        is: or_unknown(machine.modules.as_deref()),
        gives: String::new(),
    }];
    rows.push(match machine.selinux {
        Some(true) => Row {
            what: "SELinux",
            is: "enforcing".to_owned(),
            gives: "keeps a process that gets out from files that are not labelled for it"
                .to_owned(),
        },
        Some(false) => Row {
            what: "SELinux",
            is: "permissive".to_owned(),
            gives: "warns, and allows".to_owned(),
        },
        None => Row {
            what: "SELinux",
            is: "off".to_owned(),
            gives: "gives no container a label".to_owned(),
        },
    });
    rows.push(Row {
        what: "AppArmor",
        is: match machine.apparmor {
            Some(true) => "on".to_owned(),
            Some(false) | None => "off".to_owned(),
        },
        gives: match machine.apparmor {
            Some(true) => "the engine's profile confines containers".to_owned(),
            Some(false) | None => "the engine's profile is not loaded".to_owned(),
        },
    });
    rows
}

fn running(machine: &Machine) -> Vec<Row> {
    let mut rows = vec![
        Row {
            what: "actions of a filter",
            is: machine
                .seccomp
                .as_deref()
                .map_or("?".to_owned(), |_| "there".to_owned()),
            gives: machine.seccomp.clone().unwrap_or_default(),
        },
        Row {
            what: "one tree of control groups",
            is: machine.unified_cgroups.map_or("?".to_owned(), yes),
            gives: String::new(),
        },
        Row {
            what: "user namespaces",
            is: machine
                .user_namespaces
                .map_or("?".to_owned(), |count| count.to_string()),
            gives: match machine.user_namespaces {
                Some(0) => "root in a container cannot be mapped to another account".to_owned(),
                Some(_) | None => String::new(),
            },
        },
    ];
    for (name, value) in &machine.settings {
        let row = SETTINGS.iter().find(|(known, ..)| known == name);
        let gives = match (row, value) {
            (Some((_, hardens, good, bad)), Some(value)) => {
                if hardens(value) {
                    *good
                } else {
                    *bad
                }
            }
            (Some(_) | None, _) => "",
        };
        rows.push(Row {
            what: name,
            is: or_unknown(value.as_deref()),
            gives: gives.to_owned(),
        });
    }
    rows
}

fn engine(machine: &Machine, daemon: Option<&Daemon>) -> Vec<Row> {
    let mut rows = vec![Row {
        what: "engine without root",
        is: machine
            .rootless
            .as_ref()
            .map_or("not seen", |_| "listens")
            .to_owned(),
        gives: machine.rootless.clone().unwrap_or_default(),
    }];
    let Some(daemon) = daemon else {
        rows.push(Row {
            what: "engine's configuration",
            is: "not seen".to_owned(),
            gives: "its defaults hold: no user mapping, no `no-new-privileges`".to_owned(),
        });
        return rows;
    };
    let flag = |fact: &Option<Fact<bool>>| match fact.as_ref().and_then(Fact::value) {
        Some(on) => yes(*on),
        None => "not said".to_owned(),
    };
    let seccomp = match daemon.seccomp.as_ref().and_then(Fact::value) {
        Some(Seccomp::Disabled) => "unconfined".to_owned(),
        Some(Seccomp::Profile { path, .. }) => path.clone(),
        Some(Seccomp::Default) | None => "the engine's own".to_owned(),
    };
    rows.extend([
        Row {
            what: "engine's configuration",
            is: machine.daemon.clone().unwrap_or_default(),
            gives: String::new(),
        },
        Row {
            what: "maps root",
            is: yes(daemon.remaps_users()),
            gives: if daemon.remaps_users() {
                "root in a container owns nothing on the host".to_owned()
            } else {
                "root in a container is root of the host".to_owned()
            },
        },
        Row {
            what: "no-new-privileges for all",
            is: flag(&daemon.no_new_privileges),
            gives: String::new(),
        },
        Row {
            what: "labels of SELinux for all",
            is: flag(&daemon.selinux),
            gives: String::new(),
        },
        Row {
            what: "profile for system calls",
            is: seccomp,
            gives: String::new(),
        },
    ]);
    rows
}

/// The names of the settings that are asked for.
pub fn settings() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_said_to_be() {
        let text = table(&Machine::default(), &Repository::new());
        assert!(text.contains("kernel"));
        assert!(
            text.lines()
                .any(|line| line.starts_with("built with") && line.contains('?'))
        );
        assert!(text.contains("its defaults hold"));
    }

    #[test]
    fn a_setting_says_what_it_gives() {
        let machine = Machine {
            settings: vec![("kernel.kptr_restrict", Some("0".to_owned()))],
            selinux: Some(false),
            ..Machine::default()
        };
        let text = table(&machine, &Repository::new());
        assert!(text.contains("learns where the kernel lies"));
        assert!(text.contains("permissive"));
    }
}
