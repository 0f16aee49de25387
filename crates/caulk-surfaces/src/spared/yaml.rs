//! Two readings of a YAML text, compared node by node as they are written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Change, Hardening};
use caulk_source::{FileId, Span};
use caulk_syntax::yaml::edit::Fresh;
use caulk_syntax::yaml::{Entry, Kind, Node, ScalarStyle, Stream, Value};

use super::Work;
use crate::compose::Extended;
use crate::{NotOffered, Reach, compose, mounted};

const DIFFERS: NotOffered = NotOffered("something else in the file would change");

/// The nodes are the same but for those that a change names.
///
/// `dockerfile` says of two texts, which have become each other in the one place, whether they are
/// Dockerfiles that differ in what a change names.
/// `extended` says what a service has from those that it extends.
pub(super) fn spared<'a>(
    file: FileId,
    (before, after): (&'a Stream, &'a Stream),
    works: &'a [Work<'a>],
    dockerfile: &'a dyn Fn(Span, Span) -> bool,
    extended: &'a dyn Fn(Span) -> &'a [Extended],
) -> Result<(), NotOffered> {
    let mut expected = Expected {
        removed: BTreeSet::new(),
        becoming: BTreeMap::new(),
        wishes: BTreeMap::new(),
        dockerfile,
        extended,
        file,
    };
    for work in works {
        for change in work.changes {
            expected.add(before, change, work.reach);
        }
    }
    if before.documents.len() != after.documents.len() {
        return Err(DIFFERS);
    }
    let pairs = before.documents.iter().zip(&after.documents);
    let same = pairs.into_iter().all(|(one, other)| {
        one.is_explicit() == other.is_explicit()
            && expected.holds(one.root_node(), other.root_node())
    });
    if same { Ok(()) } else { Err(DIFFERS) }
}

/// What a key is to have come to.
enum Wish<'a> {
    /// This value.
    Value(&'a str),
    /// A list with these items at its end, besides what it has.
    Items(Vec<&'a str>),
    /// A list of these items, whatever was there.
    List(Vec<String>),
}

/// What is to become of the nodes before.
struct Expected<'a> {
    /// Items and values that are to be gone.
    removed: BTreeSet<Span>,
    /// Scalars that are to be others.
    becoming: BTreeMap<Span, Cow<'a, str>>,
    /// Keys of mappings, by the mapping's place.
    wishes: BTreeMap<Span, BTreeMap<String, Wish<'a>>>,
    /// Whether the Dockerfile at one place is to have become the one at another.
    dockerfile: &'a dyn Fn(Span, Span) -> bool,
    /// What the service at a place has from those that it extends.
    extended: &'a dyn Fn(Span) -> &'a [Extended],
    file: FileId,
}

impl<'a> Expected<'a> {
    fn add(&mut self, before: &'a Stream, change: &'a Change, reach: Reach<'_>) {
        match (change, reach) {
            (Change::Remove { .. } | Change::Become { .. }, Reach::AtServices(services)) => {
                let here = services.iter().filter(|service| service.file == self.file);
                for service in here.copied().collect::<Vec<Span>>() {
                    self.written_out(before, change, service);
                }
            }
            (Change::Remove { entry }, Reach::WhereWritten) => {
                self.removed.insert(*entry);
            }
            (Change::Become { entry, value }, Reach::WhereWritten) => {
                self.becoming.insert(*entry, Cow::Borrowed(value));
            }
            (Change::ReadOnly { entry }, Reach::WhereWritten) => {
                self.only_read(before, *entry);
            }
            (Change::RunAs { container, user }, _) => {
                self.wish(before, *container, "user", Wish::Value(user));
            }
            (
                Change::Harden {
                    container,
                    hardening,
                },
                _,
            ) => match hardening {
                Hardening::NoNewPrivileges => {
                    let items = vec!["no-new-privileges:true"];
                    self.more(before, *container, "security_opt", items);
                }
                Hardening::DropCapabilities { keep } => {
                    self.more(before, *container, "cap_drop", vec!["ALL"]);
                    if !keep.is_empty() {
                        let keep = keep.iter().map(String::as_str).collect();
                        self.more(before, *container, "cap_add", keep);
                    }
                }
                Hardening::ReadOnlyRoot => {
                    self.wish(before, *container, "read_only", Wish::Value("true"));
                }
            },
            // It is written where the mount is or nowhere; an engine's settings and a profile stand in
            // files of their own.
            (Change::ReadOnly { .. }, Reach::AtServices(_))
            | (Change::Set { .. } | Change::Filter { .. }, _) => {}
        }
    }

    /// A mount that can no longer be written to, in whichever syntax it is.
    fn only_read(&mut self, before: &'a Stream, entry: Span) {
        let Some(node) = before.node_at(entry) else {
            return;
        };
        if matches!(node.kind(), Kind::Mapping) {
            let wishes = self.wishes.entry(node.span()).or_default();
            wishes.insert("read_only".to_owned(), Wish::Value("true"));
        } else if let Some(text) = node.text().and_then(mounted::read_only) {
            self.becoming.insert(entry, Cow::Owned(text));
        }
    }

    fn wish(&mut self, before: &Stream, container: Span, key: &str, wish: Wish<'a>) {
        if let Ok(service) = compose::written(before, container) {
            let wishes = self.wishes.entry(service.node.span()).or_default();
            wishes.insert(key.to_owned(), wish);
        }
    }

    /// A list with more items: its own, or what it inherits written out.
    fn more(&mut self, before: &Stream, container: Span, key: &str, items: Vec<&'a str>) {
        let Ok(service) = compose::written(before, container) else {
            return;
        };
        let own = service.own(key).ok().flatten();
        let is_own = own.is_some_and(|own| !matches!(own.value.kind(), Kind::Alias(_)));
        let wish = if is_own {
            Wish::Items(items)
        } else {
            let inherited = service.texts(key).unwrap_or_default();
            let all = inherited.into_iter().chain(items);
            Wish::List(all.map(str::to_owned).collect())
        };
        self.wish(before, container, key, wish);
    }

    /// What a service inherits, changed and written out.
    fn written_out(&mut self, before: &'a Stream, change: &'a Change, container: Span) {
        let Ok(service) = compose::written(before, container) else {
            return;
        };
        let Ok((key, value)) = compose::written_out(&service, change, (self.extended)(container))
        else {
            return;
        };
        let wish = match value {
            Fresh::Switch(true) => Wish::Value("true"),
            Fresh::Switch(false) => Wish::Value("false"),
            Fresh::List(items) | Fresh::Tagged(_, items) => {
                Wish::List(items.into_iter().map(str::to_owned).collect())
            }
            Fresh::Text("") => Wish::Value(""),
            Fresh::Text(_) => match change {
                Change::Become { value, .. } => Wish::Value(value),
                Change::Remove { .. }
                | Change::RunAs { .. }
                | Change::Harden { .. }
                | Change::ReadOnly { .. }
                | Change::Set { .. }
                | Change::Filter { .. } => return,
            },
        };
        self.wish(before, container, key, wish);
    }

    /// Whether `after` is what `before` is to have become.
    fn holds(&self, before: Node<'_>, after: Node<'_>) -> bool {
        let anchor = |node: Node<'_>| node.anchor().map(|anchor| anchor.value.to_owned());
        let tag = |node: Node<'_>| node.tag().map(|tag| tag.value.to_owned());
        if anchor(before) != anchor(after) || tag(before) != tag(after) {
            return false;
        }
        match (before.kind(), after.kind()) {
            (
                Kind::Scalar { text, style },
                Kind::Scalar {
                    text: now,
                    style: style_now,
                },
            ) => {
                let same = || {
                    style == style_now
                        && (is_same_text(text, now, style)
                            || (self.dockerfile)(before.span(), after.span()))
                };
                let becoming = self.becoming.get(&before.span());
                becoming.map_or_else(same, |value| now == value.as_ref())
            }
            (Kind::Alias(before), Kind::Alias(after)) => before.name == after.name,
            (Kind::Sequence, Kind::Sequence) => {
                before.is_flow() == after.is_flow() && self.items_hold(before, after, &[])
            }
            (Kind::Mapping, Kind::Mapping) => {
                before.is_flow() == after.is_flow() && self.entries_hold(before, after)
            }
            (Kind::Scalar { .. } | Kind::Alias(_) | Kind::Sequence | Kind::Mapping, _) => false,
        }
    }

    /// Whether the items of `after` are those of `before`, without those that are to be gone, and
    /// with `more` among them.
    fn items_hold(&self, before: Node<'_>, after: Node<'_>, more: &[&str]) -> bool {
        let mut more: Vec<&str> = more.to_vec();
        let mut kept = before
            .items()
            .map(|item| item.value)
            .filter(|item| !self.removed.contains(&item.span()))
            .peekable();
        for next in after.items().map(|item| item.value) {
            let same = kept.peek().is_some_and(|item| self.holds(*item, next));
            if same {
                kept.next();
                continue;
            }
            // An option that says the opposite becomes the one that is wanted.
            let is_wanted = more.iter().position(|one| next.text() == Some(one));
            let Some(at) = is_wanted else {
                return false;
            };
            let opposite = kept.peek().and_then(|item| item.text());
            let wanted = more.swap_remove(at);
            if is_opposite(opposite.unwrap_or_default(), wanted) {
                kept.next();
            }
        }
        kept.peek().is_none()
    }

    fn entries_hold(&self, before: Node<'_>, after: Node<'_>) -> bool {
        let nothing = BTreeMap::new();
        let wishes = self.wishes.get(&before.span()).unwrap_or(&nothing);
        let mut now = after.entries().peekable();
        for entry in before.entries().filter(|entry| !self.is_gone(*entry)) {
            while let Some(next) = now.next_if(|next| !same_key(entry.key, next.key)) {
                if !is_wished(wishes, &next) {
                    return false;
                }
            }
            let wish = entry.key.text().and_then(|key| wishes.get(key));
            let holds = |next: Entry<'_>| self.value_holds(entry.value, next.value, wish);
            if !now.next().is_some_and(holds) {
                return false;
            }
        }
        now.all(|entry| is_wished(wishes, &entry))
    }

    fn value_holds(&self, before: Node<'_>, after: Node<'_>, wish: Option<&Wish<'_>>) -> bool {
        match wish {
            None => self.holds(before, after),
            Some(Wish::Value(value)) => after.text() == Some(value),
            Some(Wish::List(items)) => is_list_of(after, items),
            Some(Wish::Items(items)) => {
                let was_list =
                    matches!(before.kind(), Kind::Sequence) || Value::at(before).is_null();
                was_list && self.items_hold(before, after, items)
            }
        }
    }

    /// Whether the entry is to be gone: its value is, or all that its value has.
    fn is_gone(&self, entry: Entry<'_>) -> bool {
        let value = entry.value;
        let all = || {
            value.items().len() > 0
                && value
                    .items()
                    .all(|item| self.removed.contains(&item.value.span()))
        };
        self.removed.contains(&value.span()) || all()
    }
}

/// Whether two texts are the same. Lines that end with the file get an ending once something stands
/// below them.
fn is_same_text(before: &str, after: &str, style: ScalarStyle) -> bool {
    let lines = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    before == after || (lines && after.strip_suffix('\n') == Some(before))
}

fn same_key(before: Node<'_>, after: Node<'_>) -> bool {
    before.source() == after.source()
}

/// Whether an entry is one that was to come, and says what it should.
fn is_wished(wishes: &BTreeMap<String, Wish<'_>>, entry: &Entry<'_>) -> bool {
    let wish = entry.key.text().and_then(|key| wishes.get(key));
    match wish {
        None => false,
        Some(Wish::Value(value)) => entry.value.text() == Some(value),
        Some(Wish::List(items)) => is_list_of(entry.value, items),
        Some(Wish::Items(items)) => is_list_of(entry.value, items),
    }
}

fn is_list_of(node: Node<'_>, items: &[impl AsRef<str>]) -> bool {
    let texts = node.items().map(|item| item.value.text());
    matches!(node.kind(), Kind::Sequence) && texts.eq(items.iter().map(|item| Some(item.as_ref())))
}

/// Whether an option says no to what another one turns on.
fn is_opposite(option: &str, wanted: &str) -> bool {
    let name = |text: &str| text.split([':', '=']).next().unwrap_or_default().to_owned();
    option != wanted && name(option) == name(wanted) && wanted.ends_with(":true")
}
