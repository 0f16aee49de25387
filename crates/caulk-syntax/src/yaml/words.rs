//! What stops the parser, in words for people who write YAML and know nothing of parsers.

use granit_parser::{ErrorKind, ScanError};

/// What is wrong.
pub(super) fn of(error: &ScanError) -> String {
    let kind = error.kind();
    if let ErrorKind::UnexpectedCharacter { character } = kind {
        let shown = character.escape_default();
        return format!("no value begins with `{shown}`: it has to be in quotes");
    }
    if let ErrorKind::MismatchedFlowCollectionEnd { open, close } = kind {
        return format!("`{open}` is closed by `{close}`");
    }
    if let ErrorKind::UnclosedFlowCollection { open } = kind {
        return format!("`{open}` is never closed");
    }
    let words = of_structure(kind).or_else(|| of_text(kind));
    words.unwrap_or("from here on it is not YAML").to_owned()
}

/// Of what belongs where: keys, items, lines.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser has more ways to refuse than people have to err"
)]
fn of_structure(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::UnexpectedEof
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => "the file ends before this does",
        ErrorKind::ExpectedNodeContent => "a value is missing here",
        ErrorKind::ExpectedBlockMappingKey => "a key should stand here, indented as those above it",
        ErrorKind::ExpectedBlockSequenceEntry => {
            "an item with `-` should stand here, indented as those above it"
        }
        ErrorKind::ExpectedFlowMappingSeparator => "`,` or `}` is missing here",
        ErrorKind::ExpectedFlowSequenceSeparator => "`,` or `]` is missing here",
        ErrorKind::SimpleKeyExpected => "a key ends with `:` and a space, and this one does not",
        ErrorKind::InvalidSimpleKey => "a key has to stand on one line with its `:`",
        ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent => "this line is not indented as what it belongs to",
        _ => return None,
    })
}

/// Of what stands in a value, or between values.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser has more ways to refuse than people have to err"
)]
fn of_text(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => "a tab stands where only spaces may",
        ErrorKind::CommentNotSeparated => "a comment needs a space before its `#`",
        ErrorKind::CommentInterceptedScalar => {
            "a comment stands in the middle of a text of several lines"
        }
        ErrorKind::MisplacedFlowCollectionEnd => "this bracket closes nothing",
        ErrorKind::UnclosedQuotedScalar => "a quote is never closed",
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "something follows a closed quote: quotes have to be around the whole value"
        }
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
            "an escape in double quotes that YAML does not know"
        }
        ErrorKind::BlockEntryInFlowCollection | ErrorKind::BlockSequenceEntryNotAllowed => {
            "no item with `-` is possible here"
        }
        ErrorKind::MappingKeyNotAllowed
        | ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement => {
            "no key is possible here: a value with `:` has to be in quotes"
        }
        ErrorKind::ExpectedWhitespace | ErrorKind::InvalidMappingValueWhitespace => {
            "a space is missing here"
        }
        ErrorKind::MissingAnchorOrAliasName => {
            "`&` and `*` begin a name, and there is none: the value has to be in quotes"
        }
        ErrorKind::UndeclaredTagHandle => "the beginning of this tag is not declared",
        ErrorKind::ExpectedDocumentStart => "something stands between two documents",
        ErrorKind::RecursionLimitExceeded => "it nests too deeply",
        _ => return None,
    })
}
