//! What an engine's configuration changes for the containers beside it.

#![expect(clippy::unwrap_used, reason = "what a test sets up is there")]

use caulk_model::{Container, Fact, Namespace, Origin, Seccomp, SelinuxLabel, StepKind};
use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

const SILENT: &str = "services:\n  web:\n    image: ghcr.io/acme/web:1.4\n";

/// The one service of `compose` beside these configurations.
fn service(compose: &str, configurations: &[(&str, &str)]) -> Container {
    let mut files = vec![SourceFile::new("compose.yaml", compose.into())];
    for (path, text) in configurations {
        files.push(SourceFile::new(*path, (*text).into()));
    }
    let sources = Sources::from_files(files);
    let repository = Workspace::parse(&sources).repository(None);
    repository.containers().next().unwrap().clone()
}

fn is_the_daemons(origin: &Origin) -> bool {
    match origin {
        Origin::Inherited { steps, .. } => steps.first().unwrap().kind == StepKind::Daemon,
        Origin::Written(_) | Origin::Default(_) => false,
    }
}

#[test]
fn what_a_service_does_not_say_the_daemon_decides() {
    let text = r#"{
        "no-new-privileges": true,
        "seccomp-profile": "unconfined",
        "selinux-enabled": false,
        "default-cgroupns-mode": "host",
        "userns-remap": "default"
    }"#;
    let web = service(SILENT, &[("daemon.json", text)]);
    assert_eq!(web.no_new_privileges.value(), Some(&true));
    assert_eq!(web.seccomp.value(), Some(&Seccomp::Disabled));
    assert_eq!(web.selinux.value(), Some(&SelinuxLabel::Disabled));
    assert_eq!(web.namespaces.cgroup.value(), Some(&Namespace::Host));
    for origin in [
        &web.no_new_privileges.origin,
        &web.seccomp.origin,
        &web.selinux.origin,
        &web.namespaces.cgroup.origin,
        &web.namespaces.user.origin,
    ] {
        assert!(is_the_daemons(origin));
    }
}

#[test]
fn what_a_service_says_holds() {
    let compose = "services:
  web:
    image: ghcr.io/acme/web:1.4
    cgroup: private
    security_opt: [no-new-privileges:false, seccomp=builtin, label=type:web_t]
";
    let text = r#"{
        "no-new-privileges": true,
        "seccomp-profile": "unconfined",
        "selinux-enabled": false,
        "default-cgroupns-mode": "host"
    }"#;
    let web = service(compose, &[("daemon.json", text)]);
    assert_eq!(web.no_new_privileges.value(), Some(&false));
    assert_eq!(web.seccomp.value(), Some(&Seccomp::Default));
    assert_eq!(web.namespaces.cgroup.value(), Some(&Namespace::Own));
    assert!(matches!(web.selinux.value(), Some(SelinuxLabel::Set(_))));
}

#[test]
fn engines_that_do_not_agree_decide_nothing() {
    let web = service(
        SILENT,
        &[
            (
                "a/daemon.json",
                r#"{"no-new-privileges": true, "icc": false}"#,
            ),
            ("b/daemon.json", r#"{"icc": false}"#),
        ],
    );
    assert_eq!(web.no_new_privileges.value(), Some(&false));
    let web = service(
        SILENT,
        &[
            ("a/daemon.json", r#"{"no-new-privileges": true}"#),
            (
                "b/daemon.json",
                r#"{"no-new-privileges": true, "icc": false}"#,
            ),
        ],
    );
    assert_eq!(web.no_new_privileges.value(), Some(&true));
}

const KEPT: &str = r#"{
    "icc": false,
    "default-ipc-mode": "shareable",
    "log-driver": "none",
    "default-ulimits": {
        "nproc": {"Name": "nproc", "Hard": -1, "Soft": 64},
        "core": {"name": "core", "hard": 0}
    }
}"#;

/// The limits of a container's processes, each with whether the engine's configuration says it.
fn limits(container: &Container) -> Vec<(String, bool)> {
    let limits = container.ulimits.iter().map(|entry| {
        let limit = &entry.value;
        let bounds = [&limit.soft, &limit.hard].map(|limit| limit.known().unwrap().as_str());
        let text = format!("{}={}", limit.name, bounds.join(":"));
        (text, is_the_daemons(&entry.origin))
    });
    limits.collect()
}

#[test]
fn what_a_service_does_not_keep_to_itself_the_daemon_decides() {
    let web = service(SILENT, &[("daemon.json", KEPT)]);
    assert_eq!(web.namespaces.ipc.value(), Some(&Namespace::Shareable));
    assert!(is_the_daemons(&web.namespaces.ipc.origin));
    let logging = web.logging.as_ref().unwrap();
    assert_eq!(logging.value().map(String::as_str), Some("none"));
    assert!(is_the_daemons(&logging.origin));
    let expected = [("nproc=64:-1", true), ("core=0:0", true)];
    let expected = expected.map(|(text, daemons)| (text.to_owned(), daemons));
    assert_eq!(limits(&web), expected);
}

#[test]
fn a_limit_that_a_service_says_replaces_that_one_alone() {
    let compose = "services:
  web:
    image: ghcr.io/acme/web:1.4
    ipc: private
    logging: {driver: local}
    ulimits: {nproc: 9}
";
    let web = service(compose, &[("daemon.json", KEPT)]);
    assert_eq!(web.namespaces.ipc.value(), Some(&Namespace::Own));
    let driver = web.logging.as_ref().and_then(Fact::value);
    assert_eq!(driver.map(String::as_str), Some("local"));
    let expected = [("nproc=9:9", false), ("core=0:0", true)];
    let expected = expected.map(|(text, daemons)| (text.to_owned(), daemons));
    assert_eq!(limits(&web), expected);
}

/// Whether others on the engine's network reach the first container of a file.
fn neighbours(path: &str, text: &str, icc: &str) -> Option<bool> {
    let files = [(path, text), ("daemon.json", icc)];
    let files = files.map(|(path, text)| SourceFile::new(path, text.into()));
    let sources = Sources::from_files(files);
    let repository = Workspace::parse(&sources).repository(None);
    let container = repository.containers().next().unwrap();
    container.neighbours.as_ref()?.value().copied()
}

#[test]
fn who_is_on_the_engines_own_network() {
    let on = |line: &str| format!("#!/bin/sh\n{line}\n");
    for (path, text, expected) in [
        ("run.sh", on("docker run ghcr.io/acme/a:1"), Some(true)),
        (
            "run.sh",
            on("docker run --network bridge ghcr.io/acme/a:1"),
            Some(true),
        ),
        (
            "run.sh",
            on("docker run --network app ghcr.io/acme/a:1"),
            None,
        ),
        (
            "run.sh",
            on("docker run --network host ghcr.io/acme/a:1"),
            None,
        ),
        (
            "run.sh",
            on("docker run --network $N ghcr.io/acme/a:1"),
            None,
        ),
        ("run.sh", on("podman run ghcr.io/acme/a:1"), None),
        ("compose.yaml", SILENT.to_owned(), None),
        (
            "compose.yaml",
            format!("{SILENT}    network_mode: bridge\n"),
            Some(true),
        ),
        (
            "devcontainer.json",
            r#"{"image": "ghcr.io/acme/a:1"}"#.to_owned(),
            Some(true),
        ),
        (
            "devcontainer.json",
            r#"{"dockerComposeFile": "c.yaml"}"#.to_owned(),
            None,
        ),
        (
            "web.container",
            "[Container]\nImage=ghcr.io/acme/a:1\n".to_owned(),
            None,
        ),
    ] {
        assert_eq!(neighbours(path, &text, "{}"), expected, "{text}");
        let kept = neighbours(path, &text, r#"{"icc": false}"#);
        assert_eq!(kept, expected.map(|_| false), "{text}");
    }
}

#[test]
fn podman_does_not_read_dockers_configuration() {
    let unit = "[Container]\nImage=ghcr.io/acme/a:1\n";
    let configuration = r#"{"no-new-privileges": true}"#;
    let files = [("web.container", unit), ("daemon.json", configuration)];
    let files = files.map(|(path, text)| SourceFile::new(path, text.into()));
    let sources = Sources::from_files(files);
    let repository = Workspace::parse(&sources).repository(None);
    let web = repository.containers().next().unwrap();
    assert_eq!(web.no_new_privileges.value(), Some(&false));
}
