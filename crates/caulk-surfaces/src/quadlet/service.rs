//! What the section of the service that a quadlet becomes says of its container.

use caulk_model::{Declared, Fact, Limit, Manager, Origin, State};

use super::File;
use super::keys::values;
use super::unit::Entry;

impl File {
    /// Limits that systemd sets: the container's control group lies in that of its service
    /// (`--cgroups=split`, podman-systemd.unit(5)), unless `CgroupsMode=` says otherwise.
    pub(super) fn limits_of_the_service(&self, others: &[&Self], declared: &mut Declared) {
        if self
            .last_among(others, "CgroupsMode")
            .is_some_and(|mode| mode.whole().text() != "split")
        {
            return;
        }
        declared.around.manager = Manager::Systemd;
        let units = self.with_drop_ins(others);
        let entries = units.iter().flat_map(|file| &file.unit.entries);
        let entries: Vec<&Entry> = entries.filter(|entry| entry.section == "Service").collect();
        for key in ["MemoryMax", "MemoryLimit", "CPUQuota", "TasksMax"] {
            let last = values(&entries, key).last().map(|entry| entry.whole());
            if let Some(value) = last.filter(|value| value.text() != "infinity") {
                let slot = match key {
                    "CPUQuota" => &mut declared.cpus,
                    "TasksMax" => &mut declared.pids,
                    _ => &mut declared.memory,
                };
                slot.get_or_insert_with(|| Fact {
                    state: amount(value.text()),
                    origin: Origin::Written(value.whole()),
                });
            }
        }
    }
}

/// An amount as systemd has it: `512M`, `150%` of a processor.
fn amount(text: &str) -> State<Limit> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let factor = match text.get(digits.len()..).unwrap_or_default() {
        "" | "B" => Some(1.0),
        "%" => Some(0.01),
        "K" => Some(1024.0),
        "M" => Some(1024.0 * 1024.0),
        "G" => Some(1024.0 * 1024.0 * 1024.0),
        _ => None,
    };
    match (digits.parse::<f64>(), factor) {
        (Ok(number), Some(factor)) if number > 0.0 => State::Known(Limit::Of(number * factor)),
        _ => State::unknown("systemd reckons it"),
    }
}
