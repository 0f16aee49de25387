//! Conditions of a profile that always hold, or never: on the container, on the host, on arguments.

use caulk_linux::Capability;
use caulk_linux::syscalls::Abi;
use caulk_seccomp::{Action, Argument, Profile, Requirement, Rule};
use caulk_source::{Span, Spanned};

/// A condition that does nothing.
pub(crate) struct Idle {
    pub(crate) place: Span,
    /// What is said of it, after it.
    pub(crate) words: String,
    /// What was probably meant, for the same place.
    pub(crate) meant: Option<&'static str>,
    /// Whether a denial is lost by it, or a restriction of what is allowed.
    pub(crate) loses_denial: bool,
}

/// The oldest kernel that Docker runs on.
const OLDEST_KERNEL: (u32, u32) = (3, 10);

/// Far beyond every kernel of today.
const NO_KERNEL: u32 = 20;

/// The conditions on the container and its host.
pub(crate) fn on_host(profile: &Profile) -> Vec<Idle> {
    let mut idle = Vec::new();
    for rule in &profile.rules {
        let denies = rule.parsed_action().is_some_and(|it| !it.lets_through());
        if let Some(includes) = &rule.includes {
            including(includes, denies, &mut idle);
        }
        if let Some(excludes) = &rule.excludes {
            excluding(excludes, !denies, &mut idle);
        }
    }
    idle
}

/// What never holds here makes the rule a dead one.
fn including(includes: &Requirement, denies: bool, idle: &mut Vec<Idle>) {
    let known = |name: &Spanned<String>| is_host(&name.value);
    if !includes.architectures.iter().any(known)
        && let Some(first) = includes.architectures.first()
    {
        idle.push(Idle {
            place: first.span,
            words: "is no machine that Docker knows by this name, so the rule never applies"
                .to_owned(),
            meant: machine_meant(&first.value),
            loses_denial: denies,
        });
    }
    let unknown = |name: &&Spanned<String>| Capability::from_name(&name.value).is_none();
    if let Some(first) = includes.capabilities.iter().find(unknown) {
        idle.push(Idle {
            place: first.span,
            words: "is no capability as Docker writes them, so the rule never applies".to_owned(),
            meant: capability_meant(&first.value),
            loses_denial: denies,
        });
    }
    kernel(
        includes,
        "the rule always applies",
        "the rule never applies",
        denies,
        idle,
    );
}

/// What never holds here excludes nobody.
fn excluding(excludes: &Requirement, opens: bool, idle: &mut Vec<Idle>) {
    for name in &excludes.architectures {
        if !is_host(&name.value) {
            idle.push(Idle {
                place: name.span,
                words: "is no machine that Docker knows by this name, so nothing is excluded"
                    .to_owned(),
                meant: machine_meant(&name.value),
                loses_denial: opens,
            });
        }
    }
    for name in &excludes.capabilities {
        if Capability::from_name(&name.value).is_none() {
            idle.push(Idle {
                place: name.span,
                words: "is no capability as Docker writes them, so nothing is excluded".to_owned(),
                meant: capability_meant(&name.value),
                loses_denial: opens,
            });
        }
    }
    kernel(
        excludes,
        "the rule never applies",
        "nothing is excluded",
        opens,
        idle,
    );
}

fn kernel(
    requirement: &Requirement,
    always: &str,
    never: &str,
    loses_denial: bool,
    idle: &mut Vec<Idle>,
) {
    let Some(written) = &requirement.kernel else {
        return;
    };
    let mut numbers = written
        .value
        .split('.')
        .map(|number| number.parse::<u32>().ok());
    let (Some(Some(kernel)), Some(Some(major))) = (numbers.next(), numbers.next()) else {
        return;
    };
    let words = if (kernel, major) <= OLDEST_KERNEL {
        format!("is older than every kernel that Docker runs on, so {always}")
    } else if kernel >= NO_KERNEL {
        format!("is no kernel of today, so {never}")
    } else {
        return;
    };
    idle.push(Idle {
        place: written.span,
        words,
        meant: None,
        loses_denial,
    });
}

/// Whether Docker ever calls its host so.
fn is_host(name: &str) -> bool {
    Abi::from_docker(name).is_some_and(Abi::hosts_docker)
}

/// Docker's name of a machine that is written as the kernel, as libseccomp or in another case.
fn machine_meant(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let bare = name.strip_prefix("scmp_arch_").unwrap_or(&name);
    let mut all = Abi::ALL.iter().filter(|abi| abi.hosts_docker());
    let found = all.find(|abi| abi.name() == bare || abi.docker() == bare);
    found.map(|abi| abi.docker())
}

fn capability_meant(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let bare = name.strip_prefix("CAP_").unwrap_or(&name);
    let found = Capability::from_name(&format!("CAP_{bare}"));
    found.map(Capability::name)
}

/// The conditions on arguments.
///
/// `narrow`: whether the profile lists a 32-bit architecture.
pub(crate) fn on_arguments(profile: &Profile, narrow: bool) -> Vec<Idle> {
    let mut idle = Vec::new();
    for rule in profile.rules.iter().filter(|rule| !rule.names.is_empty()) {
        // What restricts a rule that lets through is a denial.
        let opens = rule.parsed_action().is_some_and(Action::lets_through);
        if let Some((place, words)) = alternatives(rule) {
            idle.push(Idle {
                place,
                words,
                meant: None,
                loses_denial: opens,
            });
            continue;
        }
        for argument in &rule.arguments {
            if let Some(words) = narrow.then(|| cut(argument)).flatten() {
                idle.push(Idle {
                    place: argument.span,
                    words,
                    meant: None,
                    loses_denial: opens,
                });
                continue;
            }
            let (always, words) = match verdict(argument) {
                Some(Verdict::NoMask) => (
                    true,
                    "has a mask of 0 and asks for nothing: `value` is the mask, and `valueTwo` what \
                     is left under it",
                ),
                Some(Verdict::Always) => (true, "always holds, so it asks for nothing"),
                Some(Verdict::Never) => (false, "never holds, so the rule never applies"),
                Some(Verdict::Dropped) => (
                    true,
                    "asks for bits outside its mask, and those are not looked at",
                ),
                None => continue,
            };
            idle.push(Idle {
                place: argument.span,
                words: words.to_owned(),
                meant: None,
                loses_denial: opens == always,
            });
        }
    }
    idle
}

/// What is said of a number that 32-bit architectures compare by its low half. A negative number of
/// 64 bits is the same there.
fn cut(argument: &Argument) -> Option<String> {
    const LOW: u64 = 0xffff_ffff;
    let (value, _) = numbers(argument);
    let is_cut = operator(argument) == "SCMP_CMP_EQ" && value > LOW && value | LOW != u64::MAX;
    is_cut.then(|| {
        format!(
            "is compared with {:#x} where a 32-bit program calls",
            value & LOW
        )
    })
}

/// What a condition on an argument is worth.
enum Verdict {
    Always,
    /// It looks at no bit.
    NoMask,
    Never,
    /// A part of the second number lies outside the mask.
    Dropped,
}

fn numbers(argument: &Argument) -> (u64, u64) {
    let number = |number: Option<Spanned<u64>>| number.map_or(0, |number| number.value);
    (number(argument.value), number(argument.value_two))
}

fn operator(argument: &Argument) -> &str {
    argument
        .operator
        .as_ref()
        .map_or("", |operator| &operator.value)
}

fn verdict(argument: &Argument) -> Option<Verdict> {
    let (value, other) = numbers(argument);
    match (operator(argument), value) {
        ("SCMP_CMP_MASKED_EQ", 0) => Some(Verdict::NoMask),
        ("SCMP_CMP_GE", 0) | ("SCMP_CMP_LE", u64::MAX) => Some(Verdict::Always),
        ("SCMP_CMP_LT", 0) | ("SCMP_CMP_GT", u64::MAX) => Some(Verdict::Never),
        ("SCMP_CMP_MASKED_EQ", mask) if other & !mask != 0 => Some(Verdict::Dropped),
        _ => None,
    }
}

/// Conditions on one argument are alternatives of each other; with some of them everything passes.
fn alternatives(rule: &Rule) -> Option<(Span, String)> {
    let arguments = &rule.arguments;
    let index = |argument: &Argument| argument.index.map_or(0, |index| index.value);
    let mut sorted: Vec<u64> = arguments.iter().map(index).collect();
    sorted.sort_unstable();
    let repeated = sorted
        .windows(2)
        .find_map(|pair| {
            matches!(pair, [one, other] if one == other).then(|| pair.first().copied())
        })
        .flatten()?;
    let same: Vec<&Argument> = arguments
        .iter()
        .filter(|one| index(one) == repeated)
        .collect();
    // A mask asks for bits and not for an order: what is left beside it is not worked out here.
    if same.iter().any(|one| operator(one) == "SCMP_CMP_MASKED_EQ") || same.len() > MOST_COMPARED {
        return None;
    }
    let values = same.iter().map(|one| numbers(one).0);
    let around = |value: u64| [value.wrapping_sub(1), value, value.wrapping_add(1)];
    let mut tried = values.flat_map(around).chain([0, u64::MAX]);
    let passes = |value: u64| same.iter().any(|one| holds(one, value));
    let first = same.first()?;
    tried.all(passes).then(|| {
        let words = format!(
            "and the other conditions on argument {repeated} are alternatives, and one of them \
             always holds"
        );
        (first.span, words)
    })
}

/// How many alternatives are compared with each other.
const MOST_COMPARED: usize = 200;

fn holds(argument: &Argument, tried: u64) -> bool {
    let (value, _) = numbers(argument);
    match operator(argument) {
        "SCMP_CMP_EQ" => tried == value,
        "SCMP_CMP_NE" => tried != value,
        "SCMP_CMP_LT" => tried < value,
        "SCMP_CMP_LE" => tried <= value,
        "SCMP_CMP_GT" => tried > value,
        "SCMP_CMP_GE" => tried >= value,
        _ => false,
    }
}
