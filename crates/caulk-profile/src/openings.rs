//! What calls open, in sentences.

use anstyle::Style;
use caulk_linux::CapabilitySet;
use caulk_linux::syscalls::{self, Danger, Grade, constants};
use caulk_seccomp::{Filter, Host};

use crate::Show;
use crate::call::Call;
use crate::show::{GRAVE, OPEN, Piece, padded};

/// How wide the column of grades is.
const GRADE: usize = 10;

/// How a call is shown that is open where the default shuts it.
pub(crate) fn style(name: &str) -> Style {
    syscalls::grade(name).map_or(OPEN, grade_style)
}

const fn grade_style(grade: Grade) -> Style {
    match grade {
        Grade::Critical | Grade::High => GRAVE,
        Grade::Medium | Grade::Low => OPEN,
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

/// The arguments that a row about a call names: which, and the value.
pub(crate) fn named(danger: &Danger, call: Call) -> Vec<(usize, u64)> {
    let words = danger.with.unwrap_or_default();
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words = words.split(|character| !is_part(character));
    let words: Vec<&str> = words
        .filter(|word| word.contains(char::is_uppercase))
        .collect();
    let Some(name) = call.name() else {
        return Vec::new();
    };
    let values = (0..6).filter_map(|index| Some((index, constants(call.abi, name, index)?)));
    values
        .flat_map(|(index, constants)| {
            let values = words.iter().filter_map(move |word| constants.value(word));
            values.map(move |value| (index, value))
        })
        .collect()
}

/// Whether what a row is about is open in one filter and not in another. Where the row names no
/// argument it is about whatever was opened.
fn is_opened(danger: &Danger, call: Call, closed: &Filter, open: &Filter) -> bool {
    let named = named(danger, call);
    let opened = |(index, value): &(usize, u64)| {
        let mut arguments = [0; 6];
        if let Some(argument) = arguments.get_mut(*index) {
            *argument = *value;
        }
        let [before, after] =
            [closed, open].map(|filter| filter.decide(call.abi, call.number, arguments));
        !before.may_run() && after.may_run()
    };
    named.is_empty() || named.iter().any(opened)
}

/// What is said where it takes a capability that the container does not have.
pub(crate) fn lacks(danger: &Danger, host: &Host) -> String {
    let bounding = host.bounding.unwrap_or(CapabilitySet::EMPTY);
    let has = danger.needs.iter().any(|one| bounding.contains(*one));
    if danger.needs.is_empty() || has {
        return String::new();
    }
    let needs: Vec<&str> = danger.needs.iter().map(|one| one.name()).collect();
    format!(
        "; it takes {}, which the container lacks",
        needs.join(" or ")
    )
}

/// Appends what these calls open that one filter shuts and another does not, the gravest first, and
/// at the end those of which nothing is known.
pub(crate) fn append(show: &Show, to: &mut String, calls: &[Call], [closed, open]: [&Filter; 2]) {
    for danger in Danger::ALL {
        let is_about = |call: &&Call| {
            let name = call.name();
            name.is_some_and(|name| danger.calls.contains(&name))
                && is_opened(danger, **call, closed, open)
        };
        let mut names: Vec<String> = calls
            .iter()
            .filter(is_about)
            .map(|call| call.title())
            .collect();
        if names.is_empty() {
            continue;
        }
        names.dedup();
        let with = danger.with.map(|with| format!(" with {with}"));
        let text = format!(
            "{}{}: lets a process {}{}",
            names.join(", "),
            with.unwrap_or_default(),
            danger.opens,
            lacks(danger, open.host())
        );
        let first = format!("  {}", padded(show, word(danger.grade), GRADE));
        show.paragraph(to, &Piece::new(first, grade_style(danger.grade)), &text);
    }
    let is_harmless = |call: &&Call| {
        let name = call.name();
        name.is_some_and(|name| {
            syscalls::grade(name).is_none() && !syscalls::is_unimplemented(name)
        })
    };
    let rest: Vec<String> = calls
        .iter()
        .filter(is_harmless)
        .map(|call| call.title())
        .collect();
    if !rest.is_empty() {
        let first = format!("  {}", padded(show, "other", GRADE));
        let text = format!("{}: nothing is known against them", rest.join(", "));
        show.paragraph(to, &Piece::plain(first), &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_linux::syscalls::{Abi, dangers, number};

    #[test]
    fn a_row_names_the_arguments_that_it_is_about() {
        let call = |name| Call {
            abi: Abi::X86_64,
            number: number(Abi::X86_64, name).unwrap(),
        };
        let of = |name| -> Vec<Vec<(usize, u64)>> {
            dangers(name)
                .map(|danger| named(danger, call(name)))
                .collect()
        };
        assert!(of("socket").contains(&vec![(0, 40)]));
        assert!(of("socket").iter().all(|named| named.len() == 1));
        assert_eq!(of("ioctl"), [vec![(1, 0x5412), (1, 0x541c)]]);
        assert_eq!(of("clone"), [vec![]]);
        assert_eq!(of("unshare"), [vec![]]);
    }
}
