//! The words that begin an instruction.

/// The word that begins an instruction. BuildKit does not mind its case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is the keyword it names")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// None that BuildKit knows: it parses the line and refuses the file later.
    Unknown,
}

const KEYWORDS: &[(&str, Keyword)] = &[
    ("ADD", Keyword::Add),
    ("ARG", Keyword::Arg),
    ("CMD", Keyword::Cmd),
    ("COPY", Keyword::Copy),
    ("ENTRYPOINT", Keyword::Entrypoint),
    ("ENV", Keyword::Env),
    ("EXPOSE", Keyword::Expose),
    ("FROM", Keyword::From),
    ("HEALTHCHECK", Keyword::Healthcheck),
    ("LABEL", Keyword::Label),
    ("MAINTAINER", Keyword::Maintainer),
    ("ONBUILD", Keyword::Onbuild),
    ("RUN", Keyword::Run),
    ("SHELL", Keyword::Shell),
    ("STOPSIGNAL", Keyword::Stopsignal),
    ("USER", Keyword::User),
    ("VOLUME", Keyword::Volume),
    ("WORKDIR", Keyword::Workdir),
];

impl Keyword {
    /// The keyword that `word` spells, in any case.
    pub fn parse(word: &str) -> Self {
        KEYWORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |(_, keyword)| *keyword)
    }

    /// The keyword in capitals.
    pub fn name(self) -> &'static str {
        KEYWORDS
            .iter()
            .find(|(_, keyword)| *keyword == self)
            .map_or("(unknown)", |(name, _)| *name)
    }

    /// The known keyword that `word` is most like: what somebody may have meant.
    pub(super) fn nearest(word: &str) -> Option<&'static str> {
        let word = word.to_ascii_uppercase();
        KEYWORDS
            .iter()
            .map(|(name, _)| (one_edit_apart(&word, name), *name))
            .find_map(|(near, name)| near.then_some(name))
    }

    /// Whether its line may open a heredoc.
    pub(super) fn takes_heredoc(self) -> bool {
        matches!(self, Self::Add | Self::Copy | Self::Run)
    }

    /// Whether its argument may be a JSON array.
    pub(super) fn takes_json(self) -> bool {
        matches!(
            self,
            Self::Add
                | Self::Cmd
                | Self::Copy
                | Self::Entrypoint
                | Self::Run
                | Self::Shell
                | Self::Volume
        )
    }
}

/// Whether one letter added, left out or changed, or two neighbours swapped, makes `a` into `b`.
fn one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = |bytes: &[u8], skip: usize| bytes.get(prefix + skip..).map(<[u8]>::to_vec);
    let (Some(a), Some(b)) = (rest(a, 0), rest(b, 0)) else {
        return false;
    };
    let tail = |bytes: &[u8], skip: usize| bytes.get(skip..).map(<[u8]>::to_vec);
    tail(&a, 1) == Some(b.clone())
        || tail(&b, 1) == Some(a.clone())
        || (tail(&a, 1).is_some() && tail(&a, 1) == tail(&b, 1))
        || (a.len() > 1
            && a.first() == b.get(1)
            && a.get(1) == b.first()
            && tail(&a, 2) == tail(&b, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        assert_eq!(Keyword::parse("fRoM"), Keyword::From);
        assert_eq!(Keyword::parse("{{"), Keyword::Unknown);
        assert_eq!(Keyword::User.name(), "USER");
    }

    #[test]
    fn slips_of_the_pen_are_recognised() {
        assert_eq!(Keyword::nearest("UESR"), Some("USER"));
        assert_eq!(Keyword::nearest("Usr"), Some("USER"));
        assert_eq!(Keyword::nearest("RUNN"), Some("RUN"));
        assert_eq!(Keyword::nearest("BANANA"), None);
    }
}
