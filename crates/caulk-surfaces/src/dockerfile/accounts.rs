//! The accounts that build steps create.

use caulk_model::Account;
use caulk_source::Span;
use caulk_syntax::shell::{self, Command};

/// The accounts that the shell text of a step creates.
pub(super) fn created_by(text: &str, span: Span, expand: &dyn Fn(&str) -> String) -> Vec<Account> {
    let may_create = ["useradd", "adduser", "usermod", "passwd"];
    if !may_create.iter().any(|program| text.contains(program)) {
        return Vec::new();
    }
    let mut accounts = Vec::new();
    for command in shell::commands(text) {
        let found = of_command(&command);
        accounts.extend(found.into_iter().map(|(name, uid)| Account {
            name: expand(&name),
            uid: uid.and_then(|uid| expand(&uid).parse().ok()),
            span,
        }));
    }
    accounts
}

/// Names and numbers that one command creates.
fn of_command(command: &Command) -> Vec<(String, Option<String>)> {
    // `sudo useradd …`, `if ! useradd …`: the program need not be the first word.
    let program = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or(word);
        match name {
            "useradd" => Some(&USERADD),
            "usermod" => Some(&USERMOD),
            "adduser" => Some(&ADDUSER),
            _ => None,
        }
    };
    let prints = command
        .first()
        .is_some_and(|word| word == "echo" || word == "printf");
    let found = command
        .iter()
        .enumerate()
        .find_map(|(at, word)| Some((at, program(word)?)))
        .filter(|_| !prints);
    if let Some((at, program)) = found {
        let words = command.get(at + 1..).unwrap_or_default();
        return account(words, program).into_iter().collect();
    }
    if command.iter().any(|word| word.ends_with("/etc/passwd")) {
        return command.iter().flat_map(|word| passwd_lines(word)).collect();
    }
    Vec::new()
}

/// How a program that makes accounts reads its options.
struct Program {
    /// Short options that take a value.
    short: &'static str,
    /// Long options that take a value.
    long: &'static [&'static str],
    /// Whether the account is the last operand, not the first.
    last: bool,
}

const USERADD: Program = Program {
    short: "bcdefgGkKpsuRPZ",
    long: &[
        "base-dir",
        "comment",
        "home-dir",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "skel",
        "key",
        "password",
        "shell",
        "uid",
        "root",
        "prefix",
        "selinux-user",
    ],
    last: true,
};

const USERMOD: Program = Program {
    short: "cdefgGlpsuRPvVwWZ",
    long: &[
        "comment",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "login",
        "password",
        "shell",
        "uid",
        "root",
        "prefix",
    ],
    last: true,
};

/// Debian's and busybox's: the options that both have mean the same to us.
const ADDUSER: Program = Program {
    short: "hgsGuk",
    long: &[
        "home", "gecos", "comment", "shell", "ingroup", "gid", "uid", "firstuid", "lastuid",
        "skel", "conf", "firstgid", "lastgid",
    ],
    last: false,
};

fn account(words: &[String], program: &Program) -> Option<(String, Option<String>)> {
    let mut operands: Vec<&String> = Vec::new();
    let mut uid: Option<String> = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word.starts_with(['<', '>']) {
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None if program.long.contains(&long) => (long, words.next().cloned()),
                None => (long, None),
            };
            if name == "uid" {
                uid = value;
            }
        } else if let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            let taker = cluster
                .char_indices()
                .find(|(_, c)| program.short.contains(*c));
            if let Some((at, option)) = taker {
                let attached = caulk_source::cut_from(cluster, at + option.len_utf8());
                let value = if attached.is_empty() {
                    words.next().cloned()
                } else {
                    Some(attached.to_owned())
                };
                if option == 'u' {
                    uid = value;
                }
            }
        } else {
            operands.push(word);
        }
    }
    let name = if program.last {
        operands.last()
    } else {
        operands.first()
    };
    Some(((*name?).clone(), uid))
}

/// Entries of a passwd file in a word that is written to it.
fn passwd_lines(word: &str) -> Vec<(String, Option<String>)> {
    let entries = word.split(['\n']).flat_map(|line| line.split("\\n"));
    let read = |line: &str| {
        let fields: Vec<&str> = line.trim().split(':').collect();
        match fields.as_slice() {
            [name, _, uid, _gid, ..] if !name.is_empty() && fields.len() >= 6 => {
                Some(((*name).to_owned(), Some((*uid).to_owned())))
            }
            _ => None,
        }
    };
    entries.filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_source::FileId;

    fn created(text: &str) -> Vec<(String, Option<u32>)> {
        let span = Span::at(FileId::FIRST, 0);
        let accounts = created_by(text, span, &|word| word.replace("$NAME", "app"));
        accounts
            .into_iter()
            .map(|account| (account.name, account.uid))
            .collect()
    }

    #[test]
    fn every_way_to_make_an_account() {
        let one = |name: &str, uid| vec![(name.to_owned(), uid)];
        assert_eq!(
            created("useradd -rms /bin/bash -u 1001 app"),
            one("app", Some(1001))
        );
        assert_eq!(
            created("set -e; useradd --uid=7 --gid 7 $NAME && x"),
            one("app", Some(7))
        );
        assert_eq!(created("adduser -D -u0 -G x boss"), one("boss", Some(0)));
        assert_eq!(created("adduser --system --group web"), one("web", None));
        assert_eq!(created("sudo useradd -o -u 0 toor"), one("toor", Some(0)));
        assert_eq!(
            created("echo 'x:x:0:0:x:/:/bin/sh' >> /etc/passwd"),
            one("x", Some(0))
        );
    }

    #[test]
    fn what_creates_none() {
        assert!(created("echo useradd x").is_empty());
        assert!(created("cat /etc/passwd").is_empty());
        assert!(created("apt-get install -y passwd").is_empty());
    }
}
