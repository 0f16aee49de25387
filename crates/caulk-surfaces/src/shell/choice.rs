//! Walking over parts of a program of which not all run: `if`, `case`, `&&` and `||`.

use std::sync::Arc;

use caulk_source::Span;
use caulk_syntax::shell::{Arm, Connector, Heredoc, List, Statement, Word};

use super::branch::{Branch, Test};
use super::call::Flow;
use super::scope::Leaving;
use super::walk::Walker;

/// Nobody asks for more at once: of a longer condition, the first tell enough.
const MAX_TESTS: usize = 8;

impl Walker<'_> {
    /// What follows `&&` and `||`.
    pub(super) fn chain(
        &mut self,
        statement: &Statement,
        heredocs: &[Heredoc],
        input: &Flow,
    ) -> Flow {
        let mut printed = Flow::default();
        let choice = statement.first.span;
        // What surely holds where the next of them runs, and where it does not.
        let first = self.test(Test::of(&statement.first));
        let mut tests: Vec<Test> = first.clone().into_iter().collect();
        let mut otherwise = first.map(Test::otherwise);
        for (connector, pipeline) in &statement.rest {
            let failed = otherwise.take();
            let leaving = match connector {
                Connector::And => None,
                Connector::Or => Some(Leaving::Forgets),
            };
            // What follows `||` runs where the first fails; what follows that, whoever ran.
            let here = match connector {
                Connector::And => tests.clone(),
                Connector::Or => {
                    tests.clear();
                    failed.into_iter().collect()
                }
            };
            let output = self.where_holds(choice, here, |walker| match leaving {
                None => walker.pipeline(pipeline, heredocs, input),
                Some(leaving) => {
                    walker.apart(leaving, |walker| walker.pipeline(pipeline, heredocs, input))
                }
            });
            if *connector == Connector::And {
                tests.extend(self.test(Test::of(pipeline)));
                tests.truncate(MAX_TESTS);
            }
            printed.add(&output);
        }
        printed
    }

    /// `if` with its `elif` and `else`.
    pub(super) fn branches(
        &mut self,
        choice: Span,
        branches: &[(List, List)],
        otherwise: Option<&List>,
        heredocs: &[Heredoc],
        input: &Flow,
    ) -> Flow {
        let mut output = Flow::default();
        // What has to hold for none of those that were met so far to run.
        let mut passed: Vec<Test> = Vec::new();
        for (part, (condition, body)) in branches.iter().enumerate() {
            let only = self.test(Test::only_of(condition));
            let asked = Test::all_of(condition).into_iter();
            let mut tests: Vec<Test> = asked.filter(|test| self.is_before(test)).collect();
            let own = condition.statements.first();
            let own = own.map_or(choice, |first| first.first.span);
            output.add(&self.where_holds(own, passed.clone(), |walker| {
                walker.list(condition, heredocs, input)
            }));
            tests.extend(passed.iter().cloned());
            output.add(&self.in_branch(choice, part, tests, |walker| {
                walker.maybe(body, heredocs, input)
            }));
            passed.extend(only.map(Test::otherwise));
            passed.truncate(MAX_TESTS);
        }
        if let Some(body) = otherwise {
            output.add(&self.in_branch(choice, branches.len(), passed, |walker| {
                walker.maybe(body, heredocs, input)
            }));
        }
        output
    }

    /// The arms of a `case`.
    pub(super) fn arms(
        &mut self,
        choice: Span,
        word: &Word,
        arms: &[Arm],
        heredocs: &[Heredoc],
        input: &Flow,
    ) -> Flow {
        let mut output = Flow::default();
        for (part, arm) in arms.iter().enumerate() {
            let asked = self.test(Test::of_arm(word, &arm.patterns));
            output.add(
                &self.in_branch(choice, part, asked.into_iter().collect(), |walker| {
                    walker.maybe(&arm.body, heredocs, input)
                }),
            );
        }
        output
    }

    /// Whether a test asks for a variable that was set before the program.
    fn is_before(&self, test: &Test) -> bool {
        !self.variables.contains_key(&test.variable)
    }

    fn test(&self, test: Option<Test>) -> Option<Test> {
        test.filter(|test| self.is_before(test))
    }

    /// Walks a part that runs beside others, and only where the tests hold.
    fn where_holds<T>(
        &mut self,
        choice: Span,
        tests: Vec<Test>,
        walk: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if tests.is_empty() {
            walk(self)
        } else {
            self.in_branch(choice, 0, tests, walk)
        }
    }

    /// Walks a part of which another may run instead. `tests` is what surely holds in it.
    fn in_branch<T>(
        &mut self,
        choice: Span,
        part: usize,
        mut tests: Vec<Test>,
        walk: impl FnOnce(&mut Self) -> T,
    ) -> T {
        tests.truncate(MAX_TESTS);
        let outer = self.branch.clone();
        self.branch = Some(Arc::new(Branch {
            choice,
            part,
            tests,
            outer: outer.clone(),
        }));
        let result = walk(self);
        self.branch = outer;
        result
    }
}
