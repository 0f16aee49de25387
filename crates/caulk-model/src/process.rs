//! What the processes of a container hold, once its programs have started.

use caulk_linux::{Capability, CapabilitySet, CapabilityWord, Process, Program};

use crate::{Container, Engine, FileGrant, PrivilegedFile, Seccomp, State};

/// How a container's first program starts.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Start<'a> {
    /// With these sets.
    Holds(CapabilitySet),
    /// Not at all: the kernel refuses the file that this step gave capabilities.
    Refused(&'a PrivilegedFile),
}

impl Container {
    /// The capabilities that its first process holds once the first program has started.
    ///
    /// A process of root holds the whole bounding set. Any other holds what the file of the first
    /// program gives it, and that is nothing but where the build says otherwise: Docker sets no
    /// ambient capabilities. Podman makes those ambient that are added.
    pub fn effective(&self) -> State<CapabilitySet> {
        self.start().map(|start| match start {
            Start::Holds(effective) => effective,
            Start::Refused(_) => CapabilitySet::EMPTY,
        })
    }

    /// The file that keeps it from starting: its first program, whose capabilities are in force from
    /// the start and not all in the bounding set.
    pub fn cannot_start(&self) -> Option<&PrivilegedFile> {
        match self.start() {
            State::Known(Start::Refused(file)) => Some(file),
            State::Known(Start::Holds(_)) | State::Unknown { .. } => None,
        }
    }

    /// Whether no process of it can ever make use of `capability`, and the seccomp filter lets
    /// nothing more through for it.
    pub fn nothing_can_use(&self, capability: Capability) -> bool {
        let opens_calls = !capability.also_opens_syscalls().is_empty()
            && self.seccomp.value() != Some(&Seccomp::Disabled);
        self.privileged.value() == Some(&false)
            && self.root == State::Known(false)
            && self.is_sealed()
            && !opens_calls
            && !self.keeps_without_root(capability)
            && self.file_that_can_use(capability).is_none()
    }

    /// Whether a first process that is not root keeps `capability` through whatever program it starts.
    pub fn keeps_without_root(&self, capability: Capability) -> bool {
        let bounding = self.bounding().known().copied();
        let start = self.before_the_first_program(false, bounding.unwrap_or(CapabilitySet::ALL));
        let after = start.exec(Program::default());
        after.is_ok_and(|after| after.permitted.contains(capability))
    }

    /// A file of its image that can use `capability` although the first process is not root.
    ///
    /// File capabilities count for the first program even with no-new-privileges, because the runtime
    /// still holds them when it starts that; for later ones they do not, and a setuid bit never does.
    pub fn file_that_can_use(&self, capability: Capability) -> Option<&PrivilegedFile> {
        let bounding = self.bounding().known().copied();
        let start = self.before_the_first_program(false, bounding.unwrap_or(CapabilitySet::ALL));
        let holds = |process: Process, program: Program| {
            let after = process.exec(program);
            after.is_ok_and(|after| after.permitted.contains(capability))
        };
        let later = start.exec(Program::default()).ok();
        self.image.privileged_files.iter().find(|file| {
            let State::Known(grant) = &file.grant else {
                return true;
            };
            let program = grant.program();
            let may_be_first = self.starts_first(file) != Some(false);
            (may_be_first && holds(start, program))
                || later.is_some_and(|later| holds(later, program))
        })
    }

    /// A file of its image that no longer starts once `capability` is taken away: it is in force there
    /// from the start.
    pub fn file_that_insists_on(&self, capability: Capability) -> Option<&PrivilegedFile> {
        self.image.privileged_files.iter().find(|file| {
            let State::Known(FileGrant::Capabilities(capabilities)) = &file.grant else {
                return false;
            };
            capabilities.effective && capabilities.permitted.contains(capability)
        })
    }

    /// A file of its image that loses what it gives as soon as no program gains privileges.
    ///
    /// File capabilities of the first program are not lost: what they give is permitted before.
    pub fn file_that_would_lose(&self) -> Option<&PrivilegedFile> {
        let keeps = |file: &&PrivilegedFile| {
            let capabilities = matches!(file.grant, State::Known(FileGrant::Capabilities(_)));
            capabilities && self.starts_first(file) == Some(true)
        };
        let mut files = self.image.privileged_files.iter();
        files.find(|file| !keeps(file))
    }

    /// Whether no program in it gains privileges at exec.
    pub fn is_sealed(&self) -> bool {
        self.no_new_privileges.value() == Some(&true)
    }

    fn before_the_first_program(&self, root: bool, bounding: CapabilitySet) -> Process {
        let sealed = self.is_sealed();
        if self.declared.engine == Engine::Podman {
            Process::of_podman(root, sealed, bounding, self.added().intersection(bounding))
        } else {
            Process::of_docker(root, sealed, bounding)
        }
    }

    /// All that is added by name, or by `ALL`.
    fn added(&self) -> CapabilitySet {
        let sets = self.declared.cap_add.iter().map(|entry| match entry.value {
            CapabilityWord::All => CapabilitySet::ALL,
            CapabilityWord::One(capability) => CapabilitySet::of(&[capability]),
        });
        sets.fold(CapabilitySet::EMPTY, CapabilitySet::union)
    }

    /// Whether `file` is its first program; nothing where the repository does not say.
    fn starts_first(&self, file: &PrivilegedFile) -> Option<bool> {
        if self.declared.entrypoint.is_some() {
            return None;
        }
        let first = self.image.entrypoint.as_ref()?.first_program.as_deref()?;
        file.is_started_by(first)
    }

    /// Whether the first process would hold something if `file` were its program.
    fn would_hold_something(&self, file: &PrivilegedFile) -> bool {
        let State::Known(grant) = &file.grant else {
            return true;
        };
        let bounding = self.bounding().known().copied();
        let start = self.before_the_first_program(false, bounding.unwrap_or(CapabilitySet::ALL));
        let after = start.exec(grant.program());
        after.is_ok_and(|after| !after.effective.is_empty())
    }

    fn start(&self) -> State<Start<'_>> {
        let root = match &self.root {
            State::Known(root) => *root,
            State::Unknown { because } => return State::unknown(because.clone()),
        };
        let mut files = Vec::new();
        for file in &self.image.privileged_files {
            match self.starts_first(file) {
                Some(true) => files.push(file),
                Some(false) => {}
                // Whatever root's first program is, root holds all of the bounding set.
                None if root || !self.would_hold_something(file) => {}
                None => {
                    return State::unknown(format!(
                        "the build gives `{}` privileges, and which program starts first is not known \
                         here",
                        file.path
                    ));
                }
            }
        }
        let keeps_nothing = self.declared.engine != Engine::Podman || self.added().is_empty();
        if files.is_empty() && !root && keeps_nothing {
            return State::Known(Start::Holds(CapabilitySet::EMPTY));
        }
        let mut program = Program::default();
        let mut last = None;
        for file in files {
            match &file.grant {
                State::Known(FileGrant::SetUid) => program.setuid_root = true,
                State::Known(FileGrant::SetGid) => {}
                State::Known(FileGrant::Capabilities(capabilities)) => {
                    program.capabilities = Some(*capabilities);
                    last = Some(file);
                }
                State::Unknown { because } => return State::unknown(because.clone()),
            }
        }
        self.bounding().map(|bounding| {
            let after = self.before_the_first_program(root, bounding).exec(program);
            match (after, last) {
                (Ok(after), _) => Start::Holds(after.effective),
                (Err(_), Some(file)) => Start::Refused(file),
                (Err(_), None) => Start::Holds(CapabilitySet::EMPTY),
            }
        })
    }
}
