//! What `COPY`, `ADD`, `EXPOSE` and mounts take in.

use caulk_model::State;
use caulk_model::base_images::ImageReference;
use caulk_model::build::{Added, AddedSource, BaseUse, UnverifiedFile, UnverifiedWay, WholeCopy};
use caulk_source::Span;
use caulk_syntax::dockerfile::{Instruction, Keyword};

use super::Notes;
use crate::dockerfile::scope::Scope;

/// What tar, gzip, bzip2, xz, zstd and zip call their files.
const ARCHIVES: &[&str] = &[
    ".bz2", ".gz", ".tar", ".taz", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".txz", ".tz2",
    ".tzst", ".xz", ".zst", ".zip",
];

/// Notes what a `COPY` or an `ADD` takes in.
pub(super) fn of_copy(
    notes: &mut Notes<'_>,
    step: &Instruction,
    scope: &Scope,
    is_here: &dyn Fn(&str) -> bool,
) {
    let words: Vec<(State<String>, Span)> = match step.words() {
        Some(words) => words
            .iter()
            .map(|word| (scope.expand(word), word.span))
            .collect(),
        None => step
            .exec()
            .unwrap_or_default()
            .iter()
            .map(|word| (State::Known(word.value.clone()), word.span))
            .collect(),
    };
    let Some(((target, _), sources)) = words.split_last() else {
        return;
    };
    let target = target.known().map_or("", String::as_str);
    if matches!(
        target,
        "/etc/passwd" | "/etc/group" | "/etc/" | "/etc" | "/" | "." | "./"
    ) {
        notes.build.brings_accounts = true;
    }
    if step.keyword == Keyword::Copy {
        whole(notes, step, target, sources);
        return;
    }
    added(notes, step, sources, is_here);
}

/// What an `ADD` takes in: one fact, of the kind that says most against `COPY`.
fn added(
    notes: &mut Notes<'_>,
    step: &Instruction,
    sources: &[(State<String>, Span)],
    is_here: &dyn Fn(&str) -> bool,
) {
    let mut whole: Option<Added> = None;
    for (source, span) in sources {
        let added = match source {
            State::Known(source) => Added {
                kind: kind(source, is_here),
                source: source.clone(),
            },
            State::Unknown { .. } => Added {
                source: String::new(),
                kind: AddedSource::Unknown,
            },
        };
        if added.kind == AddedSource::Remote {
            remote(notes, step, &added.source, *span);
        }
        if whole.as_ref().is_none_or(|known| known.kind < added.kind) {
            whole = Some(added);
        }
    }
    let only_add_has = ["checksum", "keep-git-dir", "unpack"];
    let is_special = step
        .flags
        .iter()
        .any(|flag| only_add_has.contains(&flag.name.as_str()));
    if let Some(added) = whole.filter(|_| step.heredocs.is_empty() && !is_special) {
        notes.add(|build| &mut build.added, step.keyword_span, added);
    }
}

fn kind(source: &str, is_here: &dyn Fn(&str) -> bool) -> AddedSource {
    let lower = source.to_ascii_lowercase();
    if ["git@", "git://", "http://", "https://"]
        .iter()
        .any(|start| lower.starts_with(start))
    {
        return AddedSource::Remote;
    }
    let is_archive = ARCHIVES.iter().any(|end| lower.ends_with(end));
    // What a pattern takes in nobody knows here.
    if is_archive || lower.contains(['*', '?', '[']) {
        return AddedSource::Archive;
    }
    if matches!(source, "." | "..") || source.ends_with('/') || source.ends_with("/.") {
        return AddedSource::Folder;
    }
    AddedSource::Plain {
        unseen: !is_here(source),
    }
}

/// An address that is taken as it comes, unless a checksum or a whole commit says what it is.
fn remote(notes: &mut Notes<'_>, step: &Instruction, source: &str, span: Span) {
    let reference = source
        .rsplit_once('#')
        .map_or("", |(_, reference)| reference);
    let reference = reference.split(':').next().unwrap_or_default();
    let pinned = reference.len() >= 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    if step.flag("checksum").is_none() && !pinned && !is_of_a_commit(source) {
        let file = UnverifiedFile {
            url: super::remote::shortened(source),
            way: way(source),
        };
        notes.add(|build| &mut build.unverified_files, span, file);
    }
}

/// As what an address is taken in: BuildKit clones one of SSH or Git, and one whose path ends in `.git`.
fn way(source: &str) -> UnverifiedWay {
    let address = source.split('#').next().unwrap_or_default();
    let by_git = ["git@", "git://", "ssh://"];
    if by_git.iter().any(|start| address.starts_with(start))
        || address.strip_suffix(".git").is_some()
    {
        return UnverifiedWay::AddGit;
    }
    match branch(address) {
        Some(branch) => UnverifiedWay::AddOfBranch {
            branch: branch.to_owned(),
        },
        None => UnverifiedWay::Add,
    }
}

/// The branch or the tag in the address of a file in a repository on GitHub.
fn branch(address: &str) -> Option<&str> {
    let (path, kinds): (_, &[&str]) =
        match address.strip_prefix("https://raw.githubusercontent.com/") {
            Some(path) => (path, &[]),
            None => (
                address.strip_prefix("https://github.com/")?,
                &["raw", "blob"],
            ),
        };
    let mut parts = path.split('/').skip(2);
    if !kinds.is_empty() && !kinds.contains(&parts.next()?) {
        return None;
    }
    // `refs/heads/main`: a commit stands in place of all of it.
    let name = parts.next()?;
    let whole = match (name, parts.next(), parts.next()) {
        ("refs", Some(kind), Some(name)) => {
            let start = path.find("refs/")?;
            path.get(start..start + "refs/".len() + kind.len() + 1 + name.len())?
        }
        (_, Some(_), _) => name,
        (_, None, _) => return None,
    };
    (!whole.contains('$')).then_some(whole)
}

/// Whether an address is that of a file as it is in one commit of a repository on GitHub.
fn is_of_a_commit(source: &str) -> bool {
    let of_github = ["https://raw.githubusercontent.com/", "https://github.com/"];
    let rest = of_github.iter().find_map(|host| source.strip_prefix(host));
    let is_commit =
        |part: &str| part.len() == 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    rest.is_some_and(|rest| rest.split('/').skip(2).take(2).any(is_commit))
}

/// `COPY --from=… / /`
fn whole(
    notes: &mut Notes<'_>,
    step: &Instruction,
    target: &str,
    sources: &[(State<String>, Span)],
) {
    let Some(from) = step.flag("from") else {
        return;
    };
    let all = sources
        .iter()
        .any(|(source, _)| matches!(source.known().map(String::as_str), Some("/" | "/." | "/*")));
    if all && matches!(target, "/" | "/." | "./") {
        let copy = WholeCopy {
            from: from.value.to_owned(),
        };
        notes.add(|build| &mut build.whole_copies, step.span, copy);
    }
}

/// Notes the images from which files are copied or mounted. `is_stage` knows the names of stages.
pub(in super::super) fn images(
    notes: &mut Notes<'_>,
    step: &Instruction,
    is_stage: &dyn Fn(&str) -> bool,
) {
    for (name, span) in sources_of(step) {
        if is_stage(&name) || name.contains('$') {
            continue;
        }
        let Some(reference) = ImageReference::parse(&name) else {
            continue;
        };
        let base = BaseUse {
            reference: State::Known(reference),
            repository: None,
            tag_is_written: ImageReference::names_tag(&name),
            by_argument: None,
            copied_from: true,
        };
        notes.add(|build| &mut build.bases, span, base);
    }
}

/// The stages or images from which a step copies or mounts.
pub(in super::super) fn sources_of(step: &Instruction) -> Vec<(String, Span)> {
    let mut names = Vec::new();
    match step.keyword {
        Keyword::Copy => {
            names.extend(
                step.flag("from")
                    .map(|flag| (flag.value.to_owned(), flag.span)),
            );
        }
        Keyword::Run => {
            for flag in step.flags.iter().filter(|flag| flag.name == "mount") {
                let value = flag.value.as_deref().unwrap_or_default();
                let from = value.split(',').find_map(|part| part.strip_prefix("from="));
                names.extend(from.map(|from| (from.to_owned(), flag.span)));
            }
        }
        Keyword::Add
        | Keyword::Arg
        | Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::Env
        | Keyword::Expose
        | Keyword::From
        | Keyword::Healthcheck
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Shell
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Volume
        | Keyword::Workdir
        | Keyword::Unknown => {}
    }
    names
}

/// Notes the ports of an `EXPOSE`.
pub(super) fn of_expose(notes: &mut Notes<'_>, step: &Instruction, scope: &Scope) {
    for word in step.words().unwrap_or_default() {
        if let State::Known(port) = scope.expand(word) {
            notes.add(|build| &mut build.exposed, word.span, port);
        }
    }
}
