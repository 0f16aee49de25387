//! Where libseccomp itself does not do what the rules say.

use crate::condition::{Condition, Width};

/// Whether libseccomp's tree may answer otherwise than the rules of a call read.
///
/// Two classes are known, found by comparing programs of libseccomp 2.5.4 with the rules:
/// ranges on one argument with numbers on both sides of 2³², which it compares half by half; and
/// several rules of which one has more than one condition, where a range is among them.
pub(crate) fn is_doubtful<C: Iterator<Item = Condition>>(
    width: Width,
    branches: &mut dyn Iterator<Item = C>,
) -> bool {
    let mut count = 0;
    let mut is_compound = false;
    let mut has_range = false;
    let mut halves = [(false, false); 6];
    for branch in branches {
        let mut conditions = 0;
        for condition in branch {
            conditions += 1;
            has_range |= condition.test.is_range();
            if let Some((low, high)) = halves.get_mut(usize::from(condition.index))
                && condition.test.is_range()
            {
                let is_high = condition.test.value() >> 32 != 0;
                *low |= !is_high;
                *high |= is_high;
            }
        }
        count += 1;
        is_compound |= conditions > 1;
    }
    let crosses = width == Width::Full64 && halves.iter().any(|(low, high)| *low && *high);
    crosses || (count > 1 && is_compound && has_range)
}
