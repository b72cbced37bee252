//! Agreement in figures, then what to work on: classes of differences, the largest first.

use std::collections::BTreeMap;

use super::compare::{Comparison, Difference, Side, Verdict};
use super::differences::Differences;
use super::program::Peer;

pub(super) fn print(peer: Peer, comparison: &Comparison<'_>, differences: &Differences, show: &[String]) {
    let mut classes: BTreeMap<(Side, &str), Vec<&Difference<'_>>> = BTreeMap::new();
    let (mut reasoned, mut unreasoned) = (0, 0);
    for verdict in &comparison.verdicts {
        let mut left = verdict
            .differences
            .iter()
            .filter(|difference| !differences.explain(peer, difference))
            .peekable();
        if left.peek().is_some() {
            unreasoned += 1;
        } else if !verdict.differences.is_empty() {
            reasoned += 1;
        }
        for difference in left {
            let class = (difference.side, difference.name);
            classes.entry(class).or_default().push(difference);
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
    println!("  {reasoned:6} differ for a reason, {unreasoned} without");
    for (row, count) in differences.counts(peer) {
        println!("{count:5}  explained: {row}");
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    for ((side, name), members) in classes {
        let side = match side {
            Side::Theirs => "only theirs",
            Side::Ours => "only ours",
        };
        println!("{:5}  {side}: {name}", members.len());
        let shown = if show.iter().any(|shown| shown == name) {
            members.len()
        } else {
            1
        };
        for member in members.iter().take(shown) {
            println!("         {}: {}", member.case.file.display(), member.object);
        }
    }
}

/// A count and its share in per cent.
#[allow(clippy::cast_precision_loss, reason = "counts of verdicts are far below 2^52")]
fn share(part: usize, whole: usize) -> String {
    format!("{part} ({:.2} %)", 100.0 * part as f64 / whole.max(1) as f64)
}
