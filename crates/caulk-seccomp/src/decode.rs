//! Which types a decoder wants. A wrong one is an error; `null` and fields that nobody knows are
//! not.

use caulk_syntax::json::{Kind, Value};

use crate::errno;
use crate::refusal::quoted;
use crate::{Consumer, KernelVersion, Refusal};

/// What a field may hold.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    /// A Go `uint` or `uint64`: decimal digits alone.
    Unsigned,
    /// `"<kernel>.<major>"`, or nothing.
    KernelVersion,
    /// The name of an error or its number as a text, or nothing.
    Errno,
    List(&'static Self),
    Object(&'static [(&'static str, Self)]),
    /// An object, and here alone `null` is an error: the engine looks into it without asking.
    Present(&'static [(&'static str, Self)]),
}

const TEXTS: Shape = Shape::List(&Shape::Text);

const ARGUMENT: Shape = Shape::Object(&[
    ("index", Shape::Unsigned),
    ("value", Shape::Unsigned),
    ("valueTwo", Shape::Unsigned),
    ("op", Shape::Text),
]);

const ARGUMENTS: Shape = Shape::List(&ARGUMENT);

const MACHINES: Shape = Shape::List(&Shape::Object(&[
    ("architecture", Shape::Text),
    ("subArchitectures", TEXTS),
]));

/// moby/profiles `seccomp/seccomp.go`.
mod docker {
    use super::{ARGUMENTS, MACHINES, Shape, TEXTS};

    const CONDITION: Shape = Shape::Object(&[
        ("caps", TEXTS),
        ("arches", TEXTS),
        ("minKernel", Shape::KernelVersion),
    ]);

    const RULE: Shape = Shape::Present(&[
        ("names", TEXTS),
        ("name", Shape::Text),
        ("action", Shape::Text),
        ("errnoRet", Shape::Unsigned),
        ("args", ARGUMENTS),
        ("comment", Shape::Text),
        ("includes", CONDITION),
        ("excludes", CONDITION),
    ]);

    pub(super) const PROFILE: Shape = Shape::Object(&[
        ("defaultAction", Shape::Text),
        ("defaultErrnoRet", Shape::Unsigned),
        ("architectures", TEXTS),
        ("flags", TEXTS),
        ("listenerPath", Shape::Text),
        ("listenerMetadata", Shape::Text),
        ("archMap", MACHINES),
        ("syscalls", Shape::List(&RULE)),
    ]);
}

/// containers/common `pkg/seccomp/types.go`.
mod podman {
    use super::{ARGUMENTS, MACHINES, Shape, TEXTS};

    const CONDITION: Shape = Shape::Object(&[("caps", TEXTS), ("arches", TEXTS)]);

    const RULE: Shape = Shape::Present(&[
        ("names", TEXTS),
        ("name", Shape::Text),
        ("action", Shape::Text),
        ("errnoRet", Shape::Unsigned),
        ("errno", Shape::Errno),
        ("args", ARGUMENTS),
        ("comment", Shape::Text),
        ("includes", CONDITION),
        ("excludes", CONDITION),
    ]);

    pub(super) const PROFILE: Shape = Shape::Object(&[
        ("defaultAction", Shape::Text),
        ("defaultErrnoRet", Shape::Unsigned),
        ("defaultErrno", Shape::Errno),
        ("architectures", TEXTS),
        ("flags", TEXTS),
        ("archMap", MACHINES),
        ("syscalls", Shape::List(&RULE)),
    ]);
}

/// runtime-spec `specs-go/config.go`.
mod oci {
    use super::{ARGUMENTS, Shape, TEXTS};

    const RULE: Shape = Shape::Object(&[
        ("names", TEXTS),
        ("action", Shape::Text),
        ("errnoRet", Shape::Unsigned),
        ("args", ARGUMENTS),
    ]);

    pub(super) const PROFILE: Shape = Shape::Object(&[
        ("defaultAction", Shape::Text),
        ("defaultErrnoRet", Shape::Unsigned),
        ("architectures", TEXTS),
        ("flags", TEXTS),
        ("listenerPath", Shape::Text),
        ("listenerMetadata", Shape::Text),
        ("syscalls", Shape::List(&RULE)),
    ]);
}

/// What the decoder refuses.
pub(crate) fn refusals(profile: &Value, consumer: Consumer) -> Vec<Refusal> {
    let shape = match consumer {
        Consumer::Docker => docker::PROFILE,
        Consumer::Podman => podman::PROFILE,
        Consumer::Oci => oci::PROFILE,
    };
    let mut refusals = Vec::new();
    check("the profile", profile, shape, &mut refusals);
    refusals
}

/// `what` names the value. As deep as the shape, whatever the text.
fn check(what: &str, value: &Value, shape: Shape, refusals: &mut Vec<Refusal>) {
    if value.is_null() {
        if matches!(shape, Shape::Present(_)) {
            refusals.push(Refusal::new(value.span, format!("{what} holds a `null`")));
        }
        return;
    }
    let wanted = match shape {
        Shape::Text => value.as_str().is_none().then_some("text"),
        Shape::Unsigned => (!is_unsigned(value)).then_some("a whole number from 0 up"),
        Shape::KernelVersion => (!is_kernel_version(value)).then_some("text such as `\"4.8\"`"),
        Shape::Errno => (!is_errno(value)).then_some("the name of an error, such as `\"ENOSYS\"`"),
        Shape::List(item) => {
            for value in value.items() {
                check(what, value, *item, refusals);
            }
            (!matches!(value.kind, Kind::Array(_))).then_some("a list")
        }
        Shape::Object(fields) | Shape::Present(fields) => {
            for (name, shape) in fields {
                if let Some(value) = value.get_ignoring_case(name) {
                    check(&format!("`{name}`"), value, *shape, refusals);
                }
            }
            (!matches!(value.kind, Kind::Object(_))).then_some("an object")
        }
    };
    if let Some(wanted) = wanted {
        let found = found(value);
        let message = format!("{what} wants {wanted}, and this is {found}");
        refusals.push(Refusal::new(value.span, message));
    }
}

/// The number of a Go `uint64`, which takes no sign, no fraction and no exponent.
pub(crate) fn unsigned(value: &Value) -> Option<u64> {
    // Rust alone would take a `+`, which JSON does not.
    value.as_number()?.parse().ok()
}

fn is_unsigned(value: &Value) -> bool {
    unsigned(value).is_some()
}

fn is_errno(value: &Value) -> bool {
    let text = value.as_str();
    text.is_some_and(|text| text.is_empty() || errno::parse(text).is_some())
}

fn is_kernel_version(value: &Value) -> bool {
    let text = value.as_str();
    text.is_some_and(|text| text.is_empty() || kernel_version(text).is_some())
}

/// moby's `KernelVersion`: two numbers of one byte each and a dot, not both zero.
pub(crate) fn kernel_version(text: &str) -> Option<KernelVersion> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u8>().ok()).flatten()
    };
    let (kernel, major) = text.split_once('.')?;
    let version = KernelVersion::new(number(kernel)?.into(), number(major)?.into());
    (version != KernelVersion::new(0, 0)).then_some(version)
}

fn found(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "`null`".to_owned(),
        Kind::Bool(truth) => format!("`{truth}`"),
        Kind::Number(number) => quoted(number),
        Kind::String(text) => format!("the text {}", quoted(text)),
        Kind::Array(_) => "a list".to_owned(),
        Kind::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;
    use caulk_syntax::json;

    use crate::Consumer;

    fn refused(text: &str) -> Vec<String> {
        let parsed = json::parse(FileId::FIRST, text);
        let value = parsed.value.expect("a value");
        let refusals = super::refusals(&value, Consumer::Docker).into_iter();
        refusals.map(|refusal| refusal.message).collect()
    }

    #[test]
    fn null_and_unknown_fields_are_taken() {
        let text = r#"{"defaultAction": null, "syscalls": null, "archMap": [null], "mine": 5,
            "ARCHITECTURES": [null]}"#;
        assert!(refused(text).is_empty());
        let text = r#"{"syscalls": [{"args": null, "includes": {}, "excludes": null,
            "errnoRet": null, "id": "x"}]}"#;
        assert!(refused(text).is_empty());
    }

    #[test]
    fn a_wrong_type_is_refused_whatever_the_case_of_its_key() {
        let refused = |text: &str| refused(text).join("; ");
        assert_eq!(
            refused(r#"{"DefaultAction": 5}"#),
            "`defaultAction` wants text, and this is `5`"
        );
        assert_eq!(
            refused(r#"{"syscalls": {"read": true}}"#),
            "`syscalls` wants a list, and this is an object"
        );
        assert_eq!(
            refused(r#"{"syscalls": [{"names": "read"}]}"#),
            "`names` wants a list, and this is the text `read`"
        );
        assert_eq!(
            refused(r#"{"syscalls": [null]}"#),
            "`syscalls` holds a `null`"
        );
    }

    #[test]
    fn numbers_are_decimal_digits_alone() {
        let rule = |value: &str| {
            let text = format!(r#"{{"syscalls": [{{"args": [{{"value": {value}}}]}}]}}"#);
            refused(&text).len()
        };
        for taken in ["0", "2114060288", "18446744073709551615"] {
            assert_eq!(rule(taken), 0, "{taken}");
        }
        for refused in ["-1", "1.0", "1e3", "18446744073709551616", "\"1\"", "true"] {
            assert_eq!(rule(refused), 1, "{refused}");
        }
    }

    #[test]
    fn kernel_versions() {
        let version = |value: &str| {
            let text = format!(r#"{{"syscalls": [{{"includes": {{"minKernel": {value}}}}}]}}"#);
            refused(&text).len()
        };
        for taken in ["\"4.8\"", "\"0.1\"", "\"\"", "null", "\"06.010\""] {
            assert_eq!(version(taken), 0, "{taken}");
        }
        for refused in [
            "4.8",
            "\"4\"",
            "\"4.8.1\"",
            "\"0.0\"",
            "\"v4.8\"",
            "\"4.256\"",
            "\"+4.8\"",
            "\".8\"",
        ] {
            assert_eq!(version(refused), 1, "{refused}");
        }
    }
}
