//! The engine: files in memory to a report.
