//! Clients that are told where their engine is: `DOCKER_HOST`, `docker -H`.

use caulk_model::{EngineClient, State};
use caulk_source::{Span, Surface};

use crate::command_line::{self, Argument};
use crate::shell::{Call, Value};

/// An endpoint of an engine, as somebody writes it.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) place: Span,
    pub(super) text: String,
    /// Whether the client is to ask for TLS; nothing where nothing says so.
    pub(super) tls: Option<State<bool>>,
    /// The service that has the endpoint's host as its name.
    pub(super) service: Option<Span>,
}

impl Endpoint {
    /// It for the model.
    pub(super) fn client(&self, surface: Surface) -> EngineClient {
        EngineClient {
            surface,
            place: self.place,
            endpoint: self.text.clone(),
            tls: self.tls.clone(),
            service: self.service,
        }
    }

    /// The host in it.
    pub(super) fn host(&self) -> &str {
        let address = self.text.split("://").nth(1).unwrap_or_default();
        address.split([':', '/']).next().unwrap_or_default()
    }
}

/// The endpoints that commands name, as they are met.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    found: Vec<Endpoint>,
    /// Whether a variable asks for TLS.
    tls: Option<State<bool>>,
}

impl Endpoints {
    /// Takes a command: what it sets, and what `words`, those of its own program, say.
    pub(super) fn take(&mut self, call: &Call, words: &[Argument]) {
        for (name, value) in &call.assignments {
            self.variable(&name.value, value, name.span);
        }
        let program = call.program().unwrap_or_default();
        if matches!(program.as_str(), "declare" | "export" | "readonly") {
            for word in call.operands() {
                if let Some((name, _)) = word.known_start().split_once('=') {
                    self.variable(name, &word.after(name.len() + 1), word.span);
                }
            }
        }
        if let Some((host, tls)) = command_line::endpoint(words)
            && let Some(text) = host.text.value()
        {
            self.found.push(Endpoint {
                place: host.span,
                text: text.to_owned(),
                tls: tls.then_some(State::Known(true)),
                service: None,
            });
        }
    }

    fn variable(&mut self, name: &str, value: &Value, place: Span) {
        match name {
            "DOCKER_HOST" => self.found.extend(value.known().map(|text| Endpoint {
                place,
                text,
                tls: None,
                service: None,
            })),
            "DOCKER_TLS_VERIFY" | "DOCKER_TLS" => {
                let asks = match value.known() {
                    Some(text) if text.is_empty() => return,
                    Some(_) => State::Known(true),
                    None => State::unknown("a variable decides"),
                };
                self.tls.get_or_insert(asks);
            }
            _ => {}
        }
    }

    /// All of them: what asks for TLS anywhere in the file counts for those that do not say.
    pub(super) fn all(self) -> Vec<Endpoint> {
        let tls = self.tls;
        let found = self.found.into_iter().map(|endpoint| Endpoint {
            tls: endpoint.tls.or_else(|| tls.clone()),
            ..endpoint
        });
        found.collect()
    }
}
