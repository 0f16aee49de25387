//! Compose files that want to be read forever, or not at all.

use std::fmt::Write as _;

use caulk_model::{Container, Origin, Repository, StepKind, WhyUnresolved};
use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

fn read(files: &[(&str, &str)]) -> Repository {
    read_beside(files, &[])
}

/// The same where something lies at these paths that is not read.
fn read_beside(files: &[(&str, &str)], withheld: &[&str]) -> Repository {
    let files = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, text.as_bytes().to_vec()));
    let mut sources = Sources::from_files(files);
    for path in withheld {
        sources.withhold(*path);
    }
    Workspace::parse(&sources).repository(None)
}

fn problems(repository: &Repository) -> Vec<String> {
    let problems = repository
        .unreadable()
        .flat_map(|unreadable| &unreadable.problems);
    problems.map(|refused| refused.problem.clone()).collect()
}

fn names(repository: &Repository) -> Vec<&str> {
    let names = repository
        .containers()
        .filter_map(|container| container.name.as_deref());
    names.collect()
}

fn service<'r>(repository: &'r Repository, name: &str) -> &'r Container {
    let mut containers = repository.containers();
    let found = containers.find(|container| container.name.as_deref() == Some(name));
    found.expect("the service")
}

#[test]
fn services_that_extend_each_other() {
    let repository = read(&[(
        "compose.yaml",
        "services:\n  a: {extends: b, image: x}\n  b: {extends: {service: c}}\n  c: {extends: a}\n  \
         d: {image: y}\n  e: {extends: e, image: z}\n",
    )]);
    let circle = "services extend each other in a circle";
    assert!(
        problems(&repository)
            .iter()
            .any(|problem| problem == circle)
    );
    assert_eq!(names(&repository), ["a", "b", "c", "d", "e"]);
}

#[test]
fn files_that_include_each_other() {
    let repository = read(&[
        (
            "compose.yaml",
            "include: [a.yaml]\nservices: {web: {image: x}}\n",
        ),
        ("a.yaml", "include: [b.yaml]\nservices: {a: {image: x}}\n"),
        (
            "b.yaml",
            "include: [compose.yaml, a.yaml, b.yaml]\nservices: {b: {image: x}}\n",
        ),
    ]);
    let circle = "files include each other in a circle";
    assert!(
        problems(&repository)
            .iter()
            .any(|problem| problem == circle)
    );
    assert_eq!(names(&repository), ["web", "a", "b"]);
}

#[test]
fn a_tower_of_includes_is_not_climbed_twice_as_high_for_each_floor() {
    let mut files = vec![(
        "compose.yaml".to_owned(),
        "include: [f0.yaml]\nservices: {web: {image: x}}\n".to_owned(),
    )];
    for floor in 0..40 {
        let next = floor + 1;
        let text = format!(
            "include: [f{next}.yaml, f{next}.yaml]\nservices: {{s{floor}: {{image: x}}}}\n"
        );
        files.push((format!("f{floor}.yaml"), text));
    }
    files.push((
        "f40.yaml".to_owned(),
        "services: {top: {image: x}}\n".to_owned(),
    ));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let repository = read(&files);
    assert!(names(&repository).contains(&"web"));
    let said = problems(&repository);
    assert_eq!(
        said,
        ["a project of more than 1000 files is not read whole"]
    );
}

#[test]
fn a_chain_of_services_as_long_as_its_file() {
    let mut text = "services:\n  s0: {image: x, user: '0', cap_add: [SYS_ADMIN]}\n".to_owned();
    for index in 1..20_000 {
        let _ = writeln!(text, "  s{index}: {{extends: s{}}}", index - 1);
    }
    let repository = read(&[("compose.yaml", &text)]);
    let last = service(&repository, "s19999");
    assert_eq!(last.declared.cap_add.len(), 1);
    let steps = last.user.origin.steps();
    assert!(steps.iter().any(|step| step.kind == StepKind::Extends));
    assert!(steps.len() < 100, "the nearest steps are enough");
}

#[test]
fn a_hundred_thousand_services() {
    let mut text = "services:\n".to_owned();
    for index in 0..100_000 {
        let _ = writeln!(text, "  s{index}: {{image: x}}");
    }
    let over = "services:\n  s5: {privileged: true}\n  s99999: {privileged: true}\n";
    let repository = read(&[("compose.yaml", &text), ("compose.override.yaml", over)]);
    assert_eq!(names(&repository).len(), 100_000);
    assert_eq!(
        service(&repository, "s99999").privileged.value(),
        Some(&true)
    );
}

#[test]
fn a_million_aliases() {
    let mut list = "x-v: &w [".to_owned();
    for _ in 0..1_000_000 {
        list.push_str("*a,");
    }
    list.push_str("]\n");
    let text = format!(
        "x-a: &a {{k: v}}\n{list}services:\n  web:\n    image: x\n    privileged: true\n    x-w: *w\n"
    );
    let repository = read(&[("compose.yaml", &text)]);
    assert_eq!(service(&repository, "web").privileged.value(), Some(&true));
}

#[test]
fn aliases_that_double_at_each_level() {
    let mut text = "x-0: &a0 [/host:/x]\n".to_owned();
    for level in 1..60 {
        let below = level - 1;
        let _ = writeln!(text, "x-{level}: &a{level} [*a{below}, *a{below}]");
    }
    text.push_str("services:\n  web:\n    image: x\n    privileged: true\n    volumes: *a59\n");
    let repository = read(&[("compose.yaml", &text)]);
    assert_eq!(service(&repository, "web").privileged.value(), Some(&true));
}

#[test]
fn variables_that_stand_in_each_other() {
    let text = format!(
        "services:\n  web:\n    image: x\n    user: \"{}0{}\"\n    privileged: ${{A:-${{B:-true}}}}\n",
        "${A:-".repeat(5_000),
        "}".repeat(5_000)
    );
    let repository = read(&[
        ("compose.yaml", &text),
        (".env", "A=${B}\nB=${A}\nC=${C}\n"),
    ]);
    let web = service(&repository, "web");
    assert!(web.user.value().is_none());
    assert!(
        web.privileged.value().is_none(),
        "what the shell sets is not known"
    );
}

#[test]
fn keys_that_stand_twice() {
    let repository = read(&[(
        "compose.yaml",
        "services:\n  web: {image: x}\n  web: {image: y, privileged: true, privileged: false}\n",
    )]);
    assert_eq!(problems(&repository).len(), 2);
    assert_eq!(names(&repository), ["web"]);
}

#[test]
fn values_of_every_wrong_kind() {
    for text in [
        "services: []\n",
        "services: 5\n",
        "services: x\n",
        "[]\n",
        "5\n",
        "- a\n",
    ] {
        let repository = read(&[("compose.yaml", text)]);
        assert_eq!(problems(&repository).len(), 1, "{text}");
    }
    for value in [
        "5",
        "x",
        "[]",
        "[[]]",
        "{}",
        "{a: {b: c}}",
        "[{a: b}]",
        "null",
        "true",
        "!!binary x",
    ] {
        for key in KEYS {
            let text = format!(
                "services:\n  bad:\n    image: x\n    {key}: {value}\n  good: {{image: y, privileged: true}}\n"
            );
            let repository = read(&[("compose.yaml", &text), ("compose.override.yaml", &text)]);
            let good = service(&repository, "good");
            assert_eq!(good.privileged.value(), Some(&true), "{text}");
        }
    }
}

const KEYS: &[&str] = &[
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "configs",
    "deploy",
    "depends_on",
    "devices",
    "entrypoint",
    "environment",
    "extends",
    "group_add",
    "image",
    "ipc",
    "logging",
    "mem_limit",
    "network_mode",
    "networks",
    "pid",
    "ports",
    "privileged",
    "profiles",
    "read_only",
    "secrets",
    "security_opt",
    "sysctls",
    "tmpfs",
    "ulimits",
    "user",
    "volumes",
    "volumes_from",
];

#[test]
fn top_level_values_of_every_wrong_kind() {
    for key in [
        "include", "name", "networks", "secrets", "configs", "volumes", "version", "x-a",
    ] {
        for value in ["5", "x", "[]", "[[]]", "{}", "[{a: b}]", "null", "[null]"] {
            let text =
                format!("{key}: {value}\nservices:\n  good: {{image: y, privileged: true}}\n");
            let repository = read(&[("compose.yaml", &text)]);
            let good = service(&repository, "good");
            assert_eq!(good.privileged.value(), Some(&true), "{text}");
        }
    }
}

#[test]
fn a_service_that_is_null() {
    let repository = read(&[("compose.yaml", "services:\n  nothing:\n  web: {image: x}\n")]);
    assert_eq!(problems(&repository), ["a service has to be a mapping"]);
    assert_eq!(names(&repository), ["web"]);
}

#[test]
fn services_of_version_1() {
    let repository = read(&[(
        "docker-compose.yml",
        "web:\n  image: x\n  privileged: true\n",
    )]);
    let problems = problems(&repository);
    assert!(
        problems.iter().any(|problem| problem.contains("version 1")),
        "{problems:?}"
    );
}

#[test]
fn includes_of_what_is_no_file() {
    use WhyUnresolved::{Outside, Unread};
    let repository = read_beside(
        &[(
            "compose.yaml",
            "include: [folder, /etc/passwd, pipe, ../x.yaml, '', .]\nservices: {web: {image: x}}\n",
        )],
        &["folder", "pipe"],
    );
    let mut why: Vec<WhyUnresolved> = repository
        .unresolved()
        .map(|reference| reference.why)
        .collect();
    why.sort();
    assert_eq!(why, [Outside, Outside, Outside, Outside, Unread, Unread]);
    assert_eq!(names(&repository), ["web"]);
}

#[test]
fn a_value_that_is_written_for_one_service_alone() {
    let base = "x-common: &common {user: root}\nservices:\n  own: {image: x, user: root}\n  alias: {image: x, \
                <<: *common}\n  base: {image: x, user: root}\n  child: {image: x, extends: base}\n  over: \
                {image: x, user: root}\n";
    let over = "services:\n  over: {user: '0'}\n  own: {privileged: true}\n";
    let repository = read(&[("compose.yaml", base), ("compose.override.yaml", over)]);
    let written = |name: &str| matches!(service(&repository, name).user.origin, Origin::Written(_));
    for (name, expected) in [
        ("own", true),
        ("alias", false),
        ("base", false),
        ("child", false),
        ("over", false),
    ] {
        assert_eq!(written(name), expected, "{name}");
    }
    let privileged = &service(&repository, "own").privileged;
    assert!(
        matches!(privileged.origin, Origin::Written(_)),
        "in the override file alone"
    );
}

#[test]
fn limits_and_networks_that_the_engine_refuses() {
    for (keys, refused) in [
        (
            "mem_limit: 512m, deploy: {resources: {limits: {memory: 1G}}}",
            true,
        ),
        (
            "mem_limit: 512m, deploy: {resources: {limits: {cpus: '1'}}}",
            true,
        ),
        (
            "mem_limit: 512m, deploy: {resources: {limits: {memory: 512M}}}",
            false,
        ),
        ("mem_limit: 512m, deploy: {replicas: 2}", false),
        (
            "pids_limit: 5, deploy: {resources: {limits: {pids: 6}}}",
            true,
        ),
        ("cpus: 0, deploy: {resources: {limits: {cpus: '1'}}}", false),
        (
            "cpus: '${CPUS}', deploy: {resources: {limits: {cpus: '1'}}}",
            false,
        ),
        ("network_mode: host, networks: [a]", true),
        ("network_mode: host", false),
    ] {
        let text = format!("services:\n  web: {{image: x, {keys}}}\n");
        let repository = read(&[("compose.yaml", &text)]);
        assert_eq!(problems(&repository).len(), usize::from(refused), "{keys}");
    }
}

#[test]
fn a_base_image_that_another_context_stands_for() {
    let text = "services:\n  web:\n    build:\n      context: .\n      additional_contexts: {base: \
                'service:other'}\n  own:\n    build: .\n";
    let files = [
        ("compose.yaml", text),
        ("Dockerfile", "FROM base\nRUN true\n"),
    ];
    let repository = read(&files);
    let because = |name: &str| format!("{:?}", service(&repository, name).user.state);
    assert!(
        because("web").contains("build context of the service"),
        "{}",
        because("web")
    );
    assert!(!because("own").contains("build context of the service"));
}
