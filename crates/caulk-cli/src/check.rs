//! `caulk check`.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use caulk_check::{Choice, Run, Settings};
use caulk_config::{did_you_mean, nearest};
use caulk_finding::Report;
use caulk_report::{Context, Format};
use caulk_source::Sources;

use crate::arguments::Check;
use crate::exit::{Exit, Failure};
use crate::fix::{self, Fixed};
use crate::load::{self, Loaded};
use crate::output::{self, Target};
use crate::progress::Progress;
use crate::refusal::say;
use crate::root::{self, Root};
use crate::select;

/// Runs it.
pub(crate) fn run(check: &Check) -> Result<Exit, Failure> {
    let mut settings = Settings {
        choice: choice(check)?,
        target: check.target.clone(),
        ..Settings::default()
    };
    // Whoever types the file by hand sees that nothing happens until the end of it.
    let typed = reads_standard_input(check) && io::stdin().is_terminal();
    let progress = Progress::start(!check.quiet && !check.no_progress && !typed);
    let (root, loaded) = load(check)?;
    settings.reported = Some(loaded.reported);
    settings.local = loaded.configurations.choices();
    let sources = loaded.sources;
    let mut run = Run::resume(&sources, loaded.parsed);
    run.state(loaded.configurations.stated());
    if check.verbose {
        for folder in loaded.configurations.folders() {
            say(&format!("a configuration holds in {}", root.shown(folder)));
        }
    }
    if check.show_files {
        drop(progress);
        output::print(files(&run, &sources, &root).as_bytes())?;
        return Ok(Exit::Clean);
    }
    known_target(check.target.as_deref(), &run)?;
    let mut report = run.report(&sources, &settings);
    if fix::is_wanted(check.fixing) {
        if reads_standard_input(check) && !check.fixing.diff {
            return Err(Failure(
                "standard input is not fixed: `--diff` shows what would be".to_owned(),
            ));
        }
        let fixing = fix::Fixing {
            options: check.fixing,
            quiet: check.quiet,
            color: check.color,
            settings: &settings,
            root: &root,
        };
        let fixed = fixing.run(&run, &sources, report, progress)?;
        return after_fixes(check, &settings, fixed, &run, &root);
    }
    if wants_a_patch(check)? {
        report.plan = run.plan(&sources, &settings, &report, &|_, _| true);
    }
    drop(progress);
    if check.verbose {
        verbose(&report, &root, &sources);
    }
    deliver(check, &report, &sources, &root)?;
    Ok(exit(check, &settings, &report, &sources))
}

/// What is typed of what is judged and shown.
fn choice(check: &Check) -> Result<Choice, Failure> {
    let select = select::rules(&check.select)?;
    Ok(Choice {
        level: check.level,
        select: (!select.is_empty()).then_some(select),
        also: select::rules(&check.extend_select)?,
        ignore: select::rules(&check.ignore)?,
        min_severity: check.min_severity,
        fail_on: check.fail_on,
        ..Choice::default()
    })
}

/// What a run that applies fixes reports: the patch, or what is left.
fn after_fixes(
    check: &Check,
    settings: &Settings,
    fixed: Fixed<'_>,
    before: &Run<'_>,
    root: &Root,
) -> Result<Exit, Failure> {
    let (report, sources) = match fixed {
        Fixed::Shown { report, sources } => {
            let target = Target {
                format: Format::Diff,
                file: None,
            };
            let is_empty = report.plan.is_empty();
            write(check, target, &report, sources, root)?;
            return Ok(if is_empty || check.exit_zero {
                Exit::Clean
            } else {
                Exit::Findings
            });
        }
        Fixed::Written { sources } => {
            let run = Run::with(&sources, before.options().clone());
            (run.report(&sources, settings), sources)
        }
    };
    if check.fixing.fix_only {
        return Ok(Exit::Clean);
    }
    if check.verbose {
        verbose(&report, root, &sources);
    }
    deliver(check, &report, &sources, root)?;
    Ok(exit(check, settings, &report, &sources))
}

/// Whether one of the reports is a patch.
fn wants_a_patch(check: &Check) -> Result<bool, Failure> {
    let targets = output::targets(check.format, &check.output)?;
    Ok(targets.iter().any(|target| target.format == Format::Diff))
}

fn exit(check: &Check, settings: &Settings, report: &Report, sources: &Sources) -> Exit {
    let fails = report.findings.iter().any(|reported| {
        let finding = &reported.finding;
        settings.fails(sources.path(finding.primary.span.file), finding)
    });
    if fails && !check.exit_zero {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

fn reads_standard_input(check: &Check) -> bool {
    check.paths.iter().any(|path| path.as_os_str() == "-")
}

/// What was named, or standard input under the name that it is given.
fn load(check: &Check) -> Result<(Root, Loaded), Failure> {
    match (&check.stdin_filename, reads_standard_input(check)) {
        (Some(name), true) => load::standard_input(name, &check.configured, &check.projects),
        (None, true) => Err(Failure(
            "`-` needs `--stdin-filename NAME`: the name says what is read".to_owned(),
        )),
        (Some(_), false) => Err(Failure(
            "`--stdin-filename` goes with the path `-`".to_owned(),
        )),
        (None, false) => {
            let places: Vec<PathBuf> = check
                .paths
                .iter()
                .map(|path| root::locate(path))
                .collect::<Result<_, _>>()?;
            let root = Root::around(&places)?;
            let how = load::How {
                reading: &check.reading,
                configured: &check.configured,
                projects: &check.projects,
            };
            let loaded = load::load(&root, &places, how)?;
            Ok((root, loaded))
        }
    }
}

/// A stage that no Dockerfile has is a slip of the pen: the build would fail.
pub(crate) fn known_target(target: Option<&str>, run: &Run<'_>) -> Result<(), Failure> {
    let Some(target) = target else {
        return Ok(());
    };
    let stages = run.stages();
    if stages.contains(&target.to_lowercase()) {
        return Ok(());
    }
    let meant = did_you_mean(nearest(target, stages.iter().map(String::as_str)));
    Err(Failure(format!(
        "no Dockerfile here has a stage `{target}`{meant}"
    )))
}

/// Every report that is asked for.
fn deliver(check: &Check, report: &Report, sources: &Sources, root: &Root) -> Result<(), Failure> {
    for target in output::targets(check.format, &check.output)? {
        write(check, target, report, sources, root)?;
    }
    Ok(())
}

/// One report.
fn write(
    check: &Check,
    Target { format, file }: Target,
    report: &Report,
    sources: &Sources,
    root: &Root,
) -> Result<(), Failure> {
    let on_terminal = file.is_none();
    let context = Context {
        report,
        sources,
        display_path: &|path: &str| root.shown(path),
        root: &root.shown(""),
        version: env!("CARGO_PKG_VERSION"),
        color: on_terminal && output::color(check.color),
        width: if on_terminal { output::width() } else { 100 },
        quiet: check.quiet,
    };
    match file {
        None if check.statistics => output::print(caulk_report::statistics(&context).as_bytes()),
        None => output::print(&output::for_runner(format, format.render(&context))),
        Some(file) => output::write(&file, &format.render(&context)),
    }
}

/// The files that are read, and what they are.
fn files(run: &Run<'_>, sources: &Sources, root: &Root) -> String {
    let mut text = String::new();
    for (path, surface) in run.files(sources) {
        let path = caulk_report::visible(&root.shown(&path));
        let _ = writeln!(text, "{:<16} {path}", surface.title());
    }
    text
}

/// What a person wants to know who wonders why.
fn verbose(report: &Report, root: &Root, sources: &Sources) {
    say(&format!(
        "the repository begins at {}",
        root.folder.display()
    ));
    say(&format!("{} files read", sources.len()));
    for reported in &report.findings {
        if let Some(reason) = &reported.withheld {
            let finding = &reported.finding;
            let path = root.shown(sources.path(finding.primary.span.file));
            let rule = finding.rule.id;
            say(&format!("{path}: no fix for `{rule}`: {reason}"));
        }
    }
}
