//! Packages whose signatures nobody checks.

use caulk_model::build::UnsignedPackages;

use super::{Notes, spelling, written_into};
use crate::shell::{Call, Value};

/// Options that switch the check off, by program.
#[rustfmt::skip]
const OPTIONS: &[(&[&str], &[&str])] = &[
    (&["apt", "apt-get", "aptitude"], &["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories", "--no-gpg-check"]),
    (&["apk"], &["--allow-untrusted"]),
    (&["yum", "dnf", "dnf5", "microdnf", "tdnf"], &["--nogpgcheck", "--no-gpgchecks"]),
    (&["zypper"], &["--no-gpg-checks"]),
    (&["rpm"], &["--nosignature", "--nogpg"]),
];

/// Settings, in lower case and without blanks, and where they stand: as a word of a package manager,
/// or in one of its files.
#[rustfmt::skip]
const SETTINGS: &[(&str, &[&str], &str)] = &[
    ("apt", &["/apt/"], "trusted=yes"),
    ("apt", &["/apt/"], "allowunauthenticated\"true\""),
    ("apt", &["/apt/"], "allowunauthenticatedtrue"),
    ("apt", &["/apt/"], "allowinsecurerepositories\"true\""),
    ("yum", &[".repo", "yum.conf", "dnf.conf"], "gpgcheck=0"),
    ("pacman", &["pacman.conf"], "siglevel=never"),
    ("pacman", &["pacman.conf"], "siglevel=optionaltrustall"),
];

/// Notes what the commands of a `RUN` install unchecked.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call]) {
    for (index, call) in calls.iter().enumerate() {
        options(notes, calls, index);
        for (manager, files, setting) in SETTINGS {
            let is_it = |path: &str| files.iter().any(|file| path.contains(file));
            let Some(text) = written_into(calls, call, &is_it) else {
                continue;
            };
            if squeezed(&text).contains(setting) {
                let packages = UnsignedPackages {
                    manager: (*manager).to_owned(),
                    spelling: (*setting).replace('"', " ").trim_end().to_owned(),
                    lasts: true,
                    local: false,
                    correction: None,
                };
                notes.add(|build| &mut build.unsigned_packages, call.span, packages);
                break;
            }
        }
    }
}

fn squeezed(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect()
}

fn options(notes: &mut Notes<'_>, calls: &[Call], index: usize) {
    let Some((call, program)) = calls
        .get(index)
        .and_then(|call| Some((call, call.program()?)))
    else {
        return;
    };
    let known = OPTIONS
        .iter()
        .find(|(programs, _)| programs.contains(&program.as_str()))
        .map(|(_, options)| *options);
    let operands: Vec<String> = call.operands().iter().map(Value::shown).collect();
    let local = is_local(&program, &operands);
    if local && super::remote::is_checked_before(calls, index) {
        return;
    }
    for (at, word) in operands.iter().enumerate() {
        let by_option = known.is_some_and(|options| options.contains(&word.as_str()));
        let lower = squeezed(word);
        let by_setting = match program.as_str() {
            "apt" | "apt-get" | "aptitude" => {
                lower.contains("allowunauthenticated=true")
                    || lower.contains("allowunauthenticated=1")
                    || lower.contains("allowinsecurerepositories=true")
            }
            "yum" | "dnf" | "microdnf" | "tdnf" | "yum-config-manager" => {
                lower.starts_with("--setopt") && lower.contains("gpgcheck=0")
                    || lower.starts_with("--setopt") && lower.contains("gpgcheck=false")
            }
            _ => false,
        };
        if !by_option && !by_setting {
            continue;
        }
        let correction = spelling::without(call, at, None, 1, notes.source)
            // `-o` stands in front of it.
            .filter(|_| by_option || lower.starts_with("--"));
        let packages = UnsignedPackages {
            manager: program.clone(),
            spelling: word.clone(),
            lasts: false,
            local,
            correction,
        };
        if let Some(span) = call.operands().get(at).map(|word| word.span) {
            notes.add(|build| &mut build.unsigned_packages, span, packages);
        }
    }
}

/// Whether all that is installed is files: then nothing is fetched whose maker would be known.
fn is_local(program: &str, operands: &[String]) -> bool {
    let ends = match program {
        "apk" => ".apk",
        "rpm" | "yum" | "dnf" | "microdnf" | "tdnf" | "zypper" => ".rpm",
        _ => ".deb",
    };
    let mut packages = operands
        .iter()
        .filter(|word| !word.starts_with('-') && !matches!(word.as_str(), "add" | "install" | "in"))
        .peekable();
    packages.peek().is_some() && packages.all(|word| word.ends_with(ends) && !word.contains("://"))
}
