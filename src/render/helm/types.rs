//! The Go types of what Helm gives to templates: they decide fields, methods and what `typeOf` and `%v` print.
//!
//! Upstream: `pkg/chart/common` and `pkg/engine` of Helm 4.3.1, `pkg/chartutil`, `pkg/chart` and `pkg/engine` of 3.22.0.

use std::sync::LazyLock;

use plimsoll_gotpl::func::{FromArg, FuncError, Functions, Signature};
use plimsoll_gotpl::types::{Field, Named, Type};
use plimsoll_gotpl::value::{List, Str, Value};

use super::{files, value_methods};
use crate::chart::HelmCompat;

const fn json(name: &'static str, ty: &'static Type, json: &'static str) -> Field {
    Field {
        name,
        ty,
        embedded: false,
        json,
        omit_empty: true,
    }
}

const fn kept(name: &'static str, ty: &'static Type, json: &'static str) -> Field {
    Field {
        name,
        ty,
        embedded: false,
        json,
        omit_empty: false,
    }
}

/// `chartutil.Values`, `common.Values`: a map with methods.
pub(super) fn values(compat: HelmCompat) -> &'static Type {
    static V3: Type = Type::Named(&Named {
        name: "chartutil.Values",
        underlying: Type::Map(&Type::Any),
        methods: Some(|| {
            static METHODS: LazyLock<Functions> = LazyLock::new(|| value_methods::methods(&V3));
            &METHODS
        }),
    });
    static V4: Type = Type::Named(&Named {
        name: "common.Values",
        underlying: Type::Map(&Type::Any),
        methods: Some(|| {
            static METHODS: LazyLock<Functions> = LazyLock::new(|| value_methods::methods(&V4));
            &METHODS
        }),
    });
    match compat {
        HelmCompat::V3 => &V3,
        HelmCompat::V4 => &V4,
    }
}

/// `engine.files`: `map[string][]uint8` with methods.
pub(super) static FILES: Type = Type::Named(&Named {
    name: "engine.files",
    underlying: Type::Map(Type::BYTES),
    methods: Some(files::methods),
});

/// `VersionSet`: `[]string` with the method `Has`.
pub(super) fn version_set(compat: HelmCompat) -> &'static Type {
    match compat {
        HelmCompat::V3 => &VERSION_SET_3,
        HelmCompat::V4 => &VERSION_SET_4,
    }
}

static VERSION_SET_3: Type = Type::Named(&Named {
    name: "chartutil.VersionSet",
    underlying: Type::Slice(&Type::String),
    methods: Some(version_set_methods),
});
static VERSION_SET_4: Type = Type::Named(&Named {
    name: "common.VersionSet",
    underlying: Type::Slice(&Type::String),
    methods: Some(version_set_methods),
});

/// The receiver of a method of a `VersionSet`.
struct VersionSet(List);

impl FromArg for VersionSet {
    const TYPE: &'static Type = &Type::Any;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::List(list) => Ok(Self(list)),
            _ => Ok(Self(List::nil(Type::STRINGS))),
        }
    }
}

fn version_set_methods() -> &'static Functions {
    static METHODS: LazyLock<Functions> = LazyLock::new(|| {
        let mut methods = Functions::new();
        methods.add("Has", |set: VersionSet, wanted: Str| {
            set.0.iter().any(|known| known.as_str() == Some(&wanted))
        });
        methods
    });
    &METHODS
}

fn kube_version_methods() -> &'static Functions {
    static METHODS: LazyLock<Functions> = LazyLock::new(|| {
        let mut methods = Functions::new();
        methods.add("GitVersion", |version: Value| field(&version, "Version"));
        methods.add("String", |version: Value| {
            let normalized = field(&version, "normalizedVersion");
            if normalized.is_empty() {
                field(&version, "Version")
            } else {
                normalized
            }
        });
        methods
    });
    &METHODS
}

fn field(value: &Value, name: &str) -> Str {
    match value {
        Value::Object(object) => object
            .field(name)
            .and_then(|value| value.as_str().cloned())
            .unwrap_or_default(),
        _ => Str::EMPTY,
    }
}

/// `KubeVersion`.
pub(super) fn kube_version(compat: HelmCompat) -> &'static Type {
    match compat {
        HelmCompat::V3 => &KUBE_VERSION_3,
        HelmCompat::V4 => &KUBE_VERSION_4,
    }
}

static KUBE_VERSION_3: Type = Type::Named(&Named {
    name: "chartutil.KubeVersion",
    underlying: Type::Struct(&[
        Field::new("Version", &Type::String),
        Field::new("Major", &Type::String),
        Field::new("Minor", &Type::String),
    ]),
    methods: Some(kube_version_methods),
});
static KUBE_VERSION_4: Type = Type::Named(&Named {
    name: "common.KubeVersion",
    underlying: Type::Struct(&[
        Field::new("Version", &Type::String),
        Field::new("normalizedVersion", &Type::String),
        Field::new("Major", &Type::String),
        Field::new("Minor", &Type::String),
    ]),
    methods: Some(kube_version_methods),
});

/// `version.BuildInfo`.
pub(super) fn build_info(compat: HelmCompat) -> &'static Type {
    match compat {
        HelmCompat::V3 => &BUILD_INFO_3,
        HelmCompat::V4 => &BUILD_INFO_4,
    }
}

static BUILD_INFO_3: Type = Type::Named(&Named {
    name: "version.BuildInfo",
    underlying: Type::Struct(&[
        json("Version", &Type::String, "version"),
        json("GitCommit", &Type::String, "git_commit"),
        json("GitTreeState", &Type::String, "git_tree_state"),
        json("GoVersion", &Type::String, "go_version"),
    ]),
    methods: None,
});
static BUILD_INFO_4: Type = Type::Named(&Named {
    name: "version.BuildInfo",
    underlying: Type::Struct(&[
        json("Version", &Type::String, "version"),
        json("GitCommit", &Type::String, "git_commit"),
        json("GitTreeState", &Type::String, "git_tree_state"),
        json("GoVersion", &Type::String, "go_version"),
        json("KubeClientVersion", &Type::String, "kube_client_version"),
    ]),
    methods: None,
});

/// `Capabilities`, and the pointer to it that templates are given.
pub(super) fn capabilities(compat: HelmCompat) -> (&'static Type, &'static Type) {
    static V3: Type = Type::Named(&Named {
        name: "chartutil.Capabilities",
        underlying: Type::Struct(&[
            Field::new("KubeVersion", &KUBE_VERSION_3),
            Field::new("APIVersions", &VERSION_SET_3),
            Field::new("HelmVersion", &BUILD_INFO_3),
        ]),
        methods: Some(|| {
            static METHODS: LazyLock<Functions> = LazyLock::new(|| methods(&POINTER_3));
            &METHODS
        }),
    });
    static V4: Type = Type::Named(&Named {
        name: "common.Capabilities",
        underlying: Type::Struct(&[
            Field::new("KubeVersion", &KUBE_VERSION_4),
            Field::new("APIVersions", &VERSION_SET_4),
            Field::new("HelmVersion", &BUILD_INFO_4),
        ]),
        methods: Some(|| {
            static METHODS: LazyLock<Functions> = LazyLock::new(|| methods(&POINTER_4));
            &METHODS
        }),
    });
    fn methods(pointer: &'static Type) -> Functions {
        let mut methods = Functions::of_pointer();
        let signature = Signature {
            params: &[&Type::Any],
            variadic: false,
            result: pointer,
        };
        // Templates cannot change what it holds, so the copy may be the original.
        methods.add_raw("Copy", signature, |_, args| Ok(args.next().unwrap_or_default()));
        methods
    }
    static POINTER_3: Type = Type::Ptr(&V3);
    static POINTER_4: Type = Type::Ptr(&V4);
    match compat {
        HelmCompat::V3 => (&V3, &POINTER_3),
        HelmCompat::V4 => (&V4, &POINTER_4),
    }
}

/// Helm 3's `chart.Maintainer`.
pub(super) static MAINTAINER: Type = Type::Named(&Named {
    name: "chart.Maintainer",
    underlying: Type::Struct(&[
        json("Name", &Type::String, "name"),
        json("Email", &Type::String, "email"),
        json("URL", &Type::String, "url"),
    ]),
    methods: None,
});
/// `*chart.Maintainer`
pub(super) static MAINTAINER_POINTER: Type = Type::Ptr(&MAINTAINER);
/// `[]*chart.Maintainer`
pub(super) static MAINTAINERS: Type = Type::Slice(&MAINTAINER_POINTER);

/// Helm 3's `chart.Dependency`.
pub(super) static DEPENDENCY: Type = Type::Named(&Named {
    name: "chart.Dependency",
    underlying: Type::Struct(&[
        kept("Name", &Type::String, "name"),
        json("Version", &Type::String, "version"),
        kept("Repository", &Type::String, "repository"),
        json("Condition", &Type::String, "condition"),
        json("Tags", Type::STRINGS, "tags"),
        json("Enabled", &Type::Bool, "enabled"),
        json("ImportValues", Type::LIST, "import-values"),
        json("Alias", &Type::String, "alias"),
    ]),
    methods: None,
});
/// `*chart.Dependency`
pub(super) static DEPENDENCY_POINTER: Type = Type::Ptr(&DEPENDENCY);
/// `[]*chart.Dependency`
pub(super) static DEPENDENCIES: Type = Type::Slice(&DEPENDENCY_POINTER);

/// Helm 3's `chart.Metadata`.
pub(super) static METADATA: Type = Type::Named(&Named {
    name: "chart.Metadata",
    underlying: Type::Struct(&[
        json("Name", &Type::String, "name"),
        json("Home", &Type::String, "home"),
        json("Sources", Type::STRINGS, "sources"),
        json("Version", &Type::String, "version"),
        json("Description", &Type::String, "description"),
        json("Keywords", Type::STRINGS, "keywords"),
        json("Maintainers", &MAINTAINERS, "maintainers"),
        json("Icon", &Type::String, "icon"),
        json("APIVersion", &Type::String, "apiVersion"),
        json("Condition", &Type::String, "condition"),
        json("Tags", &Type::String, "tags"),
        json("AppVersion", &Type::String, "appVersion"),
        json("Deprecated", &Type::Bool, "deprecated"),
        json("Annotations", Type::STRING_MAP, "annotations"),
        json("KubeVersion", &Type::String, "kubeVersion"),
        json("Dependencies", &DEPENDENCIES, "dependencies"),
        json("Type", &Type::String, "type"),
    ]),
    methods: None,
});

/// Helm 3's `.Chart`.
pub(super) static CHART: Type = Type::Struct(&[
    Field {
        name: "Metadata",
        ty: &METADATA,
        embedded: true,
        json: "",
        omit_empty: false,
    },
    Field::new("IsRoot", &Type::Bool),
]);
