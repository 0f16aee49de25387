//! See the page below.

use caulk_model::build::{BuildFact, Password, PasswordWay};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build gives an account of the image a password.
    ///
    /// ## Why it matters
    ///
    /// A password in an image is the same in every container that is started from it, its hash can be read
    /// by whoever can pull the image, and often its text stands in the Dockerfile or in the image's
    /// history. With it, `su`, `sudo`, a console or an SSH server in the container lets somebody in as that
    /// account. An emptied password lets in anybody.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// RUN useradd app && echo 'app:app' | chpasswd
    /// ```
    ///
    /// ## Good
    ///
    /// An account needs no password to run a program:
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// RUN useradd --system app
    /// USER app
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Set*: `chpasswd`, `passwd` with a password that it is fed, `useradd` and `usermod` with
    ///   `--password`. A hash that no password can have (`*`, `!`) locks the account and is not reported.
    /// - *Emptied*: `passwd --delete`, and an empty hash. `passwd --lock` and an account that is made
    ///   without a password are not reported.
    /// - *Another stage*: only the stages whose files are the image's count.
    ///
    /// ## About the fix
    ///
    /// There is none: remove the step. To look into a container, `docker exec` needs no password.
    ///
    /// ## Sources
    ///
    /// chpasswd(8), passwd(1), usermod(8), shadow(5).
    "password-set-in-image",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "4.10"),
        Reference::like(Authority::Nist, "4.1.4"),
        Reference::like(Authority::Checkov, "CKV2_DOCKER_17"),
        Reference::like(Authority::Dockle, "DKL-LI-0001"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.passwords) {
        if fact.stage.ships {
            findings.report(finding(container, fact));
        }
    }
}

fn finding(container: &Container, fact: &BuildFact<Password>) -> Finding {
    let Password { account, way } = &fact.value;
    let whose = match account {
        Some(account) => format!("the account `{account}`"),
        None => "an account".to_owned(),
    };
    let (says, label, why) = match way {
        PasswordWay::Set(program) => (
            format!("gives {whose} a password"),
            format!("sets it with `{program}`"),
            "it is the same in every container of this image, and whoever can pull the image can read its \
             hash",
        ),
        PasswordWay::Emptied => (
            format!("takes the password of {whose} away"),
            "lets anybody in".to_owned(),
            "an empty password is asked for nowhere: whoever gets to a login, `su` or `sudo` is that account",
        ),
    };
    build::report(&RULE.info, container, fact, label, &says)
        .fact(format!("password {}", account.as_deref().unwrap_or_default()))
        .why(why)
        .advice("remove it: a program needs no password to run as an account, and neither does `docker exec`")
}
