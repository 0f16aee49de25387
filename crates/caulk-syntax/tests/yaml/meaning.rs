//! What things mean: text, aliases, merge keys.

use caulk_syntax::yaml::{StepKind, Stream, Value};

use crate::read;

fn root(stream: &Stream) -> Value<'_> {
    stream.root().unwrap()
}

fn names(value: &Value<'_>) -> Vec<String> {
    value
        .members()
        .iter()
        .map(|member| member.name().to_owned())
        .collect()
}

#[test]
fn scalars_are_their_text_first() {
    let stream = read(
        "user: 0\nport: 22:22\noctal: 0o0\nyes: no\nquoted: \"a\\tb\\u00e9\"\nfolded: >\n  a\n  b\n",
    );
    let root = root(&stream);
    let text = |name: &str| root.get(name).unwrap().as_str().unwrap().to_owned();
    assert_eq!(text("user"), "0");
    assert_eq!(text("port"), "22:22");
    assert_eq!(text("octal"), "0o0");
    assert_eq!(text("yes"), "no");
    assert_eq!(text("quoted"), "a\tbé");
    assert_eq!(text("folded"), "a b\n");
    assert_eq!(root.get("user").unwrap().as_int(), Some(0));
    assert_eq!(root.get("port").unwrap().as_int(), None);
    assert_eq!(root.get("yes").unwrap().as_bool(), Some(false));
}

#[test]
fn null_is_no_text_unless_it_is_quoted_or_tagged() {
    let stream = read("- \n- ~\n- null\n- 'null'\n- !!str null\n- ! ~\n- \"\"\n- !!null x\n");
    let texts: Vec<Option<&str>> = root(&stream).items().map(|item| item.as_str()).collect();
    assert_eq!(
        texts,
        [
            None,
            None,
            None,
            Some("null"),
            Some("null"),
            Some("~"),
            Some(""),
            None
        ]
    );
    assert!(root(&stream).items().all(|item| item.text().is_some()));
}

#[test]
fn quoted_booleans_are_text() {
    let stream = read("[true, 'true', TRUE, tRUE, yes, 'yes', Yes, off, !!str true]");
    let found: Vec<Option<bool>> = root(&stream).items().map(|item| item.as_bool()).collect();
    assert_eq!(
        found,
        [
            Some(true),
            None,
            Some(true),
            None,
            Some(true),
            Some(true),
            None,
            Some(false),
            None
        ]
    );
}

#[test]
fn an_alias_says_where_it_is_used_and_where_it_leads() {
    let text = "a: &x {user: root}\nb: *x\n";
    let stream = read(text);
    let user = root(&stream).get("b").unwrap().get("user").unwrap();
    assert_eq!(user.as_str(), Some("root"));
    assert_eq!(&text[user.span().range()], "root");
    let [step] = user.via() else {
        panic!("{:?}", user.via())
    };
    assert_eq!(step.kind, StepKind::Alias);
    assert_eq!(&text[step.used.range()], "*x");
    assert_eq!(&text[step.anchor.unwrap().range()], "&x");
    assert!(!user.is_own());
    // Written where it is read, and yet not its own: the alias reads it too.
    let direct = root(&stream).get("a").unwrap().get("user").unwrap();
    assert_eq!(direct.via(), []);
    assert!(!direct.is_own());
    assert_eq!(direct.node().shared(), 1);
    assert_eq!(direct.node(), user.node());
    assert_eq!(root(&stream).get("a").unwrap().node().uses(), 1);
}

#[test]
fn an_alias_means_the_latest_earlier_anchor() {
    let stream = read("- &x one\n- *x\n- &x two\n- *x\n");
    let texts: Vec<&str> = root(&stream)
        .items()
        .map(|item| item.as_str().unwrap())
        .collect();
    assert_eq!(texts, ["one", "one", "two", "two"]);
    let uses: Vec<usize> = root(&stream)
        .items()
        .map(|item| item.node().uses())
        .collect();
    assert_eq!(uses, [1, 1, 1, 1]);
}

#[test]
fn a_merge_key_brings_what_is_not_there() {
    let text = "base: &base\n  user: root\n  privileged: true\nweb:\n  user: app\n  <<: *base\n";
    let stream = read(text);
    let web = root(&stream).get("web").unwrap();
    assert_eq!(names(&web), ["user", "privileged"]);
    let user = web.get("user").unwrap();
    assert_eq!((user.as_str(), user.via()), (Some("app"), [].as_slice()));
    let privileged = web.get_member("privileged").unwrap();
    let [step] = privileged.value.via() else {
        panic!("{:?}", privileged.value.via())
    };
    assert_eq!(step.kind, StepKind::Merge);
    assert_eq!(&text[step.used.range()], "*base");
    assert_eq!(&text[privileged.entry.span.range()], "privileged: true");
    assert!(web.get("<<").is_none());
}

#[test]
fn earlier_sources_of_a_merge_win() {
    let text = "a: &a {k: a, only_a: 1}\nb: &b {k: b, only_b: 2, <<: {deep: 3, k: deep}}\nc: {<<: [*a, *b, {k: inline, inline: 4}]}\n";
    let stream = read(text);
    let merged = root(&stream).get("c").unwrap();
    assert_eq!(names(&merged), ["k", "only_a", "only_b", "deep", "inline"]);
    assert_eq!(merged.get("k").unwrap().as_str(), Some("a"));
    let kinds: Vec<StepKind> = merged
        .get("deep")
        .unwrap()
        .via()
        .iter()
        .map(|step| step.kind)
        .collect();
    assert_eq!(kinds, [StepKind::Merge, StepKind::Merge]);
    let inline = merged.get("inline").unwrap();
    assert_eq!(&text[inline.via()[0].used.range()], "<<");
    assert_eq!(inline.via()[0].anchor, None);
    for member in merged.members() {
        assert_eq!(
            merged.get(member.name()).unwrap().node(),
            member.value.node()
        );
    }
}

#[test]
fn a_quoted_merge_key_is_a_key() {
    let stream = read("a: &a {b: 1}\nc: {'<<': *a}\n");
    let value = root(&stream).get("c").unwrap();
    assert_eq!(names(&value), ["<<"]);
    assert!(value.get("b").is_none());
}

#[test]
fn an_alias_can_be_a_key() {
    let stream = read("&k name: 1\nother: {*k : 2}\n");
    assert_eq!(
        root(&stream)
            .get("other")
            .unwrap()
            .get("name")
            .unwrap()
            .as_int(),
        Some(2)
    );
}

#[test]
fn tags_of_compose_are_kept() {
    let stream = read("ports: !reset []\nvolumes: !override\n  - a:b\nuser: !reset null\n");
    let tag = |name: &str| root(&stream).get(name).unwrap().tag().unwrap().value;
    assert_eq!(tag("ports"), "!reset");
    assert_eq!(tag("volumes"), "!override");
    assert_eq!(tag("user"), "!reset");
    assert!(root(&stream).get("user").unwrap().is_null());
}

#[test]
fn a_text_may_hold_several_documents() {
    let stream = read("%YAML 1.1\n---\na: &x 1\n...\n---\nb: 2\n--- text\n---\n");
    assert_eq!(stream.documents.len(), 4);
    assert!(
        stream
            .documents
            .iter()
            .all(caulk_syntax::yaml::Document::is_explicit)
    );
    let roots: Vec<Value<'_>> = stream.roots().collect();
    assert_eq!(roots[1].get("b").unwrap().as_int(), Some(2));
    assert_eq!(roots[2].as_str(), Some("text"));
    assert!(roots[3].is_null());
    for text in ["", "# only a comment\n", "\n\n", "\u{feff}"] {
        assert_eq!(read(text).documents.len(), 0, "{text:?}");
    }
}
