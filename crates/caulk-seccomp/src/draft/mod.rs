//! A profile that is to be written.
//!
//! What a [`Profile`] says, without places and with words that are known: the form in which a
//! profile is made, changed and merged.

mod merge;
mod write;

use std::collections::BTreeSet;

use caulk_linux::syscalls::Abi;

use crate::{Action, Argument, Profile, Requirement, Rule, errno};

pub use merge::Unmergeable;

/// A profile in Docker's format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// What is done with a call that no rule names.
    pub default: Answer,
    /// `architectures`, as libseccomp names them.
    pub architectures: Vec<String>,
    /// `archMap`: machines, and the architectures that go with each.
    pub machines: Vec<(String, Vec<String>)>,
    /// `flags`.
    pub flags: Option<Vec<String>>,
    /// `listenerPath`.
    pub listener_path: Option<String>,
    /// `listenerMetadata`.
    pub listener_metadata: Option<String>,
    /// The rules, in order.
    pub rules: Vec<DraftRule>,
}

/// What is done with a call: the action, and its number where one is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Answer {
    /// The action.
    pub action: Action,
    /// `errnoRet`.
    pub errno: Option<u64>,
}

/// One entry of `syscalls`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRule {
    /// The calls.
    pub names: Vec<String>,
    /// What is done with them.
    pub answer: Answer,
    /// What their arguments must hold.
    pub arguments: Vec<Comparison>,
    /// When it applies: all of it has to hold.
    pub includes: Conditions,
    /// When it does not: any of it is enough.
    pub excludes: Conditions,
    /// Words for the reader.
    pub comment: Option<String>,
}

/// One entry of `args`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Comparison {
    /// Which argument, 0 to 5.
    pub index: u64,
    /// What it is compared with, or the mask.
    pub value: u64,
    /// What is left under the mask.
    pub value_two: u64,
    /// The comparison, as libseccomp names it: `SCMP_CMP_EQ`.
    pub operator: String,
}

/// `includes` or `excludes`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Conditions {
    /// Capabilities of the container's bounding set.
    pub capabilities: Vec<String>,
    /// Machines, in Docker's names.
    pub architectures: Vec<String>,
    /// The least kernel.
    pub kernel: Option<String>,
}

impl Answer {
    /// The call is made.
    pub const ALLOW: Self = Self {
        action: Action::Allow,
        errno: None,
    };

    /// The call fails with this number.
    pub const fn errno(number: u64) -> Self {
        Self {
            action: Action::Errno,
            errno: Some(number),
        }
    }

    /// Whether the call is stopped.
    pub fn denies(self) -> bool {
        !self.action.lets_through()
    }

    /// The same where what is not written is said: an error without a number is `EPERM`.
    #[must_use]
    pub fn told(self) -> Self {
        let errno = self
            .action
            .has_number()
            .then(|| self.errno.unwrap_or(errno::EPERM));
        Self { errno, ..self }
    }
}

impl Comparison {
    /// The argument is this value.
    pub fn equal(index: u64, value: u64) -> Self {
        Self::new(index, "SCMP_CMP_EQ", value)
    }

    /// The bits of the argument under the mask are these.
    pub fn masked(index: u64, mask: u64, bits: u64) -> Self {
        Self {
            value_two: bits,
            ..Self::new(index, "SCMP_CMP_MASKED_EQ", mask)
        }
    }

    /// A comparison with one value.
    pub fn new(index: u64, operator: &str, value: u64) -> Self {
        Self {
            index,
            value,
            value_two: 0,
            operator: operator.to_owned(),
        }
    }
}

impl Conditions {
    /// Whether nothing is asked.
    pub fn is_none(&self) -> bool {
        self.capabilities.is_empty() && self.architectures.is_empty() && self.kernel.is_none()
    }

    /// These capabilities.
    pub fn capabilities(names: &[&str]) -> Self {
        Self {
            capabilities: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// One of these machines.
    pub fn machines(abis: &[Abi]) -> Self {
        Self {
            architectures: abis.iter().map(|abi| abi.docker().to_owned()).collect(),
            ..Self::default()
        }
    }
}

impl DraftRule {
    /// A rule without conditions, its names sorted.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>, answer: Answer) -> Self {
        let names: BTreeSet<String> = names.into_iter().map(Into::into).collect();
        Self {
            names: names.into_iter().collect(),
            answer,
            arguments: Vec::new(),
            includes: Conditions::default(),
            excludes: Conditions::default(),
            comment: None,
        }
    }

    /// The same with words for the reader.
    #[must_use]
    pub fn because(mut self, comment: &str) -> Self {
        self.comment = Some(comment.to_owned());
        self
    }

    /// The same for calls of which this argument holds.
    #[must_use]
    pub fn when(mut self, argument: Comparison) -> Self {
        self.arguments.push(argument);
        self
    }

    /// Whether it applies always and to all arguments.
    pub fn is_unconditional(&self) -> bool {
        self.arguments.is_empty() && self.includes.is_none() && self.excludes.is_none()
    }
}

impl Draft {
    /// A profile that stops everything with `EPERM`, on these machines and the architectures that
    /// go with each.
    pub fn closed(machines: &[(Abi, Vec<Abi>)]) -> Self {
        let scmp = |abi: &Abi| abi.scmp().to_owned();
        let machines = machines
            .iter()
            .map(|(abi, others)| (scmp(abi), others.iter().map(scmp).collect()));
        Self {
            default: Answer::errno(errno::EPERM),
            architectures: Vec::new(),
            machines: machines.collect(),
            flags: None,
            listener_path: None,
            listener_metadata: None,
            rules: Vec::new(),
        }
    }

    /// What a profile says. Nothing where an engine refuses it, or it is none.
    ///
    /// What engines overlook is gone: fields that nobody knows, names that no rule can use.
    pub fn of(profile: &Profile) -> Option<Self> {
        let is_refused = profile.refusals.iter().any(|refusal| !refusal.conditional);
        let action = profile.action()?;
        if is_refused {
            return None;
        }
        let owned = |word: &Option<caulk_source::Spanned<String>>| {
            word.as_ref().map(|word| word.value.clone())
        };
        let machines = profile.arch_map.iter().filter_map(|machine| {
            let others = machine.sub_architectures.iter();
            Some((
                owned(&machine.architecture)?,
                others.map(|other| other.value.clone()).collect(),
            ))
        });
        let flags = profile.flags.as_ref();
        Some(Self {
            default: Answer {
                action,
                errno: profile.default_errno.as_ref().map(|errno| errno.value),
            },
            architectures: texts(&profile.architectures),
            machines: machines.collect(),
            flags: flags.map(|flags| texts(flags)),
            listener_path: owned(&profile.listener_path),
            listener_metadata: owned(&profile.listener_metadata),
            rules: profile.rules.iter().filter_map(rule).collect(),
        })
    }

    /// Whether a call is let through always: for all containers, machines and arguments.
    pub fn opens(&self, name: &str) -> bool {
        let always = self.rules.iter().filter(|rule| rule.is_unconditional());
        let mut naming = always.filter(|rule| rule.names.iter().any(|one| one == name));
        naming.next().is_some_and(|rule| !rule.answer.denies())
    }

    /// Docker's default profile.
    pub fn docker_default() -> Self {
        let read = Self::of(crate::default_profile::profile());
        read.unwrap_or_else(|| Self::closed(&[]))
    }
}

fn rule(rule: &Rule) -> Option<DraftRule> {
    Some(DraftRule {
        names: texts(&rule.names),
        answer: Answer {
            action: rule.parsed_action()?,
            errno: rule.errno.as_ref().map(|errno| errno.value),
        },
        arguments: rule.arguments.iter().map(comparison).collect(),
        includes: conditions(rule.includes.as_ref()),
        excludes: conditions(rule.excludes.as_ref()),
        comment: rule.comment.as_ref().map(|comment| comment.value.clone()),
    })
}

fn comparison(argument: &Argument) -> Comparison {
    let number = |number: &Option<caulk_source::Spanned<u64>>| {
        number.as_ref().map_or(0, |number| number.value)
    };
    let operator = argument.operator.as_ref();
    Comparison {
        index: number(&argument.index),
        value: number(&argument.value),
        value_two: number(&argument.value_two),
        operator: operator.map(|word| word.value.clone()).unwrap_or_default(),
    }
}

fn conditions(requirement: Option<&Requirement>) -> Conditions {
    let Some(requirement) = requirement else {
        return Conditions::default();
    };
    let kernel = requirement
        .kernel
        .as_ref()
        .map(|kernel| kernel.value.clone());
    Conditions {
        capabilities: texts(&requirement.capabilities),
        architectures: texts(&requirement.architectures),
        kernel: kernel.filter(|kernel| !kernel.is_empty()),
    }
}

fn texts(words: &[caulk_source::Spanned<String>]) -> Vec<String> {
    words.iter().map(|word| word.value.clone()).collect()
}
