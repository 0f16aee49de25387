//! What shows that an image's program needs root.

use caulk_model::{Entrypoint, RootOnly};
use caulk_source::Span;
use caulk_syntax::dockerfile::{Instruction, Keyword, Lookup, Template};

use crate::shell::{Call, Value, name_of};

/// Programs that cannot do their work as anybody but root.
const ROOT_PROGRAMS: &[&str] = &[
    "arp-scan",
    "cron",
    "crond",
    "debootstrap",
    "dockerd",
    "fail2ban-server",
    "firewalld",
    "gparted",
    "hping3",
    "init",
    "ip6tables",
    "iptables",
    "keepalived",
    "masscan",
    "my_init",
    "nft",
    "nmap",
    "openvpn",
    "powertop",
    "runit_bootstrap",
    "runsvdir",
    "s6-svscan",
    "shorewall",
    "sshd",
    "supervisord",
    "systemd",
    "tcpdump",
    "wg",
    "wg-quick",
];

/// The program with which an image starts, where that needs root.
pub(super) fn by_program(start: &Entrypoint) -> Option<RootOnly> {
    let program = root_program(&start.words)?;
    Some(RootOnly {
        why: format!("its program is `{program}`, which starts as root to do its work"),
        first: "see whether it can do that as another user, and set that one",
        span: start.span,
    })
}

/// The program among the first words of a process that needs root.
fn root_program(words: &[String]) -> Option<&'static str> {
    let mut names = words
        .iter()
        .take(3)
        .map(|word| word.rsplit('/').next().unwrap_or(word));
    names.find_map(|name| {
        ROOT_PROGRAMS
            .iter()
            .find(|program| **program == name)
            .copied()
    })
}

/// A step that works in root's own folder.
pub(super) fn by_step(step: &Instruction) -> Option<RootOnly> {
    let uses = match step.keyword {
        Keyword::Workdir => step
            .one()
            .and_then(Template::as_literal)
            .is_some_and(|path| is_root_home(&path)),
        Keyword::Volume | Keyword::Copy | Keyword::Add => {
            let exec = step
                .exec()
                .unwrap_or_default()
                .iter()
                .map(|word| word.value.clone());
            let plain = step
                .words()
                .unwrap_or_default()
                .iter()
                .filter_map(Template::as_literal);
            exec.chain(plain)
                .last()
                .is_some_and(|path| is_root_home(&path))
        }
        Keyword::Env => {
            let pairs = step.pairs().unwrap_or_default().iter();
            let mut values = pairs.filter_map(|pair| pair.value.as_ref()?.as_literal());
            values.any(|value| is_root_home(&value))
        }
        Keyword::Arg
        | Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::Expose
        | Keyword::From
        | Keyword::Healthcheck
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Run
        | Keyword::Shell
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Unknown => false,
    };
    uses.then(|| in_root_home(step.keyword_span))
}

/// The commands of a step that root runs, which put something into root's own folder. `~` is that folder
/// unless the build sets its `home` to another.
pub(super) fn by_calls(calls: &[Call], home: &Lookup) -> Option<RootOnly> {
    let home_is_root = match home {
        Lookup::Set(home) => home == "/root",
        Lookup::Unset | Lookup::UnsetHere | Lookup::Unknown => true,
    };
    let call = calls.iter().find(|call| {
        let mut paths = written(call).into_iter();
        let into_home = paths.any(|path| is_kept_in_home(&path, home_is_root));
        into_home || home_is_root && installs_for_its_user(call)
    })?;
    Some(in_root_home(call.span))
}

fn in_root_home(span: Span) -> RootOnly {
    RootOnly {
        why: "its build uses `/root`, which only root may enter".to_owned(),
        first: "move what its program needs from there to another folder, then set a user",
        span,
    }
}

fn is_root_home(path: &str) -> bool {
    path == "/root" || path.starts_with("/root/")
}

/// The paths that a command writes to, as far as its words say.
fn written(call: &Call) -> Vec<String> {
    let mut paths: Vec<String> = call.writes.iter().map(Value::shown).collect();
    let operands = call.operands().iter().map(Value::shown);
    let mut operands: Vec<String> = operands.filter(|word| !word.starts_with('-')).collect();
    match call.program().as_deref() {
        Some("mkdir" | "tee" | "touch") => paths.append(&mut operands),
        Some("cp" | "install" | "ln" | "mv") => paths.extend(operands.pop()),
        Some("git") if operands.first().is_some_and(|word| word == "clone") => {
            paths.extend(operands.pop());
        }
        _ => {}
    }
    paths
}

/// Whether a path lies in root's own folder, and is no matter of people at a shell and no cache.
fn is_kept_in_home(path: &str, home_is_root: bool) -> bool {
    let of_people = |name: &str| {
        matches!(
            name,
            ".bash_aliases"
                | ".bash_profile"
                | ".bashrc"
                | ".cache"
                | ".profile"
                | ".vimrc"
                | ".zshrc"
        )
    };
    let from_home = ["~", "$HOME", "${HOME}"].into_iter();
    let mut from_home = from_home.filter_map(|home| path.strip_prefix(home));
    let in_home = from_home.any(|rest| rest.is_empty() || rest.starts_with('/'));
    (is_root_home(path) || home_is_root && in_home) && !path.split('/').any(of_people)
}

/// Whether a command installs programs below the home folder of whoever runs it.
fn installs_for_its_user(call: &Call) -> bool {
    let words: Vec<String> = call.own_words().iter().map(Value::shown).collect();
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    let says = |word: &str| rest.iter().any(|own| own == word);
    match name_of(program) {
        "cabal" | "pipx" | "stack" => says("install"),
        "pip" | "pip3" => says("install") && says("--user"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::run::calls_of;

    #[test]
    fn what_a_step_keeps_in_roots_own_folder() {
        for text in [
            "mkdir -p ~/.aws && echo x > ~/.aws/config",
            "echo x > /root/.s3cfg",
            "cp -r conf $HOME/conf",
            "git clone https://example.org/x /root/x",
            "cabal update && cabal install brok",
            "pip install --user tool",
        ] {
            assert!(
                by_calls(&calls_of(text), &Lookup::UnsetHere).is_some(),
                "{text}"
            );
        }
        for text in [
            "rm -rf /root/.cache ~/.pip",
            "echo 'alias l=ls' >> ~/.bashrc",
            "mkdir -p /root/.cache/tool",
            "cp /root/.local/bin/x /usr/local/bin/x",
            "pip install tool",
            "cabal update",
            "mkdir /rootfs ~app/x",
        ] {
            assert!(
                by_calls(&calls_of(text), &Lookup::UnsetHere).is_none(),
                "{text}"
            );
        }
        let home = Lookup::Set("/srv".to_owned());
        assert!(by_calls(&calls_of("mkdir ~/x; pip install --user y"), &home).is_none());
        assert!(by_calls(&calls_of("mkdir /root/x"), &home).is_some());
    }
}
