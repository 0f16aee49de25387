//! Dockerfiles that nobody wrote: no panic, bounded work, and every place in the file.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use caulk_model::build::{Build, BuildFact};
use caulk_source::{SourceFile, Sources, Span};
use caulk_surfaces::Workspace;

/// What is spliced into real files: what the readers treat in their own way.
const SPICE: &[&str] = &[
    "$(",
    ")",
    "`",
    "\"",
    "'",
    "${",
    "}",
    "<<E\n",
    "\n",
    "\\\n",
    "((",
    "))",
    "<(",
    " if ",
    " fi; ",
    " case x in ",
    ";;",
    " esac ",
    "{ ",
    " && ",
    "|",
    " & ",
    "; ",
    "#",
    "é",
    "\r\n",
    "$'",
    "a=(",
    "f() ",
    ">",
    "2>&1 ",
    "!",
    "[\"",
    "\",",
    "\"]",
    "--from=",
    "--chmod=4777 ",
    "\nFROM x AS y\n",
    "\nRUN ",
    "\nCOPY --from=0 / /\n",
    "\nUSER $X\n",
    "\nARG X\n",
    "\nENV A=$A$A ",
    "\nADD ",
    "curl -k x ",
    " | sh ",
    "sh -c ",
    "bash <<E\n",
    "eval ",
    "chmod 777 ",
    "setcap =ep ",
    "chpasswd ",
    "NOPASSWD:ALL",
    " > /etc/sudoers ",
    "sudo ",
    "apk add --allow-untrusted ",
    "\0",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }
}

/// The Dockerfiles of the corpus, or none, said where a person sees it.
fn files(test: &str) -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/projects");
    let mut folders: Vec<PathBuf> = vec![corpus];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains("ockerfile") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let texts = paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {test}: there is no ../shared/corpus beside the project"
        );
    }
    texts
}

fn mutated(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(5) {
        let boundary = |text: &str, mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let at = boundary(&text, random.below(text.len() + 1));
        let end = boundary(&text, (at + random.below(6)).min(text.len())).max(at);
        let spice = SPICE.get(random.below(SPICE.len())).copied();
        text.replace_range(at..end, spice.unwrap_or_default());
    }
    text
}

/// Reads a Dockerfile into the model and looks at every place.
fn read(text: &str) {
    let sources = Sources::from_files([SourceFile::new("Dockerfile", text.as_bytes().to_vec())]);
    let repository = Workspace::parse(&sources).repository(None);
    for container in repository.containers() {
        let build = &container.image.build;
        for span in places(build) {
            assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
        }
        for account in &container.image.accounts {
            assert!(
                text.get(account.span.range()).is_some(),
                "{account:?} in {text:?}"
            );
        }
    }
}

fn places(build: &Build) -> Vec<Span> {
    fn of<T>(facts: &[BuildFact<T>]) -> impl Iterator<Item = Span> + '_ {
        facts.iter().map(|fact| fact.span)
    }
    let modes = build
        .modes
        .iter()
        .filter_map(|fact| Some(fact.value.correction.as_ref()?.entry));
    of(&build.remote_code)
        .chain(of(&build.unchecked_peers))
        .chain(of(&build.unsigned_packages))
        .chain(of(&build.unsigned_indexes))
        .chain(of(&build.unverified_files))
        .chain(of(&build.secrets))
        .chain(of(&build.passwords))
        .chain(of(&build.sudo))
        .chain(of(&build.root_equivalents))
        .chain(of(&build.modes))
        .chain(of(&build.file_capabilities))
        .chain(of(&build.added))
        .chain(of(&build.whole_copies))
        .chain(of(&build.bases))
        .chain(of(&build.exposed))
        .chain(modes)
        .collect()
}

#[test]
fn a_mutated_file_never_panics_and_every_place_lies_in_it() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for text in files("a_mutated_file_never_panics_and_every_place_lies_in_it") {
        for _ in 0..3 {
            read(&mutated(&text, &mut random));
        }
    }
}

/// Run it with `cargo test --release -p caulk-surfaces -- --ignored ten_minutes`.
#[test]
#[ignore = "it runs for ten minutes"]
fn ten_minutes_of_mutations() {
    let files = files("ten_minutes_of_mutations");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (start, mut count) = (Instant::now(), 0_u64);
    while !files.is_empty() && start.elapsed() < Duration::from_mins(10) {
        let mut text = files[random.below(files.len())].clone();
        for _ in 0..4 {
            text = mutated(&text, &mut random);
            read(&text);
            count += 1;
        }
    }
    let _ = writeln!(std::io::stderr(), "{count} mutated files read");
}

/// What a hostile file has too much of. None of these may take more than moments.
#[test]
fn too_much_of_anything_is_bounded() {
    let run = |piece: &str, count: usize| format!("FROM a\nRUN {}\n", piece.repeat(count));
    let stages = |line: fn(usize) -> String| (0..2_000).map(line).collect::<Vec<_>>().concat();
    let chain = stages(|index| {
        let before = index.max(1) - 1;
        format!("FROM s{before} AS s{index}\nRUN curl x | sh\n")
    });
    let copies = stages(|index| {
        let before = index.max(1) - 1;
        format!("FROM a AS s{index}\nCOPY --from=s{before} / /\nRUN chmod 777 /a\n")
    });
    for text in [
        run("chmod 777 /a; rm /b; ", 20_000),
        run("curl -k http://x.dev/a | sh; ", 10_000),
        run("curl -o a http://x.dev/a; sh a; ", 10_000),
        run("X=$X$X; a $X; ", 20_000),
        run("sh -c 'sh -c \"a\"'; ", 10_000),
        run("${a[", 50_000),
        run("a[;", 50_000),
        run("((a) ", 50_000),
        run("echo x:x:0:0:::>>/etc/passwd; ", 5_000),
        run("apk add sudo --allow-untrusted; sudo x; ", 10_000),
        chain,
        copies,
    ] {
        read(&text);
    }
}
