//! Values of the model in the spelling of the short syntax.
//!
//! A rule sees no text. What it can tell is whether an entry is as long as its value would be in the
//! short syntax: then it is written so, and with another value it can be written so again.

use caulk_model::{Mount, Port, Relabel};
use caulk_source::Span;

/// Whether what is written at `span` is `text`, in quotes or without.
pub(crate) fn is_text(text: &str, span: Span) -> bool {
    let length = span.range().len();
    length == text.len() || length == text.len() + "''".len()
}

/// `[ADDRESS:][PUBLISHED:]TARGET`; nothing where part of it is not known.
pub(crate) fn port(port: &Port) -> Option<String> {
    let address = match port.address.known()?.as_str() {
        "" => String::new(),
        address if address.contains(':') => format!("[{address}]:"),
        address => format!("{address}:"),
    };
    let published = match port.published.as_str() {
        "" if address.is_empty() => String::new(),
        published => format!("{published}:"),
    };
    let protocol = if port.says_tcp { "/tcp" } else { "" };
    Some(format!("{address}{published}{}{protocol}", port.target))
}

/// Whether a port is written in the short syntax.
pub(crate) fn is_port(value: &Port, span: Span) -> bool {
    port(value).is_some_and(|text| is_text(&text, span))
}

/// `SOURCE:TARGET[:OPTIONS]`; nothing where part of it is not known.
pub(crate) fn mount(mount: &Mount) -> Option<String> {
    let source = mount.source.known()?;
    let options = [
        mount.read_only.then_some("ro"),
        mount.propagation.as_deref(),
        match mount.relabel {
            Relabel::None => None,
            Relabel::Shared => Some("z"),
            Relabel::Private => Some("Z"),
        },
    ];
    let options: Vec<&str> = options.into_iter().flatten().collect();
    let target = &mount.target;
    Some(if options.is_empty() {
        format!("{source}:{target}")
    } else {
        format!("{source}:{target}:{}", options.join(","))
    })
}

/// Whether a mount is written in the short syntax, with no options but those that it has.
pub(crate) fn is_mount(value: &Mount, span: Span) -> bool {
    mount(value).is_some_and(|text| is_text(&text, span))
}
