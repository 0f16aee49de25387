//! What differs between two texts of a file, compared as what they mean.

use std::collections::BTreeMap;
use std::fmt;

use caulk_source::BOM;
use serde_yaml::Value;

use crate::run::is_json;

/// One place in which two trees differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Difference {
    /// The keys that lead there: `services.web.user`, `USER`.
    place: String,
    before: Option<String>,
    after: Option<String>,
}

impl Difference {
    /// Whether something is gone and nothing has come.
    pub(crate) fn removes(&self) -> bool {
        self.before.is_some() && self.after.is_none()
    }

    /// Whether a service has come to have a key of its own: what it shared is written out, changed.
    pub(crate) fn writes_out(&self) -> bool {
        let of_a_service =
            self.place.starts_with("services.") && self.place.matches('.').count() == 2;
        of_a_service && self.before.is_none() && self.after.is_some()
    }

    /// What it is whatever the place: the same for all places that read one text.
    pub(crate) fn text(&self) -> (Option<&str>, Option<&str>) {
        (self.before.as_deref(), self.after.as_deref())
    }

    /// Whether something has come where nothing was.
    pub(crate) fn adds(&self) -> bool {
        self.before.is_none()
    }

    /// Whether the place is `key`, or lies in it.
    pub(crate) fn lies_in(&self, key: &str) -> bool {
        let mut parts = self.place.split('.');
        parts.any(|part| part.eq_ignore_ascii_case(key))
    }

    /// Whether `value` is among what has come, or is the keyword of an instruction that has.
    pub(crate) fn becomes(&self, value: &str) -> bool {
        let after = self.after.as_deref().unwrap_or_default();
        after.contains(value) || (self.after.is_some() && self.place == value)
    }

    /// Whether `key` has come to be `value`.
    pub(crate) fn sets(&self, key: &str, value: &str) -> bool {
        let last = self.place.rsplit('.').next().unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default();
        last.eq_ignore_ascii_case(key) && after.split(['\'', '"']).any(|part| part == value)
    }

    /// Whether a Dockerfile that is written here has got a `USER` that is `value`, and nothing else.
    pub(crate) fn sets_in_dockerfile(&self, value: &str) -> bool {
        let words = self.words();
        self.lies_in("dockerfile_inline")
            && words
                .come
                .iter()
                .all(|word| word == "USER" || word == value)
            && words.come.iter().any(|word| word == value)
            && words.gone.len() <= 1
    }
}

/// The words of a command line that a change takes and gives: a difference of texts in which lines
/// stand, compared as bags of words.
#[derive(Debug, Default)]
pub(crate) struct WordChange {
    /// The words that are gone.
    pub(crate) gone: Vec<String>,
    /// The words that have come.
    pub(crate) come: Vec<String>,
}

impl Difference {
    /// What differs, word by word.
    pub(crate) fn words(&self) -> WordChange {
        let bag = |text: &Option<String>| {
            let mut bag: BTreeMap<String, i64> = BTreeMap::new();
            let words = text.as_deref().unwrap_or_default().split_whitespace();
            // A key and its value are two words, and how a line is continued is none.
            let parts = words.flat_map(|word| word.splitn(2, '='));
            let bare = parts.map(|word| word.trim_matches(['[', ']', ',']));
            for word in bare.filter(|word| !matches!(*word, "" | "\\")) {
                *bag.entry(word.to_owned()).or_default() += 1;
            }
            bag
        };
        let (before, after) = (bag(&self.before), bag(&self.after));
        let more = |one: &BTreeMap<String, i64>, other: &BTreeMap<String, i64>| -> Vec<String> {
            let more = one
                .iter()
                .filter(|(word, count)| other.get(*word).copied().unwrap_or_default() < **count);
            more.map(|(word, _)| word.clone()).collect()
        };
        WordChange {
            gone: more(&before, &after),
            come: more(&after, &before),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let (before, after) = (shown(&self.before), shown(&self.after));
        write!(formatter, "`{}` from {before} to {after}", self.place)
    }
}

/// What differs; nothing where the text before is no tree that we can read.
///
/// # Errors
///
/// Where the text before is one and the text after is not.
pub(crate) fn differences(
    path: &str,
    before: &str,
    after: &str,
) -> Result<Option<Vec<Difference>>, String> {
    let is_yaml = [".yaml", ".yml"].iter().any(|end| path.ends_with(end));
    if !is_yaml && !is_json(path) {
        let instructions = instruction_differences(before, after);
        return Ok(instructions.or_else(|| Some(line_differences(before, after))));
    }
    let read = |text: &str| {
        let text = text.trim_start_matches(BOM);
        // JSON with comments on lines of their own would be read as text in YAML.
        let lines = text.split_inclusive('\n');
        let lines = lines.filter(|line| is_yaml || !line.trim_start().starts_with("//"));
        serde_yaml::from_str::<Value>(&lines.collect::<String>())
    };
    let Ok(before) = read(before) else {
        return Ok(None);
    };
    let after = read(after).map_err(|error| error.to_string())?;
    let mut list = Vec::new();
    value_differences("", Some(&before), Some(&after), &mut list);
    Ok(Some(list))
}

fn value_differences(
    place: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    list: &mut Vec<Difference>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Mapping(before)), Some(Value::Mapping(after))) => {
            let new = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(new) {
                let place = join(place, key.as_str().unwrap_or("?"));
                value_differences(&place, before.get(key), after.get(key), list);
            }
        }
        (Some(Value::Sequence(before)), Some(Value::Sequence(after))) => {
            let (before, after) = middle(before, after);
            for index in 0..before.len().max(after.len()) {
                let place = join(place, "-");
                value_differences(&place, before.get(index), after.get(index), list);
            }
        }
        (Some(Value::Tagged(before)), Some(Value::Tagged(after))) if before.tag == after.tag => {
            value_differences(place, Some(&before.value), Some(&after.value), list);
        }
        (before, after) => list.push(Difference {
            place: place.to_owned(),
            before: before.map(shown),
            after: after.map(shown),
        }),
    }
}

fn join(place: &str, key: &str) -> String {
    if place.is_empty() {
        return key.to_owned();
    }
    format!("{place}.{key}")
}

fn shown(value: &Value) -> String {
    let text = serde_yaml::to_string(value).unwrap_or_default();
    text.trim_end().replace('\n', " ")
}

/// Two lists without what they begin and end with alike.
fn middle<'a, T: PartialEq>(before: &'a [T], after: &'a [T]) -> (&'a [T], &'a [T]) {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (before, after) = (
        before.get(start..).unwrap_or_default(),
        after.get(start..).unwrap_or_default(),
    );
    let pairs = before.iter().rev().zip(after.iter().rev());
    let end = pairs.take_while(|(a, b)| a == b).count();
    let cut = |list: &'a [T]| list.get(..list.len() - end).unwrap_or_default();
    (cut(before), cut(after))
}

/// The instructions of a Dockerfile, one to a line: comments and blank lines left out,
/// continuations joined.
fn instructions(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut continues = false;
    let lines = text.trim_start_matches(BOM).lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let part = line.trim_end_matches('\\').trim_end();
        match list.last_mut().filter(|_| continues) {
            Some(instruction) => {
                instruction.push(' ');
                instruction.push_str(part);
            }
            None => list.push(part.to_owned()),
        }
        continues = line.ends_with('\\');
    }
    list
}

/// A text of any other kind as a whole, to be compared word by word.
fn line_differences(before: &str, after: &str) -> Vec<Difference> {
    let whole = |text: &str| Some(text.trim_start_matches(BOM).to_owned());
    let differs = before != after;
    let difference = Difference {
        place: "the text".to_owned(),
        before: whole(before),
        after: whole(after),
    };
    differs.then_some(difference).into_iter().collect()
}

/// Nothing where there is no `FROM`: then it is no Dockerfile.
fn instruction_differences(before: &str, after: &str) -> Option<Vec<Difference>> {
    let (before, after) = (instructions(before), instructions(after));
    let is_from = |line: &String| line.to_ascii_uppercase().starts_with("FROM ");
    if !before.iter().any(is_from) {
        return None;
    }
    let (before, after) = middle(&before, &after);
    let differs = |index: usize| {
        let split = |line: &String| {
            let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
            (keyword.to_owned(), value.trim().to_owned())
        };
        let (before, after) = (before.get(index).map(split), after.get(index).map(split));
        let place = after
            .as_ref()
            .or(before.as_ref())
            .map(|(keyword, _)| keyword.clone());
        Difference {
            place: place.unwrap_or_default(),
            before: before.map(|(_, value)| value),
            after: after.map(|(_, value)| value),
        }
    };
    Some((0..before.len().max(after.len())).map(differs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, before: &str, after: &str) -> Vec<String> {
        let differences = differences(path, before, after).unwrap().unwrap();
        differences.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn trees_differ_where_their_values_do() {
        let before = "services:\n  web:\n    user: root # a\n    cap_add: [A, B, C]\n";
        let after =
            "services:\n  web:\n    user: \"65532:65532\"\n    cap_add:\n    - A\n    - C\n";
        assert_eq!(
            said("compose.yaml", before, after),
            [
                "`services.web.user` from root to 65532:65532",
                "`services.web.cap_add.-` from B to nothing"
            ]
        );
        assert!(said("compose.yaml", before, before).is_empty());
        assert!(differences("compose.yaml", before, "a: [").is_err());
    }

    #[test]
    fn an_anchor_that_three_share_differs_three_times() {
        let before = "a: &a {user: root}\nb: *a\nc: *a\n";
        let after = "a: &a {user: app}\nb: *a\nc: *a\n";
        assert_eq!(said("x.yml", before, after).len(), 3);
    }

    #[test]
    fn a_dockerfile_differs_by_instructions() {
        let before = "# syntax=x\nFROM a\nRUN b \\\n  # in between\n  c\nCMD d\n";
        let after = "FROM a\nRUN b \\\n  c\n\nUSER 1:1\nCMD d\n";
        assert_eq!(
            said("Dockerfile", before, after),
            ["`USER` from nothing to 1:1"]
        );
        let two = "FROM b\nRUN b c\nCMD e\n";
        assert_eq!(
            said("Dockerfile", before, two).len(),
            3,
            "nothing between is believed"
        );
    }

    #[test]
    fn the_user_is_compared_whole() {
        let [difference] = &differences("Dockerfile", "FROM a\n", "FROM a\nUSER 65532:65532\n")
            .unwrap()
            .unwrap()[..]
        else {
            panic!("one difference");
        };
        assert!(difference.sets("user", "65532:65532"));
        assert!(!difference.sets("user", "65532"));
        assert!(!difference.removes());
    }
}
