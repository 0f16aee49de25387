//! The accounts that build steps create, change and rename.

use caulk_model::Account;
use caulk_source::{Span, cut_from};

use crate::shell::{Call, Value};

/// Runs the commands of a step on the accounts so far.
pub(super) fn run(accounts: &mut Vec<Account>, calls: &[Call]) {
    for call in calls {
        let operands: Vec<String> = call.operands().iter().map(Value::shown).collect();
        match call.program().unwrap_or_default().as_str() {
            "useradd" => add(accounts, account(&operands, &USERADD), call.span),
            "adduser" => add(accounts, account(&operands, &ADDUSER), call.span),
            "usermod" => modify(accounts, account(&operands, &USERMOD), call.span),
            _ => {
                for text in written_to(call, "/etc/passwd") {
                    passwd_lines(accounts, &text, call.span);
                }
            }
        }
    }
}

/// What a call writes into the file at `path`, as far as it is known.
pub(super) fn written_to(call: &Call, path: &str) -> Vec<String> {
    let is_it = |word: &Value| word.shown().ends_with(path);
    let by_name = call.program().as_deref() == Some("tee") && call.operands().iter().any(is_it);
    if !by_name && !call.writes.as_ref().is_some_and(is_it) {
        return Vec::new();
    }
    let words = call.operands().iter().chain(&call.fed);
    words.map(Value::shown).collect()
}

/// The lines of text that is written to a passwd file.
pub(super) fn passwd_lines(accounts: &mut Vec<Account>, text: &str, span: Span) {
    let lines = text.split('\n').flat_map(|line| line.split("\\n"));
    for line in lines {
        let fields: Vec<&str> = line.trim().split(':').collect();
        if let [name, _, uid, _gid, _, _, ..] = fields.as_slice() {
            let uid = uid.parse().ok();
            create(accounts, (*name).to_owned(), uid, span);
        }
    }
}

/// What the words of a program say.
#[derive(Default)]
struct Said {
    operands: Vec<String>,
    uid: Option<String>,
    login: Option<String>,
}

fn add(accounts: &mut Vec<Account>, said: Said, span: Span) {
    // With two operands, adduser puts an account into a group and creates none.
    if let [name] = said.operands.as_slice() {
        let uid = said.uid.and_then(|uid| uid.parse().ok());
        create(accounts, name.clone(), uid, span);
    }
}

/// An account that exists gets another number or another name.
fn modify(accounts: &mut [Account], said: Said, span: Span) {
    let Some(name) = said.operands.last().cloned() else {
        return;
    };
    let Some(known) = accounts.iter_mut().find(|account| account.name == name) else {
        return;
    };
    if let Some(uid) = said.uid {
        known.uid = uid.parse().ok();
        known.span = span;
    }
    if let Some(login) = said.login {
        known.name = login;
    }
}

/// A new account; the first entry of a passwd file wins, so one that is there stays. What is no
/// name (a variable that nobody here knows) is none.
fn create(accounts: &mut Vec<Account>, name: String, uid: Option<u32>, span: Span) {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_name && !accounts.iter().any(|account| account.name == name) {
        accounts.push(Account { name, uid, span });
    }
}

/// How a program that makes accounts reads its options.
struct Program {
    /// Short options that take a value.
    short: &'static str,
    /// Long options that take a value.
    long: &'static [&'static str],
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
};

/// Debian's and busybox's, and Red Hat's, where it is `useradd` under another name: the options that
/// several have mean the same to us.
const ADDUSER: Program = Program {
    short: "bcdefghGkKpsu",
    long: &[
        "home", "gecos", "comment", "shell", "ingroup", "gid", "uid", "firstuid", "lastuid",
        "skel", "conf", "firstgid", "lastgid",
    ],
};

fn account(words: &[String], program: &Program) -> Said {
    let mut said = Said::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None if program.long.contains(&long) => (long, words.next().cloned()),
                None => (long, None),
            };
            match name {
                "uid" => said.uid = value,
                "login" => said.login = value,
                _ => {}
            }
            continue;
        }
        let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            said.operands.push(word.clone());
            continue;
        };
        let taker = cluster
            .char_indices()
            .find(|(_, option)| program.short.contains(*option));
        if let Some((at, option)) = taker {
            let attached = cut_from(cluster, at + option.len_utf8());
            let value = match attached {
                "" => words.next().cloned(),
                attached => Some(attached.to_owned()),
            };
            match option {
                'u' => said.uid = value,
                'l' => said.login = value,
                _ => {}
            }
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::run::calls_of;

    fn created(text: &str) -> Vec<(String, Option<u32>)> {
        let mut accounts = Vec::new();
        run(&mut accounts, &calls_of(text));
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
        assert_eq!(created("adduser -d /app app"), one("app", None));
        assert_eq!(created("sudo useradd -o -u 0 toor"), one("toor", Some(0)));
        assert_eq!(created("if x; then useradd y; fi"), one("y", None));
        assert_eq!(
            created("echo 'x:x:0:0:x:/:/bin/sh' >> /etc/passwd"),
            one("x", Some(0))
        );
        assert_eq!(
            created("cat >> /etc/passwd <<E\nx:x:7:0:x:/:/bin/sh\nE\n"),
            one("x", Some(7))
        );
        assert_eq!(
            created("ID=9; sh -c \"useradd -u $ID x\""),
            one("x", Some(9))
        );
        assert_eq!(
            created("echo x:x:3:3::/: | sudo tee -a /etc/passwd").len(),
            0,
            "what comes through a pipe is not followed"
        );
    }

    #[test]
    fn an_account_can_change() {
        let renamed = created("useradd -u 1000 bob && usermod -l app -o -u 0 bob");
        assert_eq!(renamed, [("app".to_owned(), Some(0))]);
        assert_eq!(created("adduser -S app && adduser app video").len(), 1);
        assert_eq!(created("useradd app && usermod -aG video pulse").len(), 1);
    }

    #[test]
    fn what_creates_none() {
        for text in [
            "echo useradd x",
            "cat /etc/passwd",
            "apt-get install -y adduser curl",
            "chmod u-s /usr/sbin/adduser /bin/su",
            "for u in a b; do useradd $u; done",
            "adduser pulse video",
            "usermod -aG video pulse",
        ] {
            assert!(created(text).is_empty(), "{text}");
        }
    }
}
