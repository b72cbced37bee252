//! Findings that the configuration accepts.
//!
//! An entry may speak of objects of several units of a run, so whether it does anything is known at the end.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{expired, ran, unused};
use crate::finding::{Anchor, Finding, RuleMeta};
use crate::lint::RuleSet;
use crate::manifest::fleet::Fleet;
use crate::manifest::select::Selects;
use crate::source::{SourceId, SourceMap, Span};

/// Findings that are accepted.
#[derive(Debug)]
pub struct Accepted {
    /// Of these rules.
    pub rules: Vec<&'static RuleMeta>,
    /// About these objects.
    pub selects: Selects,
    /// Where it is written, in the text of the configuration.
    pub span: plimsoll_yaml::Span,
    /// The last day.
    pub until: Option<Date>,
}

/// What entries of the configuration did.
#[derive(Debug, Default, Clone)]
pub struct Acceptance {
    /// How many findings were taken out.
    pub count: usize,
    /// The entries that speak of some object of the run.
    met: BTreeSet<usize>,
    /// Entries, and the rules that they accepted findings of.
    used: BTreeSet<(usize, &'static str)>,
    /// Entries, and those of their rules that ran.
    ran: BTreeSet<(usize, &'static str)>,
}

impl Acceptance {
    /// Takes out the findings that entries accept.
    pub fn apply(
        findings: &mut Vec<Finding>,
        entries: &[&Accepted],
        fleet: &Fleet<'_>,
        rules: &RuleSet,
        sources: &SourceMap,
        today: Option<Date>,
    ) -> Self {
        let mut done = Self::default();
        if entries.is_empty() {
            return done;
        }
        for (number, entry) in entries.iter().enumerate() {
            let is_met = fleet.manifests().iter().any(|manifest| {
                let path = &sources.get(manifest.source).path;
                entry.selects.matches(manifest, fleet.namespace(manifest), path)
            });
            if is_met {
                done.met.insert(number);
            }
            let ran = entry.rules.iter().filter(|rule| ran(rule, rules));
            done.ran.extend(ran.map(|rule| (number, rule.name)));
        }
        let before = findings.len();
        findings.retain(|finding| {
            let selects = |entry: &Accepted| match &finding.at {
                Anchor::Route(object, ..) => {
                    let manifest = fleet.manifests().get(*object);
                    let path = &sources.get(manifest.source).path;
                    entry.selects.matches(manifest, fleet.namespace(manifest), path)
                }
                Anchor::Text(span) => entry.selects.matches_text(&sources.get(span.file).path),
                Anchor::File(path) => entry.selects.matches_text(path),
            };
            let mut is_accepted = false;
            for (number, entry) in entries.iter().enumerate() {
                if !entry.has_ended(today) && entry.rules.contains(&finding.rule) && selects(entry) {
                    done.used.insert((number, finding.rule.name));
                    is_accepted = true;
                }
            }
            !is_accepted
        });
        done.count = before - findings.len();
        done
    }

    /// What the first entries did, and what the others did; all findings are counted with the first.
    pub fn split(self, first: usize) -> (Self, Self) {
        let later = |set: BTreeSet<(usize, &'static str)>| -> (BTreeSet<_>, BTreeSet<_>) {
            let (own, rest): (BTreeSet<_>, BTreeSet<_>) =
                set.into_iter().partition(|(number, _)| *number < first);
            (
                own,
                rest.into_iter()
                    .map(|(number, rule)| (number - first, rule))
                    .collect(),
            )
        };
        let (met, met_later): (BTreeSet<_>, BTreeSet<_>) =
            self.met.into_iter().partition(|number| *number < first);
        let ((used, used_later), (ran, ran_later)) = (later(self.used), later(self.ran));
        let rest = Self {
            count: 0,
            met: met_later.into_iter().map(|number| number - first).collect(),
            used: used_later,
            ran: ran_later,
        };
        (
            Self {
                count: self.count,
                met,
                used,
                ran,
            },
            rest,
        )
    }

    /// Adds what the same entries did in another unit.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.met.extend(other.met);
        self.used.extend(other.used);
        self.ran.extend(other.ran);
    }

    /// What is wrong with the entries: ended, or of no use. One that speaks of no object of the run is only of no use
    /// when the run is of the whole project.
    pub fn problems(
        &self,
        entries: &[Accepted],
        source: SourceId,
        is_whole: bool,
        today: Option<Date>,
    ) -> Vec<Finding> {
        let mut problems = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            let at = Anchor::Text(Span::in_part(source, 0, entry.span));
            if let Some(until) = entry.until.filter(|_| entry.has_ended(today)) {
                problems.push(expired(&entry.rules, until, &at));
            } else if is_whole || self.met.contains(&number) {
                let idle = entry.rules.iter().filter(|rule| {
                    let what = (number, rule.name);
                    self.ran.contains(&what) && !self.used.contains(&what)
                });
                problems.extend(idle.map(|rule| unused(rule, &at)));
            }
        }
        problems
    }
}

impl Accepted {
    fn has_ended(&self, today: Option<Date>) -> bool {
        let days = self.until.zip(today);
        days.is_some_and(|(until, today)| until < today)
    }
}
