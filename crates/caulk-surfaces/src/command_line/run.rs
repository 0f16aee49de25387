//! A whole `run` or `create`: its flags, its image, its command, and what the client refuses of it.

use super::flags::{self, Table};
use super::grammar::{self, Given, Line, Refusal};
use super::text::{Argument, Text};
use super::{size, values};

/// A program that starts containers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Client {
    /// docker/cli.
    Docker,
    /// podman.
    Podman,
    /// nerdctl.
    Nerdctl,
}

/// The image of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Image {
    /// It is named.
    Named(Argument),
    /// It is in a variable that holds flags as well.
    Unknown,
}

/// A `run` or `create`.
#[derive(Clone, Debug)]
pub struct Run {
    /// Whose.
    pub client: Client,
    /// Its flags.
    pub line: Line<'static>,
    /// What is run.
    pub image: Image,
    /// The container's own command: which words, from where to the end.
    pub command: usize,
}

impl Run {
    /// Points at the values of flags, and no longer at the flags before them, where the two are words
    /// of their own: in a list they stand on lines of their own.
    pub(crate) fn point_at_values(&mut self, words: &[Argument]) {
        for given in &mut self.line.given {
            if let (first, 2) = given.words
                && let Some(value) = words.get(first + 1)
            {
                given.span = value.span;
            }
        }
    }

    /// The values of a flag, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Given<'static>> {
        let given = self.line.given.iter();
        given.filter(move |given| given.flag.meaning() == name)
    }

    /// The flag that holds: the last one given.
    pub fn last<'a>(&'a self, name: &'a str) -> Option<&'a Given<'static>> {
        self.all(name).last()
    }

    /// The text of the flag that holds.
    fn text<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.last(name)?.value.value()
    }

    /// Whether a switch is on.
    fn switched_on(&self, name: &str) -> bool {
        let value = self.text(name);
        value.is_some_and(|value| super::check::boolean(value) == Ok(true))
    }
}

/// The words behind `run` or `create`, taken apart.
pub fn run(client: Client, words: &[Argument]) -> Result<Run, Refusal> {
    let table: Table<'static> = flags::run(client);
    let line = grammar::parse(&table, words)?;
    let image = match words.get(line.rest) {
        Some(_) if line.unsure.is_some() && is_command_of_a_variable(words, line.rest) => {
            Image::Unknown
        }
        Some(image) => Image::Named(image.clone()),
        None if line.help || line.unsure.is_some() => Image::Unknown,
        None => return Err(Refusal::new(None, "requires at least 1 argument")),
    };
    let run = Run {
        client,
        command: line.rest + 1,
        line,
        image,
    };
    match client {
        Client::Docker => docker_refuses(&run)?,
        // They check later and differently; what they refuse is not known here.
        Client::Podman | Client::Nerdctl => {}
    }
    Ok(run)
}

/// Whether the word at `at` is what runs in the image that the variable before it names, and no image
/// itself: a shell, a path.
fn is_command_of_a_variable(words: &[Argument], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    let hangs_on_one = before.is_some_and(|word| word.text.value().is_none());
    let word = words.get(at).and_then(|word| word.text.value());
    let is_command = word.is_some_and(|word| {
        word.starts_with('/') || matches!(word, "ash" | "bash" | "dash" | "sh" | "zsh")
    });
    hangs_on_one && is_command
}

/// The words behind `compose run`, taken apart: what is run is a service.
pub fn run_service(client: Client, words: &[Argument]) -> Result<Run, Refusal> {
    let line = grammar::parse(&flags::compose_run(), words)?;
    let service = words.get(line.rest);
    Ok(Run {
        client,
        command: line.rest + 1,
        image: service.map_or(Image::Unknown, |service| Image::Named(service.clone())),
        line,
    })
}

/// What docker/cli refuses of flags that it could read (`cli/command/container/opts.go`, `parse`),
/// in its order.
fn docker_refuses(run: &Run) -> Result<(), Refusal> {
    let at = |name: &str, message: String| {
        let span = run.last(name).map(|given| given.span);
        Err(Refusal::new(span, message))
    };
    if let Some(swappiness) = run.text("memory-swappiness")
        && let Ok(number) = super::check::integer(swappiness)
        && !(-1..=100).contains(&number)
    {
        let message = format!("invalid value: {number}. Valid memory swappiness range is 0-100");
        return at("memory-swappiness", message);
    }
    each(run, "volume", |value| values::volume(value).map(drop))?;
    each(run, "publish", |value| values::ports(value).map(drop))?;
    each(run, "device", |value| values::device(value).map(drop))?;
    for (name, kind, takes) in MODES {
        if run.text(name).is_some_and(|mode| !takes(mode)) {
            return at(name, format!("--{name}: invalid {kind} mode"));
        }
    }
    if let Some(policy) = run.text("restart") {
        restart(policy).or_else(|message| at("restart", message))?;
    }
    each(run, "security-opt", |value| match value.value() {
        Some(known) => values::security_option(known).map(drop),
        None => Ok(()),
    })?;
    let health = run.line.given.iter().find(|given| {
        given.flag.name.starts_with("health-") && !matches!(given.value.written(), "" | "0" | "0s")
    });
    if run.switched_on("no-healthcheck") && health.is_some() {
        let message = "--no-healthcheck conflicts with --health-* options";
        return at("no-healthcheck", message.to_owned());
    }
    let restarts = run.text("restart").is_some_and(|policy| {
        let name = policy.split(':').next().unwrap_or_default();
        !matches!(name, "" | "no")
    });
    if run.switched_on("rm") && restarts {
        let message = "conflicting options: cannot specify both --restart and --rm";
        return at("restart", message.to_owned());
    }
    networks(run)
}

/// Which words a mode may be.
type Takes = fn(&str) -> bool;

/// The flags that name whose namespace a container lives in, and what they may say.
const MODES: &[(&str, &str, Takes)] = &[
    ("pid", "PID", |mode| {
        matches!(mode, "" | "host") || joins_a_container(mode)
    }),
    ("uts", "UTS", |mode| matches!(mode, "" | "host")),
    ("userns", "USER", |mode| matches!(mode, "" | "host")),
    ("cgroupns", "CGROUP", |mode| {
        matches!(mode, "" | "host" | "private")
    }),
];

fn joins_a_container(mode: &str) -> bool {
    let name = mode.strip_prefix("container:");
    name.is_some_and(|name| !name.is_empty())
}

/// Each value of a flag.
fn each(run: &Run, name: &str, take: impl Fn(&Text) -> Result<(), String>) -> Result<(), Refusal> {
    for given in run.all(name) {
        take(&given.value).map_err(|message| Refusal::new(Some(given.span), message))?;
    }
    Ok(())
}

/// `no`, `always`, `unless-stopped`, `on-failure[:5]` (`opts.ParseRestartPolicy`).
fn restart(policy: &str) -> Result<(), String> {
    let (name, count) = match policy.split_once(':') {
        Some((name, count)) => (name, Some(count)),
        None => (policy, None),
    };
    if policy.is_empty() {
        return Ok(());
    }
    if name.is_empty() {
        return Err("invalid restart policy format: no policy provided before colon".to_owned());
    }
    match count {
        Some(count) if count.parse::<i64>().is_err() => {
            Err("invalid restart policy format: maximum retry count must be an integer".to_owned())
        }
        Some(_) | None => Ok(()),
    }
}

/// Networks are each given once, and those that the engine has of itself stand alone.
fn networks(run: &Run) -> Result<(), Refusal> {
    let mut seen: Vec<String> = Vec::new();
    let (mut own, mut of_the_engine) = (false, false);
    for given in run.all("network") {
        let Ok(network) = values::network(&given.value) else {
            continue;
        };
        let Some(name) = network.value() else {
            continue;
        };
        let refuse = |message: String| Err(Refusal::new(Some(given.span), message));
        if name.trim().is_empty() {
            return refuse("no name set for network".to_owned());
        }
        if is_user_defined(name) {
            own = true;
        } else {
            of_the_engine = true;
        }
        // One alone is not noted: its own settings, if it has any, are.
        let alone = run.all("network").count() == 1;
        if seen.iter().any(|other| other == name) {
            return refuse(format!("network \"{name}\" is specified multiple times"));
        }
        if !alone {
            seen.push(name.to_owned());
        }
    }
    if own && of_the_engine {
        let message = "conflicting options: cannot attach both user-defined and non-user-defined network-modes";
        let span = run.last("network").map(|given| given.span);
        return Err(Refusal::new(span, message));
    }
    Ok(())
}

/// Whether a network is one that somebody made.
fn is_user_defined(name: &str) -> bool {
    !matches!(name, "default" | "bridge" | "host" | "none") && !name.starts_with("container:")
}

impl Run {
    /// Bytes of memory, where they are known.
    pub fn bytes(&self, name: &str) -> Option<i64> {
        size::bytes(self.text(name)?).ok()
    }

    /// Billionths of a processor, where they are known.
    pub fn nano_cpus(&self) -> Option<i64> {
        size::nano_cpus(self.text("cpus")?).ok()
    }
}
