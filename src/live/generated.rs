//! What the server and its controllers write into every object: no manifest holds it, and none should.

use serde_json::{Map, Value};

/// Fields of `metadata` that the server sets.
const METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Annotations in which clients and controllers keep their books.
const ANNOTATIONS: &[&str] = &[
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// Takes from a Service as it would be stored what the server picks, and would pick otherwise the next time: addresses and
/// ports that neither the input nor the cluster names.
pub(super) fn drop_picked(would_be: &mut Value, stored: &Value, written: &Value) {
    if would_be["apiVersion"] != "v1" || would_be["kind"] != "Service" {
        return;
    }
    let is_named = |field: &str| [stored, written].iter().any(|side| names(&side["spec"], field));
    for field in ["clusterIP", "clusterIPs", "healthCheckNodePort"] {
        if !is_named(field)
            && let Some(Value::Object(spec)) = would_be.get_mut("spec")
        {
            spec.shift_remove(field);
        }
    }
    let names_port = |service: &Value| {
        let ports = service["spec"]["ports"].as_array();
        ports.into_iter().flatten().any(|port| names(port, "nodePort"))
    };
    if !names_port(stored)
        && !names_port(written)
        && let Some(Value::Array(ports)) = would_be.pointer_mut("/spec/ports")
    {
        for port in ports.iter_mut().filter_map(Value::as_object_mut) {
            port.shift_remove("nodePort");
        }
    }
}

/// Whether a mapping gives a field a value; 0 and an empty text mean none.
fn names(map: &Value, field: &str) -> bool {
    let value = &map[field];
    !(value.is_null() || value == 0 || value == "")
}

/// An object without what was generated.
#[must_use]
pub fn without_generated(mut object: Value) -> Value {
    let Value::Object(fields) = &mut object else {
        return object;
    };
    fields.shift_remove("status");
    if let Some(Value::Object(metadata)) = fields.get_mut("metadata") {
        for field in METADATA {
            metadata.shift_remove(*field);
        }
        if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
            for annotation in ANNOTATIONS {
                annotations.shift_remove(*annotation);
            }
        }
        let is_empty = |map: &Map<String, Value>, key: &str| {
            map.get(key)
                .is_some_and(|value| value.as_object().is_some_and(Map::is_empty))
        };
        for field in ["annotations", "labels"] {
            if is_empty(metadata, field) {
                metadata.shift_remove(field);
            }
        }
    }
    object
}
