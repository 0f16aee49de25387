//! Names for findings that stay when lines move.

use std::collections::BTreeMap;
use std::hash::Hasher as _;

use caulk_finding::Finding;
use caulk_source::Sources;
use siphasher::sip128::{Hasher128 as _, SipHasher13};

/// The fingerprint of each finding: of its rule, file, container and fact. Findings that are alike
/// in all of these are told apart by their order.
pub(crate) fn all(findings: &[Finding], sources: &Sources) -> Vec<String> {
    let mut seen: BTreeMap<u128, u32> = BTreeMap::new();
    let fingerprints = findings.iter().map(|finding| {
        let parts = [
            finding.rule.id,
            sources.path(finding.primary.span.file),
            finding.container.as_deref().unwrap_or(""),
            &finding.fact,
        ];
        let first = hash(&parts, 0);
        let count = seen.entry(first).or_insert(0);
        let own = if *count == 0 {
            first
        } else {
            hash(&parts, *count)
        };
        *count += 1;
        format!("{own:032x}")
    });
    fingerprints.collect()
}

/// `SipHash` with fixed keys: the same on every machine and in every version.
fn hash(parts: &[&str], occurrence: u32) -> u128 {
    let mut hasher = SipHasher13::new();
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(&[0]);
    }
    hasher.write(&occurrence.to_le_bytes());
    hasher.finish128().as_u128()
}
