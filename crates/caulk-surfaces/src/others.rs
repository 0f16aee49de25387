//! Which files answer for themselves, each kind by its name and by what it says.

use std::sync::Arc;

use caulk_source::{FileId, SourceFile};
use memchr::memmem;

use crate::declaring::Declaring;
use crate::tree::Wanted;
use crate::{bake, daemon, devcontainer, kernel, lines, quadlet, workflow};

/// Whether the file at `path` may be one of them.
pub(crate) fn may_matter(path: &str, name: &str) -> Wanted {
    if daemon::is_daemon(name) || bake::is_bake(name) || devcontainer::is_devcontainer(name) {
        return Wanted::ByName;
    }
    if quadlet::may_be(name) {
        return Wanted::ByContent;
    }
    if quadlet::is_quadlet(path, name) {
        return Wanted::ByName;
    }
    let bare = !name.contains('.');
    if bare || kernel::may_be(path, name) || lines::kind_of(path, name).is_some() {
        return Wanted::ByContent;
    }
    Wanted::No
}

/// Whether a file whose content decides is worth reading further.
pub(crate) fn by_content(path: &str, bytes: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if kernel::by_content(path, name, bytes) {
        return true;
    }
    if workflow::is_workflow(path) && starts_a_container(bytes) {
        return true;
    }
    if quadlet::may_be(name) {
        return quadlet::by_content(bytes);
    }
    let lines = lines::kind_of(path, name).is_some() || lines::is_script(name, bytes);
    lines && calls_a_client(bytes)
}

fn starts_a_container(bytes: &[u8]) -> bool {
    let keys: [&[u8]; 4] = [b"container:", b"services:", b"allow:", b"docker://"];
    keys.iter().any(|key| memmem::find(bytes, key).is_some())
}

fn calls_a_client(bytes: &[u8]) -> bool {
    let clients: [&[u8]; 3] = [b"docker", b"podman", b"nerdctl"];
    clients
        .iter()
        .any(|client| memmem::find(bytes, client).is_some())
        || memmem::find(bytes, b"DOCKER").is_some()
        || memmem::find(bytes, b"CONTAINER_").is_some()
        || memmem::find(bytes, b"selinux").is_some()
        || memmem::find(bytes, b"setenforce").is_some()
}

/// The file, read, where it is one of them.
pub(crate) fn read(id: FileId, file: &SourceFile, name: &str) -> Option<Arc<dyn Declaring>> {
    if daemon::is_daemon(name) {
        return Some(Arc::new(daemon::read(id, file)?));
    }
    if bake::is_bake(name) {
        return Some(Arc::new(bake::read(id, file, name)?));
    }
    if devcontainer::is_devcontainer(name) {
        return Some(Arc::new(devcontainer::read(id, file, name)?));
    }
    if quadlet::is_quadlet(file.path(), name) {
        return Some(Arc::new(quadlet::read(id, file)?));
    }
    if !by_content(file.path(), file.bytes()) {
        return None;
    }
    if kernel::by_content(file.path(), name, file.bytes()) {
        return Some(Arc::new(kernel::read(id, file, name)?));
    }
    if workflow::is_workflow(file.path()) {
        return Some(Arc::new(workflow::read(id, file)?));
    }
    let kind = lines::kind_of(file.path(), name).unwrap_or(lines::Kind::Script);
    let lines = lines::read(id, file, kind)?;
    Some(Arc::new(lines))
}
