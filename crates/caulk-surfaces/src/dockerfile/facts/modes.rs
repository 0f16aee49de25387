//! Modes that files are given.

use caulk_model::build::{Correction, ModeChange, ModeEffect};
use caulk_source::{Span, cut};
use caulk_syntax::dockerfile::{Instruction, Template};

use super::{MAX_FACTS, Notes, spelling};
use crate::shell::{Call, Item, Spec, Value, read};

/// Notes the modes that the commands of a `RUN` give.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call]) {
    let removed: Vec<(usize, Vec<String>)> = calls
        .iter()
        .enumerate()
        .filter_map(|(index, call)| Some((index, removed(call, notes.source)?)))
        .collect();
    for (index, call) in calls.iter().enumerate() {
        takes_back(notes, call);
        if notes.build.modes.len() >= MAX_FACTS {
            break;
        }
        let Some(given) = given(call, notes.source) else {
            continue;
        };
        let gone = |path: &String| {
            let mut later = removed.iter().filter(|(at, _)| *at > index);
            later.any(|(_, removed)| removed.iter().any(|removed| lies_in(path, removed)))
        };
        if given.paths.is_empty() || !given.paths.iter().all(gone) {
            note(notes, call.span, given);
        }
    }
}

/// Notes the mode that a `COPY` or an `ADD` gives.
pub(super) fn of_copy(notes: &mut Notes<'_>, step: &Instruction) {
    let Some(mode) = step.flag("chmod") else {
        return;
    };
    let exec = step.exec().unwrap_or_default().iter();
    let plain = step.words().unwrap_or_default().iter();
    let target = exec
        .map(|word| Some(word.value.clone()))
        .chain(plain.map(Template::as_literal))
        .last()
        .flatten();
    let (end, length) = (mode.span.range().len(), mode.value.len());
    let given = Given {
        mode: mode.value.to_owned(),
        mode_span: Some(mode.span.part(end.saturating_sub(length)..end)),
        paths: target.into_iter().collect(),
        recursive: true,
    };
    note(notes, mode.span, given);
}

struct Given {
    mode: String,
    mode_span: Option<Span>,
    paths: Vec<String>,
    recursive: bool,
}

fn note(notes: &mut Notes<'_>, span: Span, given: Given) {
    let effect = effect_of(&given.mode);
    if !effect.setuid && !effect.setgid && !effect.world_writable {
        return;
    }
    let correction = given.mode_span.and_then(|entry| {
        let as_written = cut(notes.source, entry.range()) == given.mode;
        let value = without(effect, &given.mode)?;
        as_written.then_some(Correction { entry, value })
    });
    let change = ModeChange {
        paths: given.paths,
        mode: given.mode,
        effect,
        recursive: given.recursive,
        correction,
    };
    notes.add(|build| &mut build.modes, span, change);
}

/// The mode that a call gives, and to what.
fn given(call: &Call, source: &str) -> Option<Given> {
    let program = call.program()?;
    match program.as_str() {
        "chmod" => chmod(call.operands(), source),
        "install" | "mkdir" => {
            let spec = Spec {
                short: "mgoSt",
                long: &["mode", "group", "owner", "target-directory", "suffix"],
            };
            let items = read(call.operands(), &spec, false);
            let mode = items.iter().find_map(|item| match item {
                Item::Option {
                    name,
                    value: Some(value),
                    ..
                } if matches!(name.as_str(), "m" | "mode") => Some(value.clone()),
                Item::Option { .. } | Item::Operand { .. } => None,
            })?;
            let mut operands = items.iter().filter_map(|item| match item {
                Item::Operand { value, .. } => Some(spelling::spoken(value, source)),
                Item::Option { .. } => None,
            });
            let paths: Vec<String> = if program == "install" {
                operands.next_back().into_iter().collect()
            } else {
                operands.collect()
            };
            Some(Given {
                mode: mode.known()?,
                mode_span: Some(mode.span),
                paths,
                recursive: false,
            })
        }
        "find" => {
            let operands = call.operands();
            let at = operands.iter().position(|word| word.shown() == "chmod")?;
            let mut given = chmod(operands.get(at + 1..)?, source)?;
            given.paths = operands
                .iter()
                .take(1)
                .map(|word| spelling::spoken(word, source))
                .collect();
            Some(given)
        }
        _ => None,
    }
}

fn chmod(operands: &[Value], source: &str) -> Option<Given> {
    let mut recursive = false;
    let mut words = operands.iter().filter(|word| {
        let word = word.shown();
        let letters = word.strip_prefix('-').unwrap_or_default();
        let is_option = word.starts_with("--")
            || (!letters.is_empty() && letters.chars().all(|letter| "RvcfhHLP".contains(letter)));
        recursive |= is_option && (letters.contains('R') || word == "--recursive");
        !is_option
    });
    let mode = words.next()?;
    let paths = words.map(|word| spelling::spoken(word, source)).collect();
    Some(Given {
        mode: mode.known()?,
        mode_span: Some(mode.span),
        paths,
        recursive,
    })
}

/// What a call removes.
fn removed(call: &Call, source: &str) -> Option<Vec<String>> {
    let program = call.program()?;
    if !matches!(program.as_str(), "rm" | "rmdir" | "unlink") {
        return None;
    }
    let paths = call.operands().iter().map(|word| {
        let path = spelling::spoken(word, source);
        path.trim_end_matches('*').trim_end_matches('/').to_owned()
    });
    Some(paths.filter(|path| !path.is_empty()).collect())
}

/// Whether `path` is `folder`, or lies in it.
fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A later step that takes the bits away again: `chmod u-s file`, or from all files at once.
fn takes_back(notes: &mut Notes<'_>, call: &Call) {
    let words: Vec<String> = call.words.iter().map(Value::shown).collect();
    if !words.iter().any(|word| word == "chmod") {
        return;
    }
    let strips = |word: &String| {
        word.split_once('-').is_some_and(|(who, what)| {
            who.chars().all(|letter| "ugoa".contains(letter))
                && what.contains('s')
                && what.len() <= 4
        })
    };
    if !words.iter().skip(1).any(strips) {
        return;
    }
    let everywhere =
        call.program().as_deref() == Some("find") || words.iter().any(|word| word == "xargs");
    for fact in &mut notes.build.modes {
        if everywhere || fact.value.paths.iter().any(|path| words.contains(path)) {
            fact.value.effect.setuid = false;
            fact.value.effect.setgid = false;
        }
    }
}

/// What a mode does.
fn effect_of(mode: &str) -> ModeEffect {
    if let Some(bits) = octal(mode) {
        return ModeEffect {
            setuid: bits & 0o4000 != 0,
            setgid: bits & 0o2000 != 0,
            // With the sticky bit, who writes there cannot touch what others wrote.
            world_writable: bits & 0o0002 != 0 && bits & 0o1000 == 0,
        };
    }
    let mut effect = ModeEffect::default();
    for clause in mode.split(',') {
        let Some((who, what)) = clause.split_once(['+', '=']) else {
            continue;
        };
        let plain = who.chars().all(|letter| "ugoa".contains(letter));
        let all = who.contains('a');
        if !plain {
            continue;
        }
        if what.contains('s') {
            effect.setuid |= who.is_empty() || all || who.contains('u');
            effect.setgid |= who.is_empty() || all || who.contains('g');
        }
        // Without `who`, the umask keeps others from writing.
        effect.world_writable |=
            what.contains('w') && !what.contains('t') && (all || who.contains('o'));
    }
    effect
}

/// The mode without it, where that can be said.
fn without(effect: ModeEffect, mode: &str) -> Option<String> {
    if let Some(bits) = octal(mode) {
        let mut bits = bits;
        if effect.setuid || effect.setgid {
            bits &= 0o1777;
        }
        if effect.world_writable {
            bits &= !0o0002;
        }
        let digits = if mode.len() > 3 { mode.len() } else { 3 };
        return Some(format!("{bits:0digits$o}"));
    }
    if effect.setuid || effect.setgid || mode.contains(',') {
        return None;
    }
    let (who, what) = mode.split_once('+')?;
    let others: String = what.chars().filter(|letter| *letter != 'w').collect();
    match who {
        // Without more, root alone would be given what it has already.
        "a" | "ugo" if others.is_empty() => None,
        "a" | "ugo" => Some(format!("ug+{what},o+{others}")),
        _ => None,
    }
}

fn octal(mode: &str) -> Option<u32> {
    let digits =
        !mode.is_empty() && mode.len() <= 5 && mode.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| u32::from_str_radix(mode, 8).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(mode: &str) -> (bool, bool, bool) {
        let effect = effect_of(mode);
        (effect.setuid, effect.setgid, effect.world_writable)
    }

    #[test]
    fn what_modes_do() {
        for mode in [
            "755",
            "0644",
            "1777",
            "u+x",
            "+w",
            "g+w",
            "a+rX",
            "u-s",
            "o-w",
            "u=rwx,g=rx,o=rx",
        ] {
            assert_eq!(effect(mode), (false, false, false), "{mode}");
        }
        for mode in ["777", "0666", "a+w", "o+w", "ugo+rwx", "u=rwx,o=rwx"] {
            assert_eq!(effect(mode), (false, false, true), "{mode}");
        }
        assert_eq!(effect("4755"), (true, false, false));
        assert_eq!(effect("u+s"), (true, false, false));
        assert_eq!(effect("+s"), (true, true, false));
        assert_eq!(effect("2775"), (false, true, false));
        assert_eq!(effect("6777"), (true, true, true));
    }

    #[test]
    fn how_they_are_spelt_without() {
        let without = |mode: &str| super::without(effect_of(mode), mode);
        assert_eq!(without("777").as_deref(), Some("775"));
        assert_eq!(without("0666").as_deref(), Some("0664"));
        assert_eq!(without("4755").as_deref(), Some("0755"));
        assert_eq!(without("a+rwx").as_deref(), Some("ug+rwx,o+rx"));
        assert_eq!(without("a+w"), None);
        assert_eq!(without("o+w"), None);
    }
}
