//! Rows of base images from small Dockerfiles: each kind of row, and each way to differ.

use std::path::Path;

use caulk_dev::images::{Derived, Outcome, Step, compare, derive, entries, list, report};
use caulk_model::State;
use caulk_model::base_images::{self, Platform};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for a test");
    for (path, text) in files {
        write(&folder.path().join(path), text);
    }
    folder
}

#[expect(clippy::disallowed_methods, reason = "a test writes its files")]
fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// What a Dockerfile alone says.
fn derived(dockerfile: &str) -> State<Derived> {
    with_script(dockerfile, "")
}

/// What a Dockerfile says with `start.sh` beside it.
fn with_script(dockerfile: &str, script: &str) -> State<Derived> {
    let mut files = vec![("Dockerfile", dockerfile)];
    if !script.is_empty() {
        files.push(("start.sh", script));
    }
    let folder = folder(&files);
    derive(folder.path(), "Dockerfile").expect("the Dockerfile can be read")
}

fn known(state: &State<Derived>) -> &Derived {
    state.known().expect("it is known")
}

#[test]
fn the_user_is_written_inherited_or_unknown() {
    let written = derived("FROM debian:12\nRUN useradd --uid 999 app\nUSER app\n");
    let written = known(&written);
    assert_eq!((written.user.text(), written.is_root), ("app", false));
    assert_eq!(written.accounts, [("app".to_owned(), Some(999))]);
    assert_eq!(written.base, "debian:12");

    let nobody_says = derived("FROM debian:12\nCMD [\"sh\"]\n");
    assert!(known(&nobody_says).is_root && known(&nobody_says).user.is_empty());

    let from_the_table = derived("FROM haproxy:3.0\nCOPY x /x\n");
    assert_eq!(known(&from_the_table).user.text(), "haproxy");

    let unknown = derived("ARG BASE\nFROM $BASE\n");
    assert_eq!(unknown.known(), None);
    let strange = derived("FROM registry.example/base:1\n");
    assert!(
        strange
            .because()
            .is_some_and(|why| why.contains("registry.example"))
    );
}

#[test]
fn windows_is_told_by_its_base() {
    let image = derived("FROM mcr.microsoft.com/windows/nanoserver:ltsc2025\n");
    let image = known(&image);
    assert_eq!(image.platform, Platform::Windows);
    assert_eq!((image.user.text(), image.is_root), ("ContainerUser", false));
    let core = derived("FROM mcr.microsoft.com/windows/servercore:ltsc2025\n");
    assert!(known(&core).is_root);
}

#[test]
fn every_way_to_give_root_up_is_read_from_the_script() {
    let dockerfile = "FROM debian:12\nRUN useradd -u 999 db\nCOPY start.sh /usr/local/bin/\n\
        ENTRYPOINT [\"start.sh\"]\nCMD [\"dbd\"]\n";
    for (command, through) in [
        ("exec gosu db \"$0\" \"$@\"", "gosu"),
        ("exec su-exec db \"$0\" \"$@\"", "su-exec"),
        (
            "exec setpriv --reuid=db --regid=db --clear-groups -- \"$0\" \"$@\"",
            "setpriv",
        ),
        ("exec runuser -u db -- \"$@\"", "runuser"),
        ("exec su db -c \"$*\"", "su"),
        ("exec s6-setuidgid db \"$@\"", "s6-setuidgid"),
        ("exec chroot --userspec=db / \"$@\"", "chroot"),
    ] {
        let script = format!(
            "#!/bin/sh\nif [ \"$(id -u)\" = 0 ]; then\n\tchown -R db /data\n\t{command}\nfi\nexec \"$@\"\n"
        );
        let image = with_script(dockerfile, &script);
        let expected = Step {
            to: Some("db".to_owned()),
            through: through.to_owned(),
            assumed: false,
        };
        assert_eq!(known(&image).steps_down, Some(expected), "{command}");
    }
    let stays = with_script(dockerfile, "#!/bin/sh\nexec \"$@\"\n");
    assert_eq!(known(&stays).steps_down, None);
}

#[test]
fn a_script_that_is_not_there_is_only_guessed_at() {
    let image = derived(
        "FROM debian:12\nRUN apt-get install -y gosu\nCOPY start.sh /\nENTRYPOINT [\"/start.sh\"]\n",
    );
    let step = known(&image)
        .steps_down
        .as_ref()
        .expect("a tool for it is installed");
    assert!(step.assumed && step.to.is_none());
}

/// How `dockerfile` compares with the table's row of `image`.
fn outcome(image: &str, dockerfile: &str) -> Outcome {
    compare(base_images::find(image), &derived(dockerfile))
}

#[test]
fn the_table_is_the_same_or_says_something_else() {
    let says_same = [
        ("node:22", "FROM debian:12\nRUN useradd --uid 1000 node\n"),
        // A name and its number are one user.
        (
            "memcached",
            "FROM debian:12\nRUN useradd -u 11211 memcache\nUSER 11211:11211\n",
        ),
    ];
    for (image, dockerfile) in says_same {
        assert_eq!(outcome(image, dockerfile), Outcome::Same, "{image}");
    }
    for (image, dockerfile, about) in [
        ("node:22", "FROM debian:12\nUSER 1000\n", "user"),
        (
            "node:22",
            "FROM debian:12\nRUN useradd -u 1001 node\n",
            "number",
        ),
        (
            "node:22",
            "FROM debian:12\nENTRYPOINT [\"gosu\", \"node\", \"node\"]\n",
            "does not say so",
        ),
        (
            "postgres:18",
            "FROM debian:12\nCMD [\"postgres\"]\n",
            "was not seen to",
        ),
        (
            "postgres:18",
            "FROM debian:12\nENTRYPOINT [\"su-exec\", \"postgres\", \"x\"]\n",
            "through su-exec",
        ),
        (
            "golang:1.27",
            "FROM mcr.microsoft.com/windows/servercore:ltsc2025\n",
            "platform",
        ),
    ] {
        let Outcome::Different(_, differences) = outcome(image, dockerfile) else {
            panic!("{image}: {dockerfile}");
        };
        assert!(differences.join("; ").contains(about), "{differences:?}");
    }
    let nobody = outcome("registry.example/app", "FROM debian:12\nUSER 7\n");
    assert!(matches!(nobody, Outcome::New(_)));
    let unknown = outcome("node:22", "FROM registry.example/base\n");
    assert!(matches!(unknown, Outcome::Unknown(_)));
}

#[test]
fn a_list_and_a_folder_name_the_images() {
    let files = folder(&[
        (
            "ghcr.io/acme/app/Dockerfile",
            "FROM debian:12\nRUN useradd -u 7 app\nUSER app\n",
        ),
        (
            "list",
            "# ours\nacme/db:2 = db.dockerfile from acme/db: Dockerfile\n",
        ),
        (
            "db.dockerfile",
            "FROM debian:12\nENTRYPOINT [\"gosu\", \"db\", \"dbd\"]\n",
        ),
    ]);
    let (root, all) = entries(files.path()).expect("the folder is read");
    let text = report(&root, &all).expect("the Dockerfile is read");
    assert_eq!(
        text,
        "new        ghcr.io/acme/app:latest
    runs_as(\"ghcr.io/acme/app\", \"app\", \"SAY/WHERE: ghcr.io/acme/app/Dockerfile\")
    .account(\"app\", 7),
    // it stands on debian:12
1 images: 0 same, 0 different, 1 new, 0 unknown
"
    );
    let (root, all) = entries(&files.path().join("list")).expect("the list is read");
    let text = report(&root, &all).expect("the Dockerfile is read");
    assert!(
        text.contains("root(\"docker.io/acme/db\", \"acme/db: Dockerfile\")"),
        "{text}"
    );
    assert!(
        text.contains(".stepping_down(\"db\", \"gosu\", STEP),"),
        "{text}"
    );
    assert!(list("acme/db db.dockerfile").is_err());
    assert!(list("Acme/DB = db.dockerfile").is_err());
}
