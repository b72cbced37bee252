//! Schema validation: opening the bundle, the first object, many objects.

use std::fmt::Write as _;
use std::sync::Arc;

use divan::{Bencher, black_box};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::{Strangers, parse_shared};
use plimsoll::schema::{Bundle, KubernetesVersion, SchemaStore, validate};
use plimsoll::source::{SourceKind, SourceMap};

fn main() {
    divan::main();
}

fn deployments(count: usize, broken: bool) -> ManifestSet {
    let mut text = String::new();
    for number in 0..count {
        let ports = if broken { "prots" } else { "ports" };
        let _ = write!(
            text,
            "---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-{number}
  namespace: shop
  labels: {{app.kubernetes.io/name: shop, app.kubernetes.io/instance: shop-{number}}}
spec:
  replicas: 3
  selector:
    matchLabels: {{app.kubernetes.io/instance: shop-{number}}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {{maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata:
      labels: {{app.kubernetes.io/name: shop, app.kubernetes.io/instance: shop-{number}}}
    spec:
      serviceAccountName: shop
      securityContext: {{runAsNonRoot: true, fsGroup: 1000}}
      containers:
        - name: shop
          image: example.com/shop:1.4.2
          imagePullPolicy: IfNotPresent
          {ports}:
            - {{name: http, containerPort: 8080, protocol: TCP}}
          env:
            - {{name: PORT, value: \"8080\"}}
            - {{name: MODE, value: production}}
            - name: PASSWORD
              valueFrom: {{secretKeyRef: {{name: shop, key: password}}}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          livenessProbe: {{httpGet: {{path: /live, port: http}}, periodSeconds: 10}}
          readinessProbe: {{httpGet: {{path: /ready, port: http}}, periodSeconds: 5}}
          volumeMounts:
            - {{name: data, mountPath: /data}}
      volumes:
        - name: data
          emptyDir: {{}}
"
        );
    }
    let sources = SourceMap::default();
    let text: Arc<str> = Arc::from(text);
    let source = sources.add("bench.yaml", Arc::clone(&text), SourceKind::File);
    let mut manifests = ManifestSet::default();
    parse_shared(
        text,
        source,
        0,
        Strangers::Report,
        &mut manifests,
        &mut Vec::new(),
    );
    assert_eq!(manifests.len(), count);
    manifests
}

/// A bundle opened from its bytes and a kind found in it.
#[divan::bench]
fn open_and_find_a_kind() -> bool {
    let bytes: &[u8] = include_bytes!("../schemas/k8s/bundle.bin");
    let bundle = Bundle::open(black_box(bytes)).expect("the repository's bundle opens");
    bundle.kind("apps", "v1", "Deployment").next().is_some()
}

#[divan::bench]
fn one_deployment(bencher: Bencher<'_, '_>) {
    let manifests = deployments(1, false);
    bencher.bench_local(|| validate(black_box(&manifests), &SchemaStore::default()).len());
}

#[divan::bench]
fn one_deployment_with_a_typo(bencher: Bencher<'_, '_>) {
    let manifests = deployments(1, true);
    bencher.bench_local(|| validate(black_box(&manifests), &SchemaStore::default()).len());
}

#[divan::bench]
fn two_thousand_deployments(bencher: Bencher<'_, '_>) {
    let manifests = deployments(2000, false);
    let store = SchemaStore::default();
    bencher.bench_local(|| validate(black_box(&manifests), &store).len());
}

#[divan::bench]
fn two_thousand_deployments_against_all_versions(bencher: Bencher<'_, '_>) {
    let manifests = deployments(2000, false);
    let versions: Vec<KubernetesVersion> = Bundle::embedded().versions().collect();
    let store = SchemaStore::new(&versions).expect("the bundle's own versions");
    bencher.bench_local(|| validate(black_box(&manifests), &store).len());
}
