//! What a configuration says, and what is wrong with one.
#![expect(
    clippy::disallowed_methods,
    reason = "the page about configurations lies on the disk"
)]

use std::path::Path;

use caulk_config::{Configuration, KEYS, read, schema};
use caulk_finding::{Level, RuleInfo, Severity};
use caulk_source::{FileId, SourceFile, cut};
use caulk_syntax::Problem;

fn rules() -> Vec<&'static RuleInfo> {
    caulk_rules::ALL.iter().map(|rule| &rule.info).collect()
}

fn said(text: &str) -> (Configuration, Vec<Problem>) {
    let file = SourceFile::new("caulk.toml", text.as_bytes().to_vec());
    read(FileId::FIRST, &file, "", &rules())
}

#[test]
fn what_is_said_is_understood() {
    let (configuration, problems) = said(
        "level = 'hardened'\nselect = ['seccomp-d*']\nextend-select = ['privileged']\nignore = ['host-*']\nmin-severity = 'low'\nfail-on = 'high'\nexclude = ['a/', '!a/b']\nrules.privileged.severity = 'info'\n",
    );
    assert_eq!(problems, []);
    let choice = configuration.choice;
    assert_eq!(choice.level, Some(Level::Hardened));
    let selected: Vec<String> = choice.select.into_iter().flatten().collect();
    assert_eq!(selected, ["seccomp-disabled"]);
    assert!(choice.also.contains("privileged"));
    assert!(choice.ignore.contains("host-namespace") && choice.ignore.contains("host-device"));
    assert_eq!(choice.min_severity, Some(Severity::Low));
    assert_eq!(choice.fail_on, Some(Severity::High));
    assert_eq!(choice.severities.get("privileged"), Some(&Severity::Info));
    assert!(configuration.excluded.excludes("a/x/y", false));
    assert!(!configuration.excluded.excludes("b/y", false));
}

#[test]
fn what_is_said_of_images_is_understood() {
    let (configuration, problems) = said(
        "[images.'ghcr.io/acme/*']\nuser = '1000'\nneeds = []\n[images.'ghcr.io/acme/tool']\nneeds = ['CHOWN', 'cap_setuid']\nsudo = true\n",
    );
    assert_eq!(problems, []);
    let stated = configuration.stated;
    let web = stated.image("ghcr.io/acme/web").unwrap();
    assert_eq!(web.user.as_deref(), Some("1000"));
    assert!(web.needs.is_some_and(|needs| needs.iter().next().is_none()) && !web.sudo);
    let tool = stated.image("ghcr.io/acme/tool").unwrap();
    assert_eq!(tool.user, None);
    assert!(tool.needs.is_some_and(|needs| needs.len() == 2) && tool.sudo);
    assert!(stated.image("docker.io/acme/tool").is_none());
}

/// A text, the place in it that is wrong, and how what is said of that begins.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "[images.'acme/web:1']\nuser = '1000'",
        "'acme/web:1'",
        "an image is meant whatever its tag",
    ),
    (
        "[images.'acme/web']\nusers = '1000'",
        "users",
        "no key `users` of an image: did you mean `user`?",
    ),
    (
        "[images.'acme/web']\nuser = 1000",
        "1000",
        "a user is a text",
    ),
    (
        "[images.'acme/web']\nneeds = ['CHOWN', 'CHWN']",
        "'CHWN'",
        "no kernel has the capability `CHWN`",
    ),
    (
        "[images.'acme/web']\nneeds = ['ALL']",
        "'ALL'",
        "no kernel has the capability `ALL`",
    ),
    (
        "[images.'acme/web']\nsudo = 'yes'",
        "'yes'",
        "`sudo` is `true` or `false`",
    ),
    (
        "levle = 'hardened'",
        "levle",
        "no key `levle`: did you mean `level`?",
    ),
    (
        "format = 'json'",
        "format",
        "no key `format`: there are `level`",
    ),
    (
        "level = 'hard'",
        "'hard'",
        "no level `hard`: did you mean `hardened`?",
    ),
    (
        "level = 'x'",
        "'x'",
        "no level `x`: it is one of baseline, hardened",
    ),
    (
        "level = ['hardened']",
        "['hardened']",
        "a level is a text, and this is a list",
    ),
    (
        "fail-on = 3",
        "3",
        "a severity is a text, and this is a number",
    ),
    (
        "select = 'privileged'",
        "'privileged'",
        "a list of rules is wanted, and this is a text",
    ),
    (
        "select = [1]",
        "1",
        "a text is wanted, and this is a number",
    ),
    (
        "ignore = ['privilged']",
        "'privilged'",
        "no rule `privilged`: did you mean `privileged`?",
    ),
    ("ignore = ['zzz-*']", "'zzz-*'", "no rule `zzz-*`"),
    ("exclude = ['[z-a]']", "'[z-a]'", "no pattern for paths"),
    (
        "rules = 1",
        "1",
        "what is said of rules is a table, and this is a number",
    ),
    ("rules.nope = {}", "nope", "no rule `nope`"),
    (
        "rules.privileged = true",
        "true",
        "what is said of a rule is a table",
    ),
    (
        "[rules.privileged]\nsevrity = 'low'",
        "sevrity",
        "no key `sevrity` of `privileged`: did you mean `severity`?",
    ),
    (
        "[rules.privileged]\nseverity = 'bad'",
        "'bad'",
        "no severity `bad`",
    ),
    (
        "host = 'docker'",
        "'docker'",
        "what is said of the host is a table",
    ),
    (
        "[host]\nno-new-privilege = true",
        "no-new-privilege",
        "no key `no-new-privilege` of `host`: did you mean `no-new-privileges`?",
    ),
    (
        "[host]\nselinux-enabled = 'yes'",
        "'yes'",
        "`selinux-enabled` is `true` or `false`",
    ),
    (
        "[host]\ndefault-ipc-mode = 'host'",
        "'host'",
        "`default-ipc-mode` is `private` or `shareable`",
    ),
    (
        "[host]\nseccomp-profile = 3",
        "3",
        "no engine takes a number for `seccomp-profile`",
    ),
    (
        "level = 'baseline'\nlevel = 'hardened'",
        "level",
        "duplicate key",
    ),
];

#[test]
fn what_is_said_of_the_engine_is_read() {
    let (configuration, problems) = said(
        "[host]\nno-new-privileges = true\nseccomp-profile = 'a.json'\n[host.default-ulimits]\nnofile = { Name = 'nofile', Hard = 64000, Soft = 1024 }\n",
    );
    assert_eq!(problems, []);
    let said: Vec<&str> = configuration
        .stated
        .host
        .iter()
        .map(|said| said.key)
        .collect();
    assert_eq!(
        said,
        ["no-new-privileges", "seccomp-profile", "default-ulimits"]
    );
}

#[test]
fn images_that_a_rule_takes_are_read() {
    let (configuration, problems) =
        said("[rules.untrusted-registry]\ntrusted = ['ghcr.io/acme/*', 'nginx']\n");
    assert_eq!(problems, []);
    let key = ("untrusted-registry", "trusted");
    let trusted = &configuration.stated.options[&key];
    assert!(trusted.include("docker.io/library/nginx"));
    assert!(!trusted.include("docker.io/library/alpine"));
    for (text, place) in [
        ("'https://ghcr.io'", "'https://ghcr.io'"),
        ("'nginx', 'a/b:1'", "'a/b:1'"),
    ] {
        let text = format!("rules.untrusted-registry.trusted = [{text}]");
        let (_, problems) = said(&text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        let problem = problems.first().unwrap();
        assert_eq!(cut(&text, problem.span.range()), place);
    }
}

#[test]
fn a_list_has_an_end() {
    let text = format!("exclude = [{}]", "'[ab]*[cd]?e', ".repeat(1001));
    let (_, problems) = said(&text);
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert!(problem.message.contains("1000 entries"), "{problem:?}");
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (text, place, message) in WRONG {
        let (_, problems) = said(text);
        let [problem] = problems.as_slice() else {
            panic!("{text:?}: {problems:?}");
        };
        assert_eq!(cut(text, problem.span.range()), *place, "{text:?}");
        assert!(
            problem.message.starts_with(*message),
            "{text:?}: {}",
            problem.message
        );
    }
}

#[test]
fn every_example_of_the_page_is_a_configuration() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(page).unwrap().replace("\r\n", "\n");
    let examples: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect();
    assert!(examples.len() > 2);
    for example in examples {
        let (_, problems) = said(example);
        assert_eq!(problems, [], "{example}");
    }
}

#[test]
fn the_schema_has_every_key_and_every_rule() {
    let schema: serde_json::Value = serde_json::from_str(&schema(&rules())).unwrap();
    let properties = schema.get("properties").unwrap();
    for key in KEYS {
        let described = properties.get(key.name).unwrap();
        assert_eq!(described.get("description").unwrap(), key.about);
    }
    let tables = properties.pointer("/rules/properties").unwrap();
    assert_eq!(tables.as_object().unwrap().len(), caulk_rules::ALL.len());
}
