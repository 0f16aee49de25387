//! What each dangerous call opens.

use std::fmt;

use super::dangers::DANGERS;
use crate::Capability;

/// How grave it is that a profile lets a call through which Docker's default keeps shut. From
/// little to much; a rule derives its severity from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grade {
    /// Old, useless or telling: one thing less to attack.
    Low,
    /// A part of the kernel that was attacked before, or a say in what others share.
    Medium,
    /// What most ways out of containers begin with.
    High,
    /// The kernel itself, for whoever holds the capability.
    Critical,
}

/// Where a fact can be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A page of the Linux manual: `keyctl(2)`.
    Man(&'static str),
    /// The table of blocked calls in Docker's page on seccomp.
    Docker,
    /// A commit of moby.
    Moby(&'static str),
    /// A weakness of Linux itself, by its CVE number without `CVE-`.
    Cve(&'static str),
    /// A page of the kernel's documentation, without `https://docs.kernel.org/` and `.html`.
    Kernel(&'static str),
}

impl Source {
    /// Where to read it.
    pub fn url(self) -> String {
        match self {
            Self::Man(page) => {
                let (name, section) = page.split_once('(').unwrap_or((page, "2)"));
                let section = section.trim_end_matches(')');
                format!("https://man7.org/linux/man-pages/man{section}/{name}.{section}.html")
            }
            Self::Docker => "https://docs.docker.com/engine/security/seccomp/".to_owned(),
            Self::Moby(commit) => format!("https://github.com/moby/moby/commit/{commit}"),
            Self::Cve(number) => format!("https://www.cve.org/CVERecord?id=CVE-{number}"),
            Self::Kernel(page) => format!("https://docs.kernel.org/{page}.html"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Man(page) => formatter.write_str(page),
            Self::Docker => formatter.write_str("Docker's page on seccomp"),
            Self::Moby(commit) => write!(formatter, "moby {commit}"),
            Self::Cve(number) => write!(formatter, "CVE-{number}"),
            Self::Kernel(page) => write!(formatter, "the kernel's documentation, {page}"),
        }
    }
}

/// What some calls open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Danger {
    /// The calls, sorted.
    pub calls: &'static [&'static str],
    /// With which arguments, where not with all; reads after "with".
    pub with: Option<&'static str>,
    /// What they let a process do; reads after "lets a process".
    pub opens: &'static str,
    /// How grave it is.
    pub grade: Grade,
    /// It takes one of these capabilities; a new user namespace gives all of them, over what belongs
    /// to it. Empty where any process may do it, or where that depends on a setting of the host.
    pub needs: &'static [Capability],
    /// Where that can be read.
    pub sources: &'static [Source],
}

impl Danger {
    /// Every row, the gravest first.
    pub const ALL: &'static [Self] = DANGERS;
}

/// What a call opens; more than one row where it depends on the arguments, and none where nothing
/// is known to its disadvantage.
pub fn dangers(name: &str) -> impl Iterator<Item = &'static Danger> {
    DANGERS
        .iter()
        .filter(move |danger| danger.calls.contains(&name))
}

/// How grave a call is at worst.
pub fn grade(name: &str) -> Option<Grade> {
    dangers(name).map(|danger| danger.grade).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscalls::{is_known, is_unimplemented};

    #[test]
    fn every_row_is_about_known_calls_and_has_a_source() {
        for danger in DANGERS {
            for call in danger.calls {
                assert!(is_known(call) && !is_unimplemented(call), "{call}");
            }
            assert!(danger.calls.is_sorted(), "{:?}", danger.calls);
            assert!(!danger.sources.is_empty(), "{:?}", danger.calls);
        }
        assert!(DANGERS.is_sorted_by(|one, other| one.grade >= other.grade));
    }

    #[test]
    fn what_it_opens_reads_after_lets_a_process() {
        for danger in DANGERS {
            for words in [Some(danger.opens), danger.with].into_iter().flatten() {
                let reads = words.starts_with(|first: char| first.is_lowercase() || first == '`');
                assert!(reads && !words.ends_with('.'), "{words}");
            }
        }
    }

    #[test]
    fn a_call_has_two_rows_only_where_they_tell_its_arguments_apart() {
        for danger in DANGERS {
            for call in danger.calls {
                let rows = dangers(call).count();
                let told_apart = dangers(call).all(|row| row.with.is_some());
                assert!(rows == 1 || told_apart, "{call}");
            }
        }
    }

    #[test]
    fn grades_of_calls_that_everybody_knows() {
        assert_eq!(grade("init_module"), Some(Grade::Critical));
        assert_eq!(grade("unshare"), Some(Grade::High));
        assert_eq!(grade("io_uring_setup"), Some(Grade::High));
        assert_eq!(grade("sethostname"), Some(Grade::Low));
        assert_eq!(grade("read"), None);
    }

    #[test]
    fn sources_have_addresses() {
        let urls = [Source::Man("keyctl(2)"), Source::Cve("2022-0847")].map(Source::url);
        assert_eq!(
            urls,
            [
                "https://man7.org/linux/man-pages/man2/keyctl.2.html",
                "https://www.cve.org/CVERecord?id=CVE-2022-0847"
            ]
        );
        assert_eq!(Source::Cve("2022-0847").to_string(), "CVE-2022-0847");
    }
}
