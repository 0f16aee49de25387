//! brush-parser's tree as the same text.

use brush_parser::ast::{
    AndOr, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem, CompoundCommand,
    CompoundList, IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, Pipeline, Program,
    RedirectList, SeparatorOperator, SimpleCommand, SubshellCommand, Word,
};
use brush_parser::{Parser, ParserOptions};

use crate::drawn::raw;

/// What brush-parser reads, where it reads it.
pub(crate) fn draw(text: &str) -> Result<String, String> {
    let options = ParserOptions {
        enable_extended_globbing: true,
        ..ParserOptions::default()
    };
    let mut parser = Parser::new(text.as_bytes(), &options);
    let program: Program = parser.parse_program().map_err(|error| error.to_string())?;
    let lists = program.complete_commands.iter().map(list);
    Ok(lists.collect::<Vec<_>>().join("\n"))
}

fn word(word: &Word) -> String {
    raw(&word.value)
}

fn list(list: &CompoundList) -> String {
    let items = list.0.iter().map(|item| {
        let mut out = pipeline(&item.0.first);
        for next in &item.0.additional {
            let (sign, next) = match next {
                AndOr::And(next) => (" && ", next),
                AndOr::Or(next) => (" || ", next),
            };
            out += sign;
            out += &pipeline(next);
        }
        out += match item.1 {
            SeparatorOperator::Async => "&",
            SeparatorOperator::Sequence => ";",
        };
        out
    });
    items.collect::<Vec<_>>().join("\n")
}

fn pipeline(pipeline: &Pipeline) -> String {
    let mut commands = pipeline.seq.iter().map(command).collect::<Vec<_>>();
    if pipeline.timed.is_some()
        && let Some(first) = commands.first_mut()
    {
        // To brush, `time` is a part of the grammar; to us it is a program.
        *first = format!("{}{first}", raw("time"));
    }
    let sign = if pipeline.bang { "! " } else { "" };
    format!("{sign}{}", commands.join(" | "))
}

fn command(command: &Command) -> String {
    match command {
        Command::Simple(command) => simple(command),
        Command::Compound(command, list) => compound(command) + &redirections(list.as_ref()),
        Command::Function(function) => {
            let body = compound(&function.body.0) + &redirections(function.body.1.as_ref());
            format!("{}(){body}", function.fname.value)
        }
        Command::ExtendedTest(_, list) => "[[…]]".to_owned() + &redirections(list.as_ref()),
    }
}

fn simple(command: &SimpleCommand) -> String {
    let (mut assignments, mut words, mut redirections) =
        (String::new(), String::new(), String::new());
    let name = command
        .word_or_name
        .iter()
        .map(|name| CommandPrefixOrSuffixItem::Word(name.clone()));
    let prefix = command.prefix.iter().flat_map(|prefix| prefix.0.clone());
    let suffix = command.suffix.iter().flat_map(|suffix| suffix.0.clone());
    let mut seen_name = false;
    for item in prefix.chain(name).chain(suffix) {
        match item {
            CommandPrefixOrSuffixItem::IoRedirect(item) => redirections += &redirection(&item),
            CommandPrefixOrSuffixItem::Word(item) => {
                seen_name = true;
                words += &word(&item);
            }
            CommandPrefixOrSuffixItem::AssignmentWord(_, item) if seen_name => {
                words += &word(&item);
            }
            CommandPrefixOrSuffixItem::AssignmentWord(item, _) => {
                let name = match &item.name {
                    AssignmentName::VariableName(name)
                    | AssignmentName::ArrayElementName(name, _) => name,
                };
                let value = match &item.value {
                    AssignmentValue::Scalar(value) => word(value),
                    AssignmentValue::Array(values) => {
                        let values = values.iter().map(|(_, value)| word(value));
                        format!("({})", values.collect::<String>())
                    }
                };
                assignments += &format!("{name}={value} ");
            }
            CommandPrefixOrSuffixItem::ProcessSubstitution(_, _) => words += &raw("<(…)"),
        }
    }
    assignments + &words + &redirections
}

fn compound(command: &CompoundCommand) -> String {
    match command {
        CompoundCommand::Arithmetic(_) => "((…))".to_owned(),
        CompoundCommand::ArithmeticForClause(clause) => {
            format!("count[{}]", list(&clause.body.list))
        }
        CompoundCommand::BraceGroup(group) => format!("{{{}}}", list(&group.list)),
        CompoundCommand::Subshell(SubshellCommand { list: inner, .. }) => {
            format!("({})", list(inner))
        }
        CompoundCommand::ForClause(clause) => {
            let values = clause.values.iter().flatten().map(word);
            format!(
                "for {}({})[{}]",
                clause.variable_name,
                values.collect::<String>(),
                list(&clause.body.list)
            )
        }
        CompoundCommand::CaseClause(clause) => {
            let mut out = format!("case {}", word(&clause.value));
            for case in &clause.cases {
                let patterns = case.patterns.iter().map(word).collect::<String>();
                let body = case.cmd.as_ref().map(list).unwrap_or_default();
                out += &format!(" {patterns}[{body}]");
            }
            out
        }
        CompoundCommand::IfClause(clause) => {
            let mut out = format!("if[{}][{}]", list(&clause.condition), list(&clause.then));
            for other in clause.elses.iter().flatten() {
                out += &match &other.condition {
                    Some(condition) => format!("if[{}][{}]", list(condition), list(&other.body)),
                    None => format!("else[{}]", list(&other.body)),
                };
            }
            out
        }
        CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
            format!("loop[{}][{}]", list(&clause.0), list(&clause.1.list))
        }
        CompoundCommand::Coprocess(_) => "coproc".to_owned(),
    }
}

fn redirections(list: Option<&RedirectList>) -> String {
    let list = list.iter().flat_map(|list| &list.0);
    list.map(redirection).collect()
}

fn redirection(redirect: &IoRedirect) -> String {
    let fd = |fd: &Option<i32>| fd.map(|fd| fd.to_string()).unwrap_or_default();
    match redirect {
        IoRedirect::File(descriptor, kind, target) => {
            let kind = match kind {
                IoFileRedirectKind::Read => "<",
                IoFileRedirectKind::Write | IoFileRedirectKind::Clobber => ">",
                IoFileRedirectKind::Append => ">>",
                IoFileRedirectKind::ReadAndWrite => "<>",
                IoFileRedirectKind::DuplicateInput => "<&",
                IoFileRedirectKind::DuplicateOutput => ">&",
            };
            let target = match target {
                IoFileRedirectTarget::Filename(name) | IoFileRedirectTarget::Duplicate(name) => {
                    word(name)
                }
                IoFileRedirectTarget::Fd(number) => raw(&number.to_string()),
                IoFileRedirectTarget::ProcessSubstitution(_, _) => raw("<(…)"),
            };
            format!(" {}{kind}{target}", fd(descriptor))
        }
        IoRedirect::HereDocument(descriptor, heredoc) => {
            let lines = heredoc.doc.value.lines().map(str::trim).collect::<Vec<_>>();
            format!(" {}<<{}", fd(descriptor), raw(lines.join("\n").trim()))
        }
        IoRedirect::HereString(descriptor, text) => format!(" {}<<<{}", fd(descriptor), word(text)),
        IoRedirect::OutputAndError(target, append) => {
            format!(" &{}{}", if *append { ">>" } else { ">" }, word(target))
        }
    }
}
