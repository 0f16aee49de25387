//! What podman's generator makes no service of.

use caulk_model::{Refused, RefusedWhen};
use caulk_source::{Span, extension};

use super::keys::values;
use super::unit::Entry;
use super::{File, text};
use crate::command_line;

/// Keys that map user numbers by themselves, beside which those of `Remap…` are refused.
const MAPPINGS: &[&str] = &["UserNS", "UIDMap", "GIDMap", "SubUIDMap", "SubGIDMap"];

const REMAPS: &[&str] = &["RemapUsers", "RemapUid", "RemapGid"];

impl File {
    /// Why podman's generator refuses the unit, with what the drop-ins among `others` add to it
    /// (podman 5, `pkg/systemd/quadlet/quadlet.go`: `ConvertContainer`, `ConvertKube`, `handleUser`,
    /// `handleUserMappings`, `handleUserRemap`, `handlePod`, `addNetworks`,
    /// `resolveContainerMountParams`).
    ///
    /// Not that a unit which it names is missing: the generator reads several folders of the host, and
    /// what lies in the others is not known. Nor keys that the generator does not know: a newer one
    /// may.
    pub(super) fn refused(&self, others: &[&Self]) -> Vec<Refused> {
        if self.is_drop_in() {
            return Vec::new();
        }
        let units = self.with_drop_ins(others);
        let of = |section: &str| -> Vec<&Entry> {
            let entries = units.iter().flat_map(|file| &file.unit.entries);
            entries.filter(|entry| entry.section == section).collect()
        };
        let mut section = Section {
            entries: of(self.section),
            header: self.header,
            problems: Vec::new(),
        };
        section.users();
        match self.section {
            "Container" => {
                section.container();
                section.connections();
                section.mounts();
                section.ports();
            }
            "Kube" if section.last("Yaml").is_none() => {
                section.refuse(
                    self.header,
                    "`[Kube]` names no file: no `Yaml=` is there",
                    "name the file with `Yaml=`",
                );
            }
            _ => {}
        }
        let mut service = Section {
            entries: of("Service"),
            ..section
        };
        if matches!(self.section, "Container" | "Kube") {
            service.service(self.section == "Container");
        }
        service.problems
    }
}

const ONE_OF_THE_TWO: &str = "take one of the two away";

/// A section of a unit, and what is refused of it.
struct Section<'u> {
    entries: Vec<&'u Entry>,
    /// Where to point where something is absent.
    header: Span,
    problems: Vec<Refused>,
}

impl<'u> Section<'u> {
    fn last(&self, key: &str) -> Option<&'u Entry> {
        values(&self.entries, key).last().copied()
    }

    fn refuse(&mut self, span: Span, problem: impl Into<String>, cure: &'static str) {
        self.problems.push(Refused {
            span,
            problem: problem.into(),
            when: RefusedWhen::Generated,
            beside: None,
            cure: Some(cure),
        });
    }

    /// Refuses a key because of another one.
    fn exclude(&mut self, entry: &Entry, other: &Entry, cure: &'static str) {
        let (key, excluded) = (&entry.key.value, &other.key.value);
        self.problems.push(Refused {
            span: entry.span,
            problem: format!("`{key}=` beside `{excluded}=`"),
            when: RefusedWhen::Generated,
            beside: Some(other.span),
            cure: Some(cure),
        });
    }

    /// Keys that map user numbers.
    fn users(&mut self) {
        let maps = MAPPINGS.iter().find_map(|key| self.last(key));
        let remaps = REMAPS.iter().find_map(|key| self.last(key));
        let Some(remaps) = remaps else {
            return;
        };
        let key = &remaps.key.value;
        if let Some(maps) = maps {
            let cure = "take the keys that begin with `Remap` away: they are deprecated";
            self.exclude(remaps, maps, cure);
        } else if self.last("RemapUsers").is_none() {
            let problem = format!("`{key}=` without `RemapUsers=`");
            self.refuse(remaps.span, problem, "add `RemapUsers=`, or take it away");
        }
    }

    /// Keys that a container needs, and those that exclude each other.
    fn container(&mut self) {
        match (self.last("Image"), self.last("Rootfs")) {
            (None, None) => self.refuse(
                self.header,
                "`[Container]` has no image: neither `Image=` nor `Rootfs=` is there",
                "name its image with `Image=`",
            ),
            (Some(image), Some(rootfs)) => self.exclude(rootfs, image, ONE_OF_THE_TWO),
            (Some(_), None) | (None, Some(_)) => {}
        }
        if let (Some(group), None) = (self.last("Group"), self.last("User")) {
            self.refuse(
                group.span,
                "`Group=` without `User=`",
                "add `User=`, or take `Group=` away",
            );
        }
        if let (Some(signal), Some(command)) = (self.last("ReloadSignal"), self.last("ReloadCmd")) {
            self.exclude(signal, command, ONE_OF_THE_TWO);
        }
    }

    /// Its pod and its networks.
    fn connections(&mut self) {
        let pod = self.last("Pod").map(Entry::whole);
        if let Some(pod) = pod.filter(|pod| extension(pod.text()) != "pod") {
            self.refuse(
                pod.whole(),
                "a pod is named by its unit, `NAME.pod`",
                "write the name of the pod's unit, `.pod` at its end",
            );
        }
        for network in values(&self.entries, "Network") {
            let whole = network.whole();
            let parts = whole.text().split_once(':');
            if parts.is_some_and(|(name, _)| extension(name) == "container") {
                let message = "the network of another container takes no options";
                self.refuse(whole.whole(), message, "take the options away");
            }
        }
    }

    /// Podman itself refuses these, when the service starts.
    fn ports(&mut self) {
        for port in values(&self.entries, "PublishPort") {
            let whole = port.whole();
            if command_line::has_an_empty_address(&text(whole.text())) {
                self.problems.push(Refused {
                    span: whole.whole(),
                    problem: "an empty address before the ports".to_owned(),
                    when: RefusedWhen::Started,
                    beside: None,
                    cure: Some("write an address, or no colon before the ports"),
                });
            }
        }
    }

    fn mounts(&mut self) {
        let mounts = values(&self.entries, "Mount");
        for word in mounts.into_iter().flat_map(Entry::words) {
            if let Some(kind) = lacks_source(&word.value) {
                let message = format!("a mount of type `{kind}` without a source");
                self.refuse(word.span, message, "name what is mounted with `source=`");
            }
        }
    }

    /// What of the section that is the service's own the generator refuses.
    fn service(&mut self, is_container: bool) {
        let mode = self.last("KillMode").map(Entry::whole);
        if let Some(mode) = mode.filter(|mode| !matches!(mode.text(), "mixed" | "control-group")) {
            self.refuse(
                mode.whole(),
                "`KillMode=` is `mixed` or `control-group`",
                "write one of them, or take the key away",
            );
        }
        let kind = self.last("Type").map(Entry::whole);
        let kind = kind.filter(|kind| !matches!(kind.text(), "notify" | "oneshot"));
        if let Some(kind) = kind.filter(|_| is_container) {
            self.refuse(
                kind.whole(),
                "`Type=` is `notify` or `oneshot`",
                "write one of them, or take the key away",
            );
        }
    }
}

/// The kind of a mount that needs a source and names none. A volume without one is made for it.
fn lacks_source(value: &str) -> Option<&'static str> {
    let mount = command_line::mount(&text(value)).ok()?;
    let mut kinds = ["bind", "glob", "image"].into_iter();
    let kind = kinds.find(|kind| mount.kind.value() == Some(kind))?;
    mount.source.is_empty().then_some(kind)
}
