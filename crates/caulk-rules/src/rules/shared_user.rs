//! See the page below.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::{Base, Fact, Identity, ImageSource, Namespace, Project, VolumeKind};
use caulk_source::Span;

use crate::prelude::*;

rule! {
    /// Two services of a project run as the same user.
    ///
    /// ## Why it matters
    ///
    /// The kernel knows users by their numbers, and a number is the same in every container of an engine, for
    /// one that remaps users remaps them alike. What the one service writes into a shared volume the other may change, in a
    /// shared process namespace it may stop and debug the other's programs, and somebody who gets out of
    /// the one container meets the other's processes and files as their owner.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     user: 10001:10001
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.0
    ///     user: 10001:10001
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     user: 10001:10001
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.0
    ///     user: 10002:10002
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The same number*: the user's, whatever the group. Each service after the first is said once;
    ///   those whose images bring the number once for what they share.
    /// - *A volume in common* (fires): medium where both may write to the same volume or path of the host;
    ///   else low, for it then takes a way out of the container first.
    /// - *One word for both* (silent): where the user is written once, for services of the same image, they
    ///   are one program in several parts.
    /// - *A namespace in common* (fires): medium where one of them lives in a namespace of the other.
    /// - *The image's user* (fires): low, without a fix.
    /// - *Pulled images' own users*: silent where both come from images that are pulled, as they are or as the
    ///   base of a build that names no user, and nothing is shared but a file of the host, which keeps
    ///   its owner: nobody here chose the number, and many images have the same one.
    /// - *Root* (silent): that is another rule's finding.
    /// - *A name* (silent): the same one may have another number in every image.
    /// - *Another project* (silent): each is started by itself.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It gives the service that is written second a number that nobody else in the project has. Unsafe,
    /// because files that it wrote under the old number are no longer its own, and because programs that
    /// look their user up in `/etc/passwd` find none. Where the image says the user there is none: most
    /// images work with their own user alone.
    "shared-user",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Medium },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose],
    references: &[],
    check: check,
}

/// The services of one number, by project.
type Users<'m> = BTreeMap<(&'m Project, u32), Vec<&'m Container>>;

fn check(repository: &Repository, findings: &mut Findings) {
    let mut users = Users::new();
    for container in repository.containers() {
        let project = container.project.as_ref();
        if let (Some(project), Some(uid)) = (project, uid(container)) {
            users.entry((project, uid)).or_default().push(container);
        }
    }
    let taken: BTreeSet<(&Project, u32)> = users.keys().copied().collect();
    let mut given: BTreeMap<&Project, u32> = BTreeMap::new();
    for ((project, uid), services) in &users {
        let Some((first, others)) = services.split_first() else {
            continue;
        };
        // Images whose user nobody here chose, by what they have in common with the first.
        let mut by_source: BTreeMap<String, Vec<&Container>> = BTreeMap::new();
        for other in others {
            // No number is given twice, and none that somebody has.
            let above = given.get(project).copied().unwrap_or_default().max(*uid);
            let mut numbers = above.saturating_add(1)..u32::MAX;
            let free = numbers.find(|free| !taken.contains(&(*project, *free)));
            let free = free.unwrap_or(*uid);
            given.insert(*project, free);
            let by_images = is_by_pulled_image(first) && is_by_pulled_image(other);
            let (met, source) = meets(first, other);
            let is_silent = if by_images {
                matches!(met, None | Some(Met::File))
            } else {
                is_one_word(first, other)
            };
            match source {
                _ if is_silent => {}
                Some(source) if by_images => by_source.entry(source).or_default().push(other),
                source => {
                    let common = (met, source.as_deref());
                    findings.report(finding((first, other, &[]), common, *uid, free));
                }
            }
        }
        for (source, services) in &by_source {
            let Some((other, more)) = services.split_first() else {
                continue;
            };
            let common = (meets(first, other).0, Some(source.as_str()));
            findings.report(finding((first, other, more), common, *uid, *uid));
        }
    }
}

/// Whether its user is the one that a pulled image brings: as it is, or as the base of a build that
/// does not say who runs.
fn is_by_pulled_image(container: &Container) -> bool {
    container.declared.user.is_none()
        && match container.source {
            ImageSource::Pulled { .. } => true,
            ImageSource::Built { .. } => container.image.user_from_base,
            ImageSource::Itself | ImageSource::Fragment => false,
        }
}

/// Whether the user of both is written in one place, for services of one image.
fn is_one_word(first: &Container, second: &Container) -> bool {
    let place = |container: &Container| container.declared.user.as_ref().map(Fact::span);
    let image = |container: &Container| {
        let named = container.declared.image.as_ref();
        named.and_then(|image| image.value().cloned())
    };
    let build = |container: &Container| match container.source {
        ImageSource::Built { container, .. } => container,
        ImageSource::Itself | ImageSource::Pulled { .. } | ImageSource::Fragment => None,
    };
    place(first).is_some()
        && place(first) == place(second)
        && image(first) == image(second)
        && build(first) == build(second)
}

/// The number as which a service runs, where it is known and not root's.
fn uid(container: &Container) -> Option<u32> {
    match container.user.value()?.identity() {
        Identity::Uid(uid) if uid != 0 && container.root == State::Known(false) => Some(uid),
        Identity::Uid(_) | Identity::Name(_) | Identity::OutOfRange => None,
    }
}

/// Whether its user is an image's, of which a variable hides the tag.
fn hangs_on_a_tag(container: &Container) -> bool {
    let base = &container.image.base;
    let is_unknown = |base: &Base| matches!(base, Base::External { reference, .. } if reference.known().is_none());
    container.declared.user.is_none() && container.image.user_from_base && is_unknown(base)
}

/// What the two share besides the number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    /// A volume that the engine keeps.
    Volume,
    /// A folder of the host.
    Folder,
    /// A file of the host: a path whose last part has an extension.
    File,
    /// A namespace of the one.
    Namespace,
}

impl Met {
    fn why(self) -> &'static str {
        match self {
            Self::Volume => {
                "they have a volume in common, in which each may change what the other writes"
            }
            Self::Folder => {
                "they have a folder of the host in common, in which each may change what the other writes"
            }
            Self::File => {
                "they have a file of the host in common, and what belongs to their user there both may \
                 change"
            }
            Self::Namespace => {
                "they share a namespace, in which each may do to the other what its user may"
            }
        }
    }
}

/// What two services have in common, and its source where that is a volume or a folder.
fn meets(first: &Container, second: &Container) -> (Option<Met>, Option<String>) {
    let sources = |container: &Container, kind: VolumeKind| -> BTreeSet<String> {
        let volumes = container.declared.volumes.iter().map(|entry| &entry.value);
        let shared = volumes.filter(|volume| volume.kind == kind);
        shared
            .filter(|volume| !volume.mount.read_only && volume.mount.options_unknown.is_none())
            .filter_map(|volume| volume.mount.source.known().cloned())
            .filter(|source| !source.is_empty())
            .collect()
    };
    let both = |kind: VolumeKind| -> Vec<String> {
        let (first, second) = (sources(first, kind), sources(second, kind));
        first.intersection(&second).cloned().collect()
    };
    if let Some(volume) = both(VolumeKind::Volume).into_iter().next() {
        return (Some(Met::Volume), Some(volume));
    }
    let paths = both(VolumeKind::Bind);
    if let Some(folder) = paths.iter().find(|path| !is_a_file(path)) {
        return (Some(Met::Folder), Some(folder.clone()));
    }
    let joins = |one: &Container, other: &Container| {
        let name = other.name.as_deref().unwrap_or_default();
        let wanted = format!("service:{name}");
        let mut joined = one.declared.namespaces.values();
        joined.any(
            |fact| matches!(fact.value(), Some(Namespace::Joined { whose }) if *whose == wanted),
        )
    };
    if joins(first, second) || joins(second, first) {
        return (Some(Met::Namespace), None);
    }
    ((!paths.is_empty()).then_some(Met::File), None)
}

/// With what the numbers hang on, where a tag is not known.
fn with_doubt(finding: Finding, first: &Container, second: &Container) -> Finding {
    let unsure = [first, second].into_iter().find(|one| hangs_on_a_tag(one));
    match unsure {
        Some(one) => finding.doubted(
            Confidence::Medium,
            format!(
                "the tag of {}'s image is not known here, and another version may have another user",
                one.title()
            ),
        ),
        None => finding,
    }
}

/// Whether a path of the host reads like that of a file.
fn is_a_file(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    last.trim_start_matches('.').contains('.')
}

/// Where a reader should look for the user of a service.
fn place_of_user(container: &Container) -> Span {
    let user = container.declared.user.as_ref();
    user.map_or(container.anchor, Fact::span)
}

/// What to do where images decide on the user: of what is to be done that which fits.
fn without_the_user(met: Option<Met>) -> &'static str {
    match met {
        Some(Met::Volume) => {
            "the images decide on the user: give each a volume of its own, or mount what all need \
             read-only in those that only read it"
        }
        Some(Met::Folder) => {
            "the images decide on the user: give each a folder of its own, or mount what all need \
             read-only in those that only read it"
        }
        Some(Met::Namespace) => {
            "the images decide on the user: let none of them join the other's namespaces"
        }
        Some(Met::File) | None => {
            "the images decide on the user: let the two share as little else as they can"
        }
    }
}

/// How bad it is, and why.
fn severity_and_why(met: Option<Met>) -> (Severity, &'static str) {
    match met {
        Some(met @ (Met::Volume | Met::Folder | Met::Namespace)) => (Severity::Medium, met.why()),
        Some(met @ Met::File) => (Severity::Low, met.why()),
        None => (
            Severity::Low,
            "outside of their containers the kernel takes the two for one",
        ),
    }
}

/// About the second and those that have the same in common with the first.
fn finding(
    (first, second, more): (&Container, &Container, &[&Container]),
    (met, source): (Option<Met>, Option<&str>),
    uid: u32,
    free: u32,
) -> Finding {
    let title = second.title();
    let place = place_of_user(second);
    let shown = second.user.origin.quoted(&uid.to_string());
    let (severity, why) = severity_and_why(met);
    let message = match more.len() {
        0 => format!("{title} and {} both run as user {shown}", first.title()),
        count => {
            // In the order of their files.
            let mut two = [first, second];
            two.sort_by_key(|container| container.anchor);
            let two = two.map(Container::title).join(", ");
            format!("{two} and {count} more run as user {shown}")
        }
    };
    let mut finding = Finding::new(
        &RULE.info,
        second.surface,
        Label::new(place, "is the same to the kernel"),
        message,
    )
    .severity(severity)
    .container(&title, second.anchor)
    .fact("shared user")
    .why(why)
    .related(place_of_user(first), "as this one");
    for other in more {
        finding = finding.related(place_of_user(other), "and this one");
    }
    let mut volumes = second.declared.volumes.iter();
    let common = volumes.find(|volume| {
        let known = volume.value.mount.source.known();
        source.is_some() && known.map(String::as_str) == source
    });
    if let Some(volume) = common {
        finding = finding.related(volume.origin.span(), "and this is what they have in common");
    }
    finding = with_doubt(finding, first, second);
    for other in more {
        finding = with_doubt(finding, first, other);
    }
    let own = second.declared.user.as_ref();
    let written = own.and_then(|user| user.origin.written());
    if written.is_none() || second.image.is_windows() {
        let both = is_by_pulled_image(first) && is_by_pulled_image(second);
        return finding.advice(if both {
            without_the_user(met)
        } else {
            "give one of them a user of its own, where its user is said"
        });
    }
    finding.remedy(Remedy::unsafe_because(
        format!("run it as `{free}:{free}`"),
        Change::RunAs {
            container: second.anchor,
            user: format!("{free}:{free}"),
        },
        "what it wrote under the old number is no longer its own: give it its files and folders first, with `chown`",
    ))
}
