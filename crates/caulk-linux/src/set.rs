//! Sets of capabilities.

use std::fmt;

use crate::Capability;

/// A set of capabilities. It iterates, prints and compares the same on every run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CapabilitySet(u64);

impl CapabilitySet {
    /// No capability.
    pub const EMPTY: Self = Self(0);
    /// Every capability that we know.
    pub const ALL: Self = Self::of(&Capability::ALL);

    /// The set of these.
    pub const fn of(capabilities: &[Capability]) -> Self {
        let mut bits = 0;
        let mut rest = capabilities;
        while let [first, tail @ ..] = rest {
            bits |= 1 << first.number();
            rest = tail;
        }
        Self(bits)
    }

    /// Whether `capability` is in it.
    pub const fn contains(self, capability: Capability) -> bool {
        self.0 & (1 << capability.number()) != 0
    }

    /// Whether all of `other` is in it.
    pub const fn contains_all(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many are in it.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// What is in one of the two.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this one and not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Puts `capability` in. Says whether it was missing.
    pub fn insert(&mut self, capability: Capability) -> bool {
        let before = *self;
        *self = before.union(Self::of(&[capability]));
        *self != before
    }

    /// Its capabilities in the order of their numbers.
    pub fn iter(self) -> Iter {
        Iter(self.0)
    }
}

impl FromIterator<Capability> for CapabilitySet {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        capabilities
            .into_iter()
            .fold(Self::EMPTY, |set, one| set.union(Self::of(&[one])))
    }
}

impl Extend<Capability> for CapabilitySet {
    fn extend<I: IntoIterator<Item = Capability>>(&mut self, capabilities: I) {
        *self = self.union(capabilities.into_iter().collect());
    }
}

impl IntoIterator for CapabilitySet {
    type Item = Capability;
    type IntoIter = Iter;

    fn into_iter(self) -> Iter {
        self.iter()
    }
}

/// The capabilities of a set, in the order of their numbers.
#[derive(Clone, Debug)]
pub struct Iter(u64);

impl Iterator for Iter {
    type Item = Capability;

    fn next(&mut self) -> Option<Capability> {
        let number = u8::try_from(self.0.trailing_zeros()).ok()?;
        let capability = Capability::from_number(number)?;
        self.0 &= self.0 - 1;
        Some(capability)
    }
}

/// The full names with commas between them, or `none`.
impl fmt::Display for CapabilitySet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return formatter.write_str("none");
        }
        for (index, capability) in self.iter().enumerate() {
            if index > 0 {
                formatter.write_str(", ")?;
            }
            formatter.write_str(capability.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for CapabilitySet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_counts_and_orders_by_number() {
        let set: CapabilitySet = [Capability::SysAdmin, Capability::Kill, Capability::SysAdmin]
            .into_iter()
            .collect();
        assert_eq!(set.len(), 2);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Capability::Kill, Capability::SysAdmin]
        );
        assert_eq!(set.to_string(), "CAP_KILL, CAP_SYS_ADMIN");
        assert_eq!(CapabilitySet::EMPTY.to_string(), "none");
    }

    #[test]
    fn all_is_every_capability() {
        assert_eq!(CapabilitySet::ALL.len(), 41);
        assert_eq!(
            CapabilitySet::ALL.iter().collect::<Vec<_>>(),
            Capability::ALL
        );
        assert!(CapabilitySet::ALL.contains(Capability::CheckpointRestore));
    }

    #[test]
    fn inserting_twice_is_said() {
        let mut set = CapabilitySet::EMPTY;
        assert!(set.insert(Capability::Chown));
        assert!(!set.insert(Capability::Chown));
        set.extend([Capability::Bpf]);
        assert!(set.contains_all(CapabilitySet::of(&[Capability::Chown, Capability::Bpf])));
        assert!(!set.contains_all(CapabilitySet::of(&[Capability::Chown, Capability::Kill])));
    }

    proptest::proptest! {
        #[test]
        fn minus_and_intersection_share_nothing(left in 0u64..1 << 41, right in 0u64..1 << 41) {
            let (left, right) = (CapabilitySet(left), CapabilitySet(right));
            let (rest, both) = (left.minus(right), left.intersection(right));
            proptest::prop_assert!(rest.intersection(both).is_empty());
            proptest::prop_assert_eq!(rest.union(both), left);
            proptest::prop_assert_eq!(left.iter().collect::<CapabilitySet>(), left);
            proptest::prop_assert_eq!(left.iter().count(), left.len());
        }
    }
}
