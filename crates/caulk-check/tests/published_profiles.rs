//! What fires on published seccomp profiles, by rule, at level hardened.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read published profiles from the disk"
)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use caulk_check::{Settings, check};
use caulk_finding::Level;
use caulk_source::{SourceFile, Sources};

/// The rules without `seccomp-`, sorted.
#[rustfmt::skip]
const EXPECTED: &[(&str, &[&str])] = &[
    ("alpine-hardened.json", &["blocks-startup", "breaks-fallback", "rule-without-effect", "unknown-syscall"]),
    ("cessa-nginx.json", &["blocks-startup", "broader-than-default", "rule-without-effect"]),
    ("containers-common-default.json", &["breaks-fallback", "broader-than-default", "extra-architecture", "rule-without-effect", "unknown-syscall"]),
    ("jessfraz-chrome.json", &["breaks-fallback", "broader-than-default", "outdated-default"]),
    ("moby-default.json", &["extra-architecture"]),
    ("moby-fixture-conditional-include.json", &["blocks-startup", "breaks-fallback"]),
    ("moby-fixture-example.json", &["invalid-profile"]),
    ("moby-fixture-old-format.json", &["broader-than-default", "extra-architecture", "outdated-default"]),
    ("playwright.json", &["broader-than-default", "extra-architecture", "outdated-default", "rule-without-effect"]),
    ("runc-test1.json", &["breaks-fallback", "broader-than-default", "filter-bypassed", "outdated-default"]),
    ("safe-ai.json", &["breaks-fallback", "broader-than-default", "extra-architecture", "rule-without-effect", "unknown-syscall"]),
    ("seccomp-ci-demo.json", &["breaks-fallback", "broader-than-default"]),
    ("sockpuppetbrowser-chrome.json", &["breaks-fallback", "broader-than-default", "outdated-default"]),
    ("syscall2seccomp-nginx.json", &["blocks-startup", "broader-than-default", "extra-architecture"]),
    ("zaz-highrisk.json", &["blocks-startup", "broader-than-default", "extra-architecture"]),
    ("zaz-no-highrisk.json", &["blocks-startup", "extra-architecture"]),
];

#[test]
fn each_profile_has_the_findings_that_are_written_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seccomp");
    if !folder.is_dir() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: no published profiles beside the checkout"
        );
        return;
    }
    let settings = Settings::at(Level::Hardened);
    for (name, expected) in EXPECTED {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let sources = Sources::from_files([SourceFile::new(*name, bytes)]);
        let report = check(&sources, &settings);
        let ids = report.findings.iter().map(|one| one.finding.rule.id);
        let ids: BTreeSet<&str> = ids
            .map(|id| id.strip_prefix("seccomp-").unwrap_or(id))
            .collect();
        let expected: BTreeSet<&str> = expected.iter().copied().collect();
        assert_eq!(ids, expected, "{name}");
    }
}
