//! What is looked for in the configuration of engines, on hosts and in kernels.

use caulk_finding::{Authority, Reference};

use super::{Reason, Row, by, not, row};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    row(
        "D01",
        "keys of an engine's configuration that lower every container",
        &[
            by("daemon-weakened", "A key that takes protection away"),
            by("privilege-escalation-enabled", "Written out for all").only(&["2.14", "check_2_14"]),
            by("user-namespaces-off", "No account to map to"),
        ],
    )
    .except(
        "keys about logs, limits and certificates that take nothing from a container, and what only \
         the command line of a running engine says",
    ),
    not(
        "D02",
        "rules of the host's audit, its partitions, and who is in the engine's group",
        Reason::NotInFiles,
        "it is seen on the host",
        &[
            Reference::like(Authority::Cis, "1.1.1"),
            Reference::like(Authority::DockerBench, "check_1_1_1"),
        ],
    ),
    not(
        "D03",
        "who owns the engine's files and may write to them",
        Reason::NotInFiles,
        "it is seen on the host",
        &[
            Reference::like(Authority::Cis, "3.1"),
            Reference::like(Authority::DockerBench, "check_3_1"),
        ],
    ),
    row(
        "D04",
        "a kernel without what containers rest on",
        &[by("kernel-option-missing", "What a line switches off")],
    ),
    row(
        "D05",
        "what an engine's configuration means for each of its services",
        &[by("privilege-escalation-possible", "Two engines that do not agree").nobody()],
    ),
    row(
        "D06",
        "an engine that listens to anybody",
        &[by("docker-over-plain-tcp", "In `daemon.json`")],
    ),
    not(
        "D07",
        "the version of a running engine, and whether it asks for signatures",
        Reason::NotInFiles,
        "it is seen on the host",
        &[
            Reference::like(Authority::Cis, "4.5"),
            Reference::like(Authority::DockerBench, "check_4_5"),
            Reference::like(Authority::Dockle, "CIS-DI-0005"),
        ],
    ),
    row(
        "D08",
        "a system that does not enforce its SELinux policy",
        &[by("selinux-not-enforcing", "The configuration of an image")],
    ),
];
