//! A seccomp profile as the containers that use it meet it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use caulk_linux::syscalls::Abi;
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_seccomp::{
    Condition, Filter, Host, Profile as SeccompProfile, Refusal, Surface, compare, default_profile,
};
use caulk_source::Span;

use crate::{Container, ContainerId, State};

/// How many sets of capabilities a profile is resolved for. A profile has one or two kinds of
/// users; the work for a hostile repository stays bounded.
const MOST_USES: usize = 8;

/// A profile, resolved for containers with one bounding set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProfileUse {
    /// The containers, and where they name the profile; none where nothing here names it.
    pub containers: Vec<(ContainerId, Span)>,
    /// Their bounding set.
    pub bounding: CapabilitySet,
    /// Why that set is assumed and not read: reads after "because".
    pub assumed: Option<String>,
    /// What Docker and runc make of the profile: nothing where they apply none, and where the kernel
    /// refuses it.
    ///
    /// The error is what they refuse.
    pub filter: Result<Option<Filter>, Vec<Refusal>>,
    /// Whether the kernel refuses the filter for its length; then there is none.
    pub is_too_long: bool,
    /// Docker's default profile for the same containers.
    pub default: Option<Filter>,
}

impl ProfileUse {
    /// The filter and Docker's default, where both stand.
    pub fn filters(&self) -> Option<(&Filter, &Filter)> {
        let own = self.filter.as_ref().ok()?.as_ref()?;
        Some((own, self.default.as_ref()?))
    }
}

impl ProfileUse {
    /// A call that may run here, and might not under `before`, which is another use: of the profile
    /// before it was changed, or with other capabilities. The calls in `but` do not count.
    pub fn opens(&self, before: &Self, but: &BTreeSet<&str>) -> Option<String> {
        // Where a runtime or the kernel refuses the profile, nothing starts that could be compared.
        let was_refused = before.filter.is_err() || before.is_too_long;
        if was_refused || self.filter.is_err() || self.is_too_long {
            return None;
        }
        let first = before.filter.as_ref().ok()?.as_ref()?;
        let Some(second) = self.filter.as_ref().ok()?.as_ref() else {
            return Some("every call".to_owned());
        };
        if first == second {
            return None;
        }
        let abis: BTreeSet<Abi> = first.abis().chain(second.abis()).collect();
        let opened = abis.into_iter().flat_map(|abi| compare(first, second, abi));
        let mut opened = opened.filter(|difference| {
            difference.is_opened() && difference.name.is_none_or(|name| !but.contains(name))
        });
        let difference = opened.next()?;
        let name = difference.name.map(str::to_owned);
        Some(name.unwrap_or_else(|| format!("call {}", difference.number)))
    }
}

/// How many instructions a filter may have: `BPF_MAXINSNS` of `linux/bpf_common.h`.
const MOST_INSTRUCTIONS: usize = 4096;

/// Whether one call has more conditions than a filter has instructions. Each is an instruction at
/// least, however libseccomp shares them.
fn is_too_long(filter: &Filter) -> bool {
    filter.abis().any(|abi| {
        let mut surfaces = filter.surfaces(abi);
        surfaces.any(|(_, _, surface)| match surface {
            Surface::Always(_) => false,
            Surface::Conditional(conditional) => {
                let cases = conditional.cases.iter();
                let conditions: HashSet<Condition> = cases
                    .flat_map(|case| case.conditions.iter().copied())
                    .collect();
                conditions.len() > MOST_INSTRUCTIONS
            }
        })
    })
}

/// Containers with one bounding set.
#[derive(Default)]
struct Users {
    containers: Vec<(ContainerId, Span)>,
    /// Whether one of them is known to have it.
    is_known: bool,
    assumed: Option<String>,
}

/// The bounding set for which a container's profile is resolved, and why it is assumed where it is.
pub(crate) fn assumed(container: &Container) -> (CapabilitySet, Option<String>) {
    match container.bounding() {
        State::Known(set) => (set, None),
        State::Unknown { because } => (DOCKER_DEFAULT, Some(because)),
    }
}

/// The uses of a profile by these containers, the largest bounding set first. Where nothing names
/// it, one use with the default set.
pub(crate) fn uses<'c>(
    profile: &SeccompProfile,
    used_by: impl Iterator<Item = (ContainerId, Span, &'c Container)>,
) -> Vec<ProfileUse> {
    let mut sets: BTreeMap<CapabilitySet, Users> = BTreeMap::new();
    for (id, span, container) in used_by {
        let (set, because) = assumed(container);
        let users = sets.entry(set).or_default();
        users.is_known |= because.is_none();
        users.assumed = users.assumed.take().or(because);
        users.containers.push((id, span));
    }
    if sets.is_empty() {
        let because = "nothing here says which container runs under it".to_owned();
        let users = Users {
            assumed: Some(because),
            ..Users::default()
        };
        sets.insert(DOCKER_DEFAULT, users);
    }
    let mut sets: Vec<_> = sets.into_iter().collect();
    sets.sort_by_key(|(set, _)| std::cmp::Reverse(set.len()));
    sets.truncate(MOST_USES);
    let host = host(profile);
    let resolved = sets.into_iter().map(|(bounding, users)| {
        let host = Host {
            bounding: Some(bounding),
            ..host
        };
        let default = default_profile::profile().resolve(&host).ok();
        let filter = profile
            .resolve(&host)
            .map(caulk_seccomp::Resolution::into_filter);
        let is_too_long = matches!(&filter, Ok(Some(filter)) if is_too_long(filter));
        ProfileUse {
            containers: users.containers,
            bounding,
            assumed: users.assumed.filter(|_| !users.is_known),
            filter: if is_too_long { Ok(None) } else { filter },
            is_too_long,
            default: default.and_then(caulk_seccomp::Resolution::into_filter),
        }
    });
    resolved.collect()
}

/// The host on which a profile is judged: x86-64, unless it is written for other machines alone.
fn host(profile: &SeccompProfile) -> Host {
    let host = Host::docker(DOCKER_DEFAULT);
    let machines = profile.arch_map.iter();
    let mapped = machines.filter_map(|machine| machine.architecture.as_ref());
    let named = profile.architectures.iter().chain(mapped);
    let abis: Vec<Abi> = named
        .filter_map(|name| Abi::from_scmp(&name.value))
        .collect();
    let is_of_x86 = |abi: &Abi| matches!(abi, Abi::X86_64 | Abi::X86 | Abi::X32);
    if abis.is_empty() || abis.iter().any(is_of_x86) {
        return host;
    }
    let wide = abis.iter().find(|abi| !abi.is_32_bit());
    wide.map_or(host, |abi| host.on(*abi))
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_source::FileId;

    fn one_use(text: &str) -> ProfileUse {
        let profile = caulk_seccomp::parse(FileId::FIRST, text);
        let profile = profile.profile.expect("a profile");
        uses(&profile, std::iter::empty()).remove(0)
    }

    #[test]
    fn what_one_profile_opens_beyond_another() {
        let allowing = |names: &str| {
            one_use(&format!(
                r#"{{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
                "syscalls": [{{"names": [{names}], "action": "SCMP_ACT_ALLOW"}}]}}"#
            ))
        };
        let narrow = allowing(r#""read""#);
        let wide = allowing(r#""read", "bpf""#);
        let nothing = BTreeSet::new();
        assert_eq!(wide.opens(&narrow, &nothing).as_deref(), Some("bpf"));
        assert_eq!(wide.opens(&narrow, &BTreeSet::from(["bpf"])), None);
        assert_eq!(narrow.opens(&wide, &nothing), None);
    }
}
