//! Passwords, sudo, and accounts that are as good as root.

use caulk_model::build::{
    Correction, Membership, Password, PasswordWay, RootEquivalent, RootWay, Sudo,
};
use caulk_source::{cut, cut_from};

use super::{Notes, written_into};
use crate::dockerfile::accounts::gpasswd;
use crate::shell::{Call, Item, Spec, Value, read};

/// Notes what the commands of a `RUN` do to accounts.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call]) {
    for call in calls {
        if let Some(password) = password(calls, call) {
            notes.add(|build| &mut build.passwords, call.span, password);
        }
        if let Some(word) = call.sudo() {
            notes.add(|build| &mut build.sudo, word.span, Sudo::Used);
        }
        package(notes, call);
        for membership in memberships(call) {
            notes.add(|build| &mut build.memberships, call.span, membership);
        }
        for (who, way) in without_password(calls, call) {
            let equivalent = RootEquivalent {
                who,
                way,
                correction: with_password(calls, call, notes.source),
            };
            notes.add(|build| &mut build.root_equivalents, call.span, equivalent);
        }
    }
}

/// Groups whose members sudo lets run anything: by the configuration of Debian, of Red Hat and Alpine,
/// of old Ubuntu.
const OF_SUDO: &[&str] = &["admin", "sudo", "wheel"];

/// The groups of sudo that a call puts an account into.
fn memberships(call: &Call) -> Vec<Membership> {
    let Some(program) = call.program() else {
        return Vec::new();
    };
    if program == "gpasswd" {
        let (members, group) = gpasswd(call);
        let group = group.filter(|group| OF_SUDO.contains(&group.as_str()));
        let Some(group) = group else {
            return Vec::new();
        };
        let memberships = members.into_iter().map(|account| Membership {
            account,
            group: group.clone(),
        });
        return memberships.collect();
    }
    let (account, groups) = match program.as_str() {
        "useradd" | "usermod" => {
            let items = read(call.operands(), &WITH_PASSWORD, false);
            let groups = items.iter().find_map(|item| match item {
                Item::Option {
                    name,
                    value: Some(value),
                    ..
                } if name == "G" || name == "groups" => value.known(),
                Item::Option { .. } | Item::Operand { .. } => None,
            });
            (items.iter().rev().find_map(operand), groups)
        }
        "adduser" | "addgroup" => {
            let words: Vec<String> = call.operands().iter().map(Value::shown).collect();
            let is_name = |word: &&String| !matches!(word.as_str(), "-q" | "--quiet");
            match words.iter().filter(is_name).collect::<Vec<_>>().as_slice() {
                [account, group] => (Some((*account).clone()), Some((*group).clone())),
                _ => (None, None),
            }
        }
        _ => (None, None),
    };
    let (Some(account), Some(groups)) = (account, groups) else {
        return Vec::new();
    };
    let groups = groups.split(',').filter(|group| OF_SUDO.contains(group));
    groups
        .map(|group| Membership {
            account: account.clone(),
            group: group.to_owned(),
        })
        .collect()
}

const WITH_PASSWORD: Spec = Spec {
    short: "bcdefgGkKlpsuRPZ",
    long: &[
        "comment", "gid", "groups", "home", "home-dir", "login", "password", "shell", "uid",
    ],
};

/// The password that a call gives to an account.
fn password(calls: &[Call], call: &Call) -> Option<Password> {
    match call.program()?.as_str() {
        "chpasswd" => {
            let printer = call.piped_from.and_then(|index| calls.get(index));
            let texts = printer.map(Call::operands).unwrap_or_default();
            let lines: Vec<String> = texts.iter().chain(&call.fed).map(Value::shown).collect();
            let account = lines
                .iter()
                .find_map(|line| Some(line.split_once(':')?.0.trim().to_owned()));
            Some(Password {
                account: account.filter(|name| is_name(name)),
                way: PasswordWay::Set("chpasswd"),
            })
        }
        "passwd" => passwd(call),
        program @ ("useradd" | "usermod") => {
            let tool = if program == "useradd" {
                "useradd"
            } else {
                "usermod"
            };
            let items = read(call.operands(), &WITH_PASSWORD, false);
            let given = items.iter().find_map(|item| match item {
                Item::Option {
                    name,
                    value: Some(value),
                    ..
                } if matches!(name.as_str(), "p" | "password") => Some(value.clone()),
                Item::Option { .. } | Item::Operand { .. } => None,
            })?;
            let account = items.iter().rev().find_map(operand);
            let way = match given.known().as_deref() {
                Some("") => PasswordWay::Emptied,
                // What no password's hash can be locks the account.
                Some(hash) if hash.starts_with(['*', '!']) || hash == "x" => return None,
                _ => PasswordWay::Set(tool),
            };
            Some(Password { account, way })
        }
        _ => None,
    }
}

fn passwd(call: &Call) -> Option<Password> {
    let spec = Spec {
        short: "nxwiR",
        long: &[],
    };
    let items = read(call.operands(), &spec, false);
    let account = items.iter().find_map(operand);
    let has = |names: &[&str]| {
        items
            .iter()
            .any(|item| matches!(item, Item::Option { name, .. } if names.contains(&name.as_str())))
    };
    if has(&["d", "delete"]) {
        return Some(Password {
            account,
            way: PasswordWay::Emptied,
        });
    }
    let other = has(&[
        "l", "lock", "u", "unlock", "S", "status", "e", "expire", "help",
    ]);
    let fed = call.piped_from.is_some() || call.fed.is_some() || call.reads.is_some();
    (!other && fed).then_some(Password {
        account,
        way: PasswordWay::Set("passwd"),
    })
}

fn operand(item: &Item) -> Option<String> {
    match item {
        Item::Operand { value, .. } => value.known(),
        Item::Option { .. } => None,
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Package managers, and the words with which they install and remove.
const MANAGERS: &[(&str, &[&str], &[&str])] = &[
    ("apk", &["add"], &["del"]),
    ("apt", &["install"], &["remove", "purge", "autoremove"]),
    ("apt-get", &["install"], &["remove", "purge", "autoremove"]),
    ("aptitude", &["install"], &["remove", "purge"]),
    ("dnf", &["install"], &["remove", "erase"]),
    ("microdnf", &["install"], &["remove", "erase"]),
    ("pacman", &["-S", "-Sy", "-Syu"], &["-R", "-Rs"]),
    ("tdnf", &["install"], &["remove", "erase"]),
    ("yum", &["install"], &["remove", "erase"]),
    ("zypper", &["install", "in"], &["remove", "rm"]),
];

/// sudo as a package.
fn package(notes: &mut Notes<'_>, call: &Call) {
    let Some(program) = call.program() else {
        return;
    };
    let Some((_, installs, removes)) = MANAGERS.iter().find(|(name, _, _)| *name == program) else {
        return;
    };
    let words: Vec<String> = call.operands().iter().map(Value::shown).collect();
    let says = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let named = |word: &String, package: &str| {
        let name = word.split(['=', '~', '>', '<']).next();
        name == Some(package)
    };
    if says(installs)
        && words
            .iter()
            .any(|word| named(word, "doas") || named(word, "opendoas"))
    {
        notes.build.doas.get_or_insert(call.span);
    }
    let at = words.iter().position(|word| named(word, "sudo"));
    let Some(word) = at.and_then(|at| call.operands().get(at)) else {
        return;
    };
    // The list of packages may be a variable's value: then the variable is the place.
    let span = word.span;
    if says(removes) {
        notes.add(|build| &mut build.sudo, span, Sudo::Removed);
    } else if says(installs) {
        notes.add(|build| &mut build.sudo, span, Sudo::Installed);
    }
}

/// Who may do anything as root without a password, by what a call writes.
fn without_password(calls: &[Call], call: &Call) -> Vec<(String, RootWay)> {
    let sudoers = written_into(calls, call, &|path| path.contains("/etc/sudoers"));
    let edited = || {
        let words: Vec<String> = call.operands().iter().map(Value::shown).collect();
        let edits = matches!(call.program().as_deref(), Some("sed" | "perl"))
            && words.iter().any(|word| word.contains("/etc/sudoers"));
        // What is put in stands behind the last bracket of the command.
        let text = words.iter().find(|word| word.contains("NOPASSWD"))?;
        let put = text.rsplit(['/', '|', '#', '@']).nth(1)?;
        edits.then(|| put.to_owned())
    };
    if let Some(text) = sudoers.or_else(edited) {
        return sudoers_lines(&text);
    }
    let doas = written_into(calls, call, &|path| path.contains("/doas"));
    let lines = doas.unwrap_or_default();
    let lines = lines
        .lines()
        .filter(|line| line.contains("permit") && line.contains("nopass"));
    lines
        .map(|line| {
            let who = line.split_whitespace().find(|word| {
                !matches!(
                    *word,
                    "permit" | "nopass" | "persist" | "keepenv" | "as" | "root"
                )
            });
            (who.unwrap_or("ALL").to_owned(), RootWay::Doas)
        })
        .collect()
}

/// The one `NOPASSWD:ALL` among the words of a call, or of the one whose output it writes, without the
/// first part of it.
fn with_password(calls: &[Call], call: &Call, source: &str) -> Option<Correction> {
    const MARK: &str = "NOPASSWD:";
    let printer = call.piped_from.and_then(|index| calls.get(index));
    let words = [Some(call), printer].into_iter().flatten();
    let words = words.flat_map(|call| call.operands().iter().chain(&call.fed));
    let mut places = words.filter_map(|word| {
        let written = cut(source, word.span.range());
        let start = written.find(MARK)?;
        let rest = cut_from(written, start + MARK.len());
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        let only = !rest.contains(MARK) && cut_from(rest, blanks).starts_with("ALL");
        only.then(|| {
            word.span
                .part(start..start + MARK.len() + blanks + "ALL".len())
        })
    });
    match (places.next(), places.next()) {
        (Some(entry), None) => Some(Correction {
            entry,
            value: "ALL".to_owned(),
        }),
        _ => None,
    }
}

fn sudoers_lines(text: &str) -> Vec<(String, RootWay)> {
    let lines = text.split(['\n']).flat_map(|line| line.split("\\n"));
    let free = lines.filter_map(|line| {
        let squeezed: String = line.split_whitespace().collect();
        let anything =
            squeezed.contains("NOPASSWD:ALL") || squeezed.contains("NOPASSWD:SETENV:ALL");
        if !anything || squeezed.starts_with('#') {
            return None;
        }
        let words = line
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '\'']));
        let who = words
            .skip_while(|word| word.starts_with('-'))
            .find(|word| !word.is_empty())?;
        Some((
            who.trim_start_matches('^').replace("\\t", ""),
            RootWay::Sudoers,
        ))
    });
    free.collect()
}
