//! Commands that keep SELinux from being enforced, or write that it is not to be.

use caulk_model::SelinuxSwitch;
use caulk_source::Span;

use crate::shell::{Call, Item, Spec, Value, read};

/// What a call does to SELinux, and where that is written. `printer` is the call whose output it
/// reads.
pub(crate) fn switched_off(call: &Call, printer: Option<&Call>) -> Option<(Span, SelinuxSwitch)> {
    match call.program()?.as_str() {
        "setenforce" => return setenforce(call),
        "sed" => return edited(call, &SED),
        "perl" => return edited(call, &PERL),
        "grubby" => return argument(call, &["args"]),
        "rpm-ostree" | "ostree" => {
            return argument(call, &["append", "append-if-missing"]);
        }
        _ => {}
    }
    let text = written(call, printer)?;
    text.into_files()
}

/// `setenforce 0`
fn setenforce(call: &Call) -> Option<(Span, SelinuxSwitch)> {
    let mode = call.operands().first()?;
    let said = mode.known()?;
    let warns = said == "0" || said.eq_ignore_ascii_case("permissive");
    let span = call.own_words().first()?.span.to(mode.span);
    warns.then_some((span, SelinuxSwitch::Command))
}

const SED: Spec = Spec {
    short: "efl",
    long: &["expression", "file", "line-length"],
};

const PERL: Spec = Spec {
    short: "eEIM",
    long: &[],
};

/// `sed -i s/enforcing/disabled/ /etc/selinux/config`
fn edited(call: &Call, spec: &Spec) -> Option<(Span, SelinuxSwitch)> {
    let mut scripts = Vec::new();
    let mut operands = Vec::new();
    let mut in_place = false;
    for item in read(call.operands(), spec, false) {
        match item {
            Item::Option { name, value, .. } => match (name.as_str(), value) {
                ("e" | "E" | "expression", Some(script)) => scripts.push(script),
                ("i" | "in-place", _) => in_place = true,
                _ => {}
            },
            Item::Operand { value, .. } => operands.push(value),
        }
    }
    if scripts.is_empty() && !operands.is_empty() {
        scripts.push(operands.remove(0));
    }
    if !in_place {
        return None;
    }
    for file in operands.iter().map(Value::shown) {
        let mode = match kind(&file) {
            Some(File::Configuration) => in_replacement,
            Some(File::Boot) => boot_mode,
            Some(File::Switch) | None => continue,
        };
        let found = scripts.iter().find_map(|script| {
            let text = script.shown();
            let how = text
                .split([';', '\n'])
                .find_map(|part| mode(replacement(part)))?;
            Some((script.span, how))
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// What a script of `sed` puts in: what stands behind the pattern of an `s`, or all of it.
fn replacement(script: &str) -> &str {
    for (at, _) in script.match_indices('s') {
        let mut behind = caulk_source::cut_from(script, at + 1).chars();
        let Some(sign) = behind.next().filter(|sign| "/|#,@!:%".contains(*sign)) else {
            continue;
        };
        let rest = behind.as_str();
        let mut escaped = false;
        let end = rest.find(|c: char| {
            let ends = c == sign && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        if let Some(end) = end {
            return caulk_source::cut_from(rest, end + 1);
        }
    }
    script
}

/// The mode that a replacement in the configuration names.
fn in_replacement(text: &str) -> Option<SelinuxSwitch> {
    if text.contains("disabled") {
        Some(SelinuxSwitch::WritesDisabled)
    } else if text.contains("permissive") {
        Some(SelinuxSwitch::WritesPermissive)
    } else {
        None
    }
}

/// The mode that lines of the configuration say.
fn mode(text: &str) -> Option<SelinuxSwitch> {
    let parts = text.split([' ', '\t', '\r', '\n', '"', '\'', '\\']);
    let mut said = parts.filter_map(|part| {
        // What remains of the `\n` of printf.
        let value = part.trim_start_matches('n').strip_prefix("SELINUX=")?;
        match value {
            "disabled" => Some(SelinuxSwitch::WritesDisabled),
            "permissive" => Some(SelinuxSwitch::WritesPermissive),
            _ => None,
        }
    });
    said.next()
}

/// What words of a kernel command line say.
fn boot_mode(text: &str) -> Option<SelinuxSwitch> {
    let parts = text.split([' ', '\t', '\r', '\n', '"', '\'', '/', '&', ',']);
    let mut said = parts.filter_map(|part| match part {
        "selinux=0" => Some(SelinuxSwitch::BootOff),
        "enforcing=0" => Some(SelinuxSwitch::BootPermissive),
        _ => None,
    });
    said.next()
}

/// `grubby --update-kernel ALL --args selinux=0`
fn argument(call: &Call, names: &[&str]) -> Option<(Span, SelinuxSwitch)> {
    let spec = Spec {
        short: "",
        long: &[
            "args",
            "append",
            "append-if-missing",
            "remove-args",
            "update-kernel",
        ],
    };
    let options = read(call.operands(), &spec, false).into_iter();
    let mut found = options.filter_map(|item| match item {
        Item::Option {
            name,
            value: Some(value),
            span,
            ..
        } if names.contains(&name.as_str()) => Some((span, boot_mode(&value.shown())?)),
        Item::Option { .. } | Item::Operand { .. } => None,
    });
    found.next()
}

/// The files that decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum File {
    /// The configuration of SELinux.
    Configuration,
    /// What the next kernel is started with.
    Boot,
    /// The running kernel's own switch.
    Switch,
}

fn kind(path: &str) -> Option<File> {
    if ["/etc/selinux/config", "/etc/sysconfig/selinux"]
        .iter()
        .any(|end| path.ends_with(end))
    {
        return Some(File::Configuration);
    }
    if path.ends_with("/selinux/enforce") {
        return Some(File::Switch);
    }
    let boot = ["/etc/default/grub", "/etc/kernel/cmdline", "/grub.cfg"]
        .iter()
        .any(|end| path.ends_with(end));
    boot.then_some(File::Boot)
}

/// Text that is written into files.
struct Written {
    files: Vec<String>,
    text: String,
    span: Span,
}

/// What a call writes: `echo … > FILE`, `… | tee FILE`, `cat > FILE <<EOF`.
fn written(call: &Call, printer: Option<&Call>) -> Option<Written> {
    let program = call.program()?;
    let (files, from) = match program.as_str() {
        "tee" => {
            let files = call.operands().iter().map(Value::shown);
            (files.collect(), printer)
        }
        "echo" | "printf" | "cat" => (vec![call.writes.as_ref()?.shown()], Some(call)),
        _ => return None,
    };
    let operands = from.map(Call::operands).unwrap_or_default();
    let fed = from.and_then(|from| from.fed.as_ref());
    let words = operands.iter().chain(fed).chain(&call.fed);
    let text: Vec<String> = words.map(Value::shown).collect();
    Some(Written {
        files,
        text: text.join("\n"),
        span: call.span,
    })
}

impl Written {
    fn into_files(self) -> Option<(Span, SelinuxSwitch)> {
        let how = self.files.iter().find_map(|file| match kind(file)? {
            File::Configuration => mode(&self.text),
            File::Boot => boot_mode(&self.text),
            File::Switch => {
                (self.text.lines().last()?.trim() == "0").then_some(SelinuxSwitch::Command)
            }
        })?;
        Some((self.span, how))
    }
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;
    use caulk_syntax::Joined;
    use caulk_syntax::dockerfile::Lookup;

    use super::*;
    use crate::shell;

    fn said(text: &str) -> Vec<SelinuxSwitch> {
        let joined = Joined::whole_text(FileId::FIRST, text, 0);
        let calls = shell::calls(&joined, &|_| Lookup::UnsetHere);
        let said = calls.iter().filter_map(|call| {
            let printer = call.piped_from.and_then(|index| calls.get(index));
            Some(switched_off(call, printer)?.1)
        });
        said.collect()
    }

    #[test]
    fn what_switches_it_off() {
        use SelinuxSwitch::{BootOff, BootPermissive, Command, WritesDisabled, WritesPermissive};
        for (text, how) in [
            ("sudo setenforce 0", Command),
            ("/usr/sbin/setenforce Permissive", Command),
            ("echo 0 > /sys/fs/selinux/enforce", Command),
            ("echo 0 | sudo tee /sys/fs/selinux/enforce", Command),
            (
                "sed -i s/SELINUX=enforcing/SELINUX=permissive/ /etc/selinux/config",
                WritesPermissive,
            ),
            (
                "sed -i.bak -e 's/^SELINUX=.*$/SELINUX=disabled/g' \"$ROOT/etc/selinux/config\"",
                WritesDisabled,
            ),
            (
                "sed --in-place 's|^\\(SELINUX=\\).*|\\1disabled|' /etc/sysconfig/selinux",
                WritesDisabled,
            ),
            (
                "sed -i '/^SELINUX=/c SELINUX=disabled' /etc/selinux/config",
                WritesDisabled,
            ),
            (
                "perl -i -pe 's/enforcing/permissive/' /etc/selinux/config",
                WritesPermissive,
            ),
            (
                "cat > /etc/selinux/config <<EOF\nSELINUX=disabled\nSELINUXTYPE=targeted\nEOF\n",
                WritesDisabled,
            ),
            (
                "printf 'X=1\\nSELINUX=permissive\\n' | tee /etc/selinux/config",
                WritesPermissive,
            ),
            ("grubby --update-kernel ALL --args selinux=0", BootOff),
            (
                "grubby --update-kernel=ALL --args=\"audit=1 enforcing=0\"",
                BootPermissive,
            ),
            ("rpm-ostree kargs --append=selinux=0", BootOff),
            (
                "sed -i 's/GRUB_CMDLINE_LINUX=\"/&selinux=0 /' /etc/default/grub",
                BootOff,
            ),
        ] {
            assert_eq!(said(text), [how], "{text}");
        }
    }

    #[test]
    fn what_does_not() {
        for text in [
            "echo setenforce 0",
            "echo 'sed -i s/a/disabled/ /etc/selinux/config'",
            "setenforce 1",
            "setenforce $MODE",
            "selinuxenabled && getenforce",
            "sed s/enforcing/disabled/ /etc/selinux/config",
            "sed -i s/SELINUX=disabled/SELINUX=enforcing/ /etc/selinux/config",
            "sed -i s/enforcing/disabled/ /etc/other",
            "grep SELINUX=disabled /etc/selinux/config",
            "grubby --update-kernel=ALL --remove-args=selinux=0",
            "echo 1 > /sys/fs/selinux/enforce",
            "echo SELINUX=enforcing > /etc/selinux/config",
            "echo '# SELINUX=disabled is bad' > /tmp/x",
            "sed -i",
        ] {
            assert_eq!(said(text), [], "{text}");
        }
    }
}
