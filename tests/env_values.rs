//! What a `.env` file says decides, and is never shown.

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
    let formats = [
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
    let mut outputs = vec![
        run(folder.path(), &["posture"]),
        run(folder.path(), &["posture", "--format", "json"]),
        run(folder.path(), &["posture", "--explain", "web"]),
        run(folder.path(), &["posture", "--explain", "worker"]),
    ];
    for format in formats {
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
