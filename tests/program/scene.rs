//! A folder to judge, with something beside it, and the program run inside.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// One finding, of high severity, on line 2.
pub(crate) const ROOT: &str = "FROM alpine:3.20\nUSER root\n";
/// None.
pub(crate) const CLOSED: &str = "FROM alpine:3.20\nUSER 65532:65532\n";
/// A profile with one finding, on line 1.
pub(crate) const OPEN_PROFILE: &str = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}"#;

/// A work tree (`tree`), and whatever lies beside it.
pub(crate) struct Scene {
    folder: TempDir,
}

/// What a run of the program left.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Run {
    /// The exit status; nothing if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// An empty work tree, as git would make it, so that it is the root wherever the tests run.
    pub(crate) fn new() -> Self {
        let scene = Self {
            folder: TempDir::new().unwrap(),
        };
        fs::create_dir_all(scene.path(".git")).unwrap();
        scene
    }

    /// One that git itself made, with a first commit of everything in `folder`.
    pub(crate) fn copy_of(folder: &Path) -> Self {
        let scene = Self {
            folder: TempDir::new().unwrap(),
        };
        let copied = Command::new("cp")
            .arg("-R")
            .arg(folder)
            .arg(scene.path(""))
            .status();
        assert!(copied.unwrap().success());
        scene.git(&["init", "--quiet"]);
        scene
    }

    /// A path in the work tree.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("tree").join(name)
    }

    pub(crate) fn write(self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// A symbolic link called `name` that leads to `target`.
    pub(crate) fn link(self, name: &str, target: &str) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
        self
    }

    /// A named pipe that nobody writes to: whoever reads it waits for ever.
    pub(crate) fn pipe(self, name: &str) -> Self {
        let made = Command::new("mkfifo").arg(self.path(name)).status();
        assert!(made.unwrap().success());
        self
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Somebody",
                "-c",
                "user.email=somebody@example.org",
            ])
            .args(arguments)
            .current_dir(self.path(""))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
    }

    /// The program in the work tree, in an environment that says nothing of whoever runs the tests.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caulk"));
        command.args(arguments).current_dir(self.path(""));
        for (name, _) in std::env::vars_os() {
            let scrubbed = [
                "NO_COLOR",
                "CLICOLOR",
                "CLICOLOR_FORCE",
                "CI",
                "TERM",
                "COLUMNS",
            ];
            let text = name.to_string_lossy();
            if scrubbed.contains(&&*text) || text.starts_with("GITHUB_") || text.starts_with("GIT_")
            {
                command.env_remove(&name);
            }
        }
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    /// `caulk check --format concise` with these arguments: the lines of the report, none of them an error.
    #[track_caller]
    pub(crate) fn findings<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Vec<String> {
        let mut command = self.command(&["check", "--format", "concise"]);
        let run = Run::of(&command.args(arguments).output().unwrap());
        let lines: Vec<String> = run.out.lines().map(str::to_owned).collect();
        assert_eq!(run.status, Some(i32::from(!lines.is_empty())), "{run:?}");
        lines
    }

    /// The same, only where: `path:line`.
    #[track_caller]
    pub(crate) fn places<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Vec<String> {
        let place = |line: &String| line.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
        self.findings(arguments).iter().map(place).collect()
    }
}

impl Run {
    /// What is printed is UTF-8, whatever the files are.
    #[track_caller]
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// That the run failed with one line, and that it is this one.
    #[track_caller]
    pub(crate) fn assert_refused(&self, line: &str) {
        assert_eq!(
            (self.status, self.out.as_str(), self.err.as_str()),
            (Some(2), "", format!("caulk: {line}\n").as_str())
        );
    }
}
