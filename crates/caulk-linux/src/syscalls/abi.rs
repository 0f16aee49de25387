//! The calling conventions under which a process can enter the kernel.

use std::fmt;

/// The enum and its facts from one list, so that they cannot disagree.
macro_rules! abis {
    ( $( $variant:ident $name:literal $scmp:literal $docker:literal $audit:literal $column:literal, )+ ) => {
        /// A calling convention with system call numbers of its own: what libseccomp and the
        /// runtimes call an architecture.
        ///
        /// These are the ones that runc knows. Sources: runc's `libcontainer/seccomp/config.go`
        /// for the `SCMP_ARCH_…` names, libseccomp 2.5.4 for the lower-case ones, moby/profiles
        /// v0.2.3 `seccomp/seccomp_linux.go` for Docker's, `linux/audit.h` for the audit numbers.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Abi {
            $(
                #[doc = concat!("`", $scmp, "`")]
                $variant,
            )+
        }

        impl Abi {
            /// Every one of them.
            pub const ALL: &[Self] = &[ $( Self::$variant, )+ ];

            /// The name that the kernel and libseccomp's tools use: `x86_64`.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// The name in a profile's `architectures` and `archMap`: `SCMP_ARCH_X86_64`.
            pub const fn scmp(self) -> &'static str {
                match self { $( Self::$variant => $scmp, )+ }
            }

            /// The one with exactly this name in a profile's `architectures` or `archMap`.
            pub fn from_scmp(name: &str) -> Option<Self> {
                match name {
                    $( $scmp => Some(Self::$variant), )+
                    _ => None,
                }
            }

            /// The name in `includes.arches` and `excludes.arches` of a profile for Docker, which
            /// compares it with the *host's*: `amd64`.
            ///
            /// Docker never is on a host that it calls `x32` or `mips`, so a condition on those
            /// never holds: [`Self::hosts_docker`].
            pub const fn docker(self) -> &'static str {
                match self { $( Self::$variant => $docker, )+ }
            }

            /// The one that Docker calls by this name in `includes.arches` and `excludes.arches`.
            pub fn from_docker(name: &str) -> Option<Self> {
                match name {
                    $( $docker => Some(Self::$variant), )+
                    _ => None,
                }
            }

            /// `AUDIT_ARCH_…`, which a filter finds in `seccomp_data.arch`. x32 has that of
            /// `x86_64`, and is told apart by a bit in the number.
            pub const fn audit_arch(self) -> u32 {
                match self { $( Self::$variant => $audit, )+ }
            }

            /// Where in a row of the table its numbers stand.
            pub(super) const fn column(self) -> usize {
                match self { $( Self::$variant => $column, )+ }
            }
        }
    };
}

abis! {
    X86_64 "x86_64" "SCMP_ARCH_X86_64" "amd64" 0xc000_003e 0,
    X86 "x86" "SCMP_ARCH_X86" "x86" 0x4000_0003 1,
    X32 "x32" "SCMP_ARCH_X32" "x32" 0xc000_003e 2,
    Arm "arm" "SCMP_ARCH_ARM" "arm" 0x4000_0028 3,
    Aarch64 "aarch64" "SCMP_ARCH_AARCH64" "arm64" 0xc000_00b7 4,
    Riscv64 "riscv64" "SCMP_ARCH_RISCV64" "riscv64" 0xc000_00f3 5,
    Loongarch64 "loongarch64" "SCMP_ARCH_LOONGARCH64" "loongarch64" 0xc000_0102 6,
    S390x "s390x" "SCMP_ARCH_S390X" "s390x" 0x8000_0016 7,
    S390 "s390" "SCMP_ARCH_S390" "s390" 0x0000_0016 8,
    Ppc64le "ppc64le" "SCMP_ARCH_PPC64LE" "ppc64le" 0xc000_0015 9,
    Ppc64 "ppc64" "SCMP_ARCH_PPC64" "ppc64" 0x8000_0015 9,
    Ppc "ppc" "SCMP_ARCH_PPC" "ppc" 0x0000_0014 10,
    Mips "mips" "SCMP_ARCH_MIPS" "mips" 0x0000_0008 11,
    Mipsel "mipsel" "SCMP_ARCH_MIPSEL" "mipsel" 0x4000_0008 11,
    Mips64 "mips64" "SCMP_ARCH_MIPS64" "mips64" 0x8000_0008 12,
    Mipsel64 "mipsel64" "SCMP_ARCH_MIPSEL64" "mipsel64" 0xc000_0008 12,
    Mips64N32 "mips64n32" "SCMP_ARCH_MIPS64N32" "mips64n32" 0xa000_0008 13,
    Mipsel64N32 "mipsel64n32" "SCMP_ARCH_MIPSEL64N32" "mips3l64n32" 0xe000_0008 13,
}

impl Abi {
    /// Whether Docker can be on a host that it calls [`Self::docker`]: whether moby has a name of
    /// Go's for it.
    pub const fn hosts_docker(self) -> bool {
        !matches!(self, Self::X32 | Self::Mips)
    }

    /// The name in `includes.arches` and `excludes.arches` of a profile for Podman, which compares
    /// it with what libseccomp's binding for Go calls the host: the same as Docker's but for one.
    ///
    /// Source: containers/common `pkg/seccomp/seccomp_linux.go`, libseccomp-golang `seccomp.go`.
    pub const fn podman(self) -> &'static str {
        if matches!(self, Self::Mipsel64N32) {
            return "mipsel64n32";
        }
        self.docker()
    }

    /// Whether libseccomp compares 32 bits of an argument here, and cuts what a profile compares
    /// it with down to them. x32 and n32 are 32-bit in this sense, though the kernel hands the
    /// filter registers of 64.
    pub const fn is_32_bit(self) -> bool {
        matches!(
            self,
            Self::X86
                | Self::X32
                | Self::Arm
                | Self::S390
                | Self::Ppc
                | Self::Mips
                | Self::Mipsel
                | Self::Mips64N32
                | Self::Mipsel64N32
        )
    }

    /// Whether the high half of a 64-bit argument comes first in `seccomp_data`. A filter cannot
    /// hold both byte orders.
    pub const fn is_big_endian(self) -> bool {
        const LITTLE_ENDIAN: u32 = 0x4000_0000;
        self.audit_arch() & LITTLE_ENDIAN == 0
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for abi in Abi::ALL.iter().copied() {
            assert_eq!(Abi::from_scmp(abi.scmp()), Some(abi));
            assert_eq!(Abi::from_docker(abi.docker()), Some(abi));
            assert_eq!(
                abi.scmp(),
                format!("SCMP_ARCH_{}", abi.name().to_uppercase())
            );
        }
        assert_eq!(Abi::from_scmp("X86_64"), None);
        assert_eq!(Abi::from_docker("x86_64"), None);
        assert_eq!(Abi::from_docker("aarch64"), None);
    }

    #[test]
    fn byte_order_and_width_are_those_of_the_audit_number() {
        const SIXTY_FOUR: u32 = 0x8000_0000;
        for abi in Abi::ALL.iter().copied() {
            let wide = abi.audit_arch() & SIXTY_FOUR != 0;
            // x32 and n32 are the 64-bit machine with 32-bit pointers.
            let odd = abi == Abi::X32 || abi.name().ends_with("n32");
            assert_eq!(wide, !abi.is_32_bit() || odd, "{abi}");
        }
        let big = Abi::ALL.iter().filter(|abi| abi.is_big_endian());
        let big: Vec<&str> = big.map(|abi| abi.name()).collect();
        assert_eq!(
            big,
            [
                "s390x",
                "s390",
                "ppc64",
                "ppc",
                "mips",
                "mips64",
                "mips64n32"
            ]
        );
    }
}
