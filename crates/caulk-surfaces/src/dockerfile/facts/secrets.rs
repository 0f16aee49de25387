//! Credentials that end up in an image.

use caulk_model::State;
use caulk_model::build::{Secret, SecretKind};
use caulk_model::credential;
use caulk_syntax::dockerfile::Instruction;

use super::Notes;
use crate::dockerfile::scope::Scope;
use crate::shell::name_of;

/// Notes the credentials of an `ENV`.
pub(super) fn of_env(notes: &mut Notes<'_>, step: &Instruction, scope: &Scope) {
    for pair in step.pairs().unwrap_or_default() {
        let Some(template) = &pair.value else {
            continue;
        };
        let name = &pair.key.value;
        let state = scope.expand(template);
        let from_argument = template
            .variables()
            .iter()
            .any(|variable| scope.argument(variable).is_some() && credential::names_one(variable));
        let text = state.known().and_then(|value| written(name, value));
        let kind = match &state {
            State::Known(_) if text.is_some() => SecretKind::Environment,
            State::Unknown { .. } if credential::names_one(name) && from_argument => {
                // One finding for both: this is the worse place.
                let from = notes.stage.from;
                let variables = template.variables();
                notes.build.secrets.retain(|fact| {
                    fact.value.kind != SecretKind::Argument
                        || fact.stage.from != from
                        || !variables.contains(&fact.value.name.as_str())
                });
                SecretKind::EnvironmentFromArgument
            }
            State::Known(_) | State::Unknown { .. } => continue,
        };
        let secret = Secret {
            name: name.clone(),
            kind,
            text,
        };
        notes.add(
            |build| &mut build.secrets,
            pair.key.span.to(template.span),
            secret,
        );
    }
}

/// Notes the credentials of an `ARG`.
pub(super) fn of_arg(notes: &mut Notes<'_>, step: &Instruction) {
    for pair in step.pairs().unwrap_or_default() {
        let name = &pair.key.value;
        let (text, span) = match &pair.value {
            Some(template) => {
                let Some(value) = template.as_literal() else {
                    continue;
                };
                match written(name, &value) {
                    Some(text) => (Some(text), pair.key.span.to(template.span)),
                    // An empty default is none: whoever builds gives the value.
                    None if value.is_empty() => (None, pair.key.span),
                    None => continue,
                }
            }
            None => (None, pair.key.span),
        };
        let kind = match &text {
            Some(_) => SecretKind::ArgumentDefault,
            None if credential::names_one(name) => SecretKind::Argument,
            None => continue,
        };
        let secret = Secret {
            name: name.clone(),
            kind,
            text,
        };
        notes.add(|build| &mut build.secrets, span, secret);
    }
}

/// The credential that is written as the value of a variable.
fn written(name: &str, value: &str) -> Option<String> {
    let found = credential::in_variable(name, value, &[])?;
    Some(caulk_source::cut(value, found.part).to_owned())
}

/// Files that are keys or hold passwords, by their name.
const FILES: &[&str] = &[
    ".dockercfg",
    ".git-credentials",
    ".htpasswd",
    ".netrc",
    ".pgpass",
    ".pypirc",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "kubeconfig",
];

/// The same, by the end of their path.
const PATHS: &[&str] = &[".aws/credentials", ".docker/config.json", ".kube/config"];

/// Notes key files that a `COPY` or an `ADD` takes from the build context.
pub(super) fn of_copy(notes: &mut Notes<'_>, step: &Instruction) {
    if step.flag("from").is_some() || !step.heredocs.is_empty() {
        return;
    }
    let exec = step.exec().unwrap_or_default();
    let words: Vec<(String, caulk_source::Span)> = match step.words() {
        Some(words) => words
            .iter()
            .filter_map(|word| Some((word.as_literal()?, word.span)))
            .collect(),
        None => exec
            .iter()
            .map(|word| (word.value.clone(), word.span))
            .collect(),
    };
    let sources = words.split_last().map(|(_, sources)| sources);
    for (source, span) in sources.unwrap_or_default() {
        if is_key_file(source) {
            let secret = Secret {
                name: source.clone(),
                kind: SecretKind::File,
                text: None,
            };
            notes.add(|build| &mut build.secrets, *span, secret);
        }
    }
}

fn is_key_file(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = name_of(path.trim_end_matches('/'));
    FILES.contains(&name)
        || PATHS.iter().any(|end| path.ends_with(end))
        || (!name.contains("pub")
            && name
                .rsplit_once('.')
                .is_some_and(|(stem, end)| end == "key" || (end == "pem" && stem.contains("key"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_files_are_keys() {
        for path in [
            "id_rsa",
            "keys/server.key",
            "certs/server-key.pem",
            ".npmrc/../.netrc",
        ] {
            assert!(is_key_file(path), "{path}");
        }
        for path in [
            "id_rsa.pub",
            "ca.pem",
            "public-key.pem",
            "apt.pub.key",
            "key.go",
        ] {
            assert!(!is_key_file(path), "{path}");
        }
    }
}
