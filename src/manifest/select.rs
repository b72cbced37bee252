//! Which objects something is said of: by file, kind, namespace, name and labels.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use plimsoll_gostd::glob::Glob;

use super::{Manifest, view};

/// A text with `*`, `?`, `[a-z]` and `{a,b}` in it, as it was written and as it is matched. In paths, `*` ends at a slash
/// and `**` does not.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Arc<str>,
    globs: Arc<[Glob]>,
}

impl Pattern {
    /// A pattern of a name.
    ///
    /// # Errors
    /// What must be there instead.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::of(text, &[text.to_owned()])
    }

    /// A pattern of files: a folder stands for all that is in it, and `**/x` for `x` at any depth.
    ///
    /// # Errors
    /// What must be there instead.
    pub fn of_files(text: &str) -> Result<Self, String> {
        let path = text.trim_start_matches("./").trim_end_matches('/');
        let mut all = vec![path.to_owned(), format!("{path}/**")];
        if let Some(below) = path.strip_prefix("**/") {
            all.extend([below.to_owned(), format!("{below}/**")]);
        }
        if path.is_empty() || path == "." {
            all = vec!["**".to_owned()];
        }
        Self::of(text, &all)
    }

    fn of(text: &str, all: &[String]) -> Result<Self, String> {
        let globs: Result<Arc<[Glob]>, _> = all.iter().map(|glob| Glob::new(glob.as_bytes())).collect();
        match globs {
            Ok(globs) => Ok(Self {
                text: Arc::from(text),
                globs,
            }),
            Err(error) => Err(format!("a pattern with `*`, `?`, `[a-z]` or `{{a,b}}` ({error})")),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches all of a text.
    pub fn matches(&self, text: &str) -> bool {
        self.globs.iter().any(|glob| glob.matches(text.as_bytes()))
    }
}

/// A kind, with its API group if one was said: `Deployment`, `Ingress.networking.k8s.io`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindName {
    kind: Arc<str>,
    group: Option<Arc<str>>,
}

impl KindName {
    /// Reads `Kind` or `Kind.group`; the core group is `Kind.core`.
    pub fn new(text: &str) -> Self {
        match text.split_once('.') {
            Some((kind, group)) => Self {
                kind: Arc::from(kind),
                group: Some(Arc::from(if group == "core" { "" } else { group })),
            },
            None => Self {
                kind: Arc::from(text),
                group: None,
            },
        }
    }

    /// Whether an object of this group and kind is meant.
    pub fn matches(&self, (group, kind): super::GroupKind<'_>) -> bool {
        *self.kind == *kind && self.group.as_deref().is_none_or(|own| own == group)
    }
}

/// The folder that patterns of files begin in, and the one that the paths of a run do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    root: Arc<PathBuf>,
    here: Arc<PathBuf>,
}

impl Base {
    /// Patterns are seen from `root`, files are named from `here`; both are absolute.
    pub fn new(root: &Path, here: &Path) -> Self {
        Self {
            root: Arc::new(normal(root)),
            here: Arc::new(normal(here)),
        }
    }

    /// The same patterns in another folder, which is named as the files of the run are.
    #[must_use]
    pub fn at(&self, folder: &Path) -> Self {
        Self {
            root: Arc::new(normal(&self.here.join(folder))),
            here: Arc::clone(&self.here),
        }
    }

    /// Whether a path, as the run names it, is the root or above it.
    pub fn is_within(&self, path: &Path) -> bool {
        self.root.starts_with(normal(&self.here.join(path)))
    }

    /// A file as it is seen from the root, with slashes; one outside of it has no such name.
    fn seen(&self, file: &str) -> Option<String> {
        let path = normal(&self.here.join(file));
        let below = path.strip_prefix(&*self.root).ok()?;
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        Some(parts.join("/"))
    }

    /// A path that is written in a file of the root.
    pub fn path(&self, written: &str) -> PathBuf {
        let path = normal(&self.root.join(written));
        path.strip_prefix(&*self.here)
            .map(Path::to_path_buf)
            .unwrap_or(path)
    }
}

/// A path without `.` and `..`, as far as that can be said without looking.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// Conditions on an object; one that is not said holds.
#[derive(Debug, Clone, Default)]
pub struct Selects {
    /// Any of these files.
    pub paths: Vec<Pattern>,
    /// Where those patterns begin.
    pub base: Base,
    /// Any of these kinds.
    pub kinds: Vec<KindName>,
    /// Any of these namespaces.
    pub namespaces: Vec<Pattern>,
    /// Any of these names.
    pub names: Vec<Pattern>,
    /// All of these labels.
    pub labels: Vec<(String, Pattern)>,
}

impl Selects {
    /// Whether there is no condition.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.selects_all_of_a_file()
    }

    fn selects_all_of_a_file(&self) -> bool {
        self.kinds.is_empty() && self.namespaces.is_empty() && self.names.is_empty() && self.labels.is_empty()
    }

    /// Whether an object is meant; `path` is the file it comes from, `namespace` the one it is applied to.
    pub fn matches(&self, manifest: &Manifest, namespace: &str, path: &str) -> bool {
        self.matches_object(manifest, namespace) && self.matches_file(path)
    }

    /// Whether an object is meant, whatever the file it comes from.
    pub fn matches_object(&self, manifest: &Manifest, namespace: &str) -> bool {
        let any = |patterns: &[Pattern], text: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
        };
        let label = |key: &str| {
            let labels = view::get(manifest.node(), "metadata.labels")?;
            Some(labels.get(key)?.str())
        };
        (self.kinds.is_empty()
            || self
                .kinds
                .iter()
                .any(|kind| kind.matches(manifest.id.group_kind())))
            && any(&self.namespaces, namespace)
            && any(&self.names, &manifest.id.name)
            && self
                .labels
                .iter()
                .all(|(key, pattern)| label(key).is_some_and(|value| pattern.matches(value)))
    }

    /// Whether something in a file that is in no object is meant: then only the file is asked for.
    pub fn matches_text(&self, path: &str) -> bool {
        self.selects_all_of_a_file() && self.matches_file(path)
    }

    fn matches_file(&self, path: &str) -> bool {
        self.paths.is_empty()
            || self
                .base
                .seen(path)
                .is_some_and(|seen| self.paths.iter().any(|pattern| pattern.matches(&seen)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Base, Pattern};

    #[test]
    fn patterns_of_files() {
        let matches =
            |pattern: &str, path: &str| Pattern::of_files(pattern).expect("a pattern").matches(path);
        assert!(matches("deploy", "deploy/a.yaml"));
        assert!(matches("deploy/", "deploy/a/b.yaml"));
        assert!(matches("deploy/*.yaml", "deploy/a.yaml"));
        assert!(!matches("deploy/*.yaml", "deploy/a/b.yaml"));
        assert!(matches("deploy/**/*.yaml", "deploy/a/b/c.yaml"));
        assert!(matches("**/dev", "dev/a.yaml") && matches("**/dev", "x/dev/a.yaml"));
        assert!(!matches("dev", "x/dev/a.yaml") && !matches("dev", "dev-2/a.yaml"));
        assert!(matches(".", "a/b.yaml"));
    }

    #[test]
    fn files_are_seen_from_the_root() {
        let base = Base::new(Path::new("/p"), Path::new("/p/deploy/x/.."));
        assert_eq!(base.seen("a.yaml").as_deref(), Some("deploy/a.yaml"));
        assert_eq!(base.seen("../b.yaml").as_deref(), Some("b.yaml"));
        assert_eq!(base.seen("/p/c.yaml").as_deref(), Some("c.yaml"));
        assert_eq!(base.seen("/q/c.yaml"), None);
        assert_eq!(
            base.at(Path::new("shop")).seen("shop/t/d.yaml").as_deref(),
            Some("t/d.yaml")
        );
        assert_eq!(base.path("../schemas"), Path::new("/schemas"));
        assert_eq!(base.path("deploy/s"), Path::new("s"));
    }
}
