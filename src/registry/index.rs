//! `index.yaml` of a repository: which versions of a chart there are, and where.
//!
//! Upstream: `pkg/repo/v1/index.go`. Only the entries of the chart that is wanted are looked at, so that one broken entry
//! of another chart, or a field that a later Helm adds, does not matter.

use plimsoll_gostd::semver::{Constraints, Version};
use plimsoll_yaml::{Doc, Kind, Limits};

use super::{Error, Result};

/// A version of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// Its version, as written.
    pub version: String,
    /// Where its archive is; the first one counts.
    pub urls: Vec<String>,
    /// SHA-256 of the archive in hexadecimal digits; empty when the index does not say.
    pub digest: String,
}

/// A parsed index.
#[derive(Debug)]
pub struct Index {
    document: Doc,
    shown: String,
}

impl Index {
    /// Reads an index; `shown` is where it came from. JSON is YAML.
    ///
    /// # Errors
    /// It is no index.
    pub fn parse(bytes: Vec<u8>, shown: &str) -> Result<Self> {
        let refuse = |why: String| {
            Error::new(format!(
                "`{shown}` is not the index of a chart repository: {why}; check that the address is that of a \
                 repository, not of a web page about it"
            ))
        };
        let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8 text".to_owned()))?;
        let stream = plimsoll_yaml::parse(text, &Limits::default());
        if let Some(error) = stream.errors.first() {
            return Err(refuse(error.to_string()));
        }
        let Some(document) = stream.docs.into_iter().next() else {
            return Err(refuse("it is empty".to_owned()));
        };
        let root = document.root();
        if root.get("apiVersion").is_none_or(|node| node.str().is_empty()) {
            return Err(refuse("it has no `apiVersion`".to_owned()));
        }
        if root
            .get("entries")
            .is_some_and(|entries| !entries.is_mapping() && !entries.is_null())
        {
            return Err(refuse("its `entries` are no mapping".to_owned()));
        }
        Ok(Self {
            document,
            shown: shown.to_owned(),
        })
    }

    /// The versions of a chart that can be fetched, newest first. Upstream: `loadIndex`, `SortEntries`.
    ///
    /// # Errors
    /// The chart is not in the repository; charts of a similar name are named.
    pub fn versions(&self, name: &str) -> Result<Vec<IndexEntry>> {
        let entries = self
            .document
            .root()
            .get("entries")
            .filter(|entries| entries.is_mapping());
        let Some(found) = entries.and_then(|entries| entries.get(name)) else {
            let known: Vec<&str> = entries
                .into_iter()
                .flat_map(|entries| entries.entries())
                .map(|(key, _)| key.str())
                .collect();
            let help = match crate::suggest::nearest(name, known.iter().copied()) {
                Some(close) => format!("; did you mean `{close}`?"),
                None => format!("; it has {} charts", known.len()),
            };
            return Err(Error::new(format!(
                "the chart `{name}` is not in `{}`{help}",
                self.shown
            )));
        };
        let text = |node: Option<plimsoll_yaml::NodeRef<'_>>| {
            node.filter(|node| node.is_scalar() && !node.is_null())
                .map_or_else(String::new, |node| node.str().to_owned())
        };
        let mut versions: Vec<(Version, IndexEntry)> = Vec::new();
        for item in found.target().items() {
            let entry = IndexEntry {
                version: text(item.get("version")),
                urls: item
                    .get("urls")
                    .filter(|urls| urls.kind() == Kind::Sequence)
                    .into_iter()
                    .flat_map(|urls| urls.items())
                    .map(|url| text(Some(url)))
                    .collect(),
                digest: text(item.get("digest")),
            };
            if let Ok(version) = Version::new(entry.version.as_bytes())
                && entry.urls.first().is_some_and(|url| !url.is_empty())
            {
                versions.push((version, entry));
            }
        }
        versions.sort_by(|(a, _), (b, _)| b.compare(a));
        Ok(versions.into_iter().map(|(_, entry)| entry).collect())
    }

    /// The version that a call or a range means: the one so written, or the newest one in the range; without any, the
    /// newest that is no prerelease. Upstream: `IndexFile.Get`.
    ///
    /// # Errors
    /// There is none.
    pub fn find(&self, name: &str, wanted: &str) -> Result<IndexEntry> {
        let versions = self.versions(name)?;
        if let Some(exact) = versions.iter().find(|entry| entry.version == wanted) {
            return Ok(exact.clone());
        }
        let all: Vec<&str> = versions.iter().map(|entry| entry.version.as_str()).collect();
        let chosen = choose(if wanted.is_empty() { "*" } else { wanted }, &all)?;
        chosen
            .and_then(|at| versions.get(at).cloned())
            .ok_or_else(|| none_matches(name, wanted, &self.shown, &all))
    }
}

/// The place of the first version that is in a range. The list is sorted, newest first.
///
/// # Errors
/// It is no range.
pub(super) fn choose(range: &str, versions: &[&str]) -> Result<Option<usize>> {
    let range = Constraints::new(range.as_bytes()).map_err(|error| {
        Error::new(format!(
            "`{range}` is neither a version nor a range of versions: {error}; write `1.2.3`, `^1.2.0` or `>=1.2, <2`"
        ))
    })?;
    Ok(versions
        .iter()
        .position(|version| Version::new(version.as_bytes()).is_ok_and(|version| range.check(&version))))
}

/// The sentence for a range that no version is in.
pub(super) fn none_matches(name: &str, wanted: &str, shown: &str, versions: &[&str]) -> Error {
    let have = match versions {
        [] => "it has none that can be fetched".to_owned(),
        [..] => {
            let first: Vec<String> = versions
                .iter()
                .take(5)
                .map(|version| format!("`{version}`"))
                .collect();
            let more = if versions.len() > first.len() {
                " and older ones"
            } else {
                ""
            };
            format!("it has {}{more}", first.join(", "))
        }
    };
    let wanted = if wanted.is_empty() {
        "that is no prerelease".to_owned()
    } else {
        format!("`{wanted}`")
    };
    let devel = if versions.iter().any(|version| version.contains('-')) {
        "; prereleases are only in ranges that name one, such as `>=1.0.0-0`"
    } else {
        ""
    };
    Error::new(format!(
        "`{shown}` has no version {wanted} of the chart `{name}`; {have}{devel}"
    ))
}

#[cfg(test)]
mod tests {
    use super::Index;

    const INDEX: &str = "apiVersion: v1
entries:
  redis:
  - {version: 1.2.0, urls: [redis-1.2.0.tgz], digest: abc, futureField: 1}
  - {version: 1.10.0, urls: [redis-1.10.0.tgz]}
  - {version: 2.0.0-rc.1, urls: [redis-2.0.0-rc.1.tgz]}
  - {version: nonsense, urls: [x.tgz]}
  - {version: 9.0.0, urls: []}
  - null
generated: x
";

    #[test]
    fn versions_are_sorted_and_chosen_as_in_helm() {
        let index = Index::parse(INDEX.into(), "index.yaml").unwrap();
        let versions: Vec<String> = index
            .versions("redis")
            .unwrap()
            .into_iter()
            .map(|v| v.version)
            .collect();
        assert_eq!(versions, ["2.0.0-rc.1", "1.10.0", "1.2.0"]);
        for (wanted, found) in [
            ("", "1.10.0"),
            ("^1.2", "1.10.0"),
            ("1.2.0", "1.2.0"),
            ("v1.2.0", "1.2.0"),
            (">0.0.0-0", "2.0.0-rc.1"),
            ("~1.2.0", "1.2.0"),
        ] {
            assert_eq!(index.find("redis", wanted).unwrap().version, found, "{wanted}");
        }
        let error = index.find("redis", "^3").unwrap_err().to_string();
        assert!(
            error.contains("`1.10.0`") && error.contains("prerelease"),
            "{error}"
        );
        let error = index.find("rediss", "").unwrap_err().to_string();
        assert!(error.contains("did you mean `redis`"), "{error}");
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for text in [
            "",
            "<html></html>",
            "apiVersion: v1\nentries: []",
            "entries: {}",
            "a: [",
        ] {
            assert!(Index::parse(text.into(), "x").is_err(), "{text}");
        }
    }
}
