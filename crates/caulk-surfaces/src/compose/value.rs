//! Values as the facts that a service states.

use std::collections::BTreeMap;

use caulk_model::{Entry, Fact, Limit, State};

use super::tree::Value;

/// A fact made of a scalar's text.
pub(super) fn fact<T>(value: &Value<'_>, make: impl FnOnce(String) -> T) -> Option<Fact<T>> {
    Some(Fact {
        state: value.text()?.map(make),
        origin: value.origin(),
    })
}

/// A boolean as compose-go casts it: YAML's own, or text that says so.
pub(super) fn flag(value: &Value<'_>) -> Option<Fact<bool>> {
    let origin = value.origin();
    let scalar = value.scalar()?;
    if let Some(flag) = scalar.boolean {
        return Some(Fact::known(flag, origin));
    }
    match value.text()? {
        State::Known(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "t" | "y" | "yes" | "on" => Some(Fact::known(true, origin)),
            "false" | "0" | "f" | "n" | "no" | "off" => Some(Fact::known(false, origin)),
            _ => None,
        },
        State::Unknown { because } => Some(Fact::unknown(because, origin)),
    }
}

/// The items of the list at `key`.
pub(super) fn items<'d>(service: &Value<'d>, key: &str) -> Vec<Value<'d>> {
    let list = service.get(key);
    list.iter()
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .collect()
}

/// The items of which no other has the same key: of those with one key the last, where the first
/// stood. It then stands over the first.
pub(super) fn unique<'d>(
    items: Vec<Value<'d>>,
    key: impl Fn(&Value<'d>) -> Option<String>,
) -> Vec<Value<'d>> {
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Value<'d>> = Vec::with_capacity(items.len());
    for item in items {
        // What is not known may be anything.
        let Some(key) = key(&item) else {
            kept.push(item);
            continue;
        };
        let earlier = at.get(&key).and_then(|at| kept.get_mut(*at));
        if let Some(slot) = earlier {
            *slot = item.over(slot);
        } else {
            at.insert(key, kept.len());
            kept.push(item);
        }
    }
    kept
}

/// The items of the list at `key` of which no other says the same. compose-go compares what stands
/// before a `=`.
pub(super) fn distinct<'d>(service: &Value<'d>, key: &str) -> Vec<Value<'d>> {
    unique(items(service, key), |item| {
        let text = item.known()?;
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        Some(name.to_owned())
    })
}

/// Items as the texts that they are, known or not.
pub(super) fn texts(items: &[Value<'_>]) -> Vec<Entry<State<String>>> {
    let texts = items.iter().filter_map(|item| {
        Some(Entry {
            value: item.text()?,
            origin: item.origin(),
        })
    });
    texts.collect()
}

/// Items whose text is known, each made into something.
pub(super) fn entries<T>(items: &[Value<'_>], make: impl Fn(&str) -> Option<T>) -> Vec<Entry<T>> {
    let entries = items.iter().filter_map(|item| {
        Some(Entry {
            value: make(item.known()?)?,
            origin: item.origin(),
        })
    });
    entries.collect()
}

/// A limit: nothing, 0 and less are none.
pub(super) fn limit(
    value: &Value<'_>,
    amount: impl FnOnce(&str) -> Option<f64>,
) -> Option<Fact<Limit>> {
    let state = match value.text()? {
        State::Known(text) => State::Known(match amount(text.trim()) {
            Some(amount) if amount > 0.0 => Limit::Of(amount),
            Some(_) | None => Limit::None,
        }),
        State::Unknown { because } => State::Unknown { because },
    };
    Some(Fact {
        state,
        origin: value.origin(),
    })
}

/// Bytes as docker/go-units reads them: `512m`, `1.5GiB`, `1024`; every unit a power of 1024.
pub(super) fn bytes(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = caulk_source::cut_from(&text, number.len()).trim();
    let power = match unit {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    Some(number * 1024_f64.powi(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_powers_of_1024() {
        let close = |text: &str, expected: f64| {
            assert!((bytes(text).unwrap() - expected).abs() < 0.5, "{text}");
        };
        close("512m", 536_870_912.0);
        close("1.5GiB", 1_610_612_736.0);
        close("0", 0.0);
        close("64 MB", 67_108_864.0);
        assert_eq!(bytes("plenty"), None);
    }
}
