//! What the source of the table lacks.

/// A name, and its number in the source's tables that lack it.
type Added = (&'static str, &'static [(&'static str, u32)]);

/// Calls that the kernel took out, or never had, whose numbers its headers still reserve. The
/// source lists only what has an entry point; profiles go on naming these, and libseccomp goes on
/// putting their numbers into filters.
///
/// Source: `asm/unistd*.h` of each architecture as Linux 6.1 exports them (Debian's
/// `linux-libc-dev` and `linux-libc-dev-*-cross`), where libseccomp 2.5.4 says the same.
#[rustfmt::skip]
pub(super) const SUPPLEMENT: &[Added] = &[
    ("_sysctl", &[("x86_64", 156), ("i386", 149), ("arm", 149), ("s390x", 149), ("s390", 149),
        ("powerpc64", 149), ("powerpc", 149), ("mipso32", 4153), ("mips64", 5152),
        ("mips64n32", 6152)]),
    ("afs_syscall", &[("x86_64", 183), ("i386", 137), ("x32", 183), ("s390x", 137),
        ("s390", 137), ("powerpc64", 137), ("powerpc", 137), ("mipso32", 4137),
        ("mips64", 5176), ("mips64n32", 6176)]),
    ("bdflush", &[("i386", 134), ("arm", 134), ("s390x", 134), ("s390", 134),
        ("powerpc64", 134), ("powerpc", 134), ("mipso32", 4134)]),
    ("break", &[("i386", 17), ("powerpc64", 17), ("powerpc", 17), ("mipso32", 4017)]),
    ("create_module", &[("x86_64", 174), ("i386", 127), ("s390x", 127), ("s390", 127),
        ("powerpc64", 127), ("powerpc", 127), ("mipso32", 4127), ("mips64", 5167),
        ("mips64n32", 6167)]),
    ("ftime", &[("i386", 35), ("powerpc64", 35), ("powerpc", 35), ("mipso32", 4035)]),
    ("get_kernel_syms", &[("x86_64", 177), ("i386", 130), ("s390x", 130), ("s390", 130),
        ("powerpc64", 130), ("powerpc", 130), ("mipso32", 4130), ("mips64", 5170),
        ("mips64n32", 6170)]),
    ("getpmsg", &[("x86_64", 181), ("i386", 188), ("x32", 181), ("s390x", 188), ("s390", 188),
        ("powerpc64", 187), ("powerpc", 187), ("mipso32", 4208), ("mips64", 5174),
        ("mips64n32", 6174)]),
    ("gtty", &[("i386", 32), ("powerpc64", 32), ("powerpc", 32), ("mipso32", 4032)]),
    ("idle", &[("i386", 112), ("s390x", 112), ("s390", 112), ("powerpc64", 112),
        ("powerpc", 112), ("mipso32", 4112)]),
    ("lock", &[("i386", 53), ("powerpc64", 53), ("powerpc", 53), ("mipso32", 4053)]),
    ("mpx", &[("i386", 56), ("powerpc64", 56), ("powerpc", 56), ("mipso32", 4056)]),
    ("nfsservctl", &[("x86_64", 180), ("i386", 169), ("arm", 169), ("arm64", 42),
        ("riscv64", 42), ("loongarch64", 42), ("s390x", 169), ("s390", 169),
        ("powerpc64", 168), ("powerpc", 168), ("mipso32", 4189), ("mips64", 5173),
        ("mips64n32", 6173)]),
    ("prof", &[("i386", 44), ("powerpc64", 44), ("powerpc", 44), ("mipso32", 4044)]),
    ("profil", &[("i386", 98), ("powerpc64", 98), ("powerpc", 98), ("mipso32", 4098)]),
    ("putpmsg", &[("x86_64", 182), ("i386", 189), ("x32", 182), ("s390x", 189), ("s390", 189),
        ("powerpc64", 188), ("powerpc", 188), ("mipso32", 4209), ("mips64", 5175),
        ("mips64n32", 6175)]),
    ("query_module", &[("x86_64", 178), ("i386", 167), ("s390x", 167), ("s390", 167),
        ("powerpc64", 166), ("powerpc", 166), ("mipso32", 4187), ("mips64", 5171),
        ("mips64n32", 6171)]),
    ("security", &[("x86_64", 185), ("x32", 185)]),
    ("stty", &[("i386", 31), ("powerpc64", 31), ("powerpc", 31), ("mipso32", 4031)]),
    ("tuxcall", &[("x86_64", 184), ("x32", 184), ("powerpc64", 225), ("powerpc", 225)]),
    ("ulimit", &[("i386", 58), ("powerpc64", 58), ("powerpc", 58), ("mipso32", 4058)]),
    ("uselib", &[("x86_64", 134), ("i386", 86), ("arm", 86), ("s390x", 86), ("s390", 86),
        ("powerpc64", 86), ("powerpc", 86), ("mipso32", 4086)]),
    ("vserver", &[("x86_64", 236), ("i386", 273), ("arm", 313), ("mipso32", 4277),
        ("mips64", 5236), ("mips64n32", 6240)]),
];
