//! Build arguments in the names of images.

use caulk_model::base_images::ImageReference;
use caulk_model::build::{ArgumentDefault, NamePart, NamedByArgument};
use caulk_syntax::dockerfile::{Operator, Part, Template};

use super::scope::Scope;

/// What part build arguments have in the name of a stage's base.
pub(super) fn by_argument(name: &Template, global: &Scope) -> NamedByArgument {
    let is_variable = |part: &&Part| matches!(part, Part::Variable { .. });
    let last = name.parts.iter().rfind(is_variable);
    let (own, modifier) = match last {
        Some(Part::Variable { name, modifier, .. }) => (name.as_str(), modifier.as_ref()),
        Some(Part::Literal { .. }) | None => ("", None),
    };
    let argument = global.argument(own);
    let is_the_end = last.is_some() && name.parts.last() == last;
    let before = name
        .parts
        .split_last()
        .map_or(&[] as &[Part], |(_, before)| before);
    let before: String = before
        .iter()
        .map(|part| match part {
            Part::Literal { text, .. } => text.as_str(),
            Part::Variable { .. } => "$",
        })
        .collect();
    NamedByArgument {
        part: match (is_the_end, before.is_empty()) {
            (true, true) => NamePart::Whole,
            (true, false) if ImageReference::names_tag(&before) => NamePart::Tag,
            (true | false, _) => NamePart::Other,
        },
        default: match (argument, modifier.map(|modifier| modifier.operator)) {
            (Some(argument), _) if global.is_given(&argument.name) => ArgumentDefault::Builder,
            (Some(argument), operator) if global.expects(&argument.name) => match operator {
                Some(Operator::Default { .. }) => ArgumentDefault::Use,
                Some(_) | None => ArgumentDefault::Builder,
            },
            (Some(_) | None, _) => ArgumentDefault::Declaration,
        },
        argument: argument.cloned(),
    }
}
