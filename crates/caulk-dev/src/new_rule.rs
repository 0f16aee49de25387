//! A new rule: its file and its first page, to be filled in.

use crate::files::{Extent, Generated};
use crate::modules::file_of;

/// The files of a new rule.
///
/// # Errors
///
/// Where the id is not one.
pub fn new_rule(id: &str) -> Result<Vec<Generated>, String> {
    let well_formed = !id.is_empty()
        && id.split('-').all(|word| !word.is_empty())
        && id.starts_with(|sign: char| sign.is_ascii_lowercase())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !well_formed {
        return Err(format!(
            "`{id}` is no id: lower case words joined by `-`, as in `runs-as-root`"
        ));
    }
    let file = |path: String, template: &str| Generated {
        path,
        extent: Extent::Whole,
        text: template.replace("RULE-ID", id),
    };
    Ok(vec![
        file(file_of(id), RULE),
        file(
            format!("crates/caulk-rules/fixtures/{id}/compose.md"),
            FIXTURE,
        ),
    ])
}

/// Page first, then metadata, then the check. `caulk-rules` compiles it in its own tests, so it
/// keeps up with what rules are written against.
const RULE: &str = include_str!("../templates/rule.rs");

/// One case.
const FIXTURE: &str = include_str!("../templates/compose.md");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_words_joined_by_dashes() {
        let files = new_rule("seccomp-disabled").unwrap();
        assert_eq!(
            files[0].path,
            "crates/caulk-rules/src/rules/seccomp_disabled.rs"
        );
        assert!(files[0].text.contains("\"seccomp-disabled\","));
        assert_eq!(
            files[1].path,
            "crates/caulk-rules/fixtures/seccomp-disabled/compose.md"
        );
        for wrong in ["", "A", "a_b", "-a", "a--b", "a-", "../x", "0a"] {
            assert!(new_rule(wrong).is_err(), "{wrong}");
        }
    }
}
