//! As whom a container starts.

use caulk_model::{Container, User};

/// How a user is called: nothing said is root.
pub(crate) fn text(user: &User) -> &str {
    if user.is_empty() { "root" } else { user.text() }
}

/// The external image whose own configuration says the user, where one does.
pub(crate) fn from_image(container: &Container) -> Option<String> {
    let declared = container.declared.user.as_ref();
    let replaced = declared.is_some_and(|fact| !fact.value().is_some_and(User::is_empty));
    let image = &container.image;
    let external = matches!(image.base, caulk_model::Base::External { .. });
    (image.user_from_base && external && !replaced).then(|| image.base.name())
}

/// Whether the container's own file can say more than as whom it starts.
///
/// A Dockerfile cannot: who runs its image decides the rest.
pub(crate) fn is_all_it_says(container: &Container) -> bool {
    !container.runs()
}
