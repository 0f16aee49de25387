//! The patch of a run, as the real `git apply` takes it.
#![expect(
    clippy::disallowed_methods,
    reason = "tests alone call this; it needs files for a foreign program"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use caulk_finding::Report;
use caulk_source::Sources;

use crate::Failures;
use crate::case::Case;
use crate::run::{Run, Variant};

/// The lines of the hunks of a patch, by the path of the file that they change.
pub(crate) fn bodies(patch: &str) -> BTreeMap<String, Vec<String>> {
    let mut bodies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut file, mut old, mut new) = (String::new(), 0_usize, 0_usize);
    for line in patch.lines() {
        let sign = line.chars().next();
        let in_hunk = old > 0 || new > 0;
        if in_hunk || line.starts_with('\\') {
            old = old.saturating_sub(usize::from(matches!(sign, Some('-' | ' '))));
            new = new.saturating_sub(usize::from(matches!(sign, Some('+' | ' '))));
            bodies
                .entry(file.clone())
                .or_default()
                .push(line.to_owned());
        } else if let Some(name) = line.strip_prefix("+++ b/") {
            name.trim_end_matches('\t').clone_into(&mut file);
        } else if let Some(ranges) = line.strip_prefix("@@ -") {
            let mut counts = ranges.split(' ').map(count);
            (old, new) = (counts.next().unwrap_or(0), counts.next().unwrap_or(0));
        }
    }
    bodies
}

/// How many lines `4,3` or `+4` covers.
fn count(range: &str) -> usize {
    range
        .split_once(',')
        .map_or(1, |(_, count)| count.parse().unwrap_or(0))
}

/// `git apply` takes the patch of every run in every spelling, `git apply -R` takes it back, and
/// what stands between is what the plan says.
pub fn patches_apply(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        for variant in Variant::ALL {
            let run = Run::of(case, variant);
            let report = run.planned(|_| true);
            let patch = run.rendered(&report, caulk_report::diff);
            if let Err(what) = applies(&run, &report, &patch) {
                let patch = String::from_utf8_lossy(&patch);
                failures.push(case.failure(&format!("{variant:?}: {what}\n{patch}")));
            }
        }
    }
    failures
}

fn applies(run: &Run, report: &Report, patch: &[u8]) -> Result<(), String> {
    if bodies(&String::from_utf8_lossy(patch)).is_empty() {
        return Ok(());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path();
    write(folder, &run.sources).map_err(|error| error.to_string())?;
    std::fs::write(folder.join(".patch"), patch).map_err(|error| error.to_string())?;
    git_apply(folder, &[])?;
    differs(folder, &run.after_plan(&report.plan).sources)?;
    git_apply(folder, &["--reverse"])?;
    differs(folder, &run.sources)
}

fn write(folder: &Path, sources: &Sources) -> std::io::Result<()> {
    for (_, file) in sources.iter() {
        let path = folder.join(file.path());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, file.bytes())?;
    }
    Ok(())
}

fn differs(folder: &Path, sources: &Sources) -> Result<(), String> {
    for (_, file) in sources.iter() {
        let bytes = std::fs::read(folder.join(file.path())).map_err(|error| error.to_string())?;
        if bytes != file.bytes() {
            let text = String::from_utf8_lossy(&bytes);
            let path = file.path();
            return Err(format!(
                "git leaves `{path}` as\n{text}\nnot as\n{}",
                file.text()
            ));
        }
    }
    Ok(())
}

fn git_apply(folder: &Path, options: &[&str]) -> Result<(), String> {
    let output = Command::new("git")
        .arg("apply")
        .args(options)
        .arg(".patch")
        .current_dir(folder)
        // A configuration or a repository of the machine must not take part.
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder))
        .output()
        .map_err(|error| format!("git does not run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "git apply {} refuses:\n{}",
        options.join(" "),
        said.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_are_the_hunks_lines() {
        let patch = "# caulk\n\n# a\n--- a/x y\t\n+++ b/x y\t\n@@ -1,2 +1,2 @@ image\n a\n--- old\n+new\n# b\n--- a/z\n+++ b/z\n@@ -1 +0,0 @@\n-a\n\\ No newline at end of file\n";
        let bodies = bodies(patch);
        assert_eq!(bodies["x y"], [" a", "--- old", "+new"]);
        assert_eq!(bodies["z"], ["-a", "\\ No newline at end of file"]);
    }
}
