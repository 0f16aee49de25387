//! Keys whose value is of a kind that the engine refuses.

use caulk_model::StepKind;
use caulk_syntax::Problem;

use super::tree::{Content, Value};
use super::value::bytes;

/// Keys that hold a list.
const LISTS: &[&str] = &[
    "cap_add",
    "cap_drop",
    "configs",
    "device_cgroup_rules",
    "devices",
    "external_links",
    "group_add",
    "links",
    "ports",
    "profiles",
    "secrets",
    "security_opt",
    "volumes",
    "volumes_from",
];

/// Keys that hold a mapping.
const MAPPINGS: &[&str] = &["deploy", "healthcheck", "logging", "ulimits"];

/// Keys that hold a list or a mapping.
const COLLECTIONS: &[&str] = &["depends_on", "environment", "labels", "networks", "sysctls"];

/// Keys that hold a single value.
const SCALARS: &[&str] = &[
    "cgroup",
    "cgroup_parent",
    "cpu_quota",
    "cpus",
    "image",
    "ipc",
    "mem_limit",
    "network_mode",
    "pid",
    "pids_limit",
    "privileged",
    "read_only",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
];

/// The keys of a service that hold none of these, or more than one kind: with them, all that the
/// Compose Specification's schema knows (read 2026-11).
const OTHERS: &[&str] = &[
    "annotations",
    "attach",
    "blkio_config",
    "build",
    "command",
    "container_name",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpuset",
    "credential_spec",
    "develop",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "env_file",
    "expose",
    "extends",
    "extra_hosts",
    "gpus",
    "hostname",
    "init",
    "isolation",
    "label_file",
    "mac_address",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "models",
    "oom_kill_disable",
    "oom_score_adj",
    "platform",
    "post_start",
    "pre_start",
    "pre_stop",
    "provider",
    "pull_policy",
    "pull_refresh_after",
    "restart",
    "runtime",
    "scale",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "tmpfs",
    "tty",
    "working_dir",
];

/// Adds what the engine refuses in the values of a service.
pub(super) fn check(name: &str, service: &Value<'_>, problems: &mut Vec<Problem>) {
    keys(name, service, problems);
    kinds(service, problems);
    limits(service, problems);
    given_files(service, problems);
    if let Some(limits) = service.get("build").and_then(|build| build.get("ulimits"))
        && matches!(limits.content(), Content::List(_) | Content::Scalar(_))
    {
        problems.push(Problem {
            span: limits.span(),
            message: "`ulimits` has to be a mapping".to_owned(),
        });
    }
    if let (Some(mode), Some(_)) = (service.get("network_mode"), service.get("networks")) {
        problems.push(Problem {
            span: mode.span(),
            message: "`network_mode` and `networks` exclude each other".to_owned(),
        });
    }
}

/// How many of the latest problems are looked at for one that is said already.
const LATEST: usize = 100;

/// Keys that no service has. A slip of the pen in `cap_drop` is a container that keeps all of them.
///
/// What several services take in is said once, of the first of them.
fn keys(service_name: &str, service: &Value<'_>, problems: &mut Vec<Problem>) {
    let known = [LISTS, MAPPINGS, COLLECTIONS, SCALARS, OTHERS];
    for member in service.members() {
        let name = &*member.name;
        let is_known = known.iter().any(|names| names.contains(&name));
        let mut latest = problems.iter().rev().take(LATEST);
        let is_said = latest.any(|problem| problem.span == member.key);
        if !is_known && !name.starts_with("x-") && !is_said {
            let mut steps = member.value.steps().iter();
            let taken = if steps.any(|step| step.kind != StepKind::Override) {
                format!(", and `{service_name}` takes it in")
            } else {
                String::new()
            };
            problems.push(Problem {
                span: member.key,
                message: format!("`{name}` is no key of a service{taken}"),
            });
        }
    }
}

/// Keys that no secret and no configuration of a service has.
fn given_files(service: &Value<'_>, problems: &mut Vec<Problem>) {
    let keys = ["gid", "mode", "source", "target", "uid"];
    for (section, one) in [("secrets", "secret"), ("configs", "configuration")] {
        let given = service.get(section);
        let items: Vec<_> = given.iter().flat_map(Value::items).collect();
        for member in items.iter().flat_map(Value::members) {
            let name = &*member.name;
            if !keys.contains(&name) && !name.starts_with("x-") {
                problems.push(Problem {
                    span: member.key,
                    message: format!("`{name}` is no key of a {one} of a service"),
                });
            }
        }
    }
}

/// Limits of the service and of its deployment that differ. Where a deployment has limits and not
/// this one, that is different too.
fn limits(service: &Value<'_>, problems: &mut Vec<Problem>) {
    let deployed = service
        .get("deploy")
        .and_then(|deploy| deploy.get("resources"));
    let Some(deployed) = deployed.and_then(|resources| resources.get("limits")) else {
        return;
    };
    let number = |text: &str| text.trim().parse::<f64>().ok();
    for (key, name, read) in [
        (
            "mem_limit",
            "memory",
            &bytes as &dyn Fn(&str) -> Option<f64>,
        ),
        ("cpus", "cpus", &number),
        ("pids_limit", "pids", &number),
    ] {
        let Some(own) = service.get(key) else {
            continue;
        };
        let other = deployed.get(name);
        let amount = |value: &Value<'_>| value.known().map(read);
        let (Some(Some(amount_of_own)), other) = (amount(&own), other.as_ref().map(amount)) else {
            continue;
        };
        let differs = match other {
            None => true,
            // Nobody knows, or it is no number at all.
            Some(None | Some(None)) => false,
            Some(Some(Some(other))) => (other - amount_of_own).abs() > f64::EPSILON,
        };
        if differs && amount_of_own != 0.0 {
            problems.push(Problem {
                span: own.span(),
                message: format!("`{key}` is not what `deploy.resources.limits.{name}` says"),
            });
        }
    }
}

/// Values of another kind than their key wants.
fn kinds(service: &Value<'_>, problems: &mut Vec<Problem>) {
    for member in service.members() {
        let name = &*member.name;
        let value = &member.value;
        let wanted = match value.content() {
            Content::Null => None,
            Content::Scalar(_) => {
                let refused = [
                    (LISTS, "a list"),
                    (MAPPINGS, "a mapping"),
                    (COLLECTIONS, "a list or a mapping"),
                ];
                find(&refused, name)
            }
            Content::List(_) => find(
                &[(MAPPINGS, "a mapping"), (SCALARS, "a single value")],
                name,
            ),
            Content::Mapping(_) => find(&[(LISTS, "a list"), (SCALARS, "a single value")], name),
        };
        if let Some(wanted) = wanted {
            problems.push(Problem {
                span: value.span(),
                message: format!("`{name}` has to be {wanted}"),
            });
        }
    }
}

fn find(kinds: &[(&'static [&'static str], &'static str)], name: &str) -> Option<&'static str> {
    let kind = kinds.iter().find(|(names, _)| names.contains(&name))?;
    Some(kind.1)
}
