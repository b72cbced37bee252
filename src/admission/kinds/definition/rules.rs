//! Whether rules in CEL compile against the schema they are in: `ValidateCustomResourceDefinitionOpenAPISchema` and
//! `pkg/apiserver/schema/cel/compilation.go` of k8s.io/apiextensions-apiserver.

use serde_json::Map;

use super::schema::MAX_SCHEMAS;
use crate::admission::at::At;
use crate::admission::cel::{Failure, Program, Type, check as check_types};
use crate::admission::custom::field_path;
use crate::admission::errors::Errors;
use crate::manifest::json;
use crate::schema::{Additional, NodeId, Structural};

/// Checks the rules of a whole schema in which nothing else is wrong.
pub(super) fn check(open_api: &At<'_, '_>, errors: &mut Errors<'_>) {
    let Some(schema) = open_api.node().and_then(|node| json::sent(node).ok()) else {
        return;
    };
    let Some(structural) = Structural::read(&schema, &Map::new()) else {
        return;
    };
    if !structural.has_rules() {
        return;
    }
    Walk {
        schema: &structural,
        seen: 0,
        errors,
    }
    .schema(open_api, structural.root(), true, None);
}

struct Walk<'w, 'v> {
    schema: &'w Structural,
    seen: usize,
    errors: &'w mut Errors<'v>,
}

impl Walk<'_, '_> {
    /// `unpaired` is the list above whose old and new items cannot be told to be the same.
    fn schema(&mut self, at: &At<'_, '_>, id: NodeId, is_resource: bool, unpaired: Option<&str>) {
        self.seen += 1;
        if self.seen > MAX_SCHEMAS {
            return;
        }
        let schema = self.schema;
        let node = schema.node(id);
        if !node.rules.is_empty()
            && let Some(own) = Type::of(schema, id, is_resource)
        {
            for rule in at.get("x-kubernetes-validations").items() {
                self.rule(&rule, id, &own, unpaired);
            }
        }
        let properties = at.get("properties");
        for (name, &id) in &node.properties {
            let embedded = schema.node(id).embedded;
            self.schema(&properties.get(name), id, embedded, unpaired);
        }
        if let Additional::Schema(values) = node.additional {
            let embedded = schema.node(values).embedded;
            self.schema(&at.get("additionalProperties"), values, embedded, unpaired);
        }
        if let Some(items) = node.items {
            let route = at.route().to_string();
            let unpaired = unpaired.or_else(|| node.list_keys.is_empty().then_some(&*route));
            self.schema(&at.get("items"), items, schema.node(items).embedded, unpaired);
        }
    }

    fn rule(&mut self, rule: &At<'_, '_>, id: NodeId, own: &Type, unpaired: Option<&str>) {
        let path = rule.get("fieldPath");
        if !path.is_empty() && !self.leads_somewhere(path.str(), id) {
            self.errors.invalid(&path, "must be a valid path");
        }
        let optional = rule.get("optionalOldSelf");
        let old = if optional.is_true() {
            own.clone().optional()
        } else {
            own.clone()
        };
        let variables = [("self", own.clone()), ("oldSelf", old)];
        let expression = rule.get("rule");
        let program = Program::of(expression.str());
        match &*program {
            Ok(program) => {
                match check_types(program, &variables) {
                    Err(error) => {
                        self.errors
                            .invalid(&expression, format!("compilation failed: {error}"));
                    }
                    Ok(Type::Bool | Type::Dyn) => {}
                    Ok(_) => {
                        self.errors
                            .invalid(&expression, "cel expression must evaluate to a bool");
                    }
                }
                self.old_self(program, &expression, &optional, unpaired);
            }
            Err(failure) => self.uncompiled(&expression, "", failure),
        }
        let message = rule.get("messageExpression");
        if message.is_empty() {
            return;
        }
        match Program::of(message.str()).as_ref() {
            Ok(program) => match check_types(program, &variables) {
                Err(error) => {
                    let what = format!("messageExpression compilation failed: {error}");
                    self.errors.invalid(&message, what);
                }
                Ok(Type::String | Type::Dyn) => {}
                Ok(_) => {
                    self.errors
                        .invalid(&message, "messageExpression must evaluate to a string");
                }
            },
            Err(failure) => self.uncompiled(&message, "messageExpression ", failure),
        }
    }

    fn uncompiled(&mut self, at: &At<'_, '_>, what: &str, failure: &Failure) {
        match failure {
            Failure::Error(error) => {
                self.errors
                    .invalid(at, format!("{what}compilation failed: {error}"));
            }
            Failure::Limit(_) | Failure::Unknown(_) => {
                self.errors.not_checked(at, at.str(), failure);
            }
        }
    }

    fn old_self(
        &mut self,
        program: &Program,
        rule: &At<'_, '_>,
        optional: &At<'_, '_>,
        unpaired: Option<&str>,
    ) {
        match (program.uses("oldSelf"), unpaired) {
            (true, Some(list)) => {
                let what = format!(
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within {list}"
                );
                self.errors
                    .invalid(rule, what)
                    .help("say `x-kubernetes-list-type: map` and its keys, or move the rule to the list");
            }
            (false, _) if optional.is_given() => {
                self.errors
                    .invalid(optional, "may not be set if oldSelf is not used in rule");
            }
            _ => {}
        }
    }

    /// Whether a path names a field (`ValidFieldPath`).
    fn leads_somewhere(&self, path: &str, id: NodeId) -> bool {
        let Some(keys) = field_path(path) else {
            return false;
        };
        let mut id = id;
        for key in keys {
            let node = self.schema.node(id);
            id = match (node.properties.get(&key), node.additional) {
                (Some(&property), _) => property,
                (None, Additional::Schema(values)) if node.properties.is_empty() => values,
                _ => return false,
            };
        }
        true
    }
}
