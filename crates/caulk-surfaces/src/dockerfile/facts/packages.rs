//! Packages whose signatures nobody checks.

use caulk_model::build::{SignatureOf, UnsignedPackages};

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
    let fetched = calls.iter().position(|call| call.fetch().is_some());
    let checked = super::remote::first_and_last_check(calls).map(|(first, _)| first);
    for (index, call) in calls.iter().enumerate() {
        let mut words = call.operands().iter().chain(&call.fed);
        if words.any(|word| lets_index_in(&squeezed(&word.shown()))) {
            notes.add(|build| &mut build.unsigned_indexes, call.span, ());
        }
        // What the build brings itself has no signature, and needs none. What a step has downloaded may
        // have been compared with a checksum.
        let trusted =
            fetched.is_none_or(|fetch| fetch > index) || checked.is_some_and(|check| check < index);
        options(notes, call, trusted);
        for (manager, files, setting) in SETTINGS {
            let is_it = |path: &str| files.iter().any(|file| path.contains(file));
            let Some(text) = written_into(calls, call, &is_it) else {
                continue;
            };
            // A repository of files that the step has made itself comes from nobody else.
            let own = *setting == "trusted=yes"
                && text
                    .lines()
                    .filter(|line| squeezed(line).contains(setting))
                    .all(|line| line.contains("] file:") || line.contains("] copy:"));
            if squeezed(&text).contains(setting) && !own {
                let packages = UnsignedPackages {
                    manager: (*manager).to_owned(),
                    spelling: (*setting).replace('"', " ").trim_end().to_owned(),
                    subject: String::new(),
                    signature_of: signature_of(manager, setting),
                    lasts: true,
                    local: false,
                    compared: false,
                    correction: None,
                };
                notes.add(|build| &mut build.unsigned_packages, call.span, packages);
                break;
            }
        }
    }
}

/// Of what the signature is whose check is switched off: of the packages, and not the index of their repository: of
/// one that nobody has signed, apt refuses that already, since 1.5 by whatever name it is called.
fn signature_of(manager: &str, spelling: &str) -> SignatureOf {
    let is_apt = matches!(manager, "apt" | "apt-get" | "aptitude");
    let on_packages = ["allow-unauthenticated", "allowunauthenticated", "force-yes"];
    if is_apt && on_packages.iter().any(|part| spelling.contains(part)) {
        SignatureOf::Packages
    } else {
        SignatureOf::All
    }
}

/// Whether a text lets the index of a repository of apt in that nobody has signed: an option, a setting,
/// a line of sources. A repository of files is the build's own.
fn lets_index_in(text: &str) -> bool {
    let own = text.contains("]file:") || text.contains("]copy:");
    let sources = [
        "trusted=yes",
        "trusted:yes",
        "allow-insecure=yes",
        "allow-insecure:yes",
    ];
    let settings = [
        "allowinsecurerepositories=true",
        "allowinsecurerepositories=1",
        "allowinsecurerepositories\"true\"",
        "allowinsecurerepositoriestrue",
    ];
    let is_in = |texts: &[&str]| texts.iter().any(|one| text.contains(one));
    text == "--allow-insecure-repositories" || is_in(&settings) || (is_in(&sources) && !own)
}

fn squeezed(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect()
}

fn options(notes: &mut Notes<'_>, call: &Call, trusted: bool) {
    let Some(program) = call.program() else {
        return;
    };
    let known = OPTIONS
        .iter()
        .find(|(programs, _)| programs.contains(&program.as_str()))
        .map(|(_, options)| *options);
    let operands: Vec<String> = call.operands().iter().map(Value::shown).collect();
    let (installs, local) = installed(&program, &operands);
    if !installs || (local == Local::All && trusted) {
        return;
    }
    // What else apk installs beside a file that was compared is compared with its index, and the option
    // counts for that where this call fetches it.
    let fetches = || {
        let update = ["-U", "--no-cache", "--update", "--update-cache"];
        operands.iter().any(|word| update.contains(&word.as_str()))
    };
    if program == "apk" && local == Local::Some && trusted && !fetches() {
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
            subject: spelling::subject(call),
            signature_of: signature_of(&program, &lower),
            lasts: false,
            local: local != Local::Nothing,
            compared: trusted,
            correction,
        };
        if let Some(span) = call.operands().get(at).map(|word| word.span) {
            notes.add(|build| &mut build.unsigned_packages, span, packages);
        }
    }
}

/// How much of what is installed is files, and not fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Local {
    Nothing,
    Some,
    All,
}

/// Words with which package managers install something, or look what there is.
const COMMANDS: &[&str] = &[
    "add",
    "build-dep",
    "dist-upgrade",
    "full-upgrade",
    "in",
    "install",
    "localinstall",
    "update",
    "upgrade",
];

/// Whether something is installed, and how much of it is files.
fn installed(program: &str, operands: &[String]) -> (bool, Local) {
    let ends = match program {
        "apk" => ".apk",
        "rpm" | "yum" | "dnf" | "microdnf" | "tdnf" | "zypper" => ".rpm",
        _ => ".deb",
    };
    let is_command = |word: &String| COMMANDS.contains(&word.as_str());
    let installs =
        matches!(program, "rpm" | "yum-config-manager") || operands.iter().any(is_command);
    let packages = operands
        .iter()
        .filter(|word| !word.starts_with('-') && !is_command(word));
    let (mut files, mut others) = (0_usize, 0_usize);
    for package in packages {
        if package.ends_with(ends) && !package.contains("://") {
            files += 1;
        } else {
            others += 1;
        }
    }
    let local = match (files, others) {
        (0, _) => Local::Nothing,
        (_, 0) => Local::All,
        _ => Local::Some,
    };
    (installs, local)
}
