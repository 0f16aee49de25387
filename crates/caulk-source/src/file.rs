//! The files of one run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::Surface;
use crate::lines::{LineColumn, LineIndex};
use crate::span::Span;
use crate::text::{cut, decode};

/// A file of one run: its index in [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

impl FileId {
    /// The first file of a run: for readers that are given one text and no [`Sources`].
    pub const FIRST: Self = Self(0);

    /// Where the file stands in [`Sources`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A file: its path, its bytes as they are, and its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    /// Only where they differ from the text, that is where some byte is not UTF-8.
    bytes: Option<Vec<u8>>,
    lines: LineIndex,
}

impl SourceFile {
    /// A file at `path` (relative to the root, with `/`).
    pub fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (text, bytes) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.into_bytes();
                (decode(&bytes), Some(bytes))
            }
        };
        Self {
            path: path.into(),
            lines: LineIndex::new(&text),
            text,
            bytes,
        }
    }

    /// The path relative to the root, with `/` between its parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text; a byte that is not UTF-8 stands as [`SUBSTITUTE`](crate::SUBSTITUTE).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes as they are on disk.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// Where its lines begin.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// What stands at `span`.
    pub fn slice(&self, span: Span) -> &str {
        cut(&self.text, span.range())
    }

    /// The line and column of `offset`.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines.line_column(&self.text, offset)
    }

    /// The line ending that the file uses: that of its first line.
    pub fn line_ending(&self) -> &'static str {
        match memchr::memchr(b'\n', self.text.as_bytes()) {
            Some(at) if at > 0 && self.text.as_bytes().get(at - 1) == Some(&b'\r') => "\r\n",
            _ => "\n",
        }
    }
}

/// The files of one run, by [`FileId`] and by path.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    files: BTreeMap<FileId, Arc<SourceFile>>,
    by_path: BTreeMap<String, FileId>,
    withheld: Arc<BTreeSet<String>>,
    kinds: BTreeMap<FileId, Surface>,
}

impl Sources {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// The given files in the order of their paths, whatever the order they come in.
    pub fn from_files(files: impl IntoIterator<Item = SourceFile>) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut sources = Self::new();
        for file in files {
            sources.add(file);
        }
        sources
    }

    /// Adds a file; one with the same path is replaced and keeps its id.
    pub fn add(&mut self, file: impl Into<Arc<SourceFile>>) -> FileId {
        let file = file.into();
        let next = || {
            let last = self.files.keys().next_back();
            FileId(last.map_or(0, |last| last.0.saturating_add(1)))
        };
        let id = self.by_path.get(file.path()).copied().unwrap_or_else(next);
        self.by_path.insert(file.path().to_owned(), id);
        self.files.insert(id, file);
        id
    }

    /// The file with this id.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(&id).map(AsRef::as_ref)
    }

    /// The file with this id, to be kept whatever becomes of it here.
    pub fn share(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.get(&id).cloned()
    }

    /// These files alone. Each keeps its id, so that places in it mean the same in both.
    #[must_use]
    pub fn part(&self, files: impl IntoIterator<Item = FileId>) -> Self {
        let mut part = Self {
            withheld: Arc::clone(&self.withheld),
            ..Self::default()
        };
        for id in files {
            if let Some(file) = self.files.get(&id) {
                part.by_path.insert(file.path().to_owned(), id);
                part.files.insert(id, Arc::clone(file));
                part.kinds
                    .extend(self.kinds.get(&id).map(|kind| (id, *kind)));
            }
        }
        part
    }

    /// The path of a file, or nothing for an id of another run.
    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", SourceFile::path)
    }

    /// What stands at `span`.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).map_or("", |file| file.slice(span))
    }

    /// The file at this path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// Says that something lies at this path which is not read: a link that leads out of the root, a
    /// pipe, a file that may not be opened.
    pub fn withhold(&mut self, path: impl Into<String>) {
        Arc::make_mut(&mut self.withheld).insert(path.into());
    }

    /// Whether something lies at this path that is not read, so that nobody may say it is missing.
    pub fn is_withheld(&self, path: &str) -> bool {
        self.withheld.contains(path)
    }

    /// Says of what kind a file is, whatever it is called and whatever is in it: somebody named it as
    /// one.
    pub fn declare(&mut self, id: FileId, surface: Surface) {
        self.kinds.insert(id, surface);
    }

    /// The kind that somebody says a file to be of.
    pub fn declared(&self, id: FileId) -> Option<Surface> {
        self.kinds.get(&id).copied()
    }

    /// Every file with its id, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().map(|(id, file)| (*id, file.as_ref()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_order_of_paths() {
        let file = |path: &str| SourceFile::new(path, Vec::new());
        let one = Sources::from_files([file("b"), file("a")]);
        let two = Sources::from_files([file("a"), file("b")]);
        let paths = |sources: &Sources| {
            let paths: Vec<_> = sources
                .iter()
                .map(|(_, file)| file.path().to_owned())
                .collect();
            paths
        };
        assert_eq!(paths(&one), ["a", "b"]);
        assert_eq!(paths(&one), paths(&two));
    }

    #[test]
    fn a_part_keeps_the_ids() {
        let file = |path: &str| SourceFile::new(path, Vec::new());
        let mut whole = Sources::from_files([file("a"), file("b"), file("c")]);
        whole.withhold("secret");
        let id = |sources: &Sources, path: &str| sources.find(path);
        let mut part = whole.part(id(&whole, "c"));
        assert_eq!(id(&part, "c"), id(&whole, "c"));
        assert_eq!((part.len(), id(&part, "a")), (1, None));
        assert!(part.is_withheld("secret"));
        let replaced = part.add(SourceFile::new("c", b"x".to_vec()));
        assert_eq!(Some(replaced), id(&whole, "c"));
        assert_eq!(
            whole.slice(Span::new(replaced, 0..1)),
            "",
            "the whole is as it was"
        );
    }

    #[test]
    fn bytes_that_are_not_text_are_kept() {
        let file = SourceFile::new("Dockerfile", b"RUN \xff\r\n".to_vec());
        assert_eq!(file.bytes(), b"RUN \xff\r\n");
        assert_eq!(file.text().len(), file.bytes().len());
        assert_eq!(file.line_ending(), "\r\n");
    }
}
