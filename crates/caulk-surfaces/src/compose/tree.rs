//! A Compose value as the engine has it once files are merged, and where each part comes from.
//!
//! What files share is shared here too: a service that a thousand others extend is there once, and
//! what its values owe to each of them is worked out when somebody reads them. So the size of a
//! tree is that of its files, whatever they make of each other.

use std::borrow::Cow;
use std::sync::Arc;

use caulk_model::{Origin, State, Step, StepKind};
use caulk_source::Span;

use super::interpolate::{Resolved, SetBy};
use super::path;

/// How many steps of a value's way are kept, the nearest of them: a chain of services may be as
/// long as its file.
const MAX_STEPS: usize = 16;

/// A value, as a reader of the merged project meets it. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Value<'d> {
    data: Arc<Data<'d>>,
    /// By what it came from where it is written, nearest first.
    steps: Option<Arc<[Step]>>,
    /// The folder in which its relative paths begin, seen from the project's, where that is another.
    below: Option<Arc<str>>,
    /// Whether others read the same text.
    shared: bool,
    mark: Mark,
}

#[derive(Debug)]
struct Data<'d> {
    span: Span,
    content: Content<'d>,
    /// The variable of a `.env` file that has a part in a text of it, the first of them.
    from_env: Option<Step>,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Content<'d> {
    Null,
    Scalar(Scalar<'d>),
    List(Vec<Value<'d>>),
    Mapping(Vec<Member<'d>>),
}

/// Text.
#[derive(Clone, Debug)]
pub(crate) struct Scalar<'d> {
    /// As it is written.
    pub(crate) written: Cow<'d, str>,
    /// With its variables replaced, where it has any.
    pub(crate) resolved: Option<Box<Resolved>>,
    /// The boolean that YAML takes it for.
    pub(crate) boolean: Option<bool>,
}

impl Scalar<'_> {
    /// The variable of a `.env` file that is in it.
    fn env_variable(&self) -> Option<&SetBy> {
        self.resolved.as_ref()?.from_env.as_ref()
    }
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Member<'d> {
    pub(crate) name: Cow<'d, str>,
    pub(crate) key: Span,
    pub(crate) value: Value<'d>,
}

/// What a tag says of a merge.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Mark {
    #[default]
    None,
    /// `!reset`: what was there is gone, and this too.
    Reset,
    /// `!override`: this stands instead of what was there.
    Override,
}

impl<'d> Value<'d> {
    /// A value that is written at `span`.
    pub(crate) fn new(span: Span, content: Content<'d>) -> Self {
        let from_env = match &content {
            Content::Null => None,
            Content::Scalar(scalar) => scalar.env_variable().map(|set| match set.place {
                Some(place) => Step {
                    kind: StepKind::DotEnv,
                    span: place,
                },
                None => Step {
                    kind: StepKind::GivenEnvFile,
                    span,
                },
            }),
            Content::List(items) => items.iter().find_map(|item| item.data.from_env),
            Content::Mapping(members) => {
                let mut members = members.iter();
                members.find_map(|member| member.value.data.from_env)
            }
        };
        Self {
            data: Arc::new(Data {
                span,
                content,
                from_env,
            }),
            steps: None,
            below: None,
            shared: false,
            mark: Mark::None,
        }
    }

    /// The same, come by these steps.
    pub(crate) fn by(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        let mut steps: Vec<Step> = steps.into_iter().collect();
        if steps.is_empty() {
            return self;
        }
        steps.extend_from_slice(self.steps());
        steps.truncate(MAX_STEPS);
        self.steps = Some(steps.into());
        self
    }

    /// The same, standing over another value.
    pub(crate) fn over(mut self, other: &Self) -> Self {
        let step = Step {
            kind: StepKind::Override,
            span: other.span(),
        };
        let mut steps: Vec<Step> = self.steps().to_vec();
        steps.push(step);
        steps.truncate(MAX_STEPS);
        self.steps = Some(steps.into());
        self
    }

    /// The same with its relative paths beginning in `folder`.
    pub(crate) fn below(mut self, folder: &str) -> Self {
        let whole = match &self.below {
            Some(inner) => path::join(folder, inner),
            None => folder.to_owned(),
        };
        self.below = Some(whole.into());
        self
    }

    /// The same, read by others too.
    pub(crate) fn shared(mut self, shared: bool) -> Self {
        self.shared |= shared;
        self
    }

    /// The same with what its tag says.
    pub(crate) fn marked(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }

    /// What its tag says.
    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    /// A part of this value, come the same way.
    fn part(&self, part: &Self) -> Self {
        let mut part = part.clone().by(self.steps().iter().copied());
        if let Some(folder) = &self.below {
            part = part.below(folder);
        }
        part.shared |= self.shared;
        part
    }

    pub(crate) fn content(&self) -> &Content<'d> {
        &self.data.content
    }

    /// Where it is written.
    pub(crate) fn span(&self) -> Span {
        self.data.span
    }

    /// By what it came from there, nearest first.
    pub(crate) fn steps(&self) -> &[Step] {
        self.steps.as_deref().unwrap_or_default()
    }

    /// Who said so. What a `.env` file sets is inherited from there, and never edited here.
    pub(crate) fn origin(&self) -> Origin {
        if self.steps.is_none() && !self.shared && self.data.from_env.is_none() {
            return Origin::Written(self.span());
        }
        let mut steps = self.steps().to_vec();
        steps.extend(self.data.from_env);
        Origin::Inherited {
            from: self.span(),
            steps,
        }
    }

    /// The variable of a `.env` file that is in the text.
    pub(crate) fn env_variable(&self) -> Option<&SetBy> {
        self.scalar()?.env_variable()
    }

    /// A path, relative to the project's folder wherever it is written.
    pub(crate) fn path(&self, text: &str) -> String {
        match &self.below {
            Some(folder) if path::is_relative(text) => path::join(folder, text),
            Some(_) | None => text.to_owned(),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.content(), Content::Null)
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.content(), Content::List(_))
    }

    pub(crate) fn is_mapping(&self) -> bool {
        matches!(self.content(), Content::Mapping(_))
    }

    pub(crate) fn scalar(&self) -> Option<&Scalar<'d>> {
        match self.content() {
            Content::Scalar(scalar) => Some(scalar),
            Content::Null | Content::List(_) | Content::Mapping(_) => None,
        }
    }

    /// The text of a scalar with its variables replaced; nothing for anything else.
    pub(crate) fn text(&self) -> Option<State<String>> {
        let scalar = self.scalar()?;
        Some(match &scalar.resolved {
            Some(resolved) => resolved.state.clone(),
            None => State::Known(scalar.written.clone().into_owned()),
        })
    }

    /// The text of a scalar where it is known.
    pub(crate) fn known(&self) -> Option<&str> {
        let scalar = self.scalar()?;
        match &scalar.resolved {
            Some(resolved) => resolved.state.known().map(String::as_str),
            None => Some(&scalar.written),
        }
    }

    /// The text of a scalar as it is written.
    pub(crate) fn written(&self) -> Option<&str> {
        self.scalar().map(|scalar| &*scalar.written)
    }

    /// The items of a list; nothing for anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = Self> {
        let items: &[Self] = match self.content() {
            Content::List(items) => items,
            Content::Null | Content::Scalar(_) | Content::Mapping(_) => &[],
        };
        items.iter().map(|item| self.part(item))
    }

    /// The members of a mapping, each name once; nothing for anything else.
    pub(crate) fn members(&self) -> impl Iterator<Item = Member<'d>> {
        self.mapping()
            .iter()
            .filter(|member| member.value.mark != Mark::Reset)
            .map(|member| self.member(member))
    }

    /// The members as they are kept: their way begins at this value, and what is reset is among
    /// them.
    pub(crate) fn mapping(&self) -> &[Member<'d>] {
        match self.content() {
            Content::Mapping(members) => members,
            Content::Null | Content::Scalar(_) | Content::List(_) => &[],
        }
    }

    /// A member of this mapping, come the same way.
    pub(crate) fn member(&self, member: &Member<'d>) -> Member<'d> {
        Member {
            name: member.name.clone(),
            key: member.key,
            value: self.part(&member.value),
        }
    }

    /// The same mapping without the member of this name.
    pub(crate) fn without(self, name: &str) -> Self {
        if self.mapping().iter().all(|member| member.name != name) {
            return self;
        }
        let kept = self.mapping().iter().filter(|member| member.name != name);
        let members = kept.cloned().collect();
        let data = Self::new(self.span(), Content::Mapping(members)).data;
        Self { data, ..self }
    }

    /// The value of the member with this name, unless it is null.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        let found = self.mapping().iter().find(|member| member.name == name)?;
        let is_there = found.value.mark != Mark::Reset && !found.value.is_null();
        is_there.then(|| self.part(&found.value))
    }
}
