//! Keys whose value is of a kind that the engine refuses.

use caulk_syntax::Problem;

use super::tree::{Content, Value};

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

/// Adds what the engine refuses in the values of a service.
pub(super) fn check(service: &Value<'_>, problems: &mut Vec<Problem>) {
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
                message: format!("`{name}` is {wanted}"),
            });
        }
    }
}

fn find(kinds: &[(&'static [&'static str], &'static str)], name: &str) -> Option<&'static str> {
    let kind = kinds.iter().find(|(names, _)| names.contains(&name))?;
    Some(kind.1)
}
