//! One call: what is decided about it, and by which rule.

mod json;
mod text;
mod typed;

use caulk_linux::syscalls::arguments_on;
use caulk_seccomp::{Condition, Conditional, Decision, Surface};

use crate::call::Call;
use crate::named::Resolved;
use typed::{named, number, numbered, value};

pub use typed::{UnknownCall, UnknownValue};

/// How many arguments a call has at most.
const MOST_ARGUMENTS: usize = 6;

/// A call that somebody asks about, on a host.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub(crate) own: &'a Resolved<'a>,
    pub(crate) default: &'a Resolved<'a>,
    /// The call under each ABI of the machine that has it, its own first.
    pub(crate) calls: Vec<Call>,
    /// The arguments that were given, from the first on.
    pub(crate) given: Vec<u64>,
}

/// What is done with a call and the arguments that were given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// It hangs on nothing more.
    Decided(Decision),
    /// It hangs on further arguments: the cases that are left.
    Depends(Conditional),
}

impl<'a> Question<'a> {
    /// A question about the call that `word` names: by its name, or by its number on the machine.
    ///
    /// # Errors
    ///
    /// Where there is no such call on this machine; says what was probably meant.
    pub fn new(
        own: &'a Resolved<'a>,
        default: &'a Resolved<'a>,
        word: &str,
    ) -> Result<Self, UnknownCall> {
        let abis = own.abis();
        let calls = match number(word) {
            Some(number) => vec![numbered(&abis, number, word)?],
            None => named(&abis, word)?,
        };
        Ok(Self {
            own,
            default,
            calls,
            given: Vec::new(),
        })
    }

    /// The same with these arguments, from the first on: numbers, or the names that headers have.
    ///
    /// # Errors
    ///
    /// Where one is neither, or there are more than the call takes.
    pub fn with(mut self, words: &[String]) -> Result<Self, UnknownValue> {
        let Some(call) = self.calls.first().copied() else {
            return Ok(self);
        };
        let name = call.name().unwrap_or_default();
        let taken = arguments_on(call.abi, name).map_or(MOST_ARGUMENTS, <[_]>::len);
        if words.len() > taken {
            let noun = if taken == 1 { "argument" } else { "arguments" };
            return Err(UnknownValue {
                message: format!("`{}` takes {taken} {noun}", call.title()),
                given: None,
                known: Vec::new(),
            });
        }
        for (index, word) in words.iter().enumerate() {
            self.given.push(value(call, index, word)?);
        }
        Ok(self)
    }

    /// The arguments as a whole: what was not given is 0.
    pub(crate) fn arguments(&self) -> [u64; 6] {
        let mut arguments = [0; 6];
        for (argument, given) in arguments.iter_mut().zip(&self.given) {
            *argument = *given;
        }
        arguments
    }

    /// What a profile does with the call.
    pub(crate) fn answer(&self, resolved: &Resolved<'_>, call: Call) -> Answer {
        let filter = &resolved.filter;
        let arguments = self.arguments();
        let decided = || Answer::Decided(filter.decide(call.abi, call.number, arguments));
        let Surface::Conditional(mut conditional) = filter.surface(call.abi, call.number) else {
            return decided();
        };
        if conditional.is_doubtful && self.given.len() < MOST_ARGUMENTS {
            return Answer::Depends(conditional);
        }
        let is_given = |condition: &Condition| usize::from(condition.index) < self.given.len();
        let mask = if call.abi.is_32_bit() {
            u64::from(u32::MAX)
        } else {
            u64::MAX
        };
        let cut = arguments.map(|argument| argument & mask);
        conditional.cases.retain_mut(|case| {
            let mut known = case.conditions.iter().filter(|one| is_given(one));
            let holds = known.all(|condition| condition.passes(&cut));
            case.conditions.retain(|condition| !is_given(condition));
            holds
        });
        let is_open = conditional
            .cases
            .iter()
            .any(|case| !case.conditions.is_empty());
        let is_settled = conditional
            .cases
            .iter()
            .any(|case| case.conditions.is_empty());
        if is_open && (!is_settled || conditional.is_mixed()) {
            Answer::Depends(conditional)
        } else {
            decided()
        }
    }
}
