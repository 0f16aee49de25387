//! From names to numbers and back.

use super::Abi;
use super::table::ROWS;

/// A name and its number in each column, x32's without its bit.
pub(super) type Row = (&'static str, [u32; COLUMNS]);

/// The columns of the table.
const COLUMNS: usize = 14;

/// The mark of a call that a column does not have.
pub(super) const NO: u32 = u32::MAX;

/// What tells x32's numbers from those of `x86_64`: `__X32_SYSCALL_BIT`.
const X32_BIT: u32 = 0x4000_0000;

/// Names that the headers give to a number beside its own: where, the name, and the one in the
/// table.
///
/// `arm_sync_file_range` is how `asm/unistd.h` of ARM, libseccomp and Docker's default profile call
/// what the kernel's own table has as `sync_file_range2`.
const ALIASES: &[(Abi, &str, &str)] = &[(Abi::Arm, "arm_sync_file_range", "sync_file_range2")];

/// The number of the call with this name, if this ABI has it. Numbers of x32 carry their bit.
///
/// libseccomp's pseudo numbers, the negative ones that it gives to calls which an architecture does
/// not have or reaches through a multiplexer, are not here: see [`Abi::subcall`].
pub fn number(abi: Abi, name: &str) -> Option<u32> {
    let alias = ALIASES.iter().find(|one| (one.0, one.1) == (abi, name));
    let (_, numbers) = find(alias.map_or(name, |alias| alias.2))?;
    in_column(abi, numbers)
}

/// The name under which the table has this call.
pub(super) fn canonical(name: &str) -> &str {
    let alias = ALIASES.iter().find(|one| one.1 == name);
    alias.map_or(name, |alias| alias.2)
}

/// The name of the call with this number. A number of x32 must carry its bit.
pub fn name(abi: Abi, number: u32) -> Option<&'static str> {
    let number = match (abi, number & X32_BIT != 0) {
        (Abi::X32, true) => number & !X32_BIT,
        (Abi::X32, false) => return None,
        _ => number,
    };
    let row = BY_NUMBER.get(abi.column())?.get(slot(number)?)?;
    let (name, numbers) = ROWS.get(usize::from(*row))?;
    (numbers.get(abi.column()) == Some(&number)).then_some(*name)
}

/// Every call of this ABI with its number, in the order of the numbers; one name for each.
pub fn names(abi: Abi) -> impl Iterator<Item = (&'static str, u32)> {
    let rows = BY_NUMBER.get(abi.column()).into_iter().flatten();
    rows.filter_map(move |row| {
        let (name, numbers) = ROWS.get(usize::from(*row))?;
        Some((*name, in_column(abi, numbers)?))
    })
}

/// Every name of any ABI, sorted.
pub fn all_names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|(name, _)| *name)
}

/// Whether any ABI has a call with this name.
pub fn is_known(name: &str) -> bool {
    find(canonical(name)).is_some()
}

/// The ABIs that have a call with this name.
pub fn abis(name: &str) -> impl Iterator<Item = Abi> {
    Abi::ALL
        .iter()
        .copied()
        .filter(move |abi| number(*abi, name).is_some())
}

fn find(name: &str) -> Option<&'static Row> {
    let index = ROWS
        .binary_search_by(|(there, _)| (*there).cmp(name))
        .ok()?;
    ROWS.get(index)
}

fn in_column(abi: Abi, numbers: &[u32; COLUMNS]) -> Option<u32> {
    let number = *numbers.get(abi.column())?;
    let bit = if abi == Abi::X32 { X32_BIT } else { 0 };
    (number != NO).then_some(number | bit)
}

/// ARM's private calls lie far behind the others: `__ARM_NR_BASE`.
const ARM_BASE: u32 = 0x0f_0000;

/// How many numbers a column has room for.
const SLOTS: usize = 640;

/// Where the ARM's private calls begin.
const ARM_SLOT: u32 = 624;

/// The place of a number: the MIPS ABIs count from 4000, 5000 and 6000, and no ABI has 1000 calls.
const fn slot(number: u32) -> Option<usize> {
    let slot = match number {
        ARM_BASE.. => match (number - ARM_BASE).checked_add(ARM_SLOT) {
            Some(slot) => slot,
            None => return None,
        },
        4000..7000 => number % 1000,
        _ => number,
    };
    if slot < 640 {
        Some(slot as usize)
    } else {
        None
    }
}

/// The row of each number, for each column.
static BY_NUMBER: [[u16; SLOTS]; COLUMNS] = by_number();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::large_stack_arrays,
    reason = "only the compiler evaluates it, and what is out of bounds does not compile"
)]
const fn by_number() -> [[u16; SLOTS]; COLUMNS] {
    assert!(ROWS.len() < u16::MAX as usize, "a row has a 16-bit index");
    let mut rows = [[u16::MAX; SLOTS]; COLUMNS];
    let mut row = 0;
    while row < ROWS.len() {
        let mut column = 0;
        while column < COLUMNS {
            let number = ROWS[row].1[column];
            if number != NO {
                let slot = slot(number).expect("a slot for every number");
                assert!(rows[column][slot] == u16::MAX, "one name for a number");
                rows[column][slot] = row as u16;
            }
            column += 1;
        }
        row += 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_once() {
        assert!(ROWS.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn a_number_leads_back_to_its_name_everywhere() {
        for abi in Abi::ALL.iter().copied() {
            let calls: Vec<_> = names(abi).collect();
            assert!(calls.len() > 300, "{abi}");
            assert!(calls.is_sorted_by(|one, other| one.1 < other.1), "{abi}");
            let rows = all_names().filter(|name| number(abi, name).is_some());
            assert_eq!(calls.len(), rows.count(), "{abi}");
            for (call, number_of) in calls {
                assert_eq!(name(abi, number_of), Some(call), "{abi}");
                assert_eq!(number(abi, call), Some(number_of), "{abi}");
            }
        }
    }

    #[test]
    fn known_facts() {
        assert_eq!(number(Abi::X86_64, "openat"), Some(257));
        assert_eq!(number(Abi::Aarch64, "open"), None);
        assert_eq!(number(Abi::X32, "read"), Some(0x4000_0000));
        assert_eq!(name(Abi::X32, 0), None);
        assert_eq!(name(Abi::X86_64, 0x4000_0000), None);
        assert_eq!(number(Abi::Arm, "set_tls"), Some(0x0f_0005));
        assert_eq!(name(Abi::Arm, 0x0f_0005), Some("set_tls"));
        assert_eq!(number(Abi::Mipsel64N32, "read"), Some(6000));
        assert_eq!(name(Abi::Mips, 3), None);
        assert_eq!(name(Abi::Mips, 5003), None);
        for number in [640, 999, 7000, 0x0e_ffff, 0x0f_0010, u32::MAX] {
            assert_eq!(name(Abi::Arm, number), None, "{number}");
        }
    }

    #[test]
    fn an_alias_is_known_where_it_is_one() {
        assert_eq!(number(Abi::Arm, "arm_sync_file_range"), Some(341));
        assert_eq!(name(Abi::Arm, 341), Some("sync_file_range2"));
        assert_eq!(number(Abi::X86_64, "arm_sync_file_range"), None);
        assert!(is_known("arm_sync_file_range") && is_known("_sysctl"));
        assert!(!is_known("pwrite") && !is_known(""));
        assert!(abis("arch_prctl").eq([Abi::X86_64, Abi::X86, Abi::X32]));
    }
}
