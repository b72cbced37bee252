//! The difference as a comment on a pull request: a table of all changes, worst first, and the details of each to unfold.
//!
//! Hosts refuse comments of more than 65,536 characters. What does not fit is left out from the end, where the least is at
//! stake: first details, then rows; and the comment says how much.

use std::fmt::Write as _;
use std::io;

use super::diff::{self, Telling};
use super::diff_unified;
use super::markdown::{plain, with_code};
use crate::diff::{ChangeSet, Impact};

/// The most a comment may hold; bytes are counted, of which there are never fewer than characters.
const LIMIT: usize = 65_536;
/// What is kept for saying that something was left out.
const NOTE: usize = 300;

/// Writes the comment.
///
/// # Errors
/// When the output cannot be written.
pub fn write(changes: &ChangeSet, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(comment(changes, LIMIT).as_bytes())
}

fn comment(changes: &ChangeSet, limit: usize) -> String {
    let mut text = format!("### {}\n", capitalized(&diff::summary(changes)));
    if changes.is_empty() {
        return text;
    }
    text.push_str("\n| impact | object | why |\n|---|---|---|\n");
    let tellings = diff::tellings(changes);
    let room = limit.saturating_sub(NOTE);
    let mut rows = 0;
    for telling in &tellings {
        let row = row(telling);
        if text.len() + row.len() > room {
            break;
        }
        text.push_str(&row);
        rows += 1;
    }
    let mut details = 0;
    for telling in tellings.iter().take(rows) {
        let detail = detail(telling);
        if text.len() + detail.len() > room {
            // A smaller one of the same weight may still fit, but the order says what matters: the rest is left out.
            break;
        }
        text.push_str(&detail);
        details += 1;
    }
    if rows < tellings.len() {
        let _ = write!(
            text,
            "\n_{} of {} changes are left out, with the least impact, and the details of {}: a comment holds {limit} characters. `plimsoll diff` shows all._\n",
            tellings.len() - rows,
            tellings.len(),
            rows - details
        );
    } else if details < rows {
        let _ = write!(
            text,
            "\n_The details of {} of {rows} changes are left out, beginning with the least impact: a comment holds {limit} characters. `plimsoll diff` shows all._\n",
            rows - details
        );
    }
    text
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// How grave an impact is, at a glance.
const fn light(impact: Impact) -> &'static str {
    match impact {
        Impact::Refused | Impact::Data | Impact::Recreate | Impact::Removed => "🔴",
        Impact::Traffic | Impact::RollingRestart | Impact::Permissions | Impact::Schedule | Impact::Scale => {
            "🟡"
        }
        Impact::Added | Impact::InPlace | Impact::None => "🟢",
    }
}

fn row(telling: &Telling<'_>) -> String {
    let change = telling.change;
    let why = match (diff::reasons(change), &change.moved_from) {
        ([first, ..], _) => first.message.clone(),
        ([], _) => change.impact.meaning().to_owned(),
    };
    let also = match telling.same.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "| {} {}{} | {} {}{also} | {} |\n",
        light(change.impact),
        change.impact.as_str(),
        diff::accepted(change.is_accepted()),
        diff::sign(change),
        plain(&change.object.to_string()),
        with_code(&why)
    )
}

fn detail(telling: &Telling<'_>) -> String {
    let change = telling.change;
    let title = plain(&change.object.to_string());
    let mut text = format!(
        "\n<details><summary>{} {title}: {}</summary>\n\n",
        diff::sign(change),
        change.impact.as_str()
    );
    if let Some(before) = &change.moved_from {
        let _ = writeln!(text, "- was {}", plain(&before.to_string()));
    }
    if let Some(elsewhere) = telling.elsewhere() {
        let _ = writeln!(text, "- {}", plain(&elsewhere));
    }
    for reason in &change.reasons {
        let _ = writeln!(
            text,
            "- **{}**: {}{}",
            reason.impact.as_str(),
            with_code(&reason.message),
            diff::accepted(reason.accepted)
        );
    }
    let hunks = diff_unified::hunks(change);
    if !hunks.is_empty() {
        let fence = fence(&hunks);
        let _ = write!(text, "\n{fence}diff\n{hunks}{fence}\n");
    }
    text.push_str("\n</details>\n");
    text
}

/// More backticks than the text has in a row, so that it cannot end its block.
fn fence(text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::fence;

    #[test]
    fn a_text_does_not_end_its_block() {
        assert_eq!(fence("a"), "```");
        assert_eq!(fence("+ ````\n"), "`````");
    }
}
