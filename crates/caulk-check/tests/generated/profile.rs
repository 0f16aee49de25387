//! Seccomp profiles.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Line;
use crate::numbers::Numbers;

/// Calls that a program and its runtime need, and about which no rule has a word.
const NEEDED: &[&str] = &[
    "access",
    "arch_prctl",
    "brk",
    "capget",
    "capset",
    "chdir",
    "clock_gettime",
    "close",
    "dup2",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "execve",
    "exit",
    "exit_group",
    "fchown",
    "fcntl",
    "fstat",
    "fstatfs",
    "futex",
    "getcwd",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getpid",
    "getppid",
    "getrandom",
    "gettid",
    "getuid",
    "ioctl",
    "lseek",
    "madvise",
    "mmap",
    "mprotect",
    "munmap",
    "nanosleep",
    "newfstatat",
    "openat",
    "pipe2",
    "poll",
    "prctl",
    "pread64",
    "prlimit64",
    "read",
    "readlink",
    "recvfrom",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sched_yield",
    "sendto",
    "set_robust_list",
    "set_tid_address",
    "setgid",
    "setgroups",
    "setuid",
    "sigaltstack",
    "stat",
    "tgkill",
    "uname",
    "wait4",
    "write",
    "writev",
];

/// Calls that a list should not let through, or cannot mean.
const PLANTED: &[&str] = &[
    "bpf",
    "clone",
    "clone3",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kexec_load",
    "keyctl",
    "mount",
    "name_of_no_call",
    "open_by_handle_at",
    "opne",
    "perf_event_open",
    "setns",
    "socket",
    "unshare",
    "userfaultfd",
];

/// What a fix may write that was not there: calls that something needs or that wait for an answer of
/// their own, and what a misspelt one was to be.
const WRITTEN: &[&str] = &[
    "clone",
    "clone3",
    "close_range",
    "epoll_pwait2",
    "faccessat2",
    "fchmodat2",
    "futex_waitv",
    "open",
    "openat2",
    "pidfd_open",
    "rseq",
    "socket",
    "statx",
];

/// Rules about other calls, which stay.
const OTHERS: &[&[&str]] = &[
    &[
        "\"names\": [\"personality\"]",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"args\": [{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"}]",
    ],
    &[
        "\"names\": [\"chroot\"]",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"comment\": \"with \\\"its\\\" capability, { and [ are words\"",
        "\"includes\": {\"caps\": [\"CAP_SYS_CHROOT\"]}",
    ],
    &[
        "\"names\": [\"syslog\"]",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"includes\": { \"caps\": [ \"CAP_SYSLOG\" ] }",
        "\"excludes\": {}",
    ],
    &[
        "\"names\": [ \"modify_ldt\" ]",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"args\": []",
        "\"comment\": \"\"",
        "\"includes\": {\"arches\": [\"amd64\", \"x32\", \"x86\"]}",
        "\"excludes\": {}",
    ],
];

/// Rules that say what the default says, or stop a call in the wrong way.
const WEAK: &[&[&str]] = &[
    &[
        "\"names\": [\"clone3\"]",
        "\"action\": \"SCMP_ACT_ERRNO\"",
        "\"errnoRet\": 1",
    ],
    &["\"names\": [\"keyctl\"]", "\"action\": \"SCMP_ACT_ERRNO\""],
    &[
        "\"names\": [\"bpf\", \"setns\"]",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"includes\": {\"caps\": [\"CAP_SYS_ADMN\"]}",
    ],
    &[
        "\"names\": [\"unshare\"]",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"args\": []",
    ],
    &[
        "\"name\": \"mount\"",
        "\"action\": \"SCMP_ACT_ALLOW\"",
        "\"args\": null",
    ],
];

/// How the names of a list are laid out.
#[derive(Clone, Copy)]
enum Layout {
    EachOnALine,
    Filled,
    OnOneLine,
}

struct Writer<'n> {
    numbers: &'n mut Numbers,
    step: &'static str,
    /// What stands behind a colon.
    colon: &'static str,
    lines: Vec<Line>,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: &str, may_go: bool) {
        let text = format!("{}{text}", self.step.repeat(depth));
        let text = text.replace("\": ", &format!("\"{}", self.colon));
        self.lines.push(Line { text, may_go });
    }

    /// The items of a list within its brackets.
    fn items(&mut self, depth: usize, items: &[(&str, bool)], layout: Layout) {
        let quoted = |(item, _): &(&str, bool)| format!("\"{item}\"");
        let width = match layout {
            Layout::EachOnALine | Layout::OnOneLine => 1,
            Layout::Filled => 2 + self.numbers.below(6),
        };
        let last = items.len().div_ceil(width);
        for (number, some) in (1..).zip(items.chunks(width)) {
            let some_go = some.iter().any(|(_, planted)| *planted);
            let comma = if number == last { "" } else { "," };
            let text: Vec<String> = some.iter().map(quoted).collect();
            self.line(depth, &format!("{}{comma}", text.join(", ")), some_go);
        }
    }

    fn list(&mut self, depth: usize, key: &str, items: &[(&str, bool)], layout: Layout, end: &str) {
        let all_go = items.iter().all(|(_, planted)| *planted);
        match layout {
            Layout::OnOneLine => {
                let text: Vec<String> = items
                    .iter()
                    .map(|(item, _)| format!("\"{item}\""))
                    .collect();
                let some_go = items.iter().any(|(_, planted)| *planted);
                let text = format!("\"{key}\": [{}]{end}", text.join(", "));
                self.line(depth, &text, some_go);
            }
            Layout::EachOnALine | Layout::Filled => {
                self.line(depth, &format!("\"{key}\": ["), all_go);
                self.items(depth + 1, items, layout);
                self.line(depth, &format!("]{end}"), all_go);
            }
        }
    }

    /// A rule from its members, on one line or on several.
    fn rule(&mut self, members: &[&str], may_go: bool, end: &str) {
        if self.numbers.one_in(2) {
            let text = format!("{{ {} }}{end}", members.join(", "));
            self.line(2, &text, may_go);
            return;
        }
        self.line(2, "{", may_go);
        for (index, member) in members.iter().enumerate() {
            let comma = if index + 1 < members.len() { "," } else { "" };
            self.line(3, &format!("{member}{comma}"), may_go);
        }
        self.line(2, &format!("}}{end}"), may_go);
    }

    /// The list of what is let through.
    fn allowed(&mut self, names: &[(&str, bool)], layout: Layout, end: &str) {
        self.line(2, "{", false);
        self.list(3, "names", names, layout, ",");
        let more = self.numbers.one_in(3);
        let comma = if more { "," } else { "" };
        self.line(3, &format!("\"action\": \"SCMP_ACT_ALLOW\"{comma}"), false);
        if more {
            self.line(3, "\"args\": [],", false);
            self.line(
                3,
                "\"comment\": \"what a program needs, # and // too\"",
                false,
            );
        }
        self.line(2, &format!("}}{end}"), false);
    }

    fn machines(&mut self) {
        let layouts = [Layout::EachOnALine, Layout::OnOneLine];
        let layout = self.numbers.pick(&layouts);
        match self.numbers.below(3) {
            0 => {
                let mut all = vec![("SCMP_ARCH_X86_64", false)];
                if self.numbers.one_in(2) {
                    all.extend([("SCMP_ARCH_X86", true), ("SCMP_ARCH_X32", true)]);
                }
                self.list(1, "architectures", &all, layout, ",");
            }
            1 => {
                self.line(1, "\"archMap\": [", false);
                self.line(2, "{", false);
                self.line(3, "\"architecture\": \"SCMP_ARCH_X86_64\",", false);
                let others = [("SCMP_ARCH_X86", true), ("SCMP_ARCH_X32", true)];
                self.list(3, "subArchitectures", &others, layout, "");
                self.line(2, "}", false);
                self.line(1, "],", false);
            }
            _ => {}
        }
    }
}

/// One rule for each call, as profiles of 2016 have them.
fn in_the_old_way(out: &mut Writer<'_>, names: &[(&str, bool)], end: &str) {
    for (index, (name, planted)) in names.iter().enumerate() {
        let comma = if index + 1 < names.len() { "," } else { end };
        let name = format!("\"name\": \"{name}\"");
        let members = [&name, "\"action\": \"SCMP_ACT_ALLOW\"", "\"args\": []"];
        out.rule(&members, *planted, comma);
    }
}

/// The names that are let through, with what is planted among them.
fn names(numbers: &mut Numbers) -> Vec<(&'static str, bool)> {
    let mut names: Vec<(&str, bool)> = NEEDED
        .iter()
        .filter(|_| !numbers.one_in(60))
        .map(|name| (*name, false))
        .collect();
    if numbers.one_in(3) {
        numbers.shuffle(&mut names);
    }
    for name in PLANTED {
        if numbers.one_in(4) {
            let at = numbers.below(names.len() + 1);
            names.insert(at, (name, true));
        }
    }
    if numbers.one_in(4) {
        // Of two the one or the other goes.
        let again = numbers.below(names.len());
        names[again].1 = true;
        let (name, _) = names[again];
        let at = numbers.below(names.len() + 1);
        names.insert(at, (name, true));
    }
    names
}

/// A copy of an old default of Docker's with a change of its owner's, from the page of the rule that
/// tells its age.
fn copied(numbers: &mut Numbers) -> Vec<(&'static str, bool)> {
    let page = include_str!("../../../caulk-rules/fixtures/seccomp-outdated-default/profile.md");
    let heading = "## A copy in which the owner opened";
    let case = page.split(heading).nth(1).expect("the case of the page");
    let (_, list) = case.split_once("\"names\": [").expect("its names");
    let (list, _) = list.split_once("],").expect("their end");
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let parts = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    let is_planted = |name: &str| PLANTED.contains(&name);
    let mut names: Vec<(&str, bool)> = parts.map(|name| (name, is_planted(name))).collect();
    if numbers.one_in(3) {
        numbers.shuffle(&mut names);
    }
    names
}

pub(crate) fn lines(numbers: &mut Numbers) -> Vec<Line> {
    let step = numbers.pick(&["  ", "  ", "    ", "\t", " ", ""]);
    let colon = numbers.pick(&[": ", ": ", ":", " : "]);
    let is_copy = numbers.one_in(12);
    let names = if is_copy {
        copied(numbers)
    } else {
        names(numbers)
    };
    let layouts = [Layout::EachOnALine, Layout::Filled, Layout::OnOneLine];
    let layout = numbers.pick(&layouts);
    let mut others: Vec<(&[&str], bool)> = Vec::new();
    for (rules, planted) in [(OTHERS, false), (WEAK, true)] {
        for rule in rules {
            // A copy names the others in its list.
            if numbers.one_in(3) && (planted || !is_copy) {
                others.push((rule, planted));
            }
        }
    }
    numbers.shuffle(&mut others);
    let mut out = Writer {
        numbers,
        step,
        colon,
        lines: Vec::new(),
    };
    out.line(0, "{", false);
    out.line(1, "\"defaultAction\": \"SCMP_ACT_ERRNO\",", false);
    if out.numbers.one_in(4) {
        out.line(1, "\"defaultErrnoRet\": 1,", false);
    }
    out.machines();
    out.line(1, "\"syscalls\": [", false);
    let end = if others.is_empty() { "" } else { "," };
    if !is_copy && out.numbers.one_in(4) {
        in_the_old_way(&mut out, &names, end);
    } else {
        out.allowed(&names, layout, end);
    }
    let last = others.len();
    for (number, (members, planted)) in (1..).zip(others) {
        out.rule(members, planted, if number == last { "" } else { "," });
    }
    out.line(1, "]", false);
    out.line(0, "}", false);
    out.lines
}

/// What another reader finds that is lost, or that nobody asked for.
pub(crate) fn damage(before: &str, now: &str) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<Value>(text);
    let Ok(before) = read(before) else {
        return Some("a generated file that can be read".to_owned());
    };
    let now = match read(now) {
        Ok(now) => now,
        Err(error) => return Some(format!("a file that can be read ({error})")),
    };
    let members = before.as_object().into_iter().flatten();
    for (key, value) in members {
        let here = now.get(key);
        let is_kept = match key.as_str() {
            "syscalls" => true,
            "architectures" => subset(here, value),
            "archMap" => subset(here.and_then(sub_architectures), sub_architectures(value)?),
            _ => here == Some(value),
        };
        if !is_kept {
            return Some(format!("{key}: {value}"));
        }
    }
    rules_lost(&before, &now)
}

fn sub_architectures(machines: &Value) -> Option<&Value> {
    machines.get(0)?.get("subArchitectures")
}

fn subset(now: Option<&Value>, before: &Value) -> bool {
    let all = |list: &Value| list.as_array().cloned().unwrap_or_default();
    now.is_some_and(|now| all(now).iter().all(|item| all(before).contains(item)))
}

/// A rule's names without those that may go, and the rule without its names.
fn kept<'r>(rule: &'r Value, twice: &BTreeSet<&str>) -> (Vec<&'r str>, Value) {
    let mut rest = rule.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.remove("names");
        rest.remove("name");
    }
    let may_go =
        |name: &&str| PLANTED.contains(name) || WRITTEN.contains(name) || twice.contains(name);
    let names = all_names(rule).filter(|name| !may_go(name));
    (names.collect(), rest)
}

fn all_names(rule: &Value) -> impl Iterator<Item = &str> {
    let names = rule.get("names").and_then(Value::as_array);
    let names = names.into_iter().flatten().chain(rule.get("name"));
    names.filter_map(Value::as_str)
}

fn rules_lost(before: &Value, now: &Value) -> Option<String> {
    let rules = |profile: &'_ Value| {
        let rules = profile.get("syscalls").and_then(Value::as_array);
        rules.cloned().unwrap_or_default()
    };
    let (before, now) = (rules(before), rules(now));
    let names = |rules: &[Value]| -> BTreeSet<String> {
        let names = rules.iter().flat_map(all_names);
        names.map(str::to_owned).collect()
    };
    let (all_before, all_now) = (names(&before), names(&now));
    let is_due = |name: &&String| {
        let name = name.as_str();
        PLANTED.contains(&name) || WRITTEN.contains(&name)
    };
    if let Some(name) = all_before.difference(&all_now).find(|it| !is_due(it)) {
        return Some(format!("the call {name}"));
    }
    let is_needed = |name: &&String| is_due(name) || NEEDED.contains(&name.as_str());
    if let Some(name) = all_now.difference(&all_before).find(|it| !is_needed(it)) {
        return Some(format!("{name} was not asked for: that it is absent"));
    }
    // Of a call that is named twice one may be gone.
    let mut seen = BTreeSet::new();
    let every_name = before.iter().flat_map(all_names);
    let twice: BTreeSet<&str> = every_name.filter(|name| !seen.insert(*name)).collect();
    // Each rule about what is not planted is there, in its place, with what it says besides.
    let mut left = now.iter();
    before.iter().find_map(|rule| {
        let (names, rest) = kept(rule, &twice);
        if names.is_empty() {
            return None;
        }
        let found = left.any(|other| {
            let (others, other_rest) = kept(other, &twice);
            others == names && other_rest == rest
        });
        (!found).then(|| format!("the rule {rule}"))
    })
}
