//! What no report shows.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Finding, Hidden};
use caulk_source::{FileId, Sources};

/// A text that is shorter stands in too many words to be hidden in them, unless it begins like none.
const LEAST: usize = 4;

/// So many texts of one file are hidden; a hostile file has a million.
const MOST: usize = 1_000;

/// The texts of each file that findings want hidden, the longest first: also those of findings that
/// are not reported, because another one may point at the same line.
pub(crate) fn texts<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    sources: &Sources,
) -> BTreeMap<FileId, Vec<String>> {
    let mut by_file: BTreeMap<FileId, BTreeSet<String>> = BTreeMap::new();
    for hidden in findings.flat_map(|finding| &finding.hidden) {
        let texts = by_file.entry(hidden.span.file).or_default();
        if texts.len() < MOST {
            texts.extend(as_written(hidden, sources));
        }
    }
    let sorted = by_file.into_iter().map(|(file, texts)| {
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        (file, texts)
    });
    sorted.collect()
}

/// The text as the file has it. One that is written with escapes, or over several lines, is not to
/// be found there: then it is all that stands in its place.
fn as_written(hidden: &Hidden, sources: &Sources) -> Vec<String> {
    let written = sources.slice(hidden.span);
    let texts = if written.contains(hidden.text.as_str()) {
        vec![hidden.text.as_str()]
    } else {
        written.lines().map(str::trim).collect()
    };
    texts
        .into_iter()
        .filter(|text| text.len() >= LEAST || text.starts_with(['=', ':', ' ']))
        .map(str::to_owned)
        .collect()
}
