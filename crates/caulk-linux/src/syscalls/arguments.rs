//! What each call takes.

use super::Abi;
use super::prototypes::{CALLS, OVERRIDES};

/// An argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Argument {
    /// Its name in the kernel's source.
    pub name: &'static str,
    /// Which part of the register the kernel uses.
    pub kind: ArgumentKind,
}

/// Which part of a register the kernel uses as an argument.
///
/// A filter compares the whole register, 64 bits of it on a 64-bit machine, and the caller chooses
/// the bits that the kernel drops. So a condition on anything but [`Self::Long`] that means "not
/// this value" can be passed by the value with another high bit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArgumentKind {
    /// The low 32 bits, as a signed number. What a C library leaves in the high half of a negative
    /// one differs: -1 may be `0xffff_ffff` or all ones.
    Int,
    /// The low 32 bits.
    Unsigned32,
    /// The low 16 bits: the mode of a file.
    Unsigned16,
    /// The whole register.
    Long,
    /// The whole register, as an address in the caller's memory. A filter can compare the address,
    /// which means nothing, and not what is there.
    Pointer,
}

impl ArgumentKind {
    /// The bits of the register that the kernel uses on a 64-bit machine.
    pub const fn mask(self) -> u64 {
        match self {
            Self::Int | Self::Unsigned32 => 0xffff_ffff,
            Self::Unsigned16 => 0xffff,
            Self::Long | Self::Pointer => u64::MAX,
        }
    }
}

/// The arguments of a call, where they are known; as 64-bit machines have them.
///
/// 32-bit ABIs differ in three ways that are not told apart here: a 64-bit offset takes two
/// registers there, the identities of `setuid` and its kin are 16 bits wide beside a `setuid32`,
/// and the last two arguments of `clone` change places on some. What a profile is likely to filter
/// is told apart by [`arguments_on`].
///
/// Sources: the prototypes of `include/linux/syscalls.h`, Linux 6.1, and for what is newer or in an
/// architecture's own code the `SYSCALL_DEFINE`s of Linux 7. `clone` is declared with a `long` of
/// flags, of which `lower_32_bits` are used.
pub fn arguments(name: &str) -> Option<&'static [Argument]> {
    let index = CALLS.binary_search_by(|(there, _)| (*there).cmp(name));
    CALLS.get(index.ok()?).map(|(_, arguments)| *arguments)
}

/// The arguments of a call on this ABI, where they are known.
///
/// On s390 `clone` takes its flags second. On s390 and on x86 of 32 bits `mmap`, and on the latter
/// `select`, take one pointer to what the others take in registers.
pub fn arguments_on(abi: Abi, name: &str) -> Option<&'static [Argument]> {
    let one = |one: &&(&[Abi], &str, _)| one.1 == name && one.0.contains(&abi);
    match OVERRIDES.iter().find(one) {
        Some((_, _, arguments)) => Some(arguments),
        None => arguments(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscalls::{all_names, is_known};

    fn kinds(name: &str) -> Vec<ArgumentKind> {
        let arguments = arguments(name).unwrap_or_default();
        arguments.iter().map(|argument| argument.kind).collect()
    }

    #[test]
    fn every_call_is_one_and_takes_six_arguments_at_most() {
        assert!(CALLS.is_sorted_by(|one, other| one.0 < other.0));
        for (name, arguments) in CALLS {
            assert!(is_known(name), "{name}");
            assert!(arguments.len() <= 6, "{name}");
        }
    }

    #[test]
    fn nearly_every_call_is_here() {
        let missing = all_names().filter(|name| arguments(name).is_none());
        assert!(missing.count() < 50);
    }

    #[test]
    fn what_profiles_filter() {
        use ArgumentKind::{Int, Long, Pointer, Unsigned16, Unsigned32};
        assert_eq!(kinds("socket"), [Int, Int, Int]);
        assert_eq!(kinds("personality"), [Unsigned32]);
        assert_eq!(kinds("ioctl"), [Unsigned32, Unsigned32, Long]);
        assert_eq!(kinds("prctl"), [Int, Long, Long, Long, Long]);
        assert_eq!(kinds("openat"), [Int, Pointer, Int, Unsigned16]);
        assert_eq!(kinds("unshare"), [Long]);
        assert_eq!(kinds("getpid"), []);
        assert_eq!(kinds("clone").first(), Some(&Unsigned32));
        assert_eq!(arguments("nothing"), None);
    }

    #[test]
    fn an_abi_may_differ() {
        let flags = |abi| {
            let arguments = arguments_on(abi, "clone").unwrap();
            arguments
                .iter()
                .position(|argument| argument.name == "flags")
        };
        assert_eq!(flags(Abi::X86_64), Some(0));
        assert_eq!(flags(Abi::S390x), Some(1));
        assert_eq!(arguments_on(Abi::X86, "mmap").map(<[_]>::len), Some(1));
        assert_eq!(arguments_on(Abi::X86, "mmap2").map(<[_]>::len), Some(6));
    }

    #[test]
    fn a_mask_is_what_is_left_of_the_register() {
        assert_eq!(ArgumentKind::Int.mask(), u64::from(u32::MAX));
        assert_eq!(ArgumentKind::Long.mask(), u64::MAX);
    }
}
