//! Calls that a profile lets through for some arguments only.
//!
//! Docker's default looks at the arguments of three calls. A generated profile must not be wider
//! than it, so it asks the same; what a program was seen to do beyond that is added, and said.

use caulk_linux::syscalls::Abi;

use super::constants;
use super::note::Note;
use crate::draft::{Answer, Comparison, Conditions, DraftRule};
use crate::trace::Call;

/// The flags of `clone` that make namespaces, as Docker's default has them.
const NEW_NAMESPACES: u64 = 0x7e02_0000;

/// The part of `clone`'s flags that is the number of a signal.
const SIGNAL: u64 = 0xff;

/// What C libraries and Go ask for to make a thread: `CLONE_VM`, `FS`, `FILES`, `SIGHAND`, `THREAD`,
/// `SYSVSEM`, `SETTLS`, `PARENT_SETTID`, `CHILD_CLEARTID` and musl's `DETACHED`.
const THREAD: u64 = 0x7d_0f00;

/// The bits of an argument that is an `int` in C.
const INT: u64 = 0xffff_ffff;

/// The personas of Docker's default: `PER_LINUX`, `PER_LINUX32`, both with `UNAME26`, and the
/// question for the one that is set.
const PERSONAS: &[u64] = &[0x0, 0x8, 0x2_0000, 0x2_0008, INT];

/// The machines whose `clone` takes its flags second.
const FLAGS_SECOND: &[Abi] = &[Abi::S390, Abi::S390x];

/// What is asked of arguments.
pub(super) struct Asked<'a> {
    /// Every ABI of the profile.
    pub(super) abis: &'a [Abi],
    /// Whether filters are to be as narrow as what was seen (`--arguments`).
    pub(super) is_narrow: bool,
    /// Whether `clone` stands in for a `clone3`, whose flags are not known.
    pub(super) stands_in: bool,
    /// Whether the runtime makes threads of its own: runc is written in Go.
    pub(super) runtime_has_threads: bool,
}

/// The rules for a call that is let through for some arguments; nothing where it is for all.
pub(super) fn rules(
    name: &str,
    seen: Option<&Call>,
    asked: &Asked<'_>,
    notes: &mut Vec<Note>,
) -> Option<Vec<DraftRule>> {
    let values = Values::of(name, seen);
    if asked.is_narrow
        && seen.is_some()
        && let Some(reason) = values.unfit(asked)
    {
        notes.push(Note::NotNarrowed {
            name: name.to_owned(),
            because: reason,
        });
    }
    let is_narrow = asked.is_narrow && values.unfit(asked).is_none();
    match name {
        "clone" => Some(clone(&values, is_narrow, asked, notes)),
        "socket" => Some(socket(&values, is_narrow, notes)),
        "personality" => Some(personality(&values, is_narrow, notes)),
        "socketpair" if is_narrow => Some(each(name, &values.known, first_is)),
        // The kernel reads 32 bits; what a C library leaves in the others is its own affair.
        "ioctl" if is_narrow => Some(each(name, &values.known, |value| {
            Comparison::masked(1, INT, value)
        })),
        _ => None,
    }
}

/// What the argument held.
struct Values<'a> {
    call: &'a str,
    known: Vec<u64>,
    /// Why these are not all.
    incomplete: Option<String>,
}

impl<'a> Values<'a> {
    fn of(call: &'a str, seen: Option<&Call>) -> Self {
        let mut values = Self {
            call,
            known: Vec::new(),
            incomplete: None,
        };
        let Some(seen) = seen else {
            values.incomplete = Some("it was not seen".to_owned());
            return values;
        };
        for written in &seen.values.written {
            match constants::value(call, written) {
                Some(value) => values.known.push(value),
                None => values.incomplete = Some(format!("`{written}` is not known to caulk")),
            }
        }
        if seen.values.unknown > 0 {
            let times = seen.values.unknown;
            values.incomplete = Some(format!("{times} calls are in the logs without arguments"));
        }
        values.known.sort_unstable();
        values.known.dedup();
        values
    }

    /// Why no filter can be as narrow as what was seen; nothing where it can, or none is made.
    fn unfit(&self, asked: &Asked<'_>) -> Option<String> {
        match self.call {
            "clone" if asked.stands_in => Some("it stands in for `clone3`".to_owned()),
            "ioctl" if asked.abis.iter().any(|abi| abi.is_32_bit() || is_odd(*abi)) => {
                Some("its requests have other numbers on one of the architectures".to_owned())
            }
            "clone" | "ioctl" | "personality" | "socket" | "socketpair" => self.incomplete.clone(),
            _ => None,
        }
    }

    /// The values that are not among these, which the program needs all the same.
    fn beyond(&self, is_among: impl Fn(u64) -> bool) -> Vec<u64> {
        self.known
            .iter()
            .copied()
            .filter(|value| !is_among(*value))
            .collect()
    }
}

/// Whether requests of `ioctl` are packed in another way there than in `asm-generic/ioctl.h`.
fn is_odd(abi: Abi) -> bool {
    matches!(
        abi,
        Abi::Ppc | Abi::Ppc64 | Abi::Ppc64le | Abi::Mips64 | Abi::Mipsel64
    )
}

fn first_is(value: u64) -> Comparison {
    Comparison::equal(0, value)
}

fn each(name: &str, values: &[u64], comparison: fn(u64) -> Comparison) -> Vec<DraftRule> {
    let rules = values.iter().map(|value| one(name, comparison(*value)));
    rules.collect()
}

fn one(name: &str, comparison: Comparison) -> DraftRule {
    DraftRule::new([name], Answer::ALLOW).when(comparison)
}

fn socket(values: &Values<'_>, is_narrow: bool, notes: &mut Vec<Note>) -> Vec<DraftRule> {
    // All but AF_ALG (38) and AF_VSOCK (40).
    let is_default = |family: u64| !matches!(family, 38 | 40);
    let beyond = values.beyond(is_default);
    say_beyond("socket", &beyond, notes);
    if is_narrow {
        return each("socket", &values.known, first_is);
    }
    let default = [
        ("SCMP_CMP_LT", 38),
        ("SCMP_CMP_EQ", 39),
        ("SCMP_CMP_GT", 40),
    ];
    let default =
        default.map(|(operator, family)| one("socket", Comparison::new(0, operator, family)));
    let more = each("socket", &beyond, first_is);
    default.into_iter().chain(more).collect()
}

fn personality(values: &Values<'_>, is_narrow: bool, notes: &mut Vec<Note>) -> Vec<DraftRule> {
    let beyond = values.beyond(|persona| PERSONAS.contains(&persona));
    say_beyond("personality", &beyond, notes);
    if is_narrow {
        return each("personality", &values.known, first_is);
    }
    let all: Vec<u64> = PERSONAS.iter().copied().chain(beyond).collect();
    each("personality", &all, first_is)
}

fn clone(
    values: &Values<'_>,
    is_narrow: bool,
    asked: &Asked<'_>,
    notes: &mut Vec<Note>,
) -> Vec<DraftRule> {
    let seen = values.known.iter().fold(0, |flags, value| flags | value);
    let namespaces = seen & NEW_NAMESPACES;
    if namespaces != 0 {
        say_beyond("clone", &[namespaces], notes);
    }
    let forbidden = if is_narrow {
        let runtime = if asked.runtime_has_threads { THREAD } else { 0 };
        !(seen | runtime | SIGNAL) & INT
    } else {
        NEW_NAMESPACES & !namespaces
    };
    if forbidden == 0 {
        return vec![DraftRule::new(["clone"], Answer::ALLOW)];
    }
    let first = one("clone", Comparison::masked(0, forbidden, 0));
    if !asked.abis.iter().any(|abi| FLAGS_SECOND.contains(abi)) {
        return vec![first];
    }
    let second = one("clone", Comparison::masked(1, forbidden, 0));
    vec![
        DraftRule {
            excludes: Conditions::machines(FLAGS_SECOND),
            ..first
        },
        DraftRule {
            includes: Conditions::machines(FLAGS_SECOND),
            ..second
        },
    ]
}

/// Keeps a rule on the flags of `clone` from the machines that take them second.
pub(super) fn confine(rule: &mut DraftRule) {
    let is_first = rule.arguments.iter().any(|argument| argument.index == 0);
    let is_clone = rule.names.iter().any(|name| name == "clone");
    if is_clone && is_first && rule.excludes.is_none() {
        rule.excludes = Conditions::machines(FLAGS_SECOND);
    }
}

fn say_beyond(name: &str, values: &[u64], notes: &mut Vec<Note>) {
    if !values.is_empty() {
        notes.push(Note::ValuesBeyondDefault {
            name: name.to_owned(),
            values: values.to_vec(),
        });
    }
}
