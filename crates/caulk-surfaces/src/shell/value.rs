//! The text of a word, as far as it is known.

use caulk_source::Span;
use caulk_syntax::Joined;

use super::call::Flow;

/// Values longer than this are not followed: a body could double one on every line.
const MAX_LENGTH: usize = 32 * 1024;

/// Nor are values of more pieces.
const MAX_PIECES: usize = 1_024;

/// The text of a word: what is known of it, and what is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Value {
    pub(crate) pieces: Vec<Piece>,
    /// Where the word stands.
    pub(crate) span: Span,
    /// How many bytes of text its pieces have.
    length: usize,
}

/// A piece of a [`Value`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    pub(crate) kind: PieceKind,
    /// Where it stands: a variable's value stands where the variable is used.
    pub(crate) span: Span,
    /// Whether a variable holds it, so that it is written elsewhere.
    pub(crate) held: bool,
    /// Whether no word or several may come of it: nothing quotes it where it is expanded.
    pub(crate) splits: bool,
}

/// The kinds of [`Piece`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum PieceKind {
    /// Text.
    Text(String),
    /// Something that cannot be known, as a person would write it: `$NAME`.
    Unknown(String),
    /// What commands print.
    Output(Flow),
    /// The name of a file that holds what commands print: `<(…)`.
    File(Flow),
}

impl Value {
    /// A value at `span` without a piece yet.
    pub(crate) fn empty(span: Span) -> Self {
        Self {
            pieces: Vec::new(),
            span,
            length: 0,
        }
    }

    /// Whether a variable holds what it begins with.
    pub(crate) fn begins_elsewhere(&self) -> bool {
        self.pieces.first().is_some_and(|piece| piece.held)
    }

    /// How many bytes of text it has.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// A known text.
    pub(crate) fn text(text: impl Into<String>, span: Span) -> Self {
        let mut value = Self::empty(span);
        value.push(PieceKind::Text(text.into()), span);
        value
    }

    /// Adds a piece that stands there as it is.
    pub(crate) fn push(&mut self, kind: PieceKind, span: Span) {
        self.add(Piece {
            kind,
            span,
            held: false,
            splits: false,
        });
    }

    /// Adds a piece.
    pub(crate) fn add(&mut self, piece: Piece) {
        let fits = self.pieces.len() < MAX_PIECES && self.length + piece.length() <= MAX_LENGTH;
        if fits {
            self.length += piece.length();
            self.pieces.push(piece);
        } else if self.length <= MAX_LENGTH {
            // Once: nothing more is added after that.
            self.length = MAX_LENGTH + 1;
            let kind = PieceKind::Unknown("…".to_owned());
            self.pieces.push(Piece { kind, ..piece });
        }
    }

    /// Adds what an expansion at `span` gives.
    pub(crate) fn push_expanded(&mut self, value: &Self, span: Span, quoted: bool) {
        for piece in &value.pieces {
            self.add(Piece {
                span,
                splits: piece.splits && !quoted,
                ..piece.clone()
            });
        }
    }

    /// It as the value of a variable that is used at `span`.
    #[must_use]
    pub(crate) fn held(&self, span: Span) -> Self {
        let mut held = Self::empty(span);
        for piece in &self.pieces {
            held.add(Piece {
                kind: piece.kind.clone(),
                span,
                held: true,
                splits: true,
            });
        }
        held
    }

    /// The whole text, where it is known.
    pub(crate) fn known(&self) -> Option<String> {
        let mut whole = String::new();
        for piece in &self.pieces {
            match &piece.kind {
                PieceKind::Text(text) => whole.push_str(text),
                PieceKind::Unknown(_) | PieceKind::Output(_) | PieceKind::File(_) => return None,
            }
        }
        Some(whole)
    }

    /// The text, with what is not known as a person would write it.
    pub(crate) fn shown(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match &piece.kind {
            PieceKind::Text(text) | PieceKind::Unknown(text) => text.as_str(),
            PieceKind::Output(_) => "$(…)",
            PieceKind::File(_) => "<(…)",
        });
        pieces.collect()
    }

    /// The known text with which it begins.
    pub(crate) fn known_start(&self) -> &str {
        match self.pieces.first().map(|piece| &piece.kind) {
            Some(PieceKind::Text(text)) => text,
            _ => "",
        }
    }

    /// Whose output its text is.
    pub(crate) fn output(&self) -> Flow {
        self.flow(|kind| match kind {
            PieceKind::Output(flow) => Some(flow),
            PieceKind::Text(_) | PieceKind::Unknown(_) | PieceKind::File(_) => None,
        })
    }

    /// Whose output the file holds that it names.
    pub(crate) fn file(&self) -> Flow {
        self.flow(|kind| match kind {
            PieceKind::File(flow) => Some(flow),
            PieceKind::Text(_) | PieceKind::Unknown(_) | PieceKind::Output(_) => None,
        })
    }

    fn flow<'a>(&'a self, pick: impl Fn(&'a PieceKind) -> Option<&'a Flow>) -> Flow {
        let mut all = Flow::default();
        for flow in self.pieces.iter().filter_map(|piece| pick(&piece.kind)) {
            all.add(flow);
        }
        all
    }

    /// It as text to be read anew, with the place of each byte. What is not text gets a name, which
    /// `name` gives.
    pub(crate) fn to_joined(&self, mut name: impl FnMut(&Piece) -> String) -> Joined {
        let mut joined = Joined::new(self.span.file, self.span.range().start);
        for piece in &self.pieces {
            match &piece.kind {
                PieceKind::Text(text) if piece.stands_as_it_is(text) => {
                    joined.push(text, piece.span.range().start);
                }
                PieceKind::Text(text) | PieceKind::Unknown(text) => {
                    joined.push_for(text, piece.span);
                }
                PieceKind::Output(_) | PieceKind::File(_) => {
                    joined.push_for(&name(piece), piece.span);
                }
            }
        }
        joined
    }

    /// It without its first `length` bytes, which are known.
    pub(crate) fn after(&self, length: usize) -> Self {
        let mut rest = self.clone();
        if let Some(piece) = rest.pieces.first_mut()
            && let PieceKind::Text(text) = &piece.kind
        {
            let as_it_is = piece.stands_as_it_is(text);
            let behind = caulk_source::cut_from(text, length).to_owned();
            piece.kind = PieceKind::Text(behind);
            if as_it_is {
                piece.span = piece.span.part(length..piece.span.range().len());
                let end = rest.span.range().len();
                rest.span = piece.span.to(rest.span.part(end..end));
            }
        }
        rest
    }
}

impl Piece {
    /// Whether its text stands at its place byte for byte.
    fn stands_as_it_is(&self, text: &str) -> bool {
        !self.held && text.len() == self.span.range().len()
    }

    fn length(&self) -> usize {
        match &self.kind {
            PieceKind::Text(text) | PieceKind::Unknown(text) => text.len(),
            PieceKind::Output(_) | PieceKind::File(_) => 1,
        }
    }
}
