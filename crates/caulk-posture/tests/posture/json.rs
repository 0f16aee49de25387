use serde_json::{Value, json};

use crate::{FILES, of};

fn containers(files: &[(&str, &str)]) -> Vec<Value> {
    let document: Value = serde_json::from_str(&of(files, |posture| posture.json())).expect("JSON");
    assert_eq!(document.get("version"), Some(&json!(1)));
    let containers = document.get("containers").and_then(Value::as_array);
    containers.expect("a list").clone()
}

#[test]
fn a_service_is_told_in_full() {
    let containers = containers(FILES);
    let web = &containers[0];
    let mut kept = web.clone();
    let keys = kept.as_object_mut().expect("an object");
    let held = keys.remove("capabilities");
    let filter = keys.remove("seccomp").expect("a filter");
    assert_eq!(
        kept,
        json!({
            "name": "web", "surface": "compose", "path": "compose.yaml", "line": 2, "project": "",
            "build": {"context": "web", "dockerfile": "web/Dockerfile"},
            "user": {"state": "known", "value": "65532:65532", "origin": "inherited",
                     "path": "web/Dockerfile", "line": 2, "from_image": null},
            "declared": {
                "build": {"context": "web", "dockerfile": "Dockerfile"},
                "cap_add": ["NET_ADMIN"], "read_only": true,
                "limits": {"memory": 536_870_912, "cpus": null},
                "volumes": ["bind|/var/run/docker.sock|/run/docker.sock", "bind|/etc|/host/etc|ro", "bind|./conf|/conf"],
            },
            "apparmor": "docker-default", "selinux": "default",
            "no_new_privileges": false,
            "unknown": ["cpus: `$CPUS` is not set here"],
        })
    );
    assert_eq!(filter["state"], "default");
    let allowed = filter["allowed"].as_u64().expect("a number");
    assert!((250..400).contains(&allowed), "{allowed}");
    let held = held.expect("capabilities");
    assert_eq!(held["effective"], json!([]));
    let bounding = held["bounding"].as_array().expect("a list");
    assert_eq!(bounding.len(), 15, "Docker's fourteen and one more");
    assert!(bounding.contains(&json!("NET_ADMIN")));
}

#[test]
fn what_is_unknown_is_null_and_has_a_reason() {
    let containers = containers(FILES);
    let agent = &containers[1];
    let because = "`$RUN_AS` is not set here";
    assert_eq!(
        agent["user"],
        json!({"state": "unknown", "because": because, "from_image": null})
    );
    assert_eq!(
        agent["declared"],
        json!({"image": "ghcr.io/acme/agent:1", "user": null, "privileged": true, "network_mode": "host"})
    );
    assert_eq!(
        agent["capabilities"]["bounding"].as_array().map(Vec::len),
        Some(41)
    );
    assert_eq!(agent["capabilities"]["effective"], Value::Null);
    assert_eq!(agent["seccomp"], json!({"state": "disabled"}));
    assert_eq!(agent["apparmor"], "unconfined");
    assert_eq!(agent["unknown"], json!([format!("user: {because}")]));
}

#[test]
fn a_user_that_nobody_names_is_the_images_own() {
    let containers = containers(FILES);
    let database = &containers[2];
    assert_eq!(database["image"], "postgres");
    assert_eq!(
        database["user"],
        json!({"state": "known", "value": "", "origin": "inherited", "path": "compose.yaml", "line": 18,
               "from_image": "postgres:latest"})
    );
    assert_eq!(
        database["capabilities"],
        json!({"bounding": [], "effective": []})
    );
    assert_eq!(database["no_new_privileges"], true);
}

#[test]
fn a_dockerfile_has_only_what_it_can_say() {
    let containers = containers(FILES);
    assert_eq!(
        containers[3],
        json!({
            "name": "final", "surface": "dockerfile", "path": "web/Dockerfile", "line": 3,
            "user": {"state": "known", "value": "65532:65532", "origin": "inherited",
                     "path": "web/Dockerfile", "line": 2, "from_image": null},
            "unknown": [],
        })
    );
    assert_eq!(containers.len(), 4);
}

#[test]
fn a_user_that_is_written_and_one_that_is_the_default() {
    let origins = |text: &str| {
        let containers = containers(&[("Dockerfile", text)]);
        containers[0]["user"].clone()
    };
    assert_eq!(
        origins("FROM alpine:3.20\nUSER app\n"),
        json!({"state": "known", "value": "app", "origin": "written", "path": "Dockerfile", "line": 2, "from_image": null})
    );
    assert_eq!(
        origins("FROM alpine:3.20\n"),
        json!({"state": "known", "value": "", "origin": "default", "path": "Dockerfile", "line": 1,
               "from_image": "alpine:3.20"})
    );
}

#[test]
fn a_profile_that_says_nothing_filters_nothing() {
    let compose = "services:\n  a:\n    image: x\n    security_opt: ['seccomp=p.json']\n";
    let seccomp = |profile: &str| {
        let containers = containers(&[("compose.yaml", compose), ("p.json", profile)]);
        containers[0]["seccomp"].clone()
    };
    assert_eq!(
        seccomp(r#"{"defaultAction": "SCMP_ACT_ERRNO"}"#),
        json!({"state": "custom", "profile": "p.json", "allowed": 0})
    );
    let two = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
        {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF"]}}]}"#;
    assert_eq!(
        seccomp(two),
        json!({"state": "custom", "profile": "p.json", "allowed": 2})
    );
    assert_eq!(
        seccomp("{}"),
        json!({"state": "disabled", "profile": "p.json"})
    );
}

#[test]
fn a_list_with_an_entry_that_a_variable_gives_is_not_known_as_a_whole() {
    let compose = "services:
  web:
    image: postgres:16
    cap_drop: [\"${DROPPED}\"]
  all:
    image: postgres:16
    privileged: true
    cap_drop: [\"${DROPPED}\"]
";
    let services = containers(&[("compose.yaml", compose)]);
    let bounding = |name: &str| {
        let named = services.iter().find(|service| service["name"] == name);
        named.expect("it is there")["capabilities"]["bounding"].clone()
    };
    assert_eq!(bounding("web"), Value::Null);
    assert_eq!(
        bounding("all").as_array().map(Vec::len),
        Some(41),
        "privileged mode ignores the lists"
    );
}
