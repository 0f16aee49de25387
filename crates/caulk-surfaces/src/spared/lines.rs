//! Two readings of a text in which every line stands for itself, compared line by line: a kernel's
//! configuration, the files of boot loaders.

use std::collections::BTreeMap;

use caulk_finding::Change;
use caulk_source::{SourceFile, cut};

use crate::NotOffered;

/// The lines are the same, letter by letter, but for those in which a change names a part: those are
/// as they were around it.
pub(super) fn spared<'a>(
    before: &SourceFile,
    after: &SourceFile,
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), NotOffered> {
    // What comes in each line, by where it stands.
    let mut becoming: BTreeMap<usize, (usize, &str)> = BTreeMap::new();
    for change in changes {
        if let Change::Become { entry, value } = change {
            let range = entry.range();
            becoming.insert(range.start, (range.end, value));
        }
    }
    let mut now = after.text().split_inclusive('\n');
    let mut start = 0;
    for line in before.text().split_inclusive('\n') {
        let end = start + line.len();
        let expected = with(before.text(), start..end, &becoming);
        if now.next() != Some(expected.as_str()) {
            return Err(NotOffered("another line would change"));
        }
        start = end;
    }
    if now.next().is_some() {
        return Err(NotOffered("another line would come"));
    }
    Ok(())
}

/// A line with what it is to have instead of what it has.
fn with(
    text: &str,
    line: std::ops::Range<usize>,
    becoming: &BTreeMap<usize, (usize, &str)>,
) -> String {
    let mut expected = String::with_capacity(line.len());
    let mut at = line.start;
    for (start, (end, value)) in becoming.range(line.clone()) {
        if *start < at || *end > line.end {
            continue;
        }
        expected.push_str(cut(text, at..*start));
        expected.push_str(value);
        at = *end;
    }
    expected.push_str(cut(text, at..line.end));
    expected
}

#[cfg(test)]
mod tests {
    use caulk_source::{FileId, Span};

    use super::*;

    #[test]
    fn a_line_is_as_it_was_around_what_is_named() {
        let before = "A=1\nB=quiet selinux=0 ro\n# C is not set\n";
        let change = |part: &str, value: &str| {
            let start = before.find(part).unwrap_or_default();
            Change::Become {
                entry: Span::new(FileId::FIRST, start..start + part.len()),
                value: value.to_owned(),
            }
        };
        let file = |text: &str| SourceFile::new(".config", text.as_bytes().to_vec());
        let boot = change("selinux=0", "selinux=1");
        let option = change("# C is not set", "C=y");
        for (change, after, expected) in [
            (&boot, "A=1\nB=quiet selinux=1 ro\n# C is not set\n", true),
            (&boot, "A=1\nB=quiet selinux=1\n# C is not set\n", false),
            (&boot, "A=1\nB=quiet selinux=0 ro\n# C is not set\n", false),
            (&boot, "A=1\nB=quiet selinux=1 ro\n", false),
            (
                &boot,
                "A=1\nB=quiet selinux=1 ro\n# C is not set\nD=y\n",
                false,
            ),
            (&option, "A=1\nB=quiet selinux=0 ro\nC=y\n", true),
            (&option, "A=2\nB=quiet selinux=0 ro\nC=y\n", false),
            (&option, "A=1\nB=quiet selinux=0 ro\nC=m\n", false),
        ] {
            let found = spared(&file(before), &file(after), std::iter::once(change));
            assert_eq!(found.is_ok(), expected, "{after}");
        }
    }
}
