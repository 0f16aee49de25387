//! Amounts, as docker/go-units and docker/cli read them.

use caulk_source::{cut_from, cut_to};

/// Bytes (`units.RAMInBytes`): a number, a blank if one likes, and `b`, `k`, `kb`, `kib`, … `pib`.
pub(super) fn bytes(text: &str) -> Result<i64, String> {
    let refuse = || format!("invalid size: '{text}'");
    let last = text
        .rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '))
        .ok_or_else(refuse)?;
    let suffix = cut_from(text, last + 1).to_ascii_lowercase();
    let number = match text.as_bytes().get(last) {
        Some(b' ') => cut_to(text, last),
        _ => cut_to(text, last + 1),
    };
    let size: f64 = number
        .parse()
        .map_err(|_| format!(r#"strconv.ParseFloat: parsing "{number}": invalid syntax"#))?;
    if size < 0.0 {
        return Err(refuse());
    }
    let power = match suffix.as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return Err(format!("invalid suffix: '{suffix}'")),
    };
    Ok(whole(size * 1024_f64.powi(power)))
}

/// The number without its fraction, as Go converts one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion that saturates is wanted: no container is given more than there is"
)]
fn whole(number: f64) -> i64 {
    number as i64
}

/// A billionth of a processor (`opts.ParseCPUs`): a decimal number or a fraction, exact to nine
/// digits.
pub(super) fn nano_cpus(text: &str) -> Result<i64, String> {
    const NANO: i128 = 1_000_000_000;
    let refuse = || format!("failed to parse {text} as a rational number");
    let (numerator, denominator) = match text.split_once('/') {
        Some((above, below)) => {
            let above: i64 = above.parse().map_err(|_| refuse())?;
            let below: u32 = below.parse().map_err(|_| refuse())?;
            (i128::from(above), i128::from(below))
        }
        None => decimal(text).ok_or_else(refuse)?,
    };
    if denominator == 0 {
        return Err(refuse());
    }
    let scaled = numerator.checked_mul(NANO).ok_or_else(refuse)?;
    if scaled % denominator != 0 {
        return Err("value is too precise".to_owned());
    }
    i64::try_from(scaled / denominator).map_err(|_| refuse())
}

/// A decimal number as a fraction.
fn decimal(text: &str) -> Option<(i128, i128)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all: String = [whole, fraction].concat();
    let is_number = !all.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || all.len() > 24 || exponent.unsigned_abs() > 12 {
        return None;
    }
    let number: i128 = all.parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()? - exponent;
    let power = 10_i128.checked_pow(places.unsigned_abs())?;
    if places >= 0 {
        Some((sign * number, power))
    } else {
        Some((sign * number.checked_mul(power)?, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_every_spelling() {
        for (text, expected) in [
            ("512m", 536_870_912),
            ("1g", 1_073_741_824),
            ("1.5GiB", 1_610_612_736),
            ("64 MB", 67_108_864),
            ("1024", 1024),
            ("0", 0),
            ("12b", 12),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["lots", "-1", "1x", "1kbb", "", "1.2.3", "=512m"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn processors_are_exact() {
        assert_eq!(nano_cpus("0.5"), Ok(500_000_000));
        assert_eq!(nano_cpus("2"), Ok(2_000_000_000));
        assert_eq!(nano_cpus("1/4"), Ok(250_000_000));
        assert_eq!(nano_cpus("1e-3"), Ok(1_000_000));
        assert_eq!(nano_cpus(".25"), Ok(250_000_000));
        assert_eq!(nano_cpus("1/3").unwrap_err(), "value is too precise");
        for text in ["", "half", "1/0", "1e99", "."] {
            assert!(nano_cpus(text).is_err(), "{text}");
        }
    }
}
