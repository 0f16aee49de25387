//! Programs that become another user and then run what follows.

use crate::shell;

/// The programs, and how each names the account.
const STEPPERS: &[(&str, Names)] = &[
    ("chpst", Names::Option(&["-u"])),
    ("chroot", Names::Option(&["--userspec"])),
    ("doas", Names::Option(&["-u"])),
    ("gosu", Names::First),
    ("runuser", Names::OptionOrFirst(&["-u", "--user"])),
    ("s6-applyuidgid", Names::Option(&["-u"])),
    ("s6-setuidgid", Names::First),
    ("setpriv", Names::Option(&["--reuid"])),
    ("setuidgid", Names::First),
    ("su", Names::OptionOrFirst(&[])),
    ("su-exec", Names::First),
    ("sudo", Names::Option(&["-u", "--user"])),
    ("suexec", Names::First),
];

/// Options of `su` and `runuser` that take a value.
const WITH_VALUE: &[&str] = &[
    "-c",
    "--command",
    "-C",
    "--session-command",
    "-g",
    "--group",
    "-G",
    "--supp-group",
    "-s",
    "--shell",
    "-T",
    "-w",
    "--whitelist-environment",
];

/// Shells: what they run is in the text after `-c`, or in a file.
const SHELLS: &[&str] = &["ash", "bash", "dash", "sh"];

/// Programs that run the rest of their words, after `--` where that stands.
const WRAPPERS: &[&str] = &[
    "catatonit",
    "docker-init",
    "dumb-init",
    "env",
    "exec",
    "init",
    "nice",
    "nohup",
    "tini",
    "tini-static",
];

/// How a program names the account that it becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Names {
    /// With its first operand.
    First,
    /// With an option; without it, it becomes nobody else.
    Option(&'static [&'static str]),
    /// With an option, or with its first operand.
    OptionOrFirst(&'static [&'static str]),
}

/// Who gives root up, and to whom where that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stepping {
    pub(super) tool: &'static str,
    pub(super) to: Option<String>,
    /// Whether it sets no-new-privileges on the way.
    pub(super) seals: bool,
}

/// What the words of a first process run: past wrappers, and into the text of `sh -c`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Runs {
    /// A program that gives root up.
    Stepping(Stepping),
    /// A program, or a script: its path.
    Program(String),
}

/// What the words of a first process run.
pub(super) fn runs(words: &[String]) -> Option<Runs> {
    let words = past_wrappers(words);
    let (first, rest) = words.split_first()?;
    if SHELLS.contains(&name_of(first)) {
        let Some(option) = rest.first() else {
            return Some(Runs::Program(first.clone()));
        };
        if option.starts_with('-') && !option.starts_with("--") && option.ends_with('c') {
            // What a shell runs last is what goes on running.
            let commands = shell::commands(rest.get(1)?);
            let words = past_wrappers(commands.last()?);
            return Some(match stepping(words) {
                Some(stepping) => Runs::Stepping(stepping),
                None => Runs::Program(words.first()?.clone()),
            });
        }
        let script = rest.iter().find(|word| !word.starts_with('-'))?;
        return Some(Runs::Program(script.clone()));
    }
    Some(match stepping(words) {
        Some(stepping) => Runs::Stepping(stepping),
        None => Runs::Program(first.clone()),
    })
}

/// How a script gives root up: a stepping program that it becomes, or that it runs last.
pub(super) fn of_script(script: &str) -> Option<Stepping> {
    let commands = shell::commands(script);
    let count = commands.len();
    commands.iter().enumerate().find_map(|(at, command)| {
        let becomes = command.first().is_some_and(|word| word == "exec");
        let last = at + 1 == count;
        if !becomes && !last {
            return None;
        }
        stepping(past_wrappers(command))
    })
}

/// The words after the programs that only run the rest.
fn past_wrappers(words: &[String]) -> &[String] {
    let mut words = words;
    for _ in 0..8 {
        let Some((first, rest)) = words.split_first() else {
            return words;
        };
        if !WRAPPERS.contains(&name_of(first)) {
            return words;
        }
        // Options may take values, so where `--` ends them it decides. Without an option before it, a
        // `--` is one of the program that is run.
        let has_options = rest.first().is_some_and(|word| word.starts_with('-'));
        let end = rest.iter().position(|word| word == "--").map(|at| at + 1);
        let end = end.filter(|_| has_options);
        let plain = || {
            let is_own = |word: &String| word.starts_with('-') || word.contains('=');
            rest.iter()
                .position(|word| !is_own(word))
                .unwrap_or(rest.len())
        };
        words = rest.get(end.unwrap_or_else(plain)..).unwrap_or_default();
    }
    words
}

/// The account that a command becomes, where its program is one of those.
fn stepping(command: &[String]) -> Option<Stepping> {
    let (program, operands) = command.split_first()?;
    // A variable may hold a program together with its first options.
    let mut operands = operands.to_vec();
    let mut held = program.split_whitespace();
    let name = name_of(held.next()?);
    operands.splice(0..0, held.map(str::to_owned));
    let (tool, names) = STEPPERS.iter().find(|(tool, _)| *tool == name)?;
    let to = match names {
        Names::First => first_operand(&operands),
        Names::Option(options) => option(&operands, options),
        Names::OptionOrFirst(options) => {
            option(&operands, options).or_else(|| first_operand(&operands))
        }
    }?;
    let to = to.split(':').next().unwrap_or_default().to_owned();
    if matches!(to.as_str(), "root" | "0" | "") {
        return None;
    }
    let mut options = operands.iter().take_while(|word| *word != "--");
    Some(Stepping {
        tool,
        seals: *tool == "setpriv"
            && options.any(|word| matches!(word.as_str(), "--nnp" | "--no-new-privs")),
        // A variable's value is not known; that it is no root's is what the author meant.
        to: (!to.contains('$')).then_some(to),
    })
}

fn option(operands: &[String], names: &[&str]) -> Option<String> {
    let mut words = operands.iter();
    while let Some(word) = words.next() {
        if names.contains(&word.as_str()) {
            return words.next().cloned();
        }
        let attached = names
            .iter()
            .filter(|name| name.starts_with("--"))
            .find_map(|name| word.strip_prefix(name)?.strip_prefix('='));
        if let Some(value) = attached {
            return Some(value.to_owned());
        }
    }
    None
}

fn first_operand(operands: &[String]) -> Option<String> {
    let mut words = operands.iter();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word.clone());
        }
    }
    None
}

/// The last part of a program's path.
pub(super) fn name_of(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(words: &[&str]) -> Option<(&'static str, Option<String>)> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match runs(&words)? {
            Runs::Stepping(stepping) => Some((stepping.tool, stepping.to)),
            Runs::Program(_) => None,
        }
    }

    #[test]
    fn who_steps_down_and_to_whom() {
        let to = |name: &str| Some(name.to_owned());
        assert_eq!(steps(&["gosu", "app", "serve"]), Some(("gosu", to("app"))));
        assert_eq!(
            steps(&["tini", "--", "su-exec", "a:b", "x"]),
            Some(("su-exec", to("a")))
        );
        assert_eq!(
            steps(&["tini", "-e", "143", "--", "su-exec", "a", "x"]),
            Some(("su-exec", to("a")))
        );
        assert_eq!(
            steps(&["setpriv", "--reuid=7", "--", "x"]),
            Some(("setpriv", to("7")))
        );
        assert_eq!(
            steps(&["sh", "-c", "cd /x && exec gosu app /usr/bin/y"]),
            Some(("gosu", to("app")))
        );
        assert_eq!(
            steps(&["su", "-s", "/bin/sh", "app", "-c", "x"]),
            Some(("su", to("app")))
        );
        assert_eq!(
            steps(&["exec", "setpriv", "--reuid=7", "--", "x"]),
            Some(("setpriv", to("7")))
        );
        assert_eq!(
            steps(&["chroot", "--userspec=app:app", "/", "x"]),
            Some(("chroot", to("app")))
        );
        assert_eq!(steps(&["gosu", "$RUN_AS", "x"]), Some(("gosu", None)));
    }

    #[test]
    fn who_does_not() {
        for words in [
            &["gosu", "root", "x"][..],
            &["python", "gosu"],
            &["setpriv", "--no-new-privs", "/server"],
            &["su", "-c", "x"],
            &["chpst", "-e", "dir", "server"],
            &["chroot", "/srv", "server"],
            &["$(which node)", "x"],
            &["sh", "-c", "`which node` x"],
            &["sh", "-c", "ls -l /usr/bin/gosu"],
        ] {
            assert_eq!(steps(words), None, "{words:?}");
        }
    }

    #[test]
    fn scripts_that_step_down_and_scripts_that_only_speak_of_it() {
        let tool = |script: &str| of_script(script).map(|stepping| stepping.tool);
        assert_eq!(
            tool("chown -R a /d\nif x; then exec gosu a \"$@\"; fi\nexec \"$@\""),
            Some("gosu")
        );
        assert_eq!(tool("setup\nsu-exec app server"), Some("su-exec"));
        assert_eq!(
            tool(
                "BECOME=\"/usr/bin/setpriv --reuid db\"\nif x; then exec $BECOME --nnp \"$0\"; fi\ny"
            ),
            Some("setpriv")
        );
        assert_eq!(tool("exec gosu root \"$@\""), None);
        assert_eq!(tool("echo you can su later\nexec nginx"), None);
        assert_eq!(tool("su postgres -c 'pg_ctl start'\nexec nginx"), None);
        assert_eq!(tool("# exec gosu app\nexec server"), None);
    }
}
