//! Values of one line each.

use caulk_model::SecurityOption;

use super::super::csv;
use super::super::text::Text;

/// The network that `--network` names: `host`, `mynet`, `name=mynet,alias=db` (docker/cli,
/// `opts/network.go`).
pub fn network(value: &Text) -> Result<Text, String> {
    if !is_long_form(value.written()) {
        return Ok(value.clone());
    }
    let mut name = Text::default();
    for field in csv::fields(value)? {
        let Some((key, value)) = field.split_once('=') else {
            return Err(format!("invalid field {}", field.written()));
        };
        match key.written().trim().to_ascii_lowercase().as_str() {
            "name" => name = value,
            "alias" | "driver-opt" | "ip" | "ip6" | "mac-address" | "link-local-ip"
            | "gw-priority" => {}
            key => return Err(format!("invalid field key {key}")),
        }
    }
    if name.is_empty() {
        return Err("network name/id is not specified".to_owned());
    }
    Ok(name)
}

/// Whether a letter, a digit or `_` stands on both sides of some `=`.
fn is_long_form(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices('=').any(|(at, _)| {
        let before = caulk_source::cut_to(text, at).chars().next_back();
        let after = caulk_source::cut_from(text, at + 1).chars().next();
        before.is_some_and(is_word) && after.is_some_and(is_word)
    })
}

/// `a 1:2 rwm`: all, character or block devices, their numbers, what may be done.
pub(in super::super) fn device_rule(text: &str) -> Result<(), String> {
    let refuse = || Err(format!("invalid device cgroup format '{text}'"));
    let fields: Vec<&str> = text.split(' ').collect();
    let [kind, numbers, access] = fields.as_slice() else {
        return refuse();
    };
    let is_number = |text: &str| {
        text == "*" || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let numbers_hold = numbers
        .split_once(':')
        .is_some_and(|(major, minor)| is_number(major) && is_number(minor));
    let access_holds = (1..=3).contains(&access.len())
        && access
            .chars()
            .all(|letter| matches!(letter, 'r' | 'w' | 'm'));
    if matches!(*kind, "a" | "b" | "c") && numbers_hold && access_holds {
        return Ok(());
    }
    refuse()
}

/// Kernel parameters that belong to a namespace.
const SYSCTLS: &[&str] = &[
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shm_rmid_forced",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
];

/// A kernel parameter and its value (`opts.ValidateSysctl`).
pub(in super::super) fn sysctl(text: &str) -> Result<(&str, &str), String> {
    let parted = text.split_once('=').filter(|(key, _)| {
        SYSCTLS.contains(key) || key.starts_with("net.") || key.starts_with("fs.mqueue.")
    });
    parted.ok_or_else(|| format!("sysctl '{text}' is not allowed"))
}

/// What a process may use up.
const ULIMITS: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// A limit of a process: its name, the soft one and the hard one (docker/go-units, `ulimit.go`).
pub(in super::super) fn ulimit(text: &str) -> Result<(&str, i64, i64), String> {
    let (name, limits) = text
        .split_once('=')
        .ok_or_else(|| format!("invalid ulimit argument: {text}"))?;
    if !ULIMITS.contains(&name) {
        return Err(format!("invalid ulimit type: {name}"));
    }
    let number = |text: &str| {
        text.parse::<i64>()
            .map_err(|_| format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))
    };
    let (soft, hard) = match limits.split_once(':') {
        Some((soft, hard)) => (number(soft)?, number(hard)?),
        None => (number(limits)?, number(limits)?),
    };
    if hard != -1 && (soft == -1 || soft > hard) {
        return Err(format!(
            "ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}"
        ));
    }
    Ok((name, soft, hard))
}

/// One `--security-opt`: all but `no-new-privileges` have a value.
pub(in super::super) fn security_option(text: &str) -> Result<SecurityOption, String> {
    let option = SecurityOption::parse(text);
    let has_value = option.value.as_ref().is_some_and(|value| !value.is_empty());
    if has_value || option.key == "no-new-privileges" {
        return Ok(option);
    }
    Err(format!("invalid --security-opt: \"{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let name = |text: &str| network(&Text::known(text)).map(|name| name.written().to_owned());
        assert_eq!(name("host").as_deref(), Ok("host"));
        assert_eq!(name("name=a,alias=b").as_deref(), Ok("a"));
        assert!(name("alias=b").is_err());
        assert!(name("name=a,what=b").is_err());
    }

    #[test]
    fn rules_parameters_and_limits() {
        assert!(device_rule("c 42:* rmw").is_ok());
        assert!(device_rule("a *:* rwm").is_ok());
        for text in ["c 42 rmw", "x 1:1 r", "c 1:1 rwmr", "c 1:1 ", "c 1:1 x"] {
            assert!(device_rule(text).is_err(), "{text}");
        }
        assert!(sysctl("net.ipv4.ip_forward=1").is_ok());
        assert!(sysctl("kernel.core_pattern=x").is_err());
        assert_eq!(ulimit("nofile=1024:2048"), Ok(("nofile", 1024, 2048)));
        assert_eq!(ulimit("core=-1"), Ok(("core", -1, -1)));
        for text in ["nofile", "no=1", "nofile=a", "nofile=2:1", "nofile=-1:5"] {
            assert!(ulimit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_have_values() {
        assert!(security_option("no-new-privileges").is_ok());
        assert!(security_option("label:disable").is_ok());
        assert!(security_option("bogus").is_err());
        assert!(security_option("seccomp=").is_err());
    }
}
