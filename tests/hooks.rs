//! `hooks/pre-commit` and `.pre-commit-hooks.yaml`, driven by the real git in repositories made for the purpose.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests drive git, the shell and the disk"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a failure of the scene is a failure of the test"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

#[path = "hooks/pre_commit.rs"]
mod pre_commit;
#[path = "hooks/repository.rs"]
mod repository;
#[path = "hooks/selection.rs"]
mod selection;

use repository::{CLOSED, ROOT, Repository};

#[test]
fn the_first_commit_is_judged() {
    let repository = Repository::new();
    repository.write("Dockerfile", ROOT);
    repository.add_all();
    repository.commit().assert_finds("Dockerfile:2");
    repository.write("Dockerfile", CLOSED);
    repository.add_all();
    repository.commit().assert_passes();
}

#[test]
fn what_is_staged_counts_and_not_the_work_tree() {
    let repository = Repository::with_history();
    repository.write("Dockerfile", ROOT);
    repository.add_all();
    repository.write("Dockerfile", CLOSED);
    repository.commit().assert_finds("Dockerfile:2");

    repository.write("Dockerfile", &format!("{CLOSED}EXPOSE 8080\n"));
    repository.add_all();
    repository.write("Dockerfile", ROOT);
    repository.commit().assert_passes();
}

#[test]
fn only_what_the_commit_changes_is_reported() {
    let repository = Repository::with_history();
    repository.write("old/Dockerfile", ROOT);
    repository.add_all();
    repository.commit_with(&["--no-verify"]).assert_passes();
    repository.write("Dockerfile", &format!("{CLOSED}EXPOSE 8080\n"));
    repository.add_all();
    repository.commit().assert_passes();
}

#[test]
fn files_that_the_commit_leaves_alone_are_read() {
    let service = |extra: &str| format!("services:\n  web:\n    build: ../web\n{extra}");
    for (dockerfile, starts_as_root) in [(ROOT, true), (CLOSED, false)] {
        let repository = Repository::with_history();
        repository.write("web/Dockerfile", dockerfile);
        repository.write("stack/compose.yaml", &service(""));
        repository.add_all();
        repository.commit_with(&["--no-verify"]).assert_passes();
        repository.write("stack/compose.yaml", &service("    cap_add: [SYS_ADMIN]\n"));
        repository.add_all();
        let outcome = repository.commit();
        assert!(!outcome.committed, "{}", outcome.said);
        assert!(
            outcome.said.contains("stack/compose.yaml:4"),
            "{}",
            outcome.said
        );
        assert_eq!(
            outcome.said.contains("its first process is root"),
            starts_as_root,
            "{}",
            outcome.said
        );
        assert!(
            !outcome.said.contains("web/Dockerfile:"),
            "{}",
            outcome.said
        );
    }
}

#[test]
fn commit_all_and_commit_path_are_judged_by_their_own_index() {
    let repository = Repository::with_history();
    repository.write("Dockerfile", ROOT);
    repository
        .commit_with(&["--all"])
        .assert_finds("Dockerfile:2");
    repository
        .commit_with(&["--", "Dockerfile"])
        .assert_finds("Dockerfile:2");

    repository.write("notes.txt", "one\n");
    repository.write("other.Dockerfile", ROOT);
    repository.add_all();
    repository.write("Dockerfile", &format!("{CLOSED}EXPOSE 8080\n"));
    repository
        .commit_with(&["--", "Dockerfile"])
        .assert_passes();
}

#[test]
fn a_commit_from_a_subfolder_is_judged() {
    let repository = Repository::with_history();
    repository.write("a/b/Dockerfile", ROOT);
    repository.add_all();
    let outcome = repository.git_in(&repository.path("a/b"), &["commit", "--message=change"]);
    outcome.assert_finds("a/b/Dockerfile:2");
}

#[test]
fn a_linked_work_tree_is_judged() {
    let repository = Repository::with_history();
    assert!(
        repository
            .git(&["worktree", "add", "--quiet", "../linked", "-b", "side"])
            .committed
    );
    let linked = repository.path("../linked");
    fs::write(linked.join("Dockerfile"), ROOT).unwrap();
    repository
        .git_in(&linked, &["commit", "--all", "--message=change"])
        .assert_finds("Dockerfile:2");
    fs::write(linked.join("Dockerfile"), format!("{CLOSED}EXPOSE 8080\n")).unwrap();
    repository
        .git_in(&linked, &["commit", "--all", "--message=change"])
        .assert_passes();
}

#[test]
fn a_deletion_and_a_file_of_another_kind_need_no_caulk() {
    let repository = Repository::with_history().without_caulk();
    repository.write("README.md", "USER root\n");
    repository.write("src/dockerfile.rs", "// USER root\n");
    repository.write("Dockerfile.dockerignore", "*\n");
    repository.add_all();
    repository.commit().assert_passes();
    assert!(repository.git(&["rm", "--quiet", "Dockerfile"]).committed);
    repository.commit().assert_passes();
}

#[test]
fn a_renamed_file_is_judged_under_its_new_name() {
    let repository = Repository::with_history();
    repository.write("attic/Dockerfile", ROOT);
    repository.add_all();
    repository.commit_with(&["--no-verify"]).assert_passes();
    assert!(
        repository
            .git(&["mv", "attic/Dockerfile", "attic/Containerfile"])
            .committed
    );
    repository.commit().assert_finds("attic/Containerfile:2");
}

#[test]
fn names_are_only_names() {
    let repository = Repository::with_history();
    let names = [
        "a folder/Dockerfile",
        "new\nline/Dockerfile",
        "x$(touch${IFS}PWNED)`touch PWNED`/Dockerfile",
        "quo'te\"s/Dockerfile",
        "sta*r/Dockerfile",
        "--output=json=PWNED.Dockerfile",
        "-x.Dockerfile",
        ":(top)/Dockerfile",
        "üñí/Dockerfile",
    ];
    for name in names {
        repository.write(name, CLOSED);
        repository.add_all();
        repository.commit().assert_passes();
        repository.write(name, ROOT);
        repository.add_all();
        let outcome = repository.commit();
        assert!(
            !outcome.committed && outcome.said.contains("runs-as-root"),
            "{name:?}: {}",
            outcome.said
        );
        assert!(repository.git(&["reset", "--quiet", "--hard"]).committed);
    }
    let pwned = Command::new("find")
        .arg(repository.scene.path())
        .args(["-name", "PWNED*"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&pwned.stdout), "");
}

#[test]
fn a_staged_link_stops_nothing() {
    let repository = Repository::with_history();
    fs::create_dir(repository.path("link")).unwrap();
    symlink("../Dockerfile", repository.path("link/Dockerfile")).unwrap();
    repository.add_all();
    repository.commit().assert_passes();
}

#[test]
fn a_staged_submodule_stops_nothing() {
    let repository = Repository::with_history();
    let head = repository.git(&["rev-parse", "HEAD"]).said;
    let module = format!("160000,{},compose.yaml", head.trim());
    assert!(
        repository
            .git(&["update-index", "--add", "--cacheinfo", &module])
            .committed
    );
    repository.commit().assert_passes();
}

#[test]
fn it_is_passed_over_by_name_or_by_number() {
    for (name, value) in [
        ("SKIP", "caulk"),
        ("SKIP", "other,caulk"),
        ("CAULK_SKIP", "1"),
    ] {
        let repository = Repository::new().set(name, value);
        repository.write("Dockerfile", ROOT);
        repository.add_all();
        repository.commit().assert_passes();
    }
    for (name, value) in [("SKIP", "caulking"), ("SKIP", "1"), ("CAULK_SKIP", "0")] {
        let repository = Repository::new().set(name, value);
        repository.write("Dockerfile", ROOT);
        repository.add_all();
        repository.commit().assert_finds("Dockerfile:2");
    }
}

#[test]
fn without_caulk_it_stops_and_says_how_to_go_on() {
    let repository = Repository::new().without_caulk();
    repository.write("Dockerfile", CLOSED);
    repository.add_all();
    let outcome = repository.commit();
    assert!(!outcome.committed);
    for word in ["cargo install", "CAULK_SKIP", "CAULK_HOOK_OPTIONAL"] {
        assert!(outcome.said.contains(word), "{word}: {}", outcome.said);
    }
    let repository = repository.set("CAULK_HOOK_OPTIONAL", "1");
    let outcome = repository.commit();
    outcome.assert_passes();
    assert!(outcome.said.contains("was not judged"), "{}", outcome.said);
}
