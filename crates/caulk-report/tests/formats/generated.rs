//! Generated patches are held against the tools that apply them.

use caulk_finding::{Finding, Label, Severity, Surface};
use caulk_report::{Context, full};
use caulk_source::{Edit, Span};

use crate::support::{CAPABILITY_ADDED, Case, DECLARED, RUNS_AS_ROOT, safe_fix, unsafe_fix};
use crate::tools::patch_does_every_fix;

/// Numbers that look random and are the same on every run: Marsaglia's xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const PATHS: &[&str] = &[
    "Dockerfile",
    "a b/Dockerfile",
    "naïve/漢字.yaml",
    "say \"hi\"\\.yaml",
    "tab\there.yaml",
    "line\nbreak.yaml",
];

const LINES: &[&[u8]] = &[
    b"FROM alpine",
    b"USER root",
    b"RUN true",
    b"",
    b"",
    b"--- a/Dockerfile",
    b"# comment",
    b"@@ -1 +1 @@",
    b"not \xff text",
    "漢字 🐳".as_bytes(),
    b"a\x1b[31mb\x00\x0c\xe2\x80\xae\xc2\x85",
    b"\\ No newline at end of file",
];

fn file(numbers: &mut Numbers) -> Vec<u8> {
    let ending: &[u8] = numbers.pick(&[&b"\n"[..], &b"\r\n"[..]]);
    let mut bytes = Vec::new();
    if numbers.one_in(6) {
        bytes.extend_from_slice("\u{feff}".as_bytes());
    }
    let count = numbers.below(50);
    for line in 0..count {
        bytes.extend_from_slice(numbers.pick(LINES));
        if line + 1 < count || !numbers.one_in(3) {
            bytes.extend_from_slice(ending);
        }
    }
    bytes
}

fn edit(numbers: &mut Numbers, case: &Case, paths: &[&str]) -> Edit {
    let id = case.id(numbers.pick(paths));
    let file = case.sources.get(id).unwrap();
    let line = 1 + u32::try_from(numbers.below(file.lines().count() as usize)).unwrap();
    let of_line = file.lines().range(line);
    let new = numbers.pick(&["USER 65532\n", "x", "", "two\nlines\n", "\r\n", "\nUSER x"]);
    match numbers.below(4) {
        0 => Edit::insert(Span::at(id, of_line.start), "USER 65532:65532\n"),
        1 => Edit::remove(Span::new(id, of_line)),
        2 => Edit::replace(Span::new(id, of_line), new),
        _ => {
            let start = numbers.below(file.bytes().len() + 1);
            let end = (start + numbers.below(20)).min(file.bytes().len());
            Edit::replace(Span::new(id, start..end), new)
        }
    }
}

fn case(numbers: &mut Numbers) -> Case {
    let paths = &PATHS[..=numbers.below(PATHS.len())];
    let files: Vec<(&str, Vec<u8>)> = paths.iter().map(|path| (*path, file(numbers))).collect();
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, bytes)| (*path, &bytes[..]))
        .collect();
    let mut case = Case::new(&files);
    let mut taken: Vec<Edit> = Vec::new();
    for _ in 0..=numbers.below(7) {
        let mut edits = Vec::new();
        for _ in 0..=numbers.below(3) {
            let edit = edit(numbers, &case, paths);
            if !taken.iter().any(|other| other.overlaps(&edit)) {
                taken.push(edit.clone());
                edits.push(edit);
            }
        }
        edits.sort();
        add(numbers, &mut case, edits);
        // Two services with one Dockerfile propose the same.
        if let (true, Some(last)) = (numbers.one_in(5), case.report.findings.last().cloned()) {
            case.add(last.finding, last.fix);
        }
    }
    case
}

fn add(numbers: &mut Numbers, case: &mut Case, edits: Vec<Edit>) {
    let Some(first) = edits.first() else { return };
    let rule = numbers.pick(&[&RUNS_AS_ROOT, &CAPABILITY_ADDED]);
    let label = Label::new(first.span, "here\n--- a/x");
    let finding = Finding::new(
        rule,
        Surface::Dockerfile,
        label,
        "bad\n+++ b/x\r@@ -1 +1 @@",
    )
    .severity(numbers.pick(&[&Severity::Low, &Severity::High]).to_owned())
    .container("service `a\nb`", DECLARED)
    .why("because\n--- a/x\n+++ b/x");
    let related = edits.iter().skip(1);
    let finding = related.fold(finding, |finding, edit| {
        finding.related(edit.span, "and\u{2028}here")
    });
    let fix = if numbers.one_in(2) {
        safe_fix("do\n@@ -1 +1 @@", edits)
    } else {
        unsafe_fix("do", "all\nof it", edits)
    };
    case.add(finding, Some(fix));
}

#[test]
fn any_edits_of_any_files_make_a_patch_that_git_and_patch_take() {
    let mut numbers = Numbers(0x5eed_cafe_f00d_d00d);
    for _ in 0..300 {
        patch_does_every_fix(&case(&mut numbers));
    }
}

#[test]
fn no_report_for_a_person_holds_what_acts_on_a_terminal() {
    let mut numbers = Numbers(0x0dd_ba11_5eed);
    for _ in 0..300 {
        let case = case(&mut numbers);
        let reports =
            [40, 100].map(|width| case.render(|context| full(&Context { width, ..*context })));
        for report in reports {
            let acts = |character: char| character.is_control() && character != '\n';
            assert!(!report.contains(acts), "{report:?}");
            assert!(!report.contains(['\u{2028}', '\u{202e}']), "{report:?}");
        }
    }
}
