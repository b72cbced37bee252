//! Two renders of one release set, compared: 1 % of the objects differ, in another style on every tenth.

use divan::Bencher;
use plimsoll::diff::{ChangeSet, Secrets, Setting};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::{Strangers, parse};
use plimsoll::schema::SchemaStore;
use plimsoll::source::{SourceKind, SourceMap};

fn main() {
    divan::main();
}

/// One side: Deployments as charts print them. The new side has another image on every hundredth object, and quotes that
/// change nothing on every tenth, so that those cannot be told to be equal by their bytes.
fn side(objects: usize, is_new: bool) -> ManifestSet {
    let mut text = String::new();
    for number in 0..objects {
        let tag = if is_new && number % 100 == 0 {
            "1.5.0"
        } else {
            "1.4.2"
        };
        let quote = if is_new && number % 10 == 0 { "\"" } else { "" };
        text.push_str(&format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {quote}web-{number}{quote}\n  namespace: shop\n  labels:\n    \
             app.kubernetes.io/name: web\n    app.kubernetes.io/instance: web-{number}\nspec:\n  replicas: 3\n  selector:\n    \
             matchLabels:\n      app.kubernetes.io/instance: web-{number}\n  template:\n    metadata:\n      labels:\n        \
             app.kubernetes.io/name: web\n        app.kubernetes.io/instance: web-{number}\n    spec:\n      containers:\n        \
             - name: web\n          image: registry.example.com/shop/web:{tag}\n          ports:\n            - name: http\n              \
             containerPort: 8080\n          env:\n            - name: LOG_LEVEL\n              value: info\n            - name: \
             REGION\n              value: eu\n          readinessProbe:\n            httpGet:\n              path: /readyz\n              port: \
             http\n          resources:\n            requests:\n              cpu: 100m\n              memory: 128Mi\n"
        ));
    }
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    let source = SourceMap::default().add("side.yaml", text.as_str(), SourceKind::Rendered);
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    parse(
        &text,
        source,
        0..end,
        Strangers::Report,
        &mut manifests,
        &mut findings,
    );
    assert!(
        findings.is_empty() && manifests.len() == objects,
        "{:?}",
        findings.first()
    );
    manifests
}

fn diff(old: &ManifestSet, new: &ManifestSet, schemas: &SchemaStore) -> ChangeSet {
    let setting = Setting {
        schemas,
        namespace: "default",
        secrets: Secrets::Masked,
        judged: None,
    };
    plimsoll::diff::diff(old, new, &setting)
}

/// Pairing, comparison and impact of two parsed sides.
#[divan::bench(args = [1_000, 5_000])]
fn two_sides(bencher: Bencher<'_, '_>, objects: usize) {
    let (old, new) = (side(objects, false), side(objects, true));
    assert_eq!(
        diff(&old, &new, &SchemaStore::default()).changes.len(),
        objects / 100
    );
    bencher.bench(|| {
        diff(
            divan::black_box(&old),
            divan::black_box(&new),
            &SchemaStore::default(),
        )
    });
}

/// The same, printed for people.
#[divan::bench(args = [1_000, 5_000])]
fn two_sides_printed(bencher: Bencher<'_, '_>, objects: usize) {
    let (old, new) = (side(objects, false), side(objects, true));
    bencher.bench(|| {
        let mut out = Vec::new();
        plimsoll::report::diff_human::write(&diff(&old, &new, &SchemaStore::default()), false, &mut out)
            .map(|()| out.len())
    });
}
