//! Every fact of a container where it is written, left to the engine, inherited and unknown: its
//! value, and the place that a reader is pointed at.
//!
//! A row is the line of a service that says it, and what is known then. What is inherited is the same
//! line in an anchor that the service merges; images and what follows from another fact have tables
//! of their own.

mod seen;

use caulk_model::Container;
use caulk_source::{SourceFile, Sources, Surface};
use caulk_surfaces::Workspace;

use seen::Seen;

/// What is looked at.
type Look = fn(&Container) -> Seen;

/// A fact, and how it looks in each of the four states.
struct Row {
    name: &'static str,
    of: Look,
    /// The line that says it, and what it says.
    written: (&'static str, &'static str),
    /// What holds where nobody says it.
    default: &'static str,
    /// The line that leaves it to a variable, and why it is not known.
    unknown: (&'static str, &'static str),
}

/// Nothing is said, and so there is no place: the list is empty.
const EMPTY: &str = "nothing";
const NOT_SET: &str = "unknown: `$X` is not set here";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { name: "user", of: seen::user, written: ("user: 7:7", "7:7"), default: "unknown: the default user of ghcr.io/acme/web:1 is not known here", unknown: ("user: $X", NOT_SET) },
    Row { name: "groups", of: seen::groups, written: ("group_add: ['docker']", "docker"), default: EMPTY, unknown: ("group_add: ['$X']", NOT_SET) },
    Row { name: "privileged", of: seen::privileged, written: ("privileged: true", "true"), default: "false", unknown: ("privileged: $X", NOT_SET) },
    Row { name: "added capabilities", of: seen::added, written: ("cap_add: ['KILL']", "KILL"), default: EMPTY, unknown: ("cap_add: ['$X']", NOT_SET) },
    Row { name: "dropped capabilities", of: seen::dropped, written: ("cap_drop: ['ALL']", "ALL"), default: EMPTY, unknown: ("cap_drop: ['$X']", NOT_SET) },
    Row { name: "seccomp", of: seen::seccomp, written: ("security_opt: ['seccomp=unconfined']", "disabled"), default: "default", unknown: ("security_opt: ['seccomp=$X']", NOT_SET) },
    Row { name: "seccomp, by name", of: seen::seccomp, written: ("security_opt: ['seccomp=builtin']", "default"), default: "default", unknown: ("security_opt: ['$X']", NOT_SET) },
    Row { name: "AppArmor", of: seen::apparmor, written: ("security_opt: ['apparmor=own']", "own"), default: "docker-default", unknown: ("security_opt: ['apparmor=$X']", NOT_SET) },
    Row { name: "SELinux", of: seen::selinux, written: ("security_opt: ['label=disable']", "disabled"), default: "default", unknown: ("security_opt: ['label=$X']", NOT_SET) },
    Row { name: "no-new-privileges", of: seen::no_new_privileges, written: ("security_opt: [no-new-privileges]", "true"), default: "false", unknown: ("security_opt: ['no-new-privileges:$X']", NOT_SET) },
    Row { name: "masked paths", of: seen::masked_paths, written: ("security_opt: ['systempaths=unconfined']", "false"), default: "true", unknown: ("security_opt: ['systempaths=$X']", NOT_SET) },
    Row { name: "network", of: seen::network, written: ("network_mode: host", "host"), default: "own", unknown: ("network_mode: $X", NOT_SET) },
    Row { name: "pid", of: seen::pid, written: ("pid: host", "host"), default: "own", unknown: ("pid: $X", NOT_SET) },
    Row { name: "ipc", of: seen::ipc, written: ("ipc: host", "host"), default: "own", unknown: ("ipc: $X", NOT_SET) },
    Row { name: "uts", of: seen::uts, written: ("uts: host", "host"), default: "own", unknown: ("uts: $X", NOT_SET) },
    Row { name: "user namespace", of: seen::user_namespace, written: ("userns_mode: host", "host"), default: "own", unknown: ("userns_mode: $X", NOT_SET) },
    Row { name: "cgroup", of: seen::cgroup, written: ("cgroup: host", "host"), default: "own", unknown: ("cgroup: $X", NOT_SET) },
    Row { name: "mounts", of: seen::mounts, written: ("volumes: ['/a:/b']", "/a"), default: EMPTY, unknown: ("volumes: ['${X}:/b']", NOT_SET) },
    Row { name: "mounts, long", of: seen::mounts, written: ("volumes: [{type: bind, source: '/a', target: /b}]", "/a"), default: EMPTY, unknown: ("volumes: [{type: bind, source: '$X', target: /b}]", NOT_SET) },
    Row { name: "mounts, read-only", of: seen::mount_options, written: ("volumes: ['/a:/b:ro']", "ro"), default: EMPTY, unknown: ("volumes: ['/a:/b:$X']", NOT_SET) },
    Row { name: "mounts, read-only, long", of: seen::mount_options, written: ("volumes: [{type: bind, source: /a, target: /b, read_only: 'true'}]", "ro"), default: EMPTY, unknown: ("volumes: [{type: bind, source: /a, target: /b, read_only: '$X'}]", NOT_SET) },
    Row { name: "propagation", of: seen::mount_options, written: ("volumes: ['/a:/b:rshared']", "rw rshared"), default: EMPTY, unknown: ("volumes: [{type: bind, source: /a, target: /b, bind: {propagation: '$X'}}]", NOT_SET) },
    Row { name: "relabel", of: seen::mount_options, written: ("volumes: ['/a:/b:Z']", "rw Z"), default: EMPTY, unknown: ("volumes: [{type: bind, source: /a, target: /b, bind: {selinux: '$X'}}]", NOT_SET) },
    Row { name: "devices", of: seen::devices, written: ("devices: ['/dev/fuse']", "/dev/fuse"), default: EMPTY, unknown: ("devices: ['${X}:/dev/x']", NOT_SET) },
    Row { name: "device rules", of: seen::device_rules, written: ("device_cgroup_rules: ['b *:* rwm']", "b *:* rwm"), default: EMPTY, unknown: ("device_cgroup_rules: ['$X']", NOT_SET) },
    Row { name: "memory", of: seen::memory, written: ("mem_limit: 1k", "1024"), default: "none", unknown: ("mem_limit: $X", NOT_SET) },
    Row { name: "memory, deployed", of: seen::memory, written: ("deploy: {resources: {limits: {memory: '1k'}}}", "1024"), default: "none", unknown: ("deploy: {resources: {limits: {memory: '$X'}}}", NOT_SET) },
    Row { name: "processors", of: seen::cpus, written: ("cpus: 2", "2"), default: "none", unknown: ("cpus: $X", NOT_SET) },
    Row { name: "processes", of: seen::pids, written: ("pids_limit: 9", "9"), default: "none", unknown: ("pids_limit: $X", NOT_SET) },
    Row { name: "limits of each process", of: seen::ulimits, written: ("ulimits: {nproc: '9'}", "nproc 9"), default: EMPTY, unknown: ("ulimits: {nproc: '$X'}", NOT_SET) },
    Row { name: "logging", of: seen::logging, written: ("logging: {driver: 'none'}", "none"), default: EMPTY, unknown: ("logging: {driver: '$X'}", NOT_SET) },
    Row { name: "ports", of: seen::ports, written: ("ports: ['127.0.0.1:80:80']", "127.0.0.1"), default: EMPTY, unknown: ("ports: ['${X}:80:80']", NOT_SET) },
    Row { name: "root filesystem", of: seen::read_only, written: ("read_only: true", "true"), default: "false", unknown: ("read_only: $X", NOT_SET) },
    Row { name: "the engine's socket", of: seen::api_socket, written: ("use_api_socket: true", "true"), default: EMPTY, unknown: ("use_api_socket: $X", NOT_SET) },
    Row { name: "control groups", of: seen::writable_cgroups, written: ("security_opt: ['writable-cgroups=true']", "true"), default: EMPTY, unknown: ("security_opt: ['writable-cgroups=$X']", NOT_SET) },
];

/// What is seen of the first service of these files.
fn look(files: &[(&str, &str)], of: Look) -> String {
    let files = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, text.as_bytes().to_vec()));
    let sources = Sources::from_files(files);
    let repository = Workspace::parse(&sources).repository(None);
    let service = repository
        .containers()
        .find(|container| container.surface == Surface::Compose)
        .expect("a service");
    of(service).words(&sources)
}

fn service(line: &str) -> String {
    format!("services:\n  web:\n    image: ghcr.io/acme/web:1\n    {line}\n")
}

#[test]
fn what_is_written_is_known_from_its_own_line() {
    for row in ROWS {
        let (line, value) = row.written;
        let seen = look(&[("compose.yaml", &service(line))], row.of);
        let expected = format!("{value}, written compose.yaml:4");
        assert_eq!(seen, expected, "{}", row.name);
    }
}

#[test]
fn what_nobody_writes_is_the_engines_and_points_at_the_service() {
    for row in ROWS {
        let seen = look(&[("compose.yaml", &service("tty: true"))], row.of);
        let expected = match row.default {
            EMPTY => EMPTY.to_owned(),
            // Who pulls an image takes its user from it, known or not.
            value if row.name == "user" => {
                format!("{value}, inherited compose.yaml:3, PulledImage compose.yaml:3")
            }
            value => format!("{value}, default compose.yaml:2"),
        };
        assert_eq!(seen, expected, "{}", row.name);
    }
}

#[test]
fn what_an_anchor_shares_is_inherited_from_there() {
    for row in ROWS {
        let (line, value) = row.written;
        let compose = format!(
            "x-base: &base\n  {line}\nservices:\n  web:\n    <<: *base\n    image: ghcr.io/acme/web:1\n"
        );
        let seen = look(&[("compose.yaml", &compose)], row.of);
        let expected = format!("{value}, inherited compose.yaml:2, Alias compose.yaml:5");
        assert_eq!(seen, expected, "{}", row.name);
    }
}

#[test]
fn what_hangs_on_a_variable_is_unknown_and_says_where() {
    for row in ROWS {
        let (line, because) = row.unknown;
        let seen = look(&[("compose.yaml", &service(line))], row.of);
        let expected = format!("{because}, written compose.yaml:4");
        assert_eq!(seen, expected, "{}", row.name);
    }
}

#[test]
fn a_default_of_a_variable_is_as_good_as_written() {
    let mut compared = 0;
    for row in ROWS {
        let (line, _) = row.unknown;
        let (written, value) = row.written;
        // The value as the written line has it, where it is the whole of what the variable gives.
        let Some((before, after)) = line.split_once("${X}").or_else(|| line.split_once("$X"))
        else {
            continue;
        };
        let given = written
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        let Some(given) = given.filter(|given| !given.contains('\'')) else {
            continue;
        };
        let line = format!("{before}${{X:-{given}}}{after}");
        let seen = look(&[("compose.yaml", &service(&line))], row.of);
        let expected = format!("{value}, written compose.yaml:4");
        assert_eq!(seen, expected, "{}: {line}", row.name);
        compared += 1;
    }
    assert!(
        compared > 20,
        "only {compared} lines differ in the variable alone"
    );
}

/// What a user is whom the service does not name: the Dockerfile, and what is seen.
#[rustfmt::skip]
const IMAGES: &[(&str, &str, &str)] = &[
    ("its own USER", "FROM alpine:3.20\nUSER 7\n", "7, inherited Dockerfile:2, BuiltImage compose.yaml:3"),
    ("a stage's", "FROM alpine:3.20 AS a\nUSER 7\nFROM a\n", "7, inherited Dockerfile:2, BuiltImage compose.yaml:3, BaseStage Dockerfile:3"),
    ("a known base's", "FROM gcr.io/distroless/static-debian12:nonroot\n", "65532, inherited Dockerfile:1, BuiltImage compose.yaml:3"),
    ("an unknown base's", "FROM ghcr.io/acme/base:1\n", "unknown: the default user of ghcr.io/acme/base:1 is not known here, inherited Dockerfile:1, BuiltImage compose.yaml:3"),
    ("a variable's", "FROM alpine:3.20\nARG X\nUSER $X\n", "unknown: `$X` is not set here, inherited Dockerfile:3, BuiltImage compose.yaml:3"),
];

#[test]
fn a_user_that_the_service_does_not_name_is_the_images() {
    for (name, dockerfile, expected) in IMAGES {
        let compose = "services:\n  web:\n    build: .\n";
        let files = [("compose.yaml", compose), ("Dockerfile", dockerfile)];
        assert_eq!(look(&files, seen::user), *expected, "{name}");
    }
}

/// What one line makes of another fact: the line, the fact, and what is seen.
#[rustfmt::skip]
const CONSEQUENCES: &[(&str, Look, &str)] = &[
    ("privileged: true", seen::seccomp, "disabled, written compose.yaml:4"),
    ("privileged: true", seen::apparmor, "unconfined, written compose.yaml:4"),
    ("privileged: true", seen::selinux, "disabled, written compose.yaml:4"),
    ("privileged: true", seen::masked_paths, "false, written compose.yaml:4"),
    ("privileged: $X", seen::seccomp, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("privileged: $X", seen::apparmor, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("privileged: $X", seen::selinux, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("privileged: $X", seen::masked_paths, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("pid: host", seen::selinux, "disabled, written compose.yaml:4"),
    ("ipc: host", seen::selinux, "disabled, written compose.yaml:4"),
    ("pid: $X", seen::selinux, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("ipc: $X", seen::selinux, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("network_mode: host", seen::selinux, "default, default compose.yaml:2"),
    ("security_opt: ['$X']", seen::apparmor, "unknown: `$X` is not set here, written compose.yaml:4"),
    ("security_opt: ['$X', 'apparmor=own']", seen::apparmor, "own, written compose.yaml:4"),
    ("security_opt: ['$X']", seen::masked_paths, "unknown: `$X` is not set here, written compose.yaml:4"),
];

#[test]
fn what_follows_from_another_fact_points_at_that() {
    for (line, of, expected) in CONSEQUENCES {
        let seen = look(&[("compose.yaml", &service(line))], *of);
        assert_eq!(seen, *expected, "{line}");
    }
}

/// What is held of capabilities: the lines, and the bounding set. A set has no origin of its own: it
/// is made of the entries of both lists and of privileged mode, and each of those has one.
#[rustfmt::skip]
const BOUNDING: &[(&str, &str)] = &[
    ("tty: true", "14 held"),
    ("cap_drop: [ALL]", "0 held"),
    ("cap_add: [SYS_TIME]", "15 held"),
    ("privileged: true", "41 held"),
    ("privileged: $X", "unknown: `$X` is not set here"),
    ("cap_drop: ['$X']", "unknown: `$X` is not set here"),
];

#[test]
fn a_set_is_what_its_lists_and_the_mode_make_of_it() {
    for (line, expected) in BOUNDING {
        let seen = look(&[("compose.yaml", &service(line))], seen::bounding);
        assert_eq!(seen, *expected, "{line}");
    }
}
