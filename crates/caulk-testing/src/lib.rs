//! The fixture-page runner (tests only).
