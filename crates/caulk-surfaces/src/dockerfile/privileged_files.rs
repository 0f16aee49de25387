//! Files that build steps give privileges: setuid bits and file capabilities.

use caulk_model::PrivilegedFile;

use crate::shell::{Call, Value};

/// The files that the commands of a step give privileges.
pub(super) fn made_by(calls: &[Call]) -> Vec<PrivilegedFile> {
    let files = calls
        .iter()
        .filter_map(|call| Some((of_call(call)?, call.span)));
    files
        .map(|((path, grant), span)| PrivilegedFile { path, grant, span })
        .collect()
}

fn of_call(call: &Call) -> Option<(String, String)> {
    let program = call.program()?;
    if !matches!(program.as_str(), "setcap" | "chmod") {
        return None;
    }
    let is_setcap = program == "setcap";
    let operands: Vec<String> = call.operands().iter().map(Value::shown).collect();
    let mut operands = operands
        .iter()
        .filter(|word| !word.starts_with("--") && !is_option(word));
    let (grant, path) = (operands.next()?, operands.next()?);
    let privileged = if is_setcap {
        grant != "-"
    } else {
        sets_id(grant)
    };
    privileged.then(|| (path.clone(), grant.clone()))
}

/// Options of chmod and setcap that are no mode: `-R`, `-v`, `-q`.
fn is_option(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    !letters.is_empty() && letters.chars().all(|c| "RvcfqnHLP".contains(c))
}

/// Whether a mode sets the setuid or setgid bit.
fn sets_id(mode: &str) -> bool {
    if mode.len() >= 4 && mode.bytes().all(|byte| byte.is_ascii_digit()) {
        let special = mode.bytes().rev().nth(3).unwrap_or(b'0');
        return matches!(special, b'2' | b'4' | b'6' | b'3' | b'5' | b'7');
    }
    mode.split(',').any(|clause| {
        let Some((who, what)) = clause.split_once(['+', '=']) else {
            return false;
        };
        what.contains('s') && (who.is_empty() || who.contains(['u', 'g', 'a']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::run::calls_of;

    fn made(text: &str) -> Vec<String> {
        made_by(&calls_of(text))
            .into_iter()
            .map(|file| format!("{} {}", file.grant, file.path))
            .collect()
    }

    #[test]
    fn what_gives_privileges() {
        assert_eq!(made("chmod u+s /bin/x"), ["u+s /bin/x"]);
        assert_eq!(made("x; chmod -R 4755 /bin/x"), ["4755 /bin/x"]);
        assert_eq!(
            made("apk add y && setcap 'cap_net_raw+ep' /bin/x"),
            ["cap_net_raw+ep /bin/x"]
        );
    }

    #[test]
    fn what_does_not() {
        assert!(made("chmod 755 /bin/x").is_empty());
        assert!(made("chmod 1777 /tmp").is_empty());
        assert!(made("chmod u-s /bin/su").is_empty());
        assert!(made("apk add libcap-setcap").is_empty());
    }
}
