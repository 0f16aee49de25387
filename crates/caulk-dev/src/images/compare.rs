//! What is derived, beside the table's row.

use std::fmt::Write as _;

use caulk_linux::Capability;
use caulk_model::base_images::{BaseImage, Platform, StepsDown, Tags};
use caulk_model::{State, User};

use super::{Derived, Entry, Step};

/// How what is derived compares with the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The table says the same.
    Same,
    /// The table says something else: in what.
    Different(Derived, Vec<String>),
    /// The table has no row.
    New(Derived),
    /// The Dockerfile does not say, and why.
    Unknown(String),
}

/// Compares.
pub fn compare(row: Option<&BaseImage>, derived: &State<Derived>) -> Outcome {
    let derived = match derived {
        State::Known(derived) => derived,
        State::Unknown { because } => return Outcome::Unknown(because.clone()),
    };
    let Some(row) = row else {
        return Outcome::New(derived.clone());
    };
    let differences: Vec<String> = [
        platform(row, derived),
        user(row, derived),
        account(row, derived),
        step(row.steps_down.as_ref(), derived.steps_down.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if differences.is_empty() {
        Outcome::Same
    } else {
        Outcome::Different(derived.clone(), differences)
    }
}

fn platform(row: &BaseImage, derived: &Derived) -> Option<String> {
    (row.platform != derived.platform).then(|| "the platform".to_owned())
}

/// Two spellings of one user are one: a name, and the number that the account has.
fn user(row: &BaseImage, derived: &Derived) -> Option<String> {
    let of_table = User::new(row.user);
    let is_same = if row.is_root() || derived.is_root {
        row.is_root() && derived.is_root
    } else {
        let (ours, theirs) = (of_table.account(), derived.user.account());
        let is_one = |name: &str, uid: Option<u32>| {
            let number = uid.map(|uid| uid.to_string());
            let is = |user: &str| user == name || Some(user) == number.as_deref();
            is(ours) && is(theirs)
        };
        let created = derived.accounts.iter();
        ours == theirs
            || row
                .account
                .is_some_and(|account| is_one(account.name, account.uid))
            || created.into_iter().any(|(name, uid)| is_one(name, *uid))
    };
    (!is_same).then(|| {
        format!(
            "the table's user is `{}`, the Dockerfile's `{}`",
            row.user,
            derived.user.text()
        )
    })
}

/// A build that creates no account of that name may have it from a package, or from below.
fn account(row: &BaseImage, derived: &Derived) -> Option<String> {
    let account = row.account?;
    let (_, number) = derived
        .accounts
        .iter()
        .rev()
        .find(|(name, _)| name == account.name)?;
    match (account.uid, number) {
        (Some(ours), Some(theirs)) if ours != *theirs => Some(format!(
            "the table's account `{}` has the number {ours}, the Dockerfile's {theirs}",
            account.name
        )),
        (Some(_) | None, _) => None,
    }
}

fn step(row: Option<&StepsDown>, derived: Option<&Step>) -> Option<String> {
    match (row, derived) {
        (None, None) => None,
        (Some(row), None) => Some(format!(
            "the table's entrypoint becomes `{}` through {}, and this one was not seen to",
            row.to, row.through
        )),
        (None, Some(step)) => Some(format!(
            "the entrypoint becomes {} through {}, and the table does not say so",
            step.name(),
            step.through
        )),
        (Some(row), Some(step)) => {
            // Inherited from an image of the table, it is told as the table tells it.
            let is_tool = row.through == step.through
                || row.through.split(' ').any(|word| word == step.through);
            let is_same = step.to.as_ref().is_none_or(|to| to == row.to);
            (!is_tool || !is_same).then(|| {
                format!(
                    "the table's entrypoint becomes `{}` through {}, this one {} through {}",
                    row.to,
                    row.through,
                    step.name(),
                    step.through
                )
            })
        }
    }
}

impl Step {
    fn name(&self) -> String {
        match &self.to {
            Some(to) => format!("`{to}`"),
            None => "an account that is not written out".to_owned(),
        }
    }
}

impl Outcome {
    /// Its place among the counts.
    pub(super) fn index(&self) -> usize {
        match self {
            Self::Same => 0,
            Self::Different(..) => 1,
            Self::New(_) => 2,
            Self::Unknown(_) => 3,
        }
    }

    /// In words, with the row where the table needs one.
    pub(super) fn told(&self, entry: &Entry, row: Option<&BaseImage>) -> String {
        let image = entry.image.familiar();
        match self {
            Self::Same => format!("same       {image}\n"),
            Self::Unknown(because) => format!("unknown    {image}: {because}\n"),
            Self::New(derived) => format!("new        {image}\n{}", written(entry, derived, row)),
            Self::Different(derived, differences) => format!(
                "different  {image}: {}\n{}",
                differences.join("; "),
                written(entry, derived, row)
            ),
        }
    }
}

/// The row, as the table writes it.
fn written(entry: &Entry, derived: &Derived, row: Option<&BaseImage>) -> String {
    let repository = row.map_or(entry.image.repository.as_str(), |row| row.repository);
    let user = derived.user.text();
    let source = &entry.source;
    let mut text = match derived.platform {
        Platform::Windows => format!("    windows(\"{repository}\", \"{user}\", \"{source}\")"),
        Platform::Linux if user.is_empty() => format!("    root(\"{repository}\", \"{source}\")"),
        Platform::Linux => format!("    runs_as(\"{repository}\", \"{user}\", \"{source}\")"),
    };
    if let Some((name, uid)) = derived.accounts.last() {
        let _ = match uid {
            Some(uid) => write!(text, "\n    .account(\"{name}\", {uid})"),
            None => write!(text, "\n    .account_named(\"{name}\")"),
        };
    }
    if let Some(step) = &derived.steps_down {
        let known = row.and_then(|row| row.steps_down.as_ref());
        let to = step.to.as_deref().unwrap_or("SAY WHO");
        let _ = write!(
            text,
            "\n    .stepping_down(\"{to}\", \"{}\", {})",
            step.through,
            known.map_or("STEP", capabilities)
        );
    }
    if let Some(tags) = row.and_then(|row| tags(row.tags)) {
        let _ = write!(text, "\n    .tagged(Tags::{tags})");
    }
    text.push_str(",\n");
    let mut notes = vec![format!("it stands on {}", derived.base)];
    if let Some(step) = &derived.steps_down {
        if step.assumed {
            notes.push(format!(
                "its script is not here: that {} is used is taken from its being installed",
                step.through
            ));
        } else if row.is_none_or(|row| row.steps_down.is_none()) {
            notes.push("which capabilities its script needs beside STEP has to be read".to_owned());
        }
    }
    for note in notes {
        let _ = writeln!(text, "    // {note}");
    }
    text
}

/// The name that the table has for the capabilities of a step.
fn capabilities(step: &StepsDown) -> &'static str {
    let needs = |capability| step.capabilities.contains(capability);
    if needs(Capability::Setpcap) {
        "ARRANGE_AND_SHED"
    } else if needs(Capability::Fowner) {
        "ARRANGE_AND_STEP"
    } else if needs(Capability::Chown) {
        "OWN_AND_STEP"
    } else {
        "STEP"
    }
}

/// Tags, as the table writes them; nothing for all of them.
fn tags(tags: Tags) -> Option<String> {
    Some(match tags {
        Tags::Any => return None,
        Tags::Is(whole) => format!("Is(&{whole:?})"),
        Tags::Contains(parts) => format!("Contains(&{parts:?})"),
        Tags::StartsWith(parts) => format!("StartsWith(&{parts:?})"),
        Tags::EndsWith(parts) => format!("EndsWith(&{parts:?})"),
        Tags::Before(releases) => format!("Before(&{releases:?})"),
        Tags::Since(major, minor) => format!("Since({major}, {minor})"),
        Tags::SinceOrUnversioned(major, minor) => format!("SinceOrUnversioned({major}, {minor})"),
    })
}
