//! What the name of a variable says of its value.

/// The last part of a name that says that its value opens something.
const PASSWORDS: &[&str] = &[
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PASSWORDS",
    "PWD",
];

/// The last part of a name that says that its value is a credential of another kind.
const WORDS: &[&str] = &[
    "APIKEY",
    "CREDENTIALS",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
];

/// The same, as the end of a longer part: `PGPASSWORD`, `clientSecret`.
const ENDINGS: &[&str] = &[
    "APIKEY",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "SECRET",
    "TOKEN",
];

/// Two parts that say so together.
const PAIRS: &[(&str, &str)] = &[
    ("ACCESS", "KEY"),
    ("API", "KEY"),
    ("AUTH", "KEY"),
    ("DEPLOY", "KEY"),
    ("ENCRYPTION", "KEY"),
    ("PRIVATE", "KEY"),
    ("SECRET", "KEY"),
    ("SIGNING", "KEY"),
    ("SSH", "KEY"),
];

/// Last parts that say that the value is about a credential, and none itself.
const ABOUT: &[&str] = &[
    "AGE",
    "ALG",
    "ALGORITHM",
    "ARN",
    "BACKEND",
    "BCRYPT",
    "COUNT",
    "DIR",
    "DUMMY",
    "ENABLED",
    "ENDPOINT",
    "EXPIRATION",
    "EXPIRE",
    "EXPIRES",
    "EXPIRY",
    "FIELD",
    "FILE",
    "FILES",
    "FORMAT",
    "HASH",
    "HASHED",
    "HEADER",
    "HINT",
    "HOST",
    "ID",
    "INTERVAL",
    "ISSUER",
    "LEN",
    "LENGTH",
    "LIFETIME",
    "LOCATION",
    "MD5",
    "MODE",
    "NAME",
    "PATH",
    "PATTERN",
    "POLICY",
    "PORT",
    "PREFIX",
    "PROVIDER",
    "REF",
    "REGEX",
    "REQUIRED",
    "SCHEME",
    "SERVICE",
    "SHA2",
    "SHA256",
    "SIZE",
    "STORE",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "USER",
    "USERNAME",
    "VERSION",
];

/// First parts that ask whether, and not which: `ALLOW_EMPTY_PASSWORD`, `USE_TOKEN`.
const ASKS: &[&str] = &[
    "ALLOW", "DISABLE", "ENABLE", "HAS", "IS", "NO", "REQUIRE", "SKIP", "USE", "WITHOUT",
];

/// Parts, wherever they stand, of names of limits and of what everybody may know.
const NONE: &[&str] = &[
    "FINGERPRINT",
    "GPG",
    "MAX",
    "MIN",
    "NUM",
    "PGP",
    "PUB",
    "PUBLIC",
    "SITE",
];

/// The last part of a name that may be that of a credential, and of much else.
const KEYS: &[&str] = &["AUTH", "CREDENTIAL", "KEY", "SALT"];

/// The parts of a name in capitals.
pub(super) fn parts(upper: &str) -> Vec<&str> {
    upper
        .split(['_', '-', '.'])
        .filter(|part| !part.is_empty())
        .collect()
}

/// Whether a variable with this name holds something about a credential, or nothing secret.
pub(super) fn is_about(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let parts = parts(&upper);
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return true;
    };
    ABOUT.contains(last)
        || ASKS.contains(first)
        || parts.iter().any(|part| NONE.contains(part))
        || matches!(upper.as_str(), "PWD" | "OLDPWD")
}

/// Whether a variable with this name holds a credential.
pub fn names_one(name: &str) -> bool {
    if is_about(name) {
        return false;
    }
    let upper = name.to_ascii_uppercase();
    let parts = parts(&upper);
    let Some(last) = parts.last() else {
        return false;
    };
    let pair = |(first, second): &(&str, &str)| {
        parts
            .windows(2)
            .any(|two| matches!(two, [a, b] if a == first && b == second))
    };
    PASSWORDS.contains(last)
        || WORDS.contains(last)
        || ENDINGS.iter().any(|end| last.ends_with(end))
        || PAIRS.iter().any(pair)
}

/// Whether it holds a password: then even a number is one.
pub(super) fn names_password(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let parts = parts(&upper);
    let last = parts.last().copied().unwrap_or_default();
    PASSWORDS.contains(&last) || last.ends_with("PASSWORD")
}

/// Whether it may hold a credential, if the value reads like one.
pub(super) fn names_key(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let last = parts(&upper).last().copied().unwrap_or_default();
    KEYS.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_hold_a_credential() {
        for name in [
            "DB_PASSWORD",
            "GITHUB_TOKEN",
            "npm_token",
            "AWS_SECRET_ACCESS_KEY",
            "API_KEY",
            "API_KEY_READ_ONLY",
            "JWT_SECRET",
            "PGPASSWORD",
            "clientSecret",
            "sonar.jdbc.password",
            "Kestrel__Certificates__Default__Password",
        ] {
            assert!(names_one(name), "{name}");
        }
        for name in [
            "GPG_KEY",
            "GPG_KEYS",
            "AWS_ACCESS_KEY_ID",
            "PASSWORD_FILE",
            "PASSWORD_MIN_LENGTH",
            "PASSWORD_SCHEME",
            "TOKEN_TTL",
            "MAX_TOKENS",
            "PWD",
            "KEYBOARD",
            "PUBLIC_KEY",
            "RECAPTCHA_SITE_KEY",
            "SECRET_NAME",
            "SECRET_PORT",
            "TOKENIZERS_PARALLELISM",
            "ALLOW_EMPTY_PASSWORD",
            "BYPASS",
            "SECRET_KEY_BASE_DUMMY",
            "COMPASS",
        ] {
            assert!(!names_one(name), "{name}");
        }
    }
}
