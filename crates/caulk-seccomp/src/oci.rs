//! The filter as the object that a runtime is given.

use serde::Serialize;

use crate::filter::{AppliedRule, Filter};
use crate::profile::{Argument, Profile};

/// `linux.seccomp` of the runtime specification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'f> {
    default_action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_errno_ret: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    architectures: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<&'f [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    listener_path: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    listener_metadata: Option<&'f str>,
    syscalls: Vec<Syscall<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Syscall<'f> {
    names: Vec<&'f str>,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errno_ret: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<Arg<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Arg<'f> {
    index: u64,
    value: u64,
    #[serde(skip_serializing_if = "is_zero")]
    value_two: u64,
    op: &'f str,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands every field over by reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Filter {
    /// The object of the OCI runtime specification (`linux.seccomp`) that the engine hands to the
    /// runtime for this host, as JSON on several lines with a final newline. The same bytes for the
    /// same filter.
    ///
    /// `profile` is the one that the filter was resolved from: rules keep their conditions as they
    /// are written there. Numbers are written wherever an action has one, also where the profile
    /// leaves them to the runtime's `EPERM`.
    pub fn to_oci(&self, profile: &Profile) -> String {
        let object = Object {
            default_action: self.default.action().scmp(),
            default_errno_ret: self.default.number(),
            architectures: self.listed.iter().map(|abi| abi.scmp()).collect(),
            flags: self.flags.as_deref(),
            listener_path: self.listener_path.as_deref(),
            listener_metadata: self.listener_metadata.as_deref(),
            syscalls: self
                .rules
                .iter()
                .map(|rule| syscall(rule, profile))
                .collect(),
        };
        // Neither maps nor floats are in it, so nothing can fail.
        let mut text = serde_json::to_string_pretty(&object).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn syscall<'f>(rule: &'f AppliedRule, profile: &'f Profile) -> Syscall<'f> {
    let written = profile.rules.get(rule.index);
    let arguments = written.map(|rule| rule.arguments.as_slice());
    Syscall {
        names: rule.names.iter().map(|name| name.value.as_str()).collect(),
        action: rule.outcome.action().scmp(),
        errno_ret: rule.outcome.number(),
        args: arguments.unwrap_or_default().iter().map(arg).collect(),
    }
}

fn arg(argument: &Argument) -> Arg<'_> {
    let number = |number: Option<caulk_source::Spanned<u64>>| number.map_or(0, |it| it.value);
    Arg {
        index: number(argument.index),
        value: number(argument.value),
        value_two: number(argument.value_two),
        op: argument
            .operator
            .as_ref()
            .map_or("", |it| it.value.as_str()),
    }
}
