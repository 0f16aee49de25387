//! `--format json`: the shape that programs rely on, and the same bytes on every run.

use serde_json::{Map, Value};

use crate::scene::{CLOSED, OPEN_PROFILE, ROOT, Scene};

fn scene() -> Scene {
    Scene::new()
        .write(
            "compose.yaml",
            "services:\n  web:\n    build: web\n    privileged: true\n    cap_add: [SYS_ADMIN]\n",
        )
        .write("web/Dockerfile", ROOT)
        .write("db/Dockerfile", CLOSED)
        .write("broken/Dockerfile", "FROM\n")
        .write("seccomp.json", OPEN_PROFILE)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[track_caller]
fn keys<'a>(value: &'a Value, wanted: &str) -> &'a Map<String, Value> {
    let object = value.as_object().unwrap();
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    let mut wanted: Vec<&str> = wanted.split(' ').collect();
    keys.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(keys, wanted);
    object
}

/// That a value is one of these words.
#[track_caller]
fn is_one_of(value: &Value, words: &str) {
    assert!(
        words.split(' ').any(|word| value == word),
        "{value}: none of {words}"
    );
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

#[track_caller]
fn is_place(value: &Value) {
    assert!(is_text(&value["path"]), "{value}");
    let number = |key: &str| value[key].as_u64().unwrap();
    assert!(number("line") >= 1 && number("column") >= 1, "{value}");
    assert!(
        (number("end_line"), number("end_column")) >= (number("line"), number("column")),
        "{value}"
    );
}

#[test]
fn the_shape_is_the_documented_one() {
    let scene = scene();
    let run = scene.run(&["check", "--format", "json"]);
    assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
    assert!(run.out.ends_with("}\n"));
    let report = parsed(&run.out);
    keys(&report, "version tool findings suppressed files");
    assert_eq!(report["version"], 1);
    assert_eq!(
        report["tool"],
        serde_json::json!({"name": "caulk", "version": env!("CARGO_PKG_VERSION")})
    );
    assert_eq!(report["suppressed"], serde_json::json!([]));
    assert_eq!(
        report["files"],
        serde_json::json!({"analysed": 5, "unreadable": 1})
    );
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|one| !one["related"].as_array().unwrap().is_empty())
    );
    assert!(
        findings.iter().any(|one| one["fix"].is_object())
            && findings.iter().any(|one| one["fix"].is_null())
    );
    for finding in findings {
        finding_is_well_formed(&scene, finding);
    }
}

fn finding_is_well_formed(scene: &Scene, finding: &Value) {
    keys(
        finding,
        "rule severity confidence level message container surface path line column end_line end_column related fix \
         fingerprint references help",
    );
    is_one_of(&finding["severity"], "info low medium high critical");
    is_one_of(&finding["confidence"], "low medium high");
    is_one_of(&finding["level"], "baseline hardened");
    is_one_of(&finding["surface"], "dockerfile compose seccomp");
    for key in ["rule", "message", "fingerprint", "help"] {
        assert!(is_text(&finding[key]), "{key}: {finding}");
    }
    assert!(
        finding["container"].is_null() || is_text(&finding["container"]),
        "{finding}"
    );
    is_place(finding);
    for related in finding["related"].as_array().unwrap() {
        keys(related, "path line column end_line end_column message");
        is_place(related);
        assert!(is_text(&related["message"]), "{related}");
    }
    for reference in finding["references"].as_array().unwrap() {
        keys(reference, "source id");
        assert!(
            is_text(&reference["source"]) && is_text(&reference["id"]),
            "{reference}"
        );
    }
    let fix = &finding["fix"];
    if fix.is_null() {
        return;
    }
    keys(fix, "applicability title reason edits");
    is_one_of(&fix["applicability"], "safe unsafe");
    assert_eq!(
        fix["reason"].is_null(),
        fix["applicability"] == "safe",
        "{fix}"
    );
    assert!(is_text(&fix["title"]));
    for edit in fix["edits"].as_array().unwrap() {
        keys(edit, "path start end text");
        let (start, end) = (
            edit["start"].as_u64().unwrap(),
            edit["end"].as_u64().unwrap(),
        );
        let length = scene
            .path(edit["path"].as_str().unwrap())
            .metadata()
            .unwrap()
            .len();
        assert!(
            start <= end && end <= length && edit["text"].is_string(),
            "{edit}"
        );
    }
}

#[test]
fn findings_stand_by_path_and_place_and_rule() {
    let scene = scene();
    let report = parsed(&scene.run(&["check", "--format", "json"]).out);
    let findings = report["findings"].as_array().unwrap();
    let order = |one: &Value| {
        let text = |key: &str| one[key].as_str().unwrap().to_owned();
        let number = |key: &str| one[key].as_u64().unwrap();
        (text("path"), number("line"), number("column"), text("rule"))
    };
    assert!(
        findings.len() >= 4 && findings.iter().map(order).is_sorted(),
        "{findings:#?}"
    );
}

#[test]
fn every_run_gives_the_same_bytes() {
    let mut scene = scene();
    for number in 0..100 {
        scene = scene.write(format!("many/{number}/Dockerfile"), ROOT);
    }
    for format in ["json", "full", "concise", "diff"] {
        let first = scene.run(&["check", "--format", format]);
        for paths in [
            &[][..],
            &["."],
            &[
                "seccomp.json",
                "many",
                "web",
                "compose.yaml",
                "broken",
                "db",
            ],
        ] {
            let again = scene.run(&[&["check", "--format", format], paths].concat());
            assert_eq!(again.out, first.out, "{format} {paths:?}");
        }
    }
}

/// Everything in `value` that is called `path`, as seen from a folder one further down.
fn one_further_down(value: &mut Value) {
    if let Value::Array(values) = value {
        values.iter_mut().for_each(one_further_down);
    } else if let Value::Object(entries) = value {
        if let Some(Value::String(path)) = entries.get_mut("path") {
            let below = path.strip_prefix("web/").map(str::to_owned);
            *path = below.unwrap_or_else(|| format!("../{path}"));
        }
        entries.values_mut().for_each(one_further_down);
    }
}

#[test]
fn another_working_directory_changes_the_paths_and_nothing_else() {
    let scene = scene();
    let mut here = parsed(&scene.run(&["check", "--format", "json"]).out);
    let mut command = scene.command(&["check", "--format", "json", ".."]);
    let output = command.current_dir(scene.path("web")).output().unwrap();
    let there = parsed(&String::from_utf8(output.stdout).unwrap());
    assert_ne!(there, here);
    one_further_down(&mut here);
    assert_eq!(there, here);
}

#[test]
fn where_nothing_is_found_the_shape_is_the_same() {
    let run = Scene::new()
        .write("Dockerfile", CLOSED)
        .run(&["check", "--format", "json"]);
    assert_eq!(run.status, Some(0));
    let report = parsed(&run.out);
    keys(&report, "version tool findings suppressed files");
    assert_eq!(report["findings"], serde_json::json!([]));
    assert_eq!(
        report["files"],
        serde_json::json!({"analysed": 1, "unreadable": 0})
    );
}
