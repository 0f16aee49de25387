//! The comparison as programs read it.

use caulk_linux::syscalls;
use serde::Serialize;

use crate::call::Call;
use crate::comparison::{Change, Comparison, Page};
use crate::host::HostEntry;
use crate::json::{
    CallEntry, CountsEntry, DecisionEntry, ProfileEntry, SurfaceEntry, VERSION, hex, text,
};
use crate::openings;

#[derive(Serialize)]
struct Document<'c> {
    version: u32,
    first: ProfileEntry<'c>,
    second: ProfileEntry<'c>,
    host: HostEntry,
    /// Whether the second allows what the first does not.
    opens: bool,
    architectures: Vec<Architecture>,
}

#[derive(Serialize)]
struct Architecture {
    abi: &'static str,
    listed: [bool; 2],
    first: CountsEntry,
    second: CountsEntry,
    differences: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    call: CallEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<&'static str>,
    complete: bool,
    first: SurfaceEntry,
    second: SurfaceEntry,
    witnesses: Vec<WitnessEntry>,
}

#[derive(Serialize)]
struct WitnessEntry {
    change: &'static str,
    arguments: [String; 6],
    first: DecisionEntry,
    second: DecisionEntry,
}

impl Comparison<'_> {
    /// The differences as JSON, version 1, indented, with a final newline. Characters that act on a
    /// terminal are as they are: who prints it escapes them.
    pub fn json(&self) -> String {
        text(&Document {
            version: VERSION,
            first: ProfileEntry::of(self.first),
            second: ProfileEntry::of(self.second),
            host: HostEntry::of(self.first.filter.host()),
            opens: self.opens(),
            architectures: self.pages.iter().map(|page| self.page(page)).collect(),
        })
    }

    fn page(&self, page: &Page) -> Architecture {
        let [first, second] = page.counts.map(CountsEntry::of);
        let (one, other) = (&self.first.named, &self.second.named);
        let entry = |difference: &caulk_seccomp::Difference| {
            let call = Call {
                abi: page.abi,
                number: difference.number,
            };
            let witnesses = difference.witnesses.iter().map(|witness| WitnessEntry {
                change: Change::shown_by(witness).name(),
                arguments: witness.arguments.map(hex),
                first: one.decision(&witness.first),
                second: other.decision(&witness.second),
            });
            Entry {
                call: CallEntry::of(call),
                grade: call.name().and_then(syscalls::grade).map(openings::word),
                complete: difference.is_complete,
                first: one.surface(call, &difference.first),
                second: other.surface(call, &difference.second),
                witnesses: witnesses.collect(),
            }
        };
        Architecture {
            abi: page.abi.name(),
            listed: page.answers,
            first,
            second,
            differences: page.differences.iter().map(entry).collect(),
        }
    }
}
