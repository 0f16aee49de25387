//! `-v SOURCE:TARGET:OPTIONS` (docker/cli, `cli/compose/loader/volume.go`).

use caulk_model::{Mount, Relabel, State};

use super::super::text::Text;

/// What `-v` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Volume {
    /// The path on the host or the name of a volume; nothing for an anonymous one.
    pub source: Option<Text>,
    /// Where it is mounted.
    pub target: Text,
    /// `ro`, `z`, `rshared` …
    pub options: Vec<Text>,
}

impl Volume {
    /// Whether the source is a path of the host.
    pub fn is_bind(&self) -> bool {
        self.source.as_ref().is_some_and(is_path)
    }

    /// What it shows of the host.
    pub fn bind(&self) -> Option<Mount> {
        let source = self.source.as_ref().filter(|source| is_path(source))?;
        let has = |wanted: &str| {
            let mut options = self.options.iter();
            options.any(|option| option.value() == Some(wanted))
        };
        let mut options = self.options.iter().filter_map(Text::value);
        let propagation = options.find(|option| PROPAGATIONS.contains(option));
        Some(Mount {
            source: path(source),
            place: None,
            options_unknown: self.options.iter().find_map(|option| match option.state() {
                State::Unknown { because } => Some(because),
                State::Known(_) => None,
            }),
            target: self.target.written().to_owned(),
            read_only: has("ro"),
            propagation: propagation.map(str::to_owned),
            relabel: match (has("Z"), has("z")) {
                (true, _) => Relabel::Private,
                (false, true) => Relabel::Shared,
                (false, false) => Relabel::None,
            },
        })
    }
}

/// How mounts below a mount can travel.
const PROPAGATIONS: &[&str] = &[
    "private", "rprivate", "rshared", "rslave", "shared", "slave",
];

/// The path that a source names. The folder of a user's runtime is part of a socket's usual
/// spelling, and `$PWD` and `$HOME` tell where something is, if not its whole path: both stay as
/// they are written.
pub(super) fn path(source: &Text) -> State<String> {
    let written = source.written();
    match source.state() {
        State::Unknown { .. } if written.contains("XDG_RUNTIME_DIR") => {
            State::Known(written.to_owned())
        }
        state @ (State::Known(_) | State::Unknown { .. }) => state,
    }
}

/// Whether a source is a path: by its first character, or as a drive of Windows. What begins with
/// something unknown may be either; a name seldom hangs on a variable, a path often.
fn is_path(source: &Text) -> bool {
    let known = source.beginning();
    if known.is_empty() {
        return !source.is_empty();
    }
    let mut letters = known.chars();
    match letters.next() {
        Some('.' | '/' | '~' | '\\') => true,
        Some(first) => first.is_alphabetic() && letters.next() == Some(':'),
        None => false,
    }
}

/// The volume that a value spells.
pub fn volume(value: &Text) -> Result<Volume, String> {
    let spec = value.written();
    if spec.is_empty() {
        return Err("invalid empty volume spec".to_owned());
    }
    let anonymous = |target: Text| Volume {
        source: None,
        target,
        options: Vec::new(),
    };
    if spec.len() <= 2 {
        return Ok(anonymous(value.clone()));
    }
    let refuse = |why: &str| format!("invalid spec: {spec}: {why}");
    let fields = join_drives(value.split(':'));
    if fields.iter().any(Text::is_empty) {
        return Err(refuse("empty section between colons"));
    }
    match <[Text; 1]>::try_from(fields) {
        Ok([target]) => Ok(anonymous(target)),
        Err(fields) => {
            let mut fields = fields.into_iter();
            let (source, target) = (fields.next(), fields.next());
            let options = fields.next().map(|options| options.split(','));
            if fields.next().is_some() {
                return Err(refuse("too many colons"));
            }
            Ok(Volume {
                source,
                target: target.unwrap_or_default(),
                options: options.unwrap_or_default(),
            })
        }
    }
}

/// A field of one letter is a drive, and its colon belongs to the path behind it.
fn join_drives(fields: Vec<Text>) -> Vec<Text> {
    let mut joined: Vec<Text> = Vec::new();
    let mut drive: Option<Text> = None;
    for field in fields {
        let field = match drive.take() {
            Some(mut letter) => {
                letter.push(":");
                letter.append(&field);
                letter
            }
            None => field,
        };
        let mut letters = field.written().chars();
        let one = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
        if one {
            drive = Some(field);
        } else {
            joined.push(field);
        }
    }
    joined.extend(drive);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Volume, String> {
        volume(&Text::known(text))
    }

    fn source(text: &str) -> Option<String> {
        Some(read(text).unwrap().source?.written().to_owned())
    }

    #[test]
    fn fields_stand_between_colons() {
        assert_eq!(source("/a:/b:ro,z").as_deref(), Some("/a"));
        assert_eq!(source("data:/data").as_deref(), Some("data"));
        assert_eq!(source("/data"), None);
        assert_eq!(source(r"c:\a:/b").as_deref(), Some(r"c:\a"));
        assert_eq!(source(r"c:\a:d:\b:ro").as_deref(), Some(r"c:\a"));
        for text in ["", "/a::/b", ":/a", "/a:/b:ro:rw"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_paths_show_the_host() {
        let binds = |text: &str| read(text).unwrap().bind().is_some();
        assert!(binds("/a:/b"));
        assert!(binds("./a:/b"));
        assert!(binds("~/a:/b"));
        assert!(!binds("data:/b"));
        assert!(!binds("/b"));
        let mut unknown = Text::default();
        unknown.push_unknown("$PWD", "`$PWD` is not set here", false);
        unknown.push("/x:/b:ro");
        let mount = volume(&unknown).unwrap().bind().unwrap();
        assert_eq!(mount.source.known(), None);
        assert!(mount.read_only);
    }
}
