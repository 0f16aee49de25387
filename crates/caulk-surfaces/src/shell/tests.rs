//! What is known of the commands that shell text runs.

use caulk_source::{FileId, cut};
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Lookup;

use super::*;

fn read(text: &str) -> Vec<Call> {
    let joined = Joined::whole_text(FileId::FIRST, text, 0);
    calls(&joined, &|name| match name {
        "ENV" => Lookup::Set("from-env".to_owned()),
        "UNKNOWN" => Lookup::Unknown,
        _ => Lookup::UnsetHere,
    })
}

/// The words of every call, from its program on.
fn run(text: &str) -> Vec<String> {
    let own = |call: &Call| {
        let words = call.own_words().iter().map(Value::shown);
        words.collect::<Vec<_>>().join(" ")
    };
    read(text).iter().map(own).collect()
}

#[test]
fn variables_are_followed_where_they_are_surely_set() {
    for (text, expected) in [
        ("X=1; a $X ${X} \"$X\"", &["", "a 1 1 1"][..]),
        (
            "a $ENV ${ENV:-y} ${NONE:-y} ${NONE-$ENV}",
            &["a from-env from-env y from-env"],
        ),
        (
            "a $UNKNOWN ${UNKNOWN:-y} $1 $@",
            &["a $UNKNOWN $UNKNOWN $1 $@"],
        ),
        ("X=1; if b; then X=2; fi; a $X", &["", "b", "", "a $X"]),
        ("X=1; (X=2; a $X); a $X", &["", "", "a 2", "a 1"]),
        ("X=1 && a $X || X=2; b $X", &["", "a 1", "", "b $X"]),
        ("X=1 a $X; b $X", &["a $X", "b $X"]),
        ("export X=1 Y=2; a $X$Y", &["export X=1 Y=2", "a 12"]),
        ("read X; a $X", &["read X", "a $X"]),
        (
            "for x in 1; do a $x; done; for y in 1 2; do b $y; done",
            &["a 1", "b $y"],
        ),
        ("X=a; X+=b; c $X ${X%b} ${#X}", &["", "", "c ab $X $X"]),
        ("X=$(b); a $X `c`", &["b", "", "c", "a $(…) $(…)"]),
        ("a '$X' \\$X \"\\$X\"", &["a $X $X $X"]),
        ("b && X=1 && a $X; c $X", &["b", "", "a 1", "c $X"]),
        (": ${X:=1}; a $X ${1:-2}", &[": 1", "a 1 2"]),
    ] {
        assert_eq!(run(text), expected, "{text}");
    }
}

#[test]
fn a_function_runs_where_nobody_here_knows() {
    for (text, expected) in [
        ("f() { a $X; }; X=1; f", &["", "f", "a 1"][..]),
        ("X=1; f() { a $X; }; X=2; f", &["", "", "f", "a $X"]),
        ("f() { a $X; }; X=1; f; X=2 f", &["", "f", "f", "a $X"]),
        (
            "X=1; f() { X=2; a $X; }; b $X; f; c $X",
            &["", "b 1", "f", "c $X", "", "a 2"],
        ),
        (
            "f() { X=1; }; g() { a $X; }; X=2; g",
            &["", "g", "", "a $X"],
        ),
        ("X=1; if y; then f() { a $X; }; fi", &["", "y", "a 1"]),
        ("f() { g() { a; }; b; }", &["b", "a"]),
        (
            "f() { n=$1; shift; sudo \"$@\"; }; f 3 a b",
            &["a b", "", "shift", "$@"],
        ),
        ("f() { echo \"$@\"; }; f a b", &["f a b", "echo $@"]),
    ] {
        assert_eq!(run(text), expected, "{text}");
    }
}

#[test]
fn a_variable_gives_as_many_words_as_it_has() {
    let words = |text: &str| {
        let calls = read(text);
        let own = calls.last().map(Call::own_words).unwrap_or_default();
        own.iter().map(Value::shown).collect::<Vec<_>>()
    };
    for (text, expected) in [
        ("X='b c'; a $X", &["a", "b", "c"][..]),
        ("X='b c'; a \"$X\"", &["a", "b c"]),
        ("X='b  c '; a -$X.", &["a", "-b", "c", "."]),
        ("X=; a $X b \"$X\"", &["a", "b", ""]),
        ("a ${X:-b c} ${X:-\"d e\"}", &["a", "b", "c", "d e"]),
        ("X=(b 'c d'); a \"${X[@]}\"", &["a", "b", "c d"]),
        (
            "X=(b); X+=(c \"$ENV\"); a ${X[@]}",
            &["a", "b", "c", "from-env"],
        ),
        ("X=(b c); a \"${X[0]}\"", &["a", "$X"]),
        ("X=(b); if y; then X+=(c); fi; a ${X[@]}", &["a", "$X"]),
        ("X='sudo a'; $X b", &["a", "b"]),
        ("export X='b c'; a $X", &["a", "b", "c"]),
        ("X='b c'; export Y=$X; a \"$Y\"", &["a", "b c"]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
    let calls = read("X=b; a $X ${Y:-c} d $Z \"$Z\" \"$@\" $(e)");
    let pieces = calls.last().map(Call::operands).unwrap_or_default();
    let pieces = pieces.iter().flat_map(|word| &word.pieces);
    let marks: Vec<(bool, bool)> = pieces.map(|piece| (piece.held, piece.splits)).collect();
    let (own, elsewhere) = ((false, false), (true, true));
    let (splits, whole) = ((false, true), own);
    assert_eq!(
        marks,
        [elsewhere, elsewhere, own, splits, whole, splits, splits]
    );
}

#[test]
fn programs_that_only_run_others_are_passed_over() {
    for (text, program) in [
        ("sudo -E -u root env A=b nice -n 5 x y", "x"),
        ("timeout -s KILL 30 x", "x"),
        ("exec -a name /usr/bin/x", "x"),
        ("gosu app x", "x"),
        ("nohup x", "x"),
        ("busybox wget y", "wget"),
        ("A=b x", "x"),
        ("command -v x", "command"),
        ("sudo -v", "sudo"),
        ("$X y", ""),
        ("xargs -n 1 -I {} x {}", "x"),
        ("sudo --user root -- x", "x"),
        ("flock -w 5 /lock x", "x"),
        ("time -p x", "x"),
    ] {
        let calls = read(text);
        let found = calls.iter().find_map(Call::program).unwrap_or_default();
        assert_eq!(found, program, "{text}");
    }
    assert!(read("sudo x")[0].sudo().is_some());
    assert!(read("x sudo")[0].sudo().is_none());
}

#[test]
fn text_that_a_shell_is_given_is_read_where_it_stands() {
    for (text, inner) in [
        ("sh -c 'a b'", "a b"),
        ("bash -euxo pipefail -c \"a \\\"b c\\\"\"", "a b c"),
        ("X=b; eval \"a $X\"", "a b"),
        ("eval a b", "a b"),
        ("bash <<< 'a b'", "a b"),
        ("sh <<E\na $ENV\nE\n", "a from-env"),
        ("su app -c 'a b'", "a b"),
        ("sh -c \"sh -c 'a b'\"", "a b"),
        ("sudo bash -lc 'a b'", "a b"),
        ("ssh -p 22 host a b", "a b"),
        ("ssh host 'x; a b'", "a b"),
        ("ssh host <<E\na b\nE\n", "a b"),
        ("ssh host sudo bash -s <<E\na b\nE\n", "a b"),
        ("sg docker -c 'a b'", "a b"),
    ] {
        assert_eq!(run(text).last().map(String::as_str), Some(inner), "{text}");
    }
    assert_eq!(run("sh script.sh a").len(), 1);
    assert_eq!(run("echo 'sh -c x'").len(), 1);
    let text = "x && bash -c 'if y; then a \"b c\"; fi'";
    let calls = read(text);
    let place = calls.last().map(|call| cut(text, call.span.range()));
    assert_eq!(place, Some("a \"b c\""));
}

#[test]
fn what_is_downloaded_is_followed_to_where_it_goes() {
    let piped = |text: &str| read(text).last().is_some_and(|call| !call.piped.is_empty());
    assert!(piped("curl x | sh"));
    assert!(piped("wget -qO - x | tee y | gunzip | sh"));
    assert!(piped("{ echo a; curl x; } | sh"));
    assert!(piped("X=$(curl x); echo \"$X\" | sh"));
    assert!(!piped("curl -o y x | sh"));
    assert!(!piped("curl x > y | sh"));
    assert!(!piped("wget x | sh"));
    assert!(!piped("curl x | jq . | sh"));
    assert!(!piped("curl x; echo y | sh"));
    assert!(code_of(&read("curl x | xargs sh")[1]).is_none());
}

#[test]
fn long_values_and_many_words_are_bounded() {
    let mut doubling = "X=aaaaaaaaaaaaaaaa;".to_owned();
    doubling.push_str(&"X=$X$X;".repeat(60));
    doubling.push_str(&"a $X;".repeat(5_000));
    let calls = read(&doubling);
    let held: usize = calls
        .iter()
        .flat_map(|call| &call.words)
        .map(Value::len)
        .sum();
    assert!(held < 8 * 1024 * 1024, "{held}");
    let many = "a;".repeat(100_000);
    assert!(read(&many).len() <= 20_000);
    let mut told = 0;
    let joined = Joined::whole_text(FileId::FIRST, &many, 0);
    each_call(&joined, &|_| Lookup::Unknown, &mut |_| told += 1);
    assert_eq!(told, 100_000);
    let words = format!("X='{}'; {}", "a ".repeat(16_000), "b $X;".repeat(1_000));
    let count: usize = read(&words).iter().map(|call| call.words.len()).sum();
    assert!(count < 200_000, "{count}");
    let array = format!("X=(); {} a \"${{X[@]}}\"", "X+=(a);".repeat(10_000));
    assert!(
        read(&array)
            .last()
            .is_some_and(|call| call.words.len() < 5_000)
    );
    let functions = format!("f() {{ X=1; }}; {}", "X=2; f;".repeat(10_000));
    assert_eq!(read(&functions).len(), 20_000);
    assert_eq!(read(&format!("a {}", "$b".repeat(200_000))).len(), 1);
}

#[test]
fn what_is_told_is_what_is_kept() {
    for text in [
        "X=1; a $X\nif b; then X=2; fi\na $X",
        "f() {\n  a $X; Y=2\n}\nX=1\nY=1\nf\nb $Y\n) ; c\n",
        "cat <<A; b <<B\n$X\nA\ny\nB\nc",
        "sh <<E\na\nE\nX=$(b\n c)\nd $X",
    ] {
        let joined = Joined::whole_text(FileId::FIRST, text, 0);
        let mut told = Vec::new();
        each_call(&joined, &|_| Lookup::Unknown, &mut |call| {
            told.push((call.words.clone(), call.span));
        });
        let kept = calls(&joined, &|_| Lookup::Unknown);
        let kept: Vec<_> = kept
            .iter()
            .map(|call| (call.words.clone(), call.span))
            .collect();
        assert_eq!(told, kept, "{text}");
    }
}
