//! A run that is killed while it writes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;

use crate::scene::Scene;

/// Every file below a folder with its bytes, but for what git keeps.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != ".git") {
                    folders.push(path);
                }
            } else if let Ok(bytes) = fs::read(&path) {
                files.insert(path, bytes);
            }
        }
    }
    files
}

/// Kills a run again and again, a little later each time; each file is as it was or as the fix
/// leaves it. Returns how many runs were killed while some files were written and others were not.
fn kill(
    scene: &Scene,
    before: &BTreeMap<PathBuf, Vec<u8>>,
    after: &BTreeMap<PathBuf, Vec<u8>>,
    times: u64,
) -> usize {
    let started = std::time::Instant::now();
    let run = |name: &[&str]| {
        scene
            .command(name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    run(&["check", "--unsafe-fixes", "--fix-only"]).unwrap();
    let whole = started.elapsed();
    let mut halfway = 0;
    for number in 0..times {
        for (path, bytes) in before {
            fs::write(path, bytes).unwrap();
        }
        let mut child = scene
            .command(&["check", "--unsafe-fixes", "--fix-only"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The files are written at the end of a run.
        let share = 300 + number * 900 / times;
        sleep(whole.mul_f64(f64::from(u32::try_from(share).unwrap()) / 1000.0));
        let _ = child.kill();
        child.wait().unwrap();
        let now = files(&scene.path(""));
        let (mut written, mut waiting) = (0, 0);
        for (path, bytes) in before {
            let found = now.get(path);
            let is_old = found == Some(bytes);
            let is_new = found == after.get(path);
            assert!(
                is_old || is_new,
                "{} is neither old nor new",
                path.display()
            );
            if Some(bytes) != after.get(path) {
                if is_new {
                    written += 1;
                } else {
                    waiting += 1;
                }
            }
        }
        halfway += usize::from(written > 0 && waiting > 0);
        // What was being written beside a file may be left; it is hidden and says whose it is.
        for path in now.keys().filter(|path| !before.contains_key(*path)) {
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(
                name.starts_with(".caulk-") && name.ends_with(".tmp"),
                "{name}"
            );
            fs::remove_file(path).unwrap();
        }
    }
    halfway
}

/// The files as a run leaves them that nobody kills.
fn fixed(scene: &Scene) -> BTreeMap<PathBuf, Vec<u8>> {
    let run = scene.run(&["check", "--unsafe-fixes", "--fix-only"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    files(&scene.path(""))
}

#[test]
fn a_run_that_is_killed_leaves_each_file_whole() {
    let mut scene = Scene::new();
    for number in 0..60 {
        let more = "RUN true\n".repeat(number * 20);
        scene = scene.write(
            format!("{number}/Dockerfile"),
            format!("FROM alpine:3.20\n{more}USER root\n"),
        );
    }
    let before = files(&scene.path(""));
    let after = fixed(&scene);
    kill(&scene, &before, &after, 20);
}

#[test]
#[ignore = "minutes: before a release, on a copy of the corpus"]
fn two_hundred_runs_over_real_files_are_killed_and_no_file_is_damaged() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/projects");
    if !corpus.is_dir() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no ../shared/corpus beside the project"
        );
        return;
    }
    let scene = Scene::copy_of(&corpus);
    let before = files(&scene.path(""));
    let after = fixed(&scene);
    let halfway = kill(&scene, &before, &after, 200);
    let _ = writeln!(
        std::io::stderr(),
        "killed 200 times, {halfway} of them between the first file and the last"
    );
    assert!(halfway > 0, "no run was killed while it wrote");
}
