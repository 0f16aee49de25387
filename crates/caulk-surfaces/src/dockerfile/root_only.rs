//! What shows that an image's program needs root.

use caulk_model::{Entrypoint, RootOnly};
use caulk_syntax::dockerfile::{Instruction, Keyword, Template};

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
        why: format!("is `{program}`, which starts as root to do its work"),
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
    let is_root_home = |path: &str| path == "/root" || path.starts_with("/root/");
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
    uses.then(|| RootOnly {
        why: "works in `/root`, which only root may enter".to_owned(),
        span: step.keyword_span,
    })
}
