//! The orders of findings that formats with limits need, and numbers for what is alike.

use std::collections::HashMap;

use super::Report;
use crate::finding::locate::Located;

/// The gravest first: by severity, then by stage (what the server refuses before what hurts later), then as reported.
/// What a consumer leaves out is at the end.
pub(super) fn gravest_first(report: &Report) -> Vec<&Located> {
    let mut findings: Vec<&Located> = report.findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule.stage));
    findings
}

/// Findings with how many of the same fingerprint came before them, which is stable while the order is: fingerprint and
/// number together are unique.
pub(super) fn numbered<'a>(
    findings: impl IntoIterator<Item = &'a Located>,
) -> impl Iterator<Item = (&'a Located, usize)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    findings.into_iter().map(move |finding| {
        let count = seen.entry(&finding.fingerprint).or_default();
        *count += 1;
        (finding, *count)
    })
}
