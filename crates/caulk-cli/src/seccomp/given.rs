//! Profiles that are named on the command line, and what becomes of them.

use std::io::Read as _;

use caulk_profile::{Named, Resolved, Show};
use caulk_report::{columns, visible};
use caulk_seccomp::draft::Draft;
use caulk_seccomp::{Consumer, Host, Parsed, Profile, Refusal, default_profile};
use caulk_source::{FileId, SourceFile, Span};
use clap::ColorChoice;

use super::files;
use crate::exit::Failure;
use crate::output;

/// A profile larger than this is none that a person or a tool wrote.
const MAX_PROFILE: u64 = 64 * 1024 * 1024;

/// The name of Docker's own profile.
const DEFAULT: &str = "default";

/// A profile, and the text that it is read from.
pub(crate) struct Given {
    file: SourceFile,
    profile: Profile,
    is_default: bool,
}

impl Given {
    /// Reads the profile of this name; `default` is Docker's own, and `-` is standard input.
    ///
    /// # Errors
    ///
    /// Where there is no such file, or an engine could not decode it.
    pub(crate) fn read(name: &str) -> Result<Self, Failure> {
        if name == DEFAULT {
            return Ok(Self::docker_default());
        }
        let file = SourceFile::new(name, bytes(name)?);
        let Parsed { profile, problems } = caulk_seccomp::parse(FileId::FIRST, file.text());
        let problem = problems.first();
        match (profile, problem) {
            (Some(profile), None) => Ok(Self {
                file,
                profile,
                is_default: false,
            }),
            (_, Some(problem)) => Err(Failure(at(&file, problem.span, &problem.message))),
            (None, None) => Err(Failure(format!("`{name}` is no seccomp profile"))),
        }
    }

    /// Docker's own profile.
    pub(crate) fn docker_default() -> Self {
        Self {
            file: SourceFile::new(DEFAULT, default_profile::text().into_bytes()),
            profile: default_profile::profile().clone(),
            is_default: true,
        }
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The text that it is read from.
    pub(crate) fn text(&self) -> &str {
        self.file.text()
    }

    /// What it says, to be added to.
    ///
    /// # Errors
    ///
    /// Where no container would start with it, or engines take it for no profile.
    pub(crate) fn draft(&self) -> Result<Draft, Failure> {
        if let Some(draft) = Draft::of(&self.profile) {
            return Ok(draft);
        }
        let refusals = self.profile.refusals.iter();
        let refusals: Vec<Refusal> = refusals
            .filter(|refusal| !refusal.conditional)
            .cloned()
            .collect();
        Err(self.refused(&refusals))
    }

    /// What `host` makes of it.
    ///
    /// # Errors
    ///
    /// Where no container would start with it.
    pub(crate) fn resolve(&self, host: &Host) -> Result<Resolved<'_>, Failure> {
        let named = Named {
            file: &self.file,
            profile: &self.profile,
            is_default: self.is_default,
        };
        named
            .resolve(host)
            .map_err(|refusals| self.refused(&refusals))
    }

    /// What is compared with: as Docker reads it, who else may read the profile itself.
    pub(crate) fn resolve_as_baseline(&self, host: &Host) -> Result<Resolved<'_>, Failure> {
        let consumer = match host.consumer {
            Consumer::Docker | Consumer::Oci => Consumer::Docker,
            Consumer::Podman => Consumer::Podman,
        };
        self.resolve(&Host { consumer, ..*host })
    }

    fn refused(&self, refusals: &[Refusal]) -> Failure {
        let Some(first) = refusals.first() else {
            return Failure(format!("no container starts with `{}`", self.file.path()));
        };
        let message = format!("no container starts with this profile: {}", first.message);
        let more = match refusals.len() {
            1 => String::new(),
            number => format!(
                " (and {} more: `caulk seccomp check` shows them)",
                number - 1
            ),
        };
        Failure(at(&self.file, first.span, &message) + &more)
    }
}

/// Whether a name is of something that lies in no folder.
pub(crate) fn has_no_place(name: &str) -> bool {
    name == DEFAULT || name == "-"
}

/// The bytes of what has this name.
pub(crate) fn bytes(name: &str) -> Result<Vec<u8>, Failure> {
    if name == DEFAULT {
        return Ok(default_profile::text().into_bytes());
    }
    let mut bytes = Vec::new();
    files::open(name)?
        .take(MAX_PROFILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| files::cannot_read(name, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > MAX_PROFILE) {
        let message = format!("cannot read `{name}`: it is larger than {MAX_PROFILE} bytes");
        return Err(Failure(message));
    }
    Ok(bytes)
}

fn at(file: &SourceFile, span: Span, message: &str) -> String {
    let at = file.line_column(span.start);
    format!("{}:{}:{}: {message}", file.path(), at.line, at.column)
}

/// How text is shown on standard output.
pub(crate) fn show(color: ColorChoice) -> Show {
    Show {
        visible,
        columns,
        color: output::color(color),
        width: output::width(),
    }
}
