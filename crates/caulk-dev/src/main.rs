//! `cargo dev`: maintenance of this repository.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use caulk_dev::files::{Generated, State, names, remove};
use caulk_dev::modules::{FOLDER, modules};
use caulk_dev::ready::{STEPS, Step};
use caulk_dev::{from_rules, images, new_rule, root, syscalls};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo dev", about = "Maintenance of this repository")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the list of the rules, their pages and their tables.
    Generate {
        /// Write nothing; fail where something is stale.
        #[arg(long)]
        check: bool,
        /// Only what comes from the rules as they are compiled in.
        #[arg(long, hide = true)]
        pages: bool,
    },
    /// Write the file and the first fixture page of a new rule, then generate.
    NewRule {
        /// Names the condition and reads well after "ignore": `runs-as-root`.
        id: String,
    },
    /// Write the table of system calls from the Python package `system-calls`.
    Syscalls {
        /// The package's folder, unpacked: it holds `linux_version.py` and `tables`.
        folder: PathBuf,
    },
    /// Print rows for the table of base images, from Dockerfiles, and compare them with the table.
    Images {
        /// A list with lines `IMAGE = PATH from SOURCE`, or a folder in which each folder with a
        /// `Dockerfile` is called as its image is.
        from: PathBuf,
    },
    /// Run what CI runs, in its order, up to the first command that fails.
    Ready,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Generate { check, pages } => generate(check, pages),
        Command::NewRule { id } => start_rule(&id),
        Command::Syscalls { folder } => {
            syscalls::table(&folder).and_then(|table| settle(&root(), &table, false).map(drop))
        }
        Command::Images { from } => compare_images(&from),
        Command::Ready => ready(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(check: bool, pages: bool) -> Result<(), String> {
    let root = root();
    if !pages {
        let files = names(&root.join(FOLDER), ".rs").map_err(|error| error.to_string())?;
        if settle(&root, &modules(&files), check)? {
            // This program was built with the old list: another one has to write the pages.
            return run(&Step {
                environment: None,
                arguments: &[
                    "run",
                    "--quiet",
                    "--package",
                    "caulk-dev",
                    "--",
                    "generate",
                    "--pages",
                ],
            });
        }
    }
    let all = from_rules(caulk_rules::ALL);
    for generated in &all {
        settle(&root, generated, check)?;
    }
    let pages = names(&root.join("docs/rules"), ".md").map_err(|error| error.to_string())?;
    for page in pages.iter().map(|page| format!("docs/rules/{page}.md")) {
        if all.iter().any(|generated| generated.path == page) {
            continue;
        }
        if check {
            return Err(format!("{page} is no rule's page"));
        }
        println!("removed {page}");
        remove(&root.join(&page)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Writes what is stale, and says whether it was; fails instead where nothing may be written.
fn settle(root: &Path, generated: &Generated, check: bool) -> Result<bool, String> {
    let path = &generated.path;
    match generated.state(root) {
        State::Fresh => Ok(false),
        State::NoMarkers => Err(format!(
            "{path} has no markers to write between: {:?}",
            generated.extent
        )),
        State::Stale(_) if check => Err(format!("{path} is stale: run `cargo dev generate`")),
        State::Stale(whole) => {
            generated
                .write(root, &whole)
                .map_err(|error| format!("{path}: {error}"))?;
            println!("wrote {path}");
            Ok(true)
        }
    }
}

fn start_rule(id: &str) -> Result<(), String> {
    let root = root();
    let files = new_rule::new_rule(id)?;
    if let Some(there) = files.iter().find(|file| root.join(&file.path).exists()) {
        return Err(format!("{} is there already", there.path));
    }
    for file in &files {
        settle(&root, file, false)?;
    }
    generate(false, false)?;
    println!("now fill in what says SAY, page first; `cargo test --package caulk-rules` judges it");
    Ok(())
}

fn compare_images(from: &Path) -> Result<(), String> {
    let (folder, entries) = images::entries(from)?;
    print!("{}", images::report(&folder, &entries)?);
    Ok(())
}

fn ready() -> Result<(), String> {
    for step in STEPS {
        println!("$ {}", step.line());
        run(step)?;
    }
    println!("ready");
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "it runs the commands that a developer would type"
)]
fn run(step: &Step) -> Result<(), String> {
    let mut command = std::process::Command::new("cargo");
    command
        .args(step.arguments)
        .current_dir(root())
        .envs(step.environment);
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", step.line()))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("this fails: {}", step.line()))
}
