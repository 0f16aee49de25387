//! Programs that are downloaded and run, and files that are downloaded in the clear.

use std::collections::BTreeSet;

use caulk_model::build::{RemoteCode, RemoteWay, UnverifiedFile, UnverifiedWay};
use caulk_source::Span;

use super::Notes;
use crate::shell::{Call, Code, Fetch, Flow, Saved, Value, code_of, name_of};

/// How many downloaded files are remembered.
const MAX_FILES: usize = 500;

/// The files that the steps of a stage have downloaded so far.
#[derive(Clone, Default, Debug)]
pub(in super::super) struct Downloads {
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    /// The path, as far as it is known.
    path: String,
    url: String,
    /// Whether nobody has checked who answered.
    unchecked: bool,
    span: Span,
}

/// Whether nobody checks who answers a download: anybody on the way can then.
fn is_unchecked(fetch: &Fetch) -> bool {
    let clear = |url: &Value| url.known_start().starts_with("http://");
    !fetch.insecure.is_empty() || fetch.urls.iter().any(clear)
}

/// Programs that compare a file with what it should be.
const CHECKS: &[&str] = &[
    "b2sum",
    "b3sum",
    "cosign",
    "gpgv",
    "md5sum",
    "minisign",
    "sha1sum",
    "sha224sum",
    "sha256",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "shasum",
    "signify",
    "slsa-verifier",
    "sqv",
];

/// Whether a call compares a download with a checksum or a signature.
fn checks(call: &Call) -> bool {
    let Some(program) = call.program() else {
        return false;
    };
    let has = |text: &str| call.operands().iter().any(|word| word.shown() == text);
    match program.as_str() {
        "gpg" | "gpg2" => has("--verify") || has("--decrypt") || has("-d"),
        "openssl" => has("dgst") || has("sha256") || has("sha512"),
        "rpm" | "rpmkeys" => has("-K") || has("--checksig"),
        "gh" => has("attestation"),
        name => CHECKS.contains(&name),
    }
}

/// The first and the last call that compares something with a checksum or a signature.
pub(super) fn first_and_last_check(calls: &[Call]) -> Option<(usize, usize)> {
    let first = calls.iter().position(checks)?;
    Some((first, calls.iter().rposition(checks)?))
}

/// Notes what is run as it comes, and what comes over plain HTTP.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call], downloads: &mut Downloads) {
    let mut reported: BTreeSet<usize> = BTreeSet::new();
    let last_check = calls.iter().rposition(checks);
    for (index, call) in calls.iter().enumerate() {
        if checks(call) {
            downloads.files.clear();
            let stage = notes.stage.from;
            notes
                .build
                .unverified_files
                .retain(|fact| fact.stage.from != stage);
        }
        for (flow, reader, way) in runs(call) {
            // Of several sources of one pipe (`curl … || wget …`), the first stands for all.
            let new: Vec<usize> = flow
                .sources()
                .iter()
                .copied()
                .filter(|source| reported.insert(*source))
                .collect();
            let Some(fetch) = new.first().and_then(|source| calls.get(*source)) else {
                continue;
            };
            let code = RemoteCode {
                reader,
                url: fetch.fetch().map(|fetch| url(&fetch)).unwrap_or_default(),
                way,
                unchecked: fetch.fetch().is_some_and(|fetch| is_unchecked(&fetch)),
            };
            notes.add(
                |build| &mut build.remote_code,
                fetch.span.to(call.span),
                code,
            );
        }
        if let Some(code) = downloads.run_by(call) {
            notes.add(|build| &mut build.remote_code, call.span, code);
        }
        let Some(fetch) = call.fetch() else {
            downloads.keep(calls, call);
            continue;
        };
        if let Some(found) = in_the_clear(&fetch)
            && last_check.is_none_or(|check| check < index)
        {
            let span = found.span;
            let file = UnverifiedFile {
                url: shortened(&found.shown()),
                way: UnverifiedWay::PlainHttp {
                    program: fetch.program.to_owned(),
                },
            };
            notes.add(|build| &mut build.unverified_files, span, file);
        }
        if fetch.is_local() {
            continue;
        }
        downloads.save(call, &fetch);
    }
}

/// What a call runs that may come from a download.
fn runs(call: &Call) -> Vec<(Flow, String, RemoteWay)> {
    let mut found = Vec::new();
    let program = call.program();
    let reader = program.clone().unwrap_or_else(|| "the shell".to_owned());
    match code_of(call) {
        Some(Code::Input) => {
            found.push((call.piped.clone(), reader.clone(), RemoteWay::Pipe));
            if let Some(fed) = &call.fed {
                found.push((fed.output(), reader.clone(), RemoteWay::Text));
            }
            if let Some(file) = &call.reads {
                found.push((file.file(), reader, RemoteWay::Pipe));
            }
        }
        Some(Code::Text(text)) => found.push((text.output(), reader, RemoteWay::Text)),
        Some(Code::File(file)) => found.push((file.file(), reader, RemoteWay::Pipe)),
        None if program.is_none() => {
            // `$(curl …)` as a command of its own.
            let first = call.own_words().first().map(Value::output);
            found.extend(first.map(|flow| (flow, reader, RemoteWay::Text)));
        }
        None => {}
    }
    found.retain(|(flow, _, _)| !flow.is_empty());
    found
}

/// The address that a download asks for, where it is one in the clear.
fn in_the_clear(fetch: &Fetch) -> Option<&Value> {
    if fetch.is_local() || fetch.saved == Saved::Nowhere {
        return None;
    }
    fetch.urls.iter().find(|url| {
        let start = url.known_start();
        let host = start.strip_prefix("http://").unwrap_or_default();
        // A name without a dot, or an address of a private network, is the builder's own.
        let host = host.split(['/', ':']).next().unwrap_or_default();
        host.contains('.') && !is_private(host)
    })
}

fn is_private(host: &str) -> bool {
    let own = ["10.", "127.", "169.254.", "192.168."];
    own.iter().any(|start| host.starts_with(start))
        || [
            ".internal",
            ".local",
            ".localhost",
            ".lan",
            ".test",
            ".example",
        ]
        .iter()
        .any(|end| host.ends_with(end))
}

fn url(fetch: &Fetch) -> String {
    fetch
        .urls
        .first()
        .map(|url| shortened(&url.shown()))
        .unwrap_or_default()
}

/// A text that fits into a sentence.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 {
        return text.to_owned();
    }
    let start: String = text.chars().take(79).collect();
    format!("{start}…")
}

impl Downloads {
    /// Remembers where a download is put.
    fn save(&mut self, call: &Call, fetch: &Fetch) {
        let addresses = fetch.urls.iter().map(Value::shown);
        let unchecked = is_unchecked(fetch);
        match &fetch.saved {
            Saved::Named => {
                for address in addresses {
                    let path = name_of(address.trim_end_matches('/')).to_owned();
                    self.add(path, &address, unchecked, call.span);
                }
            }
            Saved::File(file) => self.add(file.shown(), &url(fetch), unchecked, call.span),
            Saved::Printed => {
                if let Some(file) = &call.writes {
                    self.add(file.shown(), &url(fetch), unchecked, call.span);
                }
            }
            Saved::Nowhere => {}
        }
    }

    /// Remembers where a call puts what another one has downloaded: `curl … | tee file`.
    fn keep(&mut self, calls: &[Call], call: &Call) {
        let flow = if call.output.is_empty() {
            &call.piped
        } else {
            &call.output
        };
        let Some(download) = flow.sources().first().and_then(|source| calls.get(*source)) else {
            return;
        };
        let tee = call.program().as_deref() == Some("tee");
        let files = call.operands().iter().filter(|_| tee).chain(&call.writes);
        let fetch = download.fetch();
        let address = fetch.as_ref().map(url).unwrap_or_default();
        let unchecked = fetch.as_ref().is_some_and(is_unchecked);
        for file in files
            .map(Value::shown)
            .filter(|file| !file.starts_with('-'))
        {
            self.add(file, &address, unchecked, download.span);
        }
    }

    fn add(&mut self, path: String, address: &str, unchecked: bool, span: Span) {
        if self.files.len() < MAX_FILES {
            self.files.push(File {
                path,
                url: shortened(address),
                unchecked,
                span,
            });
        }
    }

    /// A downloaded file that `call` runs: through an interpreter, or by its path.
    fn run_by(&mut self, call: &Call) -> Option<RemoteCode> {
        let (file, reader) = match code_of(call) {
            Some(Code::File(file)) => (file.shown(), call.program()?),
            Some(Code::Input) => (call.reads.as_ref()?.shown(), call.program()?),
            Some(Code::Text(_)) => return None,
            None => {
                let program = call.own_words().first()?.shown();
                if !program.contains('/') {
                    return None;
                }
                (program, String::new())
            }
        };
        let at = self
            .files
            .iter()
            .position(|known| is_same(&known.path, &file))?;
        let known = self.files.remove(at);
        Some(RemoteCode {
            reader,
            url: known.url,
            way: RemoteWay::File {
                downloaded: known.span,
            },
            unchecked: known.unchecked,
        })
    }
}

/// Whether two paths mean one file, as far as they say where it lies.
fn is_same(saved: &str, run: &str) -> bool {
    let run = run.trim_start_matches("./");
    let saved = saved.trim_start_matches("./");
    if run.is_empty() || saved.is_empty() {
        return false;
    }
    let either_is_a_name = !run.contains('/') || !saved.contains('/');
    saved == run || (either_is_a_name && name_of(saved) == name_of(run))
}
