//! What one rule is refused for.

use caulk_linux::syscalls;
use caulk_syntax::json::Value;

use crate::decode::unsigned;
use crate::load::{
    Context, brace, conditional, field, is_one_of, items, known_action, outcome, text, written,
};
use crate::refusal::quoted;
use crate::{Action, Consumer, Refusal};

/// The number of the last argument of a system call.
const LAST_ARGUMENT: u64 = 5;

pub(crate) fn check(rule: &Value, context: &Context, refusals: &mut Vec<Refusal>) {
    let names = items(rule, "names");
    let name = field(rule, "name")
        .filter(|name| context.consumer != Consumer::Oci && text(name) != Some(""));
    let mut found = Vec::new();
    if let Some(name) = name
        && !names.is_empty()
    {
        let message = "`name` stands beside `names`, and only one of them may";
        let refusal = Refusal::new(name.span, message);
        if context.consumer == Consumer::Docker {
            // moby looks before it asks whether the rule applies.
            refusals.push(refusal);
            return;
        }
        found.push(refusal);
    }
    check_action(rule, names, name, context, &mut found);
    let has = |key: &str| field(rule, key).is_some_and(|value| !value.members().is_empty());
    if context.consumer != Consumer::Oci && (has("includes") || has("excludes")) {
        refusals.extend(found.into_iter().map(conditional));
    } else {
        refusals.extend(found);
    }
}

fn check_action(
    rule: &Value,
    names: &[Value],
    name: Option<&Value>,
    context: &Context,
    found: &mut Vec<Refusal>,
) {
    let action = match field(rule, "action") {
        Some(action) => known_action(action, found),
        None if rule.is_null() => None,
        None => {
            found.push(Refusal::new(brace(rule), "this rule has no `action`"));
            None
        }
    };
    let unnamed = names.iter().filter(|name| text(name) == Some(""));
    found.extend(unnamed.map(|name| Refusal::new(name.span, "a system call has no name")));
    if name.is_none() && names.is_empty() {
        // Without a name runc has nothing to add, and looks no further.
        return;
    }
    if action == Some(Action::Notify) {
        check_supervised(rule, names.iter().chain(name), context, found);
    }
    check_filter(rule, action, context, found);
}

/// What runc wants where a supervisor decides.
fn check_supervised<'v>(
    rule: &Value,
    names: impl Iterator<Item = &'v Value>,
    context: &Context,
    found: &mut Vec<Refusal>,
) {
    let mut some_known = false;
    for name in names {
        let Some(text) = text(name) else { continue };
        some_known |= syscalls::is_known(text);
        if text == "write" {
            let message = "`write` may not wait for a supervisor: runc itself would have to";
            found.push(Refusal::of_runc(name.span, message));
        }
    }
    if some_known
        && !context.has_listener
        && let Some(action) = field(rule, "action")
    {
        let message = "`SCMP_ACT_NOTIFY` wants a supervisor, and no `listenerPath` is set";
        found.push(Refusal::of_runc(action.span, message));
    }
}

fn check_filter(rule: &Value, action: Option<Action>, context: &Context, found: &mut Vec<Refusal>) {
    let written = written(rule, context.consumer, "errno", "errnoRet");
    let mut too_large = Vec::new();
    let outcome = action.map(|action| outcome(action, written, &mut too_large));
    // A rule that says what the default says is skipped before libseccomp sees it.
    let is_skipped = outcome.is_some() && outcome == context.default;
    if !is_skipped {
        found.append(&mut too_large);
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

/// The comparisons that runc knows.
const OPERATORS: &[&str] = &["EQ", "GE", "GT", "LE", "LT", "MASKED_EQ", "NE"];
