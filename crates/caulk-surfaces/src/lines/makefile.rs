//! Makefiles: recipe lines as shell texts, variables put in where they are certain.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use caulk_source::{BOM, FileId, Span, cut};
use caulk_syntax::Joined;

/// How deep a variable may stand in another.
const MAX_DEPTH: usize = 8;

/// How long a recipe line may become by its variables.
const MAX_LINE: usize = 64 * 1024;

/// A line with its continuations: the ranges of its pieces in the file, line breaks left out.
pub(super) struct Logical {
    pub(super) pieces: Vec<Range<usize>>,
}

/// The lines of a text, each with those that continue it.
pub(super) fn logical_lines(text: &str) -> Vec<Logical> {
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

/// How much text the variables of a file may be replaced with, and how often.
const MAX_EXPANDED: usize = 16 * 1024 * 1024;

/// What the variables of a Makefile hold.
struct Variables {
    /// Nothing for one that is assigned more than once, or only under a condition.
    held: BTreeMap<String, Option<String>>,
    /// What is left of [`MAX_EXPANDED`].
    left: Cell<usize>,
}

impl Variables {
    /// What one holds, as long as not too much was asked for.
    fn get(&self, name: &str) -> Option<&str> {
        let value = self.held.get(name)?.as_deref()?;
        let left = self.left.get().checked_sub(value.len() + 1)?;
        self.left.set(left);
        Some(value)
    }
}

/// The recipe lines of a Makefile, each for a shell of its own unless `.ONESHELL` says otherwise.
pub(super) fn recipes(id: FileId, text: &str) -> Vec<Joined> {
    let lines = logical_lines(text);
    let variables = variables(text, &lines);
    let content = |line: &Logical| cut(text, line.pieces.first().cloned().unwrap_or_default());
    let one_shell = lines
        .iter()
        .any(|line| content(line).starts_with(".ONESHELL"));
    let mut recipes: Vec<Joined> = Vec::new();
    let mut defines = false;
    let mut goes_on = false;
    for line in &lines {
        let content = content(line);
        let is_recipe = content.starts_with('\t');
        match content.split_whitespace().next() {
            Some("define") if !is_recipe => defines = true,
            Some("endef") if !is_recipe => defines = false,
            // A blank line ends nothing.
            None => continue,
            Some(_) => {
                let own = (is_recipe || defines).then_some(0);
                if let Some(from) = own.or_else(|| behind_a_rule(content)) {
                    let recipe = recipe(id, text, line, from, &variables);
                    match recipes.last_mut() {
                        Some(last) if one_shell && goes_on => {
                            last.push_for("\n", recipe.span(0..0));
                            last.append(&recipe);
                        }
                        _ => recipes.push(recipe),
                    }
                    goes_on = true;
                    continue;
                }
            }
        }
        goes_on = false;
    }
    recipes
}

/// Where the recipe begins that stands on the line of its rule: `target: other ; command`.
fn behind_a_rule(line: &str) -> Option<usize> {
    let rule = line.find(':')?;
    let end = rule + cut(line, rule..line.len()).find(';')?;
    (!cut(line, 0..end).contains(['=', '#'])).then_some(end + 1)
}

/// A line of a recipe, from byte `from` on.
fn recipe(id: FileId, text: &str, line: &Logical, from: usize, variables: &Variables) -> Joined {
    let start = line.pieces.first().map_or(0, |first| first.start);
    let mut recipe = Joined::new(id, start);
    for (index, piece) in line.pieces.iter().enumerate() {
        if index > 0 {
            recipe.push("\n", piece.start.saturating_sub(1));
        }
        let content = cut(text, piece.clone());
        let bare = if index == 0 {
            without_signs(caulk_source::cut_from(content, from), variables)
        } else {
            content.strip_prefix('\t').unwrap_or(content)
        };
        let start = piece.start + content.len() - bare.len();
        expand(&mut recipe, id, bare, start, variables);
    }
    recipe
}

/// A line without what says how make itself treats it: `@`, `-`, `+`, and a variable that can hold
/// nothing else, as in `$(Q)docker`.
fn without_signs<'t>(line: &'t str, variables: &Variables) -> &'t str {
    let is_sign = |c: char| matches!(c, '@' | '-' | '+' | ' ' | '\t');
    let bare = line.trim_start_matches(is_sign);
    if !bare.starts_with("$(") && !bare.starts_with("${") {
        return bare;
    }
    let (length, value) = reference(bare, variables, 0);
    let rest = caulk_source::cut_from(bare, length);
    let signs = !value.is_empty() && value.chars().all(is_sign);
    let unknown = value.starts_with("${") && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    if signs || unknown {
        rest.trim_start_matches(is_sign)
    } else {
        bare
    }
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
    let value = match variables.get(name) {
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
    let mut held: BTreeMap<String, Option<String>> = BTreeMap::new();
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
                    let certain = conditions == 0 && !held.contains_key(&name);
                    held.insert(name, value.filter(|_| certain));
                }
            }
        }
    }
    Variables {
        held,
        left: Cell::new(MAX_EXPANDED),
    }
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
    fn recipes_in_every_place() {
        let text = "Q := @\na: b ; docker run a\n\t$(Q)docker run b\n\t$(V)docker run c\n\t-$(Q) docker run d\ndefine x\ndocker run $(1) e\nendef\nX := f; g\n";
        let recipes = recipes(FileId::FIRST, text);
        assert_eq!(
            texts(&recipes),
            [
                "docker run a",
                "docker run b",
                "docker run c",
                "docker run d",
                "docker run ${1} e"
            ]
        );
        for recipe in &recipes {
            let place = cut(text, recipe.span(0..10).range());
            assert_eq!(place, "docker run");
        }
    }

    #[test]
    fn one_shell_for_a_recipe() {
        let text = ".ONESHELL:\na:\n\tX=1\n\n\tdocker run $$X\nb:\n\tls\n";
        let recipes = recipes(FileId::FIRST, text);
        assert_eq!(texts(&recipes), ["X=1\ndocker run $X", "ls"]);
    }

    #[test]
    fn what_hangs_on_a_condition_is_not_known() {
        let text = "ifdef CI\nX = --privileged\nendif\nall:\n\tdocker run $(X) a\n";
        let recipes = recipes(FileId::FIRST, text);
        assert_eq!(texts(&recipes), ["docker run ${X} a"]);
    }

    #[test]
    fn variables_that_hold_each_other_end() {
        let mut text = String::from("A = $(B)$(B)$(B)$(B)\nB = $(A)$(A)$(A)$(A)\nall:\n");
        text.push_str("\tdocker run $(A)\n");
        let recipes = recipes(FileId::FIRST, &text);
        assert!(recipes[0].text().len() < 2 * MAX_LINE * 4);
        let of = |name: &str, other: &str| format!("{name} = {}\n", other.repeat(1_000));
        let text = [
            "F =\n".to_owned(),
            of("A", "$(B)"),
            of("B", "$(C)"),
            of("C", "$(D)"),
            of("D", "$(E)"),
            of("E", "$(F)"),
            "all:\n\tdocker run $(A)\n".to_owned(),
        ];
        let recipes = super::recipes(FileId::FIRST, &text.concat());
        assert!(recipes[0].text().starts_with("docker run"));
    }
}
