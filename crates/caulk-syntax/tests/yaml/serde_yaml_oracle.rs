//! `serde_yaml` as the judge of how scalars resolve.

use caulk_source::FileId;
use caulk_syntax::yaml::{Value, parse};
use serde_yaml::Value as Theirs;

use crate::corpus::{files, say};

/// Whether both mean the same. Both read YAML 1.2 here: `yes` is text to either.
fn same(ours: &Value<'_>, theirs: &Theirs) -> bool {
    match theirs {
        Theirs::Null => ours.is_null(),
        Theirs::Bool(bool) => ours.as_bool() == Some(*bool),
        Theirs::Number(number) => same_number(ours, number),
        Theirs::String(text) => ours.as_str() == Some(text),
        Theirs::Sequence(items) => {
            ours.is_sequence()
                && ours.items().len() == items.len()
                && ours
                    .items()
                    .zip(items)
                    .all(|(ours, theirs)| same(&ours, theirs))
        }
        Theirs::Mapping(mapping) => {
            let members = ours.members();
            ours.is_mapping()
                && members.len() == mapping.len()
                && members.iter().all(|member| {
                    let found = mapping
                        .iter()
                        .find(|(key, _)| same(&Value::at(member.key), key));
                    found.is_some_and(|(_, theirs)| same(&member.value, theirs))
                })
        }
        Theirs::Tagged(tagged) => {
            let tag = ours.tag().map(|tag| tag.value.to_owned());
            tag == Some(tagged.tag.to_string()) && same(ours, &tagged.value)
        }
    }
}

fn same_number(ours: &Value<'_>, theirs: &serde_yaml::Number) -> bool {
    match (theirs.as_i64(), ours.as_int()) {
        (Some(theirs), Some(ours)) => theirs == ours,
        (Some(_), None) => false,
        (None, _) => {
            let text = ours
                .as_str()
                .unwrap_or_default()
                .replace(".inf", "inf")
                .replace(".nan", "nan");
            let ours: Option<f64> = text.parse().ok();
            ours.is_some_and(|ours| {
                theirs
                    .as_f64()
                    .is_some_and(|theirs| ours.to_bits() == theirs.to_bits())
            })
        }
    }
}

/// The documents that `serde_yaml` reads, with merge keys applied; nothing where it refuses.
fn theirs(text: &str) -> Option<Vec<Theirs>> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| {
            let mut value: Theirs = serde::Deserialize::deserialize(document).ok()?;
            // It does not apply a merge key that another one brings in: each time one level more.
            for _ in 0..10 {
                value.apply_merge().ok()?;
            }
            Some(value)
        })
        .collect()
}

#[test]
fn real_files_mean_what_serde_yaml_says() {
    let (mut compared, mut equal, mut different) = (0, 0, Vec::new());
    for (path, text) in files("corpus", &["yml", "yaml"]) {
        let Some(theirs) = theirs(&text) else {
            continue;
        };
        let stream = parse(FileId::FIRST, &text);
        compared += 1;
        let roots: Vec<Value<'_>> = stream.roots().collect();
        let agree = roots.len() == theirs.len()
            && roots
                .iter()
                .zip(&theirs)
                .all(|(ours, theirs)| same(ours, theirs));
        if agree && stream.problems.is_empty() {
            equal += 1;
        } else {
            different.push(path.display().to_string());
        }
    }
    say(&format!(
        "files against serde_yaml: compared {compared}, equal {equal}, listed 0"
    ));
    assert_eq!(different, [""; 0]);
}
