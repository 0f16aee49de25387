//! See the page below.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::base_images::{BaseImage, ImageReference};
use caulk_model::{Base, DeclaredBuild, Entry, Fact, ImageSource, Project, Volume, VolumeKind};
use caulk_source::{Span, clean_path};

use crate::prelude::*;

rule! {
    /// Services of different images can write to the same volume or path of the host.
    ///
    /// ## Why it matters
    ///
    /// What one service can write, another takes for its own data: a page that it serves, a script that it
    /// runs, a socket that it trusts. Whoever gets into the one has a way into the other that no network
    /// rule closes. It is also how data that was to stay in one service comes into another.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   upload:
    ///     image: ghcr.io/acme/upload:1.0
    ///     volumes: [files:/files]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     volumes: [files:/srv/files]
    /// volumes:
    ///   files: {}
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   upload:
    ///     image: ghcr.io/acme/upload:1.0
    ///     volumes: [uploads:/files]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     volumes: [pages:/srv/files]
    /// volumes:
    ///   pages: {}
    ///   uploads: {}
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Written by two*: at least two of the services can write to it. What one fills and others mount
    ///   read-only is silent.
    /// - *The same image*: services that run one image are one program in several processes. Where all that
    ///   can write are of one image, or of one build, it is silent; a build that stands on the image of the
    ///   other is of it, unless that is a base for anything, such as `alpine`.
    /// - *The same source*: a named volume, or a path of the host however it is spelt. A volume without a
    ///   name is nobody else's.
    /// - *The same services* (fires): of several volumes that the same services share, the first is named,
    ///   and the others beside it.
    /// - *A service that mounts it twice* shares it with nobody; of its mounts the one that can be written
    ///   to counts.
    /// - *The same lines* (fires): what several projects take from the same lines is one finding.
    /// - *Several files* (fires): services that come from different files of a project are in it together.
    /// - *Another project* (silent): a volume belongs to its project.
    /// - *A socket* (silent): who shares one speaks to its owner and hands over no files. What all of them
    ///   mount below `/run` is a folder of sockets.
    /// - *A variable* (silent): neither a source nor an option that has no value here is
    ///   guessed.
    ///
    /// ## About the fix
    ///
    /// There is none: files are often shared on purpose. Mount it read-only (`:ro`) wherever nothing is
    /// written, and do not run or serve what another service may have put there without a check.
    "volume-shared",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Info),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose],
    references: &[Reference::like(Authority::Kics, "8c978947-0ff6-485c-b0c2-0bfca6026466")],
    check: check,
}

/// What is mounted, by project.
type Shared<'m> = BTreeMap<(&'m Project, String), Vec<User<'m>>>;

/// A service, and how it mounts what is shared.
type User<'m> = (&'m Container, &'m Entry<Volume>);

fn check(repository: &Repository, findings: &mut Findings) {
    let mut shared = Shared::new();
    for container in repository.containers() {
        let Some(project) = container.project.as_ref() else {
            continue;
        };
        for entry in &container.declared.volumes {
            if let Some(source) = source(&entry.value) {
                let users = shared.entry((project, source)).or_default();
                add(users, container, entry);
            }
        }
    }
    // What the same services share is one finding.
    let mut alike: BTreeMap<Vec<Span>, Vec<Vec<User<'_>>>> = BTreeMap::new();
    for users in shared.into_values().filter(|users| is_judged(users)) {
        let services = users.iter().map(|(container, _)| container.anchor);
        alike.entry(services.collect()).or_default().push(users);
    }
    // What several projects take from the same lines is one as well.
    let mut told: BTreeMap<Span, Vec<BTreeSet<Span>>> = BTreeMap::new();
    let mut alike: Vec<_> = alike.into_values().collect();
    alike.sort_by_cached_key(|alike| by_name(alike));
    for mut alike in alike {
        alike.sort_by_key(|users| users.first().map(|(_, entry)| entry.origin.span()));
        let users = alike.iter().flatten();
        let places: BTreeSet<Span> = users.map(|(_, entry)| entry.origin.span()).collect();
        let mut told_with_them = places
            .first()
            .and_then(|place| told.get(place))
            .into_iter()
            .flatten();
        if places.len() > 1 && told_with_them.any(|told| places.is_subset(told)) {
            continue;
        }
        findings.extend(finding(&alike));
        for place in &places {
            told.entry(*place).or_default().push(places.clone());
        }
    }
}

/// The project and the names of those that share it: an order that is the same however files are read.
fn by_name(alike: &[Vec<User<'_>>]) -> (Option<String>, Vec<String>) {
    let users = || alike.iter().flatten();
    let project = users().find_map(|(container, _)| container.project.as_ref());
    let folder = project.map(|project| project.folder.clone());
    (
        folder,
        users().map(|(container, _)| container.title()).collect(),
    )
}

/// Whether services of different images can write to it.
fn is_judged(users: &[User<'_>]) -> bool {
    let below_run = |(_, entry): &User<'_>| {
        let target = clean_path(&entry.value.mount.target);
        target.starts_with("/run/") || target.starts_with("/var/run/")
    };
    if users.iter().all(below_run) {
        return false;
    }
    let mut writers = users.iter().filter(|(_, entry)| is_written(&entry.value));
    let first = writers.next();
    first.is_some_and(|(first, _)| writers.any(|(other, _)| !is_same_image(first, other)))
}

/// Whether two services run one image: they name the same, or build the same.
fn is_same_image(one: &Container, other: &Container) -> bool {
    let named = |container: &Container| {
        let image = container.declared.image.as_ref();
        image.map(|image| image.state.clone())
    };
    let built = |container: &Container| {
        let build = container.declared.build.as_ref();
        let what = |build: &DeclaredBuild| {
            (
                build.context.clone(),
                build.dockerfile.clone(),
                build.target.clone(),
            )
        };
        build.filter(|build| !build.inline).map(what)
    };
    (named(one).is_some() && named(one) == named(other))
        || (built(one).is_some() && built(one) == built(other))
        || stands_on(one, other)
        || stands_on(other, one)
}

/// Whether a service builds its image on the one that another runs, and that is no base for anything.
fn stands_on(built: &Container, other: &Container) -> bool {
    let Base::External {
        reference: State::Known(base),
        row,
        ..
    } = &built.image.base
    else {
        return false;
    };
    let image = other.declared.image.as_ref().and_then(Fact::value);
    let image = image.and_then(|image| ImageReference::parse(image));
    matches!(built.source, ImageSource::Built { .. })
        && row.is_none_or(BaseImage::starts_a_server)
        && image.is_some_and(|image| image.familiar() == base.familiar())
}

/// A service that mounts it twice shares it with nobody, and writes if one of its mounts lets it.
fn add<'m>(users: &mut Vec<User<'m>>, container: &'m Container, entry: &'m Entry<Volume>) {
    match users.last_mut() {
        Some((other, seen)) if other.anchor == container.anchor => {
            if !is_written(&seen.value) {
                *seen = entry;
            }
        }
        Some(_) | None => users.push((container, entry)),
    }
}

/// Whether a service can surely write to it.
fn is_written(volume: &Volume) -> bool {
    !volume.mount.read_only && volume.mount.options_unknown.is_none()
}

/// What tells one source from another; nothing for what is nobody else's.
fn source(volume: &Volume) -> Option<String> {
    let source = volume
        .mount
        .source
        .known()
        .filter(|source| !source.is_empty())?;
    match volume.kind {
        VolumeKind::Bind if is_socket(source) => None,
        VolumeKind::Bind => Some(format!("path {}", clean_path(source))),
        VolumeKind::Volume | VolumeKind::Cluster => Some(format!("volume {source}")),
        VolumeKind::Pipe | VolumeKind::Tmpfs | VolumeKind::Image | VolumeKind::Unknown => None,
    }
}

/// Whether a path of the host is a socket, by its name.
fn is_socket(source: &str) -> bool {
    let path = clean_path(source);
    let known = ["/dev/log", "/run/systemd/notify"];
    known.contains(&path.as_str())
        || [".sock", ".socket", "_socket"]
            .iter()
            .any(|end| path.ends_with(end))
}

/// The finding about what the same services share: the first by its name, with who does what to it.
fn finding(alike: &[Vec<User<'_>>]) -> Option<Finding> {
    let (users, more) = alike.split_first()?;
    let can_write = |(_, entry): &User<'_>| is_written(&entry.value);
    let writer = users.iter().position(can_write)?;
    let (container, entry) = users.get(writer)?;
    let title = container.title();
    let volume = &entry.value;
    let source = volume.mount.source.known()?;
    let what = match volume.kind {
        VolumeKind::Bind => "path",
        VolumeKind::Pipe
        | VolumeKind::Volume
        | VolumeKind::Tmpfs
        | VolumeKind::Image
        | VolumeKind::Cluster
        | VolumeKind::Unknown => "volume",
    };
    // Which one a variable of an environment file names is not shown.
    let shown = if entry.origin.is_from_env() {
        format!("a {what}")
    } else {
        format!("the {what} `{source}`")
    };
    let others = users.iter().enumerate();
    let others: Vec<String> = others
        .filter(|(index, _)| *index != writer)
        .map(|(_, (other, _))| other.title())
        .collect();
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), "can be written to here"),
        format!(
            "{title} shares {shown}{} with {}",
            match more.len() {
                0 => String::new(),
                others => format!(" and {others} more"),
            },
            match others.as_slice() {
                [one] => one.clone(),
                others => format!("{} other services", others.len()),
            }
        ),
    )
    .container(&title, container.anchor)
    .fact(format!("the {what} {source}"))
    .why("what one of them writes, another may serve, run or trust")
    .advice(if more.is_empty() {
        "mount it read-only wherever nothing is written"
    } else {
        "mount each read-only wherever nothing is written"
    });
    for (place, words) in beside(users, writer) {
        finding = finding.related(place, words);
    }
    for users in more {
        let (_, entry) = users.iter().find(|user| can_write(user))?;
        finding = finding.related(entry.origin.span(), "and the same services share this");
    }
    Some(finding)
}

/// What the others may do with it, by place: what an anchor gives to several is one place.
fn beside(users: &[User<'_>], writer: usize) -> Vec<(Span, String)> {
    let mut places: BTreeMap<(Span, &str), Vec<String>> = BTreeMap::new();
    let first = users.get(writer);
    let others = users.iter().enumerate();
    let mut others: Vec<_> = others.filter(|(index, _)| *index != writer).collect();
    // Those of another image first: they are what it is about.
    others
        .sort_by_key(|(_, (other, _))| first.is_some_and(|(first, _)| is_same_image(first, other)));
    let here = first.map(|(_, entry)| entry.origin.span());
    for (_, (other, entry)) in others {
        let does = if is_written(&entry.value) {
            "can be written to"
        } else if entry.value.mount.read_only {
            "is read"
        } else {
            "is mounted"
        };
        let titles = places.entry((entry.origin.span(), does)).or_default();
        titles.push(other.title());
    }
    let said = places.into_iter();
    said.map(|((place, does), titles)| {
        let by = named(&titles);
        let words = if Some(place) == here {
            format!("and by {by}")
        } else {
            format!("and {does} here by {by}")
        };
        (place, words)
    })
    .collect()
}

/// "service `a`", "service `a`, service `b` and 2 more".
fn named(titles: &[String]) -> String {
    match titles {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
        [] => String::new(),
    }
}
