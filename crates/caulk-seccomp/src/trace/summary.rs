//! The tables of `strace -c`.

use super::prefix::decimal;
use super::seen::Mode;

/// The columns that `-U` can choose among, as they are headed.
const COLUMNS: &[&str] = &[
    "% time",
    "seconds",
    "shortest",
    "longest",
    "usecs/call",
    "calls",
    "errors",
    "syscall",
];

/// A table, by its heading.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Table {
    columns: Vec<&'static str>,
}

/// A line of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Row<'l> {
    /// A line of dashes.
    Rule,
    /// How often a call was made, and failed.
    Call {
        name: &'l [u8],
        calls: u64,
        errors: u64,
    },
    /// The sum, with which the table ends.
    Total,
    /// No line of the table.
    Foreign,
}

/// The tables of a log, one for each mode.
#[derive(Default, Debug)]
pub(super) struct Tables {
    /// The one that is being read, and whether its rows have begun.
    table: Option<(Table, bool)>,
    mode: Option<Mode>,
}

impl Tables {
    /// Whether a line heads a table, or says of which mode the next one is.
    pub(super) fn begin(&mut self, line: &[u8]) -> bool {
        if let Some(mode) = heading_mode(line) {
            self.mode = Some(mode);
            return true;
        }
        self.table = Table::headed(line).map(|table| (table, false));
        self.table.is_some()
    }

    /// Reads a line while a table is open; nothing where it is none of the table's, which it ends.
    pub(super) fn row<'l>(&mut self, line: &'l [u8]) -> Option<(Mode, Row<'l>)> {
        let (table, is_begun) = self.table.as_mut()?;
        let row = table.row(line);
        let is_one = *is_begun && row != Row::Foreign;
        *is_begun |= row == Row::Rule;
        let mode = self.mode.unwrap_or(Mode::Native);
        if row == Row::Total || !*is_begun || row == Row::Foreign {
            self.table = None;
            self.mode = None;
        }
        (is_one || row == Row::Rule).then_some((mode, row))
    }
}

/// `System call usage summary for 32 bit mode:`.
fn heading_mode(line: &[u8]) -> Option<Mode> {
    match line.strip_prefix(b"System call usage summary for ")? {
        b"32 bit mode:" | b"31 bit mode:" => Some(Mode::Bits32),
        b"x32 mode:" => Some(Mode::X32),
        _ => Some(Mode::Native),
    }
}

/// Whether a line heads a table of library calls: `ltrace -c`.
pub(super) fn heads_library_calls(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"% time") && line.ends_with(b" function")
}

impl Table {
    /// The table that a line heads.
    fn headed(line: &[u8]) -> Option<Self> {
        let mut rest = std::str::from_utf8(line.get(..line.len().min(200))?).ok()?;
        let mut columns = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let column = COLUMNS.iter().find(|column| {
                let after = rest.strip_prefix(**column);
                after.is_some_and(|after| after.is_empty() || after.starts_with(' '))
            })?;
            columns.push(*column);
            rest = rest.strip_prefix(column)?;
        }
        columns.contains(&"syscall").then_some(Self { columns })
    }

    /// Reads a line. The column of errors is blank where there are none.
    fn row<'l>(&self, line: &'l [u8]) -> Row<'l> {
        let near = line.get(..line.len().min(400)).unwrap_or(line);
        if !near.is_empty() && near.iter().all(|byte| matches!(byte, b'-' | b' ')) {
            return Row::Rule;
        }
        let fields: Vec<&[u8]> = near
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty())
            .collect();
        let is_full = fields.len() == self.columns.len();
        if !is_full && fields.len() + 1 != self.columns.len() {
            return Row::Foreign;
        }
        let columns = self
            .columns
            .iter()
            .filter(|column| is_full || **column != "errors");
        let mut row_cells = columns.zip(fields);
        let mut row = (None, 1, 0);
        let read = row_cells.all(|(column, field)| match *column {
            "syscall" => {
                row.0 = Some(field);
                true
            }
            "calls" => decimal(field).map(|calls| row.1 = calls).is_some(),
            "errors" => decimal(field).map(|errors| row.2 = errors).is_some(),
            _ => field
                .iter()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')),
        });
        match row {
            (Some(b"total"), _, _) => Row::Total,
            (Some(name), calls, errors) if read => Row::Call {
                name,
                calls,
                errors,
            },
            _ => Row::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn table(heading: &str) -> Table {
        Table::headed(heading.as_bytes()).expect("a heading")
    }

    #[track_caller]
    fn read(table: &Table, line: &str) -> Option<(String, u64, u64)> {
        let Row::Call {
            name,
            calls,
            errors,
        } = table.row(line.as_bytes())
        else {
            return None;
        };
        Some((String::from_utf8_lossy(name).into_owned(), calls, errors))
    }

    #[test]
    fn the_usual_columns() {
        let table = table("% time     seconds  usecs/call     calls    errors syscall");
        let row = |line| read(&table, line);
        let wanted = |name: &str, calls, errors| Some((name.to_owned(), calls, errors));
        assert_eq!(
            row(" 65.60    0.002058         257         8         3 wait4"),
            wanted("wait4", 8, 3)
        );
        assert_eq!(
            row("  0.00    0.000000           0        25           close"),
            wanted("close", 25, 0)
        );
        assert_eq!(table.row(b"------ ----------- -----------"), Row::Rule);
        assert_eq!(
            table.row(b"100.00    0.002595          12       207        28 total"),
            Row::Total
        );
        assert_eq!(
            table.row(b"100.00    0.002595          12       207           total"),
            Row::Total
        );
        assert_eq!(row("x y z read"), None);
        assert_eq!(row("a line of the program that has six words"), None);
    }

    #[test]
    fn other_columns_in_another_order() {
        let calls = table("syscall              calls");
        assert_eq!(
            read(&calls, "wait4                    5"),
            Some(("wait4".to_owned(), 5, 0))
        );
        let odd = table("errors syscall              calls");
        assert_eq!(
            read(&odd, "         read                  5"),
            Some(("read".to_owned(), 5, 0))
        );
        assert_eq!(
            read(&odd, "       2 read                  5"),
            Some(("read".to_owned(), 5, 2))
        );
        assert_eq!(
            read(&table("syscall"), "read"),
            Some(("read".to_owned(), 1, 0))
        );
    }

    #[test]
    fn what_heads_no_table() {
        for line in [
            "% time     seconds  usecs/call     calls      function",
            "calls",
            "syscall of mine",
            "",
        ] {
            assert_eq!(Table::headed(line.as_bytes()), None, "{line}");
        }
        assert!(heads_library_calls(
            b"% time     seconds  usecs/call     calls      function"
        ));
    }
}
