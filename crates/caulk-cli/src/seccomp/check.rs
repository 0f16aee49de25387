//! `caulk seccomp check`.

use std::collections::BTreeSet;
use std::path::Path;

use caulk_check::{Choice, Run, Settings};
use caulk_finding::{Level, Report, RuleInfo, Severity};
use caulk_report::{Context, Format};
use caulk_source::{SourceFile, Sources, Surface};
use clap::{Args, ColorChoice};

use super::given;
use crate::arguments::{formats, levels, severities};
use crate::exit::{Exit, Failure};
use crate::output::{self, Target};
use crate::root::{self, Root};
use crate::select;

#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Profiles, whatever they are called; `default` is Docker's own, `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "full", value_parser = formats())]
    format: Format,

    /// Write to FILE instead of standard output; FORMAT=FILE for one more report, `-` for standard
    /// output. May repeat.
    #[arg(long, value_name = "[FORMAT=]FILE")]
    output: Vec<String>,

    /// `baseline`: what gives a container too much. `hardened`: also the hardening that is absent.
    #[arg(long, value_name = "LEVEL", default_value = "baseline", value_parser = levels())]
    level: Level,

    /// Run only these rules, whatever their level. May repeat, be a list with commas, or a pattern
    /// with `*`.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,

    /// Do not run these rules. May repeat, or be a list with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,

    /// Show only findings of this severity or worse.
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = severities())]
    min_severity: Severity,

    /// Fail only for findings of this severity or worse. Without it, all that is shown fails.
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = severities())]
    fail_on: Severity,

    /// Exit with 0 even if there are findings.
    #[arg(long)]
    exit_zero: bool,

    /// Print findings and no summary.
    #[arg(long, short)]
    quiet: bool,

    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

/// The files that are judged, and how their names are shown.
struct Profiles {
    sources: Sources,
    root: Root,
    /// What lies in no folder: standard input, and Docker's default.
    placeless: BTreeSet<String>,
}

/// Runs it.
pub(crate) fn run(check: &Check) -> Result<Exit, Failure> {
    let choice = Choice {
        level: Some(check.level),
        select: Some(rules(check)?),
        ignore: select::rules(&check.ignore)?,
        min_severity: Some(check.min_severity),
        ..Choice::default()
    };
    let settings = Settings {
        choice,
        ..Settings::default()
    };
    let profiles = read(&check.files)?;
    let report = Run::new(&profiles.sources).report(&profiles.sources, &settings);
    deliver(check, &report, &profiles)?;
    let mut findings = report.findings.iter();
    let fails = findings.any(|reported| reported.finding.severity >= check.fail_on);
    Ok(if fails && !check.exit_zero {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// The rules that judge profiles: those that are selected, else those of the level.
fn rules(check: &Check) -> Result<BTreeSet<String>, Failure> {
    let selected = select::rules(&check.select)?;
    let runs = |rule: &&RuleInfo| {
        rule.surfaces.contains(&Surface::Seccomp)
            && if selected.is_empty() {
                rule.level <= check.level
            } else {
                selected.contains(rule.id)
            }
    };
    let rules = caulk_rules::ALL.iter().map(|rule| &rule.info);
    let chosen: BTreeSet<String> = rules.filter(runs).map(|rule| rule.id.to_owned()).collect();
    match selected.first() {
        Some(first) if chosen.is_empty() => Err(Failure(format!(
            "`{first}` judges no profile: `caulk check` runs it"
        ))),
        _ => Ok(chosen),
    }
}

/// Reads the profiles. Whatever a file is called, it is read as one: somebody named it.
fn read(names: &[String]) -> Result<Profiles, Failure> {
    let mut places = Vec::new();
    let mut placeless = Vec::new();
    for name in names {
        if given::has_no_place(name) {
            placeless.push(name.clone());
        } else {
            places.push(root::locate(Path::new(name))?);
        }
    }
    let root = Root::around(&places)?;
    let mut files = Vec::new();
    let files_named = names.iter().filter(|name| !given::has_no_place(name));
    for (name, place) in files_named.zip(&places) {
        let path = root.name(place).unwrap_or_else(|| name.clone());
        files.push(SourceFile::new(path, given::bytes(name)?));
    }
    for name in &placeless {
        files.push(SourceFile::new(name.clone(), given::bytes(name)?));
    }
    let mut sources = Sources::from_files(files);
    let ids: Vec<_> = sources.iter().map(|(id, _)| id).collect();
    for id in ids {
        sources.declare(id, Surface::Seccomp);
    }
    Ok(Profiles {
        sources,
        root,
        placeless: placeless.into_iter().collect(),
    })
}

/// Every report that is asked for.
fn deliver(check: &Check, report: &Report, profiles: &Profiles) -> Result<(), Failure> {
    let display_path = |path: &str| {
        if profiles.placeless.contains(path) {
            return path.to_owned();
        }
        profiles.root.shown(path)
    };
    for Target { format, file } in output::targets(check.format, &check.output)? {
        let on_terminal = file.is_none();
        let context = Context {
            report,
            sources: &profiles.sources,
            display_path: &display_path,
            root: &profiles.root.shown(""),
            version: env!("CARGO_PKG_VERSION"),
            color: on_terminal && output::color(check.color),
            width: if on_terminal { output::width() } else { 100 },
            quiet: check.quiet,
        };
        let bytes = format.render(&context);
        match file {
            None => output::print(&output::for_runner(format, bytes))?,
            Some(file) => output::write(&file, &bytes)?,
        }
    }
    Ok(())
}
