//! What a variable holds when it holds a credential: judged by its name, and by its value.
//!
//! Both have to agree unless the value says it alone, by the form that its maker gives it. A text
//! that was put there for others to replace, and a password that everybody knows, is none: who finds
//! it has found nothing.

mod address;
mod format;
mod name;
mod stand_in;

use std::ops::Range;

pub use name::names_one;

/// How a text is known to be a credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CredentialKind {
    /// Its variable is called so.
    Named,
    /// Its variable is called a key, and it reads like one.
    Random,
    /// It stands in an address or in a connection string.
    Connection,
    /// It has the form of this kind of token.
    Token(&'static str),
    /// It is a private key.
    PrivateKey,
}

/// A credential in the value of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credential {
    /// How it is known to be one.
    pub kind: CredentialKind,
    /// Which part of the value it is.
    pub part: Range<usize>,
}

/// The credential that `value` is or holds as the value of the variable `name`, if there is one.
///
/// `around` are words that the same file has for other things: an account, a database, an image. A
/// password that is one of them is an example.
pub fn in_variable(name: &str, value: &str, around: &[String]) -> Option<Credential> {
    let whole = |kind| {
        Some(Credential {
            kind,
            part: 0..value.len(),
        })
    };
    if let Some(kind) = format::of(value) {
        return whole(kind);
    }
    if let Some(part) = address::password(value) {
        let password = caulk_source::cut(value, part.clone());
        let user = address::user(value).to_owned();
        let around: Vec<String> = around.iter().cloned().chain([user]).collect();
        return (!stand_in::is_one(name, password, &around)).then_some(Credential {
            kind: CredentialKind::Connection,
            part,
        });
    }
    if name::is_about(name)
        || stand_in::is_elsewhere(value)
        || stand_in::is_one(name, value, around)
    {
        return None;
    }
    if names_one(name) {
        // A number is a limit or a switch, unless it opens something.
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        return (!is_number || name::names_password(name))
            .then(|| whole(CredentialKind::Named))
            .flatten();
    }
    (name::names_key(name) && stand_in::is_random(value))
        .then(|| whole(CredentialKind::Random))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, value: &str) -> Option<CredentialKind> {
        in_variable(name, value, &["wiki".to_owned()]).map(|credential| credential.kind)
    }

    #[test]
    fn a_name_and_a_value_together() {
        for value in [
            "hunter2",
            "s3cr3t value",
            "XscUJuDQP4WuWA55vfXNrc7",
            "letmein",
            "deport-silver-showcase-pusher",
            "83746522",
            "prod-api-key-83hf7dh2k4h5",
            "r(m)9nLGnz$(_q3N1z1k",
            "v7<kQ{2w",
        ] {
            assert_eq!(
                kind("DB_PASSWORD", value),
                Some(CredentialKind::Named),
                "{value}"
            );
        }
        for value in [
            "",
            "changeme",
            "!changeme!",
            "makeitup2",
            "P4ssb0lt",
            "ChangeMe",
            "$X",
            "<token>",
            "your_mysql_root_password",
            "MySecureLoginPasswordForWebApp",
            "super_strong_password",
            "chrome_token",
            "dbpass",
            "ROOTPW1",
            "/run/secrets/x",
            "config/jwt/private.pem",
            "xxxx",
            "xxxx-xxxx-xxxx",
            "aabbcc",
            "true",
            "123456",
            "root@1234",
            "postgres",
            "admin",
            "wiki",
            "Wiki1",
            "makeitup2",
            "W1k1root",
            "whalehello",
            "wikiroot",
            "db_dev",
            "https://x",
            "{{ lookup('password') }}",
        ] {
            assert_eq!(kind("DB_PASSWORD", value), None, "{value}");
        }
        assert_eq!(kind("MAX_TOKENS", "8192417"), None);
        assert_eq!(kind("CONTEXT_TOKENS", "8192417"), None, "a number");
        assert_eq!(kind("LANG", "hunter2"), None);
        assert_eq!(kind("KONG_PASSWORD", "kong"), None, "a word of its name");
    }

    #[test]
    fn a_key_only_where_it_reads_like_one() {
        let random = "k3Jf92LmQx07ZpTbVu5Ha8Rd";
        assert_eq!(kind("MASTER_KEY", random), Some(CredentialKind::Random));
        assert_eq!(kind("MASTER_KEY", "primary"), None);
        assert_eq!(
            kind("GPG_KEY", "A035C8C19219BA821ECEA86B64E628F8D684696D"),
            None
        );
        assert_eq!(kind("BUILD_ID", random), None);
    }

    #[test]
    fn what_stands_in_an_address() {
        for (value, part) in [
            ("postgres://app:hunter2@db/app", "hunter2"),
            ("Server=db;User Id=sa;Password=hunter2;", "hunter2"),
            ("jdbc:mysql://db/app?user=app&password=hunter2", "hunter2"),
            ("redis://:hunter2@cache:6379", "hunter2"),
        ] {
            let found = in_variable("ANY", value, &[]).map(|found| (found.kind, found.part));
            let (kind, range) = found.unwrap_or((CredentialKind::Named, 0..0));
            assert_eq!(kind, CredentialKind::Connection, "{value}");
            assert_eq!(value.get(range), Some(part), "{value}");
        }
        for value in [
            "postgres://app:app@db/app",
            "amqp://guest:guest@mq:5672/",
            "postgres://app@db/app",
            "postgres://app:${PASSWORD}@db/app",
            "http://proxy:3128",
            "https://example.com/a:b@c",
            "Server=db;Password=;",
        ] {
            assert_eq!(in_variable("DATABASE_URL", value, &[]), None, "{value}");
        }
    }
}
