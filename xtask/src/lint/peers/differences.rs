//! `docs/dev/peer-differences.md`: the differences that have a reason, one row for each class.

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, bail};
use cel::{Context, Program, Value};

use super::compare::{Difference, Side};
use super::ours::Known;
use super::program::Peer;

/// All rows.
pub(super) struct Differences(Vec<Row>);

/// A class of differences.
pub(super) struct Row {
    peer: Peer,
    /// The check of the peer or the rule of ours that fires alone, or `*`.
    name: String,
    side: Side,
    /// A CEL expression that is true of the objects it holds for.
    when: String,
    condition: Program,
    count: Mutex<usize>,
}

impl Differences {
    /// Reads the tables of a document: below the heading of a peer, rows of name, side, condition and reason.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let (mut rows, mut peer) = (Vec::new(), None);
        for (number, line) in text.lines().enumerate() {
            let at = || format!("{}:{}", path.display(), number + 1);
            if let Some(heading) = line.strip_prefix("## ") {
                peer = Some(heading.parse::<Peer>().with_context(at)?);
            }
            if let (Some(peer), true) = (peer, line.starts_with("| `")) {
                rows.push(Row::read(peer, line).with_context(at)?);
            }
        }
        Ok(Self(rows))
    }

    /// Whether a row gives the reason for a difference; it is counted there.
    pub(super) fn explain(&self, peer: Peer, difference: &Difference<'_>) -> bool {
        let is_of = |row: &&Row| {
            row.peer == peer
                && row.side == difference.side
                && (row.name == "*" || row.name == difference.name)
        };
        let row = self.0.iter().filter(is_of).find(|row| row.holds(difference));
        let count = row.and_then(|row| row.count.lock().ok());
        count.map(|mut count| *count += 1).is_some()
    }

    /// The rows of a peer with the number of differences that each explained.
    pub(super) fn counts(&self, peer: Peer) -> impl Iterator<Item = (String, usize)> {
        let rows = self.0.iter().filter(move |row| row.peer == peer);
        rows.map(|row| {
            let count = row.count.lock().map_or(0, |count| *count);
            (format!("{} when {}", row.name, row.when), count)
        })
    }
}

impl Row {
    fn read(peer: Peer, line: &str) -> anyhow::Result<Self> {
        let line = line.trim_matches(['|', ' ']).replace("\\|", "\0");
        let cells: Vec<String> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`').replace('\0', "|"))
            .collect();
        let [name, side, when, reason] = &cells[..] else {
            bail!("a row has four cells: name, who says it, when, why");
        };
        if reason.is_empty() {
            bail!("no reason");
        }
        let condition = Program::compile(when).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Self {
            peer,
            name: name.clone(),
            side: match side.as_str() {
                "theirs" => Side::Theirs,
                "ours" => Side::Ours,
                _ => bail!("`{side}` is neither `theirs` nor `ours`"),
            },
            when: when.clone(),
            condition,
            count: Mutex::default(),
        })
    }

    /// A condition that fails, as on a field that is not there, does not hold.
    fn holds(&self, difference: &Difference<'_>) -> bool {
        let known = &difference.case.ours.objects;
        let nothing = Known::default();
        let object = known.get(difference.object).unwrap_or(&nothing);
        let mut context = Context::default();
        let lists = ["initContainers", "containers"].map(|list| object.pod[list].as_array());
        let variables: [(&str, serde_json::Value); 5] = [
            ("object", object.json.clone()),
            (
                "objects",
                known.values().map(|known| known.json.clone()).collect(),
            ),
            ("pod", object.pod.clone()),
            (
                "containers",
                lists.into_iter().flatten().flatten().cloned().collect(),
            ),
            ("refused", object.is_refused.into()),
        ];
        for (name, value) in variables {
            if context.add_variable(name, value).is_err() {
                return false;
            }
        }
        matches!(self.condition.execute(&context), Ok(Value::Bool(true)))
    }
}
