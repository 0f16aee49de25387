//! A line of a call that something else has cut in two.

use super::lines::Line;
use super::seen::Value;
use super::strace::Called;

/// How many lines of a program's output may stand between the two parts.
const BETWEEN: u32 = 64;

/// How much of the first part is kept to be shown, in bytes.
const START: usize = 120;

/// The first part of a line whose rest has not come.
pub(super) struct Split {
    /// The call, to be counted once its rest comes; nothing where that is done.
    pub(super) call: Option<(Called, OwnedValue)>,
    pub(super) number: u64,
    pub(super) start: Vec<u8>,
    /// How many lines came since.
    between: u32,
}

/// A [`Value`] that outlives its line.
pub(super) enum OwnedValue {
    NotKept,
    Unknown,
    Written(String),
}

impl Split {
    /// A call that is one only if its rest comes.
    pub(super) fn call(call: Called, value: Value<'_>, line: Line<'_>) -> Self {
        let kept = match value {
            Value::NotKept => OwnedValue::NotKept,
            Value::Unknown => OwnedValue::Unknown,
            Value::Written(value) => OwnedValue::Written(value.to_owned()),
        };
        let start = line.bytes.get(..line.bytes.len().min(START));
        Self {
            call: Some((call, kept)),
            number: line.number,
            start: start.unwrap_or_default().to_vec(),
            between: 0,
        }
    }

    /// One that is counted whether or not its rest comes.
    pub(super) fn counted() -> Self {
        Self {
            call: None,
            number: 0,
            start: Vec::new(),
            between: 0,
        }
    }

    /// Whether, with one line more between, its rest will not come.
    pub(super) fn is_overdue(&mut self) -> bool {
        self.between += 1;
        self.between > BETWEEN
    }
}

impl OwnedValue {
    pub(super) fn as_value(&self) -> Value<'_> {
        match self {
            Self::NotKept => Value::NotKept,
            Self::Unknown => Value::Unknown,
            Self::Written(value) => Value::Written(value),
        }
    }
}
