//! A fix of what several share names those that it changes besides.

use caulk_check::{Settings, check};
use caulk_finding::Level;
use caulk_source::{SourceFile, Sources};

#[test]
fn a_fix_in_an_anchor_names_who_has_it_from_there() {
    let text = "services:\n  one: &db\n    image: mysql:8.4\n  two:\n    <<: *db\n  four:\n    image: mysql:8.4\n";
    let file = SourceFile::new("compose.yaml", text.as_bytes().to_vec());
    let report = check(&Sources::from_files([file]), &Settings::at(Level::Hardened));
    let too = |container: &str| {
        let mut found = report.findings.iter().filter(|reported| {
            let finding = &reported.finding;
            finding.rule.id == "capabilities-not-dropped"
                && finding.container.as_deref() == Some(container)
        });
        let fix = found.next().and_then(|reported| reported.fix.as_ref());
        fix.and_then(caulk_finding::Fix::changes_too)
    };
    let one = too("service `one`").unwrap_or_default();
    assert!(one.contains("service `two`"), "{one:?}");
    assert!(!one.contains("service `four`"), "{one:?}");
    assert_eq!(too("service `two`"), None);
    assert_eq!(too("service `four`"), None);
}

#[test]
fn what_takes_two_fixes_is_shown_by_neither() {
    let service =
        |name: &str| format!("  {name}:\n    build: {name}\n    volumes: [\"./data:/data\"]\n");
    let compose = format!("services:\n{}{}", service("one"), service("two"));
    let dockerfile = "FROM alpine:3.20\nCMD [\"serve\"]\n";
    let files = [
        ("compose.yaml", compose.as_str()),
        ("one/Dockerfile", dockerfile),
        ("two/Dockerfile", dockerfile),
    ];
    let files = files.map(|(path, text)| SourceFile::new(path, text.as_bytes().to_vec()));
    let sources = Sources::from_files(files);
    let report = check(&sources, &Settings::at(Level::Hardened));
    let of_root = |path: &str| {
        let mut found = report.findings.iter().filter(|reported| {
            let finding = &reported.finding;
            finding.rule.id == "runs-as-root" && sources.path(finding.primary.span.file) == path
        });
        let fix = found.next().and_then(|reported| reported.fix.as_ref());
        fix.map(|fix| {
            fix.reveals
                .iter()
                .map(|shown| shown.rule.id)
                .collect::<Vec<_>>()
        })
    };
    // One of them alone leaves two users: only both make `shared-user` true.
    assert_eq!(of_root("one/Dockerfile"), Some(vec![]));
    assert_eq!(of_root("two/Dockerfile"), Some(vec![]));
}
