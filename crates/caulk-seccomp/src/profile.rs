//! The profile as it is written.

use caulk_source::{FileId, Span, Spanned};
use caulk_syntax::Problem;
use caulk_syntax::json;

use crate::{Action, Consumer, Refusal, read};

/// A profile with the places of what it says.
///
/// One tree for every format: Docker's, the older one of Docker 1.10 with one rule for each call,
/// Podman's, and the object of the OCI runtime specification. A field that a format does not have
/// is absent. What an engine makes of it is for [`Profile::resolve`] to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// The whole of it.
    pub span: Span,
    /// The default action, as it is written; nothing where it is absent or empty.
    pub default_action: Option<Spanned<String>>,
    /// `defaultErrnoRet`: the number of the default action.
    pub default_errno: Option<Spanned<u64>>,
    /// `defaultErrno`: the same as a name. Podman reads it, and prefers it; Docker does not.
    pub default_errno_name: Option<Spanned<String>>,
    /// `architectures`, as libseccomp names them: `SCMP_ARCH_X86_64`.
    pub architectures: Vec<Spanned<String>>,
    /// `archMap`: for each machine the architectures that go with it.
    pub arch_map: Vec<Machine>,
    /// `flags`; an empty list is not the same as none.
    pub flags: Option<Vec<Spanned<String>>>,
    /// `listenerPath`: the socket of the supervisor.
    pub listener_path: Option<Spanned<String>>,
    /// `listenerMetadata`: what the supervisor is told beside.
    pub listener_metadata: Option<Spanned<String>>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// What Docker's decoder and runc refuse, in the order of the text: with any of it that is not
    /// conditional no container starts. [`Profile::refusals_of`] has those of other engines.
    pub refusals: Vec<Refusal>,
    pub(crate) podman_refusals: Vec<Refusal>,
    pub(crate) oci_refusals: Vec<Refusal>,
}

/// One entry of `archMap`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Machine {
    /// The whole of it.
    pub span: Span,
    /// The machine's own architecture.
    pub architecture: Option<Spanned<String>>,
    /// Those that its kernel also runs.
    pub sub_architectures: Vec<Spanned<String>>,
}

/// One entry of `syscalls`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The whole of it.
    pub span: Span,
    /// The system calls, from `names` and from the older `name`.
    pub names: Vec<Spanned<String>>,
    /// The older `name`, where it is written; Docker and Podman read it, runtimes do not.
    pub name: Option<Spanned<String>>,
    /// The action, as it is written.
    pub action: Option<Spanned<String>>,
    /// `errnoRet`: the number of the action.
    pub errno: Option<Spanned<u64>>,
    /// `errno`: the same as a name. Podman reads it, and prefers it; Docker does not.
    pub errno_name: Option<Spanned<String>>,
    /// The arguments that it wants; all of them, except where two speak of one argument: then any.
    pub arguments: Vec<Argument>,
    /// When it applies: all of it has to hold.
    pub includes: Option<Requirement>,
    /// When it does not: any of it is enough.
    pub excludes: Option<Requirement>,
    /// The author's words.
    pub comment: Option<Spanned<String>>,
}

/// One entry of a rule's `args`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// The whole of it.
    pub span: Span,
    /// Which argument of the call, 0 to 5; 0 where it is absent.
    pub index: Option<Spanned<u64>>,
    /// What it is compared with, or the mask; 0 where it is absent.
    pub value: Option<Spanned<u64>>,
    /// What is left under the mask; 0 where it is absent.
    pub value_two: Option<Spanned<u64>>,
    /// The comparison, as it is written.
    pub operator: Option<Spanned<String>>,
}

/// A rule's `includes` or `excludes`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement {
    /// The whole of it.
    pub span: Span,
    /// Capabilities of the container's bounding set, compared letter by letter.
    pub capabilities: Vec<Spanned<String>>,
    /// The host's architecture, in Docker's names: `amd64`.
    pub architectures: Vec<Spanned<String>>,
    /// The least kernel: `4.8`.
    pub kernel: Option<Spanned<String>>,
}

/// What was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The profile, where the text is a JSON object.
    pub profile: Option<Profile>,
    /// What Go's JSON reader would refuse.
    pub problems: Vec<Problem>,
}

/// Reads a profile of any format.
///
/// It reads what can be read, whatever else is wrong: what an engine would not take is in
/// [`Parsed::problems`] and [`Profile::refusals`]. The work grows with the length of the text.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let parsed = json::parse(file, text);
    let mut problems = parsed.problems;
    let profile = parsed.value.as_ref().and_then(|value| {
        if !matches!(value.kind, json::Kind::Object(_)) {
            problems.push(Problem {
                span: value.span,
                message: "a seccomp profile is a JSON object".to_owned(),
            });
            return None;
        }
        Some(read::profile(value))
    });
    Parsed { profile, problems }
}

impl Profile {
    /// Whether Docker treats it as no profile at all: no default action and no rule. moby's
    /// `setupSeccomp` returns nothing for it, so the container runs unconfined.
    pub fn is_none(&self) -> bool {
        self.default_action.is_none() && self.rules.is_empty()
    }

    /// The default action, where it is one.
    pub fn action(&self) -> Option<Action> {
        Action::parse(&self.default_action.as_ref()?.value)
    }

    /// What `consumer` and runc refuse, in the order of the text.
    pub fn refusals_of(&self, consumer: Consumer) -> &[Refusal] {
        match consumer {
            Consumer::Docker => &self.refusals,
            Consumer::Podman => &self.podman_refusals,
            Consumer::Oci => &self.oci_refusals,
        }
    }

    /// How many system calls its rules deny without a condition, where the default lets through.
    pub fn denied(&self) -> usize {
        let denies = |rule: &&Rule| rule.parsed_action().is_some_and(|it| !it.lets_through());
        self.rules
            .iter()
            .filter(denies)
            .map(|rule| rule.names.len())
            .sum()
    }
}

impl Rule {
    /// Its action, where it is one.
    pub fn parsed_action(&self) -> Option<Action> {
        Action::parse(&self.action.as_ref()?.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Profile {
        parse(FileId::FIRST, text).profile.expect("an object")
    }

    #[test]
    fn an_empty_profile_is_none() {
        assert!(read("{}").is_none());
        assert!(read(r#"{"syscalls": []}"#).is_none());
        assert!(read(r#"{"defaultAction": ""}"#).is_none());
        assert!(!read(r#"{"DEFAULTACTION": "SCMP_ACT_ERRNO"}"#).is_none());
    }

    #[test]
    fn names_in_both_spellings() {
        let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["mount", "bpf"], "action": "SCMP_ACT_ERRNO"},
            {"name": "ptrace", "action": "SCMP_ACT_KILL", "args": null}]}"#;
        let profile = read(text);
        assert_eq!(profile.action(), Some(Action::Allow));
        assert_eq!(profile.denied(), 3);
        assert!(profile.rules[1].arguments.is_empty());
        assert_eq!(
            profile.rules[1].name,
            profile.rules[1].names.first().cloned()
        );
    }

    /// Every part has its place: the text under its span is what was written.
    #[test]
    fn places() {
        let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
            "defaultErrno": "ENOSYS", "flags": ["A"], "listenerPath": "/run/x",
            "archMap": [{"architecture": "B", "subArchitectures": ["C"]}],
            "syscalls": [{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1,
                "errno": "EPERM", "comment": "why",
                "args": [{"index": 1, "value": 2, "valueTwo": 3, "op": "SCMP_CMP_EQ"}],
                "includes": {"caps": ["CAP_BPF"], "minKernel": "4.8"},
                "excludes": {"arches": ["s390x"]}}]}"#;
        let profile = read(text);
        let at = |span: Span| caulk_source::cut(text, span.range());
        let rule = &profile.rules[0];
        let argument = &rule.arguments[0];
        let number = |number: &Option<Spanned<u64>>| at(number.as_ref().unwrap().span).to_owned();
        let word = |word: &Option<Spanned<String>>| at(word.as_ref().unwrap().span).to_owned();
        assert_eq!(number(&profile.default_errno), "38");
        assert_eq!(word(&profile.default_errno_name), "\"ENOSYS\"");
        assert_eq!(at(profile.flags.as_ref().unwrap()[0].span), "\"A\"");
        assert_eq!(word(&profile.listener_path), "\"/run/x\"");
        assert_eq!(word(&profile.arch_map[0].architecture), "\"B\"");
        assert_eq!(at(profile.arch_map[0].sub_architectures[0].span), "\"C\"");
        assert_eq!(number(&rule.errno), "1");
        assert_eq!(word(&rule.errno_name), "\"EPERM\"");
        assert_eq!(word(&rule.comment), "\"why\"");
        assert_eq!(
            [
                number(&argument.index),
                number(&argument.value),
                number(&argument.value_two)
            ],
            ["1", "2", "3"]
        );
        assert_eq!(word(&argument.operator), "\"SCMP_CMP_EQ\"");
        let includes = rule.includes.as_ref().unwrap();
        assert_eq!(at(includes.capabilities[0].span), "\"CAP_BPF\"");
        assert_eq!(word(&includes.kernel), "\"4.8\"");
        let excludes = rule.excludes.as_ref().unwrap();
        assert_eq!(at(excludes.architectures[0].span), "\"s390x\"");
    }

    #[test]
    fn the_last_of_two_keys_wins() {
        let profile = read(
            r#"{"defaultAction": "SCMP_ACT_ALLOW", "DefaultAction": "SCMP_ACT_LOG", "flags": []}"#,
        );
        assert_eq!(profile.action(), Some(Action::Log));
        assert_eq!(profile.flags.as_deref(), Some(&[][..]));
        assert_eq!(read("{}").flags, None);
    }
}
