//! What rules say of foreign checks: whose they are, and that each is spelt as its owner spells it.

use std::collections::BTreeSet;

use caulk_finding::{Authority, Reference};
use caulk_rules::ALL;

/// Whether `id` has the shape that the ids of `authority` have. Programs that give their checks no
/// ids are named by the word that one types for them.
fn is_spelt_well(authority: Authority, id: &str) -> bool {
    match authority {
        Authority::Cis => is_numbered(id, '.'),
        Authority::Owasp => after(id, "Rule ", |number| {
            is_number(number.trim_end_matches(|sign: char| sign.is_ascii_lowercase()))
        }),
        Authority::Nist => fits(id, "4.#.#"),
        Authority::DockerBench => after(id, "check_", |number| is_numbered(number, '_')),
        Authority::Hadolint => fits(id, "DL####"),
        Authority::Trivy => fits(id, "DS-####"),
        Authority::Checkov => {
            after(id, "CKV_DOCKER_", is_number) || after(id, "CKV2_DOCKER_", is_number)
        }
        Authority::Kics => fits(id, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"),
        Authority::Semgrep | Authority::TrailOfBits | Authority::Dclint => is_kebab(id),
        Authority::BuildKit => is_camel(id),
        Authority::Tally => {
            after(id, "hadolint/", |rest| fits(rest, "DL####"))
                || after(id, "buildkit/", is_camel)
                || after(id, "tally/", |rest| rest.split('/').all(is_kebab))
        }
        Authority::Dockle => ["CIS-DI-####", "DKL-DI-####", "DKL-LI-####"]
            .iter()
            .any(|shape| fits(id, shape)),
        Authority::ComposeLint => fits(id, "CL-####"),
        Authority::DockSec => after(id, "compose-", is_kebab),
        Authority::ComposeAuditor => fits(id, "AAA###"),
        Authority::CloudSecurity => fits(id, "dfs###") || fits(id, "dcs###"),
        Authority::Zshellcheck => fits(id, "ZC####"),
        Authority::Seccompute | Authority::Zaz => {
            id.trim_start_matches("--").split(' ').all(is_kebab)
        }
        Authority::KernelHardeningChecker => after(id, "CONFIG_", |option| {
            let is_fine =
                |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            !option.is_empty() && option.bytes().all(is_fine)
        }),
    }
}

/// `#` is a digit, `h` one of a small hexadecimal number, `A` a capital; the rest is meant letter by
/// letter.
fn fits(id: &str, shape: &str) -> bool {
    id.len() == shape.len()
        && id
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, wanted)| match wanted {
                b'#' => byte.is_ascii_digit(),
                b'h' => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
                b'A' => byte.is_ascii_uppercase(),
                wanted => byte == wanted,
            })
}

fn after(id: &str, prefix: &str, rest: impl Fn(&str) -> bool) -> bool {
    id.strip_prefix(prefix).is_some_and(rest)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Two or three numbers, as the benchmark counts its sections.
fn is_numbered(text: &str, joint: char) -> bool {
    let numbers: Vec<&str> = text.split(joint).collect();
    (2..=3).contains(&numbers.len()) && numbers.into_iter().all(is_number)
}

fn is_kebab(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.split('-')
        .all(|word| !word.is_empty() && word.bytes().all(is_fine))
}

fn is_camel(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[test]
fn every_reference_is_spelt_as_its_owner_spells_it() {
    let wrong: Vec<String> = ALL
        .iter()
        .flat_map(|rule| {
            rule.info
                .references
                .iter()
                .map(|reference| (rule.info.id, reference))
        })
        .filter(|(_, reference)| !is_spelt_well(reference.authority, reference.id))
        .map(|(rule, reference)| {
            format!("{rule}: {} {:?}", reference.authority.name(), reference.id)
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "no ids of theirs, or several in one:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn shapes_tell_ids_from_what_is_none() {
    for (authority, right, wrong) in [
        (Authority::Cis, "5.10", "5.10, 5.16"),
        (Authority::Cis, "1.1.3", "5"),
        (Authority::Owasp, "Rule 5a", "#5a"),
        (Authority::Nist, "4.4.3", "4.4"),
        (Authority::DockerBench, "check_5_10", "5.10"),
        (Authority::Hadolint, "DL3002", "3002"),
        (Authority::Trivy, "DS-0002", "DS002"),
        (Authority::Checkov, "CKV2_DOCKER_17", "CKV_17"),
        (
            Authority::Kics,
            "071a71ff-f868-47a4-ac0b-3c59e4ab5443",
            "071a71ff",
        ),
        (
            Authority::Semgrep,
            "missing-user",
            "missing-user, last-user-is-root",
        ),
        (Authority::BuildKit, "SecretsUsedInArgOrEnv", "secrets-used"),
        (
            Authority::Tally,
            "tally/ruby/eol-ruby-version",
            "eol-ruby-version",
        ),
        (Authority::Tally, "hadolint/DL3002", "hadolint/root"),
        (Authority::Dockle, "CIS-DI-0001", "DI-0001"),
        (Authority::ComposeLint, "CL-0024", "CL-0027 to CL-0030"),
        (Authority::ComposeAuditor, "SEC001", "SEC1"),
        (Authority::Zaz, "seccomp verify", "seccomp, verify"),
        (
            Authority::KernelHardeningChecker,
            "CONFIG_SECCOMP",
            "SECCOMP",
        ),
    ] {
        assert!(is_spelt_well(authority, right), "{right}");
        assert!(!is_spelt_well(authority, wrong), "{wrong}");
    }
}

#[test]
fn no_rule_names_a_check_twice() {
    for rule in ALL {
        let references = rule.info.references;
        let distinct: BTreeSet<(Authority, &str)> = references
            .iter()
            .map(|reference| (reference.authority, reference.id))
            .collect();
        assert_eq!(distinct.len(), references.len(), "{}", rule.info.id);
    }
}

/// docker-bench-security names its checks after the sections of the edition that we cite: a number
/// that one of them has and the other lacks is a slip.
#[test]
fn a_check_of_docker_bench_stands_beside_its_section() {
    for rule in ALL {
        let ids = |authority| {
            let of_it = move |reference: &&Reference| reference.authority == authority;
            rule.info.references.iter().filter(of_it)
        };
        for bench in ids(Authority::DockerBench) {
            let section = bench.id.trim_start_matches("check_").replace('_', ".");
            assert!(
                ids(Authority::Cis).any(|cis| cis.id == section),
                "{}: {} without its section",
                rule.info.id,
                bench.id
            );
        }
    }
}
