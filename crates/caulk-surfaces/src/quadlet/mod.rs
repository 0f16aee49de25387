//! Quadlets: units of systemd from which podman makes containers.
//!
//! Each key becomes flags of `podman run` (podman 5, `pkg/systemd/quadlet/quadlet.go`). Drop-ins
//! beside a unit (`web.container.d/*.conf`) add to it.

mod edits;
mod keys;
#[cfg(test)]
mod oracle;
pub(crate) mod unit;

use caulk_finding::Change;
use caulk_model::Engine;
use caulk_source::{Edit, FileId, SourceFile, Span, Spanned, Surface, extension, parent_path};
use caulk_syntax::Problem;

use self::keys::Read;
use self::unit::Unit;
use crate::NotOffered;
use crate::command_line::{self, Client};
use crate::declaring::{Declaration, Declaring, FindFrom};
use crate::lines::profile_path;

/// Whether the file at a path is a quadlet or a drop-in of one.
pub(crate) fn is_quadlet(path: &str, name: &str) -> bool {
    let ends = |text: &str, end: &str| text.len() > end.len() && text.ends_with(end);
    if ends(name, ".container") {
        return true;
    }
    let folder = parent_path(path);
    ends(name, ".conf") && (folder.ends_with(".container.d") || folder.ends_with("/container.d"))
}

/// The file, read.
#[derive(Debug)]
pub(crate) struct File {
    path: String,
    anchor: Span,
    unit: Unit,
}

/// Reads one.
pub(crate) fn read(id: FileId, file: &SourceFile) -> Option<File> {
    let unit = unit::parse(id, file.text());
    let mut entries = unit.entries.iter();
    let image = entries.find(|entry| entry.section == "Container")?;
    Some(File {
        path: file.path().to_owned(),
        anchor: image.key.span,
        unit,
    })
}

impl File {
    /// Whether it only adds to other units.
    fn is_drop_in(&self) -> bool {
        extension(&self.path) == "conf"
    }

    fn name(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".container").unwrap_or(name)
    }

    /// Whether `other` is a drop-in of this unit: in a folder of its name, of a part of its name that
    /// ends in `-`, or of every container (podman-systemd.unit(5), "Drop-in files").
    fn is_added_to_by(&self, other: &Self) -> bool {
        if !other.is_drop_in() {
            return false;
        }
        let folder = parent_path(&other.path);
        if parent_path(folder) != parent_path(&self.path) {
            return false;
        }
        let folder = folder.rsplit('/').next().unwrap_or(folder);
        let Some(stem) = folder.strip_suffix("container.d") else {
            return false;
        };
        let stem = stem.strip_suffix('.').unwrap_or(stem);
        stem.is_empty()
            || stem == self.name()
            || (stem.ends_with('-') && self.name().starts_with(stem))
    }

    /// The unit with what the drop-ins add, in the order of their names.
    fn read<'f>(&'f self, others: &[&'f Self]) -> Read {
        let mut drop_ins: Vec<&Self> = others
            .iter()
            .copied()
            .filter(|other| self.is_added_to_by(other))
            .collect();
        drop_ins.sort_by_key(|file| file.path.rsplit('/').next().map(str::to_owned));
        let units = std::iter::once(self).chain(drop_ins).map(|file| &file.unit);
        keys::read(units)
    }

    /// The container that it makes, with the drop-ins among `others`.
    pub(crate) fn declaration(&self, others: &[&Self], find: FindFrom<'_>) -> Option<Declaration> {
        if self.is_drop_in() {
            return None;
        }
        let read = self.read(others);
        let run = read.flags.run(Client::Podman, self.anchor).ok()?;
        let folder = parent_path(&self.path);
        let mut declared = command_line::declared(&run, &|path| find(folder, path));
        declared.engine = Engine::Podman;
        // What follows from the lack of a flag hangs on words that are not known.
        let image = read
            .image
            .map(|(text, span)| Spanned::new(text.state(), span));
        Some(Declaration {
            surface: Surface::Quadlet,
            name: Some(self.name().to_owned()),
            anchor: image.as_ref().map_or(self.anchor, |image| image.span),
            image,
            build: None,
            declared,
        })
    }
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::Quadlet
    }

    fn problems(&self) -> Vec<Problem> {
        let read = self.read(&[]);
        let refused = read.flags.run(Client::Podman, self.anchor).err();
        refused
            .map(|refusal| Problem {
                span: refusal.span.unwrap_or(self.anchor),
                message: refusal.message,
            })
            .into_iter()
            .collect()
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
        references
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        edits::edits(source, &self.unit, change)
    }
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
