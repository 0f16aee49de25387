//! The configuration on the disk: which one holds for which file, and what happens to a wrong one.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "it runs the program on files of its own"
)]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const PRIVILEGED: &str =
    "services:\n  web:\n    image: ghcr.io/acme/web:1.0\n    privileged: true\n    pid: host\n";

/// A work tree with these files.
fn scene(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, text) in files {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::write(place, text).expect("a file");
    }
    std::fs::create_dir_all(folder.path().join("repo/.git")).expect("a work tree");
    folder
}

/// What the program says and how it exits, run in `repo`.
struct Said {
    out: String,
    error: String,
    status: i32,
}

impl Said {
    fn by(folder: &Path, arguments: &[&str]) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
            .args(["check", "--format", "concise", "--quiet", "--no-progress"])
            .args(arguments)
            .current_dir(folder.join("repo"))
            .output()
            .expect("the program runs");
        Self {
            out: String::from_utf8(output.stdout).expect("text"),
            error: String::from_utf8(output.stderr).expect("text"),
            status: output.status.code().expect("a status"),
        }
    }

    /// The findings, a line each: `FOLDER severity[rule]`.
    fn findings(&self) -> Vec<String> {
        let lines = self.out.lines().map(|line| {
            let (place, rest) = line.split_once(": ").expect("a place");
            let folder = place.split_once("compose.yaml").expect("the file").0;
            let level = rest.split_once(": ").expect("a level").0;
            format!("{folder} {level}").trim().to_owned()
        });
        lines.collect()
    }
}

#[test]
fn the_nearest_configuration_holds_for_each_file_alone() {
    let scene = scene(&[
        ("caulk.toml", "ignore = [\"*\"]\n"),
        ("repo/compose.yaml", PRIVILEGED),
        ("repo/caulk.toml", "ignore = [\"privileged\"]\n"),
        ("repo/a/compose.yaml", PRIVILEGED),
        (
            "repo/b/.caulk.toml",
            "[rules.privileged]\nseverity = \"low\"\n",
        ),
        ("repo/b/c/compose.yaml", PRIVILEGED),
        ("repo/d/caulk.toml", "select = [\"host-*\"]\n"),
        ("repo/d/.caulk.toml", "select = [\"privileged\"]\n"),
        ("repo/d/compose.yaml", PRIVILEGED),
    ]);
    let all = [
        "a/ high[host-namespace]",
        "b/c/ low[privileged]",
        "b/c/ high[host-namespace]",
        "high[host-namespace]",
        "d/ high[host-namespace]",
    ];
    let said = Said::by(scene.path(), &["."]);
    assert_eq!(said.findings(), all, "{}", said.error);
    assert_eq!(said.status, 1);
    let isolated = Said::by(scene.path(), &["a", "--isolated"]);
    assert_eq!(
        isolated.findings(),
        ["a/ critical[privileged]", "a/ high[host-namespace]"]
    );
    let named = Said::by(scene.path(), &[".", "--config", "b/.caulk.toml"]);
    assert_eq!(named.findings().len(), 8, "{}", named.out);
    let outside = Said::by(scene.path(), &[".", "--config", "../caulk.toml"]);
    assert_eq!((outside.out.as_str(), outside.status), ("", 0));
}

#[test]
fn what_is_typed_wins() {
    let scene = scene(&[
        ("repo/compose.yaml", PRIVILEGED),
        (
            "repo/caulk.toml",
            "level = \"hardened\"\nselect = [\"privileged\"]\nignore = [\"host-namespace\"]\nmin-severity = \"critical\"\nfail-on = \"critical\"\n[rules.privileged]\nseverity = \"high\"\n",
        ),
    ]);
    for (arguments, findings, status) in [
        (&[][..], &[][..], 0),
        (&["--min-severity", "low"], &["high[privileged]"], 0),
        (
            &["--min-severity", "low", "--fail-on", "low"],
            &["high[privileged]"],
            1,
        ),
        (
            &["--min-severity", "low", "--select", "host-namespace"],
            &["high[host-namespace]"],
            0,
        ),
        (&["--min-severity", "low", "--ignore", "privileged"], &[], 0),
    ] {
        let said = Said::by(scene.path(), arguments);
        assert_eq!(said.findings(), findings, "{arguments:?}");
        assert_eq!(said.status, status, "{arguments:?}");
    }
}

#[test]
fn what_is_excluded_is_not_reported_unless_it_is_named() {
    let scene = scene(&[
        (
            "repo/caulk.toml",
            "select = [\"privileged\"]\nexclude = [\"vendor/\", \"/a/b\"]\n",
        ),
        ("repo/vendor/x/compose.yaml", PRIVILEGED),
        ("repo/a/b/compose.yaml", PRIVILEGED),
        ("repo/c/a/b/compose.yaml", PRIVILEGED),
    ]);
    for (arguments, findings) in [
        (&[][..], &["c/a/b/ critical[privileged]"][..]),
        (&["a"], &[]),
        (&["a/b"], &["a/b/ critical[privileged]"]),
        (&["vendor/x"], &["vendor/x/ critical[privileged]"]),
        (
            &["vendor/x/compose.yaml"],
            &["vendor/x/ critical[privileged]"],
        ),
        (&["vendor/x", "--force-exclude"], &[]),
    ] {
        let said = Said::by(scene.path(), arguments);
        assert_eq!(said.findings(), findings, "{arguments:?}");
    }
}

#[test]
fn a_wrong_configuration_is_shown_with_its_lines() {
    let scene = scene(&[
        ("repo/compose.yaml", PRIVILEGED),
        ("repo/a/compose.yaml", PRIVILEGED),
        ("repo/a/caulk.toml", "level = 3\nignroe = []\n"),
    ]);
    let said = Said::by(scene.path(), &["."]);
    assert_eq!((said.out.as_str(), said.status), ("", 2));
    let lines = "\
error: a level is a text, and this is a number
 --> a/caulk.toml:1:9
  |
1 | level = 3
  |         ^

error: no key `ignroe`: did you mean `ignore`?
 --> a/caulk.toml:2:1
  |
2 | ignroe = []
  | ^^^^^^

caulk: nothing is judged: the configuration is not understood
";
    assert_eq!(said.error, lines);
}

#[test]
fn a_hostile_configuration_is_refused() {
    let scene = scene(&[
        ("outside.toml", "ignore = [\"*\"]\n"),
        ("repo/compose.yaml", PRIVILEGED),
    ]);
    let place = scene.path().join("repo/caulk.toml");
    let refused = |with: &str| {
        let said = Said::by(scene.path(), &["."]);
        assert_eq!(
            (said.out.as_str(), said.status),
            ("", 2),
            "{with}: {}",
            said.error
        );
        assert!(said.error.contains(with), "{with}: {}", said.error);
        assert!(said.error.len() < 20_000, "{with}");
    };
    symlink("../outside.toml", &place).expect("a link");
    refused("leads out of the repository");
    std::fs::remove_file(&place).expect("the link");
    symlink("caulk.toml", &place).expect("a link");
    refused("to nothing");
    std::fs::remove_file(&place).expect("the link");
    std::fs::create_dir(&place).expect("a folder");
    refused("no plain file");
    std::fs::remove_dir(&place).expect("the folder");
    for (text, with) in [
        ("#".repeat(1024 * 1024 + 1).into_bytes(), "is larger than"),
        (
            format!("level = {}", "[".repeat(500_000)).into_bytes(),
            "caulk.toml:1:",
        ),
        (b"# \xff\xfe\n".to_vec(), "not UTF-8"),
        ("x = 1\n".repeat(100_000).into_bytes(), "more"),
    ] {
        std::fs::write(&place, text).expect("a file");
        refused(with);
    }
}
