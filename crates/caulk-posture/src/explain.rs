//! A container fact by fact, and who said so.

mod host;
mod limits;
mod privileges;

use std::fmt::Write as _;

use caulk_model::{Container, ImageSource, Origin, State, StepDown, User};

use crate::show::{NAME, QUIET};
use crate::{Posture, json, user};

/// How many columns a line may have, and how many of them the names of the facts take.
const WIDTH: usize = 100;
const NAMES: usize = 19;

/// The facts of a container, each with its name.
type Facts = Vec<(&'static str, String)>;

impl Posture<'_> {
    /// What is known of every container that somebody calls `name`, fact by fact, in lines of at
    /// most 100 columns; nothing where there is none.
    pub fn explain(&self, name: &str) -> Option<String> {
        let called = self.called(name);
        let pages: Vec<String> = called
            .iter()
            .map(|container| self.page(container))
            .collect();
        (!pages.is_empty()).then(|| pages.join("\n"))
    }

    fn page(&self, container: &Container) -> String {
        let title = (self.show.visible)(&container.title());
        let place = (self.show.visible)(&self.place(container.anchor));
        let mut text = format!("{}, {place}\n\n", self.show.paint(NAME, &title));
        let mut last = "";
        for (name, sentence) in self.facts(container) {
            let lines = self
                .show
                .wrap(&(self.show.visible)(&sentence), WIDTH - NAMES);
            for (at, line) in lines.iter().enumerate() {
                let name = if at == 0 && name != last { name } else { "" };
                let name = self.show.paint(QUIET, &format!("{name:<NAMES$}"));
                let _ = writeln!(text, "{name}{line}");
            }
            last = name;
        }
        text
    }

    fn facts(&self, container: &Container) -> Facts {
        let mut facts = vec![("image", self.image(container))];
        facts.push(("user", self.user_words(container)));
        facts.push(("root", root(container)));
        if container.root != State::Known(false)
            && let Some(step) = container.steps_down()
        {
            facts.push(("root", self.stepping_down(step)));
        }
        if user::is_all_it_says(container) {
            facts.push(("everything else", self.run_by(container)));
            return facts;
        }
        let flag = |yes: &'static str, no: &'static str| {
            move |value: &bool| (if *value { yes } else { no }).to_owned()
        };
        facts.push((
            "privileged",
            self.told(&container.privileged, flag("yes", "no")),
        ));
        self.capability_facts(container, &mut facts);
        facts.push(("seccomp", self.seccomp_words(container)));
        facts.push((
            "no-new-privileges",
            self.told(
                &container.no_new_privileges,
                flag(
                    "on, no program in it gains privileges when it starts",
                    "off, a setuid program in it gains privileges",
                ),
            ),
        ));
        let apparmor = |value: &_| format!("`{}`", json::apparmor(value));
        let selinux = |value: &_| format!("`{}`", json::selinux(value));
        facts.push(("AppArmor", self.told(&container.apparmor, apparmor)));
        facts.push(("SELinux label", self.told(&container.selinux, selinux)));
        facts.push((
            "masked paths",
            self.told(
                &container.masked_paths,
                flag("kept in /proc and /sys", "open, all of /proc and /sys"),
            ),
        ));
        self.host_facts(container, &mut facts);
        facts.push((
            "root filesystem",
            self.told(&container.read_only, flag("read-only", "writable")),
        ));
        self.limit_facts(container, &mut facts);
        facts
    }

    /// Where its files and configuration come from.
    fn image(&self, container: &Container) -> String {
        let base = container.image.base.name();
        match &container.source {
            ImageSource::Itself => format!("built here, on {base}"),
            ImageSource::Built { container, span } => {
                let through = self.place(*span);
                match self.stage(*container) {
                    Some(stage) => format!(
                        "built from {}, on {base}: written in {through}",
                        self.place(stage.anchor)
                    ),
                    None => format!(
                        "built from a Dockerfile that is not in the repository: written in {through}"
                    ),
                }
            }
            ImageSource::Pulled { span } => {
                format!("{base}, pulled: written in {}", self.place(*span))
            }
            ImageSource::Fragment => {
                "nothing here says which: another file completes this service".to_owned()
            }
        }
    }

    fn user_words(&self, container: &Container) -> String {
        let runs_as = |user: &User| format!("runs as {}", user::text(user));
        let fact = &container.user;
        let Some(image) = user::from_image(container) else {
            return match (&fact.state, &fact.origin) {
                // Where no file names a user, root is what the engine takes.
                (State::Known(user), Origin::Inherited { from, steps }) if user.is_empty() => {
                    let steps: Vec<String> = steps.iter().map(|step| self.step(step)).collect();
                    format!(
                        "runs as root: nobody says otherwise, see {}, inherited through {}",
                        self.place(*from),
                        steps.join(", then ")
                    )
                }
                (_, _) => self.told(fact, runs_as),
            };
        };
        let what = match &fact.state {
            State::Known(user) => runs_as(user),
            State::Unknown { because } => {
                let place = self.place(fact.span());
                return format!("unknown, because {because}: named in {place}");
            }
        };
        let mut words = format!(
            "{what}: the default of {image}, which {} names",
            self.place(fact.span())
        );
        if let Origin::Inherited { steps, .. } = &fact.origin {
            // Who pulls the image names it there; a build is one more step.
            let built = steps.iter().filter(|step| step.span != fact.span());
            for step in built {
                let _ = write!(words, ", inherited through {}", self.step(step));
            }
        }
        words
    }

    fn stepping_down(&self, step: &StepDown) -> String {
        let to = step.to.as_deref();
        let to = to.map_or_else(|| "another user".to_owned(), |to| format!("`{to}`"));
        let place = step.span.map(|span| format!(", {}", self.place(span)));
        format!(
            "where it starts as root, its entrypoint becomes {to} through {}{}",
            step.tools(),
            place.unwrap_or_default()
        )
    }

    fn run_by(&self, container: &Container) -> String {
        let services: Vec<String> = container
            .run_by
            .iter()
            .filter_map(|id| self.repository.container(*id))
            .map(|service| format!("{} ({})", service.title(), self.place(service.anchor)))
            .collect();
        if services.is_empty() {
            "whoever runs the image decides".to_owned()
        } else {
            format!("who runs the image decides: {}", services.join(", "))
        }
    }
}

fn root(container: &Container) -> String {
    match &container.root {
        State::Known(true) => "its first process is root".to_owned(),
        State::Known(false) => "its first process is not root".to_owned(),
        State::Unknown { .. } => "whether its first process is root is unknown".to_owned(),
    }
}
