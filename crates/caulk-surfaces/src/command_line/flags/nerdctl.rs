//! nerdctl 2: `cmd/nerdctl/container/container_run.go`, `cmd/nerdctl/main.go`. Only what differs
//! from docker/cli.

use super::{Flag, Kind};

/// `nerdctl run` and `nerdctl create`.
pub(crate) const RUN: &[Flag] = &[
    // Lists that nerdctl splits at commas and docker does not.
    Flag::new("cap-add", Kind::CommaList),
    Flag::new("cap-drop", Kind::CommaList),
    Flag::new("cgroup-conf", Kind::CommaList),
    Flag::new("cosign-certificate-identity", Kind::Text),
    Flag::new("cosign-certificate-identity-regexp", Kind::Text),
    Flag::new("cosign-certificate-oidc-issuer", Kind::Text),
    Flag::new("cosign-certificate-oidc-issuer-regexp", Kind::Text),
    Flag::new("cosign-key", Kind::Text),
    Flag::new("device", Kind::CommaList),
    Flag::new("group-add", Kind::CommaList),
    Flag::new("ipfs-address", Kind::Text),
    Flag::new("network", Kind::List),
    Flag::new("net", Kind::List).means("network"),
    Flag::new("pidfile", Kind::Text),
    Flag::new("publish", Kind::CommaList).or('p'),
    Flag::new("rdt-class", Kind::Text),
    Flag::new("rootfs", Kind::Switch),
    Flag::new("systemd", Kind::Text),
    Flag::new("umask", Kind::Text),
    Flag::new("verify", Kind::Text),
];

/// `nerdctl build`.
pub(crate) const BUILD: &[Flag] = &[
    Flag::new("buildkit-host", Kind::Text),
    Flag::new("ipfs", Kind::Switch),
];

/// Before the command: `nerdctl --namespace k8s.io run`.
pub(crate) const GLOBAL: &[Flag] = &[
    Flag::new("a", Kind::Text).or('a'),
    Flag::new("address", Kind::Text),
    Flag::new("bridge-ip", Kind::Text),
    Flag::new("cdi-spec-dirs", Kind::List),
    Flag::new("cgroup-manager", Kind::Text),
    Flag::new("cni-netconfpath", Kind::Text),
    Flag::new("cni-path", Kind::Text),
    Flag::new("data-root", Kind::Text),
    Flag::new("debug", Kind::Switch),
    Flag::new("debug-full", Kind::Switch),
    Flag::new("experimental", Kind::Switch),
    Flag::new("host", Kind::Text).or('H'),
    Flag::new("host-gateway-ip", Kind::Text),
    Flag::new("hosts-dir", Kind::List),
    Flag::new("insecure-registry", Kind::Switch),
    Flag::new("kube-hide-dupe", Kind::Switch),
    Flag::new("n", Kind::Text).or('n'),
    Flag::new("namespace", Kind::Text),
    Flag::new("snapshotter", Kind::Text),
    Flag::new("storage-driver", Kind::Text),
    Flag::new("userns-remap", Kind::Text),
    Flag::new("version", Kind::Switch).or('v'),
];
