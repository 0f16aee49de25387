//! What `COPY`, `ADD`, `EXPOSE` and mounts take in.

use caulk_model::State;
use caulk_model::base_images::ImageReference;
use caulk_model::build::{Added, AddedSource, BaseUse, UnverifiedFile, UnverifiedWay, WholeCopy};
use caulk_source::Span;
use caulk_syntax::dockerfile::{Instruction, Keyword};

use super::Notes;
use crate::dockerfile::scope::Scope;
use crate::shell::name_of;

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
    if target == "/etc/passwd" || target == "/etc/" || target == "/etc" || target == "/" {
        notes.build.brings_accounts = true;
    }
    if step.keyword == Keyword::Copy {
        whole(notes, step, target, sources);
        return;
    }
    for (source, span) in sources {
        add(notes, step, source, *span, is_here);
    }
}

fn add(
    notes: &mut Notes<'_>,
    step: &Instruction,
    source: &State<String>,
    span: Span,
    is_here: &dyn Fn(&str) -> bool,
) {
    let State::Known(source) = source else {
        let added = Added {
            source: String::new(),
            kind: AddedSource::Unknown,
        };
        notes.add(|build| &mut build.added, step.keyword_span, added);
        return;
    };
    if source.starts_with("<<") {
        return;
    }
    let lower = source.to_ascii_lowercase();
    let is_git = lower.starts_with("git@") || lower.starts_with("git://");
    let is_http = lower.starts_with("http://") || lower.starts_with("https://");
    let kind = if is_git || is_http {
        AddedSource::Remote
    } else if ARCHIVES.iter().any(|end| lower.ends_with(end)) || lower.contains('*') {
        AddedSource::Archive
    } else {
        AddedSource::Plain {
            seen: is_here(source),
        }
    };
    let unchecked = step.flag("checksum").is_none();
    // A repository at a whole commit is what it says it is.
    let reference = lower
        .rsplit_once('#')
        .map_or("", |(_, reference)| reference);
    let reference = reference.split(':').next().unwrap_or_default();
    let pinned = reference.len() >= 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    if kind == AddedSource::Remote && unchecked && !pinned {
        let file = UnverifiedFile {
            url: super::remote::shortened(source),
            way: UnverifiedWay::Add,
        };
        notes.add(|build| &mut build.unverified_files, span, file);
    }
    let added = Added {
        source: source.clone(),
        kind,
    };
    notes.add(|build| &mut build.added, step.keyword_span, added);
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
            tag_is_written: tag_is_written(&name),
            copied_from: true,
        };
        notes.add(|build| &mut build.bases, span, base);
    }
}

/// Whether a tag stands behind the last part of an image's name.
pub(in super::super) fn tag_is_written(name: &str) -> bool {
    let name = name.split('@').next().unwrap_or_default();
    name_of(name).contains(':')
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
