//! What is typed.

use std::path::PathBuf;

use caulk_finding::{Level, Severity};
use caulk_report::Format;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ColorChoice, Parser, Subcommand};

use crate::seccomp::Seccomp;

/// Judges what containers really hold, and closes each weakness with an annotated diff.
#[derive(Parser, Debug)]
#[command(name = "caulk", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Judge the containers that a repository declares.
    Check(Check),
    /// Show what each container ends up holding, and who said so.
    Posture(Posture),
    /// Read, compare and make seccomp profiles.
    Seccomp(Seccomp),
    /// Print a rule's page: what, why it matters, bad, good, about the fix.
    Explain(Explain),
    /// List the rules.
    Rules(Rules),
    /// Show which hardening this machine gives the containers on it. Only reads.
    Host,
}

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that is typed or not"
)]
pub(crate) struct Check {
    /// Files and folders to report on. What they refer to is read anywhere in the repository.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "full", value_parser = formats())]
    pub(crate) format: Format,

    /// Write to FILE instead of standard output; FORMAT=FILE for one more report, `-` for standard
    /// output. May repeat.
    #[arg(long, value_name = "[FORMAT=]FILE")]
    pub(crate) output: Vec<String>,

    /// `baseline`: what gives a container too much. `hardened`: also the hardening that is absent.
    /// Without it, what the configuration says, else `baseline`.
    #[arg(long, value_name = "LEVEL", value_parser = levels())]
    pub(crate) level: Option<Level>,

    /// Run only these rules, whatever their level. May repeat, be a list with commas, or a pattern
    /// with `*`.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,

    /// Run these rules too, whatever their level. May repeat, or be a list with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) extend_select: Vec<String>,

    /// Do not run these rules. May repeat, or be a list with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,

    /// Show only findings of this severity or worse.
    #[arg(long, value_name = "SEVERITY", value_parser = severities())]
    pub(crate) min_severity: Option<Severity>,

    /// Fail only for findings of this severity or worse. Without it, what the configuration says;
    /// else all that is shown fails.
    #[arg(long, value_name = "SEVERITY", value_parser = severities())]
    pub(crate) fail_on: Option<Severity>,

    #[command(flatten)]
    pub(crate) configured: Configured,

    /// Exit with 0 even if there are findings.
    #[arg(long)]
    pub(crate) exit_zero: bool,

    #[command(flatten)]
    pub(crate) fixing: Fixing,

    /// The stage of the Dockerfiles that is built, as `docker build --target` has it.
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) projects: Projects,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Judge standard input (PATH is `-`) as if it were this file.
    #[arg(long, value_name = "NAME")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// Say how often each rule spoke, instead of what it said.
    #[arg(long)]
    pub(crate) statistics: bool,

    /// List the files that would be read, and what they are.
    #[arg(long)]
    pub(crate) show_files: bool,

    /// Print findings and no summary.
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Say more on standard error: where the repository begins, which fixes are withheld and why.
    #[arg(long, short)]
    pub(crate) verbose: bool,

    /// Show no progress.
    #[arg(long)]
    pub(crate) no_progress: bool,

    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// What is done about the findings.
#[derive(Args, Clone, Copy, Default, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that is typed or not"
)]
pub(crate) struct Fixing {
    /// Apply the fixes that change nothing a program or its operator may rely on, and report what
    /// is left.
    #[arg(long)]
    pub(crate) fix: bool,

    /// Apply the fixes that may break something too: each says what.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,

    /// Apply fixes and report nothing of what is left.
    #[arg(long)]
    pub(crate) fix_only: bool,

    /// Ask about each fix before it is applied.
    #[arg(long, conflicts_with = "diff")]
    pub(crate) interactive: bool,

    /// Show what would be applied as a patch, and write nothing.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// Which configuration holds.
#[derive(Args, Debug)]
pub(crate) struct Configured {
    /// Take this configuration for every file, and not the `caulk.toml` or `.caulk.toml` that is
    /// nearest to each.
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(crate) config: Option<PathBuf>,

    /// Take no configuration.
    #[arg(long)]
    pub(crate) isolated: bool,
}

/// How Compose projects are read.
#[derive(Args, Debug)]
pub(crate) struct Projects {
    /// Leave out the services of other profiles. May repeat. Without it, every service is shown.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,

    /// Read variables from this file and not from each project's `.env`. May repeat.
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
}

/// Which files of a folder are read.
#[derive(Args, Debug)]
pub(crate) struct Reading {
    /// Also read files that git ignores, and installed packages (`node_modules`,
    /// `vendor/OWNER/PACKAGE`).
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// Do not read hidden files and folders.
    #[arg(long)]
    pub(crate) no_hidden: bool,

    /// Leave out files that git ignores, installed packages, and what the configuration excludes,
    /// even where they are named.
    #[arg(long)]
    pub(crate) force_exclude: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Posture {
    /// Files and folders whose containers are shown. What they refer to is read anywhere in the
    /// repository.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to show them.
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "json"])]
    pub(crate) format: String,

    /// Tell fact by fact what this container holds, and who said so: a name, a path, or a path and
    /// line (`compose.yaml:3`).
    #[arg(long, value_name = "NAME", conflicts_with = "format")]
    pub(crate) explain: Option<String>,

    /// Show below each container what it holds once every fix of this level is applied, the unsafe
    /// ones too.
    #[arg(
        long,
        value_name = "LEVEL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "baseline",
        value_parser = levels(),
        conflicts_with_all = ["format", "explain"]
    )]
    pub(crate) fixed: Option<Level>,

    /// The stage of the Dockerfiles that is built, as `docker build --target` has it.
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) configured: Configured,

    #[command(flatten)]
    pub(crate) projects: Projects,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The rule's id.
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Rules {
    /// How to list them.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(crate) format: String,
}

pub(crate) fn formats() -> impl clap::builder::TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::NAMES).try_map(|name| name.parse::<Format>())
}

pub(crate) fn levels() -> impl clap::builder::TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::NAMES).try_map(|name| name.parse::<Level>())
}

pub(crate) fn severities() -> impl clap::builder::TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::NAMES).try_map(|name| name.parse::<Severity>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_hold_together() {
        Arguments::command().debug_assert();
    }
}
