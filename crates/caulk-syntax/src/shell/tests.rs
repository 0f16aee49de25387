//! What is read of shell text, drawn as one line.

use std::fmt::Write as _;

use caulk_source::{FileId, cut};

use super::*;

fn name(operator: impl std::fmt::Debug) -> String {
    format!("{operator:?}")
}

/// The tree as text: words between bars, `C`ommand substitutions and the rest in brackets.
fn drawn(text: &str) -> String {
    let program = parse(&Joined::whole_text(FileId::FIRST, text, 0));
    let mut drawn = String::new();
    list(&mut drawn, &program.list);
    for heredoc in &program.heredocs {
        let _ = write!(drawn, " <<{}:{}", heredoc.delimiter, word(&heredoc.body));
    }
    drawn
}

fn list(out: &mut String, list: &List) {
    for (index, statement) in list.statements.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        pipeline(out, &statement.first);
        for (connector, next) in &statement.rest {
            out.push_str(match connector {
                Connector::And => " && ",
                Connector::Or => " || ",
            });
            pipeline(out, next);
        }
        out.push_str(if statement.background { " &" } else { ";" });
    }
}

fn listed(inner: &List) -> String {
    let mut out = String::new();
    list(&mut out, inner);
    out
}

fn pipeline(out: &mut String, pipeline: &Pipeline) {
    if pipeline.negated {
        out.push_str("! ");
    }
    for (index, command) in pipeline.commands.iter().enumerate() {
        if index > 0 {
            out.push_str(" | ");
        }
        out.push_str(&drawn_command(command));
    }
}

fn drawn_command(command: &Command) -> String {
    let out = match &command.kind {
        CommandKind::Simple(simple) => {
            let assignments = simple.assignments.iter().map(|assignment| {
                let value = match &assignment.value {
                    Assigned::Word(value) => word(value),
                    Assigned::Array(words) => format!("({})", joined(words)),
                };
                format!("{}={value}", assignment.name.value)
            });
            let words = simple.words.iter().map(word);
            assignments.chain(words).collect::<Vec<_>>().join(" ")
        }
        CommandKind::Group(inner) => format!("{{{}}}", listed(inner)),
        CommandKind::Subshell(inner) => format!("({})", listed(inner)),
        CommandKind::If {
            branches,
            otherwise,
        } => {
            let mut out = String::new();
            for (condition, body) in branches {
                let _ = write!(out, "if[{}][{}]", listed(condition), listed(body));
            }
            if let Some(body) = otherwise {
                let _ = write!(out, "else[{}]", listed(body));
            }
            out
        }
        CommandKind::Loop { condition, body } => {
            format!("while[{}][{}]", listed(condition), listed(body))
        }
        CommandKind::For { name, words, body } => {
            let words = words.as_deref().map(joined).unwrap_or_default();
            format!("for {}({words})[{}]", name.value, listed(body))
        }
        CommandKind::Counting { expression, body } => {
            format!("for(({}))[{}]", word(expression), listed(body))
        }
        CommandKind::Case { word: what, arms } => {
            let mut out = format!("case {}", word(what));
            for arm in arms {
                let _ = write!(out, " {}[{}]", joined(&arm.patterns), listed(&arm.body));
            }
            out
        }
        CommandKind::Function { name, body } => {
            format!("{}(){}", name.value, drawn_command(body))
        }
        CommandKind::Test(words) => format!("[[{}]]", joined(words)),
        CommandKind::Arithmetic(expression) => format!("(({}))", word(expression)),
    };
    out + &drawn_redirections(&command.redirections)
}

fn drawn_redirections(redirections: &[Redirection]) -> String {
    let mut out = String::new();
    for redirection in redirections {
        let target = match &redirection.target {
            Target::Word(target) => word(target),
            Target::Heredoc(index) => format!("#{index}"),
            Target::Missing => "?".to_owned(),
        };
        let descriptor = redirection.descriptor.as_deref().unwrap_or_default();
        let operator = name(redirection.operator);
        let _ = write!(out, " {descriptor}{operator}:{target}");
    }
    out
}

fn joined(words: &[Word]) -> String {
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn word(word: &Word) -> String {
    let mut out = String::new();
    for part in &word.parts {
        let text = match &part.kind {
            PartKind::Literal(text) => text.clone(),
            PartKind::Parameter(parameter) => match &parameter.operation {
                None => format!("${}", parameter.name),
                Some(operation) => format!(
                    "${{{} {} {}}}",
                    parameter.name,
                    name(operation.operator),
                    self::word(&operation.word)
                ),
            },
            PartKind::Command(inner) => format!("$({})", listed(inner)),
            PartKind::Process(inner) => format!("<({})", listed(inner)),
            PartKind::Arithmetic(inner) => format!("$(({}))", self::word(inner)),
        };
        let (before, after) = match part.quoting {
            Quoting::Bare => ("", ""),
            Quoting::Escaped => ("\\", ""),
            Quoting::Single => ("'", "'"),
            Quoting::Double => ("\"", "\""),
            Quoting::Dollar => ("$'", "'"),
        };
        let _ = write!(out, "{before}{text}{after}");
    }
    out
}

fn problems(text: &str) -> Vec<String> {
    let program = parse(&Joined::whole_text(FileId::FIRST, text, 0));
    let problems = program.problems.into_iter();
    problems.map(|problem| problem.message).collect()
}

#[test]
fn operators_part_commands_and_quotes_hold_words() {
    assert_eq!(
        drawn("set -ex; a 'b c' && \"d $(x; y)\" | e # not\nf\\ g > /x"),
        "set -ex; a 'b c' && \"d \"\"$(x; y;)\" | e; f\\ g Write:/x;"
    );
    assert_eq!(drawn("a|b|&c||d&&e&f"), "a | b | c || d && e & f;");
    assert_eq!(drawn("! a \\\n b"), "! a b;");
    assert_eq!(drawn("echo a#b #c"), "echo a#b;");
    assert_eq!(
        drawn("(a; b) 2>&1 >x && { c; }"),
        "(a; b;) 2DuplicateOutput:1 Write:x && {c;};"
    );
}

#[test]
fn reserved_words_hold_lists() {
    assert_eq!(
        drawn("if a; then b; elif c\nthen d; else e; fi | f"),
        "if[a;][b;]if[c;][d;]else[e;] | f;"
    );
    assert_eq!(
        drawn("for x in a \"$b\"; do c $x; done; for y; do d; done"),
        "for x(a \"$b\")[c $x;]; for y()[d;];"
    );
    assert_eq!(drawn("while a; do b; done < f"), "while[a;][b;] Read:f;");
    assert_eq!(
        drawn("case $x in a|'b') c;; (*) d\nesac"),
        "case $x a 'b'[c;] *[d;];"
    );
    assert_eq!(drawn("case x in esac; y"), "case x; y;");
    assert_eq!(
        drawn("f() { a; }; function g { b; }; f"),
        "f(){a;}; g(){b;}; f;"
    );
    assert_eq!(
        drawn("for ((i=0; i<3; i++)); do a; done"),
        "for((\"i=0; i<3; i++\"))[a;];"
    );
    assert_eq!(drawn("echo if then }; a"), "echo if then }; a;");
    assert_eq!(
        drawn("if [[ $a =~ ^(x|y z)$ && -f b ]]; then c; fi"),
        "if[[[$a =~ ^(x|y z)$ && -f b]];][c;];"
    );
    assert_eq!(drawn("((x++)) && ((a); b)"), "((\"x++\")) && ((a;); b;);");
}

#[test]
fn parts_of_words() {
    assert_eq!(
        drawn("a$b\"c${d}e\"'f'$'g\\n'"),
        "a$b\"c\"\"$d\"\"e\"'f'$'g'$'\n';"
    );
    assert_eq!(
        drawn("${a:-b $c} ${d##*/}"),
        "${a Default { or_empty: true } b $c} ${d TrimPrefix */};"
    );
    assert_eq!(
        drawn("\"${a:-\"b c\"}\" ${#x} ${!y} ${z[@]}"),
        "\"${a Default { or_empty: true } \"b c\"}\" ${x Length } ${y Indirect } $z;"
    );
    assert_eq!(drawn("`a \\`b\\` c`"), "$(a $(b;) c;);");
    assert_eq!(
        drawn("$((1 + $x)) $(( (a) ); b)"),
        "$((\"1 + \"\"$x\")) $(((a;);); b;);"
    );
    assert_eq!(
        drawn("bash <(curl x) >(tee y)"),
        "bash <(curl x;) <(tee y;);"
    );
    assert_eq!(
        drawn("A=b C+='d' E=(f g) h I=j"),
        "A=b C='d' E=(f g) h I=j;"
    );
    assert_eq!(drawn("x=$(case a in a) b;; esac)"), "x=$(case a a[b;];);");
    assert_eq!(drawn("ls !(a|b) @(c|d) e?(f)"), "ls !(a|b) @(c|d) e?(f);");
    assert_eq!(drawn("'' \"\""), "'' \"\";");
    assert_eq!(
        drawn("a 2>/dev/null 2 >b {fd}<c"),
        "a 2 2Write:/dev/null Write:b {fd}Read:c;"
    );
}

#[test]
fn heredocs_stand_below_their_line() {
    assert_eq!(
        drawn("cat <<A <<-'B' | x\n1 $v\nA\n\t2 $v\n\tB\ny"),
        "cat Heredoc:#0 Heredoc:#1 | x; y; <<A:\"1 \"\"$v\"\"\n\" <<B:2 $v\n"
    );
    assert_eq!(drawn("sh <<<\"a b\""), "sh HereString:\"a b\";");
    assert_eq!(problems("cat <<A\nx"), ["the heredoc `A` is never ended"]);
}

#[test]
fn what_a_shell_refuses_is_said_and_the_rest_is_read() {
    assert_eq!(drawn("a ) b"), "a; b;");
    assert_eq!(drawn("fi; a"), "a;");
    assert_eq!(drawn("if a; then b"), "if[a;][b;];");
    assert_eq!(problems("echo \"open"), ["a `\"` that nothing closes"]);
    assert_eq!(problems("a && "), ["a command is missing here"]);
    assert_eq!(problems("a | | b").len(), 1);
    assert!(problems("set -e; for x in a b; do echo \"$x\"; done").is_empty());
}

#[test]
fn nesting_is_bounded() {
    for piece in [
        "$(",
        "(",
        "{ ",
        "if ",
        "\"${a:-",
        "$((",
        "<(",
        "f() ",
        "case x in a) ",
        "! ",
        "${a-",
    ] {
        let text = piece.repeat(20_000);
        let program = parse(&Joined::whole_text(FileId::FIRST, &text, 0));
        assert!(!program.problems.is_empty(), "{piece}");
    }
}

#[test]
fn every_word_has_its_place() {
    let file = "RUN a \\\n  # why\n  b\"c \\\nd\"";
    let mut text = Joined::new(FileId::FIRST, 0);
    text.push("a ", 4);
    text.push("  b\"c ", 16);
    text.push("d\"", 24);
    let program = parse(&text);
    let CommandKind::Simple(simple) = &program.list.statements[0].first.commands[0].kind else {
        panic!("a simple command");
    };
    let spans: Vec<&str> = simple
        .words
        .iter()
        .map(|word| cut(file, word.span.range()))
        .collect();
    assert_eq!(spans, ["a", "b\"c \\\nd\""]);
    let parts: Vec<&str> = simple.words[1]
        .parts
        .iter()
        .map(|part| cut(file, part.span.range()))
        .collect();
    assert_eq!(parts, ["b", "c ", "d"]);
}

#[test]
fn the_parts_of_a_program_are_the_program() {
    for text in [
        "",
        "a; b\nc && d |\n e\n",
        "if a; then\n b\nfi; c\n\n# d\ne",
        ") a\n;; b\ndone; c\n& d",
        "f() {\n a\n}\nb",
    ] {
        let joined = Joined::whole_text(FileId::FIRST, text, 0);
        let whole = parse(&joined).list.statements;
        let mut read = Vec::new();
        let mut end = 0;
        for part in parts(&joined) {
            assert!(part.range.start >= end, "{text:?}");
            end = part.range.end;
            read.extend(part.program.list.statements);
        }
        assert_eq!(read, whole, "{text:?}");
    }
    let text = Joined::whole_text(FileId::FIRST, "a <<X; b <<Y\n1\nX\n2\nY\nc <<Z\n3\nZ\n", 0);
    let bodies = parts(&text).map(|part| part.program.heredocs.len());
    assert_eq!(bodies.collect::<Vec<_>>(), [2, 1]);
}
