//! How many calls published profiles open, counted with the names that libseccomp 2.5.4 knows.

mod support;

use std::collections::BTreeSet;

use caulk_linux::DOCKER_DEFAULT;
use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::{Filter, Host, Outcome, Runtime, Surface, default_profile};
use support::oracle::Oracle;

/// allowed, conditional, logged or traced or supervised, denied; then how many calls are open here
/// and not, or only on conditions, in Docker's default; then how many the other way around.
const EXPECTED: &[(&str, [usize; 6])] = &[
    ("alpine-hardened.json", [3, 0, 0, 365, 0, 298]),
    ("cessa-nginx.json", [65, 7, 0, 296, 1, 229]),
    ("containers-common-default.json", [313, 1, 0, 54, 23, 8]),
    ("jessfraz-chrome.json", [272, 0, 0, 96, 10, 37]),
    ("moby-default.json", [298, 3, 0, 67, 0, 0]),
    (
        "moby-fixture-conditional-include.json",
        [2, 0, 0, 366, 0, 299],
    ),
    ("moby-fixture-old-format.json", [267, 2, 0, 99, 2, 33]),
    ("playwright.json", [281, 1, 0, 86, 7, 24]),
    ("runc-test1.json", [277, 6, 0, 85, 3, 21]),
    ("safe-ai.json", [205, 0, 0, 163, 4, 98]),
    ("seccomp-ci-demo.json", [85, 0, 0, 283, 6, 220]),
    ("sockpuppetbrowser-chrome.json", [272, 0, 0, 96, 10, 37]),
    ("syscall2seccomp-nginx.json", [61, 0, 0, 307, 2, 240]),
    ("zaz-highrisk.json", [9, 0, 0, 359, 1, 293]),
    ("zaz-no-highrisk.json", [8, 0, 0, 360, 0, 293]),
];

const HOST: Host = Host::docker(DOCKER_DEFAULT).with(Runtime::Crun);

/// 2 for open, 1 for conditional, 0 for shut.
fn grade(surface: &Surface) -> usize {
    match surface {
        Surface::Conditional(_) => 1,
        Surface::Always(decision) => 2 * usize::from(decision.may_run()),
    }
}

fn row(filter: &Filter, default: &Filter, names: &BTreeSet<&str>) -> [usize; 6] {
    let surface = |filter: &Filter, name| filter.surface_of(Abi::X86_64, name).expect("a call");
    let [mut allowed, mut conditional, mut observed, mut denied] = [0; 4];
    let [mut wider, mut narrower] = [0; 2];
    for name in names {
        let here = surface(filter, name);
        let count = match &here {
            Surface::Conditional(_) => &mut conditional,
            Surface::Always(decision) if decision.outcome() == Some(Outcome::Allow) => &mut allowed,
            Surface::Always(decision) if decision.may_run() => &mut observed,
            Surface::Always(_) => &mut denied,
        };
        *count += 1;
        let (here, there) = (grade(&here), grade(&surface(default, name)));
        wider += usize::from(here > there);
        narrower += usize::from(here == 0 && there > 0);
    }
    [allowed, conditional, observed, denied, wider, narrower]
}

#[test]
fn published_profiles_open_as_many_calls_as_libseccomp_says() {
    let Some(mut oracle) = Oracle::start("counts") else {
        return;
    };
    let names: BTreeSet<&str> = syscalls::names(Abi::X86_64)
        .map(|(name, _)| name)
        .filter(|name| oracle.resolve(Abi::X86_64, name) >= 0)
        .collect();
    println!("{} names known to libseccomp", names.len());
    let profiles = support::profiles();
    let filter = |text: &str| {
        let profile = support::read(text);
        profile.resolve(&HOST).unwrap().into_filter().unwrap()
    };
    let default = default_profile::profile();
    let default = default.resolve(&HOST).unwrap().into_filter().unwrap();
    for (name, expected) in EXPECTED {
        let Some((_, text)) = profiles
            .iter()
            .find(|(path, _)| path.ends_with(&format!("/{name}")))
        else {
            println!("skipped: {name} is not here");
            continue;
        };
        let row = row(&filter(text), &default, &names);
        assert_eq!(row, *expected, "{name}");
    }
}
