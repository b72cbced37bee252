//! Whether two values are the same for the server: `apiequality.Semantic.DeepEqual` of k8s.io/apimachinery on objects
//! whose defaults were applied.
//!
//! Values become a [`Tree`] in which what the server's types cannot tell apart is the same: an empty list or map is
//! "not given", as is the zero of a field that is no pointer; quantities are numbers. Which fields are pointers and
//! which maps is in the tables below, taken from the Go types of k8s.io/api by reflection.

use std::collections::BTreeMap;

use plimsoll_yaml::{NodeRef, Scalar};

use super::at::At;
use super::quantity::Quantity;

/// A value as the server has it in memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    /// A string.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// A quantity.
    Quantity(Quantity),
    /// What is none of these, as it was written.
    Other(String),
    /// A list, never empty.
    List(Vec<Self>),
    /// A struct or a map: what is not given is not in it.
    Map(BTreeMap<String, Self>),
}

/// Fields of scalars that are pointers: their zero is a value, not "not given".
const POINTERS: &[&str] = &[
    "activeDeadlineSeconds",
    "adminAccess",
    "allowPrivilegeEscalation",
    "allowVolumeExpansion",
    "allocateLoadBalancerNodePorts",
    "appProtocol",
    "attachRequired",
    "automountServiceAccountToken",
    "backoffLimit",
    "backoffLimitPerIndex",
    "blockOwnerDeletion",
    "cachingMode",
    "completionMode",
    "completions",
    "defaultMode",
    "enableServiceLinks",
    "endpointsNamespace",
    "expirationSeconds",
    "failedJobsHistoryLimit",
    "fsGroup",
    "fsGroupChangePolicy",
    "fsGroupPolicy",
    "gmsaCredentialSpec",
    "gmsaCredentialSpecName",
    "hostProcess",
    "hostUsers",
    "hostnameOverride",
    "immutable",
    "initiatorName",
    "internalTrafficPolicy",
    "ipFamilyPolicy",
    "loadBalancerClass",
    "localhostProfile",
    "managedBy",
    "manualSelector",
    "maxExpirationSeconds",
    "maxFailedIndexes",
    "maxSurge",
    "maxUnavailable",
    "minCount",
    "minDomains",
    "mode",
    "mountPropagation",
    "nodeAffinityPolicy",
    "nodeTaintsPolicy",
    "optional",
    "parallelism",
    "podInfoOnMount",
    "podReplacementPolicy",
    "preemptionPolicy",
    "priority",
    "privileged",
    "procMount",
    "progressDeadlineSeconds",
    "readOnlyRootFilesystem",
    "reclaimPolicy",
    "recursiveReadOnly",
    "replicas",
    "requiresRepublish",
    "resourceClaimName",
    "resourceClaimTemplateName",
    "revisionHistoryLimit",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "runAsUserName",
    "runtimeClassName",
    "seLinuxChangePolicy",
    "seLinuxMount",
    "service",
    "setHostnameAsFQDN",
    "shareProcessNamespace",
    "startingDeadlineSeconds",
    "stopSignal",
    "storageCapacity",
    "storageClassName",
    "succeededCount",
    "succeededIndexes",
    "successfulJobsHistoryLimit",
    "supplementalGroupsPolicy",
    "suspend",
    "terminationGracePeriodSeconds",
    "timeZone",
    "tolerationSeconds",
    "trafficDistribution",
    "ttlSecondsAfterFinished",
    "volumeAttributesClassName",
    "volumeBindingMode",
    "volumeMode",
];

/// Maps of strings: an empty text in them is a value, and an empty map is "not given".
const STRING_MAPS: &[&str] = &[
    "annotations",
    "attributes",
    "binaryData",
    "data",
    "deprecatedTopology",
    "labels",
    "matchLabels",
    "nodeSelector",
    "options",
    "parameters",
    "stringData",
    "userAnnotations",
    "volumeAttributes",
];

/// Maps of quantities.
const QUANTITY_MAPS: &[&str] = &[
    "capacity",
    "default",
    "defaultRequest",
    "hard",
    "limits",
    "max",
    "maxLimitRequestRatio",
    "min",
    "overhead",
    "podFixed",
    "requests",
];

/// Fields of one quantity.
const QUANTITIES: &[&str] = &["divisor", "sizeLimit"];

/// Structs that are no pointers: an empty one is "not given".
const STRUCTS: &[&str] = &[
    "conditions",
    "jobTemplate",
    "metadata",
    "podAffinityTerm",
    "preference",
    "resources",
    "roleRef",
    "source",
    "spec",
    "strategy",
    "updateStrategy",
];

impl Tree {
    /// The value of a field; `None` when it is not given. `key` is the field's name.
    pub(super) fn of(at: &At<'_, '_>, key: &str) -> Option<Self> {
        at.node().and_then(|node| tree(node, key))
    }

    /// An empty struct.
    pub(super) fn empty() -> Self {
        Self::Map(BTreeMap::new())
    }

    /// A string.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The field of a name.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(fields) => fields.get(key),
            _ => None,
        }
    }

    /// The field of a name, to change it.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match self {
            Self::Map(fields) => fields.get_mut(key),
            _ => None,
        }
    }

    /// The struct at a field, made if it is not there.
    pub(super) fn ensure(&mut self, key: &str) -> &mut Self {
        if let Self::Map(fields) = self {
            fields.entry(key.to_owned()).or_insert_with(Self::empty)
        } else {
            self
        }
    }

    /// Gives a field a value if it has none.
    pub(super) fn default(&mut self, key: &str, value: Self) {
        if let Self::Map(fields) = self {
            fields.entry(key.to_owned()).or_insert(value);
        }
    }

    /// Gives a field a value, or takes it away.
    pub(super) fn set(&mut self, key: &str, value: Option<Self>) {
        if let Self::Map(fields) = self {
            match value {
                Some(value) => fields.insert(key.to_owned(), value),
                None => fields.remove(key),
            };
        }
    }

    /// The items of the list at a field, to change them.
    pub(super) fn items_mut(&mut self, key: &str) -> impl Iterator<Item = &mut Self> {
        let items = match self.get_mut(key) {
            Some(Self::List(items)) => items.as_mut_slice(),
            _ => &mut [],
        };
        items.iter_mut()
    }

    /// The string at a field; `""` when there is none.
    pub(super) fn str(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Self::Text(text)) => text,
            _ => "",
        }
    }
}

fn tree(node: NodeRef<'_>, key: &str) -> Option<Tree> {
    if node.is_null() {
        return None;
    }
    if node.is_mapping() {
        let kept = STRING_MAPS.contains(&key);
        let amounts = QUANTITY_MAPS.contains(&key);
        let fields: BTreeMap<_, _> = node
            .merged_entries()
            .filter_map(|(name, value)| {
                let value = if kept && value.is_scalar() {
                    Some(scalar(value))
                } else if amounts && value.is_scalar() {
                    Some(quantity(value, Quantity::to_millis))
                } else {
                    tree(value, name.str())
                };
                Some((name.str().to_owned(), value?))
            })
            .collect();
        let nothing = fields.is_empty() && (kept || amounts || STRUCTS.contains(&key));
        return (!nothing).then_some(Tree::Map(fields));
    }
    if node.is_sequence() {
        // An item is never "not given": `args: [""]` has one.
        let items: Vec<_> = node
            .items()
            .map(|item| {
                if item.is_scalar() {
                    scalar(item)
                } else {
                    tree(item, "").unwrap_or_else(Tree::empty)
                }
            })
            .collect();
        return (!items.is_empty()).then_some(Tree::List(items));
    }
    if QUANTITIES.contains(&key) {
        return Some(quantity(node, |amount| amount));
    }
    let value = scalar(node);
    let zero = match &value {
        Tree::Text(text) => text.is_empty(),
        Tree::Int(number) => *number == 0,
        Tree::Bool(truth) => !truth,
        _ => false,
    };
    (!zero || POINTERS.contains(&key)).then_some(value)
}

fn scalar(node: NodeRef<'_>) -> Tree {
    match node.resolve() {
        Scalar::Int(number) => Tree::Int(number),
        Scalar::Bool(truth) => Tree::Bool(truth),
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        Scalar::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Tree::Int(number as i64),
        Scalar::Str(text) | Scalar::Timestamp(text) => Tree::text(text),
        Scalar::Null => Tree::text(""),
        _ => Tree::Other(node.str().to_owned()),
    }
}

fn quantity(node: NodeRef<'_>, round: fn(Quantity) -> Quantity) -> Tree {
    Quantity::parse(node.str()).map_or_else(
        || Tree::Other(node.str().to_owned()),
        |amount| Tree::Quantity(round(amount)),
    )
}

/// Whether two fields hold the same, before defaults.
pub(super) fn same(old: &At<'_, '_>, new: &At<'_, '_>) -> bool {
    Tree::of(old, old.key()) == Tree::of(new, new.key())
}

/// Whether two fields hold the same once their defaults are applied.
pub(super) fn same_with(old: &At<'_, '_>, new: &At<'_, '_>, defaults: fn(&mut Tree)) -> bool {
    let of = |at: &At<'_, '_>| {
        let mut tree = Tree::of(at, at.key()).unwrap_or_else(Tree::empty);
        defaults(&mut tree);
        tree
    };
    of(old) == of(new)
}

#[cfg(test)]
mod tests {
    use plimsoll_yaml::Limits;

    use super::{same, same_with};
    use crate::admission::at::At;
    use crate::admission::defaults;

    /// Whether the field `key` of two objects is the same.
    fn equal(key: &str, old: &str, new: &str) -> bool {
        let (old, new) = (
            plimsoll_yaml::parse(old, &Limits::default()),
            plimsoll_yaml::parse(new, &Limits::default()),
        );
        let (old, new) = (At::root(old.docs[0].root()), At::root(new.docs[0].root()));
        if key == "template" {
            same_with(&old.get(key), &new.get(key), defaults::pod_template)
        } else {
            same(&old.get(key), &new.get(key))
        }
    }

    #[test]
    fn empty_is_not_given_but_where_it_means_something() {
        assert!(equal(
            "selector",
            "selector: {matchLabels: {}}",
            "selector: {matchExpressions: []}"
        ));
        assert!(equal("spec", "spec: {stdin: false, args: []}", "spec: null"));
        assert!(equal(
            "spec",
            "spec: {emptyDir: {medium: ''}}",
            "spec: {emptyDir: {}}"
        ));
        assert!(!equal("spec", "spec: {emptyDir: {}}", "spec: {}"));
        assert!(!equal("spec", "spec: {storageClassName: ''}", "spec: {}"));
        assert!(!equal("spec", "spec: {hostUsers: false}", "spec: {}"));
        assert!(!equal(
            "selector",
            "selector: {matchLabels: {a: ''}}",
            "selector: {matchLabels: {}}"
        ));
        assert!(!equal("spec", "spec: {args: ['']}", "spec: {}"));
    }

    #[test]
    fn quantities_are_numbers_and_texts_are_not() {
        let cpu = |amount: &str| format!("spec: {{resources: {{limits: {{cpu: {amount}}}}}}}");
        assert!(equal("spec", &cpu("1"), &cpu("1000m")));
        assert!(equal("spec", &cpu("'0.5'"), &cpu("500m")));
        assert!(!equal("spec", &cpu("1"), &cpu("2")));
        assert!(!equal(
            "metadata",
            "metadata: {labels: {v: '1'}}",
            "metadata: {labels: {v: '1.0'}}"
        ));
        assert!(!equal("spec", "spec: {port: 80}", "spec: {port: '80'}"));
    }

    #[test]
    fn defaults_are_what_is_left_out() {
        let template =
            |spec: &str| format!("template: {{spec: {{containers: [{{name: c, image: nginx}}]{spec}}}}}");
        for spec in [
            ", dnsPolicy: ClusterFirst",
            ", securityContext: {}",
            ", terminationGracePeriodSeconds: 30, schedulerName: default-scheduler",
            ", nodeSelector: {}, tolerations: []",
        ] {
            assert!(equal("template", &template(""), &template(spec)), "{spec}");
        }
        assert!(equal(
            "template",
            &template(", volumes: [{name: v}], serviceAccount: x"),
            &template(", volumes: [{name: v, emptyDir: {}}], serviceAccountName: x"),
        ));
        for spec in [
            ", dnsPolicy: Default",
            ", affinity: {}",
            ", enableServiceLinks: true",
        ] {
            assert!(!equal("template", &template(""), &template(spec)), "{spec}");
        }
        let image = |image: &str, policy: &str| {
            format!("template: {{spec: {{containers: [{{name: c, image: '{image}'{policy}}}]}}}}")
        };
        for (name, policy) in [
            ("nginx", "Always"),
            ("nginx:latest", "Always"),
            ("nginx:1", "IfNotPresent"),
            ("localhost:5000/nginx", "Always"),
            ("nginx@sha256:0123", "IfNotPresent"),
        ] {
            let given = image(name, &format!(", imagePullPolicy: {policy}"));
            assert!(equal("template", &image(name, ""), &given), "{name}");
        }
    }
}
