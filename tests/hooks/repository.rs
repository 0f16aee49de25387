//! A scene for the hook: a repository of its own, and a git that knows nothing of whoever runs the tests.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(crate) const ROOT: &str = "FROM alpine:3.20\nUSER root\n";
pub(crate) const CLOSED: &str = "FROM alpine:3.20\nUSER 65532:65532\n";

/// A repository with the hook installed, a scratch folder that the hook has to leave empty, and a
/// `PATH` on which `caulk` is this build.
pub(crate) struct Repository {
    pub(crate) scene: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

/// What `git` did.
pub(crate) struct Outcome {
    pub(crate) committed: bool,
    pub(crate) said: String,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let scene = TempDir::new().unwrap();
        for folder in ["work tree", "scratch", "bin"] {
            fs::create_dir(scene.path().join(folder)).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_caulk"), scene.path().join("bin/caulk")).unwrap();
        let repository = Self {
            scene,
            variables: Vec::new(),
        };
        let hooks = concat!(env!("CARGO_MANIFEST_DIR"), "/hooks");
        assert!(
            repository
                .git(&["init", "--quiet", "--initial-branch=main"])
                .committed
        );
        assert!(
            repository
                .git(&["config", "core.hooksPath", hooks])
                .committed
        );
        repository
    }

    /// One with a first commit, of a clean Dockerfile.
    pub(crate) fn with_history() -> Self {
        let repository = Self::new();
        repository.write("Dockerfile", CLOSED);
        repository.add_all();
        repository.commit().assert_passes();
        repository
    }

    pub(crate) fn set(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    pub(crate) fn without_caulk(self) -> Self {
        fs::remove_file(self.scene.path().join("bin/caulk")).unwrap();
        self
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.scene.path().join("work tree").join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A git that knows nothing of whoever runs these tests.
    pub(crate) fn git_in<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Outcome {
        let path = format!(
            "{}:/usr/local/bin:/usr/bin:/bin",
            self.scene.path().join("bin").display()
        );
        let output = Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.scene.path())
            .env("TMPDIR", self.scene.path().join("scratch"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("NO_COLOR", "1")
            .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "Somebody")))
            .envs(
                ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"]
                    .map(|name| (name, "somebody@example.org")),
            )
            .envs(self.variables.iter().copied())
            .output()
            .unwrap();
        let said =
            String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        Outcome {
            committed: output.status.success(),
            said: said.into_owned(),
        }
    }

    pub(crate) fn git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Outcome {
        self.git_in(&self.path(""), arguments)
    }

    pub(crate) fn add_all(&self) {
        assert!(self.git(&["add", "--all"]).committed);
    }

    /// Commits, and sees to it that nothing is left behind.
    pub(crate) fn commit_with(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.git(&[&["commit", "--quiet", "--message=change"], arguments].concat());
        let left: Vec<_> = fs::read_dir(self.scene.path().join("scratch"))
            .unwrap()
            .collect();
        assert!(left.is_empty(), "left behind: {left:?}\n{}", outcome.said);
        outcome
    }

    pub(crate) fn commit(&self) -> Outcome {
        self.commit_with(&[])
    }
}

impl Outcome {
    #[track_caller]
    pub(crate) fn assert_passes(&self) {
        assert!(self.committed, "stopped: {}", self.said);
    }

    /// Stopped, because of a finding in this file, which is called by its own name.
    #[track_caller]
    pub(crate) fn assert_finds(&self, name: &str) {
        assert!(!self.committed, "committed: {}", self.said);
        assert!(
            self.said.contains("runs-as-root"),
            "no finding: {}",
            self.said
        );
        assert!(self.said.contains(name), "not in {name}: {}", self.said);
        assert!(
            !self.said.contains("caulk-hook."),
            "a scratch path is shown: {}",
            self.said
        );
    }
}
