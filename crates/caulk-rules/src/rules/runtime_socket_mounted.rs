//! See the page below.

use std::collections::BTreeSet;

use caulk_model::{Entry, ImageSource, Mount, SelinuxLabel, Socket, path_holds, socket_reached_by};
use caulk_source::Span;

use crate::prelude::*;
use crate::shared::{asked_again, do_without_after, named_below};
use crate::socket_users;

rule! {
    /// The container can reach the control socket of a container runtime.
    ///
    /// ## Why it matters
    ///
    /// Who can speak to the runtime's socket can start a container that is privileged and has the
    /// host's disk mounted, and so is root on the host, whatever this container itself holds. Mounting
    /// it read-only does not help: `ro` protects the file, not what is said through it. The folder that
    /// holds the socket is as good as the socket.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   updater:
    ///     image: ghcr.io/acme/updater:2
    ///     volumes:
    ///       - /var/run/docker.sock:/var/run/docker.sock:ro
    /// ```
    ///
    /// ## Good
    ///
    /// Where a program really has to ask the runtime something, put a proxy in front of the socket that
    /// lets only those questions through:
    ///
    /// ```yaml,good
    /// services:
    ///   updater:
    ///     image: ghcr.io/acme/updater:2
    ///     environment:
    ///       DOCKER_HOST: tcp://socket-proxy:2375
    ///   socket-proxy:
    ///     image: tecnativa/docker-socket-proxy:0.3
    ///     environment:
    ///       CONTAINERS: 1
    ///     volumes:
    ///       - /var/run/docker.sock:/var/run/docker.sock:ro
    /// ```
    ///
    /// A proxy made for this is not reported: holding the socket is its purpose.
    ///
    /// ## How it is judged
    ///
    /// - *A socket, or a folder that holds it*, by a table of the runtimes' own paths.
    /// - *Read-only* (fires) does not change that.
    /// - *An engine of a user* (fires), whose socket lies in the folder of that user's runtime: what it
    ///   starts has the rights of that user and not of root. High.
    /// - *A builder's* (fires): who speaks to BuildKit runs steps in it, with the caches of others, and has
    ///   the host only where the builder allows steps that are privileged. High.
    /// - *The socket of systemd* (fires) starts programs as root without any container.
    /// - *`use_api_socket`* mounts it by another name.
    /// - *A proxy made for holding it* (silent) has that as its purpose.
    /// - *No SELinux label* (fires): where the policy would keep the container from the socket, the entry that
    ///   takes its label away is shown with it.
    /// - *Shown once more* (fires): where the same container mounts the socket again, or a folder above it
    ///   (`/` too, for a mount takes along what is mounted below), they are one finding without a fix:
    ///   to take one away alone changes nothing.
    /// - *A program for it* (fires): images that do nothing without the engine (nginx-proxy and its
    ///   acme-companion, docker-gen, traefik, watchtower, portainer, dozzle) are told how they are pointed at
    ///   a proxy instead, and so are commands that start such a program by its path. Those that take no
    ///   other engine (Selenium's `node-docker`, fluent-bit) are told what is left to do. Then there is no
    ///   fix.
    /// - *A command that names the socket* (fires) uses it, so there is no fix either.
    ///
    /// ## About the fix
    ///
    /// It removes the mount. What the program asked the runtime for will fail.
    ///
    /// ## Sources
    ///
    /// Docker's documentation, "Protect the Docker daemon socket"; the paths are those that each
    /// runtime's own documentation names, and so is how a program is pointed at a proxy. moby
    /// `daemon/oci_linux.go` (`withMounts`: a bind is recursive).
    "runtime-socket-mounted",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::High, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.32"),
        Reference::same(Authority::Owasp, "Rule 1"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_32"),
        Reference::same(Authority::Kics, "d6355c88-1e8d-49e9-b2f2-f8a1ca12c75b"),
        Reference::same(Authority::Semgrep, "exposing-docker-socket-volume"),
        Reference::same(Authority::ComposeLint, "CL-0001"),
        Reference::same(Authority::DockSec, "compose-docker-socket-mount"),
        Reference::same(Authority::ComposeAuditor, "SEC003"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if is_socket_proxy(container) {
            continue;
        }
        let mounts = &container.declared.mounts;
        // Mounts that a finding about the same socket shows already.
        let mut told = BTreeSet::new();
        if let Some(api) = &container.declared.api_socket
            && api.value() == Some(&true)
        {
            let socket = Socket {
                path: "use_api_socket",
                runtime: "Docker",
            };
            let again = shown_again(mounts, None, API_SOCKET);
            let sockets = again
                .iter()
                .filter(|(_, other)| other.value.socket().is_some());
            told.extend(sockets.map(|(at, _)| *at));
            let label = "mounts the socket, and the client's registry credentials with it";
            let again = again.iter().map(|(_, other)| other.place()).collect();
            findings.report(finding(
                container,
                (socket, "use_api_socket"),
                (api.span(), label),
                api.origin.written(),
                again,
            ));
        }
        for (at, mount) in mounts.iter().enumerate() {
            let Some(socket) = mount.value.socket() else {
                continue;
            };
            if told.contains(&at) {
                continue;
            }
            let source = mount.value.source.known();
            let path = source.map_or(socket.path, String::as_str);
            let note = if mount.value.read_only {
                ", and read-only does not change that"
            } else {
                ""
            };
            let label = format!("is as good as {}{note}", Opens::of(socket, path).label());
            let again = shown_again(mounts, Some(at), path);
            let of_this = again.iter().filter(|(_, other)| {
                let other = other.value.socket();
                other.is_some_and(|other| other.runtime == socket.runtime)
            });
            told.extend(of_this.map(|(at, _)| *at));
            let again = again.iter().map(|(_, other)| other.place()).collect();
            findings.report(finding(
                container,
                (socket, path),
                (mount.place(), &label),
                mount.origin.written(),
                again,
            ));
        }
    }
}

/// What `use_api_socket` mounts.
const API_SOCKET: &str = "/var/run/docker.sock";

/// Which other mounts show the socket at `path` once more, or, where that is a folder, a socket of the
/// same runtime in it.
fn shown_again<'m>(
    mounts: &'m [Entry<Mount>],
    this: Option<usize>,
    path: &str,
) -> Vec<(usize, &'m Entry<Mount>)> {
    let runtime = socket_reached_by(path).map(|socket| socket.runtime);
    let shows = |other: &Mount| {
        let Some(source) = other.source.known() else {
            return false;
        };
        let of_it = other
            .socket()
            .is_some_and(|other| Some(other.runtime) == runtime);
        path_holds(source, path) || (of_it && path_holds(path, source))
    };
    let others = mounts.iter().enumerate();
    others
        .filter(|(at, other)| Some(*at) != this && shows(&other.value))
        .collect()
}

/// What a socket opens.
#[derive(Clone, Copy)]
enum Opens {
    Host,
    Init,
    User,
    Builder,
}

impl Opens {
    fn of(socket: Socket, path: &str) -> Self {
        match socket.runtime {
            "systemd" => Self::Init,
            "BuildKit" => Self::Builder,
            _ if path.contains("/run/user/") || path.contains("XDG_RUNTIME_DIR") => Self::User,
            _ => Self::Host,
        }
    }

    /// Completes "is as good as …".
    fn label(self) -> &'static str {
        match self {
            Self::Host | Self::Init => "root on the host",
            Self::User => "the account of the user whose engine it is",
            Self::Builder => "the builder itself",
        }
    }

    /// Completes "through the socket, the container can …".
    fn can(self) -> &'static str {
        match self {
            Self::Host => "start a privileged container with the host's disk in it",
            Self::Init => "have the host's systemd run a program of its choice as root",
            Self::User => "start a container with all files of that user in it",
            Self::Builder => {
                "run steps of its choice in the builder, with the caches that it keeps of others"
            }
        }
    }
}

fn finding(
    container: &Container,
    (socket, path): (Socket, &str),
    (place, label): (Span, &str),
    written: Option<Span>,
    again: Vec<Span>,
) -> Finding {
    let title = container.title();
    let opens = Opens::of(socket, path);
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(place, label),
        format!("{title} can reach the control socket of {}", socket.runtime),
    )
    .severity(match opens {
        Opens::Host | Opens::Init => Severity::Critical,
        Opens::User | Opens::Builder => Severity::High,
    })
    .container(&title, container.anchor)
    .fact(format!("socket {path}"))
    .why(format!("through the socket, {title} can {}", opens.can()));
    let is_shown_again = !again.is_empty();
    let mut finding = finding;
    for other in again {
        finding = finding.related(other, "and this shows it once more");
    }
    let unconfined = container.declared.selinux.as_ref().filter(|label| {
        label.value().is_some_and(SelinuxLabel::confines_nothing) && label.span() != place
    });
    if let Some(label) = unconfined {
        let text = "and this lets it past SELinux: take it out together with the socket";
        finding = finding.related(label.span(), text);
    }
    let (finding, is_asked_again) = asked_again(finding, container, place);
    if is_asked_again {
        return finding;
    }
    if let Some(advice) = socket_users::instead(container, socket) {
        return finding.advice(advice);
    }
    let mut mounts = container.declared.mounts.iter();
    let mount = mounts.find(|mount| mount.place() == place);
    if let Some(word) = mount.and_then(|mount| named_below(container, &mount.value.target)) {
        return finding
            .related(word.origin.span(), "and its command uses it")
            .advice(
                "put a socket proxy in between that lets only the requests through that are needed, and have \
                 the command use that",
            );
    }
    match written {
        _ if is_shown_again => finding.advice(
            "take all of these away: as long as one of them is left, the socket is there; where the \
             program has to ask the runtime something, a socket proxy can let single questions through",
        ),
        Some(entry) => removed(finding, container, opens, entry, unconfined.is_some()),
        None => finding.advice(do_without_after(
            container.steps_to(place),
            "remove the mount where it is written, for all who share it",
        )),
    }
}

/// With the fix that takes the mount away.
fn removed(
    finding: Finding,
    container: &Container,
    opens: Opens,
    entry: Span,
    is_unconfined: bool,
) -> Finding {
    let lends_an_engine =
        container.surface == Surface::DevContainer && matches!(opens, Opens::Host | Opens::User);
    let (finding, mut may_break) = if lends_an_engine {
        let finding = finding.advice(
            "who builds images or starts containers in the dev container can point `DOCKER_HOST` at an \
             engine on a machine that holds nothing else",
        );
        (
            finding,
            "`docker` in the dev container no longer reaches the host's engine".to_owned(),
        )
    } else {
        let may_break = "what the program asks the runtime for fails; a socket proxy can let single questions through";
        (finding, may_break.to_owned())
    };
    if is_unconfined {
        may_break.push_str(
            "; what takes its SELinux label away is left then, and `selinux-disabled` judges it",
        );
    }
    finding.remedy(Remedy::unsafe_because(
        "take the mount away",
        Change::Remove { entry },
        may_break,
    ))
}

/// Whether a service is a proxy whose purpose is to hold the socket for others.
fn is_socket_proxy(container: &Container) -> bool {
    let pulled = matches!(container.source, ImageSource::Pulled { .. });
    let name = container.image.base.name();
    let repository = name.split([':', '@']).next().unwrap_or_default();
    pulled
        && repository
            .rsplit('/')
            .next()
            .is_some_and(|last| last.ends_with("socket-proxy"))
}
