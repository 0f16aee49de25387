//! What a container may use up, which devices it sees, and on which ports it listens.

use crate::{Fact, State};

/// How much of something a container may use.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Limit {
    /// As much as there is.
    None,
    /// This much: bytes, processors, processes.
    Of(f64),
}

/// The limits of a container.
#[derive(Clone, PartialEq, Debug)]
pub struct Limits {
    /// Memory, in bytes.
    pub memory: Fact<Limit>,
    /// Processors.
    pub cpus: Fact<Limit>,
    /// Processes and threads.
    pub pids: Fact<Limit>,
}

/// A device of the host that a container sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// The path on the host.
    pub host: State<String>,
    /// The path in the container.
    pub container: String,
    /// Any of `r`, `w`, `m`.
    pub permissions: String,
}

/// A port that is published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Port {
    /// The address of the host on which it listens; empty for all of them.
    pub address: State<String>,
    /// The port of the host; empty where the engine chooses one.
    pub published: String,
    /// The port in the container.
    pub target: String,
    /// Whether `/tcp` is written behind it, which it is without that too.
    pub says_tcp: bool,
}

impl Port {
    /// Whether it listens on every address of the host.
    pub fn listens_everywhere(&self) -> bool {
        self.address
            .known()
            .is_some_and(|address| matches!(address.as_str(), "" | "0.0.0.0" | "::" | "[::]" | "*"))
    }
}
