//! Changes of text.

use crate::span::Span;

/// One replacement: the bytes at `span` become `text`. An empty span inserts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces what stands at `span`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }

    /// Inserts before the byte at `span.start`.
    pub fn insert(span: Span, text: impl Into<String>) -> Self {
        Self::replace(
            Span {
                end: span.start,
                ..span
            },
            text,
        )
    }

    /// Removes what stands at `span`.
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }

    /// Whether both want the same bytes, or want to insert at the same place.
    ///
    /// Two insertions at one place have no order that both authors meant, so they overlap too.
    pub fn overlaps(&self, other: &Self) -> bool {
        if self.span.file != other.span.file {
            return false;
        }
        let (a, b) = (self.span, other.span);
        if a.is_empty() && b.is_empty() {
            return a.start == b.start;
        }
        if a.is_empty() {
            return b.start < a.start && a.start < b.end;
        }
        if b.is_empty() {
            return a.start < b.start && b.start < a.end;
        }
        a.start < b.end && b.start < a.end
    }
}

/// Two edits that want the same bytes, or one that lies outside the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EditConflict;

impl std::fmt::Display for EditConflict {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("two edits overlap, or one lies outside the file")
    }
}

impl std::error::Error for EditConflict {}

/// `bytes` with every edit applied. All of them must be for the same file; the order does not
/// matter.
///
/// # Errors
///
/// [`EditConflict`] where two edits overlap or one lies outside: nothing is applied by halves.
pub fn apply_edits(bytes: &[u8], edits: &[Edit]) -> Result<Vec<u8>, EditConflict> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    let mut result = Vec::with_capacity(bytes.len());
    let mut done = 0;
    let mut last: Option<&Edit> = None;
    for edit in edits {
        if last.is_some_and(|last| last.overlaps(edit)) {
            return Err(EditConflict);
        }
        let range = edit.span.range();
        let kept = bytes.get(done..range.start).ok_or(EditConflict)?;
        if range.end > bytes.len() {
            return Err(EditConflict);
        }
        result.extend_from_slice(kept);
        result.extend_from_slice(edit.text.as_bytes());
        done = range.end;
        last = Some(edit);
    }
    result.extend_from_slice(bytes.get(done..).ok_or(EditConflict)?);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileId;

    fn span(start: usize, end: usize) -> Span {
        Span::new(FileId::FIRST, start..end)
    }

    #[test]
    fn edits_apply_in_any_order() {
        let edits = [
            Edit::replace(span(4, 8), "65532"),
            Edit::insert(span(0, 0), "# x\n"),
        ];
        let forward = apply_edits(b"USER root\n", &edits[..1]).unwrap();
        assert_eq!(forward, b"USER65532t\n");
        let mut reversed = edits.clone();
        reversed.reverse();
        assert_eq!(
            apply_edits(b"USER root\n", &edits),
            apply_edits(b"USER root\n", &reversed)
        );
    }

    #[test]
    fn overlap_applies_nothing() {
        let both = [Edit::remove(span(0, 4)), Edit::remove(span(3, 6))];
        assert_eq!(apply_edits(b"abcdefgh", &both), Err(EditConflict));
        let outside = [Edit::remove(span(6, 40))];
        assert_eq!(apply_edits(b"abcdefgh", &outside), Err(EditConflict));
        let touching = [Edit::remove(span(0, 4)), Edit::insert(span(4, 4), "x")];
        assert_eq!(apply_edits(b"abcdefgh", &touching).unwrap(), b"xefgh");
    }

    proptest::proptest! {
        #[test]
        fn one_edit_changes_only_its_bytes(text in ".{0,40}", start in 0usize..60, len in 0usize..10, new in ".{0,5}") {
            let edit = Edit::replace(span(start, start + len), new.clone());
            match apply_edits(text.as_bytes(), &[edit]) {
                Ok(out) => {
                    let mut expected = text.as_bytes()[..start].to_vec();
                    expected.extend_from_slice(new.as_bytes());
                    expected.extend_from_slice(&text.as_bytes()[start + len..]);
                    proptest::prop_assert_eq!(out, expected);
                }
                Err(EditConflict) => proptest::prop_assert!(start + len > text.len()),
            }
        }
    }
}
