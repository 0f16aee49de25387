//! The answer about one call as a text.

use caulk_linux::syscalls;
use caulk_seccomp::{Conditional, Decision, Host, Origin};

use crate::call::Call;
use crate::named::Resolved;
use crate::question::{Answer, Question};
use crate::show::{Piece, QUIET, count, listed, padded};
use crate::verdict::Verdict;
use crate::words::{self, does, outcome};
use crate::{Show, host, openings, reason};

/// How many rules are named that speak of a call and do not apply.
const MOST_RULES: usize = 8;

/// How many cases of a call are shown, which a person does not write by hand beyond this.
const MOST_CASES: usize = 40;

/// How wide the column of headings is.
const HEADING: usize = 14;

impl Question<'_> {
    /// The answer in lines as wide as the terminal, with a final newline.
    ///
    /// The first line says what is done. Then by which rule, the rules that speak of the call and
    /// do not apply, the other ABIs of the machine, Docker's default, and what the call opens.
    pub fn text(&self, show: &Show) -> String {
        let mut text = String::new();
        let Some(call) = self.calls.first().copied() else {
            return text;
        };
        let answer = self.answer(self.own, call);
        let machine = self.own.filter.host().abi;
        let on = if call.abi == machine {
            String::new()
        } else {
            format!(" on {}", call.abi)
        };
        let title = format!("{}{on} {}", self.title(call), said(&answer));
        show.headline(&mut text, &title);
        let whose = format!(
            "{}, {}",
            self.own.named.full_title(show),
            host::words(self.own.filter.host())
        );
        show.paragraph(&mut text, &Piece::plain(""), &whose);
        text.push('\n');
        match &answer {
            Answer::Decided(decision) => {
                let reason = self.own.reason(decision, call, show);
                row(show, &mut text, "decided by", &reason);
            }
            Answer::Depends(conditional) => cases(show, &mut text, self.own, call, conditional),
        }
        if call.abi != machine {
            let same = call
                .name()
                .and_then(|name| syscalls::equivalent_on(machine, name));
            let same = same.map(|same| format!(": `{same}` does the same there"));
            let words = format!("it has no such call{}", same.unwrap_or_default());
            row(show, &mut text, &format!("on {machine}"), &words);
        }
        let unapplied = reason::unapplied(self.own, call, show);
        for (at, rule) in unapplied.iter().take(MOST_RULES).enumerate() {
            let heading = if at == 0 { "not applied" } else { "" };
            row(show, &mut text, heading, rule);
        }
        if unapplied.len() > MOST_RULES {
            let more = count(unapplied.len() - MOST_RULES, "more rule");
            row(show, &mut text, "", &more);
        }
        self.elsewhere(show, &mut text, &answer);
        self.multiplexed(show, &mut text, call);
        self.against(show, &mut text, call, &answer);
        opens(show, &mut text, call, &self.given, self.own.filter.host());
        text
    }

    /// `socket(AF_VSOCK)`, with what of the arguments was given.
    fn title(&self, call: Call) -> String {
        if self.given.is_empty() {
            return call.title();
        }
        let given = self.given.iter().enumerate();
        let given: Vec<String> = given
            .map(|(index, value)| {
                call.spell(index, *value)
                    .unwrap_or_else(|| call.value(index, *value))
            })
            .collect();
        format!("{}({})", call.title(), given.join(", "))
    }

    /// The other ABIs that the machine runs.
    fn elsewhere(&self, show: &Show, text: &mut String, answer: &Answer) {
        let (others, unlisted): (Vec<&Call>, Vec<&Call>) = self
            .calls
            .iter()
            .skip(1)
            .partition(|call| self.own.answers(call.abi));
        let others = others.into_iter();
        let (same, other): (Vec<Call>, Vec<Call>) = others
            .copied()
            .partition(|call| self.answer(self.own, *call).does_as(answer));
        if !same.is_empty() {
            let names: Vec<String> = same.iter().map(|call| call.abi.to_string()).collect();
            row(
                show,
                text,
                "other ABIs",
                &format!("the same on {}", listed(&names)),
            );
        }
        for call in other {
            let words = match self.answer(self.own, call) {
                Answer::Decided(decision) => {
                    let reason = self.own.reason(&decision, call, show);
                    format!("{} ({reason})", outcome(&decision))
                }
                Answer::Depends(conditional) => words::cases(call, &conditional),
            };
            row(show, text, call.abi.name(), &words);
        }
        if !unlisted.is_empty() {
            let names: Vec<String> = unlisted.iter().map(|call| call.abi.to_string()).collect();
            let words = format!(
                "not listed, so whoever comes by it is killed: {}",
                listed(&names)
            );
            row(show, text, "other ABIs", &words);
        }
    }

    /// The multiplexing calls that reach the call as well.
    fn multiplexed(&self, show: &Show, text: &mut String, call: Call) {
        let abis = self.own.abis().into_iter();
        for abi in abis.filter(|abi| self.own.answers(*abi)) {
            let subcall = call.name().and_then(|name| abi.subcall(name));
            let Some(subcall) = subcall else {
                continue;
            };
            let Some(number) = syscalls::number(abi, subcall.multiplexer) else {
                continue;
            };
            let arguments = [u64::from(subcall.operation), 0, 0, 0, 0, 0];
            let decision = self.own.filter.decide(abi, number, arguments);
            let words = format!(
                "`{}` on {abi} reaches it too, where no filter sees its arguments: {}",
                subcall.multiplexer,
                outcome(&decision)
            );
            row(show, text, "also", &words);
        }
    }

    /// What Docker's default does.
    fn against(&self, show: &Show, text: &mut String, call: Call, answer: &Answer) {
        if self.own.named.is_default {
            return;
        }
        let words = match self.answer(self.default, call) {
            default if default.does_as(answer) => "Docker's default does the same".to_owned(),
            Answer::Decided(decision) => {
                format!("with Docker's default it {}", does(&outcome(&decision)))
            }
            Answer::Depends(conditional) => {
                format!(
                    "with Docker's default: {}",
                    words::cases(call, &conditional)
                )
            }
        };
        row(show, text, "default", &words);
    }
}

impl Answer {
    /// Whether both do the same, by whatever rule.
    fn does_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Decided(one), Self::Decided(other)) => one.same_outcomes(other),
            (Self::Depends(one), Self::Depends(other)) => {
                let of = |conditional: &Conditional| {
                    let cases = conditional.cases.iter();
                    let mut cases: Vec<_> = cases
                        .map(|case| (case.outcome, case.conditions.clone()))
                        .collect();
                    cases.sort();
                    (
                        cases,
                        conditional.otherwise.outcomes().to_vec(),
                        conditional.is_doubtful,
                    )
                };
                of(one) == of(other)
            }
            (Self::Decided(_), Self::Depends(_)) | (Self::Depends(_), Self::Decided(_)) => false,
        }
    }
}

/// What the call lets a process do, as far as it is about the arguments that were given.
fn opens(show: &Show, text: &mut String, call: Call, given: &[u64], host: &Host) {
    let Some(name) = call.name() else {
        return;
    };
    let is_meant = |danger: &&syscalls::Danger| {
        let named = openings::named(danger, call);
        let mut asked = named
            .iter()
            .filter_map(|(index, value)| Some((given.get(*index)?, value)));
        named.is_empty() || given.is_empty() || asked.any(|(given, value)| given == value)
    };
    for (at, danger) in syscalls::dangers(name).filter(is_meant).enumerate() {
        let with = danger.with.map(|with| format!("with {with} it "));
        let sources: Vec<String> = danger.sources.iter().map(ToString::to_string).collect();
        let needs: Vec<String> = danger
            .needs
            .iter()
            .map(|one| one.name().to_owned())
            .collect();
        let lacks = openings::lacks(danger, host);
        let needs = match needs.as_slice() {
            [] => String::new(),
            needs if lacks.is_empty() => format!("; it takes {}", needs.join(" or ")),
            _ => lacks,
        };
        let words = format!(
            "{}lets a process {}{needs} ({}: {})",
            with.unwrap_or_default(),
            danger.opens,
            openings::word(danger.grade),
            sources.join(", ")
        );
        let heading = if at == 0 { "opens" } else { "" };
        row(show, text, heading, &words);
    }
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Decided(decision @ Decision::Ambiguous { .. }) => {
            format!("is {}: nobody should rely on either", outcome(decision))
        }
        Answer::Decided(decision) => does(&outcome(decision)),
        Answer::Depends(conditional) => {
            let runs = conditional.cases.iter().any(|case| case.outcome.may_run());
            match (runs, conditional.otherwise.may_run()) {
                (true, false) => "is allowed only for some arguments".to_owned(),
                (false, true) => "is stopped for some arguments".to_owned(),
                _ => "depends on its arguments".to_owned(),
            }
        }
    }
}

/// The cases with the rules, and what is done beside them.
fn cases(
    show: &Show,
    text: &mut String,
    own: &Resolved<'_>,
    call: Call,
    conditional: &Conditional,
) {
    for case in conditional.cases.iter().take(MOST_CASES) {
        let words = format!(
            "where {}: {}",
            call.conditions(&case.conditions),
            own.named.rule(&case.origin, show)
        );
        row(show, text, &case.outcome.to_string(), &words);
    }
    if conditional.cases.len() > MOST_CASES {
        let more = count(conditional.cases.len() - MOST_CASES, "more case");
        row(show, text, "", &more);
    }
    let reason = match conditional.otherwise {
        Decision::Certain {
            origin: Origin::Default(place),
            ..
        } => own.default_action(place, show),
        Decision::Certain { .. } | Decision::Ambiguous { .. } => {
            own.reason(&conditional.otherwise, call, show)
        }
    };
    row(
        show,
        text,
        "otherwise",
        &format!("{}: {reason}", outcome(&conditional.otherwise)),
    );
    if conditional.is_doubtful {
        let words = "libseccomp is known to read conditions like these otherwise than they are \
                     written: do not rely on them";
        row(show, text, "in doubt", words);
    }
}

fn row(show: &Show, text: &mut String, heading: &str, words: &str) {
    let style = match heading {
        "allowed" => Verdict::Conditional.style(),
        _ => QUIET,
    };
    let wide = show.columns_of(heading).max(HEADING - 2) + 2;
    show.paragraph(text, &Piece::new(padded(show, heading, wide), style), words);
}
