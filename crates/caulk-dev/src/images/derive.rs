//! What a Dockerfile and the scripts beside it say of the image that they build.

use std::path::Path;

use caulk_model::base_images::Platform;
use caulk_model::{Container, State, User};
use caulk_source::{SourceFile, Sources, Surface};
use caulk_surfaces::Workspace;

use crate::files::read_bytes;

/// How often a file may name others: a Dockerfile names scripts, and no script names another.
const ROUNDS: usize = 3;

/// What is derived of an image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Derived {
    /// The operating system inside.
    pub platform: Platform,
    /// The user of its configuration; nothing is root on Linux.
    pub user: User,
    /// Whether that is the user that may do everything.
    pub is_root: bool,
    /// The accounts without root's number that its build creates.
    pub accounts: Vec<(String, Option<u32>)>,
    /// How its entrypoint gives root up.
    pub steps_down: Option<Step>,
    /// What it stands on.
    pub base: String,
}

/// How an entrypoint gives root up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The account, where it is written.
    pub to: Option<String>,
    /// The program.
    pub through: String,
    /// Whether the program was only seen to be installed, because the script is not there.
    pub assumed: bool,
}

/// What the Dockerfile at `path` in `folder` builds.
pub fn derive(folder: &Path, path: &str) -> Result<State<Derived>, String> {
    let sources = sources(folder, path)?;
    let repository = Workspace::parse(&sources).repository(None);
    let file = sources.find(path);
    let built = repository
        .containers()
        .find(|container| Some(container.file) == file);
    Ok(match built {
        Some(container) => of(container),
        None => State::unknown("it has no stage"),
    })
}

/// The Dockerfile, and the files that it is seen to use.
fn sources(folder: &Path, path: &str) -> Result<Sources, String> {
    let mut sources = Sources::new();
    let bytes = read_bytes(&folder.join(path)).ok_or_else(|| format!("{path} cannot be read"))?;
    let file = sources.add(SourceFile::new(path, bytes));
    sources.declare(file, Surface::Dockerfile);
    for _ in 0..ROUNDS {
        let wanted = Workspace::parse(&sources).wanted();
        let found: Vec<SourceFile> = wanted
            .iter()
            .filter_map(|path| {
                let bytes = read_bytes(&folder.join(path))?;
                Some(SourceFile::new(path.as_str(), bytes))
            })
            .collect();
        if found.is_empty() {
            break;
        }
        for file in found {
            sources.add(file);
        }
    }
    Ok(sources)
}

fn of(container: &Container) -> State<Derived> {
    let image = &container.image;
    let user = match &image.user.state {
        State::Known(user) => user.clone(),
        State::Unknown { because } => return State::unknown(because.clone()),
    };
    let platform = if image.is_windows() {
        Platform::Windows
    } else {
        Platform::Linux
    };
    let is_root = match platform {
        Platform::Linux => image.is_root(&user),
        Platform::Windows => user
            .account()
            .eq_ignore_ascii_case("ContainerAdministrator"),
    };
    let accounts = image
        .accounts
        .iter()
        .filter(|account| account.uid != Some(0) && account.name != "root")
        .map(|account| (account.name.clone(), account.uid));
    State::Known(Derived {
        platform,
        is_root,
        accounts: accounts.collect(),
        // Who is not root cannot give it up, whatever the script would do for a root.
        steps_down: image
            .steps_down
            .as_ref()
            .filter(|_| is_root)
            .map(|step| Step {
                to: step.to.clone(),
                through: step.through.clone(),
                assumed: step.assumed,
            }),
        base: image.base.name(),
        user,
    })
}
