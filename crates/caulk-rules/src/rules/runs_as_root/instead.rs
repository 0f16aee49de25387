//! As whom it could run instead.

use caulk_model::base_images::BaseImage;
use caulk_model::{Base, Engine, ImageSource, User};

use crate::images;
use crate::prelude::*;

/// The user of a fix where no account is known to exist: numeric, so that it needs none.
const NOBODY_IN_PARTICULAR: &str = "65532:65532";

/// What a person has to find out where no fix can be offered.
pub(super) fn what_to_find_out(container: &Container) -> String {
    let image = &container.image;
    if container.privileged.value() == Some(&true) {
        return "take the privileged mode away first".to_owned();
    }
    if images::sees_a_runtime(container) {
        return "settle first whether it needs the runtime's socket: whoever may use that is as good as root \
                on the host"
            .to_owned();
    }
    if let Some(root_only) = &image.root_only {
        return format!("{}: {}", root_only.why, root_only.first);
    }
    let name = image.base.name();
    if name.contains("linuxserver/") && !name.contains("socket-proxy") {
        return "`PUID` and `PGID` change whom the program runs as, not the first process: see whether \
                the image also runs with `user:`"
            .to_owned();
    }
    if container.other_entrypoint().is_some() {
        return format!(
            "it starts `{name}` through an entrypoint of its own: find out which user that can run as, and set it"
        );
    }
    if image.base.repository().as_deref() == Some("docker.io/library/nginx") {
        return "`nginxinc/nginx-unprivileged` is the same for another user, and listens on 8080; or let this \
                one run as `101`, with folders and ports that are open to it"
            .to_owned();
    }
    if image.base.row().is_some_and(BaseImage::is_a_program) {
        return format!(
            "see whether `{name}` can run as another user, or has a variant that does, and name that user"
        );
    }
    if image
        .entrypoint
        .as_ref()
        .is_some_and(|start| !start.was_read)
    {
        return "the script that starts it is not in the repository: find out which user its program \
                can run as, and set it"
            .to_owned();
    }
    "find out which user its program can run as, and set it".to_owned()
}

/// A user for the image: an account that surely exists, else a number that needs none.
///
/// Not where an entrypoint that nobody here has read decides how the image starts, for it may step
/// down by itself and then needs root to begin with; and not for an image that is pulled for the
/// program in it, which starts as whom its publisher chose.
pub(super) fn user_remedy(container: &Container) -> Option<Remedy> {
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
    let home = if chosen.is_none() {
        ", and its home folder becomes `/`"
    } else {
        ""
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
            "what the program reads and writes, volumes included, must be open to that user{home}{}{builds_on}{}",
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

/// Docker lets every user of a container open ports below 1024; Podman keeps the kernel's limit.
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
        Engine::Docker => ", and ports below 1024 are open to it in Docker alone, not in Podman",
        Engine::Podman => ", and ports below 1024 are not open to it in Podman",
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
