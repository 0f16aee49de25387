//! Everything that a profile does, against Docker's default.

mod counts;
mod json;
mod text;

use std::collections::BTreeMap;

use caulk_linux::syscalls::{Abi, Group, group};
use caulk_seccomp::{Counts, Difference, Surface, compare};

use crate::call::Call;
use crate::named::Resolved;
use crate::verdict::Verdict;

/// Everything that a profile does on a host, beside what Docker's default does there.
#[derive(Clone, Debug)]
pub struct Overview<'a> {
    pub(crate) own: &'a Resolved<'a>,
    pub(crate) default: &'a Resolved<'a>,
    pub(crate) pages: Vec<Page>,
}

/// One ABI.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) abi: Abi,
    pub(crate) counts: Counts,
    pub(crate) default_counts: Counts,
    /// Every call, in the order of the numbers.
    pub(crate) rows: Vec<Row>,
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) call: Call,
    pub(crate) surface: Surface,
    pub(crate) default: Surface,
    /// How it differs from the default, where it does.
    pub(crate) difference: Option<Difference>,
}

impl<'a> Overview<'a> {
    /// A profile and Docker's default, each on its host.
    pub fn new(own: &'a Resolved<'a>, default: &'a Resolved<'a>) -> Self {
        let pages = own.abis().into_iter().map(|abi| page(own, default, abi));
        Self {
            own,
            default,
            pages: pages.collect(),
        }
    }
}

fn page(own: &Resolved<'_>, default: &Resolved<'_>, abi: Abi) -> Page {
    let differences = compare(&default.filter, &own.filter, abi);
    let mut differences: BTreeMap<u32, Difference> = differences
        .into_iter()
        .map(|difference| (difference.number, difference))
        .collect();
    let rows = own.filter.surfaces(abi);
    Page {
        abi,
        counts: own.filter.counts(abi),
        default_counts: default.filter.counts(abi),
        rows: rows
            .map(|(name, number, surface)| Row {
                name,
                call: Call { abi, number },
                surface,
                default: default.filter.surface(abi, number),
                difference: differences.remove(&number),
            })
            .collect(),
    }
}

impl Page {
    /// The calls that are open here, at least for some arguments, where the default shuts them.
    pub(crate) fn opened(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_opened())
    }

    /// The calls that are shut here, at least for some arguments, where the default opens them, and
    /// that are not opened for others.
    pub(crate) fn closed(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_closed())
    }

    /// The calls of a group.
    pub(crate) fn of(&self, wanted: Group) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| group(row.name) == Some(wanted))
    }
}

impl Row {
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict::of(&self.surface)
    }

    pub(crate) fn is_opened(&self) -> bool {
        self.difference.as_ref().is_some_and(Difference::is_opened)
    }

    pub(crate) fn is_closed(&self) -> bool {
        !self.is_opened() && self.difference.as_ref().is_some_and(Difference::is_closed)
    }
}
