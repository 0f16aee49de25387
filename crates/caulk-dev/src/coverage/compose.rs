//! What is looked for in Compose files and on the command lines of engines.

use caulk_finding::{Authority, Reference};

use super::{Reason, Row, by, not, row};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    row(
        "B01",
        "privileged mode",
        &[by("privileged", "The value").only(&[
            "5.5",
            "Rule 3",
            "4.4.3",
            "check_5_5",
            "ae5b6871-7f45-42e0-bb4c-ab300c4d2026",
            "privileged-service",
            "CL-0002",
            "compose-privileged",
            "SEC001",
            "dcs001",
        ])],
    ),
    row(
        "B02",
        "an engine's socket, or a folder that holds it",
        &[by(
            "runtime-socket-mounted",
            "A socket, or a folder that holds it",
        )],
    ),
    row(
        "B03",
        "a capability that opens much",
        &[
            by("capability-added", "A capability outside the default set").only(&[
                "5.4",
                "Rule 3",
                "4.4.3",
                "check_5_4",
                "ce76b7d0-9e77-464d-b86f-c5c48e03e22d",
                "CL-0011",
                "CL-0024",
                "CL-0027",
                "CL-0028",
                "CL-0029",
                "CL-0030",
                "compose-dangerous-capabilities",
            ]),
            by("all-capabilities-added", "`ALL` is added").only(&[
                "5.4",
                "Rule 3",
                "4.4.3",
                "check_5_4",
                "ce76b7d0-9e77-464d-b86f-c5c48e03e22d",
                "CL-0024",
                "compose-dangerous-capabilities",
            ]),
        ],
    ),
    row(
        "B04",
        "the default capabilities are kept",
        &[by(
            "capabilities-not-dropped",
            "What is left of the default set",
        )],
    ),
    row(
        "B05",
        "nothing forbids new privileges",
        &[by(
            "privilege-escalation-possible",
            "A service that says nothing of it",
        )
        .only(&[
            "5.26",
            "Rule 4",
            "4.4.3",
            "check_5_26",
            "27fcc7d6-c49b-46e0-98f1-6c082a6a2750",
            "no-new-privileges",
            "CL-0003",
            "compose-no-new-privileges",
        ])],
    ),
    row(
        "B06",
        "no seccomp filter",
        &[by("seccomp-disabled", "The last entry counts").only(&[
            "5.22",
            "Rule 6",
            "4.4.3",
            "check_5_22",
            "404fde2c-bc4b-4371-9747-7054132ac953",
            "seccomp-confinement-disabled",
            "CL-0009",
            "compose-disabled-security-opt",
        ])],
    ),
    row(
        "B07",
        "no AppArmor profile",
        &[by("apparmor-disabled", "The last entry counts").only(&[
            "5.2",
            "Rule 6",
            "4.4.3",
            "check_5_2",
            "CL-0009",
            "compose-disabled-security-opt",
        ])],
    ),
    row(
        "B08",
        "no SELinux label",
        &[by("selinux-disabled", "Disabled, in every spelling")],
    ),
    row(
        "B09",
        "a SELinux type that confines nothing",
        &[by("selinux-disabled", "A type that is confined with nothing").nobody()],
    ),
    row(
        "B10",
        "the kernel's own files are not masked",
        &[by("system-paths-unmasked", "`systempaths=unconfined`")],
    ),
    row(
        "B11",
        "new privileges allowed in so many words",
        &[by("privilege-escalation-enabled", "The value").only(&[
            "5.26",
            "Rule 4",
            "4.4.3",
            "check_5_26",
            "CL-0003",
        ])],
    ),
    row(
        "B12",
        "control groups that can be written to",
        &[by("system-paths-unmasked", "`writable-cgroups`").nobody()],
    ),
    row(
        "B13",
        "no security option at all",
        &[by(
            "privilege-escalation-possible",
            "A service that says nothing of it",
        )
        .only(&["610e266e-6c12-4bca-9925-1ed0cd29742b"])],
    )
    .except("options that nobody has to write, because the engine's default holds"),
    row(
        "B14",
        "the host's network",
        &[by("host-namespace", "The host's network").only(&[
            "5.10",
            "4.4.3",
            "check_5_10",
            "071a71ff-f868-47a4-ac0b-3c59e4ab5443",
            "CL-0008",
            "compose-host-network",
            "NET001",
        ])],
    ),
    row(
        "B15",
        "the host's processes",
        &[
            by("host-namespace", "One finding for each namespace").only(&[
                "5.16",
                "check_5_16",
                "4f31dd9f-2cc3-4751-9b53-67e4af83dac0",
                "CL-0010",
                "compose-host-namespace",
            ]),
        ],
    ),
    row(
        "B16",
        "the host's shared memory",
        &[
            by("host-namespace", "One finding for each namespace").only(&[
                "5.17",
                "check_5_17",
                "baa3890f-bed7-46f5-ab8f-1da8fc91c729",
                "CL-0010",
                "compose-host-namespace",
            ]),
        ],
    ),
    row(
        "B17",
        "the host's name",
        &[
            by("host-namespace", "Name, control groups and user numbers")
                .only(&["5.21", "check_5_21"]),
        ],
    ),
    row(
        "B18",
        "the host's user numbers",
        &[by("host-namespace", "The host's user numbers").only(&[
            "5.31",
            "check_5_31",
            "8af7162d-6c98-482f-868e-0d33fb675ca8",
        ])],
    ),
    row(
        "B19",
        "a control group of one's own choice, or the host's",
        &[
            by("cgroup-parent-set", "A name"),
            by("host-namespace", "Name, control groups and user numbers").nobody(),
        ],
    ),
    row(
        "B20",
        "the namespace of another container",
        &[by("joins-other-container", "Namespaces")],
    ),
    row(
        "B21",
        "a path of the host that gives much to whoever reads or writes it",
        &[by("host-path-mounted", "A path of the table")],
    ),
    row(
        "B22",
        "mounts that reach the host again",
        &[by("mount-propagation-shared", "Both directions")],
    )
    .except("`slave`, in which nothing reaches the host"),
    row(
        "B23",
        "the host's devices",
        &[by("host-device", "Disks and memory")],
    ),
    row(
        "B24",
        "root, written out at the service",
        &[by("runs-as-root", "A service's own `user`").only(&[
            "4.1",
            "Rule 2",
            "container-user-root",
            "CL-0018",
            "SEC002",
        ])],
    ),
    row(
        "B25",
        "no user at the service, and the image is root",
        &[by("runs-as-root", "A service that inherits root")
            .only(&["compose-no-non-root-user", "SEC002"])],
    ),
    row(
        "B26",
        "which user holds, of the image's and the service's",
        &[by("runs-as-root", "A service's own `user`").nobody()],
    ),
    row(
        "B27",
        "one user for two services",
        &[by("shared-user", "The same number").nobody()],
    ),
    row(
        "B28",
        "no limit of memory",
        &[by("no-resource-limits", "Either spelling").only(&[
            "5.11",
            "Rule 7",
            "check_5_11",
            "bb9ac4f7-e13b-423d-a010-c74a1bfbe492",
            "CL-0026",
            "compose-no-resource-limits",
            "RES001",
        ])],
    ),
    row(
        "B29",
        "no limit of processor time",
        &[by("no-resource-limits", "Either spelling").only(&[
            "5.12",
            "Rule 7",
            "check_5_12",
            "6b610c50-99fb-4ef0-a5f3-e312fd945bc3",
            "CL-0026",
            "RES002",
        ])],
    ),
    row(
        "B30",
        "no limit of processes",
        &[by("no-resource-limits", "`0` and `-1`").only(&[
            "5.29",
            "Rule 7",
            "check_5_29",
            "221e0658-cb2a-44e3-b08a-db96a341d6fa",
        ])],
    ),
    row(
        "B31",
        "limits of a process taken away",
        &[by("unlimited-ulimit", "The number")],
    ),
    row(
        "B32",
        "the container may change its own files",
        &[by("writable-root-filesystem", "Nothing said, or no")],
    ),
    row(
        "B33",
        "a file system in memory from which programs may run",
        &[by("tmpfs-executable", "Each option")],
    ),
    row(
        "B34",
        "a port at every address of the host",
        &[by("port-on-all-interfaces", "Every address")],
    ),
    row(
        "B35",
        "a port of the host below 1024",
        &[by("privileged-port-published", "Below 1024")],
    )
    .except("which of the other ports a program needs"),
    row(
        "B36",
        "services that need not speak to each other in one network",
        &[by("network-shared", "A network in common")],
    )
    .except("a network that nobody names: Compose gives every project one of its own"),
    not(
        "B37",
        "no restart policy, or one without an end",
        Reason::Hygiene,
        "whether a service comes back",
        &[
            Reference::like(Authority::Cis, "5.15"),
            Reference::like(Authority::DockerBench, "check_5_15"),
            Reference::like(Authority::Kics, "2fc99041-ddad-49d5-853f-e35e70a48391"),
            Reference::like(Authority::ComposeAuditor, "OPS001"),
        ],
    ),
    not(
        "B38",
        "no health check",
        Reason::Hygiene,
        "whether a failure is noticed",
        &[
            Reference::like(Authority::Cis, "5.27"),
            Reference::like(Authority::DockerBench, "check_5_27"),
            Reference::like(Authority::Kics, "698ed579-b239-4f8f-a388-baa4bcb13ef8"),
            Reference::like(Authority::ComposeAuditor, "OPS002"),
        ],
    ),
    row(
        "B39",
        "a credential written into a service's variables",
        &[by("secret-in-environment", "By its name")],
    ),
    row(
        "B40",
        "an image whose name may mean another one tomorrow",
        &[by("unpinned-image", "Images that services pull").only(&[
            "5.28",
            "check_5_28",
            "CL-0004",
            "CL-0019",
            "service-image-require-explicit-tag",
            "IMG001",
        ])],
    ),
    row(
        "B41",
        "nothing of what the service says is kept",
        &[by("logging-disabled", "The driver")],
    ),
    row(
        "B42",
        "the engine's own interface, by a key of its own",
        &[by("runtime-socket-mounted", "`use_api_socket`").nobody()],
    ),
    row(
        "B43",
        "a group that is as good as root",
        &[by("privileged-group", "A group of the table")],
    ),
    row(
        "B44",
        "a build that may do what the host may",
        &[by("build-with-host-privileges", "Keys of `build`").nobody()],
    ),
    row(
        "B45",
        "the mounts of another container",
        &[by("joins-other-container", "Volumes").nobody()],
    ),
    row(
        "B46",
        "kernel parameters that take protection away",
        &[by("dangerous-sysctl", "The value")],
    )
    .except("another runtime, graphics cards and Windows accounts, which are not judged"),
    row(
        "B47",
        "privileged mode for a command in a running container",
        &[by("privileged", "The value").nobody()],
    )
    .except("root for such a command: it is a person's, and not what runs by itself"),
    row(
        "B48",
        "all of this on command lines in scripts, Makefiles, documents and pipelines",
        &[
            by("privileged", "A script asks for privileged mode")
                .only(&["container-privileged", "ZC1454"]),
            by("capability-added", "A script says so").only(&["container-privileged"]),
            by("all-capabilities-added", "A script says so").only(&["container-privileged"]),
            by("host-namespace", "A script says so").only(&["container-privileged"]),
            by("seccomp-disabled", "A script says so").only(&["container-privileged"]),
            by("apparmor-disabled", "A script says so").only(&["container-privileged"]),
        ],
    ),
    row(
        "B49",
        "an SSH server in a container",
        &[by("ssh-server-exposed", "The server").only(&["5.7", "check_5_7"])],
    )
    .except("whether an engine is in a swarm"),
    row(
        "B50",
        "the groups of NIST SP 800-190: networks without bounds, settings of the runtime, the host's \
         files",
        &[
            by("network-shared", "A network in common").only(&["4.4.2"]),
            by("privileged", "The value").only(&["4.4.3"]),
            by("host-path-mounted", "A path of the table").only(&["4.5.5"]),
        ],
    ),
    row(
        "B51",
        "one volume that several services write to",
        &[by("volume-shared", "The same source")],
    ),
];
