//! docker/compose 2 and 5: `cmd/compose/run.go`, `exec.go`, `compose.go` (`addProjectFlags`).

use super::{Flag, Kind};

/// What stands between `compose` and its command.
pub(crate) const GLOBAL: &[Flag] = &[
    Flag::new("all-resources", Kind::Switch),
    Flag::new("ansi", Kind::Text),
    Flag::new("compatibility", Kind::Switch),
    Flag::new("dry-run", Kind::Switch),
    Flag::new("env-file", Kind::List),
    Flag::new("file", Kind::List).or('f'),
    Flag::new("insecure-registry", Kind::List),
    Flag::new("no-ansi", Kind::Switch),
    Flag::new("parallel", Kind::Integer),
    Flag::new("profile", Kind::List),
    Flag::new("progress", Kind::Text),
    Flag::new("project-directory", Kind::Text),
    Flag::new("project-name", Kind::Text).or('p'),
    Flag::new("verbose", Kind::Switch),
    Flag::new("workdir", Kind::Text),
];

/// `compose run`. The words for the same thing are those of `docker run`.
pub(crate) const RUN: &[Flag] = &[
    Flag::new("build", Kind::Switch),
    Flag::new("cap-add", Kind::List),
    Flag::new("cap-drop", Kind::List),
    Flag::new("detach", Kind::Switch).or('d'),
    Flag::new("entrypoint", Kind::Text),
    Flag::new("env", Kind::Variable).or('e'),
    Flag::new("env-from-file", Kind::List),
    Flag::new("interactive", Kind::Switch).or('i'),
    Flag::new("label", Kind::Label).or('l'),
    Flag::new("labels", Kind::Label),
    Flag::new("name", Kind::Text),
    Flag::new("no-TTY", Kind::Switch).or('T'),
    Flag::new("no-deps", Kind::Switch),
    Flag::new("no-tty", Kind::Switch),
    Flag::new("publish", Kind::List).or('p'),
    Flag::new("pull", Kind::Text),
    Flag::new("quiet", Kind::Switch).or('q'),
    Flag::new("quiet-build", Kind::Switch),
    Flag::new("quiet-pull", Kind::Switch),
    Flag::new("remove-orphans", Kind::Switch),
    Flag::new("rm", Kind::Switch),
    Flag::new("service-ports", Kind::Switch).or('P'),
    Flag::new("tty", Kind::Switch).or('t'),
    Flag::new("use-aliases", Kind::Switch),
    Flag::new("user", Kind::Text).or('u'),
    Flag::new("volume", Kind::List).or('v'),
    Flag::new("workdir", Kind::Text).or('w'),
];

/// `compose exec`.
pub(crate) const EXEC: &[Flag] = &[
    Flag::new("detach", Kind::Switch).or('d'),
    Flag::new("env", Kind::Variable).or('e'),
    Flag::new("index", Kind::Integer),
    Flag::new("interactive", Kind::Switch).or('i'),
    Flag::new("no-TTY", Kind::Switch).or('T'),
    Flag::new("no-tty", Kind::Switch),
    Flag::new("privileged", Kind::Switch),
    Flag::new("tty", Kind::Switch).or('t'),
    Flag::new("user", Kind::Text).or('u'),
    Flag::new("workdir", Kind::Text).or('w'),
];
