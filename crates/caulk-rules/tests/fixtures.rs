//! The fixture pages and the rules' own examples: what they say is what the rules say.

use caulk_testing::{assert_none, cases};

#[test]
fn pages_say_what_the_rules_say() {
    assert_none(&caulk_testing::pages_hold(cases()));
}

#[test]
fn bad_examples_fire_and_good_ones_are_silent() {
    assert_none(&caulk_testing::examples_hold(cases()));
}

#[test]
fn every_rule_has_pages_and_examples() {
    assert_none(&caulk_testing::rules_have_pages(cases()));
}

#[test]
fn every_surface_and_condition_fires_and_is_silent_somewhere() {
    assert_none(&caulk_testing::conditions_have_cases(cases()));
}

#[test]
fn every_folder_of_pages_is_a_rule() {
    assert_none(&caulk_testing::folders_are_rules());
}

#[test]
fn findings_keep_to_what_their_rule_declares() {
    assert_none(&caulk_testing::findings_keep_to_their_rule(cases()));
}

#[test]
fn messages_are_lower_case_without_a_full_stop() {
    assert_none(&caulk_testing::messages_keep_to_the_style(cases()));
}
