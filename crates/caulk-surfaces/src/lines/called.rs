//! What a call of a client is, as far as it is about privileges.

use crate::command_line::{self, Action, Given, Image, Invocation, Refusal, Run};

/// What a line starts.
#[derive(Debug)]
pub(super) enum Called {
    Run(Box<Run>),
    /// A service is run, with flags that add to what its file says.
    Service(Box<Run>),
    Exec(command_line::Exec),
    Build(command_line::Line<'static>),
}

/// What a call starts that is worth knowing; a refusal where its client takes none of it.
pub(super) fn called(call: &Invocation<'_>) -> Result<Option<Called>, Refusal> {
    match call.action {
        Action::Run => {
            let run = command_line::run(call.client, call.words)?;
            let shown = !run.line.help && !is_placeholder(&run.image) && !installs_emulators(&run);
            Ok(shown.then(|| Called::Run(Box::new(run))))
        }
        Action::Pull => Ok(None),
        Action::Exec => {
            let exec = command_line::exec(call.client, call.words)?;
            Ok(is_privileged(&exec).then_some(Called::Exec(exec)))
        }
        // Versions differ, and podman has its own: what is not known is not refused here.
        Action::RunService => Ok(command_line::run_service(call.client, call.words)
            .ok()
            .filter(|run| !run.line.help)
            .map(|run| Called::Service(Box::new(run)))),
        Action::ExecService => Ok(command_line::exec_service(call.words)
            .ok()
            .filter(is_privileged)
            .map(Called::Exec)),
        // Builders have more flags than one page: what is not known is not refused here.
        Action::Build => Ok(command_line::build(call.client, call.words)
            .ok()
            .filter(|line| line.given.iter().any(asks_for_privileges))
            .map(Called::Build)),
    }
}

/// Whether a process that is started in a container gets every privilege.
fn is_privileged(exec: &command_line::Exec) -> bool {
    let mut given = exec.line.given.iter();
    given.any(|given| given.flag.name == "privileged" && given.value.value() == Some("true"))
}

/// Whether a flag of a build asks for more than builds have.
fn asks_for_privileges(given: &Given<'_>) -> bool {
    match given.flag.name {
        "allow" => true,
        "network" => given.value.value() == Some("host"),
        _ => false,
    }
}

/// Whether an image is what documentation writes in its place.
fn is_placeholder(image: &Image) -> bool {
    match image {
        Image::Named(image) => {
            let text = image.text.written();
            text.starts_with(['[', '<', '{', '.']) || text.contains("...")
        }
        Image::Unknown => false,
    }
}

/// Images that do one thing: register emulators of other processors in the kernel, for which they
/// need it all, once, and then end. Nothing else is a way to do that from a container.
const EMULATORS: &[&str] = &[
    "aptman/qus",
    "dbhi/qus",
    "docker/binfmt",
    "linuxkit/binfmt",
    "multiarch/qemu-user-static",
    "tonistiigi/binfmt",
];

fn installs_emulators(run: &Run) -> bool {
    let Image::Named(image) = &run.image else {
        return false;
    };
    let Some(name) = image.text.value() else {
        return false;
    };
    let name = name.split(['@']).next().unwrap_or(name);
    let bare = name.rsplit_once(':').map_or(name, |(name, _)| name);
    let bare = bare.strip_prefix("docker.io/").unwrap_or(bare);
    EMULATORS.contains(&bare) && run.last("rm").is_some()
}
