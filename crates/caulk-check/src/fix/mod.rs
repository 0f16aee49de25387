//! From remedies to fixes that are proved.
//!
//! A remedy is written as edits, the edits are applied in memory, and the result is analysed again.
//! What is offered has passed `proof`: its finding is gone, no other is new, no container holds
//! more in any respect, and nothing else in the file has changed.
//!
//! `view` is what is known of a group of files that bear on each other, `proposal` a remedy as
//! edits, `offer` proves each proposal by itself, `choose` takes those that keep out of each
//! other's way, and `plan` goes on from the result until nothing is left to do.

mod choose;
mod filters;
mod offer;
mod plan;
mod proof;
mod proposal;
mod view;

pub(crate) use offer::{Outcome, offers};
pub(crate) use plan::{closed_along, find_in_report, plan};
pub(crate) use view::{Groups, View};
