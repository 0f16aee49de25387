//! Whether a declaration gives no more than another, in what it decides alone.

use super::{AtMost as _, Dimension, Exceeded, host};
use crate::{Declared, Entry, Fact, State, Ulimit};

impl Exceeded {
    /// What the declaration alone decides. It is taken apart whole, so that a key that the model
    /// learns cannot be forgotten here.
    pub(super) fn of_declaration(&mut self, after: &Declared, before: &Declared) {
        let Declared {
            // The container has these.
            user: _,
            privileged: _,
            cap_add: _,
            cap_drop: _,
            capabilities_unknown: _,
            seccomp: _,
            no_new_privileges: _,
            namespaces: _,
            apparmor: _,
            selinux: _,
            masked_paths: _,
            memory: _,
            cpus: _,
            pids: _,
            read_only: _,
            // A name that no kernel has gives nothing.
            unknown_capabilities: _,
            cap_add_words: _,
            cap_drop_words: _,
            namespace_words: _,
            security_options: _,
            // They give nothing.
            image: _,
            logging: _,
            profiles: _,
            environment: _,
            mounts,
            entrypoint,
            command,
            volumes,
            volumes_from,
            tmpfs,
            // `of_surroundings` compares these.
            build: _,
            sysctls: _,
            ulimits: _,
            cgroup_parent: _,
            networks: _,
            group_add,
            writable_cgroups: _,
            devices,
            device_rules,
            ports,
            api_socket,
        } = after;
        let socket = on(api_socket.as_ref()).at_most(&on(before.api_socket.as_ref()));
        self.unless(socket, Dimension::ApiSocket);
        let mounts = host::all_within(mounts, &before.mounts)
            && host::all_within(volumes, &before.volumes)
            && host::all_within(volumes_from, &before.volumes_from)
            && host::all_within(tmpfs, &before.tmpfs);
        self.unless(mounts, Dimension::Mounts);
        let devices = host::all_within(devices, &before.devices)
            && host::all_within(device_rules, &before.device_rules);
        self.unless(devices, Dimension::Devices);
        let groups = host::all_within(group_add, &before.group_add);
        self.unless(groups, Dimension::Groups);
        self.unless(host::all_within(ports, &before.ports), Dimension::Ports);
        let words = |command: &[Entry<String>]| -> Vec<String> {
            command.iter().map(|entry| entry.value.clone()).collect()
        };
        let program = entrypoint.is_some() == before.entrypoint.is_some()
            && words(command) == words(&before.command);
        self.unless(program, Dimension::Program);
        self.of_surroundings(after, before);
    }

    /// What stands around it: control groups, kernel parameters, networks, its build.
    fn of_surroundings(&mut self, after: &Declared, before: &Declared) {
        let writable = on(after.writable_cgroups.as_ref());
        let writable = writable.at_most(&on(before.writable_cgroups.as_ref()));
        self.unless(writable, Dimension::Cgroups);
        let cgroups = after.cgroup_parent.as_ref().map(|fact| &fact.state)
            == before.cgroup_parent.as_ref().map(|fact| &fact.state);
        self.unless(cgroups, Dimension::Cgroups);
        let kernel = host::all_within(&after.sysctls, &before.sysctls);
        self.unless(kernel, Dimension::KernelParameters);
        // A limit of a process that is gone is more, and so may another one be.
        let values = |entries: &[Entry<Ulimit>]| -> Vec<Ulimit> {
            entries.iter().map(|entry| entry.value.clone()).collect()
        };
        let limits = values(&after.ulimits) == values(&before.ulimits);
        self.unless(limits, Dimension::ProcessLimits);
        let names = |networks: &Option<Vec<Entry<String>>>| {
            let names = networks.iter().flatten();
            names
                .map(|entry| entry.value.clone())
                .collect::<Vec<String>>()
        };
        let networks = names(&after.networks) == names(&before.networks);
        self.unless(networks, Dimension::Networks);
        let builds = host::build_at_most(after.build.as_ref(), before.build.as_ref());
        self.unless(builds, Dimension::Build);
    }
}

/// A switch that is off where nothing is said.
fn on(fact: Option<&Fact<bool>>) -> State<bool> {
    fact.map_or(State::Known(false), |fact| fact.state.clone())
}
