//! What well-known base images do by themselves: as whom they run, which account they bring, and
//! whether their entrypoint gives root up.
//!
//! A Dockerfile that names no user runs as its base image's, and a service that only pulls an image
//! runs as that image's; neither file says who that is. This table does, for the images that the
//! world builds on. Each row was read in the image's public Dockerfile or its publisher's pages,
//! and says where and when. What is not in the table is unknown, and stays so: guessing is not an
//! answer.
//!
//! To add a row, add a line to the family it belongs to, in the order of the repositories; a
//! repository's more specific tags come first. The tests say what is out of place.

mod accounts;
mod applications;
mod databases;
mod distributions;
mod grammar;
mod hardened;
mod languages;
mod microsoft;
mod official;
mod pattern;
mod reference;
mod row;
mod servers;
#[cfg(test)]
mod tests;

pub use accounts::KnownAccounts;
pub use official::is_official;
pub use pattern::ImagePattern;
pub use reference::ImageReference;
pub(crate) use row::STEP;
pub use row::{Account, BaseImage, Gains, Platform, StepsDown, Tags};

/// The table, by family. Each family is sorted by repository, and no repository is in two.
static FAMILIES: &[&[BaseImage]] = &[
    distributions::ROWS,
    languages::ROWS,
    databases::ROWS,
    servers::ROWS,
    applications::ROWS,
    hardened::ROWS,
    microsoft::ROWS,
];

/// What is known of the image that `reference` names.
pub fn find(reference: &str) -> Option<&'static BaseImage> {
    find_image(&ImageReference::parse(reference)?)
}

/// What is known of `image`.
///
/// A repository's own rows decide before those of its namespace. With a tag, the first row about it
/// is the answer, whatever the digest beside it says. A digest alone names one image among all that
/// the repository ever held, so it is answered as [`find_whatever_the_tag`] does. An image that is
/// published for Linux and Windows under one tag is taken for the Linux one.
pub fn find_image(image: &ImageReference) -> Option<&'static BaseImage> {
    let origin = image.origin();
    let Some(tag) = &image.tag else {
        return whatever_the_tag(&origin);
    };
    let is_windows = WINDOWS_MARKS.iter().any(|mark| tag.contains(mark));
    let fits = |row: &&BaseImage| {
        row.tags.include(tag) && (!is_windows || row.platform == Platform::Windows)
    };
    let own = rows_of(&origin).iter().find(fits);
    own.or_else(|| rows_of(&namespace_of(&origin)).iter().find(fits))
}

impl BaseImage {
    /// Whether people run the image for the program in it, and not to put their own on it. Such a
    /// program starts as whom its publisher chose, and may not start as anybody else.
    pub fn is_a_program(&self) -> bool {
        let programs = [databases::ROWS, servers::ROWS, applications::ROWS];
        programs.iter().any(|family| {
            let start = family.partition_point(|row| row.repository < self.repository);
            family
                .get(start)
                .is_some_and(|row| row.repository == self.repository)
        })
    }

    /// Whether the image starts a server by itself, so that an image on it needs no command of its own.
    pub fn starts_a_server(&self) -> bool {
        self.is_a_program() || languages::SERVERS.contains(&self.repository)
    }

    /// Whether it is published for dev containers, with a label that names the account that uses it.
    pub fn is_for_dev_containers(&self) -> bool {
        self.repository
            .starts_with("mcr.microsoft.com/devcontainers/")
    }
}

/// What holds for every image of `repository`, where the tag is not known: a variable, or a digest
/// alone.
///
/// Nothing, where the rows of the repository disagree on the user or on how root is given up, or
/// where they are not about every tag. Where they agree on that and not on the account, the answer
/// claims none.
pub fn find_whatever_the_tag(repository: &str) -> Option<&'static BaseImage> {
    find_image(&ImageReference::of_repository(repository)?)
}

/// The whole table, family by family.
pub fn rows() -> impl Iterator<Item = &'static BaseImage> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// What an official image's tag says when it is built on Windows.
const WINDOWS_MARKS: [&str; 2] = ["windowsservercore", "nanoserver"];

fn whatever_the_tag(origin: &str) -> Option<&'static BaseImage> {
    let own = rows_of(origin);
    let rows = if own.is_empty() {
        rows_of(&namespace_of(origin))
    } else {
        own
    };
    let last = rows.last().filter(|row| row.tags == Tags::Any)?;
    let agrees = |row: &BaseImage| {
        row.platform == last.platform
            && row.user == last.user
            && row.gains == last.gains
            && covers(last.steps_down, row.steps_down)
    };
    if !rows.iter().all(agrees) {
        return None;
    }
    if rows.iter().all(|row| row.account == last.account) {
        return Some(last);
    }
    rows.iter().find(|row| row.account.is_none())
}

/// Whether what is said of the one step down holds for the other too: it ends as the same account, needs
/// no more on the way. By which tool is [`tools_whatever_the_tag`]'s to say.
fn covers(one: Option<StepsDown>, other: Option<StepsDown>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one.to == other.to && one.capabilities.contains_all(other.capabilities)
        }
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Through which tools the entrypoints of a repository step down, whatever the tag: joined by " or ".
pub(crate) fn tools_whatever_the_tag(repository: &str) -> String {
    let mut tools: Vec<&str> = Vec::new();
    let steps = rows_of(repository).iter().filter_map(|row| row.steps_down);
    for tool in steps.flat_map(|step| step.through.split(" or ")) {
        if !tools.contains(&tool) {
            tools.push(tool);
        }
    }
    tools.join(" or ")
}

/// The rows whose repository is exactly `repository`.
fn rows_of(repository: &str) -> &'static [BaseImage] {
    for family in FAMILIES {
        let start = family.partition_point(|row| row.repository < repository);
        let rest = family.get(start..).unwrap_or_default();
        let count = rest.partition_point(|row| row.repository == repository);
        if count > 0 {
            return rest.get(..count).unwrap_or_default();
        }
    }
    &[]
}

/// How a row names the namespace in which `repository` is.
fn namespace_of(repository: &str) -> String {
    let (namespace, _) = repository.rsplit_once('/').unwrap_or_default();
    format!("{namespace}/*")
}
