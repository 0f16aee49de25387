//! What a rule says.

use caulk_source::Span;

use crate::{Confidence, Remedy, RuleInfo, Severity, Surface};

/// A place and what is said of it. The labels of a finding read as one sentence across the snippet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said of it: lower case, no full stop.
    pub text: String,
}

impl Label {
    /// A place and what is said of it.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }
}

/// A text that nobody is to be shown, whatever is printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hidden {
    /// Where it is written, or something that holds it is.
    pub span: Span,
    /// The text. Where it is not found in the place as it is, the whole place is hidden.
    pub text: String,
}

/// One weakness of one container (or of one file), with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule that says so.
    pub rule: &'static RuleInfo,
    /// How bad it is here.
    pub severity: Severity,
    /// How sure caulk is here.
    pub confidence: Confidence,
    /// What it hangs on, where the confidence is not high and the rule knows: reads after "medium: ".
    pub doubt: Option<String>,
    /// The first line. It stands alone: what is wrong, with whom.
    pub message: String,
    /// With whom: "service `worker`", "stage `build`", "image"; nothing where a file is meant.
    pub container: Option<String>,
    /// Where that container is declared.
    pub declared: Option<Span>,
    /// The kind of file in which it lies.
    pub surface: Surface,
    /// Where it is.
    pub primary: Label,
    /// What else bears on it.
    pub related: Vec<Label>,
    /// Why it matters here.
    pub why: String,
    /// What to do, where the fix does not say it already.
    pub advice: Option<String>,
    /// What should hold instead.
    pub remedy: Option<Remedy>,
    /// What the finding is about, free of lines and columns: part of its fingerprint.
    pub fact: String,
    /// What is hidden wherever its lines are shown, for this finding or for another.
    pub hidden: Vec<Hidden>,
}

impl Finding {
    /// A finding at `primary`, with the worst severity and the highest confidence of its rule.
    pub fn new(
        rule: &'static RuleInfo,
        surface: Surface,
        primary: Label,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self {
            rule,
            severity: rule.severities.worst(),
            confidence: rule.confidence,
            doubt: None,
            fact: message.clone(),
            message,
            container: None,
            declared: None,
            surface,
            primary,
            related: Vec::new(),
            why: String::new(),
            advice: None,
            remedy: None,
            hidden: Vec::new(),
        }
    }

    /// With this severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With no more than this confidence: it can only be lowered.
    #[must_use]
    pub fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// With no more than this confidence, because of this: it is said where the confidence is.
    #[must_use]
    pub fn doubted(mut self, confidence: Confidence, because: impl Into<String>) -> Self {
        if confidence < self.confidence {
            self.doubt = Some(because.into());
        }
        self.at_most(confidence)
    }

    /// About this container, which is declared at this place.
    #[must_use]
    pub fn container(mut self, container: impl Into<String>, declared: Span) -> Self {
        self.container = Some(container.into());
        self.declared = Some(declared);
        self
    }

    /// With another place that bears on it.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label::new(span, text));
        self
    }

    /// Why it matters here.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// What to do, where there is no fix or it does not say it already.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// What should hold instead.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// With a text at this place that nobody is to be shown.
    #[must_use]
    pub fn hide(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.hidden.push(Hidden { span, text });
        self
    }

    /// What it is about, free of lines and columns and of what may change while the weakness stays.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.fact = fact.into();
        self
    }
}
