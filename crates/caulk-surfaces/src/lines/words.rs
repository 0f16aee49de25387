//! Shell words as arguments.

use crate::command_line::{Argument, Text};
use crate::shell::{Call, PieceKind, Value};

/// How many words of one command are looked at.
const MAX_WORDS: usize = 4096;

/// The words of a command from its program on: past `sudo`, `env` and their like.
pub(super) fn arguments(call: &Call) -> Vec<Argument> {
    let words = call.own_words().iter().take(MAX_WORDS);
    words.map(argument).collect()
}

fn argument(value: &Value) -> Argument {
    let mut text = Text::default();
    for piece in &value.pieces {
        match &piece.kind {
            PieceKind::Text(known) => text.push(known),
            // A home folder has a spelling of its own.
            PieceKind::Unknown(written) if written == "$HOME" => text.push("~"),
            PieceKind::Unknown(written) => {
                text.push_unknown(written, because(written), piece.splits);
            }
            PieceKind::Output(_) => {
                text.push_unknown("$(…)", "it is what another command prints", piece.splits);
            }
            PieceKind::File(_) => {
                text.push_unknown("<(…)", "it is what another command prints", false);
            }
        }
    }
    Argument {
        text,
        span: value.span,
        shared: value.pieces.iter().any(|piece| piece.held),
    }
}

/// Why nobody here knows what is written like this.
fn because(written: &str) -> String {
    match written {
        "$((…))" => "it is computed".to_owned(),
        "…" => "it is too long to be followed".to_owned(),
        _ => format!("`{written}` is not set here"),
    }
}
