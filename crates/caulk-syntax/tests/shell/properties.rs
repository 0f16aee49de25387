//! Mutated bodies: no panic, every place in the file and on character boundaries.

use caulk_source::Span;
use caulk_syntax::Joined;
use caulk_syntax::shell::{
    self, Assigned, Command, CommandKind, List, PartKind, Program, Quoting, Target, Word,
};

use crate::bodies;

/// What is spliced into real bodies: what the reader treats in its own way.
const SPICE: &[&str] = &[
    "$(",
    ")",
    "`",
    "\"",
    "'",
    "${",
    "}",
    "<<E\n",
    "\n",
    "\\",
    "((",
    "))",
    "$((",
    "<(",
    "if ",
    "fi",
    "case x in ",
    ";;",
    "esac",
    "{ ",
    "do ",
    "done",
    "&&",
    "|",
    "&",
    ";",
    "#",
    "[[ ",
    " ]]",
    "=~ ",
    "é",
    "\r\n",
    "$'",
    "a=(",
    "f() ",
    ">",
    "2>&1 ",
    "!",
    ":-",
    "[",
    "\0",
];

#[test]
fn a_mutated_body_never_panics_and_every_place_lies_in_the_file() {
    let Some(bodies) = bodies::all("a_mutated_body_never_panics_and_every_place_lies_in_the_file")
    else {
        return;
    };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap_or(0)
    };
    for body in &bodies {
        every_place_lies_in(&body.source, &body.text);
        for _ in 0..4 {
            let mut mutated = body.text.text().to_owned();
            for _ in 0..3 {
                let at = boundary(&mutated, random(mutated.len() + 1));
                let end = boundary(&mutated, (at + random(4)).min(mutated.len())).max(at);
                mutated.replace_range(at..end, SPICE[random(SPICE.len())]);
            }
            every_place_lies_in(
                &mutated,
                &Joined::whole_text(caulk_source::FileId::FIRST, &mutated, 0),
            );
        }
    }
}

/// Programs made of nothing but what the reader treats in its own way.
#[test]
fn noise_never_panics_and_every_place_lies_in_it() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..state % 24 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let index = usize::try_from(state % SPICE.len() as u64).unwrap_or(0);
            text.push_str(SPICE[index]);
            text.push_str(if state & 64 == 0 { " " } else { "x" });
        }
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        every_place_lies_in(
            &text,
            &Joined::whole_text(caulk_source::FileId::FIRST, &text, 0),
        );
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn every_place_lies_in(source: &str, text: &Joined) {
    let program = shell::parse(text);
    let check = Check { source };
    check.program(&program);
}

struct Check<'a> {
    source: &'a str,
}

impl Check<'_> {
    fn place(&self, span: Span) {
        assert!(
            self.source.get(span.range()).is_some(),
            "{span:?} in {:?}",
            self.source
        );
    }

    fn program(&self, program: &Program) {
        self.list(&program.list);
        for heredoc in &program.heredocs {
            self.word(&heredoc.body);
        }
        program.comments.iter().for_each(|span| self.place(*span));
        let problems = program.problems.iter();
        problems.for_each(|problem| self.place(problem.span));
    }

    fn list(&self, list: &List) {
        let pipelines = list.statements.iter().flat_map(shell::Statement::pipelines);
        for pipeline in pipelines {
            self.place(pipeline.span);
            for command in &pipeline.commands {
                self.command(command);
            }
        }
    }

    fn command(&self, command: &Command) {
        self.place(command.span);
        for redirection in &command.redirections {
            self.place(redirection.span);
            if let Target::Word(word) = &redirection.target {
                self.word(word);
            }
        }
        match &command.kind {
            CommandKind::Simple(simple) => {
                for assignment in &simple.assignments {
                    self.place(assignment.span);
                    self.place(assignment.name.span);
                    match &assignment.value {
                        Assigned::Word(word) => self.word(word),
                        Assigned::Array(words) => words.iter().for_each(|word| self.word(word)),
                    }
                }
                simple.words.iter().for_each(|word| self.word(word));
            }
            CommandKind::Group(list) | CommandKind::Subshell(list) => self.list(list),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.list(condition);
                    self.list(body);
                }
                if let Some(body) = otherwise {
                    self.list(body);
                }
            }
            CommandKind::Loop { condition, body } => {
                self.list(condition);
                self.list(body);
            }
            CommandKind::For { name, words, body } => {
                self.place(name.span);
                words.iter().flatten().for_each(|word| self.word(word));
                self.list(body);
            }
            CommandKind::Counting { expression, body } => {
                self.word(expression);
                self.list(body);
            }
            CommandKind::Case { word, arms } => {
                self.word(word);
                for arm in arms {
                    arm.patterns.iter().for_each(|word| self.word(word));
                    self.list(&arm.body);
                }
            }
            CommandKind::Function { name, body } => {
                self.place(name.span);
                self.command(body);
            }
            CommandKind::Test(words) => words.iter().for_each(|word| self.word(word)),
            CommandKind::Arithmetic(word) => self.word(word),
        }
    }

    fn word(&self, word: &Word) {
        self.place(word.span);
        for part in &word.parts {
            self.place(part.span);
            match &part.kind {
                PartKind::Literal(text) => {
                    let written = &self.source[part.span.range()];
                    let as_it_is = text.len() == written.len() && part.quoting != Quoting::Dollar;
                    assert!(!as_it_is || text == written, "{text:?} is {written:?}");
                }
                PartKind::Parameter(parameter) => {
                    let operation = parameter.operation.iter();
                    operation.for_each(|operation| self.word(&operation.word));
                }
                PartKind::Command(list) | PartKind::Process(list) => self.list(list),
                PartKind::Arithmetic(word) => self.word(word),
            }
        }
    }
}
