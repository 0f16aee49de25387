//! What becomes of calls: they are kept, or told to somebody and forgotten.

use super::call::{Call, Flow};

/// How many calls of one body are kept.
const MAX_CALLS: usize = 20_000;

/// The calls so far.
#[derive(Default)]
pub(super) struct Taken<'a> {
    count: usize,
    kept: Vec<Call>,
    tell: Option<&'a mut dyn FnMut(&Call)>,
}

impl<'a> Taken<'a> {
    /// Keeps none of them.
    pub(super) fn telling(tell: &'a mut dyn FnMut(&Call)) -> Self {
        Self {
            tell: Some(tell),
            ..Self::default()
        }
    }

    /// How many there were.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether no more are taken.
    pub(super) fn is_full(&self) -> bool {
        self.kept.len() >= MAX_CALLS
    }

    /// Takes one.
    pub(super) fn take(&mut self, call: Call) {
        self.count += 1;
        match &mut self.tell {
            Some(tell) => tell(&call),
            None => self.kept.push(call),
        }
    }

    /// Notes what one of them prints.
    pub(super) fn prints(&mut self, index: usize, output: &Flow) {
        if let Some(call) = self.kept.get_mut(index) {
            call.output = output.clone();
        }
    }

    /// Those that were kept.
    pub(super) fn kept(self) -> Vec<Call> {
        self.kept
    }
}
