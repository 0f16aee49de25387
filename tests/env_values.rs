//! What a `.env` file says decides, and is never shown. A credential that is found is not shown either.

#![expect(
    clippy::disallowed_methods,
    reason = "it runs the program on files of its own"
)]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Each value carries a word that stands nowhere else.
const ENV: &str = "IMAGE=registry.example/hidden-image\nUSER_=0:hidden-user\nDIR=/etc/hidden-dir\n\
    SOCKET=/var/run/docker.sock\nSOCKET_AT=/hidden-target\nCAP=HIDDEN_CAP\nPORT=47111\n\
    PROFILE=./hidden-profile.json\nLABEL=label:type:spc_t\nNET=service:hidden-net\nGROUP=0\n\
    DEVICE=/dev/mem:/dev/hidden-device\nPROF=hidden-profile-name\nON=true\nARG=hidden-arg\n\
    CONTEXT=./hidden-context\nLIMIT=0\nSYSCTL=hidden-sysctl\nTMP=/hidden-tmp:exec\n\
    PARENT=hidden-parent\nHOST=tcp://hidden-host:2375\n";

const FORMATS: &[&str] = &[
    "full",
    "concise",
    "diff",
    "json",
    "jsonl",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
    "markdown",
    "html",
];

const COMPOSE: &str = "services:
  web:
    image: ${IMAGE}
    user: ${USER_}
    privileged: ${ON}
    network_mode: ${NET}
    cap_add: [\"${CAP}\"]
    group_add: [\"${GROUP}\"]
    devices: [\"${DEVICE}\"]
    ports: [\"${PORT}:80\", {target: 81, published: \"${PORT}\"}]
    profiles: [\"${PROF}\"]
    security_opt: [\"seccomp:${PROFILE}\", \"${LABEL}\", \"apparmor:${PARENT}\"]
    sysctls: {net.ipv4.ip_forward: \"${SYSCTL}\"}
    tmpfs: [\"${TMP}\"]
    cgroup_parent: ${PARENT}
    environment: {DOCKER_HOST: \"${HOST}\"}
    volumes:
      - ${SOCKET}:${SOCKET_AT}
      - ${DIR}:/x
      - /etc:/etc
  worker:
    build:
      context: ${CONTEXT}
      args: {RUN_AS: \"${ARG}\"}
    volumes_from: [\"${NET}\"]
    security_opt: [\"${LABEL}\"]
    mem_limit: ${LIMIT}
  reader:
    extends: {file: ./${ARG}.yaml, service: a}
";

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let said = String::from_utf8(output.stderr).expect("text");
    String::from_utf8(output.stdout).expect("text") + &said
}

#[test]
fn no_output_has_a_value_of_it() {
    let folder = TempDir::new().expect("a folder");
    std::fs::create_dir_all(folder.path().join(".git")).expect("a work tree");
    std::fs::write(folder.path().join("compose.yaml"), COMPOSE).expect("a file");
    std::fs::write(folder.path().join(".env"), ENV).expect("a file");
    let mut outputs = vec![
        run(folder.path(), &["posture"]),
        run(folder.path(), &["posture", "--format", "json"]),
        run(folder.path(), &["posture", "--explain", "web"]),
        run(folder.path(), &["posture", "--explain", "worker"]),
    ];
    for format in FORMATS {
        let arguments = [
            "check",
            "--level",
            "hardened",
            "--verbose",
            "--format",
            format,
        ];
        outputs.push(run(folder.path(), &arguments));
    }
    for output in &outputs {
        let lower = output.to_ascii_lowercase();
        for secret in ["hidden", "47111", "spc_t", "docker.sock"] {
            assert!(!lower.contains(secret), "{secret} is in\n{output}");
        }
    }
    let concise = outputs.get(5).map_or("", String::as_str);
    for judged in [
        "privileged",
        "runs-as-root",
        "runtime-socket-mounted",
        "host-path-mounted",
        "selinux-disabled",
        "unknown-capability",
    ] {
        assert!(concise.contains(judged), "{judged} is not in\n{concise}");
    }
}

/// Files with credentials that all have a word in them that stands nowhere else. Another rule points
/// at some of their lines, and fixes have them around.
const FILES: &[(&str, &str)] = &[
    (
        "compose.yaml",
        "services:
  web:
    image: ghcr.io/acme/web:1.0
    env_file: app.env
    environment: {API_TOKEN: kestrel-1, DOCKER_HOST: \"tcp://app:kestrel-2@10.0.0.5:2375\"}
    privileged: true
    user: root
  db:
    image: ghcr.io/acme/db:1.0
    cap_add: [ALL]
    environment:
      - DB_PASSWORD=kestrel-3
      - \"OTHER_PASSWORD=kestrel\\x2d4\"
    user: root
  flow: {image: ghcr.io/acme/db:1.0, privileged: true, environment: {DB_PASSWORD: kestrel-5}}
",
    ),
    ("app.env", "A=1\nJWT_SECRET=\"kestrel-6\"\n"),
    (
        "Dockerfile",
        "FROM debian:12-slim\nENV DB_PASSWORD=kestrel-7 NODE_TLS_REJECT_UNAUTHORIZED=0\nUSER root\n",
    ),
    (
        "run.sh",
        "docker run --privileged -e DB_PASSWORD=kestrel-8 ghcr.io/acme/a:1\n",
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"ghcr.io/acme/dev:1\", \"privileged\": true, \"containerEnv\": {\"API_TOKEN\": \"kestrel-9\"}}\n",
    ),
];

#[test]
fn no_output_has_a_credential() {
    let folder = TempDir::new().expect("a folder");
    std::fs::create_dir_all(folder.path().join(".git")).expect("a work tree");
    std::fs::create_dir_all(folder.path().join(".devcontainer")).expect("a folder");
    for (path, text) in FILES {
        std::fs::write(folder.path().join(path), text).expect("a file");
    }
    let found = run(folder.path(), &["check", "--format", "concise"]);
    let count = |rule: &str| found.matches(rule).count();
    assert_eq!(count("[secret-in-environment]"), 8, "{found}");
    assert_eq!(count("[secret-in-image]"), 1, "{found}");
    let settings: &[&[&str]] = &[
        &["--level", "hardened", "--verbose"],
        &["--level", "hardened", "--statistics"],
        &["--ignore", "secret-in-environment,secret-in-image"],
        &["--level", "hardened", "--color", "always"],
    ];
    for format in FORMATS {
        for more in settings {
            let arguments = [&["check", "--format", format], *more].concat();
            let output = run(folder.path(), &arguments);
            // A patch has the lines that it needs as they are, and edits of a flow mapping write it out.
            let is_patch = *format == "diff" && !more.contains(&"always");
            let said = output.lines().filter(|line| {
                let is_hunk = is_patch && line.starts_with(['+', '-', ' ']);
                let is_edit = format.starts_with("json") && line.contains("\"text\":");
                !is_hunk && !is_edit
            });
            for line in said {
                assert!(!line.contains("kestrel"), "{arguments:?}: {line}");
            }
        }
    }
    let full = run(folder.path(), &["check", "--level", "hardened"]);
    for shown in ["API_TOKEN: ••••, DOCKER_HOST", "ENV DB_PASSWORD=••••"] {
        assert!(full.contains(shown), "{shown} is not in\n{full}");
    }
}
