//! The schema of the configuration, for editors.

use caulk_finding::{Level, OptionKind, RuleInfo, Severity};
use serde_json::{Map, Value, json};

use crate::keys::{HOST, HostKind, KEYS, Key, Kind};

/// The JSON schema of a configuration in which these rules may be named.
pub fn schema(rules: &[&'static RuleInfo]) -> String {
    let properties: Map<String, Value> = KEYS
        .iter()
        .map(|key| (key.name.to_owned(), described(*key, rules)))
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "caulk.toml",
        "description": "The configuration of caulk",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    format!("{schema:#}\n")
}

fn described(key: Key, rules: &[&'static RuleInfo]) -> Value {
    let mut value = value(key.kind, rules);
    if let Some(members) = value.as_object_mut() {
        members.insert("description".to_owned(), Value::from(key.about));
    }
    value
}

fn value(kind: Kind, rules: &[&'static RuleInfo]) -> Value {
    match kind {
        Kind::Level => json!({ "enum": Level::NAMES }),
        Kind::Severity => json!({ "enum": Severity::NAMES }),
        Kind::Rules => {
            let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
            let named = json!([{ "enum": ids }, { "type": "string", "pattern": "\\*" }]);
            json!({ "type": "array", "items": { "anyOf": named } })
        }
        Kind::Paths => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::RuleTables => {
            let tables: Map<String, Value> = rules
                .iter()
                .map(|rule| (rule.id.to_owned(), of_rule(rule)))
                .collect();
            json!({ "type": "object", "additionalProperties": false, "properties": tables })
        }
        Kind::Images => {
            let image = json!({
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "user": { "type": "string" },
                    "needs": { "type": "array", "items": { "type": "string" } },
                    "sudo": { "type": "boolean" },
                },
            });
            json!({ "type": "object", "additionalProperties": image })
        }
        Kind::Host => {
            let keys: Map<String, Value> = HOST
                .iter()
                .map(|(name, kind)| ((*name).to_owned(), of_host(*kind)))
                .collect();
            json!({ "type": "object", "additionalProperties": false, "properties": keys })
        }
    }
}

fn of_host(kind: HostKind) -> Value {
    match kind {
        HostKind::Switch => json!({ "type": "boolean" }),
        HostKind::Text => json!({ "type": "string" }),
        HostKind::OneOf(words) => json!({ "enum": words }),
        HostKind::Limits => {
            let number = json!({ "type": "integer" });
            let limit = json!({
                "type": "object",
                "properties": { "Name": { "type": "string" }, "Soft": number, "Hard": number },
            });
            json!({ "type": "object", "additionalProperties": limit })
        }
    }
}

/// What may be said of a rule.
fn of_rule(rule: &RuleInfo) -> Value {
    let mut properties = Map::new();
    properties.insert("severity".to_owned(), json!({ "enum": Severity::NAMES }));
    for option in rule.options {
        let mut value = match option.kind {
            OptionKind::Images => json!({ "type": "array", "items": { "type": "string" } }),
        };
        if let Some(members) = value.as_object_mut() {
            members.insert("description".to_owned(), Value::from(option.about));
        }
        properties.insert(option.name.to_owned(), value);
    }
    json!({
        "type": "object",
        "description": rule.summary(),
        "additionalProperties": false,
        "properties": properties,
    })
}
