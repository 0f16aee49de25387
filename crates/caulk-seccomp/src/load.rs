//! What a profile of the right types is refused for: by moby's `setupSeccomp` when it is resolved
//! for a container, then by runc and libseccomp when they build the filter.

use caulk_source::Span;
use caulk_syntax::json::Value;

use crate::decode::unsigned;
use crate::refusal::quoted;
use crate::{Action, Refusal};

/// The architectures that runc knows (`libcontainer/seccomp/config.go`).
const ARCHITECTURES: &[&str] = &[
    "AARCH64",
    "ARM",
    "LOONGARCH64",
    "MIPS",
    "MIPS64",
    "MIPS64N32",
    "MIPSEL",
    "MIPSEL64",
    "MIPSEL64N32",
    "PPC",
    "PPC64",
    "PPC64LE",
    "RISCV64",
    "S390",
    "S390X",
    "X32",
    "X86",
    "X86_64",
];

/// The comparisons that runc knows.
const OPERATORS: &[&str] = &["EQ", "GE", "GT", "LE", "LT", "MASKED_EQ", "NE"];

/// The largest error number that libseccomp takes: the kernel's `MAX_ERRNO`.
const MAX_ERRNO: u64 = 4095;

/// The error number where none is written: `EPERM`.
const EPERM: u64 = 1;

/// The number of the last argument of a system call.
const LAST_ARGUMENT: u64 = 5;

/// What is refused at the start of a container.
pub(crate) fn refusals(profile: &Value) -> Vec<Refusal> {
    let rules = items(profile, "syscalls");
    let mut refusals = Vec::new();
    let default = field(profile, "defaultAction").filter(|value| value.as_str() != Some(""));
    if default.is_none() && rules.is_empty() {
        // Docker takes it for no profile.
        return refusals;
    }
    architectures(profile, &mut refusals);
    let default_errno = field(profile, "defaultErrnoRet");
    let default = default_action(profile, default, default_errno, &mut refusals);
    for rule in rules {
        check_rule(rule, default, &mut refusals);
    }
    refusals
}

/// What is done with a call, as libseccomp compares it: the action with its error number.
type Answer = (Action, Option<u64>);

fn answer(action: Action, errno: Option<&Value>) -> Answer {
    match action {
        Action::Errno | Action::Trace => {
            let errno = errno.map_or(Some(EPERM), unsigned);
            (action, errno.map(kept))
        }
        Action::Allow
        | Action::Log
        | Action::Notify
        | Action::Trap
        | Action::KillThread
        | Action::KillProcess => (action, None),
    }
}

/// What runc's cast to 16 bits leaves of an error number.
fn kept(errno: u64) -> u64 {
    errno & 0xffff
}

fn architectures(profile: &Value, refusals: &mut Vec<Refusal>) {
    let listed = items(profile, "architectures");
    let machines = items(profile, "archMap");
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
        if !is_one_of(name, "SCMP_ARCH_", ARCHITECTURES) || read.contains(&name) {
            continue;
        }
        read.push(name);
        let subs = items(machine, "subArchitectures").iter();
        refusals.extend(subs.filter_map(architecture).map(conditional));
    }
}

fn architecture(value: &Value) -> Option<Refusal> {
    let name = text(value)?;
    let known = is_one_of(name, "SCMP_ARCH_", ARCHITECTURES);
    (!known).then(|| {
        Refusal::new(
            value.span,
            format!("{} is no architecture that runc knows", quoted(name)),
        )
    })
}

fn default_action(
    profile: &Value,
    default: Option<&Value>,
    errno: Option<&Value>,
    refusals: &mut Vec<Refusal>,
) -> Option<Answer> {
    let Some(value) = default else {
        let place = get(profile, "defaultAction").map_or_else(|| brace(profile), |at| at.span);
        refusals.push(Refusal::new(place, "it has no `defaultAction`"));
        return None;
    };
    let action = known_action(value, refusals)?;
    if action == Action::Notify {
        let message = "`SCMP_ACT_NOTIFY` may not be the default: runc itself would have to wait";
        refusals.push(Refusal::new(value.span, message));
    }
    let answer = answer(action, errno);
    too_large(answer, errno, refusals);
    Some(answer)
}

fn known_action(value: &Value, refusals: &mut Vec<Refusal>) -> Option<Action> {
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

fn too_large(answer: Answer, errno: Option<&Value>, refusals: &mut Vec<Refusal>) {
    if let (Action::Errno, Some(number)) = answer
        && number > MAX_ERRNO
        && let Some(written) = errno
    {
        refusals.push(Refusal::new(
            written.span,
            format!("no error number is larger than {MAX_ERRNO}"),
        ));
    }
}

fn check_rule(rule: &Value, default: Option<Answer>, refusals: &mut Vec<Refusal>) {
    let names = items(rule, "names");
    let name =
        field(rule, "name").filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
    if let Some(name) = name
        && !names.is_empty()
    {
        refusals.push(Refusal::new(
            name.span,
            "`name` stands beside `names`, and only one of them may",
        ));
        return;
    }
    let mut found = Vec::new();
    let action = match field(rule, "action") {
        Some(action) => known_action(action, &mut found),
        None if rule.is_null() => None,
        None => {
            found.push(Refusal::new(brace(rule), "this rule has no `action`"));
            None
        }
    };
    let unnamed = names.iter().filter(|name| text(name) == Some(""));
    found.extend(unnamed.map(|name| Refusal::new(name.span, "a system call has no name")));
    if name.is_some() || !names.is_empty() {
        // Without a name runc has nothing to add, and looks no further.
        check_filter(rule, action, default, &mut found);
    }
    let has = |key: &str| field(rule, key).is_some_and(|value| !value.members().is_empty());
    if has("includes") || has("excludes") {
        refusals.extend(found.into_iter().map(conditional));
    } else {
        refusals.extend(found);
    }
}

fn check_filter(
    rule: &Value,
    action: Option<Action>,
    default: Option<Answer>,
    found: &mut Vec<Refusal>,
) {
    let errno = field(rule, "errnoRet");
    let answer = action.map(|action| answer(action, errno));
    // A rule that says what the default says is skipped before libseccomp sees it.
    let is_skipped = answer.is_some() && answer == default;
    if !is_skipped && let Some(answer) = answer {
        too_large(answer, errno, found);
    }
    for argument in items(rule, "args") {
        found.extend(operator(argument));
        let index = field(argument, "index");
        if let Some(index) = index.filter(|_| !is_skipped)
            && unsigned(index).is_some_and(|number| number > LAST_ARGUMENT)
        {
            let message = "a system call has six arguments, 0 to 5";
            found.push(Refusal::new(index.span, message));
        }
    }
}

fn operator(argument: &Value) -> Option<Refusal> {
    let Some(value) = field(argument, "op") else {
        let message = "this condition has no `op`";
        return Some(Refusal::new(brace(argument), message));
    };
    let name = value.as_str()?;
    let known = is_one_of(name, "SCMP_CMP_", OPERATORS);
    (!known).then(|| Refusal::new(value.span, format!("{} is no operator", quoted(name))))
}

fn conditional(refusal: Refusal) -> Refusal {
    Refusal {
        conditional: true,
        ..refusal
    }
}

/// The text of a list's item: `null` is an empty one.
fn text(value: &Value) -> Option<&str> {
    if value.is_null() {
        return Some("");
    }
    value.as_str()
}

fn is_one_of(name: &str, prefix: &str, known: &[&str]) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| known.contains(&rest))
}

fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get_ignoring_case(key)
}

/// The value of a field; `null` is none.
fn field<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    get(value, key).filter(|value| !value.is_null())
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    get(value, key).map(Value::items).unwrap_or_default()
}

/// The first character of a value, to point at where something is absent in it.
fn brace(value: &Value) -> Span {
    let start = value.span.start as usize;
    Span::new(value.span.file, start..start + 1)
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
