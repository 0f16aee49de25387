//! `action.yml`: its scripts, run as the runner of GitHub Actions runs them, and the whole of it under act.
//!
//! `cargo` is replaced by a script that puts this build where the action would install it, so that nothing
//! compiles.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests drive the shell and the disk"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a failure of the scene is a failure of the test"
)]

use std::fs;
use std::io::{Write as _, stderr};
use std::process::Command;

use tempfile::TempDir;

#[path = "action/commands.rs"]
mod commands;
#[path = "action/runner.rs"]
mod runner;

use commands::obeyed;
use runner::{ACTION, Runner, steps, write_program};

const ROOT: &str = "FROM alpine:3.20\nUSER root\n";
const CLOSED: &str = "FROM alpine:3.20\nUSER 65532:65532\n";

/// Lines that a hostile file can bring into a log.
const HOSTILE: &str = "::error file=x,line=1::INJECTED\n  ::add-mask::a\nsome text ##[warning]INJECTED\n\
    ##[stop-commands]mine\n::set-output name=findings::0\n::stop-commands::mine\nEOF\n::mine::\n::debug::INJECTED\n";

#[test]
fn inputs_reach_the_scripts_as_variables_only() {
    let steps = steps();
    assert_eq!(steps.len(), 2, "build and check");
    for step in &steps {
        assert!(
            !step.script.is_empty() && !step.script.contains("${{"),
            "{}",
            step.script
        );
    }
    let carried: Vec<&str> = steps
        .iter()
        .flat_map(|step| &step.variables)
        .map(|(_, input)| input.as_str())
        .collect();
    assert_eq!(carried, ["paths", "level", "fail-on"]);
}

#[test]
fn a_clean_workspace_passes() {
    let run = Runner::new().write("Dockerfile", CLOSED).run();
    assert_eq!(
        (run.code, run.outputs.as_str()),
        (0, "exit-code=0\nfindings=0\n"),
        "{}",
        run.log
    );
}

#[test]
fn findings_fail_the_step_and_are_counted() {
    let run = Runner::new()
        .write("a/Dockerfile", ROOT)
        .write("b/Dockerfile", ROOT)
        .run();
    assert_eq!(
        (run.code, run.outputs.as_str()),
        (1, "exit-code=1\nfindings=2\n"),
        "{}",
        run.log
    );
    assert!(
        run.log.contains("a/Dockerfile:2") && run.log.contains("runs-as-root"),
        "{}",
        run.log
    );
}

#[test]
fn a_severity_that_fails_leaves_milder_findings_counted() {
    let run = Runner::new()
        .set("fail-on", "critical")
        .write("Dockerfile", ROOT)
        .run();
    assert_eq!(
        (run.code, run.outputs.as_str()),
        (0, "exit-code=0\nfindings=1\n"),
        "{}",
        run.log
    );
}

#[test]
fn a_run_that_fails_says_so_and_counts_nothing() {
    let run = Runner::new()
        .set("paths", "not/there")
        .write("Dockerfile", CLOSED)
        .run();
    assert_eq!(
        (run.code, run.outputs.as_str()),
        (2, "exit-code=2\n"),
        "{}",
        run.log
    );
}

#[test]
fn paths_stand_one_a_line_and_may_hold_anything_else() {
    let paths = "a folder/Dockerfile\r\n\n-x.Dockerfile\n$(touch${IFS}PWNED)\n--output=json=PWNED.Dockerfile";
    let mut runner = Runner::new()
        .set("paths", paths)
        .write("elsewhere/Dockerfile", ROOT);
    for name in [
        "a folder/Dockerfile",
        "-x.Dockerfile",
        "$(touch${IFS}PWNED)/Dockerfile",
    ] {
        runner = runner.write(name, ROOT);
    }
    runner = runner.write("--output=json=PWNED.Dockerfile", CLOSED);
    fs::rename(
        runner.path("workspace/--output=json=PWNED.Dockerfile"),
        runner.path("kept"),
    )
    .unwrap();
    let missing = runner.run();
    assert_eq!(missing.code, 2, "{}", missing.log);
    runner.assert_nothing_was_executed();

    fs::rename(
        runner.path("kept"),
        runner.path("workspace/--output=json=PWNED.Dockerfile"),
    )
    .unwrap();
    let run = runner.run();
    assert_eq!(
        (run.code, run.outputs.as_str()),
        (1, "exit-code=1\nfindings=3\n"),
        "{}",
        run.log
    );
}

#[test]
fn no_input_is_read_by_the_shell() {
    for input in ["paths", "level", "fail-on"] {
        for value in [
            "$(touch PWNED)",
            "`touch PWNED`",
            "x; touch PWNED",
            "\"; touch PWNED; \"",
            "'$(touch PWNED)",
        ] {
            let runner = Runner::new().set(input, value).write("Dockerfile", CLOSED);
            let run = runner.run();
            assert_eq!(run.code, 2, "{input}: {value}: {}", run.log);
            runner.assert_nothing_was_executed();
        }
    }
}

#[test]
fn names_and_contents_of_files_are_not_obeyed() {
    let hostile =
        format!("FROM alpine:3.20\nRUN <<EOT\n{HOSTILE}EOT\n# ##[error]INJECTED\nUSER root\n");
    let runner = Runner::new()
        .write("x$(touch${IFS}PWNED)/Dockerfile", &hostile)
        .write("new\n::error file=x,line=1::INJECTED/Dockerfile", ROOT)
        .write("d,line=999::x/Dockerfile", ROOT)
        .write("a%0A::error::INJECTED/Dockerfile", ROOT)
        .write("##[error]INJECTED/Dockerfile", ROOT)
        .write("\u{1b}[31m\u{202e}/Dockerfile", ROOT)
        .write("-x.Dockerfile", ROOT);
    let run = runner.run();
    assert_eq!(
        (run.code, run.outputs.as_str()),
        (1, "exit-code=1\nfindings=7\n"),
        "{}",
        run.log
    );
    assert_eq!(obeyed(&run.log), [] as [&str; 0], "{}", run.log);
    runner.assert_nothing_was_executed();
}

#[test]
fn whatever_is_printed_is_not_obeyed() {
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("caulk");
    let script = format!(
        "#!/bin/sh\nfor last; do case $last in --output=json=*) printf '{{\"findings\": []}}' >\"${{last#*json=}}\" ;; \
         esac; done\ncat <<'END'\n{HOSTILE}END\ncat >&2 <<'END'\n{HOSTILE}END\nprintf 'no newline at the end'\nexit 1\n"
    );
    write_program(&program, &script);
    let run = Runner::with_caulk(&program).run();
    assert_eq!(run.outputs, "exit-code=1\nfindings=0\n", "{}", run.log);
    assert!(run.log.matches("INJECTED").count() >= 4, "{}", run.log);
    assert_eq!(obeyed(&run.log), [] as [&str; 0], "{}", run.log);
}

/// A workflow that uses the action as a stranger would, and a step that shows what came of it.
const WORKFLOW: &str = r#"
on: push
permissions: {}
jobs:
  containers:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: caulk
        uses: acme/caulk@v1
        continue-on-error: true
        with:
          paths: |
            web
            $(touch PWNED)/Dockerfile
      - env:
          SEEN: outcome=${{ steps.caulk.outcome }} code=${{ steps.caulk.outputs.exit-code }} findings=${{ steps.caulk.outputs.findings }}
        run: echo "seen $SEEN"
"#;

#[test]
fn under_act_the_outputs_reach_the_workflow() {
    if Command::new("act").arg("--version").output().is_err() {
        // Nothing to do where stderr is closed.
        let _ = writeln!(stderr(), "skipped: act is not installed");
        return;
    }
    let runner = Runner::new()
        .write(".github/workflows/containers.yml", WORKFLOW)
        .write(
            "web/Dockerfile",
            &format!("FROM alpine:3.20\nRUN <<EOT\n{HOSTILE}EOT\nUSER root\n"),
        )
        .write("$(touch PWNED)/Dockerfile", ROOT);
    let (success, log) = act(&runner);
    assert!(success, "{log}");
    assert!(
        log.contains("seen outcome=failure code=1 findings=2"),
        "{log}"
    );
    runner.assert_nothing_was_executed();
}

/// Runs the workspace's workflow under act: whether it succeeded, and its log.
fn act(runner: &Runner) -> (bool, String) {
    for folder in ["action", "home", "cache"] {
        fs::create_dir(runner.path(folder)).unwrap();
    }
    fs::copy(ACTION, runner.path("action/action.yml")).unwrap();
    let prepare = "git init -q . && git add -A && git -c user.name=a -c user.email=a@example.org commit -qm one";
    for folder in ["workspace", "action"] {
        let done = Command::new("sh")
            .args(["-c", prepare])
            .current_dir(runner.path(folder))
            .status()
            .unwrap();
        assert!(done.success());
    }
    let path = format!(
        "{}:{}",
        runner.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let output = Command::new("act")
        .args([
            "push",
            "-P",
            "ubuntu-latest=-self-hosted",
            "--local-repository",
        ])
        .arg(format!("acme/caulk@v1={}", runner.path("action").display()))
        .current_dir(runner.path("workspace"))
        .env("PATH", path)
        .env("HOME", runner.path("home"))
        .env("XDG_CACHE_HOME", runner.path("cache"))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), log.into_owned())
}
