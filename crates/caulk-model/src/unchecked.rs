//! Variables with which programs check no certificate.

/// When a variable switches the check off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum When {
    /// With one of these values, in any case.
    Is(&'static [&'static str]),
    /// With any value that is not empty.
    Set,
    /// Where it is empty.
    Empty,
}

/// Variables that switch the check off, and for whom.
#[rustfmt::skip]
const VARIABLES: &[(&str, When, &str)] = &[
    ("NODE_TLS_REJECT_UNAUTHORIZED", When::Is(&["0"]), "Node.js"),
    ("PYTHONHTTPSVERIFY", When::Is(&["0"]), "Python"),
    ("GIT_SSL_NO_VERIFY", When::Is(&["1", "true", "yes", "on"]), "git"),
    ("NPM_CONFIG_STRICT_SSL", When::Is(&["false", "0", ""]), "npm"),
    ("YARN_ENABLE_STRICT_SSL", When::Is(&["false", "0"]), "Yarn"),
    ("PIP_TRUSTED_HOST", When::Set, "pip"),
    ("UV_INSECURE_HOST", When::Set, "uv"),
    ("CONDA_SSL_VERIFY", When::Is(&["false", "no", "0"]), "conda"),
    ("CURL_CA_BUNDLE", When::Empty, "Python's requests"),
    ("REQUESTS_CA_BUNDLE", When::Empty, "Python's requests"),
    ("PERL_LWP_SSL_VERIFY_HOSTNAME", When::Is(&["0"]), "Perl's LWP"),
    ("GOINSECURE", When::Set, "Go"),
];

/// For whom a variable with this value switches the check off.
pub fn unchecked_by(name: &str, value: &str) -> Option<&'static str> {
    let (_, when, whom) = VARIABLES
        .iter()
        .find(|(known, _, _)| known.eq_ignore_ascii_case(name))?;
    let holds = match when {
        When::Is(values) => values.iter().any(|known| known.eq_ignore_ascii_case(value)),
        When::Set => !value.is_empty(),
        When::Empty => value.is_empty(),
    };
    holds.then_some(*whom)
}
