//! The part of a runner that composite actions see.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(crate) const ACTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml");

/// One step of the composite action: its script, and each of its variables with the input that it carries.
#[derive(Default)]
pub(crate) struct Step {
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) script: String,
}

/// The steps. The file is ours, so its layout is known: two spaces for each level, `run: |` last in a step.
pub(crate) fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_script = false;
    for line in fs::read_to_string(ACTION).unwrap().lines() {
        if line.starts_with("    - name: ") {
            steps.push(Step::default());
            in_script = false;
        }
        let Some(step) = steps.last_mut() else {
            continue;
        };
        if in_script {
            step.script += line.strip_prefix("        ").unwrap_or(line);
            step.script.push('\n');
        } else if let Some((name, input)) = line.trim().split_once(": ${{ inputs.") {
            let input = input.strip_suffix(" }}").unwrap();
            step.variables.push((name.to_owned(), input.to_owned()));
        }
        in_script |= line == "      run: |";
    }
    steps
}

/// A workspace to judge, and what a runner has beside it.
pub(crate) struct Runner {
    scene: TempDir,
    inputs: Vec<(&'static str, &'static str)>,
}

/// What a run of the action left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) log: String,
    pub(crate) outputs: String,
}

impl Runner {
    pub(crate) fn new() -> Self {
        Self::with_caulk(Path::new(env!("CARGO_BIN_EXE_caulk")))
    }

    /// One on which the action installs this program as `caulk`.
    pub(crate) fn with_caulk(caulk: &Path) -> Self {
        let scene = TempDir::new().unwrap();
        for folder in ["workspace", "temp", "bin"] {
            fs::create_dir(scene.path().join(folder)).unwrap();
        }
        let cargo = "#!/bin/sh\nwhile [ \"$1\" != --root ]; do shift; done\n\
            mkdir -p \"$2/bin\" && cp 'CAULK' \"$2/bin/caulk\"\n";
        write_program(
            &scene.path().join("bin/cargo"),
            &cargo.replace("CAULK", caulk.to_str().unwrap()),
        );
        let inputs = vec![("paths", "."), ("level", "baseline"), ("fail-on", "")];
        Self { scene, inputs }
    }

    pub(crate) fn set(mut self, input: &'static str, value: &'static str) -> Self {
        self.inputs.retain(|(name, _)| *name != input);
        self.inputs.push((input, value));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.scene.path().join(name)
    }

    pub(crate) fn write(self, name: &str, text: &str) -> Self {
        let path = self.path("workspace").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Runs the steps until one fails.
    pub(crate) fn run(&self) -> Run {
        let outputs = self.path("temp/outputs");
        fs::write(&outputs, "").unwrap();
        let mut run = Run {
            code: 0,
            log: String::new(),
            outputs: String::new(),
        };
        for step in steps() {
            let script = self.path("temp/script.sh");
            fs::write(&script, &step.script).unwrap();
            let value = |input: &str| {
                self.inputs
                    .iter()
                    .find(|(name, _)| *name == input)
                    .unwrap()
                    .1
            };
            let output = Command::new("bash")
                .args(["--noprofile", "--norc", "-eo", "pipefail"])
                .arg(script)
                .current_dir(self.path("workspace"))
                .env_clear()
                .env(
                    "PATH",
                    format!(
                        "{}:/usr/local/bin:/usr/bin:/bin",
                        self.path("bin").display()
                    ),
                )
                .env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR"))
                .env("GITHUB_OUTPUT", &outputs)
                .env("RUNNER_TEMP", self.path("temp"))
                .envs(
                    step.variables
                        .iter()
                        .map(|(name, input)| (name, value(input))),
                )
                .output()
                .unwrap();
            run.log += &String::from_utf8_lossy(&output.stdout);
            run.log += &String::from_utf8_lossy(&output.stderr);
            run.code = output.status.code().unwrap();
            if run.code != 0 {
                break;
            }
        }
        run.outputs = fs::read_to_string(outputs).unwrap();
        run
    }

    /// That nothing that was handed over has been taken for a command of the shell.
    #[track_caller]
    pub(crate) fn assert_nothing_was_executed(&self) {
        let found = Command::new("find")
            .arg(self.scene.path())
            .args(["-name", "PWNED*"])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }
}

pub(crate) fn write_program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    assert!(
        Command::new("chmod")
            .arg("+x")
            .arg(path)
            .status()
            .unwrap()
            .success()
    );
}
