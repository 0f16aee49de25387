//! The containers as programs read them.

use caulk_model::{
    AppArmor, Container, ContainerId, Fact, ImageSource, Origin, SelinuxLabel, State, User,
};
use caulk_source::{Surface, join_path, parent_path};
use serde::Serialize;
use serde_json::{Value, json};

use crate::seccomp::{Allowed, Filter, filter};
use crate::{Posture, capabilities, declared, user};

impl Posture<'_> {
    /// Every container as JSON, version 1, indented, with a final newline.
    ///
    /// Keys that a kind of file does not have are absent, and so are those of `declared` that are
    /// not known yet. What cannot be known is `null`, and `unknown` says why. Characters that act
    /// on a terminal are as they are: who prints it escapes them.
    pub fn json(&self) -> String {
        let allowed = Allowed::new(self.repository);
        let containers = self
            .containers
            .iter()
            .map(|container| self.entry(container, &allowed));
        let document = Document {
            version: 1,
            containers: containers.collect(),
        };
        // Serializing cannot fail: every key is a string and every value is data.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    fn entry<'c>(&'c self, container: &'c Container, allowed: &Allowed<'_>) -> Entry<'c> {
        let said = !user::is_all_it_says(container);
        let own = parent_path(self.sources.path(container.file));
        let folder = folder_of(container).unwrap_or(own);
        Entry {
            name: container.name.as_deref(),
            surface: container.surface.name(),
            path: self.path(container.anchor),
            line: self.line(container.anchor),
            project: (container.surface == Surface::Compose)
                .then(|| (self.show.display_path)(folder)),
            profiles: profiles(container),
            image: image(self, container),
            build: build(self, container),
            user: UserEntry {
                fact: self.user(container),
                from_image: user::from_image(container),
            },
            declared: said.then(|| declared::declared(container)),
            capabilities: said.then(|| Capabilities {
                bounding: names(&container.bounding()),
                effective: names(&container.effective()),
            }),
            seccomp: said.then(|| Seccomp {
                allowed: allowed.of(container),
                ..self.seccomp_entry(container)
            }),
            apparmor: said.then(|| json!(container.apparmor.value().map(apparmor))),
            selinux: said.then(|| json!(container.selinux.value().map(selinux))),
            no_new_privileges: said.then(|| json!(container.no_new_privileges.value())),
            unknown: unknown(container, said),
        }
    }

    fn user<'c>(&self, container: &'c Container) -> FactEntry<'c> {
        let fact = &container.user;
        match &fact.state {
            State::Known(user) => FactEntry::Known {
                value: user.text(),
                origin: match fact.origin {
                    Origin::Written(_) => "written",
                    Origin::Default(_) => "default",
                    Origin::Inherited { .. } => "inherited",
                },
                path: self.path(fact.span()),
                line: self.line(fact.span()),
            },
            State::Unknown { because } => FactEntry::Unknown { because },
        }
    }

    fn seccomp_entry<'c>(&self, container: &'c Container) -> Seccomp<'c> {
        let (state, profile) = match filter(self.repository, container) {
            Filter::Default => ("default", None),
            Filter::Custom(path) => ("custom", Some(path)),
            Filter::Disabled => ("disabled", None),
            Filter::Empty(path) => ("disabled", Some(path)),
            Filter::Unknown => ("unknown", None),
        };
        Seccomp {
            state,
            profile,
            allowed: None,
        }
    }

    /// The container that a service's build makes.
    pub(crate) fn stage(&self, id: Option<ContainerId>) -> Option<&Container> {
        self.repository.container(id?)
    }
}

/// The image that is pulled, in full.
fn image(posture: &Posture<'_>, container: &Container) -> Option<Value> {
    use caulk_model::Base;
    use caulk_model::base_images::ImageReference;
    let ImageSource::Pulled { span } = container.source else {
        return None;
    };
    let Base::External { reference, .. } = &container.image.base else {
        return None;
    };
    let State::Known(reference) = reference else {
        return Some(Value::Null);
    };
    // As it is written, where that means the same: `nginx` rather than `nginx:latest`.
    let written = posture.sources.slice(span).trim_matches(['"', '\'']);
    let hidden = |fact: &Fact<String>| fact.origin.is_from_env();
    if container.declared.image.as_ref().is_some_and(hidden) {
        return Some(Value::Null);
    }
    if ImageReference::parse(written).as_ref() == Some(reference) {
        return Some(json!(written));
    }
    let tag = reference.tag.iter().map(|tag| format!(":{tag}"));
    let digest = reference.digest.iter().map(|digest| format!("@{digest}"));
    let parts = std::iter::once(reference.repository.clone())
        .chain(tag)
        .chain(digest);
    Some(json!(parts.collect::<String>()))
}

/// The folder of the project that it is a service of.
fn folder_of(container: &Container) -> Option<&str> {
    container
        .project
        .as_ref()
        .map(|project| project.folder.as_str())
}

/// The profiles with which it is started.
fn profiles(container: &Container) -> Vec<&str> {
    let profiles = container.declared.profiles.iter();
    profiles
        .filter(|profile| !profile.origin.is_from_env())
        .map(|profile| profile.value.as_str())
        .collect()
}

fn build(posture: &Posture<'_>, container: &Container) -> Option<Build> {
    let ImageSource::Built {
        container: stage, ..
    } = &container.source
    else {
        return None;
    };
    let stage = posture.stage(*stage);
    let said = container.declared.build.as_ref();
    let folder = folder_of(container).unwrap_or_default();
    let here = |context: &String| Some((posture.show.display_path)(&join_path(folder, context)?));
    Some(Build {
        context: said.and_then(|build| build.context.known()).and_then(here),
        dockerfile: stage.map(|stage| posture.path(stage.anchor)),
        target: said.and_then(|build| build.target.as_ref()?.known().cloned()),
        inline: said.is_some_and(|build| build.inline).then_some(true),
    })
}

fn names(set: &State<caulk_linux::CapabilitySet>) -> Option<Vec<&'static str>> {
    set.known().copied().map(capabilities::names)
}

/// What AppArmor confines it with: the name of its profile, or `unconfined`.
pub(crate) fn apparmor(apparmor: &AppArmor) -> &str {
    match apparmor {
        AppArmor::Default => "docker-default",
        AppArmor::Unconfined => "unconfined",
        AppArmor::Profile(name) => name,
    }
}

/// Its SELinux label: `default`, `disabled`, or as it is written.
pub(crate) fn selinux(label: &SelinuxLabel) -> &str {
    match label {
        SelinuxLabel::Default => "default",
        SelinuxLabel::Disabled => "disabled",
        SelinuxLabel::Set(label) => label,
    }
}

/// What cannot be known, each with its reason.
fn unknown(container: &Container, said: bool) -> Vec<String> {
    fn reason<T>(name: &str, state: &State<T>) -> Option<String> {
        match state {
            State::Known(_) => None,
            State::Unknown { because } => Some(format!("{name}: {because}")),
        }
    }
    fn of<T>(name: &str, fact: &Fact<T>) -> Option<String> {
        reason(name, &fact.state)
    }
    let mut unknown: Vec<String> = of::<User>("user", &container.user).into_iter().collect();
    if !said {
        return unknown;
    }
    let mounts = container.declared.mounts.iter();
    let devices = container.declared.devices.iter();
    unknown.extend(
        [
            of("privileged", &container.privileged),
            reason("capabilities", &container.bounding()),
            of("seccomp", &container.seccomp),
            of("apparmor", &container.apparmor),
            of("selinux", &container.selinux),
            of("masked_paths", &container.masked_paths),
            of("no_new_privileges", &container.no_new_privileges),
            of("read_only", &container.read_only),
            of("memory", &container.limits.memory),
            of("cpus", &container.limits.cpus),
            of("pids", &container.limits.pids),
        ]
        .into_iter()
        .flatten(),
    );
    let namespaces = caulk_model::NamespaceKind::ALL.iter();
    unknown.extend(namespaces.filter_map(|kind| of(kind.name(), container.namespaces.get(*kind))));
    unknown.extend(mounts.filter_map(|entry| {
        let options = entry.value.options_unknown.as_ref();
        reason("volumes", &entry.value.source)
            .or_else(|| options.map(|because| format!("volumes: {because}")))
    }));
    unknown.extend(devices.filter_map(|entry| reason("devices", &entry.value.host)));
    let rules = container.declared.device_rules.iter();
    unknown.extend(rules.filter_map(|entry| reason("device_cgroup_rules", &entry.value)));
    let groups = container.declared.group_add.iter();
    unknown.extend(groups.filter_map(|entry| reason("group_add", &entry.value)));
    unknown
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    containers: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    surface: &'static str,
    path: String,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    profiles: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<Build>,
    user: UserEntry<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    declared: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capabilities: Option<Capabilities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seccomp: Option<Seccomp<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apparmor: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selinux: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_new_privileges: Option<Value>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct Build {
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dockerfile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inline: Option<bool>,
}

#[derive(Serialize)]
struct UserEntry<'a> {
    #[serde(flatten)]
    fact: FactEntry<'a>,
    from_image: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum FactEntry<'a> {
    Known {
        value: &'a str,
        origin: &'static str,
        path: String,
        line: u32,
    },
    Unknown {
        because: &'a str,
    },
}

#[derive(Serialize)]
struct Capabilities {
    bounding: Option<Vec<&'static str>>,
    effective: Option<Vec<&'static str>>,
}

#[derive(Serialize)]
struct Seccomp<'a> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
    /// How many system calls it may make on `x86_64` whatever their arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<usize>,
}
