//! Seccomp profiles: parse, resolve, decide.
