//! See the page below.

use caulk_model::Origin;

use crate::prelude::*;

rule! {
    /// The container's process is put into a group that is as good as root.
    ///
    /// ## Why it matters
    ///
    /// `group_add` gives the first process another group, by name or by number. Some groups exist to
    /// hand out a piece of root's power without being root: who is in `docker` may talk to the engine's
    /// socket and start any container, who is in `disk` may read and write raw disks, past every file's
    /// mode. A user that is not root is worth little beside such a group.
    ///
    /// A number means the same on the host and in the container; a name is looked up in the image's
    /// `/etc/group`. Of the numbers only those are judged that mean the same group on the usual
    /// distributions: 0 `root`, 6 `disk`, 42 `shadow`.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:3
    ///     user: "65532:65532"
    ///     group_add: [docker]
    /// ```
    ///
    /// ## Good
    ///
    /// A group for the one thing that the program needs:
    ///
    /// ```yaml,good
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:3
    ///     user: "65532:65532"
    ///     group_add: [dialout]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A group of the table*, by name or by number.
    /// - *Any user* (fires): root too, for the group is what is left once the user is another
    ///   one.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry. What only that group may open is closed to the program then: give it a
    /// group of its own, or a proxy that lets through the few requests that it needs.
    ///
    /// ## Sources
    ///
    /// moby `daemon/oci_linux.go` (`getUser`, `AdditionalGids`: groups are added whatever the
    /// user says); Debian's base-passwd, "Users and groups in the Debian system"; Docker's
    /// manual, "Docker daemon attack surface".
    "privileged-group",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[Reference::like(Authority::Nist, "4.4.3")],
    check: check,
}

/// A group, its number where that is the same everywhere, and what its members can do: reads after
/// "a member of it can".
struct Group {
    name: &'static str,
    number: Option<i64>,
    can: &'static str,
}

/// The groups, as Debian, Alpine and Fedora number them.
#[rustfmt::skip]
const GROUPS: &[Group] = &[
    group("root", Some(0), "open what belongs to root's group, in the image and on every path of the host that it sees"),
    group("disk", Some(6), "read and write any disk whose device it sees, past every file's mode"),
    group("shadow", Some(42), "read the password hashes of the image, and of the host if its `/etc` is mounted"),
    group("docker", None, "start any container through the engine's socket, and so become root on the host"),
    group("podman", None, "start any container through Podman's socket where one is mounted"),
    group("lxd", None, "start a privileged container through LXD's socket, and so become root on the host"),
    group("incus-admin", None, "start a privileged container through Incus's socket, and so become root on the host"),
    group("sudo", None, "become root wherever the image has sudo"),
    group("wheel", None, "become root wherever the image has sudo, doas or su"),
];

const fn group(name: &'static str, number: Option<i64>, can: &'static str) -> Group {
    Group { name, number, can }
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if container.image.is_windows() {
            continue;
        }
        for entry in &container.declared.group_add {
            if let Some(written) = entry.value.known()
                && let Some(group) = find(written)
            {
                findings.report(finding(container, written, &entry.origin, group));
            }
        }
    }
}

/// The group that a name or a number means: Go's `strconv.Atoi` decides what a number is.
fn find(written: &str) -> Option<&'static Group> {
    let number: Option<i64> = written.parse().ok();
    GROUPS
        .iter()
        .find(|group| group.name == written || (number.is_some() && group.number == number))
}

fn finding(container: &Container, written: &str, origin: &Origin, group: &Group) -> Finding {
    let title = container.title();
    let name = group.name;
    let spelt = if written == name {
        format!("`{name}`")
    } else {
        format!("{}, which is `{name}`", origin.quoted(written))
    };
    let confidence = match group.number {
        Some(0) => Confidence::High,
        // Which number a name has, and what is behind it, is the image's to say.
        Some(_) | None => Confidence::Medium,
    };
    let who = match container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its first process starts as root and steps down, and"
        }
        State::Known(true) => "its first process is root as long as nobody changes that, and",
        State::Known(false) => "its first process is not root, yet",
        State::Unknown { .. } => "whatever its user,",
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(origin.span(), format!("puts it into the group {name}")),
        format!("{title} is put into the group {spelt}"),
    )
    .container(&title, container.anchor)
    .fact(format!("group {name}"))
    .doubted(
        confidence,
        "which number the group has, and what belongs to it, is not known here",
    )
    .why(format!("{who} a member of this group can {}", group.can));
    match origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("leave it out of the group {name}"),
            Change::Remove { entry: place },
            "files and sockets that only this group may open are closed to the program",
        )),
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}
