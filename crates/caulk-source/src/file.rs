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
    files: Vec<Arc<SourceFile>>,
    by_path: BTreeMap<String, FileId>,
    withheld: BTreeSet<String>,
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
        if let Some(id) = self.by_path.get(file.path()).copied() {
            if let Some(slot) = self.files.get_mut(id.index()) {
                *slot = file;
            }
            return id;
        }
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.by_path.insert(file.path().to_owned(), id);
        self.files.push(file);
        id
    }

    /// The file with this id.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index()).map(AsRef::as_ref)
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
        self.withheld.insert(path.into());
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
        (0u32..)
            .zip(&self.files)
            .map(|(index, file)| (FileId(index), file.as_ref()))
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
    fn bytes_that_are_not_text_are_kept() {
        let file = SourceFile::new("Dockerfile", b"RUN \xff\r\n".to_vec());
        assert_eq!(file.bytes(), b"RUN \xff\r\n");
        assert_eq!(file.text().len(), file.bytes().len());
        assert_eq!(file.line_ending(), "\r\n");
    }
}
