//! What others call the weaknesses that our rules find.

use std::collections::BTreeMap;

/// Who describes or checks for a weakness: a standard, or another program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Authority {
    /// The CIS Docker Benchmark.
    Cis,
    /// The OWASP Docker Security Cheat Sheet.
    Owasp,
    /// NIST Special Publication 800-190.
    Nist,
    /// docker-bench-security, which runs the CIS benchmark on a host.
    DockerBench,
    /// hadolint.
    Hadolint,
    /// Trivy's misconfiguration checks.
    Trivy,
    /// Checkov.
    Checkov,
    /// KICS.
    Kics,
    /// semgrep-rules.
    Semgrep,
    /// Trail of Bits' rules for Semgrep.
    TrailOfBits,
    /// BuildKit's own checks, as `docker build --check` runs them.
    BuildKit,
    /// tally.
    Tally,
    /// Dockle.
    Dockle,
    /// compose-lint.
    ComposeLint,
    /// dclint.
    Dclint,
    /// `DockSec`.
    DockSec,
    /// compose-auditor.
    ComposeAuditor,
    /// Cloud (`IaC`) Security, a plugin of development environments.
    CloudSecurity,
    /// zshellcheck.
    Zshellcheck,
    /// seccompute.
    Seccompute,
    /// zaz.
    Zaz,
    /// kernel-hardening-checker.
    KernelHardeningChecker,
}

impl Authority {
    /// All of them, standards first.
    pub const ALL: &[Self] = &[
        Self::Cis,
        Self::Owasp,
        Self::Nist,
        Self::DockerBench,
        Self::Hadolint,
        Self::Trivy,
        Self::Checkov,
        Self::Kics,
        Self::Semgrep,
        Self::TrailOfBits,
        Self::BuildKit,
        Self::Tally,
        Self::Dockle,
        Self::ComposeLint,
        Self::Dclint,
        Self::DockSec,
        Self::ComposeAuditor,
        Self::CloudSecurity,
        Self::Zshellcheck,
        Self::Seccompute,
        Self::Zaz,
        Self::KernelHardeningChecker,
    ];

    /// The name with the edition whose numbers we use: numbers move between editions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cis => "CIS Docker 1.6.0",
            Self::Owasp => "OWASP Docker Security Cheat Sheet",
            Self::Nist => "NIST SP 800-190",
            Self::DockerBench => "docker-bench-security",
            Self::Hadolint => "hadolint",
            Self::Trivy => "Trivy",
            Self::Checkov => "Checkov",
            Self::Kics => "KICS",
            Self::Semgrep => "semgrep-rules",
            Self::TrailOfBits => "Trail of Bits semgrep-rules",
            Self::BuildKit => "BuildKit checks",
            Self::Tally => "tally",
            Self::Dockle => "Dockle",
            Self::ComposeLint => "compose-lint",
            Self::Dclint => "dclint",
            Self::DockSec => "DockSec",
            Self::ComposeAuditor => "compose-auditor",
            Self::CloudSecurity => "Cloud (IaC) Security",
            Self::Zshellcheck => "zshellcheck",
            Self::Seccompute => "seccompute",
            Self::Zaz => "zaz",
            Self::KernelHardeningChecker => "kernel-hardening-checker",
        }
    }

    /// Whether it is a program that checks, and not a text that advises.
    pub fn is_program(self) -> bool {
        !matches!(self, Self::Cis | Self::Owasp | Self::Nist)
    }
}

/// How a foreign check relates to ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// It asks the same question.
    Same,
    /// It asks a related question; its answer can differ.
    Like,
}

/// A foreign check for the same weakness.
///
/// ```
/// use caulk_finding::{Authority, Reference};
///
/// let references = [
///     Reference::same(Authority::Cis, "5.10"),
///     Reference::same(Authority::Cis, "5.16"),
///     Reference::like(Authority::Kics, "071a71ff-f868-47a4-ac0b-3c59e4ab5443"),
/// ];
/// let told: Vec<String> = Reference::grouped(&references);
/// assert_eq!(told[0], "CIS Docker 1.6.0: 5.10, 5.16");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Whose check it is.
    pub authority: Authority,
    /// What it is called there, in their own spelling; one id, never a list.
    pub id: &'static str,
    /// How it relates to ours.
    pub relation: Relation,
}

impl Reference {
    /// A check that asks the same question.
    pub const fn same(authority: Authority, id: &'static str) -> Self {
        Self {
            authority,
            id,
            relation: Relation::Same,
        }
    }

    /// A check that asks a related question.
    pub const fn like(authority: Authority, id: &'static str) -> Self {
        Self {
            authority,
            id,
            relation: Relation::Like,
        }
    }

    /// In words, one text for each authority in the order of [`Authority`], with all its ids.
    pub fn grouped<'a>(references: impl IntoIterator<Item = &'a Self>) -> Vec<String> {
        let mut ids: BTreeMap<Authority, Vec<&str>> = BTreeMap::new();
        for reference in references {
            ids.entry(reference.authority)
                .or_default()
                .push(reference.id);
        }
        ids.into_iter()
            .map(|(authority, ids)| format!("{}: {}", authority.name(), ids.join(", ")))
            .collect()
    }
}
