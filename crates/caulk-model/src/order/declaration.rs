//! Whether a declaration gives no more than another, in what it decides alone.

use std::collections::BTreeSet;

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
            init: _,
            ulimits: _,
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
            exposed: _,
            one_off: _,
            removed: _,
            needs: _,
            container_name: _,
            example: _,
            around: _,
            // What it holds by default is compared as what it holds.
            engine: _,
            // `of_files` compares these.
            mounts: _,
            volumes: _,
            volumes_from: _,
            tmpfs: _,
            // `of_surroundings` compares these.
            entrypoint: _,
            command: _,
            lasting: _,
            build: _,
            sysctls: _,
            cgroup_parent: _,
            networks: _,
            writable_cgroups: _,
            api_socket: _,
            group_add: _,
            devices,
            device_rules,
            ports,
        } = after;
        self.of_files(after, before);
        let devices = host::all_within(devices, &before.devices)
            && host::all_within(device_rules, &before.device_rules);
        self.unless(devices, Dimension::Devices);
        self.unless(host::all_within(ports, &before.ports), Dimension::Ports);
        self.of_surroundings(after, before);
    }

    /// What it sees of the host's files, and what it shares.
    fn of_files(&mut self, after: &Declared, before: &Declared) {
        let mounts = host::all_within(&after.mounts, &before.mounts)
            && host::all_within(&after.volumes, &before.volumes)
            && host::all_within(&after.volumes_from, &before.volumes_from)
            && all_tmpfs_within(&after.tmpfs, &before.tmpfs);
        self.unless(mounts, Dimension::Mounts);
    }

    /// What it starts, and what stands around it: the engine's socket, groups, control groups,
    /// kernel parameters, networks, its build.
    fn of_surroundings(&mut self, after: &Declared, before: &Declared) {
        let program = after.entrypoint.as_ref().map(|fact| &fact.state)
            == before.entrypoint.as_ref().map(|fact| &fact.state)
            && same_values(&after.command, &before.command);
        self.unless(program, Dimension::Program);
        let socket = on(after.api_socket.as_ref()).at_most(&on(before.api_socket.as_ref()));
        self.unless(socket, Dimension::ApiSocket);
        let groups = host::all_within(&after.group_add, &before.group_add);
        self.unless(groups, Dimension::Groups);
        let writable = on(after.writable_cgroups.as_ref());
        let writable = writable.at_most(&on(before.writable_cgroups.as_ref()));
        self.unless(writable, Dimension::Cgroups);
        // Without a parent the engine's own limits hold.
        let cgroups = after.cgroup_parent.is_none()
            || after.cgroup_parent.as_ref().map(|fact| &fact.state)
                == before.cgroup_parent.as_ref().map(|fact| &fact.state);
        self.unless(cgroups, Dimension::Cgroups);
        let kernel = host::all_within(&after.sysctls, &before.sysctls);
        self.unless(kernel, Dimension::KernelParameters);
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

/// What a `tmpfs` lets work in it that it does not by itself.
const PERMITS: &[&str] = &["dev", "exec", "suid"];

fn same_values(some: &[Entry<String>], others: &[Entry<String>]) -> bool {
    let values = others.iter().map(|entry| &entry.value);
    some.iter().map(|entry| &entry.value).eq(values)
}

/// Whether each `tmpfs` is no more than one of `before`.
fn all_tmpfs_within(after: &[Entry<State<String>>], before: &[Entry<State<String>>]) -> bool {
    after.iter().all(|entry| {
        let mut earlier = before.iter();
        earlier.any(|earlier| tmpfs_at_most(&entry.value, &earlier.value))
    })
}

/// Whether a `tmpfs` is the same as another one, and lets no more work in it.
fn tmpfs_at_most(after: &State<String>, before: &State<String>) -> bool {
    let (State::Known(after), State::Known(before)) = (after, before) else {
        return after == before;
    };
    let parts = |text: &str| -> (String, BTreeSet<String>, BTreeSet<String>) {
        let (path, options) = text.split_once(':').unwrap_or((text, ""));
        let options = options.split(',').filter(|option| !option.is_empty());
        let (permits, others) = options
            .map(str::to_owned)
            .partition(|option| PERMITS.contains(&option.as_str()));
        (path.to_owned(), permits, others)
    };
    let (path, permits, others) = parts(after);
    let (path_before, permits_before, others_before) = parts(before);
    path == path_before && permits.is_subset(&permits_before) && others == others_before
}

/// Whether the limits of a process are no wider than others. A process may raise a limit up to its
/// hard one, so that one counts; without any, the engine's own holds, which is less than none.
pub(super) fn ulimits_at_most(after: &[Entry<Ulimit>], before: &[Entry<Ulimit>]) -> bool {
    let unlimited = |limit: &State<String>| limit.known().is_some_and(|text| text == "-1");
    let number = |limit: &State<String>| limit.known()?.parse::<u64>().ok();
    let no_wider = |after: &State<String>, before: &State<String>| {
        let (after_number, before_number) = (number(after), number(before));
        after == before
            || unlimited(before)
            || matches!((after_number, before_number), (Some(after), Some(before)) if after <= before)
    };
    let hard_of = |entries: &[Entry<Ulimit>], name: &str| {
        let mut entries = entries.iter();
        entries
            .find(|entry| entry.value.name == name)
            .map(|entry| entry.value.hard.clone())
    };
    let all = after.iter().chain(before);
    let mut names: Vec<&str> = all.map(|entry| entry.value.name.as_str()).collect();
    names.dedup();
    names.iter().all(|name| {
        match (hard_of(after, name), hard_of(before, name)) {
            (Some(after), Some(before)) => no_wider(&after, &before),
            (None, Some(before)) => unlimited(&before),
            // Whether the engine's own is wider is not known.
            (Some(_), None) => false,
            (None, None) => true,
        }
    })
}

/// A switch that is off where nothing is said.
fn on(fact: Option<&Fact<bool>>) -> State<bool> {
    fact.map_or(State::Known(false), |fact| fact.state.clone())
}

#[cfg(test)]
mod tests {
    use caulk_source::{FileId, Span};

    use super::*;
    use crate::Origin;

    /// Hard limits by name.
    type Hard<'a> = &'a [(&'a str, &'a str)];

    #[test]
    fn a_tmpfs_that_permits_less_is_less() {
        for (after, before, expected) in [
            ("/tmp:size=64m", "/tmp:exec,size=64m", true),
            ("/tmp:exec,size=64m", "/tmp:size=64m", false),
            ("/tmp:exec", "/run:exec", false),
            ("/tmp", "/tmp:noexec", false),
            ("/tmp", "/tmp:size=64m", false),
        ] {
            let known = |text: &str| State::Known(text.to_owned());
            let found = tmpfs_at_most(&known(after), &known(before));
            assert_eq!(found, expected, "{after} {before}");
        }
    }

    #[test]
    fn a_limit_is_what_a_process_may_raise_it_to() {
        let limits = |hard: &[(&str, &str)]| -> Vec<Entry<Ulimit>> {
            let limits = hard.iter().map(|(name, hard)| Entry {
                value: Ulimit {
                    name: (*name).to_owned(),
                    soft: State::Known("1".to_owned()),
                    hard: State::Known((*hard).to_owned()),
                },
                origin: Origin::Written(Span::at(FileId::FIRST, 0)),
            });
            limits.collect()
        };
        for (after, before, expected) in [
            (
                &[("core", "0")] as Hard<'_>,
                &[("core", "0")] as Hard<'_>,
                true,
            ),
            (&[("core", "0")], &[("core", "9")], true),
            (&[("core", "9")], &[("core", "0")], false),
            (&[], &[("core", "-1")], true),
            (&[], &[("core", "9")], false),
            (&[("core", "9")], &[], false),
            (&[("core", "-1")], &[("core", "9")], false),
        ] {
            let found = ulimits_at_most(&limits(after), &limits(before));
            assert_eq!(found, expected, "{after:?} {before:?}");
        }
    }
}
