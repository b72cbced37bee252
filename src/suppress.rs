//! Findings that someone looked at and accepted: comments and annotations, ours and those of other linters, and entries
//! of the configuration.
//!
//! One model for schema, admission, lint and diff. A note that does nothing, has ended or cannot be read is a finding itself.

mod accepted;
mod annotation;
mod block;
mod comment;
mod index;
mod notes;
mod words;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage, locate};
use crate::lint::RuleSet;
use crate::manifest::fleet::Fleet;
use crate::manifest::{ManifestId, Route};
use crate::source::Span;

use index::Index;

pub use accepted::{Acceptance, Accepted};
pub use notes::Notes;

macro_rules! rule {
    ($constant:ident, $name:literal, $summary:literal) => {
        #[doc = $summary]
        pub static $constant: RuleMeta = RuleMeta {
            name: $name,
            group: Group::Suppressions,
            stage: Stage::Lint,
            severity: Severity::Warning,
            default: true,
            summary: $summary,
            peers: &[],
            fix: None,
            page: include_str!(concat!("../fixtures/rules/", $name, ".md")),
        };
    };
}

rule!(
    EXPIRED_SUPPRESSION,
    "expired-suppression",
    "a suppression whose last day is over"
);
rule!(
    INVALID_SUPPRESSION,
    "invalid-suppression",
    "a suppression that cannot be read, or names no rule"
);
rule!(
    UNUSED_SUPPRESSION,
    "unused-suppression",
    "a suppression that suppresses nothing"
);

/// The rules of this module.
pub static RULES: &[&RuleMeta] = &[&EXPIRED_SUPPRESSION, &INVALID_SUPPRESSION, &UNUSED_SUPPRESSION];

/// What is known besides the findings.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a, 'm> {
    /// The objects.
    pub fleet: &'a Fleet<'m>,
    /// All rules of every stage.
    pub rules: &'a [&'static RuleMeta],
    /// The lint rules that ran: a suppression of one that did not is not unused.
    pub ran: &'a RuleSet,
    /// The day on which a suppression is judged; without one, none has ended.
    pub today: Option<Date>,
}

/// A note that findings of some rules are accepted in some place.
#[derive(Debug)]
struct Suppression {
    rules: Vec<&'static RuleMeta>,
    scope: Scope,
    /// Where it is written.
    at: Anchor,
    until: Option<Date>,
    /// Whether it is written for us; what is written for another tool may well do nothing here.
    is_ours: bool,
}

impl Suppression {
    fn has_ended(&self, today: Option<Date>) -> bool {
        let ended = self.until.zip(today);
        ended.is_some_and(|(until, today)| until < today)
    }
}

#[derive(Debug)]
enum Scope {
    Object(ManifestId),
    Part(ManifestId, Route),
    Text(Span),
}

impl Scope {
    fn holds(&self, at: &Anchor, span: Option<Span>) -> bool {
        match (self, at) {
            (Self::Object(own), Anchor::Route(number, ..)) => own == number,
            (Self::Part(own, part), Anchor::Route(number, route, _)) => {
                own == number && route.steps().starts_with(part.steps())
            }
            (Self::Text(text), _) => span
                .is_some_and(|span| span.file == text.file && (text.start..text.end).contains(&span.start)),
            (Self::Object(_) | Self::Part(..), _) => false,
        }
    }
}

/// Takes out what is suppressed, adds what is wrong with suppressions, and counts what was taken.
pub fn apply(findings: &mut Vec<Finding>, context: &Context<'_, '_>) -> usize {
    let (mut notes, mut problems) = (Vec::new(), Vec::new());
    annotation::read(context, &mut notes, &mut problems);
    comment::read(context, &mut notes, &mut problems);
    if notes.is_empty() && problems.is_empty() {
        return 0;
    }
    let (ended, notes): (Vec<_>, Vec<_>) = notes.into_iter().partition(|note| note.has_ended(context.today));
    let expired = |note: &Suppression| Some(expired(&note.rules, note.until?, &note.at));
    problems.extend(ended.iter().filter_map(expired));
    let index = Index::of(&notes);
    let before = findings.len();
    let mut used: BTreeSet<(usize, &str)> = BTreeSet::new();
    findings.retain(|finding| {
        let span = locate::span(context.fleet.manifests(), &finding.at);
        let mut is_suppressed = false;
        for number in index.near(&finding.at, span) {
            let note = &notes[number];
            if note.rules.contains(&finding.rule) && note.scope.holds(&finding.at, span) {
                used.insert((number, finding.rule.name));
                is_suppressed = true;
            }
        }
        !is_suppressed
    });
    let count = before - findings.len();
    for (number, note) in notes.iter().enumerate().filter(|(_, note)| note.is_ours) {
        let idle = note
            .rules
            .iter()
            .filter(|rule| ran(rule, context.ran) && !used.contains(&(number, rule.name)));
        problems.extend(idle.map(|rule| unused(rule, &note.at)));
    }
    findings.append(&mut problems);
    count
}

/// Whether a rule ran at all. Only lint rules are chosen; what a change does is not known of one side.
fn ran(rule: &RuleMeta, chosen: &RuleSet) -> bool {
    match rule.stage {
        Stage::Lint => chosen.runs(rule),
        Stage::Diff => false,
        _ => true,
    }
}

fn unused(rule: &RuleMeta, at: &Anchor) -> Finding {
    let message = format!(
        "nothing here is reported as `{}`: the suppression does nothing",
        rule.name
    );
    Finding::new(&UNUSED_SUPPRESSION, at.clone(), message)
        .help("remove it: it would hide the next mistake of this kind without anyone having looked")
}

fn expired(rules: &[&RuleMeta], until: Date, at: &Anchor) -> Finding {
    let names: Vec<String> = rules.iter().map(|rule| format!("`{}`", rule.name)).collect();
    let message = format!("the suppression of {} ended with {until}", names.join(", "));
    Finding::new(&EXPIRED_SUPPRESSION, at.clone(), message)
        .help("mend what it hides, or give it a new day after looking at it again")
}
