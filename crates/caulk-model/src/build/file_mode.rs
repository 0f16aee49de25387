//! What a build does to the modes and capabilities of files.

use caulk_linux::Capability;

use super::Correction;

/// A mode that files are given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModeChange {
    /// The files, as the step names them.
    pub paths: Vec<String>,
    /// The mode, as it is written.
    pub mode: String,
    /// What it does that matters.
    pub effect: ModeEffect,
    /// Whether it holds for all that lies below as well.
    pub recursive: bool,
    /// How it would be spelt without that.
    pub correction: Option<Correction>,
}

/// What a mode does that matters.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ModeEffect {
    /// The file's program runs as the file's owner.
    pub setuid: bool,
    /// The file's program runs as the file's group.
    pub setgid: bool,
    /// Anybody may write to it.
    pub world_writable: bool,
}

/// Capabilities that a file is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileCapabilities {
    /// The file, as the step names it.
    pub path: String,
    /// The capabilities, as they are written.
    pub written: String,
    /// The capabilities.
    pub capabilities: Vec<Capability>,
    /// In which sets.
    pub flags: CapabilityFlags,
}

/// The sets of a file's capabilities: `e`, `i`, `p` after the sign.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CapabilityFlags {
    /// They are in force when the program starts.
    pub effective: bool,
    /// The program keeps them if whoever starts it may pass them on.
    pub inheritable: bool,
    /// The program may put them in force.
    pub permitted: bool,
}
