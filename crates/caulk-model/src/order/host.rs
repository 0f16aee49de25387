//! Whether what one container takes of the host is no more than what another takes.

use super::AtMost;
use crate::{
    DeclaredBuild, Device, Entry, Fact, Mount, Namespace, Port, Relabel, State, Sysctl, Volume,
};

/// Whether each of `after` is no more than one of `before`.
pub(super) fn all_within<T: AtMost>(after: &[Entry<T>], before: &[Entry<T>]) -> bool {
    let within = |entry: &Entry<T>| {
        before
            .iter()
            .any(|earlier| entry.value.at_most(&earlier.value))
    };
    after.iter().all(within)
}

impl AtMost for String {
    fn at_most(&self, before: &Self) -> bool {
        self == before
    }
}

impl AtMost for Volume {
    fn at_most(&self, before: &Self) -> bool {
        let Self { kind, mount } = self;
        *kind == before.kind && mount.at_most(&before.mount)
    }
}

impl AtMost for Sysctl {
    fn at_most(&self, before: &Self) -> bool {
        let Self { name, value } = self;
        *name == before.name && value.at_most(&before.value)
    }
}

/// Whether a build is surely given no more than another.
pub(super) fn build_at_most(after: Option<&DeclaredBuild>, before: Option<&DeclaredBuild>) -> bool {
    let (Some(after), Some(before)) = (after, before) else {
        return after.is_none() == before.is_none();
    };
    let DeclaredBuild {
        context,
        dockerfile,
        target,
        inline,
        privileged,
        entitlements,
        network,
        // What they make of the image is compared as what it is.
        arguments: _,
    } = after;
    let on = |fact: &Option<Fact<bool>>| {
        let state = fact.as_ref().map(|fact| fact.state.clone());
        state.unwrap_or(State::Known(false))
    };
    let text = |fact: &Option<Fact<String>>| fact.as_ref().map(|fact| fact.state.clone());
    *context == before.context
        && *dockerfile == before.dockerfile
        && *target == before.target
        && *inline == before.inline
        && on(privileged).at_most(&on(&before.privileged))
        && all_within(entitlements, &before.entitlements)
        && (network.is_none() || text(network) == text(&before.network))
}

impl AtMost for Namespace {
    /// None is less than one's own, which is less than one that others may join, which is less than
    /// another container's, which may be the host's. Two other containers are not compared.
    fn at_most(&self, before: &Self) -> bool {
        match (self, before) {
            (_, Self::Host)
            | (Self::Nothing, _)
            | (Self::Own, Self::Own | Self::Shareable | Self::Joined { .. })
            | (Self::Shareable, Self::Shareable | Self::Joined { .. }) => true,
            (Self::Joined { whose: after }, Self::Joined { whose: before }) => after == before,
            (Self::Own, Self::Nothing)
            | (Self::Shareable, Self::Own | Self::Nothing)
            | (Self::Joined { .. }, Self::Own | Self::Shareable | Self::Nothing)
            | (Self::Host, Self::Own | Self::Shareable | Self::Nothing | Self::Joined { .. }) => {
                false
            }
        }
    }

    fn is_least(&self) -> bool {
        *self == Self::Nothing
    }

    fn is_most(&self) -> bool {
        *self == Self::Host
    }
}

impl AtMost for Mount {
    /// The same path at the same place, read where it was written before. What is read-only or
    /// does not travel is less, and so is one whose label is left alone.
    fn at_most(&self, before: &Self) -> bool {
        let Self {
            source,
            place: _,
            target,
            read_only,
            propagation,
            relabel,
            options_unknown,
        } = self;
        source.at_most(&before.source)
            && *target == before.target
            && before.read_only.at_most(read_only)
            && (propagation.is_none() || *propagation == before.propagation)
            && (*relabel == Relabel::None || *relabel == before.relabel)
            && *options_unknown == before.options_unknown
    }
}

impl AtMost for Device {
    fn at_most(&self, before: &Self) -> bool {
        let Self {
            host,
            container,
            permissions,
        } = self;
        let permitted = |one: char| before.permissions.contains(one);
        host.at_most(&before.host)
            && *container == before.container
            && permissions.chars().all(permitted)
    }
}

impl AtMost for Port {
    /// The same port, on no more addresses. A port of the host that anybody may take is no more than
    /// one that only root may.
    fn at_most(&self, before: &Self) -> bool {
        let Self {
            address,
            published,
            target,
            // It says nothing.
            says_tcp: _,
        } = self;
        let known = matches!(address, State::Known(_));
        let for_root = |port: &str| port.parse::<u16>().ok().map(|port| port < 1024);
        let no_more = *published == before.published
            || (for_root(published) == Some(false) && for_root(&before.published) == Some(true));
        no_more
            && *target == before.target
            && (address.at_most(&before.address) || (known && before.listens_everywhere()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_from_none_to_the_hosts() {
        let joined = |whose: &str| Namespace::Joined {
            whose: whose.to_owned(),
        };
        let rising = [
            Namespace::Nothing,
            Namespace::Own,
            Namespace::Shareable,
            joined("service:a"),
            Namespace::Host,
        ];
        for (at, one) in rising.iter().enumerate() {
            for (other_at, other) in rising.iter().enumerate() {
                assert_eq!(one.at_most(other), at <= other_at, "{one:?} {other:?}");
            }
        }
        assert!(!joined("service:a").at_most(&joined("service:b")));
    }

    #[test]
    fn a_mount_is_less_where_it_is_only_read() {
        let mount = |read_only| Mount {
            source: State::Known("/etc".to_owned()),
            place: None,
            target: "/etc".to_owned(),
            read_only,
            propagation: None,
            relabel: Relabel::None,
            options_unknown: None,
        };
        assert!(mount(true).at_most(&mount(false)) && mount(true).at_most(&mount(true)));
        assert!(!mount(false).at_most(&mount(true)));
        let shared = Mount {
            propagation: Some("rshared".to_owned()),
            ..mount(true)
        };
        assert!(!shared.at_most(&mount(true)) && mount(true).at_most(&shared));
    }

    #[test]
    fn a_port_is_less_on_one_address() {
        let port = |address: &str| Port {
            address: State::Known(address.to_owned()),
            published: "80".to_owned(),
            target: "80".to_owned(),
            says_tcp: false,
        };
        assert!(port("127.0.0.1").at_most(&port("")) && port("::1").at_most(&port("0.0.0.0")));
        assert!(!port("").at_most(&port("127.0.0.1")));
        assert!(!port("127.0.0.1").at_most(&port("10.0.0.1")));
    }

    #[test]
    fn a_device_is_less_with_fewer_permissions() {
        let device = |permissions: &str| Device {
            host: State::Known("/dev/sda".to_owned()),
            container: "/dev/sda".to_owned(),
            permissions: permissions.to_owned(),
        };
        assert!(device("r").at_most(&device("rwm")));
        assert!(!device("rw").at_most(&device("r")));
    }
}
