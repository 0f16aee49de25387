//! Conditions on arguments, as the filter tests them.

use std::fmt;

use crate::profile::Argument;

/// One condition on one argument, as the filter tests it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Condition {
    /// Which argument, 0 to 5.
    pub index: u8,
    /// What is asked of it.
    pub test: Test,
}

/// A comparison of an argument, of 64 bits or of its low 32, without a sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Test {
    /// It is this.
    Equal(u64),
    /// It is not this.
    NotEqual(u64),
    /// It is less.
    Less(u64),
    /// It is less or this.
    LessOrEqual(u64),
    /// It is greater.
    Greater(u64),
    /// It is greater or this.
    GreaterOrEqual(u64),
    /// Of its bits, those under the mask are these.
    Masked {
        /// The bits that are looked at; not all, and not none.
        mask: u64,
        /// What they have to be; no bit outside the mask.
        value: u64,
    },
}

/// How many bits of an argument a filter compares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Width {
    /// The low half, on architectures that libseccomp has as 32-bit ones.
    Low32,
    /// All of it.
    Full64,
}

impl Width {
    /// The bits that are compared.
    pub const fn mask(self) -> u64 {
        match self {
            Self::Low32 => 0xffff_ffff,
            Self::Full64 => u64::MAX,
        }
    }
}

/// A text that is no comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoOperator;

impl Test {
    /// What libseccomp makes of an operator and its two numbers (`src/db.c`): they are cut to the
    /// width, `MASKED_EQ` drops bits outside its mask, and with all bits under the mask it is `EQ`.
    /// Nothing for a mask of nothing, which asks nothing.
    pub(crate) fn of(
        operator: &str,
        value: u64,
        value_two: u64,
        width: Width,
    ) -> Result<Option<Self>, NoOperator> {
        let value = value & width.mask();
        let test = match operator {
            "SCMP_CMP_EQ" => Self::Equal(value),
            "SCMP_CMP_NE" => Self::NotEqual(value),
            "SCMP_CMP_LT" => Self::Less(value),
            "SCMP_CMP_LE" => Self::LessOrEqual(value),
            "SCMP_CMP_GT" => Self::Greater(value),
            "SCMP_CMP_GE" => Self::GreaterOrEqual(value),
            "SCMP_CMP_MASKED_EQ" if value == 0 => return Ok(None),
            "SCMP_CMP_MASKED_EQ" if value == width.mask() => Self::Equal(value & value_two),
            "SCMP_CMP_MASKED_EQ" => Self::Masked {
                mask: value,
                value: value & value_two,
            },
            _ => return Err(NoOperator),
        };
        Ok(Some(test))
    }

    /// Whether an argument passes; its bits outside the width have to be cut away before.
    pub const fn passes(self, argument: u64) -> bool {
        match self {
            Self::Equal(value) => argument == value,
            Self::NotEqual(value) => argument != value,
            Self::Less(value) => argument < value,
            Self::LessOrEqual(value) => argument <= value,
            Self::Greater(value) => argument > value,
            Self::GreaterOrEqual(value) => argument >= value,
            Self::Masked { mask, value } => argument & mask == value,
        }
    }

    /// The number that the argument is compared with.
    pub const fn value(self) -> u64 {
        match self {
            Self::Equal(value)
            | Self::NotEqual(value)
            | Self::Less(value)
            | Self::LessOrEqual(value)
            | Self::Greater(value)
            | Self::GreaterOrEqual(value)
            | Self::Masked { value, .. } => value,
        }
    }

    /// Whether it asks for an order.
    pub(crate) const fn is_range(self) -> bool {
        match self {
            Self::Less(_) | Self::LessOrEqual(_) | Self::Greater(_) | Self::GreaterOrEqual(_) => {
                true
            }
            Self::Equal(_) | Self::NotEqual(_) | Self::Masked { .. } => false,
        }
    }
}

impl Condition {
    /// Whether the arguments of a call pass; their bits outside the width have to be cut away
    /// before.
    pub fn passes(self, arguments: &[u64; 6]) -> bool {
        let argument = arguments.get(usize::from(self.index));
        argument.is_some_and(|argument| self.test.passes(*argument))
    }
}

/// As C would write it: `arg0 & 0x7e020000 == 0x0`.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = match self.test {
            Test::Equal(value) => ("==", value),
            Test::NotEqual(value) => ("!=", value),
            Test::Less(value) => ("<", value),
            Test::LessOrEqual(value) => ("<=", value),
            Test::Greater(value) => (">", value),
            Test::GreaterOrEqual(value) => (">=", value),
            Test::Masked { mask, value } => {
                return write!(formatter, "arg{} & {mask:#x} == {value:#x}", self.index);
            }
        };
        write!(formatter, "arg{} {sign} {value:#x}", self.index)
    }
}

/// Conditions that have to hold together. One alternative of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Branch {
    /// In the order of the arguments; without any it always holds.
    pub(crate) conditions: Box<[Condition]>,
    /// The entry of the rule's `args`, where each of them is an alternative of its own.
    pub(crate) argument: Option<usize>,
    /// Whether one is a `MASKED_EQ` with all bits under its mask, written as an `EQ`.
    pub(crate) has_full_mask: bool,
}

/// The alternatives of a rule. Where two of its `args` speak of the same argument, runc and crun
/// add each of them as a rule of its own (`matchCall`); else all have to hold together. `None` where
/// one cannot be read.
pub(crate) fn branches(arguments: &[Argument], width: Width) -> Option<Vec<Branch>> {
    let mut tests = Vec::with_capacity(arguments.len());
    let mut has_full_mask = false;
    for argument in arguments {
        let index = argument.index.map_or(0, |index| index.value);
        let index = u8::try_from(index).ok().filter(|index| *index < 6)?;
        let number = |number: Option<caulk_source::Spanned<u64>>| number.map_or(0, |it| it.value);
        let operator = argument.operator.as_ref()?;
        let test = Test::of(
            &operator.value,
            number(argument.value),
            number(argument.value_two),
            width,
        );
        let test = test.ok()?;
        has_full_mask |=
            operator.value == "SCMP_CMP_MASKED_EQ" && matches!(test, Some(Test::Equal(_)));
        tests.push((index, test));
    }
    let mut seen = [false; 6];
    let is_repeated = tests.iter().any(|(index, _)| {
        let seen = seen.get_mut(usize::from(*index));
        seen.is_some_and(|seen| std::mem::replace(seen, true))
    });
    let condition = |(index, test): &(u8, Option<Test>)| {
        test.map(|test| Condition {
            index: *index,
            test,
        })
    };
    if is_repeated {
        let alone = |(argument, test)| Branch {
            conditions: condition(test).into_iter().collect(),
            argument: Some(argument),
            has_full_mask,
        };
        return Some(tests.iter().enumerate().map(alone).collect());
    }
    let mut conditions: Vec<Condition> = tests.iter().filter_map(condition).collect();
    conditions.sort_unstable();
    Some(vec![Branch {
        conditions: conditions.into_boxed_slice(),
        argument: None,
        has_full_mask,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_taken_as_libseccomp_takes_it() {
        let masked = |mask, value, width| Test::of("SCMP_CMP_MASKED_EQ", mask, value, width);
        let full = Width::Full64;
        let test = Test::Masked { mask: 6, value: 2 };
        assert_eq!(masked(6, 0xffff_0002, full), Ok(Some(test)));
        assert_eq!(masked(0, 5, full), Ok(None));
        assert_eq!(masked(u64::MAX, 5, full), Ok(Some(Test::Equal(5))));
        assert_eq!(masked(1 << 40, 1 << 40, Width::Low32), Ok(None));
        assert_eq!(
            masked(0xffff_ffff, 5, Width::Low32),
            Ok(Some(Test::Equal(5)))
        );
    }

    #[test]
    fn numbers_are_cut_to_the_width() {
        let equal = |width| Test::of("SCMP_CMP_EQ", 0x1_0000_0005, 9, width);
        assert_eq!(equal(Width::Low32), Ok(Some(Test::Equal(5))));
        assert_eq!(equal(Width::Full64), Ok(Some(Test::Equal(0x1_0000_0005))));
        assert_eq!(
            Test::of("SCMP_CMP_eq", 1, 1, Width::Full64),
            Err(NoOperator)
        );
    }

    #[test]
    fn every_test_against_the_values_around_its_own() {
        let passes = |test: Test| [4, 5, 6].map(|argument| test.passes(argument));
        assert_eq!(passes(Test::Equal(5)), [false, true, false]);
        assert_eq!(passes(Test::NotEqual(5)), [true, false, true]);
        assert_eq!(passes(Test::Less(5)), [true, false, false]);
        assert_eq!(passes(Test::LessOrEqual(5)), [true, true, false]);
        assert_eq!(passes(Test::Greater(5)), [false, false, true]);
        assert_eq!(passes(Test::GreaterOrEqual(5)), [false, true, true]);
        assert_eq!(
            passes(Test::Masked { mask: 3, value: 1 }),
            [false, true, false]
        );
    }
}
