//! What a run found: agreement by kind, and what to work on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use super::Case;
use super::agreement::{Agreement, shape, shape_of_text};
use super::ours::Refusal;
use super::verdict::Verdict;

/// One case with both verdicts.
pub(super) struct Outcome<'a> {
    pub(super) case: &'a Case,
    pub(super) server: &'a Verdict,
    pub(super) ours: Vec<Refusal>,
    pub(super) agreement: Agreement,
}

#[derive(Default)]
struct Counts([usize; 5]);

impl Counts {
    const fn of(&self, agreement: Agreement) -> usize {
        self.0[agreement as usize]
    }

    fn all(&self) -> usize {
        self.0.iter().sum()
    }

    fn line(&self) -> String {
        let refused = self.of(Agreement::Refused) + self.of(Agreement::OtherField);
        let same = self.of(Agreement::Accepted) + refused;
        format!(
            "{:>7} {:>7.2} % {:>7} {:>7} {:>7.2} %",
            self.all(),
            percent(same, self.all()),
            self.of(Agreement::Missed),
            self.of(Agreement::FalseAlarm),
            percent(self.of(Agreement::Refused), refused)
        )
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        100.0 * part as f64 / whole as f64
    }
}

/// The report as text: a table by kind, then clusters of disagreements, the largest first.
pub(super) fn print(outcomes: &[Outcome<'_>], most: usize) -> String {
    let mut out = String::new();
    let mut total = Counts::default();
    let mut by_kind: BTreeMap<&str, Counts> = BTreeMap::new();
    for outcome in outcomes {
        for counts in [&mut total, by_kind.entry(&outcome.case.kind).or_default()] {
            if let Some(count) = counts.0.get_mut(outcome.agreement as usize) {
                *count += 1;
            }
        }
    }
    let _ = writeln!(
        out,
        "{:<36} {:>7} {:>9} {:>7} {:>7} {:>9}",
        "kind", "cases", "verdict", "missed", "alarms", "field"
    );
    for (kind, counts) in &by_kind {
        let _ = writeln!(out, "{kind:<36} {}", counts.line());
    }
    let _ = writeln!(out, "{:<36} {}", "all", total.line());

    let mut clusters: BTreeMap<String, Vec<&Outcome<'_>>> = BTreeMap::new();
    for outcome in outcomes {
        if let Some(name) = cluster(outcome) {
            clusters.entry(name).or_default().push(outcome);
        }
    }
    let mut clusters: Vec<_> = clusters.into_iter().collect();
    clusters.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    let _ = writeln!(out, "\n{} classes of disagreement", clusters.len());
    for (name, members) in clusters.iter().take(most) {
        let Some(example) = members.first() else { continue };
        let _ = writeln!(out, "\n{:>5}  {name}", members.len());
        let _ = writeln!(
            out,
            "       case {} of {}: {}",
            example.case.number,
            example.case.file,
            example.case.how.join("; ")
        );
        if !example.server.accepted {
            let text: String = example.server.text.chars().take(300).collect();
            let _ = writeln!(out, "       server: {text}");
        }
        if let Some(first) = example.ours.first() {
            let _ = writeln!(
                out,
                "       ours:   {} at {}: {}",
                first.rule, first.field, first.message
            );
        }
    }
    if clusters.len() > most {
        let _ = writeln!(out, "\n… and {} more classes (--show)", clusters.len() - most);
    }
    out
}

/// What makes disagreements one class.
pub(super) fn cluster(outcome: &Outcome<'_>) -> Option<String> {
    let kind = &outcome.case.kind;
    let word = outcome.agreement.as_str();
    match outcome.agreement {
        Agreement::Accepted | Agreement::Refused => None,
        Agreement::FalseAlarm => {
            let first = outcome.ours.first()?;
            Some(format!(
                "{word}  {kind}  {}  {}  {}",
                shape(&first.field),
                first.rule,
                shape_of_text(&first.message)
            ))
        }
        Agreement::Missed | Agreement::OtherField => {
            let class = match outcome.server.errors.first() {
                Some(error) => format!("{}  {}", shape(&error.field), shape_of_text(&error.detail)),
                None => shape_of_text(&outcome.server.text),
            };
            let mine = outcome
                .ours
                .first()
                .map(|first| format!("  | ours {}", shape(&first.field)));
            Some(format!(
                "{word}  {kind}  {}  {class}{}",
                outcome.server.stage,
                mine.unwrap_or_default()
            ))
        }
    }
}

/// All disagreements as JSON lines, with their manifests.
pub(super) fn write(outcomes: &[Outcome<'_>], path: &Path) -> anyhow::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for outcome in outcomes {
        let Some(name) = cluster(outcome) else { continue };
        let ours: Vec<_> = outcome
            .ours
            .iter()
            .map(|refusal| serde_json::json!({"rule": refusal.rule, "field": refusal.field, "message": refusal.message}))
            .collect();
        let line = serde_json::json!({
            "case": outcome.case.number, "kind": outcome.case.kind, "file": outcome.case.file, "agreement": outcome.agreement.as_str(), "class": name,
            "how": outcome.case.how, "server": outcome.server, "ours": ours, "object": outcome.case.text, "old": outcome.case.old,
        });
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// All cases with the server's verdicts, compressed: `tests/it/apiserver.rs` reads them.
pub(super) fn write_goldens(outcomes: &[Outcome<'_>], crds: &[String], path: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::create(path)?;
    let mut file = flate2::GzBuilder::new()
        .mtime(0)
        .write(file, flate2::Compression::best());
    for crd in crds {
        serde_json::to_writer(&mut file, &serde_json::json!({"crd": crd}))?;
        file.write_all(b"\n")?;
    }
    for outcome in outcomes {
        let mut verdict = outcome.server.clone();
        verdict.text.clear();
        for error in &mut verdict.errors {
            error.detail = error.detail.chars().take(120).collect();
        }
        let line = serde_json::json!({
            "kind": outcome.case.kind, "file": outcome.case.file, "how": outcome.case.how.join("; "),
            "object": outcome.case.text, "old": outcome.case.old, "server": verdict,
        });
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
    }
    file.finish()?;
    Ok(())
}
