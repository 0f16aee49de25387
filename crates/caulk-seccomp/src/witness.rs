//! Arguments that show every case of a set of conditions.

use std::collections::BTreeSet;

use crate::condition::{Condition, Test, Width};

/// How many combinations are tried for one call. A call's conditions rarely make ten.
const MOST: usize = 4096;

/// How many values are tried for one argument.
const MOST_VALUES: usize = 1024;

/// Arguments to try a call with.
pub(crate) struct Witnesses {
    pub(crate) arguments: Vec<[u64; 6]>,
    /// Whether they show every case: whatever is true of some arguments is true of one of these.
    pub(crate) are_complete: bool,
}

/// Arguments that show what conditions tell apart.
///
/// Between two neighbouring numbers that an argument is compared with nothing changes: so the
/// numbers, those beside them, and the two ends show every case of comparisons with `==`, `!=`, `<`
/// and the like. With one mask the value under it shows one case and a value beside it the other.
/// Where an argument has masks that overlap, or a mask and an order, the values tried are many and
/// yet may miss a case; [`Witnesses::are_complete`] then says so. Arguments do not depend on each
/// other, so all combinations of complete values are complete.
pub(crate) fn witnesses(conditions: &[Condition], width: Width) -> Witnesses {
    let mut are_complete = true;
    let mut columns: Vec<Vec<u64>> = Vec::with_capacity(6);
    for index in 0..6 {
        let mut tests: Vec<Test> = conditions
            .iter()
            .filter(|condition| condition.index == index)
            .map(|condition| condition.test)
            .collect();
        tests.sort_unstable();
        tests.dedup();
        let values: Vec<u64> = values(&tests, width).into_iter().collect();
        are_complete &= is_complete(&tests) && values.len() <= MOST_VALUES;
        columns.push(spread(&values));
    }
    let combinations = columns.iter().fold(1usize, |product, column| {
        product.saturating_mul(column.len())
    });
    are_complete &= combinations <= MOST;
    Witnesses {
        arguments: combine(&columns, combinations.min(MOST)),
        are_complete,
    }
}

/// The two ends, and of what lies between no more than there is room for, evenly.
fn spread(values: &[u64]) -> Vec<u64> {
    let step = values.len().div_ceil(MOST_VALUES).max(1);
    let mut spread: Vec<u64> = values
        .first()
        .into_iter()
        .chain(values.last())
        .copied()
        .collect();
    spread.extend(values.iter().skip(1).step_by(step));
    spread.dedup();
    spread
}

/// Whether [`values`] shows every case.
fn is_complete(tests: &[Test]) -> bool {
    let mut masks: Vec<u64> = Vec::new();
    let mut others = false;
    for test in tests {
        match test {
            Test::Masked { mask, .. } => masks.push(*mask),
            Test::Equal(_)
            | Test::NotEqual(_)
            | Test::Less(_)
            | Test::LessOrEqual(_)
            | Test::Greater(_)
            | Test::GreaterOrEqual(_) => others = true,
        }
    }
    masks.dedup();
    masks.is_empty() || (masks.len() == 1 && !others)
}

fn values(tests: &[Test], width: Width) -> BTreeSet<u64> {
    let mut values = BTreeSet::from([0]);
    if tests.is_empty() {
        return values;
    }
    values.insert(width.mask());
    for test in tests {
        let value = test.value();
        values.extend([value.wrapping_sub(1), value, value.wrapping_add(1)]);
        if let Test::Masked { mask, value } = test {
            values.extend([value | !mask, value ^ mask, (value ^ mask) | !mask]);
            let bits = (0..64).map(|bit| 1u64 << bit).filter(|bit| mask & bit != 0);
            values.extend(bits.map(|bit| value ^ bit));
        }
    }
    add_mixes(tests, &mut values);
    values
        .into_iter()
        .map(|value| value & width.mask())
        .collect()
}

/// For each mask: each value that matters elsewhere, with its bits under the mask as they should be.
fn add_mixes(tests: &[Test], values: &mut BTreeSet<u64>) {
    let before: Vec<u64> = values.iter().copied().collect();
    for test in tests {
        let Test::Masked { mask, value } = test else {
            continue;
        };
        if values.len() > MOST_VALUES {
            return;
        }
        values.extend(before.iter().map(|other| (other & !mask) | value));
    }
}

/// The first `count` combinations of a value from each column. A column that does not go in
/// altogether still has all its values in some of them, because the last column turns fastest and
/// the first combinations of a diagonal come before.
fn combine(columns: &[Vec<u64>], count: usize) -> Vec<[u64; 6]> {
    let longest = columns.iter().map(Vec::len).max().unwrap_or(1);
    let pick = |place: &dyn Fn(usize, usize) -> usize| {
        let mut arguments = [0; 6];
        for ((index, column), argument) in columns.iter().enumerate().zip(&mut arguments) {
            *argument = column.get(place(index, column.len())).copied().unwrap_or(0);
        }
        arguments
    };
    let diagonal = (0..longest).map(|step| pick(&|_, len| step % len.max(1)));
    let mut combinations: Vec<[u64; 6]> = diagonal.collect();
    let strides: Vec<usize> = columns
        .iter()
        .scan(1usize, |stride, column| {
            let own = *stride;
            *stride = stride.saturating_mul(column.len().max(1));
            Some(own)
        })
        .collect();
    combinations.extend((0..count).map(|step| {
        pick(&|index, len| {
            let stride = strides.get(index).copied().unwrap_or(1);
            (step / stride) % len.max(1)
        })
    }));
    combinations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(index: u8, test: Test) -> Condition {
        Condition { index, test }
    }

    #[test]
    fn a_call_without_conditions_needs_one() {
        let witnesses = witnesses(&[], Width::Full64);
        assert!(witnesses.are_complete);
        assert!(
            witnesses
                .arguments
                .iter()
                .all(|arguments| *arguments == [0; 6])
        );
    }

    #[test]
    fn every_combination_of_two_arguments_is_there() {
        let conditions = [
            at(0, Test::Less(5)),
            at(3, Test::Masked { mask: 6, value: 2 }),
        ];
        let witnesses = witnesses(&conditions, Width::Full64);
        assert!(witnesses.are_complete);
        for wanted in [[true, true], [true, false], [false, true], [false, false]] {
            let shows = |arguments: &&[u64; 6]| {
                conditions.map(|condition| condition.passes(arguments)) == wanted
            };
            assert!(
                witnesses.arguments.iter().any(|it| shows(&it)),
                "{wanted:?}"
            );
        }
    }

    #[test]
    fn masks_that_overlap_are_not_said_to_be_complete() {
        let masks = [
            at(0, Test::Masked { mask: 6, value: 2 }),
            at(0, Test::Masked { mask: 12, value: 4 }),
        ];
        assert!(!witnesses(&masks, Width::Full64).are_complete);
        let twice = [masks[0], at(0, Test::Masked { mask: 6, value: 4 })];
        assert!(witnesses(&twice, Width::Full64).are_complete);
    }

    #[test]
    fn the_work_is_bounded() {
        let many: Vec<Condition> = (0..60_000u64)
            .map(|value| at(u8::try_from(value % 6).unwrap(), Test::Equal(value * 3)))
            .collect();
        let witnesses = witnesses(&many, Width::Full64);
        assert!(!witnesses.are_complete);
        assert!(witnesses.arguments.len() <= MOST + MOST_VALUES);
    }
}
