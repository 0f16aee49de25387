//! Whole programs: what they run, and then their functions.

use std::ops::Range;

use caulk_source::Span;
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{self, Command, Heredoc, Program};

use super::call::{Call, Flow};
use super::functions::Functions;
use super::scope::Leaving;
use super::streams::Streams;
use super::taken::Taken;
use super::value::Value;
use super::walk::Walker;

/// The commands that `text` runs, in order. `lookup` knows the variables that are set before it.
pub(crate) fn calls(text: &Joined, lookup: &dyn Fn(&str) -> Lookup) -> Vec<Call> {
    let mut walker = Walker::new(lookup, Taken::default());
    walker.program(&shell::parse(text));
    walker.taken.kept()
}

/// The same, each told as it is met and then forgotten, however many there are. The text is read
/// part by part, so that of a long one nothing stays but what it sets.
pub(crate) fn each_call(
    text: &Joined,
    lookup: &dyn Fn(&str) -> Lookup,
    tell: &mut dyn FnMut(&Call),
) {
    Walker::new(lookup, Taken::telling(tell)).long_program(text);
}

/// The command that `words` are, and what it runs.
pub(crate) fn calls_of_words(words: Vec<Value>, lookup: &dyn Fn(&str) -> Lookup) -> Vec<Call> {
    let mut walker = Walker::new(lookup, Taken::default());
    let whole = words.iter().map(|word| word.span).reduce(Span::to);
    if let Some(span) = whole {
        walker.call(
            words,
            Vec::new(),
            span,
            &Flow::default(),
            Streams::default(),
        );
    }
    walker.taken.kept()
}

impl Walker<'_> {
    /// Walks a whole program: what it runs, and then its functions.
    pub(super) fn program(&mut self, program: &Program) -> Flow {
        let functions = Functions::of(program);
        let bodies = self.know(functions);
        let printed = self.list(&program.list, &program.heredocs, &Flow::default());
        if !bodies.is_empty() {
            self.apart(Leaving::Restores, |walker| {
                walker.forget_what_changes();
                walker.bodies(&bodies, &program.heredocs);
            });
        }
        printed
    }

    /// The same of one that may be long: it is read twice, and what has functions in it once more.
    fn long_program(&mut self, text: &Joined) {
        let mut with_functions: Vec<Range<usize>> = Vec::new();
        for part in shell::parts(text) {
            let bodies = self.know(Functions::of(&part.program));
            if !bodies.is_empty() {
                with_functions.push(part.range);
            }
        }
        for part in shell::parts(text) {
            self.list(&part.program.list, &part.program.heredocs, &Flow::default());
        }
        if with_functions.is_empty() {
            return;
        }
        self.apart(Leaving::Restores, |walker| {
            walker.forget_what_changes();
            for range in with_functions {
                let part = text.part(range);
                let program = shell::parse(&part);
                walker.bodies(&Functions::of(&program).bodies, &program.heredocs);
            }
        });
    }

    /// Notes what functions there are, and gives their bodies.
    fn know<'p>(&mut self, functions: Functions<'p>) -> Vec<&'p Command> {
        self.functions.extend(functions.names);
        self.runners.extend(functions.runners);
        self.set_in_functions.extend(functions.set);
        functions.bodies
    }

    fn bodies(&mut self, bodies: &[&Command], heredocs: &[Heredoc]) {
        for body in bodies {
            self.apart(Leaving::Restores, |walker| {
                walker.command(body, heredocs, &Flow::default())
            });
        }
    }
}
