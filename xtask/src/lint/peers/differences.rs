//! `docs/dev/peer-differences.md`: the differences that have a reason, one row for each class; and the configuration
//! with which our rules ask what a peer asks unless it is told otherwise.

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, bail};
use cel::{Context, Program, Value};

use super::compare::{Difference, Side};
use super::ours::Known;
use super::program::Peer;

/// All that the document says.
pub(super) struct Differences {
    rows: Vec<Row>,
    /// The text of a `plimsoll.yaml` for each peer that has one.
    configurations: Vec<(Peer, String)>,
}

/// A class of differences.
pub(super) struct Row {
    peer: Peer,
    /// The check of the peer or the rule of ours that fires alone, or `*`.
    name: String,
    side: Side,
    /// Whether validation reports the same mistake.
    is_answered: bool,
    /// A CEL expression that is true of the objects it holds for.
    when: String,
    condition: Program,
    count: Mutex<usize>,
}

impl Differences {
    /// Reads a document: below the heading of a peer, a configuration, and rows of name, side, condition and reason.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let (mut rows, mut peer) = (Vec::new(), None);
        let mut configurations: Vec<(Peer, String)> = Vec::new();
        let mut is_configuration = false;
        for (number, line) in text.lines().enumerate() {
            let at = || format!("{}:{}", path.display(), number + 1);
            if let Some(heading) = line.strip_prefix("## ") {
                peer = Some(heading.parse::<Peer>().with_context(at)?);
            }
            if line.starts_with("```") {
                is_configuration = line == "```yaml";
                configurations.extend(
                    peer.filter(|_| is_configuration)
                        .map(|peer| (peer, String::new())),
                );
                continue;
            }
            if let (true, Some((_, text))) = (is_configuration, configurations.last_mut()) {
                text.push_str(line);
                text.push('\n');
                continue;
            }
            if let (Some(peer), true) = (peer, line.starts_with("| `")) {
                rows.push(Row::read(peer, line).with_context(at)?);
            }
        }
        Ok(Self { rows, configurations })
    }

    /// What our rules are told before they are compared with a peer.
    pub(super) fn configuration(&self, peer: Peer) -> &str {
        let own = self.configurations.iter().find(|(of, _)| *of == peer);
        own.map_or("", |(_, text)| text)
    }

    /// The row that gives the reason for a difference; it is counted there.
    pub(super) fn explain(&self, peer: Peer, difference: &Difference<'_>) -> Option<&Row> {
        let is_of = |row: &&Row| {
            row.peer == peer
                && row.side == difference.side
                && (row.name == "*" || row.name == difference.name)
        };
        let row = self.rows.iter().filter(is_of).find(|row| row.holds(difference))?;
        if let Ok(mut count) = row.count.lock() {
            *count += 1;
        }
        Some(row)
    }

    /// The rows of a peer with the number of differences that each explained.
    pub(super) fn counts(&self, peer: Peer) -> impl Iterator<Item = (String, usize)> {
        let rows = self.rows.iter().filter(move |row| row.peer == peer);
        rows.map(|row| (row.to_string(), row.count.lock().map_or(0, |count| *count)))
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how = if self.is_answered { "answered" } else { "explained" };
        write!(f, "{how}: {} when {}", self.name, self.when)
    }
}

impl Row {
    /// Whether our validation reports the mistake that the peer reports.
    pub(super) fn is_answered(&self) -> bool {
        self.is_answered
    }

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
                "theirs" | "validation" => Side::Theirs,
                "ours" => Side::Ours,
                _ => bail!("`{side}` is neither `theirs`, `ours` nor `validation`"),
            },
            is_answered: side == "validation",
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
        let variables: [(&str, serde_json::Value); 7] = [
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
            (
                "kubernetes",
                (difference.case.kubernetes).map_or(serde_json::Value::Null, |version| version.minor.into()),
            ),
            ("refused", object.is_refused().into()),
            ("errors", object.errors.iter().cloned().collect()),
        ];
        for (name, value) in variables {
            if context.add_variable(name, value).is_err() {
                return false;
            }
        }
        matches!(self.condition.execute(&context), Ok(Value::Bool(true)))
    }
}
