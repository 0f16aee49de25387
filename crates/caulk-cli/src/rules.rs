//! `caulk rules`.

use std::fmt::Write as _;

use caulk_finding::RuleInfo;
use serde::Serialize;

use crate::arguments::Rules;
use crate::exit::{Exit, Failure};
use crate::output;

/// A rule as programs read it.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    summary: &'static str,
    level: &'static str,
    severity: &'static str,
    confidence: &'static str,
    fix: &'static str,
    surfaces: Vec<&'static str>,
    since: &'static str,
    references: Vec<Reference>,
    help: String,
}

#[derive(Serialize)]
struct Reference {
    source: &'static str,
    id: &'static str,
}

#[derive(Serialize)]
struct Catalogue {
    version: u32,
    rules: Vec<Row>,
}

/// Lists the rules.
pub(crate) fn run(rules: &Rules) -> Result<Exit, Failure> {
    if rules.format == "json" {
        let catalogue = Catalogue {
            version: 1,
            rules: infos().map(row).collect(),
        };
        let text = serde_json::to_string_pretty(&catalogue)
            .map_err(|error| Failure(format!("cannot write the catalogue: {error}")))?;
        output::print(format!("{text}\n").as_bytes())?;
    } else {
        list()?;
    }
    Ok(Exit::Clean)
}

/// Lists the rules for a person.
pub(crate) fn list() -> Result<(), Failure> {
    let mut text = String::new();
    let width = infos().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in infos() {
        let _ = writeln!(
            text,
            "{:<width$}  {:<8}  {:<18}  {}",
            rule.id,
            rule.level.name(),
            rule.severities.to_string(),
            rule.summary(),
        );
    }
    let _ = writeln!(text, "\n`caulk explain RULE` prints a rule's page.");
    output::print(text.as_bytes())
}

/// The rules in the order of their ids.
fn infos() -> impl Iterator<Item = &'static RuleInfo> {
    let mut rules: Vec<&RuleInfo> = caulk_rules::ALL.iter().map(|rule| &rule.info).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.into_iter()
}

fn row(rule: &'static RuleInfo) -> Row {
    let references = rule.references.iter().map(|reference| Reference {
        source: reference.authority.name(),
        id: reference.id,
    });
    Row {
        id: rule.id,
        summary: rule.summary(),
        level: rule.level.name(),
        severity: rule.severities.worst().name(),
        confidence: rule.confidence.name(),
        fix: rule.fixes.name(),
        surfaces: rule.surfaces.iter().map(|surface| surface.name()).collect(),
        since: rule.since,
        references: references.collect(),
        help: rule.help_path(),
    }
}
