//! How many calls of each kind there are, as a table.

use crate::Show;
use crate::overview::{Overview, Page};
use crate::show::{Piece, QUIET, padded};
use crate::verdict::Verdict;

/// What stands between two columns.
const GAP: &str = "  ";

/// Said of an ABI for which the filter does not answer.
const UNLISTED: &str = "not listed: whoever comes by it is killed";

impl Overview<'_> {
    /// Appends a row for each ABI; where the terminal is too narrow for it, a sentence.
    pub(super) fn counts(&self, show: &Show, text: &mut String) {
        let names = self.pages.iter().map(|page| page.abi.name().len());
        let first = names.max().unwrap_or(0);
        let heads = Verdict::ALL.map(|verdict| verdict.name().to_owned());
        let rows: Vec<[String; 4]> = self
            .pages
            .iter()
            .filter(|page| self.own.answers(page.abi))
            .map(|page| self.cells(page))
            .collect();
        let widths: Vec<usize> = (0..heads.len())
            .map(|column| {
                let cells = rows
                    .iter()
                    .chain([&heads])
                    .filter_map(|row| row.get(column));
                cells.map(|cell| show.columns_of(cell)).max().unwrap_or(0)
            })
            .collect();
        let line = |cells: &[String; 4]| {
            let cells = cells.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| padded(show, cell, *width))
                .collect();
            cells.join(GAP).trim_end().to_owned()
        };
        let needed = first + widths.iter().map(|width| width + GAP.len()).sum::<usize>();
        let is_table = needed <= show.line_width();
        let head = |name: &str| format!("{}{GAP}", padded(show, name, first));
        if is_table {
            let heads = Piece::new(line(&heads), QUIET);
            show.list(text, &Piece::plain(head("")), &[heads]);
        }
        let mut rows = rows.iter();
        for page in &self.pages {
            let name = Piece::plain(head(page.abi.name()));
            if !self.own.answers(page.abi) {
                show.paragraph(text, &name, UNLISTED);
                continue;
            }
            let Some(cells) = rows.next() else {
                continue;
            };
            if is_table {
                show.list(text, &name, &[Piece::plain(line(cells))]);
                continue;
            }
            let words = Verdict::ALL.iter().zip(cells);
            let words: Vec<String> = words
                .map(|(verdict, cell)| format!("{cell} {}", verdict.name()))
                .collect();
            show.paragraph(text, &name, &words.join(", "));
        }
        if !self.own.named.is_default {
            let version = caulk_seccomp::default_profile::VERSION;
            let legend = format!("in brackets: against Docker's default ({version})");
            show.quiet(text, "", &legend);
        }
    }

    /// The numbers of an ABI, each with how it differs from the default's.
    fn cells(&self, page: &Page) -> [String; 4] {
        Verdict::ALL.map(|verdict| {
            let own = verdict.count(page.counts);
            let default = verdict.count(page.default_counts);
            if self.own.named.is_default || own == default {
                return own.to_string();
            }
            let sign = if own > default { '+' } else { '-' };
            format!("{own} ({sign}{})", own.abs_diff(default))
        })
    }
}
