//! ValidatingAdmissionPolicies found in the input, on the other objects of the input as at their creation.
//!
//! Upstream: `pkg/admission/plugin/policy` (`generic`, `matching`, `validating`) of k8s.io/apiserver. The server knows
//! more than the input: the fields it fills in, who asks, parameters and namespaces that are in the cluster only. Where an
//! expression needs such a thing, it is not evaluated, and nothing or a warning is said.

use std::collections::{BTreeMap, HashMap};

use plimsoll_yaml::NodeRef;
use serde_json::{Value, json};

use super::at::At;
use super::cel::{Boxed, Failure, Outcome, Program, native};
use super::errors::Errors;
use crate::finding::Finding;
use crate::manifest::selector::{Labels, Selector, labels};
use crate::manifest::{Manifest, ManifestSet, json as reading};
use crate::schema::SchemaStore;

const GROUP: &str = "admissionregistration.k8s.io";

/// The label that every Namespace has.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// What the policies of the input say of its objects.
pub(super) fn apply(manifests: &ManifestSet, store: &SchemaStore) -> Vec<Finding> {
    let of_kind = |kind: &'static str| {
        manifests
            .iter()
            .filter(move |manifest| &*manifest.id.kind == kind && manifest.id.group() == GROUP)
    };
    let policies: HashMap<&str, &Manifest> = of_kind("ValidatingAdmissionPolicy")
        .map(|policy| (name(policy), policy))
        .collect();
    if policies.is_empty() {
        return Vec::new();
    }
    let namespaces = manifests.namespaces();
    let mut findings = Vec::new();
    for binding in of_kind("ValidatingAdmissionPolicyBinding") {
        let wanted = text(get(binding.node(), &["spec", "policyName"]));
        let Some(policy) = policies.get(wanted) else {
            continue;
        };
        let enforced = Enforced {
            manifests,
            namespaces: &namespaces,
            store,
            policy,
            binding,
            definitions: definitions(items(get(policy.node(), &["spec", "variables"]))),
        };
        for manifest in manifests {
            // The server never asks policies about policies.
            if manifest.id.group() != GROUP {
                findings.extend(enforced.check(manifest));
            }
        }
    }
    findings
}

/// A policy and what binds it.
struct Enforced<'m> {
    manifests: &'m ManifestSet,
    namespaces: &'m HashMap<&'m str, &'m Manifest>,
    store: &'m SchemaStore,
    policy: &'m Manifest,
    binding: &'m Manifest,
    /// The expressions of the policy's `variables`.
    definitions: BTreeMap<String, Result<Program, Failure>>,
}

impl Enforced<'_> {
    fn check(&self, manifest: &Manifest) -> Vec<Finding> {
        let constraints = get(self.policy.node(), &["spec", "matchConstraints"]);
        let resources = get(self.binding.node(), &["spec", "matchResources"]);
        let is_matched = constraints.is_some_and(|constraints| self.matches(constraints, manifest))
            && resources.is_none_or(|resources| self.matches(resources, manifest));
        if !is_matched {
            return Vec::new();
        }
        let Ok(object) = reading::sent(manifest.node()) else {
            return Vec::new();
        };
        let versions = self.store.versions();
        let mut errors = Errors::new(manifest, &versions);
        for parameters in self.parameters(manifest) {
            self.validate(manifest, &object, &parameters, &mut errors);
        }
        errors.finish()
    }

    /// Whether `matchConstraints` or `matchResources` mean an object (`matching.Matcher.Matches`).
    fn matches(&self, constraints: NodeRef<'_>, manifest: &Manifest) -> bool {
        let id = &manifest.id;
        let own = |path: &[&str]| labels(get(manifest.node(), path));
        let selects = |selector: Option<NodeRef<'_>>, labels: &Labels<'_>| {
            selector
                .and_then(Selector::of_label_selector)
                .is_none_or(|selector| selector.matches(labels))
        };
        if !selects(constraints.get("objectSelector"), &own(&["metadata", "labels"])) {
            return false;
        }
        let is_namespaced = self.store.is_namespaced(id.group(), id.version(), &id.kind);
        let is_in_namespace = match is_namespaced {
            None => return false,
            Some(true) => {
                let namespace = id.namespace.as_deref().unwrap_or("default");
                let found = self.namespaces.get(namespace);
                let mut known = labels(found.and_then(|found| get(found.node(), &["metadata", "labels"])));
                known.insert(NAMESPACE_NAME, namespace);
                selects(constraints.get("namespaceSelector"), &known)
            }
            Some(false) if &*id.kind == "Namespace" => selects(
                constraints.get("namespaceSelector"),
                &own(&["metadata", "labels"]),
            ),
            Some(false) => true,
        };
        let named = |field: &str| {
            let mut rules = items(constraints.get(field));
            rules.any(|rule| self.names(rule, manifest, is_namespaced == Some(true)))
        };
        let has_rules = items(constraints.get("resourceRules")).next().is_some();
        is_in_namespace && (!has_rules || named("resourceRules")) && !named("excludeResourceRules")
    }

    /// Whether a rule names the resource of an object and its creation.
    fn names(&self, rule: NodeRef<'_>, manifest: &Manifest, is_namespaced: bool) -> bool {
        let id = &manifest.id;
        let resource = match self.store.builtin(id.group(), id.version(), &id.kind) {
            Some(entry) => entry.plural.to_owned(),
            None => plural(&id.kind),
        };
        let has = |field: &str, word: &str| {
            items(rule.get(field)).any(|item| item.str() == "*" || item.str() == word)
        };
        let is_in_scope = match text(rule.get("scope")) {
            "Namespaced" => is_namespaced,
            "Cluster" => !is_namespaced,
            _ => true,
        };
        let mut names = items(rule.get("resourceNames")).peekable();
        is_in_scope
            && has("operations", "CREATE")
            && has("apiGroups", id.group())
            && has("apiVersions", id.version())
            && (has("resources", &resource) || has("resources", "*/*"))
            && (names.peek().is_none() || names.any(|wanted| wanted.str() == name(manifest)))
    }

    /// The parameters that the policy is evaluated with, one after the other; null if it has none. None if they are not in
    /// the input.
    fn parameters(&self, manifest: &Manifest) -> Vec<Value> {
        let Some(kind) = get(self.policy.node(), &["spec", "paramKind"]) else {
            return vec![Value::Null];
        };
        let Some(reference) = get(self.binding.node(), &["spec", "paramRef"]) else {
            return vec![Value::Null];
        };
        let namespace = match text(reference.get("namespace")) {
            "" => manifest.id.namespace.as_deref(),
            given => Some(given),
        };
        let selector = reference.get("selector").and_then(Selector::of_label_selector);
        let is_meant = |parameter: &&Manifest| {
            let id = &parameter.id;
            let is_namespaced = self.store.is_namespaced(id.group(), id.version(), &id.kind);
            *id.kind == *text(kind.get("kind"))
                && *id.api_version == *text(kind.get("apiVersion"))
                && (is_namespaced == Some(false) || id.namespace.as_deref() == namespace)
                && match &selector {
                    Some(selector) => {
                        selector.matches(&labels(get(parameter.node(), &["metadata", "labels"])))
                    }
                    None => name(parameter) == text(reference.get("name")),
                }
        };
        let found = self.manifests.iter().filter(is_meant);
        found
            .filter_map(|parameter| reading::sent(parameter.node()).ok())
            .collect()
    }

    fn validate(&self, manifest: &Manifest, object: &Value, parameters: &Value, errors: &mut Errors<'_>) {
        let spec = get(self.policy.node(), &["spec"]);
        let list = |field: &str| items(spec.and_then(|spec| spec.get(field)));
        let variables = self.variables(manifest, object, parameters);
        let evaluate = |expression: &str| -> Result<Outcome, Failure> {
            let program = Program::of(expression);
            let program = program.as_ref().as_ref().map_err(Clone::clone)?;
            program.composed(&self.definitions)?.evaluate(&variables)
        };
        let root = At::root(manifest.node());
        let is_ignored = text(spec.and_then(|spec| spec.get("failurePolicy"))) == "Ignore";
        for condition in list("matchConditions") {
            let expression = text(condition.get("expression"));
            match evaluate(expression) {
                Ok(Outcome::Bool(true)) => {}
                Ok(_) => return,
                Err(_) if is_ignored => return,
                Err(failure) => {
                    errors.not_checked(&root, expression, &failure);
                    return;
                }
            }
        }
        let has_action = |action: &str| {
            let mut actions = items(get(self.binding.node(), &["spec", "validationActions"]));
            actions.any(|given| given.str() == action)
        };
        let (denies, warns) = (has_action("Deny"), has_action("Warn"));
        if !denies && !warns {
            return;
        }
        for validation in list("validations") {
            let expression = text(validation.get("expression"));
            match evaluate(expression) {
                Ok(Outcome::Bool(true)) => {}
                Ok(_) => {
                    let made = validation
                        .get("messageExpression")
                        .map(|made| evaluate(made.str()));
                    let message = match (made, text(validation.get("message")).trim()) {
                        (Some(Ok(Outcome::Text(made))), _) if !made.trim().is_empty() => {
                            made.trim().to_owned()
                        }
                        (_, "") => format!("failed expression: {}", expression.trim()),
                        (_, message) => message.to_owned(),
                    };
                    let message = format!(
                        "ValidatingAdmissionPolicy '{}' with binding '{}' denied request: {message}",
                        name(self.policy),
                        name(self.binding)
                    );
                    let help = format!("make this true: `{}`", expression.trim());
                    errors.denied(&root, &message, denies).help(help);
                }
                Err(_) if is_ignored => {}
                Err(failure) => {
                    errors.not_checked(&root, expression, &failure);
                }
            }
        }
    }

    /// What expressions see. What only a cluster knows is missing.
    fn variables(
        &self,
        manifest: &Manifest,
        object: &Value,
        parameters: &Value,
    ) -> Vec<(&'static str, Boxed)> {
        let id = &manifest.id;
        let namespace = id.namespace.as_deref().unwrap_or("default");
        let request = json!({
            "operation": "CREATE",
            "kind": {"group": id.group(), "version": id.version(), "kind": &*id.kind},
            "name": name(manifest),
            "namespace": namespace,
            "dryRun": false,
        });
        let mut variables = vec![
            ("object", native(object)),
            ("oldObject", native(&Value::Null)),
            ("params", native(parameters)),
            ("request", native(&request)),
        ];
        let found = self.namespaces.get(namespace);
        if let Some(Ok(namespace)) = found.map(|found| reading::sent(found.node())) {
            variables.push(("namespaceObject", native(&namespace)));
        }
        variables
    }
}

/// The expressions of `variables`, those before put into those behind.
fn definitions<'m>(
    variables: impl Iterator<Item = NodeRef<'m>>,
) -> BTreeMap<String, Result<Program, Failure>> {
    let mut known = BTreeMap::new();
    for variable in variables {
        let program = Program::of(text(variable.get("expression")));
        let composed = match &*program {
            Ok(program) => program.composed(&known),
            Err(failure) => Err(failure.clone()),
        };
        known.insert(text(variable.get("name")).to_owned(), composed);
    }
    known
}

/// `UnsafeGuessKindToResource` of k8s.io/apimachinery.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    if let Some(stem) = kind.strip_suffix('y') {
        format!("{stem}ies")
    } else if kind.ends_with('s') {
        format!("{kind}es")
    } else {
        format!("{kind}s")
    }
}

fn get<'m>(node: NodeRef<'m>, path: &[&str]) -> Option<NodeRef<'m>> {
    path.iter()
        .try_fold(node, |node, key| node.get(key))
        .filter(|node| !node.is_null())
}

fn text(node: Option<NodeRef<'_>>) -> &str {
    node.filter(|node| node.is_scalar()).map_or("", NodeRef::str)
}

fn items<'m>(node: Option<NodeRef<'m>>) -> impl Iterator<Item = NodeRef<'m>> {
    node.filter(|node| node.is_sequence())
        .into_iter()
        .flat_map(NodeRef::items)
}

fn name(manifest: &Manifest) -> &str {
    text(get(manifest.node(), &["metadata", "name"]))
}
