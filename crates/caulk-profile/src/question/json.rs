//! The answer about one call as programs read it.

use caulk_linux::syscalls;
use caulk_seccomp::default_profile;
use serde::Serialize;

use crate::Show;
use crate::call::Call;
use crate::host::HostEntry;
use crate::json::{CallEntry, ProfileEntry, SurfaceEntry, VERSION, hex, text};
use crate::named::Resolved;
use crate::openings;
use crate::question::{Answer, Question};
use crate::reason;

#[derive(Serialize)]
struct Document<'q> {
    version: u32,
    profile: ProfileEntry<'q>,
    host: HostEntry,
    baseline: &'static str,
    arguments: Vec<String>,
    calls: Vec<Entry>,
    dangers: Vec<Danger>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    call: CallEntry,
    answer: SurfaceEntry,
    baseline: SurfaceEntry,
    not_applied: Vec<String>,
}

#[derive(Serialize)]
struct Danger {
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<&'static str>,
    opens: &'static str,
    grade: &'static str,
    needs: Vec<&'static str>,
    sources: Vec<String>,
}

impl Question<'_> {
    /// The answer as JSON, version 1, indented, with a final newline. Characters that act on a
    /// terminal are as they are: who prints it escapes them.
    pub fn json(&self, show: &Show) -> String {
        let name = self.calls.first().and_then(|call| call.name());
        let dangers = name.into_iter().flat_map(syscalls::dangers);
        text(&Document {
            version: VERSION,
            profile: ProfileEntry::of(self.own),
            host: HostEntry::of(self.own.filter.host()),
            baseline: default_profile::VERSION,
            arguments: self.given.iter().map(|value| hex(*value)).collect(),
            calls: self
                .calls
                .iter()
                .map(|call| Entry {
                    call: CallEntry::of(*call),
                    answer: self.entry(self.own, *call),
                    baseline: self.entry(self.default, *call),
                    not_applied: reason::unapplied(self.own, *call, show),
                })
                .collect(),
            dangers: dangers
                .map(|danger| Danger {
                    with: danger.with,
                    opens: danger.opens,
                    grade: openings::word(danger.grade),
                    needs: danger.needs.iter().map(|one| one.name()).collect(),
                    sources: danger.sources.iter().map(|source| source.url()).collect(),
                })
                .collect(),
        })
    }

    fn entry(&self, resolved: &Resolved<'_>, call: Call) -> SurfaceEntry {
        match self.answer(resolved, call) {
            Answer::Decided(decision) => {
                let surface = caulk_seccomp::Surface::Always(decision);
                resolved.named.surface(call, &surface)
            }
            Answer::Depends(conditional) => resolved.named.conditional(call, &conditional),
        }
    }
}
