//! Which fixes are in the patch, how they are grouped, and what is said above each. Every patch
//! here is also applied by the tools.

use caulk_finding::{Finding, Revealed, Severity, Surface};
use caulk_source::{Edit, Span, apply_edits};

use crate::support::{
    CAPABILITY_ADDED, Case, DECLARED, RUNS_AS_ROOT, add, replace, text, unsafe_fix,
};
use crate::tools::{both_take, patch_does_every_fix, patch_gives};

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
fn fixes_whose_surroundings_meet_stand_apart_as_long_as_a_line_is_between_them() {
    let mut case = Case::new(&[("f", letters().as_bytes())]);
    let edit = replace(&case, "k\n", "K\n");
    let label = case.label("f", "k\n", "here");
    let finding = Finding::new(&CAPABILITY_ADDED, Surface::Compose, label, "`k` is bad")
        .why("it is `k`")
        .container("service `api`", DECLARED);
    let mut fix = unsafe_fix("cure `k`", "what needs `k`", vec![edit]);
    fix.reveals.push(Revealed {
        rule: &RUNS_AS_ROOT,
        severity: Severity::High,
    });
    case.add(finding, Some(fix));
    let edit = replace(&case, "m\n", "M\nM\n");
    add(&mut case, Severity::Low, "m\n", vec![edit]);
    let edit = replace(&case, "n\n", "");
    add(&mut case, Severity::Low, "n\n", vec![edit]);
    let patch = patch_does_every_fix(&case);
    assert_eq!(
        text(&patch),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 3 findings (1 critical, 2 low), 3 with a fix; 1 file

# f:11:1: critical[capability-added]: `k` is bad
#   why: it is `k`
#   fix (unsafe): cure `k`
#   may break: what needs `k`
#   then shows: `runs-as-root` (high, baseline)
--- a/f
+++ b/f
@@ -10,3 +10,3 @@ service `api`
 j
-k
+K
 l

# f:13:1: low[runs-as-root]: `m` is bad
#   fix (safe): cure `m`
# f:14:1: low[runs-as-root]: `n` is bad
#   fix (safe): cure `n`
--- a/f
+++ b/f
@@ -12,4 +12,4 @@ service `web`
 l
-m
-n
+M
+M
 o
"
    );
}

#[test]
fn each_of_two_near_fixes_can_be_left_out() {
    let mut case = Case::new(&[("f", letters().as_bytes())]);
    for (line, new) in [("k\n", "K\n"), ("m\n", ""), ("o\n", "O\nO\n")] {
        let edit = replace(&case, line, new);
        add(&mut case, Severity::Low, line, vec![edit]);
    }
    let patch = text(&case.render(caulk_report::diff));
    let sections: Vec<&str> = patch.split("\n\n").skip(1).collect();
    assert_eq!(sections.len(), 3);
    for left_out in 0..3 {
        let kept = sections.iter().enumerate();
        let kept: Vec<&str> = kept
            .filter(|(index, _)| *index != left_out)
            .map(|(_, section)| section.trim_end())
            .collect();
        both_take(&case, &(kept.join("\n\n") + "\n"));
    }
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
fn a_fix_that_the_plan_leaves_out_is_named_at_the_end() {
    let mut case = Case::new(&[("f", b"a b c\n")]);
    let edits = [replace(&case, "a b", "x"), replace(&case, "b c", "y")];
    let expected = apply_edits(b"a b c\n", &edits[..1]).unwrap();
    let [first, second] = edits;
    add(&mut case, Severity::High, "a b", vec![first]);
    add(&mut case, Severity::Medium, "b c", vec![second]);
    let patch = patch_gives(&case, &[("f", expected)]);
    assert_eq!(
        text(&patch),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply
# 2 findings (1 high, 1 medium), 2 with a fix; 1 file

# f:1:1: high[runs-as-root]: `a b` is bad
#   fix (safe): cure `a b`
--- a/f
+++ b/f
@@ -1 +1 @@ service `web`
-a b c
+x c

# not closed by this patch:
# f:1:3: medium[runs-as-root]: `b c` is bad
#   left out: apply this patch, then run caulk again
"
    );
}

#[test]
fn findings_that_no_section_closes_are_named_at_the_end() {
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
#   left out: apply this patch, then run caulk again
# f:1:1: high[runs-as-root]: `a` is bad
#   left out: apply this patch, then run caulk again
# f:1:1: high[runs-as-root]: no fix
#   do: think
"
    );
}
