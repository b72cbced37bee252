//! Every check of the linters that we compare ourselves with is answered by a rule, or there is a reason.

use std::collections::BTreeSet;
use std::fs;

use plimsoll::catalog;
use plimsoll::schema::{Bundle, removed};

use crate::support;

#[test]
fn every_check_is_answered_or_has_its_reason() {
    let rules = catalog::all();
    let answered: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.peers).copied().collect();
    let reasons =
        fs::read_to_string(support::root().join("docs/dev/rules-not-taken.md")).expect("the reasons");
    let (mut lists, mut open) = (0, Vec::new());
    for entry in fs::read_dir(support::root().join("fixtures/peers")).expect("the lists") {
        let path = entry.expect("an entry").path();
        let peer = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let list = fs::read_to_string(&path).expect("a list");
        assert!(list.lines().count() > 20, "{peer}: a list that is cut off");
        lists += 1;
        open.extend(
            list.lines()
                .map(|check| format!("{peer}:{check}"))
                .filter(|check| {
                    let is_answered = match check.strip_prefix("pluto:").and_then(|api| api.split_once(' ')) {
                        Some((api_version, kind)) => is_known(api_version, kind),
                        None => answered.contains(check.as_str()),
                    };
                    !is_answered && !reasons.contains(&format!("`{check}`"))
                }),
        );
    }
    assert_eq!(lists, 8);
    assert_eq!(
        open,
        Vec::<String>::new(),
        "name them in a rule's `peers`, or give the reason"
    );
}

/// Whether `deprecated-api` or `superseded-api` can speak of a kind: we know when it was served.
fn is_known(api_version: &str, kind: &str) -> bool {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    removed::find(api_version, kind).is_some()
        || Bundle::embedded().kind(group, version, kind).next().is_some()
}
