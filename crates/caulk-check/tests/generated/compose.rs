//! Compose files.

use serde_yaml::Value;

use crate::Line;
use crate::numbers::Numbers;

/// What is planted in a list, and what may stand beside it.
const LISTS: &[(&str, &[&str], &[&str])] = &[
    (
        "cap_add",
        &[
            "SYS_ADMIN",
            "NET_ADMIN",
            "ALL",
            "CHOWN",
            "SYS_PTRACE",
            "NET_BIND_SERVICE",
        ],
        &[],
    ),
    (
        "security_opt",
        &[
            "seccomp:unconfined",
            "apparmor=unconfined",
            "label:disable",
            "no-new-privileges:false",
        ],
        &["label:level:s0"],
    ),
    (
        "volumes",
        &[
            "/var/run/docker.sock:/var/run/docker.sock",
            "/etc:/host/etc",
            "/:/host:ro",
        ],
        &["data:/data", "./conf:/conf:ro"],
    ),
    ("devices", &["/dev/sda", "/dev/mem"], &["/dev/ttyUSB0"]),
    ("group_add", &["docker", "disk"], &["audio"]),
    ("ports", &["8080:80", "53:53/udp"], &["127.0.0.1:9000:9000"]),
];

const SCALARS: &[(&str, &str)] = &[
    ("privileged", "true"),
    ("pid", "host"),
    ("network_mode", "host"),
    ("user", "root"),
    ("ipc", "host"),
];

const INNOCENT: &[&str] = &[
    "restart: always",
    "init: true",
    "command: [\"serve\", \"--all\"]",
    "environment:\n  A: \"1\"\n  B: 'two # not a comment'",
    "labels: {a: b, c: \"d, e\"}",
    "entrypoint: >-\n  /bin/sh -c\n  'echo # none'",
    "healthcheck:\n  test: [CMD, \"true\"]\n  interval: 30s",
    "working_dir: /srv",
    "extra_hosts:\n- \"a:1.2.3.4\"",
];

/// How one file is written.
struct Style {
    step: usize,
    dash: usize,
    quoted_keys: bool,
}

impl Style {
    fn of(numbers: &mut Numbers) -> Self {
        let step = numbers.pick(&[2, 2, 2, 4, 3]);
        Self {
            step,
            dash: numbers.pick(&[0, 2, step]),
            quoted_keys: numbers.one_in(10),
        }
    }

    fn key(&self, key: &str) -> String {
        if self.quoted_keys {
            format!("\"{key}\"")
        } else {
            key.to_owned()
        }
    }
}

fn quoted(numbers: &mut Numbers, text: &str) -> String {
    match numbers.below(4) {
        0 => format!("\"{text}\""),
        1 => format!("'{text}'"),
        _ => text.to_owned(),
    }
}

fn comment(numbers: &mut Numbers) -> String {
    if numbers.one_in(5) {
        format!(
            "{}# why: {}",
            numbers.pick(&[" ", "  ", "\t"]),
            numbers.below(1000)
        )
    } else {
        String::new()
    }
}

struct Writer<'n> {
    numbers: &'n mut Numbers,
    style: Style,
    /// A list that is written already.
    has: Option<&'static str>,
    lines: Vec<Line>,
}

impl Writer<'_> {
    fn line(&mut self, column: usize, text: &str, may_go: bool) {
        let text = if text.is_empty() {
            String::new()
        } else {
            format!("{}{text}", " ".repeat(column))
        };
        self.lines.push(Line { text, may_go });
    }

    /// Comments and blank lines that stand between keys.
    fn between(&mut self, column: usize) {
        if self.numbers.one_in(6) {
            let text = format!("# about {}", self.numbers.below(1000));
            self.line(column, &text, false);
        }
        if self.numbers.one_in(12) {
            self.line(0, "", false);
        }
    }

    fn innocent(&mut self, column: usize, text: &str) {
        for line in text.split('\n') {
            self.line(column, line, false);
        }
    }

    fn list(&mut self, column: usize, (key, bad, good): (&str, &[&str], &[&str])) {
        let mut items: Vec<(&str, bool)> = Vec::new();
        for item in bad {
            if self.numbers.one_in(2) {
                items.push((item, true));
            }
        }
        for item in good {
            if self.numbers.one_in(2) {
                items.push((item, false));
            }
        }
        if items.is_empty() || self.has == Some(key) {
            return;
        }
        self.numbers.shuffle(&mut items);
        let key = self.style.key(key);
        let all_bad = items.iter().all(|(_, bad)| *bad);
        match self.numbers.below(6) {
            0 => self.flow_on_one_line(column, &key, &items),
            1 => self.flow_on_lines(column, &key, &items, all_bad),
            _ => self.block(column, &key, &items, all_bad),
        }
    }

    fn block(&mut self, column: usize, key: &str, items: &[(&str, bool)], all_bad: bool) {
        let end = comment(self.numbers);
        self.line(column, &format!("{key}:{end}"), true);
        // A key line goes only with all that it holds.
        if let Some(line) = self.lines.last_mut().filter(|_| !all_bad) {
            line.may_go = false;
        }
        let dash = column + self.style.dash;
        for (item, bad) in items {
            if self.numbers.one_in(8) {
                let text = format!("# about {}", self.numbers.below(1000));
                self.line(dash, &text, false);
            }
            let item = quoted(self.numbers, item);
            let end = comment(self.numbers);
            let blanks = self.numbers.pick(&[" ", " ", "  "]);
            self.line(dash, &format!("-{blanks}{item}{end}"), *bad);
        }
    }

    fn flow_on_one_line(&mut self, column: usize, key: &str, items: &[(&str, bool)]) {
        let items: Vec<String> = items
            .iter()
            .map(|(item, _)| quoted(self.numbers, item))
            .collect();
        let (open, close) = self.numbers.pick(&[("[", "]"), ("[ ", " ]"), ("[", ",]")]);
        let end = comment(self.numbers);
        let text = format!("{key}: {open}{}{close}{end}", items.join(", "));
        self.line(column, &text, true);
    }

    fn flow_on_lines(&mut self, column: usize, key: &str, items: &[(&str, bool)], all_bad: bool) {
        self.line(column, &format!("{key}: ["), all_bad);
        let inside = column + self.style.step;
        let last = items.len() - 1;
        let comma_at_end = self.numbers.one_in(2);
        for (index, (item, bad)) in items.iter().enumerate() {
            let item = quoted(self.numbers, item);
            let comma = if index < last || comma_at_end {
                ","
            } else {
                ""
            };
            let end = comment(self.numbers);
            // The comma of what stands before the last one goes with that.
            let next_goes = items[index + 1..].iter().all(|(_, bad)| *bad) && !comma_at_end;
            // And what is added behind the last one gives it a comma.
            let gets_a_comma = index == last || next_goes;
            self.line(inside, &format!("{item}{comma}{end}"), *bad || gets_a_comma);
        }
        self.line(column, "]", all_bad);
    }

    fn service(&mut self, name: &str, column: usize, source: &str, base: bool) {
        let key = self.style.key(name);
        self.line(column, &format!("{key}:"), false);
        let inside = column + self.style.step;
        let mut parts: Vec<usize> = (0..LISTS.len() + SCALARS.len() + 4).collect();
        self.numbers.shuffle(&mut parts);
        if base {
            self.line(inside, "<<: *base", false);
        }
        self.innocent(inside, source);
        for part in parts.into_iter().take(6) {
            self.between(inside);
            if let Some(list) = LISTS.get(part) {
                self.list(inside, *list);
            } else if let Some((key, value)) = SCALARS.get(part - LISTS.len()) {
                let key = self.style.key(key);
                let value = if *value == "true" {
                    (*value).to_owned()
                } else {
                    quoted(self.numbers, value)
                };
                let end = comment(self.numbers);
                self.line(inside, &format!("{key}: {value}{end}"), true);
            } else {
                let taken = part - LISTS.len() - SCALARS.len();
                let text = INNOCENT[(taken * 3 + self.numbers.below(3)) % INNOCENT.len()];
                let is_new =
                    !self.lines.iter().rev().take(60).any(|line| {
                        line.text.trim() == text.split('\n').next().unwrap_or_default()
                    });
                if is_new {
                    self.innocent(inside, text);
                }
            }
        }
    }
}

fn writer(numbers: &mut Numbers) -> Writer<'_> {
    let style = Style::of(numbers);
    Writer {
        numbers,
        style,
        has: None,
        lines: Vec::new(),
    }
}

/// A file of its own.
pub(crate) fn lines(numbers: &mut Numbers) -> Vec<Line> {
    let mut out = writer(numbers);
    if out.numbers.one_in(6) {
        out.line(0, "# a stack", false);
    }
    if out.numbers.one_in(6) {
        out.line(0, "---", false);
    }
    let base = out.numbers.one_in(4);
    if base {
        out.line(0, "x-base: &base", false);
        let step = out.style.step;
        out.innocent(step, "logging:\n  driver: local");
        let list = LISTS[out.numbers.below(LISTS.len())];
        out.list(step, list);
    }
    out.line(0, "services:", false);
    let step = out.style.step;
    for index in 0..=out.numbers.below(3) {
        let image = out.numbers.pick(&[
            "image: ghcr.io/acme/web:1",
            "image: alpine:3.20",
            "image: \"postgres:16\"  # pinned",
        ]);
        let uses = base && out.numbers.one_in(2);
        out.service(&format!("s{index}"), step, image, uses);
        if out.numbers.one_in(3) {
            out.line(0, "", false);
        }
    }
    if out.numbers.one_in(3) {
        out.line(0, "volumes:", false);
        out.line(step, "data: {}", false);
    }
    out.lines
}

/// One service that builds what lies beside it.
pub(crate) fn of_a_build(numbers: &mut Numbers) -> Vec<Line> {
    let mut out = writer(numbers);
    out.line(0, "services:", false);
    let step = out.style.step;
    out.service("web", step, "build: .", false);
    out.lines
}

/// One service that runs under a profile beside it.
pub(crate) fn under_a_profile(numbers: &mut Numbers) -> Vec<Line> {
    let mut out = writer(numbers);
    out.has = Some("security_opt");
    out.line(0, "services:", false);
    let step = out.style.step;
    let source = out.numbers.pick(&[
        "image: ghcr.io/acme/web:1\nsecurity_opt:\n- seccomp:./seccomp.json",
        "image: ghcr.io/acme/web:1\nsecurity_opt:\n  - \"seccomp=seccomp.json\"  # its own",
    ]);
    out.service("web", step, source, false);
    out.lines
}

/// A service that others extend, in a file of its own or in theirs.
pub(crate) fn base_of_others(numbers: &mut Numbers) -> Vec<Line> {
    let mut out = writer(numbers);
    out.line(0, "services:", false);
    let step = out.style.step;
    out.service("base", step, "image: ghcr.io/acme/web:1", false);
    out.lines
}

/// Services of which some extend one in another file, and some one beside them.
pub(crate) fn that_extend(numbers: &mut Numbers) -> Vec<Line> {
    let mut out = writer(numbers);
    out.line(0, "services:", false);
    let step = out.style.step;
    for index in 0..=1 + out.numbers.below(2) {
        let source = out.numbers.pick(&[
            "extends:\n  file: base.yaml\n  service: base",
            "extends: {file: base.yaml, service: base}",
            "extends: near",
            "image: alpine:3.20",
        ]);
        out.service(&format!("s{index}"), step, source, false);
    }
    out.service("near", step, "image: ghcr.io/acme/near:1", false);
    out.lines
}

/// What another reader finds that is lost: keys and values that were not planted.
pub(crate) fn damage(before: &str, now: &str) -> Option<String> {
    let read = |text: &str| serde_yaml::from_str::<Value>(text.trim_start_matches('\u{feff}'));
    let Ok(before) = read(before) else {
        return None;
    };
    match read(now) {
        Ok(now) => lost("", &before, Some(&now)),
        Err(error) => Some(format!("a file that can be read ({error})")),
    }
}

fn is_planted(text: &str) -> bool {
    let scalars = SCALARS.iter().map(|(_, value)| *value);
    let items = LISTS.iter().flat_map(|(_, bad, _)| bad.iter().copied());
    scalars.chain(items).any(|planted| planted == text)
}

fn lost(place: &str, before: &Value, now: Option<&Value>) -> Option<String> {
    match before {
        Value::Mapping(before) => before.iter().find_map(|(key, value)| {
            let key_text = key.as_str().unwrap_or_default();
            let now = now.and_then(|now| now.get(key));
            lost(&format!("{place}.{key_text}"), value, now)
        }),
        Value::Sequence(items) => {
            let now = now.and_then(Value::as_sequence);
            let mut left = now.into_iter().flatten();
            let kept = items
                .iter()
                .filter(|item| !item.as_str().is_some_and(is_planted));
            kept.into_iter().find_map(|item| {
                let found = left.any(|other| other == item);
                (!found).then(|| format!("{place}: {item:?}"))
            })
        }
        scalar @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Tagged(_)) => {
            let text = scalar.as_bool().map(|on| on.to_string());
            let text = text.or_else(|| scalar.as_str().map(str::to_owned));
            let key = place.rsplit('.').next().unwrap_or_default();
            let planted = SCALARS.iter().any(|(name, _)| *name == key)
                && text.is_some_and(|text| is_planted(&text));
            (!planted && now != Some(scalar)).then(|| format!("{place}: {scalar:?}"))
        }
    }
}
