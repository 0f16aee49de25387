//! What the networks of a project do for their services.

use caulk_model::{Declared, NamespaceKind};

use super::tree::Value;
use super::value::flag;

/// Drivers that put a container into a network of the host itself, with an address there: they map no port.
const WITHOUT_PORTS: &[&str] = &["ipvlan", "macvlan"];

/// Whether no network of a service hands it a port of the host.
pub(super) fn have_no_ports(root: &Value<'_>, service: &Declared) -> bool {
    let networks = root.get("networks");
    let has_none = |name: &str| {
        let network = networks.as_ref().and_then(|networks| networks.get(name));
        network.as_ref().is_some_and(has_no_ports)
    };
    let is_in_networks = !service.namespaces.contains_key(&NamespaceKind::Network);
    is_in_networks
        && match service.networks.as_deref() {
            None | Some([]) => has_none("default"),
            Some(named) => named.iter().all(|network| has_none(&network.value)),
        }
}

/// Whether a network hands no port of the host to who is in it. What another project makes is not known.
fn has_no_ports(network: &Value<'_>) -> bool {
    let driver = network.get("driver");
    let driver = driver.as_ref().and_then(Value::known);
    let is_internal = network.get("internal").and_then(|value| flag(&value));
    network.get("external").is_none()
        && (driver.is_some_and(|driver| WITHOUT_PORTS.contains(&driver))
            || is_internal.is_some_and(|fact| fact.value() == Some(&true)))
}
