//! Dockerfiles: stages into the model, remedies as instructions.

mod accounts;
mod dependencies;
mod edits;
mod entrypoint;
mod facts;
mod labels;
mod made_folders;
mod naming;
mod privileged_files;
mod privileged_steps;
mod root_only;
mod run;
mod scope;
mod stages;
mod stepping;

use caulk_model::{Container, Declared, Image, ImageSource};
use caulk_source::{SourceFile, Surface, cut};
use caulk_syntax::dockerfile::Dockerfile;

pub(crate) use edits::edits;
pub(crate) use labels::label;
pub(crate) use privileged_steps::privileged_steps;
pub(crate) use scope::{BuildArguments, Given};
pub(crate) use stages::{Builder, stages, target};

/// Extensions of files that speak of Dockerfiles and are none: sources, documents, templates.
const OTHERS: &str = "\
    bak bat c cc cfg cjs clj cmd cpp cs css dart dockerignore ejs erb ex exs gif go gotmpl \
    gradle groovy h hbs html ico in ini ipynb j2 java jinja jinja2 jpeg jpg js json jsx kt \
    less lock log lua md mjs mustache orig patch pdf php pl png properties ps1 py rb rej rs \
    rst scala scss sh svg swift swp template tmpl toml tpl ts tsx txt vim vue xml yaml yml \
    zig";

/// Whether a file with this name is a Dockerfile.
///
/// `Dockerfile`, `Containerfile`, `Dockerfile.web`, `web.Dockerfile`, `Dockerfile-dev`, in any case;
/// not what another tool makes a Dockerfile of, and not what merely ends so.
pub(crate) fn is_dockerfile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|stem| {
        let Some((before, after)) = name.split_once(stem) else {
            return false;
        };
        let begins = before.is_empty() || before.ends_with(['.', '-', '_']);
        let ends = after.is_empty() || after.starts_with(['.', '-', '_']);
        let extension = after.rsplit('.').next().unwrap_or_default();
        begins && ends && !OTHERS.split(' ').any(|other| other == extension)
    })
}

/// Whether a file is what another tool makes a Dockerfile of: a line that is no instruction begins as
/// templates write what they fill in. In a here-document or behind an instruction such text is the
/// author's own.
pub(crate) fn is_template(dockerfile: &Dockerfile, source: &SourceFile) -> bool {
    dockerfile.problems.iter().any(|problem| {
        let line = source.lines().line(problem.span.start);
        let text = cut(source.text(), source.lines().range(line));
        let begins = |mark: &&str| text.trim_start().starts_with(*mark);
        ["{{", "{%", "{#", "<%"].iter().any(begins)
    })
}

/// The stage at `index` as a container of its own.
pub(crate) fn container(dockerfile: &Dockerfile, index: usize, image: Image) -> Option<Container> {
    let stage = *stages(dockerfile).get(index)?;
    let anchor = stage.from.span;
    Some(Container::assemble(
        Surface::Dockerfile,
        stage.name().map(str::to_owned),
        anchor,
        ImageSource::Itself,
        image,
        Declared::default(),
    ))
}

/// The image that a build makes. `read` gives the text of a file of the build context.
pub(crate) fn image(
    dockerfile: &Dockerfile,
    source: &SourceFile,
    index: usize,
    arguments: &BuildArguments,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<Image> {
    let mut image = Builder::new(dockerfile, source.text(), arguments, read).image(index)?;
    let mut folders = source.path().split('/');
    image.build.for_development = folders.any(|folder| folder == ".devcontainer");
    Some(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_is() {
        let read = |text: &str| {
            let file = SourceFile::new("Dockerfile.web", text.as_bytes().to_vec());
            is_template(
                &caulk_syntax::dockerfile::parse(caulk_source::FileId::FIRST, text),
                &file,
            )
        };
        assert!(read("{{ if .slim -}}\nFROM alpine\n{{ end -}}\n"));
        assert!(read("FROM alpine\n{% for x in y %}\nRUN x\n{% endfor %}\n"));
        assert!(!read("FROM alpine\nRUN docker inspect -f '{{.Id}}' x\n"));
        assert!(!read("FROM alpine\nCOPY <<EOF /x\n{{ a }}\nEOF\n"));
        assert!(!read("FROM alpine\nRUM x\n"));
    }

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
            "dockerfile-maven.xml",
            "dockerfile.svg",
        ] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }
}
