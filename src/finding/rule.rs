//! What is known of a rule before it runs.

use super::{Safety, Severity};

/// The stage of the pipeline that speaks. What comes before [`Stage::Lint`] would be refused by a real API server or
/// by Helm; lint reports what is accepted and hurts later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The text is not YAML, or not a file we can read.
    Yaml,
    /// Values files, `--set` flags, `values.schema.json`, `Chart.yaml`.
    Values,
    /// Templates.
    Render,
    /// Kubernetes OpenAPI schemas and CRDs.
    Schema,
    /// What the API server refuses beyond its schemas.
    Admission,
    /// Accepted, and hurts later.
    Lint,
    /// What a change does; no finding, and named by who accepts it.
    Diff,
}

impl Stage {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Values => "values",
            Self::Render => "render",
            Self::Schema => "schema",
            Self::Admission => "admission",
            Self::Lint => "lint",
            Self::Diff => "diff",
        }
    }
}

/// The subject of a rule; `--rules` takes a group's name for all of its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The text itself.
    Yaml,
    /// Chart files and values.
    Chart,
    /// Templates.
    Template,
    /// Fields and kinds.
    Schema,
    /// What the API server refuses beyond its schemas.
    Admission,
    /// Liveness, readiness and startup.
    Probes,
    /// Selectors, labels and what they reach.
    Selectors,
    /// Update strategies and their arithmetic.
    Rollout,
    /// Image references.
    Images,
    /// Requests and limits.
    Resources,
    /// Names of other objects, and keys in them.
    References,
    /// Two versions side by side: blue and green, stable and canary.
    Canary,
    /// Starting and stopping: hooks, grace periods, environment.
    Lifecycle,
    /// Where pods run, and how many of them survive a node.
    Scheduling,
    /// What a container may do on its node.
    SecurityContext,
    /// Roles, bindings and service accounts.
    Rbac,
    /// Services, Ingresses, policies and ports.
    Network,
    /// Credentials.
    Secrets,
    /// Names, labels, annotations and namespaces.
    Metadata,
    /// Jobs and CronJobs.
    Jobs,
    /// Autoscalers.
    Autoscaling,
    /// Volumes and claims.
    Storage,
    /// The flags of the control plane's own programs.
    ControlPlane,
    /// Notes that findings are accepted.
    Suppressions,
    /// Rules of a project's own.
    Custom,
    /// What the cluster does with a change.
    Impact,
}

impl Group {
    /// The word used in every output and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Chart => "chart",
            Self::Template => "template",
            Self::Schema => "schema",
            Self::Admission => "admission",
            Self::Probes => "probes",
            Self::Selectors => "selectors",
            Self::Rollout => "rollout",
            Self::Images => "images",
            Self::Resources => "resources",
            Self::References => "references",
            Self::Canary => "canary",
            Self::Lifecycle => "lifecycle",
            Self::Scheduling => "scheduling",
            Self::SecurityContext => "security-context",
            Self::Rbac => "rbac",
            Self::Network => "network",
            Self::Secrets => "secrets",
            Self::Metadata => "metadata",
            Self::Jobs => "jobs",
            Self::Autoscaling => "autoscaling",
            Self::Storage => "storage",
            Self::ControlPlane => "control-plane",
            Self::Suppressions => "suppressions",
            Self::Custom => "custom",
            Self::Impact => "impact",
        }
    }
}

/// A rule's name, weight and page. One `static` per rule, in the file that reports it.
#[derive(Debug)]
pub struct RuleMeta {
    /// The field's own name where there is one, in kebab-case; names what is wrong, never the cure.
    pub name: &'static str,
    /// The subject.
    pub group: Group,
    /// The stage that reports it.
    pub stage: Stage,
    /// Its weight unless the configuration says otherwise.
    pub severity: Severity,
    /// Whether it runs when nobody asked for it by name.
    pub default: bool,
    /// One line: what it finds.
    pub summary: &'static str,
    /// The same check in other tools, `tool:check`.
    pub peers: &'static [&'static str],
    /// Whether `plimsoll fix` mends some of its findings, and the safest way it has; none if never.
    pub fix: Option<Safety>,
    /// The Markdown page: what, why, bad, good, not reported. Its examples are tests.
    pub page: &'static str,
}

impl PartialEq for RuleMeta {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RuleMeta {}
