//! See the page below.

use std::collections::BTreeSet;

use caulk_model::build::{
    Build, BuildFact, Membership, Password, PasswordWay, RootEquivalent, RootWay, Sudo,
};
use caulk_model::{Account, ImageSource};

use crate::build;
use crate::prelude::*;

rule! {
    /// An account of the image is as good as root.
    ///
    /// ## Why it matters
    ///
    /// An account with uid 0 is root under another name: the kernel knows numbers only. An account for which
    /// sudo or doas runs anything without a password is root with one word more. A `USER` that names either
    /// looks like a container that gave root up, and is none.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// RUN apt-get update && apt-get install -y sudo
    /// RUN useradd dev && echo 'dev ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/dev
    /// USER dev
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// RUN useradd dev
    /// USER dev
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A second root*: `useradd`, `adduser` or `usermod` give an account the number 0, or a step writes
    ///   it into the passwd file with that number.
    /// - *No password*: a step writes a line into the configuration of sudo or doas, or edits one there,
    ///   that lets an account or a group run anything (`ALL`) without a password. A line for single
    ///   commands is not reported.
    /// - *A group of sudo*: a step puts an account whose password a step empties into `sudo`, `wheel` or
    ///   `admin`: sudo asks for a password that is not there. An account that has a password, or that cannot
    ///   log in, is not reported.
    /// - *Everybody* (fires): a line for `ALL` has no fix, for most accounts of an image have no password
    ///   with which they could answer.
    /// - *Not installed here* (fires): where no step installs sudo or doas, or uses it, confidence is low:
    ///   the base image may bring it.
    /// - *A variable* (fires): if the line names the account through one, confidence is medium.
    /// - *Another stage*: only the stages whose files are the image's count.
    ///
    /// ## About the fix
    ///
    /// For a line of sudo's configuration, it takes the `NOPASSWD:` away. An account without a password
    /// can run nothing through sudo then; where nothing needs it, leave sudo out. For a line about `ALL`
    /// accounts there is none: no account is the one that needs it. For an account with uid 0
    /// there is none: which number it should have, nobody here can say.
    ///
    /// ## Sources
    ///
    /// passwd(5), sudoers(5), doas.conf(5).
    "root-equivalent-account",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "4.1"),
        Reference::like(Authority::Nist, "4.1.2"),
        Reference::like(Authority::Dockle, "DKL-LI-0002"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.root_equivalents) {
        if fact.stage.ships {
            findings.report(by_configuration(container, fact));
        }
    }
    let mut seen = BTreeSet::new();
    for container in repository.containers() {
        if container.source != ImageSource::Itself {
            continue;
        }
        for fact in &container.image.build.memberships {
            let emptied = container.image.build.passwords.iter().find(|password| {
                password.value.way == PasswordWay::Emptied
                    && password.value.account.as_ref() == Some(&fact.value.account)
            });
            if let Some(emptied) = emptied
                && fact.stage.ships
                && seen.insert(fact.span)
            {
                findings.report(by_group(container, fact, emptied));
            }
        }
        for account in &container.image.accounts {
            let is_other_root = account.uid == Some(0) && account.name != "root";
            if is_other_root && seen.insert(account.span) {
                findings.report(by_number(container, account));
            }
        }
    }
}

/// Whom a line of the configuration means, in words.
fn whom(who: &str) -> String {
    match who.strip_prefix('%') {
        _ if who == "ALL" => "anybody".to_owned(),
        Some(group) => format!("whoever is in the group `{group}`"),
        None => format!("`{who}`"),
    }
}

fn by_configuration(container: &Container, fact: &BuildFact<RootEquivalent>) -> Finding {
    let RootEquivalent {
        who,
        way,
        correction,
    } = &fact.value;
    let tool = match way {
        RootWay::Doas => "doas",
        RootWay::Sudoers | RootWay::Uid => "sudo",
    };
    let whom = whom(who);
    let is_seen = brings(&container.image.build, *way);
    let runs_as = container
        .user
        .value()
        .is_some_and(|user| user.account() == who);
    let says = if is_seen {
        format!("makes {whom} root through {tool}")
    } else {
        format!("makes {whom} root through {tool} where that is installed")
    };
    let finding = build::report(&RULE.info, container, fact, "asks for no password", &says)
    .fact(format!("root-equivalent {who}"))
    .why(match (is_seen, runs_as) {
        (true, true) => {
            "the image runs as that account: one word in front of a command, and it is root".to_owned()
        }
        (true, false) => format!("for {whom}, {tool} runs anything as root and asks nothing"),
        (false, _) => format!(
            "for {whom}, {tool} runs anything as root and asks nothing, if the base image brings {tool}: no \
             step here installs it"
        ),
    });
    let finding = match correction {
        Some(correction) if who != "ALL" => finding.remedy(build::spelt(
            correction,
            format!("let {tool} ask for a password"),
            format!("{whom} can run nothing through {tool} until it has a password: better leave {tool} out"),
        )),
        Some(_) | None => finding.advice(format!(
            "let the rule name the commands that {whom} may run; or leave it out, and {tool} too unless a script that runs here calls it"
        )),
    };
    let finding = if is_seen {
        finding
    } else {
        finding.doubted(Confidence::Low, no_step_installs(tool))
    };
    let by_variable = who.starts_with('$') || who.contains("$(");
    let doubt = "which account it is hangs on a variable";
    if by_variable {
        finding.doubted(Confidence::Medium, doubt)
    } else {
        finding
    }
}

/// Why it is not sure that the account is root: without the tool nobody becomes it.
fn no_step_installs(tool: &str) -> String {
    format!("no step here installs {tool}, so the base image has to bring it")
}

/// Whether a step of the build brings sudo, or doas.
fn brings(build: &Build, way: RootWay) -> bool {
    match way {
        RootWay::Doas => build.doas.is_some(),
        RootWay::Sudoers | RootWay::Uid => {
            let last = build.sudo.iter().rfind(|fact| fact.value != Sudo::Used);
            match last {
                Some(last) => last.value == Sudo::Installed,
                None => !build.sudo.is_empty(),
            }
        }
    }
}

fn by_group(
    container: &Container,
    fact: &BuildFact<Membership>,
    emptied: &BuildFact<Password>,
) -> Finding {
    let Membership { account, group } = &fact.value;
    let finding = build::report(
        &RULE.info,
        container,
        fact,
        format!("puts it into `{group}`"),
        &format!("makes `{account}` root through sudo"),
    )
    .fact(format!("root-equivalent {account}"))
    .why(format!(
        "sudo lets whoever is in `{group}` run anything, and the password that it asks for is empty"
    ))
    .advice("leave the group out, or give the account no way to be root at all");
    let finding = if brings(&container.image.build, RootWay::Sudoers) {
        finding
    } else {
        finding.doubted(Confidence::Low, no_step_installs("sudo"))
    };
    if emptied.span == fact.span {
        finding
    } else {
        finding.related(emptied.span, "and this empties its password")
    }
}

fn by_number(container: &Container, account: &Account) -> Finding {
    let title = container.title();
    let name = &account.name;
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(account.span, "gives it the number 0"),
        format!("{title} makes `{name}` a second root"),
    )
    .container(&title, container.anchor)
    .fact(format!("root-equivalent {name}"))
    .why("the kernel knows numbers only: whoever is 0 is root, under whatever name")
    .advice("give it a number of its own")
}
