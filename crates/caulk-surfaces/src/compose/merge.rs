//! What a later file makes of an earlier one, key by key as compose-go's `override` package does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use caulk_syntax::Problem;

use super::tree::{Content, Mark, Member, Scalar, Value};

/// Where in a project a value stands, as far as that decides how it is merged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Project,
    Services,
    Service,
    Build,
    Deploy,
    Healthcheck,
    Ulimits,
    Elsewhere,
}

/// How two values at one place become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// Mappings key by key, lists one behind the other, anything else by the later.
    Plain,
    /// The later stands instead.
    Replace,
    /// A mapping, or a list of `NAME=value`: by name.
    Pairs,
    /// A list, or one item without it.
    Items,
    /// A list of names, or a mapping with them as keys.
    Names,
    /// A mapping, or the build context alone.
    Build,
    /// A mapping, replaced where the drivers differ.
    Logging,
    /// Mappings key by key, anything else by the later.
    Ulimit,
}

impl Place {
    fn of(self, key: &str) -> (Self, How) {
        match (self, key) {
            (Self::Project, "services") => (Self::Services, How::Plain),
            (Self::Services, _) => (Self::Service, How::Plain),
            (Self::Service, "command" | "entrypoint") | (Self::Healthcheck, "test") => {
                (Self::Elsewhere, How::Replace)
            }
            (Self::Service, "annotations" | "environment" | "labels" | "sysctls")
            | (Self::Build, "args" | "additional_contexts" | "labels")
            | (Self::Deploy, "labels") => (Self::Elsewhere, How::Pairs),
            (
                Self::Service,
                "dns" | "dns_opt" | "dns_search" | "env_file" | "label_file" | "tmpfs"
                | "extra_hosts",
            )
            | (Self::Build, "extra_hosts") => (Self::Elsewhere, How::Items),
            (Self::Service, "depends_on" | "networks" | "models") => (Self::Elsewhere, How::Names),
            (Self::Service, "build") => (Self::Build, How::Build),
            (Self::Service, "logging") => (Self::Elsewhere, How::Logging),
            (Self::Service, "deploy") => (Self::Deploy, How::Plain),
            (Self::Service, "healthcheck") => (Self::Healthcheck, How::Plain),
            (Self::Service, "ulimits") => (Self::Ulimits, How::Plain),
            (Self::Ulimits, _) => (Self::Elsewhere, How::Ulimit),
            (
                Self::Project
                | Self::Service
                | Self::Build
                | Self::Deploy
                | Self::Healthcheck
                | Self::Elsewhere,
                _,
            ) => (Self::Elsewhere, How::Plain),
        }
    }
}

/// `over` on top of `base`, both standing at `place`. What cannot be merged is a problem, and the
/// base stays.
pub(super) fn mappings<'d>(
    base: &Value<'d>,
    over: &Value<'d>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Value<'d> {
    let mut members: Vec<Option<Member<'d>>> = base.members().map(Some).collect();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for (index, member) in members.iter().flatten().enumerate() {
        at.insert(member.name.clone().into_owned(), index);
    }
    for member in over.mapping() {
        let member = over.member(member);
        let before = at.get(&*member.name).copied();
        let slot = before.and_then(|index| members.get_mut(index));
        match (slot, member.value.mark()) {
            (Some(slot), Mark::Reset) => *slot = None,
            (None, Mark::Reset) => {}
            (Some(slot), Mark::None) if slot.is_some() => {
                let (place, how) = place.of(&member.name);
                if let Some(slot) = slot {
                    slot.value = value(&slot.value, member.value, place, how, problems);
                }
            }
            (Some(slot), Mark::Override | Mark::None) => {
                *slot = Some(Member {
                    value: match slot {
                        Some(before) => member.value.over(&before.value),
                        None => member.value,
                    },
                    ..member
                });
            }
            (None, Mark::Override | Mark::None) => {
                at.insert(member.name.clone().into_owned(), members.len());
                members.push(Some(member));
            }
        }
    }
    let members = members.into_iter().flatten().collect();
    Value::new(over.span(), Content::Mapping(members))
}

fn value<'d>(
    base: &Value<'d>,
    over: Value<'d>,
    place: Place,
    how: How,
    problems: &mut Vec<Problem>,
) -> Value<'d> {
    if over.is_null() && how != How::Replace {
        return base.clone();
    }
    match how {
        How::Pairs => mappings(&pairs(base), &pairs(&over), place, problems),
        How::Names => mappings(&names(base), &names(&over), place, problems),
        How::Build => mappings(&build(base), &build(&over), place, problems),
        How::Items => lists(&list(base), &list(&over)),
        How::Logging => {
            let driver = |value: &Value<'_>| value.get("driver").map(|driver| driver.text());
            match (driver(base), driver(&over)) {
                (Some(before), Some(after)) if before != after => over.over(base),
                (Some(_) | None, _) => plain(base, over, place, problems),
            }
        }
        How::Ulimit if base.is_mapping() && over.is_mapping() => {
            mappings(base, &over, place, problems)
        }
        How::Replace | How::Ulimit => over.over(base),
        How::Plain => plain(base, over, place, problems),
    }
}

fn plain<'d>(
    base: &Value<'d>,
    over: Value<'d>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Value<'d> {
    match (base.content(), over.content()) {
        (Content::Mapping(_), Content::Mapping(_)) => mappings(base, &over, place, problems),
        (Content::List(_), Content::List(_)) => lists(base, &over),
        (Content::Mapping(_) | Content::List(_), _) => {
            problems.push(Problem {
                span: over.span(),
                message: "it is of another kind than what it overrides".to_owned(),
            });
            base.clone()
        }
        (Content::Null, _) => over,
        (Content::Scalar(_), _) => over.over(base),
    }
}

fn lists<'d>(base: &Value<'d>, over: &Value<'d>) -> Value<'d> {
    let items = base.items().chain(over.items()).collect();
    Value::new(over.span(), Content::List(items))
}

/// One item as a list of one.
pub(super) fn list<'d>(value: &Value<'d>) -> Value<'d> {
    match value.content() {
        Content::Scalar(_) => Value::new(value.span(), Content::List(vec![value.clone()])),
        Content::Null | Content::List(_) | Content::Mapping(_) => value.clone(),
    }
}

/// A list of `NAME=value` as a mapping. A name without a value has none.
pub(super) fn pairs<'d>(value: &Value<'d>) -> Value<'d> {
    if !value.is_list() {
        return value.clone();
    }
    let members = value.items().filter_map(|item| {
        let scalar = item.scalar()?;
        let (name, own) = match item.known() {
            Some(text) => pair(text),
            // What stands behind the first `=` of the written text may still be unknown.
            None => pair(&scalar.written),
        };
        let content = match own {
            None => Content::Null,
            Some(text) => Content::Scalar(Scalar {
                written: Cow::Owned(text),
                resolved: scalar.resolved.as_ref().map(|resolved| {
                    let mut resolved = resolved.clone();
                    resolved.state = resolved.state.map(|text| pair(&text).1.unwrap_or_default());
                    resolved
                }),
                boolean: None,
            }),
        };
        let value = Value::new(item.span(), content)
            .by(item.steps().iter().copied())
            .shared(item.origin().written().is_none());
        Some(Member {
            name: Cow::Owned(name),
            key: item.span(),
            value,
        })
    });
    let mut members: Vec<Member<'d>> = members.collect();
    last_wins(&mut members);
    Value::new(value.span(), Content::Mapping(members))
}

fn pair(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// Of members with one name the last, where the first stood.
fn last_wins(members: &mut Vec<Member<'_>>) {
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Member<'_>> = Vec::with_capacity(members.len());
    for member in members.drain(..) {
        let earlier = at.get(&*member.name).and_then(|at| kept.get_mut(*at));
        if let Some(slot) = earlier {
            *slot = member;
        } else {
            at.insert(member.name.clone().into_owned(), kept.len());
            kept.push(member);
        }
    }
    *members = kept;
}

/// A list of names as a mapping.
pub(super) fn names<'d>(value: &Value<'d>) -> Value<'d> {
    if !value.is_list() {
        return value.clone();
    }
    let members = value.items().filter_map(|item| {
        Some(Member {
            name: Cow::Owned(item.known()?.to_owned()),
            key: item.span(),
            value: Value::new(item.span(), Content::Null),
        })
    });
    let mut members: Vec<Member<'d>> = members.collect();
    last_wins(&mut members);
    Value::new(value.span(), Content::Mapping(members))
}

/// A build context alone as a mapping.
pub(super) fn build<'d>(value: &Value<'d>) -> Value<'d> {
    if value.scalar().is_none() {
        return value.clone();
    }
    let member = Member {
        name: Cow::Borrowed("context"),
        key: value.span(),
        value: value.clone(),
    };
    Value::new(value.span(), Content::Mapping(vec![member]))
}
