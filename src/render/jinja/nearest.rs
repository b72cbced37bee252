//! Names that were probably meant.

/// The known names nearest to a misspelled one, best first, at most three; none if nothing is near.
pub(super) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let folded = fold(wrong);
    let allowed = (folded.len() / 3).clamp(1, 3);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| name.len() <= 200 && wrong.len() <= 200)
        .map(|name| (distance(&folded, &fold(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    found.sort();
    found.dedup();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Letters without case and separators: `replica_count` and `replicaCount` are one word.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .filter(|char| !matches!(char, '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many letters have to be put in, taken out, replaced or swapped with their neighbor.
fn distance(from: &[char], to: &[char]) -> usize {
    let width = to.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, char) in from.iter().enumerate() {
        let mut line = vec![row + 1; width];
        for column in 0..to.len() {
            let replaced = last[column] + usize::from(*char != to[column]);
            line[column + 1] = replaced.min(last[column + 1] + 1).min(line[column] + 1);
            let is_swapped = row > 0 && column > 0 && *char == to[column - 1] && from[row - 1] == to[column];
            if is_swapped {
                line[column + 1] = line[column + 1].min(before[column - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, line);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn misspellings_find_their_names() {
        let known = ["replicaCount", "image", "imagePullSecrets", "service", "ports"];
        for (wrong, right) in [
            ("replicaCout", &["replicaCount"][..]),
            ("replica_count", &["replicaCount"]),
            ("prots", &["ports"]),
            ("Image", &["image"]),
            ("ingress", &[]),
            ("", &[]),
        ] {
            assert_eq!(nearest(wrong, known), right, "{wrong}");
        }
    }
}
