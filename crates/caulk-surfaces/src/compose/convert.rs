//! From a YAML document to a value: aliases and merge keys followed, variables replaced.

use std::borrow::Cow;
use std::collections::BTreeMap;

use caulk_model::{State, Step, StepKind};
use caulk_source::Span;
use caulk_syntax::Problem;
use caulk_syntax::yaml::{self, NodeId};

use super::environment::Environment;
use super::interpolate::{NoVariable, Resolved, interpolate};
use super::tree::{Content, Mark, Member, Scalar, Value};

/// The keys at the top of a file that say something of containers.
const READ: &[&str] = &[
    "configs", "include", "name", "networks", "secrets", "services", "volumes", "x-podman",
];

/// How often a `${` that begins no variable is said of one document.
const MAX_PROBLEMS: usize = 100;

/// What a document says, and what the engine refuses in it.
pub(super) fn document<'d>(
    root: &yaml::Value<'d>,
    environment: &Environment,
) -> (Value<'d>, Vec<Problem>) {
    let mut conversion = Conversion {
        environment,
        anchored: BTreeMap::new(),
        problems: Vec::new(),
    };
    let members = root
        .members()
        .into_iter()
        .filter(|member| READ.contains(&member.name()));
    let members = members.map(|member| conversion.member(&member)).collect();
    let value = Value::new(root.span(), Content::Mapping(members));
    let shared = root.node().uses() > 0;
    (value.shared(shared), conversion.problems)
}

struct Conversion<'d, 'e> {
    environment: &'e Environment,
    /// What aliases refer to is converted once.
    anchored: BTreeMap<NodeId, Value<'d>>,
    problems: Vec<Problem>,
}

impl<'d> Conversion<'d, '_> {
    fn member(&mut self, member: &yaml::Member<'d>) -> Member<'d> {
        Member {
            name: Cow::Borrowed(member.name()),
            key: member.key.span(),
            value: self.value(&member.value),
        }
    }

    /// A part of a document, with the way from the node that holds it.
    fn value(&mut self, value: &yaml::Value<'d>) -> Value<'d> {
        let node = value.node();
        // The way of what lies below begins here.
        let known = self.anchored.get(&node.id()).cloned();
        let whole = known.unwrap_or_else(|| self.made(&yaml::Value::at(node)));
        if node.uses() > 0 {
            self.anchored.insert(node.id(), whole.clone());
        }
        let steps = value.via().iter().map(|step| Step {
            kind: StepKind::Alias,
            span: step.used,
        });
        whole.by(steps)
    }

    fn made(&mut self, value: &yaml::Value<'d>) -> Value<'d> {
        let content = if value.is_unresolved() {
            unresolved()
        } else if value.is_null() {
            Content::Null
        } else if value.is_mapping() {
            let members = value.members();
            Content::Mapping(members.iter().map(|member| self.member(member)).collect())
        } else if value.is_sequence() {
            let items = value.items().map(|item| self.value(&item));
            // An item that is reset is simply not there.
            Content::List(items.filter(|item| item.mark() != Mark::Reset).collect())
        } else {
            self.scalar(value)
        };
        let mark = match value.tag().map(|tag| tag.value) {
            Some("!reset") => Mark::Reset,
            Some("!override") => Mark::Override,
            Some(_) | None => Mark::None,
        };
        Value::new(value.span(), content)
            .marked(mark)
            .shared(value.node().uses() > 0)
    }

    fn scalar(&mut self, value: &yaml::Value<'d>) -> Content<'d> {
        let text = value.text().unwrap_or_default();
        let resolved = text.contains('$').then(|| {
            let lookup = |name: &str| self.environment.get(name);
            interpolate(text, &lookup).unwrap_or_else(|NoVariable| {
                self.refuse(value.span());
                Resolved {
                    state: State::unknown("it has a `${` that begins no variable"),
                    from_env: None,
                }
            })
        });
        Content::Scalar(Scalar {
            written: Cow::Borrowed(text),
            resolved: resolved.map(Box::new),
            boolean: value.as_bool(),
        })
    }

    fn refuse(&mut self, span: Span) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem {
                span,
                message: "`${` begins a variable, and this is none: a plain dollar is written `$$`"
                    .to_owned(),
            });
        }
    }
}

/// An alias to what is not there.
fn unresolved<'d>() -> Content<'d> {
    Content::Scalar(Scalar {
        written: Cow::Borrowed(""),
        resolved: Some(Box::new(Resolved {
            state: State::unknown("an alias leads nowhere"),
            from_env: None,
        })),
        boolean: None,
    })
}
