//! `caulk explain`.

use std::fmt::Write as _;

use caulk_config::{did_you_mean, nearest};
use caulk_finding::{Reference, Relation, RuleInfo};

use crate::arguments::Explain;
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints a rule's page; without a rule, what there is to explain.
pub(crate) fn run(explain: &Explain) -> Result<Exit, Failure> {
    let Some(id) = &explain.rule else {
        crate::rules::list()?;
        return Ok(Exit::Clean);
    };
    let Some(rule) = caulk_rules::find(id) else {
        let known = caulk_rules::ALL.iter().map(|rule| rule.info.id);
        let meant = did_you_mean(nearest(id, known));
        return Err(Failure(format!("no rule `{id}`{meant}")));
    };
    output::print(page(&rule.info).as_bytes())?;
    Ok(Exit::Clean)
}

fn page(rule: &RuleInfo) -> String {
    let surfaces: Vec<&str> = rule
        .surfaces
        .iter()
        .map(|surface| surface.title())
        .collect();
    let mut text = format!("# {}\n\n", rule.id);
    let facts = [
        ("level", rule.level.name().to_owned()),
        ("severity", rule.severities.to_string()),
        ("fix", rule.fixes.name().to_owned()),
        ("read in", surfaces.join(", ")),
        ("since", rule.since.to_owned()),
    ];
    for (name, value) in facts {
        let _ = writeln!(text, "{name:<9} {value}");
    }
    text.push('\n');
    for line in rule.page().lines() {
        // What the tests need to know of an example is nothing to a reader.
        let fence = line
            .strip_prefix("```")
            .and_then(|info| info.split_once(','));
        match fence {
            Some((language, _)) => {
                let _ = writeln!(text, "```{language}");
            }
            None => {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    if !rule.references.is_empty() {
        text.push_str("\n## Elsewhere\n\n");
        for (relation, words) in [(Relation::Same, ""), (Relation::Like, " (related)")] {
            let related = rule.references.iter();
            let related = related.filter(|reference| reference.relation == relation);
            for group in Reference::grouped(related) {
                let _ = writeln!(text, "- {group}{words}");
            }
        }
    }
    text
}
