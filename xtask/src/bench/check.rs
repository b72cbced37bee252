//! Validation, ours beside the peers', on the same files. The peers are built with Go from pinned modules; kubeconform gets the schemas of
//! the same OpenAPI document as ours, from disk, so that neither touches the network.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};

use super::measured::alternate;

/// The peers, as `go install` takes them.
const KUBECONFORM: &str = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0";
const KUBE_SCORE: &str = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0";
/// The module that holds the OpenAPI document.
const KUBERNETES: &str = "k8s.io/kubernetes@v1.37.0";

/// Twelve versions in one run.
const TWELVE: &str = "1.26..1.37";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Our binary, built in the release profile
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// A folder with the peers' binaries; kubeconform and kube-score are built when not given. kube-linter, which the
    /// Go module proxy does not have, is measured if it is in the folder
    #[arg(long)]
    peers: Option<PathBuf>,

    /// Measured runs of each command
    #[arg(long, default_value_t = 15)]
    runs: usize,

    /// Objects in the large stream
    #[arg(long, default_value_t = 2_000)]
    objects: usize,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let scratch = std::env::temp_dir().join(format!("plimsoll-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let result = measure(args, &scratch);
    fs::remove_dir_all(&scratch)?;
    result
}

fn measure(args: &Args, scratch: &Path) -> anyhow::Result<()> {
    let peers = match &args.peers {
        Some(folder) => fs::canonicalize(folder)?,
        None => build_peers(scratch)?,
    };
    let ours = fs::canonicalize(&args.binary).context("build it: cargo build --release")?;
    let ours = ours.to_str().context("a plain path")?;
    let schemas = scratch.join("schemas");
    write_schemas(&schemas)?;
    let location = format!(
        "{}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json",
        schemas.display()
    );
    let kubeconform = peers.join("kubeconform").display().to_string();
    let kube_score = peers.join("kube-score").display().to_string();
    let kube_linter = peers.join("kube-linter").display().to_string();

    let large = scratch.join("large.yaml");
    fs::write(&large, deployments(args.objects))?;
    let small = scratch.join("small.yaml");
    fs::write(&small, deployments(1))?;

    println!(
        "{} cores, medians of {} runs after a warm-up",
        std::thread::available_parallelism()?,
        args.runs
    );
    println!("| input | command | wall | CPU | peak memory |");
    println!("|---|---|---|---|---|");
    let version = Command::new(ours).arg("--version").output()?;
    ensure!(version.status.success(), "our binary does not start");
    let many = format!("{} Deployments", args.objects);
    for (name, file) in [("1 Deployment", &small), (&*many, &large)] {
        let file = file.to_str().context("a plain path")?;
        let mut commands: Vec<Vec<&str>> = vec![
            vec![ours, "check", "--rules", "none", file],
            vec![ours, "check", "--rules", "none", "--kubernetes", TWELVE, file],
            vec![&kubeconform, "-strict", "-schema-location", &location, file],
            vec![ours, "check", file],
            vec![&kube_score, "score", file],
        ];
        if Path::new(&kube_linter).exists() {
            commands.push(vec![&kube_linter, "lint", file]);
        }
        for (command, measured) in commands.iter().zip(alternate(&commands, args.runs)?) {
            println!("| {name} | {} | {measured} |", shorten(command, scratch));
        }
    }
    let commands = vec![vec![ours, "--version"], vec![ours, "check", "charts/storefront"]];
    for (command, measured) in commands.iter().zip(alternate(&commands, args.runs)?) {
        println!("| | {} | {measured} |", shorten(command, scratch));
    }
    Ok(())
}

fn shorten(command: &[&str], scratch: &Path) -> String {
    let scratch = scratch.display().to_string();
    let words = command
        .iter()
        .filter(|word| !word.contains("ResourceKind") && **word != "-schema-location");
    words
        .map(|word| match word.strip_prefix(&scratch) {
            Some(rest) => rest.trim_start_matches('/'),
            None => word.rsplit('/').next().unwrap_or(word),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Deployments that are clean but for their number.
pub(super) fn deployments(count: usize) -> String {
    let mut text = String::new();
    for number in 0..count {
        let _ = write!(
            text,
            "---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-{number}
  namespace: shop
  labels:
    app.kubernetes.io/name: web-{number}
spec:
  replicas: 3
  strategy:
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      app.kubernetes.io/name: web-{number}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web-{number}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.{number}.0
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
          startupProbe:
            httpGet:
              path: /healthz
              port: http
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          readinessProbe:
            httpGet:
              path: /readyz
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          securityContext:
            runAsNonRoot: true
            allowPrivilegeEscalation: false
"
        );
    }
    text
}

fn build_peers(scratch: &Path) -> anyhow::Result<PathBuf> {
    let folder = scratch.join("peers");
    for module in [KUBECONFORM, KUBE_SCORE] {
        let status = Command::new("go")
            .args(["install", module])
            .env("GOBIN", &folder)
            .status()
            .context("needs Go")?;
        ensure!(status.success(), "go install {module} failed");
    }
    Ok(folder)
}

/// The official OpenAPI document as the JSON Schemas kubeconform reads: one file a kind, strict, all definitions in one.
fn write_schemas(folder: &Path) -> anyhow::Result<()> {
    let output = Command::new("go")
        .args(["mod", "download", "-json", KUBERNETES])
        .output()
        .context("needs Go")?;
    let module: Value = serde_json::from_slice(&output.stdout)?;
    let module = module["Dir"]
        .as_str()
        .context("go mod download says where the module is")?;
    let text = fs::read_to_string(Path::new(module).join("api/openapi-spec/swagger.json"))?;
    let mut document: Value = serde_json::from_str(&text)?;
    let mut definitions = match document["definitions"].take() {
        Value::Object(definitions) => definitions,
        _ => Map::new(),
    };
    ensure!(
        definitions.len() > 500,
        "the OpenAPI document has {} definitions",
        definitions.len()
    );
    fs::create_dir_all(folder)?;
    for (name, definition) in &mut definitions {
        if name.ends_with("intstr.IntOrString") {
            *definition = json!({"oneOf": [{"type": "string"}, {"type": "integer"}]});
        } else if name.ends_with("resource.Quantity") {
            *definition = json!({"oneOf": [{"type": "string"}, {"type": "number"}]});
        } else if definition.get("properties").is_some() {
            definition["additionalProperties"] = Value::Bool(false);
        }
        let kinds = definition["x-kubernetes-group-version-kind"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for kind in kinds {
            let word = |key: &str| kind[key].as_str().unwrap_or_default().to_lowercase();
            let group = word("group");
            let group = group.split('.').next().unwrap_or_default();
            let suffix = if group.is_empty() {
                word("version")
            } else {
                format!("{group}-{}", word("version"))
            };
            let file = folder.join(format!("{}-{suffix}.json", word("kind")));
            fs::write(
                file,
                json!({"$ref": format!("_definitions.json#/definitions/{name}")}).to_string(),
            )?;
        }
    }
    let text = json!({"definitions": definitions})
        .to_string()
        .replace("\"#/definitions/", "\"_definitions.json#/definitions/");
    fs::write(folder.join("_definitions.json"), text)?;
    Ok(())
}
