//! The prototypes of the calls, written as C would. `arguments.rs` names the sources.

use super::Abi;
use super::arguments::{Argument, ArgumentKind};

/// What C says, as we say it.
macro_rules! kind {
    (int) => {
        ArgumentKind::Int
    };
    (unsigned) => {
        ArgumentKind::Unsigned32
    };
    (short) => {
        ArgumentKind::Unsigned16
    };
    (long) => {
        ArgumentKind::Long
    };
    (pointer) => {
        ArgumentKind::Pointer
    };
}

/// The arguments of one call.
macro_rules! arguments {
    ( $( $kind:ident $argument:ident ),* ) => {
        &[ $( Argument { name: stringify!($argument), kind: kind!($kind) } ),* ]
    };
}

macro_rules! calls {
    ( $( $name:ident( $( $kind:ident $argument:ident ),* ); )+ ) => {
        /// Every call whose arguments are known, sorted by name.
        pub(super) static CALLS: &[(&str, &[Argument])] = &[
            $( (stringify!($name), arguments!($( $kind $argument ),*)), )+
        ];
    };
}

/// Where an ABI differs from the others.
pub(super) static OVERRIDES: &[(&[Abi], &str, &[Argument])] = &[
    (
        &[Abi::S390x, Abi::S390],
        "clone",
        arguments!(long stack, unsigned flags, pointer parent_tid, pointer child_tid, long tls),
    ),
    (
        &[Abi::X86, Abi::S390x, Abi::S390],
        "mmap",
        arguments!(pointer arg),
    ),
    (&[Abi::X86], "select", arguments!(pointer arg)),
];

calls! {
    _llseek(unsigned fd, long offset_high, long offset_low, pointer result, unsigned whence);
    _newselect(int n, pointer inp, pointer outp, pointer exp, pointer tvp);
    accept(int fd, pointer addr, pointer addrlen);
    accept4(int fd, pointer addr, pointer addrlen, int flags);
    access(pointer filename, int mode);
    acct(pointer name);
    add_key(pointer type, pointer description, pointer payload, long plen, int destringid);
    adjtimex(pointer txc_p);
    alarm(unsigned seconds);
    arch_prctl(int option, long arg2);
    bind(int fd, pointer addr, int addrlen);
    bpf(int cmd, pointer attr, unsigned size);
    brk(long brk);
    cachectl(pointer addr, int nbytes, int op);
    cachestat(unsigned fd, pointer range, pointer cstat, unsigned flags);
    capget(pointer header, pointer dataptr);
    capset(pointer header, pointer data);
    chdir(pointer filename);
    chmod(pointer filename, short mode);
    chown(pointer filename, unsigned user, unsigned group);
    chown32(pointer filename, unsigned user, unsigned group);
    chroot(pointer filename);
    clock_adjtime(int which_clock, pointer tx);
    clock_adjtime64(int which_clock, pointer tx);
    clock_getres(int which_clock, pointer tp);
    clock_getres_time64(int which_clock, pointer tp);
    clock_gettime(int which_clock, pointer tp);
    clock_gettime64(int which_clock, pointer tp);
    clock_nanosleep(int which_clock, int flags, pointer rqtp, pointer rmtp);
    clock_nanosleep_time64(int which_clock, int flags, pointer rqtp, pointer rmtp);
    clock_settime(int which_clock, pointer tp);
    clock_settime64(int which_clock, pointer tp);
    clone(unsigned flags, long stack, pointer parent_tid, pointer child_tid, long tls);
    clone3(pointer uargs, long size);
    close(unsigned fd);
    close_range(unsigned fd, unsigned max_fd, unsigned flags);
    connect(int fd, pointer addr, int addrlen);
    copy_file_range(int fd_in, pointer off_in, int fd_out, pointer off_out, long len,
        unsigned flags);
    creat(pointer pathname, short mode);
    delete_module(pointer name_user, unsigned flags);
    dup(unsigned fildes);
    dup2(unsigned oldfd, unsigned newfd);
    dup3(unsigned oldfd, unsigned newfd, int flags);
    epoll_create(int size);
    epoll_create1(int flags);
    epoll_ctl(int epfd, int op, int fd, pointer event);
    epoll_pwait(int epfd, pointer events, int maxevents, int timeout, pointer sigmask,
        long sigsetsize);
    epoll_pwait2(int epfd, pointer events, int maxevents, pointer timeout, pointer sigmask,
        long sigsetsize);
    epoll_wait(int epfd, pointer events, int maxevents, int timeout);
    eventfd(unsigned count);
    eventfd2(unsigned count, int flags);
    execve(pointer filename, pointer argv, pointer envp);
    execveat(int dfd, pointer filename, pointer argv, pointer envp, int flags);
    exit(int error_code);
    exit_group(int error_code);
    faccessat(int dfd, pointer filename, int mode);
    faccessat2(int dfd, pointer filename, int mode, int flags);
    fadvise64(int fd, long offset, long len, int advice);
    fadvise64_64(int fd, long offset, long len, int advice);
    fallocate(int fd, int mode, long offset, long len);
    fanotify_init(unsigned flags, unsigned event_f_flags);
    fanotify_mark(int fanotify_fd, unsigned flags, long mask, int dfd, pointer pathname);
    fchdir(unsigned fd);
    fchmod(unsigned fd, short mode);
    fchmodat(int dfd, pointer filename, short mode);
    fchmodat2(int dfd, pointer filename, short mode, unsigned flags);
    fchown(unsigned fd, unsigned user, unsigned group);
    fchown32(unsigned fd, unsigned user, unsigned group);
    fchownat(int dfd, pointer filename, unsigned user, unsigned group, int flag);
    fcntl(unsigned fd, unsigned cmd, long arg);
    fcntl64(unsigned fd, unsigned cmd, long arg);
    fdatasync(unsigned fd);
    fgetxattr(int fd, pointer name, pointer value, long size);
    file_getattr(int dfd, pointer filename, pointer attr, long usize, unsigned at_flags);
    file_setattr(int dfd, pointer filename, pointer attr, long usize, unsigned at_flags);
    finit_module(int fd, pointer uargs, int flags);
    flistxattr(int fd, pointer list, long size);
    flock(unsigned fd, unsigned cmd);
    fork();
    fremovexattr(int fd, pointer name);
    fsconfig(int fs_fd, unsigned cmd, pointer key, pointer value, int aux);
    fsetxattr(int fd, pointer name, pointer value, long size, int flags);
    fsmount(int fs_fd, unsigned flags, unsigned ms_flags);
    fsopen(pointer fs_name, unsigned flags);
    fspick(int dfd, pointer path, unsigned flags);
    fstat(unsigned fd, pointer statbuf);
    fstat64(long fd, pointer statbuf);
    fstatat64(int dfd, pointer filename, pointer statbuf, int flag);
    fstatfs(unsigned fd, pointer buf);
    fstatfs64(unsigned fd, long sz, pointer buf);
    fsync(unsigned fd);
    ftruncate(unsigned fd, long length);
    ftruncate64(unsigned fd, long length);
    futex(pointer uaddr, int op, unsigned val, pointer utime, pointer uaddr2, unsigned val3);
    futex_requeue(pointer waiters, unsigned flags, int nr_wake, int nr_requeue);
    futex_time64(pointer uaddr, int op, unsigned val, pointer utime, pointer uaddr2, unsigned val3);
    futex_wait(pointer uaddr, long val, long mask, unsigned flags, pointer timeout, int clockid);
    futex_waitv(pointer waiters, unsigned nr_futexes, unsigned flags, pointer timeout, int clockid);
    futex_wake(pointer uaddr, long mask, int nr, unsigned flags);
    futimesat(int dfd, pointer filename, pointer utimes);
    get_mempolicy(pointer policy, pointer nmask, long maxnode, long addr, long flags);
    get_robust_list(int pid, pointer head_ptr, pointer len_ptr);
    get_thread_area(pointer info);
    getcpu(pointer cpu, pointer node, pointer cache);
    getcwd(pointer buf, long size);
    getdents(unsigned fd, pointer dirent, unsigned count);
    getdents64(unsigned fd, pointer dirent, unsigned count);
    getegid();
    getegid32();
    geteuid();
    geteuid32();
    getgid();
    getgid32();
    getgroups(int gidsetsize, pointer grouplist);
    getgroups32(int gidsetsize, pointer grouplist);
    getitimer(int which, pointer value);
    getpeername(int fd, pointer addr, pointer addrlen);
    getpgid(int pid);
    getpgrp();
    getpid();
    getppid();
    getpriority(int which, int who);
    getrandom(pointer buf, long count, unsigned flags);
    getresgid(pointer rgid, pointer egid, pointer sgid);
    getresgid32(pointer rgid, pointer egid, pointer sgid);
    getresuid(pointer ruid, pointer euid, pointer suid);
    getresuid32(pointer ruid, pointer euid, pointer suid);
    getrlimit(unsigned resource, pointer rlim);
    getrusage(int who, pointer ru);
    getsid(int pid);
    getsockname(int fd, pointer addr, pointer addrlen);
    getsockopt(int fd, int level, int optname, pointer optval, pointer optlen);
    gettid();
    gettimeofday(pointer tv, pointer tz);
    getuid();
    getuid32();
    getxattr(pointer path, pointer name, pointer value, long size);
    getxattrat(int dfd, pointer pathname, unsigned at_flags, pointer name, pointer args,
        long usize);
    init_module(pointer umod, long len, pointer uargs);
    inotify_add_watch(int fd, pointer path, unsigned mask);
    inotify_init();
    inotify_init1(int flags);
    inotify_rm_watch(int fd, int wd);
    io_cancel(long ctx_id, pointer iocb, pointer result);
    io_destroy(long ctx);
    io_getevents(long ctx_id, long min_nr, long nr, pointer events, pointer timeout);
    io_pgetevents(long ctx_id, long min_nr, long nr, pointer events, pointer timeout, pointer sig);
    io_pgetevents_time64(long ctx_id, long min_nr, long nr, pointer events, pointer timeout,
        pointer sig);
    io_setup(unsigned nr_reqs, pointer ctx);
    io_submit(long ctx_id, long nr, pointer iocbs);
    io_uring_enter(unsigned fd, unsigned to_submit, unsigned min_complete, unsigned flags,
        pointer argp, long argsz);
    io_uring_register(unsigned fd, unsigned op, pointer arg, unsigned nr_args);
    io_uring_setup(unsigned entries, pointer p);
    ioctl(unsigned fd, unsigned cmd, long arg);
    ioperm(long from, long num, int on);
    iopl(unsigned level);
    ioprio_get(int which, int who);
    ioprio_set(int which, int who, int ioprio);
    ipc(unsigned call, int first, long second, long third, pointer ptr, long fifth);
    kcmp(int pid1, int pid2, int type, long idx1, long idx2);
    kexec_file_load(int kernel_fd, int initrd_fd, long cmdline_len, pointer cmdline_ptr,
        long flags);
    kexec_load(long entry, long nr_segments, pointer segments, long flags);
    keyctl(int cmd, long arg2, long arg3, long arg4, long arg5);
    kill(int pid, int sig);
    landlock_add_rule(int ruleset_fd, int rule_type, pointer rule_attr, unsigned flags);
    landlock_create_ruleset(pointer attr, long size, unsigned flags);
    landlock_restrict_self(int ruleset_fd, unsigned flags);
    lchown(pointer filename, unsigned user, unsigned group);
    lchown32(pointer filename, unsigned user, unsigned group);
    lgetxattr(pointer path, pointer name, pointer value, long size);
    link(pointer oldname, pointer newname);
    linkat(int olddfd, pointer oldname, int newdfd, pointer newname, int flags);
    listen(int fd, int backlog);
    listmount(pointer req, pointer mnt_ids, long nr_mnt_ids, unsigned flags);
    listns(pointer req, pointer ns_ids, long nr_ns_ids, unsigned flags);
    listxattr(pointer path, pointer list, long size);
    listxattrat(int dfd, pointer pathname, unsigned at_flags, pointer list, long size);
    llistxattr(pointer path, pointer list, long size);
    lremovexattr(pointer path, pointer name);
    lseek(unsigned fd, long offset, unsigned whence);
    lsetxattr(pointer path, pointer name, pointer value, long size, int flags);
    lsm_get_self_attr(unsigned attr, pointer ctx, pointer size, unsigned flags);
    lsm_list_modules(pointer ids, pointer size, unsigned flags);
    lsm_set_self_attr(unsigned attr, pointer ctx, unsigned size, unsigned flags);
    lstat(pointer filename, pointer statbuf);
    lstat64(pointer filename, pointer statbuf);
    madvise(long start, long len, int behavior);
    map_shadow_stack(long addr, long size, unsigned flags);
    mbind(long start, long len, long mode, pointer nmask, long maxnode, unsigned flags);
    membarrier(int cmd, unsigned flags, int cpu_id);
    memfd_create(pointer uname_ptr, unsigned flags);
    memfd_secret(unsigned flags);
    migrate_pages(int pid, long maxnode, pointer from, pointer to);
    mincore(long start, long len, pointer vec);
    mkdir(pointer pathname, short mode);
    mkdirat(int dfd, pointer pathname, short mode);
    mknod(pointer filename, short mode, unsigned dev);
    mknodat(int dfd, pointer filename, short mode, unsigned dev);
    mlock(long start, long len);
    mlock2(long start, long len, int flags);
    mlockall(int flags);
    mmap(long addr, long len, long prot, long flags, long fd, long off);
    mmap2(long addr, long len, long prot, long flags, long fd, long pgoff);
    modify_ldt(int func, pointer ptr, long bytecount);
    mount(pointer dev_name, pointer dir_name, pointer type, long flags, pointer data);
    mount_setattr(int dfd, pointer path, unsigned flags, pointer uattr, long usize);
    move_mount(int from_dfd, pointer from_path, int to_dfd, pointer to_path, unsigned ms_flags);
    move_pages(int pid, long nr_pages, pointer pages, pointer nodes, pointer status, int flags);
    mprotect(long start, long len, long prot);
    mq_getsetattr(int mqdes, pointer mqstat, pointer omqstat);
    mq_notify(int mqdes, pointer notification);
    mq_open(pointer name, int oflag, short mode, pointer attr);
    mq_timedreceive(int mqdes, pointer msg_ptr, long msg_len, pointer msg_prio,
        pointer abs_timeout);
    mq_timedreceive_time64(int mqdes, pointer msg_ptr, long msg_len, pointer msg_prio,
        pointer abs_timeout);
    mq_timedsend(int mqdes, pointer msg_ptr, long msg_len, unsigned msg_prio, pointer abs_timeout);
    mq_timedsend_time64(int mqdes, pointer msg_ptr, long msg_len, unsigned msg_prio,
        pointer abs_timeout);
    mq_unlink(pointer name);
    mremap(long addr, long old_len, long new_len, long flags, long new_addr);
    mseal(long start, long len, long flags);
    msgctl(int msqid, int cmd, pointer buf);
    msgget(int key, int msgflg);
    msgrcv(int msqid, pointer msgp, long msgsz, long msgtyp, int msgflg);
    msgsnd(int msqid, pointer msgp, long msgsz, int msgflg);
    msync(long start, long len, int flags);
    munlock(long start, long len);
    munlockall();
    munmap(long addr, long len);
    name_to_handle_at(int dfd, pointer name, pointer handle, pointer mnt_id, int flag);
    nanosleep(pointer rqtp, pointer rmtp);
    newfstatat(int dfd, pointer filename, pointer statbuf, int flag);
    nice(int increment);
    oldfstat(unsigned fd, pointer statbuf);
    oldlstat(pointer filename, pointer statbuf);
    oldolduname(pointer name);
    oldstat(pointer filename, pointer statbuf);
    olduname(pointer name);
    open(pointer filename, int flags, short mode);
    open_by_handle_at(int mountdirfd, pointer handle, int flags);
    open_tree(int dfd, pointer path, unsigned flags);
    open_tree_attr(int dfd, pointer filename, unsigned flags, pointer attr, long size);
    openat(int dfd, pointer filename, int flags, short mode);
    openat2(int dfd, pointer filename, pointer how, long size);
    pause();
    pciconfig_iobase(long which, long bus, long devfn);
    pciconfig_read(long bus, long dfn, long off, long len, pointer buf);
    pciconfig_write(long bus, long dfn, long off, long len, pointer buf);
    perf_event_open(pointer attr_uptr, int pid, int cpu, int group_fd, long flags);
    personality(unsigned personality);
    pidfd_getfd(int pidfd, int fd, unsigned flags);
    pidfd_open(int pid, unsigned flags);
    pidfd_send_signal(int pidfd, int sig, pointer info, unsigned flags);
    pipe(pointer fildes);
    pipe2(pointer fildes, int flags);
    pivot_root(pointer new_root, pointer put_old);
    pkey_alloc(long flags, long init_val);
    pkey_free(int pkey);
    pkey_mprotect(long start, long len, long prot, int pkey);
    poll(pointer ufds, unsigned nfds, int timeout);
    ppoll(pointer fds, unsigned nfds, pointer timeout, pointer sigmask, long sigsetsize);
    ppoll_time64(pointer fds, unsigned nfds, pointer timeout, pointer sigmask, long sigsetsize);
    prctl(int option, long arg2, long arg3, long arg4, long arg5);
    pread64(unsigned fd, pointer buf, long count, long pos);
    preadv(long fd, pointer vec, long vlen, long pos_l, long pos_h);
    preadv2(long fd, pointer vec, long vlen, long pos_l, long pos_h, int flags);
    prlimit64(int pid, unsigned resource, pointer new_rlim, pointer old_rlim);
    process_madvise(int pidfd, pointer vec, long vlen, int behavior, unsigned flags);
    process_mrelease(int pidfd, unsigned flags);
    process_vm_readv(int pid, pointer lvec, long liovcnt, pointer rvec, long riovcnt, long flags);
    process_vm_writev(int pid, pointer lvec, long liovcnt, pointer rvec, long riovcnt, long flags);
    pselect6(int n, pointer inp, pointer outp, pointer exp, pointer timeout, pointer sigmask);
    pselect6_time64(int n, pointer inp, pointer outp, pointer exp, pointer timeout,
        pointer sigmask);
    ptrace(long request, long pid, long addr, long data);
    pwrite64(unsigned fd, pointer buf, long count, long pos);
    pwritev(long fd, pointer vec, long vlen, long pos_l, long pos_h);
    pwritev2(long fd, pointer vec, long vlen, long pos_l, long pos_h, int flags);
    quotactl(unsigned cmd, pointer special, unsigned id, pointer addr);
    quotactl_fd(unsigned fd, unsigned cmd, unsigned id, pointer addr);
    read(unsigned fd, pointer buf, long count);
    readahead(int fd, long offset, long count);
    readdir(unsigned fd, pointer dirent, unsigned count);
    readlink(pointer path, pointer buf, int bufsiz);
    readlinkat(int dfd, pointer path, pointer buf, int bufsiz);
    readv(long fd, pointer vec, long vlen);
    reboot(int magic1, int magic2, unsigned cmd, pointer arg);
    recv(int fd, pointer buf, long len, unsigned flags);
    recvfrom(int fd, pointer buf, long len, unsigned flags, pointer addr, pointer addrlen);
    recvmmsg(int fd, pointer msg, unsigned vlen, unsigned flags, pointer timeout);
    recvmmsg_time64(int fd, pointer msg, unsigned vlen, unsigned flags, pointer timeout);
    recvmsg(int fd, pointer msg, unsigned flags);
    remap_file_pages(long start, long size, long prot, long pgoff, long flags);
    removexattr(pointer path, pointer name);
    removexattrat(int dfd, pointer pathname, unsigned at_flags, pointer name);
    rename(pointer oldname, pointer newname);
    renameat(int olddfd, pointer oldname, int newdfd, pointer newname);
    renameat2(int olddfd, pointer oldname, int newdfd, pointer newname, unsigned flags);
    request_key(pointer type, pointer description, pointer callout_info, int destringid);
    restart_syscall();
    riscv_flush_icache(long start, long end, long flags);
    riscv_hwprobe(pointer pairs, long pair_count, long cpusetsize, pointer cpus, unsigned flags);
    rmdir(pointer pathname);
    rseq(pointer rseq, unsigned rseq_len, int flags, unsigned sig);
    rseq_slice_yield();
    rt_sigaction(int sig, pointer act, pointer oact, long sigsetsize);
    rt_sigpending(pointer set, long sigsetsize);
    rt_sigprocmask(int how, pointer set, pointer oset, long sigsetsize);
    rt_sigqueueinfo(int pid, int sig, pointer uinfo);
    rt_sigreturn();
    rt_sigsuspend(pointer unewset, long sigsetsize);
    rt_sigtimedwait(pointer uthese, pointer uinfo, pointer uts, long sigsetsize);
    rt_sigtimedwait_time64(pointer uthese, pointer uinfo, pointer uts, long sigsetsize);
    rt_tgsigqueueinfo(int tgid, int pid, int sig, pointer uinfo);
    s390_guarded_storage(int command, pointer gs_cb);
    s390_pci_mmio_read(long mmio_addr, pointer user_buffer, long length);
    s390_pci_mmio_write(long mmio_addr, pointer user_buffer, long length);
    s390_runtime_instr(int command, int signum);
    s390_sthyi(long function_code, pointer buffer, pointer return_code, long flags);
    sched_get_priority_max(int policy);
    sched_get_priority_min(int policy);
    sched_getaffinity(int pid, unsigned len, pointer user_mask_ptr);
    sched_getattr(int pid, pointer attr, unsigned size, unsigned flags);
    sched_getparam(int pid, pointer param);
    sched_getscheduler(int pid);
    sched_rr_get_interval(int pid, pointer interval);
    sched_rr_get_interval_time64(int pid, pointer interval);
    sched_setaffinity(int pid, unsigned len, pointer user_mask_ptr);
    sched_setattr(int pid, pointer attr, unsigned flags);
    sched_setparam(int pid, pointer param);
    sched_setscheduler(int pid, int policy, pointer param);
    sched_yield();
    seccomp(unsigned op, unsigned flags, pointer uargs);
    select(int n, pointer inp, pointer outp, pointer exp, pointer tvp);
    semctl(int semid, int semnum, int cmd, long arg);
    semget(int key, int nsems, int semflg);
    semop(int semid, pointer sops, unsigned nsops);
    semtimedop(int semid, pointer sops, unsigned nsops, pointer timeout);
    semtimedop_time64(int semid, pointer sops, unsigned nsops, pointer timeout);
    send(int fd, pointer buf, long len, unsigned flags);
    sendfile(int out_fd, int in_fd, pointer offset, long count);
    sendfile64(int out_fd, int in_fd, pointer offset, long count);
    sendmmsg(int fd, pointer msg, unsigned vlen, unsigned flags);
    sendmsg(int fd, pointer msg, unsigned flags);
    sendto(int fd, pointer buf, long len, unsigned flags, pointer addr, int addrlen);
    set_mempolicy(int mode, pointer nmask, long maxnode);
    set_mempolicy_home_node(long start, long len, long home_node, long flags);
    set_robust_list(pointer head, long len);
    set_thread_area(pointer info);
    set_tid_address(pointer tidptr);
    setdomainname(pointer name, int len);
    setfsgid(unsigned gid);
    setfsgid32(unsigned gid);
    setfsuid(unsigned uid);
    setfsuid32(unsigned uid);
    setgid(unsigned gid);
    setgid32(unsigned gid);
    setgroups(int gidsetsize, pointer grouplist);
    setgroups32(int gidsetsize, pointer grouplist);
    sethostname(pointer name, int len);
    setitimer(int which, pointer value, pointer ovalue);
    setns(int fd, int nstype);
    setpgid(int pid, int pgid);
    setpriority(int which, int who, int niceval);
    setregid(unsigned rgid, unsigned egid);
    setregid32(unsigned rgid, unsigned egid);
    setresgid(unsigned rgid, unsigned egid, unsigned sgid);
    setresgid32(unsigned rgid, unsigned egid, unsigned sgid);
    setresuid(unsigned ruid, unsigned euid, unsigned suid);
    setresuid32(unsigned ruid, unsigned euid, unsigned suid);
    setreuid(unsigned ruid, unsigned euid);
    setreuid32(unsigned ruid, unsigned euid);
    setrlimit(unsigned resource, pointer rlim);
    setsid();
    setsockopt(int fd, int level, int optname, pointer optval, int optlen);
    settimeofday(pointer tv, pointer tz);
    setuid(unsigned uid);
    setuid32(unsigned uid);
    setxattr(pointer path, pointer name, pointer value, long size, int flags);
    setxattrat(int dfd, pointer pathname, unsigned at_flags, pointer name, pointer args,
        long usize);
    sgetmask();
    shmat(int shmid, pointer shmaddr, int shmflg);
    shmctl(int shmid, int cmd, pointer buf);
    shmdt(pointer shmaddr);
    shmget(int key, long size, int flag);
    shutdown(int fd, int how);
    sigaction(int sig, pointer act, pointer oact);
    sigaltstack(pointer uss, pointer uoss);
    signal(int sig, pointer handler);
    signalfd(int ufd, pointer user_mask, long sizemask);
    signalfd4(int ufd, pointer user_mask, long sizemask, int flags);
    sigpending(pointer uset);
    sigprocmask(int how, pointer set, pointer oset);
    sigreturn();
    socket(int family, int type, int protocol);
    socketcall(int call, pointer args);
    socketpair(int family, int type, int protocol, pointer fds);
    splice(int fd_in, pointer off_in, int fd_out, pointer off_out, long len, unsigned flags);
    spu_create(pointer name, unsigned flags, short mode, int fd);
    spu_run(int fd, pointer unpc, pointer ustatus);
    ssetmask(int newmask);
    stat(pointer filename, pointer statbuf);
    stat64(pointer filename, pointer statbuf);
    statfs(pointer path, pointer buf);
    statfs64(pointer path, long sz, pointer buf);
    statmount(pointer req, pointer buf, long bufsize, unsigned flags);
    statx(int dfd, pointer path, unsigned flags, unsigned mask, pointer buffer);
    stime(pointer tptr);
    subpage_prot(long addr, long len, pointer map);
    swapcontext(pointer old_ctx, pointer new_ctx, long ctx_size);
    swapoff(pointer specialfile);
    swapon(pointer specialfile, int swap_flags);
    switch_endian();
    symlink(pointer old, pointer new);
    symlinkat(pointer oldname, int newdfd, pointer newname);
    sync();
    sync_file_range(int fd, long offset, long nbytes, unsigned flags);
    sync_file_range2(int fd, unsigned flags, long offset, long nbytes);
    syncfs(int fd);
    sysfs(int option, long arg1, long arg2);
    sysinfo(pointer info);
    syslog(int type, pointer buf, int len);
    sysmips(long cmd, long arg1, long arg2);
    tee(int fdin, int fdout, long len, unsigned flags);
    tgkill(int tgid, int pid, int sig);
    time(pointer tloc);
    timer_create(int which_clock, pointer timer_event_spec, pointer created_timer_id);
    timer_delete(int timer_id);
    timer_getoverrun(int timer_id);
    timer_gettime(int timer_id, pointer setting);
    timer_gettime64(int timer_id, pointer setting);
    timer_settime(int timer_id, int flags, pointer new_setting, pointer old_setting);
    timer_settime64(int timer_id, int flags, pointer new_setting, pointer old_setting);
    timerfd_create(int clockid, int flags);
    timerfd_gettime(int ufd, pointer otmr);
    timerfd_gettime64(int ufd, pointer otmr);
    timerfd_settime(int ufd, int flags, pointer utmr, pointer otmr);
    timerfd_settime64(int ufd, int flags, pointer utmr, pointer otmr);
    times(pointer tbuf);
    tkill(int pid, int sig);
    truncate(pointer path, long length);
    truncate64(pointer path, long length);
    ugetrlimit(unsigned resource, pointer rlim);
    umask(int mask);
    umount(pointer name);
    umount2(pointer name, int flags);
    uname(pointer name);
    unlink(pointer pathname);
    unlinkat(int dfd, pointer pathname, int flag);
    unshare(long unshare_flags);
    uprobe();
    uretprobe();
    userfaultfd(int flags);
    ustat(unsigned dev, pointer ubuf);
    utime(pointer filename, pointer times);
    utimensat(int dfd, pointer filename, pointer utimes, int flags);
    utimensat_time64(int dfd, pointer filename, pointer utimes, int flags);
    utimes(pointer filename, pointer utimes);
    vfork();
    vhangup();
    vm86(long cmd, long arg);
    vm86old(pointer user_vm86);
    vmsplice(int fd, pointer iov, long nr_segs, unsigned flags);
    wait4(int pid, pointer stat_addr, int options, pointer ru);
    waitid(int which, int pid, pointer infop, int options, pointer ru);
    waitpid(int pid, pointer stat_addr, int options);
    write(unsigned fd, pointer buf, long count);
    writev(long fd, pointer vec, long vlen);
}
