//! Findings over `fixtures/schema`, and the walker against an independent validator.

mod agreement;
mod fixtures;

use std::sync::Arc;

use super::{KubernetesVersion, SchemaStore, validate};
use crate::finding::{Anchor, Finding};
use crate::manifest::ManifestSet;
use crate::manifest::parse::{Strangers, parse};
use crate::source::{SourceKind, SourceMap};

/// Objects of a text, with the texts they were read from.
fn read(name: &str, text: &str) -> (ManifestSet, SourceMap) {
    let sources = SourceMap::default();
    let text: Arc<str> = Arc::from(text);
    let source = sources.add(name, Arc::clone(&text), SourceKind::File);
    let mut manifests = ManifestSet::default();
    let length = u32::try_from(text.len()).expect("fixtures are small");
    parse(
        &text,
        source,
        0..length,
        Strangers::Report,
        &mut manifests,
        &mut Vec::new(),
    );
    (manifests, sources)
}

/// Findings of this stage over a text, with its own CRDs.
fn findings_of(manifests: &ManifestSet) -> Vec<Finding> {
    let mut store = SchemaStore::default();
    store.add_crds(manifests);
    validate(manifests, &store)
}

#[test]
fn several_versions_are_checked_in_one_walk() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  evictionResponders: []\n  containers: [{name: a}]\n\
                ---\napiVersion: storage.k8s.io/v1beta1\nkind: VolumeAttributesClass\nmetadata: {name: shop}\ndriverName: example.com\n\
                ---\napiVersion: certificates.k8s.io/v1\nkind: ClusterTrustBundle\nmetadata: {name: shop}\nspec: {trustBundle: x}\n";
    let (manifests, _) = read("input.yaml", text);
    let messages = |minors: &[u16]| -> Vec<String> {
        let versions: Vec<_> = minors.iter().map(|&minor| KubernetesVersion { minor }).collect();
        let store = SchemaStore::new(&versions).expect("embedded versions");
        validate(&manifests, &store)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    };
    let field = "the field `evictionResponders` in `spec` exists from Kubernetes 1.37 on, not in 1.36";
    let gone = "`storage.k8s.io/v1beta1` VolumeAttributesClass was removed in Kubernetes 1.37";
    let new = "`certificates.k8s.io/v1` ClusterTrustBundle exists from Kubernetes 1.37 on, not in 1.36";
    let soon = "`storage.k8s.io/v1beta1` VolumeAttributesClass is served for now: Kubernetes 1.37 removed it";
    assert_eq!(messages(&[36]), [field, soon, new]);
    assert_eq!(messages(&[37]), [gone]);
    assert_eq!(messages(&[36, 37]), [field, gone, new]);
    assert_eq!(messages(&[]), [gone]);
}

#[test]
fn findings_say_for_which_versions_they_hold() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  tolerations: [{operator: Gt, key: a, value: '1'}]\n  \
                hostUsers: false\n  dnsPolicy: Defaullt\n  containers: [{name: a, resizePolicy: [{resourceName: cpu}]}]\n\
                ---\napiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: shop}\n\
                ---\napiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: shop}\n";
    let (manifests, _) = read("input.yaml", text);
    let bundle = super::Bundle::embedded();
    let all: Vec<_> = bundle.versions().collect();
    let store = SchemaStore::new(&all).expect("embedded versions");
    let messages: Vec<String> = validate(&manifests, &store)
        .into_iter()
        .map(|finding| format!("{} => {}", finding.message, finding.help.unwrap_or_default()))
        .collect();
    assert_eq!(
        messages,
        [
            "`Gt` is not a value of `operator` (in Kubernetes 1.24 to 1.34) => allowed are `Equal`, `Exists`",
            "the field `hostUsers` in `spec` exists from Kubernetes 1.25 on, not in 1.24 => remove it, or require \
             Kubernetes 1.25",
            "`Defaullt` is not a value of `dnsPolicy` => did you mean `Default`? Allowed are `ClusterFirst`, \
             `ClusterFirstWithHostNet`, `Default`, `None`",
            "`restartPolicy` is required in `resizePolicy[0]` and is missing (in Kubernetes 1.27 to 1.37) => add \
             `restartPolicy:` (Restart policy to apply when specified resource is resized)",
            "the field `resizePolicy` in `containers[0]` exists from Kubernetes 1.27 on, not in 1.24 to 1.26 => remove \
             it, or require Kubernetes 1.27",
            "`flowcontrol.apiserver.k8s.io/v1beta3` FlowSchema was removed in Kubernetes 1.32 => use `apiVersion: \
             flowcontrol.apiserver.k8s.io/v1` (served in Kubernetes 1.29 to 1.37; no version of it is served in all)",
            "`autoscaling/v2beta2` HorizontalPodAutoscaler was removed in Kubernetes 1.26 => use `apiVersion: \
             autoscaling/v2`",
        ]
    );
}

#[test]
fn what_validation_does_not_enforce_is_no_finding() {
    // Answers of the server's own validation, see xtask/src/schemas/facts.tsv.
    let pod = |spec: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: shop}}\nspec: {{{spec}}}\n");
    let messages = |text: &str| -> Vec<String> {
        let (manifests, _) = read("input.yaml", text);
        findings_of(&manifests)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    };
    let header =
        "containers: [{name: a, image: a, livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: A}]}}}]";
    assert!(messages(&pod(header)).is_empty());
    let empty = "containers: [{name: a, image: a, imagePullPolicy: ''}], preemptionPolicy: ''";
    assert_eq!(
        messages(&pod(empty)),
        ["the empty string is not a value of `preemptionPolicy`"]
    );
}

#[test]
fn versions_without_schemas_say_what_there_is() {
    let error = SchemaStore::new(&[KubernetesVersion { minor: 20 }]).expect_err("1.20 is not embedded");
    assert_eq!(
        error.to_string(),
        "no schemas of Kubernetes 1.20 are embedded; there are 1.24 to 1.37"
    );
}

#[test]
fn findings_of_one_object_are_bounded() {
    let mut text = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata:\n");
    for number in 0..100_000 {
        text.push_str(&format!("  key-{number}: {number}\n"));
    }
    let (manifests, _) = read("input.yaml", &text);
    assert_eq!(findings_of(&manifests).len(), 200);
}

#[test]
fn order_does_not_depend_on_threads() {
    let mut text = String::new();
    for number in 0..500 {
        text.push_str(&format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: shop-{number}}}\nspec: {{prots: {number}}}\n"));
    }
    let (manifests, _) = read("input.yaml", &text);
    let findings = findings_of(&manifests);
    let numbers: Vec<u32> = findings
        .iter()
        .filter_map(|finding| match &finding.at {
            Anchor::Route(manifest, ..) => Some(manifest.0),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
}
