//! Capabilities that files are given.

use caulk_linux::Capability;
use caulk_model::build::{CapabilityFlags, FileCapabilities};

use super::{Notes, spelling};
use crate::shell::Call;

/// Notes what `setcap` gives in the commands of a `RUN`.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call]) {
    for call in calls
        .iter()
        .filter(|call| call.program().as_deref() == Some("setcap"))
    {
        let operands: Vec<String> = call
            .operands()
            .iter()
            .map(|word| spelling::spoken(word, notes.source))
            .collect();
        let mut words = operands
            .iter()
            .filter(|word| !matches!(word.as_str(), "-q" | "-v" | "-f"));
        while let (Some(written), Some(path)) = (words.next(), words.next()) {
            if written == "-r" {
                notes
                    .build
                    .file_capabilities
                    .retain(|fact| fact.value.path != *path);
                continue;
            }
            let Some((capabilities, flags)) = parse(written) else {
                continue;
            };
            let file = FileCapabilities {
                path: path.clone(),
                written: written.clone(),
                capabilities,
                flags,
            };
            notes.add(|build| &mut build.file_capabilities, call.span, file);
        }
    }
}

/// What a text of `setcap` gives: clauses of names, a sign and sets (`cap_from_text(3)`).
fn parse(text: &str) -> Option<(Vec<Capability>, CapabilityFlags)> {
    let mut all = Vec::new();
    let mut flags = CapabilityFlags::default();
    for clause in text.split_whitespace() {
        let at = clause.find(['=', '+', '-'])?;
        let names = clause.get(..at)?;
        let mut gives = false;
        let mut sign = '=';
        for letter in clause.get(at..)?.chars() {
            match letter {
                '=' | '+' | '-' => sign = letter,
                _ if sign == '-' => {}
                'e' => (flags.effective, gives) = (true, true),
                'i' => (flags.inheritable, gives) = (true, true),
                'p' => (flags.permitted, gives) = (true, true),
                _ => return None,
            }
        }
        if !gives {
            continue;
        }
        if names.is_empty() || names.eq_ignore_ascii_case("all") {
            all.extend((0..64).filter_map(Capability::from_number));
            continue;
        }
        for name in names.split(',') {
            all.push(Capability::from_name(&name.to_ascii_uppercase())?);
        }
    }
    (!all.is_empty()).then_some((all, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(Vec<&'static str>, String)> {
        let (capabilities, flags) = parse(text)?;
        let names = capabilities
            .into_iter()
            .map(Capability::short_name)
            .collect();
        let sets = [
            ('e', flags.effective),
            ('i', flags.inheritable),
            ('p', flags.permitted),
        ];
        let sets = sets
            .iter()
            .filter(|(_, set)| *set)
            .map(|(letter, _)| *letter);
        Some((names, sets.collect()))
    }

    #[test]
    fn the_text_of_setcap() {
        assert_eq!(
            parsed("cap_net_raw+ep"),
            Some((vec!["NET_RAW"], "ep".to_owned()))
        );
        assert_eq!(
            parsed("cap_net_raw,cap_net_admin=+eip"),
            Some((vec!["NET_RAW", "NET_ADMIN"], "eip".to_owned()))
        );
        assert_eq!(
            parsed("CAP_SYS_ADMIN=i"),
            Some((vec!["SYS_ADMIN"], "i".to_owned()))
        );
        assert_eq!(parsed("=ep").map(|(names, _)| names.len()), Some(41));
        assert_eq!(parsed("cap_net_raw-ep"), None);
        assert_eq!(parsed("$CAPS"), None);
        assert_eq!(parsed("cap_nonsense+ep"), None);
    }
}
