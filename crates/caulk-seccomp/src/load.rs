//! What a profile of the right types is refused for: by the engine when it resolves it for a
//! container (moby's and Podman's `setupSeccomp`), then by runc and libseccomp when they build the
//! filter.

use caulk_linux::syscalls::Abi;
use caulk_source::Span;
use caulk_syntax::json::Value;

use crate::decode::unsigned;
use crate::refusal::quoted;
use crate::{Action, Consumer, Outcome, Refusal, errno, load_rule};

/// The flags that runc or the runtime specification knows. `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV`
/// is the specification's, and it depends on runc's version whether it is taken.
const FLAGS: &[&str] = &["LOG", "SPEC_ALLOW", "TSYNC", "WAIT_KILLABLE_RECV"];

/// What of the whole profile decides about each rule.
pub(crate) struct Context {
    pub(crate) consumer: Consumer,
    pub(crate) default: Option<Outcome>,
    pub(crate) has_listener: bool,
}

/// What is refused at the start of a container.
pub(crate) fn refusals(profile: &Value, consumer: Consumer) -> Vec<Refusal> {
    let rules = items(profile, "syscalls");
    let mut refusals = Vec::new();
    let default = field(profile, "defaultAction").filter(|value| value.as_str() != Some(""));
    if default.is_none() && rules.is_empty() {
        // moby, Podman and runc take it for no profile.
        return refusals;
    }
    architectures(profile, consumer, &mut refusals);
    let context = Context {
        consumer,
        default: default_outcome(profile, default, consumer, &mut refusals),
        has_listener: field(profile, "listenerPath").is_some_and(|path| text(path) != Some("")),
    };
    if consumer != Consumer::Podman {
        // Podman drops them.
        refusals.extend(items(profile, "flags").iter().filter_map(flag));
    }
    for rule in rules {
        load_rule::check(rule, &context, &mut refusals);
    }
    refusals
}

fn architectures(profile: &Value, consumer: Consumer, refusals: &mut Vec<Refusal>) {
    let listed = items(profile, "architectures");
    let machines = match consumer {
        Consumer::Docker | Consumer::Podman => items(profile, "archMap"),
        Consumer::Oci => &[],
    };
    if !listed.is_empty() && !machines.is_empty() {
        let place = field(profile, "archMap").map_or(profile.span, |value| value.span);
        refusals.push(Refusal::new(
            place,
            "`archMap` stands beside `architectures`, and only one of them may",
        ));
        return;
    }
    refusals.extend(listed.iter().filter_map(architecture));
    let mut read: Vec<&str> = Vec::new();
    for machine in machines {
        // The first entry of the host's own machine is read, and no other.
        let Some(name) = field(machine, "architecture").and_then(Value::as_str) else {
            continue;
        };
        if Abi::from_scmp(name).is_none() || read.contains(&name) {
            continue;
        }
        read.push(name);
        let subs = items(machine, "subArchitectures").iter();
        refusals.extend(subs.filter_map(architecture).map(conditional));
    }
}

fn architecture(value: &Value) -> Option<Refusal> {
    let name = text(value)?;
    Abi::from_scmp(name).is_none().then(|| {
        Refusal::new(
            value.span,
            format!("{} is no architecture that runc knows", quoted(name)),
        )
    })
}

fn flag(value: &Value) -> Option<Refusal> {
    let name = text(value)?;
    let known = is_one_of(name, "SECCOMP_FILTER_FLAG_", FLAGS);
    (!known).then(|| {
        let message = format!("{} is no flag that runc knows", quoted(name));
        Refusal::new(value.span, message)
    })
}

fn default_outcome(
    profile: &Value,
    default: Option<&Value>,
    consumer: Consumer,
    refusals: &mut Vec<Refusal>,
) -> Option<Outcome> {
    let Some(value) = default else {
        let place = get(profile, "defaultAction").map_or_else(|| brace(profile), |at| at.span);
        refusals.push(Refusal::new(place, "it has no `defaultAction`"));
        return None;
    };
    let action = known_action(value, refusals)?;
    if action == Action::Notify {
        let message = "`SCMP_ACT_NOTIFY` may not be the default: runc itself would have to wait";
        refusals.push(Refusal::of_runc(value.span, message));
    }
    let written = written(profile, consumer, "defaultErrno", "defaultErrnoRet");
    Some(outcome(action, written, refusals))
}

pub(crate) fn known_action(value: &Value, refusals: &mut Vec<Refusal>) -> Option<Action> {
    let name = value.as_str()?;
    let action = Action::parse(name);
    if action.is_none() {
        refusals.push(Refusal::new(
            value.span,
            format!("{} is no action", quoted(name)),
        ));
    }
    action
}

/// The number that counts, and where it is written. Podman prefers the name.
pub(crate) fn written(
    value: &Value,
    consumer: Consumer,
    name: &str,
    number: &str,
) -> Option<(u64, Span)> {
    let named = field(value, name).filter(|_| consumer == Consumer::Podman);
    let named = named.and_then(|value| Some((errno::parse(value.as_str()?)?, value.span)));
    named.or_else(|| {
        let value = field(value, number)?;
        Some((unsigned(value)?, value.span))
    })
}

/// What is done with a call, as libseccomp compares it.
pub(crate) fn outcome(
    action: Action,
    written: Option<(u64, Span)>,
    refusals: &mut Vec<Refusal>,
) -> Outcome {
    let outcome = Outcome::new(action, written.map(|(number, _)| number));
    if let (Outcome::Errno(number), Some((_, place))) = (outcome, written)
        && u64::from(number) > errno::MAX
    {
        let message = format!("libseccomp takes no error number above {}", errno::MAX);
        refusals.push(Refusal::new(place, message));
    }
    outcome
}

pub(crate) fn conditional(refusal: Refusal) -> Refusal {
    Refusal {
        conditional: true,
        ..refusal
    }
}

/// The text of a list's item: `null` is an empty one.
pub(crate) fn text(value: &Value) -> Option<&str> {
    if value.is_null() {
        return Some("");
    }
    value.as_str()
}

pub(crate) fn is_one_of(name: &str, prefix: &str, known: &[&str]) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| known.contains(&rest))
}

fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get_ignoring_case(key)
}

/// The value of a field; `null` is none.
pub(crate) fn field<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    get(value, key).filter(|value| !value.is_null())
}

pub(crate) fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    get(value, key).map(Value::items).unwrap_or_default()
}

/// The first character of a value, to point at where something is absent in it.
pub(crate) fn brace(value: &Value) -> Span {
    let start = value.span.start as usize;
    Span::new(value.span.file, start..start + 1)
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
