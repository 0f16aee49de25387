//! The comparison as a text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use caulk_linux::syscalls::{Abi, Group, group};
use caulk_seccomp::Witness;

use crate::comparison::{Change, Comparison, Page, Row};
use crate::show::{DEPENDS, NAME, Piece, QUIET, SHUT, count, listed, padded};
use crate::words::outcome;
use crate::{Show, host, openings};

/// How wide the column of groups or calls is, with what parts it from what follows.
const NAMES: usize = 20;

impl Comparison<'_> {
    /// The differences in lines as wide as the terminal, with a final newline.
    ///
    /// The first line says whether the second profile is broader. Then what it opens, with what
    /// that lets a process do, what it shuts, and what is otherwise different; where the arguments
    /// matter, some that show the difference.
    pub fn text(&self, show: &Show) -> String {
        let rows = self.rows();
        let mut text = String::new();
        let _ = writeln!(text, "{}", show.paint(NAME, &self.first_line(show, &rows)));
        show.paragraph(
            &mut text,
            &Piece::plain(""),
            &host::words(self.first.filter.host()),
        );
        for page in self.pages.iter().filter(|page| !page.is_shared()) {
            self.unshared(show, page, &mut text);
        }
        for change in Change::ALL {
            let rows: Vec<&Row<'_>> = rows.iter().filter(|row| row.change == change).collect();
            if !rows.is_empty() {
                self.section(show, change, &rows, &mut text);
            }
        }
        text
    }

    fn first_line(&self, show: &Show, rows: &[Row<'_>]) -> String {
        let [first, second] = self.titles(show);
        let number = |change: Change| {
            let mut calls: Vec<Option<&str>> = rows
                .iter()
                .filter(|row| row.change == change)
                .map(|row| row.call.name())
                .collect();
            calls.sort_unstable();
            calls.dedup();
            calls.len()
        };
        let [opened, closed, other] = Change::ALL.map(number);
        let mut words = Vec::new();
        if opened > 0 {
            words.push(format!(
                "opens {} that {first} shuts",
                count(opened, "call")
            ));
        }
        if closed > 0 {
            let more = if opened > 0 { "" } else { " that it opens" };
            words.push(format!("shuts {}{more}", count(closed, "call")));
        }
        let beside = self
            .pages
            .iter()
            .filter(|page| page.answers == [false, true]);
        let beside: Vec<String> = beside.map(|page| page.abi.to_string()).collect();
        if !beside.is_empty() {
            words.push(format!("lets programs for {} run", listed(&beside)));
        }
        let fewer = self
            .pages
            .iter()
            .filter(|page| page.answers == [true, false]);
        let fewer: Vec<String> = fewer.map(|page| page.abi.to_string()).collect();
        if !fewer.is_empty() {
            words.push(format!("kills programs for {}", listed(&fewer)));
        }
        match (words.is_empty(), other) {
            (true, 0) => format!("{second} does exactly what {first} does"),
            (true, _) => format!(
                "{second} opens nothing that {first} shuts: it answers {} otherwise",
                count(other, "call")
            ),
            (false, _) if opened == 0 && beside.is_empty() => {
                format!(
                    "{second} opens nothing that {first} shuts: it {}",
                    listed(&words)
                )
            }
            (false, _) => format!("{second} {}", listed(&words)),
        }
    }

    fn titles(&self, show: &Show) -> [String; 2] {
        let titles = [self.first, self.second].map(|one| one.named.title(show));
        match titles {
            [first, second] if first == second => ["the first".to_owned(), "the second".to_owned()],
            titles => titles,
        }
    }

    /// An ABI for which only one of them answers.
    fn unshared(&self, show: &Show, page: &Page, text: &mut String) {
        let [first, second] = self.titles(show);
        let [one, other] = page.counts;
        let abi = page.abi;
        let words = match page.answers {
            [true, false] => format!(
                "{first} lets {} through by {abi}; {second} does not list it, so whoever comes by \
                 it is killed",
                one.allowed + one.conditional + one.observed
            ),
            [false, true] => format!(
                "{second} lets {} through by {abi}; {first} does not list it, so whoever comes by \
                 it is killed",
                other.allowed + other.conditional + other.observed
            ),
            _ => return,
        };
        text.push('\n');
        let first = Piece::new(padded(show, abi.name(), NAMES), DEPENDS);
        show.paragraph(text, &first, &words);
    }

    fn section(&self, show: &Show, change: Change, rows: &[&Row<'_>], text: &mut String) {
        let [first, second] = self.titles(show);
        let words = match change {
            Change::Opened => format!("open in {second}, and not in {first}"),
            Change::Closed => format!("open in {first}, and not in {second}"),
            Change::Other => "open in both or in neither, and answered otherwise".to_owned(),
        };
        let _ = write!(text, "\n{}\n", show.paint(NAME, &words));
        let (whole, partly): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
            rows.iter().partition(|row| row.asked().is_empty());
        for (answers, rows) in by_answers(&whole) {
            let _ = writeln!(text, "  {}", show.paint(QUIET, &answers));
            for (group, rows) in by_group(&rows) {
                let first = padded(show, group, NAMES);
                let pieces = self.pieces(&rows, change);
                show.list(text, &Piece::plain(format!("    {first}")), &pieces);
            }
        }
        if !partly.is_empty() {
            let _ = writeln!(text, "  {}", show.paint(QUIET, "for some arguments"));
        }
        for row in partly {
            self.witnesses(show, row, change, text);
        }
        if change == Change::Opened {
            let names: Vec<&'static str> = rows.iter().filter_map(|row| row.call.name()).collect();
            if !names.is_empty() {
                text.push('\n');
                openings::append(show, text, &names);
            }
        }
    }

    /// The names of calls, each with the ABIs on which it is so where that is not on all.
    fn pieces(&self, rows: &[&Row<'_>], change: Change) -> Vec<Piece> {
        let pieces = rows.iter().map(|row| {
            let only = self.only(row).map(|abis| format!("({abis})"));
            let title = row.call.title();
            let text = format!("{title}{}", only.unwrap_or_default());
            Piece::new(text, style(row, change))
        });
        pieces.collect()
    }

    /// The ABIs of a row, where they are not all that both answer for.
    fn only(&self, row: &Row<'_>) -> Option<String> {
        let names: Vec<&str> = row.abis.iter().map(|abi: &Abi| abi.name()).collect();
        (row.abis.len() < self.shared()).then(|| names.join(", "))
    }

    /// Arguments that show each pair of answers.
    fn witnesses(&self, show: &Show, row: &Row<'_>, change: Change, text: &mut String) {
        let asked = row.asked();
        let mut title = row.call.title();
        if let Some(abis) = self.only(row) {
            let _ = write!(title, " ({abis})");
        }
        let mut witnesses: Vec<&Witness> = row.difference.witnesses.iter().collect();
        witnesses.sort_by_key(|witness| Change::shown_by(witness));
        let wide = show.columns_of(&title).max(NAMES - 2) + 2;
        let mut first = Piece::new(
            format!("    {}", padded(show, &title, wide)),
            style(row, change),
        );
        for witness in witnesses {
            let words = format!(
                "{}: {} → {}",
                row.call.arguments(&witness.arguments, &asked),
                outcome(&witness.first),
                outcome(&witness.second)
            );
            show.paragraph(text, &first, &words);
            first = Piece::plain(" ".repeat(wide + 4));
        }
        if !row.difference.is_complete {
            show.paragraph(text, &first, "there may be more: its conditions overlap");
        }
    }
}

fn style(row: &Row<'_>, change: Change) -> Style {
    match change {
        Change::Opened => row.call.name().map_or(Style::new(), openings::style),
        Change::Closed => SHUT,
        Change::Other => Style::new(),
    }
}

/// Rows by what both profiles answer: `fails with EPERM → allowed`.
fn by_answers<'r>(rows: &[&'r Row<'r>]) -> BTreeMap<String, Vec<&'r Row<'r>>> {
    let mut sorted: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        let answers =
            row.difference.witnesses.first().map(|witness| {
                format!("{} → {}", outcome(&witness.first), outcome(&witness.second))
            });
        sorted
            .entry(answers.unwrap_or_default())
            .or_default()
            .push(row);
    }
    sorted
}

/// Rows by what the calls are for, in the order of the groups.
fn by_group<'r>(rows: &[&'r Row<'r>]) -> Vec<(&'static str, Vec<&'r Row<'r>>)> {
    let mut sorted: BTreeMap<Option<Group>, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        sorted
            .entry(row.call.name().and_then(group))
            .or_default()
            .push(row);
    }
    let named = |(group, rows): (Option<Group>, _)| (group.map_or("no name", Group::name), rows);
    sorted.into_iter().map(named).collect()
}
