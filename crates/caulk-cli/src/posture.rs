//! `caulk posture`.

use std::path::PathBuf;

use caulk_check::{Run, Settings};
use caulk_config::{did_you_mean, nearest};
use caulk_finding::Level;
use caulk_posture::Show;
use caulk_report::{columns, escape_hostile, visible};
use caulk_source::{SourceFile, Sources};

use crate::arguments::Posture;
use crate::check::known_target;
use crate::exit::{Exit, Failure};
use crate::load;
use crate::output;
use crate::progress::Progress;
use crate::root::{self, Root};

/// Runs it.
pub(crate) fn run(posture: &Posture) -> Result<Exit, Failure> {
    let places: Vec<PathBuf> = posture
        .paths
        .iter()
        .map(|path| root::locate(path))
        .collect::<Result<_, _>>()?;
    let root = Root::around(&places)?;
    let progress = Progress::start(true);
    let how = load::How {
        reading: &posture.reading,
        configured: &posture.configured,
        projects: &posture.projects,
    };
    let loaded = load::load(&root, &places, how)?;
    let mut run = Run::resume(&loaded.sources, loaded.parsed);
    run.state(loaded.configurations.stated());
    let target = posture.target.as_deref();
    known_target(target, &run)?;
    let repository = run.repository(target);
    let display_path = |path: &str| root.shown(path);
    let show = Show {
        display_path: &display_path,
        visible,
        columns,
        color: output::color(posture.color),
    };
    let shown = Some(&loaded.reported);
    let containers = caulk_posture::Posture::new(&repository, &loaded.sources, shown, show);
    let text = match &posture.explain {
        Some(name) => containers.explain(name).ok_or_else(|| {
            let names = containers.names();
            let meant = did_you_mean(nearest(name, names.iter().map(String::as_str)));
            Failure(format!("no container `{name}`{meant}"))
        })?,
        None if posture.fixed.is_some() => {
            let fixed = fixed(posture, &run, &loaded.sources);
            let run = Run::with(&fixed, run.options().clone());
            let repository = run.repository(target);
            let later = caulk_posture::Posture::new(&repository, &fixed, shown, show);
            containers.table_beside(&later)
        }
        None if posture.format == "json" => escape_hostile(&containers.json()),
        None => containers.table(),
    };
    drop(progress);
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// The files once every fix is applied.
fn fixed(posture: &Posture, run: &Run<'_>, sources: &Sources) -> Sources {
    let settings = Settings {
        target: posture.target.clone(),
        ..Settings::at(posture.fixed.unwrap_or(Level::Baseline))
    };
    let report = run.judge(sources, &settings);
    let plan = run.plan(sources, &settings, &report, &|_, _| true);
    let mut fixed = sources.clone();
    for (id, bytes) in plan.after() {
        fixed.add(SourceFile::new(sources.path(id), bytes));
    }
    fixed
}
