//! What a container may do: capabilities and system calls.

use caulk_linux::CapabilitySet;
use caulk_model::{Container, State};

use super::Facts;
use crate::seccomp::{Filter, filter};
use crate::{Posture, capabilities};

impl Posture<'_> {
    pub(super) fn capability_facts(&self, container: &Container, facts: &mut Facts) {
        let most = match container.bounding() {
            State::Known(CapabilitySet::EMPTY) => "none".to_owned(),
            State::Known(set) => format!("at most {}", capabilities::words(set).join(" ")),
            State::Unknown { because } => format!("unknown, because {because}"),
        };
        let declared = &container.declared;
        let nobody = declared.cap_add.is_empty() && declared.cap_drop.is_empty();
        let privileged = container.privileged.value() == Some(&true);
        facts.push((
            "capabilities",
            match (privileged, nobody) {
                (true, _) => format!("{most}: it is privileged"),
                (false, true) => format!("{most}: nobody says otherwise"),
                (false, false) => most,
            },
        ));
        for (verb, entries) in [
            ("added", &declared.cap_add),
            ("dropped", &declared.cap_drop),
        ] {
            for entry in entries {
                let who = self.who(&entry.origin);
                facts.push(("capabilities", format!("{verb} {}: {who}", entry.value)));
            }
        }
        for entry in &declared.unknown_capabilities {
            let who = self.who(&entry.origin);
            facts.push(("capabilities", format!("refused, {}: {who}", entry.value)));
        }
        if let Some(file) = container.cannot_start() {
            let words = format!(
                "it does not start: the build gives `{}`, its first program, a capability that is not \
                 among them, {}",
                file.path,
                self.place(file.span)
            );
            facts.push(("capabilities", words));
            return;
        }
        if container.bounding() == State::Known(CapabilitySet::EMPTY) {
            return;
        }
        facts.push(("capabilities", first_process(container)));
    }

    pub(super) fn seccomp_words(&self, container: &Container) -> String {
        let filter = filter(self.repository, container);
        self.told(&container.seccomp, |_| match filter {
            Filter::Default => "the engine's default profile".to_owned(),
            Filter::Custom(path) => format!("the profile {path}"),
            Filter::Disabled => "off, every system call is open".to_owned(),
            Filter::Empty(path) => {
                format!("off, because the engine takes {path}, which says nothing, for no profile")
            }
            Filter::Unknown => "unknown".to_owned(),
        })
    }
}

/// What the first process holds of them, and why.
fn first_process(container: &Container) -> String {
    match (container.effective(), &container.root) {
        (State::Known(set), State::Known(false)) if !set.is_empty() => {
            let added = set.iter().all(|one| container.keeps_without_root(one));
            format!(
                "its first process is not root and holds {}, which {} gives it",
                capabilities::names(set).join(" "),
                if added {
                    "podman"
                } else {
                    "the file of its first program"
                }
            )
        }
        (State::Known(_), State::Known(true)) => {
            "its first process holds them, because it is root".to_owned()
        }
        (State::Known(_), State::Known(false) | State::Unknown { .. }) => {
            "its first process holds none of them, because it is not root".to_owned()
        }
        (State::Unknown { because }, _) => {
            format!("which of them its first process holds is unknown, because {because}")
        }
    }
}
