//! Who reads a Compose file, by its name and by keys that only one reader knows.

use caulk_model::{Declared, Engine, Extent, Manager};

use super::tree::Value;

/// Keys of `deploy` that Compose ignores, for they are Swarm's alone.
const OF_SWARM: &[&str] = &[
    "endpoint_mode",
    "placement",
    "rollback_config",
    "update_config",
];

/// Who reads the files of a project.
pub(super) struct Reader<'n> {
    file_name: &'n str,
    engine: Engine,
    extent: Extent,
}

impl<'n> Reader<'n> {
    /// The reader of a project whose first file lies at `path`.
    pub(super) fn of(path: &'n str, root: &Value<'_>, discovered: bool) -> Self {
        let file_name = path.rsplit('/').next().unwrap_or(path);
        Self {
            file_name,
            engine: engine(file_name, root),
            extent: extent(file_name, discovered),
        }
    }

    /// Notes what follows for a service.
    pub(super) fn note(&self, service: &Value<'_>, declared: &mut Declared) {
        declared.engine = self.engine;
        declared.around.extent = self.extent;
        declared.around.manager = manager(self.file_name, service);
    }
}

/// Whether a service is one that `docker stack` deploys.
fn manager(file_name: &str, service: &Value<'_>) -> Manager {
    let name = file_name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let deploy = service.get("deploy");
    let says = |key: &&str| {
        deploy
            .as_ref()
            .is_some_and(|deploy| deploy.get(key).is_some())
    };
    let is_for_swarm = words.any(|word| word == "swarm")
        || name.starts_with("docker-stack")
        || name.starts_with("stack.")
        || OF_SWARM.iter().any(says);
    if is_for_swarm {
        Manager::Swarm
    } else {
        Manager::Nobody
    }
}

/// The engine that starts the services of a project whose first file has this name.
fn engine(file_name: &str, root: &Value<'_>) -> Engine {
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

/// A file that no engine finds by itself may be written to be put over another one, which is not known.
fn extent(file_name: &str, discovered: bool) -> Extent {
    let name = file_name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    if !discovered && words.any(|word| word == "override") {
        Extent::Part
    } else {
        Extent::Whole
    }
}
