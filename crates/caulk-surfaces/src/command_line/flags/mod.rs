//! The flags of each client and what their values may be.

mod compose;
mod docker;
mod nerdctl;
mod podman;

use super::Client;
use docker::{BUILD, BUILDX, EXEC, GLOBAL, RUN};

/// A flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flag {
    /// Its long name, without `--`.
    pub name: &'static str,
    /// Its letter.
    pub short: Option<char>,
    /// What its value may be.
    pub kind: Kind,
    /// The name of the flag that it is another spelling of.
    pub same_as: Option<&'static str>,
}

impl Flag {
    /// A flag with a long name alone.
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            short: None,
            kind,
            same_as: None,
        }
    }

    /// The same with a letter.
    pub(super) const fn or(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    /// The same as another spelling.
    pub(super) const fn means(mut self, name: &'static str) -> Self {
        self.same_as = Some(name);
        self
    }

    /// The name under which its values are asked for.
    pub fn meaning(&self) -> &'static str {
        self.same_as.unwrap_or(self.name)
    }
}

/// What the value of a flag may be, and whether it has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A switch: it needs no value, and takes one behind `=` only.
    Switch,
    /// A switch whose value is not a boolean, or a value that may be left out.
    Optional,
    /// Any text; the last one given holds.
    Text,
    /// A whole number.
    Integer,
    /// A whole number up to 65,535.
    Short,
    /// A whole number that is not negative.
    Natural,
    /// A length of time: `1m30s`.
    Duration,
    /// Bytes.
    Bytes,
    /// Bytes, or −1.
    SwapBytes,
    /// Processors.
    Cpus,
    /// Any text, each one given.
    List,
    /// Texts with commas between them, each one given.
    CommaList,
    /// `stdin`, `stdout`, `stderr`.
    Stream,
    /// `a 1:2 rwm`.
    DeviceRule,
    /// `NAME=VALUE` or `NAME`.
    Variable,
    /// `KEY=VALUE` or `KEY`.
    Label,
    /// `HOST:ADDRESS`.
    ExtraHost,
    /// `CONTAINER[:ALIAS]`.
    Link,
    /// An address.
    Address,
    /// `KEY=VALUE` of a kernel parameter.
    Sysctl,
    /// `TYPE=SOFT[:HARD]`.
    Ulimit,
    /// `type=bind,source=…,target=…`.
    Mount,
    /// A network, or `name=…,alias=…`.
    Network,
}

/// The flags that a command has: of several lists, the first that knows one decides.
#[derive(Clone, Debug)]
pub(super) struct Table<'a> {
    lists: Vec<&'a [Flag]>,
}

impl<'a> Table<'a> {
    pub(super) fn new(lists: Vec<&'a [Flag]>) -> Self {
        Self { lists }
    }

    fn find(&self, wanted: impl Fn(&Flag) -> bool) -> Option<&'a Flag> {
        let mut flags = self.lists.iter().flat_map(|list| list.iter());
        flags.find(|flag| wanted(flag))
    }

    pub(super) fn long(&self, name: &str) -> Option<&'a Flag> {
        self.find(|flag| flag.name == name)
    }

    pub(super) fn short(&self, letter: char) -> Option<&'a Flag> {
        self.find(|flag| flag.short == Some(letter))
    }
}

/// The flags of `run` and `create`.
pub(super) fn run(client: Client) -> Table<'static> {
    Table::new(match client {
        Client::Docker => vec![RUN],
        Client::Podman => vec![podman::RUN, RUN],
        Client::Nerdctl => vec![nerdctl::RUN, RUN],
    })
}

/// The flags of `exec`.
pub(super) fn exec(client: Client) -> Table<'static> {
    Table::new(match client {
        Client::Docker | Client::Nerdctl => vec![EXEC],
        Client::Podman => vec![podman::EXEC, EXEC],
    })
}

/// The flags of `build`.
pub(super) fn build(client: Client) -> Table<'static> {
    Table::new(match client {
        Client::Docker => vec![BUILD],
        Client::Podman => vec![podman::BUILD, BUILD],
        Client::Nerdctl => vec![nerdctl::BUILD, BUILD],
    })
}

/// The flags that stand between `compose` and its command.
pub(super) fn compose() -> Table<'static> {
    Table::new(vec![compose::GLOBAL])
}

/// The flags of `compose run`.
pub(super) fn compose_run() -> Table<'static> {
    Table::new(vec![compose::RUN])
}

/// The flags of `compose exec`.
pub(super) fn compose_exec() -> Table<'static> {
    Table::new(vec![compose::EXEC])
}

/// The flags that stand between `buildx` and its command.
pub(super) fn buildx() -> Table<'static> {
    Table::new(vec![BUILDX])
}

/// The flags that stand before the command.
pub(super) fn global(client: Client) -> Table<'static> {
    Table::new(match client {
        Client::Docker => vec![GLOBAL],
        Client::Podman => vec![podman::GLOBAL],
        Client::Nerdctl => vec![nerdctl::GLOBAL],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_says_a_name_or_a_letter_twice() {
        for list in [
            RUN,
            EXEC,
            BUILD,
            GLOBAL,
            compose::GLOBAL,
            compose::RUN,
            compose::EXEC,
            podman::RUN,
            podman::BUILD,
            podman::EXEC,
            podman::GLOBAL,
            nerdctl::RUN,
            nerdctl::BUILD,
            nerdctl::GLOBAL,
        ] {
            for (at, flag) in list.iter().enumerate() {
                let others = list.iter().skip(at + 1);
                for other in others {
                    assert_ne!(flag.name, other.name);
                    assert!(
                        flag.short.is_none() || flag.short != other.short,
                        "{}",
                        flag.name
                    );
                }
            }
        }
    }

    #[test]
    fn another_spelling_means_a_flag_of_the_list() {
        for flag in RUN.iter().chain(BUILD) {
            let table = Table::new(vec![RUN, BUILD]);
            assert!(table.long(flag.meaning()).is_some(), "{}", flag.name);
        }
    }
}
