//! `caulk host`: what this machine gives the containers on it. It only reads.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk and reads the environment"
)]

use std::io::Read as _;
use std::path::{Path, PathBuf};

use caulk_check::Run;
use caulk_posture::machine::{Machine, settings, table};
use caulk_report::visible;
use caulk_source::{SourceFile, Sources};

use crate::exit::{Exit, Failure};
use crate::output;

/// No file that is read here is larger; what is, is not what it says.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// Reads and prints.
pub(crate) fn run() -> Result<Exit, Failure> {
    let release = word("/proc/sys/kernel/osrelease");
    let mut sources = Sources::default();
    let config = release.as_deref().and_then(kernel_config);
    if let Some((_, bytes)) = &config {
        sources.add(SourceFile::new(".config", bytes.clone()));
    }
    let daemon = daemon();
    if let Some((_, bytes)) = &daemon {
        sources.add(SourceFile::new("daemon.json", bytes.clone()));
    }
    let machine = Machine {
        config: config.map(|(path, _)| path),
        daemon: daemon.map(|(path, _)| path),
        modules: word("/sys/kernel/security/lsm"),
        selinux: word("/sys/fs/selinux/enforce").map(|value| value == "1"),
        apparmor: word("/sys/module/apparmor/parameters/enabled").map(|value| value == "Y"),
        seccomp: word("/proc/sys/kernel/seccomp/actions_avail"),
        unified_cgroups: Path::new("/sys/fs/cgroup")
            .is_dir()
            .then(|| Path::new("/sys/fs/cgroup/cgroup.controllers").is_file()),
        user_namespaces: word("/proc/sys/user/max_user_namespaces")
            .and_then(|value| value.parse().ok()),
        settings: settings()
            .map(|name| (name, word(&format!("/proc/sys/{}", name.replace('.', "/")))))
            .collect(),
        rootless: rootless(),
        release,
    };
    let run = Run::new(&sources);
    let text = table(&machine, &run.repository(None));
    // What the machine says of itself is no more to be trusted than a file.
    let lines: Vec<String> = text.lines().map(|line| visible(line) + "\n").collect();
    output::print(lines.concat().as_bytes())?;
    Ok(Exit::Clean)
}

/// A file of one line.
fn word(path: &str) -> Option<String> {
    let text = String::from_utf8(read(Path::new(path))?).ok()?;
    Some(text.trim().to_owned())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let file = std::fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The configuration of the kernel that runs, and where it is.
fn kernel_config(release: &str) -> Option<(String, Vec<u8>)> {
    let places = [
        format!("/boot/config-{release}"),
        format!("/lib/modules/{release}/config"),
        format!("/usr/lib/modules/{release}/config"),
    ];
    let plain = places.into_iter().find_map(|path| {
        let bytes = read(Path::new(&path))?;
        Some((path, bytes))
    });
    plain.or_else(|| {
        let path = "/proc/config.gz";
        let packed = read(Path::new(path))?;
        let mut bytes = Vec::new();
        let unpacked = flate2::read::GzDecoder::new(packed.as_slice());
        unpacked.take(MAX_FILE).read_to_end(&mut bytes).ok()?;
        Some((path.to_owned(), bytes))
    })
}

/// The engine's configuration: the system's, or that of an engine without root.
fn daemon() -> Option<(String, Vec<u8>)> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let own = home.map(|home| home.join(".config/docker/daemon.json"));
    let places = std::iter::once(PathBuf::from("/etc/docker/daemon.json")).chain(own);
    places.into_iter().find_map(|path| {
        let bytes = read(&path)?;
        Some((path.display().to_string(), bytes))
    })
}

/// Where an engine without root listens.
fn rootless() -> Option<String> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from)?;
    let sockets = ["docker.sock", "podman/podman.sock"];
    let mut places = sockets.iter().map(|socket| folder.join(socket));
    let found = places.find(|place| place.exists())?;
    Some(found.display().to_string())
}
