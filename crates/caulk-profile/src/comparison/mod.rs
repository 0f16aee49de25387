//! How two profiles differ in what they do.

mod json;
mod text;

use std::collections::BTreeMap;

use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::{Counts, Difference, Witness, compare};

use crate::call::Call;
use crate::named::Resolved;
use crate::words::asked;

/// How two profiles differ on a host: in behaviour, not in text.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    pub(crate) first: &'a Resolved<'a>,
    pub(crate) second: &'a Resolved<'a>,
    pub(crate) pages: Vec<Page>,
}

/// One ABI of the machine.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) abi: Abi,
    /// Whether the first and the second answer for it.
    pub(crate) answers: [bool; 2],
    /// How many calls each lets through there.
    pub(crate) counts: [Counts; 2],
    pub(crate) differences: Vec<Difference>,
}

/// In which direction two profiles differ about a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Change {
    /// The second makes it for some arguments, and the first does not.
    Opened,
    /// Only the first makes it for some arguments.
    Closed,
    /// Both make it, or neither does, and in another way.
    Other,
}

/// One difference, and the ABIs on which it is the same.
#[derive(Clone, Debug)]
pub(crate) struct Row<'c> {
    pub(crate) call: Call,
    pub(crate) change: Change,
    pub(crate) difference: &'c Difference,
    pub(crate) abis: Vec<Abi>,
}

impl<'a> Comparison<'a> {
    /// Two profiles on one host.
    pub fn new(first: &'a Resolved<'a>, second: &'a Resolved<'a>) -> Self {
        let pages = first.abis().into_iter().map(|abi| Page {
            abi,
            answers: [first, second].map(|one| one.answers(abi)),
            counts: [first, second].map(|one| one.filter.counts(abi)),
            differences: compare(&first.filter, &second.filter, abi),
        });
        Self {
            pages: pages.collect(),
            first,
            second,
        }
    }

    /// The ABIs that both answer for.
    pub(crate) fn shared(&self) -> Vec<Abi> {
        let pages = self.pages.iter().filter(|page| page.is_shared());
        pages.map(|page| page.abi).collect()
    }

    /// Whether the second lets something through that the first does not.
    pub fn opens(&self) -> bool {
        let mut differences = self.pages.iter().flat_map(|page| &page.differences);
        differences.any(Difference::is_opened)
    }

    /// The differences on the ABIs for which both answer. What goes in the same direction on several
    /// is there once, as it is on the first of them.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row<'_>> = Vec::new();
        let mut known: BTreeMap<(&str, Change), usize> = BTreeMap::new();
        let pages = self.pages.iter().filter(|page| page.is_shared());
        for (page, difference) in
            pages.flat_map(|page| page.differences.iter().map(move |one| (page, one)))
        {
            let call = Call {
                abi: page.abi,
                number: difference.number,
            };
            let change = Change::of(difference);
            // What has no name is each time about calls to come.
            let key = (difference.name.unwrap_or_default(), change);
            if let Some(row) = known.get(&key).and_then(|at| rows.get_mut(*at)) {
                if !row.abis.contains(&page.abi) {
                    row.abis.push(page.abi);
                }
                continue;
            }
            known.insert(key, rows.len());
            rows.push(Row {
                call,
                change,
                difference,
                abis: vec![page.abi],
            });
        }
        rows.sort_by_key(|row| row.call.name());
        rows
    }
}

impl Page {
    /// Whether both answer for this ABI: then the calls are worth comparing one by one.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.answers, [true, true])
    }
}

impl Change {
    pub(crate) const ALL: [Self; 3] = [Self::Opened, Self::Closed, Self::Other];

    fn of(difference: &Difference) -> Self {
        if difference.is_opened() {
            Self::Opened
        } else if difference.is_closed() {
            Self::Closed
        } else {
            Self::Other
        }
    }

    /// What a pair of answers shows.
    pub(crate) fn shown_by(witness: &Witness) -> Self {
        if witness.is_opened() {
            Self::Opened
        } else if witness.is_closed() {
            Self::Closed
        } else {
            Self::Other
        }
    }

    /// The word in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Other => "other",
        }
    }
}

impl Row<'_> {
    /// The call, or what stands for all that have no name yet.
    pub(crate) fn title(&self) -> String {
        match self.call.name() {
            Some(name) => name.to_owned(),
            None => "calls to come".to_owned(),
        }
    }

    /// Whether it is so on some of these ABIs and not on others that have the call, too.
    pub(crate) fn differs_among(&self, abis: &[Abi]) -> bool {
        let name = self.call.name();
        let has = |abi: &Abi| name.is_none_or(|name| syscalls::number(*abi, name).is_some());
        abis.iter().any(|abi| has(abi) && !self.abis.contains(abi))
    }

    /// The arguments that either profile looks at.
    pub(crate) fn asked(&self) -> Vec<u8> {
        let mut asked = [&self.difference.first, &self.difference.second]
            .map(asked)
            .concat();
        asked.sort_unstable();
        asked.dedup();
        asked
    }
}
