//! What of the host a container has, in few words each.

use caulk_model::{Container, Mount, Namespace, NamespaceKind, State};
use caulk_source::{cut_from, cut_to};

/// A path longer than this is shown by its two ends.
const LONG: usize = 18;

/// Everything of the host that a container has, in few words: what opens most first.
pub(crate) fn words(container: &Container) -> Vec<String> {
    let mut words = Vec::new();
    match container.privileged.state {
        State::Known(true) => words.push("privileged".to_owned()),
        State::Known(false) => {}
        State::Unknown { .. } => words.push("privileged?".to_owned()),
    }
    let mounts = || container.declared.mounts.iter().map(|entry| &entry.value);
    words.extend(
        mounts()
            .filter_map(Mount::socket)
            .map(|socket| format!("{} socket", socket.runtime)),
    );
    match container
        .declared
        .api_socket
        .as_ref()
        .map(|fact| &fact.state)
    {
        Some(State::Known(true)) => words.push("API socket".to_owned()),
        Some(State::Unknown { .. }) => words.push("API socket?".to_owned()),
        Some(State::Known(false)) | None => {}
    }
    words.extend(
        NamespaceKind::ALL
            .iter()
            .filter_map(|kind| namespace(container, *kind)),
    );
    let devices = container.declared.devices.iter();
    words.extend(devices.map(|entry| path(&entry.value.host).to_owned()));
    let paths = || mounts().filter(|mount| mount.socket().is_none());
    let is_of_the_project = |mount: &&Mount| {
        mount
            .source
            .known()
            .is_some_and(|source| source.starts_with('.'))
    };
    words.extend(
        paths()
            .filter(|mount| !is_of_the_project(mount))
            .map(mounted),
    );
    words.extend(paths().filter(is_of_the_project).map(mounted));
    words
}

fn namespace(container: &Container, kind: NamespaceKind) -> Option<String> {
    match &container.namespaces.get(kind).state {
        State::Known(Namespace::Host) => Some(format!("{kind}")),
        State::Known(
            Namespace::Own | Namespace::Shareable | Namespace::Joined { .. } | Namespace::Nothing,
        ) => None,
        State::Unknown { .. } => Some(format!("{kind}?")),
    }
}

/// The path, or `?`.
pub(crate) fn path(source: &State<String>) -> &str {
    source.known().map_or("?", String::as_str)
}

/// `/etc`, or `/etc:ro`.
fn mounted(mount: &Mount) -> String {
    let end = match (mount.read_only, &mount.options_unknown) {
        (true, _) => ":ro",
        (false, Some(_)) => ":?",
        (false, None) => "",
    };
    format!("{}{end}", ends(path(&mount.source)))
}

/// `/mnt/…/data` for a long path of more than three parts.
fn ends(path: &str) -> String {
    let first = path.match_indices('/').nth(1).map(|(at, _)| at + 1);
    let last = path.trim_end_matches('/').rfind('/');
    match (first, last) {
        (Some(first), Some(last)) if first < last && path.chars().count() > LONG => {
            format!("{}…{}", cut_to(path, first), cut_from(path, last))
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_is_shown_by_its_ends() {
        assert_eq!(ends("/mnt/docker-volumes/some/data"), "/mnt/…/data");
        assert_eq!(ends("./infra/conf/nginx/site.conf"), "./infra/…/site.conf");
        assert_eq!(
            ends("/a-very-long-name/of-two-parts"),
            "/a-very-long-name/of-two-parts"
        );
        assert_eq!(ends("/etc/nginx/conf"), "/etc/nginx/conf");
    }
}
