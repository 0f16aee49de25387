//! What the tests against libseccomp share.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file uses a part of it"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and it reads its data and starts its oracle"
)]

pub(crate) mod everything;
pub(crate) mod interpret;
pub(crate) mod oracle;
pub(crate) mod random;

use std::path::{Path, PathBuf};

use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::{Filter, Host, Profile, Surface, parse};
use caulk_source::FileId;

/// The profile of a text.
pub(crate) fn read(text: &str) -> Profile {
    parse(FileId::FIRST, text).profile.expect("an object")
}

/// The filter that a host makes of a text.
pub(crate) fn filter(text: &str, host: &Host) -> Filter {
    let resolution = read(text).resolve(host).expect("it loads");
    resolution.into_filter().expect("a filter")
}

/// The profiles that others published, where they are at hand, and those of our examples.
pub(crate) fn profiles() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    let shared = root.join("../shared/seccomp");
    if !shared.is_dir() {
        eprintln!("skipped: {} is not here", shared.display());
    }
    for folder in [
        shared,
        root.join("examples/hardened/seccomp"),
        root.join("examples/insecure/seccomp"),
    ] {
        files.extend(json_files(&folder));
    }
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .collect()
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect()
}

/// Every number of an ABI that is worth asking about: those of the table, and some that have no
/// name.
pub(crate) fn numbers(abi: Abi) -> Vec<u32> {
    let mut numbers: Vec<u32> = syscalls::names(abi).map(|(_, number)| number).collect();
    let last = *numbers.last().unwrap();
    numbers.extend([last + 1, last + 1000, 0x3fff_ffff]);
    if abi == Abi::X86_64 {
        numbers.extend([0x4000_0000, 0x8000_0000, 0xffff_fffe]);
    }
    numbers
}

/// Arguments around every number that a call is compared with, in all combinations that are few and
/// a mix of those that are many.
pub(crate) fn arguments(filter: &Filter, abi: Abi, number: u32) -> Vec<[u64; 6]> {
    let Surface::Conditional(conditional) = filter.surface(abi, number) else {
        return vec![[0; 6], [u64::MAX; 6], [1, 2, 3, 4, 5, 6]];
    };
    let mut columns = vec![vec![0, 1, u64::MAX]; 6];
    for condition in conditional.cases.iter().flat_map(|case| &case.conditions) {
        let column = &mut columns[usize::from(condition.index)];
        let value = condition.test.value();
        let mut values = vec![value];
        if let caulk_seccomp::Test::Masked { mask, value } = condition.test {
            values.extend([
                mask,
                value | !mask,
                value ^ mask,
                value ^ (mask & mask.wrapping_neg()),
            ]);
        }
        for value in values {
            for near in [value.wrapping_sub(1), value, value.wrapping_add(1)] {
                column.extend([
                    near,
                    near.wrapping_add(1 << 32),
                    near.wrapping_sub(1 << 32),
                    near | 0x8000_0000_0000_0000,
                    near & 0xffff_ffff,
                ]);
            }
        }
    }
    for column in &mut columns {
        column.sort_unstable();
        column.dedup();
    }
    let mut random = random::Random::new(u64::from(number));
    let mut arguments = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        for value in column {
            let mut tried = [0; 6];
            tried[index] = *value;
            arguments.push(tried);
        }
    }
    for _ in 0..60 {
        arguments.push([0, 1, 2, 3, 4, 5].map(|index| random.pick(&columns[index])));
    }
    arguments
}
