//! Several versions of Kubernetes in one word.

use super::{Bundle, KubernetesVersion};

impl KubernetesVersion {
    /// Reads `1.36`, `1.31..1.36` or `1.31..`. Whether there are schemas of each is asked later, of all at once.
    ///
    /// # Errors
    /// What is wrong with it, and how to write it.
    pub fn range(text: &str) -> Result<Vec<Self>, String> {
        let version = |text: &str| {
            Self::parse(text).ok_or_else(|| format!("`{text}` is no Kubernetes version; write it as `1.37`"))
        };
        let Some((first, last)) = text.split_once("..") else {
            return Ok(vec![version(text)?]);
        };
        let first = version(first)?;
        let newest = Bundle::embedded().versions().next_back().unwrap_or(first);
        let last = match last.strip_prefix('=').unwrap_or(last) {
            "" => newest,
            last => version(last)?,
        };
        if last < first {
            return Err(format!(
                "the range ends before it begins; write `{last}..{first}`"
            ));
        }
        // The first version beyond the newest is enough to be told that there are no schemas of it.
        let end = last.minor.min(newest.minor.max(first.minor).saturating_add(1));
        Ok((first.minor..=end).map(|minor| Self { minor }).collect())
    }
}
