//! The keys of an engine's configuration, whatever file they stand in.

use caulk_source::FileId;

use super::Daemon;
use crate::{Entry, Fact, Origin, Seccomp, State, Ulimit};

/// Gives the profile at a path as the configuration names it, and nothing where there is none.
pub type FindProfile<'a> = &'a dyn Fn(&str) -> State<Option<FileId>>;

/// What a key of an engine's configuration is set to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Setting {
    /// Yes or no.
    Switch(bool),
    /// A word, a path.
    Text(String),
    /// Several of them.
    Texts(Vec<Entry<String>>),
    /// Limits of each process.
    Ulimits(Vec<Entry<Ulimit>>),
}

impl Daemon {
    /// Takes what a key of `daemon.json` is set to, and who said so. A key that the model does not
    /// know says nothing of containers.
    ///
    /// # Errors
    ///
    /// What the engine refuses, in words that go on after the value.
    pub fn set(
        &mut self,
        key: &str,
        setting: Setting,
        origin: Origin,
        find: FindProfile<'_>,
    ) -> Result<(), String> {
        if let Some(switch) = self.switch(key) {
            let Setting::Switch(on) = setting else {
                return Err(format!("`{key}` is `true` or `false`"));
            };
            *switch = Some(Fact::known(on, origin));
            return Ok(());
        }
        if let Some(texts) = self.texts(key) {
            let Setting::Texts(given) = setting else {
                return Err(format!("`{key}` is a list of texts"));
            };
            *texts = given;
            return Ok(());
        }
        if key == "default-ulimits" {
            let Setting::Ulimits(given) = setting else {
                return Err(format!("`{key}` has limits by name"));
            };
            self.ulimits = given;
            return Ok(());
        }
        if key == "seccomp-profile" {
            let Setting::Text(path) = setting else {
                return Err(format!("`{key}` is a text"));
            };
            self.seccomp = Some(profile(path, origin, find));
            return Ok(());
        }
        let Some(text) = self.text(key) else {
            return Ok(());
        };
        let Setting::Text(given) = setting else {
            return Err(format!("`{key}` is a text"));
        };
        if let Some((_, known)) = WORDS.iter().find(|(name, _)| *name == key)
            && !known.contains(&given.as_str())
            && !given.is_empty()
        {
            let [first, second] = known;
            return Err(format!("`{key}` is `{first}` or `{second}`"));
        }
        // An empty one is as if it were not there; of an account that is worth a word.
        if !given.is_empty() || key == "userns-remap" {
            *text = Some(Fact::known(given, origin));
        }
        Ok(())
    }

    fn switch(&mut self, key: &str) -> Option<&mut Option<Fact<bool>>> {
        Some(match key {
            "no-new-privileges" => &mut self.no_new_privileges,
            "selinux-enabled" => &mut self.selinux,
            "init" => &mut self.init,
            "icc" => &mut self.icc,
            "userland-proxy" => &mut self.userland_proxy,
            "debug" => &mut self.debug,
            "iptables" => &mut self.iptables,
            "experimental" => &mut self.experimental,
            "tlsverify" => &mut self.tls_verify,
            _ => return None,
        })
    }

    fn text(&mut self, key: &str) -> Option<&mut Option<Fact<String>>> {
        Some(match key {
            "userns-remap" => &mut self.userns_remap,
            "default-cgroupns-mode" => &mut self.cgroup_namespace,
            "default-ipc-mode" => &mut self.ipc,
            "storage-driver" => &mut self.storage_driver,
            "log-driver" => &mut self.log_driver,
            _ => return None,
        })
    }

    fn texts(&mut self, key: &str) -> Option<&mut Vec<Entry<String>>> {
        Some(match key {
            "hosts" => &mut self.hosts,
            "insecure-registries" => &mut self.insecure_registries,
            _ => return None,
        })
    }
}

/// Keys that take one of two words; any other keeps the engine from starting (moby
/// `daemon/config/config_linux.go`, `verifyDefaultIpcMode` and `verifyDefaultCgroupNsMode`).
const WORDS: &[(&str, [&str; 2])] = &[
    ("default-cgroupns-mode", ["private", "host"]),
    ("default-ipc-mode", ["private", "shareable"]),
];

fn profile(path: String, origin: Origin, find: FindProfile<'_>) -> Fact<Seccomp> {
    match path.as_str() {
        "unconfined" => Fact::known(Seccomp::Disabled, origin),
        "" | "builtin" => Fact::known(Seccomp::Default, origin),
        _ => match find(&path) {
            State::Known(file) => Fact::known(Seccomp::Profile { path, file }, origin),
            State::Unknown { because } => Fact::unknown(because, origin),
        },
    }
}
