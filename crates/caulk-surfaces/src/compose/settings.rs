//! The settings around a service: kernel parameters, limits of processes, logging, environment.

use caulk_model::{Declared, Entry, Fact, Lasting, Pulling, Sysctl, Ulimit, Variable};

use super::merge::pairs;
use super::prints::only_prints;
use super::service::one_or_more;
use super::tree::Value;
use super::value::{fact, flag, texts, unique};

/// Reads all of them.
pub(super) fn read(service: &Value<'_>, declared: &mut Declared) {
    let tmpfs = unique(one_or_more(service, "tmpfs"), |item| {
        let text = item.known()?;
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        Some(name.to_owned())
    });
    declared.tmpfs = texts(&tmpfs);
    if let Some(sysctls) = service.get("sysctls") {
        let sysctls = pairs(&sysctls);
        let sysctls = sysctls.members().filter_map(|member| {
            Some(Entry {
                origin: member.value.origin(),
                value: Sysctl {
                    value: member.value.text()?,
                    name: member.name.into_owned(),
                },
            })
        });
        declared.sysctls = sysctls.collect();
    }
    declared.ulimits = ulimits(service);
    declared.cgroup_parent = service
        .get("cgroup_parent")
        .and_then(|value| fact(&value, |text| text));
    let driver = service
        .get("logging")
        .and_then(|logging| logging.get("driver"));
    declared.logging = driver.and_then(|value| fact(&value, |text| text));
    declared.command = words(service, "command");
    let is_on = |key: &str| {
        let value = service.get(key).and_then(|value| flag(&value));
        value.is_some_and(|fact| fact.value() != Some(&false))
    };
    declared.lasting = if only_prints(service) {
        Lasting::OnlyPrints
    } else if is_on("tty") || is_on("stdin_open") {
        Lasting::Terminal
    } else {
        Lasting::Unsaid
    };
    let pull = service.get("pull_policy");
    if pull.is_some_and(|value| matches!(value.known(), Some("build" | "never"))) {
        declared.around.pulling = Pulling::Never;
    }
    let name = service.get("container_name");
    declared.container_name = name.and_then(|value| value.text()?.known().cloned());
    declared.exposed = texts(&one_or_more(service, "expose"));
    declared.environment = environment(service);
}

/// The variables that the service says itself.
fn environment(service: &Value<'_>) -> Vec<Entry<Variable>> {
    let Some(environment) = service.get("environment") else {
        return Vec::new();
    };
    let environment = pairs(&environment);
    let variables = environment.members().map(|member| Entry {
        origin: member.value.origin(),
        value: Variable {
            value: member.value.text(),
            name: member.name.into_owned(),
            in_file: None,
        },
    });
    variables.collect()
}

fn ulimits(service: &Value<'_>) -> Vec<Entry<Ulimit>> {
    let Some(ulimits) = service.get("ulimits") else {
        return Vec::new();
    };
    let ulimits = ulimits.members().filter_map(|member| {
        let value = &member.value;
        let (soft, hard) = if value.is_mapping() {
            (value.get("soft")?.text()?, value.get("hard")?.text()?)
        } else {
            (value.text()?, value.text()?)
        };
        Some(Entry {
            origin: value.origin(),
            value: Ulimit {
                name: member.name.into_owned(),
                soft,
                hard,
            },
        })
    });
    ulimits.collect()
}

/// The words of an entrypoint, where one is named.
pub(super) fn entrypoint(service: &Value<'_>) -> Option<Fact<Vec<String>>> {
    let origin = service.get("entrypoint")?.origin();
    let words = words(service, "entrypoint").into_iter();
    Some(Fact::known(words.map(|word| word.value).collect(), origin))
}

/// The words of a command; an empty one is not known. In one text a space parts them, quotes or not: enough
/// to find options.
fn words(service: &Value<'_>, key: &str) -> Vec<Entry<String>> {
    let items = one_or_more(service, key);
    let words = items.iter().flat_map(|item| {
        let origin = item.origin();
        let known = item.known();
        let unknown = known.is_none().then_some("");
        let words = known.map(str::split_whitespace).into_iter().flatten();
        words.chain(unknown).map(move |word| Entry {
            value: word.trim_matches(['"', '\'']).to_owned(),
            origin: origin.clone(),
        })
    });
    words.collect()
}
