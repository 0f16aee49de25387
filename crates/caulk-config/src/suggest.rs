//! What somebody may have meant.

/// The candidate that is most like `given`, where one is near enough to be meant.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let given = given.as_str();
    let likeness = |candidate: &str| {
        let whole = strsim::normalized_damerau_levenshtein(given, candidate);
        // `root` for `runs-as-root`: people remember the word, not the whole id. The less there is
        // around it, the likelier it is meant.
        if given.len() > 2 && candidate.contains(given) {
            let share = f64::from(small(given)) / f64::from(small(candidate));
            return whole.max(0.75 + share / 5.0);
        }
        whole
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// A length that fits in a small number.
fn small(text: &str) -> u16 {
    u16::try_from(text.len()).unwrap_or(u16::MAX).max(1)
}

/// `: did you mean `…`?`, or nothing.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!(": did you mean `{nearest}`?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far() {
        let ids = ["runs-as-root", "privileged", "capability-added"];
        assert_eq!(nearest("privleged", ids), Some("privileged"));
        assert_eq!(nearest("root", ids), Some("runs-as-root"));
        assert_eq!(nearest("banana", ids), None);
    }
}
