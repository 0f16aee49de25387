//! The overview as a text.

use std::fmt::Write as _;

use caulk_linux::syscalls::{self, Group};
use caulk_seccomp::{Counts, Filter, Surface};

use crate::call::Call;
use crate::overview::{Overview, Page, Row};
use crate::show::{Piece, QUIET, count, listed, padded};
use crate::verdict::Verdict;
use crate::{Show, host, openings, words};

/// More calls that are shut beside the default than this are a profile of another kind: a list of them
/// says nothing.
const MOST_CLOSED: usize = 60;

/// How wide the column of verdicts is, with what parts it from the names.
const VERDICT: usize = 14;

impl Overview<'_> {
    /// The overview in lines as wide as the terminal, with a final newline.
    ///
    /// The first line says what is open beyond Docker's default. Then the counts of each ABI, what
    /// is open beyond the default with what it opens, what is shut beside it, and every call by what
    /// it is for.
    pub fn text(&self, show: &Show) -> String {
        let mut text = String::new();
        show.headline(&mut text, &self.first_line(show));
        show.paragraph(
            &mut text,
            &Piece::plain(""),
            &host::words(self.own.filter.host()),
        );
        if self.own.is_disabled {
            return text;
        }
        text.push('\n');
        self.counts(show, &mut text);
        text.push('\n');
        self.defaults(show, &mut text);
        let Some(page) = self.pages.first() else {
            return text;
        };
        against(
            show,
            page,
            [&self.default.filter, &self.own.filter],
            &mut text,
        );
        groups(show, page, &mut text);
        self.more(show, &mut text);
        text
    }

    fn first_line(&self, show: &Show) -> String {
        let title = self.own.named.full_title(show);
        if self.own.is_disabled {
            return format!(
                "{title} is no filter: it has neither a default action nor a rule, so every call \
                 is allowed"
            );
        }
        let Some(page) = self.pages.first() else {
            return title;
        };
        let Counts {
            allowed,
            conditional,
            observed,
            denied,
        } = page.counts;
        if self.own.named.is_default {
            let all = allowed + conditional + observed + denied;
            return format!(
                "{title} allows {allowed} of {all} calls, and {conditional} for some arguments"
            );
        }
        let (opened, closed) = (page.opened().count(), page.closed().count());
        match (opened, closed) {
            (0, 0) => format!("{title} lets through what Docker's default does, and nothing else"),
            (0, _) => format!(
                "{title} opens nothing that Docker's default shuts, and shuts {} that it opens",
                count(closed, "call")
            ),
            (_, 0) => format!(
                "{title} opens {} that Docker's default shuts, and shuts none that it opens",
                count(opened, "call")
            ),
            _ => format!(
                "{title} opens {} that Docker's default shuts, and shuts {closed} that it opens",
                count(opened, "call")
            ),
        }
    }

    /// What happens to a call that no rule names.
    fn defaults(&self, show: &Show, text: &mut String) {
        let filter = &self.own.filter;
        let mut said = format!(
            "A call that no rule names {}",
            words::does(&filter.default().to_string())
        );
        if let Some(place) = self.own.default_place(show) {
            let _ = write!(said, " ({place})");
        }
        if let Some(newest) = self.newest() {
            let _ = write!(
                said,
                "; one that is newer than the last that is named ({newest}) fails with ENOSYS, as \
                 runc answers it",
            );
        }
        said.push('.');
        show.paragraph(text, &Piece::plain(""), &said);
    }

    /// The last call that is named on each ABI, where runc answers for those that are newer: each
    /// once, with the ABIs that differ from the machine's own.
    fn newest(&self) -> Option<String> {
        let mut newest: Vec<(&str, Vec<String>)> = Vec::new();
        for page in &self.pages {
            let Some(highest) = self.own.filter.highest_named(page.abi) else {
                continue;
            };
            let name = syscalls::name(page.abi, highest).unwrap_or("?");
            match newest.iter_mut().find(|(known, _)| *known == name) {
                Some((_, abis)) => abis.push(page.abi.to_string()),
                None => newest.push((name, vec![page.abi.to_string()])),
            }
        }
        let words = newest
            .iter()
            .enumerate()
            .map(|(at, (name, abis))| match at {
                0 => format!("`{name}`"),
                _ => format!("`{name}` on {}", listed(abis)),
            });
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    fn more(&self, show: &Show, text: &mut String) {
        let unlisted = self
            .own
            .filter
            .abis()
            .filter(|abi| !self.own.abis().contains(abi));
        let unlisted: Vec<String> = unlisted.map(|abi| abi.to_string()).collect();
        text.push('\n');
        if !unlisted.is_empty() {
            let words = format!(
                "It lists {} too, which the kernel of this machine does not run.",
                listed(&unlisted)
            );
            show.paragraph(text, &Piece::plain(""), &words);
        }
        let path = if self.own.named.is_default {
            "default".to_owned()
        } else {
            (show.visible)(self.own.named.file.path())
        };
        let words =
            format!("`caulk seccomp explain {path} CALL` says which rule decides, and where.");
        show.quiet(text, "", &words);
    }
}

/// What is open beyond the default, and what is shut beside it.
fn against(show: &Show, page: &Page, [default, own]: [&Filter; 2], text: &mut String) {
    let opened: Vec<&Row> = page.opened().collect();
    if !opened.is_empty() {
        heading(show, "open here, and not in Docker's default", text);
        let calls: Vec<Call> = opened.iter().map(|row| row.call).collect();
        openings::append(show, text, &calls, [default, own]);
    }
    let mut closed: Vec<&str> = page.closed().map(|row| row.name).collect();
    if closed.is_empty() {
        return;
    }
    closed.sort_unstable();
    let calls = count(closed.len(), "call");
    let words = format!("shut here, and open in Docker's default: {calls}");
    heading(show, &words, text);
    if closed.len() > MOST_CLOSED {
        let words =
            "They are among the denied ones below; `caulk seccomp diff default` names them.";
        show.paragraph(text, &Piece::plain("  "), words);
        return;
    }
    let closed: Vec<Piece> = closed.into_iter().map(Piece::plain).collect();
    show.list(text, &Piece::plain("  "), &closed);
}

fn heading(show: &Show, words: &str, text: &mut String) {
    text.push('\n');
    show.headline(text, words);
}

/// Every call of the machine's own ABI, by what it is for.
fn groups(show: &Show, page: &Page, text: &mut String) {
    for group in Group::ALL {
        let rows: Vec<&Row> = page.of(*group).collect();
        if rows.is_empty() {
            continue;
        }
        let open = rows.iter().filter(|row| row.surface.may_run()).count();
        heading(
            show,
            &format!("{}: {open} of {}", group.name(), count(rows.len(), "call")),
            text,
        );
        for verdict in Verdict::ALL {
            let mut rows: Vec<&Row> = rows
                .iter()
                .copied()
                .filter(|row| row.verdict() == verdict)
                .collect();
            rows.sort_by_key(|row| row.name);
            if rows.is_empty() {
                continue;
            }
            let first = format!("  {}", padded(show, verdict.name(), VERDICT - 2));
            if verdict == Verdict::Conditional {
                conditional(show, &rows, &first, text);
                continue;
            }
            let pieces: Vec<Piece> = rows.iter().map(|row| piece(row, verdict)).collect();
            show.list(text, &Piece::new(first, verdict.style()), &pieces);
        }
    }
}

/// A call's name in the colour of its difference from the default.
fn piece(row: &Row, verdict: Verdict) -> Piece {
    let style = if row.is_opened() {
        openings::style(row.name)
    } else if verdict == Verdict::Denied && !row.is_closed() {
        QUIET
    } else {
        anstyle::Style::new()
    };
    Piece::new(row.name, style)
}

/// Calls that depend on their arguments, each with its cases.
fn conditional(show: &Show, rows: &[&Row], first: &str, text: &mut String) {
    let mut first = Piece::new(first, Verdict::Conditional.style());
    for row in rows {
        let Surface::Conditional(conditional) = &row.surface else {
            continue;
        };
        show.paragraph(
            text,
            &first,
            &format!("{}: {}", row.name, words::cases(row.call, conditional)),
        );
        first = Piece::plain(" ".repeat(VERDICT));
    }
}
