//! A draft as text, in the form of Docker's own file.

use std::fmt::{self, Write as _};

use super::{Answer, Comparison, Conditions, Draft, DraftRule};

impl Draft {
    /// The whole profile: what Docker, Podman and caulk read, one name on each line, so that a
    /// change of one call is a change of one line.
    pub fn text(&self) -> String {
        let mut fields = vec![answer("defaultAction", "defaultErrnoRet", self.default, 1)];
        if !self.machines.is_empty() {
            let machines = self.machines.iter().map(|(machine, others)| {
                let fields = [
                    format!("\"architecture\": {}", Quoted(machine)),
                    format!("\"subArchitectures\": {}", list(others, 3)),
                ];
                object(&fields, 2)
            });
            fields.push(format!("\"archMap\": {}", array(machines, 1)));
        }
        if !self.architectures.is_empty() {
            fields.push(format!(
                "\"architectures\": {}",
                list(&self.architectures, 1)
            ));
        }
        if let Some(flags) = &self.flags {
            fields.push(format!("\"flags\": {}", list(flags, 1)));
        }
        for (key, word) in [
            ("listenerPath", &self.listener_path),
            ("listenerMetadata", &self.listener_metadata),
        ] {
            fields.extend(
                word.as_ref()
                    .map(|word| format!("\"{key}\": {}", Quoted(word))),
            );
        }
        let rules = self.rules.iter().map(rule);
        fields.push(format!("\"syscalls\": {}", array(rules, 1)));
        let mut text = object(&fields, 0);
        text.push('\n');
        text
    }
}

impl DraftRule {
    /// The rule as it stands in a profile's list, each line but the first indented like that.
    pub fn text(&self) -> String {
        rule(self)
    }
}

fn rule(rule: &DraftRule) -> String {
    let mut fields = vec![
        format!("\"names\": {}", list(&rule.names, 3)),
        answer("action", "errnoRet", rule.answer, 3),
    ];
    if !rule.arguments.is_empty() {
        let arguments = rule.arguments.iter().map(comparison);
        fields.push(format!("\"args\": {}", array(arguments, 3)));
    }
    let comment = rule.comment.as_ref();
    fields.extend(comment.map(|comment| format!("\"comment\": {}", Quoted(comment))));
    for (key, asked) in [("includes", &rule.includes), ("excludes", &rule.excludes)] {
        if !asked.is_none() {
            fields.push(format!("\"{key}\": {}", conditions(asked)));
        }
    }
    object(&fields, 2)
}

fn answer(action: &str, errno: &str, answer: Answer, depth: usize) -> String {
    let mut text = format!("\"{action}\": \"{}\"", answer.action.scmp());
    if let Some(number) = answer.errno {
        let _ = write!(text, ",\n{}\"{errno}\": {number}", indent(depth));
    }
    text
}

fn comparison(comparison: &Comparison) -> String {
    let mut fields = vec![
        format!("\"index\": {}", comparison.index),
        format!("\"value\": {}", comparison.value),
    ];
    if comparison.value_two != 0 {
        fields.push(format!("\"valueTwo\": {}", comparison.value_two));
    }
    fields.push(format!("\"op\": {}", Quoted(&comparison.operator)));
    object(&fields, 4)
}

fn conditions(asked: &Conditions) -> String {
    let lists = [
        ("arches", &asked.architectures),
        ("caps", &asked.capabilities),
    ];
    let lists = lists.iter().filter(|(_, words)| !words.is_empty());
    let mut fields: Vec<String> = lists
        .map(|(key, words)| format!("\"{key}\": {}", list(words, 4)))
        .collect();
    let kernel = asked.kernel.as_ref();
    fields.extend(kernel.map(|kernel| format!("\"minKernel\": {}", Quoted(kernel))));
    object(&fields, 3)
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

fn object(fields: &[String], depth: usize) -> String {
    let inner = indent(depth + 1);
    let fields = fields.join(&format!(",\n{inner}"));
    format!("{{\n{inner}{fields}\n{}}}", indent(depth))
}

fn array(items: impl Iterator<Item = String>, depth: usize) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return "[]".to_owned();
    }
    let inner = indent(depth + 1);
    let items = items.join(&format!(",\n{inner}"));
    format!("[\n{inner}{items}\n{}]", indent(depth))
}

fn list(words: &[String], depth: usize) -> String {
    array(words.iter().map(|word| Quoted(word).to_string()), depth)
}

/// Text as JSON has it.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(formatter, "\\{character}")?,
                character if character.is_control() => {
                    // The ones that JSON wants escaped are all in the first plane.
                    write!(formatter, "\\u{:04x}", u32::from(character))?;
                }
                character => formatter.write_char(character)?,
            }
        }
        formatter.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use caulk_linux::syscalls::Abi;
    use caulk_source::FileId;

    use super::*;
    use crate::parse;

    fn again(draft: &Draft) -> Option<Draft> {
        let parsed = parse(FileId::FIRST, &draft.text());
        assert_eq!(parsed.problems, [], "{}", draft.text());
        Draft::of(&parsed.profile.expect("an object"))
    }

    #[test]
    fn what_is_written_is_read() {
        let default = Draft::docker_default();
        assert!(default.rules.len() > 20);
        assert_eq!(again(&default), Some(default));
        let mut odd = Draft::closed(&[(Abi::X86_64, vec![Abi::X86])]);
        odd.flags = Some(Vec::new());
        odd.listener_path = Some("/a\"b\\c\u{1}\u{7f}é\u{10ffff}".to_owned());
        odd.rules = vec![
            DraftRule::new(["write", "read", "read"], Answer::ALLOW).because("\n\t"),
            DraftRule {
                excludes: Conditions {
                    kernel: Some("4.8".to_owned()),
                    ..Conditions::machines(&[Abi::S390x])
                },
                ..DraftRule::new(["clone"], Answer::errno(38)).when(Comparison::masked(0, 7, 1))
            },
        ];
        assert_eq!(odd.rules[0].names, ["read", "write"]);
        assert_eq!(again(&odd), Some(odd));
    }

    #[test]
    fn the_form() {
        let mut draft = Draft::closed(&[(Abi::X86_64, Vec::new())]);
        let argument = Comparison::equal(0, 1);
        draft.rules = vec![DraftRule::new(["socket"], Answer::ALLOW).when(argument)];
        let wanted = r#"{
  "defaultAction": "SCMP_ACT_ERRNO",
  "defaultErrnoRet": 1,
  "archMap": [
    {
      "architecture": "SCMP_ARCH_X86_64",
      "subArchitectures": []
    }
  ],
  "syscalls": [
    {
      "names": [
        "socket"
      ],
      "action": "SCMP_ACT_ALLOW",
      "args": [
        {
          "index": 0,
          "value": 1,
          "op": "SCMP_CMP_EQ"
        }
      ]
    }
  ]
}
"#;
        assert_eq!(draft.text(), wanted);
    }
}
