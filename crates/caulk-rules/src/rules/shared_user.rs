//! See the page below.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::{Fact, Identity, ImageSource, Namespace, Project, VolumeKind};

use crate::prelude::*;

rule! {
    /// Two services of a project run as the same user.
    ///
    /// ## Why it matters
    ///
    /// The kernel knows users by their numbers, and a number is the same in every container unless the
    /// daemon remaps users. What the one service writes into a shared volume the other may change, in a
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
    /// - *The same number*: the user's, whatever the group. Each service after the first is said once.
    /// - *A volume in common* (fires): medium where both may write to the same volume or path of the host;
    ///   else low, for it then takes a way out of the container first.
    /// - *A namespace in common* (fires): medium where one of them lives in a namespace of the other.
    /// - *The image's user* (fires): low, without a fix.
    /// - *Pulled images' own users*: silent where both come from images that are pulled, and nothing else is
    ///   shared: nobody here chose the number, and many images have the same one.
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
        for other in others {
            // No number is given twice, and none that somebody has.
            let above = given.get(project).copied().unwrap_or_default().max(*uid);
            let mut numbers = above.saturating_add(1)..u32::MAX;
            let free = numbers.find(|free| !taken.contains(&(*project, *free)));
            let free = free.unwrap_or(*uid);
            given.insert(*project, free);
            let by_images = is_by_pulled_image(first) && is_by_pulled_image(other);
            if !by_images || meets(first, other).is_some() {
                findings.report(finding(first, other, *uid, free));
            }
        }
    }
}

/// Whether its user is the one that a pulled image brings.
fn is_by_pulled_image(container: &Container) -> bool {
    container.declared.user.is_none() && matches!(container.source, ImageSource::Pulled { .. })
}

/// The number as which a service runs, where it is known and not root's.
fn uid(container: &Container) -> Option<u32> {
    match container.user.value()?.identity() {
        Identity::Uid(uid) if uid != 0 && container.root == State::Known(false) => Some(uid),
        Identity::Uid(_) | Identity::Name(_) | Identity::OutOfRange => None,
    }
}

/// What the two share besides the number.
fn meets(first: &Container, second: &Container) -> Option<&'static str> {
    let sources = |container: &Container| -> BTreeSet<String> {
        let volumes = container.declared.volumes.iter().map(|entry| &entry.value);
        let shared =
            volumes.filter(|volume| matches!(volume.kind, VolumeKind::Bind | VolumeKind::Volume));
        shared
            .filter(|volume| !volume.mount.read_only && volume.mount.options_unknown.is_none())
            .filter_map(|volume| volume.mount.source.known().cloned())
            .filter(|source| !source.is_empty())
            .collect()
    };
    if !sources(first).is_disjoint(&sources(second)) {
        return Some(
            "and they have a volume in common, in which each may change what is the other's",
        );
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
        return Some(
            "and they share a namespace, in which each may do to the other what its user may",
        );
    }
    None
}

fn finding(first: &Container, second: &Container, uid: u32, free: u32) -> Finding {
    let title = second.title();
    let place = second
        .declared
        .user
        .as_ref()
        .map_or(second.anchor, Fact::span);
    let shown = second.user.origin.quoted(&uid.to_string());
    let (severity, why) = match meets(first, second) {
        Some(why) => (Severity::Medium, why),
        None => (
            Severity::Low,
            "outside of their containers the kernel takes the two for one, unless the daemon remaps \
             users",
        ),
    };
    let finding = Finding::new(
        &RULE.info,
        second.surface,
        Label::new(place, "is the same to the kernel"),
        format!("{title} and {} both run as user {shown}", first.title()),
    )
    .severity(severity)
    .container(&title, second.anchor)
    .fact("shared user")
    .why(why)
    .related(
        first
            .declared
            .user
            .as_ref()
            .map_or(first.anchor, Fact::span),
        "as this one",
    );
    let own = second.declared.user.as_ref();
    let written = own.and_then(|user| user.origin.written());
    if written.is_none() || second.image.is_windows() {
        let both = is_by_pulled_image(first) && is_by_pulled_image(second);
        return finding.advice(if both {
            "the images decide on the user: give each a volume of its own, mount what both need read-only \
             in the one that only reads it, and let none of them join the other's namespaces"
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
        "files that it wrote under the old number are no longer its own",
    ))
}
