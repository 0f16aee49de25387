//! What a shell program consists of.

use caulk_source::{Span, Spanned};

use crate::Problem;

/// A program: everything that a shell is given at once.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Program {
    /// What it runs.
    pub list: List,
    /// The bodies of its heredocs, wherever in it they are called up: [`Target::Heredoc`].
    pub heredocs: Vec<Heredoc>,
    /// Comments, from `#` to the end of the line.
    pub comments: Vec<Span>,
    /// What a shell would refuse.
    pub problems: Vec<Problem>,
}

/// Statements, one after another.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct List {
    /// The statements.
    pub statements: Vec<Statement>,
}

/// Pipelines that hang on each other's success.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The first.
    pub first: Pipeline,
    /// The others, each with what stands before it.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Whether it ends in `&`.
    pub background: bool,
}

impl Statement {
    /// Its pipelines.
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, pipeline)| pipeline))
    }
}

/// What stands between two pipelines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands of which each reads what the one before it writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pipeline {
    /// Whether `!` stands before it.
    pub negated: bool,
    /// The commands.
    pub commands: Vec<Command>,
    /// Where it stands.
    pub span: Span,
}

/// A command with its redirections.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// Its redirections, in order.
    pub redirections: Vec<Redirection>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of [`Command`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommandKind {
    /// A program or a function with its words.
    Simple(Simple),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// `if`: conditions with what follows from them, and what follows from none.
    If {
        /// `if` and every `elif`.
        branches: Vec<(List, List)>,
        /// `else`.
        otherwise: Option<List>,
    },
    /// `while` and `until`.
    Loop {
        /// What decides.
        condition: List,
        /// What is repeated.
        body: List,
    },
    /// `for` and `select`.
    For {
        /// The variable.
        name: Spanned<String>,
        /// The words after `in`, where there is one.
        words: Option<Vec<Word>>,
        /// What is repeated.
        body: List,
    },
    /// `for ((…))`
    Counting {
        /// What is between the brackets.
        expression: Word,
        /// What is repeated.
        body: List,
    },
    /// `case`
    Case {
        /// What is compared.
        word: Word,
        /// With what, and what follows.
        arms: Vec<Arm>,
    },
    /// The definition of a function.
    Function {
        /// Its name.
        name: Spanned<String>,
        /// What it does.
        body: Box<Command>,
    },
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `((…))`
    Arithmetic(Word),
}

/// One arm of a `case`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    /// The patterns.
    pub patterns: Vec<Word>,
    /// What follows where one of them fits.
    pub body: List,
}

/// A simple command.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Simple {
    /// The assignments before its first word.
    pub assignments: Vec<Assignment>,
    /// Its words, the program's name first.
    pub words: Vec<Word>,
}

/// `NAME=value`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The name, without an index.
    pub name: Spanned<String>,
    /// Whether the value is added to what is there: `+=`.
    pub appends: bool,
    /// Whether one element of an array is meant: `NAME[…]=`.
    pub indexed: bool,
    /// The value.
    pub value: Assigned,
    /// Where it stands.
    pub span: Span,
}

/// What is assigned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Assigned {
    /// A word.
    Word(Word),
    /// `( … )`
    Array(Vec<Word>),
}

/// One redirection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Redirection {
    /// The file descriptor that is written in front of it.
    pub descriptor: Option<String>,
    /// The operator.
    pub operator: RedirectionOperator,
    /// Where from or to.
    pub target: Target,
    /// Where it stands.
    pub span: Span,
}

/// The operators of a [`Redirection`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RedirectionOperator {
    /// `<`
    Read,
    /// `>` and `>|`
    Write,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateInput,
    /// `>&`
    DuplicateOutput,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<<` and `<<-`
    Heredoc,
    /// `<<<`
    HereString,
}

/// Where a [`Redirection`] leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A file, a descriptor, or the text itself.
    Word(Word),
    /// The heredoc with this index in [`Program::heredocs`].
    Heredoc(usize),
    /// Nothing: a shell would refuse it.
    Missing,
}

/// A heredoc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heredoc {
    /// The line that ends it.
    pub delimiter: String,
    /// Whether variables in it are expanded: no part of the delimiter is quoted.
    pub expands: bool,
    /// Its text.
    pub body: Word,
}

/// A word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Its parts, in order. Quotes are no parts of their own: each part says how it is quoted.
    pub parts: Vec<Part>,
    /// Where it stands, quotes included.
    pub span: Span,
}

impl Word {
    /// A word without variables and substitutions, its quotes and escapes resolved.
    pub fn as_literal(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            match &part.kind {
                PartKind::Literal(text) => whole.push_str(text),
                PartKind::Parameter(_)
                | PartKind::Command(_)
                | PartKind::Process(_)
                | PartKind::Arithmetic(_) => return None,
            }
        }
        Some(whole)
    }

    /// The same, of a word in which nothing is quoted: only such a word is reserved.
    pub fn as_bare(&self) -> Option<String> {
        let bare = |part: &Part| part.quoting == Quoting::Bare;
        self.parts.iter().all(bare).then(|| self.as_literal())?
    }
}

/// A part of a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// How it is quoted.
    pub quoting: Quoting,
    /// Where it stands. A literal that is as long as its place stands there byte for byte; any other
    /// is what an escape makes of it.
    pub span: Span,
}

/// How a part of a word is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quoting {
    /// Not at all.
    Bare,
    /// A backslash stands before it.
    Escaped,
    /// `'…'`
    Single,
    /// `"…"`, or in the body of a heredoc.
    Double,
    /// `$'…'`
    Dollar,
}

/// The kinds of [`Part`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PartKind {
    /// Text that stands for itself.
    Literal(String),
    /// `$NAME`, `${NAME…}`
    Parameter(Parameter),
    /// `$(…)`, `` `…` ``
    Command(List),
    /// `<(…)`, `>(…)`
    Process(List),
    /// `$((…))`
    Arithmetic(Word),
}

/// The expansion of a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name; empty where a shell would refuse it.
    pub name: String,
    /// Whether `[…]` follows the name.
    pub indexed: bool,
    /// Whether every word of an array is meant: `[@]` or `[*]` follows the name.
    pub every: bool,
    /// What is done with its value.
    pub operation: Option<Operation>,
}

/// What is done with a parameter's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// The operator.
    pub operator: Operator,
    /// The word after it.
    pub word: Word,
}

/// The operators of an [`Operation`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `-`: the word where the parameter is unset; with `:`, also where it is empty.
    Default {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `=`: the same, and the parameter gets it.
    Assign {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `?`: the shell gives up where the parameter is unset.
    Required {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `+`: the word where the parameter is set.
    Alternative {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `#` and `##`
    TrimPrefix,
    /// `%` and `%%`
    TrimSuffix,
    /// `/` and what follows it
    Replace,
    /// `:` and numbers
    Substring,
    /// `${#NAME}`
    Length,
    /// `${!NAME…}`
    Indirect,
    /// `^`, `,`, `@`, or what no shell knows
    Other,
}
