//! The lines that a finding points at.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use caulk_finding::{Finding, Label, Severity};
use caulk_source::{BOM, SourceFile, cut};

use crate::concise::place;
use crate::context::Context;
use crate::mask::Mask;
use crate::style;
use crate::text::{shorten, visible, visible_with_marks};

/// Labels with more lines than this between them stand in two excerpts.
const FAR: u32 = 40;

/// The longest text of a label, in columns.
const LONGEST_LABEL: usize = 160;

/// What line numbers and their margin may take of a line's width.
const MARGIN: usize = 10;

/// So many related places are shown; a screen has an end.
pub(crate) const MOST_RELATED: usize = 6;

/// Some lines of one file with what is said of them.
pub(crate) struct Excerpt<'a> {
    file: &'a SourceFile,
    mask: Mask<'a>,
    marks: Vec<Mark<'a>>,
    /// Path, line and column of its first label, as they are printed.
    pub(crate) place: String,
}

/// A label on the one line where it is shown: a label of several lines on its first.
struct Mark<'a> {
    line: u32,
    column: usize,
    /// Whether the line does not fit into the width.
    is_in_long_line: bool,
    label: &'a Label,
    kind: AnnotationKind,
}

/// The excerpts of `finding`: that of the primary place first, then those of the related places
/// that are far from it.
pub(crate) fn excerpts<'a>(context: &Context<'a>, finding: &'a Finding) -> Vec<Excerpt<'a>> {
    excerpts_of(context, &finding.primary, &finding.related)
}

/// The same of places that stand for themselves.
pub(crate) fn excerpts_of<'a>(
    context: &Context<'a>,
    primary: &'a Label,
    related: &'a [Label],
) -> Vec<Excerpt<'a>> {
    let related = related
        .iter()
        .take(MOST_RELATED)
        .map(|label| (label, AnnotationKind::Context));
    let primary = (primary, AnnotationKind::Primary);
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    for (label, kind) in std::iter::once(primary).chain(related) {
        let Some(file) = context.sources.get(label.span.file) else {
            continue;
        };
        let mark = Mark::new(context, file, label, kind);
        let near = excerpts
            .iter_mut()
            .find(|excerpt| excerpt.is_near(&mark, context.columns()));
        if let Some(excerpt) = near {
            excerpt.marks.push(mark);
        } else {
            excerpts.push(Excerpt {
                file,
                mask: Mask::of(context, label.span.file),
                marks: vec![mark],
                place: place(context, &context.path(label.span), label.span),
            });
        }
    }
    excerpts
}

impl<'a> Mark<'a> {
    fn new(
        context: &Context<'_>,
        file: &SourceFile,
        label: &'a Label,
        kind: AnnotationKind,
    ) -> Self {
        let start = context.start(label.span);
        Self {
            line: start.line,
            column: start.column as usize,
            is_in_long_line: file.lines().range(start.line).len() + MARGIN > context.columns(),
            label,
            kind,
        }
    }
}

impl Mark<'_> {
    /// Where it begins and ends in its line, which begins at `start` of the file.
    fn place(&self, line: &str, start: usize) -> (usize, usize) {
        let span = self.label.span;
        let inside = |offset: u32| (offset as usize).saturating_sub(start).min(line.len());
        let begin = inside(span.start);
        let goes_on = span.end as usize > start + line.len();
        let end = if goes_on {
            line.trim_end().len()
        } else {
            inside(span.end)
        };
        (begin, end.max(begin))
    }
}

impl Excerpt<'_> {
    /// Whether `mark` can be shown in this excerpt: near the lines that are in it, and where a line
    /// is longer than the screen, near the columns too.
    fn is_near(&self, mark: &Mark<'_>, columns: usize) -> bool {
        let is_same_file = |other: &Mark<'_>| other.label.span.file == mark.label.span.file;
        let is_near_line = |other: &Mark<'_>| other.line.abs_diff(mark.line) <= FAR;
        let is_in_sight = |other: &Mark<'_>| {
            let is_long = other.is_in_long_line || mark.is_in_long_line;
            !is_long || other.column.abs_diff(mark.column) <= columns / 4
        };
        self.marks
            .iter()
            .all(|other| is_same_file(other) && is_in_sight(other))
            && self.marks.iter().any(is_near_line)
    }

    /// How many digits the number of its last line has.
    pub(crate) fn digits(&self) -> usize {
        let last = self.marks.iter().map(|mark| mark.line).max().unwrap_or(1);
        last.to_string().len()
    }

    /// The lines and labels, with line numbers of at least `digits` digits.
    pub(crate) fn render(
        &self,
        context: &Context<'_>,
        severity: Severity,
        digits: usize,
    ) -> String {
        let group = Group::with_level(Level::ERROR).element(self.snippet(context.columns()));
        let text = renderer(context, severity).render(&[group]);
        let margin = " ".repeat(digits.saturating_sub(self.digits()));
        let mut out = String::with_capacity(text.len());
        for line in text.lines() {
            out.push_str(&margin);
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// The lines from the first mark to the last. Of the lines without a mark the renderer shows
    /// only such as stand alone between two that have one.
    fn snippet(&self, columns: usize) -> Snippet<'static, Annotation<'static>> {
        let mut by_line: BTreeMap<u32, Vec<&Mark<'_>>> = BTreeMap::new();
        for mark in &self.marks {
            by_line.entry(mark.line).or_default().push(mark);
        }
        let first = by_line.keys().next().copied().unwrap_or(1);
        let last = by_line.keys().next_back().copied().unwrap_or(first);
        let mut source = String::new();
        let mut annotations = Vec::new();
        for line in first..=last {
            if line > first {
                source.push('\n');
            }
            let marks = by_line.get(&line).map(Vec::as_slice).unwrap_or_default();
            let shown = ShownLine::new(self.file, self.mask, line, marks, columns);
            annotations.extend(shown.annotations(source.len()));
            source.push_str(&shown.text);
        }
        Snippet::source(source)
            .line_start(first as usize)
            .annotations(annotations)
    }
}

/// One line as it is shown.
struct ShownLine<'a> {
    text: String,
    /// Each mark, and where in the text it begins and ends.
    marks: Vec<(&'a Mark<'a>, usize, usize)>,
}

impl<'a> ShownLine<'a> {
    fn new(
        file: &SourceFile,
        mask: Mask<'_>,
        line: u32,
        marks: &[&'a Mark<'a>],
        columns: usize,
    ) -> Self {
        let range = file.lines().range(line);
        let whole = cut(file.text(), range.clone());
        let text = whole
            .strip_prefix(BOM)
            .filter(|_| line == 1)
            .unwrap_or(whole);
        let start = range.start + (whole.len() - text.len());
        let text = text.trim_end_matches(['\r', '\n']);
        let places: Vec<_> = marks
            .iter()
            .map(|mark| {
                let (begin, end) = mark.place(text, start);
                let is_cut = mark.is_in_long_line && end - begin > columns / 2;
                let end = if is_cut {
                    text.floor_char_boundary(begin + columns / 2)
                } else {
                    end
                };
                (*mark, begin, end)
            })
            .collect();
        let mut offsets: Vec<usize> = places
            .iter()
            .flat_map(|(_, begin, end)| [*begin, *end])
            .collect();
        offsets.sort_unstable();
        // Of a line that is much longer than the screen only what may be in sight is worked on.
        let sight = 4 * columns;
        let from = offsets
            .first()
            .map_or(0, |first| first.saturating_sub(sight));
        let from = text.floor_char_boundary(from);
        let to = offsets.last().map_or(sight, |last| last + sight);
        let text = cut(text, from..text.floor_char_boundary(to));
        for offset in &mut offsets {
            *offset -= from;
        }
        let (text, masked) = mask.apply(text, &offsets);
        let (text, mapped) = visible_with_marks(&text, &masked);
        let shown = |offset: usize| {
            let index = offsets.partition_point(|other| other + from < offset);
            mapped.get(index).copied().unwrap_or(0)
        };
        let marks = places
            .into_iter()
            .map(|(mark, begin, end)| (mark, shown(begin), shown(end)));
        Self {
            marks: marks.collect(),
            text,
        }
    }

    /// The labels, in a source where this line begins at `base`.
    fn annotations(&self, base: usize) -> impl Iterator<Item = Annotation<'static>> {
        self.marks.iter().map(move |(mark, begin, end)| {
            let annotation = mark.kind.span(base + begin..base + end);
            let text = shorten(&visible(&mark.label.text), LONGEST_LABEL);
            if text.is_empty() {
                annotation
            } else {
                annotation.label(text)
            }
        })
    }
}

fn renderer(context: &Context<'_>, severity: Severity) -> Renderer {
    if !context.color {
        return Renderer::plain().term_width(context.columns());
    }
    Renderer::styled()
        .term_width(context.columns())
        .error(style::severity(severity))
        .context(style::MARGIN)
        .line_num(style::MARGIN)
}
