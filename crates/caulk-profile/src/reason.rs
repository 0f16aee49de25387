//! By what something was decided, in words.

use std::fmt::Write as _;

use caulk_linux::syscalls;
use caulk_seccomp::{Decision, Origin, Outcome, Rule, Surface};
use caulk_source::{Span, Spanned};

use crate::call::Call;
use crate::named::Resolved;
use crate::show::listed;
use crate::{Named, Show};

impl Resolved<'_> {
    /// Where the default action is written; nothing in Docker's default, which is in no file.
    pub(crate) fn default_place(&self, show: &Show) -> Option<String> {
        let written = self.named.profile.default_action.as_ref()?;
        (!self.named.is_default).then(|| self.named.place(written.span, show))
    }

    /// By what it was decided.
    pub(crate) fn reason(&self, decision: &Decision, call: Call, show: &Show) -> String {
        let abi = call.abi;
        let named = &self.named;
        let origin = match decision {
            Decision::Certain { origin, .. } => origin,
            Decision::Ambiguous { rules, .. } => {
                return format!(
                    "{} speak of it and do different things: which one wins hangs on the shape of \
                     libseccomp's tree",
                    named.rules(rules.iter(), show)
                );
            }
        };
        match origin {
            Origin::Rule(rule) => match rule.argument {
                Some(argument) => format!(
                    "{}, by entry {} of its `args`, of which any is enough",
                    named.rule(rule, show),
                    argument + 1
                ),
                None => named.rule(rule, show),
            },
            Origin::Default(_) if self.is_disabled => "no filter is there".to_owned(),
            Origin::Default(place) => self.by_default(*place, call, show),
            Origin::UnlistedArchitecture => {
                format!("the profile does not list {abi}, and libseccomp kills whoever comes by it")
            }
            Origin::NewerThanNamed { highest } => {
                let last = syscalls::name(abi, *highest).unwrap_or("?");
                format!(
                    "it is newer than every call that the profile names (the last is `{last}`), \
                     and runc answers before the filter"
                )
            }
        }
    }

    fn by_default(&self, place: Span, call: Call, show: &Show) -> String {
        let mut text = self.default_action(place, show);
        let surface = self.filter.surface(call.abi, call.number);
        let asking = match &surface {
            Surface::Always(_) => None,
            Surface::Conditional(conditional) => {
                let rules = conditional.cases.iter().map(|case| &case.origin);
                Some(self.named.rules(rules, show))
            }
        };
        let same = self.same_as_default(call, show);
        if let Some(asking) = asking {
            let _ = write!(text, ": the arguments do not pass {asking}");
        } else if let Some(same) = same {
            let _ = write!(text, ", and {same} does the same");
        } else {
            text.push_str(": no rule that applies speaks of it");
        }
        text
    }

    /// The default action, and where it is.
    pub(crate) fn default_action(&self, place: Span, show: &Show) -> String {
        if self.named.is_default {
            return "the default action".to_owned();
        }
        format!("the default action, {}", self.named.place(place, show))
    }

    /// The first rule that names a call and does what the default does anyway.
    fn same_as_default(&self, call: Call, show: &Show) -> Option<String> {
        let name = call.name()?;
        let mut rules = self.filter.rules().iter().filter(|rule| rule.is_default);
        rules.find_map(|rule| {
            let written = rule.names.iter().find(|written| written.value == name)?;
            Some(if self.named.is_default {
                format!("rule {} of Docker's default", rule.index + 1)
            } else {
                self.named.place(written.span, show)
            })
        })
    }
}

/// The rules of a profile that speak of a call and do not apply here, each with what it asks for.
pub(crate) fn unapplied(resolved: &Resolved<'_>, call: Call, show: &Show) -> Vec<String> {
    let Some(name) = call.name() else {
        return Vec::new();
    };
    let Named { profile, .. } = resolved.named;
    let rules = resolved.filter.rules();
    let applies = |index: usize| {
        rules
            .binary_search_by_key(&index, |rule| rule.index)
            .is_ok()
    };
    let mut found = Vec::new();
    for (index, rule) in profile.rules.iter().enumerate() {
        let written = rule.names.iter().find(|written| written.value == name);
        let (Some(written), false) = (written, applies(index)) else {
            continue;
        };
        let Some(action) = rule.parsed_action() else {
            continue;
        };
        let number = rule.errno.map(|errno| errno.value);
        let outcome = Outcome::new(action, number);
        let place = if resolved.named.is_default {
            format!("rule {} of Docker's default", index + 1)
        } else {
            resolved.named.place(written.span, show)
        };
        let asks = asks(rule, show);
        found.push(format!("{place}: {outcome} {asks}"));
    }
    found
}

/// When a rule applies: `with CAP_SYS_ADMIN`, `on s390x, and not with CAP_BPF`.
fn asks(rule: &Rule, show: &Show) -> String {
    let mut words = Vec::new();
    for (requirement, not) in [(&rule.includes, ""), (&rule.excludes, "not ")] {
        let Some(requirement) = requirement else {
            continue;
        };
        let several = |names: &[Spanned<String>]| {
            let names: Vec<String> = names
                .iter()
                .map(|name| (show.visible)(&name.value))
                .collect();
            if not.is_empty() {
                listed(&names)
            } else {
                names.join(" or ")
            }
        };
        if !requirement.capabilities.is_empty() {
            words.push(format!("{not}with {}", several(&requirement.capabilities)));
        }
        if !requirement.architectures.is_empty() {
            let names: Vec<String> = requirement
                .architectures
                .iter()
                .map(|name| (show.visible)(&name.value))
                .collect();
            words.push(format!("{not}on {}", names.join(" or ")));
        }
        if let Some(kernel) = &requirement.kernel {
            words.push(format!("{not}from Linux {}", (show.visible)(&kernel.value)));
        }
    }
    if words.is_empty() {
        "elsewhere".to_owned()
    } else {
        words.join(", ")
    }
}
