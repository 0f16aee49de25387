//! Dockerfiles: stages into the model, remedies as instructions.

mod accounts;
mod edits;
mod entrypoint;
mod privileged_files;
mod scope;
mod stages;

use caulk_model::{Container, Declared, Image, ImageSource};
use caulk_source::{SourceFile, Span, Surface};
use caulk_syntax::dockerfile::Dockerfile;

pub(crate) use edits::edits;
pub(crate) use scope::BuildArguments;
pub(crate) use stages::{Builder, stages, target};

/// Whether a file with this name is a Dockerfile.
///
/// `Dockerfile`, `Containerfile`, `Dockerfile.web`, `web.Dockerfile`, `Dockerfile-dev`, in any case;
/// not what another tool makes a Dockerfile of, and not what merely ends so.
pub(crate) fn is_dockerfile(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "bak",
        "dockerignore",
        "erb",
        "go",
        "gotmpl",
        "html",
        "in",
        "j2",
        "java",
        "jinja",
        "jinja2",
        "js",
        "json",
        "lock",
        "md",
        "mustache",
        "orig",
        "patch",
        "py",
        "rej",
        "rs",
        "rst",
        "sh",
        "swp",
        "template",
        "tmpl",
        "tpl",
        "ts",
        "txt",
        "yaml",
        "yml",
    ];
    let name = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|stem| {
        let Some((before, after)) = name.split_once(stem) else {
            return false;
        };
        let begins = before.is_empty() || before.ends_with(['.', '-', '_']);
        let ends = after.is_empty() || after.starts_with(['.', '-', '_']);
        let extension = after.rsplit('.').next().unwrap_or_default();
        begins && ends && !OTHERS.contains(&extension)
    })
}

/// The stage at `index` as a container of its own.
pub(crate) fn container(dockerfile: &Dockerfile, index: usize, image: Image) -> Option<Container> {
    let stage = *stages(dockerfile).get(index)?;
    let anchor = first_line(stage.from.keyword_span, stage.from.span);
    Some(Container::assemble(
        Surface::Dockerfile,
        stage.name().map(str::to_owned),
        anchor,
        ImageSource::Itself,
        image,
        Declared::default(),
    ))
}

/// The place to point at for a `FROM`: the whole instruction.
fn first_line(keyword: Span, whole: Span) -> Span {
    keyword.to(whole)
}

/// The image that a build makes, and the paths that it wanted to read.
pub(crate) fn image(
    dockerfile: &Dockerfile,
    source: &SourceFile,
    index: usize,
    arguments: &BuildArguments,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<Image> {
    Builder::new(dockerfile, source.text(), arguments, read).image(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_a_dockerfile() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "Containerfile",
            "Dockerfile.web",
            "prod.dockerfile",
            "Dockerfile-dev",
            "Dockerfile_x",
            "my-Dockerfile",
        ] {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            "dockerfile.rs",
            "Dockerfile.j2",
            "Dockerfile.md",
            "notadockerfile",
            "dockerfiles",
            "Dockerfile.tmpl",
        ] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }
}
