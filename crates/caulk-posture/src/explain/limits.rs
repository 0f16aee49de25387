//! What a container may use up.

use caulk_model::{Container, Fact, Limit, State, Ulimit};

use super::Facts;
use crate::Posture;

impl Posture<'_> {
    pub(super) fn limit_facts(&self, container: &Container, facts: &mut Facts) {
        let limits = &container.limits;
        facts.push(("memory", self.limit(&limits.memory, memory)));
        facts.push(("processors", self.limit(&limits.cpus, plain)));
        facts.push(("processes", self.limit(&limits.pids, plain)));
        for entry in &container.ulimits {
            let Ulimit { name, soft, hard } = &entry.value;
            let words = format!("`{name}` {}, at most {}", plainly(soft), plainly(hard));
            facts.push((
                "each process",
                format!("{words}: {}", self.who(&entry.origin)),
            ));
        }
        if let Some(driver) = &container.logging {
            let says = |driver: &String| match driver.as_str() {
                "none" => "thrown away".to_owned(),
                driver => format!("kept by `{driver}`"),
            };
            facts.push(("what it prints", self.told(driver, says)));
        }
    }

    fn limit(&self, limit: &Fact<Limit>, amount: impl Fn(f64) -> String) -> String {
        self.told(limit, |limit| match limit {
            Limit::None => "not limited".to_owned(),
            Limit::Of(most) => format!("at most {}", amount(*most)),
        })
    }
}

/// A limit of each process.
fn plainly(limit: &State<String>) -> &str {
    match limit.known().map(String::as_str) {
        Some("-1") => "without an end",
        Some(limit) => limit,
        None => "?",
    }
}

fn plain(amount: f64) -> String {
    amount.to_string()
}

/// Bytes in the largest unit of which they are a whole number, or nearly so.
fn memory(bytes: f64) -> String {
    let units = [
        ("GiB", 1_073_741_824.0),
        ("MiB", 1_048_576.0),
        ("KiB", 1024.0),
    ];
    let whole = units
        .iter()
        .find(|(_, unit)| bytes >= *unit && (bytes / unit).fract() == 0.0);
    match whole {
        Some((name, unit)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_the_largest_unit_that_is_exact() {
        assert_eq!(memory(536_870_912.0), "512 MiB");
        assert_eq!(memory(1_073_741_824.0), "1 GiB");
        assert_eq!(memory(1_610_612_736.0), "1536 MiB");
        assert_eq!(memory(1000.0), "1000 bytes");
    }
}
