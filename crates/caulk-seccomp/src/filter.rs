//! The filter that a runtime builds.

use caulk_linux::syscalls::Abi;
use caulk_source::{Span, Spanned};

use crate::condition::{Branch, Condition, Test, Width};
use crate::decision::{Decision, Origin, RuleOrigin};
use crate::errno::ENOSYS;
use crate::{Host, Outcome};

/// What tells x32's numbers from those of `x86_64`: the kernel's `__X32_SYSCALL_BIT`.
pub(crate) const X32_BIT: u32 = 0x4000_0000;

/// A profile, resolved for one host and one container: the filter that the runtime builds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    pub(crate) host: Host,
    pub(crate) default: Outcome,
    pub(crate) default_place: Span,
    pub(crate) rules: Vec<AppliedRule>,
    pub(crate) tables: Vec<Table>,
    /// What the runtime is told, which may lack the machine's own.
    pub(crate) listed: Vec<Abi>,
    pub(crate) flags: Option<Vec<String>>,
    pub(crate) listener_path: Option<String>,
    pub(crate) listener_metadata: Option<String>,
}

/// A rule that the runtime is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppliedRule {
    /// Its index in [`Profile::rules`](crate::Profile::rules).
    pub index: usize,
    /// The whole of it.
    pub span: Span,
    /// What it does.
    pub outcome: Outcome,
    /// Whether it does what the default does, so that the runtime leaves it out.
    pub is_default: bool,
    /// The calls, in order, as they are written.
    pub names: Vec<Spanned<String>>,
    pub(crate) wide: Vec<Branch>,
    pub(crate) narrow: Vec<Branch>,
}

/// What one architecture's calls meet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Table {
    pub(crate) abi: Abi,
    /// In the order of their numbers.
    pub(crate) calls: Vec<Call>,
    /// Of all calls, in the order of their numbers and then of the rules.
    pub(crate) entries: Vec<Entry>,
    /// The largest number that the profile names, where runc answers `ENOSYS` above it.
    pub(crate) highest: Option<u32>,
}

/// A call that rules name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Call {
    pub(crate) number: u32,
    /// Its part of the entries.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The first entry that applies whatever the arguments.
    pub(crate) always: Option<usize>,
    /// Whether libseccomp's own tree may answer otherwise than the rules read.
    pub(crate) is_doubtful: bool,
}

/// A rule, seen from one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) number: u32,
    /// The index in [`Filter::rules`].
    pub(crate) rule: usize,
    /// The index of the name in the rule.
    pub(crate) name: usize,
    /// For a multiplexer: what argument 0 has to be. It takes the place of the rule's own conditions
    /// on that argument.
    pub(crate) operation: Option<u32>,
}

impl AppliedRule {
    pub(crate) fn branches(&self, width: Width) -> &[Branch] {
        match width {
            Width::Low32 => &self.narrow,
            Width::Full64 => &self.wide,
        }
    }
}

/// How many bits of an argument are compared under an ABI.
pub(crate) fn width(abi: Abi) -> Width {
    if abi.is_32_bit() {
        Width::Low32
    } else {
        Width::Full64
    }
}

/// The conditions of a branch as an entry has them.
pub(crate) fn conditions(entry: Entry, branch: &Branch) -> impl Iterator<Item = Condition> {
    let multiplexed = entry.operation.map(|operation| Condition {
        index: 0,
        test: Test::Equal(operation.into()),
    });
    let own = branch.conditions.iter().copied();
    let own = own.filter(move |one| entry.operation.is_none() || one.index != 0);
    multiplexed.into_iter().chain(own)
}

/// Where a call goes in the filter.
pub(crate) enum Way<'f> {
    /// To the calls of an architecture.
    Table(&'f Table),
    /// No calls are looked up: `-1` where x32 is not listed.
    Default,
    /// The architecture is not listed.
    Unlisted,
}

impl Filter {
    /// The host for which it was resolved.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What is done with a call of a listed architecture that no rule speaks of.
    pub fn default(&self) -> Outcome {
        self.default
    }

    /// The rules that remain, in order.
    pub fn rules(&self) -> &[AppliedRule] {
        &self.rules
    }

    /// The flags that the runtime is told. `None` is not the same as none: then the runtime sets its
    /// own, which is `SECCOMP_FILTER_FLAG_SPEC_ALLOW` in crun and in newer runc: the mitigation of
    /// speculative store bypass is off for the container, as it is without a filter. runc 1.1 sets
    /// none.
    pub fn flags(&self) -> Option<&[String]> {
        self.flags.as_deref()
    }

    /// The socket of the supervisor, where there is one.
    pub fn listener_path(&self) -> Option<&str> {
        self.listener_path.as_deref()
    }

    /// The architectures that the runtime is told, in order; the machine's own may be missing.
    pub fn listed(&self) -> &[Abi] {
        &self.listed
    }

    /// The architectures that the filter knows, the listed ones in order. The machine's own is among
    /// them, listed or not: libseccomp begins with it.
    pub fn abis(&self) -> impl Iterator<Item = Abi> {
        self.tables.iter().map(|table| table.abi)
    }

    /// The largest number that the profile names for an architecture, where runc answers `ENOSYS` to
    /// every larger one.
    ///
    /// It is the largest by our table (`caulk_linux::syscalls::KERNEL`); runc takes the installed
    /// libseccomp's, which may be older and not know a name.
    pub fn highest_named(&self, abi: Abi) -> Option<u32> {
        self.table(abi)?.highest
    }

    /// What the filter does with a call.
    ///
    /// `number` is the kernel's, x32's with its bit `0x4000_0000`; `arguments` are the six registers.
    /// A number of x32 under `X86_64` is x32's, as the kernel sees it, and the other way around.
    ///
    /// The answer follows the rules as libseccomp reads them, and is [`Decision::Ambiguous`] where
    /// they leave it to the shape of its tree. The tests compare with libseccomp's own programs.
    pub fn decide(&self, abi: Abi, number: u32, arguments: [u64; 6]) -> Decision {
        if let Some(highest) = self.stubbed(abi, number) {
            return Decision::Certain {
                outcome: Outcome::Errno(ENOSYS),
                origin: Origin::NewerThanNamed { highest },
            };
        }
        match self.way(abi, number) {
            Way::Table(table) => match table.call(number) {
                Some(call) => self.decide_call(table, call, arguments),
                None => self.by_default(),
            },
            Way::Default => self.by_default(),
            Way::Unlisted => Decision::Certain {
                outcome: Outcome::KillThread,
                origin: Origin::UnlistedArchitecture,
            },
        }
    }

    pub(crate) fn by_default(&self) -> Decision {
        Decision::Certain {
            outcome: self.default,
            origin: Origin::Default(self.default_place),
        }
    }

    pub(crate) fn table(&self, abi: Abi) -> Option<&Table> {
        self.tables.iter().find(|table| table.abi == abi)
    }

    /// The largest number that is named, where runc's own check answers before the filter. It tells
    /// x32 by its bit alone.
    fn stubbed(&self, abi: Abi, number: u32) -> Option<u32> {
        let abi = match (abi, number & X32_BIT != 0) {
            (Abi::X86_64 | Abi::X32, true) => Abi::X32,
            (Abi::X86_64 | Abi::X32, false) => Abi::X86_64,
            _ => abi,
        };
        let highest = self.table(abi)?.highest?;
        // Number 0 is where s390 keeps calls that its kernel does not have.
        let is_new = number > highest || (number == 0 && matches!(abi, Abi::S390 | Abi::S390x));
        is_new.then_some(highest)
    }

    pub(crate) fn way(&self, abi: Abi, number: u32) -> Way<'_> {
        let found = |abi| self.table(abi).map_or(Way::Unlisted, Way::Table);
        if !matches!(abi, Abi::X86_64 | Abi::X32) {
            return found(abi);
        }
        if number < X32_BIT {
            return found(Abi::X86_64);
        }
        match self.table(Abi::X32) {
            Some(table) => Way::Table(table),
            None if number == u32::MAX && self.table(Abi::X86_64).is_some() => Way::Default,
            None => Way::Unlisted,
        }
    }

    fn decide_call(&self, table: &Table, call: &Call, arguments: [u64; 6]) -> Decision {
        let entries = table.entries_of(call);
        if let Some(entry) = call.always.and_then(|index| entries.get(index)) {
            return self.certain(*entry, None);
        }
        let mask = width(table.abi).mask();
        let arguments = arguments.map(|argument| argument & mask);
        let mut first: Option<(Entry, Option<usize>)> = None;
        let mut outcomes = Vec::new();
        for entry in entries {
            let Some(branch) = self.passing(table.abi, *entry, &arguments) else {
                continue;
            };
            first.get_or_insert((*entry, branch.argument));
            outcomes.extend(self.outcome(*entry));
        }
        if call.is_doubtful {
            // Which of them applies is not for the rules to say.
            outcomes.extend(entries.iter().filter_map(|entry| self.outcome(*entry)));
            outcomes.push(self.default);
        }
        outcomes.sort_unstable();
        outcomes.dedup();
        match (outcomes.as_slice(), first) {
            ([_], Some((entry, argument))) => self.certain(entry, argument),
            ([] | [_], _) => self.by_default(),
            _ => Decision::Ambiguous {
                outcomes,
                rules: entries
                    .iter()
                    .filter(|entry| {
                        call.is_doubtful || self.passing(table.abi, **entry, &arguments).is_some()
                    })
                    .filter_map(|entry| self.origin(*entry, None))
                    .collect(),
            },
        }
    }

    /// The alternative of an entry that the arguments pass.
    fn passing(&self, abi: Abi, entry: Entry, arguments: &[u64; 6]) -> Option<&Branch> {
        let branches = self.rules.get(entry.rule)?.branches(width(abi));
        branches
            .iter()
            .find(|branch| conditions(entry, branch).all(|condition| condition.passes(arguments)))
    }

    fn certain(&self, entry: Entry, argument: Option<usize>) -> Decision {
        let decided = self.outcome(entry).zip(self.origin(entry, argument));
        decided.map_or_else(
            || self.by_default(),
            |(outcome, origin)| Decision::Certain {
                outcome,
                origin: Origin::Rule(origin),
            },
        )
    }

    pub(crate) fn outcome(&self, entry: Entry) -> Option<Outcome> {
        Some(self.rules.get(entry.rule)?.outcome)
    }

    pub(crate) fn origin(&self, entry: Entry, argument: Option<usize>) -> Option<RuleOrigin> {
        let rule = self.rules.get(entry.rule)?;
        Some(RuleOrigin {
            rule: rule.index,
            span: rule.span,
            name: rule.names.get(entry.name)?.span,
            argument,
        })
    }
}

impl Table {
    pub(crate) fn call(&self, number: u32) -> Option<&Call> {
        let index = self
            .calls
            .binary_search_by_key(&number, |call| call.number)
            .ok()?;
        self.calls.get(index)
    }

    pub(crate) fn entries_of(&self, call: &Call) -> &[Entry] {
        self.entries.get(call.start..call.end).unwrap_or_default()
    }
}
