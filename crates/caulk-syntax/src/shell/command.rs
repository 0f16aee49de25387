//! Lists, pipelines and simple commands.

use caulk_source::Spanned;

use super::reader::{MAX_DEPTH, Reader, is_metacharacter};
use super::tree::{
    Assigned, Assignment, Command, CommandKind, Connector, List, Pipeline, Redirection,
    RedirectionOperator, Simple, Statement, Target, Word,
};
use super::word::{Stop, name_length};

/// Words that end a list where a command could begin.
const CLOSING: &[&str] = &["}", "do", "done", "elif", "else", "esac", "fi", "then"];

impl Reader<'_> {
    /// Statements up to what closes them, which is left where it is.
    pub(super) fn list(&mut self) -> List {
        let mut list = List::default();
        if self.depth >= MAX_DEPTH {
            let start = self.at;
            self.at = self.end();
            self.problem(start, "nested too deep");
            return list;
        }
        self.depth += 1;
        loop {
            self.blank_lines();
            if self.peek().is_none() || self.at_closing() {
                break;
            }
            list.statements.extend(self.statement_or_problem());
        }
        self.depth -= 1;
        list.statements.shrink_to_fit();
        list
    }

    /// A statement; past what is none.
    pub(super) fn statement_or_problem(&mut self) -> Option<Statement> {
        let start = self.at;
        let statement = self.statement();
        if self.at == start {
            self.step();
            let what = self.joined.cut(start..self.at).to_owned();
            self.problem(start, format!("`{what}` is no command"));
            return None;
        }
        let is_empty = statement.rest.is_empty() && statement.first.commands.is_empty();
        (!is_empty).then_some(statement)
    }

    /// Whether what stands here closes a list.
    pub(super) fn at_closing(&self) -> bool {
        match self.peek() {
            Some(b')') => true,
            Some(b';') => matches!(self.peek_at(1), Some(b';' | b'&')),
            Some(byte) if byte.is_ascii_lowercase() || byte == b'}' => {
                CLOSING.contains(&self.bare_word())
            }
            _ => false,
        }
    }

    fn statement(&mut self) -> Statement {
        let first = self.pipeline();
        let mut statement = Statement {
            first,
            rest: Vec::new(),
            background: false,
        };
        loop {
            self.blanks();
            let connector = if self.eat("&&") {
                Connector::And
            } else if self.eat("||") {
                Connector::Or
            } else {
                break;
            };
            self.blank_lines();
            let pipeline = self.pipeline();
            statement.rest.push((connector, pipeline));
        }
        match self.peek() {
            Some(b'&') => {
                self.at += 1;
                statement.background = true;
            }
            Some(b';') if !self.at_closing() => self.at += 1,
            _ => {}
        }
        statement
    }

    fn pipeline(&mut self) -> Pipeline {
        let start = self.at;
        let mut negated = false;
        while self.bare_word() == "!" {
            self.at += 1;
            negated = !negated;
            self.blanks();
        }
        let mut commands = Vec::new();
        loop {
            let before = self.at;
            let command = self.command();
            if self.at > before {
                commands.push(command);
            } else {
                self.problem(before, "a command is missing here");
            }
            self.blanks();
            if self.looking_at("||") || !(self.eat("|&") || self.eat("|")) {
                break;
            }
            self.blank_lines();
        }
        commands.shrink_to_fit();
        Pipeline {
            negated,
            span: self.span_from(start),
            commands,
        }
    }

    /// What stands between `start` and here, without the white space at its end.
    pub(super) fn span_from(&self, start: usize) -> caulk_source::Span {
        let text = self.joined.cut(start..self.at);
        self.joined.span(start..start + text.trim_end().len())
    }

    /// One command.
    pub(super) fn command(&mut self) -> Command {
        let start = self.at;
        let mut redirections = Vec::new();
        let kind = match self.compound() {
            Some(kind) => {
                if !matches!(kind, CommandKind::Function { .. }) {
                    self.redirections(&mut redirections);
                }
                kind
            }
            None => self.simple(&mut redirections),
        };
        Command {
            kind,
            redirections,
            span: self.span_from(start),
        }
    }

    fn redirections(&mut self, redirections: &mut Vec<Redirection>) {
        loop {
            self.blanks();
            match self.redirection() {
                Some(redirection) => redirections.push(redirection),
                None => return,
            }
        }
    }

    fn simple(&mut self, redirections: &mut Vec<Redirection>) -> CommandKind {
        let mut simple = Simple::default();
        loop {
            self.blanks();
            if let Some(redirection) = self.redirection() {
                redirections.push(redirection);
                continue;
            }
            if simple.words.is_empty()
                && let Some(assignment) = self.assignment()
            {
                simple.assignments.push(assignment);
                continue;
            }
            let start = self.at;
            let Some(word) = self.word(Stop::Word) else {
                break;
            };
            let names_function = simple.words.is_empty() && simple.assignments.is_empty();
            if names_function && let Some(body) = self.function_body(&word) {
                let name = self.joined.cut(start..start + word.span.range().len());
                let name = word.as_literal().unwrap_or_else(|| name.to_owned());
                return CommandKind::Function {
                    name: Spanned::new(name, word.span),
                    body: Box::new(body),
                };
            }
            // `declare a=(…)` and its like.
            if self.peek() == Some(b'(') && self.byte(self.at.wrapping_sub(1)) == Some(b'=') {
                simple.words.push(word);
                simple.words.extend(self.array());
                continue;
            }
            simple.words.push(word);
        }
        simple.words.shrink_to_fit();
        simple.assignments.shrink_to_fit();
        CommandKind::Simple(simple)
    }

    /// `()` and a command, after a word.
    fn function_body(&mut self, word: &Word) -> Option<Command> {
        let start = self.at;
        self.blanks();
        if word.as_bare().is_some() && self.eat("(") {
            self.blanks();
            if self.eat(")") {
                self.blank_lines();
                return Some(self.nested_command());
            }
        }
        self.at = start;
        None
    }

    /// A command within another; deeper than anybody writes, the rest of the text is left out.
    pub(super) fn nested_command(&mut self) -> Command {
        if self.depth >= MAX_DEPTH {
            let start = self.at;
            self.at = self.end();
            self.problem(start, "nested too deep");
            return Command {
                kind: CommandKind::Simple(Simple::default()),
                redirections: Vec::new(),
                span: self.joined.span(start..start),
            };
        }
        self.depth += 1;
        let command = self.command();
        self.depth -= 1;
        command
    }

    /// `NAME=value`, `NAME+=value`, `NAME[…]=value`, `NAME=( … )`.
    fn assignment(&mut self) -> Option<Assignment> {
        let start = self.at;
        let length = name_length(self.joined.text(), start);
        if length == 0 || self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut at = start + length;
        let mut indexed = false;
        if self.byte(at) == Some(b'[') {
            at = self.index_end(at)?;
            indexed = true;
        }
        let appends = self.byte(at) == Some(b'+');
        at += usize::from(appends);
        if self.byte(at) != Some(b'=') {
            return None;
        }
        let name = Spanned::new(
            self.joined.cut(start..start + length).to_owned(),
            self.joined.span(start..start + length),
        );
        self.at = at + 1;
        let value = if self.peek() == Some(b'(') {
            Assigned::Array(self.array())
        } else {
            let empty = Word {
                parts: Vec::new(),
                span: self.joined.span(self.at..self.at),
            };
            Assigned::Word(self.word(Stop::Word).unwrap_or(empty))
        };
        Some(Assignment {
            name,
            appends,
            indexed,
            value,
            span: self.joined.span(start..self.at),
        })
    }

    /// `( … )`: the elements of an array.
    fn array(&mut self) -> Vec<Word> {
        let start = self.at;
        self.at += 1;
        let mut words = Vec::new();
        loop {
            self.blank_lines();
            if self.eat(")") {
                return words;
            }
            let Some(word) = self.word(Stop::Word) else {
                self.problem(start, "an array without its `)`");
                return words;
            };
            words.push(word);
        }
    }

    /// A redirection, where one stands here.
    fn redirection(&mut self) -> Option<Redirection> {
        let start = self.at;
        let mut at = start;
        if self.byte(at) == Some(b'{') {
            let length = name_length(self.joined.text(), at + 1);
            let closes = self.byte(at + 1 + length) == Some(b'}');
            if length == 0 || !closes {
                return None;
            }
            at += length + 2;
        } else {
            while self.byte(at).is_some_and(|byte| byte.is_ascii_digit()) {
                at += 1;
            }
        }
        let operator_start = at;
        let is_one = match self.byte(at) {
            Some(b'<' | b'>') => self.byte(at + 1) != Some(b'('),
            Some(b'&') => self.byte(at + 1) == Some(b'>') && at == start,
            _ => false,
        };
        if !is_one {
            return None;
        }
        self.at = operator_start;
        let operator = self.redirection_operator();
        let chomps =
            operator == RedirectionOperator::Heredoc && self.byte(self.at - 1) == Some(b'-');
        let descriptor = self.joined.cut(start..operator_start);
        let descriptor = (!descriptor.is_empty()).then(|| descriptor.to_owned());
        self.blanks();
        let target_start = self.at;
        let target = match self.word(Stop::Word) {
            None => {
                self.problem(start, "a redirection without its target");
                Target::Missing
            }
            Some(word) if operator == RedirectionOperator::Heredoc => {
                Target::Heredoc(self.call_heredoc(&word, target_start, chomps))
            }
            Some(word) => Target::Word(word),
        };
        Some(Redirection {
            descriptor,
            operator,
            target,
            span: self.joined.span(start..self.at),
        })
    }

    fn redirection_operator(&mut self) -> RedirectionOperator {
        const OPERATORS: &[(&str, RedirectionOperator)] = &[
            ("&>>", RedirectionOperator::AppendBoth),
            ("&>", RedirectionOperator::WriteBoth),
            ("<<<", RedirectionOperator::HereString),
            ("<<-", RedirectionOperator::Heredoc),
            ("<<", RedirectionOperator::Heredoc),
            ("<&", RedirectionOperator::DuplicateInput),
            ("<>", RedirectionOperator::ReadWrite),
            ("<", RedirectionOperator::Read),
            (">>", RedirectionOperator::Append),
            (">&", RedirectionOperator::DuplicateOutput),
            (">|", RedirectionOperator::Write),
            (">", RedirectionOperator::Write),
        ];
        for (text, operator) in OPERATORS {
            if self.eat(text) {
                return *operator;
            }
        }
        RedirectionOperator::Write
    }

    /// Whether a word of its own could begin here.
    pub(super) fn at_word(&self) -> bool {
        match self.peek() {
            None => false,
            Some(b'<' | b'>') => self.peek_at(1) == Some(b'('),
            Some(b'\r') => !self.at_carriage_return(),
            Some(byte) => !is_metacharacter(byte),
        }
    }
}
