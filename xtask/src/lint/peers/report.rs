//! Agreement in figures, then what to work on: classes of differences, the largest first.

use std::collections::BTreeMap;

use super::compare::{Comparison, Difference, Side, Verdict};
use super::differences::{Differences, Row};
use super::program::Peer;

pub(super) fn print(peer: Peer, comparison: &Comparison<'_>, differences: &Differences, show: &[String]) {
    let is_shown = |name: &str| show.iter().any(|shown| shown == name || shown == "all");
    let mut classes: BTreeMap<(Side, &str), Vec<&Difference<'_>>> = BTreeMap::new();
    let (mut answered, mut reasoned, mut unreasoned) = (0, 0, 0);
    for verdict in &comparison.verdicts {
        let (mut is_reasoned, mut is_answered) = (true, true);
        for difference in &verdict.differences {
            let row = differences.explain(peer, difference);
            is_reasoned &= row.is_some();
            is_answered &= row.is_some_and(Row::is_answered);
            match row {
                None => classes
                    .entry((difference.side, difference.name))
                    .or_default()
                    .push(difference),
                Some(row) if is_shown(difference.name) => println!("{} ({row})", line(difference)),
                Some(_) => {}
            }
        }
        match (verdict.differences.is_empty(), is_answered, is_reasoned) {
            (true, ..) => {}
            (_, true, _) => answered += 1,
            (_, _, true) => reasoned += 1,
            _ => unreasoned += 1,
        }
    }
    println!(
        "\n{}: {} files, {} objects",
        peer.as_str(),
        comparison.files,
        comparison.objects
    );
    let print = |what: &str, holds: fn(&Verdict<'_>) -> bool| {
        let some = || comparison.verdicts.iter().filter(|verdict| holds(verdict));
        let equal = some().filter(|verdict| verdict.differences.is_empty()).count();
        println!(
            "  {:6} {what}, equal {}",
            some().count(),
            share(equal, some().count())
        );
    };
    print("verdicts", |_| true);
    print("where one side fires", |verdict| verdict.fires);
    print("on objects that a server takes", |verdict| verdict.is_accepted);
    print("in a test of the check itself", |verdict| verdict.is_own_test);
    let equal = comparison
        .verdicts
        .iter()
        .filter(|verdict| verdict.differences.is_empty())
        .count();
    let all = comparison.verdicts.len();
    println!(
        "  equal, or the mistake is one that validation reports: {}",
        share(equal + answered, all)
    );
    println!(
        "  equal, so reported, or different for a reason: {}",
        share(equal + answered + reasoned, all)
    );
    println!("  {answered:6} answered by validation, {reasoned} differ for a reason, {unreasoned} without");
    println!(
        "  {:6} more where a rule of ours fires and the peer does not look",
        comparison.only_ours
    );
    for (row, count) in differences.counts(peer) {
        println!("{count:5}  {row}");
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    for ((side, name), members) in classes {
        println!("{:5}  {}: {name}", members.len(), alone(side));
        let shown = if is_shown(name) { members.len() } else { 1 };
        for member in members.iter().take(shown) {
            println!("         {}", line(member));
        }
    }
}

fn alone(side: Side) -> &'static str {
    match side {
        Side::Theirs => "only theirs",
        Side::Ours => "only ours",
    }
}

fn line(difference: &Difference<'_>) -> String {
    let version = difference.case.kubernetes;
    let version = version.map_or_else(String::new, |version| format!(" in {version}"));
    format!(
        "{}{version}: {}: {}: {}",
        difference.case.file.display(),
        difference.object,
        alone(difference.side),
        difference.name
    )
}

/// A count and its share in per cent.
#[allow(clippy::cast_precision_loss, reason = "counts of verdicts are far below 2^52")]
fn share(part: usize, whole: usize) -> String {
    format!("{part} ({:.2} %)", 100.0 * part as f64 / whole.max(1) as f64)
}
