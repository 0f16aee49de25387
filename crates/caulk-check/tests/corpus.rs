//! Every real file is read, and only what an engine refuses is called unreadable.

use std::collections::BTreeSet;
use std::io::Write as _;

use caulk_check::{Settings, judge};
use caulk_source::Sources;

#[path = "support/corpus.rs"]
mod support;

use support::corpus;

/// Files that no engine takes: a list of tasks that is merely called `compose.yml`, files that are
/// broken on purpose, a template, values of another kind than their key wants, a key that nothing there
/// has, files of version 1, and those that extend services of them.
const REFUSED: &[&str] = &[
    "containers+podman-compose/tests/integration/extends_w_file/common-services.yml",
    "containers+podman-compose/tests/integration/extends_w_file/docker-compose.yml",
    "containers+podman-compose/tests/integration/invalid_secrets_dict/docker-compose_service.yaml",
    "containers+podman-compose/tests/integration/lifetime/up_single_container_many_times_with_ports/docker-compose.yml",
    "containers+podman-compose/tests/integration/merge/reset_and_override_tags/reset_tag_attribute_w_extends/common-services.yml",
    "containers+podman-compose/tests/integration/merge/reset_and_override_tags/reset_tag_attribute_w_extends/docker-compose.yml",
    "containers+podman-compose/tests/integration/parse-error/docker-compose-error.yml",
    "containers+podman-compose/tests/integration/secrets/docker-compose.yaml",
    "containers+podman-compose/tests/integration/ulimit/docker-compose.yaml",
    "containers+podman-compose/tests/integration/ulimit_build/docker-compose.yaml",
    "containers+podman-compose/tests/integration/yamlmagic/docker-compose.yml",
    "jessfraz+dockerfiles/openvpn/docker-compose.yml",
];

#[test]
fn only_what_an_engine_refuses_is_unreadable() {
    let sources = Sources::from_files(corpus("only_what_an_engine_refuses_is_unreadable"));
    if sources.is_empty() {
        return;
    }
    let report = judge(&sources, &Settings::default());
    let unreadable: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|reported| reported.finding.rule.id == "unreadable-file")
        .map(|reported| sources.path(reported.finding.primary.span.file))
        .collect();
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {} files analysed, {} unreadable, {} findings",
        report.files.analysed,
        unreadable.len(),
        report.findings.len()
    );
    assert!(report.files.analysed > 1_000, "the corpus has shrunk");
    assert_eq!(unreadable, REFUSED.iter().copied().collect());
}
