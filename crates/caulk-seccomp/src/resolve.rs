//! From the file to what the runtime gets: which rules apply to a container on a host.

use caulk_linux::syscalls::Abi;
use caulk_linux::{Capability, CapabilitySet};
use caulk_source::{Span, Spanned};

use crate::condition::{Width, branches};
use crate::decode::kernel_version;
use crate::filter::{AppliedRule, Filter};
use crate::profile::{Machine, Profile, Requirement, Rule};
use crate::refusal::{Refuser, in_order};
use crate::{Action, Consumer, Host, Outcome, Refusal, Runtime, build, errno};

/// What becomes of a profile on a host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// No filter: neither a default action nor a rule, which engines take for "seccomp is off".
    Disabled,
    /// A filter.
    Filter(Filter),
}

impl Resolution {
    /// The filter, where there is one.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Disabled => None,
            Self::Filter(filter) => Some(filter),
        }
    }

    /// The filter itself, where there is one.
    pub fn into_filter(self) -> Option<Filter> {
        match self {
            Self::Disabled => None,
            Self::Filter(filter) => Some(filter),
        }
    }
}

impl Profile {
    /// What `host` makes of the profile.
    ///
    /// The rules that remain, the architectures and the flags are those that the engine hands to
    /// the runtime; the tables are those that the runtime and libseccomp build from them. A call
    /// that no architecture has is left out, as they leave it out.
    ///
    /// # Errors
    ///
    /// All for which the engine or the runtime would not start this container: what the text alone
    /// shows ([`Profile::refusals_of`]), and what shows only here, such as two rules with the same
    /// conditions and different actions, or an architecture of the other byte order.
    pub fn resolve(&self, host: &Host) -> Result<Resolution, Vec<Refusal>> {
        if self.is_none() && host.runtime == Runtime::Runc {
            return Ok(Resolution::Disabled);
        }
        if self.is_none() && host.consumer != Consumer::Oci {
            return Ok(Resolution::Disabled);
        }
        let kept: Vec<usize> = (0..self.rules.len())
            .filter(|index| {
                self.rules
                    .get(*index)
                    .is_some_and(|rule| applies(rule, host))
            })
            .collect();
        let machine = self.machine(host);
        let mut refusals = self.refused(host, &kept, machine);
        let listed = self.listed(host, machine, &mut refusals);
        let default = self.default_outcome(host);
        let (Some((default, default_place)), true) = (default, refusals.is_empty()) else {
            if default.is_none() && refusals.is_empty() {
                refusals.push(Refusal::new(self.span, "it has no `defaultAction`"));
            }
            return Err(in_order(refusals));
        };
        let rules = kept.iter().filter_map(|index| {
            let rule = self.rules.get(*index)?;
            applied(rule, *index, host, default)
        });
        let drops_flags = host.consumer == Consumer::Podman;
        let owned = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
        let flags = self.flags.as_ref().filter(|_| !drops_flags);
        let mut filter = Filter {
            host: *host,
            default,
            default_place,
            rules: rules.collect(),
            tables: Vec::new(),
            listed,
            flags: flags.map(|flags| flags.iter().map(|flag| flag.value.clone()).collect()),
            listener_path: owned(&self.listener_path).filter(|_| !drops_flags),
            listener_metadata: owned(&self.listener_metadata).filter(|_| !drops_flags),
        };
        build::tables(&mut filter)?;
        Ok(Resolution::Filter(filter))
    }

    /// The rules that apply everywhere and that libseccomp does not take beside each other.
    pub(crate) fn conflicts(&self, consumer: Consumer) -> Vec<Refusal> {
        let host = Host {
            consumer,
            ..Host::docker(CapabilitySet::EMPTY)
        };
        let Some((default, _)) = self.default_outcome(&host) else {
            return Vec::new();
        };
        let is_wanted = |rule: &Rule| {
            let mut asked = rule.includes.iter().chain(&rule.excludes);
            host.consumer == Consumer::Oci || asked.all(Requirement::is_empty)
        };
        // Without two actions there is nothing to do, and that is nearly always so.
        let mut outcomes = self.rules.iter().filter_map(|rule| {
            let is_asking = !rule.arguments.is_empty() && is_wanted(rule);
            outcome(rule, &host).filter(|outcome| is_asking && *outcome != default)
        });
        let first = outcomes.next();
        if outcomes.all(|outcome| Some(outcome) == first) {
            return Vec::new();
        }
        let rules = self.rules.iter().enumerate();
        let rules = rules.filter(|(_, rule)| is_wanted(rule));
        let rules = rules.filter_map(|(index, rule)| applied(rule, index, &host, default));
        let mut refusals = build::conflicts(&rules.collect::<Vec<_>>(), host.abi);
        for refusal in &mut refusals {
            refusal.by = Refuser::Tree;
            // A rule that does not always apply may stand before them and hide them.
            refusal.conditional = self.rules.iter().any(|rule| !is_wanted(rule));
        }
        refusals
    }

    /// The refusals of the text that count on this host.
    fn refused(&self, host: &Host, kept: &[usize], machine: Option<&Machine>) -> Vec<Refusal> {
        let inside = |place: Span| {
            let after = kept.partition_point(|index| {
                let rule = self.rules.get(*index);
                rule.is_some_and(|rule| rule.span.start <= place.start)
            });
            let before = after.checked_sub(1).and_then(|at| kept.get(at));
            let rule = before.and_then(|index| self.rules.get(*index));
            rule.is_some_and(|rule| rule.span.contains(place))
                || machine.is_some_and(|machine| machine.span.contains(place))
        };
        let counts = |refusal: &&Refusal| {
            let is_asked = match refusal.by {
                Refuser::Everyone => true,
                Refuser::Runc => host.runtime == Runtime::Runc,
                Refuser::Tree => false,
            };
            is_asked && (!refusal.conditional || inside(refusal.span))
        };
        let mut refusals: Vec<Refusal> = self
            .refusals_of(host.consumer)
            .iter()
            .filter(counts)
            .cloned()
            .collect();
        if host.runtime == Runtime::Crun {
            self.refused_by_crun(host, kept, &mut refusals);
        }
        refusals
    }

    /// What crun checks and runc does not (crun `src/libcrun/seccomp.c`).
    fn refused_by_crun(&self, host: &Host, kept: &[usize], refusals: &mut Vec<Refusal>) {
        let rules = kept.iter().filter_map(|index| self.rules.get(*index));
        let written = rules.clone().map(|rule| (rule.parsed_action(), rule.errno));
        for (action, errno) in written.chain([(self.action(), self.default_errno)]) {
            let Some((action, errno)) = action.zip(errno) else {
                continue;
            };
            if !action.has_number() {
                let message = format!("crun takes no error number for `{}`", action.scmp());
                refusals.push(Refusal::new(errno.span, message));
            }
        }
        if host.consumer == Consumer::Oci {
            let nameless = rules.filter(|rule| rule.runtime_names().is_empty());
            refusals.extend(nameless.map(|rule| {
                let first = rule.span.part(0..1);
                Refusal::new(first, "crun wants `names` in every rule")
            }));
        }
    }

    /// The entry of `archMap` that is the host's own: the first with its architecture.
    fn machine(&self, host: &Host) -> Option<&Machine> {
        let looked_up = match host.consumer {
            Consumer::Docker => maps_for_docker(host.abi),
            Consumer::Podman => maps_for_podman(host.abi),
            Consumer::Oci => false,
        };
        if !looked_up {
            return None;
        }
        self.arch_map.iter().find(|machine| {
            let name = machine.architecture.as_ref();
            name.is_some_and(|name| name.value == host.abi.scmp())
        })
    }

    /// The architectures that the runtime is told, each once.
    fn listed(
        &self,
        host: &Host,
        machine: Option<&Machine>,
        refusals: &mut Vec<Refusal>,
    ) -> Vec<Abi> {
        let own = machine.and_then(|machine| machine.architecture.as_ref());
        let subs = machine.into_iter().flat_map(|one| &one.sub_architectures);
        let names = self.architectures.iter().chain(own).chain(subs);
        let mut listed = Vec::new();
        for name in names {
            let Some(abi) = Abi::from_scmp(&name.value) else {
                continue;
            };
            if abi.is_big_endian() != host.abi.is_big_endian() {
                let message = format!(
                    "a filter for {} cannot hold the other byte order",
                    host.abi.name()
                );
                refusals.push(Refusal::new(name.span, message));
            } else if !listed.contains(&abi) {
                listed.push(abi);
            }
        }
        listed
    }

    fn default_outcome(&self, host: &Host) -> Option<(Outcome, Span)> {
        let written = self.default_action.as_ref()?;
        let number = number(host, self.default_errno_name.as_ref(), self.default_errno);
        Some((
            Outcome::new(Action::parse(&written.value)?, number),
            written.span,
        ))
    }
}

impl Rule {
    /// The names that a runtime reads: not those of the older `name`.
    fn runtime_names(&self) -> &[Spanned<String>] {
        let older = usize::from(self.name.is_some());
        let names = self.names.len().saturating_sub(older);
        self.names.get(..names).unwrap_or_default()
    }
}

fn applied(rule: &Rule, index: usize, host: &Host, default: Outcome) -> Option<AppliedRule> {
    let names = match host.consumer {
        Consumer::Docker | Consumer::Podman => &rule.names,
        Consumer::Oci => rule.runtime_names(),
    };
    let outcome = outcome(rule, host)?;
    let is_default = outcome == default;
    Some(AppliedRule {
        index,
        span: rule.span,
        outcome,
        is_default,
        names: names.to_vec(),
        wide: branches(&rule.arguments, Width::Full64).unwrap_or_default(),
        narrow: branches(&rule.arguments, Width::Low32).unwrap_or_default(),
    })
}

fn outcome(rule: &Rule, host: &Host) -> Option<Outcome> {
    let number = number(host, rule.errno_name.as_ref(), rule.errno);
    Some(Outcome::new(rule.parsed_action()?, number))
}

/// The number of an action. Podman prefers the name; the others do not read it.
fn number(
    host: &Host,
    name: Option<&Spanned<String>>,
    number: Option<Spanned<u64>>,
) -> Option<u64> {
    let named = name.filter(|_| host.consumer == Consumer::Podman);
    let named = named.and_then(|name| errno::parse(&name.value));
    named.or(number.map(|number| number.value))
}

impl Requirement {
    /// Whether it asks for nothing.
    fn is_empty(&self) -> bool {
        self.capabilities.is_empty() && self.architectures.is_empty() && self.kernel.is_none()
    }
}

/// Whether the engine hands the rule on to the runtime. Excludes are asked first, and any is enough;
/// of includes all have to hold.
fn applies(rule: &Rule, host: &Host) -> bool {
    if host.consumer == Consumer::Oci {
        return true;
    }
    let excluded = rule.excludes.as_ref().is_some_and(|it| excludes(it, host));
    !excluded && rule.includes.as_ref().is_none_or(|it| includes(it, host))
}

fn excludes(requirement: &Requirement, host: &Host) -> bool {
    let architectures = &requirement.architectures;
    let capabilities = &requirement.capabilities;
    architectures.iter().any(|name| is_host(&name.value, host))
        || capabilities
            .iter()
            .any(|name| has_capability(&name.value, host) == Some(true))
        || kernel_reaches(requirement, host) == Some(true)
}

fn includes(requirement: &Requirement, host: &Host) -> bool {
    let architectures = &requirement.architectures;
    let capabilities = &requirement.capabilities;
    (architectures.is_empty() || architectures.iter().any(|name| is_host(&name.value, host)))
        && capabilities
            .iter()
            .all(|name| has_capability(&name.value, host) != Some(false))
        && kernel_reaches(requirement, host) != Some(false)
}

/// Whether the bounding set has it, compared letter by letter; nothing where Podman was told of no
/// set, and then its condition is as good as absent.
fn has_capability(name: &str, host: &Host) -> Option<bool> {
    match host.bounding {
        Some(bounding) => {
            let capability = Capability::from_name(name);
            Some(capability.is_some_and(|capability| bounding.contains(capability)))
        }
        None if host.consumer == Consumer::Podman => None,
        None => Some(false),
    }
}

/// Nothing where no kernel is asked for; Podman never asks.
fn kernel_reaches(requirement: &Requirement, host: &Host) -> Option<bool> {
    if host.consumer != Consumer::Docker {
        return None;
    }
    let least = kernel_version(&requirement.kernel.as_ref()?.value)?;
    Some(host.kernel >= least)
}

/// Whether the engine calls its host so. Docker's names are moby's `goToNative`, Podman's those of
/// libseccomp's Go binding.
fn is_host(name: &str, host: &Host) -> bool {
    match (host.consumer, host.abi) {
        (Consumer::Podman, Abi::Mipsel64N32) => name == "mipsel64n32",
        (Consumer::Podman, Abi::Loongarch64) => name == "loong64",
        (Consumer::Podman, _) => name == host.abi.docker(),
        (Consumer::Docker | Consumer::Oci, _) => {
            host.abi.hosts_docker() && name == host.abi.docker()
        }
    }
}

/// Whether moby looks its host up in `archMap`: `goToNative` and `nativeToSeccomp` have to agree on
/// a name, and on two machines they do not.
fn maps_for_docker(abi: Abi) -> bool {
    abi.hosts_docker() && !matches!(abi, Abi::Mipsel | Abi::Loongarch64)
}

/// Whether Podman does: its `nativeToSeccomp` has these.
fn maps_for_podman(abi: Abi) -> bool {
    matches!(
        abi,
        Abi::X86_64
            | Abi::Aarch64
            | Abi::Mips64
            | Abi::Mips64N32
            | Abi::Mipsel64
            | Abi::Mipsel64N32
            | Abi::S390x
    )
}
