//! What programs read: `docs/seccomp-json.md` describes it.

use serde_json::{Value, json};

use crate::scene::Scene;

fn call<'j>(document: &'j Value, abi: &str, name: &str) -> &'j Value {
    let architectures = document["architectures"].as_array().unwrap();
    let page = architectures
        .iter()
        .find(|page| page["abi"] == abi)
        .unwrap();
    let calls = page["syscalls"].as_array().unwrap();
    calls.iter().find(|call| call["name"] == name).unwrap()
}

#[test]
fn an_overview() {
    let scene = Scene::new();
    let document = scene.json(&["explain", "own.json", "--format", "json"]);
    assert_eq!(document["version"], 1);
    assert_eq!(
        document["profile"],
        json!({"path": "own.json", "enabled": true})
    );
    assert_eq!(document["host"]["arch"], "x86_64");
    assert_eq!(
        document["host"]["capabilities"].as_array().unwrap().len(),
        14
    );
    assert_eq!(
        document["default"],
        json!({"action": "SCMP_ACT_ERRNO", "errno": 1, "place": {"line": 2, "column": 20}})
    );
    let page = &document["architectures"][0];
    assert_eq!(page["counts"]["allowed"], 5);
    assert_eq!(page["baseline"]["allowed"], 306);
    assert_eq!(page["newer_than"], 257);
    let counted: u64 = ["allowed", "conditional", "observed", "denied"]
        .iter()
        .map(|kind| page["counts"][kind].as_u64().unwrap())
        .sum();
    assert_eq!(counted, page["syscalls"].as_array().unwrap().len() as u64);
    assert_eq!(
        call(&document, "x86_64", "keyctl"),
        &json!({
            "name": "keyctl", "number": 250, "group": "keys", "grade": "high",
            "verdict": "allowed", "baseline": "denied", "change": "opened",
            "always": {
                "outcomes": [{"action": "SCMP_ACT_ALLOW"}], "may_run": true, "origin": "rule",
                "rules": [{"index": 0, "line": 6, "column": 47}]
            }
        })
    );
    assert_eq!(
        call(&document, "x86_64", "socket")["cases"],
        json!([{
            "when": [{"argument": 0, "name": "family", "operator": "==", "value": "0x1",
                      "spelling": "AF_UNIX"}],
            "action": "SCMP_ACT_ALLOW", "rule": {"index": 1, "line": 8, "column": 17}
        }])
    );
    assert_eq!(
        call(&document, "x86_64", "clone3")["always"]["origin"],
        "newer-than-named"
    );
}

#[test]
fn an_answer() {
    let scene = Scene::new();
    let document = scene.json(&[
        "explain", "own.json", "socket", "AF_VSOCK", "--format", "json",
    ]);
    assert_eq!(document["arguments"], json!(["0x28"]));
    let calls = document["calls"].as_array().unwrap();
    assert_eq!(calls[0]["abi"], "x86_64");
    assert_eq!(
        calls[0]["answer"]["always"]["outcomes"][0],
        json!({"action": "SCMP_ACT_ERRNO", "errno": 1})
    );
    assert_eq!(calls[0]["answer"]["always"]["origin"], "default");
    let opens = document["dangers"].as_array().unwrap();
    assert!(
        opens
            .iter()
            .any(|danger| danger["with"] == "the family AF_VSOCK")
    );
    let mount = scene.json(&["explain", "own.json", "mount", "--format", "json"]);
    assert_eq!(
        mount["calls"][0]["not_applied"],
        json!(["own.json:11:16: allowed with CAP_SYS_ADMIN"])
    );
}

#[test]
fn a_comparison() {
    let scene = Scene::new();
    let document = scene.json(&["diff", "default", "own.json", "--format", "json"]);
    assert_eq!(document["opens"], true);
    assert_eq!(
        document["first"],
        json!({"path": "default", "enabled": true})
    );
    let pages = document["architectures"].as_array().unwrap();
    let listed: Vec<&Value> = pages.iter().map(|page| &page["listed"]).collect();
    assert_eq!(
        listed,
        [
            &json!([true, true]),
            &json!([true, true]),
            &json!([true, false])
        ]
    );
    let differences = pages[0]["differences"].as_array().unwrap();
    let opened: Vec<&str> = differences
        .iter()
        .filter(|one| {
            let mut witnesses = one["witnesses"].as_array().unwrap().iter();
            witnesses.any(|witness| witness["change"] == "opened")
        })
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(opened, ["keyctl"]);
    let keyctl = differences
        .iter()
        .find(|one| one["name"] == "keyctl")
        .unwrap();
    assert_eq!(
        keyctl["witnesses"][0]["arguments"],
        json!(["0x0", "0x0", "0x0", "0x0", "0x0", "0x0"])
    );
    assert_eq!(keyctl["complete"], true);
}

#[test]
fn the_same_bytes_every_time() {
    let scene = Scene::new();
    for arguments in [
        &["explain", "default", "--format", "json"][..],
        &["diff", "default", "own.json", "--format", "json"],
        &["resolve", "default"],
    ] {
        assert_eq!(scene.run(arguments), scene.run(arguments));
    }
}

#[test]
fn every_key_is_described() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/seccomp-json.md");
    let page = std::fs::read_to_string(page).unwrap();
    let scene = Scene::new();
    let mut documents = Vec::new();
    for arguments in [
        &["explain", "own.json"][..],
        &["explain", "own.json", "socket"],
        &["explain", "own.json", "clone3"],
        &["diff", "default", "own.json"],
    ] {
        let mut typed = arguments.to_vec();
        typed.extend(["--format", "json"]);
        documents.push(scene.json(&typed));
    }
    let mut missing = Vec::new();
    while let Some(value) = documents.pop() {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if !page.contains(&format!("`{key}`")) {
                        missing.push(key);
                    }
                    documents.push(value);
                }
            }
            Value::Array(items) => documents.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    missing.sort();
    missing.dedup();
    assert!(
        missing.is_empty(),
        "docs/seccomp-json.md does not describe {missing:?}"
    );
}
