//! `--format diff`: a patch that git takes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::scene::{ROOT, Scene};

/// The findings of the work tree, and which of them have a fix.
fn findings(scene: &Scene) -> Vec<(String, bool)> {
    let report: Value =
        serde_json::from_str(&scene.run(&["check", "--format", "json"]).out).unwrap();
    let findings = report.get("findings").and_then(Value::as_array);
    let findings = findings.unwrap().iter();
    findings
        .map(|one| {
            (
                one["fingerprint"].as_str().unwrap().to_owned(),
                one["fix"].is_object(),
            )
        })
        .collect()
}

/// Applies the patch of the work tree, seen from one of its folders, as `git apply` does from the root.
fn apply(scene: &Scene, folder: &str, seen: &str) {
    let mut command = scene.command(&["check", "--format", "diff", seen]);
    let output = command.current_dir(scene.path(folder)).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let patch = scene.path("../patch");
    fs::write(&patch, output.stdout).unwrap();
    scene.git(&["apply", "--check", patch.to_str().unwrap()]);
    scene.git(&["apply", patch.to_str().unwrap()]);
}

#[test]
fn git_applies_it_and_what_had_a_fix_is_gone() {
    let insecure = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/insecure"));
    for (folder, path) in [("", "."), ("web", "..")] {
        let scene = Scene::copy_of(insecure);
        let before = findings(&scene);
        apply(&scene, folder, path);
        let after = findings(&scene);
        let unfixed: Vec<_> = before.into_iter().filter(|(_, has_fix)| !has_fix).collect();
        // Once privileged mode is gone, what stood beside it has a fix as well, and the patch goes on.
        let mut left = after.iter();
        assert!(left.all(|finding| unfixed.contains(finding)));
        assert!(after.len() < unfixed.len());
        assert!(
            !after.is_empty(),
            "the profile stays for a person to change"
        );
    }
}

#[test]
fn git_takes_it_back() {
    let scene = Scene::copy_of(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/insecure"
    )));
    scene.git(&["add", "--all"]);
    scene.git(&["commit", "--quiet", "--message=one"]);
    apply(&scene, "", ".");
    let patch = scene.path("../patch");
    scene.git(&["apply", "--reverse", patch.to_str().unwrap()]);
    scene.git(&["diff", "--exit-code"]);
}

#[test]
fn it_applies_whatever_the_name_and_the_bytes() {
    let files: [(&str, &[u8], &[u8]); 7] = [
        (
            "crlf",
            b"FROM alpine:3.20\r\nUSER root\r\nCMD [\"x\"]\r\n",
            b"FROM alpine:3.20\r\nUSER 65532:65532\r\nCMD [\"x\"]\r\n",
        ),
        (
            "mark",
            b"\xef\xbb\xbfFROM alpine:3.20\nUSER root\n",
            b"\xef\xbb\xbfFROM alpine:3.20\nUSER 65532:65532\n",
        ),
        (
            "no end",
            b"FROM alpine:3.20\nUSER root",
            b"FROM alpine:3.20\nUSER 65532:65532",
        ),
        (
            "stray",
            b"FROM alpine:3.20\n# \xff\x1b[31m\nUSER root\n",
            b"FROM alpine:3.20\n# \xff\x1b[31m\nUSER 65532:65532\n",
        ),
        (
            "new\nline\t",
            ROOT.as_bytes(),
            b"FROM alpine:3.20\nUSER 65532:65532\n",
        ),
        (
            "\u{202e}\u{1b}[31m\"\\",
            ROOT.as_bytes(),
            b"FROM alpine:3.20\nUSER 65532:65532\n",
        ),
        (
            "-a folder",
            ROOT.as_bytes(),
            b"FROM alpine:3.20\nUSER 65532:65532\n",
        ),
    ];
    let mut scene = Scene::new();
    scene.git(&["init", "--quiet"]);
    for (name, before, _) in files {
        scene = scene.write(format!("{name}/Dockerfile"), before);
    }
    apply(&scene, "", ".");
    for (name, _, after) in files {
        let bytes = fs::read(scene.path(format!("{name}/Dockerfile"))).unwrap();
        assert_eq!(bytes, after, "{name}: {}", String::from_utf8_lossy(&bytes));
    }
    assert_eq!(findings(&scene), []);
}

#[test]
fn its_first_line_names_the_folder_to_apply_it_in() {
    let scene = Scene::new().write("web/Dockerfile", ROOT);
    for (folder, root) in [("", "."), ("web", "..")] {
        let mut command = scene.command(&["check", "--format", "diff"]);
        let output = command.current_dir(scene.path(folder)).output().unwrap();
        let patch = String::from_utf8(output.stdout).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let first = format!("# caulk {version} patch; apply in {root} with git apply\n");
        assert!(patch.starts_with(&first), "{patch}");
        assert!(
            patch.contains("\n--- a/web/Dockerfile\n+++ b/web/Dockerfile\n"),
            "{patch}"
        );
    }
}

#[test]
fn what_another_fix_closes_as_well_is_not_called_open() {
    let services = "services:\n  web:\n    image: ghcr.io/acme/web:1\n";
    let scene = Scene::new()
        .write("daemon.json", "{\n  \"no-new-privileges\": false\n}\n")
        .write("compose.yaml", services);
    let only = "privilege-escalation-enabled,privilege-escalation-possible";
    let arguments = ["--level", "hardened", "--select", only, "--format", "diff"];
    let patch = scene.run(&[&["check"], arguments.as_slice()].concat()).out;
    let (closed, open) = patch
        .split_once("# closed with them:\n")
        .expect("a list of what is closed as well");
    assert!(closed.contains("daemon.json:2:24: medium[privilege-escalation-enabled]"));
    assert!(open.contains("compose.yaml:2:3: medium[privilege-escalation-possible]"));
    assert!(!patch.contains("not closed by this patch"));
}
