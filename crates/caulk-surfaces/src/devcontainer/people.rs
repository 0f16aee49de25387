//! Who works in a dev container, and what is done there for them.

use caulk_model::{Fact, Origin, User};
use caulk_source::{FileId, Span};
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::json::{Kind, Value};

use super::text::text;
use crate::shell;

/// The keys whose commands the tools run in the container (containers.dev, "Lifecycle scripts");
/// `initializeCommand` runs on the host.
const LIFECYCLE: &[&str] = &[
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
];

/// As whom the tools start what they start: terminals, tasks, the commands of its lifecycle.
pub(super) fn attached_as(root: &Value) -> Option<Fact<User>> {
    let value = root.get("remoteUser")?;
    let state = text(value)?.state().map(|name| User::new(&name));
    Some(Fact {
        state,
        origin: Origin::Written(value.span),
    })
}

/// Where a command of its lifecycle calls `sudo`.
pub(super) fn calls_sudo(root: &Value) -> Option<Span> {
    let commands = LIFECYCLE.iter().filter_map(|key| root.get(key));
    commands
        .flat_map(each)
        .find(|command| is_sudo(command))
        .map(|command| command.span)
}

/// The commands of a key: one, or several by name that run beside each other.
fn each(value: &Value) -> Vec<&Value> {
    match &value.kind {
        Kind::Object(members) => members.iter().map(|member| &member.value).collect(),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Array(_) => {
            vec![value]
        }
    }
}

/// Whether a command calls `sudo`: text for a shell, or words without one.
fn is_sudo(command: &Value) -> bool {
    let words = command.items();
    if let Some(first) = words.first() {
        let written: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return match written.as_slice() {
            [shell, "-c" | "-lc" | "-ec", text, ..] if shell.ends_with("sh") => calls(text),
            _ => first
                .as_str()
                .is_some_and(|name| shell::name_of(name) == "sudo"),
        };
    }
    command.as_str().is_some_and(calls)
}

fn calls(text: &str) -> bool {
    let joined = Joined::whole_text(FileId::FIRST, text, 0);
    let mut found = false;
    shell::each_call(&joined, &|_| Lookup::UnsetHere, &mut |call| {
        found |= call.sudo().is_some();
    });
    found
}

#[cfg(test)]
mod tests {
    use caulk_syntax::json;

    use super::*;

    #[test]
    fn sudo_is_found_in_every_spelling() {
        for (text, expected) in [
            (r#"{"postCreateCommand": "sudo chown -R me ."}"#, true),
            (r#"{"postCreateCommand": "npm ci && sudo make"}"#, true),
            (r#"{"onCreateCommand": ["sudo", "make"]}"#, true),
            (
                r#"{"onCreateCommand": ["bash", "-c", "cd x; sudo make"]}"#,
                true,
            ),
            (
                r#"{"postStartCommand": {"a": "make", "b": ["sudo", "make"]}}"#,
                true,
            ),
            (r#"{"postStartCommand": "echo sudo make"}"#, false),
            (r#"{"initializeCommand": "sudo make"}"#, false),
            (r#"{"postStartCommand": ["make", "sudo"]}"#, false),
            (r#"{"postStartCommand": 3}"#, false),
        ] {
            let root = json::parse(FileId::FIRST, text).value.unwrap();
            assert_eq!(calls_sudo(&root).is_some(), expected, "{text}");
        }
    }
}
