//! What is said where several share what a finding is about, so that no edit may touch it.

use caulk_finding::Finding;
use caulk_linux::Capability;
use caulk_model::{
    Container, Entry, Identity, Namespace, Origin, Step, StepKind, User, path_holds,
};
use caulk_source::Span;

/// Said of what only the host's root can do, where the engine may have none.
pub(crate) fn unless_rootless(container: &Container) -> &'static str {
    if container.declared.may_be_rootless() {
        " unless podman runs rootless"
    } else {
        ""
    }
}

/// Whether `capability` is there to change or to watch the network of the host, in which the container is.
pub(crate) fn is_for_the_hosts_network(container: &Container, capability: Capability) -> bool {
    matches!(capability, Capability::NetAdmin | Capability::NetRaw)
        && container.namespaces.network.value() == Some(&Namespace::Host)
}

/// What is left to do about such a capability: without it, the host's network would seem to be for nothing.
pub(crate) const FOR_THE_HOSTS_NETWORK: &str = "leave it only to a program that changes or watches the host's \
     network; take the capability and that network away from any other program";

/// A word of a container's command that names this path of the container, or one below it: to take away
/// what is mounted there makes the command fail.
pub(crate) fn named_below<'c>(container: &'c Container, target: &str) -> Option<&'c Entry<String>> {
    let names_one = |word: &Entry<String>| {
        let mut parts = word
            .value
            .split(|c: char| c.is_whitespace() || "=,:;'\"`".contains(c));
        parts.any(|part| part.starts_with('/') && path_holds(target, part))
    };
    let mut words = container.declared.command.iter();
    words.find(|word| target != "/" && names_one(word))
}

/// Whether a user is root, by number or by name.
pub(crate) fn is_root(user: &User) -> bool {
    matches!(user.identity(), Identity::Uid(0)) || user.account() == "root"
}

/// The finding with what else asks for the same as the entry at `place`, a feature or the image's
/// label, and whether that is so: then there is no fix, because to take the entry away alone changes
/// nothing, and it is said what would.
pub(crate) fn asked_again(finding: Finding, container: &Container, place: Span) -> (Finding, bool) {
    let Some(other) = container.declared.around.asked_again.get(&place) else {
        return (finding, false);
    };
    let finding = finding
        .related(
            other.span(),
            "and this asks for the same, so that taking the entry away alone changes nothing",
        )
        .advice(match asker(other.steps()) {
            Some(Asker::Feature) => {
                "take this entry away and do without the feature that asks for the same; what else the feature \
                 brings can be installed in the image"
            }
            Some(Asker::Image) => {
                "take this entry away and use another image, for the label of this one asks for the same"
            }
            None => "take this entry away and the one in the label of its image, which asks for the same",
        });
    (finding, true)
}

/// Who asks for something in a dev container from where nobody who uses it changes it: in a registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asker {
    /// A feature.
    Feature,
    /// The label of its image.
    Image,
}

/// Who of them says what came by these steps.
pub(crate) fn asker(steps: &[Step]) -> Option<Asker> {
    let says = |kind| steps.iter().any(|step: &Step| step.kind == kind);
    if says(StepKind::Feature) {
        Some(Asker::Feature)
    } else {
        says(StepKind::ImageLabel).then_some(Asker::Image)
    }
}

/// What to say of the place that stands for a setting, unless that is an image whose label asks for it.
pub(crate) fn unless_by_label(origin: &Origin, otherwise: &'static str) -> &'static str {
    if asker(origin.steps()) == Some(Asker::Image) {
        "asks for it in its label"
    } else {
        otherwise
    }
}

/// Whether a feature of a dev container asks for it.
pub(crate) fn is_by_feature(origin: &Origin) -> bool {
    asker(origin.steps()) == Some(Asker::Feature)
}

/// What to do about a mounted socket, which serves nothing but to be there: what a feature brings besides
/// cannot make up for it.
pub(crate) fn do_without_after(steps: &[Step], otherwise: &str) -> String {
    match asker(steps) {
        Some(Asker::Feature) => {
            "do without this feature, which mounts the socket by itself; who has to build images or start \
             containers can point `DOCKER_HOST` at an engine on a machine that holds nothing else"
                .to_owned()
        }
        Some(Asker::Image) | None => remove_for_all_after(steps, otherwise),
    }
}

/// What to do about a value that came from elsewhere: `otherwise`, unless a feature or the label of an
/// image asks for it.
pub(crate) fn remove_for_all(origin: &Origin, otherwise: &str) -> String {
    remove_for_all_after(origin.steps(), otherwise)
}

/// The same of a value that came by these steps.
pub(crate) fn remove_for_all_after(steps: &[Step], otherwise: &str) -> String {
    match asker(steps) {
        Some(Asker::Feature) => {
            "do without this feature, or install what it brings in the image: the feature itself asks for it"
        }
        Some(Asker::Image) => {
            "use another image, or build one with what you need of it: its label asks for this in every dev \
             container"
        }
        None => otherwise,
    }
    .to_owned()
}
