//! Did you mean: the known name nearest to a misspelled one.

/// The candidate nearest to `wrong`, if one is near enough to be meant: other case, swapped, missing or extra letters.
/// The first of equals wins, so the order of candidates decides.
pub fn nearest<'c>(wrong: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let bound = wrong.chars().count().div_ceil(4).clamp(1, 4);
    let folded = wrong.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= bound)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits between two words, a swap of neighbors counted as one (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
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
        before = std::mem::replace(&mut last, next);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

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
