//! The user as which a container's first process starts.

/// The user, as the engine is told: `name`, `uid`, `user:group`, or nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct User {
    text: String,
}

/// Who a user is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    /// A number.
    Uid(u32),
    /// A name, to be looked up in the image's `/etc/passwd`.
    Name(String),
    /// A number that the engine refuses: the container does not start.
    OutOfRange,
}

impl User {
    /// The user that `text` spells.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// As the engine is told.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing is said: the image's own user, or root.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The part before the first `:`.
    pub fn account(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
    }

    /// The part after the first `:`, where there is one.
    pub fn group(&self) -> Option<&str> {
        Some(self.text.split_once(':')?.1)
    }

    /// Who it is, as moby/sys/user reads it: Go's `strconv.Atoi` decides what a number is (`00`,
    /// `+0` and `-0` are 0; `0x0`, `1_000` and ` 0` are names), and nothing is user 0.
    pub fn identity(&self) -> Identity {
        let account = self.account();
        if account.is_empty() {
            return Identity::Uid(0);
        }
        let digits = account.strip_prefix(['+', '-']).unwrap_or(account);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Identity::Name(account.to_owned());
        }
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Identity::Uid(0);
        }
        match significant.parse::<u32>() {
            Ok(uid) if i32::try_from(uid).is_ok() && !account.starts_with('-') => {
                Identity::Uid(uid)
            }
            _ => Identity::OutOfRange,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_atoi_says() {
        let identity = |text: &str| User::new(text).identity();
        for root in ["", "0", "00", "+0", "-0", "0:0", ":5", "0:"] {
            assert_eq!(identity(root), Identity::Uid(0), "{root:?}");
        }
        for name in ["0x0", "1_000", " 0", "root", "+", "-"] {
            let account = name.to_owned();
            assert_eq!(identity(name), Identity::Name(account), "{name:?}");
        }
        assert_eq!(identity("2147483647"), Identity::Uid(2_147_483_647));
        assert_eq!(identity("2147483648"), Identity::OutOfRange);
        assert_eq!(identity("-5"), Identity::OutOfRange);
        assert_eq!(identity("99999999999999999999"), Identity::OutOfRange);
    }

    #[test]
    fn the_first_colon_splits() {
        assert_eq!(User::new("a:b:c").group(), Some("b:c"));
        assert_eq!(User::new("a").group(), None);
    }
}
