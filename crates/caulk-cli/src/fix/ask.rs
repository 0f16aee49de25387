//! `--interactive`: one fix after the other, as `git add -p` asks.

use std::collections::BTreeSet;
use std::io::{self, BufRead, IsTerminal as _, Write as _};

use caulk_finding::{Finding, Fix, Step};
use caulk_report::Context;

use crate::exit::Failure;

/// What a person said to a fix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Yes,
    No,
    All,
    Quit,
    Help,
}

impl Answer {
    /// The end of the input is an end of the questions.
    fn read(line: Option<&str>) -> Self {
        let Some(line) = line else {
            return Self::Quit;
        };
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Self::Yes,
            "n" | "no" => Self::No,
            "a" | "all" => Self::All,
            "q" | "quit" => Self::Quit,
            _ => Self::Help,
        }
    }
}

const HELP: &str = "\
y - apply this fix
n - do not apply it
a - apply this one and all that follow
q - stop here: apply what was said yes to, and none of what follows
? - print this
";

/// What is known of a fix that somebody was asked about: its finding by what it is about, and what
/// it would do.
type Asked = (&'static str, String, Option<String>, String);

fn asked(finding: &Finding, fix: &Fix, path: &str) -> Asked {
    let about = format!("{path}\0{}", finding.fact);
    (
        finding.rule.id,
        about,
        finding.container.clone(),
        fix.title.clone(),
    )
}

/// What was said so far.
#[derive(Default)]
pub(super) struct Answers {
    yes: BTreeSet<Asked>,
    no: BTreeSet<Asked>,
    /// What is done with everything that nobody was asked about.
    rest: Option<bool>,
}

impl Answers {
    /// Whether a fix is wanted, as far as it is known.
    pub(super) fn wants(&self, finding: &Finding, fix: &Fix, path: &str) -> bool {
        let asked = asked(finding, fix, path);
        !self.no.contains(&asked) && (self.yes.contains(&asked) || self.rest != Some(false))
    }

    /// Whether everything is said.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_some()
    }

    /// How many fixes were refused.
    pub(super) fn refused(&self) -> usize {
        self.no.len()
    }

    /// Whether somebody was asked about it.
    pub(super) fn know(&self, step: &Step, path: &str) -> bool {
        let asked = asked(&step.finding, &step.fix, path);
        self.yes.contains(&asked) || self.no.contains(&asked)
    }

    /// Shows a fix and asks about it.
    pub(super) fn ask(
        &mut self,
        context: &Context<'_>,
        step: &Step,
        path: &str,
        input: &mut dyn BufRead,
    ) -> Result<(), Failure> {
        let fail = |error: io::Error| Failure(format!("cannot ask: {error}"));
        let asked = asked(&step.finding, &step.fix, path);
        let mut out = io::stdout().lock();
        let shown = caulk_report::full(context);
        out.write_all(shown.as_bytes()).map_err(fail)?;
        loop {
            out.write_all(b"Apply this fix [y,n,a,q,?]? ")
                .map_err(fail)?;
            out.flush().map_err(fail)?;
            let mut line = String::new();
            let read = input.read_line(&mut line).map_err(fail)?;
            if !io::stdin().is_terminal() || read == 0 {
                // Nobody's return key has ended the line.
                out.write_all(b"\n").map_err(fail)?;
            }
            match Answer::read((read > 0).then_some(&line)) {
                Answer::Yes => self.yes.insert(asked),
                Answer::No => self.no.insert(asked),
                Answer::All => {
                    self.rest = Some(true);
                    self.yes.insert(asked)
                }
                Answer::Quit => {
                    self.rest = Some(false);
                    true
                }
                Answer::Help => {
                    out.write_all(HELP.as_bytes()).map_err(fail)?;
                    continue;
                }
            };
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_people_type_them() {
        assert_eq!(Answer::read(Some("y\n")), Answer::Yes);
        assert_eq!(Answer::read(Some(" N \r\n")), Answer::No);
        assert_eq!(Answer::read(Some("a")), Answer::All);
        assert_eq!(Answer::read(Some("q\n")), Answer::Quit);
        for other in ["\n", "?", "x", "yy"] {
            assert_eq!(Answer::read(Some(other)), Answer::Help);
        }
        assert_eq!(Answer::read(None), Answer::Quit);
    }
}
