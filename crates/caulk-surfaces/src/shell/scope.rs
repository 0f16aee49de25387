//! Variables in parts of a program that may not run, or that run in a process of their own.

use super::value::PieceKind;
use super::walk::Walker;
use super::words::{Held, unknown};

/// What becomes of the variables that a part of a program sets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Leaving {
    /// They are as before: a process of its own set them.
    Restores,
    /// Nobody knows whether they were set: the part may not have run.
    Forgets,
}

impl Walker<'_> {
    /// Walks a part of the program that does not surely change what follows.
    pub(super) fn apart<T>(&mut self, leaving: Leaving, walk: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.log.len();
        self.parts += 1;
        let result = walk(self);
        self.parts -= 1;
        match leaving {
            Leaving::Restores => {
                while self.log.len() > mark
                    && let Some((name, before)) = self.log.pop()
                {
                    match before {
                        Some(value) => self.variables.insert(name, value),
                        None => self.variables.remove(&name),
                    };
                }
            }
            Leaving::Forgets => {
                for (name, _) in self.log.iter().skip(mark) {
                    if let Some(held) = self.variables.get_mut(name) {
                        *held = forgotten(name, held);
                    }
                }
            }
        }
        if self.parts == 0 {
            // Nothing around it will ask.
            self.log.clear();
        }
        result
    }

    pub(super) fn set(&mut self, name: &str, held: Held) {
        *self.set.entry(name.to_owned()).or_default() += 1;
        if self.set_in_functions.contains(name) {
            self.loose.push(name.to_owned());
        }
        let before = self.variables.insert(name.to_owned(), held);
        self.note(name, before);
    }

    /// When a function is called, a variable has its value for certain only if it has no other one
    /// at any time.
    pub(super) fn forget_what_changes(&mut self) {
        if self.is_spent() {
            return;
        }
        self.expanded += self.variables.len();
        let mut changing = Vec::new();
        for (name, held) in &self.variables {
            let times = self.set.get(name).copied().unwrap_or_default();
            if times > 1 || self.set_in_functions.contains(name) {
                changing.push((name.clone(), forgotten(name, held)));
            }
        }
        for (name, held) in changing {
            self.set(&name, held);
        }
    }

    /// Forgets what the functions set: one of them was called.
    pub(super) fn forget_what_functions_set(&mut self) {
        for name in std::mem::take(&mut self.loose) {
            if let Some(held) = self.variables.get(&name) {
                let held = forgotten(&name, held);
                let before = self.variables.insert(name.clone(), held);
                self.note(&name, before);
            }
        }
    }

    /// Remembers what a variable was, where a part may take back that it is another now.
    fn note(&mut self, name: &str, before: Option<Held>) {
        if self.parts > 0 {
            self.log.push((name.to_owned(), before));
        }
    }
}

/// A value that may or may not be what it is. What was downloaded stays in it.
fn forgotten(name: &str, held: &Held) -> Held {
    let value = &held.value;
    let mut forgotten = unknown(name, value.span);
    let flow = value.output();
    if !flow.is_empty() {
        forgotten.push(PieceKind::Output(flow), value.span);
    }
    forgotten.into()
}
