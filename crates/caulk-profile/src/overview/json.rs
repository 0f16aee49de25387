//! The overview as programs read it.

use caulk_linux::syscalls::{self, Group, group};
use caulk_seccomp::default_profile;
use serde::Serialize;

use crate::host::HostEntry;
use crate::json::{CountsEntry, OutcomeEntry, Place, ProfileEntry, SurfaceEntry, VERSION, text};
use crate::openings;
use crate::overview::{Overview, Page, Row};
use crate::verdict::Verdict;

#[derive(Serialize)]
struct Document<'o> {
    version: u32,
    profile: ProfileEntry<'o>,
    host: HostEntry,
    baseline: &'static str,
    default: Default,
    architectures: Vec<Architecture>,
}

#[derive(Serialize)]
struct Default {
    #[serde(flatten)]
    outcome: OutcomeEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
}

#[derive(Serialize)]
struct Architecture {
    abi: &'static str,
    listed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_than: Option<u32>,
    counts: CountsEntry,
    baseline: CountsEntry,
    syscalls: Vec<Syscall>,
}

#[derive(Serialize)]
struct Syscall {
    name: &'static str,
    number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<&'static str>,
    verdict: &'static str,
    baseline: &'static str,
    /// Beside the baseline.
    change: &'static str,
    #[serde(flatten)]
    surface: SurfaceEntry,
}

impl Overview<'_> {
    /// The overview as JSON, version 1, indented, with a final newline. Characters that act on a
    /// terminal are as they are: who prints it escapes them.
    pub fn json(&self) -> String {
        let filter = &self.own.filter;
        let place = self.own.named.profile.default_action.as_ref();
        text(&Document {
            version: VERSION,
            profile: ProfileEntry::of(self.own),
            host: HostEntry::of(filter.host()),
            baseline: default_profile::VERSION,
            default: Default {
                outcome: OutcomeEntry::of(filter.default()),
                place: place.map(|written| self.own.named.place_entry(written.span)),
            },
            architectures: self.pages.iter().map(|page| self.page(page)).collect(),
        })
    }

    fn page(&self, page: &Page) -> Architecture {
        Architecture {
            abi: page.abi.name(),
            listed: self.own.answers(page.abi),
            newer_than: self.own.filter.highest_named(page.abi),
            counts: CountsEntry::of(page.counts),
            baseline: CountsEntry::of(page.default_counts),
            syscalls: page.rows.iter().map(|row| self.row(row)).collect(),
        }
    }

    fn row(&self, row: &Row) -> Syscall {
        let change = match (row.is_opened(), row.is_closed(), &row.difference) {
            (true, _, _) => "opened",
            (_, true, _) => "closed",
            (_, _, Some(_)) => "other",
            (_, _, None) => "none",
        };
        Syscall {
            name: row.name,
            number: row.call.number,
            group: group(row.name).map(Group::name),
            grade: syscalls::grade(row.name).map(openings::word),
            verdict: row.verdict().name(),
            baseline: Verdict::of(&row.default).name(),
            change,
            surface: self.own.named.surface(row.call, &row.surface),
        }
    }
}
