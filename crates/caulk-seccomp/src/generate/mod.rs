//! A profile from what a program did.
//!
//! What was seen is not enough: the runtime makes calls of its own after it has loaded the filter,
//! the kernel makes some on a program's behalf, a trace cannot show what is answered without the
//! kernel, and another C library makes other calls. [`generate`] adds what must be added and says
//! of each call why it is there.
//!
//! It never lets through more of a call than Docker's default does unless the program was seen to
//! need it; then there is a [`Note`].

mod conditional;
mod constants;
mod machines;
mod needs;
mod note;
mod reason;

use std::collections::{BTreeMap, BTreeSet};

use caulk_linux::DOCKER_DEFAULT;
use caulk_linux::syscalls::{self, Abi, Group};

use crate::draft::{Answer, Draft, DraftRule, Unmergeable};
use crate::trace::Trace;
use crate::{Host, errno};
use conditional::Asked;
use machines::Machines;

pub use note::Note;
pub use reason::Reason;

/// What is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The machines that the profile is for, the one that was traced first. Without any, those that
    /// the traces name: audit records do, `strace` does not.
    pub machines: Vec<Abi>,
    /// Who will load it.
    pub runtimes: Runtimes,
    /// Whether containers run with no-new-privileges, so that the runtime has less to do.
    pub no_new_privileges: bool,
    /// Whether other C libraries and kernels are to work as well.
    pub portable: bool,
    /// Whether arguments are to be as narrow as what was seen.
    pub arguments: bool,
}

/// Who will load the profile.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Runtimes {
    /// runc, which Docker and containerd start containers with.
    #[default]
    Runc,
    /// crun, which Podman does.
    Crun,
    /// Either.
    Any,
}

/// A profile, and why it is as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generated {
    /// The profile.
    pub draft: Draft,
    /// The calls that it lets through, by name, each with the reasons.
    pub reasons: BTreeMap<String, Vec<Reason>>,
    /// What there is to say of it.
    pub notes: Vec<Note>,
}

/// Makes a profile of what was seen. Nothing where no call was seen that a kernel has: an empty
/// profile stops everything, and nobody means that.
pub fn generate(trace: &Trace, request: &Request) -> Option<Generated> {
    let machines = Machines::new(&request.machines, trace);
    if machines.all().is_empty() {
        return None;
    }
    let mut making = Making {
        trace,
        request,
        machines,
        reasons: BTreeMap::new(),
        denied: BTreeSet::new(),
        notes: Vec::new(),
    };
    making.add_seen();
    if making.reasons.is_empty() {
        return None;
    }
    making.add_needed();
    making.add_for_machines();
    if request.portable {
        making.add_equivalents();
    }
    making.note_beyond_default();
    Some(making.write())
}

impl Generated {
    /// The profile with all that this one lets through as well.
    ///
    /// The base may be for machines that this one is not for, so a rule on the flags of `clone` is
    /// kept from those that take them in another place.
    pub fn on(&self, base: &Draft) -> Result<Draft, Unmergeable> {
        let mut own = self.draft.clone();
        for rule in &mut own.rules {
            conditional::confine(rule);
        }
        Draft::merge(&[base.clone(), own])
    }
}

struct Making<'t> {
    trace: &'t Trace,
    request: &'t Request,
    machines: Machines,
    reasons: BTreeMap<String, Vec<Reason>>,
    /// Calls that were seen and are answered with `ENOSYS`.
    denied: BTreeSet<&'static str>,
    notes: Vec<Note>,
}

impl Making<'_> {
    fn add(&mut self, name: &str, reason: Reason) {
        // No filter can look at what `clone3` is asked for, so `clone` does its work.
        let name = if name == "clone3" { "clone" } else { name };
        let reasons = self.reasons.entry(name.to_owned()).or_default();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }

    fn add_seen(&mut self) {
        let mut never_there = Vec::new();
        for call in &self.trace.calls {
            let is_there = call.unimplemented < call.seen;
            if !is_there {
                never_there.push(call.name.to_owned());
            }
            if !is_there || call.name == "clone3" {
                self.denied.insert(call.name);
            }
            if call.name == "clone3" && is_there {
                self.add("clone", Reason::Equivalent("clone3".to_owned()));
                self.notes.push(Note::CloneInstead);
            } else if is_there {
                self.add(call.name, Reason::Seen(call.seen));
            }
        }
        if !never_there.is_empty() {
            self.notes.push(Note::NeverThere { names: never_there });
        }
        for unnamed in &self.trace.unnamed {
            let Some(abi) = self.machines.abi(unnamed.mode) else {
                continue;
            };
            let number = u32::try_from(unnamed.number).ok();
            match number.and_then(|number| syscalls::name(abi, number)) {
                Some(name) => self.add(name, Reason::Seen(unnamed.seen)),
                None => self.notes.push(Note::Unnamed {
                    abi,
                    number: unnamed.number,
                    seen: unnamed.seen,
                }),
            }
        }
    }

    fn add_needed(&mut self) {
        let (runc, crun) = match self.request.runtimes {
            Runtimes::Runc => (true, false),
            Runtimes::Crun => (false, true),
            Runtimes::Any => (true, true),
        };
        let is_privileged = !self.request.no_new_privileges;
        for (name, names, is_used) in [
            ("runc", needs::RUNC, runc),
            ("runc", needs::RUNC_PRIVILEGED, runc && is_privileged),
            ("crun", needs::CRUN, crun),
            ("crun", needs::CRUN_PRIVILEGED, crun && is_privileged),
        ] {
            if is_used {
                self.add_all(names, &Reason::Runtime(name));
            }
        }
        self.add_all(needs::ALWAYS, &Reason::Always);
        self.add_all(needs::VDSO, &Reason::Vdso);
        if self.request.portable {
            self.add_all(needs::START, &Reason::Start);
        }
    }

    fn add_all(&mut self, names: &[&str], reason: &Reason) {
        for name in names {
            if self.machines.have(name) && !self.denied.contains(name) {
                self.add(name, reason.clone());
            }
        }
    }

    /// A machine that has not got a call has another that does the same.
    fn add_for_machines(&mut self) {
        let is_made = |reason: &Reason| !matches!(reason, Reason::Always | Reason::Vdso);
        let made = self.reasons.iter();
        let made = made.filter(|(_, reasons)| reasons.iter().any(is_made));
        let names: Vec<String> = made.map(|(name, _)| name.clone()).collect();
        for (machine, others) in self.machines.all().to_vec() {
            let mut absent = Vec::new();
            for name in &names {
                // What its 32-bit programs do, others of it do not need.
                let has = |abi: &Abi| syscalls::number(*abi, name).is_some();
                let other = syscalls::equivalent_on(machine, name);
                if let Some(other) = other.filter(|_| !others.iter().any(has)) {
                    absent.push(name.clone());
                    self.add(other, Reason::Machine(machine, name.clone()));
                }
            }
            if !absent.is_empty() {
                self.notes.push(Note::OnAnotherMachine {
                    abi: machine,
                    names: absent,
                });
            }
        }
    }

    fn add_equivalents(&mut self) {
        let names: Vec<String> = self.reasons.keys().cloned().collect();
        let default = self.default_allows();
        for name in &names {
            for other in syscalls::equivalents(name) {
                let is_wider = !default.contains(other) && default.contains(name.as_str());
                let is_wanted = !is_wider && self.machines.have(other);
                if is_wanted && other != "clone3" && !self.reasons.contains_key(other) {
                    self.add(other, Reason::Equivalent(name.clone()));
                }
            }
        }
    }

    /// The calls that Docker's default lets through, for some arguments at least, on any ABI.
    fn default_allows(&self) -> BTreeSet<&'static str> {
        let profile = crate::default_profile::profile();
        let mut allowed = BTreeSet::new();
        for (machine, others) in self.machines.all() {
            let host = Host::docker(DOCKER_DEFAULT).on(*machine);
            let resolved = profile.resolve(&host).ok();
            let Some(filter) = resolved.and_then(crate::Resolution::into_filter) else {
                continue;
            };
            for abi in std::iter::once(machine).chain(others) {
                let open = filter
                    .surfaces(*abi)
                    .filter(|(_, _, surface)| surface.may_run());
                allowed.extend(open.map(|(name, _, _)| name));
            }
        }
        allowed
    }

    fn note_beyond_default(&mut self) {
        let default = self.default_allows();
        let is_beyond =
            |name: &&String| !default.contains(name.as_str()) && self.machines.have(name);
        let names: Vec<String> = self.reasons.keys().filter(is_beyond).cloned().collect();
        if !names.is_empty() {
            self.notes.push(Note::BeyondDefault { names });
        }
    }

    fn write(mut self) -> Generated {
        let abis: Vec<Abi> = self.machines.abis().collect();
        let asked = Asked {
            abis: &abis,
            is_narrow: self.request.arguments,
            stands_in: self.denied.contains("clone3"),
            runtime_has_threads: self.request.runtimes != Runtimes::Crun,
        };
        let mut draft = Draft::closed(self.machines.all());
        let mut conditional = Vec::new();
        let mut parts: BTreeMap<Part, Vec<&str>> = BTreeMap::new();
        for (name, reasons) in &self.reasons {
            let seen = self.trace.call(name);
            match conditional::rules(name, seen, &asked, &mut self.notes) {
                Some(rules) => conditional.extend(rules),
                None => parts.entry(Part::of(name, reasons)).or_default().push(name),
            }
        }
        let parts = parts.into_iter();
        draft
            .rules
            .extend(parts.map(|(part, names)| {
                DraftRule::new(names, Answer::ALLOW).because(&part.comment())
            }));
        draft.rules.extend(conditional);
        draft.rules.extend(self.fallbacks());
        Generated {
            draft,
            reasons: self.reasons,
            notes: self.notes,
        }
    }

    /// The calls that must fail with `ENOSYS`, so that a C library goes its other way.
    fn fallbacks(&self) -> Option<DraftRule> {
        let fallbacks = needs::FALLBACKS.iter().chain(&self.denied).copied();
        let wanted =
            fallbacks.filter(|name| !self.reasons.contains_key(*name) && self.machines.have(name));
        let rule = DraftRule::new(wanted, Answer::errno(u64::from(errno::ENOSYS)));
        let comment = "answered as by a kernel that has not got them: C libraries have another way";
        (!rule.names.is_empty()).then(|| rule.because(comment))
    }
}

/// A part of the profile: the calls of one rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// What was seen, by what it does.
    Seen(usize),
    Runtime,
    Unseen,
    Other,
}

impl Part {
    fn of(name: &str, reasons: &[Reason]) -> Self {
        let is = |wanted: fn(&Reason) -> bool| reasons.iter().any(wanted);
        if is(|reason| matches!(reason, Reason::Seen(_))) {
            let group = syscalls::group(name);
            let at = Group::ALL.iter().position(|one| Some(*one) == group);
            Self::Seen(at.unwrap_or(Group::ALL.len()))
        } else if is(|reason| matches!(reason, Reason::Runtime(_))) {
            Self::Runtime
        } else if is(|reason| matches!(reason, Reason::Always | Reason::Vdso)) {
            Self::Unseen
        } else {
            Self::Other
        }
    }

    fn comment(self) -> String {
        match self {
            Self::Seen(at) => {
                let group = Group::ALL.get(at).map_or("other calls", |group| group.name());
                format!("seen: {group}")
            }
            Self::Runtime => "made by the runtime between loading this profile and starting the program".to_owned(),
            Self::Unseen => "made by every program, or where the kernel is asked for the time; a trace may not show them".to_owned(),
            Self::Other => "made in place of the others by other C libraries, kernels and machines".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
