//! YAML values as the facts that a service states.

use caulk_model::{Entry, Fact, Limit, Origin, State, Step, StepKind};
use caulk_syntax::yaml::Value;

use super::interpolate::interpolate;

/// Where a value comes from. What an anchor shares is inherited even where it is written: an edit
/// there would change others too.
pub(super) fn origin(value: &Value<'_>) -> Origin {
    if value.is_own() {
        return Origin::Written(value.span());
    }
    let steps = value.via().iter().map(|step| Step {
        kind: StepKind::Alias,
        span: step.used,
    });
    Origin::Inherited {
        from: value.span(),
        steps: steps.collect(),
    }
}

/// The text of a scalar with its variables resolved; nothing for null and for what is no scalar.
pub(super) fn text(value: &Value<'_>) -> Option<State<String>> {
    if value.is_unresolved() {
        return Some(State::unknown("an alias leads nowhere"));
    }
    Some(interpolate(value.as_str()?))
}

/// A fact made of a scalar's text.
pub(super) fn fact<T>(value: &Value<'_>, make: impl FnOnce(String) -> T) -> Option<Fact<T>> {
    Some(Fact {
        state: text(value)?.map(make),
        origin: origin(value),
    })
}

/// A boolean as compose-go casts it: YAML's own, or text that says so.
pub(super) fn flag(value: &Value<'_>) -> Option<Fact<bool>> {
    let origin = origin(value);
    if let Some(flag) = value.as_bool() {
        return Some(Fact::known(flag, origin));
    }
    match text(value)? {
        State::Known(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "t" | "y" | "yes" | "on" => Some(Fact::known(true, origin)),
            "false" | "0" | "f" | "n" | "no" | "off" => Some(Fact::known(false, origin)),
            _ => None,
        },
        State::Unknown { because } => Some(Fact::unknown(because, origin)),
    }
}

/// The items of the list at `key`; one scalar is a list of one.
pub(super) fn items<'d>(service: &Value<'d>, key: &str) -> Vec<Value<'d>> {
    match service.get(key) {
        Some(list) if list.is_sequence() => list.items().collect(),
        Some(_) | None => Vec::new(),
    }
}

/// The items of the list at `key` whose text is known, each made into something.
pub(super) fn entries<T>(
    service: &Value<'_>,
    key: &str,
    make: impl Fn(&str) -> Option<T>,
) -> Vec<Entry<T>> {
    let entries = items(service, key).into_iter().filter_map(|item| {
        Some(Entry {
            value: make(text(&item)?.known()?)?,
            origin: origin(&item),
        })
    });
    entries.collect()
}

/// The items of the list at `key`, known or not.
pub(super) fn words(service: &Value<'_>, key: &str) -> Vec<Entry<State<String>>> {
    let words = items(service, key).into_iter().filter_map(|item| {
        Some(Entry {
            value: text(&item)?,
            origin: origin(&item),
        })
    });
    words.collect()
}

/// A limit: nothing, 0 and less are none.
pub(super) fn limit(
    value: &Value<'_>,
    amount: impl FnOnce(&str) -> Option<f64>,
) -> Option<Fact<Limit>> {
    let state = match text(value)? {
        State::Known(text) => State::Known(match amount(text.trim()) {
            Some(amount) if amount > 0.0 => Limit::Of(amount),
            Some(_) | None => Limit::None,
        }),
        State::Unknown { because } => State::Unknown { because },
    };
    Some(Fact {
        state,
        origin: origin(value),
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
