//! How long a profile takes from its text to an answer for every call.

use caulk_linux::DOCKER_DEFAULT;
use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::{Filter, Host, Profile, compare, default_profile, parse};
use caulk_source::FileId;

fn main() {
    divan::main();
}

fn profile() -> Profile {
    let parsed = parse(FileId::FIRST, &default_profile::text());
    parsed.profile.expect("an object")
}

fn filter(profile: &Profile) -> Filter {
    let resolution = profile.resolve(&Host::docker(DOCKER_DEFAULT));
    let filter = resolution.expect("it loads").into_filter();
    filter.expect("a filter")
}

/// The calls of x86-64, with arguments of nothing.
fn decide_all(filter: &Filter) -> usize {
    let calls = syscalls::names(Abi::X86_64);
    calls
        .filter(|(_, number)| filter.decide(Abi::X86_64, *number, [0; 6]).may_run())
        .count()
}

#[divan::bench]
fn parse_default(bencher: divan::Bencher<'_, '_>) {
    let text = default_profile::text();
    bencher.bench(|| parse(FileId::FIRST, &text));
}

#[divan::bench]
fn resolve_default(bencher: divan::Bencher<'_, '_>) {
    let profile = profile();
    bencher.bench(|| filter(&profile));
}

#[divan::bench]
fn decide_every_call(bencher: divan::Bencher<'_, '_>) {
    let filter = filter(&profile());
    bencher.bench(|| decide_all(&filter));
}

#[divan::bench]
fn resolve_and_decide_every_call(bencher: divan::Bencher<'_, '_>) {
    let profile = profile();
    bencher.bench(|| decide_all(&filter(&profile)));
}

#[divan::bench]
fn compare_with_itself(bencher: divan::Bencher<'_, '_>) {
    let filter = filter(&profile());
    bencher.bench(|| compare(&filter, &filter, Abi::X86_64).len());
}

#[divan::bench]
fn compile(bencher: divan::Bencher<'_, '_>) {
    let filter = filter(&profile());
    bencher.bench(|| filter.export_bpf().expect("it fits").len());
}
