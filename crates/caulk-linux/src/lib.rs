//! Facts about the Linux kernel: capabilities, syscalls, options.
