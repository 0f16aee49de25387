//! Which commands a runner finds in what a step prints.

/// The workflow commands that the runner would obey in a log, after its own source (actions/runner 258d6c85,
/// `ActionCommand.cs`, `ActionCommandManager.cs`): the newer form at the start of a line, the older one anywhere.
pub(crate) fn obeyed(log: &str) -> Vec<String> {
    let mut obeyed = Vec::new();
    let mut stopped_by: Option<String> = None;
    for line in log.lines() {
        let newer = line
            .trim_start()
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"));
        let older = line
            .split_once("##[")
            .and_then(|(_, rest)| rest.split_once(']'));
        let Some((command, value)) = newer.or(older) else {
            continue;
        };
        let name = command.split(' ').next().unwrap_or_default();
        if stopped_by.as_deref() == Some(name) {
            stopped_by = None;
        } else if stopped_by.is_none() && name == "stop-commands" {
            stopped_by = Some(value.to_owned());
        } else if stopped_by.is_none() && COMMANDS.contains(&name) {
            obeyed.push(line.to_owned());
        }
    }
    assert_eq!(
        stopped_by, None,
        "commands stay stopped for the steps that follow"
    );
    obeyed
}

const COMMANDS: &[&str] = &[
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "echo",
    "set-output",
    "save-state",
    "set-env",
    "add-path",
    "internal-set-repo-path",
];

#[test]
fn the_model_of_the_runner_obeys_commands() {
    assert_eq!(
        obeyed("::error::a\n  ::add-mask::b\nc ##[group]d\n::unknown::e\n").len(),
        3
    );
    assert_eq!(
        obeyed("::stop-commands::t\n::error::a\n##[error]a\n::t::\n::error::b\n"),
        ["::error::b"]
    );
}
