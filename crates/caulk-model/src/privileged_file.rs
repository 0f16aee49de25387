//! Files of an image that give whoever starts them privileges.

use caulk_linux::{FileCapabilities, Program};
use caulk_source::Span;

use crate::State;

/// A file whose program holds more than who starts it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrivilegedFile {
    /// The file, as the step names it.
    pub path: String,
    /// What it is given.
    pub grant: State<FileGrant>,
    /// The step.
    pub span: Span,
}

/// What a step gives a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileGrant {
    /// The setuid bit: its program runs as the file's owner, which is taken to be root.
    SetUid,
    /// The setgid bit, which gives no capability.
    SetGid,
    /// Capabilities.
    Capabilities(FileCapabilities),
}

impl FileGrant {
    /// The program of a file with this alone.
    pub fn program(self) -> Program {
        match self {
            Self::SetUid => Program {
                setuid_root: true,
                ..Program::default()
            },
            Self::SetGid => Program::default(),
            Self::Capabilities(capabilities) => Program {
                capabilities: Some(capabilities),
                ..Program::default()
            },
        }
    }
}

impl PrivilegedFile {
    /// Whether an entrypoint that begins with `program` starts it; nothing where the step names it
    /// through a variable or a command.
    pub fn is_started_by(&self, program: &str) -> Option<bool> {
        if self.path.contains(['$', '`', '*', '?']) {
            return None;
        }
        let whole = |path: &str| path.starts_with('/');
        Some(if whole(program) && whole(&self.path) {
            merged(program) == merged(&self.path)
        } else {
            last(program) == last(&self.path)
        })
    }
}

/// A path under one name where distributions have two: `/bin` is `/usr/bin`.
fn merged(path: &str) -> &str {
    path.strip_prefix("/usr")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_source::FileId;

    #[test]
    fn which_file_an_entrypoint_starts() {
        let starts = |program: &str, path: &str| {
            let file = PrivilegedFile {
                path: path.to_owned(),
                grant: State::Known(FileGrant::SetUid),
                span: Span::at(FileId::FIRST, 0),
            };
            file.is_started_by(program)
        };
        assert_eq!(starts("/usr/bin/ping", "/bin/ping"), Some(true));
        assert_eq!(starts("web", "/usr/local/bin/web"), Some(true));
        assert_eq!(starts("./web", "web"), Some(true));
        assert_eq!(starts("/bin/sh", "/usr/local/bin/web"), Some(false));
        assert_eq!(starts("/a/web", "/b/web"), Some(false));
        assert_eq!(starts("ping", "$(which ping)"), None);
    }
}
