//! Security options, and what decides a container's system calls.

use caulk_source::FileId;

/// One entry of `security_opt`, split as the Docker client splits it: at the first `=`, else at
/// the first `:`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecurityOption {
    /// `seccomp`, `apparmor`, `label`, `no-new-privileges` …
    pub key: String,
    /// What follows, where anything does.
    pub value: Option<String>,
}

impl SecurityOption {
    /// The option that `text` spells.
    pub fn parse(text: &str) -> Self {
        let split = text.split_once('=').or_else(|| text.split_once(':'));
        match split {
            Some((key, value)) => Self {
                key: key.to_owned(),
                value: Some(value.to_owned()),
            },
            None => Self {
                key: text.to_owned(),
                value: None,
            },
        }
    }

    /// What it says of no-new-privileges: alone it means yes, else Go's `strconv.ParseBool` reads
    /// the value. Nothing where it says something else, or nothing that can be read.
    pub fn no_new_privileges(&self) -> Option<bool> {
        if self.key != "no-new-privileges" {
            return None;
        }
        match self.value.as_deref() {
            None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Some(true),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Some(false),
            Some(_) => None,
        }
    }
}

/// What decides which system calls a container may make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seccomp {
    /// The engine's default profile.
    Default,
    /// Nothing: every system call is open.
    Disabled,
    /// A profile of its own.
    Profile {
        /// The path, as it is written.
        path: String,
        /// The file, where it is in the repository.
        file: Option<FileId>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_separator_splits() {
        let value = |text: &str| SecurityOption::parse(text).value;
        assert_eq!(value("seccomp:unconfined").as_deref(), Some("unconfined"));
        assert_eq!(value("seccomp=./a:b.json").as_deref(), Some("./a:b.json"));
        assert_eq!(value("label:type:spc_t").as_deref(), Some("type:spc_t"));
        assert_eq!(value("no-new-privileges"), None);
    }

    #[test]
    fn no_new_privileges_in_every_spelling() {
        let says = |text: &str| SecurityOption::parse(text).no_new_privileges();
        assert_eq!(says("no-new-privileges"), Some(true));
        assert_eq!(says("no-new-privileges:T"), Some(true));
        assert_eq!(says("no-new-privileges=false"), Some(false));
        assert_eq!(says("no-new-privileges:yes"), None);
        assert_eq!(says("seccomp=unconfined"), None);
    }
}
