//! What calls open, in sentences.

use anstyle::Style;
use caulk_linux::syscalls::{self, Danger, Grade};

use crate::Show;
use crate::show::{GRAVE, OPEN, Piece, padded};

/// How a call is shown that is open where the default shuts it.
pub(crate) fn style(name: &str) -> Style {
    match syscalls::grade(name) {
        Some(Grade::Critical | Grade::High) => GRAVE,
        Some(Grade::Medium | Grade::Low) | None => OPEN,
    }
}

pub(crate) const fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Low => "low",
        Grade::Medium => "medium",
        Grade::High => "high",
        Grade::Critical => "critical",
    }
}

/// Appends what these calls open, the gravest first, and at the end those of which nothing is known.
pub(crate) fn append(show: &Show, to: &mut String, names: &[&'static str]) {
    const GRADE: usize = 10;
    let opens = |danger: &&Danger| danger.calls.iter().any(|call| names.contains(call));
    for danger in Danger::ALL.iter().filter(opens) {
        let calls = danger.calls.iter().copied();
        let calls: Vec<&str> = calls.filter(|call| names.contains(call)).collect();
        let first = format!("  {}", padded(show, word(danger.grade), GRADE));
        let style = match danger.grade {
            Grade::Critical | Grade::High => GRAVE,
            Grade::Medium | Grade::Low => OPEN,
        };
        let with = danger.with.map(|with| format!(" with {with}"));
        let text = format!(
            "{}{}: lets a process {}",
            calls.join(", "),
            with.unwrap_or_default(),
            danger.opens
        );
        show.paragraph(to, &Piece::new(first, style), &text);
    }
    let rest = names.iter().filter(|name| syscalls::grade(name).is_none());
    let rest: Vec<&str> = rest.copied().collect();
    if !rest.is_empty() {
        let first = format!("  {}", padded(show, "no grade", GRADE));
        let text = format!("{}: nothing is known against them here", rest.join(", "));
        show.paragraph(to, &Piece::plain(first), &text);
    }
}
