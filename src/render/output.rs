//! From rendered templates to what `helm template` prints: split, told apart from hooks, sorted.
//!
//! Upstream: `pkg/release/v1/util` (`manifest.go`, `manifest_sorter.go`, `kind_sorter.go`) and `renderResources` of
//! `pkg/action/action.go`, of Helm 4.3.1; the same names in 3.22.0.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plimsoll_yaml::{Kind, Limits, NodeRef};

use super::{Rendered, RenderedFile};
use crate::chart::HelmCompat;
use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::source::{SourceKind, SourceMap, Span};

/// A template's output that Helm cannot sort.
pub static UNSORTABLE_MANIFEST: RuleMeta = RuleMeta {
    name: "unsortable-manifest",
    group: Group::Template,
    stage: Stage::Render,
    severity: Severity::Error,
    default: true,
    summary: "a template printed text that Helm cannot read as a manifest",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/unsortable-manifest.md"),
};

/// The order in which kinds are installed. Upstream: `InstallOrder`.
const INSTALL_ORDER: [&str; 36] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
];

/// What Helm 4 adds to the order.
const WEBHOOK_CONFIGURATIONS: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

const HOOK_ANNOTATION: &str = "helm.sh/hook";

const HOOK_EVENTS: [&str; 10] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

/// One document of a template's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'r> {
    /// Helm's path of the template: `web/templates/deployment.yaml`.
    pub name: &'r str,
    /// Its text, from its first character that is not blank.
    pub text: &'r [u8],
    /// Its kind; empty when it has none.
    pub kind: String,
    /// The name of the object.
    pub object: String,
    /// Its namespace, if it names one.
    pub namespace: Option<String>,
    /// When it runs, if it is a hook.
    pub events: Vec<String>,
}

impl Document<'_> {
    /// Whether it is a hook that tests the release.
    pub fn is_test(&self) -> bool {
        self.events
            .iter()
            .any(|event| event == "test" || event == "test-success")
    }
}

/// The documents of a release in Helm's order.
#[derive(Debug, Clone, Default)]
pub struct Sorted<'r> {
    /// What is installed.
    pub manifests: Vec<Document<'r>>,
    /// What runs before or after.
    pub hooks: Vec<Document<'r>>,
}

/// Splits and sorts what templates printed. Helm prints nothing when there is a finding of weight.
pub fn sort<'r>(
    rendered: &'r Rendered,
    compat: HelmCompat,
    sources: &SourceMap,
) -> (Sorted<'r>, Vec<Finding>) {
    let mut sorted = Sorted::default();
    let mut findings = Vec::new();
    let mut files: Vec<&RenderedFile> = rendered.files.iter().collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    for file in files {
        let base = file.name.rsplit('/').next().unwrap_or_default();
        if base.starts_with('_') || trim(&file.bytes).is_empty() {
            continue;
        }
        for text in split(&file.bytes, compat) {
            match head(text) {
                Ok(Head {
                    kind,
                    object,
                    namespace,
                    hook: None,
                }) => {
                    sorted.manifests.push(Document {
                        name: &file.name,
                        text,
                        kind,
                        object,
                        namespace,
                        events: Vec::new(),
                    });
                }
                Ok(Head {
                    kind,
                    object,
                    namespace,
                    hook: Some(hook),
                }) => {
                    let events: Vec<String> =
                        hook.split(',').map(|event| event.trim().to_lowercase()).collect();
                    // An object with an unknown event vanishes.
                    if events.iter().all(|event| HOOK_EVENTS.contains(&event.as_str())) {
                        sorted.hooks.push(Document {
                            name: &file.name,
                            text,
                            kind,
                            object,
                            namespace,
                            events,
                        });
                    }
                }
                Err(problem) => findings.push(unsortable(file, text, &problem, sources)),
            }
        }
    }
    let place = |kind: &str| {
        INSTALL_ORDER
            .iter()
            .chain(
                WEBHOOK_CONFIGURATIONS
                    .iter()
                    .filter(|_| compat.orders_webhook_configurations()),
            )
            .position(|known| *known == kind)
    };
    // Known kinds by their place, unknown ones behind them by name; the sort is stable.
    let key = |document: &Document<'_>| match place(&document.kind) {
        Some(place) => (place, String::new()),
        None => (usize::MAX, document.kind.clone()),
    };
    sorted.manifests.sort_by_cached_key(key);
    sorted.hooks.sort_by_cached_key(key);
    (sorted, findings)
}

/// The documents of the files below `crds/`, as they are.
pub fn crds(rendered: &Rendered, compat: HelmCompat) -> Vec<Document<'_>> {
    let documents = rendered.crds.iter().flat_map(|file| {
        split(&file.bytes, compat).into_iter().map(|text| {
            let head = head(text).unwrap_or_default();
            Document {
                name: &file.name,
                text,
                kind: head.kind,
                object: head.object,
                namespace: head.namespace,
                events: Vec::new(),
            }
        })
    });
    documents.collect()
}

/// What of a release is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// CRDs of `crds/` come first, as they are.
    pub include_crds: bool,
    /// Hooks that test the release are left out.
    pub skip_tests: bool,
    /// All hooks are left out.
    pub no_hooks: bool,
}

/// The text that `helm template` prints: CRDs, manifests, hooks.
pub fn print(rendered: &Rendered, sorted: &Sorted<'_>, selection: &Selection) -> Vec<u8> {
    let manifests = print_manifests(rendered, sorted, selection);
    let mut out = trim(&manifests).to_vec();
    out.push(b'\n');
    out.extend_from_slice(&print_hooks(sorted, selection));
    out
}

/// Hooks alone, as they are printed behind the manifests.
pub fn print_hooks(sorted: &Sorted<'_>, selection: &Selection) -> Vec<u8> {
    let mut out = Vec::new();
    for hook in sorted
        .hooks
        .iter()
        .filter(|hook| !(selection.no_hooks || selection.skip_tests && hook.is_test()))
    {
        push(&mut out, hook.name, hook.text);
    }
    out
}

/// CRDs and manifests alone, before blanks at the ends are trimmed: what a post-renderer gets in Helm 3.
pub fn print_manifests(rendered: &Rendered, sorted: &Sorted<'_>, selection: &Selection) -> Vec<u8> {
    let mut out = Vec::new();
    for crd in rendered.crds.iter().filter(|_| selection.include_crds) {
        push(&mut out, &crd.name, &crd.bytes);
    }
    for manifest in &sorted.manifests {
        push(&mut out, manifest.name, manifest.text);
    }
    out
}

/// A document as it is printed and written to files.
pub fn push(out: &mut Vec<u8>, name: &str, text: &[u8]) {
    out.extend_from_slice(b"---\n# Source: ");
    out.extend_from_slice(name.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(text);
    out.push(b'\n');
}

/// A pattern of `--show-only` that no template matches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not find template {0} in chart")]
pub struct NoSuchTemplate(pub String);

/// The documents of a printed text whose template matches one of the patterns, pattern by pattern.
///
/// Upstream: `newTemplateCmd` of `pkg/cmd/template.go`, which splits the whole text once more and looks for
/// `# Source: ` in each part.
///
/// # Errors
/// A pattern that matches nothing.
pub fn show_only(printed: &[u8], patterns: &[String], compat: HelmCompat) -> Result<Vec<u8>, NoSuchTemplate> {
    let documents: Vec<(Option<String>, &[u8])> = split(printed, compat)
        .into_iter()
        .map(|text| (source_of(text), text))
        .collect();
    let mut out = Vec::new();
    for pattern in patterns {
        let mut found = false;
        for (source, text) in &documents {
            if source
                .as_ref()
                .is_some_and(|source| crate::chart::glob(pattern, source) == Some(true))
            {
                found = true;
                out.extend_from_slice(b"---\n");
                out.extend_from_slice(text);
                out.push(b'\n');
            }
        }
        if !found {
            return Err(NoSuchTemplate(pattern.clone()));
        }
    }
    Ok(out)
}

/// The template's path without the chart's name: `# Source: [^/]+/(.+)`.
fn source_of(text: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"# Source: ";
    memchr::memmem::find_iter(text, MARK).find_map(|at| {
        let rest = &text[at + MARK.len()..];
        let slash = memchr::memchr(b'/', rest).filter(|slash| *slash > 0)?;
        let path = &rest[slash + 1..];
        let end = memchr::memchr(b'\n', path).unwrap_or(path.len());
        (end > 0).then(|| String::from_utf8_lossy(&path[..end]).into_owned())
    })
}

/// The documents of one text. Upstream: `SplitManifests`, whose separator is a regular expression, not YAML's.
pub(crate) fn split(text: &[u8], compat: HelmCompat) -> Vec<&[u8]> {
    if compat.keeps_breaks_at_end_of_documents() {
        split_at_lines(text)
    } else {
        split_at_breaks(text)
    }
}

/// Helm 4: `(?m)^---[ \t]*`, blanks trimmed on the left.
fn split_at_lines(text: &[u8]) -> Vec<&[u8]> {
    let text = trim_start(text);
    let mut documents = Vec::new();
    let mut start = 0;
    let mut at = 0;
    loop {
        let is_line_start = at == 0 || text.get(at - 1) == Some(&b'\n');
        if is_line_start && text[at..].starts_with(b"---") {
            documents.push(&text[start..at]);
            at += 3;
            while matches!(text.get(at), Some(b' ' | b'\t')) {
                at += 1;
            }
            start = at;
        }
        match memchr::memchr(b'\n', &text[at..]) {
            Some(found) => at += found + 1,
            None => break,
        }
    }
    documents.push(&text[start..]);
    documents
        .into_iter()
        .map(trim_start)
        .filter(|document| !document.is_empty())
        .collect()
}

/// Helm 3: `(?:^|\s*\n)---\s*`, blanks trimmed on both sides. `\s` is ASCII.
fn split_at_breaks(text: &[u8]) -> Vec<&[u8]> {
    let is_blank = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0C' | b'\r' | b' ');
    let text = trim(text);
    let mut documents = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let is_separator = text[at..].starts_with(b"---") && (at == 0 || text[at - 1] == b'\n' && at > start);
        if is_separator {
            // The blanks before belong to the separator.
            let mut end = at;
            while end > start && is_blank(&text[end - 1]) {
                end -= 1;
            }
            documents.push(&text[start..end]);
            at += 3;
            while text.get(at).is_some_and(is_blank) {
                at += 1;
            }
            start = at;
        } else {
            match memchr::memchr(b'\n', &text[at..]) {
                Some(found) => at += found + 1,
                None => break,
            }
        }
    }
    documents.push(&text[start..]);
    documents
        .into_iter()
        .map(trim)
        .filter(|document| !document.is_empty())
        .collect()
}

/// Go's `strings.TrimSpace`, which knows Unicode's blanks.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let text = trim_start(text);
    let mut end = text.len();
    'trim: while end > 0 {
        for width in 1..=3.min(end) {
            let tail = &text[end - width..end];
            if std::str::from_utf8(tail).is_ok_and(|tail| tail.chars().all(char::is_whitespace)) {
                end -= width;
                continue 'trim;
            }
        }
        break;
    }
    &text[..end]
}

fn trim_start(text: &[u8]) -> &[u8] {
    let mut start = 0;
    'trim: while start < text.len() {
        for width in 1..=3.min(text.len() - start) {
            let head = &text[start..start + width];
            if std::str::from_utf8(head).is_ok_and(|head| head.chars().all(char::is_whitespace)) {
                start += width;
                continue 'trim;
            }
        }
        break;
    }
    &text[start..]
}

/// What Helm reads of a document. Upstream: `SimpleHead`.
#[derive(Default)]
struct Head {
    kind: String,
    object: String,
    namespace: Option<String>,
    hook: Option<String>,
}

struct Problem {
    message: String,
    help: Cow<'static, str>,
    span: plimsoll_yaml::Span,
}

fn head(text: &[u8]) -> Result<Head, Problem> {
    let stream = plimsoll_yaml::parse_bytes(text, &Limits::default());
    if let Some(error) = stream.errors.iter().find(|error| error.doc_index == 0) {
        return Err(Problem {
            message: error.message.clone(),
            help: Cow::Borrowed(error.help()),
            span: error.span,
        });
    }
    let Some(doc) = stream.docs.first() else {
        return Ok(Head::default());
    };
    let root = doc.root();
    if let Some(error) = doc.check().into_iter().next() {
        return Err(Problem {
            message: error.message,
            help: Cow::Borrowed("write a value that JSON has"),
            span: error.span,
        });
    }
    if root.is_null() {
        return Ok(Head::default());
    }
    let fields = fields(root, "a manifest must be a mapping")?;
    let mut head = Head::default();
    for (key, node) in fields {
        match key.as_str() {
            "apiversion" => {
                text_of(node)?;
            }
            "kind" => head.kind = text_of(node)?,
            "metadata" if !node.is_null() => {
                for (key, node) in self::fields(node, "`metadata` must be a mapping")? {
                    match key.as_str() {
                        "name" => head.object = text_of(node)?,
                        "namespace" if node.is_scalar() && !node.is_null() => {
                            head.namespace = Some(node.str().to_owned());
                        }
                        "annotations" if !node.is_null() => {
                            if node.kind() != Kind::Mapping {
                                return Err(problem(node, "`annotations` must be a mapping"));
                            }
                            for (key, node) in node.merged_entries() {
                                let text = text_of(node)?;
                                if key.json_key().is_ok_and(|key| key == HOOK_ANNOTATION) {
                                    head.hook = Some(text);
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(head)
}

/// Entries by their key in lower case, in the order of `encoding/json`'s output.
fn fields<'d>(node: NodeRef<'d>, message: &str) -> Result<Vec<(String, NodeRef<'d>)>, Problem> {
    if node.kind() != Kind::Mapping {
        return Err(problem(node, message));
    }
    let mut entries = BTreeMap::new();
    for (key, value) in node.merged_entries() {
        match key.json_key() {
            Ok(name) => entries.insert(name.into_owned(), value),
            Err(error) => return Err(problem(key, &error.message)),
        };
    }
    Ok(entries
        .into_iter()
        .map(|(key, node)| (key.to_ascii_lowercase(), node))
        .collect())
}

fn text_of(node: NodeRef<'_>) -> Result<String, Problem> {
    if node.kind() != Kind::Scalar {
        return Err(problem(node, "this must be text"));
    }
    Ok(if node.is_null() {
        String::new()
    } else {
        node.str().to_owned()
    })
}

fn problem(node: NodeRef<'_>, message: &str) -> Problem {
    Problem {
        message: message.to_owned(),
        help: Cow::Borrowed("look at what the template prints here: a value is empty or wrongly indented"),
        span: node.span(),
    }
}

fn unsortable(file: &RenderedFile, text: &[u8], problem: &Problem, sources: &SourceMap) -> Finding {
    let source = sources.add(
        file.path.as_str(),
        String::from_utf8_lossy(text),
        SourceKind::Rendered,
    );
    Finding::new(
        &UNSORTABLE_MANIFEST,
        Anchor::Text(Span::in_part(source, 0, problem.span)),
        format!(
            "`{}` prints text that is not a manifest: {}",
            file.name, problem.message
        ),
    )
    .help(problem.help.clone())
}

#[cfg(test)]
mod tests {
    use super::{split, trim};
    use crate::chart::HelmCompat;

    fn texts(text: &str, compat: HelmCompat) -> Vec<&str> {
        split(text.as_bytes(), compat)
            .into_iter()
            .map(|text| std::str::from_utf8(text).unwrap())
            .collect()
    }

    #[test]
    fn documents_are_split_as_the_profile_splits_them() {
        let text = "\n---\na: 1\n\n---\n---b: 2\n--- # note\nc: 3\n  ---\nd: |+\n  x\n\n---\n";
        assert_eq!(
            texts(text, HelmCompat::V4),
            ["a: 1\n\n", "b: 2\n", "# note\nc: 3\n  ---\nd: |+\n  x\n\n"]
        );
        // The line break between two separators belongs to the first, so the second is none.
        assert_eq!(
            texts(text, HelmCompat::V3),
            ["a: 1", "---b: 2", "# note\nc: 3\n  ---\nd: |+\n  x"]
        );
        assert_eq!(
            texts("a: 1\r\n---\r\nb: 2\r\n", HelmCompat::V4),
            ["a: 1\r\n", "b: 2\r\n"]
        );
        assert_eq!(texts("a: 1\r\n---\r\nb: 2\r\n", HelmCompat::V3), ["a: 1", "b: 2"]);
        assert_eq!(texts("---\n---\n", HelmCompat::V3), ["---"]);
        assert!(texts("---\n---\n", HelmCompat::V4).is_empty());
    }

    #[test]
    fn blanks_are_unicode_s() {
        assert_eq!(
            trim("\u{85}\u{2003} a\u{a0}b \u{3000}\n".as_bytes()),
            "a\u{a0}b".as_bytes()
        );
    }
}
