//! `-p ADDRESS:HOST:CONTAINER/PROTOCOL` (docker/go-connections, `nat.ParsePortSpec`).

use std::net::IpAddr;
use std::ops::RangeInclusive;

use caulk_model::{Port, State};

use super::super::text::Text;

/// A port that is published. A range gives several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedPort {
    /// The address and ports, as the model knows them.
    pub port: Port,
    /// `tcp`, `udp`, `sctp`.
    pub protocol: String,
}

/// The ports that a value publishes.
pub fn ports(value: &Text) -> Result<Vec<PublishedPort>, String> {
    let value = long_form(value)?;
    let Some(known) = value.value() else {
        return Ok(vec![partly_known(&value)]);
    };
    let (address, host, container) = fields(known);
    let (container, protocol) = container.split_once('/').unwrap_or((container, "tcp"));
    if container.is_empty() {
        return Err(format!("no port specified: {known}<empty>"));
    }
    let protocol = protocol.to_ascii_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(format!("invalid proto: {protocol}"));
    }
    let address = address_of(address)?;
    let inside = range(container).ok_or_else(|| format!("invalid containerPort: {container}"))?;
    let outside = match host {
        "" => None,
        host => Some(range(host).ok_or_else(|| format!("invalid hostPort: {host}"))?),
    };
    let one = inside.start() == inside.end();
    if let Some(outside) = &outside {
        let length = |range: &RangeInclusive<u16>| range.end() - range.start();
        if length(outside) != length(&inside) && !one {
            return Err(format!(
                "invalid ranges specified for container and host Ports: {container} and {host}"
            ));
        }
    }
    let ports = inside.enumerate().map(|(at, target)| {
        let published = match &outside {
            None => String::new(),
            // The engine takes one of the range.
            Some(outside) if one && outside.start() != outside.end() => host.to_owned(),
            Some(outside) => outside.clone().nth(at).unwrap_or_default().to_string(),
        };
        PublishedPort {
            port: Port {
                address: State::Known(address.clone()),
                published,
                target: target.to_string(),
                says_tcp: false,
            },
            protocol: protocol.clone(),
        }
    });
    Ok(ports.collect())
}

/// `published=80,target=8080,protocol=tcp` as the short form.
fn long_form(value: &Text) -> Result<Text, String> {
    let Some(known) = value.value().filter(|known| known.contains('=')) else {
        return Ok(value.clone());
    };
    let (mut published, mut target, mut protocol) = ("", "", "tcp");
    for field in known.split(',') {
        let parted = field.split_once('=').filter(|(key, _)| !key.is_empty());
        let Some((key, value)) = parted else {
            return Err(format!(
                "invalid publish opts format (should be name=value but got '{field}')"
            ));
        };
        match key {
            "published" => published = value,
            "target" => target = value,
            "protocol" => protocol = value,
            _ => {}
        }
    }
    Ok(Text::known(format!("{published}:{target}/{protocol}")))
}

/// A port of which a part hangs on a variable: the address may be known all the same.
fn partly_known(value: &Text) -> PublishedPort {
    let mut fields = value.split(':');
    let target = fields.pop().unwrap_or_default();
    let published = fields.pop().unwrap_or_default();
    let address = fields.pop();
    let unsure = value.beginning().is_empty() && address.is_none();
    PublishedPort {
        port: Port {
            // `$PORT:80` may well be `127.0.0.1:80:80`.
            address: match &address {
                Some(address) => address.state(),
                None if unsure => value.state(),
                None => State::Known(String::new()),
            },
            published: published.written().to_owned(),
            target: target.written().to_owned(),
            says_tcp: false,
        },
        protocol: "tcp".to_owned(),
    }
}

/// From behind, so that an address may hold colons.
fn fields(text: &str) -> (&str, &str, &str) {
    let Some((rest, container)) = text.rsplit_once(':') else {
        return ("", "", text);
    };
    match rest.rsplit_once(':') {
        Some((address, host)) => (address, host, container),
        None => ("", rest, container),
    }
}

fn address_of(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    match bare.parse::<IpAddr>() {
        Ok(address) => Ok(address.to_string()),
        Err(_) => Err(format!("invalid IP address: {text}")),
    }
}

fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start <= end).then_some(start..=end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let ports = ports(&Text::known(text))?;
        let shown = ports.iter().map(|published| {
            let port = &published.port;
            let address = port.address.known().cloned().unwrap_or_default();
            format!(
                "{address}|{}|{}|{}",
                port.published, port.target, published.protocol
            )
        });
        Ok(shown.collect())
    }

    #[test]
    fn ports_in_every_spelling() {
        let first = |text: &str| read(text).unwrap().remove(0);
        assert_eq!(first("80"), "||80|tcp");
        assert_eq!(first("8080:80/udp"), "|8080|80|udp");
        assert_eq!(first("127.0.0.1:8080:80"), "127.0.0.1|8080|80|tcp");
        assert_eq!(first("127.0.0.1::80"), "127.0.0.1||80|tcp");
        assert_eq!(first("[::1]:8080:80"), "::1|8080|80|tcp");
        assert_eq!(first("3000-3005:80"), "|3000-3005|80|tcp");
        assert_eq!(first("published=80,target=8080"), "|80|8080|tcp");
        assert_eq!(read("3000-3001:4000-4001").unwrap().len(), 2);
        for text in [
            "",
            "x:80",
            "80:",
            "1-3:4-5",
            "300.1.1.1:80:80",
            "80/icmp",
            "5-4",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_known_where_the_port_is_not() {
        let mut text = Text::known("127.0.0.1:");
        text.push_unknown("$PORT", "`$PORT` is not set here", false);
        text.push(":80");
        let port = ports(&text).unwrap().remove(0).port;
        assert_eq!(port.address.known().map(String::as_str), Some("127.0.0.1"));
        let mut text = Text::default();
        text.push_unknown("$PORT", "`$PORT` is not set here", false);
        text.push(":80");
        let port = ports(&text).unwrap().remove(0).port;
        assert_eq!(port.address.known(), None);
    }
}
