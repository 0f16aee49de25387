//! Conditions on arguments that a caller gets around, because it chooses what the filter compares
//! and the kernel does not look at.

use caulk_linux::syscalls::{self, Abi, ArgumentKind};
use caulk_model::Profile;
use caulk_seccomp::{
    Argument, Case, Condition, Decision, Filter, Origin, RuleOrigin, Surface, Test,
};
use caulk_source::Span;

use super::{Call, is_made, is_stopped};

/// How many cases of one call are looked at, and how many comparisons it may take.
const MOST_CASES: usize = 64;
const MOST_COMPARISONS: usize = 64_000;

/// A condition that a caller gets around.
pub(crate) struct Passed {
    pub(crate) name: &'static str,
    /// The condition, or the rule's name of the call.
    pub(crate) place: Span,
    /// Which argument.
    pub(crate) index: u8,
    pub(crate) how: How,
}

/// How it is got around.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// With another value in the half of the register that the kernel drops.
    Width {
        /// What is stopped.
        stopped: u64,
        /// What is the same to the kernel, and let through.
        open: u64,
    },
    /// It is an address, which the caller chooses.
    Pointer,
    /// The call has no such argument.
    Unused,
    /// A denial asks for no flag where flags were to be denied.
    Inverted,
}

/// Every call of the filter's own machine whose conditions can be got around.
pub(crate) fn passed(profile: &Profile, own: &Filter, default: &Filter) -> Vec<Passed> {
    let abi = own.host().abi;
    let mut passed = Vec::new();
    for (name, number, surface) in own.surfaces(abi) {
        let Surface::Conditional(conditional) = surface else {
            continue;
        };
        let most = MOST_COMPARISONS / conditional.cases.len().max(1);
        let most = most.clamp(1, MOST_CASES);
        let cases: Vec<&Case> = conditional.cases.iter().take(most).collect();
        let looked = Looked {
            profile,
            own,
            default,
            abi,
            name,
            number,
            cases: &cases,
        };
        passed.extend(looked.passed());
    }
    passed
}

/// One call that is looked at.
struct Looked<'l> {
    profile: &'l Profile,
    own: &'l Filter,
    default: &'l Filter,
    abi: Abi,
    name: &'static str,
    number: u32,
    cases: &'l [&'l Case],
}

impl Looked<'_> {
    /// The first way around the conditions, if there is one.
    fn passed(&self) -> Option<Passed> {
        let arguments = syscalls::arguments_on(self.abi, self.name)?;
        for case in self.cases {
            for condition in &case.conditions {
                let argument = arguments.get(usize::from(condition.index));
                let how = match argument.map(|argument| argument.kind) {
                    None => Some(How::Unused),
                    // Whether an address is given at all is a fair question.
                    Some(ArgumentKind::Pointer) => {
                        (condition.test.value() != 0).then_some(How::Pointer)
                    }
                    Some(ArgumentKind::Long) => self.inverted(case, condition),
                    Some(kind) => self
                        .width(case, condition, kind)
                        .or_else(|| self.inverted(case, condition)),
                };
                if let Some(how) = how {
                    let place = self.place(case.origin, condition.index);
                    return Some(Passed {
                        name: self.name,
                        place,
                        index: condition.index,
                        how,
                    });
                }
            }
        }
        None
    }

    /// The condition's own place.
    fn place(&self, origin: RuleOrigin, index: u8) -> Span {
        let rule = self.profile.profile.rules.get(origin.rule);
        let arguments = rule
            .map(|rule| rule.arguments.as_slice())
            .unwrap_or_default();
        let chosen = origin.argument.and_then(|at| arguments.get(at));
        let is_at =
            |argument: &&Argument| argument.index.map_or(0, |it| it.value) == u64::from(index);
        let argument = chosen.or_else(|| arguments.iter().find(is_at));
        argument.map_or(origin.name, |argument| argument.span)
    }

    /// A value that is stopped, and one that is the same to the kernel and is not.
    fn width(&self, case: &Case, condition: &Condition, kind: ArgumentKind) -> Option<How> {
        let low = condition.test.value() & kind.mask();
        let lows = [low.wrapping_sub(1), low, low.wrapping_add(1)].map(|low| low & kind.mask());
        let above = kind.mask() + 1;
        let highs = [above, !kind.mask(), condition.test.value() & !kind.mask()];
        let base = satisfying(case);
        for low in lows {
            let plain = self.with(base, condition.index, low);
            let extended = self.with(base, condition.index, extend(low, kind));
            // Who allows one spelling of a negative number and not the other allows it on purpose: a C
            // library may leave either in the register. Who denies one alone leaves the other.
            let is_stopped_here = match (self.stops(plain), self.stops(extended)) {
                (Stop::No, _) | (Stop::ByDefault, Stop::No) => false,
                (Stop::ByDefault | Stop::ByRule, _) => true,
            };
            let mut values = highs.iter().map(|high| low | high);
            let open = values.find(|value| self.is_open(self.with(base, condition.index, *value)));
            if let Some(open) = open.filter(|_| is_stopped_here) {
                let default_has_it = is_stopped(self.default, plain)
                    && is_made(self.default, self.with(base, condition.index, open));
                if !default_has_it {
                    return Some(How::Width { stopped: low, open });
                }
            }
        }
        None
    }

    /// A denial with a mask under which nothing may be set: it stops who asks for none of the flags.
    fn inverted(&self, case: &Case, condition: &Condition) -> Option<How> {
        let Test::Masked { mask, value: 0 } = condition.test else {
            return None;
        };
        let base = satisfying(case);
        let without = self.with(base, condition.index, 0);
        let with = self.with(base, condition.index, mask);
        let denies = !case.outcome.may_run();
        (denies && is_stopped(self.own, without) && self.is_open(with)).then_some(How::Inverted)
    }

    fn with(&self, mut arguments: [u64; 6], index: u8, value: u64) -> Call {
        if let Some(argument) = arguments.get_mut(usize::from(index)) {
            *argument = value;
        }
        Call {
            abi: self.abi,
            number: self.number,
            arguments,
        }
    }

    fn is_open(&self, call: Call) -> bool {
        is_made(self.own, call)
    }

    fn stops(&self, call: Call) -> Stop {
        if !is_stopped(self.own, call) {
            return Stop::No;
        }
        match self.own.decide(call.abi, call.number, call.arguments) {
            Decision::Certain {
                origin: Origin::Default(_),
                ..
            } => Stop::ByDefault,
            Decision::Certain { .. } | Decision::Ambiguous { .. } => Stop::ByRule,
        }
    }
}

/// Who stops a call.
enum Stop {
    No,
    ByDefault,
    ByRule,
}

/// A negative number as the other half of C libraries leaves it in the register.
fn extend(low: u64, kind: ArgumentKind) -> u64 {
    const SIGN: u64 = 0x8000_0000;
    match kind {
        ArgumentKind::Int if low & SIGN != 0 => low | !kind.mask(),
        ArgumentKind::Int
        | ArgumentKind::Unsigned32
        | ArgumentKind::Unsigned16
        | ArgumentKind::Long
        | ArgumentKind::Pointer => low,
    }
}

/// Arguments that pass every condition of a case.
fn satisfying(case: &Case) -> [u64; 6] {
    let mut arguments = [0; 6];
    for condition in &case.conditions {
        let value = match condition.test {
            Test::Equal(value)
            | Test::LessOrEqual(value)
            | Test::GreaterOrEqual(value)
            | Test::Masked { value, .. } => value,
            Test::NotEqual(value) | Test::Greater(value) => value.wrapping_add(1),
            Test::Less(value) => value.wrapping_sub(1),
        };
        if let Some(argument) = arguments.get_mut(usize::from(condition.index)) {
            *argument = value;
        }
    }
    arguments
}
