//! Where Helm 3 and Helm 4 differ, one function a difference. Profiles are the builds of 3.22.0 and 4.3.1.

/// Which Helm to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HelmCompat {
    /// Helm 3.22.0
    V3,
    /// Helm 4.3.1
    #[default]
    V4,
}

impl HelmCompat {
    /// The version templates see in `.Capabilities.HelmVersion`.
    pub fn helm_version(self) -> &'static str {
        match self {
            Self::V3 => "v3.22.0",
            Self::V4 => "v4.3.1",
        }
    }

    /// All documents of a values file count, merged in order; in Helm 3 the first one alone.
    /// 4: `LoadValues`, `pkg/chart/v2/loader/load.go:209`; 3: `pkg/chart/loader/load.go:107`.
    pub fn merges_documents_of_values(self) -> bool {
        self == Self::V4
    }

    /// `--set-json '{…}'` merges an object. 4: `pkg/cli/values/options.go:66`.
    /// 3: `pkg/cli/values/options.go:65` reads `key=json` only.
    pub fn set_json_takes_objects(self) -> bool {
        self == Self::V4
    }

    /// Nulls in a chart's own values vanish. 4: `cleanNilValues`, `pkg/chart/common/util/coalesce.go:363`.
    pub fn drops_nulls_of_defaults(self) -> bool {
        self == Self::V4
    }

    /// A chart used under two aliases has one list of dependencies, so what the first alias changed in it the second
    /// finds changed. 3: `getAliasDependency`, `pkg/chartutil/dependencies.go:107`; 4 copies, `pkg/chart/v2/util/dependencies.go:130`.
    pub fn aliases_share_metadata(self) -> bool {
        self == Self::V3
    }

    /// A single file of a chart may have 5 MiB. 3: `pkg/chart/loader/directory.go:104`, `archive.go:195`; 4 bounds the sum alone.
    pub fn bounds_single_files(self) -> bool {
        self == Self::V3
    }

    /// `.Chart` is a struct; in Helm 4 it is a map. 3: `recAllTpls`, `pkg/engine/engine.go:384`; 4: `pkg/chart/common.go:151`.
    pub fn chart_is_a_struct(self) -> bool {
        self == Self::V3
    }

    /// A document keeps the line breaks at its end. 4: `SplitManifests`, `pkg/release/v1/util/manifest.go:37`; 3 trims,
    /// `pkg/releaseutil/manifest.go:36`.
    pub fn keeps_breaks_at_end_of_documents(self) -> bool {
        self == Self::V4
    }

    /// Webhook configurations have a place in the install order. 4: `pkg/release/v1/util/kind_sorter.go:68`.
    pub fn orders_webhook_configurations(self) -> bool {
        self == Self::V4
    }

    /// `--kube-version v1.33.4-gke.1` keeps its suffix in `.Capabilities.KubeVersion.Version`.
    /// 4: `ParseKubeVersion`, `pkg/chart/common/capabilities.go:93`; 3: `pkg/chartutil/capabilities.go:85`.
    pub fn keeps_suffix_of_kube_version(self) -> bool {
        self == Self::V4
    }

    /// Templates may call `mustToYaml`, `mustToJson` (Helm's own), `mustToToml` and the duration functions.
    /// 4: `funcMap`, `pkg/engine/funcs.go`; 3: `pkg/engine/funcs.go`.
    pub fn has_functions_of_helm_4(self) -> bool {
        self == Self::V4
    }
}
