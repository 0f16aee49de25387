//! Makefiles and justfiles: recipe lines as shell texts, variables put in where they are certain.

use std::collections::BTreeMap;
use std::ops::Range;

use caulk_source::{BOM, FileId, Span, cut};
use caulk_syntax::Joined;

/// How deep a variable may stand in another.
const MAX_DEPTH: usize = 8;

/// How long a recipe line may become by its variables.
const MAX_LINE: usize = 64 * 1024;

/// A line with its continuations: the ranges of its pieces in the file, line breaks left out.
struct Logical {
    pieces: Vec<Range<usize>>,
}

/// The lines of a text, each with those that continue it.
fn logical_lines(text: &str) -> Vec<Logical> {
    let mut lines = Vec::new();
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        pieces.push(at..at + content.len());
        at += line.len();
        let backslashes = content.len() - content.trim_end_matches('\\').len();
        if backslashes % 2 == 0 {
            lines.push(Logical {
                pieces: std::mem::take(&mut pieces),
            });
        }
    }
    if !pieces.is_empty() {
        lines.push(Logical { pieces });
    }
    lines
}

/// What the variables of a Makefile hold; nothing for one that is assigned more than once, or only
/// under a condition.
type Variables = BTreeMap<String, Option<String>>;

/// The recipe lines of a Makefile.
pub(super) fn recipes(id: FileId, text: &str) -> Vec<Joined> {
    let lines = logical_lines(text);
    let variables = variables(text, &lines);
    let mut recipes = Vec::new();
    for line in &lines {
        let Some(first) = line.pieces.first() else {
            continue;
        };
        if !cut(text, first.clone()).starts_with('\t') {
            continue;
        }
        let mut recipe = Joined::new(id, first.start);
        for (index, piece) in line.pieces.iter().enumerate() {
            if index > 0 {
                recipe.push("\n", piece.start.saturating_sub(1));
            }
            let content = cut(text, piece.clone());
            let bare = content.strip_prefix('\t').unwrap_or(content);
            // How make itself treats the line stands before it.
            let bare = if index == 0 {
                bare.trim_start_matches(['@', '-', '+', ' ', '\t'])
            } else {
                bare
            };
            let start = piece.start + content.len() - bare.len();
            expand(&mut recipe, id, bare, start, &variables);
        }
        recipes.push(recipe);
    }
    recipes
}

/// Adds a piece of a recipe as the shell sees it.
fn expand(recipe: &mut Joined, id: FileId, text: &str, start: usize, variables: &Variables) {
    let mut at = 0;
    while let Some(found) = cut(text, at..text.len()).find('$') {
        let dollar = at + found;
        recipe.push(cut(text, at..dollar), start + at);
        let (length, value) = reference(cut(text, dollar..text.len()), variables, 0);
        let span = Span::new(id, start + dollar..start + dollar + length);
        if recipe.text().len() < MAX_LINE {
            recipe.push_for(&value, span);
        }
        at = dollar + length;
    }
    recipe.push(cut(text, at..text.len()), start + at);
}

/// What begins with `$` here: how long it is, and what the shell sees of it. What is not known
/// becomes a variable of the shell that is not set.
fn reference(text: &str, variables: &Variables, depth: usize) -> (usize, String) {
    let mut characters = text.chars().skip(1);
    let (open, close) = match characters.next() {
        Some('$') => return (2, "$".to_owned()),
        Some('(') => ('(', ')'),
        Some('{') => ('{', '}'),
        Some(automatic) => return (1 + automatic.len_utf8(), "${_}".to_owned()),
        None => return (1, "$".to_owned()),
    };
    let mut nested = 0_usize;
    let mut end = text.len();
    for (at, character) in text.char_indices().skip(1) {
        if character == open {
            nested += 1;
        } else if character == close {
            nested -= 1;
            if nested == 0 {
                end = at + 1;
                break;
            }
        }
    }
    let name = cut(text, 2..end.saturating_sub(1));
    let simple = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !simple || name.is_empty() {
        return (end, "${_}".to_owned());
    }
    let held = variables.get(name).and_then(Option::as_deref);
    let value = match held {
        Some(value) if depth < MAX_DEPTH => whole(value, variables, depth + 1),
        Some(_) | None => format!("${{{name}}}"),
    };
    (end, value)
}

/// A value with the variables in it.
fn whole(text: &str, variables: &Variables, depth: usize) -> String {
    let mut value = String::new();
    let mut at = 0;
    while let Some(found) = cut(text, at..text.len()).find('$') {
        value.push_str(cut(text, at..at + found));
        let (length, piece) = reference(cut(text, at + found..text.len()), variables, depth);
        if value.len() < MAX_LINE {
            value.push_str(&piece);
        }
        at += found + length;
    }
    value.push_str(cut(text, at..text.len()));
    value
}

fn variables(text: &str, lines: &[Logical]) -> Variables {
    let mut variables = Variables::new();
    let mut conditions = 0_usize;
    for line in lines {
        let joined: Vec<&str> = line
            .pieces
            .iter()
            .map(|piece| cut(text, piece.clone()).trim_end_matches('\\').trim())
            .collect();
        let first = line.pieces.first().cloned().unwrap_or_default();
        if cut(text, first).starts_with('\t') {
            continue;
        }
        let whole = joined.join(" ");
        let whole = whole.trim_start_matches(BOM);
        match whole.split_whitespace().next().unwrap_or_default() {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" | "define" => conditions += 1,
            "endif" | "endef" => conditions = conditions.saturating_sub(1),
            _ => {
                if let Some((name, value)) = assignment(whole) {
                    let certain = conditions == 0 && !variables.contains_key(&name);
                    variables.insert(name, value.filter(|_| certain));
                }
            }
        }
    }
    variables
}

/// `NAME = value`, `NAME := value`, `NAME ?= value`; a value that is added to or computed is none
/// that is known.
fn assignment(line: &str) -> Option<(String, Option<String>)> {
    let (before, value) = line.split_once('=')?;
    let operator_start = before.trim_end_matches([':', '?', '+', '!']).len();
    let operator = cut(before, operator_start..before.len());
    let name = cut(before, 0..operator_start).trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let name = name.strip_prefix("override ").unwrap_or(name).trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let value = match operator {
        "" | ":" | "::" | ":::" | "?" => {
            let value = value.split(" #").next().unwrap_or(value);
            Some(value.trim().to_owned())
        }
        _ => None,
    };
    Some((name.to_owned(), value))
}

/// The recipe lines of a justfile; a recipe that names its interpreter is one text.
pub(super) fn just_recipes(id: FileId, text: &str) -> Vec<Joined> {
    let mut recipes = Vec::new();
    let mut script: Option<Joined> = None;
    let mut begins = false;
    for line in logical_lines(text) {
        let Some(first) = line.pieces.first() else {
            continue;
        };
        let content = cut(text, first.clone());
        if !content.starts_with([' ', '\t']) {
            recipes.extend(script.take());
            begins = true;
            continue;
        }
        let trimmed = content.trim_start();
        if begins && trimmed.starts_with("#!") {
            script = Some(Joined::new(id, first.start));
        }
        begins = false;
        let mut recipe = script
            .take()
            .unwrap_or_else(|| Joined::new(id, first.start));
        let is_script = !recipe.text().is_empty() || trimmed.starts_with("#!");
        for (index, piece) in line.pieces.iter().enumerate() {
            if index > 0 || is_script {
                recipe.push("\n", piece.start.saturating_sub(1));
            }
            let content = cut(text, piece.clone());
            let bare = content.trim_start();
            let bare = if is_script || index > 0 {
                bare
            } else {
                bare.trim_start_matches(['@', '-'])
            };
            push_without_braces(
                &mut recipe,
                id,
                bare,
                piece.start + content.len() - bare.len(),
            );
        }
        if is_script {
            script = Some(recipe);
        } else {
            recipes.push(recipe);
        }
    }
    recipes.extend(script);
    recipes
}

/// Adds text in which `{{…}}` stands for what is not known.
fn push_without_braces(recipe: &mut Joined, id: FileId, text: &str, start: usize) {
    let mut at = 0;
    while let Some(found) = cut(text, at..text.len()).find("{{") {
        let open = at + found;
        let Some(length) = cut(text, open..text.len()).find("}}") else {
            break;
        };
        recipe.push(cut(text, at..open), start + at);
        let end = open + length + 2;
        recipe.push_for("${_}", Span::new(id, start + open..start + end));
        at = end;
    }
    recipe.push(cut(text, at..text.len()), start + at);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(joined: &[Joined]) -> Vec<&str> {
        joined.iter().map(Joined::text).collect()
    }

    #[test]
    fn recipes_are_what_the_shell_sees() {
        let text = "RUN := docker run $(FLAGS)\nFLAGS = --rm\nA ?= x\nA += y\nall: b\n\t@$(RUN) \\\n\t  $(A) $$HOME $@ $(shell pwd)\n";
        let recipes = recipes(FileId::FIRST, text);
        assert_eq!(
            texts(&recipes),
            ["docker run --rm \\\n  ${A} $HOME ${_} ${_}"]
        );
    }

    #[test]
    fn what_hangs_on_a_condition_is_not_known() {
        let text = "ifdef CI\nX = --privileged\nendif\nall:\n\tdocker run $(X) a\n";
        let recipes = recipes(FileId::FIRST, text);
        assert_eq!(texts(&recipes), ["docker run ${X} a"]);
    }

    #[test]
    fn recipes_of_a_justfile() {
        let text = "a := 'x'\nbuild:\n    @docker run {{a}} \\\n      b\nscript:\n    #!/bin/sh\n    docker run c\n    docker run d\nlast:\n  docker run e\n";
        let recipes = just_recipes(FileId::FIRST, text);
        assert_eq!(
            texts(&recipes),
            [
                "docker run ${_} \\\nb",
                "\n#!/bin/sh\ndocker run c\ndocker run d",
                "docker run e"
            ]
        );
    }

    #[test]
    fn variables_that_hold_each_other_end() {
        let mut text = String::from("A = $(B)$(B)$(B)$(B)\nB = $(A)$(A)$(A)$(A)\nall:\n");
        text.push_str("\tdocker run $(A)\n");
        let recipes = recipes(FileId::FIRST, &text);
        assert!(recipes[0].text().len() < 2 * MAX_LINE * 4);
    }
}
