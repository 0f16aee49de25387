//! What holds over every page and every example at once, with no line from a rule's author.

use caulk_testing::{assert_none, cases};

#[test]
fn a_fix_removes_its_finding_and_adds_none() {
    assert_none(&caulk_testing::fixes_close_their_finding(cases()));
}

#[test]
fn fixes_applied_twice_equal_once() {
    assert_none(&caulk_testing::fixes_settle_at_once(cases()));
}

#[test]
fn git_applies_the_patch_of_every_run() {
    assert_none(&caulk_testing::patches_apply(cases()));
}

#[test]
fn a_fix_changes_nothing_but_what_it_names() {
    assert_none(&caulk_testing::fixes_change_only_what_they_name(cases()));
}

#[test]
fn findings_are_the_same_in_every_spelling_of_the_files() {
    assert_none(&caulk_testing::variants_agree(cases()));
}

#[test]
fn fixes_are_the_same_in_every_spelling_of_the_files() {
    assert_none(&caulk_testing::fixes_agree_in_every_spelling(cases()));
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    assert_none(&caulk_testing::order_of_files_does_not_matter(cases()));
}

#[test]
fn every_place_lies_on_characters_of_its_file() {
    assert_none(&caulk_testing::spans_lie_in_their_file(cases()));
}
