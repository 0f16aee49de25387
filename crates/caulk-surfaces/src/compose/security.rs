//! Capabilities and security options of a service.

use caulk_linux::{CapabilityWord, UnknownCapability};
use caulk_model::{
    AppArmor, Declared, Entry, Fact, Origin, Seccomp, SecurityOption, SelinuxLabel, State,
};
use caulk_source::FileId;

use super::tree::Value;
use super::value::{distinct, entries, items, texts};

/// Gives the file at a path relative to the project's folder, and nothing where there is none.
pub(crate) type Find<'a> = &'a dyn Fn(&str) -> State<Option<FileId>>;

/// Reads `cap_add`, `cap_drop` and `security_opt`. `find` gives the file at a path relative to the
/// project's folder.
pub(super) fn read(service: &Value<'_>, declared: &mut Declared, find: Find<'_>) {
    let known = |text: &str| text.parse::<CapabilityWord>().ok();
    let unknown = |text: &str| text.parse::<CapabilityWord>().err();
    let (add, drop) = (distinct(service, "cap_add"), distinct(service, "cap_drop"));
    declared.cap_add_words = texts(&add);
    declared.cap_drop_words = texts(&drop);
    declared.cap_add = entries(&add, known);
    declared.cap_drop = entries(&drop, known);
    for items in [&add, &drop] {
        let refused: Vec<Entry<UnknownCapability>> = entries(items, unknown);
        declared.unknown_capabilities.extend(refused);
        for item in items {
            if let Some(State::Unknown { because }) = item.text() {
                let unknown = Entry {
                    value: because,
                    origin: item.origin(),
                };
                declared.capabilities_unknown.get_or_insert(unknown);
            }
        }
    }
    let options = items(service, "security_opt");
    declared.security_options = texts(&options);
    // Later entries win, as the daemon's loop assigns them.
    for item in options {
        let Some(state) = item.text() else {
            continue;
        };
        let written = item.written().unwrap_or_default();
        let option = SecurityOption::parse(state.known().map_or(written, String::as_str));
        let place = item.origin();
        match state {
            State::Known(whole) => known_option(&whole, &option, place, declared, find),
            State::Unknown { because } => unknown_option(&option.key, because, place, declared),
        }
    }
}

fn known_option(
    whole: &str,
    option: &SecurityOption,
    origin: Origin,
    declared: &mut Declared,
    find: Find<'_>,
) {
    let value = option.value.as_deref().unwrap_or_default();
    match option.key.as_str() {
        "seccomp" => {
            declared.seccomp = Some(match value {
                "unconfined" => Fact::known(Seccomp::Disabled, origin),
                "" | "builtin" => Fact::known(Seccomp::Default, origin),
                path => match find(path) {
                    State::Known(file) => {
                        let path = path.to_owned();
                        Fact::known(Seccomp::Profile { path, file }, origin)
                    }
                    State::Unknown { because } => Fact::unknown(because, origin),
                },
            });
        }
        "apparmor" => {
            let apparmor = match value {
                "unconfined" => AppArmor::Unconfined,
                profile => AppArmor::Profile(profile.to_owned()),
            };
            declared.apparmor = Some(Fact::known(apparmor, origin));
        }
        "disable" if option.value.is_none() => label(SelinuxLabel::Disabled, origin, declared),
        "label" if value == "disable" => label(SelinuxLabel::Disabled, origin, declared),
        // The engine refuses an empty one.
        "label" if !value.is_empty() => {
            label(SelinuxLabel::Set(value.to_owned()), origin, declared);
        }
        // The daemon takes this one with `=` alone.
        "systempaths" if whole == "systempaths=unconfined" => {
            declared.masked_paths = Some(Fact::known(false, origin));
        }
        "writable-cgroups" => {
            let on = matches!(value, "" | "1" | "t" | "T" | "true" | "TRUE" | "True");
            declared.writable_cgroups = Some(Fact::known(on, origin));
        }
        _ => {
            if let Some(on) = option.no_new_privileges() {
                declared.no_new_privileges = Some(Fact::known(on, origin));
            }
        }
    }
}

/// Labels add up: each sets a part of the whole, a later type replaces an earlier one, and
/// disabling is for good (opencontainers/selinux, `InitLabels`). What confines nothing stays.
fn label(label: SelinuxLabel, origin: Origin, declared: &mut Declared) {
    let earlier = declared.selinux.as_ref().and_then(Fact::value);
    let stays = match (earlier, &label) {
        (Some(SelinuxLabel::Disabled), _) => true,
        (Some(earlier), SelinuxLabel::Set(part)) => {
            earlier.confines_nothing() && !part.starts_with("type:")
        }
        (Some(_) | None, _) => false,
    };
    if !stays {
        declared.selinux = Some(Fact::known(label, origin));
    }
}

/// An option whose value hangs on a variable.
fn unknown_option(key: &str, because: String, origin: Origin, declared: &mut Declared) {
    match key {
        "seccomp" => declared.seccomp = Some(Fact::unknown(because, origin)),
        "apparmor" => declared.apparmor = Some(Fact::unknown(because, origin)),
        "label" => declared.selinux = Some(Fact::unknown(because, origin)),
        "no-new-privileges" => declared.no_new_privileges = Some(Fact::unknown(because, origin)),
        "systempaths" => declared.masked_paths = Some(Fact::unknown(because, origin)),
        "writable-cgroups" => declared.writable_cgroups = Some(Fact::unknown(because, origin)),
        // It may be any option; of what nobody says elsewhere, nothing is known.
        key if key.contains('$') => {
            fn or_unknown<T>(fact: &mut Option<Fact<T>>, because: &str, origin: &Origin) {
                fact.get_or_insert_with(|| Fact::unknown(because, origin.clone()));
            }
            or_unknown(&mut declared.no_new_privileges, &because, &origin);
            or_unknown(&mut declared.seccomp, &because, &origin);
            or_unknown(&mut declared.apparmor, &because, &origin);
            or_unknown(&mut declared.selinux, &because, &origin);
            or_unknown(&mut declared.masked_paths, &because, &origin);
            or_unknown(&mut declared.writable_cgroups, &because, &origin);
        }
        _ => {}
    }
}
