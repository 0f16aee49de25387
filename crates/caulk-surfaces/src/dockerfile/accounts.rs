//! The accounts that build steps create, change and rename.

use std::collections::BTreeMap;

use caulk_model::Account;
use caulk_source::Span;

use crate::shell::{Call, Item, Spec, Value, read};

/// The numbers of the groups that build steps create, as far as they say them.
pub(super) type Groups = BTreeMap<String, u32>;

/// Runs the commands of a step on the accounts and groups so far.
pub(super) fn run(accounts: &mut Vec<Account>, groups: &mut Groups, calls: &[Call]) {
    for call in calls {
        match call.program().unwrap_or_default().as_str() {
            "useradd" => add(accounts, groups, said(call, &USERADD), call.span),
            "adduser" => add(accounts, groups, said(call, adduser(call)), call.span),
            "usermod" => modify(accounts, groups, said(call, &USERMOD), call.span),
            "groupadd" => group(groups, said(call, &GROUPADD)),
            "addgroup" => {
                let said = said(call, &ADDGROUP);
                joins(accounts, &said);
                group(groups, said);
            }
            "gpasswd" => {
                let (members, _) = gpasswd(call);
                for account in accounts.iter_mut() {
                    account.in_other_groups |= members.contains(&account.name);
                }
            }
            _ => {
                for text in written_to(call, "/etc/passwd") {
                    passwd_lines(accounts, &text, call.span);
                }
            }
        }
    }
}

/// The number that a call gives to a new account, where no other may have it: with root's it fails.
pub(super) fn unique_number(call: &Call) -> Option<Value> {
    let said = match call.program()?.as_str() {
        "useradd" => said(call, &USERADD),
        "adduser" => said(call, adduser(call)),
        _ => return None,
    };
    said.number.filter(|_| !said.shares)
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
        if let [name, _, uid, gid, _, _, ..] = fields.as_slice() {
            let account = Account {
                gid: gid.parse().ok(),
                ..Account::new((*name).to_owned(), uid.parse().ok(), span)
            };
            create(accounts, account);
        }
    }
}

/// What the words of a program say.
#[derive(Default)]
struct Said {
    operands: Vec<String>,
    uid: Option<String>,
    /// The same, as it is written.
    number: Option<Value>,
    /// Whether the number may be another account's too.
    shares: bool,
    login: Option<String>,
    /// The account's own group, or the number of a new one.
    group: Option<String>,
    /// Whether it is put into other groups.
    others: bool,
}

fn add(accounts: &mut Vec<Account>, groups: &Groups, said: Said, span: Span) {
    match said.operands.as_slice() {
        [name] => {
            let gid = said.group.as_deref().and_then(|name| number(groups, name));
            let uid = said.uid.and_then(|uid| uid.parse().ok());
            let account = Account {
                gid,
                in_other_groups: said.others,
                ..Account::new(name.clone(), uid, span)
            };
            create(accounts, account);
        }
        _ => joins(accounts, &said),
    }
}

/// With two operands, adduser and addgroup put an account into a group and create none.
fn joins(accounts: &mut [Account], said: &Said) {
    if let [name, _group] = said.operands.as_slice() {
        let mut accounts = accounts.iter_mut();
        if let Some(known) = accounts.find(|account| account.name == *name) {
            known.in_other_groups = true;
        }
    }
}

/// The accounts that a call of gpasswd puts into a group, and that group.
pub(super) fn gpasswd(call: &Call) -> (Vec<String>, Option<String>) {
    let (mut members, mut group) = (Vec::new(), None);
    for item in read(call.operands(), &GPASSWD, false) {
        match item {
            Item::Operand { value, .. } => group = Some(value.shown()),
            Item::Option {
                name,
                value: Some(value),
                ..
            } => match name.as_str() {
                "a" | "add" => members.push(value.shown()),
                "M" | "members" => members.extend(value.shown().split(',').map(str::to_owned)),
                _ => {}
            },
            Item::Option { value: None, .. } => {}
        }
    }
    (members, group)
}

/// An account that exists gets another number, another name or another group.
fn modify(accounts: &mut [Account], groups: &Groups, said: Said, span: Span) {
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
    if let Some(group) = said.group {
        known.gid = number(groups, &group);
    }
    known.in_other_groups |= said.others;
    if let Some(login) = said.login {
        known.name = login;
    }
}

/// A new group, where its number is said.
fn group(groups: &mut Groups, said: Said) {
    let gid = said.group.and_then(|gid| gid.parse().ok());
    if let ([name], Some(gid)) = (said.operands.as_slice(), gid) {
        groups.entry(name.clone()).or_insert(gid);
    }
}

/// The number of a group that is named or is a number itself.
fn number(groups: &Groups, group: &str) -> Option<u32> {
    group.parse().ok().or_else(|| groups.get(group).copied())
}

/// A new account; the first entry of a passwd file wins, so one that is there stays. What is no
/// name (a variable that nobody here knows) is none.
fn create(accounts: &mut Vec<Account>, account: Account) {
    let name = &account.name;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_name && !accounts.iter().any(|known| known.name == *name) {
        accounts.push(account);
    }
}

const USERADD: Spec = Spec {
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

const USERMOD: Spec = Spec {
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

/// Debian's and busybox's: the options that both have mean the same to us.
const ADDUSER: Spec = Spec {
    short: "hgsGuk",
    long: &[
        "home", "gecos", "comment", "shell", "ingroup", "gid", "uid", "firstuid", "lastuid",
        "skel", "conf", "firstgid", "lastgid",
    ],
};

const GROUPADD: Spec = Spec {
    short: "gKpRPU",
    long: &["gid", "key", "password", "root", "prefix", "users"],
};

const ADDGROUP: Spec = Spec {
    short: "g",
    long: &["gid", "conf", "firstgid", "lastgid"],
};

const GPASSWD: Spec = Spec {
    short: "aAdMQ",
    long: &["add", "administrators", "delete", "members", "root"],
};

/// Short options that shadow's useradd has and neither Debian's nor busybox's adduser.
const USERADD_ONLY: &[&str] = &[
    "b", "c", "d", "e", "f", "l", "m", "M", "N", "o", "p", "r", "U",
];

/// How an adduser reads its options: on some distributions it is useradd under another name, and an
/// option that only that one has shows it.
fn adduser(call: &Call) -> &'static Spec {
    let items = read(call.operands(), &USERADD, false);
    let is_useradd = items.iter().any(|item| match item {
        Item::Option { name, .. } => USERADD_ONLY.contains(&name.as_str()),
        Item::Operand { .. } => false,
    });
    if is_useradd { &USERADD } else { &ADDUSER }
}

fn said(call: &Call, spec: &Spec) -> Said {
    let mut said = Said::default();
    for item in read(call.operands(), spec, false) {
        let (name, value) = match item {
            Item::Operand { value, .. } => {
                said.operands.push(value.shown());
                continue;
            }
            Item::Option { name, value, .. } => (name, value),
        };
        let shown = value.as_ref().map(Value::shown);
        match name.as_str() {
            "u" | "uid" => {
                said.uid = shown;
                said.number = value;
            }
            "o" | "non-unique" => said.shares = true,
            "l" | "login" => said.login = shown,
            // busybox gives the account's own group so.
            "G" if *spec == ADDUSER => said.group = shown,
            "g" if *spec == ADDUSER => {}
            "g" | "gid" | "ingroup" => said.group = shown,
            "G" | "groups" => said.others |= shown.is_some(),
            _ => {}
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
        run(&mut accounts, &mut Groups::new(), &calls_of(text));
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

    #[test]
    fn the_groups_of_an_account() {
        let groups = |text: &str| {
            let mut accounts = Vec::new();
            run(&mut accounts, &mut Groups::new(), &calls_of(text));
            let first = accounts.first().unwrap();
            (first.gid, first.in_other_groups)
        };
        let cases = [
            ("useradd -u 7 app", (None, false)),
            ("groupadd -g 9 www && useradd -g www app", (Some(9), false)),
            ("groupadd -r www && useradd -g www app", (None, false)),
            ("useradd --gid=8 -G audio,video app", (Some(8), true)),
            (
                "addgroup -g 6 -S x && adduser -u 6 -SHG x x",
                (Some(6), false),
            ),
            ("useradd app && usermod -aG video app", (None, true)),
            ("useradd app && adduser app video", (None, true)),
            ("useradd app && gpasswd -a app video", (None, true)),
            ("useradd app && gpasswd video --add=app", (None, true)),
            ("useradd app && gpasswd -M pulse,app audio", (None, true)),
            ("useradd app && gpasswd -d app video", (None, false)),
            ("useradd app && gpasswd -a pulse video", (None, false)),
            ("echo app:x:1:2::/:/bin/sh >> /etc/passwd", (Some(2), false)),
        ];
        for (text, expected) in cases {
            assert_eq!(groups(text), expected, "{text}");
        }
    }
}
