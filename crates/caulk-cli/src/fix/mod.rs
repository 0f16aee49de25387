//! `caulk check --fix` and its kin: fixes applied to the disk, or shown.

use caulk_check::{Run, Settings};
use caulk_finding::{Applicability, Finding, Fix, Plan, Report};
use caulk_source::{SourceFile, Sources};

use crate::arguments;
use crate::exit::Failure;
use crate::progress::Progress;
use crate::refusal::say;
use crate::replace::replace;
use crate::root::Root;

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
        report.plan = run.plan(sources, self.settings, &report, &|finding, fix| {
            self.wants(finding, fix)
        });
        report.plan.only_safe = !self.options.unsafe_fixes;
        drop(progress);
        if self.options.diff {
            return Ok(Fixed::Shown { report, sources });
        }
        let sources = self.write(sources, &report.plan)?;
        Ok(Fixed::Written { sources })
    }

    fn wants(&self, _: &Finding, fix: &Fix) -> bool {
        self.options.unsafe_fixes || fix.applicability == Applicability::Safe
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
