//! Our tree as text: the words as they are written, and what holds them together.

use caulk_syntax::Joined;
use caulk_syntax::shell::{
    Assigned, Command, CommandKind, Connector, Heredoc, List, Pipeline, Program, Redirection,
    RedirectionOperator, Target, Word,
};

pub(crate) struct Drawing<'a> {
    pub(crate) text: &'a str,
    pub(crate) heredocs: &'a [Heredoc],
}

/// A program whose text stands in the file as it is.
pub(crate) fn draw(text: &Joined, program: &Program) -> String {
    Drawing {
        text: text.text(),
        heredocs: &program.heredocs,
    }
    .list(&program.list)
}

/// A raw word without continued lines, which a reader may drop or keep. brush puts the text of a
/// substitution together again from its tokens, with white space of its own.
pub(crate) fn raw(word: &str) -> String {
    let word = word.replace("\\\n", "");
    if word.contains("$(") || word.contains("<(") {
        return format!("‹{}›", word.split_whitespace().collect::<String>());
    }
    format!("‹{}›", word.trim_matches(['\n', ' ']))
}

impl Drawing<'_> {
    fn word(&self, word: &Word) -> String {
        raw(&self.text[word.span.range()])
    }

    fn words(&self, words: &[Word]) -> String {
        words.iter().map(|word| self.word(word)).collect()
    }

    pub(crate) fn list(&self, list: &List) -> String {
        let statements = list.statements.iter().map(|statement| {
            let mut out = self.pipeline(&statement.first);
            for (connector, pipeline) in &statement.rest {
                out += match connector {
                    Connector::And => " && ",
                    Connector::Or => " || ",
                };
                out += &self.pipeline(pipeline);
            }
            out += if statement.background { "&" } else { ";" };
            out
        });
        statements.collect::<Vec<_>>().join("\n")
    }

    fn pipeline(&self, pipeline: &Pipeline) -> String {
        let commands: Vec<String> = pipeline
            .commands
            .iter()
            .map(|command| self.command(command))
            .collect();
        let sign = if pipeline.negated { "! " } else { "" };
        format!("{sign}{}", commands.join(" | "))
    }

    fn command(&self, command: &Command) -> String {
        let kind = match &command.kind {
            CommandKind::Simple(simple) => {
                let assignments = simple.assignments.iter().map(|assignment| {
                    let value = match &assignment.value {
                        Assigned::Word(word) => self.word(word),
                        Assigned::Array(words) => format!("({})", self.words(words)),
                    };
                    format!("{}={value} ", assignment.name.value)
                });
                assignments.collect::<String>() + &self.words(&simple.words)
            }
            CommandKind::Group(list) => format!("{{{}}}", self.list(list)),
            CommandKind::Subshell(list) => format!("({})", self.list(list)),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                let mut out = String::new();
                for (condition, body) in branches {
                    out += &format!("if[{}][{}]", self.list(condition), self.list(body));
                }
                if let Some(body) = otherwise {
                    out += &format!("else[{}]", self.list(body));
                }
                out
            }
            CommandKind::Loop { condition, body } => {
                format!("loop[{}][{}]", self.list(condition), self.list(body))
            }
            CommandKind::For { name, words, body } => {
                let words = words.as_deref().unwrap_or_default();
                format!(
                    "for {}({})[{}]",
                    name.value,
                    self.words(words),
                    self.list(body)
                )
            }
            CommandKind::Counting { body, .. } => format!("count[{}]", self.list(body)),
            CommandKind::Case { word, arms } => {
                let mut out = format!("case {}", self.word(word));
                for arm in arms {
                    out += &format!(" {}[{}]", self.words(&arm.patterns), self.list(&arm.body));
                }
                out
            }
            CommandKind::Function { name, body } => {
                format!("{}(){}", name.value, self.command(body))
            }
            CommandKind::Test(_) => "[[…]]".to_owned(),
            CommandKind::Arithmetic(_) => "((…))".to_owned(),
        };
        let redirections = command.redirections.iter();
        kind + &redirections
            .map(|redirection| self.redirection(redirection))
            .collect::<String>()
    }

    fn redirection(&self, redirection: &Redirection) -> String {
        let descriptor = redirection.descriptor.as_deref().unwrap_or_default();
        let operator = match redirection.operator {
            RedirectionOperator::Read => "<",
            RedirectionOperator::Write => ">",
            RedirectionOperator::Append => ">>",
            RedirectionOperator::ReadWrite => "<>",
            RedirectionOperator::DuplicateInput => "<&",
            RedirectionOperator::DuplicateOutput => ">&",
            RedirectionOperator::WriteBoth => "&>",
            RedirectionOperator::AppendBoth => "&>>",
            RedirectionOperator::Heredoc => "<<",
            RedirectionOperator::HereString => "<<<",
        };
        let target = match &redirection.target {
            Target::Word(word) => self.word(word),
            Target::Heredoc(index) => {
                let heredoc = &self.heredocs[*index];
                let body = &self.text[heredoc.body.span.range()];
                let lines = body.lines().map(str::trim).collect::<Vec<_>>();
                raw(lines.join("\n").trim())
            }
            Target::Missing => "?".to_owned(),
        };
        format!(" {descriptor}{operator}{target}")
    }
}
