//! Two texts, and which lines of the expected one can be relied on.

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same bytes.
    Identical,
    /// The same in every line that is the same in all runs of the real tool.
    StableLinesIdentical,
    /// The real tool prints another number of lines each time: nothing can be compared.
    Unstable,
    /// Different; the first line that differs.
    Different(Difference),
}

/// The first difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Line, from 1.
    pub(super) line: usize,
    /// What the real tool prints there.
    pub(super) expected: String,
    /// What ours prints there.
    pub(super) found: String,
}

/// Compares with the runs of the real tool, of which there is at least one.
pub(super) fn compare(runs: &[Vec<u8>], ours: &[u8]) -> Verdict {
    if runs.iter().any(|run| run == ours) {
        return Verdict::Identical;
    }
    let runs: Vec<Vec<&[u8]>> = runs.iter().map(|run| lines(run)).collect();
    let ours = lines(ours);
    let Some(first) = runs.first() else {
        return Verdict::Unstable;
    };
    if runs.iter().any(|run| run.len() != first.len()) {
        return Verdict::Unstable;
    }
    let is_stable = |at: usize| runs.iter().all(|run| run.get(at) == first.get(at));
    let is_deterministic = (0..first.len()).all(is_stable);
    for at in 0..first.len().max(ours.len()) {
        if (first.get(at) != ours.get(at) && is_stable(at))
            || first.len() != ours.len() && at >= ours.len().min(first.len())
        {
            let show = |line: Option<&&[u8]>| {
                line.map_or_else(
                    || "(end)".to_owned(),
                    |line| String::from_utf8_lossy(line).into_owned(),
                )
            };
            let difference = Difference {
                line: at + 1,
                expected: show(first.get(at)),
                found: show(ours.get(at)),
            };
            return Verdict::Different(difference);
        }
    }
    if is_deterministic {
        Verdict::Identical
    } else {
        Verdict::StableLinesIdentical
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::{Verdict, compare};

    #[test]
    fn only_stable_lines_count() {
        let runs = [b"a\nx1\nb\n".to_vec(), b"a\nx2\nb\n".to_vec()];
        assert_eq!(compare(&runs, b"a\nx3\nb\n"), Verdict::StableLinesIdentical);
        assert_eq!(compare(&runs, b"a\nx1\nb\n"), Verdict::Identical);
        assert!(matches!(compare(&runs, b"a\nx3\nc\n"), Verdict::Different(found) if found.line == 3));
        assert!(matches!(compare(&runs, b"a\nx3\n"), Verdict::Different(_)));
        assert_eq!(
            compare(&[b"a\n".to_vec(), b"a\nb\n".to_vec()], b"a\nc\n"),
            Verdict::Unstable
        );
    }
}
