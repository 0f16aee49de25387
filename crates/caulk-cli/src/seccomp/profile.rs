//! Profiles that are named on the command line.

use std::io::Read as _;

use caulk_seccomp::draft::Draft;
use caulk_source::{FileId, LineIndex, Span};

use super::files;
use crate::exit::Failure;

/// A profile larger than this is none that a person or a tool wrote.
const MAX_PROFILE: u64 = 64 * 1024 * 1024;

/// The name of Docker's own profile.
const DEFAULT: &str = "default";

/// Reads a profile that is to be added to.
pub(crate) fn draft(name: &str) -> Result<Draft, Failure> {
    if name == DEFAULT {
        return Ok(Draft::docker_default());
    }
    let text = text(name)?;
    let parsed = caulk_seccomp::parse(FileId::FIRST, &text);
    let index = LineIndex::new(&text);
    let refuse = |at: Span, message: &str| {
        let line = index.line(at.start);
        Failure(format!("{name}:{line}: {message}"))
    };
    if let Some(problem) = parsed.problems.first() {
        return Err(refuse(problem.span, &problem.message));
    }
    let profile = parsed.profile.as_ref();
    let mut refusals = profile.into_iter().flat_map(|profile| &profile.refusals);
    if let Some(refusal) = refusals.find(|refusal| !refusal.conditional) {
        let message = format!("engines refuse it: {}", refusal.message);
        return Err(refuse(refusal.span, &message));
    }
    let draft = profile.and_then(Draft::of);
    draft.ok_or_else(|| Failure(format!("{name}: without a default action it is no profile")))
}

/// The text of a profile.
pub(crate) fn text(name: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    files::open(name)?
        .take(MAX_PROFILE)
        .read_to_end(&mut bytes)
        .map_err(|error| files::cannot_read(name, &error))?;
    Ok(caulk_source::decode(&bytes))
}
