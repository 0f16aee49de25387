//! HCL: blocks with attributes, each with its place.
//!
//! `hcl-edit` gives the tree. Kept of it is what a reader of settings asks for: text and lists of
//! text; any other expression is there with its place and without a value.

use std::borrow::Cow;
use std::ops::Range;

use caulk_source::{BOM, FileId, Span, Spanned};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Block as HclBlock, BlockLabel, Body as HclBody};

use crate::Problem;

/// How deep brackets may stand in each other.
const MAX_DEPTH: usize = 64;

/// What a text holds.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Body {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// What a reader of HCL refuses.
    pub problems: Vec<Problem>,
}

/// `kind "label" { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// What it is.
    pub kind: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// Where its kind is written.
    pub place: Span,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
}

/// `key = value`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// The key.
    pub key: Spanned<String>,
    /// The value.
    pub value: Value,
}

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// Where it is written, with its quotes and brackets.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text without variables.
    String(String),
    /// `[ … ]`
    List(Vec<Value>),
    /// `{ … }`: the keys, without those that are reckoned.
    Object(Vec<String>),
    /// A number, a variable, a call: nothing that is asked for.
    Other,
}

impl Block {
    /// The last attribute with this key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let mut attributes = self.attributes.iter().rev();
        let found = attributes.find(|attribute| attribute.key.value == key)?;
        Some(&found.value)
    }
}

impl Value {
    /// Text without variables.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            Kind::List(_) | Kind::Object(_) | Kind::Other => None,
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::String(_) | Kind::Object(_) | Kind::Other => &[],
        }
    }

    /// The keys of an object; none for anything else.
    pub fn keys(&self) -> &[String] {
        match &self.kind {
            Kind::Object(keys) => keys,
            Kind::String(_) | Kind::List(_) | Kind::Other => &[],
        }
    }
}

/// Reads a text. Of one that is refused there is no block.
pub fn parse(file: FileId, text: &str) -> Body {
    let body_text = text.trim_start_matches(BOM);
    let base = text.len() - body_text.len();
    let reader = Reader { file, base };
    if let Some(at) = too_deep(body_text) {
        return reader.refused(at..at + 1, "brackets stand too deep in each other");
    }
    // The end of the file ends a line too.
    let ended = if body_text.ends_with('\n') {
        Cow::Borrowed(body_text)
    } else {
        Cow::Owned(format!("{body_text}\n"))
    };
    match parse_body(&ended) {
        Ok(body) => Body {
            blocks: reader.blocks(&body),
            problems: Vec::new(),
        },
        Err(error) => {
            let at = error.location().offset().min(body_text.trim_end().len());
            reader.refused(at..at, error.message())
        }
    }
}

/// Where the first bracket stands that is too deep. Those in texts count too: nobody writes so many.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(at);
        }
    }
    None
}

struct Reader {
    file: FileId,
    base: usize,
}

impl Reader {
    fn refused(&self, range: Range<usize>, message: &str) -> Body {
        Body {
            blocks: Vec::new(),
            problems: vec![Problem {
                span: self.span(Some(range)),
                message: message.to_owned(),
            }],
        }
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        Span::new(self.file, self.base + range.start..self.base + range.end)
    }

    fn blocks(&self, body: &HclBody) -> Vec<Block> {
        body.blocks().map(|block| self.block(block)).collect()
    }

    fn block(&self, block: &HclBlock) -> Block {
        let labels = block.labels.iter().map(|label| match label {
            BlockLabel::Ident(ident) => ident.as_str().to_owned(),
            BlockLabel::String(text) => text.as_str().to_owned(),
        });
        let attributes = block.body.attributes().map(|attribute| Attribute {
            key: Spanned::new(
                attribute.key.as_str().to_owned(),
                self.span(attribute.key.span()),
            ),
            value: self.value(&attribute.value),
        });
        Block {
            kind: block.ident.as_str().to_owned(),
            labels: labels.collect(),
            place: self.span(block.ident.span()),
            attributes: attributes.collect(),
        }
    }

    fn value(&self, expression: &Expression) -> Value {
        let kind = if let Some(text) = expression.as_str() {
            Kind::String(text.to_owned())
        } else if let Some(items) = expression.as_array() {
            Kind::List(items.iter().map(|item| self.value(item)).collect())
        } else if let Some(members) = expression.as_object() {
            let keys = members.iter().filter_map(|(key, _)| match key {
                ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
                ObjectKey::Expression(text) => text.as_str().map(str::to_owned),
            });
            Kind::Object(keys.collect())
        } else {
            Kind::Other
        };
        Value {
            span: self.span(expression.span()),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use caulk_source::cut;

    use super::*;

    #[test]
    fn text_and_lists_have_their_places() {
        let text = "\u{feff}variable \"X\" {}\ntarget \"a\" {\n  entitlements = [\"b\", X, \"c${X}\"]\n  contexts = {d = \"e\", \"f\" = \"g\"}\n  network = \"host\"\n}\n";
        let body = parse(FileId::FIRST, text);
        let target = &body.blocks[1];
        assert_eq!(target.labels, ["a"]);
        assert_eq!(cut(text, target.place.range()), "target");
        let items = target.get("entitlements").unwrap().items();
        let shown: Vec<Option<&str>> = items.iter().map(Value::as_str).collect();
        assert_eq!(shown, [Some("b"), None, None]);
        assert_eq!(cut(text, items[0].span.range()), "\"b\"");
        assert_eq!(target.get("contexts").unwrap().keys(), ["d", "f"]);
        assert_eq!(target.get("network").unwrap().as_str(), Some("host"));
    }

    #[test]
    fn what_is_refused_says_where() {
        let body = parse(FileId::FIRST, "target \"a\" {\n  x = [\n");
        assert_eq!(body.problems.len(), 1);
        let deep = "x = ".to_owned() + &"[".repeat(100_000);
        assert!(
            parse(FileId::FIRST, &deep).problems[0]
                .message
                .contains("too deep")
        );
    }
}
