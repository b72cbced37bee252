//! Every key of the file, once: what the reader checks and the JSON Schema says.

mod project;

/// A key of a mapping.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What it says, for the editor.
    pub(super) about: &'static str,
    pub(super) shape: Shape,
    pub(super) is_required: bool,
    /// The files it may stand in, of a key of the file.
    pub(super) scope: Scope,
}

/// The files that a key may stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A project's and a chart's.
    Rules,
    /// A project's alone.
    Project,
    /// A project's, and those it includes.
    Releases,
}

/// What may stand behind a key.
#[derive(Debug)]
pub(super) enum Shape {
    /// `true` or `false`.
    Flag,
    /// One word.
    One(Word),
    /// A list of words, or one alone.
    Many(Word),
    /// Rules and groups, each with a setting.
    Rules,
    /// Labels, each with a pattern of its value.
    Labels,
    /// Names, each with a text.
    Texts,
    /// A mapping of names, each with nothing or a mapping with these keys; or a list of names.
    Named(&'static [&'static [Key]]),
    /// A mapping with these keys.
    Mapping(&'static [&'static [Key]]),
    /// A list of mappings with these keys.
    Entries(&'static [&'static [Key]]),
}

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Anything.
    Text,
    /// A set of rules.
    Preset,
    /// A rule of any stage.
    Rule,
    /// A kind, with or without its API group.
    Kind,
    /// A pattern of a name.
    Pattern,
    /// A pattern of files.
    Files,
    /// A folder or file.
    Path,
    /// A day.
    Day,
    /// A version of Kubernetes, or a range.
    Kubernetes,
    /// A Pod Security Standard.
    PodSecurity,
    /// The name of a rule that is not there yet.
    NewRule,
    /// A field, as the API server writes it: `spec.containers[0].image`.
    Field,
    /// A number of findings, 1 or more.
    Count,
    /// A text with blanks such as `{{ env }}`.
    Stencil,
    /// The name of a release, as Helm takes it.
    Release,
    /// The name of an environment.
    Environment,
    /// One of a few.
    OneOf(&'static [&'static str]),
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        about,
        shape,
        is_required: false,
        scope: Scope::Rules,
    }
}

impl Key {
    const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    const fn of(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }
}

/// The words of `unknown-kinds`.
pub(super) const UNKNOWN_KINDS: &[&str] = &["error", "warn", "ignore"];
/// The words of `fail-on`.
pub(super) const FAIL_ON: &[&str] = &["error", "warning", "info", "never"];
/// What a rule is set to, besides a mapping.
pub(super) const LEVELS: &[&str] = &["on", "off", "error", "warning", "info"];
/// The key of a rule's weight beside its parameters.
pub(super) const SEVERITY: &str = "severity";
/// Its words.
pub(super) const SEVERITIES: &[&str] = &["error", "warning", "info"];

/// The keys of the file.
pub(super) static FILE: &[&[Key]] = &[PROJECT, project::RELEASES];

const PROJECT: &[Key] = &[
    key(
        "includes",
        Shape::Many(Word::Path),
        "Files with more `environments` and `releases`, seen from this one",
    )
    .of(Scope::Project),
    key(
        "presets",
        Shape::Many(Word::Preset),
        "Sets of lint rules that run: [default] when not said, [none] for no rule but those under `rules`",
    ),
    key(
        "rules",
        Shape::Rules,
        "Rules and groups: `off`, `on`, a severity, or a mapping of `severity` and the rule's parameters",
    ),
    key(
        "overrides",
        Shape::Entries(&[SELECTS, OVERRIDE]),
        "Other settings of rules for some objects; of several that match, the last wins",
    ),
    key(
        "externals",
        Shape::Entries(&[EXTERNAL]),
        "Objects that are made elsewhere: references to them are in order",
    ),
    key(
        "ignore",
        Shape::Entries(&[IGNORE, SELECTS]),
        "Findings that someone looked at and accepted",
    ),
    key(
        "custom-rules",
        Shape::Entries(&[CUSTOM_RULE]),
        "Rules of your own, in CEL; `plimsoll rules test` runs their tests",
    ),
    key(
        "complete",
        Shape::Flag,
        "Whether the input holds everything its objects refer to, but for `externals` (--complete)",
    ),
    key(
        "kubernetes",
        Shape::Many(Word::Kubernetes),
        "Kubernetes versions whose schemas hold: 1.36, or a range such as 1.31..1.36 (--kubernetes)",
    )
    .of(Scope::Project),
    key(
        "schemas",
        Shape::One(Word::Path),
        "Folder of the project's own schemas, seen from this file (--schema-dir)",
    )
    .of(Scope::Project),
    key(
        "unknown-kinds",
        Shape::One(Word::OneOf(UNKNOWN_KINDS)),
        "What a custom kind is whose schema is nowhere (--unknown-kinds)",
    )
    .of(Scope::Project),
    key(
        "pss",
        Shape::One(Word::PodSecurity),
        "The Pod Security Standard of namespaces whose labels do not say: restricted, or restricted:v1.31 (--pss)",
    )
    .of(Scope::Project),
    key(
        "fail-on",
        Shape::One(Word::OneOf(FAIL_ON)),
        "The least severity that fails the run (--fail-on)",
    )
    .of(Scope::Project),
];

/// The conditions on an object.
const SELECTS: &[Key] = &[
    key(
        "paths",
        Shape::Many(Word::Files),
        "Files and folders, seen from this file: `*` ends at a slash, `**` does not",
    ),
    key(
        "kinds",
        Shape::Many(Word::Kind),
        "Kinds: Deployment, or Ingress.networking.k8s.io",
    ),
    key(
        "namespaces",
        Shape::Many(Word::Pattern),
        "Namespaces: shop, or team-*",
    ),
    key(
        "names",
        Shape::Many(Word::Pattern),
        "Names of objects: web, or web-*",
    ),
    key(
        "labels",
        Shape::Labels,
        "Labels of the object, each with a value or a pattern of it",
    ),
];

const OVERRIDE: &[Key] = &[
    key("rules", Shape::Rules, "The settings that hold there").required(),
    key("reason", Shape::One(Word::Text), "Why"),
];

const EXTERNAL: &[Key] = &[
    key(
        "kind",
        Shape::One(Word::Kind),
        "The kind: Secret, or ClusterIssuer.cert-manager.io",
    )
    .required(),
    key("name", Shape::Many(Word::Pattern), "Names: db-password, or db-*").required(),
    key(
        "namespace",
        Shape::Many(Word::Pattern),
        "Namespaces; all when not said",
    ),
];

const IGNORE: &[Key] = &[
    key(
        "rules",
        Shape::Many(Word::Rule),
        "Rules whose findings are accepted",
    )
    .required(),
    key("reason", Shape::One(Word::Text), "Why they are accepted").required(),
    key(
        "until",
        Shape::One(Word::Day),
        "The last day on which they are: 2027-01-31",
    ),
];

const CUSTOM_RULE: &[Key] = &[
    key("name", Shape::One(Word::NewRule), "Its name: team-label-missing").required(),
    key(
        "expression",
        Shape::One(Word::Text),
        "CEL; true of what is in order. Variables: object, ns, objects; pod and container by `for`",
    )
    .required(),
    key(
        "message",
        Shape::One(Word::Text),
        "What is wrong where it is not true",
    )
    .required(),
    key(
        "message-expression",
        Shape::One(Word::Text),
        "CEL; the text of each finding, in place of `message`",
    ),
    key("help", Shape::One(Word::Text), "What to do"),
    key(
        "severity",
        Shape::One(Word::OneOf(SEVERITIES)),
        "The weight of its findings; warning when not said",
    ),
    key(
        "for",
        Shape::One(Word::OneOf(SUBJECTS)),
        "What it is asked of: each object (when not said), pod or container, or the release as a whole",
    ),
    key(
        "match",
        Shape::Mapping(&[SELECTS]),
        "The objects it is asked of; all when not said",
    ),
    key(
        "field",
        Shape::One(Word::Field),
        "The field that a finding points at, seen from the object, pod or container",
    ),
    key(
        "tests",
        Shape::Entries(&[TEST]),
        "What it must say of some manifests",
    ),
];

/// The words of `for`.
pub(super) const SUBJECTS: &[&str] = &["object", "pod", "container", "release"];
/// The words of `expect`.
pub(super) const EXPECT: &[&str] = &["pass", "fail"];

const TEST: &[Key] = &[
    key("name", Shape::One(Word::Text), "What it shows"),
    key("manifest", Shape::One(Word::Text), "The objects, as a text"),
    key(
        "file",
        Shape::One(Word::Path),
        "The objects, in a file, seen from this one",
    ),
    key(
        "expect",
        Shape::One(Word::OneOf(EXPECT)),
        "Whether the rule says nothing of them, or something",
    )
    .required(),
    key(
        "count",
        Shape::One(Word::Count),
        "How many findings; any number when not said",
    ),
    key(
        "at",
        Shape::Many(Word::Field),
        "The fields that the findings point at, all of them",
    ),
];

/// The keys of a mapping that is declared in parts.
pub(super) fn all(parts: &'static [&'static [Key]]) -> impl Iterator<Item = &'static Key> + Clone {
    parts.iter().flat_map(|part| part.iter())
}
