//! What stands in the values of flags: mounts, volumes, devices, ports, networks, kernel parameters.

mod device;
mod mount;
mod port;
mod small;
mod volume;

pub use device::{DevicePath, device};
pub use mount::{MountOption, bind, mount};
pub use port::{PublishedPort, ports};
pub use small::network;
pub(super) use small::{device_rule, security_option, sysctl, ulimit};
pub use volume::{Volume, volume};
