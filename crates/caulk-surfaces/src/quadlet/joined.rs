//! What other units that a unit names make of its container.

use std::collections::BTreeMap;

use caulk_model::{Declared, Entry as Said, Fact, NamespaceKind, Origin, State, Step, StepKind};
use caulk_source::{Span, Spanned, Surface, extension, parent_path};

use super::unit::Entry;
use super::{File, text};
use crate::command_line::{self, Client};
use crate::declaring::{BuiltFrom, Declaration};

/// An image, or the build that makes it.
type Source = (Option<Spanned<State<String>>>, Option<BuiltFrom>);

impl File {
    /// The unit of this name beside it.
    fn beside<'f>(&self, others: &[&'f Self], name: &str) -> Option<&'f Self> {
        let folder = parent_path(&self.path);
        let is_it = |other: &&&Self| {
            parent_path(&other.path) == folder && other.path.rsplit('/').next() == Some(name)
        };
        others.iter().find(is_it).copied()
    }

    /// Adds what its pod says: the network, the user numbers and the volumes of a pod are those of
    /// each of its containers.
    pub(super) fn join_pod(&self, others: &[&Self], declared: &mut Declared) {
        let Some(named) = self.last_among(others, "Pod") else {
            return;
        };
        let whole = named.whole();
        let place = whole.whole();
        let pod = self.beside(others, whole.text());
        let run = pod.and_then(|pod| pod.read(others).flags.run(Client::Podman, place).ok());
        let Some(run) = run else {
            for kind in [NamespaceKind::Network, NamespaceKind::User] {
                let unknown = Fact::unknown("its pod is not in the repository", here(place));
                declared.namespaces.entry(kind).or_insert(unknown);
            }
            return;
        };
        let mut of_pod = command_line::declared(&run, &|_| State::Known(None));
        if let Some(pod) = pod {
            pod.join_volumes(others, &mut of_pod);
        }
        for (kind, fact) in of_pod.namespaces {
            declared.namespaces.insert(kind, fact.through(step(place)));
        }
        declared.namespace_words.extend(of_pod.namespace_words);
        declared.ports.extend(through(of_pod.ports, place));
        declared.mounts.extend(through(of_pod.mounts, place));
    }

    /// Puts the paths of the host in the place of the volumes that stand for them:
    /// `Volume=data.volume:/data`, where `data.volume` has `Device=/srv` and `Options=bind`.
    pub(super) fn join_volumes(&self, others: &[&Self], declared: &mut Declared) {
        let own = |entry: &&Entry| entry.section == self.section && entry.key.value == "Volume";
        let units = self.with_drop_ins(others);
        let entries = units.iter().flat_map(|file| &file.unit.entries);
        for entry in entries.filter(own) {
            let whole = entry.whole();
            let Some((name, rest)) = whole.text().split_once(':') else {
                continue;
            };
            let unit = self
                .beside(others, name)
                .filter(|unit| unit.section == "Volume");
            let Some(device) = unit.and_then(|unit| unit.bound(others)) else {
                continue;
            };
            let (path, place) = device;
            let volume = command_line::Text::known(format!("{path}:{rest}"));
            let volume = command_line::volume(&volume).ok();
            if let Some(mount) = volume.and_then(|volume| volume.bind()) {
                declared.mounts.push(Said {
                    value: mount,
                    origin: Origin::Written(place).through(step(whole.whole())),
                });
            }
        }
    }

    /// The path of the host that a volume is, and where it is written.
    fn bound(&self, others: &[&Self]) -> Option<(String, Span)> {
        let device = self.last_among(others, "Device")?.whole();
        let says = |key: &str, word: &str| {
            let entry = self.last_among(others, key).map(Entry::whole);
            entry.is_some_and(|value| value.text().split(',').any(|one| one == word))
        };
        let is_bind = says("Options", "bind") || says("Options", "rbind") || says("Type", "bind");
        let path = text(device.text()).value()?.to_owned();
        is_bind.then(|| (path, device.whole()))
    }

    /// The image behind `Image=web.image` and the build behind `Image=web.build`.
    pub(super) fn join_image(
        &self,
        others: &[&Self],
        image: Option<Spanned<State<String>>>,
    ) -> Source {
        let Some(named) = image else {
            return (None, None);
        };
        let span = named.span;
        let name = named.value.known().map(String::as_str).unwrap_or_default();
        if !matches!(extension(name), "image" | "build") {
            return (Some(named), None);
        }
        let Some(unit) = self.beside(others, name) else {
            let because = format!("`{name}` is not in the repository");
            return (Some(Spanned::new(State::unknown(because), span)), None);
        };
        if unit.section == "Build" {
            return (None, Some(unit.built_from(span)));
        }
        let value = unit.last_among(others, "Image").map(Entry::whole);
        let state = value.map_or_else(
            || State::unknown(format!("`{name}` names no image")),
            |value| text(value.text()).state(),
        );
        (Some(Spanned::new(state, span)), None)
    }

    /// The Dockerfile of a `[Build]` section, named at `span`. A path is seen from the unit's folder
    /// where `SetWorkingDirectory` says so; any other lies on the machine.
    pub(super) fn built_from(&self, span: Span) -> BuiltFrom {
        let value = |key: &str| {
            let entry = self.last(key).map(Entry::whole);
            entry.map(|value| text(value.text()).state())
        };
        let directory = value("SetWorkingDirectory");
        let folder = parent_path(&self.path).to_owned();
        let dockerfile = match directory
            .as_ref()
            .and_then(State::known)
            .map(String::as_str)
        {
            Some("unit" | "file") => {
                value("File").unwrap_or_else(|| State::Known("Containerfile".to_owned()))
            }
            Some(_) | None => State::unknown("its build context lies on the machine"),
        };
        BuiltFrom {
            span,
            folder,
            dockerfile,
            target: value("Target"),
            arguments: BTreeMap::new(),
        }
    }

    /// A unit that starts what a Kubernetes file declares: what its containers hold, nobody here
    /// reads.
    pub(super) fn of_kubernetes(&self, mut declared: Declared) -> Declaration {
        let named = self.last("Yaml").map(|entry| entry.whole().whole());
        let place = named.unwrap_or(self.anchor);
        let because = "a Kubernetes file declares it, which is not read";
        command_line::leave_open(&mut declared, because, &here(place));
        Declaration {
            surface: Surface::Quadlet,
            name: Some(self.name().to_owned()),
            anchor: place,
            image: Some(Spanned::new(State::unknown(because), place)),
            build: None,
            declared,
        }
    }
}

fn here(place: Span) -> Origin {
    Origin::Written(place)
}

/// Another unit is named at `span`.
fn step(span: Span) -> Step {
    Step {
        kind: StepKind::Unit,
        span,
    }
}

fn through<T>(entries: Vec<Said<T>>, place: Span) -> impl Iterator<Item = Said<T>> {
    entries.into_iter().map(move |entry| Said {
        value: entry.value,
        origin: entry.origin.through(step(place)),
    })
}

#[cfg(test)]
mod tests {
    use caulk_source::{FileId, SourceFile};

    use super::*;
    use crate::quadlet::read;

    /// What the first of these units declares.
    fn declared(units: &[(&str, &str)]) -> Declaration {
        let files: Vec<SourceFile> = units
            .iter()
            .map(|(path, text)| SourceFile::new(*path, text.as_bytes().to_vec()))
            .collect();
        let files = files.iter().map(|file| read(FileId::FIRST, file).unwrap());
        let files: Vec<File> = files.collect();
        let all: Vec<&File> = files.iter().collect();
        let find = |_: &str, _: &str| State::Known(None);
        all[0].declaration(&all, &find).unwrap()
    }

    fn container(lines: &str) -> String {
        format!("[Container]\nImage=ghcr.io/acme/a:1\n{lines}\n")
    }

    #[test]
    fn a_pods_network_is_that_of_its_containers() {
        let unit = container("Pod=app.pod");
        let found = declared(&[
            ("web.container", unit.as_str()),
            (
                "app.pod",
                "[Pod]\nNetwork=host\nPublishPort=80:80\nVolume=/etc:/etc\n",
            ),
        ]);
        let network = &found.declared.namespaces[&NamespaceKind::Network];
        assert_eq!(network.value(), Some(&caulk_model::Namespace::Host));
        assert_eq!(network.origin.steps()[0].kind, StepKind::Unit);
        assert_eq!(found.declared.ports.len(), 1);
        assert_eq!(found.declared.mounts.len(), 1);
        let alone = declared(&[("web.container", unit.as_str())]);
        let network = &alone.declared.namespaces[&NamespaceKind::Network];
        assert!(network.value().is_none());
    }

    #[test]
    fn a_volume_may_be_a_path_of_the_host() {
        let unit = container("Volume=data.volume:/data:ro");
        let bound = "[Volume]\nDevice=/srv\nType=none\nOptions=bind\n";
        let found = declared(&[("web.container", unit.as_str()), ("data.volume", bound)]);
        let mount = &found.declared.mounts[0].value;
        assert_eq!(mount.source.known().map(String::as_str), Some("/srv"));
        assert!(mount.read_only);
        for other in [
            "[Volume]\nDriver=local\n",
            "[Volume]\nDevice=tmpfs\nType=tmpfs\n",
        ] {
            let found = declared(&[("web.container", unit.as_str()), ("data.volume", other)]);
            assert!(found.declared.mounts.is_empty(), "{other}");
        }
    }

    #[test]
    fn an_image_may_be_another_units() {
        let image = "[Image]\nImage=docker.io/library/nginx:1.27\n";
        let unit = "[Container]\nImage=web.image\n";
        let found = declared(&[("web.container", unit), ("web.image", image)]);
        let name = found.image.as_ref().and_then(|image| image.value.known());
        assert_eq!(
            name.map(String::as_str),
            Some("docker.io/library/nginx:1.27")
        );
        let lost = declared(&[("web.container", unit)]);
        assert!(lost.image.unwrap().value.known().is_none());
        for (build, expected) in [
            (
                "[Build]\nSetWorkingDirectory=unit\nFile=web/Containerfile\n",
                Some("web/Containerfile"),
            ),
            ("[Build]\nSetWorkingDirectory=unit\n", Some("Containerfile")),
            ("[Build]\nFile=/srv/Containerfile\n", None),
        ] {
            let unit = "[Container]\nImage=web.build\n";
            let found = declared(&[("web.container", unit), ("web.build", build)]);
            let built = found.build.unwrap();
            let path = built.dockerfile.known().map(String::as_str);
            assert_eq!(path, expected, "{build}");
        }
    }

    #[test]
    fn what_kubernetes_declares_is_not_known() {
        let found = declared(&[("app.kube", "[Kube]\nYaml=app.yaml\nNetwork=host\n")]);
        let privileged = found.declared.privileged.unwrap();
        assert!(privileged.value().is_none());
        let network = &found.declared.namespaces[&NamespaceKind::Network];
        assert_eq!(network.value(), Some(&caulk_model::Namespace::Host));
        assert!(found.declared.capabilities_unknown.is_some());
    }
}
