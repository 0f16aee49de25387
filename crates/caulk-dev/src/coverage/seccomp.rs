//! What is looked for in seccomp profiles.

use super::{Row, by, row};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    row(
        "C01",
        "what is not named is allowed",
        &[by("seccomp-allows-by-default", "The default action")],
    ),
    row(
        "C02",
        "calls that open much",
        &[by("seccomp-broader-than-default", "A call as a whole").only(&["seccomp verify"])],
    ),
    row(
        "C03",
        "more than the engine's own profile allows",
        &[by("seccomp-broader-than-default", "Some arguments").only(&[
            "5.22",
            "4.5.2",
            "--compare-docker",
        ])],
    ),
    row(
        "C04",
        "rules that hang on the container's capabilities",
        &[by(
            "seccomp-broader-than-default",
            "A capability of the container",
        )
        .nobody()],
    ),
    row(
        "C05",
        "a call that does what another one may not",
        &[by("seccomp-filter-bypassed", "io_uring")],
    ),
    row(
        "C06",
        "conditions on arguments that do not hold what they promise",
        &[
            by("seccomp-filter-bypassed", "More bits than the kernel uses").nobody(),
            by("seccomp-filter-bypassed", "User namespaces").nobody(),
        ],
    ),
    row(
        "C07",
        "a machine's other calls, for programs of 32 bits",
        &[
            by("seccomp-filter-bypassed", "Calls of 32-bit programs").nobody(),
            by("seccomp-extra-architecture", "In `architectures`").nobody(),
        ],
    ),
    row(
        "C08",
        "a copy of an old default",
        &[by("seccomp-outdated-default", "A copy").nobody()],
    ),
    row(
        "C09",
        "names of no call, rules that do nothing, words that the engine refuses",
        &[
            by("seccomp-unknown-syscall", "A name that no machine has").nobody(),
            by("seccomp-rule-without-effect", "A call decided already").nobody(),
            by("seccomp-invalid-profile", "Two spellings of one thing").nobody(),
            by("seccomp-ambiguous-rules", "Overlap").nobody(),
        ],
    ),
    row(
        "C10",
        "an empty profile, which the engine takes for none",
        &[by("seccomp-disabled", "An empty profile").nobody()],
    ),
    row(
        "C11",
        "a profile that is not where the engine looks",
        &[by("seccomp-profile-not-found", "A relative path").nobody()],
    ),
    row(
        "C12",
        "no filter for any container of an engine",
        &[by("seccomp-disabled", "Switched off for all").only(&["2.17", "check_2_17"])],
    ),
    row(
        "C13",
        "a profile at a privileged container, which does not hold",
        &[by("seccomp-disabled", "A privileged container with a profile").nobody()],
    ),
    row(
        "C14",
        "a profile under which no container starts, or in which a program fails for nothing",
        &[
            by("seccomp-blocks-startup", "`execve`").nobody(),
            by("seccomp-breaks-fallback", "A rule").nobody(),
        ],
    ),
];
