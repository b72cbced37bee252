//! The fleet and the lint rules on many objects: time must grow with their number, not faster.

use std::fmt::Write as _;
use std::sync::Arc;

use divan::{Bencher, black_box};
use plimsoll::lint::rules::RULES;
use plimsoll::lint::{RuleSet, lint};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::fleet::Fleet;
use plimsoll::manifest::parse::{Strangers, parse_shared};
use plimsoll::schema::{SchemaStore, validate};
use plimsoll::source::{SourceKind, SourceMap};

fn main() {
    divan::main();
}

/// Half Deployments and half the Services in front of them, all in one namespace, with a label they share; every
/// tenth Service selects nothing.
fn objects(count: usize) -> ManifestSet {
    let mut text = String::new();
    for number in 0..count / 2 {
        let color = if number % 10 == 0 { "gren" } else { "green" };
        write!(
            text,
            "---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop-{number}, namespace: shop}}
spec:
  replicas: 3
  strategy:
    rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels: {{app: shop-{number}, color: green}}
  template:
    metadata:
      labels: {{app: shop-{number}, color: green, part-of: shop}}
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.4.2
          ports:
            - {{name: http, containerPort: 8080}}
          readinessProbe:
            httpGet: {{path: /ready, port: http}}
          livenessProbe:
            httpGet: {{path: /healthz, port: http}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
---
apiVersion: v1
kind: Service
metadata: {{name: shop-{number}, namespace: shop}}
spec:
  selector: {{app: shop-{number}, color: {color}}}
  ports:
    - {{port: 80, targetPort: http}}
"
        )
        .expect("writing to a string");
    }
    let text: Arc<str> = Arc::from(text);
    let source = SourceMap::default().add("fleet.yaml", Arc::clone(&text), SourceKind::File);
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    parse_shared(text, source, 0, Strangers::Report, &mut manifests, &mut findings);
    assert_eq!((manifests.len(), findings.len()), (count, 0));
    manifests
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn build_the_fleet(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = objects(count);
    bencher.bench(|| Fleet::build(black_box(&manifests), "default").workloads().len());
}

#[divan::bench(args = [100, 1_000, 10_000, 50_000])]
fn lint_the_fleet(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = objects(count);
    let fleet = Fleet::build(&manifests, "default");
    let rules = RuleSet::default();
    assert_eq!(lint(&fleet, &rules).len(), count.div_ceil(20));
    bencher.bench(|| lint(black_box(&fleet), &rules));
}

#[divan::bench(args = [100, 1_000, 10_000, 50_000])]
fn lint_by_all_rules(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = objects(count);
    let fleet = Fleet::build(&manifests, "default");
    let rules = RuleSet::of(RULES.to_vec());
    bencher.bench(|| lint(black_box(&fleet), &rules));
}

#[divan::bench(args = [100, 1_000, 10_000, 50_000])]
fn validate_the_same(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = objects(count);
    let store = SchemaStore::default();
    bencher.bench(|| validate(black_box(&manifests), &store));
}
