//! The comparison as a text.

use std::collections::BTreeMap;

use anstyle::Style;
use caulk_linux::syscalls::{Abi, Group, group};
use caulk_seccomp::{Difference, Witness};

use crate::call::Call;
use crate::comparison::{Change, Comparison, Page, Row};
use crate::show::{DEPENDS, NAME, Piece, SHUT, count, listed, padded};
use crate::words::outcome;
use crate::{Show, host, openings, titles};

/// How wide the column of calls is at least, with what parts it from what follows.
const CALLS: usize = 16;

impl Comparison<'_> {
    /// The differences in lines as wide as the terminal, with a final newline.
    ///
    /// The first line says whether the second profile is broader. Then what it opens, with what
    /// that lets a process do, what it shuts, and what is otherwise different; where the arguments
    /// matter, some that show the difference. What other ABIs add to that comes at the end of each.
    pub fn text(&self, show: &Show) -> String {
        let rows = self.rows();
        let mut text = String::new();
        show.headline(&mut text, &self.first_line(show, &rows));
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
        let [first, second] = titles::full_pair(&self.first.named, &self.second.named, show);
        let calls = |change: Change| self.calls(rows, change);
        let [opened, closed, other] = Change::ALL.map(calls);
        let only = |answers: [bool; 2], goes: fn(&Difference) -> bool| {
            let pages = self.pages.iter().filter(|page| page.answers == answers);
            let pages = pages.filter(|page| page.differences.iter().any(goes));
            let names: Vec<String> = pages.map(|page| page.abi.to_string()).collect();
            (!names.is_empty()).then(|| listed(&names))
        };
        let let_run = only([false, true], Difference::is_opened);
        let killed = only([true, false], Difference::is_closed);
        let mut broader = Vec::new();
        broader.extend(opened.map(|calls| format!("opens {calls} that {first} shuts")));
        broader.extend(let_run.map(|abis| format!("lets programs for {abis} run")));
        let mut narrower = Vec::new();
        narrower.extend(closed.map(|calls| format!("shuts {calls} that it opens")));
        narrower.extend(killed.map(|abis| format!("kills programs for {abis}")));
        match (broader.is_empty(), narrower.is_empty(), other) {
            (true, true, None) => format!("{second} does exactly what {first} does"),
            (true, true, Some(calls)) => {
                format!("{second} opens nothing that {first} shuts, and answers {calls} otherwise")
            }
            (true, false, _) => {
                format!(
                    "{second} opens nothing that {first} shuts, and {}",
                    listed(&narrower)
                )
            }
            (false, true, _) => listed_after(&second, &broader),
            (false, false, _) => {
                format!(
                    "{}, and {}",
                    listed_after(&second, &broader),
                    listed(&narrower)
                )
            }
        }
    }

    /// `3 calls`, those of the machine's own ABI; where it has none, `3 calls on x86`.
    fn calls(&self, rows: &[Row<'_>], change: Change) -> Option<String> {
        let rows = rows.iter().filter(|row| row.change == change);
        let own = self.pages.first().map(|page| page.abi);
        let (own, others): (Vec<_>, Vec<_>) =
            rows.partition(|row| own.is_some_and(|own| row.abis.contains(&own)));
        let mut abis: Vec<Abi> = others.iter().flat_map(|row| row.abis.clone()).collect();
        abis.sort_unstable();
        abis.dedup();
        let abis: Vec<String> = abis.iter().map(ToString::to_string).collect();
        match (own.len(), others.len()) {
            (0, 0) => None,
            (0, others) => Some(format!("{} on {}", count(others, "call"), listed(&abis))),
            (own, _) => Some(count(own, "call")),
        }
    }

    fn titles(&self, show: &Show) -> [String; 2] {
        titles::pair(&self.first.named, &self.second.named, show)
    }

    /// An ABI for which only one of them answers.
    fn unshared(&self, show: &Show, page: &Page, text: &mut String) {
        let [first, second] = self.titles(show);
        let (listing, silent, counts) = match page.answers {
            [true, false] => (first, second, page.counts[0]),
            [false, true] => (second, first, page.counts[1]),
            _ => return,
        };
        let open = counts.allowed + counts.conditional + counts.observed;
        let words = format!(
            "{listing} lets {} through; {silent} does not list this ABI, so whoever comes by it is \
             killed",
            count(open, "call")
        );
        text.push('\n');
        let first = Piece::new(padded(show, page.abi.name(), 8), DEPENDS);
        show.paragraph(text, &first, &words);
    }

    fn section(&self, show: &Show, change: Change, rows: &[&Row<'_>], text: &mut String) {
        let [first, second] = self.titles(show);
        let words = match change {
            Change::Opened => format!("open in {second}, and not in {first}"),
            Change::Closed => format!("open in {first}, and not in {second}"),
            Change::Other => "answered otherwise, and open in both or in neither".to_owned(),
        };
        text.push('\n');
        show.headline(text, &words);
        let own = self.pages.first().map(|page| page.abi);
        let is_own = |row: &&&Row<'_>| own.is_some_and(|own| row.abis.contains(&own));
        let (own, others): (Vec<&Row<'_>>, Vec<&Row<'_>>) = {
            let (own, others): (Vec<&&Row<'_>>, Vec<&&Row<'_>>) = rows.iter().partition(is_own);
            (
                own.into_iter().copied().collect(),
                others.into_iter().copied().collect(),
            )
        };
        self.whole(show, change, &own, text);
        for row in own.iter().filter(|row| !row.asked().is_empty()) {
            self.witnesses(show, row, change, text);
        }
        self.others(show, change, &others, text);
        if change == Change::Opened {
            let calls: Vec<Call> = rows.iter().map(|row| row.call).collect();
            let calls: Vec<Call> = calls
                .into_iter()
                .filter(|call| call.name().is_some())
                .collect();
            if !calls.is_empty() {
                text.push('\n');
                let filters = [&self.first.filter, &self.second.filter];
                openings::append(show, text, &calls, filters);
            }
        }
    }

    /// The calls for which the arguments do not matter, by what is answered and what they are for.
    fn whole(&self, show: &Show, change: Change, rows: &[&Row<'_>], text: &mut String) {
        let whole = rows.iter().copied().filter(|row| row.asked().is_empty());
        let whole: Vec<&Row<'_>> = whole.collect();
        let groups = whole.iter().map(|row| show.columns_of(heading(row)));
        let wide = groups.max().unwrap_or(0) + 2;
        for (answers, rows) in by_answers(&whole) {
            show.quiet(text, "  ", &answers);
            for (group, rows) in by_group(&rows) {
                let pieces: Vec<Piece> = rows.iter().map(|row| self.piece(row, change)).collect();
                let first = format!("    {}", padded(show, group, wide));
                if wide * 2 > show.line_width() {
                    show.paragraph(text, &Piece::plain("    "), group);
                    show.list(text, &Piece::plain("      "), &pieces);
                } else {
                    show.list(text, &Piece::plain(first), &pieces);
                }
            }
        }
    }

    /// What is so on other ABIs than the machine's own alone.
    fn others(&self, show: &Show, change: Change, rows: &[&Row<'_>], text: &mut String) {
        let mut by_abis: BTreeMap<&[Abi], Vec<&Row<'_>>> = BTreeMap::new();
        for row in rows {
            by_abis.entry(&row.abis).or_default().push(row);
        }
        for (abis, rows) in by_abis {
            let names: Vec<String> = abis.iter().map(ToString::to_string).collect();
            show.quiet(text, "  ", &format!("on {} alone", listed(&names)));
            let (partly, whole): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
                rows.into_iter().partition(|row| !row.asked().is_empty());
            let pieces = whole
                .iter()
                .map(|row| Piece::new(row.title(), style(row, change)));
            let pieces: Vec<Piece> = pieces.collect();
            if !pieces.is_empty() {
                show.list(text, &Piece::plain("    "), &pieces);
            }
            for row in partly {
                self.witnesses(show, row, change, text);
            }
        }
    }

    /// The name of a call, with the ABIs on which it is so where others have the call, too.
    fn piece(&self, row: &Row<'_>, change: Change) -> Piece {
        Piece::new(self.title(row), style(row, change))
    }

    fn title(&self, row: &Row<'_>) -> String {
        let title = row.title();
        if row.change == Change::Other || !row.differs_among(&self.shared()) {
            return title;
        }
        let names: Vec<&str> = row.abis.iter().map(|abi| abi.name()).collect();
        format!("{title}({})", names.join(","))
    }

    /// Arguments that show each pair of answers.
    fn witnesses(&self, show: &Show, row: &Row<'_>, change: Change, text: &mut String) {
        let asked = row.asked();
        let title = self.title(row);
        let mut witnesses: Vec<&Witness> = row.difference.witnesses.iter().collect();
        witnesses.sort_by_key(|witness| Change::shown_by(witness));
        let wide = show.columns_of(&title).max(CALLS - 2) + 2;
        let mut first = Piece::new(
            format!("  {}", padded(show, &title, wide)),
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
            first = Piece::plain(" ".repeat(wide + 2));
        }
        if !row.difference.is_complete {
            show.paragraph(text, &first, "there may be more: its conditions overlap");
        }
    }
}

fn listed_after(subject: &str, words: &[String]) -> String {
    format!("{subject} {}", listed(words))
}

fn style(row: &Row<'_>, change: Change) -> Style {
    match change {
        Change::Opened => row.call.name().map_or(NAME, openings::style),
        Change::Closed => SHUT,
        Change::Other => Style::new(),
    }
}

/// What a call is for.
fn heading(row: &Row<'_>) -> &'static str {
    row.call.name().and_then(group).map_or("", Group::name)
}

/// Rows by what both profiles answer: `fails with EPERM → allowed`.
fn by_answers<'r>(rows: &[&'r Row<'r>]) -> BTreeMap<String, Vec<&'r Row<'r>>> {
    let mut sorted: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        let answers =
            row.difference.witnesses.first().map(|witness| {
                format!("{} → {}", outcome(&witness.first), outcome(&witness.second))
            });
        let rows = sorted.entry(answers.unwrap_or_default()).or_default();
        rows.push(row);
    }
    sorted
}

/// Rows by what the calls are for, in the order of the groups.
fn by_group<'r>(rows: &[&'r Row<'r>]) -> Vec<(&'static str, Vec<&'r Row<'r>>)> {
    let mut sorted: BTreeMap<Option<Group>, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        let group = row.call.name().and_then(group);
        sorted.entry(group).or_default().push(row);
    }
    let named = |(group, rows): (Option<Group>, _)| (group.map_or("", Group::name), rows);
    sorted.into_iter().map(named).collect()
}
