//! Colours.

use anstyle::{AnsiColor, Effects, Style};
use caulk_finding::Severity;

/// A path and a place.
pub(crate) const PATH: Style = Style::new().bold();
/// The header of a file in a diff, as git has it.
pub(crate) const DIFF_FILE: Style = Style::new().bold();
/// The header of a hunk, as git has it.
pub(crate) const DIFF_HUNK: Style = AnsiColor::Cyan.on_default();
/// A removed line, as git has it.
pub(crate) const DIFF_REMOVED: Style = AnsiColor::Red.on_default();
/// An added line, as git has it.
pub(crate) const DIFF_ADDED: Style = AnsiColor::Green.on_default();
/// A finding's first line, and the name of a note.
pub(crate) const MESSAGE: Style = Style::new().bold();
/// Line numbers, the margin, related places.
pub(crate) const MARGIN: Style = AnsiColor::BrightBlue.on_default().effects(Effects::BOLD);
/// A safe fix.
pub(crate) const SAFE: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
/// A fix that may break something.
pub(crate) const UNSAFE: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
/// What matters less.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// A severity: the worse, the more it calls.
pub(crate) fn severity(severity: Severity) -> Style {
    let style = match severity {
        Severity::Critical => AnsiColor::BrightMagenta.on_default(),
        Severity::High => AnsiColor::BrightRed.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::BrightCyan.on_default(),
        Severity::Info => Style::new(),
    };
    style.effects(Effects::BOLD)
}
