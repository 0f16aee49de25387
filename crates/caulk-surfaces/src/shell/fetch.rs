//! Commands that download.

use super::call::Call;
use super::options::{Item, Spec, read};
use super::value::Value;

/// A download.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fetch {
    /// The program.
    pub(crate) program: &'static str,
    /// What it asks for, as far as it is known.
    pub(crate) urls: Vec<Value>,
    /// Where it puts it.
    pub(crate) saved: Saved,
    /// The options that switch off the check of the server's certificate: the index of each among
    /// the operands.
    pub(crate) insecure: Vec<usize>,
}

/// Where a download goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Saved {
    /// To standard output.
    Printed,
    /// Into this file.
    File(Value),
    /// Into a file named as the end of its address.
    Named,
    /// Nowhere: only its headers are asked for, or the program's version.
    Nowhere,
}

const CURL: Spec = Spec {
    short: "ACDEFHKPQTUXYbcdehmoruwxyz",
    long: &[
        "cacert",
        "capath",
        "cert",
        "ciphers",
        "config",
        "connect-timeout",
        "cookie",
        "cookie-jar",
        "data",
        "data-binary",
        "data-raw",
        "data-urlencode",
        "form",
        "header",
        "key",
        "limit-rate",
        "max-redirs",
        "max-time",
        "noproxy",
        "output",
        "output-dir",
        "proto",
        "proto-redir",
        "proxy",
        "range",
        "referer",
        "request",
        "resolve",
        "retry",
        "retry-delay",
        "retry-max-time",
        "tls-max",
        "unix-socket",
        "upload-file",
        "url",
        "user",
        "user-agent",
        "write-out",
    ],
};

const WGET: Spec = Spec {
    short: "ABDIOPQRTUXaeilotw",
    long: &[
        "ca-certificate",
        "directory-prefix",
        "execute",
        "header",
        "input-file",
        "limit-rate",
        "output-document",
        "output-file",
        "password",
        "post-data",
        "progress",
        "secure-protocol",
        "timeout",
        "tries",
        "user",
        "user-agent",
        "wait",
        "waitretry",
    ],
};

/// The download that `call` is.
pub(super) fn of(call: &Call) -> Option<Fetch> {
    match call.program()?.as_str() {
        "curl" => Some(curl(call)),
        "wget" | "wget2" => Some(wget(call)),
        _ => None,
    }
}

fn curl(call: &Call) -> Fetch {
    let mut fetch = Fetch {
        program: "curl",
        urls: Vec::new(),
        saved: Saved::Printed,
        insecure: Vec::new(),
    };
    for item in read(call.operands(), &CURL, false) {
        match item {
            Item::Operand { value, .. } => fetch.urls.push(value),
            Item::Option {
                name, value, index, ..
            } => match (name.as_str(), value) {
                ("o" | "output", Some(file)) => fetch.saved = saved(file),
                ("O" | "remote-name" | "remote-name-all", _) => fetch.saved = Saved::Named,
                ("I" | "head" | "V" | "version", _) => fetch.saved = Saved::Nowhere,
                ("url", Some(url)) => fetch.urls.push(url),
                ("k" | "insecure", _) => fetch.insecure.push(index),
                _ => {}
            },
        }
    }
    fetch
}

fn wget(call: &Call) -> Fetch {
    let mut fetch = Fetch {
        program: "wget",
        urls: Vec::new(),
        saved: Saved::Named,
        insecure: Vec::new(),
    };
    for item in read(call.operands(), &WGET, false) {
        match item {
            Item::Operand { value, .. } => fetch.urls.push(value),
            Item::Option {
                name, value, index, ..
            } => match (name.as_str(), value) {
                ("O" | "output-document", Some(file)) => fetch.saved = saved(file),
                ("spider" | "V" | "version", _) => fetch.saved = Saved::Nowhere,
                ("no-check-certificate", _) => fetch.insecure.push(index),
                _ => {}
            },
        }
    }
    fetch
}

fn saved(file: Value) -> Saved {
    match file.known().as_deref() {
        Some("-" | "/dev/stdout") => Saved::Printed,
        Some("/dev/null") => Saved::Nowhere,
        _ => Saved::File(file),
    }
}

impl Fetch {
    /// Whether all that it asks for lies on this machine.
    pub(crate) fn is_local(&self) -> bool {
        !self.urls.is_empty()
            && self.urls.iter().all(|url| {
                let start = url.known_start().trim_start_matches("http://");
                ["file:", "localhost", "127.0.0.1", "[::1]"]
                    .iter()
                    .any(|local| start.starts_with(local))
            })
    }
}
