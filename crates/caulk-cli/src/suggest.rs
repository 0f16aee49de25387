//! What somebody may have meant.

/// The candidate that is most like `given`, where one is near enough to be meant.
pub(crate) fn nearest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let given = given.to_lowercase();
    let given = given.as_str();
    let likeness = |candidate: &str| {
        let whole = strsim::normalized_damerau_levenshtein(given, candidate);
        // `root` for `runs-as-root`: people remember the word, not the whole id.
        let part = given.len() > 2 && candidate.contains(given);
        if part { whole.max(0.75) } else { whole }
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// `: did you mean `…`?`, or nothing.
pub(crate) fn did_you_mean(nearest: Option<&str>) -> String {
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
