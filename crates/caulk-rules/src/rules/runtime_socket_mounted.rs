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
    /// lets only those requests through:
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
    ///   An image of which a variable hides all but the last part is known by that.
    /// - *A command that names the socket* (fires) uses it, so there is no fix either.
    /// - *Privileged mode* (fires) gives the host by itself: to take the mount away alone changes nothing, so
    ///   there is no fix.
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
            let again = shown_again(mounts, None, API_SOCKET.path);
            let sockets = again
                .iter()
                .filter(|(_, other)| other.value.socket().is_some());
            told.extend(sockets.map(|(at, _)| *at));
            let shown = Shown {
                socket: Socket {
                    path: "use_api_socket",
                    ..API_SOCKET
                },
                path: "use_api_socket",
                place: api.span(),
                written: api.origin.written(),
                again: again.iter().map(|(_, other)| other.place()).collect(),
            };
            let label = "mounts the socket, and the client's registry credentials with it";
            findings.report(finding(container, &shown, label));
        }
        for (at, mount) in mounts.iter().enumerate() {
            let Some(socket) = mount.value.socket().filter(|_| !told.contains(&at)) else {
                continue;
            };
            let source = mount.value.source.known();
            let path = source.map_or(socket.path, String::as_str);
            let again = shown_again(mounts, Some(at), path);
            let of_this = again.iter().filter(|(_, other)| {
                let other = other.value.socket();
                other.is_some_and(|other| other.runtime == socket.runtime)
            });
            told.extend(of_this.map(|(at, _)| *at));
            let shown = Shown {
                socket,
                path,
                place: mount.place(),
                written: mount.origin.written(),
                again: again.iter().map(|(_, other)| other.place()).collect(),
            };
            let label = label(&shown, mount.value.read_only);
            findings.report(finding(container, &shown, &label));
        }
    }
}

/// A socket, as a container is shown it.
struct Shown<'a> {
    socket: Socket,
    path: &'a str,
    place: Span,
    written: Option<Span>,
    /// Where it is shown once more.
    again: Vec<Span>,
}

/// What a mount is as good as.
fn label(shown: &Shown<'_>, read_only: bool) -> String {
    let holds = if shown.socket.is_in_a_folder() {
        "holds the socket and "
    } else {
        ""
    };
    let note = if read_only {
        ", and read-only does not change that"
    } else {
        ""
    };
    let opens = Opens::of(shown.socket, shown.path).label();
    format!("{holds}is as good as {opens}{note}")
}

/// What `use_api_socket` mounts.
const API_SOCKET: Socket = Socket {
    path: "/var/run/docker.sock",
    runtime: "Docker",
};

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

fn finding(container: &Container, shown: &Shown<'_>, label: &str) -> Finding {
    let title = container.title();
    let opens = Opens::of(shown.socket, shown.path);
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(shown.place, label),
        format!(
            "{title} can reach the control socket of {}",
            shown.socket.runtime
        ),
    )
    .severity(match opens {
        Opens::Host | Opens::Init => Severity::Critical,
        Opens::User | Opens::Builder => Severity::High,
    })
    .container(&title, container.anchor)
    .fact(format!("socket {}", shown.path))
    .why(format!("through the socket, {title} can {}", opens.can()));
    for other in &shown.again {
        finding = finding.related(*other, "and this shows it once more");
    }
    if let Some(place) = without_label(container, shown) {
        finding = finding.related(
            place,
            "and this lets it past SELinux: take this out as well",
        );
    }
    let (finding, is_asked_again) = asked_again(finding, container, shown.place);
    if is_asked_again {
        return finding;
    }
    mended(finding, container, shown, opens)
}

/// What takes away the label by which SELinux would keep the container from the socket.
fn without_label(container: &Container, shown: &Shown<'_>) -> Option<Span> {
    let label = container.declared.selinux.as_ref()?;
    let confines_nothing = label.value().is_some_and(SelinuxLabel::confines_nothing);
    (confines_nothing && label.span() != shown.place).then(|| label.span())
}

/// With what can be done.
fn mended(mut finding: Finding, container: &Container, shown: &Shown<'_>, opens: Opens) -> Finding {
    let mut mounts = container.declared.mounts.iter();
    let mount = mounts.find(|mount| mount.place() == shown.place);
    let word = mount.and_then(|mount| named_below(container, &mount.value.target));
    if let Some(word) = word {
        finding = finding.related(word.origin.span(), "and its command uses it");
    }
    if container.privileged.value() == Some(&true) {
        let place = container.privileged.span();
        return finding
            .related(place, "and this gives the host by itself")
            .advice(
                "take both away, privileged mode and the socket: each of them is a way to the host by itself",
            );
    }
    if let Some(advice) = socket_users::instead(container, shown.socket) {
        return finding.advice(advice);
    }
    if word.is_some() {
        return finding.advice(
            "put a socket proxy in between that lets only the requests through that are needed, and have the \
             command use that",
        );
    }
    if !shown.again.is_empty() {
        return finding.advice(take_all_away(container));
    }
    let Some(entry) = shown.written else {
        return finding.advice(do_without_after(
            container.steps_to(shown.place),
            "remove the mount where it is written, for all who share it",
        ));
    };
    let lends_an_engine =
        container.surface == Surface::DevContainer && matches!(opens, Opens::Host | Opens::User);
    let mut may_break = if lends_an_engine {
        finding = finding.advice(
            "who builds images or starts containers in the dev container can point `DOCKER_HOST` at an engine on a \
             machine that holds nothing else",
        );
        "`docker` in the dev container no longer reaches the host's engine".to_owned()
    } else {
        "what the program asks the runtime for fails, and a program that is made for the engine does not \
         start; a socket proxy can let single requests through, but one that lets containers be created is \
         as good as the socket"
            .to_owned()
    };
    if without_label(container, shown).is_some() {
        may_break
            .push_str("; the SELinux label stays switched off, which `selinux-disabled` judges");
    }
    finding.remedy(Remedy::unsafe_because(
        "take the mount away",
        Change::Remove { entry },
        may_break,
    ))
}

/// What to do where the socket is shown more than once.
fn take_all_away(container: &Container) -> String {
    let mut mounts = container.declared.mounts.iter();
    let root = mounts.any(|mount| mount.value.source.known().is_some_and(|path| path == "/"));
    let parts = if root {
        ", and in place of `/` mount only the parts that the program reads"
    } else {
        ""
    };
    format!(
        "take all of these mounts away{parts}: as long as one of them is left, the socket is there; where the \
         program has to ask the runtime something, a socket proxy can let single requests through"
    )
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
