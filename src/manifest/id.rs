//! What an object is called.

use std::fmt;
use std::sync::Arc;

use plimsoll_yaml::NodeRef;

/// API group and kind: `("apps", "Deployment")`.
pub type GroupKind<'a> = (&'a str, &'a str);

/// Identity of an object as it was written. Missing parts are empty strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// `apps/v1`.
    pub api_version: Arc<str>,
    /// `Deployment`.
    pub kind: Arc<str>,
    /// As written, or the release's; `None` when neither says.
    pub namespace: Option<Arc<str>>,
    /// `metadata.name`, or `metadata.generateName`.
    pub name: Arc<str>,
}

impl ObjectId {
    /// Reads the identity of an object; parts that are missing or not text are left empty.
    pub fn of(object: NodeRef<'_>) -> Self {
        let text = |node: Option<NodeRef<'_>>| {
            node.filter(|node| node.is_scalar() && !node.is_null())
                .map(NodeRef::str)
                .map(Arc::<str>::from)
        };
        let metadata = object.get("metadata");
        let field = |key: &str| metadata.and_then(|metadata| metadata.get(key));
        Self {
            api_version: text(object.get("apiVersion")).unwrap_or_default(),
            kind: text(object.get("kind")).unwrap_or_default(),
            namespace: text(field("namespace")).filter(|namespace| !namespace.is_empty()),
            name: text(field("name"))
                .or_else(|| text(field("generateName")))
                .unwrap_or_default(),
        }
    }

    /// The API group: `apps` of `apps/v1`, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// Group and kind: what an object is, whatever its version.
    pub fn group_kind(&self) -> GroupKind<'_> {
        (self.group(), &self.kind)
    }

    /// The version: `v1` of `apps/v1`.
    pub fn version(&self) -> &str {
        self.api_version
            .rsplit_once('/')
            .map_or(&*self.api_version, |(_, version)| version)
    }
}

impl fmt::Display for ObjectId {
    /// `Deployment shop/web`, as kubectl's users say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.kind.is_empty() {
            "object"
        } else {
            &*self.kind
        };
        match (&self.namespace, self.name.is_empty()) {
            (_, true) => write!(f, "{kind} without a name"),
            (Some(namespace), false) => write!(f, "{kind} {namespace}/{}", self.name),
            (None, false) => write!(f, "{kind} {}", self.name),
        }
    }
}
