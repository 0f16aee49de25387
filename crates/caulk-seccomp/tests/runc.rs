//! What we say of runc's filters, against a container that runc starts.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "the test writes a bundle to disk, in JSON, and starts a container"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use caulk_linux::DOCKER_DEFAULT;
use caulk_linux::syscalls::{Abi, number};
use caulk_seccomp::{Host, Outcome, default_profile};
use serde_json::{Value, json};

/// An error that nothing else gives here.
const OURS: u16 = 99;

fn compile(folder: &Path) -> bool {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/helper/probe.c");
    let compiled = Command::new("cc")
        .args(["-static", "-O1", "-o"])
        .arg(folder.join("rootfs/probe"))
        .arg(source)
        .stderr(Stdio::null())
        .status();
    compiled.is_ok_and(|status| status.success())
}

/// The errors of calls in a container with this filter.
fn errors(folder: &Path, seccomp: Option<&Value>, numbers: &[u32]) -> Option<Vec<String>> {
    let _ = std::fs::remove_file(folder.join("config.json"));
    let spec = Command::new("runc")
        .arg("spec")
        .current_dir(folder)
        .status();
    if !spec.is_ok_and(|status| status.success()) {
        return None;
    }
    let path = folder.join("config.json");
    let text = std::fs::read_to_string(&path).ok()?;
    let mut config: Value = serde_json::from_str(&text).ok()?;
    let mut arguments = vec!["/probe".to_owned()];
    arguments.extend(numbers.iter().map(ToString::to_string));
    config["process"]["args"] = json!(arguments);
    config["process"]["terminal"] = json!(false);
    config["root"]["path"] = json!(folder.join("rootfs"));
    if let Some(seccomp) = seccomp {
        config["linux"]["seccomp"] = seccomp.clone();
    }
    std::fs::write(&path, config.to_string()).ok()?;
    let name = format!("caulk-{}", std::process::id());
    let output = Command::new("runc")
        .args(["run", &name])
        .current_dir(folder)
        .output()
        .ok()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.lines().map(str::to_owned).collect())
}

/// Docker's default with the calls up to one, and an error of its own.
fn profile(last: u32, architectures: &str) -> String {
    let mut profile: Value = serde_json::from_str(&default_profile::text()).expect("JSON");
    profile["defaultErrnoRet"] = json!(OURS);
    profile["archMap"] = json!([]);
    profile["architectures"] = serde_json::from_str(architectures).expect("JSON");
    for rule in profile["syscalls"].as_array_mut().expect("a list") {
        let names = rule["names"].as_array_mut().expect("a list");
        names.retain(|name| {
            let number = number(Abi::X86_64, name.as_str().expect("a text"));
            number.is_some_and(|number| number <= last)
        });
    }
    profile.to_string()
}

#[test]
fn calls_that_are_newer_than_all_named() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runc-bundle");
    std::fs::create_dir_all(folder.join("rootfs")).unwrap();
    // `process_mrelease`, `keyctl` and numbers without a call; none does harm with these arguments.
    let numbers = [250, 438, 439, 440, 448, 500, 0x3fff_ffff];
    let can_run = cfg!(target_arch = "x86_64")
        && compile(&folder)
        && errors(&folder, None, &numbers).is_some();
    if !can_run {
        eprintln!("skipped: runc cannot start a container here");
        return;
    }
    for (last, architectures) in [
        (439, r#"["SCMP_ARCH_X86_64"]"#),
        (
            440,
            r#"["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]"#,
        ),
        (439, "[]"),
    ] {
        let text = profile(last, architectures);
        let profile = support::read(&text);
        let filter = support::filter(&text, &Host::docker(DOCKER_DEFAULT));
        let object = serde_json::from_str(&filter.to_oci(&profile)).unwrap();
        let errors = errors(&folder, Some(&object), &numbers).unwrap();
        for (number, error) in numbers.iter().zip(errors) {
            let decision = filter.decide(Abi::X86_64, *number, [u64::MAX; 6]);
            if let Some(Outcome::Errno(expected)) = decision.outcome() {
                assert_eq!(error, expected.to_string(), "{number} of {architectures}");
            } else {
                // The kernel's own answer, which is not the filter's.
                assert_ne!(error, OURS.to_string(), "{number}: {decision:?}");
            }
        }
    }
}
