//! What was probably meant by a name that no machine has.

use super::functions::{FUNCTIONS, SYNONYMS};
use super::{all_names, is_known};

/// What a name is that is no system call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misnamed {
    /// Another name for this call: its name in the C library, or its function in the kernel.
    Call(&'static str),
    /// A function of the C library, which is none and makes these, as far as a program's own calls
    /// are concerned; empty where it makes none.
    Function(&'static [&'static str]),
    /// This call with letters in another case, or with blanks or a prefix.
    Spelling(&'static str),
    /// Two names run together: a comma is missing.
    Joined(&'static str, &'static str),
    /// This call, with a slip.
    Slip(&'static str),
}

/// Longer than any two names by more than any distance we accept, so not worth comparing.
const LONGEST_COMPARED: usize = 64;

/// What this name is, if it is no call and one can tell.
///
/// The work is bounded for each name, and far more than a look into the table: ask for the names
/// that are shown to somebody.
pub fn misnamed(name: &str) -> Option<Misnamed> {
    if is_known(name) || name.len() > LONGEST_COMPARED {
        return None;
    }
    known_otherwise(name)
        .or_else(|| respelt(name))
        .or_else(|| joined(name))
        .or_else(|| slip(name).map(Misnamed::Slip))
}

/// The one call that was meant by a name that is none, if one can tell.
pub fn did_you_mean(name: &str) -> Option<&'static str> {
    match misnamed(name)? {
        Misnamed::Call(call) | Misnamed::Spelling(call) | Misnamed::Slip(call) => Some(call),
        Misnamed::Function(_) | Misnamed::Joined(_, _) => None,
    }
}

fn known_otherwise(name: &str) -> Option<Misnamed> {
    if let Some((_, call)) = SYNONYMS.iter().find(|(synonym, _)| *synonym == name) {
        return Some(Misnamed::Call(call));
    }
    let function = FUNCTIONS.iter().find(|(function, _)| *function == name);
    function.map(|(_, calls)| Misnamed::Function(calls))
}

/// Prefixes with which headers and the kernel's source name calls.
const PREFIXES: &[&str] = &["sys_", "__nr_", "__x64_sys_", "__arm64_sys_", "__se_sys_"];

fn respelt(name: &str) -> Option<Misnamed> {
    let lower = name.trim().trim_end_matches("()").to_ascii_lowercase();
    let bare = PREFIXES
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix));
    let bare = bare.unwrap_or(&lower);
    let spelling = the_call(bare).map(Misnamed::Spelling);
    spelling.or_else(|| {
        if bare == name {
            None
        } else {
            known_otherwise(bare)
        }
    })
}

/// Names shorter than this are too easily found in others.
const SHORTEST_JOINED: usize = 3;

fn joined(name: &str) -> Option<Misnamed> {
    let mut splits = (SHORTEST_JOINED..name.len()).filter_map(|at| name.split_at_checked(at));
    splits.find_map(|(first, second)| {
        if second.len() < SHORTEST_JOINED {
            return None;
        }
        Some(Misnamed::Joined(the_call(first)?, the_call(second)?))
    })
}

fn slip(name: &str) -> Option<&'static str> {
    // Two slips in a long name are a typo; in a short one they are another word.
    let accepted = if name.len() > 7 { 2 } else { 1 };
    if name.len() <= SHORTEST_JOINED {
        return None;
    }
    let near = all_names().filter(|call| call.len().abs_diff(name.len()) <= accepted);
    near.map(|call| (strsim::damerau_levenshtein(name, call), call))
        .min()
        .filter(|(distance, _)| *distance <= accepted)
        .map(|(_, call)| call)
}

/// The table's own text of this name.
fn the_call(name: &str) -> Option<&'static str> {
    if is_known(name) {
        all_names().find(|call| *call == name)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_by_names_that_people_write() {
        use Misnamed::{Call, Function, Joined, Slip, Spelling};
        for (name, expected) in [
            ("pread", Some(Call("pread64"))),
            ("pwrite", Some(Call("pwrite64"))),
            ("prlimit", Some(Call("prlimit64"))),
            ("newstat", Some(Call("stat"))),
            ("printf", Some(Function(&["write"]))),
            ("initgroups", Some(Function(&["setgroups"]))),
            ("strlen", Some(Function(&[]))),
            ("setsidaccept4", Some(Joined("setsid", "accept4"))),
            ("OpenAt", Some(Spelling("openat"))),
            ("sys_openat", Some(Spelling("openat"))),
            ("__NR_io_uring_setup", Some(Spelling("io_uring_setup"))),
            (" mount ", Some(Spelling("mount"))),
            ("unshare()", Some(Spelling("unshare"))),
            ("SYS_pread", Some(Call("pread64"))),
            ("ioctrl", Some(Slip("ioctl"))),
            ("epol_wait", Some(Slip("epoll_wait"))),
            ("openat", None),
            ("my_own_call_of_old", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(misnamed(name), expected, "{name}");
        }
    }

    #[test]
    fn one_call_is_suggested_only_where_one_is_meant() {
        assert_eq!(did_you_mean("pread"), Some("pread64"));
        assert_eq!(did_you_mean("getaddrinfo"), None);
        assert_eq!(did_you_mean("setsidaccept4"), None);
        assert!(matches!(
            misnamed("getaddrinfo"),
            Some(Misnamed::Function(_))
        ));
    }

    #[test]
    fn hostile_names_are_answered() {
        for name in ["é".repeat(30), "a".repeat(10_000), "\u{1f980}x".to_owned()] {
            assert_eq!(misnamed(&name), None);
        }
    }
}
