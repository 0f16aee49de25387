use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::scene::{Run, Scene, has, skip};

#[test]
fn what_the_engine_hands_to_the_runtime() {
    let scene = Scene::new();
    let names = |arguments: &[&str]| -> Vec<String> {
        let mut typed = vec!["resolve", "own.json"];
        typed.extend(arguments);
        let object = scene.json(&typed);
        let rules = object["syscalls"].as_array().unwrap().clone();
        rules
            .iter()
            .map(|rule| rule["names"][0].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&[]), ["read", "socket", "ptrace"]);
    assert_eq!(
        names(&["--cap", "SYS_ADMIN"]),
        ["read", "socket", "mount", "ptrace"]
    );
    assert_eq!(names(&["--kernel", "5.4"]), ["read", "socket", "ptrace"]);
    assert_eq!(names(&["--kernel", "5.3.0-46-generic"]), ["read", "socket"]);
    let object = scene.json(&["resolve", "own.json", "--arch", "arm64"]);
    assert_eq!(object["architectures"], json!(["SCMP_ARCH_AARCH64"]));
    let object = scene.json(&["resolve", "own.json"]);
    assert_eq!(
        object["architectures"],
        json!(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"])
    );
    assert_eq!(
        object["syscalls"][1]["args"],
        json!([{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}])
    );
}

#[test]
fn into_a_file_and_from_nothing() {
    let scene = Scene::new().write("empty.json", "{}");
    let printed = scene.printed(&["resolve", "own.json"]);
    assert_eq!(
        scene.printed(&["resolve", "own.json", "--output", "oci.json"]),
        ""
    );
    assert_eq!(
        std::fs::read_to_string(scene.path("oci.json")).unwrap(),
        printed
    );
    let run = scene.run(&["resolve", "empty.json"]);
    assert_eq!((run.status, run.out.as_str()), (Some(0), "null\n"));
    assert!(run.err.contains("no filter at all"), "{run:?}");
}

/// A bundle for runc with busybox in it.
fn bundle(scene: &Scene) -> bool {
    let folder = scene.path("bundle");
    let rootfs = folder.join("rootfs");
    for inside in ["bin", "proc", "dev", "sys"] {
        std::fs::create_dir_all(rootfs.join(inside)).unwrap();
    }
    let copied = std::fs::copy("/bin/busybox", rootfs.join("bin/busybox"));
    let spec = Command::new("runc")
        .arg("spec")
        .current_dir(&folder)
        .status();
    copied.is_ok() && spec.is_ok_and(|status| status.success())
}

/// What a command leaves that runc runs under a filter.
fn under(folder: &Path, filter: Option<Value>, command: &[&str]) -> Run {
    let path = folder.join("config.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut config: Value = serde_json::from_str(&text).unwrap();
    config["process"]["args"] = json!(command);
    config["process"]["terminal"] = json!(false);
    config["root"] =
        json!({"path": folder.canonicalize().unwrap().join("rootfs"), "readonly": false});
    config["linux"]["seccomp"] = filter.unwrap_or(Value::Null);
    std::fs::write(&path, config.to_string()).unwrap();
    let name = format!("caulk-seccomp-{}", std::process::id());
    let output = Command::new("runc")
        .args(["run", &name])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run::of(&output)
}

#[test]
fn runc_loads_it() {
    if !has("runc") {
        return;
    }
    let profile = r#"{"defaultAction": "SCMP_ACT_ALLOW", "archMap": [{"architecture": "SCMP_ARCH_X86_64"},
        {"architecture": "SCMP_ARCH_AARCH64"}], "syscalls": [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30,
         "excludes": {"caps": ["CAP_SYS_ADMIN"]}}]}"#;
    let scene = Scene::new().write("denies.json", profile);
    let folder = scene.path("bundle");
    let command = &["/bin/busybox", "mkdir", "/made"];
    if !bundle(&scene) || under(&folder, None, &["/bin/busybox", "true"]).status != Some(0) {
        skip("runc cannot start a container with busybox here");
        return;
    }
    let arch = std::env::consts::ARCH;
    let object = |profile: &str, cap: &[&str]| {
        let mut typed = vec!["resolve", profile, "--arch", arch];
        typed.extend(cap);
        Some(scene.json(&typed))
    };
    let denied = under(&folder, object("denies.json", &[]), command);
    assert!(denied.err.contains("Read-only file system"), "{denied:?}");
    let excluded = under(
        &folder,
        object("denies.json", &["--cap", "SYS_ADMIN"]),
        command,
    );
    assert_eq!(excluded.status, Some(0), "{excluded:?}");
    let user_namespace = &["/bin/busybox", "unshare", "-U", "/bin/busybox", "true"];
    let denied = under(&folder, object("default", &[]), user_namespace);
    assert!(denied.err.contains("Operation not permitted"), "{denied:?}");
}
