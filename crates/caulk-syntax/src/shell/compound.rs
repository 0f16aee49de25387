//! Commands that hold other commands.

use caulk_source::Spanned;

use super::reader::Reader;
use super::tree::{Arm, CommandKind, List, Word};
use super::word::{Stop, name_length};

impl Reader<'_> {
    /// The compound command that begins here, where one does.
    pub(super) fn compound(&mut self) -> Option<CommandKind> {
        if self.peek() == Some(b'(') {
            return Some(self.bracketed());
        }
        let start = self.at;
        let word = self.bare_word();
        let kind = match word {
            "{" => {
                self.at += 1;
                let list = self.list();
                self.close("}", start, "`{` without its `}`");
                CommandKind::Group(list)
            }
            "if" => self.condition(),
            "while" | "until" => self.repetition(),
            "for" | "select" => return self.selection(),
            "case" => return self.case(),
            "[[" => self.test(),
            "function" => return self.function(),
            _ => return None,
        };
        Some(kind)
    }

    /// Past the word that closes what began at `start`.
    fn close(&mut self, word: &str, start: usize, missing: &str) {
        self.blank_lines();
        if self.bare_word() == word {
            self.at += word.len();
        } else {
            self.problem(start, missing);
        }
    }

    /// `( … )` or `(( … ))`.
    fn bracketed(&mut self) -> CommandKind {
        let start = self.at;
        if self.peek_at(1) == Some(b'(')
            && let Some(end) = self.arithmetic_end(self.at + 2)
        {
            self.at += 2;
            return CommandKind::Arithmetic(self.arithmetic(end));
        }
        self.at += 1;
        let list = self.list();
        if !self.eat(")") {
            self.problem(start, "`(` without its `)`");
        }
        CommandKind::Subshell(list)
    }

    fn condition(&mut self) -> CommandKind {
        let start = self.at;
        let mut branches = Vec::new();
        let mut otherwise = None;
        self.at += "if".len();
        loop {
            let condition = self.list();
            self.close("then", start, "`if` without its `then`");
            let body = self.list();
            branches.push((condition, body));
            if self.bare_word() != "elif" {
                break;
            }
            self.at += "elif".len();
        }
        if self.bare_word() == "else" {
            self.at += "else".len();
            otherwise = Some(self.list());
        }
        self.close("fi", start, "`if` without its `fi`");
        CommandKind::If {
            branches,
            otherwise,
        }
    }

    fn repetition(&mut self) -> CommandKind {
        let start = self.at;
        self.at += "while".len();
        let condition = self.list();
        let body = self.loop_body(start);
        CommandKind::Loop { condition, body }
    }

    /// `do … done`, or `{ … }`, which bash takes after `for` as well.
    fn loop_body(&mut self, start: usize) -> List {
        self.blank_lines();
        let (opening, closing) = match self.bare_word() {
            "{" => ("{", "}"),
            _ => ("do", "done"),
        };
        self.close(opening, start, "a loop without its `do`");
        let body = self.list();
        self.close(closing, start, "a loop without its `done`");
        body
    }

    fn selection(&mut self) -> Option<CommandKind> {
        let start = self.at;
        self.at += self.bare_word().len();
        self.blanks();
        if self.looking_at("((")
            && let Some(end) = self.arithmetic_end(self.at + 2)
        {
            self.at += 2;
            let expression = self.arithmetic(end);
            self.blanks();
            self.eat(";");
            let body = self.loop_body(start);
            return Some(CommandKind::Counting { expression, body });
        }
        let name_start = self.at;
        let length = name_length(self.joined.text(), name_start);
        if length == 0 {
            self.at = start;
            return None;
        }
        self.at += length;
        let name = Spanned::new(
            self.joined.cut(name_start..self.at).to_owned(),
            self.joined.span(name_start..self.at),
        );
        self.blank_lines();
        let words = (self.bare_word() == "in").then(|| {
            self.at += "in".len();
            self.words()
        });
        self.blanks();
        self.eat(";");
        let body = self.loop_body(start);
        Some(CommandKind::For { name, words, body })
    }

    /// Words up to the end of the command.
    fn words(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.word(Stop::Word) {
                Some(word) => words.push(word),
                None => return words,
            }
        }
    }

    fn case(&mut self) -> Option<CommandKind> {
        let start = self.at;
        self.at += "case".len();
        self.blanks();
        let Some(word) = self.word(Stop::Word) else {
            self.at = start;
            return None;
        };
        self.close("in", start, "`case` without its `in`");
        let mut arms = Vec::new();
        loop {
            self.blank_lines();
            if self.peek().is_none() || self.bare_word() == "esac" {
                break;
            }
            let before = self.at;
            let patterns = self.patterns();
            let body = self.list();
            let ended = self.eat(";;&") || self.eat(";;") || self.eat(";&");
            arms.push(Arm { patterns, body });
            if self.at == before || !ended {
                break;
            }
        }
        self.close("esac", start, "`case` without its `esac`");
        Some(CommandKind::Case { word, arms })
    }

    fn patterns(&mut self) -> Vec<Word> {
        self.eat("(");
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            patterns.extend(self.word(Stop::Word));
            self.blanks();
            if !self.eat("|") {
                break;
            }
        }
        if !self.eat(")") {
            self.problem(self.at, "a pattern without its `)`");
        }
        patterns
    }

    /// `[[ … ]]`: its words; brackets and comparisons in it are words of their own.
    fn test(&mut self) -> CommandKind {
        let start = self.at;
        self.at += "[[".len();
        let mut words: Vec<Word> = Vec::new();
        let mut regular_expression = false;
        loop {
            self.blank_lines();
            if self.bare_word() == "]]" {
                self.at += "]]".len();
                break;
            }
            let stop = if regular_expression {
                Stop::Regex
            } else {
                Stop::Word
            };
            regular_expression = self.looking_at("=~");
            let word = self.word(stop);
            let Some(word) = word.or_else(|| self.test_operator()) else {
                self.problem(start, "`[[` without its `]]`");
                break;
            };
            words.push(word);
        }
        CommandKind::Test(words)
    }

    fn test_operator(&mut self) -> Option<Word> {
        let operators = ["&&", "||", "(", ")", "<", ">"];
        let operator = operators.into_iter().find(|text| self.looking_at(text))?;
        let start = self.at;
        self.at += operator.len();
        Some(self.literal(start..self.at))
    }

    /// `function NAME`, with or without `()`.
    fn function(&mut self) -> Option<CommandKind> {
        let start = self.at;
        self.at += "function".len();
        self.blanks();
        let Some(word) = self.word(Stop::Word) else {
            self.at = start;
            return None;
        };
        self.blanks();
        if self.eat("(") {
            self.blanks();
            self.eat(")");
        }
        self.blank_lines();
        let body = self.nested_command();
        Some(CommandKind::Function {
            name: Spanned::new(word.as_literal().unwrap_or_default(), word.span),
            body: Box::new(body),
        })
    }
}
