//! Justfiles: recipe lines as shell texts.

use caulk_source::{FileId, Span, cut};
use caulk_syntax::Joined;

use super::makefile::logical_lines;

/// The recipe lines of a justfile; a recipe that names its interpreter is one text.
pub(super) fn recipes(id: FileId, text: &str) -> Vec<Joined> {
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
    fn recipes_of_a_justfile() {
        let text = "a := 'x'\nbuild:\n    @docker run {{a}} \\\n      b\nscript:\n    #!/bin/sh\n    docker run c\n    docker run d\nlast:\n  docker run e\n";
        let recipes = recipes(FileId::FIRST, text);
        assert_eq!(
            texts(&recipes),
            [
                "docker run ${_} \\\nb",
                "\n#!/bin/sh\ndocker run c\ndocker run d",
                "docker run e"
            ]
        );
    }
}
