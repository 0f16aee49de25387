//! Clients of an engine that are told where it is.

use caulk_source::{Span, Surface};

use crate::State;

/// A client that is told where its engine is, outside of any container that is declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EngineClient {
    /// The kind of file.
    pub surface: Surface,
    /// Where the endpoint is written.
    pub place: Span,
    /// The endpoint: `tcp://…`.
    pub endpoint: String,
    /// Whether it asks for TLS; nothing where nothing says so.
    pub tls: Option<State<bool>>,
    /// The service beside it that has the endpoint's host as its name.
    pub service: Option<Span>,
}
