//! Files that a program writes.

use caulk_finding::Finding;
use caulk_source::Sources;

/// How many lines of a file's head are looked at.
const HEAD: usize = 20;

/// Says of findings in a file that says it is generated where to act: a change of it does not last, so
/// that what a fix would do is advice, and no fix.
pub(crate) fn add(findings: &mut [Finding], sources: &Sources) {
    for finding in findings {
        let file = sources.get(finding.primary.span.file);
        if file.is_some_and(|file| says_so(file.text())) {
            let here = "this file says that it is generated: change what it is made from";
            let order = finding.remedy.take().map(|remedy| remedy.by_hand());
            finding.advice = Some(match finding.advice.take().or(order) {
                Some(advice) => format!("{advice}; {here}"),
                None => here.to_owned(),
            });
        }
    }
}

/// Whether the comments at the head of a file say that a program writes it, and that people should not.
fn says_so(text: &str) -> bool {
    let lines = text.trim_start_matches('\u{feff}').lines().take(HEAD);
    let comments = lines.take_while(|line| line.is_empty() || line.starts_with('#'));
    let head: Vec<String> = comments.map(str::to_ascii_lowercase).collect();
    let says = |words: &str| head.iter().any(|line| line.contains(words));
    says("@generated") || says("not edit") && (says("generated") || says("created by"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_says_that_a_program_writes_it() {
        for text in [
            "# DO NOT EDIT: created by update.sh from Dockerfile.template\nFROM alpine\n",
            "#\n# NOTE: THIS FILE IS GENERATED VIA \"update.sh\"\n#\n# PLEASE DO NOT EDIT IT\n",
            "\u{feff}# @generated\r\nFROM alpine\r\n",
        ] {
            assert!(says_so(text), "{text}");
        }
        for text in [
            "",
            "FROM alpine\n# DO NOT EDIT: generated\n",
            "# do not edit on Fridays\nFROM alpine\n",
            "# the certificate is generated\nFROM alpine\n",
        ] {
            assert!(!says_so(text), "{text}");
        }
    }
}
