//! What of the host a container sees in its filesystem.

use caulk_source::{Span, clean_path};

use crate::{Entry, State};

/// A path of the host, or a named pipe, that a container sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mount {
    /// The path on the host.
    pub source: State<String>,
    /// Where the path on the host is written, where the mount has keys of its own.
    pub place: Option<Span>,
    /// The path in the container.
    pub target: String,
    /// Whether the container may only read it.
    pub read_only: bool,
    /// How mounts below it travel between host and container, where that is written: `rshared`.
    pub propagation: Option<String>,
    /// Whether SELinux's label of the files is changed for the container.
    pub relabel: Relabel,
    /// Why its options are not known, where they are not: then none of the last three is said.
    pub options_unknown: Option<String>,
}

/// Whether a mount changes SELinux's label of the host's files.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Relabel {
    /// It does not.
    #[default]
    None,
    /// `z`: for every container.
    Shared,
    /// `Z`: for this container alone.
    Private,
}

/// The control socket of a container runtime: who can speak to it can start a container that holds
/// everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Socket {
    /// Where it is on the host: a whole path, or the end of one for sockets under a user's folder.
    pub path: &'static str,
    /// Whose it is.
    pub runtime: &'static str,
}

impl Socket {
    /// Whether it was reached by a folder that holds it.
    pub fn is_in_a_folder(self) -> bool {
        self.path == RUNTIME_FOLDERS || FOLDERS.iter().any(|(folder, _)| *folder == self.path)
    }
}

/// Where the folders of users' runtimes are.
const RUNTIME_FOLDERS: &str = "/run/user";

/// The sockets, each by the path that its runtime's own documentation gives (read 2026-11).
const SOCKETS: &[Socket] = &[
    Socket {
        path: "/run/docker.sock",
        runtime: "Docker",
    },
    Socket {
        path: "/run/containerd/containerd.sock",
        runtime: "containerd",
    },
    Socket {
        path: "/run/k3s/containerd/containerd.sock",
        runtime: "containerd",
    },
    Socket {
        path: "/run/podman/podman.sock",
        runtime: "Podman",
    },
    Socket {
        path: "/run/crio/crio.sock",
        runtime: "CRI-O",
    },
    Socket {
        path: "/run/cri-dockerd.sock",
        runtime: "cri-dockerd",
    },
    Socket {
        path: "/run/buildkit/buildkitd.sock",
        runtime: "BuildKit",
    },
    Socket {
        path: "/run/systemd/private",
        runtime: "systemd",
    },
];

/// Sockets under a folder of a user, whose number or name varies.
const USER_SOCKETS: &[(&str, Socket)] = &[
    (
        "/run/user/",
        Socket {
            path: "/docker.sock",
            runtime: "Docker",
        },
    ),
    (
        "/run/user/",
        Socket {
            path: "/podman/podman.sock",
            runtime: "Podman",
        },
    ),
    (
        "",
        Socket {
            path: "/.docker/run/docker.sock",
            runtime: "Docker",
        },
    ),
    (
        "",
        Socket {
            path: "/.docker/desktop/docker.sock",
            runtime: "Docker",
        },
    ),
    (
        "${XDG_RUNTIME_DIR",
        Socket {
            path: "/docker.sock",
            runtime: "Docker",
        },
    ),
    (
        "${XDG_RUNTIME_DIR",
        Socket {
            path: "/podman/podman.sock",
            runtime: "Podman",
        },
    ),
    (
        "$XDG_RUNTIME_DIR",
        Socket {
            path: "/docker.sock",
            runtime: "Docker",
        },
    ),
    (
        "$XDG_RUNTIME_DIR",
        Socket {
            path: "/podman/podman.sock",
            runtime: "Podman",
        },
    ),
];

/// Folders that hold a socket and little else that a container could want.
///
/// `/` and other folders further up hold one too; that is a host path mounted, which is another
/// weakness with another cure.
const FOLDERS: &[(&str, &str)] = &[
    ("/run", "Docker"),
    ("/run/containerd", "containerd"),
    ("/run/k3s/containerd", "containerd"),
    ("/run/podman", "Podman"),
    ("/run/crio", "CRI-O"),
    ("/run/buildkit", "BuildKit"),
];

/// The socket that a container reaches through this path of the host.
pub fn socket_reached_by(path: &str) -> Option<Socket> {
    if let Some(pipe) = windows_pipe(path) {
        return Some(pipe);
    }
    let path = canonical(path);
    let exact = SOCKETS.iter().find(|socket| socket.path == path);
    let of_a_user = USER_SOCKETS
        .iter()
        .find(|(start, socket)| path.starts_with(start) && path.ends_with(socket.path))
        .map(|(_, socket)| socket);
    if let Some(socket) = exact.or(of_a_user) {
        return Some(*socket);
    }
    if is_runtime_folder(&path) {
        return Some(Socket {
            path: RUNTIME_FOLDERS,
            runtime: "Docker",
        });
    }
    let folder = FOLDERS.iter().find(|(folder, _)| *folder == path);
    folder.map(|(folder, runtime)| Socket {
        path: folder,
        runtime,
    })
}

/// Whether who has the first path of the host has the second with it: it is the same, or lies below.
/// A mount of a folder takes along what is mounted below it.
pub fn path_holds(folder: &str, path: &str) -> bool {
    let (folder, path) = (canonical(folder), canonical(path));
    match folder.as_str() {
        "/" => path.starts_with('/'),
        folder => path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// Whether a path is the folder of one user's runtime, in which rootless engines keep their sockets.
fn is_runtime_folder(path: &str) -> bool {
    let of_a_number = path
        .strip_prefix("/run/user/")
        .is_some_and(|user| !user.is_empty() && !user.contains('/'));
    of_a_number || matches!(path, "$XDG_RUNTIME_DIR" | "${XDG_RUNTIME_DIR}")
}

fn windows_pipe(path: &str) -> Option<Socket> {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let name = path.strip_prefix("//./pipe/")?;
    let runtime = match name {
        "docker_engine" | "docker_engine_linux" | "dockerdesktoplinuxengine" => "Docker",
        "containerd-containerd" => "containerd",
        "podman-machine-default" => "Podman",
        _ => return None,
    };
    Some(Socket {
        path: r"\\.\pipe\",
        runtime,
    })
}

/// The path without doubled or trailing `/`, `.` and `..`, and with `/var/run` as the link to
/// `/run` that it is.
fn canonical(path: &str) -> String {
    let absolute = clean_path(path);
    match absolute.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => absolute,
    }
}

impl Mount {
    /// Whether the container may surely write to it.
    pub fn is_writable(&self) -> bool {
        !self.read_only && self.options_unknown.is_none()
    }

    /// The runtime's socket that this mount opens, read-only or not.
    pub fn socket(&self) -> Option<Socket> {
        socket_reached_by(self.source.known()?)
    }
}

impl Entry<Mount> {
    /// Where a reader should look: at the path on the host.
    pub fn place(&self) -> Span {
        self.value.place.unwrap_or(self.origin.span())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_socket() {
        for path in [
            "/var/run/docker.sock",
            "/run/docker.sock",
            "//var//run/./docker.sock",
            "/run/user/1000/docker.sock",
            "${XDG_RUNTIME_DIR}/docker.sock",
            "~/.docker/run/docker.sock",
            "/var/run",
            "/run/",
            r"\\.\pipe\docker_engine",
            "//./pipe/docker_engine",
            "/run/k3s/containerd/containerd.sock",
            "/run/user/1000/podman/podman.sock",
            "/run/user/1000",
            "${XDG_RUNTIME_DIR}",
        ] {
            assert!(socket_reached_by(path).is_some(), "{path}");
        }
    }

    #[test]
    fn what_holds_a_path() {
        for (folder, path) in [
            ("/", "/var/run/docker.sock"),
            ("/var/run/", "/run/docker.sock"),
            ("/run/docker.sock", "/var/run/docker.sock"),
            ("/sys", "/sys/fs/cgroup"),
        ] {
            assert!(path_holds(folder, path), "{folder} {path}");
        }
        // `/var/run` is a link, which a mount of `/var` does not follow.
        for (folder, path) in [
            ("/var", "/var/run/docker.sock"),
            ("/ru", "/run"),
            ("/", "data"),
        ] {
            assert!(!path_holds(folder, path), "{folder} {path}");
        }
    }

    #[test]
    fn what_merely_looks_like_one() {
        for path in [
            "/srv/docker.sock.d",
            "/run/app",
            "docker.sock",
            "./run",
            "/runner",
            "/var/running",
            "/",
        ] {
            assert!(socket_reached_by(path).is_none(), "{path}");
        }
    }
}
