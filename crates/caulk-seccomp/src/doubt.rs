//! Where libseccomp itself may not do what the rules say.

use crate::condition::{Condition, Test, Width};

/// Whether libseccomp's tree may answer otherwise than the rules of a call read; `is_mixed` says
/// whether they have several actions.
///
/// Two classes are known, found by comparing programs of libseccomp 2.5.4 with the rules.
///
/// - A range among several conditions on one argument of which one has a number of more than 32
///   bits: the tree compares the halves one by one.
/// - Several rules of which one has more than one condition, where a condition is not `EQ` or
///   `MASKED_EQ`, or a number or a mask has more than 32 bits, or the actions are not the same. Of
///   these it also refuses some, with `EEXIST`.
pub(crate) fn is_doubtful<C: Iterator<Item = Condition>>(
    width: Width,
    is_mixed: bool,
    branches: &mut dyn Iterator<Item = C>,
) -> bool {
    let mut count = 0;
    let mut is_compound = false;
    let mut has_other = false;
    let mut arguments = [Seen::default(); 6];
    for branch in branches {
        let mut conditions = 0;
        for condition in branch {
            conditions += 1;
            has_other |= !matches!(condition.test, Test::Equal(_) | Test::Masked { .. })
                || is_high(condition.test);
            if let Some(seen) = arguments.get_mut(usize::from(condition.index)) {
                seen.conditions += 1;
                seen.has_range |= condition.test.is_range();
                seen.is_high |= is_high(condition.test);
            }
        }
        count += 1;
        is_compound |= conditions > 1;
    }
    let crosses = |seen: &Seen| seen.conditions > 1 && seen.has_range && seen.is_high;
    (width == Width::Full64 && arguments.iter().any(crosses))
        || (count > 1 && is_compound && (has_other || is_mixed))
}

/// Whether more than the low half is asked for something else than nothing.
fn is_high(test: Test) -> bool {
    match test {
        Test::Masked { mask, .. } => mask >> 32 != 0,
        Test::Equal(value)
        | Test::NotEqual(value)
        | Test::Less(value)
        | Test::LessOrEqual(value)
        | Test::Greater(value)
        | Test::GreaterOrEqual(value) => value >> 32 != 0,
    }
}

/// What is asked of one argument, over all rules of a call.
#[derive(Clone, Copy, Default)]
struct Seen {
    conditions: usize,
    has_range: bool,
    /// Whether it is compared with a number of more than 32 bits.
    is_high: bool,
}
