//! Bake files: the targets of `docker buildx bake`, in HCL and in JSON.
//!
//! What a target may ask of the builder stands in `entitlements` and `network` (buildx,
//! `bake/bake.go`); whoever runs it grants that with `--allow`.

use caulk_finding::Change;
use caulk_model::{DeclaredBuild, Entry, Fact, Origin, Repository, RequestedBuild, State};
use caulk_source::{Edit, FileId, SourceFile, Span, Surface, cut, extension};
use caulk_syntax::Problem;
use caulk_syntax::hcl;
use caulk_syntax::json;

use crate::declaring::{Declaring, FindFrom};
use crate::{NotOffered, json_edits};

/// Whether a file with this name is one.
pub(crate) fn is_bake(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let known = matches!(extension(&lower), "hcl" | "json");
    known && (lower.starts_with("docker-bake") || lower.ends_with(".bake.hcl"))
}

/// The file, read.
#[derive(Debug)]
pub(crate) enum File {
    Hcl(hcl::Body),
    Json(json::Parsed),
}

/// Reads one; nothing where it has no target.
pub(crate) fn read(id: FileId, file: &SourceFile, name: &str) -> Option<File> {
    if extension(&name.to_ascii_lowercase()) == "hcl" {
        return Some(File::Hcl(hcl::parse(id, file.text())));
    }
    let parsed = json::parse(id, file.text());
    let targets = parsed.value.as_ref().and_then(|root| root.get("target"));
    let is_one = targets.is_some_and(|targets| matches!(targets.kind, json::Kind::Object(_)))
        || !parsed.problems.is_empty();
    is_one.then_some(File::Json(parsed))
}

/// A target: its name, where it stands, what it may ask for, and its network.
struct Target {
    name: String,
    anchor: Span,
    entitlements: Vec<(String, Span)>,
    network: Option<(String, Span)>,
    /// The names of its image, where nothing is left open in them.
    tags: Vec<String>,
    /// The names that stand for other folders or images in its Dockerfile.
    contexts: Vec<String>,
}

impl File {
    fn targets(&self) -> Vec<Target> {
        match self {
            Self::Hcl(body) => {
                let targets = body.blocks.iter().filter(|block| block.kind == "target");
                targets.map(of_hcl).collect()
            }
            Self::Json(parsed) => {
                let targets = parsed.value.as_ref().and_then(|root| root.get("target"));
                let members = targets.map(json::Value::members).unwrap_or_default();
                members.iter().map(of_json).collect()
            }
        }
    }
}

fn of_hcl(block: &hcl::Block) -> Target {
    let text = |value: &hcl::Value| Some((value.as_str()?.to_owned(), value.span));
    let entitlements = block.get("entitlements").map(hcl::Value::items);
    Target {
        name: block.labels.first().cloned().unwrap_or_default(),
        anchor: block.place,
        entitlements: entitlements
            .unwrap_or_default()
            .iter()
            .filter_map(text)
            .collect(),
        network: block.get("network").and_then(text),
        tags: block
            .get("tags")
            .map(hcl::Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|tag| tag.as_str().map(str::to_owned))
            .collect(),
        contexts: block
            .get("contexts")
            .map(hcl::Value::keys)
            .unwrap_or_default()
            .to_vec(),
    }
}

fn of_json(member: &json::Member) -> Target {
    let text = |value: &json::Value| Some((value.as_str()?.to_owned(), value.span));
    let entitlements = member.value.get("entitlements").map(json::Value::items);
    Target {
        name: member.key.value.clone(),
        anchor: member.key.span,
        entitlements: entitlements
            .unwrap_or_default()
            .iter()
            .filter_map(text)
            .collect(),
        network: member.value.get("network").and_then(text),
        tags: member
            .value
            .get("tags")
            .map(json::Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|tag| tag.as_str().map(str::to_owned))
            .collect(),
        contexts: member
            .value
            .get("contexts")
            .map(json::Value::members)
            .unwrap_or_default()
            .iter()
            .map(|context| context.key.value.clone())
            .collect(),
    }
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::Bake
    }

    fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Hcl(body) => body.problems.clone(),
            Self::Json(parsed) => parsed.problems.clone(),
        }
    }

    fn below(&self, _find: FindFrom<'_>, repository: &mut Repository) {
        for target in self.targets() {
            for tag in &target.tags {
                repository.add_built_image(tag);
            }
            for name in &target.contexts {
                repository.add_build_context(name);
            }
            let here = || State::Known(".".to_owned());
            let entitlements = target.entitlements.into_iter().map(|(value, span)| Entry {
                value,
                origin: Origin::Written(span),
            });
            let network = target
                .network
                .map(|(name, span)| Fact::known(name, Origin::Written(span)));
            repository.add_requested_build(RequestedBuild {
                surface: Surface::Bake,
                title: format!("target `{}`", target.name),
                anchor: target.anchor,
                build: DeclaredBuild {
                    context: here(),
                    dockerfile: here(),
                    target: None,
                    inline: false,
                    privileged: None,
                    entitlements: entitlements.collect(),
                    network,
                    arguments: Vec::new(),
                },
            });
        }
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let Change::Remove { entry } = change else {
            return Err(NotOffered("a bake file has no such setting"));
        };
        match self {
            Self::Hcl(body) => remove(source, body, *entry),
            Self::Json(parsed) => {
                let root = parsed.value.as_ref();
                let root = root.ok_or(NotOffered("the file cannot be read"))?;
                json_edits::remove(source, root, *entry)
            }
        }
    }
}

/// An item gone with its comma; the only one, or a value, with its line.
fn remove(source: &SourceFile, body: &hcl::Body, entry: Span) -> Result<Vec<Edit>, NotOffered> {
    let missing = NotOffered("nothing is written there");
    let mut attributes = body.blocks.iter().flat_map(|block| &block.attributes);
    let attribute = attributes
        .find(|attribute| attribute.value.span.contains(entry))
        .ok_or(missing)?;
    let items = attribute.value.items();
    if items.len() <= 1 {
        return whole_line(source, attribute.key.span.to(attribute.value.span));
    }
    let at = items
        .iter()
        .position(|item| item.span == entry)
        .ok_or(missing)?;
    let previous = at.checked_sub(1).and_then(|at| items.get(at));
    let gone = match (items.get(at + 1), previous) {
        (Some(next), _) => Span {
            end: next.span.start,
            ..entry
        },
        (None, Some(previous)) => Span {
            start: previous.span.end,
            ..entry
        },
        (None, None) => return Err(missing),
    };
    if source.slice(gone).contains(['#', '/']) && !source.slice(entry).contains('/') {
        return Err(NotOffered("a comment stands beside it"));
    }
    Ok(vec![Edit::remove(gone)])
}

/// The lines of an attribute, where it has them for itself.
fn whole_line(source: &SourceFile, span: Span) -> Result<Vec<Edit>, NotOffered> {
    let lines = source.lines();
    let start = lines.start(lines.line(span.start)) as usize;
    let last = lines.range(lines.line(span.end.saturating_sub(1)));
    let before = cut(source.text(), start..span.start as usize);
    let after = cut(source.text(), span.end as usize..last.end);
    if !before.trim().is_empty() || !after.trim().is_empty() {
        return Err(NotOffered("something else stands on its line"));
    }
    Ok(vec![Edit::remove(Span::new(span.file, start..last.end))])
}
