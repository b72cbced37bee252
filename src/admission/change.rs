//! What the server judges when a manifest is applied over another one: neither of the two manifests, but the stored
//! object with the difference between them (`BeforeUpdate` of k8s.io/apiserver/pkg/registry/rest, after kubectl's
//! patch).
//!
//! Three things stand between the new manifest and validation. The stored object holds what the server added to the old
//! manifest when it was created; kubectl's patch keeps what no manifest names; and the kind's strategy takes some
//! fields from the stored object whatever was sent (`PrepareForUpdate` of pkg/registry/*/*/strategy.go).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::patch::{self, Unmergeable};
use crate::manifest::{Manifest, ObjectId, json};

/// Both sides of a change, as the server validates them. Places in `new` are mostly those of the new manifest; where
/// they are not, its nearest place is meant.
#[derive(Debug)]
pub(super) struct Change {
    /// What is stored.
    pub(super) old: Manifest,
    /// What would be stored.
    pub(super) new: Manifest,
    /// What was sent, before the strategy took fields from the stored object.
    pub(super) sent: Manifest,
}

/// How the strategy of a kind treats a change.
struct Strategy {
    group: &'static str,
    kind: &'static str,
    /// Adds what the server stores beside what is written.
    complete: fn(&mut Value),
    /// `PrepareForUpdate`: `(old, new)`.
    prepare: fn(&Value, &mut Value),
}

static STRATEGIES: &[Strategy] = &[
    Strategy {
        group: "",
        kind: "Secret",
        complete: encode_texts,
        prepare: |_, _| {},
    },
    Strategy {
        group: "",
        kind: "PersistentVolumeClaim",
        complete: name_data_source_twice,
        prepare: |_, new| name_data_source_twice(new),
    },
    Strategy {
        group: "",
        kind: "Pod",
        complete: |pod| name_account_twice(pod.pointer_mut("/spec")),
        prepare: |_, _| {},
    },
    Strategy {
        group: "",
        kind: "Namespace",
        complete: |_| {},
        prepare: |old, new| keep(old, new, &["spec", "finalizers"]),
    },
    Strategy {
        group: "",
        kind: "Node",
        complete: name_pod_ranges_twice,
        prepare: |_, new| name_pod_ranges_twice(new),
    },
    Strategy {
        group: "",
        kind: "Service",
        complete: |_| {},
        prepare: service,
    },
    Strategy {
        group: "batch",
        kind: "Job",
        complete: |job| {
            one_pod(job);
            name_account_twice(job.pointer_mut("/spec/template/spec"));
        },
        prepare: |_, _| {},
    },
    Strategy {
        group: "certificates.k8s.io",
        kind: "CertificateSigningRequest",
        complete: |_| {},
        prepare: |old, new| keep(old, new, &["spec"]),
    },
];

/// Fields of the kind that the server takes from the stored object, or does not look into because they may not change:
/// in a change they must be readable, no more.
pub(super) fn kept_fields(id: &ObjectId) -> &'static [&'static str] {
    match (id.group(), &*id.kind) {
        ("certificates.k8s.io", "CertificateSigningRequest") | ("resource.k8s.io", "ResourceClaim") => {
            &["spec", "status"]
        }
        _ => &["status"],
    }
}

impl Change {
    /// The change from one manifest to another; `None` if one of them cannot be sent.
    pub(super) fn of(old: &Manifest, new: &Manifest) -> Option<Result<Self, Unmergeable>> {
        let id = &new.id;
        let strategy = STRATEGIES
            .iter()
            .find(|strategy| strategy.kind == &*id.kind && strategy.group == id.group());
        let (written, changed) = (json::sent(old.node()).ok()?, json::sent(new.node()).ok()?);
        let mut stored = written.clone();
        if let Some(strategy) = strategy {
            (strategy.complete)(&mut stored);
        }
        let sent = match patch::three_way(id, &written, &changed, &stored) {
            Ok(sent) => sent,
            Err(reason) => return Some(Err(reason)),
        };
        let sent_manifest = new.holding(&sent);
        let prepared = strategy.map(|strategy| {
            let mut prepared = sent;
            (strategy.prepare)(&stored, &mut prepared);
            new.holding(&prepared)
        });
        Some(Ok(Self {
            old: old.holding(&stored),
            new: prepared.unwrap_or_else(|| sent_manifest.clone()),
            sent: sent_manifest,
        }))
    }
}

/// Takes a field from the stored object.
fn keep(old: &Value, new: &mut Value, path: &[&str]) {
    let [field, rest @ ..] = path else { return };
    let Value::Object(fields) = new else { return };
    let stored = old.get(field);
    match (rest.is_empty(), stored) {
        (true, Some(stored)) => {
            fields.insert((*field).to_owned(), stored.clone());
        }
        (true, None) => {
            fields.shift_remove(*field);
        }
        (false, _) => {
            if let Some(inner) = fields.get_mut(*field) {
                keep(stored.unwrap_or(&Value::Null), inner, rest);
            }
        }
    }
}

/// `Convert_v1_Secret_To_core_Secret` of pkg/apis/core/v1/conversion.go: `stringData` is stored as `data`.
pub(crate) fn encode_texts(secret: &mut Value) {
    let Some(texts) = secret.get("stringData").and_then(Value::as_object) else {
        return;
    };
    let texts: Map<String, Value> = texts
        .iter()
        .map(|(key, text)| {
            (
                key.clone(),
                Value::from(STANDARD.encode(text.as_str().unwrap_or_default())),
            )
        })
        .collect();
    if let Value::Object(fields) = secret {
        let data = fields.entry("data").or_insert_with(|| json!({}));
        if let Value::Object(data) = data {
            data.extend(texts);
        }
    }
}

/// `NormalizeDataSources` of pkg/api/persistentvolumeclaim/util.go.
fn name_data_source_twice(claim: &mut Value) {
    let Some(Value::Object(spec)) = claim.get_mut("spec") else {
        return;
    };
    let given =
        |spec: &Map<String, Value>, key: &str| spec.get(key).filter(|value| value.is_object()).cloned();
    match (given(spec, "dataSource"), given(spec, "dataSourceRef")) {
        (Some(source), None) => {
            spec.insert("dataSourceRef".to_owned(), source);
        }
        (None, Some(reference)) if text(&reference, "namespace").is_empty() => {
            spec.insert("dataSource".to_owned(), reference);
        }
        _ => {}
    }
}

/// `Convert_v1_NodeSpec_To_core_NodeSpec`: `podCIDR` and `podCIDRs` name the same ranges, and the first wins.
fn name_pod_ranges_twice(node: &mut Value) {
    let Some(Value::Object(spec)) = node.get_mut("spec") else {
        return;
    };
    let first = spec
        .get("podCIDR")
        .filter(|range| range.as_str().is_some_and(|range| !range.is_empty()));
    let ranges = spec.get("podCIDRs").and_then(Value::as_array);
    match (first.cloned(), ranges.and_then(|ranges| ranges.first()).cloned()) {
        (Some(first), before) if before.as_ref() != Some(&first) => {
            spec.insert("podCIDRs".to_owned(), json!([first]));
        }
        (None, Some(first)) => {
            spec.insert("podCIDR".to_owned(), first);
        }
        _ => {}
    }
}

/// `Convert_core_PodSpec_To_v1_PodSpec`: the account of a pod is stored under its old name too.
fn name_account_twice(spec: Option<&mut Value>) {
    if let Some(Value::Object(spec)) = spec
        && let Some(account) = spec.get("serviceAccountName").cloned()
    {
        spec.entry("serviceAccount").or_insert(account);
    }
}

/// `SetDefaults_Job` of pkg/apis/batch/v1/defaults.go: a Job that says neither is done when one pod is.
fn one_pod(job: &mut Value) {
    let Some(Value::Object(spec)) = job.get_mut("spec") else {
        return;
    };
    let fields = ["completions", "parallelism"];
    if fields
        .iter()
        .all(|field| spec.get(*field).is_none_or(Value::is_null))
    {
        for field in fields {
            spec.insert(field.to_owned(), json!(1));
        }
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The `spec` of Services: `patchAllocatedValues` of pkg/registry/core/service/storage/storage.go and
/// `dropTypeDependentFields` of its strategy.
fn service(old: &Value, new: &mut Value) {
    let nothing = json!({});
    let old = old.get("spec").unwrap_or(&nothing);
    if let Value::Object(fields) = new
        && let Value::Object(new) = fields.entry("spec").or_insert_with(|| json!({}))
    {
        keep_addresses(old, new);
        drop_what_the_type_has_not(old, new);
    }
}

fn type_of(spec: &Map<String, Value>) -> &str {
    spec.get("type")
        .and_then(Value::as_str)
        .filter(|kind| !kind.is_empty())
        .unwrap_or("ClusterIP")
}

fn keep_addresses(old: &Value, new: &mut Map<String, Value>) {
    let Value::Object(old) = old else { return };
    if type_of(old) == "ExternalName" || type_of(new) == "ExternalName" {
        return;
    }
    if let (None, Some(stored)) = (new.get("ipFamilyPolicy"), old.get("ipFamilyPolicy")) {
        new.insert("ipFamilyPolicy".to_owned(), stored.clone());
    }
    for field in ["clusterIP", "clusterIPs"] {
        let is_empty = new.get(field).is_none_or(|value| {
            matches!(value.as_str(), Some("")) || value.as_array().is_some_and(Vec::is_empty)
        });
        if let (true, Some(stored)) = (is_empty, old.get(field)) {
            new.insert(field.to_owned(), stored.clone());
        }
    }
}

fn drop_what_the_type_has_not(old: &Value, new: &mut Map<String, Value>) {
    let Value::Object(old) = old else { return };
    let has_node_ports = |spec: &Map<String, Value>| matches!(type_of(spec), "NodePort" | "LoadBalancer");
    let node_ports = |spec: &Map<String, Value>| -> Vec<Value> {
        let ports = spec.get("ports").and_then(Value::as_array);
        let number = |port: &Value| port.get("nodePort").cloned().unwrap_or_default();
        ports.map_or(&[][..], Vec::as_slice).iter().map(number).collect()
    };
    if has_node_ports(old) && !has_node_ports(new) {
        if node_ports(old) == node_ports(new)
            && let Some(Value::Array(ports)) = new.get_mut("ports")
        {
            for port in ports.iter_mut().filter_map(Value::as_object_mut) {
                port.shift_remove("nodePort");
            }
        }
        drop_same(old, new, &["externalTrafficPolicy", "healthCheckNodePort"]);
    }
    let is_balanced = |spec: &Map<String, Value>| type_of(spec) == "LoadBalancer";
    if is_balanced(old) && !is_balanced(new) {
        drop_same(
            old,
            new,
            &[
                "allocateLoadBalancerNodePorts",
                "loadBalancerClass",
                "healthCheckNodePort",
            ],
        );
    }
    if type_of(old) != "ExternalName" && type_of(new) == "ExternalName" {
        drop_same(
            old,
            new,
            &["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"],
        );
    }
}

/// Drops the fields that did not change.
fn drop_same(old: &Map<String, Value>, new: &mut Map<String, Value>, fields: &[&str]) {
    for field in fields {
        if new.get(*field) == old.get(*field) {
            new.shift_remove(*field);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::change;
    use crate::manifest::parse::parse_alone;
    use crate::schema::SchemaStore;

    /// What the server says when the second object is applied over the first; both begin with `head`.
    fn said(head: &str, old: &str, new: &str) -> Vec<String> {
        let (old, new) = (format!("{head}{old}\n"), format!("{head}{new}\n"));
        let (both, _) = parse_alone([old.as_str(), new.as_str()]);
        let [old, new] = both.iter().as_slice() else {
            panic!("two objects are wanted: {both:?}");
        };
        let findings = change(old, new, &SchemaStore::default());
        findings.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn what_the_server_keeps_may_be_anything_that_can_be_read() {
        let head =
            "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: a}\n";
        // "-----BEGIN CERTIFICATE REQUEST-----" and its end.
        let old = "spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==, signerName: a.b/c, usages: [any]}";
        assert_eq!(
            said(head, old, "spec: {usages: [all]}"),
            [""; 0],
            "the spec is thrown away"
        );
        assert_eq!(said(head, old, "spec: {usages: all}").len(), 1, "it must decode");
        let head = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n";
        assert_eq!(said(head, "", "spec: {finalizers: [a]}"), [""; 0]);
    }

    #[test]
    fn what_no_manifest_names_stays() {
        let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/ssh-auth\n";
        assert_eq!(
            said(head, "stringData: {ssh-privatekey: k}", "stringData: {}"),
            [""; 0]
        );
        assert_eq!(said(head, "data: {ssh-privatekey: aw==}", "data: {}").len(), 1);
        let head = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
        let old = "spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}";
        assert_eq!(
            said(head, old, "spec: {ports: [{port: 80, nodePort: 30080}]}"),
            [""; 0]
        );
        assert_eq!(
            said(head, old, "spec: {ports: [{port: 80, nodePort: 30081}]}").len(),
            1,
            "who changes it means it"
        );
    }

    #[test]
    fn the_source_of_a_claim_is_stored_twice() {
        let head = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\n";
        let spec = |name: &str| {
            format!(
                "spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}, dataSource: {{kind: PersistentVolumeClaim, name: {name}}}}}"
            )
        };
        assert_eq!(said(head, &spec("b"), &spec("b")), [""; 0]);
        let refusals = said(head, &spec("b"), &spec("c"));
        assert!(
            refusals
                .iter()
                .any(|refusal| refusal.contains("must match dataSourceRef")),
            "{refusals:?}"
        );
    }

    #[test]
    fn some_checks_are_of_new_objects_only() {
        let head = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {restartPolicy: Never, containers: [{name: c, image: i}]}\n";
        assert_eq!(said(head, "  manualSelector: true", ""), [""; 0]);
    }

    #[test]
    fn an_account_stays_under_its_old_name() {
        let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
        let pod = |account: &str| {
            format!("spec: {{containers: [{{name: c, image: i}}], serviceAccountName: {account}}}")
        };
        assert_eq!(said(head, &pod("b"), &pod("null")), [""; 0]);
        assert_eq!(
            said(head, &pod("b"), &pod("c")).len(),
            2,
            "both names of it change"
        );
    }
}
