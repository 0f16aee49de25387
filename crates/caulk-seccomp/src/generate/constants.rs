//! The numbers behind the names that `strace` writes for arguments.

/// What a name or number that `strace` wrote stands for, of the argument of `call` that a filter
/// looks at; nothing where it is not known.
pub(super) fn value(call: &str, written: &str) -> Option<u64> {
    // Old versions write all names of a number.
    let mut alternatives = written.split(" or ");
    alternatives.find_map(|written| match call {
        "ioctl" if written.starts_with("_IOC(") => request(written),
        _ => sum(call, written),
    })
}

/// Names and numbers joined by `|`.
fn sum(call: &str, written: &str) -> Option<u64> {
    let mut sum = 0;
    for word in written.split('|') {
        sum |= number(word).or_else(|| constant(call, word))?;
    }
    Some(sum)
}

fn number(word: &str) -> Option<u64> {
    match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

fn constant(call: &str, word: &str) -> Option<u64> {
    let (prefix, table): (&str, &[(&str, u64)]) = match call {
        "socket" | "socketpair" => ("AF_", FAMILIES),
        "personality" => ("", PERSONAS),
        "ioctl" => ("", REQUESTS),
        // The signal at a child's end shares the argument, and no filter asks for it.
        "clone" if word.starts_with("SIG") => return Some(0),
        "clone" => ("CLONE_", FLAGS),
        _ => return None,
    };
    let word = word.strip_prefix(prefix)?;
    let (_, value) = table.iter().find(|(name, _)| *name == word)?;
    Some(*value)
}

/// `_IOC(_IOC_READ, 0x54, 0x1, 0x4)`: direction, type, number and size, as most machines pack them.
fn request(written: &str) -> Option<u64> {
    let parts = written.strip_prefix("_IOC(")?.strip_suffix(')')?;
    let mut parts = parts.split(',').map(str::trim);
    let mut direction = 0;
    for word in parts.next()?.split('|') {
        direction |= match word {
            "_IOC_NONE" => 0,
            "_IOC_WRITE" => 1,
            "_IOC_READ" => 2,
            _ => number(word)?,
        };
    }
    let mut next = || number(parts.next()?);
    let (kind, order, size) = (next()?, next()?, next()?);
    let fits = direction < 4 && kind < 0x100 && order < 0x100 && size < 0x4000;
    fits.then_some(direction << 30 | size << 16 | kind << 8 | order)
}

/// The families of sockets, without `AF_`. Source: `linux/socket.h`, Linux 6.1.
#[rustfmt::skip]
const FAMILIES: &[(&str, u64)] = &[
    ("UNSPEC", 0), ("LOCAL", 1), ("INET", 2), ("AX25", 3), ("IPX", 4), ("APPLETALK", 5),
    ("NETROM", 6), ("BRIDGE", 7), ("ATMPVC", 8), ("X25", 9), ("INET6", 10), ("ROSE", 11),
    ("DECnet", 12), ("NETBEUI", 13), ("SECURITY", 14), ("KEY", 15), ("NETLINK", 16),
    ("PACKET", 17), ("ASH", 18), ("ECONET", 19), ("ATMSVC", 20), ("RDS", 21), ("SNA", 22),
    ("IRDA", 23), ("PPPOX", 24), ("WANPIPE", 25), ("LLC", 26), ("IB", 27), ("MPLS", 28),
    ("CAN", 29), ("TIPC", 30), ("BLUETOOTH", 31), ("IUCV", 32), ("RXRPC", 33), ("ISDN", 34),
    ("PHONET", 35), ("IEEE802154", 36), ("CAIF", 37), ("ALG", 38), ("NFC", 39), ("VSOCK", 40),
    ("KCM", 41), ("QIPCRTR", 42), ("SMC", 43), ("XDP", 44), ("MCTP", 45), ("UNIX", 1),
    ("FILE", 1), ("ROUTE", 16),
];

/// The flags of `clone`, without `CLONE_`. Source: `linux/sched.h`, Linux 6.1.
#[rustfmt::skip]
const FLAGS: &[(&str, u64)] = &[
    ("VM", 0x0100), ("FS", 0x0200), ("FILES", 0x0400), ("SIGHAND", 0x0800), ("PIDFD", 0x1000),
    ("PTRACE", 0x2000), ("VFORK", 0x4000), ("PARENT", 0x8000), ("THREAD", 0x0001_0000),
    ("NEWNS", 0x0002_0000), ("SYSVSEM", 0x0004_0000), ("SETTLS", 0x0008_0000),
    ("PARENT_SETTID", 0x0010_0000), ("CHILD_CLEARTID", 0x0020_0000), ("DETACHED", 0x0040_0000),
    ("UNTRACED", 0x0080_0000), ("CHILD_SETTID", 0x0100_0000), ("NEWCGROUP", 0x0200_0000),
    ("NEWUTS", 0x0400_0000), ("NEWIPC", 0x0800_0000), ("NEWUSER", 0x1000_0000),
    ("NEWPID", 0x2000_0000), ("NEWNET", 0x4000_0000), ("IO", 0x8000_0000),
    ("CLEAR_SIGHAND", 0x1_0000_0000), ("INTO_CGROUP", 0x2_0000_0000), ("NEWTIME", 0x0080),
];

/// Personas and their flags. Source: `linux/personality.h`, Linux 6.1.
#[rustfmt::skip]
const PERSONAS: &[(&str, u64)] = &[
    ("PER_LINUX", 0x0000), ("PER_LINUX32", 0x0008), ("PER_LINUX_32BIT", 0x0080_0000),
    ("PER_LINUX32_3GB", 0x0800_0008), ("PER_BSD", 0x0006), ("UNAME26", 0x0002_0000),
    ("ADDR_NO_RANDOMIZE", 0x0004_0000), ("FDPIC_FUNCPTRS", 0x0008_0000),
    ("MMAP_PAGE_ZERO", 0x0010_0000), ("ADDR_COMPAT_LAYOUT", 0x0020_0000),
    ("READ_IMPLIES_EXEC", 0x0040_0000), ("ADDR_LIMIT_32BIT", 0x0080_0000),
    ("SHORT_INODE", 0x0100_0000), ("WHOLE_SECONDS", 0x0200_0000),
    ("STICKY_TIMEOUTS", 0x0400_0000), ("ADDR_LIMIT_3GB", 0x0800_0000),
];

/// Requests of `ioctl` that any program may make: of terminals, files, block devices, sockets and
/// the random device, on 64-bit machines that number them as `asm-generic` does.
///
/// Sources: `asm-generic/ioctls.h`, `linux/sockios.h`, `linux/fs.h`, `linux/random.h`, Linux 6.1.
#[rustfmt::skip]
const REQUESTS: &[(&str, u64)] = &[
    ("BLKALIGNOFF", 0x127a), ("BLKBSZGET", 0x8008_1270), ("BLKBSZSET", 0x4008_1271),
    ("BLKDISCARD", 0x1277), ("BLKDISCARDZEROES", 0x127c), ("BLKFLSBUF", 0x1261),
    ("BLKFRAGET", 0x1265), ("BLKFRASET", 0x1264), ("BLKGETDISKSEQ", 0x8008_1280),
    ("BLKGETSIZE", 0x1260), ("BLKGETSIZE64", 0x8008_1272), ("BLKIOMIN", 0x1278),
    ("BLKIOOPT", 0x1279), ("BLKPBSZGET", 0x127b), ("BLKRAGET", 0x1263), ("BLKRASET", 0x1262),
    ("BLKROGET", 0x125e), ("BLKROSET", 0x125d), ("BLKROTATIONAL", 0x127e), ("BLKRRPART", 0x125f),
    ("BLKSECDISCARD", 0x127d), ("BLKSECTGET", 0x1267), ("BLKSECTSET", 0x1266),
    ("BLKSSZGET", 0x1268), ("BLKTRACESTART", 0x1274), ("BLKTRACESTOP", 0x1275),
    ("BLKTRACETEARDOWN", 0x1276), ("BLKZEROOUT", 0x127f), ("FIBMAP", 0x0001),
    ("FICLONE", 0x4004_9409), ("FICLONERANGE", 0x4020_940d), ("FIDEDUPERANGE", 0xc018_9436),
    ("FIFREEZE", 0xc004_5877), ("FIGETBSZ", 0x0002), ("FIOASYNC", 0x5452), ("FIOCLEX", 0x5451),
    ("FIONBIO", 0x5421), ("FIONCLEX", 0x5450), ("FIONREAD", 0x541b), ("FITHAW", 0xc004_5878),
    ("FITRIM", 0xc018_5879), ("FS_IOC_FSGETXATTR", 0x801c_581f),
    ("FS_IOC_FSSETXATTR", 0x401c_5820), ("FS_IOC_GETFLAGS", 0x8008_6601),
    ("FS_IOC_GETFSLABEL", 0x8100_9431), ("FS_IOC_GETVERSION", 0x8008_7601),
    ("FS_IOC_SETFLAGS", 0x4008_6602), ("FS_IOC_SETFSLABEL", 0x4100_9432),
    ("FS_IOC_SETVERSION", 0x4008_7602), ("RNDADDENTROPY", 0x4008_5203),
    ("RNDADDTOENTCNT", 0x4004_5201), ("RNDCLEARPOOL", 0x5206), ("RNDGETENTCNT", 0x8004_5200),
    ("RNDGETPOOL", 0x8008_5202), ("RNDRESEEDCRNG", 0x5207), ("RNDZAPENTCNT", 0x5204),
    ("SIOCADDDLCI", 0x8980), ("SIOCADDMULTI", 0x8931), ("SIOCADDRT", 0x890b),
    ("SIOCBONDCHANGEACTIVE", 0x8995), ("SIOCBONDENSLAVE", 0x8990), ("SIOCBONDINFOQUERY", 0x8994),
    ("SIOCBONDRELEASE", 0x8991), ("SIOCBONDSETHWADDR", 0x8992),
    ("SIOCBONDSLAVEINFOQUERY", 0x8993), ("SIOCBRADDBR", 0x89a0), ("SIOCBRADDIF", 0x89a2),
    ("SIOCBRDELBR", 0x89a1), ("SIOCBRDELIF", 0x89a3), ("SIOCDARP", 0x8953),
    ("SIOCDELDLCI", 0x8981), ("SIOCDELMULTI", 0x8932), ("SIOCDELRT", 0x890c),
    ("SIOCDEVPRIVATE", 0x89f0), ("SIOCDIFADDR", 0x8936), ("SIOCDRARP", 0x8960),
    ("SIOCETHTOOL", 0x8946), ("SIOCGARP", 0x8954), ("SIOCGHWTSTAMP", 0x89b1),
    ("SIOCGIFADDR", 0x8915), ("SIOCGIFBR", 0x8940), ("SIOCGIFBRDADDR", 0x8919),
    ("SIOCGIFCONF", 0x8912), ("SIOCGIFCOUNT", 0x8938), ("SIOCGIFDSTADDR", 0x8917),
    ("SIOCGIFENCAP", 0x8925), ("SIOCGIFFLAGS", 0x8913), ("SIOCGIFHWADDR", 0x8927),
    ("SIOCGIFINDEX", 0x8933), ("SIOCGIFMAP", 0x8970), ("SIOCGIFMEM", 0x891f),
    ("SIOCGIFMETRIC", 0x891d), ("SIOCGIFMTU", 0x8921), ("SIOCGIFNAME", 0x8910),
    ("SIOCGIFNETMASK", 0x891b), ("SIOCGIFPFLAGS", 0x8935), ("SIOCGIFSLAVE", 0x8929),
    ("SIOCGIFTXQLEN", 0x8942), ("SIOCGIFVLAN", 0x8982), ("SIOCGMIIPHY", 0x8947),
    ("SIOCGMIIREG", 0x8948), ("SIOCGRARP", 0x8961), ("SIOCGSKNS", 0x894c), ("SIOCGSTAMP", 0x8906),
    ("SIOCGSTAMPNS", 0x8907), ("SIOCGSTAMPNS_NEW", 0x8010_8907), ("SIOCGSTAMP_NEW", 0x8010_8906),
    ("SIOCINQ", 0x541b), ("SIOCOUTQ", 0x5411), ("SIOCOUTQNSD", 0x894b),
    ("SIOCPROTOPRIVATE", 0x89e0), ("SIOCRTMSG", 0x890d), ("SIOCSARP", 0x8955),
    ("SIOCSHWTSTAMP", 0x89b0), ("SIOCSIFADDR", 0x8916), ("SIOCSIFBR", 0x8941),
    ("SIOCSIFBRDADDR", 0x891a), ("SIOCSIFDSTADDR", 0x8918), ("SIOCSIFENCAP", 0x8926),
    ("SIOCSIFFLAGS", 0x8914), ("SIOCSIFHWADDR", 0x8924), ("SIOCSIFHWBROADCAST", 0x8937),
    ("SIOCSIFLINK", 0x8911), ("SIOCSIFMAP", 0x8971), ("SIOCSIFMEM", 0x8920),
    ("SIOCSIFMETRIC", 0x891e), ("SIOCSIFMTU", 0x8922), ("SIOCSIFNAME", 0x8923),
    ("SIOCSIFNETMASK", 0x891c), ("SIOCSIFPFLAGS", 0x8934), ("SIOCSIFSLAVE", 0x8930),
    ("SIOCSIFTXQLEN", 0x8943), ("SIOCSIFVLAN", 0x8983), ("SIOCSMIIREG", 0x8949),
    ("SIOCSRARP", 0x8962), ("SIOCWANDEV", 0x894a), ("TCFLSH", 0x540b), ("TCGETA", 0x5405),
    ("TCGETS", 0x5401), ("TCGETS2", 0x802c_542a), ("TCGETX", 0x5432), ("TCSBRK", 0x5409),
    ("TCSBRKP", 0x5425), ("TCSETA", 0x5406), ("TCSETAF", 0x5408), ("TCSETAW", 0x5407),
    ("TCSETS", 0x5402), ("TCSETS2", 0x402c_542b), ("TCSETSF", 0x5404), ("TCSETSF2", 0x402c_542d),
    ("TCSETSW", 0x5403), ("TCSETSW2", 0x402c_542c), ("TCSETX", 0x5433), ("TCSETXF", 0x5434),
    ("TCSETXW", 0x5435), ("TCXONC", 0x540a), ("TIOCCBRK", 0x5428), ("TIOCCONS", 0x541d),
    ("TIOCEXCL", 0x540c), ("TIOCGDEV", 0x8004_5432), ("TIOCGETD", 0x5424),
    ("TIOCGEXCL", 0x8004_5440), ("TIOCGICOUNT", 0x545d), ("TIOCGISO7816", 0x8024_5442),
    ("TIOCGLCKTRMIOS", 0x5456), ("TIOCGPGRP", 0x540f), ("TIOCGPKT", 0x8004_5438),
    ("TIOCGPTLCK", 0x8004_5439), ("TIOCGPTN", 0x8004_5430), ("TIOCGPTPEER", 0x5441),
    ("TIOCGRS485", 0x542e), ("TIOCGSERIAL", 0x541e), ("TIOCGSID", 0x5429),
    ("TIOCGSOFTCAR", 0x5419), ("TIOCGWINSZ", 0x5413), ("TIOCINQ", 0x541b), ("TIOCLINUX", 0x541c),
    ("TIOCNOTTY", 0x5422), ("TIOCNXCL", 0x540d), ("TIOCOUTQ", 0x5411), ("TIOCSBRK", 0x5427),
    ("TIOCSCTTY", 0x540e), ("TIOCSERCONFIG", 0x5453), ("TIOCSERGETLSR", 0x5459),
    ("TIOCSERGETMULTI", 0x545a), ("TIOCSERGSTRUCT", 0x5458), ("TIOCSERGWILD", 0x5454),
    ("TIOCSERSETMULTI", 0x545b), ("TIOCSERSWILD", 0x5455), ("TIOCSER_TEMT", 0x0001),
    ("TIOCSETD", 0x5423), ("TIOCSIG", 0x4004_5436), ("TIOCSISO7816", 0xc024_5443),
    ("TIOCSLCKTRMIOS", 0x5457), ("TIOCSPGRP", 0x5410), ("TIOCSPTLCK", 0x4004_5431),
    ("TIOCSRS485", 0x542f), ("TIOCSSERIAL", 0x541f), ("TIOCSSOFTCAR", 0x541a),
    ("TIOCSTI", 0x5412), ("TIOCSWINSZ", 0x5414), ("TIOCVHANGUP", 0x5437),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (call, written, wanted) in [
            ("socket", "AF_INET6", Some(10)),
            ("socketpair", "AF_UNIX", Some(1)),
            ("socket", "0x2e", Some(46)),
            ("socket", "AF_LATER", None),
            ("personality", "PER_LINUX|ADDR_NO_RANDOMIZE", Some(0x4_0000)),
            ("personality", "0xffffffff", Some(0xffff_ffff)),
            ("clone", "CLONE_VM|CLONE_VFORK|SIGCHLD", Some(0x4100)),
            ("clone", "SIGCHLD", Some(0)),
            ("clone", "CLONE_VM|CLONE_LATER", None),
            ("ioctl", "TCGETS", Some(0x5401)),
            (
                "ioctl",
                "SNDCTL_TMR_TIMEBASE or SNDRV_TIMER_IOCTL_NEXT_DEVICE or TCGETS",
                Some(0x5401),
            ),
            (
                "ioctl",
                "_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x1, 0x4)",
                Some(0xc004_5401),
            ),
            ("ioctl", "_IOC(_IOC_NONE, 0x54, 0x1, 0)", Some(0x5401)),
            ("ioctl", "_IOC(_IOC_READ, 0x540, 0x1, 0)", None),
            ("ioctl", "_IOC(", None),
            ("read", "1|x", None),
            ("read", "", None),
        ] {
            assert_eq!(value(call, written), wanted, "{call} {written}");
        }
    }
}
