//! Ports as the engine makes them of what is written.

use caulk_model::Port;

/// A range with more ports than this is not taken apart.
const MAX_RANGE: usize = 1000;

/// Each port that `port` publishes: `ADDRESS:PUBLISHED:TARGET/PROTOCOL`. Nothing where part of it is
/// not known.
pub(crate) fn expanded(port: &Port) -> Option<Vec<String>> {
    let address = port.address.known()?;
    let (target, protocol) = port.target.split_once('/').unwrap_or((&port.target, "tcp"));
    let protocol = protocol.to_ascii_lowercase();
    let line = |published: &str, target: &str| format!("{address}:{published}:{target}/{protocol}");
    let targets = range(target)?;
    if port.published.is_empty() {
        let lines = targets.map(|target| line("", &target.to_string()));
        return Some(lines.collect());
    }
    let published = range(&port.published)?;
    if targets.clone().count() == 1 || targets.clone().count() > MAX_RANGE {
        return Some(vec![line(&port.published, target)]);
    }
    let pairs = published.zip(targets);
    let lines = pairs.map(|(published, target)| line(&published.to_string(), &target.to_string()));
    Some(lines.collect())
}

fn range(text: &str) -> Option<std::ops::RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use caulk_model::State;

    use super::*;

    fn of(published: &str, target: &str) -> Option<Vec<String>> {
        expanded(&Port {
            address: State::Known(String::new()),
            published: published.to_owned(),
            target: target.to_owned(),
            says_tcp: false,
        })
    }

    #[test]
    fn ranges_are_taken_apart() {
        let lines = |lines: &[&str]| Some(lines.iter().map(|line| (*line).to_owned()).collect());
        assert_eq!(of("80", "8080"), lines(&[":80:8080/tcp"]));
        assert_eq!(of("", "53/udp"), lines(&["::53/udp"]));
        assert_eq!(
            of("3000-3001", "80-81"),
            lines(&[":3000:80/tcp", ":3001:81/tcp"])
        );
        assert_eq!(of("3000-3001", "80"), lines(&[":3000-3001:80/tcp"]));
        assert_eq!(of("?", "80"), None);
    }
}
