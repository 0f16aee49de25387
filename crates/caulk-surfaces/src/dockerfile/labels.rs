//! Labels of images.

use std::collections::BTreeMap;

use caulk_source::Spanned;
use caulk_syntax::dockerfile::{Dockerfile, Keyword};

use super::Builder;

/// The label of this name that the stage at `index` has, by itself or from an earlier stage; nothing
/// where it hangs on a variable.
pub(crate) fn label(dockerfile: &Dockerfile, index: usize, name: &str) -> Option<Spanned<String>> {
    let arguments = BTreeMap::new();
    let nothing = |_: &str| None;
    let builder = Builder::new(dockerfile, "", &arguments, &nothing);
    let chain = builder.chain(index);
    let stages = chain
        .iter()
        .filter_map(|index| builder.stages().get(*index));
    // The nearest stage first, and in it the last label.
    stages
        .flat_map(|stage| stage.steps.iter().rev())
        .filter(|step| step.keyword == Keyword::Label)
        .flat_map(|step| step.pairs().unwrap_or_default().iter().rev())
        .find(|pair| pair.key.value.trim_matches(['"', '\'']) == name)
        .and_then(|pair| {
            let template = pair.value.as_ref()?;
            Some(Spanned::new(template.as_literal()?, template.span))
        })
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;
    use caulk_syntax::dockerfile;

    use super::*;

    #[test]
    fn the_last_label_of_the_nearest_stage() {
        let text = "FROM a AS b\nLABEL x=1 y=2\nLABEL x=\"3\"\nFROM b AS c\nLABEL z='[{ \\\n 4}]' v=$V\nFROM d\n";
        let parsed = dockerfile::parse(FileId::FIRST, text);
        let read = |index, name| label(&parsed, index, name).map(|found| found.value);
        assert_eq!(read(0, "x").as_deref(), Some("3"));
        assert_eq!(read(1, "y").as_deref(), Some("2"));
        assert_eq!(read(1, "z").as_deref(), Some("[{  4}]"));
        assert_eq!(read(1, "v"), None);
        assert_eq!(read(2, "x"), None);
    }
}
