//! From JSON to the tree, with the keys as Go's reader matches them.

use caulk_source::Spanned;
use caulk_syntax::json::{Kind, Value};

use crate::decode::unsigned;
use crate::profile::{Argument, Machine, Profile, Requirement, Rule};
use crate::refusal::{in_order, refusals};
use crate::{Consumer, Refusal};

/// Reads an object, whatever stands in it: what has another type than it should is absent.
pub(crate) fn profile(value: &Value) -> Profile {
    let mut profile = Profile {
        span: value.span,
        default_action: text(value, "defaultAction"),
        default_errno: number(value, "defaultErrnoRet"),
        default_errno_name: text(value, "defaultErrno"),
        architectures: texts(value, "architectures"),
        arch_map: items(value, "archMap").iter().map(machine).collect(),
        flags: list(value, "flags"),
        listener_path: text(value, "listenerPath"),
        listener_metadata: text(value, "listenerMetadata"),
        rules: items(value, "syscalls").iter().map(rule).collect(),
        refusals: refusals(value, Consumer::Docker),
        podman_refusals: refusals(value, Consumer::Podman),
        oci_refusals: refusals(value, Consumer::Oci),
    };
    let all = [Consumer::Docker, Consumer::Podman, Consumer::Oci];
    let [docker, podman, oci] = all.map(|consumer| profile.conflicts(consumer));
    add(&mut profile.refusals, docker);
    add(&mut profile.podman_refusals, podman);
    add(&mut profile.oci_refusals, oci);
    profile
}

fn add(refusals: &mut Vec<Refusal>, more: Vec<Refusal>) {
    if !more.is_empty() {
        refusals.extend(more);
        *refusals = in_order(std::mem::take(refusals));
    }
}

fn machine(value: &Value) -> Machine {
    Machine {
        span: value.span,
        architecture: text(value, "architecture"),
        sub_architectures: texts(value, "subArchitectures"),
    }
}

fn rule(value: &Value) -> Rule {
    let name = text(value, "name");
    let mut names = texts(value, "names");
    names.extend(name.clone());
    Rule {
        span: value.span,
        names,
        name,
        action: text(value, "action"),
        errno: number(value, "errnoRet"),
        errno_name: text(value, "errno"),
        arguments: items(value, "args").iter().map(argument).collect(),
        includes: requirement(value, "includes"),
        excludes: requirement(value, "excludes"),
        comment: text(value, "comment"),
    }
}

fn argument(value: &Value) -> Argument {
    Argument {
        span: value.span,
        index: number(value, "index"),
        value: number(value, "value"),
        value_two: number(value, "valueTwo"),
        operator: text(value, "op"),
    }
}

fn requirement(value: &Value, key: &str) -> Option<Requirement> {
    let value = value.get_ignoring_case(key)?;
    matches!(value.kind, Kind::Object(_)).then(|| Requirement {
        span: value.span,
        capabilities: texts(value, "caps"),
        architectures: texts(value, "arches"),
        kernel: text(value, "minKernel"),
    })
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    let value = value.get_ignoring_case(key);
    value.map(Value::items).unwrap_or_default()
}

/// The texts of a list; nothing where there is no list.
fn list(value: &Value, key: &str) -> Option<Vec<Spanned<String>>> {
    let value = value.get_ignoring_case(key)?;
    matches!(value.kind, Kind::Array(_)).then(|| value.items().iter().filter_map(string).collect())
}

fn texts(value: &Value, key: &str) -> Vec<Spanned<String>> {
    list(value, key).unwrap_or_default()
}

fn text(value: &Value, key: &str) -> Option<Spanned<String>> {
    value.get_ignoring_case(key).and_then(string)
}

/// An empty text is to Go what an absent one is.
fn string(value: &Value) -> Option<Spanned<String>> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    Some(Spanned::new(text.to_owned(), value.span))
}

fn number(value: &Value, key: &str) -> Option<Spanned<u64>> {
    let value = value.get_ignoring_case(key)?;
    Some(Spanned::new(unsigned(value)?, value.span))
}
