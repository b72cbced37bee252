//! Did you mean: the known name nearest to a misspelled one.

/// The candidate nearest to `wrong`, if one is near enough to be meant: other case, swapped, missing or extra letters.
/// The first of equals wins, so the order of candidates decides.
pub fn nearest<'c>(wrong: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let bound = wrong.chars().count().div_ceil(4).clamp(1, 4);
    let wrong = letters(wrong);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&wrong, &letters(candidate), bound)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The one candidate that a misspelled word must have meant: it is [`nearest`], and no other is as near. Words of three
/// letters are too short to be sure of more than their case.
pub fn certain<'c>(wrong: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let nearest = nearest(wrong, candidates.iter().copied())?;
    let same_case = |candidate: &str| candidate.eq_ignore_ascii_case(wrong);
    if wrong.chars().count() < 4 && !same_case(nearest) {
        return None;
    }
    let others = candidates.iter().copied().filter(|other| *other != nearest);
    let wrong = letters(wrong);
    let bound = wrong.len();
    let best = distance(&wrong, &letters(nearest), bound)?;
    let is_as_near = |other: &str| distance(&wrong, &letters(other), best).is_some();
    (!others.into_iter().any(is_as_near)).then_some(nearest)
}

/// The word that was probably meant, or else all of them.
pub fn meant(text: &str, known: &[&str]) -> String {
    meant_or(text, known, format!("write one of {}", list(known)))
}

/// The word that was probably meant, or else what is said otherwise.
pub fn meant_or(text: &str, known: &[&str], otherwise: String) -> String {
    match nearest(text, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => otherwise,
    }
}

/// Words as they are named in a sentence: `a`, `b`.
pub fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// A word's letters, without their case.
fn letters(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// Edits between two words, a swap of neighbors counted as one (optimal string alignment); none if over a bound, which
/// most words show by their length or in their first letters.
fn distance(left: &[char], right: &[char], bound: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > bound {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, &ours) in left.iter().enumerate() {
        let mut next = vec![row + 1; right.len() + 1];
        for (column, &theirs) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(ours != theirs);
            let mut cost = replaced.min(last[column + 1] + 1).min(next[column] + 1);
            let swapped = row > 0 && column > 0 && ours == right[column - 1] && left[row - 1] == theirs;
            if swapped {
                cost = cost.min(before[column - 1] + 1);
            }
            next[column + 1] = cost;
        }
        // A swap reaches back over one row.
        if next.iter().chain(&last).all(|cost| *cost > bound) {
            return None;
        }
        before = std::mem::replace(&mut last, next);
    }
    Some(last[right.len()]).filter(|distance| *distance <= bound)
}

#[cfg(test)]
mod tests {
    use super::{certain, nearest};

    #[test]
    fn what_is_certain() {
        let fields = ["image", "ports", "port", "env", "TCP"];
        assert_eq!(certain("prots", fields), Some("ports"));
        assert_eq!(certain("tcp", fields), Some("TCP"));
        assert_eq!(certain("porst", fields), None, "as near to `port`");
        assert_eq!(certain("ens", fields), None, "too short");
    }

    #[test]
    fn near_names_only() {
        let fields = ["image", "imagePullPolicy", "ports", "resources"];
        assert_eq!(nearest("prots", fields), Some("ports"));
        assert_eq!(nearest("imagePUllPolicy", fields), Some("imagePullPolicy"));
        assert_eq!(nearest("resource", fields), Some("resources"));
        assert_eq!(nearest("volumes", fields), None);
        assert_eq!(nearest("", fields), None);
    }
}
