//! Published profiles: what is said of them holds together.

use serde_json::Value;

use crate::scene::{Scene, published};

/// How many calls of a kind the first ABI has.
fn count(document: &Value, kind: &str) -> u64 {
    document["architectures"][0]["counts"][kind]
        .as_u64()
        .unwrap()
}

#[test]
fn counts_status_and_first_line_agree() {
    let scene = Scene::new();
    for path in published() {
        let path = path.to_str().unwrap();
        let run = scene.run(&["explain", path, "--format", "json"]);
        if path.ends_with("moby-fixture-example.json") {
            assert!(
                run.err.contains("no container starts with this profile"),
                "{run:?}"
            );
            continue;
        }
        assert_eq!((run.status, run.err.as_str()), (Some(0), ""), "{path}");
        let document: Value = serde_json::from_str(&run.out).unwrap();
        let calls = document["architectures"][0]["syscalls"].as_array().unwrap();
        for kind in ["allowed", "conditional", "observed", "denied"] {
            let counted = calls.iter().filter(|call| call["verdict"] == kind).count();
            assert_eq!(counted as u64, count(&document, kind), "{path}: {kind}");
        }
        let changed = |change: &str| calls.iter().filter(|call| call["change"] == change).count();
        let compared = scene.run(&["diff", "default", path, "--format", "json"]);
        let differences: Value = serde_json::from_str(&compared.out).unwrap();
        assert_eq!(
            compared.status == Some(1),
            differences["opens"] == true,
            "{path}"
        );
        assert_eq!(
            changed("opened") > 0,
            differences["opens"] == true,
            "{path}"
        );
        let text = scene.printed(&["explain", path]);
        let opens = match changed("opened") {
            0 if changed("closed") == 0 => "lets through what Docker's default does".to_owned(),
            0 => "opens nothing that Docker's default shuts".to_owned(),
            1 => "opens 1 call that Docker's default shuts".to_owned(),
            number => format!("opens {number} calls that Docker's default shuts"),
        };
        assert!(
            crate::scene::flat(&text).contains(&opens),
            "{path}: {opens}\n{text}"
        );
    }
}

#[test]
fn docker_s_own_file_does_what_our_default_does() {
    let Some(path) = published()
        .into_iter()
        .find(|path| path.ends_with("moby-default.json"))
    else {
        return;
    };
    let scene = Scene::new();
    let path = path.to_str().unwrap();
    for place in [
        &[][..],
        &["--cap", "ALL"],
        &["--cap-drop", "ALL"],
        &["--arch", "arm64"],
        &["--arch", "s390x"],
        &["--kernel", "4.4"],
        &["--runtime", "crun"],
    ] {
        let mut typed = vec!["diff", "default", path];
        typed.extend(place);
        let run = scene.run(&typed);
        assert_eq!(run.status, Some(0), "{place:?}");
        assert!(
            run.out.contains("does exactly what Docker's default does"),
            "{}",
            run.out
        );
    }
}

#[test]
fn lines_fit() {
    let scene = Scene::new();
    for path in published() {
        let path = path.to_str().unwrap();
        for arguments in [
            &["explain", path][..],
            &["diff", "default", path],
            &["explain", path, "clone"],
        ] {
            let run = scene.run(arguments);
            let long = run.out.lines().find(|line| {
                line.chars().count() > 100
                    && line
                        .split_whitespace()
                        .all(|word| word.chars().count() < 60)
            });
            assert_eq!(long, None, "{arguments:?}");
        }
    }
}
