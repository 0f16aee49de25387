//! The rows of what dangerous calls open. The grades are ours.

use super::danger::Grade::{Critical, High, Low, Medium};
use super::danger::Source::{Cve, Docker, Kernel, Man, Moby};
use super::danger::{Danger, Grade, Source};
use crate::Capability as C;

const ANYONE: &[C] = &[];

const fn row(
    grade: Grade,
    calls: &'static [&'static str],
    opens: &'static str,
    needs: &'static [C],
    sources: &'static [Source],
) -> Danger {
    Danger {
        calls,
        with: None,
        opens,
        grade,
        needs,
        sources,
    }
}

impl Danger {
    /// Only with these arguments.
    const fn with(mut self, arguments: &'static str) -> Self {
        self.with = Some(arguments);
        self
    }
}

/// The gravest first.
pub(super) const DANGERS: &[Danger] = &[
    row(
        Critical,
        &["finit_module", "init_module"],
        "load code into the kernel",
        &[C::SysModule],
        &[Docker, Man("init_module(2)")],
    ),
    row(
        Critical,
        &["kexec_file_load", "kexec_load"],
        "put another kernel in place of the running one",
        &[C::SysBoot],
        &[Docker, Man("kexec_load(2)")],
    ),
    row(
        Critical,
        &["ioperm", "iopl"],
        "drive the host's hardware through I/O ports",
        &[C::SysRawio],
        &[Docker, Man("iopl(2)")],
    ),
    row(
        Critical,
        &["pciconfig_iobase", "pciconfig_read", "pciconfig_write"],
        "configure the host's PCI devices",
        &[C::SysAdmin],
        &[Man("pciconfig_read(2)")],
    ),
    row(
        Critical,
        &["rtas"],
        "drive the host's firmware",
        &[C::SysAdmin],
        &[Kernel("arch/powerpc/index")],
    ),
    row(
        High,
        &["open_by_handle_at"],
        "open files of the host's filesystem by their handle, past every mount: an old way out of containers",
        &[C::DacReadSearch],
        &[Docker, Man("open_by_handle_at(2)")],
    ),
    row(
        High,
        &["unshare"],
        "make a user namespace in which it holds every capability, where most attacks on the kernel from containers begin",
        ANYONE,
        &[Docker, Cve("2022-0185"), Cve("2022-0492"), Cve("2024-1086")],
    ),
    row(
        High,
        &["clone"],
        "make a user namespace in which it holds every capability, where most attacks on the kernel from containers begin",
        ANYONE,
        &[Docker, Cve("2013-1858"), Man("clone(2)")],
    )
    .with("flags for new namespaces"),
    row(
        High,
        &["clone3"],
        "make any namespace, with flags in memory that no filter can look at",
        ANYONE,
        &[Moby("9f6b562dd12e"), Man("clone(2)")],
    ),
    row(
        High,
        &["setns"],
        "enter another container's namespaces, or the host's, that it has a descriptor of",
        &[C::SysAdmin],
        &[Docker, Man("setns(2)")],
    ),
    row(
        High,
        &["mount", "umount", "umount2"],
        "mount filesystems, mount them anew as writable, and uncover what mounts hide",
        &[C::SysAdmin],
        &[Docker, Man("mount(2)")],
    ),
    row(
        High,
        &["fsconfig", "fsmount", "fsopen", "fspick", "move_mount", "open_tree"],
        "mount filesystems by the newer calls, which a list that only denies `mount` forgets",
        &[C::SysAdmin],
        &[Kernel("filesystems/mount_api"), Cve("2022-0185")],
    ),
    row(
        High,
        &["mount_setattr", "open_tree_attr"],
        "change mounts, read-only ones to writable among them",
        &[C::SysAdmin],
        &[Man("mount_setattr(2)")],
    ),
    row(
        High,
        &["pivot_root"],
        "put another root in the place of its own, and reach what lies under it",
        &[C::SysAdmin],
        &[Docker, Cve("2014-7970"), Man("pivot_root(2)")],
    ),
    row(
        High,
        &["bpf"],
        "load programs into the kernel, whose checks were passed by attackers again and again",
        ANYONE,
        &[
            Docker,
            Cve("2017-16995"),
            Cve("2020-8835"),
            Cve("2021-3490"),
            Cve("2022-23222"),
        ],
    ),
    row(
        High,
        &["io_uring_enter", "io_uring_register", "io_uring_setup"],
        "have the kernel open files and connections for it, past every rule about those calls, through code that is often attacked",
        ANYONE,
        &[
            Docker,
            Moby("0e2acd4"),
            Cve("2022-29582"),
            Cve("2023-2598"),
            Kernel("admin-guide/sysctl/kernel"),
        ],
    ),
    row(
        High,
        &["add_key", "keyctl", "request_key"],
        "use the kernel's keyrings, which are not kept apart for each container",
        ANYONE,
        &[Docker, Cve("2014-9529"), Cve("2016-0728"), Man("keyrings(7)")],
    ),
    row(
        High,
        &["perf_event_open"],
        "watch the host through performance counters, by code that was attacked before",
        ANYONE,
        &[Docker, Cve("2013-2094"), Cve("2017-6001")],
    ),
    row(
        High,
        &["userfaultfd"],
        "hold the kernel up in the middle of its work, with which attacks win their races",
        ANYONE,
        &[Docker, Kernel("admin-guide/mm/userfaultfd")],
    ),
    row(
        High,
        &["delete_module"],
        "take drivers and protections out of the kernel",
        &[C::SysModule],
        &[Docker, Man("delete_module(2)")],
    ),
    row(
        High,
        &["reboot"],
        "stop or restart the host where it shares its PID namespace",
        &[C::SysBoot],
        &[Docker, Man("reboot(2)")],
    ),
    row(
        High,
        &["socket"],
        "talk to services of the host's hypervisor, which trust whoever reaches them",
        ANYONE,
        &[Man("vsock(7)"), Moby("0597e05")],
    )
    .with("the family AF_VSOCK"),
    row(
        High,
        &["socket"],
        "reach the kernel's ciphers, code that is seldom needed and often attacked",
        ANYONE,
        &[Docker, Cve("2026-31431"), Kernel("crypto/userspace-if")],
    )
    .with("the family AF_ALG"),
    row(
        High,
        &["ioctl"],
        "type into the terminal that it was started from, and so run commands outside",
        ANYONE,
        &[Man("ioctl_tty(2)")],
    )
    .with("the request TIOCSTI or TIOCLINUX"),
    row(
        Medium,
        &["socket"],
        "forge and overhear packets, through code that was attacked before",
        &[C::NetRaw],
        &[Man("packet(7)"), Cve("2016-8655"), Cve("2017-7308")],
    )
    .with("the family AF_PACKET"),
    row(
        Medium,
        &["socket"],
        "configure networks and reach nf_tables and traffic control in a namespace of its own",
        ANYONE,
        &[Man("netlink(7)"), Cve("2022-32250"), Cve("2023-32233")],
    )
    .with("the family AF_NETLINK"),
    row(
        Medium,
        &["process_vm_readv", "process_vm_writev", "ptrace"],
        "read and take over other processes of its user, and on Linux before 4.8 pass its own filter",
        ANYONE,
        &[Docker, Man("ptrace(2)")],
    ),
    row(
        Medium,
        &["pidfd_getfd"],
        "take open files out of other processes of its user",
        ANYONE,
        &[Man("pidfd_getfd(2)")],
    ),
    row(
        Medium,
        &["kcmp", "process_madvise"],
        "learn what other processes of its user share in the kernel, and have their memory paged out",
        ANYONE,
        &[Docker, Man("kcmp(2)"), Man("process_madvise(2)")],
    ),
    row(
        Medium,
        &["clock_settime", "clock_settime64", "settimeofday", "stime"],
        "set the host's clock, on which certificates, logs and timers rely",
        &[C::SysTime],
        &[Docker, Man("settimeofday(2)")],
    ),
    row(
        Medium,
        &["acct"],
        "switch the host's process accounting, or have it write to a file of its choice",
        &[C::SysPacct],
        &[Docker, Man("acct(2)")],
    ),
    row(
        Medium,
        &["swapoff", "swapon"],
        "switch the host's swap space",
        &[C::SysAdmin],
        &[Docker, Man("swapon(2)")],
    ),
    row(
        Medium,
        &["quotactl", "quotactl_fd"],
        "change the disk quotas of the host's filesystems",
        &[C::SysAdmin],
        &[Docker, Man("quotactl(2)")],
    ),
    row(
        Medium,
        &["syslog"],
        "read the kernel's log and the addresses in it, and clear the log",
        ANYONE,
        &[Man("syslog(2)")],
    ),
    row(
        Medium,
        &["fanotify_init"],
        "watch what happens to files, and with CAP_SYS_ADMIN to those of a whole filesystem",
        ANYONE,
        &[Man("fanotify_init(2)")],
    ),
    row(
        Medium,
        &["personality"],
        "make its memory executable throughout, and switch the shuffling of addresses off",
        ANYONE,
        &[Docker, Man("personality(2)")],
    )
    .with("flags that the default does not list"),
    row(
        Medium,
        &["get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"],
        "choose on which of the host's memory banks its memory lies",
        ANYONE,
        &[Docker, Man("set_mempolicy(2)")],
    ),
    row(
        Medium,
        &["migrate_pages", "move_pages"],
        "move the memory of other processes of its user, and learn its layout",
        ANYONE,
        &[Docker, Cve("2017-14140")],
    ),
    row(
        Medium,
        &["modify_ldt"],
        "set up segments for old programs, by code that was attacked before",
        ANYONE,
        &[Man("modify_ldt(2)"), Cve("2015-3290"), Cve("2015-5157")],
    ),
    row(
        Medium,
        &["vm86", "vm86old"],
        "run 16-bit code in a mode of the processor that nothing needs any more",
        ANYONE,
        &[Docker, Man("vm86(2)")],
    ),
    row(
        Medium,
        &["chroot"],
        "change its root directory, and as root leave one that it was put into",
        &[C::SysChroot],
        &[Man("chroot(2)")],
    ),
    row(
        Medium,
        &["splice", "tee", "vmsplice"],
        "move pages between files and pipes without a copy, through which read-only files were written",
        ANYONE,
        &[Man("splice(2)"), Cve("2022-0847")],
    ),
    row(
        Medium,
        &["setsockopt"],
        "set options of sockets, behind which much of the network code lies open",
        ANYONE,
        &[Man("setsockopt(2)"), Cve("2016-4997"), Cve("2016-8655")],
    ),
    row(
        Low,
        &["madvise"],
        "race the kernel's copying of pages, by which read-only files were written",
        ANYONE,
        &[Man("madvise(2)"), Cve("2016-5195")],
    ),
    row(
        Low,
        &["waitid"],
        "wait for its children, by code that once wrote where the caller said",
        ANYONE,
        &[Man("waitid(2)"), Cve("2017-5123")],
    ),
    row(
        Low,
        &["fsetxattr", "lsetxattr", "setxattr", "setxattrat"],
        "set labels and capabilities of files, a favourite for filling the kernel's memory",
        ANYONE,
        &[Man("setxattr(2)")],
    ),
    row(
        Low,
        &["memfd_secret"],
        "hold memory that not even the kernel looks into",
        ANYONE,
        &[Man("memfd_secret(2)")],
    ),
    row(
        Low,
        &["seccomp"],
        "filter its children's calls, and answer them in the kernel's place",
        ANYONE,
        &[Man("seccomp(2)"), Man("seccomp_unotify(2)")],
    ),
    row(
        Low,
        &["lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr"],
        "learn which security modules the host runs, and change its own labels",
        ANYONE,
        &[Kernel("userspace-api/lsm")],
    ),
    row(
        Low,
        &["listns"],
        "list namespaces outside its own",
        ANYONE,
        &[Man("namespaces(7)")],
    ),
    row(
        Low,
        &["file_getattr", "file_setattr"],
        "read and set the flags of inodes, immutable ones among them",
        ANYONE,
        &[Man("ioctl_iflags(2)")],
    ),
    row(
        Low,
        &["name_to_handle_at"],
        "learn the handle of a file, which `open_by_handle_at` opens again",
        ANYONE,
        &[Man("open_by_handle_at(2)")],
    ),
    row(
        Low,
        &["setdomainname", "sethostname"],
        "change the name of its UTS namespace: of the host where it shares that",
        &[C::SysAdmin],
        &[Man("sethostname(2)")],
    ),
    row(
        Low,
        &["vhangup"],
        "hang up the terminal that it shares",
        &[C::SysTtyConfig],
        &[Man("vhangup(2)")],
    ),
    row(
        Low,
        &["lookup_dcookie"],
        "learn the paths of files that others run, on Linux before 5.12",
        &[C::SysAdmin],
        &[Docker, Man("lookup_dcookie(2)")],
    ),
    row(
        Low,
        &["sysfs", "ustat"],
        "ask about the host's filesystems by calls that nothing needs any more",
        ANYONE,
        &[Docker, Man("sysfs(2)"), Man("ustat(2)")],
    ),
];
