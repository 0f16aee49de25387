//! Credentials that say what they are by their form.
//!
//! The forms are those that their makers document, most of them so that a token that was published
//! by accident can be found and withdrawn.

use caulk_source::cut_from;

use super::CredentialKind;
use super::stand_in::is_filler;

/// How a token begins, how long it is at least, and what it is.
const TOKENS: &[(&str, usize, &str)] = &[
    ("AGE-SECRET-KEY-1", 60, "a key of age"),
    ("AIza", 39, "a key of a Google API"),
    ("AKIA", 20, "an access key of AWS"),
    ("ASIA", 20, "an access key of AWS"),
    ("SG.", 60, "a key of SendGrid"),
    ("dckr_pat_", 30, "a token of Docker Hub"),
    ("dop_v1_", 70, "a token of DigitalOcean"),
    ("github_pat_", 60, "a token of GitHub"),
    ("ghp_", 40, "a token of GitHub"),
    ("gho_", 40, "a token of GitHub"),
    ("ghu_", 40, "a token of GitHub"),
    ("ghs_", 40, "a token of GitHub"),
    ("ghr_", 40, "a token of GitHub"),
    ("glpat-", 26, "a token of GitLab"),
    ("hf_", 36, "a token of Hugging Face"),
    ("hvs.", 90, "a token of Vault"),
    ("npm_", 40, "a token of npm"),
    ("pypi-", 60, "a token of PyPI"),
    ("rk_live_", 32, "a key of Stripe"),
    ("shpat_", 38, "a token of Shopify"),
    ("sk-ant-", 60, "a key of Anthropic"),
    ("sk-proj-", 48, "a key of OpenAI"),
    ("sk_live_", 32, "a key of Stripe"),
    ("xapp-", 30, "a token of Slack"),
    ("xoxa-", 30, "a token of Slack"),
    ("xoxb-", 30, "a token of Slack"),
    ("xoxp-", 30, "a token of Slack"),
    ("xoxs-", 30, "a token of Slack"),
];

/// An address that is a credential as a whole: whoever has it may write.
const SLACK_HOOK: &str = "https://hooks.slack.com/services/T";

/// What a text is by its form alone, if it is a credential.
pub(super) fn of(value: &str) -> Option<CredentialKind> {
    let value = value.trim();
    if value.starts_with("-----BEGIN ") && value.contains("PRIVATE KEY") {
        return Some(CredentialKind::PrivateKey);
    }
    let is_hook = value.starts_with(SLACK_HOOK) && value.len() > 70;
    if is_hook && !is_filler(cut_from(value, SLACK_HOOK.len())) {
        return Some(CredentialKind::Token("a webhook of Slack"));
    }
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !value.chars().all(sign) {
        return None;
    }
    let (mark, _, what) = TOKENS
        .iter()
        .find(|(mark, length, _)| value.starts_with(mark) && value.len() >= *length)?;
    (!is_filler(cut_from(value, mark.len()))).then_some(CredentialKind::Token(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_enough_and_an_example_is_none() {
        let token = |mark: &str, body: &str| of(&format!("{mark}{body}"));
        assert!(token("AKIA", "Q3EGRI7YJ5WTDMNX").is_some());
        assert!(token("ghp_", "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX").is_some());
        assert_eq!(
            of("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"),
            Some(CredentialKind::PrivateKey)
        );
        for value in [
            "AKIA",
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----",
            "AKIA is how they begin",
        ] {
            assert_eq!(of(value), None, "{value}");
        }
    }
}
