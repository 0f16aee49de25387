//! Who reads a Compose file, by its name and by keys that only one reader knows.

use caulk_model::Engine;

use super::tree::Value;

/// Keys of `deploy` that Compose ignores, for they are Swarm's alone.
const OF_SWARM: &[&str] = &[
    "endpoint_mode",
    "placement",
    "rollback_config",
    "update_config",
];

/// Whether a service is one that `docker stack` deploys.
pub(super) fn is_for_swarm(file_name: &str, service: &Value<'_>) -> bool {
    let name = file_name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let deploy = service.get("deploy");
    let says = |key: &&str| {
        deploy
            .as_ref()
            .is_some_and(|deploy| deploy.get(key).is_some())
    };
    words.any(|word| word == "swarm")
        || name.starts_with("docker-stack")
        || name.starts_with("stack.")
        || OF_SWARM.iter().any(says)
}

/// The engine that starts the services of a project whose first file has this name.
pub(super) fn engine(file_name: &str, root: &Value<'_>) -> Engine {
    let services = root.get("services");
    let services: Vec<_> = services.iter().flat_map(Value::members).collect();
    // Services have keys such as `x-podman.rootfs`.
    let of_podman = |value: &Value<'_>| {
        let mut members = value.members();
        members.any(|member| member.name.starts_with("x-podman"))
    };
    let is_podmans = file_name.starts_with("container-compose")
        || of_podman(root)
        || services.iter().any(|service| of_podman(&service.value));
    if is_podmans {
        Engine::Podman
    } else {
        Engine::Docker
    }
}

/// Whether a file that no engine finds by itself is written to be put over another one, which is not
/// known.
pub(super) fn is_put_over_another(file_name: &str, discovered: bool) -> bool {
    let name = file_name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    !discovered && words.any(|word| word == "override")
}
