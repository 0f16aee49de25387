//! A container: what is declared and what it effectively holds.
