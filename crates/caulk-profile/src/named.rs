//! A profile as somebody named it, and what becomes of it on a host.

use caulk_linux::syscalls::Abi;
use caulk_seccomp::{Filter, Host, Profile, Refusal, Resolution, RuleOrigin, parse};
use caulk_source::{FileId, LineColumn, SourceFile, Span};

use crate::Show;
use crate::machine::abis;
use crate::show::listed;

/// What standard input is called where a file can be named.
const STANDARD_INPUT: &str = "-";

/// A profile, its text, and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The file; its path is what somebody named.
    pub file: &'a SourceFile,
    /// What is in it.
    pub profile: &'a Profile,
    /// Whether it is Docker's default, which is in no file.
    pub is_default: bool,
}

/// A profile on a host.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    /// The profile.
    pub named: Named<'a>,
    /// What becomes of it; of a profile that is none, a filter that allows everything.
    pub filter: Filter,
    /// Whether engines take it for no profile: then no filter is there.
    pub is_disabled: bool,
}

impl<'a> Named<'a> {
    /// What `host` makes of it.
    ///
    /// # Errors
    ///
    /// What no container starts with.
    pub fn resolve(self, host: &Host) -> Result<Resolved<'a>, Vec<Refusal>> {
        let (filter, is_disabled) = match self.profile.resolve(host)? {
            Resolution::Filter(filter) => (filter, false),
            Resolution::Disabled => (open(host)?, true),
        };
        Ok(Resolved {
            named: self,
            filter,
            is_disabled,
        })
    }

    /// What it is called in a sentence: the file's name, or Docker's default.
    pub(crate) fn title(&self, show: &Show) -> String {
        if self.is_default {
            return "Docker's default".to_owned();
        }
        if self.file.path() == STANDARD_INPUT {
            return "standard input".to_owned();
        }
        let name = self.file.path().rsplit('/').next().unwrap_or_default();
        format!("`{}`", (show.visible)(name))
    }

    /// The same with the path.
    pub(crate) fn full_title(&self, show: &Show) -> String {
        if self.is_default || self.file.path() == STANDARD_INPUT {
            return self.title(show);
        }
        format!("`{}`", (show.visible)(self.file.path()))
    }

    /// Where something is: `web.json:12:9`. Docker's default is in no file that could be opened.
    pub(crate) fn place(&self, span: Span, show: &Show) -> String {
        if self.is_default {
            return "Docker's default".to_owned();
        }
        let at = self.at(span);
        let path = (show.visible)(self.file.path());
        format!("{path}:{}:{}", at.line, at.column)
    }

    /// The rule that decided: its place, or in Docker's default its number.
    pub(crate) fn rule(&self, origin: &RuleOrigin, show: &Show) -> String {
        if self.is_default {
            return format!("rule {} of Docker's default", origin.rule + 1);
        }
        self.place(origin.name, show)
    }

    /// Several rules, each once: `web.json:12:9 and 20:9`.
    pub(crate) fn rules<'o>(
        &self,
        origins: impl Iterator<Item = &'o RuleOrigin>,
        show: &Show,
    ) -> String {
        let mut words: Vec<String> = Vec::new();
        for origin in origins {
            let word = if self.is_default {
                (origin.rule + 1).to_string()
            } else if words.is_empty() {
                self.place(origin.name, show)
            } else {
                let at = self.at(origin.name);
                format!("{}:{}", at.line, at.column)
            };
            if words.last() != Some(&word) {
                words.push(word);
            }
        }
        match (self.is_default, words.len()) {
            (false, _) => listed(&words),
            (true, 1) => format!("rule {} of Docker's default", listed(&words)),
            (true, _) => format!("rules {} of Docker's default", listed(&words)),
        }
    }

    pub(crate) fn at(&self, span: Span) -> LineColumn {
        self.file.line_column(span.start)
    }
}

impl Resolved<'_> {
    /// Whether the filter answers for an ABI, instead of killing whoever comes by it.
    pub(crate) fn answers(&self, abi: Abi) -> bool {
        self.filter.abis().any(|own| own == abi)
    }

    /// The ABIs that the machine's kernel runs, its own first.
    pub(crate) fn abis(&self) -> Vec<Abi> {
        abis(self.filter.host().abi)
    }
}

/// A filter that allows everything, by every ABI that the machine's kernel runs.
fn open(host: &Host) -> Result<Filter, Vec<Refusal>> {
    let names: Vec<String> = abis(host.abi)
        .iter()
        .map(|abi| format!("\"{}\"", abi.scmp()))
        .collect();
    let text = format!(
        "{{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [{}]}}",
        names.join(", ")
    );
    let profile = parse(FileId::FIRST, &text).profile;
    let resolution = profile.map(|profile| profile.resolve(host)).transpose()?;
    let filter = resolution.and_then(Resolution::into_filter);
    filter.ok_or_else(Vec::new)
}
