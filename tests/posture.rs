//! `caulk posture`, as somebody types it.

#![expect(
    clippy::disallowed_methods,
    reason = "it runs the program on files of its own"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const COMPOSE: &str = "services:\n  web:\n    build: {context: web, target: app}\n  worker:\n    image: x\n    \
    user: \"1:1\"\n    cap_add: [NET_ADMIN]\n";
const DOCKERFILE: &str = "FROM alpine:3.20 AS app\nUSER 65532\nFROM app AS debug\nUSER root\n";

/// A work tree with a service that is built and one that is not.
fn scene() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, text) in [("compose.yaml", COMPOSE), ("web/Dockerfile", DOCKERFILE)] {
        write(folder.path(), path, text);
    }
    std::fs::create_dir_all(folder.path().join(".git")).expect("a work tree");
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let place = folder.join(path);
    if let Some(parent) = place.parent() {
        std::fs::create_dir_all(parent).expect("a folder");
    }
    std::fs::write(place, text).expect("a file");
}

fn posture(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_caulk"))
        .arg("posture")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

/// What is printed by a run that ends well and complains of nothing.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = posture(folder, arguments);
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_table_by_path_and_line() {
    let scene = scene();
    assert_eq!(
        printed(scene.path(), &[]),
        "  container  line  user   capabilities        seccomp  of the host  ro nnp mem cpu pid
compose.yaml
  web           2  65532  default             default  -            -  -   -   -   -
  worker        4  1:1    default +NET_ADMIN  default  -            -  -   -   -   -
web/Dockerfile
  app           1  65532
  debug         3  root

ro: read-only root · nnp: no-new-privileges · mem, cpu, pid: limited · ✓ yes · - no · ? unknown
A Dockerfile says as whom its image starts; who runs the image decides the rest.
"
    );
}

#[test]
fn only_the_containers_of_what_is_named_and_paths_as_seen_from_here() {
    let scene = scene();
    let here = scene.path().join("web");
    let table = printed(&here, &["../compose.yaml"]);
    let rows: Vec<&str> = table
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(rows.first(), Some(&"../compose.yaml"), "{table}");
    assert_eq!(rows.len(), 3, "{table}");
    assert!(
        table.contains("65532"),
        "what it refers to is read: {table}"
    );
}

#[test]
fn a_target_is_what_is_built() {
    let scene = scene();
    let table = printed(scene.path(), &["web", "--target", "app"]);
    assert!(
        table.contains("\n  app ") && !table.contains("debug"),
        "{table}"
    );
}

#[test]
fn json_for_programs() {
    let scene = scene();
    let text = printed(scene.path(), &["--format", "json"]);
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let containers = document["containers"].as_array().expect("a list");
    let names: Vec<&str> = containers
        .iter()
        .filter_map(|container| container["name"].as_str())
        .collect();
    assert_eq!(names, ["web", "worker", "app", "debug"]);
    let user = &containers[0]["user"];
    assert_eq!(
        (&user["origin"], &user["path"]),
        (&"inherited".into(), &"web/Dockerfile".into())
    );
    assert_eq!(
        text,
        printed(scene.path(), &["--format=json"]),
        "the same bytes"
    );
}

#[test]
fn json_escapes_what_acts_on_a_terminal() {
    let scene = scene();
    write(
        scene.path(),
        "compose.yaml",
        "services:\n  \"a\\u202eb\":\n    image: x\n",
    );
    let text = printed(scene.path(), &["--format", "json", "compose.yaml"]);
    assert!(text.contains(r#""name": "a\u202eb""#), "{text}");
}

#[test]
fn an_explanation_says_who_said_so() {
    let scene = scene();
    let text = printed(scene.path(), &["--explain", "web"]);
    let line = "user               runs as 65532: written in web/Dockerfile:2, inherited through compose.yaml:3";
    assert!(
        text.starts_with("service `web`, compose.yaml:2\n") && text.contains(line),
        "{text}"
    );
    let line = "worker";
    assert!(!text.contains(line), "only the one that is named: {text}");
}

#[test]
fn a_container_that_is_not_there_is_one_line() {
    let scene = scene();
    for (name, line) in [
        (
            "wroker",
            "caulk: no container `wroker`: did you mean `worker`?\n",
        ),
        ("zzz", "caulk: no container `zzz`\n"),
    ] {
        let output = posture(scene.path(), &["--explain", name]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(String::from_utf8_lossy(&output.stderr), line);
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let scene = scene();
    let colored = printed(scene.path(), &["--color", "always"]);
    let plain = printed(scene.path(), &[]);
    assert!(colored.contains("\u{1b}[1m") && !plain.contains('\u{1b}'));
    let mut bare = colored;
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare, plain);
}
