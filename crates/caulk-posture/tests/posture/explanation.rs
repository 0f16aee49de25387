use crate::{COMPOSE, FILES, of};

fn explain(name: &str) -> String {
    of(FILES, |posture| posture.explain(name).expect("it is there"))
}

#[test]
fn a_service_with_written_default_inherited_and_unknown_facts() {
    assert_eq!(
        explain("web"),
        "\
service `web`, compose.yaml:2

image              built from web/Dockerfile:3, on alpine:3.20: written in compose.yaml:3
user               runs as 65532:65532: written in web/Dockerfile:2, inherited through
                   compose.yaml:3 `build`, then web/Dockerfile:3 `FROM`
root               its first process is not root
privileged         no: nobody says otherwise
capabilities       at most default +NET_ADMIN
                   added NET_ADMIN: written in compose.yaml:4
                   its first process holds none of them, because it is not root
seccomp            the engine's default profile: nobody says otherwise
no-new-privileges  off, a setuid program in it gains privileges: nobody says otherwise
AppArmor           `docker-default`: nobody says otherwise
SELinux label      `default`: nobody says otherwise
masked paths       kept in /proc and /sys: nobody says otherwise
namespaces         its own: network, pid, ipc, uts, user, cgroup
paths of the host  /var/run/docker.sock as /run/docker.sock, which opens the control socket of
                   Docker: written in compose.yaml:9
                   /etc as /host/etc, read-only: written in compose.yaml:10
                   ./conf as /conf/: written in compose.yaml:11
root filesystem    read-only: written in compose.yaml:5
memory             at most 512 MiB: written in compose.yaml:6
processors         unknown, because `$CPUS` is not set here: written in compose.yaml:7
processes          not limited: nobody says otherwise
"
    );
}

#[test]
fn a_service_whose_user_is_unknown() {
    assert_eq!(
        explain("agent"),
        "\
service `agent`, compose.yaml:12

image              ghcr.io/acme/agent:1, pulled: written in compose.yaml:13
user               unknown, because `$RUN_AS` is not set here: written in compose.yaml:16
root               whether its first process is root is unknown
privileged         yes: written in compose.yaml:14
capabilities       at most all: it is privileged
                   which of them its first process holds is unknown, because `$RUN_AS` is not set
                   here
seccomp            off, every system call is open: written in compose.yaml:14
no-new-privileges  off, a setuid program in it gains privileges: nobody says otherwise
AppArmor           `unconfined`: written in compose.yaml:14
SELinux label      `disabled`: written in compose.yaml:14
masked paths       open, all of /proc and /sys: written in compose.yaml:14
namespaces         network of the host: written in compose.yaml:15
                   its own: pid, ipc, uts, user, cgroup
root filesystem    writable: nobody says otherwise
memory             not limited: nobody says otherwise
processors         not limited: nobody says otherwise
processes          not limited: nobody says otherwise
"
    );
}

#[test]
fn a_pulled_image_and_its_own_user() {
    let text = explain("database");
    let lines = [
        "user               runs as root: the default of postgres:latest, which compose.yaml:18 names",
        "                   where it starts as root, its entrypoint becomes `postgres` through `gosu` or",
        "                   `su-exec`",
        "capabilities       none",
        "                   dropped ALL: written in compose.yaml:19",
        "seccomp            off, every system call is open: written in compose.yaml:20",
    ];
    for line in lines {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[test]
fn an_image_says_who_runs_it_decides_the_rest() {
    assert_eq!(
        explain("final"),
        "\
stage `final`, web/Dockerfile:3

image              built here, on alpine:3.20
user               runs as 65532:65532: written in web/Dockerfile:2, inherited through
                   web/Dockerfile:3 `FROM`
root               its first process is not root
everything else    who runs the image decides: service `web` (compose.yaml:2)
"
    );
}

#[test]
fn a_container_is_called_by_name_path_or_place() {
    let by_name = explain("final");
    assert_eq!(explain("web/Dockerfile"), by_name);
    assert_eq!(explain("web/Dockerfile:3"), by_name);
    let none = of(FILES, |posture| posture.explain("wbe").unwrap_or_default());
    assert_eq!(none, "");
}

#[test]
fn containers_of_one_name_are_told_one_after_the_other() {
    let files = [("a/compose.yaml", COMPOSE), ("b/compose.yaml", COMPOSE)];
    let text = of(&files, |posture| {
        posture.explain("database").unwrap_or_default()
    });
    let titles: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("service"))
        .collect();
    assert_eq!(
        titles,
        [
            "service `database`, a/compose.yaml:17",
            "service `database`, b/compose.yaml:17"
        ]
    );
}

#[test]
fn no_line_is_wider_than_a_hundred_columns() {
    for name in ["web", "agent", "database", "final"] {
        for line in explain(name).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
