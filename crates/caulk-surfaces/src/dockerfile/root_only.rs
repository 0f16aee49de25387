//! What shows that an image's program needs root.

use caulk_model::{Entrypoint, RootOnly};
use caulk_source::{Span, cut};
use caulk_syntax::dockerfile::{Instruction, Keyword, Lookup, Template};

use super::stepping::{self, Runs};
use crate::shell::{Call, Value, name_of};

/// Programs of one kind that need root.
struct Kind {
    programs: &'static [&'static str],
    /// What they do, behind "which".
    why: &'static str,
    first: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        programs: ROOT_PROGRAMS,
        why: "starts as root to do its work",
        first: "see whether it can do that as another user, and set that one",
    },
    Kind {
        programs: WRITERS,
        why: "writes where only root may, unless it is told otherwise",
        first: "let it write elsewhere, or open those folders to another user, then set that one",
    },
    Kind {
        programs: ENGINE_CLIENTS,
        why: "works through the engine's socket, and whoever may use that is as good as root on the host",
        first: "settle first whether it is needed",
    },
];

/// Programs that keep files in folders of root's as their packages are configured: nginx its
/// `/run/nginx.pid`, certbot its `/var/log/letsencrypt`.
const WRITERS: &[&str] = &[
    "apache2",
    "apache2ctl",
    "apachectl",
    "certbot",
    "nginx",
    "openresty",
];

/// Programs that do nothing but ask an engine.
const ENGINE_CLIENTS: &[&str] = &["watchtower"];

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
    "radiusd",
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
    if start.words.iter().any(|word| word == "qemu:///system") {
        return Some(RootOnly {
            why: "it works through libvirt's socket on the host, which is root's".to_owned(),
            first: "see whether another user may open that, and set that one",
            program: None,
            span: start.span,
        });
    }
    let (kind, program) = root_program(&start.words)?;
    Some(RootOnly {
        why: format!("its program is `{program}`, which {}", kind.why),
        first: kind.first,
        program: Some(program),
        span: start.span,
    })
}

/// The program among the first words of a process, or behind its shell, that needs root.
fn root_program(words: &[String]) -> Option<(&'static Kind, &'static str)> {
    let of_shell = match stepping::runs(words) {
        Some(Runs::Program(program)) => Some(program),
        Some(Runs::Stepping(_)) | None => None,
    };
    // A path among the operands may be a folder that is called as a program is: `/etc/nginx`.
    let is_program =
        |(at, word): &(usize, &String)| *at == 0 || !word.contains('/') || word.contains("bin/");
    let first = words.iter().take(3).enumerate().filter(is_program);
    let first = first.map(|(_, word)| word.as_str());
    let mut names = first.chain(of_shell.as_deref()).map(name_of);
    names.find_map(|name| {
        KINDS.iter().find_map(|kind| {
            let mut programs = kind.programs.iter();
            let program = programs.find(|program| **program == name)?;
            Some((kind, *program))
        })
    })
}

/// Whether a command that surely runs fails for anybody but root: it installs packages.
pub(super) fn works_as_root(call: &Call) -> bool {
    let installs = |word: &Value| matches!(word.shown().as_str(), "add" | "install" | "update");
    let is_manager = call.program().is_some_and(|name| {
        matches!(
            name.as_str(),
            "apk" | "apt" | "apt-get" | "dnf" | "microdnf" | "yum"
        )
    });
    is_manager
        && call.sudo().is_none()
        && call.branch.is_none()
        && call.operands().iter().any(installs)
}

/// A comment that shows how the image is started: with something that is mounted into root's own folder.
pub(super) fn by_comments(comments: &[Span], text: &str) -> Option<RootOnly> {
    let is_home = |target: &str| is_root_home(target.trim_end_matches(['\\', '"', '\'', '`']));
    let mounts = |word: &str| {
        let mut targets = word.split([':', ',']).skip(1);
        targets.any(|target| {
            let keys = ["target=", "dst=", "destination="];
            let named = keys.iter().find_map(|key| target.strip_prefix(key));
            is_home(named.unwrap_or(target))
        })
    };
    let is_flag = |word: &str| {
        ["-v", "--volume", "--mount"].iter().any(|flag| {
            let rest = word.strip_prefix(flag);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    };
    // The word behind the flag, or the flag's own.
    let shows = |comment: &&Span| {
        let words: Vec<&str> = cut(text, comment.range()).split_whitespace().collect();
        let pairs = words.iter().zip(words.iter().skip(1));
        pairs
            .filter(|(flag, _)| is_flag(flag))
            .any(|(flag, word)| mounts(word) || flag.contains('=') && mounts(flag))
    };
    let comment = comments.iter().find(shows)?;
    Some(RootOnly {
        why: "as a comment in its file shows, something is mounted in `/root`, which only root may enter"
            .to_owned(),
        first: "mount that elsewhere, then set a user",
        program: None,
        span: *comment,
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
        program: None,
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
        "pwsh" => installs_a_module(rest),
        "vagrant" => says("plugin") && says("install"),
        _ => false,
    }
}

/// Whether words for PowerShell install a module for their user: they do unless its scope says otherwise.
fn installs_a_module(words: &[String]) -> bool {
    let text = words.join(" ").to_ascii_lowercase();
    text.contains("install-module") && !text.contains("allusers")
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
            "vagrant plugin install libvirt",
            "pwsh -c 'Install-Module -Name Az'",
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
            "vagrant plugin list",
            "pwsh -c 'Install-Module -Name Az -Scope AllUsers'",
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

    #[test]
    fn which_program_needs_root() {
        let words = |words: &[&str]| -> Vec<String> {
            words.iter().map(|word| (*word).to_owned()).collect()
        };
        for (start, expected) in [
            (&["nginx", "-g", "daemon off;"][..], Some("nginx")),
            (
                &["sh", "-c", "envsubst < a > b && exec nginx"],
                Some("nginx"),
            ),
            (&["tini", "--", "/usr/sbin/sshd", "-D"], Some("sshd")),
            (&["/init"], Some("init")),
            (&["tail", "-f", "/var/log/nginx"], None),
            (&["httpd", "-f"], None),
        ] {
            let program = root_program(&words(start)).map(|(_, program)| program);
            assert_eq!(program, expected, "{start:?}");
        }
    }

    #[test]
    fn what_comments_mount() {
        let shows = |text: &str| {
            let comment = Span::new(caulk_source::FileId::FIRST, 0..text.len());
            by_comments(&[comment], text).is_some()
        };
        assert!(shows("# docker run -v ~/.tool:/root/.tool tool"));
        assert!(shows("# --mount type=bind,src=a,target=/root/.tool \\"));
        assert!(!shows("# keeps nothing in /root/.tool"));
        assert!(shows("# docker run --volume=~/x:/root/x tool"));
        assert!(!shows("# docker run -v ~/x:/data tool"));
        assert!(!shows("# ENV GOPATH=/root/go"));
        assert!(!shows("# PATH=$PATH:/root/.cargo/bin"));
    }
}
