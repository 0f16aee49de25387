//! As whom it could run instead.

use std::collections::BTreeSet;
use std::iter;

use caulk_model::base_images::BaseImage;
use caulk_model::{Base, Engine, ImageSource, User, path_holds};

use crate::images;
use crate::prelude::*;

/// The user of a fix where no account is known to exist: numeric, so that it needs none.
const NOBODY_IN_PARTICULAR: &str = "65532:65532";

/// What has to be settled before another user is of use, or could start at all: in the container, or in
/// a service that starts it.
pub(super) fn what_comes_first(container: &Container, services: &[&Container]) -> Option<String> {
    let started = || iter::once(container).chain(services.iter().copied());
    if started().any(images::sees_a_runtime) {
        let order = "settle first whether it needs the runtime's socket: whoever may use that is as good as \
                     root on the host";
        return Some(order.to_owned());
    }
    if let Some(service) = started().find(|service| mounts_in_root_home(service)) {
        return Some(format!(
            "{} mounts something in `/root`, which only root may enter: mount that elsewhere, then set a user",
            service.title()
        ));
    }
    let service = started().find(|service| installs_packages(service))?;
    Some(format!(
        "the command of {} installs packages, which only root may: put them into an image, then set a user",
        service.title()
    ))
}

/// Whether something is mounted in root's own folder.
fn mounts_in_root_home(container: &Container) -> bool {
    let declared = &container.declared;
    let mounts = declared.mounts.iter().map(|mount| &mount.value);
    let volumes = declared.volumes.iter().map(|volume| &volume.value.mount);
    let mut targets = mounts.chain(volumes).map(|mount| mount.target.as_str());
    targets.any(|target| path_holds("/root", target))
}

/// Whether its command begins with installing packages.
fn installs_packages(container: &Container) -> bool {
    let command = container.declared.command.iter();
    let command = command.map(|word| word.value.as_str());
    let of_image = container.image.entrypoint.iter();
    let of_image = of_image.flat_map(|start| start.words.iter().map(String::as_str));
    let texts: Vec<&str> = command.chain(of_image).collect();
    let words = || {
        let signs = |c: char| c.is_whitespace() || ";&|()".contains(c);
        texts.iter().flat_map(move |text| text.split(signs))
    };
    let is_manager =
        |word: &str| matches!(word, "apk" | "apt" | "apt-get" | "dnf" | "microdnf" | "yum");
    words().any(is_manager) && words().any(|word| matches!(word, "add" | "install" | "update"))
}

/// What a person has to find out where no fix can be offered.
pub(super) fn what_to_find_out(container: &Container, services: &[&Container]) -> String {
    let image = &container.image;
    if container.privileged.value() == Some(&true) {
        return "take the privileged mode away first".to_owned();
    }
    if let Some(first) = what_comes_first(container, services) {
        return first;
    }
    let is_nginx = image.base.repository().as_deref() == Some("docker.io/library/nginx");
    if let Some(root_only) = &image.root_only
        && !(is_nginx && root_only.program == Some("nginx"))
    {
        return format!("{}: {}", root_only.why, root_only.first);
    }
    let start = image.entrypoint.as_ref().filter(|start| !start.was_read);
    let without_its_script = || {
        format!(
            "the script that starts it is not in the repository: {}",
            whose_it_could_be(container)
        )
    };
    if start.is_some_and(|start| start.replaces_the_base) {
        return without_its_script();
    }
    let name = image.base.name();
    if name.contains("linuxserver/") && !name.contains("socket-proxy") {
        return "its readme says whether it runs as another user from the start; `PUID` and `PGID` then have no \
                effect"
            .to_owned();
    }
    if container.other_entrypoint().is_some() {
        return format!(
            "it starts `{name}` through an entrypoint of its own: find out which user that can run as, and set it"
        );
    }
    if is_nginx {
        return "`nginxinc/nginx-unprivileged` is the same for another user, and listens on 8080; or let this \
                one run as `101`, with folders and ports that are open to it"
            .to_owned();
    }
    if image.base.row().is_some_and(BaseImage::is_a_program) {
        return format!(
            "see whether `{name}` can run as another user, or has a variant that does, and name that user"
        );
    }
    if start.is_some() {
        return without_its_script();
    }
    whose_it_could_be(container)
}

/// As whom a program may be able to run: an account that is in its image was put there for something.
fn whose_it_could_be(container: &Container) -> String {
    match container.image.unprivileged_account() {
        Some((name, _)) => {
            format!(
                "see whether its program can run as `{name}`, which the image has, and set that"
            )
        }
        None => "find out which user its program can run as, and set it".to_owned(),
    }
}

/// A user for the image: an account that surely exists, else a number that needs none.
///
/// Not where an entrypoint that nobody here has read decides how the image starts, for it may step
/// down by itself and then needs root to begin with; and not for an image that is pulled for the
/// program in it, which starts as whom its publisher chose.
pub(super) fn user_remedy(container: &Container, services: &[&Container]) -> Option<Remedy> {
    if what_comes_first(container, services).is_some() {
        return None;
    }
    let image = &container.image;
    let own_start = image
        .entrypoint
        .as_ref()
        .is_some_and(|start| start.replaces_the_base);
    let was_read = image.entrypoint.as_ref().is_none_or(|start| start.was_read);
    let starts_anybody = match &image.base {
        Base::Scratch => true,
        // One that somebody made root goes back to whom its publisher chose.
        Base::External { row: Some(row), .. } => !row.is_a_program() || !row.is_root(),
        Base::External { row: None, .. } => own_start,
    };
    if !was_read || !starts_anybody || image.root_only.is_some() {
        return None;
    }
    let chosen = user_of(container);
    let account = if chosen.is_none() {
        without_account(container)
    } else {
        String::new()
    };
    // What is built on an image that says nothing of how it starts may need root for its steps.
    let builds_on = if container.source == ImageSource::Itself && image.entrypoint.is_none() {
        "; the steps of an image that is built on it run as that user, and images built on it start as that \
         user too"
    } else {
        ""
    };
    let (user, name) = chosen.unwrap_or_else(|| (NOBODY_IN_PARTICULAR.to_owned(), None));
    let order = match name {
        Some(name) => format!("run as `{user}`, which is `{name}`"),
        None => format!("run as `{user}`"),
    };
    Some(Remedy::unsafe_because(
        order,
        Change::RunAs {
            container: container.anchor,
            user,
        },
        format!(
            "what the program reads and writes, volumes included, must be open to that user{}{account}{}{builds_on}{}",
            and_root_folders(container),
            and_low_ports(container),
            and_sudo(container)
        ),
    ))
}

/// A user that surely exists in its image, as it is to be written: by its number where that is known. With
/// the name, where that is not what is written.
fn user_of(container: &Container) -> Option<(String, Option<String>)> {
    let image = &container.image;
    let row = image.base.row();
    let of_base = row.map(|row| row.user);
    let of_base = of_base.filter(|user| !image.is_root(&User::new(*user)));
    // An image that is pulled for its program runs best as whom its publisher chose.
    if let Some(user) = of_base.filter(|_| row.is_some_and(BaseImage::is_a_program)) {
        return Some((user.to_owned(), None));
    }
    match image.unprivileged_account() {
        Some((name, Some(uid))) => Some((uid.to_string(), Some(name.to_owned()))),
        Some((name, None)) => Some((name.to_owned(), None)),
        None => of_base.map(|user| (user.to_owned(), None)),
    }
}

/// What it means for a program that its user's number has no account.
///
/// Podman writes one into the passwd file that a container sees, Docker does not.
fn without_account(container: &Container) -> String {
    let image = &container.image;
    if container.declared.engine == Engine::Podman {
        return String::new();
    }
    let is_seen = image.base.row().is_some() || image.base == Base::Scratch;
    let has = if is_seen && !image.build.brings_accounts {
        "has"
    } else {
        "may have"
    };
    let mut environment = container.declared.environment.iter();
    let sets_home = environment.any(|variable| variable.value.name == "HOME");
    let home = if sets_home || image.build.home.is_some() {
        ""
    } else {
        "its home folder is `/`, where it may not write, and "
    };
    format!(
        "; that user {has} no account in the image: {home}programs that look up their user, such as `ssh`, fail"
    )
}

/// The folders that the build leaves to root, and that the program is started with.
fn and_root_folders(container: &Container) -> String {
    let image = &container.image;
    let words = image.entrypoint.iter().flat_map(|start| &start.words);
    let words: Vec<&str> = words
        .flat_map(|word| word.split(['=', ' ']))
        .map(|word| word.trim_end_matches('/'))
        .collect();
    let folders = image.build.root_folders.iter();
    let folders = folders.filter(|folder| words.contains(&folder.as_str()));
    let folders: BTreeSet<String> = folders.map(|folder| format!("`{folder}`")).collect();
    if folders.is_empty() {
        return String::new();
    }
    let folders: Vec<String> = folders.into_iter().collect();
    format!(
        ", and so must {}, which the build leaves to root",
        folders.join(" and ")
    )
}

/// Docker lets every user of a container open ports below 1024; Podman keeps the kernel's limit, and so do
/// some of the runtimes of Kubernetes.
fn and_low_ports(container: &Container) -> &'static str {
    let exposed = container.image.build.exposed.iter();
    let exposed = exposed.map(|port| port.value.as_str());
    let published = container.declared.ports.iter();
    let published = published.map(|port| port.value.target.as_str());
    let is_low = |port: &str| {
        let number = port.split(['/', '-']).next().unwrap_or_default();
        number.parse::<u16>().is_ok_and(|number| number < 1024)
    };
    match container.declared.engine {
        _ if !exposed.chain(published).any(is_low) => "",
        Engine::Docker => {
            "; ports below 1024 are open to it in Docker, not in Podman and not in every Kubernetes cluster"
        }
        Engine::Podman => "; ports below 1024 are not open to it in Podman",
    }
}

/// As root nobody needs the sudo that a build argument may bring; as another user it is a way back.
fn and_sudo(container: &Container) -> &'static str {
    let mut facts = container.image.build.sudo.iter();
    let is_optional = facts.any(|fact| fact.only_where.is_some());
    if is_optional {
        "; the sudo that a build argument may bring counts then, and `sudo-in-image` judges it"
    } else {
        ""
    }
}
