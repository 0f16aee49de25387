//! Files with command lines that nobody wrote: nothing lost, nothing guessed, bounded work.

use caulk_model::Repository;
use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

fn read(path: &str, text: &str) -> Repository {
    let file = SourceFile::new(path, text.as_bytes().to_vec());
    let sources = Sources::from_files([file]);
    Workspace::parse(&sources).repository(None)
}

fn images(path: &str, text: &str) -> Vec<String> {
    let repository = read(path, text);
    let containers = repository.containers();
    let names = containers.map(|container| container.name.clone().unwrap_or_default());
    names.collect()
}

#[test]
fn calls_wherever_they_stand() {
    for (text, expected) in [
        ("if docker run a; then b; fi", &["a"][..]),
        ("X=$(docker run -q a)", &["a"]),
        ("time -p docker run a", &["a"]),
        ("env X=1 docker run a", &["a"]),
        ("nohup docker run a &", &["a"]),
        ("x && y || docker run a", &["a"]),
        ("cat list | xargs -n 1 docker run a", &["a"]),
        ("sh -c 'docker run a'", &["a"]),
        ("ssh me@host \"docker run a\"", &["a"]),
        ("ssh me@host <<E\ndocker run a\nE\n", &["a"]),
        (
            "f() {\n  docker run $OPTS \"$1\"\n}\nOPTS=--rm\nf a\n",
            &[""],
        ),
        ("try() { \"$@\"; }\ntry docker run a", &["a"]),
        ("$SUDO docker run a", &["a"]),
        ("${ENGINE:-docker} run a", &["a"]),
        ("DOCKER='sudo docker'; $DOCKER run a", &["a"]),
        (
            "ARGS=(--rm -v /x:/y)\nARGS+=(-it)\ndocker run \"${ARGS[@]}\" a",
            &["a"],
        ),
        (
            "bash <<A\ndocker run a\nbash <<B\ndocker run b\nB\nA\n",
            &["a", "b"],
        ),
        ("docker run \"a", &["a"]),
        ("cat <<E\ndocker run a\nE\n", &[]),
        ("echo docker run a", &[]),
        ("# docker run a", &[]),
        ("docker run", &[]),
    ] {
        assert_eq!(images("run.sh", text), expected, "{text}");
    }
}

#[test]
fn documentation_that_shows_what_comes_back() {
    let text = "```\nUnable to find image 'docker run' locally\ndocker is running\n```\n\n```console\n$ docker ps\ndocker run is not typed\n```\n";
    assert_eq!(images("README.md", text), [""; 0]);
}

#[test]
fn a_variable_of_a_pipeline_is_known() {
    let text = "variables: {IMAGE: 'acme/a:1', OPTIONS: '--privileged --rm'}\njob:\n  script:\n    - docker run $OPTIONS $IMAGE\n";
    let repository = read(".gitlab-ci.yml", text);
    let container = repository.containers().next().expect("a container");
    assert_eq!(container.name.as_deref(), Some("acme/a:1"));
    let privileged = container.declared.privileged.as_ref();
    assert_eq!(privileged.and_then(|fact| fact.value()), Some(&true));
}

#[test]
fn the_words_behind_the_image() {
    let repository = read("run.sh", "docker run a b --host=c \"$D\"");
    let container = repository.containers().next().expect("a container");
    let words = container.declared.command.iter();
    let words: Vec<&str> = words.map(|word| word.value.as_str()).collect();
    assert_eq!(words, ["b", "--host=c", ""], "an empty one is not known");
}

#[test]
fn what_would_never_end() {
    let many = 4_000;
    for (path, text) in [
        ("run.sh", "docker run \"$(".repeat(many)),
        (
            "run.sh",
            format!("X=docker\n{}$X run a", "X=$X$X\n".repeat(many)),
        ),
        (
            "run.sh",
            "docker run $(docker run `docker run ".repeat(many),
        ),
        ("run.sh", "bash <<A\n".repeat(many)),
        ("run.sh", "f() {\n".repeat(many)),
        ("run.sh", "sh -c 'sh -c \"docker run a".repeat(many)),
        (
            "run.sh",
            format!(
                "{}docker run a",
                "X=1\neval 'f() { X=2; }; f'\n".repeat(many / 10)
            ),
        ),
        (
            "README.md",
            format!("```sh\ndocker run {}\n", "<".repeat(many)),
        ),
        (
            "README.md",
            format!("```sh\ndocker run {}\n", "{{é".repeat(many)),
        ),
        ("README.md", "```\ndocker run a \\\n".repeat(many)),
        (
            "Makefile",
            format!("all:\n\tdocker run {}\n", "$(".repeat(many)),
        ),
        (
            "Makefile",
            format!(
                "A = {}\nall:\n{}",
                "x".repeat(many),
                "\tdocker run $(A)\n".repeat(many)
            ),
        ),
        (
            ".gitlab-ci.yml",
            format!("job:\n  script: \"{}docker\"\n", "\\ta\\nb\\n".repeat(many)),
        ),
        (
            ".gitlab-ci.yml",
            format!("job:\n  script: |\n{}    docker run a\n", "\n".repeat(many)),
        ),
    ] {
        let repository = read(path, &text);
        assert!(repository.containers().count() <= 2 * many, "{path}");
    }
}

#[test]
fn nothing_of_a_long_script_is_lost() {
    let many = 20_000;
    let text = "docker run --privileged a\n".repeat(many);
    assert_eq!(read("run.sh", &text).containers().count(), many);
}

#[test]
fn a_million_commands_are_not_kept() {
    let text = "docker run a\n".repeat(20_001);
    let repository = read("run.sh", &text);
    assert_eq!(repository.containers().count(), 20_000);
    let unreadable = repository
        .unreadable()
        .next()
        .expect("a file that is not judged to its end");
    let [unjudged] = unreadable.problems.as_slice() else {
        panic!("it is said once");
    };
    assert_eq!(unjudged.span.range().start, 20_000 * "docker run a\n".len());
}

#[test]
fn a_workflow_says_what_is_not_judged_as_well() {
    let lines = "          docker run a\n".repeat(20_001);
    let text =
        format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n{lines}");
    let repository = read(".github/workflows/a.yml", &text);
    assert_eq!(repository.containers().count(), 20_000);
    assert_eq!(repository.unreadable().count(), 1);
}
