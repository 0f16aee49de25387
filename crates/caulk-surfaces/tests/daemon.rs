//! What an engine's configuration changes for the containers beside it.

#![expect(clippy::unwrap_used, reason = "what a test sets up is there")]

use caulk_model::{Container, Namespace, Origin, Seccomp, SelinuxLabel, StepKind};
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
