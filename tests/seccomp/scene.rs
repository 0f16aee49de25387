//! A folder with profiles, and the program run inside.

use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A profile with a rule of each kind. Line 6 allows without a condition, line 8 for an argument,
/// line 11 for a capability.
pub(crate) const OWN: &str = r#"{
  "defaultAction": "SCMP_ACT_ERRNO",
  "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
              {"architecture": "SCMP_ARCH_AARCH64"}],
  "syscalls": [
    {"names": ["read", "write", "exit_group", "keyctl", "openat"], "action": "SCMP_ACT_ALLOW"},
    {
      "names": ["socket"], "action": "SCMP_ACT_ALLOW",
      "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]
    },
    {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
    {"names": ["ptrace"], "action": "SCMP_ACT_LOG", "includes": {"minKernel": "5.4"}}
  ]
}
"#;

/// A folder, and the program in it.
pub(crate) struct Scene {
    folder: TempDir,
}

/// What a run left.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// With [`OWN`] as `own.json`.
    pub(crate) fn new() -> Self {
        let scene = Self {
            folder: TempDir::new().unwrap(),
        };
        std::fs::create_dir_all(scene.path(".git")).unwrap();
        scene.write("own.json", OWN)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caulk"));
        command
            .arg("seccomp")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        for name in [
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "GITHUB_ACTIONS",
            "TF_BUILD",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    /// A run that is given `input`.
    pub(crate) fn fed(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        Run::of(&child.wait_with_output().unwrap())
    }

    /// What a run prints that ends with 0 and complains of nothing.
    #[track_caller]
    pub(crate) fn printed(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!((run.status, run.err.as_str()), (Some(0), ""), "{run:?}");
        run.out
    }

    /// That a run fails with one line, and that it is this one.
    #[track_caller]
    pub(crate) fn refuses(&self, arguments: &[&str], line: &str) {
        let run = self.run(arguments);
        let expected = Run {
            status: Some(2),
            out: String::new(),
            err: format!("caulk: {line}\n"),
        };
        assert_eq!(run, expected, "{arguments:?}");
    }

    /// The document that a run prints, whatever its status.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(arguments);
        assert_eq!(run.err, "", "{arguments:?}");
        serde_json::from_str(&run.out).unwrap()
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}

/// A text on one line, with single blanks: a paragraph may break anywhere.
pub(crate) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a program can be run here; says so where not, past libtest's capture.
pub(crate) fn has(program: &str) -> bool {
    let run = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let runs = run.is_ok();
    if !runs {
        skip(&format!("{program} is not installed"));
    }
    runs
}

pub(crate) fn skip(why: &str) {
    // Nothing to do where stderr is closed.
    let _ = writeln!(stderr(), "skipped: {why}");
}

/// Profiles that others published, where they are beside the checkout.
pub(crate) fn published() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seccomp");
    let entries = std::fs::read_dir(&folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    if paths.is_empty() {
        skip("there is no ../shared/seccomp beside the project");
    }
    paths
}
