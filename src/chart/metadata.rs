//! `Chart.yaml`: read as `sigs.k8s.io/yaml` and `encoding/json` fill Helm's struct, each dependency with its place.
//!
//! Upstream: `pkg/chart/v2/metadata.go`, `dependency.go`. Where text is wanted, numbers and booleans become text the way
//! that library does it: `appVersion: 1.10` is `1.1`. Unknown keys are passed over; keys match without regard to case.

use std::collections::BTreeMap;

use plimsoll_yaml::{Kind, NodeRef, Scalar};

use crate::source::{SourceId, Span};

/// A maintainer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// Name of a person or organization.
    pub name: String,
    /// Address.
    pub email: String,
    /// Home page.
    pub url: String,
}

/// What a chart imports from the values of a subchart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportValue {
    /// A name below `exports`, merged into the root of the parent's values.
    Export(String),
    /// A path in the subchart's values and one in the parent's.
    Pair {
        /// Path in the subchart's values.
        child: String,
        /// Path in the parent's values, `.` for the root.
        parent: String,
    },
}

/// A chart that another one needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependency {
    /// The name of the chart; of its alias once conditions have been decided.
    pub name: String,
    /// A version or a range of versions.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// Dotted paths of values, joined by commas; the first that is a boolean decides.
    pub condition: String,
    /// Names below `tags` in the values of the release.
    pub tags: Vec<String>,
    /// Whether it is used; meaningful once conditions have been decided.
    pub enabled: bool,
    /// Values of it that become the parent's.
    pub import_values: Vec<ImportValue>,
    /// The name it goes by in the parent, if it is another.
    pub alias: String,
    /// Its place in the list.
    pub index: usize,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// `Chart.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The name.
    pub name: String,
    /// Home page.
    pub home: String,
    /// Where the sources are.
    pub sources: Vec<String>,
    /// Version of the chart.
    pub version: String,
    /// One sentence.
    pub description: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Who maintains it.
    pub maintainers: Vec<Maintainer>,
    /// URL of an icon.
    pub icon: String,
    /// `v1` or `v2`; `v1` when it is missing.
    pub api_version: String,
    /// Of old; without meaning in a chart's own file.
    pub condition: String,
    /// Of old; without meaning in a chart's own file.
    pub tags: String,
    /// Version of the application in it.
    pub app_version: String,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Free-form; none when the key is missing or null.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The Kubernetes versions it is for.
    pub kube_version: String,
    /// The charts it needs; none when the key is missing or null.
    pub dependencies: Option<Vec<Dependency>>,
    /// `application`, `library` or nothing.
    pub kind: String,
    /// Where `name` is written.
    pub name_span: Option<Span>,
    /// Where `version` is written.
    pub version_span: Option<Span>,
    /// Where `kubeVersion` is written.
    pub kube_version_span: Option<Span>,
}

/// Why metadata is refused, and where.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) message: String,
    pub(super) at: Option<Span>,
}

type Read<T> = Result<T, Refused>;

impl Metadata {
    /// Whether the chart only lends templates to others.
    pub fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }

    /// Fills what a document says; what it does not mention stays. `requirements.yaml` is read over `Chart.yaml` so.
    pub(super) fn fill(&mut self, root: NodeRef<'_>, source: SourceId) -> Read<()> {
        let reader = Reader { source };
        if root.is_null() {
            return Ok(());
        }
        for (key, node) in reader.fields(root, "a chart's metadata")? {
            let span = Some(reader.span(node));
            match key.as_str() {
                "name" => {
                    reader.text(node, &key, &mut self.name)?;
                    self.name_span = span;
                }
                "home" => reader.text(node, &key, &mut self.home)?,
                "sources" => reader.texts(node, &key, &mut self.sources)?,
                "version" => {
                    reader.text(node, &key, &mut self.version)?;
                    self.version_span = span;
                }
                "description" => reader.text(node, &key, &mut self.description)?,
                "keywords" => reader.texts(node, &key, &mut self.keywords)?,
                "maintainers" => {
                    self.maintainers = reader
                        .items(node, &key)?
                        .into_iter()
                        .map(|node| reader.maintainer(node))
                        .collect::<Read<_>>()?;
                }
                "icon" => reader.text(node, &key, &mut self.icon)?,
                "apiversion" => reader.text(node, &key, &mut self.api_version)?,
                "condition" => reader.text(node, &key, &mut self.condition)?,
                "tags" => reader.text(node, &key, &mut self.tags)?,
                "appversion" => reader.text(node, &key, &mut self.app_version)?,
                "deprecated" => reader.boolean(node, &key, &mut self.deprecated)?,
                "annotations" if node.is_null() => self.annotations = None,
                "annotations" => {
                    let annotations = self.annotations.get_or_insert_default();
                    for (name, node) in reader.entries(node, "annotations")? {
                        let mut text = String::new();
                        reader.text(node, &name, &mut text)?;
                        annotations.insert(name, text);
                    }
                }
                "kubeversion" => {
                    reader.text(node, &key, &mut self.kube_version)?;
                    self.kube_version_span = span;
                }
                "dependencies" if node.is_null() => self.dependencies = None,
                "dependencies" => {
                    let items = reader.items(node, &key)?.into_iter().enumerate();
                    self.dependencies = Some(
                        items
                            .map(|(index, node)| reader.dependency(index, node))
                            .collect::<Read<_>>()?,
                    );
                }
                "type" => reader.text(node, &key, &mut self.kind)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Cleans texts and checks what Helm checks. Upstream: `Metadata.Validate`.
    pub(super) fn validate(&mut self) -> Read<()> {
        for text in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ]
        .into_iter()
        .chain(&mut self.sources)
        .chain(&mut self.keywords)
        {
            sanitize(text);
        }
        for maintainer in &mut self.maintainers {
            sanitize(&mut maintainer.name);
            sanitize(&mut maintainer.email);
            sanitize(&mut maintainer.url);
        }
        let refuse = |message: String, at: Option<Span>| Err(Refused { message, at });
        if self.name.is_empty() {
            return refuse("`name` is missing".to_owned(), self.name_span);
        }
        // `filepath.Base` of a name is the name itself unless it has a slash.
        if self.name == "." || self.name == ".." || self.name.contains('/') {
            return refuse(
                format!("`{}` cannot be the name of a chart", self.name),
                self.name_span,
            );
        }
        if self.version.is_empty() {
            return refuse("`version` is missing".to_owned(), self.version_span);
        }
        if !super::version::is_version(&self.version) {
            return refuse(
                format!("`{}` is not a version such as 1.2.3", self.version),
                self.version_span,
            );
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return refuse(
                format!("`type` must be `application` or `library`, not `{}`", self.kind),
                None,
            );
        }
        let mut names: BTreeMap<String, Option<Span>> = BTreeMap::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            for text in [
                &mut dependency.name,
                &mut dependency.version,
                &mut dependency.repository,
                &mut dependency.condition,
            ]
            .into_iter()
            .chain(&mut dependency.tags)
            {
                sanitize(text);
            }
            let alias = &dependency.alias;
            if !alias
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-'))
            {
                return refuse(
                    format!("the alias `{alias}` may have letters, digits, `_` and `-`"),
                    dependency.span,
                );
            }
            let name = if alias.is_empty() { &dependency.name } else { alias };
            if names.insert(name.clone(), dependency.span).is_some() {
                return refuse(
                    format!("two dependencies are called `{name}`; give one an alias"),
                    dependency.span,
                );
            }
        }
        Ok(())
    }
}

/// Upstream: `sanitizeString`: blanks become spaces, what cannot be printed goes.
fn sanitize(text: &mut String) {
    if text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return;
    }
    *text = text
        .chars()
        .filter_map(|char| match char {
            char if char.is_whitespace() => Some(' '),
            char if char.is_control() || is_format(char) => None,
            char => Some(char),
        })
        .collect();
}

/// Characters without a shape of their own, which Go's `unicode.IsPrint` refuses.
fn is_format(char: char) -> bool {
    matches!(
        char as u32,
        0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F
            | 0xE000..=0xF8FF | 0xFEFF | 0xFFF9..=0xFFFB | 0xE0001..=0xE007F
    )
}

struct Reader {
    source: SourceId,
}

impl Reader {
    fn span(&self, node: NodeRef<'_>) -> Span {
        Span::in_part(self.source, 0, node.span())
    }

    fn refuse<T>(&self, node: NodeRef<'_>, message: String) -> Read<T> {
        Err(Refused {
            message,
            at: Some(self.span(node)),
        })
    }

    /// Entries with their keys as written, in the order of `encoding/json`'s output, which sorts them.
    fn entries<'d>(&self, node: NodeRef<'d>, what: &str) -> Read<BTreeMap<String, NodeRef<'d>>> {
        if node.kind() != Kind::Mapping {
            return self.refuse(node, format!("{what} must be a mapping"));
        }
        let mut entries = BTreeMap::new();
        for (key, value) in node.merged_entries() {
            match key.json_key() {
                Ok(name) => entries.insert(name.into_owned(), value),
                Err(error) => return self.refuse(key, error.message),
            };
        }
        Ok(entries)
    }

    /// Entries with their keys in lower case.
    fn fields<'d>(&self, node: NodeRef<'d>, what: &str) -> Read<Vec<(String, NodeRef<'d>)>> {
        Ok(self
            .entries(node, what)?
            .into_iter()
            .map(|(key, node)| (key.to_ascii_lowercase(), node))
            .collect())
    }

    fn text(&self, node: NodeRef<'_>, key: &str, into: &mut String) -> Read<()> {
        if node.kind() != Kind::Scalar {
            return self.refuse(node, format!("`{key}` must be text"));
        }
        match node.try_resolve() {
            Ok(Scalar::Null) => {}
            Ok(Scalar::Bool(value)) => *into = value.to_string(),
            Ok(Scalar::Int(value)) => *into = value.to_string(),
            Ok(Scalar::Uint(value)) => *into = value.to_string(),
            // Single precision: `strconv.FormatFloat(f, 'g', -1, 32)` in sigs.k8s.io/yaml.
            Ok(Scalar::Float(value)) => {
                *into = match plimsoll_yaml::format_float32(value).as_str() {
                    ".inf" => "+Inf".to_owned(),
                    "-.inf" => "-Inf".to_owned(),
                    ".nan" => "NaN".to_owned(),
                    text => text.to_owned(),
                }
            }
            Ok(Scalar::Str(_) | Scalar::Timestamp(_) | Scalar::Binary(_)) => node.str().clone_into(into),
            Err(error) => return self.refuse(node, error.message),
        }
        Ok(())
    }

    fn boolean(&self, node: NodeRef<'_>, key: &str, into: &mut bool) -> Read<()> {
        match node.as_bool() {
            Some(value) => *into = value,
            None if node.is_null() => {}
            None => return self.refuse(node, format!("`{key}` must be true or false")),
        }
        Ok(())
    }

    fn items<'d>(&self, node: NodeRef<'d>, key: &str) -> Read<Vec<NodeRef<'d>>> {
        match node.kind() {
            Kind::Sequence => Ok(node.items().collect()),
            Kind::Scalar if node.is_null() => Ok(Vec::new()),
            _ => self.refuse(node, format!("`{key}` must be a list")),
        }
    }

    fn texts(&self, node: NodeRef<'_>, key: &str, into: &mut Vec<String>) -> Read<()> {
        into.clear();
        for item in self.items(node, key)? {
            let mut text = String::new();
            self.text(item, key, &mut text)?;
            into.push(text);
        }
        Ok(())
    }

    fn maintainer(&self, node: NodeRef<'_>) -> Read<Maintainer> {
        let mut maintainer = Maintainer::default();
        if node.is_null() {
            return self.refuse(
                node,
                "maintainers must not contain empty or null nodes".to_owned(),
            );
        }
        for (key, node) in self.fields(node, "a maintainer")? {
            match key.as_str() {
                "name" => self.text(node, &key, &mut maintainer.name)?,
                "email" => self.text(node, &key, &mut maintainer.email)?,
                "url" => self.text(node, &key, &mut maintainer.url)?,
                _ => {}
            }
        }
        Ok(maintainer)
    }

    fn dependency(&self, index: usize, node: NodeRef<'_>) -> Read<Dependency> {
        let mut dependency = Dependency {
            index,
            span: Some(self.span(node)),
            ..Dependency::default()
        };
        if node.is_null() {
            return self.refuse(
                node,
                "dependencies must not contain empty or null nodes".to_owned(),
            );
        }
        for (key, node) in self.fields(node, "a dependency")? {
            match key.as_str() {
                "name" => self.text(node, &key, &mut dependency.name)?,
                "version" => self.text(node, &key, &mut dependency.version)?,
                "repository" => self.text(node, &key, &mut dependency.repository)?,
                "condition" => self.text(node, &key, &mut dependency.condition)?,
                "tags" => self.texts(node, &key, &mut dependency.tags)?,
                "enabled" => self.boolean(node, &key, &mut dependency.enabled)?,
                "import-values" => {
                    for item in self.items(node, &key)? {
                        dependency.import_values.extend(self.import_value(item)?);
                    }
                }
                "alias" => self.text(node, &key, &mut dependency.alias)?,
                _ => {}
            }
        }
        Ok(dependency)
    }

    /// None for what Helm passes over: anything that is neither text nor a mapping.
    fn import_value(&self, node: NodeRef<'_>) -> Read<Option<ImportValue>> {
        if node.kind() == Kind::Mapping {
            // `%v` of a key that is not there.
            let mut child = "<nil>".to_owned();
            let mut parent = "<nil>".to_owned();
            for (key, node) in self.entries(node, "an import")? {
                match key.as_str() {
                    "child" => self.text(node, &key, &mut child)?,
                    "parent" => self.text(node, &key, &mut parent)?,
                    _ => {}
                }
            }
            return Ok(Some(ImportValue::Pair { child, parent }));
        }
        Ok(node.as_str().map(|name| ImportValue::Export(name.to_owned())))
    }
}
