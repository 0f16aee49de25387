//! See the page below.

use caulk_model::build::{BuildFact, SignatureOf, Stage, UnsignedPackages};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build installs packages without checking who made them.
    ///
    /// ## Why it matters
    ///
    /// A package manager trusts a package because its distribution has signed it, not because of the
    /// mirror from which it came. With the check switched off, any mirror and whoever sits in front of it
    /// can replace any package, and a package's own scripts run as root while it is installed.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// RUN apt-get update && apt-get install -y --allow-unauthenticated acme-agent
    /// ```
    ///
    /// ## Good
    ///
    /// The repository's key is known, for this repository alone:
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// COPY acme.gpg /usr/share/keyrings/acme.gpg
    /// RUN echo "deb [signed-by=/usr/share/keyrings/acme.gpg] https://packages.acme.dev stable main" \
    ///       > /etc/apt/sources.list.d/acme.list \
    ///     && apt-get update && apt-get install -y acme-agent
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *An option*: one of apt, apk, yum and dnf, zypper, rpm and pacman that switches the check off.
    /// - *A configuration*: a setting that does so, in a file that a step writes.
    /// - *The index comes first*: apt refuses the index of a repository that nobody has signed, since 1.5
    ///   under each of its names. So `--allow-unauthenticated`, `--force-yes` and `AllowUnauthenticated` are
    ///   high only where the stage lets that in as well (`[trusted=yes]`, `allow-insecure=yes`,
    ///   `AllowInsecureRepositories`), or its base image has an older apt: Debian before 10, Ubuntu before
    ///   18.04. Otherwise they are low, and medium where nobody here knows which apt it is.
    /// - *Files of the build* (silent): packages that the build brings itself need no signature, and
    ///   neither does a repository of packages on its own disk.
    /// - *Downloaded files*: if files are among what is installed that a step has downloaded, severity is
    ///   medium, because the option is there for them; all of them compared with a checksum in the same
    ///   step, they are not reported.
    ///   With packages of a repository beside them the option holds for those too, and is reported.
    /// - *The other branch* (fires): of an `if` of which both branches do it, the other one is a related
    ///   place, and no second finding.
    /// - *A build argument* (fires): a branch that runs only where a build argument has a certain value
    ///   names it; where that is not its value here, confidence is low.
    /// - *Another stage*: it counts if the image takes files from it.
    ///
    /// ## About the fix
    ///
    /// It removes the option. Packages without a signature, or with one whose key the image does not have,
    /// are refused then: put the key into the image. Where a downloaded file is compared before, and for
    /// any downloaded file of apk, there is none: such a file needs the option. Install it in a step of its
    /// own, and the rest without.
    ///
    /// ## Sources
    ///
    /// apt-secure(8), apt-get(8), sources.list(5); apk(8) and apk-tools `src/database.c` (each package
    /// of a repository is compared with its index, whatever the option; an index is fetched again where it is
    /// asked for, where none is kept, and after four hours); dnf(8), yum.conf(5); zypper(8); rpm(8);
    /// pacman.conf(5).
    "unauthenticated-packages",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::same(Authority::Cis, "4.11"),
        Reference::like(Authority::Nist, "4.1.5"),
        Reference::like(Authority::DockerBench, "check_4_11"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_7"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_8"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_9"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_10"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_11"),
        Reference::like(Authority::TrailOfBits, "installer-allow-untrusted"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let facts = build::facts(repository, |build| &build.unsigned_packages);
    let is_same = |one: &UnsignedPackages, other: &UnsignedPackages| {
        (
            &one.manager,
            &one.spelling,
            one.lasts,
            one.local,
            one.compared,
        ) == (
            &other.manager,
            &other.spelling,
            other.lasts,
            other.local,
            other.compared,
        )
    };
    for same in build::alternatives(facts, is_same) {
        findings.report(same.with_others(finding(same.container, same.fact, &same.others)));
    }
}

fn finding(
    container: &Container,
    fact: &BuildFact<UnsignedPackages>,
    others: &[&BuildFact<UnsignedPackages>],
) -> Finding {
    let packages = &fact.value;
    let manager = &packages.manager;
    let index = index(container, fact);
    let needs_index = packages.signature_of == SignatureOf::Packages && index != Index::Unchecked;
    let says = says(packages, needs_index);
    let why = if packages.local && packages.compared && manager == "apk" {
        "the downloaded file is checked before, but this call fetches the index, the option takes one that \
         nobody has signed, and what else is installed is compared with that"
    } else if packages.local && packages.compared {
        "the downloaded file is checked before, but the option holds for all that is installed with it: \
         of that nothing is checked, and the scripts of packages run as root"
    } else if packages.local {
        "a package that was downloaded is what the server sent, the option holds for all that is installed \
         with it, and the scripts of packages run as root"
    } else if needs_index && index == Index::Checked {
        "apt refuses the index of a repository that nobody has signed, so this alone lets nothing in; it \
         takes the second check away, and once the first is off as well nothing is left"
    } else if needs_index {
        "an apt before 1.5 takes in the index of a repository that nobody has signed, and then any mirror \
         can put a package of its own into the image; a later one refuses it, and this takes the second \
         check away"
    } else {
        "any mirror, and whoever sits in front of it, can put a package of his own into the image, and its \
         scripts run as root"
    };
    let severity = match index {
        Index::Checked if needs_index => Severity::Low,
        Index::NotKnown if needs_index => Severity::Medium,
        _ if packages.local && packages.compared && manager == "apk" => Severity::Low,
        _ if packages.local => Severity::Medium,
        Index::Checked | Index::NotKnown | Index::Unchecked => Severity::High,
    };
    let label = "accepts packages that nobody has signed";
    let finding = build::report(&RULE.info, container, fact, label, &says)
        .severity(severity)
        .fact(format!(
            "packages {manager} {} {}",
            packages.spelling, packages.subject
        ))
        .why(why);
    if packages.local && packages.compared {
        return finding.advice(format!(
            "install the checked file in a step of its own, and the rest without `{}`",
            packages.spelling
        ));
    }
    // apk asks a file for a signature as well, and what comes from elsewhere is signed with a key that
    // no image has.
    if packages.local && manager == "apk" {
        return finding.advice(
            "compare the file with a checksum that stands here, and install it in a step of its own",
        );
    }
    match remedy(packages, others) {
        Some(remedy) => finding.remedy(remedy),
        None => finding.advice("put the key of whoever signs the packages into the image instead"),
    }
}

/// What it does, by whether the index would have to be let in as well.
fn says(packages: &UnsignedPackages, needs_index: bool) -> String {
    let manager = &packages.manager;
    match (needs_index, packages.lasts) {
        (true, true) => {
            format!("tells `{manager}` to accept packages that nobody has signed, from here on")
        }
        (true, false) => format!("tells `{manager}` to accept packages that nobody has signed"),
        (false, true) => format!("tells `{manager}` not to check packages, from here on"),
        (false, false) => format!("installs packages that `{manager}` does not check"),
    }
}

/// Whether the index of a repository that nobody has signed gets in, where packages of apt are installed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Index {
    /// The apt that is there refuses it.
    Checked,
    /// The stage lets it in, or its apt does by itself.
    Unchecked,
    /// Which apt is there nobody here knows.
    NotKnown,
}

fn index(container: &Container, fact: &BuildFact<UnsignedPackages>) -> Index {
    let build = &container.image.build;
    let is_here =
        |stage: &Stage| stage.from == fact.stage.from || (stage.ships && fact.stage.ships);
    if build
        .unsigned_indexes
        .iter()
        .any(|index| is_here(&index.stage))
    {
        return Index::Unchecked;
    }
    let mut bases = build.bases.iter();
    let base = bases.find(|base| is_here(&base.stage) && !base.value.copied_from);
    match base.map(|base| base.value.name()) {
        Some(name) => index_of(&name.to_ascii_lowercase()),
        None => Index::NotKnown,
    }
}

/// The same by the name of the image: the releases of Debian and Ubuntu bring apt before 1.5 or a later
/// one.
fn index_of(image: &str) -> Index {
    const OLD: &[&str] = &[
        "wheezy", "jessie", "stretch", "precise", "trusty", "xenial", "zesty",
    ];
    const NEW: &[&str] = &[
        "buster", "bullseye", "bookworm", "trixie", "bionic", "focal", "jammy", "noble",
    ];
    const OLD_NUMBERS: &[&str] = &[
        "ubuntu12.",
        "ubuntu14.",
        "ubuntu16.",
        "ubuntu17.04",
        "ubuntu:12.",
        "ubuntu:14.",
        "ubuntu:16.",
        "ubuntu:17.04",
    ];
    let image = image.split('@').next().unwrap_or_default();
    let has = |names: &[&str]| {
        let mut words = image.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| names.contains(&word))
    };
    let (name, tag) = image.split_once(':').unwrap_or((image, "latest"));
    let number = tag.split(['.', '-']).next().unwrap_or_default();
    let debian = (name == "debian").then(|| number.parse::<u32>());
    if has(OLD) || OLD_NUMBERS.iter().any(|one| image.contains(one)) {
        return Index::Unchecked;
    }
    match debian {
        Some(Ok(..=9)) => Index::Unchecked,
        Some(Ok(_)) => Index::Checked,
        Some(Err(_)) if tag == "latest" || tag == "stable" || tag.starts_with("stable-") => {
            Index::Checked
        }
        _ if has(NEW) => Index::Checked,
        None if name == "ubuntu" && (tag == "latest" || number.parse::<u32>().is_ok()) => {
            Index::Checked
        }
        Some(Err(_)) | None => Index::NotKnown,
    }
}

/// The option taken out, wherever it stands.
fn remedy(packages: &UnsignedPackages, others: &[&BuildFact<UnsignedPackages>]) -> Option<Remedy> {
    let mut remedy = build::spelt(
        packages.correction.as_ref()?,
        format!("let `{}` check what it installs", packages.manager),
        "packages without a signature, or whose key the image does not have, are refused",
    );
    for other in others {
        let correction = other.value.correction.as_ref()?;
        remedy.changes.push(Change::Become {
            entry: correction.entry,
            value: correction.value.clone(),
        });
    }
    Some(remedy)
}
