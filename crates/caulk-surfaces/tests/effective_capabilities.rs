//! What a service's first process holds, from the steps of its image's build.

use caulk_linux::Capability;
use caulk_model::{Container, PrivilegedFile, Repository, State};
use caulk_source::{SourceFile, Sources, Surface};
use caulk_surfaces::Workspace;

/// What the first process holds: names, `unknown`, or `does not start`.
fn held(dockerfile: &str, service: &str) -> String {
    of_service(dockerfile, service, |service| {
        match (service.cannot_start(), service.effective()) {
            (Some(file), _) => format!("does not start: {}", file.path),
            (None, State::Known(set)) => set.to_string(),
            (None, State::Unknown { .. }) => "unknown".to_owned(),
        }
    })
}

/// What `look` sees of a service that the Dockerfile builds.
fn of_service(dockerfile: &str, service: &str, look: impl FnOnce(&Container) -> String) -> String {
    let compose = format!("services:\n  web:\n    build: .\n{service}");
    let files = [("Dockerfile", dockerfile), ("compose.yaml", &compose)];
    let files = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, text.as_bytes().to_vec()));
    let sources = Sources::from_files(files);
    let repository: Repository = Workspace::parse(&sources).repository(None);
    let service = repository
        .containers()
        .find(|container| container.surface == Surface::Compose)
        .expect("the service");
    look(service)
}

const ADDED: &str = "    cap_drop: [ALL]\n    cap_add: [NET_RAW]\n";
const SEALED: &str =
    "    cap_drop: [ALL]\n    cap_add: [NET_RAW]\n    security_opt: [no-new-privileges]\n";
const DROPPED: &str = "    cap_drop: [ALL]\n";

/// A build that gives `/ping` something and starts `start` as another user than root.
fn build(step: &str, start: &str) -> String {
    format!("FROM alpine:3.20\nRUN {step}\nUSER 1000:1000\n{start}\n")
}

const PING: &str = "ENTRYPOINT [\"/ping\"]";
const GIVEN: &str = "setcap cap_net_raw=ep /ping";
const REPLACED: &str = "    cap_drop: [ALL]\n    cap_add: [NET_RAW]\n    entrypoint: [/serve]\n";

/// What it is about, the build step, how the image starts, what the service says, what is held.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, &str, &str)] = &[
    ("nothing is given", "true", PING, ADDED, "none"),
    ("=ep", GIVEN, PING, ADDED, "CAP_NET_RAW"),
    ("=ep, sealed", GIVEN, PING, SEALED, "CAP_NET_RAW"),
    ("=p is not in force", "setcap cap_net_raw=p /ping", PING, ADDED, "none"),
    ("=ei inherits nothing", "setcap cap_net_raw=ei /ping", PING, ADDED, "none"),
    ("=ep, not in the bounding set", GIVEN, PING, DROPPED, "does not start: /ping"),
    ("setuid", "chmod 4755 /ping", PING, ADDED, "CAP_NET_RAW"),
    ("setuid, sealed", "chmod 4755 /ping", PING, SEALED, "none"),
    ("setgid", "chmod 2755 /ping", PING, ADDED, "none"),
    ("taken away again", "setcap cap_net_raw=ep /ping; setcap -r /ping", PING, ADDED, "none"),
    ("a new owner", "setcap cap_net_raw=ep /ping; chown app /ping", PING, ADDED, "none"),
    ("a shell is first", GIVEN, "ENTRYPOINT /ping", ADDED, "none"),
    ("another is first", GIVEN, "ENTRYPOINT [\"tini\", \"--\", \"/ping\"]", ADDED, "none"),
    ("nobody says which is first", GIVEN, "", ADDED, "unknown"),
    ("nobody says, and it gives nothing", "chmod 2755 /ping", "", ADDED, "none"),
    ("what is given hangs on a variable", "setcap $CAPS /ping", PING, ADDED, "unknown"),
    ("the service replaces the entrypoint", GIVEN, PING, REPLACED, "unknown"),
];

#[test]
fn the_file_of_the_first_program_decides_what_a_user_holds() {
    for (what, step, start, service, expected) in ROWS {
        assert_eq!(held(&build(step, start), service), *expected, "{what}");
    }
}

#[test]
fn root_holds_the_bounding_set_whatever_the_file_says() {
    let root = |step: &str| format!("FROM alpine:3.20\nRUN {step}\nENTRYPOINT [\"/ping\"]\n");
    assert_eq!(held(&root("true"), ADDED), "CAP_NET_RAW");
    assert_eq!(
        held(&root("setcap cap_net_raw=p /ping"), ADDED),
        "CAP_NET_RAW"
    );
    assert_eq!(
        held(&root("setcap cap_net_raw=ep /ping"), DROPPED),
        "does not start: /ping",
        "the kernel refuses the file to root as well"
    );
}

fn path(file: Option<&PrivilegedFile>) -> String {
    file.map_or("none", |file| &file.path).to_owned()
}

#[test]
fn only_a_file_with_the_effective_bit_insists() {
    let insists = |step: &str| {
        of_service(&build(step, PING), ADDED, |service| {
            path(service.file_that_insists_on(Capability::NetRaw))
        })
    };
    assert_eq!(insists(GIVEN), "/ping");
    assert_eq!(insists("setcap cap_net_raw=p /ping"), "none");
    assert_eq!(insists("setcap cap_kill=ep /ping"), "none");
    assert_eq!(insists("chmod 4755 /ping"), "none");
}

#[test]
fn no_new_privileges_takes_nothing_from_the_first_program() {
    let loses = |step: &str, start: &str| {
        of_service(&build(step, start), ADDED, |service| {
            path(service.file_that_would_lose())
        })
    };
    assert_eq!(loses(GIVEN, PING), "none");
    assert_eq!(loses(GIVEN, "ENTRYPOINT /ping"), "/ping");
    assert_eq!(loses("chmod 4755 /ping", PING), "/ping");
}

#[test]
fn a_copy_can_set_the_bit_and_take_it_away() {
    let copied = |step: &str| format!("FROM alpine:3.20\n{step}\nUSER 1000:1000\n{PING}\n");
    let rows = [
        ("COPY --chmod=4755 bin/ping /ping", "CAP_NET_RAW"),
        ("COPY --chmod=u+s bin/ping bin/other /", "CAP_NET_RAW"),
        ("COPY --chmod=0755 bin/ping /ping", "none"),
        ("COPY --chmod=4755 bin/other /", "none"),
        ("RUN chmod 4755 /ping\nCOPY --chmod=755 ping /", "none"),
    ];
    for (step, expected) in rows {
        assert_eq!(held(&copied(step), ADDED), expected, "{step}");
    }
}

#[test]
fn a_user_that_is_not_known_holds_what_is_not_known() {
    let dockerfile = "FROM ghcr.io/acme/base:1\nENTRYPOINT [\"/ping\"]\n";
    assert_eq!(held(dockerfile, ADDED), "unknown");
}

#[test]
fn a_file_is_looked_for_wherever_it_can_be_used() {
    let merged = "setcap cap_net_raw=ep /bin/ping";
    let start = "ENTRYPOINT [\"/usr/bin/ping\"]";
    assert_eq!(held(&build(merged, start), ADDED), "CAP_NET_RAW");
    let searched = "ENTRYPOINT [\"ping\"]";
    assert_eq!(held(&build(merged, searched), ADDED), "CAP_NET_RAW");
}

/// What the first process of the container holds that a line of a script starts.
fn held_by(line: &str) -> String {
    let files = [SourceFile::new("run.sh", line.as_bytes().to_vec())];
    let sources = Sources::from_files(files);
    let repository: Repository = Workspace::parse(&sources).repository(None);
    let container = repository.containers().next().expect("the container");
    match container.effective() {
        State::Known(set) => set.to_string(),
        State::Unknown { .. } => "unknown".to_owned(),
    }
}

#[test]
fn podman_alone_gives_what_is_added_to_a_process_that_is_not_root() {
    let rest =
        "run --user 1000 --security-opt no-new-privileges --cap-add NET_ADMIN ghcr.io/acme/a:1";
    assert_eq!(held_by(&format!("podman {rest}\n")), "CAP_NET_ADMIN");
    assert_eq!(held_by(&format!("docker {rest}\n")), "none");
    let none_added = "podman run --user 1000 ghcr.io/acme/a:1\n";
    assert_eq!(held_by(none_added), "none");
}
