//! Variables that a service takes from files: `env_file`.

use std::collections::BTreeMap;

use caulk_model::{Entry, Origin, Step, StepKind, Variable};
use caulk_source::join_path;

use super::environment::{EnvFile, Environment};
use super::project::Loader;
use super::service::one_or_more;
use super::tree::Value;

impl<'d> Loader<'d, '_> {
    /// The variables of the files that a service names, those that are there: the later file wins.
    /// They are kept out of repositories often enough, so that a missing one is nothing to report.
    ///
    /// What they say is judged and never shown, as with `.env`.
    pub(super) fn variables_from_files(&mut self, service: &Value<'d>) -> Vec<Entry<Variable>> {
        let mut variables: BTreeMap<String, Entry<Variable>> = BTreeMap::new();
        for item in one_or_more(service, "env_file") {
            let path = if item.is_mapping() {
                item.get("path")
            } else {
                Some(item.clone())
            };
            let place = path.as_ref().and_then(|path| {
                let written = path.known()?;
                join_path(&self.project.folder, &path.path(written))
            });
            let Some(place) = place else {
                continue;
            };
            self.project.wanted.insert(place.clone());
            let found = self.sources.find(&place);
            let mut environment = Environment::default();
            if let Some(file) = found {
                environment.read(&[EnvFile::of(self.sources, file)]);
            }
            let span = item.span();
            for (name, assigned) in environment.into_variables() {
                let entry = Entry {
                    value: Variable {
                        name: name.clone(),
                        value: Some(assigned.value),
                        in_file: assigned.place,
                    },
                    origin: Origin::Inherited {
                        from: span,
                        steps: vec![Step {
                            kind: StepKind::EnvFile,
                            span,
                        }],
                    },
                };
                variables.insert(name, entry);
            }
        }
        variables.into_values().collect()
    }
}
