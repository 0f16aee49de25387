//! How long it takes to look a system call up.

use caulk_linux::syscalls::{Abi, all_names, misnamed, name, names, number};

fn main() {
    divan::main();
}

/// Every name there is, on one ABI.
#[divan::bench]
fn numbers_of_all_names() -> usize {
    let known = all_names().filter(|name| number(Abi::X86_64, divan::black_box(name)).is_some());
    known.count()
}

/// Every number of one ABI.
#[divan::bench]
fn names_of_all_numbers() -> usize {
    let known = (0..480).filter(|number| name(Abi::X86_64, divan::black_box(*number)).is_some());
    known.count()
}

/// The whole list of one ABI.
#[divan::bench]
fn list() -> usize {
    names(divan::black_box(Abi::X86_64)).count()
}

/// The dearest answer: a long name near to none.
#[divan::bench]
fn nothing_meant() -> bool {
    misnamed(divan::black_box("get_something_that_is_no_call")).is_none()
}
