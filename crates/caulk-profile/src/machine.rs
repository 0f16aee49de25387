//! What a machine's kernel runs.

use caulk_linux::syscalls::Abi;
use caulk_seccomp::default_profile::ARCHITECTURES;

/// The ABIs that the kernel of a machine runs, its own first. What a profile lists beyond them is
/// never asked there.
pub fn abis(machine: Abi) -> Vec<Abi> {
    let row = ARCHITECTURES.iter().find(|(own, _)| *own == machine);
    let others = row.map(|(_, others)| *others).unwrap_or_default();
    let mut abis = vec![machine];
    abis.extend(others);
    abis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_comes_first() {
        assert_eq!(abis(Abi::X86_64), [Abi::X86_64, Abi::X86, Abi::X32]);
        assert_eq!(abis(Abi::Aarch64), [Abi::Aarch64, Abi::Arm]);
        assert_eq!(abis(Abi::Ppc64le), [Abi::Ppc64le]);
    }
}
