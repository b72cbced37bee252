//! Parsing and printing on generated manifests: `cargo bench -p plimsoll-yaml`.

use std::fmt::Write as _;
use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use plimsoll_yaml::emit::{Dialect, Emitter};
use plimsoll_yaml::{Kind, Limits, NodeRef, parse};

fn main() {
    divan::main();
}

/// A stream of Deployments of about `megabytes`.
fn manifests(megabytes: usize) -> Arc<str> {
    let mut out = String::new();
    let mut n = 0;
    while out.len() < megabytes << 20 {
        n += 1;
        let _ = write!(
            out,
            "---\n# Source: shop/templates/deployment.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{n}\n  namespace: shop\n  \
             labels:\n    app.kubernetes.io/name: web\n    app.kubernetes.io/instance: \"shop-{n}\"\n  annotations:\n    checksum/config: \
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      \
             app.kubernetes.io/name: web\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: web\n    spec:\n      \
             securityContext: {{runAsNonRoot: true, fsGroup: 65532}}\n      containers:\n      - name: web\n        image: \
             'registry.example.com/shop/web:1.{n}.0'\n        args: [\"--port=8080\", \"--log-level\", info]\n        ports:\n        - name: http\n          \
             containerPort: 8080\n          protocol: TCP\n        env:\n        - name: GREETING\n          value: Grüße, {n}\n        - name: SCRIPT\n          \
             value: |\n            set -e\n            exec /bin/web --verbose\n        readinessProbe:\n          httpGet:\n            path: /ready\n            \
             port: http\n          periodSeconds: 5\n        resources:\n          requests:\n            cpu: 100m\n            memory: 128Mi\n          \
             limits:\n            memory: 256Mi\n"
        );
    }
    out.into()
}

#[divan::bench(args = [1, 4])]
fn parse_stream(bencher: Bencher<'_, '_>, megabytes: usize) {
    let source = manifests(megabytes);
    bencher
        .counter(BytesCount::new(source.len()))
        .bench(|| parse(Arc::clone(&source), &Limits::DEFAULT));
}

#[divan::bench(args = [4])]
fn parse_json(bencher: Bencher<'_, '_>, megabytes: usize) {
    let item = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"x":"y"}},"data":{"k":"v\n","n":1.5}},"#;
    let source: Arc<str> = format!("[{}]", item.repeat((megabytes << 20) / item.len())).into();
    bencher
        .counter(BytesCount::new(source.len()))
        .bench(|| parse(Arc::clone(&source), &Limits::DEFAULT));
}

#[divan::bench(args = [4])]
fn parse_long_literal(bencher: Bencher<'_, '_>, megabytes: usize) {
    let line = "    some text of a file that somebody put into a ConfigMap\n";
    let source: Arc<str> = format!(
        "data:\n  file: |\n{}",
        line.repeat((megabytes << 20) / line.len())
    )
    .into();
    bencher
        .counter(BytesCount::new(source.len()))
        .bench(|| parse(Arc::clone(&source), &Limits::DEFAULT));
}

fn print(node: NodeRef<'_>, emitter: &mut Emitter) {
    match node.kind() {
        Kind::Scalar => emitter.scalar(node.resolve()),
        Kind::Sequence => {
            emitter.begin_sequence(node.len());
            for item in node.items() {
                print(item, emitter);
            }
            emitter.end();
        }
        Kind::Mapping => {
            emitter.begin_mapping(node.len());
            for (key, value) in node.entries() {
                print(key, emitter);
                print(value, emitter);
            }
            emitter.end();
        }
    }
}

#[divan::bench(args = [4])]
fn emit_v2(bencher: Bencher<'_, '_>, megabytes: usize) {
    let source = manifests(megabytes);
    let stream = parse(Arc::clone(&source), &Limits::DEFAULT);
    bencher.counter(BytesCount::new(source.len())).bench(|| {
        for doc in &stream.docs {
            let mut emitter = Emitter::new(Dialect::V2);
            print(doc.root(), &mut emitter);
            black_box(emitter.finish());
        }
    });
}

#[divan::bench(args = [1, 16])]
fn emit_long_string(bencher: Bencher<'_, '_>, megabytes: usize) {
    let text = "word and another: \"word\" ".repeat((megabytes << 20) / 25);
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let mut emitter = Emitter::new(Dialect::V2);
        emitter.string(&text);
        emitter.finish()
    });
}
