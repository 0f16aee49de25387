//! The table.

use std::fmt::Write as _;

use caulk_model::{Container, Fact, Limit, State};
use caulk_source::cut_from;

use crate::cell::Cell;
use crate::seccomp::{Filter, filter};
use crate::show::{NAME, QUIET};
use crate::{Posture, capabilities, host, user};

/// How many columns a line may have.
const WIDTH: usize = 100;

/// How many things of the host a row names before it counts the rest.
const MOST_OF_HOST: usize = 4;

/// What stands between two columns.
const GAP: &str = "  ";

/// What stands before a row, which belongs to the file named above it.
const INDENT: &str = "  ";

/// The heads of the columns, and how narrow each may become where the table is too wide.
const HEADS: &[(&str, usize)] = &[
    ("container", 10),
    ("line", 4),
    ("user", 11),
    ("capabilities", 12),
    ("seccomp", 8),
    ("of the host", 11),
    (MARKS, 18),
];

/// What a container keeps to: read-only, no-new-privileges, and its limits. Each mark stands
/// under the first letter of its head.
const MARKS: &str = "ro nnp mem cpu pid";

/// What a person needs to know to read the table.
const LEGEND: &str = "ro: read-only root · nnp: no-new-privileges · mem, cpu, pid: limited · \
    ✓ yes · - no · ? unknown";

/// The name of the row below a container that says what it holds later.
const LATER: &str = "→ fixed";

/// Said where a Dockerfile is among the rows.
const DOCKERFILES: &str =
    "A Dockerfile says as whom its image starts; who runs the image decides the rest.";

/// The row below the row with this index, where there is one.
type Below<'a> = dyn Fn(usize, &[Cell]) -> Option<Vec<Cell>> + 'a;

impl Posture<'_> {
    /// Every container in a table of at most 100 columns, with a final newline.
    pub fn table(&self) -> String {
        self.table_with(&|_, _| None)
    }

    /// The same, and below each container what it holds in `later`, which has the same containers
    /// after a change: only what is another.
    pub fn table_beside(&self, later: &Self) -> String {
        let row = |index: usize, before: &[Cell]| {
            let container = later.containers.get(index)?;
            let row = later.row(container);
            let mut changed = false;
            let cells = row.into_iter().zip(before).enumerate();
            let cells = cells.map(|(column, (cell, before))| {
                let is_new = column > 1 && cell != *before;
                changed |= is_new;
                if is_new { cell } else { Cell::default() }
            });
            let mut cells: Vec<Cell> = cells.collect();
            if let Some(name) = cells.first_mut() {
                *name = Cell::whole(LATER);
            }
            changed.then_some(cells)
        };
        let mut text = self.table_with(&row);
        let legend = format!("{LATER}: what it holds once the fixes are applied");
        let _ = writeln!(text, "{}", self.show.paint(QUIET, &legend));
        text
    }

    fn table_with(&self, below: &Below<'_>) -> String {
        if self.containers.is_empty() {
            return "no container is declared here\n".to_owned();
        }
        let rows: Vec<Vec<Cell>> = self
            .containers
            .iter()
            .map(|container| self.row(container))
            .collect();
        let later: Vec<Option<Vec<Cell>>> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| below(index, row))
            .collect();
        let all: Vec<Vec<Cell>> = rows.iter().chain(later.iter().flatten()).cloned().collect();
        let widths = self.widths(&all);
        let heads: Vec<Cell> = HEADS.iter().map(|(head, _)| Cell::whole(head)).collect();
        let quiet = |text: &str| self.show.paint(QUIET, text);
        let mut text = String::new();
        for line in self.lines(&heads, &widths) {
            let _ = writeln!(text, "{INDENT}{}", quiet(line.concat().trim_end()));
        }
        let mut file = None;
        for ((container, row), later) in self.containers.iter().zip(&rows).zip(&later) {
            if file.replace(container.file) != Some(container.file) {
                let path = (self.show.visible)(&self.path(container.anchor));
                for line in Cell::broken_after(&path, '/').lines(&self.show, WIDTH) {
                    let _ = writeln!(text, "{}", quiet(&line));
                }
            }
            let rows = std::iter::once(row).chain(later);
            for line in rows.flat_map(|row| self.lines(row, &widths)) {
                let _ = writeln!(text, "{INDENT}{}", self.painted(&line).trim_end());
            }
        }
        let alone = |container: &&Container| user::is_all_it_says(container);
        let silent = self.containers.iter().filter(alone).count();
        text.push('\n');
        if silent < self.containers.len() {
            let _ = writeln!(text, "{}", quiet(LEGEND));
        }
        if silent > 0 {
            let _ = writeln!(text, "{}", quiet(DOCKERFILES));
        }
        text
    }

    /// A line with its colours: the name stands out, the line's number steps back.
    fn painted(&self, line: &[String]) -> String {
        let styled = line.iter().enumerate().map(|(column, cell)| {
            let text = cell.trim_end();
            let blanks = cut_from(cell, text.len());
            match column {
                0 => self.show.paint(NAME, text) + blanks,
                1 => self.show.paint(QUIET, text) + blanks,
                _ => cell.clone(),
            }
        });
        styled.collect()
    }

    /// A row as lines of cells, each as wide as its column.
    fn lines(&self, row: &[Cell], widths: &[usize]) -> Vec<Vec<String>> {
        let cells: Vec<Vec<String>> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| cell.lines(&self.show, *width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let last = widths.len().saturating_sub(1);
        let line = |at: usize| {
            let columns = cells.iter().zip(widths).enumerate();
            let padded = columns.map(|(column, (lines, width))| {
                let text = lines.get(at).map_or("", String::as_str);
                let missing = width.saturating_sub(self.show.width(text));
                let gap = if column < last { GAP } else { "" };
                format!("{text}{}{gap}", " ".repeat(missing))
            });
            padded.collect()
        };
        (0..height).map(line).collect()
    }

    /// Each column as wide as its widest cell; the widest gives way until all fit, and what its
    /// lines then leave free goes to the others.
    fn widths(&self, rows: &[Vec<Cell>]) -> Vec<usize> {
        let widest = |column: usize, width: &dyn Fn(&Cell) -> usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let head = HEADS
                .get(column)
                .map_or(0, |(head, _)| self.show.width(head));
            cells.map(width).max().unwrap_or(0).max(head)
        };
        let natural: Vec<usize> = (0..HEADS.len())
            .map(|column| widest(column, &|cell| cell.width(&self.show)).min(WIDTH))
            .collect();
        let room = WIDTH - INDENT.len() - GAP.len() * (HEADS.len() - 1);
        let narrow = narrowed(&natural, room);
        let used = narrow.iter().enumerate().map(|(column, width)| {
            let lines = |cell: &Cell| {
                let lines = cell.lines(&self.show, *width);
                lines
                    .iter()
                    .map(|line| self.show.width(line))
                    .max()
                    .unwrap_or(0)
            };
            widest(column, &lines)
        });
        let mut widths: Vec<usize> = used.collect();
        let mut free = room.saturating_sub(widths.iter().sum());
        for (width, natural) in widths.iter_mut().zip(&natural).rev() {
            let more = free.min(natural.saturating_sub(*width));
            *width += more;
            free -= more;
        }
        widths
    }

    fn row(&self, container: &Container) -> Vec<Cell> {
        let visible = self.show.visible;
        let name = container.name.as_deref().unwrap_or("image");
        let mut row = vec![
            Cell::whole(&visible(name)),
            Cell::whole(&format!("{:>4}", self.line(container.anchor))),
            Cell::broken_after(&visible(known(&container.user, user::text)), ':'),
        ];
        if user::is_all_it_says(container) {
            row.resize(HEADS.len(), Cell::default());
            return row;
        }
        let capabilities = container.bounding().map(capabilities::words);
        row.push(match capabilities {
            State::Known(words) => Cell::words(words),
            State::Unknown { .. } => Cell::whole("?"),
        });
        row.push(Cell::whole(&visible(self.seccomp(container))));
        let mut of_host: Vec<String> = host::words(container)
            .iter()
            .map(|word| visible(word))
            .collect();
        let rest = of_host.len().saturating_sub(MOST_OF_HOST);
        if rest > 1 {
            of_host.truncate(MOST_OF_HOST);
            of_host.push(format!("{rest} more"));
        }
        if of_host.is_empty() {
            of_host.push("-".to_owned());
        }
        row.push(Cell::list(&of_host));
        row.push(Cell::whole(&marks(container)));
        row
    }

    /// What decides its system calls, in a word: of a profile the name of its file.
    fn seccomp<'c>(&self, container: &'c Container) -> &'c str {
        let name = |path: &'c str| path.rsplit('/').next().unwrap_or(path);
        match filter(self.repository, container) {
            Filter::Default => "default",
            Filter::Custom(path) => name(path),
            Filter::Disabled | Filter::Empty(_) => "off",
            Filter::Unknown => "?",
        }
    }
}

/// The widths of columns that want `natural`, in `room`: none narrower than its least.
fn narrowed(natural: &[usize], room: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    while widths.iter().sum::<usize>() > room {
        let wide = widths.iter_mut().zip(HEADS);
        let wide = wide.filter(|(width, (_, least))| **width > *least);
        let Some((widest, _)) = wide.max_by_key(|(width, (_, least))| **width - *least) else {
            break;
        };
        *widest -= 1;
    }
    widths
}

/// The words for what is known, or `?`.
fn known<'a, T>(fact: &'a Fact<T>, words: impl FnOnce(&'a T) -> &'a str) -> &'a str {
    fact.value().map_or("?", words)
}

/// A mark for each of [`MARKS`].
fn marks(container: &Container) -> String {
    let flag = |fact: &Fact<bool>| match fact.state {
        State::Known(true) => "✓",
        State::Known(false) => "-",
        State::Unknown { .. } => "?",
    };
    let limit = |fact: &Fact<Limit>| match fact.state {
        State::Known(Limit::Of(_)) => "✓",
        State::Known(Limit::None) => "-",
        State::Unknown { .. } => "?",
    };
    let limits = &container.limits;
    format!(
        "{}  {}   {}   {}   {}",
        flag(&container.read_only),
        flag(&container.no_new_privileges),
        limit(&limits.memory),
        limit(&limits.cpus),
        limit(&limits.pids),
    )
}
