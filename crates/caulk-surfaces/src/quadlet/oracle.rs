//! podman's own test units say which flags must come of them.

use std::io::Write as _;
use std::path::Path;

use caulk_source::{FileId, SourceFile};

use super::keys;
use super::unit::parse;

/// Keys whose flags are not read: they say nothing of privileges. An assertion about one of them, or
/// about a path that podman makes up, is left out.
const NOT_READ: &[&str] = &[
    "--add-host",
    "--annotation",
    "--arch",
    "--cgroups",
    "--dns",
    "--dns-option",
    "--dns-search",
    "--env",
    "--env-file",
    "--env-host",
    "--expose",
    "--foo",
    "--gidmap",
    "--health-cmd",
    "--health-interval",
    "--health-log-destination",
    "--health-max-log-count",
    "--health-max-log-size",
    "--health-on-failure",
    "--health-retries",
    "--health-start-period",
    "--health-startup-cmd",
    "--health-startup-interval",
    "--health-startup-retries",
    "--health-startup-success",
    "--health-startup-timeout",
    "--health-timeout",
    "--hostname",
    "--http-proxy",
    "--init",
    "--ip",
    "--ip6",
    "--label",
    "--log-driver",
    "--log-opt",
    "--network-alias",
    "--pod",
    "--pull",
    "--read-only-tmpfs",
    "--replace",
    "--requires",
    "--retry",
    "--retry-delay",
    "--rm",
    "--rootfs",
    "--sdnotify",
    "--secret",
    "--shm-size",
    "--stop-signal",
    "--stop-timeout",
    "--subgidname",
    "--subuidname",
    "--tz",
    "--uidmap",
    "--workdir",
    "-d",
];

/// The words of an assertion.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut inside = false;
    let mut begun = false;
    for character in line.chars() {
        match character {
            '"' => {
                inside = !inside;
                begun = true;
            }
            ' ' if !inside => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// What podman is asserted to be given, in our spelling; nothing where we read nothing of it.
fn expected(assertion: &str) -> Option<String> {
    let words = words(assertion);
    let flag = match words.first()?.as_str() {
        "-v" => "--volume",
        "-u" => "--user",
        other => other,
    };
    let name = flag.split('=').next().unwrap_or(flag);
    if NOT_READ.contains(&name) || !name.starts_with("--") {
        return None;
    }
    let value = words.get(1..).unwrap_or_default().join(" ");
    if flag == "--read-only" {
        return Some("--read-only=true".to_owned());
    }
    let whole = match (flag.contains('='), value.is_empty()) {
        (true, _) | (false, true) => flag.to_owned(),
        (false, false) => format!("{flag}={value}"),
    };
    Some(whole.to_ascii_lowercase())
}

/// Names that podman looks up in other units, folders that it makes absolute, and what stands in
/// keys of which the first word alone is ours.
fn is_made_up(expected: &str) -> bool {
    let made_up = [
        "systemd-",
        "podman-e2e",
        "=test-",
        "container:foobar",
        "removequotes",
        "uid=",
        "uidmapping=",
        "--tmpfs=/tmp:",
        "--entrypoint=",
    ];
    expected == "--mount" || made_up.iter().any(|part| expected.contains(part))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]
fn keys_become_the_flags_that_podman_asserts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/corpus/quadlets/containers+podman/test/e2e/quadlet");
    let Ok(files) = std::fs::read_dir(folder) else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: keys_become_the_flags_that_podman_asserts: there is no ../shared/corpus beside the project"
        );
        return;
    };
    let (mut compared, mut units, mut missing) = (0, 0, Vec::new());
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = SourceFile::new(name.clone(), std::fs::read(&path).unwrap());
        let unit = parse(FileId::FIRST, source.text());
        let read = keys::read("Container", std::iter::once(&unit));
        let ours: Vec<String> = read
            .flags
            .words()
            .iter()
            .map(|word| word.text.written().replace('~', "%h").to_ascii_lowercase())
            .collect();
        units += 1;
        for line in source.text().lines() {
            let Some(assertion) = line.strip_prefix("## assert-podman-args ") else {
                continue;
            };
            let Some(expected) = expected(assertion) else {
                continue;
            };
            if is_made_up(&expected) {
                continue;
            }
            compared += 1;
            // An argument in `PodmanArgs` may be two words.
            let parted = expected.split_once('=');
            let as_words = parted.is_some_and(|(flag, value)| {
                ours.iter().any(|word| word == flag) && ours.iter().any(|word| word == value)
            });
            if !ours.contains(&expected) && !as_words {
                missing.push(format!("{name}: {assertion}\n  ours: {ours:?}"));
            }
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "quadlets: {compared} flags of {units} units compared with podman's, {} missing",
        missing.len()
    );
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
