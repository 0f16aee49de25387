//! From files to the table, the JSON and the explanation.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough over the posture's lifetime"
)]

mod explanation;
mod json;
mod table;

use caulk_posture::{Posture, Show};
use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

/// One service of each kind: inherited, written, default and unknown facts.
pub(crate) const COMPOSE: &str = r#"services:
  web:
    build: web
    cap_add: [NET_ADMIN]
    read_only: true
    mem_limit: 512m
    cpus: "$CPUS"
    volumes:
      - /var/run/docker.sock:/run/docker.sock
      - /etc:/host/etc:ro
      - ./conf:/conf/
  agent:
    image: ghcr.io/acme/agent:1
    privileged: true
    network_mode: host
    user: "$RUN_AS"
  database:
    image: postgres
    cap_drop: [ALL]
    security_opt: [no-new-privileges, "seccomp=unconfined"]
"#;

/// An image whose user an earlier stage sets.
pub(crate) const DOCKERFILE: &str = "\
FROM alpine:3.20 AS base
USER 65532:65532
FROM base AS final
RUN true
";

/// Gives what `make` makes of the posture of these files.
pub(crate) fn of(files: &[(&str, &str)], make: impl FnOnce(&Posture<'_>) -> String) -> String {
    let files = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, text.as_bytes().to_vec()));
    let sources = Sources::from_files(files);
    let repository = Workspace::parse(&sources).repository(None);
    let show = Show {
        display_path: &|path: &str| path.to_owned(),
        visible: |text| text.replace('\u{1b}', "␛"),
        columns: |character| if character >= '\u{2e80}' { 2 } else { 1 },
        color: false,
    };
    make(&Posture::new(&repository, &sources, None, show))
}

/// The two files above.
pub(crate) const FILES: &[(&str, &str)] =
    &[("compose.yaml", COMPOSE), ("web/Dockerfile", DOCKERFILE)];
