//! What variables are set to at a point of a Dockerfile.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::State;
use caulk_model::build::{ArgumentFrom, UserArgument};
use caulk_syntax::dockerfile::{Expanded, Instruction, KeyValue, Keyword, Lookup, Template};

/// The platform that caulk judges for where nothing says another: that of nearly every server.
const PLATFORM: &[(&str, &str)] = &[
    ("BUILDARCH", "amd64"),
    ("BUILDOS", "linux"),
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDVARIANT", ""),
    ("TARGETARCH", "amd64"),
    ("TARGETOS", "linux"),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETVARIANT", ""),
];

/// Whether a variable says for what or on what is built.
pub(super) fn is_platform(name: &str) -> bool {
    PLATFORM.iter().any(|(known, _)| *known == name)
}

/// Values longer than this are not followed: a file could double one on every line.
const MAX_VALUE: usize = 32 * 1024;

/// The build arguments that a builder gives, by name.
pub(crate) type BuildArguments = BTreeMap<String, Given>;

/// What a builder gives to a build argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Given {
    /// The value, as far as it may be shown. One that is taken from the builder's environment nobody
    /// here knows.
    pub(crate) shown: State<String>,
    /// The value that a file of variables has a part in: it decides what a build does, and nobody is to
    /// be shown it.
    pub(crate) hidden: Option<String>,
}

impl From<State<String>> for Given {
    fn from(shown: State<String>) -> Self {
        Self {
            shown,
            hidden: None,
        }
    }
}

/// Variables and their values: the arguments before the first `FROM`, or those of one stage.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    values: BTreeMap<String, State<String>>,
    /// The values that are known and not to be shown.
    hidden: BTreeMap<String, String>,
    /// The arguments that the builder gives.
    given: BTreeSet<String>,
    /// The values that `ENV` set: the image's own, which hold anew in a stage on this one.
    environment: BTreeMap<String, State<String>>,
    /// The arguments declared without a value, which are for the builder to give.
    expected: BTreeSet<String>,
    /// The variables on whose value a builder decides, and the argument with which he does.
    decided: BTreeMap<String, UserArgument>,
    /// Whether something outside (the `ENV` of an external base image) may set what nothing here
    /// sets.
    open: bool,
}

impl Scope {
    /// The scope before the first `FROM`.
    pub(crate) fn global() -> Self {
        let values = PLATFORM
            .iter()
            .map(|(name, value)| ((*name).to_owned(), State::Known((*value).to_owned())));
        Self {
            values: values.collect(),
            hidden: BTreeMap::new(),
            given: BTreeSet::new(),
            environment: BTreeMap::new(),
            expected: BTreeSet::new(),
            decided: BTreeMap::new(),
            open: false,
        }
    }

    /// The scope of a stage on a base that is not built here.
    pub(crate) fn stage(open: bool) -> Self {
        Self {
            values: BTreeMap::new(),
            hidden: BTreeMap::new(),
            given: BTreeSet::new(),
            environment: BTreeMap::new(),
            expected: BTreeSet::new(),
            decided: BTreeMap::new(),
            open,
        }
    }

    /// What a stage on this one begins with: an image's `ENV` wins over an `ARG` of its stage.
    pub(crate) fn inherited(mut self) -> Self {
        self.values.extend(self.environment.clone());
        self
    }

    /// The value of `template` here.
    pub(crate) fn expand(&self, template: &Template) -> State<String> {
        match template.expand(&|name| self.lookup(name)) {
            Expanded::Known(value) => State::Known(value),
            Expanded::Unknown { variable } | Expanded::Fails { variable } => {
                State::unknown(format!("`${variable}` is not set here"))
            }
        }
    }

    /// The value of a variable.
    pub(crate) fn lookup(&self, name: &str) -> Lookup {
        match self.values.get(name) {
            Some(State::Known(value)) => Lookup::Set(value.clone()),
            Some(State::Unknown { .. }) => Lookup::Unknown,
            None if self.open || self.expected.contains(name) => Lookup::UnsetHere,
            None => Lookup::Unset,
        }
    }

    /// The build argument that decides on the value of a variable.
    pub(crate) fn argument(&self, name: &str) -> Option<&UserArgument> {
        self.decided.get(name)
    }

    /// Whether a builder gives this argument.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.given.contains(name)
    }

    /// Whether an argument is declared without a value.
    pub(super) fn expects(&self, name: &str) -> bool {
        self.expected.contains(name)
    }

    /// The value of an argument, where it is known, to decide what a build does and to be shown to
    /// nobody; and who says what it is.
    pub(crate) fn decided_by(&self, name: &str) -> (Option<String>, Option<ArgumentFrom>) {
        let given = self.given.contains(name);
        let hidden = self.hidden.get(name).cloned();
        match (hidden, self.lookup(name)) {
            (Some(value), _) | (None, Lookup::Set(value)) => {
                let by = if given {
                    ArgumentFrom::Builder
                } else {
                    ArgumentFrom::Default
                };
                (Some(value), Some(by))
            }
            // An image below may set the variable, but hardly under the name of an argument.
            (None, Lookup::UnsetHere | Lookup::Unset) if self.expected.contains(name) => {
                (Some(String::new()), Some(ArgumentFrom::Nobody))
            }
            (None, Lookup::UnsetHere | Lookup::Unset | Lookup::Unknown) => (None, None),
        }
    }

    /// What an `ENV` sets this variable to.
    pub(super) fn environment(&self, name: &str) -> Option<&State<String>> {
        self.environment.get(name)
    }

    /// The value of `template` where it is known and not to be shown.
    fn expand_hidden(&self, template: &Template) -> Option<String> {
        let lookup = |name: &str| match self.hidden.get(name) {
            Some(value) => Lookup::Set(value.clone()),
            None => self.lookup(name),
        };
        match template.expand(&lookup) {
            Expanded::Known(value) if value.len() <= MAX_VALUE => Some(value),
            Expanded::Known(_) | Expanded::Unknown { .. } | Expanded::Fails { .. } => None,
        }
    }

    /// The value of `template` here, and the same where it is not to be shown.
    fn both(&self, template: &Template) -> Given {
        let shown = self.expand(template);
        let is_known = self.hidden.is_empty() || shown.known().is_some();
        Given {
            hidden: if is_known {
                None
            } else {
                self.expand_hidden(template)
            },
            shown,
        }
    }

    /// Runs an instruction that may set variables. In a stage, `ARG NAME` takes the value of the
    /// global argument of that name.
    pub(crate) fn run(
        &mut self,
        instruction: &Instruction,
        arguments: &BuildArguments,
        global: Option<&Self>,
    ) {
        let Some(pairs) = instruction.pairs() else {
            return;
        };
        if instruction.keyword == Keyword::Env {
            // All values of one `ENV` are expanded before any of them is set.
            let value = |pair: &KeyValue| {
                let value = self.both(pair.value.as_ref()?);
                Some((pair.key.value.clone(), value))
            };
            let values: Vec<_> = pairs.iter().filter_map(value).collect();
            for pair in pairs {
                let mut variables = pair.value.iter().flat_map(Template::variables);
                let argument = variables.find_map(|name| self.argument(name)).cloned();
                match argument {
                    Some(argument) => self.decided.insert(pair.key.value.clone(), argument),
                    None => self.decided.remove(&pair.key.value),
                };
            }
            for (name, value) in values {
                self.environment.insert(name.clone(), value.shown.clone());
                self.set(name, value);
            }
        } else if instruction.keyword == Keyword::Arg {
            for pair in pairs {
                let name = &pair.key.value;
                let argument = UserArgument {
                    name: name.clone(),
                    declared: pair.key.span,
                };
                self.decided.insert(name.clone(), argument);
                if pair.value.is_none() {
                    self.expected.insert(name.clone());
                }
                let given = arguments.get(name).cloned();
                if given.is_some() {
                    self.given.insert(name.clone());
                }
                let default = || Some(self.both(pair.value.as_ref()?));
                let inherited = || Some(Given::from(global?.values.get(name)?.clone()));
                if let Some(value) = given.or_else(default).or_else(inherited) {
                    self.set(name.clone(), value);
                }
            }
        }
    }

    fn set(&mut self, name: String, value: Given) {
        match value.hidden {
            Some(hidden) => self.hidden.insert(name.clone(), hidden),
            None => self.hidden.remove(&name),
        };
        let value = match value.shown {
            State::Known(value) if value.len() > MAX_VALUE => {
                State::unknown(format!("`${name}` is too long to follow"))
            }
            value @ (State::Known(_) | State::Unknown { .. }) => value,
        };
        self.values.insert(name, value);
    }
}
