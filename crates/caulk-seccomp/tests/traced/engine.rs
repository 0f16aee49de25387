//! What loads a profile and starts a program under it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use caulk_linux::syscalls::Abi;
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::Runtimes;
use caulk_seccomp::{Host, Profile, Runtime, parse};
use caulk_source::FileId;
use serde_json::{Value, json};

use crate::machine::say;

/// A program that starts containers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Engine {
    Runc,
    Crun,
    Bubblewrap,
}

/// How a program ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ended {
    pub(crate) succeeded: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// What is asked of a container beside its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Container {
    pub(crate) no_new_privileges: bool,
    pub(crate) user: u32,
}

impl Container {
    pub(crate) const HARDENED: Self = Self {
        no_new_privileges: true,
        user: 0,
    };
    pub(crate) const PLAIN: Self = Self {
        no_new_privileges: false,
        user: 0,
    };
}

static RUNS: AtomicU32 = AtomicU32::new(0);

impl Engine {
    /// For whom a profile is made that it loads. Bubblewrap does nothing between loading and
    /// starting, so the least will do.
    pub(crate) fn runtimes(self) -> Runtimes {
        match self {
            Self::Runc => Runtimes::Runc,
            Self::Crun | Self::Bubblewrap => Runtimes::Crun,
        }
    }

    /// Whether it is here and can start a container without a profile.
    pub(crate) fn is_able(self, test: &str) -> bool {
        let hello = ["/usr/bin/env", "echo", "hello"];
        let ended = self.run(&hello, None, Container::HARDENED);
        let is_able = ended.out == "hello\n";
        if !is_able {
            let because = ended.err.trim().replace('\n', " ");
            say(&format!(
                "skipped: {test}: {self:?} starts nothing here: {because}"
            ));
        }
        is_able
    }

    /// Runs a program of this machine, with the machine's `/usr` and `/etc` to be read and a `/tmp`
    /// of its own.
    pub(crate) fn run(
        self,
        program: &[&str],
        draft: Option<&Draft>,
        container: Container,
    ) -> Ended {
        let folder = tempfile::tempdir().expect("a folder");
        // runc wants a path without links.
        let folder = folder.path().canonicalize().expect("it is there");
        fs::create_dir_all(&folder).expect("a folder");
        let ended = match self {
            Self::Runc | Self::Crun => self.contain(program, draft, container, &folder),
            Self::Bubblewrap => wrap(program, draft, &folder),
        };
        let _ = fs::remove_dir_all(&folder);
        ended
    }

    fn contain(
        self,
        program: &[&str],
        draft: Option<&Draft>,
        container: Container,
        folder: &Path,
    ) -> Ended {
        let root = folder.join("root");
        for name in ["usr", "etc", "proc", "dev", "sys", "tmp"] {
            fs::create_dir_all(root.join(name)).expect("a folder");
        }
        // runc gives a mount the mode of the folder that it finds.
        let everybody = fs::Permissions::from_mode(0o1777);
        fs::set_permissions(root.join("tmp"), everybody).expect("it is ours");
        for name in ["bin", "sbin", "lib", "lib32", "lib64"] {
            let links = Path::new("/").join(name).is_symlink();
            if links {
                symlink(Path::new("usr").join(name), root.join(name)).expect("a link");
            }
        }
        let config = config(
            program,
            &root,
            draft.map(|draft| self.object(draft)),
            container,
        );
        fs::write(folder.join("config.json"), config.to_string()).expect("a file");
        let name = format!(
            "caulk-{}-{}",
            std::process::id(),
            RUNS.fetch_add(1, Ordering::Relaxed)
        );
        let state = folder.join("state");
        let mut command = match self {
            Self::Runc | Self::Bubblewrap => {
                let mut runc = Command::new("runc");
                runc.arg("--root").arg(&state).args(["run", &name]);
                runc
            }
            Self::Crun => {
                // crun takes no control groups of both versions side by side.
                let script = "umount -l /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup; exec crun --root \"$0\" --cgroup-manager=disabled run \"$1\"";
                let mut crun = Command::new("unshare");
                crun.args(["--mount", "sh", "-c", script]);
                crun.arg(&state).arg(&name);
                crun
            }
        };
        command.current_dir(folder);
        end(&mut command)
    }

    /// The object that the runtime is given for a profile.
    fn object(self, draft: &Draft) -> Value {
        let runtime = match self {
            Self::Runc | Self::Bubblewrap => Runtime::Runc,
            Self::Crun => Runtime::Crun,
        };
        let profile = profile(draft);
        let host = Host::docker(DOCKER_DEFAULT).with(runtime);
        let filter = profile.resolve(&host).expect("it loads").into_filter();
        let object = filter.expect("a filter").to_oci(&profile);
        serde_json::from_str(&object).expect("JSON")
    }
}

fn profile(draft: &Draft) -> Profile {
    let parsed = parse(FileId::FIRST, &draft.text());
    parsed.profile.expect("an object")
}

fn config(program: &[&str], root: &Path, seccomp: Option<Value>, container: Container) -> Value {
    let kinds = ["pid", "network", "ipc", "uts", "mount"];
    let namespaces: Vec<Value> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
    let bind = |path: &str| json!({ "destination": path, "type": "bind", "source": path, "options": ["rbind", "ro"] });
    let capabilities: Vec<String> = DOCKER_DEFAULT
        .into_iter()
        .map(|one| one.to_string())
        .collect();
    let capabilities: Vec<String> = capabilities
        .iter()
        .map(|name| {
            if name.starts_with("CAP_") {
                name.clone()
            } else {
                format!("CAP_{name}")
            }
        })
        .collect();
    let mut config = json!({
        "ociVersion": "1.0.2",
        "hostname": "caulk",
        "root": { "path": root, "readonly": true },
        "process": {
            "terminal": false,
            "user": { "uid": container.user, "gid": container.user },
            "args": program,
            "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"],
            "cwd": "/",
            "noNewPrivileges": container.no_new_privileges,
            "capabilities": {
                "bounding": capabilities, "permitted": capabilities, "effective": capabilities
            }
        },
        "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"] },
            { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"] },
            bind("/usr"),
            bind(env!("CARGO_TARGET_TMPDIR")),
            bind("/etc")
        ],
        "linux": { "namespaces": namespaces }
    });
    if let (Some(seccomp), Some(linux)) = (seccomp, config.get_mut("linux")) {
        linux["seccomp"] = seccomp;
    }
    config
}

/// In bubblewrap the filter is the program itself that the kernel runs, as caulk compiles it.
fn wrap(program: &[&str], draft: Option<&Draft>, folder: &Path) -> Ended {
    let common = [
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
        "--tmpfs",
        "/tmp",
        // The programs that the tests make may lie below it.
        "--ro-bind",
        env!("CARGO_TARGET_TMPDIR"),
        env!("CARGO_TARGET_TMPDIR"),
        "--unshare-net",
    ];
    let mut command = Command::new("sh");
    match draft {
        Some(draft) => {
            let host = Host::docker(CapabilitySet::EMPTY);
            let filter = profile(draft)
                .resolve(&host)
                .expect("it loads")
                .into_filter();
            let bpf = filter.expect("a filter").export_bpf().expect("it fits");
            let file = folder.join("filter.bpf");
            fs::write(&file, bpf).expect("a file");
            command
                .args(["-c", "exec 9<\"$0\"; exec bwrap --seccomp 9 \"$@\""])
                .arg(file);
        }
        None => {
            command.args(["-c", "exec bwrap \"$@\"", "sh"]);
        }
    }
    command.args(common).args(program).env("LC_ALL", "C");
    end(&mut command)
}

fn end(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output();
    match output {
        Ok(output) => Ended {
            succeeded: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        },
        Err(error) => Ended {
            succeeded: false,
            out: String::new(),
            err: error.to_string(),
        },
    }
}

/// The machine that these tests run on, where the real kernel can be asked.
pub(crate) fn machine(test: &str) -> Option<Abi> {
    let name = std::env::consts::ARCH;
    let abi = Abi::ALL.iter().copied().find(|abi| abi.name() == name);
    // The hosts above are x86-64's.
    let abi = abi.filter(|abi| *abi == Abi::X86_64);
    if abi.is_none() {
        say(&format!(
            "skipped: {test}: {name} is not the machine that it is written for"
        ));
    }
    abi
}
