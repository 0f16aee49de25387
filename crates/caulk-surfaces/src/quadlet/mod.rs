//! Quadlets: units of systemd from which podman makes containers.
//!
//! Each key becomes flags of `podman run` (podman 5, `pkg/systemd/quadlet/quadlet.go`). Drop-ins
//! beside a unit (`web.container.d/*.conf`, `app.pod.d/*.conf`) add to it, and so do the units that it names: its pod, the
//! build of its image, a volume that is a path of the host.

mod edits;
mod joined;
mod keys;
#[cfg(test)]
mod oracle;
mod refused;
mod service;
pub(crate) mod unit;

use caulk_finding::Change;
use caulk_model::{Engine, Refused, RefusedWhen, State};
use caulk_source::{Edit, FileId, SourceFile, Span, Spanned, Surface, extension, parent_path};
use caulk_syntax::Problem;
use memchr::memmem;

use self::keys::Read;
use self::unit::Unit;
use crate::NotOffered;
use crate::command_line::{self, Client};
use crate::declaring::{Declaration, Declaring, FindFrom};
use crate::lines::profile_path;

/// Whether the file at a path is a quadlet or a drop-in of one.
pub(crate) fn is_quadlet(path: &str, name: &str) -> bool {
    let ends = |text: &str, end: &str| text.len() > end.len() && text.ends_with(end);
    if KINDS.iter().any(|(end, _)| ends(name, end)) {
        return true;
    }
    drop_in(path).is_some()
}

/// The kind of unit to which the file at a path is a drop-in, and what of its folder's name says to
/// which: `web.` of `web.container.d`, nothing of `container.d`.
fn drop_in(path: &str) -> Option<(&str, &'static str)> {
    let (folder, name) = path.rsplit_once('/')?;
    if extension(name) != "conf" || name == ".conf" {
        return None;
    }
    let folder = folder
        .rsplit('/')
        .next()
        .unwrap_or(folder)
        .strip_suffix(".d")?;
    KINDS.iter().find_map(|(end, section)| {
        let bare = caulk_source::cut_from(end, 1);
        let stem = folder.strip_suffix(bare)?;
        (stem.is_empty() || stem.ends_with('.')).then_some((stem, *section))
    })
}

/// The folder in which a quadlet lies, or the unit to which a drop-in is one.
pub(crate) fn folder_of_units(path: &str) -> &str {
    let folder = parent_path(path);
    if drop_in(path).is_some() {
        parent_path(folder)
    } else {
        folder
    }
}

/// Whether it may be one of the kinds whose names other files have too: their content decides.
pub(crate) fn may_be(name: &str) -> bool {
    let mut kinds = KINDS.iter().filter(|(end, _)| *end != ".container");
    kinds.any(|(end, _)| name.ends_with(end))
}

/// Whether a file has one of the sections.
pub(crate) fn by_content(bytes: &[u8]) -> bool {
    KINDS.iter().any(|(_, section)| {
        let header = format!("[{section}]");
        memmem::find(bytes, header.as_bytes()).is_some()
    })
}

/// The kinds of units, by the ends of their names, each with its own section.
const KINDS: &[(&str, &str)] = &[
    (".container", "Container"),
    (".pod", "Pod"),
    (".kube", "Kube"),
    (".build", "Build"),
    (".image", "Image"),
    (".volume", "Volume"),
];

/// The file, read.
#[derive(Debug)]
pub(crate) struct File {
    path: String,
    /// The section that its name asks for; of a drop-in, that of the units that it adds to.
    section: &'static str,
    anchor: Span,
    /// The name of its section.
    header: Span,
    unit: Unit,
}

/// Reads one.
pub(crate) fn read(id: FileId, file: &SourceFile) -> Option<File> {
    let unit = unit::parse(id, file.text());
    let mut kinds = KINDS.iter();
    let kind = kinds.find(|(end, _)| file.path().ends_with(end));
    let added_to = drop_in(file.path()).map(|(_, section)| section);
    let section = kind.map(|(_, section)| *section).or(added_to)?;
    let mut entries = unit.entries.iter();
    let first = entries.find(|entry| entry.section == section);
    let mut headers = unit.sections.iter();
    let header = headers.find(|header| header.value == section)?;
    Some(File {
        path: file.path().to_owned(),
        section,
        anchor: first.map_or(header.span, |first| first.key.span),
        header: header.span,
        unit,
    })
}

impl File {
    /// Whether it only adds to other units.
    fn is_drop_in(&self) -> bool {
        drop_in(&self.path).is_some()
    }

    fn name(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map_or(name, |(name, _)| name)
    }

    /// Whether `other` is a drop-in of this unit: in a folder of its name, of a part of its name that
    /// ends in `-`, or of every one of its kind (podman-systemd.unit(5), "Drop-in files").
    fn is_added_to_by(&self, other: &Self) -> bool {
        let Some((stem, section)) = drop_in(&other.path) else {
            return false;
        };
        let folder = parent_path(parent_path(&other.path));
        if section != self.section || folder != parent_path(&self.path) {
            return false;
        }
        let stem = stem.strip_suffix('.').unwrap_or(stem);
        stem.is_empty()
            || stem == self.name()
            || (stem.ends_with('-') && self.name().starts_with(stem))
    }

    /// The unit and the drop-ins that add to it, in the order of their names.
    fn with_drop_ins<'f>(&'f self, others: &[&'f Self]) -> Vec<&'f Self> {
        let mut drop_ins: Vec<&Self> = others
            .iter()
            .copied()
            .filter(|other| self.is_added_to_by(other))
            .collect();
        drop_ins.sort_by_key(|file| file.path.rsplit('/').next().map(str::to_owned));
        std::iter::once(self).chain(drop_ins).collect()
    }

    /// The unit with what the drop-ins add.
    fn read<'f>(&'f self, others: &[&'f Self]) -> Read {
        let files = self.with_drop_ins(others).into_iter();
        keys::read(self.section, files.map(|file| &file.unit))
    }

    /// The last value of a key of its own section.
    fn last(&self, key: &str) -> Option<&unit::Entry> {
        let mut entries = self.unit.entries.iter().rev();
        entries.find(|entry| entry.section == self.section && entry.key.value == key)
    }

    /// The same with what the drop-ins among `others` say of it, which come after.
    fn last_among<'f>(&'f self, others: &[&'f Self], key: &str) -> Option<&'f unit::Entry> {
        let units = self.with_drop_ins(others).into_iter().rev();
        units.into_iter().find_map(|file| file.last(key))
    }

    /// The container that it makes, with the drop-ins and the other units among `others`.
    pub(crate) fn declaration(&self, others: &[&Self], find: FindFrom<'_>) -> Option<Declaration> {
        if self.is_drop_in() || !matches!(self.section, "Container" | "Kube") {
            return None;
        }
        let read = self.read(others);
        let run = read.flags.run(Client::Podman, self.anchor).ok()?;
        let folder = parent_path(&self.path);
        let mut declared = command_line::declared(&run, &|path| find(folder, path));
        declared.engine = Engine::Podman;
        declared.example = !self.refused(others).is_empty();
        declared.around.by_root = is_of_the_system(&self.path);
        self.limits_of_the_service(others, &mut declared);
        self.join_volumes(others, &mut declared);
        if self.section == "Kube" {
            return Some(self.of_kubernetes(declared));
        }
        self.join_pod(others, &mut declared);
        // What follows from the lack of a flag hangs on words that are not known.
        let image = read
            .image
            .map(|(text, span)| Spanned::new(text.state(), span));
        let anchor = image.as_ref().map_or(self.anchor, |image| image.span);
        let (image, build) = self.join_image(others, image);
        Some(Declaration {
            surface: Surface::Quadlet,
            name: Some(self.name().to_owned()),
            anchor,
            image,
            build,
            declared,
        })
    }
}

impl File {
    /// What podman refuses of it, with the drop-ins among `others`.
    pub(crate) fn refused_among(&self, others: &[&Self]) -> Vec<Refused> {
        let read = self.read(others);
        let refused = read.flags.run(Client::Podman, self.anchor).err();
        // The generator passes flags on as they are.
        let refused = refused.map(|refusal| Refused {
            span: refusal.span.unwrap_or(self.anchor),
            problem: refusal.message,
            when: RefusedWhen::Started,
            beside: None,
            cure: Some("take it away, or write it as the podman that is installed takes it"),
        });
        refused.into_iter().chain(self.refused(others)).collect()
    }
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::Quadlet
    }

    fn problems(&self) -> Vec<Problem> {
        let refused = self.refused_among(&[]).into_iter();
        let problems = refused.map(|refused| Problem {
            span: refused.span,
            message: refused.problem,
        });
        problems.collect()
    }

    fn quadlet(&self) -> Option<&File> {
        Some(self)
    }

    fn references(&self) -> Vec<(String, String, Surface)> {
        let read = self.read(&[]);
        let folder = parent_path(&self.path);
        let mut references = Vec::new();
        for word in read.flags.words() {
            let option = word
                .text
                .value()
                .and_then(|text| text.strip_prefix("--security-opt="));
            if let Some(path) = option.and_then(profile_path) {
                references.push((folder.to_owned(), path.to_owned(), Surface::Seccomp));
            }
        }
        let build = (self.section == "Build").then(|| self.built_from(self.anchor));
        if let Some(build) = build
            && let State::Known(path) = build.dockerfile
        {
            references.push((build.folder, path, Surface::Dockerfile));
        }
        references
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        edits::edits(source, &self.unit, change)
    }
}

/// Whether a unit lies where podman reads those of the system, which root starts
/// (podman-systemd.unit(5), "Podman rootful unit search path").
fn is_of_the_system(path: &str) -> bool {
    ["etc/containers/systemd/", "usr/share/containers/systemd/"]
        .iter()
        .filter_map(|folder| path.split_once(folder))
        .any(|(before, rest)| {
            (before.is_empty() || before.ends_with('/')) && !rest.starts_with("users/")
        })
}

/// What is known of a value: specifiers of systemd stand for something, the home folder has a
/// spelling of its own.
pub(crate) fn text(value: &str) -> command_line::Text {
    let mut text = command_line::Text::default();
    let mut rest = value;
    while let Some(at) = rest.find('%') {
        text.push(caulk_source::cut_to(rest, at));
        let after = caulk_source::cut_from(rest, at + 1);
        match after.chars().next() {
            Some('%') => text.push("%"),
            Some('h') => text.push("~"),
            Some(letter) if letter.is_ascii_alphabetic() => {
                let because = format!("systemd fills in `%{letter}`");
                text.push_unknown(&format!("%{letter}"), because, false);
            }
            Some(_) | None => {
                text.push("%");
                rest = after;
                continue;
            }
        }
        rest = caulk_source::cut_from(after, 1);
    }
    text.push(rest);
    text
}

/// What is known of a fact that hangs on nothing.
#[cfg(test)]
fn known(state: &caulk_model::State<String>) -> &str {
    state.known().map_or("?", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_stand_for_something() {
        assert_eq!(known(&text("%h/x").state()), "~/x");
        assert_eq!(known(&text("100%%").state()), "100%");
        assert_eq!(known(&text("/run/%i").state()), "?");
        assert_eq!(known(&text("5%").state()), "5%");
    }
}
