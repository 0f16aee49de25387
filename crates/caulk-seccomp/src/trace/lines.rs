//! The lines of a stream, each kept up to a length.

use std::io::{self, BufRead};

use memchr::memchr;

/// How much of a line is kept, in bytes. `strace` with `-v -s 4096` stays far below it; a log that
/// goes beyond it is noise, or holds one call with a huge argument whose name still stands in front.
pub(super) const KEPT: usize = 64 * 1024;

/// One line, without its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Line<'l> {
    pub(super) number: u64,
    pub(super) bytes: &'l [u8],
    /// Whether it was longer than what is kept.
    pub(super) is_cut: bool,
    /// Whether the log goes on behind it: the last line of a log that was cut has no end.
    pub(super) has_end: bool,
}

/// Reads line after line into the same memory.
pub(super) struct Lines<R> {
    log: R,
    kept: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(log: R) -> Self {
        Self {
            log,
            kept: Vec::new(),
            number: 0,
        }
    }

    /// The next line; nothing at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.kept.clear();
        let mut is_cut = false;
        let mut is_empty = true;
        let has_end = loop {
            let buffer = match self.log.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                break false;
            }
            is_empty = false;
            let end = memchr(b'\n', buffer);
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or(buffer);
            let room = KEPT.saturating_sub(self.kept.len());
            is_cut |= part.len() > room;
            self.kept.extend(part.iter().take(room));
            let consumed = part.len() + usize::from(end.is_some());
            self.log.consume(consumed);
            if end.is_some() {
                break true;
            }
        };
        if is_empty {
            return Ok(None);
        }
        self.number += 1;
        let bytes = self.kept.strip_suffix(b"\r").unwrap_or(&self.kept);
        Ok(Some(Line {
            number: self.number,
            bytes,
            is_cut,
            has_end,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_and_without_an_end() {
        let log = b"one\r\n\ntwo".as_slice();
        // A reader with a tiny buffer gives a line in pieces.
        let mut lines = Lines::new(io::BufReader::with_capacity(2, log));
        let mut found = Vec::new();
        while let Some(line) = lines.next().expect("memory can be read") {
            let text = String::from_utf8_lossy(line.bytes).into_owned();
            found.push((line.number, text, line.has_end));
        }
        let wanted = [(1, "one", true), (2, "", true), (3, "two", false)];
        assert_eq!(
            found,
            wanted.map(|(n, text, end)| (n, text.to_owned(), end))
        );
    }

    #[test]
    fn an_endless_line_takes_bounded_memory() {
        let noise = io::Read::take(io::repeat(0), 10_000_000);
        let mut lines = Lines::new(io::BufReader::new(noise));
        let line = lines.next().expect("memory can be read").expect("a line");
        assert!(line.is_cut && !line.has_end);
        assert_eq!(line.bytes.len(), KEPT);
        assert_eq!(lines.next().expect("memory can be read"), None);
        assert!(lines.kept.capacity() <= 2 * KEPT);
    }
}
