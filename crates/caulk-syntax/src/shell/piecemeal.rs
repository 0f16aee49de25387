//! A program read line by line, so that a long one is never there as a whole.

use std::ops::Range;

use super::reader::Reader;
use super::tree::{List, Program};
use crate::Joined;

/// Statements that stand together on their lines, with the heredocs that they call up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What they are, as a program of its own.
    pub program: Program,
    /// Where in the text they stand.
    pub range: Range<usize>,
}

/// The parts of a program, one after another. Together they are what [`parse`](super::parse) reads.
pub struct Parts<'a> {
    reader: Reader<'a>,
}

/// Reads a program part by part: what one of them takes up is free again when the next one is read.
pub fn parts(text: &Joined) -> Parts<'_> {
    Parts {
        reader: Reader::new(text),
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let reader = &mut self.reader;
        let mut list = List::default();
        let mut start = reader.at;
        reader.words = 0;
        loop {
            reader.blanks();
            match reader.peek() {
                None => {
                    reader.end_heredocs();
                    break;
                }
                Some(b'\n') => {
                    reader.newline();
                    if !list.statements.is_empty() {
                        break;
                    }
                    start = reader.at;
                }
                Some(_) => reader.one_of_everything(&mut list),
            }
        }
        let found = std::mem::take(&mut reader.found);
        let is_last = list.statements.is_empty();
        (!is_last).then_some(Part {
            range: start..reader.at,
            program: Program {
                list,
                heredocs: found.heredocs,
                comments: found.comments,
                problems: found.problems,
            },
        })
    }
}
