//! `caulk check --fix` and its kin: fixes applied to the disk, or shown.

mod ask;

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use caulk_check::{Run, Settings};
use caulk_finding::{Applicability, Finding, Fix, Plan, Report, Reported, Step};
use caulk_report::Context;
use caulk_source::{FileId, SourceFile, Sources};
use clap::ColorChoice;

use crate::arguments;
use crate::exit::Failure;
use crate::output;
use crate::progress::Progress;
use crate::refusal::say;
use crate::replace::replace;
use crate::root::Root;
use ask::Answers;

/// Whether any of the options asks for fixes to be applied, or for what would be.
pub(crate) fn is_wanted(options: arguments::Fixing) -> bool {
    let arguments::Fixing {
        fix,
        unsafe_fixes,
        fix_only,
        interactive,
        diff,
    } = options;
    fix || unsafe_fixes || fix_only || interactive || diff
}

/// A run that applies fixes.
pub(crate) struct Fixing<'a> {
    pub(crate) options: arguments::Fixing,
    pub(crate) quiet: bool,
    pub(crate) color: ColorChoice,
    pub(crate) settings: &'a Settings,
    pub(crate) root: &'a Root,
}

/// What was done.
pub(crate) enum Fixed<'a> {
    /// Nothing: the plan is to be shown.
    Shown {
        report: Report,
        sources: &'a Sources,
    },
    /// Files were written; these are all files as they are now.
    Written { sources: Sources },
}

impl Fixing<'_> {
    /// Plans, and applies the plan or hands it back to be shown.
    pub(crate) fn run<'s>(
        &self,
        run: &Run<'_>,
        sources: &'s Sources,
        mut report: Report,
        progress: Progress,
    ) -> Result<Fixed<'s>, Failure> {
        drop(progress);
        let answers = if self.options.interactive {
            self.ask(run, sources, &report)?
        } else {
            Answers::default()
        };
        report.plan = self.plan(run, sources, &report, &answers);
        if self.options.diff {
            return Ok(Fixed::Shown { report, sources });
        }
        let sources = self.write(sources, &report.plan)?;
        Ok(Fixed::Written { sources })
    }

    /// The fixes that are wanted, as far as it is known.
    fn plan(&self, run: &Run<'_>, sources: &Sources, report: &Report, answers: &Answers) -> Plan {
        let wanted = |finding: &Finding, fix: &Fix| {
            let path = sources.path(finding.primary.span.file);
            self.may(fix) && answers.wants(finding, fix, path)
        };
        let mut plan = run.plan(sources, self.settings, report, &wanted);
        plan.only_safe = !self.options.unsafe_fixes && !self.options.interactive;
        plan
    }

    /// Asks about one fix after the other. What a `no` changes for the others is planned anew.
    fn ask(&self, run: &Run<'_>, sources: &Sources, report: &Report) -> Result<Answers, Failure> {
        let mut answers = Answers::default();
        let mut input = std::io::stdin().lock();
        let mut refused = None;
        while !answers.is_done() && refused != Some(answers.refused()) {
            refused = Some(answers.refused());
            let plan = self.plan(run, sources, report, &answers);
            self.walk(&plan, sources, &report.hidden, &mut answers, &mut input)?;
        }
        Ok(answers)
    }

    /// Asks about the steps of a plan up to the first that is refused.
    fn walk(
        &self,
        plan: &Plan,
        sources: &Sources,
        hidden: &BTreeMap<FileId, Vec<String>>,
        answers: &mut Answers,
        input: &mut dyn BufRead,
    ) -> Result<(), Failure> {
        let refused = answers.refused();
        let mut then = sources.clone();
        for pass in &plan.passes {
            for file in pass.before.values() {
                then.add(Arc::clone(file));
            }
            for step in &pass.steps {
                self.ask_about(step, &then, hidden, answers, input)?;
                if answers.is_done() || answers.refused() > refused {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn ask_about(
        &self,
        step: &Step,
        sources: &Sources,
        hidden: &BTreeMap<FileId, Vec<String>>,
        answers: &mut Answers,
        input: &mut dyn BufRead,
    ) -> Result<(), Failure> {
        let path = sources.path(step.finding.primary.span.file);
        if answers.know(step, path) {
            return Ok(());
        }
        let report = Report {
            findings: vec![Reported {
                finding: step.finding.clone(),
                fix: Some(step.fix.clone()),
                withheld: None,
                fingerprint: String::new(),
            }],
            hidden: hidden.clone(),
            ..Report::default()
        };
        let context = Context {
            report: &report,
            sources,
            display_path: &|path: &str| self.root.shown(path),
            root: &self.root.shown(""),
            version: env!("CARGO_PKG_VERSION"),
            color: output::color(self.color),
            width: output::width(),
            quiet: true,
        };
        answers.ask(&context, step, path, input)
    }

    /// Whether the options let a fix be applied.
    fn may(&self, fix: &Fix) -> bool {
        // Whoever is asked decides.
        let decides = self.options.unsafe_fixes || self.options.interactive;
        decides || fix.applicability == Applicability::Safe
    }

    /// Writes each file that the plan changes. A file that cannot be written is said and stays as it
    /// is; the others are written all the same.
    fn write(&self, sources: &Sources, plan: &Plan) -> Result<Sources, Failure> {
        let mut now = sources.clone();
        let mut files = 0;
        let mut refused = 0;
        for (id, after) in plan.after() {
            let Some(file) = sources.get(id) else {
                continue;
            };
            match replace(self.root, file.path(), file.bytes(), &after) {
                Ok(()) => {
                    files += 1;
                    now.add(SourceFile::new(file.path(), after));
                }
                Err(error) => {
                    refused += 1;
                    let shown = self.root.shown(file.path());
                    say(&format!("not fixed: `{shown}`: {error}"));
                }
            }
        }
        if refused > 0 {
            let files = if refused == 1 {
                "file was"
            } else {
                "files were"
            };
            return Err(Failure(format!("{refused} {files} not fixed")));
        }
        if !self.quiet {
            let applied = counted(plan.steps().count(), "fix", "fixes");
            say(&format!(
                "{applied} applied in {}",
                counted(files, "file", "files")
            ));
        }
        Ok(now)
    }
}

fn counted(number: usize, one: &str, more: &str) -> String {
    let word = if number == 1 { one } else { more };
    format!("{number} {word}")
}
