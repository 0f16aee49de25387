//! See the page below.

use std::collections::BTreeMap;

use caulk_linux::syscalls::{self, Abi, Grade, is_unimplemented};
use caulk_linux::{Capability, CapabilitySet};
use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::{Difference, Filter, Outcome, compare};
use caulk_source::Span;

use crate::prelude::*;
use crate::seccomp::detours::flags_of_clone;
use crate::seccomp::{
    Call, allows_by_default, counted, decisions, is_made, is_podmans, is_stopped, judged, listed,
    profiles, with_users,
};

/// How many further calls are shown at their places.
const SHOWN: usize = 4;

/// How many names a line has room for.
const NAMED: usize = 6;

rule! {
    /// The seccomp profile lets system calls through that Docker's default keeps shut.
    ///
    /// ## Why it matters
    ///
    /// A profile of one's own is written to be tighter than the default, and its first line often says
    /// so. But it is also where calls are opened that the default denies for a reason: those that make
    /// namespaces, mount, trace, load code into the kernel, or reach parts of it that were attacked
    /// again and again. Each of them is open to every process of every container that uses the file.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read", "write", "unshare", "keyctl"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read", "write"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Both filters are built as runc builds them, for the capabilities of the containers that name the
    /// profile, and compared. Severity is that of the worst call.
    ///
    /// - *A call as a whole*: the profile lets it through, and the default does not.
    /// - *Some arguments*: a profile that filters `clone` or `socket` otherwise than the default is found,
    ///   one that filters it alike is not.
    /// - *Logged* (fires): `SCMP_ACT_LOG` lets a call through. `SCMP_ACT_TRACE` without a tracer does not.
    /// - *Nothing behind it* (silent): a call for which there is no code in any kernel, or one that an
    ///   earlier rule keeps shut.
    /// - *A capability of the container*: where it has one for which the default opens the call too,
    ///   nothing is broader. Every set of capabilities among the containers is judged.
    /// - *A capability that the container lacks* (fires): the call takes it, so the kernel refuses it
    ///   still, and a defence before the kernel is gone. Severity is at most medium.
    /// - *Capabilities that are not known* (fires): nothing in the repository names the profile, or a
    ///   variable gives them. It is judged under Docker's default set, and confidence is at most medium
    ///   where a capability would make the default open the call too.
    /// - *Rules that overlap* (fires): where libseccomp alone knows what becomes of the worst call,
    ///   confidence is at most medium.
    /// - *A list of denials* (silent): a profile that allows everything by default is
    ///   `seccomp-allows-by-default`'s.
    /// - *Podman's format* (fires) is judged as Docker loads it, with medium confidence: Podman's own
    ///   default opens more than Docker's.
    ///
    /// ## About the fix
    ///
    /// It takes the names out of their lists. Of calls that the default lets through for some
    /// arguments, such as `clone` without the flags for namespaces, it adds the default's own rules. A
    /// program that makes one of the calls will fail: browsers and other sandboxes need `clone` or
    /// `unshare` with `CLONE_NEWUSER`.
    ///
    /// ## Sources
    ///
    /// moby/profiles `seccomp/default.json`; Docker's page on seccomp, "Significant syscalls blocked by
    /// the default profile"; the Linux manual's page of each call.
    "seccomp-broader-than-default",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[
        Reference::like(Authority::Cis, "5.22"),
        Reference::like(Authority::Nist, "4.5.2"),
        Reference::like(Authority::Seccompute, "--compare-docker"),
        Reference::like(Authority::Zaz, "seccomp verify"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        if allows_by_default(profile) {
            continue;
        }
        let mut worst: BTreeMap<&'static str, Opened<'_>> = BTreeMap::new();
        for one in uses {
            for opened in opened_by(one) {
                let known = worst.entry(opened.name).or_insert_with(|| opened.clone());
                if opened.severity > known.severity {
                    *known = opened;
                }
            }
        }
        let mut calls: Vec<Opened<'_>> = worst.into_values().collect();
        // The worst first; what is alike stays in the order of the names.
        calls.sort_by_key(|call| std::cmp::Reverse((call.severity, call.grade)));
        if let Some(first) = calls.first() {
            findings.report(finding(repository, profile, first, &calls));
        }
    }
}

/// A call that a profile opens and the default does not.
#[derive(Clone)]
struct Opened<'u> {
    name: &'static str,
    /// Where the profile lets it through.
    place: Span,
    severity: Severity,
    grade: Grade,
    /// What it lets a process do.
    opens: &'static str,
    /// With which arguments.
    with: Option<&'static str>,
    /// Whether libseccomp alone knows what becomes of it.
    is_doubtful: bool,
    /// Whether the default would open it with more capabilities.
    hangs_on_capabilities: bool,
    by: &'u ProfileUse,
}

fn opened_by(one: &ProfileUse) -> Vec<Opened<'_>> {
    let Some((own, default)) = one.filters() else {
        return Vec::new();
    };
    let with_all = with_all_capabilities(own);
    let mut calls: Vec<Opened<'_>> = Vec::new();
    for abi in own.abis().filter(|abi| default.abis().any(|it| it == *abi)) {
        for difference in compare(default, own, abi) {
            let name = difference.name.filter(|name| !is_unimplemented(name));
            let Some(name) = name.filter(|name| calls.iter().all(|call| call.name != *name)) else {
                continue;
            };
            let judged = Judged {
                own,
                default,
                abi,
                with_all: with_all.as_ref(),
                by: one,
            };
            calls.extend(judged.opened(name, &difference));
        }
    }
    calls
}

/// The default for a container with every capability on the same host.
fn with_all_capabilities(own: &Filter) -> Option<Filter> {
    let host = caulk_seccomp::Host {
        bounding: Some(CapabilitySet::ALL),
        ..*own.host()
    };
    let resolved = caulk_seccomp::default_profile::profile().resolve(&host);
    resolved.ok()?.into_filter()
}

/// Two filters of an ABI.
struct Judged<'u, 'f> {
    own: &'f Filter,
    default: &'f Filter,
    abi: Abi,
    with_all: Option<&'f Filter>,
    by: &'u ProfileUse,
}

impl<'u> Judged<'u, '_> {
    fn opened(&self, name: &'static str, difference: &Difference) -> Option<Opened<'u>> {
        let made = |outcomes: &[Outcome]| {
            outcomes.contains(&Outcome::Allow) || outcomes.contains(&Outcome::Log)
        };
        let mut witnesses = difference.witnesses.iter();
        let witness =
            witnesses.find(|witness| witness.is_opened() && made(witness.second.outcomes()))?;
        let rule = witness.second.rule()?;
        let Opens {
            grade,
            what: opens,
            with,
            needs,
        } = self.danger(name, difference.number);
        let lacks = !needs.is_empty() && !needs.iter().any(|it| self.by.bounding.contains(*it));
        let call = Call {
            abi: self.abi,
            number: difference.number,
            arguments: witness.arguments,
        };
        let with_all = self.with_all;
        Some(Opened {
            name,
            place: rule.name,
            severity: severity(grade, lacks),
            grade,
            opens,
            with,
            is_doubtful: witness.second.outcome().is_none(),
            hangs_on_capabilities: with_all.is_some_and(|filter| is_made(filter, call)),
            by: self.by,
        })
    }

    /// What the call opens with the arguments that only this profile lets through.
    fn danger(&self, name: &str, number: u32) -> Opens {
        let opens_with = |index: usize, value: u64| {
            let mut arguments = [0; 6];
            if let Some(argument) = arguments.get_mut(index) {
                *argument = value;
            }
            let call = Call {
                abi: self.abi,
                number,
                arguments,
            };
            is_made(self.own, call) && is_stopped(self.default, call)
        };
        let applies = |with: &str| match name {
            "clone" => opens_with(flags_of_clone(self.abi), CLONE_NEWUSER),
            "socket" => FAMILIES
                .iter()
                .any(|(family, value)| with.ends_with(family) && opens_with(0, *value)),
            _ => true,
        };
        let mut rows = syscalls::dangers(name);
        let row = rows.find(|row| row.with.is_none_or(applies));
        let opens = |grade, what, needs| Opens {
            grade,
            what,
            with: None,
            needs,
        };
        match (row, name) {
            (Some(row), _) => Opens {
                with: row.with,
                ..opens(row.grade, row.opens, row.needs)
            },
            (None, "clone") => opens(Grade::Low, OTHER_NAMESPACES, &[Capability::SysAdmin]),
            (None, _) => opens(
                Grade::Low,
                "make a call that the default does not list",
                &[],
            ),
        }
    }
}

/// What a call opens.
struct Opens {
    grade: Grade,
    what: &'static str,
    with: Option<&'static str>,
    needs: &'static [Capability],
}

impl Opened<'_> {
    /// What it opens, after the call itself.
    fn words(&self, lets: &str) -> String {
        match self.with {
            Some(with) => format!("with {with} {lets} {}", self.opens),
            None => format!("{lets} {}", self.opens),
        }
    }
}

/// What sandboxes are made with.
const SANDBOX: &[&str] = &["clone", "clone3", "unshare"];

const CLONE_NEWUSER: u64 = 0x1000_0000;

const OTHER_NAMESPACES: &str = "make namespaces by `clone`, though no user namespace";

/// Families of sockets by the names that the table of dangers has for them.
const FAMILIES: &[(&str, u64)] = &[("AF_VSOCK", 40), ("AF_ALG", 38)];

fn severity(grade: Grade, lacks_capability: bool) -> Severity {
    match (grade, lacks_capability) {
        (Grade::Critical, false) => Severity::Critical,
        (Grade::High, false) => Severity::High,
        (Grade::Medium, false) | (Grade::Critical | Grade::High, true) => Severity::Medium,
        (Grade::Low, _) | (Grade::Medium, true) => Severity::Low,
    }
}

fn finding(
    repository: &Repository,
    profile: &Profile,
    first: &Opened<'_>,
    calls: &[Opened<'_>],
) -> Finding {
    let names: Vec<&str> = calls.iter().map(|call| call.name).collect();
    let message = format!(
        "this seccomp profile opens more than Docker's default: {}",
        listed(&names, 3)
    );
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.place, first.words("lets a process")),
        message,
    )
    .severity(first.severity)
    .fact("opens more than the default");
    let mut said = vec![first.opens];
    for call in calls.iter().skip(1).take(SHOWN) {
        let words = if said.contains(&call.opens) {
            "and so does this".to_owned()
        } else {
            format!("and {}", call.words("lets it"))
        };
        said.push(call.opens);
        finding = finding.related(call.place, words);
    }
    let mut why = format!("judged {}", judged(repository, first.by));
    if first.severity < severity(first.grade, false) {
        why.push_str("; the kernel still asks for a capability that is not among them");
    }
    let rest = names.get(1 + SHOWN..).unwrap_or_default();
    if !rest.is_empty() {
        why = format!("it also opens {}; {why}", listed(rest, NAMED));
    }
    if is_podmans(profile) {
        why.push_str(
            "; it is in Podman's format and judged as Docker loads it: Podman's own default opens \
             more than Docker's",
        );
        finding = finding.at_most(Confidence::Medium);
    }
    let is_assumed = first.by.assumed.is_some() && first.hangs_on_capabilities;
    if is_assumed || first.is_doubtful {
        finding = finding.at_most(Confidence::Medium);
    }
    let finding = finding.why(why).remedy(remedy(profile, &names));
    with_users(finding, repository, profile, "runs under it")
}

fn remedy(profile: &Profile, names: &[&str]) -> Remedy {
    let change = FilterChange {
        gone: decisions(profile, names),
        as_default: names.iter().map(|name| (*name).to_owned()).collect(),
        ..FilterChange::default()
    };
    let title = match names {
        [one] => format!("decide `{one}` as Docker's default does"),
        _ => format!(
            "decide these {} as Docker's default does",
            counted(names.len(), "call")
        ),
    };
    let makes_namespaces = names.iter().any(|name| SANDBOX.contains(name));
    let may_break = if makes_namespaces {
        "a program that makes one of these calls fails; a sandbox inside the container, such as a \
         browser's, makes namespaces of its own"
    } else {
        "a program that makes such a call fails"
    };
    Remedy::unsafe_because(
        title,
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
        may_break,
    )
}
