//! The table as a whole, and what it says of the images that people write.

use std::io::Write as _;

use super::*;

/// Tags that `tags` is about, of which a row before it should not have taken one.
fn examples_of(tags: Tags) -> Vec<String> {
    let example = match tags {
        Tags::Any => return vec!["0-nothing-special".to_owned(), "nothing-special".to_owned()],
        Tags::Is(parts)
        | Tags::Contains(parts)
        | Tags::StartsWith(parts)
        | Tags::EndsWith(parts) => parts[0].to_owned(),
        Tags::Before(releases) => format!("{}.0", releases[0].0 - 1),
        Tags::Since(major, minor) | Tags::SinceOrUnversioned(major, minor) => {
            format!("{major}.{minor}")
        }
    };
    vec![example]
}

fn user_of(reference: &str) -> Option<&'static str> {
    find(reference).map(|row| row.user)
}

#[test]
fn every_family_is_sorted_and_owns_its_repositories() {
    for (index, family) in FAMILIES.iter().enumerate() {
        assert!(
            family.is_sorted_by_key(|row| row.repository),
            "family {index}"
        );
        for other in &FAMILIES[index + 1..] {
            let shared = family.iter().find(|row| {
                other
                    .iter()
                    .any(|further| further.repository == row.repository)
            });
            assert_eq!(shared, None, "a repository is in two families");
        }
    }
}

#[test]
fn every_row_can_be_reached() {
    for row in rows() {
        let repository = row.repository.replace('*', "some-image-without-a-row");
        let is_found = |tag: &String| {
            let found = find(&format!("{repository}:{tag}"));
            found.is_some_and(|found| std::ptr::eq(found, row))
        };
        let tags = examples_of(row.tags);
        assert!(tags.iter().any(is_found), "{repository}:{tags:?}");
    }
}

#[test]
fn every_repository_is_written_in_full_and_is_no_mirror() {
    for row in rows() {
        let name = row.repository.strip_suffix("/*").unwrap_or(row.repository);
        let name = format!("{name}/x");
        let image = ImageReference::parse(&name).expect("a repository of the table is a reference");
        assert_eq!(image.repository, name, "{row:?}");
        assert_eq!(image.origin(), name, "{row:?}");
    }
}

#[test]
fn every_row_has_a_source_and_a_month() {
    for row in rows() {
        let is_page = row.source.starts_with("https://");
        let is_file = row
            .source
            .split_once(": ")
            .is_some_and(|(repository, path)| {
                repository.split('/').count() == 2 && !path.is_empty() && !path.contains(' ')
            });
        assert!(is_page || is_file, "{row:?}");
        let (year, month) = row.checked.split_once('-').expect("a year and a month");
        assert!(
            (2026..2100).contains(&year.parse::<u32>().unwrap()),
            "{row:?}"
        );
        assert!((1..=12).contains(&month.parse::<u32>().unwrap()), "{row:?}");
    }
}

#[test]
fn who_steps_down_becomes_another_and_can() {
    use caulk_linux::Capability;
    for row in rows() {
        if let Some(account) = row.account {
            assert_ne!(account.uid, Some(0), "{row:?}");
            assert_ne!(account.name, "root", "{row:?}");
        }
        let Some(step) = row.steps_down else { continue };
        assert_ne!(step.to, "root", "{row:?}");
        assert!(step.capabilities.contains(Capability::Setuid), "{row:?}");
        assert!(step.capabilities.contains(Capability::Setgid), "{row:?}");
        assert!(
            caulk_linux::DOCKER_DEFAULT.contains_all(step.capabilities),
            "it works without being asked: {row:?}"
        );
    }
}

#[test]
fn an_image_is_found_in_every_spelling() {
    for spelling in [
        "node",
        "node:22",
        "library/node:22-alpine",
        "docker.io/node",
        "docker.io/library/node:lts",
        "index.docker.io/library/node",
        "registry-1.docker.io/library/node",
        "registry.hub.docker.com/library/node",
        "mirror.gcr.io/library/node",
        "public.ecr.aws/docker/library/node:20",
        "arm64v8/node",
        "node@sha256:a8b2611c4c380dde6159f9963ee4f294373a0b214958987b7b469d312287c4ef",
        "node:22@sha256:a8b2611c4c380dde6159f9963ee4f294373a0b214958987b7b469d312287c4ef",
    ] {
        let row = find(spelling).unwrap_or_else(|| panic!("{spelling} is found"));
        assert_eq!(row.repository, "docker.io/library/node", "{spelling}");
        assert!(row.is_root() && row.account.is_some(), "{spelling}");
    }
    for stranger in [
        "node/node",
        "ghcr.io/library/node",
        "localhost:5000/node",
        "Node",
        "scratch",
    ] {
        assert_eq!(find(stranger), None, "{stranger}");
    }
}

#[test]
fn the_tag_decides_where_it_matters() {
    for (reference, user) in [
        ("gcr.io/distroless/static", Some("0")),
        ("gcr.io/distroless/static:debug", Some("0")),
        ("gcr.io/distroless/static-debian12:nonroot", Some("65532")),
        ("gcr.io/distroless/base:debug-nonroot-arm64", Some("65532")),
        ("haproxy", Some("haproxy")),
        ("haproxy:lts-alpine", Some("haproxy")),
        ("haproxy:3.4", Some("haproxy")),
        ("haproxy:2.0-alpine", None),
        ("docker:27-dind", Some("")),
        ("docker:27-dind-rootless", Some("rootless")),
        (
            "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra",
            Some("1654"),
        ),
        ("mcr.microsoft.com/dotnet/aspnet:5.0", Some("")),
        ("mcr.microsoft.com/mssql/server:2017-latest", None),
        ("mcr.microsoft.com/mssql/server:2022-latest", Some("mssql")),
        ("bitnami/kafka:3", Some("1001")),
        ("nginxinc/nginx-unprivileged:alpine", Some("101")),
        ("cgr.dev/chainguard/python:latest-dev", Some("65532")),
        ("grafana/grafana:4.6.3", None),
        ("lscr.io/linuxserver/sonarr:latest", Some("")),
        ("selenium/standalone-chrome", Some("1200")),
        ("selenium/video:ffmpeg-7.1", Some("1200")),
    ] {
        assert_eq!(user_of(reference), user, "{reference}");
    }
}

#[test]
fn an_account_is_claimed_only_where_every_such_tag_has_it() {
    let account = |reference| {
        find(reference)
            .and_then(|row| row.account)
            .map(|it| it.name)
    };
    assert_eq!(account("ubuntu:24.04"), Some("ubuntu"));
    assert_eq!(account("ubuntu:noble-20240904.1"), Some("ubuntu"));
    for without in [
        "ubuntu:22.04",
        "ubuntu:jammy",
        "ubuntu:2",
        "oven/bun:1-distroless",
    ] {
        assert_eq!(account(without), None, "{without}");
    }
    assert_eq!(account("mcr.microsoft.com/dotnet/sdk:10.0"), Some("app"));
    assert_eq!(account("mcr.microsoft.com/dotnet/sdk:7.0"), None);
}

#[test]
fn windows_tags_are_not_taken_for_linux() {
    for (reference, user) in [
        (
            "golang:1.27-windowsservercore-ltsc2022",
            "ContainerAdministrator",
        ),
        ("golang:1.27-nanoserver", "ContainerUser"),
        (
            "mcr.microsoft.com/windows/servercore:ltsc2025",
            "ContainerAdministrator",
        ),
        (
            "mcr.microsoft.com/windows/nanoserver:ltsc2025",
            "ContainerUser",
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022",
            "ContainerUser",
        ),
    ] {
        let row = find(reference).unwrap_or_else(|| panic!("{reference} is found"));
        assert_eq!(
            (row.platform, row.user),
            (Platform::Windows, user),
            "{reference}"
        );
    }
    assert_eq!(
        find("golang:1.27").map(|row| row.platform),
        Some(Platform::Linux)
    );
}

#[test]
fn without_a_tag_only_what_all_tags_share_is_said() {
    let digest = "@sha256:a8b2611c4c380dde6159f9963ee4f294373a0b214958987b7b469d312287c4ef";
    let whatever = |name: &str| {
        let by_digest = find(&format!("{name}{digest}"));
        assert_eq!(by_digest, find_whatever_the_tag(name), "{name}");
        by_digest
    };
    let ubuntu = whatever("ubuntu").expect("every Ubuntu image is root");
    assert_eq!((ubuntu.user, ubuntu.account), ("", None));
    let postgres = whatever("postgres").expect("every Postgres image steps down");
    assert_eq!(postgres.steps_down.map(|step| step.to), Some("postgres"));
    for undecided in [
        "gcr.io/distroless/static",
        "haproxy",
        "docker",
        "an-official-one-without-a-row",
    ] {
        assert_eq!(whatever(undecided), None, "{undecided}");
    }
    assert_eq!(whatever("linuxserver/sonarr").map(|row| row.user), Some(""));
}

/// The images that the corpus's Dockerfiles inherit their user from, one for each stage.
fn inherited_in_corpus() -> Option<Vec<String>> {
    let users = "../../../shared/corpus/expected/dockerfile-users.jsonl";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(users);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test compares with the corpus on disk"
    )]
    let text = std::fs::read_to_string(path).ok()?;
    let references = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once("\"user\":\"@base:")?;
        Some(rest.split_once('"')?.0.to_owned())
    });
    Some(references.collect())
}

#[test]
fn most_users_that_the_corpus_inherits_are_known() {
    let mut stderr = std::io::stderr();
    let Some(references) = inherited_in_corpus() else {
        writeln!(stderr, "skipped: the corpus is not here").unwrap();
        return;
    };
    for reference in &references {
        // BuildKit wrote it out in full: reading it must change nothing.
        let image = ImageReference::parse(reference).expect("BuildKit took it");
        let tag = image.tag.map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = image
            .digest
            .map(|digest| format!("@{digest}"))
            .unwrap_or_default();
        assert_eq!(&format!("{}{tag}{digest}", image.repository), reference);
    }
    let unknown: Vec<_> = references
        .iter()
        .filter(|reference| find(reference).is_none())
        .collect();
    let known = references.len() - unknown.len();
    writeln!(
        stderr,
        "base images: {known} of {} inherited users are known",
        references.len()
    )
    .unwrap();
    assert!(known >= 388, "unknown: {unknown:?}");
}
