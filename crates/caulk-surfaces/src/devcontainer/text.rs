//! Strings with the variables of a dev container.

use caulk_source::cut;
use caulk_syntax::json::{Kind, Value};

use crate::command_line::Text;

/// A string or a number; nothing for anything else.
pub(super) fn text(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::String(written) => Some(variables(written)),
        Kind::Number(number) => Some(Text::known(number.clone())),
        Kind::Bool(flag) => Some(Text::known(flag.to_string())),
        Kind::Null | Kind::Array(_) | Kind::Object(_) => None,
    }
}

/// `${localEnv:HOME}` and its like. The home folder has a spelling of its own, and its name on
/// Windows, which stands beside it by habit, is empty elsewhere.
fn variables(written: &str) -> Text {
    let mut text = Text::default();
    let mut at = 0;
    while let Some(found) = cut(written, at..written.len()).find("${") {
        let open = at + found;
        let rest = cut(written, open..written.len());
        let Some(length) = rest.find('}') else {
            break;
        };
        text.push(cut(written, at..open));
        at = open + length + 1;
        let variable = cut(written, open..at);
        let name = cut(variable, 2..variable.len() - 1);
        match name.split_once(':') {
            Some(("localEnv" | "env", "HOME")) => text.push("~"),
            Some(("localEnv" | "env", "USERPROFILE")) => {}
            Some(_) | None => {
                let because = format!("`{variable}` is not known here");
                text.push_unknown(variable, because, false);
            }
        }
    }
    text.push(cut(written, at..written.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_is_known_and_the_rest_is_not() {
        let read = |text: &str| variables(text).value().map(str::to_owned);
        assert_eq!(read("a").as_deref(), Some("a"));
        assert_eq!(
            read("${localEnv:HOME}${localEnv:USERPROFILE}/.ssh").as_deref(),
            Some("~/.ssh")
        );
        assert_eq!(read("${localWorkspaceFolder}/x"), None);
        assert_eq!(read("${broken").as_deref(), Some("${broken"));
    }
}
