//! Custom resources against the rules in CEL of their schemas (`x-kubernetes-validations`).
//!
//! Upstream: `pkg/apiserver/schema/cel/validation.go` of k8s.io/apiextensions-apiserver, whose sentences these are. The
//! object comes from the schema stage as the server has it at this point: decoded, with its defaults.

use serde_json::Value;

use super::at::At;
use super::cel::{Boxed, Failure, Outcome, Program, of_schema};
use super::errors::Errors;
use crate::manifest::Manifest;
use crate::schema::{Additional, CustomKind, NodeId, Rule, SchemaStore, Structural, Ty};

/// The longest message that an expression may make, in bytes.
const MAX_MESSAGE: usize = 5 << 10;

/// What the rules say of an object alone.
pub(super) fn check(manifest: &Manifest, store: &SchemaStore, errors: &mut Errors<'_>) {
    let Some((schema, object)) = kind(manifest, store).and_then(|kind| kind.before_rules(manifest)) else {
        return;
    };
    let which = if errors.is_change() {
        Which::Alone
    } else {
        Which::New
    };
    Check {
        schema,
        which,
        errors,
    }
    .value(&At::root(manifest.node()), &object, None, Place::root(schema));
}

/// What the rules that compare it with `oldSelf` say of an object that takes the place of another.
pub(super) fn check_change(old: &Manifest, new: &Manifest, store: &SchemaStore, errors: &mut Errors<'_>) {
    let Some(kind) = kind(new, store) else { return };
    let (Some((schema, object)), Some((_, before))) = (kind.before_rules(new), kind.before_rules(old)) else {
        return;
    };
    Check {
        schema,
        which: Which::Compared,
        errors,
    }
    .value(&At::root(new.node()), &object, Some(&before), Place::root(schema));
}

fn kind<'s>(manifest: &Manifest, store: &'s SchemaStore) -> Option<&'s CustomKind> {
    let id = &manifest.id;
    store.custom(id.group(), id.version(), &id.kind)
}

/// The schema of a value.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Whose type the value has.
    id: NodeId,
    /// Whose rules hold: that one, or one of its `allOf`.
    rules: NodeId,
    /// Whether the value has `apiVersion`, `kind` and `metadata`.
    is_resource: bool,
}

impl Place {
    fn root(schema: &Structural) -> Self {
        Self {
            id: schema.root(),
            rules: schema.root(),
            is_resource: true,
        }
    }
}

/// Which rules are evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Which {
    /// Those that hold for a new object: also those that ask whether there is an `oldSelf`.
    New,
    /// Those that do not look at `oldSelf`.
    Alone,
    /// Those that do.
    Compared,
}

struct Check<'c, 'v> {
    schema: &'c Structural,
    which: Which,
    errors: &'c mut Errors<'v>,
}

impl Check<'_, '_> {
    /// `old` is what was in this place, if places can be told to be the same.
    fn value(&mut self, at: &At<'_, '_>, value: &Value, old: Option<&Value>, place: Place) {
        if value.is_null() {
            return;
        }
        let schema = self.schema;
        let rules = schema.node(place.rules);
        if !rules.rules.is_empty() {
            self.rules(at, value, old.filter(|old| !old.is_null()), place);
        }
        for &branch in &rules.all_of {
            self.value(
                at,
                value,
                old,
                Place {
                    rules: branch,
                    ..place
                },
            );
        }
        let below = |id: NodeId, rules: NodeId| Place {
            id,
            rules,
            is_resource: schema.node(id).embedded,
        };
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let Some((id, rules)) = self.field(place, name) else {
                        continue;
                    };
                    let old = old.and_then(|old| old.get(name));
                    self.value(&at.get(name), value, old, below(id, rules));
                }
            }
            Value::Array(items) => {
                let (Some(id), Some(rules)) = (schema.node(place.id).items, rules.items) else {
                    return;
                };
                for (item, at) in items.iter().zip(at.items()) {
                    let old = self.counterpart(place.id, item, old);
                    self.value(&at, item, old, below(id, rules));
                }
            }
            _ => {}
        }
    }

    /// The schemas of a field: of its type and of its rules.
    fn field(&self, place: Place, name: &str) -> Option<(NodeId, NodeId)> {
        let (of_type, of_rules) = (self.schema.node(place.id), self.schema.node(place.rules));
        match (of_type.additional, of_rules.additional) {
            (Additional::Schema(id), Additional::Schema(rules)) => Some((id, rules)),
            _ => Some((*of_type.properties.get(name)?, *of_rules.properties.get(name)?)),
        }
    }

    /// The item of the old list that has the same keys. Only lists that are maps know.
    fn counterpart<'o>(&self, list: NodeId, item: &Value, old: Option<&'o Value>) -> Option<&'o Value> {
        let keys = &self.schema.node(list).list_keys;
        if keys.is_empty() {
            return None;
        }
        let is_same = |old: &&Value| keys.iter().all(|key| old.get(key) == item.get(key));
        old?.as_array()?.iter().find(is_same)
    }

    fn rules(&mut self, at: &At<'_, '_>, value: &Value, old: Option<&Value>, place: Place) {
        let seen = |value: &Value| of_schema(value, self.schema, place.id, place.is_resource);
        let own = seen(value);
        let old = old.map(seen);
        for rule in &self.schema.node(place.rules).rules {
            if !rule.rule.trim().is_empty() {
                self.rule(at, rule, &own, old.as_ref(), place);
            }
        }
    }

    fn rule(&mut self, at: &At<'_, '_>, rule: &Rule, own: &Boxed, old: Option<&Boxed>, place: Place) {
        let program = Program::of(&rule.rule);
        let program = match &*program {
            Ok(program) => program,
            // The definition is what the server refuses.
            Err(Failure::Error(_)) => return,
            Err(failure) => {
                self.errors.not_checked(at, &named(rule), failure);
                return;
            }
        };
        let is_wanted = match (program.uses("oldSelf"), self.which) {
            (false, which) => which != Which::Compared,
            (true, Which::Alone) => false,
            (true, _) => old.is_some() || rule.optional_old_self,
        };
        if !is_wanted {
            return;
        }
        let mut variables = vec![("self", own.clone_as_boxed())];
        if rule.optional_old_self {
            variables.push(("oldSelf", super::cel::optional(old)));
        } else if let Some(old) = old {
            variables.push(("oldSelf", old.clone_as_boxed()));
        }
        match program.evaluate(&variables) {
            Ok(Outcome::Bool(true)) => {}
            Ok(_) => self.broken(at, rule, &variables, place),
            Err(Failure::Error(error)) if error == "no such overload" => {
                let detail = format!(
                    "'{error}': call arguments did not match a supported operator, function or macro signature for rule: {}",
                    named(rule)
                );
                self.errors.invalid(at, detail);
            }
            Err(Failure::Error(error)) => {
                self.errors
                    .invalid(at, format!("{error} evaluating rule: {}", named(rule)));
            }
            Err(Failure::Limit(limit)) => {
                let detail = format!(
                    "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: {}",
                    named(rule)
                );
                self.errors
                    .invalid(at, detail)
                    .help(format!("shorten the lists that the rule goes through: {limit}"));
            }
            Err(failure @ Failure::Unknown(_)) => {
                self.errors.not_checked(at, &named(rule), &failure);
            }
        }
    }

    /// Reports a rule that does not hold.
    fn broken(&mut self, at: &At<'_, '_>, rule: &Rule, variables: &[(&str, Boxed)], place: Place) {
        let detail = made_message(rule, variables).unwrap_or_else(|| match rule.message.trim() {
            "" => format!("failed rule: {}", named(rule)),
            message => message.to_owned(),
        });
        let is_scalar = !matches!(self.schema.node(place.id).ty, Some(Ty::Object | Ty::Array));
        let path = field_path(&rule.field_path).unwrap_or_default();
        let help =
            (!detail.contains(rule.rule.trim())).then(|| format!("make this true: `{}`", rule.rule.trim()));
        descend(at, &path, &mut |at| {
            let said = match &*rule.reason {
                "FieldValueForbidden" => self.errors.forbidden(at, &detail),
                "FieldValueRequired" => self.errors.required(at, &detail),
                "FieldValueDuplicate" => self.errors.duplicate(at),
                _ if is_scalar => self.errors.invalid(at, &detail),
                _ => self.errors.invalid_whole(at, &detail),
            };
            if let Some(help) = &help {
                said.help(help.clone());
            }
        });
    }
}

/// A rule in an error of the server: its message, or itself.
fn named(rule: &Rule) -> String {
    match rule.message.trim() {
        "" => rule.rule.trim().to_owned(),
        message => message.to_owned(),
    }
}

/// What the expression for the message says, if it says something that the server shows.
fn made_message(rule: &Rule, variables: &[(&str, Boxed)]) -> Option<String> {
    if rule.message_expression.is_empty() {
        return None;
    }
    let program = Program::of(&rule.message_expression);
    let Ok(Outcome::Text(text)) = program.as_ref().as_ref().ok()?.evaluate(variables) else {
        return None;
    };
    let text = text.trim();
    (!text.is_empty() && text.len() <= MAX_MESSAGE && !text.contains('\n')).then(|| text.to_owned())
}

/// The keys of a path such as `.a.b['c d']` (`ValidFieldPath`); `None` if it is none.
pub(super) fn field_path(path: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("['") {
            let mut key = String::new();
            let mut chars = after.char_indices();
            let end = loop {
                match chars.next()? {
                    (_, '\\') => key.push(chars.next()?.1),
                    (at, '\'') => break at,
                    (_, char) => key.push(char),
                }
            };
            keys.push(key);
            rest = after.get(end + 1..)?.strip_prefix(']')?;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            keys.push(after.get(..end)?.to_owned());
            rest = after.get(end..)?;
        }
    }
    Some(keys)
}

/// Calls a function with the place that some keys lead to.
fn descend(at: &At<'_, '_>, keys: &[String], call: &mut dyn FnMut(&At<'_, '_>)) {
    match keys {
        [] => call(at),
        [key, rest @ ..] => descend(&at.get(key), rest, call),
    }
}

#[cfg(test)]
mod tests {
    use super::field_path;

    #[test]
    fn paths_are_read_as_the_server_reads_them() {
        let keys = |path: &str| field_path(path).map(|keys| keys.join("|"));
        assert_eq!(keys(".a.b").as_deref(), Some("a|b"));
        assert_eq!(keys(".a['b.c'].d").as_deref(), Some("a|b.c|d"));
        assert_eq!(keys("['it\\'s']").as_deref(), Some("it's"));
        assert_eq!(keys(""), Some(String::new()));
        assert_eq!(keys("a"), None);
        assert_eq!(keys("['a'"), None);
    }
}
