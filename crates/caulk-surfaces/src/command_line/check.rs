//! What the client says of a value while it reads the flags.

use super::flags::Kind;
use super::grammar::{Given, Refusal};
use super::{size, values};

/// Whether the client takes the value of a flag. What is not known is not judged.
pub(super) fn check(given: &Given<'_>) -> Result<(), Refusal> {
    let kind = given.flag.kind;
    let checked = if kind == Kind::Mount {
        values::mount(&given.value).map(drop)
    } else if kind == Kind::Network {
        values::network(&given.value).map(drop)
    } else {
        let known = given.value.value();
        known.map_or(Ok(()), |value| check_text(kind, value))
    };
    checked.map_err(|cause| {
        let flag = given.flag;
        let name = match flag.short {
            Some(letter) => format!("-{letter}, --{}", flag.name),
            None => format!("--{}", flag.name),
        };
        let value = given.value.written();
        let message = format!("invalid argument \"{value}\" for \"{name}\" flag: {cause}");
        Refusal::new(Some(given.span), message)
    })
}

fn check_text(kind: Kind, value: &str) -> Result<(), String> {
    match kind {
        Kind::Switch => boolean(value).map(drop),
        Kind::Integer => integer(value).map(drop),
        Kind::Short => integer(value).and_then(|number| {
            let fits = u16::try_from(number).map(drop);
            fits.map_err(|_| out_of_range("ParseUint", value))
        }),
        Kind::Natural => integer(value).and_then(|number| {
            let fits = u64::try_from(number).map(drop);
            fits.map_err(|_| no_number("ParseUint", value))
        }),
        Kind::Duration => duration(value),
        Kind::SwapBytes if value == "-1" => Ok(()),
        Kind::Bytes | Kind::SwapBytes => size::bytes(value).map(drop),
        Kind::Cpus => size::nano_cpus(value).map(drop),
        Kind::Stream => match value.to_ascii_lowercase().as_str() {
            "stdin" | "stdout" | "stderr" => Ok(()),
            _ => Err("valid streams are STDIN, STDOUT and STDERR".to_owned()),
        },
        Kind::DeviceRule => values::device_rule(value),
        Kind::Variable if value.is_empty() || value.starts_with('=') => {
            Err(format!("invalid environment variable: {value}"))
        }
        Kind::Label => label(value),
        Kind::ExtraHost => extra_host(value),
        Kind::Link => link(value),
        Kind::Address => match value.trim().parse::<std::net::IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("IP address is not correctly formatted: {value}")),
        },
        Kind::Sysctl => values::sysctl(value).map(drop),
        Kind::Ulimit => values::ulimit(value).map(drop),
        Kind::Text
        | Kind::Optional
        | Kind::List
        | Kind::CommaList
        | Kind::Variable
        | Kind::Mount
        | Kind::Network => Ok(()),
    }
}

/// A boolean, as Go's `strconv.ParseBool` reads one.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(no_number("ParseBool", text)),
    }
}

/// A whole number, as Go's `strconv.ParseInt` reads one whose base its prefix tells.
pub(super) fn integer(text: &str) -> Result<i64, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = [("0x", 16), ("0b", 2), ("0o", 8)]
        .into_iter()
        .find_map(|(prefix, base)| Some((base, lower.strip_prefix(prefix)?)))
        .or_else(|| Some((8, lower.strip_prefix('0').filter(|rest| !rest.is_empty())?)))
        .unwrap_or((10, &lower));
    let digits = digits.replace('_', "");
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return Err(no_number("ParseInt", text));
    }
    let number = i128::from_str_radix(&digits, base).map_err(|_| out_of_range("ParseInt", text))?;
    let number = if negative { -number } else { number };
    i64::try_from(number).map_err(|_| out_of_range("ParseInt", text))
}

fn no_number(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing \"{text}\": invalid syntax")
}

fn out_of_range(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing \"{text}\": value out of range")
}

/// A length of time, as Go's `time.ParseDuration` reads one.
fn duration(text: &str) -> Result<(), String> {
    let refuse = || format!("time: invalid duration \"{text}\"");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(());
    }
    let mut rest = unsigned;
    if rest.is_empty() {
        return Err(refuse());
    }
    while !rest.is_empty() {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = caulk_source::cut_to(rest, rest.len() - after.len());
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.');
        let unit = caulk_source::cut_to(after, unit_end.unwrap_or(after.len()));
        if !number.contains(|c: char| c.is_ascii_digit()) || number.matches('.').count() > 1 {
            return Err(refuse());
        }
        match unit {
            "ns" | "us" | "µs" | "μs" | "ms" | "s" | "m" | "h" => {}
            "" => return Err(format!("time: missing unit in duration \"{text}\"")),
            unit => {
                return Err(format!(
                    "time: unknown unit \"{unit}\" in duration \"{text}\""
                ));
            }
        }
        rest = caulk_source::cut_from(after, unit.len());
    }
    Ok(())
}

fn label(value: &str) -> Result<(), String> {
    let key = value.split('=').next().unwrap_or_default();
    let key = key.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    if key.is_empty() {
        return Err(format!("invalid label '{value}': empty name"));
    }
    if key.contains([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']) {
        return Err(format!("label '{key}' contains whitespaces"));
    }
    Ok(())
}

/// `HOST:ADDRESS` or `HOST=ADDRESS`; the address may stand in brackets, or be `host-gateway`.
fn extra_host(value: &str) -> Result<(), String> {
    let refuse = || format!("bad format for add-host: \"{value}\"");
    let parted = value.split_once('=').or_else(|| value.split_once(':'));
    let (host, address) = parted.ok_or_else(refuse)?;
    if host.is_empty() {
        return Err(refuse());
    }
    let bare = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(address);
    if bare == "host-gateway" || bare.trim().parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    Err(format!("invalid IP address in add-host: \"{address}\""))
}

fn link(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("empty string specified for links".to_owned());
    }
    if value.matches(':').count() > 1 {
        return Err(format!("bad format for links: {value}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_go_reads_them() {
        assert_eq!(integer("-1"), Ok(-1));
        assert_eq!(integer("0x10"), Ok(16));
        assert_eq!(integer("010"), Ok(8));
        assert_eq!(integer("0"), Ok(0));
        for text in ["", "-", "1.5", "ten", "09", "0x"] {
            assert!(integer(text).is_err(), "{text}");
        }
        assert!(
            integer("9223372036854775808")
                .unwrap_err()
                .contains("range")
        );
    }

    #[test]
    fn lengths_of_time() {
        for text in ["1m30s", "0", "1.5h", "100ms", "-2s"] {
            assert_eq!(duration(text), Ok(()), "{text}");
        }
        for text in ["", "5", "1x", "s", "1..2s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosts_and_labels() {
        assert!(extra_host("a:127.0.0.1").is_ok());
        assert!(extra_host("a=[::1]").is_ok());
        assert!(extra_host("a:host-gateway").is_ok());
        assert!(extra_host("a").is_err());
        assert!(extra_host("a:b").is_err());
        assert!(label("a b=c").is_err());
        assert!(label("a=b c").is_ok());
    }
}
