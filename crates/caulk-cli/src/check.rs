//! `caulk check`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use caulk_check::{Run, Settings};
use caulk_report::Context;

use crate::arguments::Check;
use crate::exit::{Exit, Failure};
use crate::load;
use crate::output::{self, Target};
use crate::root::{self, Root};
use crate::suggest::{did_you_mean, nearest};

/// Runs it.
pub(crate) fn run(check: &Check) -> Result<Exit, Failure> {
    let places: Vec<PathBuf> = check
        .paths
        .iter()
        .map(|path| root::locate(path))
        .collect::<Result<_, _>>()?;
    let root = Root::around(&places)?;
    let mut settings = Settings {
        level: check.level,
        select: known_rules(&check.select)?,
        ignore: known_rules(&check.ignore)?,
        min_severity: check.min_severity,
        target: check.target.clone(),
        reported: None,
    };
    let loaded = load::load(&root, &places, check)?;
    settings.reported = Some(loaded.reported);
    let sources = loaded.sources;
    let report = Run::new(&sources).report(&sources, &settings);
    let display_path = |path: &str| root.shown(path);
    for target in output::targets(check.format, &check.output) {
        let on_terminal = target.file.is_none();
        let context = Context {
            report: &report,
            sources: &sources,
            display_path: &display_path,
            root: &root.shown(""),
            version: env!("CARGO_PKG_VERSION"),
            color: on_terminal && output::color(check.color),
            width: if on_terminal { output::width() } else { 100 },
        };
        deliver(&target, &context)?;
    }
    let fails = report
        .findings
        .iter()
        .any(|reported| reported.finding.severity >= check.fail_on);
    Ok(if fails && !check.exit_zero {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

fn deliver(target: &Target, context: &Context<'_>) -> Result<(), Failure> {
    let bytes = target.format.render(context);
    match &target.file {
        None => output::print(&bytes),
        Some(file) => output::write(file, &bytes),
    }
}

/// The ids, each of which must be a rule's.
fn known_rules(ids: &[String]) -> Result<BTreeSet<String>, Failure> {
    for id in ids {
        if caulk_rules::find(id).is_none() {
            let known = caulk_rules::ALL.iter().map(|rule| rule.info.id);
            let meant = did_you_mean(nearest(id, known));
            return Err(Failure(format!("no rule `{id}`{meant}")));
        }
    }
    Ok(ids.iter().cloned().collect())
}
