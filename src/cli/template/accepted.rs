//! The flags of `helm template` that need no work here, and where Helm looks for the namespace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use plimsoll_gostd::strconv;
use plimsoll_gostd::time::Duration;

use crate::chart::HelmCompat;
use crate::cli::go_flags::{GoList, go_bool};

/// Flags of `helm template` that change nothing of what is printed, or that a chart on disk makes meaningless.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Accepted, without effect here")]
pub(super) struct Accepted {
    #[arg(long, hide = true)]
    atomic: bool,
    #[arg(long, hide = true)]
    rollback_on_failure: bool,
    #[arg(long, hide = true)]
    create_namespace: bool,
    #[arg(long, hide = true, value_name = "TEXT")]
    description: Option<String>,
    #[arg(long, hide = true)]
    disable_openapi_validation: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "WHERE")]
    dry_run: Option<Option<String>>,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(long, hide = true)]
    force_conflicts: bool,
    #[arg(long, hide = true)]
    force_replace: bool,
    #[arg(long, hide = true)]
    hide_notes: bool,
    #[arg(short, long, hide = true, value_name = "LABELS", value_parser = go_labels)]
    labels: Vec<GoList>,
    #[arg(long, hide = true)]
    render_subchart_notes: bool,
    #[arg(long, hide = true)]
    replace: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "BOOL", value_parser = go_bool)]
    server_side: Option<Option<bool>>,
    #[arg(long, hide = true)]
    skip_crds: bool,
    #[arg(long, hide = true)]
    take_ownership: bool,
    #[arg(long, hide = true, value_name = "DURATION", value_parser = go_duration)]
    timeout: Option<Duration>,
    #[arg(long, hide = true)]
    validate: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "STRATEGY")]
    wait: Option<Option<String>>,
    #[arg(long, hide = true)]
    wait_for_jobs: bool,
    #[arg(long, hide = true, value_name = "FILE")]
    keyring: Option<String>,
    #[arg(long, hide = true, value_name = "NUMBER", value_parser = go_int, allow_hyphen_values = true)]
    burst_limit: Option<i64>,
    #[arg(long, hide = true, value_name = "NUMBER", value_parser = go_float, allow_hyphen_values = true)]
    qps: Option<f64>,
    #[arg(long, hide = true, value_name = "URL")]
    kube_apiserver: Option<String>,
    #[arg(long, hide = true, value_name = "NAME")]
    kube_as_user: Option<String>,
    #[arg(long, hide = true, value_name = "NAME")]
    kube_as_group: Vec<String>,
    #[arg(long, hide = true, value_name = "FILE")]
    kube_ca_file: Option<String>,
    #[arg(long, hide = true, value_name = "NAME")]
    kube_context: Option<String>,
    #[arg(long, hide = true)]
    kube_insecure_skip_tls_verify: bool,
    #[arg(long, hide = true, value_name = "NAME")]
    kube_tls_server_name: Option<String>,
    #[arg(long, hide = true, value_name = "TOKEN")]
    kube_token: Option<String>,
    #[arg(long, hide = true, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    #[arg(long, hide = true, value_name = "FOLDER")]
    repository_cache: Option<String>,
    #[arg(long, hide = true, value_name = "FOLDER")]
    content_cache: Option<String>,
}

fn go_labels(text: &str) -> Result<GoList, String> {
    let labels: GoList = text.parse()?;
    match labels.0.iter().find(|label| !label.contains('=')) {
        Some(label) => Err(format!("`{label}` must be written as KEY=VALUE")),
        None => Ok(labels),
    }
}

fn go_duration(text: &str) -> Result<Duration, String> {
    Duration::parse(text.as_bytes()).map_err(|error| error.to_string())
}

fn go_int(text: &str) -> Result<i64, String> {
    strconv::parse_int(text.as_bytes(), 0, 64).map_err(|error| error.to_string())
}

fn go_float(text: &str) -> Result<f64, String> {
    strconv::parse_float(text.as_bytes(), strconv::FloatSize::F32).map_err(|error| error.to_string())
}

impl Accepted {
    /// Refuses what helm refuses, and what needs a cluster or keys.
    pub(super) fn judge(&self, compat: HelmCompat) -> anyhow::Result<()> {
        let places: &[&str] = match compat {
            HelmCompat::V3 => &["false", "true", "none", "client", "server"],
            HelmCompat::V4 => &["unset", "true", "client", "server"],
        };
        let place = self.dry_run.as_ref().and_then(Option::as_deref);
        if let Some(place) = place.filter(|place| !places.contains(place)) {
            bail!("`--dry-run={place}` is nothing that helm knows; write `--dry-run=client`");
        }
        if self.validate || place == Some("server") {
            bail!(
                "there is no server: `--validate` and `--dry-run=server` need a cluster; use `plimsoll check` instead"
            );
        }
        if let Some(Some(wait)) = &self.wait {
            let is_known = match compat {
                HelmCompat::V3 => go_bool(wait).is_ok(),
                HelmCompat::V4 => {
                    go_bool(wait).is_ok() || ["watcher", "hookOnly", "legacy"].contains(&wait.as_str())
                }
            };
            if !is_known {
                bail!(
                    "`--wait={wait}` is nothing that helm knows; nothing is waited for here, so leave it out"
                );
            }
        }
        Ok(())
    }
}

/// What Helm says without `--namespace`: HELM_NAMESPACE, the current context of kubectl, `default`.
pub(super) fn default_namespace(accepted: &Accepted) -> String {
    if let Some(namespace) = std::env::var("HELM_NAMESPACE")
        .ok()
        .filter(|namespace| !namespace.is_empty())
    {
        return namespace;
    }
    let context = accepted
        .kube_context
        .clone()
        .or_else(|| std::env::var("HELM_KUBECONTEXT").ok())
        .filter(|context| !context.is_empty());
    let file = accepted.kubeconfig.clone().or_else(|| {
        let from_env = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
        match from_env {
            Some(value) => std::env::split_paths(&value).find(|path| path.is_file()),
            None => std::env::var_os("HOME").map(|home| Path::new(&home).join(".kube/config")),
        }
    });
    file.and_then(|file| fs::read_to_string(file).ok())
        .and_then(|text| namespace_of_context(&text, context.as_deref()))
        .unwrap_or_else(|| "default".to_owned())
}

fn namespace_of_context(kubeconfig: &str, context: Option<&str>) -> Option<String> {
    let stream = plimsoll_yaml::parse(kubeconfig, &plimsoll_yaml::Limits::default());
    let root = stream.docs.first()?.root();
    let current = context.or_else(|| root.get("current-context").map(|node| node.str()))?;
    let context = root
        .get("contexts")?
        .items()
        .find(|item| item.get("name").is_some_and(|name| name.str() == current))?;
    let namespace = context.get("context")?.get("namespace")?.str();
    (!namespace.is_empty()).then(|| namespace.to_owned())
}
