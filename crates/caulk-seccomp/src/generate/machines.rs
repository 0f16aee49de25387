//! For which machines and architectures a profile is.

use caulk_linux::syscalls::{self, Abi};

use crate::default_profile::ARCHITECTURES;
use crate::trace::{Mode, Trace};

/// The machines, each with the architectures that are used beside its own.
pub(super) struct Machines {
    /// The first is the one that was traced.
    all: Vec<(Abi, Vec<Abi>)>,
}

impl Machines {
    /// The machines that are asked for, and what the trace shows of others: an audit record names
    /// its architecture, and a call that a machine has not got was made by a program of 32 bits.
    pub(super) fn new(asked: &[Abi], trace: &Trace) -> Self {
        let mut machines = Self {
            all: asked.iter().map(|abi| (*abi, Vec::new())).collect(),
        };
        let modes = trace.calls.iter().flat_map(|call| call.modes.iter());
        for mode in modes.chain(trace.unnamed.iter().map(|one| one.mode)) {
            if let Some(abi) = machines.abi(mode) {
                machines.insert(abi);
            }
        }
        for call in &trace.calls {
            machines.infer(call.name);
        }
        machines
    }

    /// How a process enters the kernel, as an ABI of the machine that was traced.
    pub(super) fn abi(&self, mode: Mode) -> Option<Abi> {
        let first = self.all.first().map(|(machine, _)| *machine);
        match mode {
            Mode::Native => first,
            Mode::Bits32 => others(first?).find(|abi| *abi != Abi::X32 && abi.is_32_bit()),
            Mode::X32 => others(first?).find(|abi| *abi == Abi::X32),
            Mode::Abi(abi) => Some(abi),
        }
    }

    fn insert(&mut self, abi: Abi) {
        if self.abis().any(|there| there == abi) {
            return;
        }
        let goes_with =
            |(machine, _): &&mut (Abi, Vec<Abi>)| others(*machine).any(|one| one == abi);
        match self.all.iter_mut().find(goes_with) {
            Some((_, there)) => there.push(abi),
            None => self.all.push(alone(abi)),
        }
    }

    /// `strace` says nothing of 32 bits when it writes into a file. The name alone can tell: of a
    /// call that the machine has not got, and its 32-bit sibling has.
    fn infer(&mut self, name: &str) {
        if self.abis().any(|abi| syscalls::number(abi, name).is_some()) {
            return;
        }
        let sibling = self.abi(Mode::Bits32);
        if let Some(abi) = sibling.filter(|abi| syscalls::number(*abi, name).is_some()) {
            self.insert(abi);
        }
    }

    /// The machines, each with the others.
    pub(super) fn all(&self) -> &[(Abi, Vec<Abi>)] {
        &self.all
    }

    /// Every ABI.
    pub(super) fn abis(&self) -> impl Iterator<Item = Abi> {
        let pairs = self.all.iter();
        pairs.flat_map(|(machine, others)| std::iter::once(*machine).chain(others.iter().copied()))
    }

    /// Whether any ABI has the call.
    pub(super) fn have(&self, name: &str) -> bool {
        self.abis().any(|abi| syscalls::number(abi, name).is_some())
    }
}

/// A machine of which nothing else is known. Programs of 32 bits run on machines of 64.
fn alone(abi: Abi) -> (Abi, Vec<Abi>) {
    let is_machine = ARCHITECTURES.iter().any(|(machine, _)| *machine == abi);
    let with_it = |(_, others): &&(Abi, &[Abi])| others.contains(&abi);
    match ARCHITECTURES.iter().find(with_it).filter(|_| !is_machine) {
        Some((machine, _)) => (*machine, vec![abi]),
        None => (abi, Vec::new()),
    }
}

fn others(machine: Abi) -> impl Iterator<Item = Abi> {
    let entry = ARCHITECTURES.iter().find(|(abi, _)| *abi == machine);
    entry
        .into_iter()
        .flat_map(|(_, others)| others.iter().copied())
}
