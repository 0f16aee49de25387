//! Credentials that end up in an image.

use caulk_model::State;
use caulk_model::build::{Secret, SecretKind};
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
            .any(|variable| scope.argument(variable).is_some() && names_credential(variable));
        let kind = match &state {
            State::Known(value) if is_token(value) => SecretKind::Environment,
            State::Known(value) if names_credential(name) && is_credential(value) => {
                SecretKind::Environment
            }
            State::Unknown { .. } if names_credential(name) && from_argument => {
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
        let (kind, span) = match &pair.value {
            Some(template) => {
                let Some(value) = template.as_literal() else {
                    continue;
                };
                let given = is_token(&value) || (names_credential(name) && is_credential(&value));
                if !given {
                    // An empty default is none: whoever builds gives the value.
                    if value.is_empty() && names_credential(name) {
                        (SecretKind::Argument, pair.key.span)
                    } else {
                        continue;
                    }
                } else {
                    (SecretKind::ArgumentDefault, pair.key.span.to(template.span))
                }
            }
            None if names_credential(name) => (SecretKind::Argument, pair.key.span),
            None => continue,
        };
        let secret = Secret {
            name: name.clone(),
            kind,
        };
        notes.add(|build| &mut build.secrets, span, secret);
    }
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

/// The parts of a name that say that its value is a credential.
const WORDS: &[&str] = &[
    "APIKEY",
    "CREDENTIALS",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PASSWORDS",
    "PWD",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
];

/// Two parts that say so together.
const PAIRS: &[(&str, &str)] = &[
    ("ACCESS", "KEY"),
    ("API", "KEY"),
    ("AUTH", "KEY"),
    ("DEPLOY", "KEY"),
    ("ENCRYPTION", "KEY"),
    ("PRIVATE", "KEY"),
    ("SECRET", "KEY"),
    ("SIGNING", "KEY"),
    ("SSH", "KEY"),
];

/// Last parts that say that the value is about a credential, and none itself.
const ABOUT: &[&str] = &[
    "ALGORITHM",
    "ARN",
    "COUNT",
    "DIR",
    "ENABLED",
    "ENDPOINT",
    "EXPIRATION",
    "EXPIRE",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "FILES",
    "HASH",
    "HEADER",
    "HOST",
    "ID",
    "ISSUER",
    "LENGTH",
    "LIFETIME",
    "LOCATION",
    "MODE",
    "NAME",
    "PATH",
    "POLICY",
    "PREFIX",
    "REQUIRED",
    "SERVICE",
    "SIZE",
    "STORE",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "USER",
    "USERNAME",
    "VERSION",
    "DUMMY",
];

/// Whether a variable with this name holds a credential.
fn names_credential(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let parts: Vec<&str> = upper
        .split(['_', '-', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    let Some(last) = parts.last() else {
        return false;
    };
    if ABOUT.contains(last) || parts.contains(&"PUBLIC") || upper == "PWD" || upper == "OLDPWD" {
        return false;
    }
    // `ALLOW_EMPTY_PASSWORD`, `NO_PASSWORD`, `USE_TOKEN` ask whether, and not which.
    let asks = [
        "ALLOW", "DISABLE", "ENABLE", "HAS", "IS", "NO", "REQUIRE", "SKIP", "USE", "WITHOUT",
    ];
    if parts.first().is_some_and(|first| asks.contains(first)) {
        return false;
    }
    let pair = |(first, second): &(&str, &str)| {
        parts
            .windows(2)
            .any(|two| matches!(two, [a, b] if a == first && b == second))
    };
    WORDS.contains(last) || PAIRS.iter().any(pair)
}

/// Values that are none: placeholders and switches.
const NONE: &[&str] = &[
    "",
    "-",
    "0",
    "1",
    "changeme",
    "change_me",
    "dummy",
    "empty",
    "example",
    "fake",
    "false",
    "no",
    "none",
    "null",
    "placeholder",
    "redacted",
    "todo",
    "true",
    "unset",
    "unused",
    "yes",
];

/// Whether a text is a credential and no placeholder, path or switch.
fn is_credential(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let placeholder = NONE.contains(&lower.as_str())
        || lower.starts_with("not-")
        || lower.contains("dummy")
        || lower.contains("placeholder")
        || value.contains(['<', '>', '$', '{'])
        || value.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.'));
    let path =
        value.starts_with(['/', '.', '~']) || lower.contains("://") || lower.starts_with("file:");
    !placeholder && !path
}

/// How tokens begin, and how long they are at least.
const MARKS: &[(&str, usize)] = &[
    ("AKIA", 20),
    ("ghp_", 40),
    ("github_pat_", 60),
    ("glpat-", 26),
    ("npm_", 40),
    ("sk_live_", 32),
    ("xoxb-", 30),
    ("-----BEGIN", 27),
];

/// Whether a text is a credential whatever holds it, by the marks that their makers give them.
fn is_token(value: &str) -> bool {
    MARKS.iter().any(|(mark, length)| {
        value.starts_with(mark)
            && value.len() >= *length
            && (mark.starts_with('-')
                || value
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)))
    }) && !value.contains("PUBLIC KEY")
        && !value.contains("CERTIFICATE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_hold_a_credential() {
        for name in [
            "DB_PASSWORD",
            "GITHUB_TOKEN",
            "npm_token",
            "AWS_SECRET_ACCESS_KEY",
            "API_KEY",
            "JWT_SECRET",
        ] {
            assert!(names_credential(name), "{name}");
        }
        for name in [
            "GPG_KEY",
            "GPG_KEYS",
            "AWS_ACCESS_KEY_ID",
            "PASSWORD_FILE",
            "TOKEN_TTL",
            "PWD",
            "KEYBOARD",
            "PUBLIC_KEY",
            "SECRET_NAME",
            "TOKENIZERS_PARALLELISM",
            "ALLOW_EMPTY_PASSWORD",
            "BYPASS",
            "SECRET_KEY_BASE_DUMMY",
            "COMPASS",
        ] {
            assert!(!names_credential(name), "{name}");
        }
    }

    #[test]
    fn which_values_are_one() {
        for value in ["hunter2", "postgres", "s3cr3t!"] {
            assert!(is_credential(value), "{value}");
        }
        for value in [
            "",
            "changeme",
            "$X",
            "<token>",
            "/run/secrets/x",
            "xxxx",
            "true",
            "https://x",
        ] {
            assert!(!is_credential(value), "{value}");
        }
        assert!(is_token("AKIAIOSFODNN7EXAMPLE"));
        assert!(!is_token("AKIA"));
    }

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
