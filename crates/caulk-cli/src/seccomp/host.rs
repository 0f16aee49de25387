//! Where a profile is loaded, and for which container.

use caulk_config::{did_you_mean, nearest};
use caulk_linux::syscalls::Abi;
use caulk_linux::{
    CapabilitySet, CapabilityWord, PODMAN_DEFAULT, UnknownCapability, docker_bounding,
};
use caulk_seccomp::{Consumer, Host, KernelVersion, Runtime};
use clap::{Args, ValueEnum};

use crate::exit::Failure;

/// The kernel where none is named: Debian 12's.
const KERNEL: KernelVersion = KernelVersion::new(6, 1);

#[derive(Args, Debug)]
#[command(next_help_heading = "Where")]
pub(crate) struct Where {
    /// The machine: `amd64`, `x86_64` or `SCMP_ARCH_X86_64`, and so on.
    #[arg(long, value_name = "ARCH", default_value = "x86_64")]
    arch: String,

    /// A capability that the container has beside the engine's default ones, as `--cap-add` has it;
    /// `ALL` for all. May repeat, or be a list with commas.
    #[arg(
        long,
        visible_alias = "cap-add",
        value_name = "CAP",
        value_delimiter = ','
    )]
    cap: Vec<String>,

    /// A capability that the container does not have; `ALL` for none but those of `--cap`. May
    /// repeat, or be a list with commas.
    #[arg(long, value_name = "CAP", value_delimiter = ',')]
    cap_drop: Vec<String>,

    /// The kernel: `6.1`, or what `uname -r` prints.
    #[arg(long, value_name = "VERSION")]
    kernel: Option<String>,

    /// Who reads the profile.
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "docker")]
    engine: Engine,

    /// Who builds the filter. Without it, runc; with `--engine podman`, crun.
    #[arg(long, value_enum, value_name = "RUNTIME")]
    runtime: Option<RuntimeName>,
}

/// Who reads a profile.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Engine {
    /// `docker run`, Compose, daemon.json
    Docker,
    /// Podman, its quadlets, CRI-O
    Podman,
    /// The runtime itself: containerd hands the file on as it is
    Oci,
}

/// Who builds the filter.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum RuntimeName {
    Runc,
    Crun,
}

impl Where {
    /// The host that is meant.
    pub(crate) fn host(&self) -> Result<Host, Failure> {
        let kernel = match &self.kernel {
            Some(text) => text
                .parse()
                .map_err(|error| Failure(format!("no kernel `{text}`: {error}")))?,
            None => KERNEL,
        };
        let runtime = match (self.runtime, self.engine) {
            (Some(RuntimeName::Runc), _) | (None, Engine::Docker | Engine::Oci) => Runtime::Runc,
            (Some(RuntimeName::Crun), _) | (None, Engine::Podman) => Runtime::Crun,
        };
        Ok(Host {
            consumer: match self.engine {
                Engine::Docker => Consumer::Docker,
                Engine::Podman => Consumer::Podman,
                Engine::Oci => Consumer::Oci,
            },
            runtime,
            abi: machine(&self.arch)?,
            bounding: Some(self.bounding()?),
            kernel,
        })
    }

    fn bounding(&self) -> Result<CapabilitySet, Failure> {
        let (add, drop) = (words(&self.cap)?, words(&self.cap_drop)?);
        let bounding = docker_bounding(false, &add, &drop);
        let named = add.contains(&CapabilityWord::All) || drop.contains(&CapabilityWord::All);
        if named || self.engine != Engine::Podman {
            return Ok(bounding);
        }
        let one = |word: &CapabilityWord| match word {
            CapabilityWord::All => None,
            CapabilityWord::One(capability) => Some(*capability),
        };
        let added: CapabilitySet = add.iter().filter_map(one).collect();
        let dropped: CapabilitySet = drop.iter().filter_map(one).collect();
        Ok(PODMAN_DEFAULT.minus(dropped).union(added))
    }
}

fn words(written: &[String]) -> Result<Vec<CapabilityWord>, Failure> {
    let words = written.iter().map(|word| word.trim().parse());
    let words: Result<_, UnknownCapability> = words.collect();
    words.map_err(|unknown| Failure(unknown.to_string()))
}

/// The machine of a name that the kernel, Docker or a profile has for it.
fn machine(name: &str) -> Result<Abi, Failure> {
    let lower = name.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix("scmp_arch_").unwrap_or(&lower);
    let bare = bare.strip_prefix("linux/").unwrap_or(bare);
    let known = |abi: &&Abi| abi.name() == bare || abi.docker() == bare;
    let other = |bare: &str| OTHERS.iter().find(|(name, _)| *name == bare);
    let found = Abi::ALL.iter().find(known).copied();
    let Some(abi) = found.or_else(|| other(bare).map(|(_, abi)| *abi)) else {
        let names = Abi::ALL.iter().flat_map(|abi| [abi.name(), abi.docker()]);
        let meant = did_you_mean(nearest(bare, names));
        return Err(Failure(format!("no machine `{name}`{meant}")));
    };
    if !abi.hosts_docker() {
        return Err(Failure(format!(
            "`{name}` is no machine of its own: it is shown beside the one that runs it"
        )));
    }
    Ok(abi)
}

/// What else machines are called.
const OTHERS: &[(&str, Abi)] = &[
    ("x64", Abi::X86_64),
    ("x86-64", Abi::X86_64),
    ("386", Abi::X86),
    ("i386", Abi::X86),
    ("i486", Abi::X86),
    ("i586", Abi::X86),
    ("i686", Abi::X86),
    ("armv6l", Abi::Arm),
    ("armv7l", Abi::Arm),
    ("armhf", Abi::Arm),
    ("arm/v6", Abi::Arm),
    ("arm/v7", Abi::Arm),
    ("arm64/v8", Abi::Aarch64),
    ("armv8", Abi::Aarch64),
    ("loong64", Abi::Loongarch64),
    ("ppc64el", Abi::Ppc64le),
    ("mips64le", Abi::Mipsel64),
    ("mips64el", Abi::Mipsel64),
    ("mipsle", Abi::Mipsel),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_in_every_spelling() {
        for name in [
            "amd64",
            "x86_64",
            "X86_64",
            "SCMP_ARCH_X86_64",
            "linux/amd64",
        ] {
            assert_eq!(machine(name), Ok(Abi::X86_64), "{name}");
        }
        assert_eq!(machine("arm64"), machine("aarch64"));
        assert_eq!(machine("i686"), Ok(Abi::X86));
        assert_eq!(machine("loong64"), Ok(Abi::Loongarch64));
        assert_eq!(
            machine("x86_46"),
            Err(Failure(
                "no machine `x86_46`: did you mean `x86_64`?".to_owned()
            ))
        );
        assert!(machine("x32").is_err());
    }

    #[test]
    fn capabilities_are_added_to_the_engines_own() {
        let place = |engine: Engine, cap: &[&str], drop: &[&str]| {
            let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            let place = Where {
                arch: "amd64".to_owned(),
                cap: words(cap),
                cap_drop: words(drop),
                kernel: None,
                engine,
                runtime: None,
            };
            place
                .host()
                .map(|host| host.bounding.map_or(0, CapabilitySet::len))
        };
        assert_eq!(place(Engine::Docker, &[], &[]), Ok(14));
        assert_eq!(place(Engine::Docker, &["sys_admin"], &[]), Ok(15));
        assert_eq!(place(Engine::Podman, &["CAP_SYS_ADMIN"], &["kill"]), Ok(11));
        assert_eq!(place(Engine::Docker, &["BPF"], &["ALL"]), Ok(1));
        assert_eq!(place(Engine::Docker, &["ALL"], &[]), Ok(41));
        assert!(place(Engine::Docker, &["SYS_ADMN"], &[]).is_err());
    }
}
