//! The rules, one file each.
//!
//! A rule's file reads top to bottom: its page, its metadata, its check, its helpers. The page is
//! what `caulk explain` prints and what `docs/rules/` shows, and its examples are run as tests.
//!
//! **Invariant:** a rule asks the model and writes findings. It never sees syntax, never types a
//! text edit, and never touches the disk.

mod build;
mod findings;
mod host_paths;
mod images;
mod made_for_host;
mod prelude;
mod rule;
mod rules;
mod seccomp;
mod shared;
mod socket_users;
mod written;

pub use findings::Findings;
pub use rule::Rule;
pub use rules::ALL;

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.info.id == id).copied()
}

#[cfg(test)]
#[path = "../../caulk-dev/templates/rule.rs"]
mod template;

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_of_a_new_rule_compiles() {
        assert_eq!(crate::template::RULE.info.id, "RULE-ID");
    }
}
