//! Findings that were there before: in an older version of the files, or in a baseline.
//!
//! A finding is known if it was at the same file with the same fingerprint; twice the same are known as often as they were.
//! One whose object has left its file since is known wherever the object went.

pub mod baseline;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::finding::locate::Located;
use crate::report::{Checked, Report};

/// Findings that are the same, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The file, as the user knows it.
    pub file: String,
    /// The object, as `check` calls it; none for what is in no object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The rule.
    pub rule: String,
    /// The field, for readers: it is not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What tells the finding from others.
    pub fingerprint: String,
    /// How many.
    pub count: usize,
}

/// Findings as entries, sorted, each once.
pub fn entries(findings: &[Located]) -> Vec<Entry> {
    let mut all: Vec<Entry> = findings
        .iter()
        .map(|finding| Entry {
            file: finding.location.file.to_string(),
            object: finding.object.as_ref().map(ToString::to_string),
            rule: finding.rule.name.to_owned(),
            field: finding.field.clone(),
            fingerprint: finding.fingerprint.clone(),
            count: 1,
        })
        .collect();
    all.sort();
    // Items of one name share a fingerprint and not the field's index: the first one's stands for them.
    let mut known: Vec<Entry> = Vec::with_capacity(all.len());
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for entry in all {
        let place = (entry.file.clone(), entry.fingerprint.clone());
        match places.get(&place).and_then(|at| known.get_mut(*at)) {
            Some(same) => same.count += 1,
            None => {
                places.insert(place, known.len());
                known.push(entry);
            }
        }
    }
    known
}

/// Takes the findings that are known out of a report; how many of each entry were not there any more.
pub fn take(report: &mut Report, known: &[Entry]) -> Vec<usize> {
    let mut left: Vec<usize> = known.iter().map(|entry| entry.count).collect();
    let places: BTreeMap<(&str, &str), usize> = known
        .iter()
        .enumerate()
        .map(|(number, entry)| ((&*entry.file, &*entry.fingerprint), number))
        .collect();
    report.findings.retain(|finding| {
        let number = places.get(&(&*finding.location.file, &*finding.fingerprint));
        !number.is_some_and(|number| use_one(&mut left[*number]))
    });
    let here: BTreeSet<(&str, String)> = if left.iter().any(|count| *count > 0) {
        let objects = report.objects.iter();
        objects
            .map(|Checked { file, id }| (&**file, id.to_string()))
            .collect()
    } else {
        BTreeSet::new()
    };
    let mut moved: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, entry) in known.iter().enumerate().filter(|(number, _)| left[*number] > 0) {
        if let Some(object) = &entry.object
            && !here.contains(&(&*entry.file, object.clone()))
        {
            moved.entry(&entry.fingerprint).or_default().push(number);
        }
    }
    report.findings.retain(|finding| {
        let mut numbers = moved.get(&*finding.fingerprint).into_iter().flatten();
        !numbers.any(|number| use_one(&mut left[*number]))
    });
    left
}

fn use_one(left: &mut usize) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}
