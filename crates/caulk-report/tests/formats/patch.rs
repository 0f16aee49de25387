//! Which fixes are in the patch, how they are grouped, and what is said above each. Every patch
//! here is also applied by the tools.

use caulk_finding::{Finding, Severity, Surface};
use caulk_source::{Edit, Span, apply_edits};

use crate::support::{
    CAPABILITY_ADDED, Case, DECLARED, RUNS_AS_ROOT, add, replace, text, unsafe_fix,
};
use crate::tools::{patch_does_every_fix, patch_gives};

/// `a` to `z` and `0` to `9`, a line each.
fn letters() -> String {
    ('a'..='z')
        .chain('0'..='9')
        .flat_map(|letter| [letter, '\n'])
        .collect()
}

#[test]
fn unrelated_fixes_stand_apart_and_later_lines_count_on_earlier_sections() {
    let mut case = Case::new(&[("f", letters().as_bytes())]);
    let edit = replace(&case, "b\n", "B\nB\nB\n");
    add(&mut case, Severity::High, "b\n", vec![edit]);
    let edit = replace(&case, "t\n", "");
    add(&mut case, Severity::Low, "t\n", vec![edit]);
    let patch = patch_does_every_fix(&case);
    assert_eq!(
        text(&patch),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 2 findings (1 high, 1 low), 2 with a fix; 1 file

# f:2:1: high[runs-as-root]: `b` is bad
#   fix (safe): cure `b`
--- a/f
+++ b/f
@@ -1,5 +1,7 @@ service `web`
 a
-b
+B
+B
+B
 c
 d
 e

# f:20:1: low[runs-as-root]: `t` is bad
#   fix (safe): cure `t`
--- a/f
+++ b/f
@@ -19,7 +19,6 @@ service `web`
 q
 r
 s
-t
 u
 v
 w
"
    );
}

#[test]
fn fixes_whose_surroundings_meet_share_a_section() {
    let mut case = Case::new(&[("f", letters().as_bytes())]);
    let edit = replace(&case, "k\n", "K\n");
    let label = case.label("f", "k\n", "here");
    let finding = Finding::new(&CAPABILITY_ADDED, Surface::Compose, label, "`k` is bad")
        .why("it is `k`")
        .container("service `api`", DECLARED);
    case.add(
        finding,
        Some(unsafe_fix("cure `k`", "what needs `k`", vec![edit])),
    );
    let edit = replace(&case, "p\n", "P\n");
    add(&mut case, Severity::Low, "p\n", vec![edit]);
    let patch = patch_does_every_fix(&case);
    assert_eq!(
        text(&patch),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 2 findings (1 critical, 1 low), 2 with a fix; 1 file

# f:11:1: critical[capability-added]: `k` is bad
#   why: it is `k`
#   fix (unsafe): cure `k`
#   may break: what needs `k`
# f:16:1: low[runs-as-root]: `p` is bad
#   fix (safe): cure `p`
--- a/f
+++ b/f
@@ -8,12 +8,12 @@
 h
 i
 j
-k
+K
 l
 m
 n
 o
-p
+P
 q
 r
 s
"
    );
}

#[test]
fn a_fix_with_two_hunks_keeps_them_together_around_another() {
    let mut case = Case::new(&[("f", letters().as_bytes())]);
    let edits = vec![replace(&case, "b\n", "B\nB\n"), replace(&case, "5\n", "")];
    add(&mut case, Severity::High, "b\n", edits);
    let edit = replace(&case, "p\n", "P\n");
    add(&mut case, Severity::High, "p\n", vec![edit]);
    let patch = text(&patch_does_every_fix(&case));
    let headers: Vec<&str> = patch
        .lines()
        .filter(|line| line.starts_with("@@") || line.starts_with("+++"))
        .collect();
    assert_eq!(
        headers,
        [
            "+++ b/f",
            "@@ -1,5 +1,6 @@ service `web`",
            "@@ -29,7 +30,6 @@ service `web`",
            "+++ b/f",
            "@@ -14,7 +14,7 @@ service `web`",
        ]
    );
}

#[test]
fn a_fix_of_two_files_says_that_it_has_two_parts() {
    let mut case = Case::new(&[("f", b"a\n"), ("g", b"b\n")]);
    let edits = vec![
        replace(&case, "a", "A"),
        Edit::replace(case.span("g", "b"), "B"),
    ];
    add(&mut case, Severity::High, "a\n", edits);
    let patch = text(&patch_does_every_fix(&case));
    assert_eq!(
        patch
            .matches("#   fix (safe, one of 2 parts): cure `a`\n")
            .count(),
        2
    );
}

#[test]
fn the_same_edit_is_done_once_for_all_who_ask() {
    let mut case = Case::new(&[("f", b"a\n")]);
    let edit = Edit::insert(case.span("f", "a"), "A\n");
    add(&mut case, Severity::High, "a\n", vec![edit.clone()]);
    add(&mut case, Severity::Low, "a\n", vec![edit]);
    let patch = patch_does_every_fix(&case);
    assert_eq!(
        text(&patch),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 2 findings (1 high, 1 low), 2 with a fix; 1 file

# f:1:1: high[runs-as-root]: `a` is bad
# f:1:1: low[runs-as-root]: `a` is bad
#   fix (safe): cure `a`
--- a/f
+++ b/f
@@ -1 +1,2 @@ service `web`
+A
 a
"
    );
}

#[test]
fn of_two_fixes_for_the_same_bytes_the_more_severe_finding_s_is_taken() {
    let mut case = Case::new(&[("f", b"a b c\n")]);
    let edits = [replace(&case, "a b", "x"), replace(&case, "b c", "y")];
    let expected = apply_edits(b"a b c\n", &edits[1..]).unwrap();
    let [first, second] = edits;
    add(&mut case, Severity::Medium, "a b", vec![first]);
    add(&mut case, Severity::High, "b c", vec![second]);
    let patch = patch_gives(&case, &[("f", expected)]);
    assert_eq!(
        text(&patch),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 2 findings (1 high, 1 medium), 2 with a fix; 1 file

# f:1:3: high[runs-as-root]: `b c` is bad
#   fix (safe): cure `b c`
# f:1:1: medium[runs-as-root]: `a b` is bad
#   left out: its fix wants the same text as one above; apply this patch, then run caulk again
--- a/f
+++ b/f
@@ -1 +1 @@ service `web`
-a b c
+a y
"
    );
}

#[test]
fn a_fix_that_does_not_fit_is_left_out_and_named() {
    let mut case = Case::new(&[("f", b"a\n")]);
    let outside = Edit::remove(Span::new(case.id("f"), 1..40));
    add(&mut case, Severity::High, "a\n", vec![outside]);
    let nothing = replace(&case, "a", "a");
    add(&mut case, Severity::High, "a\n", vec![nothing]);
    let label = case.label("f", "a", "");
    let finding = Finding::new(&RUNS_AS_ROOT, Surface::Compose, label, "no fix").advice("think");
    case.add(finding, None);
    assert_eq!(
        text(&case.render(caulk_report::diff)),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 3 findings (3 high), 2 with a fix; 1 file

# not closed by this patch:
# f:1:1: high[runs-as-root]: `a` is bad
#   left out: its fix changes nothing or does not fit the file
# f:1:1: high[runs-as-root]: `a` is bad
#   left out: its fix changes nothing or does not fit the file
# f:1:1: high[runs-as-root]: no fix
#   do: think
"
    );
}
