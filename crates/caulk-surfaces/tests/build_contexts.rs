//! Build contexts that stand for the base image of a Dockerfile.

#![expect(clippy::unwrap_used, reason = "what a test sets up is there")]

use caulk_model::Container;
use caulk_source::{SourceFile, Sources, Surface};
use caulk_surfaces::Workspace;

/// The service whose build has this context for `base`.
fn service(target: &str) -> Container {
    let compose = format!(
        "services:\n  web:\n    build:\n      context: .\n      additional_contexts: {{base: '{target}'}}\n"
    );
    let files = [
        ("compose.yaml", compose.as_str()),
        ("Dockerfile", "FROM base\n"),
    ];
    let files = files.map(|(path, text)| SourceFile::new(path, text.into()));
    let sources = Sources::from_files(files);
    let repository = Workspace::parse(&sources).repository(None);
    let mut containers = repository.containers();
    let web = containers.find(|container| container.surface == Surface::Compose);
    web.unwrap().clone()
}

#[test]
fn an_image_that_is_pulled_is_known() {
    let web = service("docker-image://gcr.io/distroless/static-debian12:nonroot");
    assert_eq!(web.user.value().unwrap().text(), "65532");
    assert_eq!(web.root.known(), Some(&false));
    let web = service("docker-image://alpine:3.20");
    assert_eq!(web.root.known(), Some(&true));
}

#[test]
fn anything_else_is_not() {
    for target in [
        "service:other",
        "oci-layout://images",
        "./base",
        "docker-image://$IMAGE",
    ] {
        let web = service(target);
        assert!(web.root.known().is_none(), "{target}");
    }
}
