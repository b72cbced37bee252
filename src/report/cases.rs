//! A report as a series of tests: each finding is one, and each object of which nothing was found.

use std::collections::HashSet;

use super::Report;
use super::text::one_line;
use crate::finding::locate::Located;
use crate::manifest::ObjectId;

/// One test.
pub(super) struct Case<'r> {
    /// The file it is about.
    pub(super) file: &'r str,
    /// What it is called: the same in the next run, where nothing changes.
    pub(super) name: String,
    /// What was found; nothing for an object that is well.
    pub(super) finding: Option<&'r Located>,
}

/// All tests, those of one file together, files in the order in which they first appear.
pub(super) fn cases(report: &Report) -> Vec<Case<'_>> {
    let found: HashSet<&ObjectId> = report
        .findings
        .iter()
        .filter_map(|finding| finding.object.as_ref())
        .collect();
    let findings = report.findings.iter().map(|finding| Case {
        file: &finding.location.file,
        name: name(finding),
        finding: Some(finding),
    });
    let well = report
        .objects
        .iter()
        .filter(|object| !found.contains(&object.id))
        .map(|object| Case {
            file: &object.file,
            name: one_line(&object.id.to_string()).into_owned(),
            finding: None,
        });
    let mut cases: Vec<Case<'_>> = findings.chain(well).collect();
    let mut order: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for case in &cases {
        let next = order.len();
        order.entry(case.file).or_insert(next);
    }
    cases.sort_by_key(|case| order.get(case.file).copied());
    cases
}

/// `latest-tag: Deployment shop/web spec.template.spec.containers[0].image`.
fn name(finding: &Located) -> String {
    let mut name = finding.rule.name.to_owned();
    if let Some(object) = &finding.object {
        name.push_str(": ");
        name.push_str(&one_line(&object.to_string()));
    }
    if let Some(field) = &finding.field {
        name.push(' ');
        name.push_str(&one_line(field));
    }
    name
}
