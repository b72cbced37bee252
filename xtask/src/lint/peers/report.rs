//! Agreement in figures, then what to work on: classes of differences, the largest first.

use std::collections::BTreeMap;

use super::compare::{Comparison, Difference, Side};
use super::differences::Differences;
use super::program::Peer;

pub(super) fn print(peer: Peer, comparison: &Comparison<'_>, differences: &Differences, show: &[String]) {
    let mut classes: BTreeMap<(Side, &str), Vec<&Difference<'_>>> = BTreeMap::new();
    let (mut equal, mut both, mut fired, mut explained) = (0, 0, 0, 0);
    let (mut tested, mut right) = (0, 0);
    for verdict in &comparison.verdicts {
        fired += usize::from(verdict.fires);
        tested += usize::from(verdict.is_own_test);
        right += usize::from(verdict.is_own_test && verdict.differences.is_empty());
        if verdict.differences.is_empty() {
            equal += 1;
            both += usize::from(verdict.fires);
            continue;
        }
        let mut left = verdict
            .differences
            .iter()
            .filter(|difference| !differences.explain(peer, difference))
            .peekable();
        explained += usize::from(left.peek().is_none());
        for difference in left {
            classes
                .entry((difference.side, difference.name))
                .or_default()
                .push(difference);
        }
    }
    let all = comparison.verdicts.len();
    println!(
        "\n{}: {} files, {} objects",
        peer.as_str(),
        comparison.files,
        comparison.objects
    );
    println!("  {all} verdicts, {} equal", share(equal, all));
    println!("  {fired} where one side fires, {} equal", share(both, fired));
    println!(
        "  {tested} in the check's own test, {} equal",
        share(right, tested)
    );
    println!(
        "  {explained} differ for a reason, {} without",
        all - equal - explained
    );
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
