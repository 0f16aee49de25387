//! The fixture-page runner: pages of Markdown in, failures in words out.
//!
//! A page lies beside its rule, in `crates/caulk-rules/fixtures/<rule-id>/`. A heading is a case,
//! a fence is a file of a small repository in memory, and a marker line under a line is the
//! expectation. `docs/architecture.md` has the notation, under "Fixture pages".
//!
//! Every function here that gives [`Failures`] is one property that holds over all [`cases`] at
//! once; a test asserts one of them with [`assert_none`].
//!
//! **Invariant:** this crate is a dev-dependency and nothing else, and it is called from `tests/`
//! alone: from inside `caulk-rules` it would see the rules' types compiled twice.

mod case;
mod comments;
mod conditions;
mod fixes;
mod markdown;
mod marker;
mod page;
mod patch;
mod rules;
mod run;
mod stable;
mod tree;
mod verdict;

pub use case::{Case, CaseFile, Kind};
pub use conditions::conditions_have_cases;
pub use fixes::{
    fixes_change_only_what_they_name, fixes_close_their_finding, fixes_settle_at_once,
};
pub use marker::{Mark, Verdict};
pub use page::cases;
pub use patch::patches_apply;
pub use rules::{
    findings_keep_to_their_rule, folders_are_rules, messages_keep_to_the_style, rules_have_pages,
    surfaces_are_shown,
};
pub use stable::{
    fixes_agree_in_every_spelling, order_of_files_does_not_matter, spans_lie_in_their_file,
    variants_agree,
};
pub use verdict::{examples_hold, pages_hold};

/// What does not hold, in words, each naming its page and case.
pub type Failures = Vec<String>;

/// Fails a test with every failure in words.
///
/// # Panics
///
/// Where there are failures.
#[track_caller]
#[expect(clippy::panic, reason = "it is how a test fails")]
pub fn assert_none(failures: &Failures) {
    if !failures.is_empty() {
        let count = failures.len();
        panic!("{count} failed:\n\n{}\n", failures.join("\n\n"));
    }
}
