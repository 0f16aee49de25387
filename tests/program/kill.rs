//! A run that is killed while it writes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

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

/// Which runs are killed when.
struct Kills<'a> {
    scene: &'a Scene,
    before: &'a BTreeMap<PathBuf, Vec<u8>>,
    after: &'a BTreeMap<PathBuf, Vec<u8>>,
    /// How long a run takes, and how long from the first file that it writes to the last.
    whole: Duration,
    writing: Duration,
    numbers: u64,
}

/// How many runs were killed before a file was written, while some were and others were not, and
/// after the last.
#[derive(Default, Debug)]
struct Killed {
    before: usize,
    while_writing: usize,
    after: usize,
}

impl Kills<'_> {
    /// The files that a run changes.
    fn changed(&self) -> impl Iterator<Item = &Path> {
        let changed = self.before.iter();
        let changed = changed.filter(|(path, bytes)| self.after.get(*path) != Some(bytes));
        changed.map(|(path, _)| path.as_path())
    }

    /// A share of a time: Marsaglia's xorshift, the same on every run.
    fn some_of(&mut self, time: Duration) -> Duration {
        self.numbers ^= self.numbers << 13;
        self.numbers ^= self.numbers >> 7;
        self.numbers ^= self.numbers << 17;
        let share = u32::try_from(self.numbers % 1000).unwrap();
        time.mul_f64(f64::from(share) / 1000.0)
    }

    /// Kills so many runs; each file is then as it was or as the fix leaves it. Nine of ten are
    /// killed at some moment after the first file was written, and one at some moment of all.
    fn kill(&mut self, times: u64) -> Killed {
        let mut killed = Killed::default();
        for number in 0..times {
            for path in self.changed() {
                fs::write(path, &self.before[path]).unwrap();
            }
            let is_anywhere = number.is_multiple_of(10);
            let time = if is_anywhere {
                self.whole
            } else {
                self.writing
            };
            let wait = self.some_of(time);
            let places: BTreeMap<&Path, u64> = self
                .changed()
                .map(|path| (path, fs::metadata(path).unwrap().ino()))
                .collect();
            let mut child = start(self.scene);
            // What takes the place of a file is another one.
            let is_replaced = |(path, place): (&&Path, &u64)| {
                fs::metadata(path).is_ok_and(|now| now.ino() != *place)
            };
            while !is_anywhere
                && child.try_wait().unwrap().is_none()
                && !places.iter().any(is_replaced)
            {
                sleep(Duration::from_millis(1));
            }
            sleep(wait);
            let _ = child.kill();
            child.wait().unwrap();
            match self.written() {
                (0, _) => killed.before += 1,
                (_, 0) => killed.after += 1,
                _ => killed.while_writing += 1,
            }
        }
        killed
    }

    /// How many files are written, and how many are not yet. None is anything else.
    fn written(&self) -> (usize, usize) {
        let now = files(&self.scene.path(""));
        let (mut written, mut waiting) = (0, 0);
        for (path, bytes) in self.before {
            let found = now.get(path);
            let is_old = found == Some(bytes);
            let is_new = found == self.after.get(path);
            let shown = path.display();
            assert!(is_old || is_new, "{shown} is neither old nor new");
            written += usize::from(!is_old);
            waiting += usize::from(!is_new);
        }
        // What was being written beside a file may be left; it is hidden and says whose it is.
        for path in now.keys().filter(|path| !self.before.contains_key(*path)) {
            let name = path.file_name().unwrap().to_string_lossy();
            let is_ours = name.starts_with(".caulk-") && name.ends_with(".tmp");
            assert!(is_ours, "{name}");
            fs::remove_file(path).unwrap();
        }
        (written, waiting)
    }
}

/// A run that applies every fix.
fn start(scene: &Scene) -> Child {
    let mut command = scene.command(&["check", "--unsafe-fixes", "--fix-only"]);
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Measures a run that nobody kills, and kills so many others.
fn kill(scene: &Scene, times: u64) -> Killed {
    let before = files(&scene.path(""));
    let (started, clock) = (SystemTime::now(), Instant::now());
    let after = fixed(scene);
    let whole = clock.elapsed();
    let changed = before
        .iter()
        .filter(|(path, bytes)| after.get(*path) != Some(*bytes));
    let written = changed.map(|(path, _)| {
        let written = fs::metadata(path).unwrap().modified().unwrap();
        written.duration_since(started).unwrap_or_default()
    });
    let written: Vec<Duration> = written.collect();
    let first = written.iter().min().copied().unwrap_or_default();
    let last = written.iter().max().copied().unwrap_or_default();
    let writing = last.saturating_sub(first);
    let _ = writeln!(
        std::io::stderr(),
        "a run takes {} ms, and writes {} files from {} ms on for {} ms",
        whole.as_millis(),
        written.len(),
        first.as_millis(),
        writing.as_millis(),
    );
    let mut kills = Kills {
        scene,
        before: &before,
        after: &after,
        whole,
        writing,
        numbers: 0x0dea_d11e,
    };
    kills.kill(times)
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
    let killed = kill(&scene, 20);
    assert!(killed.while_writing > 0, "{killed:?}");
}

/// `cargo test --release --test program two_hundred -- --ignored --nocapture`
#[test]
#[ignore = "minutes: before a release, on a copy of the corpus"]
fn two_hundred_runs_over_real_files_are_killed_and_no_file_is_damaged() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no ../shared/corpus beside the project"
        );
        return;
    }
    let scene = Scene::copy_of(&corpus);
    let killed = kill(&scene, 200);
    let _ = writeln!(
        std::io::stderr(),
        "killed 200 times: {} before, {} while writing, {} after",
        killed.before,
        killed.while_writing,
        killed.after
    );
    assert!(killed.while_writing >= 100, "{killed:?}");
}
