//! The capabilities of a file, as `setcap` gives them.

use std::str::FromStr;

use crate::{Capability, CapabilitySet};

/// What a file's capabilities are: the attribute `security.capability`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FileCapabilities {
    /// What its program holds, as far as the bounding set has it.
    pub permitted: CapabilitySet,
    /// What its program keeps of what its process could inherit.
    pub inheritable: CapabilitySet,
    /// Whether what the program holds is also in force from the start. It is one bit of the file,
    /// not one of each capability.
    pub effective: bool,
}

/// Text that names no capabilities of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoFileCapabilities;

/// Reads a text as libcap does (`cap_from_text(3)`): clauses of names and of operators with the
/// flags `e`, `i` and `p`. Nothing before the first `=`, and the name `all`, are every capability.
impl FromStr for FileCapabilities {
    type Err = NoFileCapabilities;

    fn from_str(text: &str) -> Result<Self, NoFileCapabilities> {
        let mut sets = Flags::default();
        let mut clauses = text.split_whitespace().peekable();
        if clauses.peek().is_none() {
            return Err(NoFileCapabilities);
        }
        for clause in clauses {
            sets.apply(clause)?;
        }
        Ok(Self {
            permitted: sets.permitted,
            inheritable: sets.inheritable,
            effective: !sets.effective.is_empty(),
        })
    }
}

#[derive(Default)]
struct Flags {
    effective: CapabilitySet,
    inheritable: CapabilitySet,
    permitted: CapabilitySet,
}

impl Flags {
    fn apply(&mut self, clause: &str) -> Result<(), NoFileCapabilities> {
        const OPERATORS: [char; 3] = ['=', '+', '-'];
        let names: &str = clause.split(OPERATORS).next().unwrap_or_default();
        let which = named(names)?;
        let actions = clause.strip_prefix(names).unwrap_or_default();
        if actions.is_empty() || (names.is_empty() && !actions.starts_with('=')) {
            return Err(NoFileCapabilities);
        }
        let mut operator = '=';
        for sign in actions.chars() {
            if OPERATORS.contains(&sign) {
                operator = sign;
                if operator == '=' {
                    self.each(|set| *set = set.minus(which));
                }
                continue;
            }
            let set = match sign {
                'e' => &mut self.effective,
                'i' => &mut self.inheritable,
                'p' => &mut self.permitted,
                _ => return Err(NoFileCapabilities),
            };
            *set = if operator == '-' {
                set.minus(which)
            } else {
                set.union(which)
            };
        }
        Ok(())
    }

    fn each(&mut self, change: impl Fn(&mut CapabilitySet)) {
        change(&mut self.effective);
        change(&mut self.inheritable);
        change(&mut self.permitted);
    }
}

/// The capabilities of a list of names with commas between them.
fn named(names: &str) -> Result<CapabilitySet, NoFileCapabilities> {
    if names.is_empty() || names.eq_ignore_ascii_case("all") {
        return Ok(CapabilitySet::ALL);
    }
    let one = |name: &str| {
        Capability::from_name(&name.to_ascii_uppercase())
            .or_else(|| Capability::from_number(name.parse().ok()?))
            .ok_or(NoFileCapabilities)
    };
    names.split(',').map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(usize, usize, bool)> {
        let file: FileCapabilities = text.parse().ok()?;
        Some((file.permitted.len(), file.inheritable.len(), file.effective))
    }

    #[test]
    fn what_setcap_is_told() {
        assert_eq!(read("cap_net_raw+ep"), Some((1, 0, true)));
        assert_eq!(read("cap_net_raw=ep"), Some((1, 0, true)));
        assert_eq!(read("CAP_NET_RAW,cap_net_admin=eip"), Some((2, 2, true)));
        assert_eq!(read("cap_net_raw=p"), Some((1, 0, false)));
        assert_eq!(read("cap_net_raw+ei"), Some((0, 1, true)));
        assert_eq!(read("cap_net_raw=p cap_kill+i"), Some((1, 1, false)));
        assert_eq!(read("cap_net_raw=p+i"), Some((1, 1, false)));
        assert_eq!(read("13+ep"), Some((1, 0, true)));
        assert_eq!(read("=ep"), Some((41, 0, true)));
        assert_eq!(read("all=ep"), Some((41, 0, true)));
        assert_eq!(read("=ep cap_kill-ep"), Some((40, 0, true)));
        assert_eq!(read("="), Some((0, 0, false)));
    }

    #[test]
    fn what_it_refuses() {
        for text in [
            "",
            " ",
            "net_raw+ep",
            "cap_net_raw",
            "+ep",
            "cap_x+ep",
            "cap_net_raw+x",
            "${CAPS}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
