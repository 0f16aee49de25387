//! Maintenance of this repository: what is generated, and from what.
//!
//! A generator is a pure function, of the rules, of the keys of the configuration, or of a folder's
//! listing, to text. `cargo dev
//! generate` writes what they give; `tests/generated.rs` compares it with what is committed, so
//! that `cargo test` fails where it is stale. Two things come from outside: the table of system calls,
//! which `cargo dev syscalls` writes, and the table of base images, for which `cargo dev images`
//! prints rows to be put in by hand.

pub mod coverage;
pub mod files;
pub mod images;
pub mod modules;
pub mod new_rule;
pub mod pages;
pub mod ready;
pub mod syscalls;
pub mod tables;

use std::path::{Path, PathBuf};

use caulk_finding::RuleInfo;
use caulk_rules::Rule;

use crate::files::Generated;

/// The root of the repository.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.unwrap_or(Path::new(".")).to_owned()
}

/// Everything that is generated from the rules as they are compiled in.
pub fn from_rules(rules: &[&'static Rule]) -> Vec<Generated> {
    let mut sorted = rules.to_vec();
    sorted.sort_by_key(|rule| rule.info.id);
    let mut all: Vec<Generated> = sorted
        .iter()
        .map(|rule| Generated::whole(&rule.info.help_path(), pages::page(rule)))
        .collect();
    all.push(Generated::whole(
        "docs/rules/README.md",
        tables::index(&sorted),
    ));
    all.push(coverage::page(&sorted));
    all.push(Generated::section(
        "README.md",
        "rules",
        tables::table(&sorted, "docs/rules/"),
    ));
    let infos: Vec<&RuleInfo> = sorted.iter().map(|rule| &rule.info).collect();
    all.push(Generated::whole(
        "docs/caulk.schema.json",
        caulk_config::schema(&infos),
    ));
    all.push(Generated::section(
        "docs/configuration.md",
        "keys",
        tables::keys(),
    ));
    all
}
