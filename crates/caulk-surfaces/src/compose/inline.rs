//! A Dockerfile that is written in a Compose file.

use caulk_finding::Change;
use caulk_source::{Edit, SourceFile, Span, cut};
use caulk_syntax::dockerfile::{self, Dockerfile};
use caulk_syntax::yaml::{ScalarStyle, Stream};

use crate::NotOffered;

/// The Dockerfile at a place of a Compose file, and the file with everything else blanked out: so
/// every place in the Dockerfile is one in the Compose file.
///
/// Nothing where its lines are not those of the file, or where variables of the Compose file are
/// in it.
pub(crate) fn read(
    stream: &Stream,
    source: &SourceFile,
    span: Span,
) -> Option<(Dockerfile, SourceFile)> {
    let node = stream.node_at(span)?;
    if node.style() != Some(ScalarStyle::Literal) || has_variables(node.text()?) {
        return None;
    }
    let text = source.text();
    let body = cut(text, span.range()).find('\n')? + span.range().start;
    let is_kept = |at: usize| at > body && at < span.range().end;
    let blanked = text.bytes().enumerate().map(|(at, byte)| match byte {
        b'\n' | b'\r' => byte,
        byte if is_kept(at) => byte,
        _ => b' ',
    });
    // A dollar of the Dockerfile is written twice in Compose.
    let blanked: Vec<u8> = blanked.collect();
    let text = String::from_utf8(blanked).ok()?.replace("$$", " $");
    let dockerfile = dockerfile::parse(span.file, &text);
    Some((
        dockerfile,
        SourceFile::new(source.path(), text.into_bytes()),
    ))
}

/// The edits that make `change` true in it, with the indentation of its lines. `text` is what
/// [`read`] has left of the Compose file.
pub(crate) fn edits(
    dockerfile: &Dockerfile,
    text: &SourceFile,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    let edits = crate::dockerfile::edits(dockerfile, text, change)?;
    let has_dollar = |edit: &Edit| edit.text.contains('$');
    if edits.iter().any(has_dollar) {
        return Err(NotOffered("Compose would put a variable there"));
    }
    Ok(edits)
}

fn has_variables(text: &str) -> bool {
    text.replace("$$", "").contains('$')
}
