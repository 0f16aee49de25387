//! What podman's generator makes no service of.

use caulk_source::{Span, extension};
use caulk_syntax::Problem;

use super::File;
use super::keys::values;
use super::unit::Entry;

/// Keys that map user numbers by themselves, beside which those of `Remap…` are refused.
const MAPPINGS: &[&str] = &["UserNS", "UIDMap", "GIDMap", "SubUIDMap", "SubGIDMap"];

const REMAPS: &[&str] = &["RemapUsers", "RemapUid", "RemapGid"];

impl File {
    /// Why podman's generator refuses the unit, with what the drop-ins among `others` add to it
    /// (podman 5, `pkg/systemd/quadlet/quadlet.go`: `ConvertContainer`, `handleUser`,
    /// `handleUserMappings`, `handlePod`).
    ///
    /// Not that a unit which it names is missing: that may lie elsewhere on the host.
    pub(super) fn refused(&self, others: &[&Self]) -> Vec<Problem> {
        if self.is_drop_in() {
            return Vec::new();
        }
        let units = self.with_drop_ins(others);
        let entries: Vec<&Entry> = units
            .iter()
            .flat_map(|file| &file.unit.entries)
            .filter(|entry| entry.section == self.section)
            .collect();
        let last = |key: &str| values(&entries, key).last().copied();
        let mut problems = Vec::new();
        let mut refuse = |span: Span, message: &str| {
            problems.push(Problem {
                span,
                message: message.to_owned(),
            });
        };
        let maps = MAPPINGS.iter().find_map(|key| last(key));
        let remaps = REMAPS.iter().find_map(|key| last(key));
        if let (Some(_), Some(remaps)) = (maps, remaps) {
            let message = format!(
                "`{}=` beside a key that maps user numbers by itself",
                remaps.key.value
            );
            refuse(remaps.span, &message);
        }
        if self.section != "Container" {
            return problems;
        }
        if last("Image").is_none() && last("Rootfs").is_none() {
            refuse(self.anchor, "neither `Image=` nor `Rootfs=` is there");
        }
        if let (Some(group), None) = (last("Group"), last("User")) {
            refuse(group.span, "`Group=` without `User=`");
        }
        if let (Some(signal), Some(_)) = (last("ReloadSignal"), last("ReloadCmd")) {
            refuse(signal.span, "`ReloadSignal=` beside `ReloadCmd=`");
        }
        let pod = last("Pod").map(Entry::whole);
        if let Some(pod) = pod.filter(|pod| extension(pod.text()) != "pod") {
            refuse(pod.whole(), "a pod is named by its unit, `NAME.pod`");
        }
        problems
    }
}
