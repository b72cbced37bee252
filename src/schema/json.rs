//! JSON Schema by the crate `jsonschema`: CRD schemas and `values.schema.json`. The only file that knows that crate.
//!
//! Errors come out as [`Mismatch`]es: a place, a sentence and what to do, in the words the built-in kinds use.
//! No schema is ever fetched: a reference out of the schema is an error of the schema.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, PatternOptions, ValidationError, Validator};
use plimsoll_yaml::NodeRef;
use serde_json::{Map, Value};

use super::explain::{self, Wanted};
use crate::finding::Part;
use crate::manifest::{Route, Step};

/// Deepest nesting of a schema that is compiled: the compiler recurses.
const MAX_DEPTH: usize = 100;
/// Most mismatches of one instance that are explained.
const MAX_MISMATCHES: usize = 100;

/// A compiled schema.
#[derive(Debug)]
pub struct JsonSchema {
    schema: Value,
    validator: Validator,
}

/// What a value is against its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MismatchKind {
    /// A field the schema does not know.
    UnknownField,
    /// A plain YAML word that is no string.
    ImplicitType,
    /// Anything else.
    Other,
}

/// One place where an instance does not match its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where in the instance.
    pub route: Route,
    /// Which part of that place.
    pub part: Part,
    /// What kind of mismatch.
    pub kind: MismatchKind,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl JsonSchema {
    /// Compiles a schema of the draft that its `$schema` names, or of the newest.
    ///
    /// # Errors
    /// A sentence about what is wrong with the schema.
    pub fn compile(schema: Value) -> Result<Self, String> {
        if depth(&schema) > MAX_DEPTH {
            return Err(format!("the schema is nested deeper than {MAX_DEPTH} levels"));
        }
        let validator = jsonschema::options()
            .with_pattern_options(PatternOptions::regex())
            .build(&schema)
            .map_err(|error| {
                let place = error.instance_path().as_str();
                if place.is_empty() {
                    error.to_string()
                } else {
                    format!("{error} (at {place})")
                }
            })?;
        Ok(Self { schema, validator })
    }

    /// What is wrong with an instance. `node` is the YAML it was read from, for words about how YAML reads it.
    pub fn check(&self, instance: &Value, node: Option<NodeRef<'_>>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        for error in self.validator.iter_errors(instance).take(MAX_MISMATCHES) {
            self.explain(&error, instance, node, &mut found);
        }
        found
    }

    fn explain(
        &self,
        error: &ValidationError<'_>,
        root: &Value,
        node: Option<NodeRef<'_>>,
        found: &mut Vec<Mismatch>,
    ) {
        let (route, instance) = resolve(error, root);
        let place = place(&route);
        let at_node = node.and_then(|node| at(node, &route));
        let mut push =
            |route: Route, part: Part, kind: MismatchKind, message: String, help: Option<String>| {
                found.push(Mismatch {
                    route,
                    part,
                    kind,
                    message,
                    help,
                });
            };
        let number = |limit: &Value| limit.to_string();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let known = self.properties_beside(error);
                for name in unexpected {
                    let within = if route.steps().is_empty() {
                        String::new()
                    } else {
                        format!(" in `{place}`")
                    };
                    let help = match crate::suggest::nearest(name, known.iter().map(String::as_str)) {
                        Some(nearest) => format!("did you mean `{nearest}`?"),
                        None if known.is_empty() => "remove it".to_owned(),
                        None => format!(
                            "check spelling and indentation, or remove it; known here are {}",
                            explain::listed(known.iter().map(String::as_str))
                        ),
                    };
                    push(
                        route.then(name.as_str()),
                        Part::Key,
                        MismatchKind::UnknownField,
                        format!("there is no field `{}`{within}", explain::shown(name)),
                        Some(help),
                    );
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let within = if route.steps().is_empty() {
                    String::new()
                } else {
                    format!(" in `{place}`")
                };
                push(
                    route.then(name),
                    Part::Missing,
                    MismatchKind::Other,
                    format!("`{name}` is required{within} and is missing"),
                    Some(format!("add `{name}:`")),
                );
            }
            ValidationErrorKind::Type { kind } => {
                let (message, help, kind) = match (wanted(kind), at_node) {
                    (Some(wanted), Some(at_node)) => {
                        let explained = explain::wrong_type(&place, at_node, wanted);
                        let kind = if explained.implicit {
                            MismatchKind::ImplicitType
                        } else {
                            MismatchKind::Other
                        };
                        (explained.message, Some(explained.help), kind)
                    }
                    _ => (
                        format!(
                            "`{place}` must be {}, but here is {}",
                            types(kind),
                            noun(instance)
                        ),
                        None,
                        MismatchKind::Other,
                    ),
                };
                push(route, Part::Value, kind, message, help);
            }
            ValidationErrorKind::Enum { options } => {
                let options: Vec<String> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|option| !option.is_null())
                    .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
                    .collect();
                let text = instance
                    .as_str()
                    .map_or_else(|| instance.to_string(), str::to_owned);
                let explained = explain::not_allowed(&place, &text, options.iter().map(String::as_str));
                push(
                    route,
                    Part::Value,
                    MismatchKind::Other,
                    explained.message,
                    Some(explained.help),
                );
            }
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                if let Some(deeper) = best_branch(context, route.steps().len()) {
                    for error in deeper {
                        self.explain(error, root, node, found);
                    }
                } else {
                    let forms = context.len();
                    push(
                        route,
                        Part::Value,
                        MismatchKind::Other,
                        format!("`{place}` fits none of the {forms} forms its schema allows"),
                        branch_help(context),
                    );
                }
            }
            kind => {
                let message = match kind {
                    ValidationErrorKind::Minimum { limit } => {
                        format!("`{place}` must be at least {}", number(limit))
                    }
                    ValidationErrorKind::Maximum { limit } => {
                        format!("`{place}` must be at most {}", number(limit))
                    }
                    ValidationErrorKind::ExclusiveMinimum { limit } => {
                        format!("`{place}` must be greater than {}", number(limit))
                    }
                    ValidationErrorKind::ExclusiveMaximum { limit } => {
                        format!("`{place}` must be less than {}", number(limit))
                    }
                    ValidationErrorKind::MultipleOf { multiple_of } => {
                        format!("`{place}` must be a multiple of {multiple_of}")
                    }
                    ValidationErrorKind::MinLength { limit } => {
                        format!("`{place}` must have at least {}", counted(*limit, "character"))
                    }
                    ValidationErrorKind::MaxLength { limit } => {
                        format!("`{place}` must have at most {}", counted(*limit, "character"))
                    }
                    ValidationErrorKind::MinItems { limit } => {
                        format!("`{place}` must have at least {}", counted(*limit, "item"))
                    }
                    ValidationErrorKind::MaxItems { limit } => {
                        format!("`{place}` must have at most {}", counted(*limit, "item"))
                    }
                    ValidationErrorKind::MinProperties { limit } => {
                        format!("`{place}` must have at least {}", counted(*limit, "field"))
                    }
                    ValidationErrorKind::MaxProperties { limit } => {
                        format!("`{place}` must have at most {}", counted(*limit, "field"))
                    }
                    ValidationErrorKind::Pattern { pattern } => {
                        format!("`{place}` must match the pattern `{pattern}`")
                    }
                    ValidationErrorKind::Format { format } => {
                        format!("`{place}` must be in the format `{format}`")
                    }
                    ValidationErrorKind::Constant { expected_value } => {
                        format!("`{place}` must be {expected_value}")
                    }
                    ValidationErrorKind::UniqueItems => format!("`{place}` has the same item twice"),
                    ValidationErrorKind::FalseSchema => format!("`{place}` is not allowed here"),
                    ValidationErrorKind::Not { .. } => {
                        format!("`{place}` has a form that its schema excludes")
                    }
                    ValidationErrorKind::OneOfMultipleValid { context } => {
                        format!(
                            "`{place}` fits more than one of {} forms that exclude each other",
                            context.len()
                        )
                    }
                    ValidationErrorKind::PropertyNames { error } => {
                        format!("a key of `{place}` is not allowed: {error}")
                    }
                    _ => format!("`{place}` does not match its schema: {error}"),
                };
                let help = match instance {
                    Value::String(text) => Some(format!("here is \"{}\"", explain::shown(text))),
                    Value::Number(number) => Some(format!("here is {number}")),
                    Value::Array(items) => Some(format!("here are {}", counted(items.len() as u64, "item"))),
                    _ => None,
                };
                push(route, Part::Value, MismatchKind::Other, message, help);
            }
        }
    }

    /// The names that the schema which refused a property does know.
    fn properties_beside(&self, error: &ValidationError<'_>) -> Vec<String> {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let schema = self.schema.pointer(parent);
        let properties = schema.and_then(|schema| schema["properties"].as_object());
        properties.into_iter().flat_map(Map::keys).cloned().collect()
    }
}

/// The errors of the branch that comes furthest into the instance, if one does.
fn best_branch<'e, 'i>(
    context: &'e [Vec<ValidationError<'i>>],
    depth: usize,
) -> Option<&'e [ValidationError<'i>]> {
    let reach = |branch: &[ValidationError<'_>]| {
        branch
            .iter()
            .map(|error| error.instance_path().iter().count())
            .min()
            .unwrap_or(0)
    };
    let best = context
        .iter()
        .max_by_key(|branch| (reach(branch), std::cmp::Reverse(branch.len())))?;
    // Errors at the place itself (wrong type in every branch) explain less than the choice does.
    (reach(best) > depth || context.len() == 1).then_some(best)
}

/// What the branches of a choice want, when all they want is a type.
fn branch_help(context: &[Vec<ValidationError<'_>>]) -> Option<String> {
    let wanted: Vec<String> = context
        .iter()
        .filter_map(|branch| match branch.first()?.kind() {
            ValidationErrorKind::Type { kind } => Some(types(kind)),
            ValidationErrorKind::Required { property } => {
                Some(format!("a mapping with `{}`", property.as_str()?))
            }
            _ => None,
        })
        .collect();
    (!wanted.is_empty() && wanted.len() == context.len()).then(|| format!("write {}", wanted.join(", or ")))
}

pub(super) fn counted(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        deepest = deepest.max(depth);
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|field| (field, depth + 1))),
            _ => {}
        }
    }
    deepest
}

/// The place of an error as a route, and the value there.
fn resolve<'v>(error: &ValidationError<'_>, root: &'v Value) -> (Route, &'v Value) {
    let mut route = Route::root();
    let mut value = root;
    for segment in error.instance_path() {
        let text = segment.to_string();
        let next = match value {
            // A key may look like an index; only the instance can tell.
            Value::Array(items) => {
                let index: usize = text.parse().unwrap_or(usize::MAX);
                route.push(index);
                items.get(index)
            }
            _ => {
                route.push(text.as_str());
                value.get(&text)
            }
        };
        match next {
            Some(next) => value = next,
            None => break,
        }
    }
    (route, value)
}

pub(super) fn at<'d>(node: NodeRef<'d>, route: &Route) -> Option<NodeRef<'d>> {
    route.steps().iter().try_fold(node, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.item(*index as usize),
    })
}

pub(super) fn place(route: &Route) -> String {
    let steps = route.steps();
    let from = steps
        .iter()
        .rposition(|step| matches!(step, Step::Key(_)))
        .unwrap_or(0);
    match steps.get(from..) {
        Some(tail) if !tail.is_empty() => {
            explain::shown(&tail.iter().cloned().collect::<Route>().to_string())
        }
        _ => "(root)".to_owned(),
    }
}

fn wanted(kind: &TypeKind) -> Option<Wanted> {
    let single = |ty: JsonType| match ty {
        JsonType::Null => Wanted::Null,
        JsonType::Boolean => Wanted::Bool,
        JsonType::Integer => Wanted::Integer,
        JsonType::Number => Wanted::Number,
        JsonType::String => Wanted::String,
        JsonType::Array => Wanted::List,
        JsonType::Object => Wanted::Mapping,
    };
    match kind {
        TypeKind::Single(ty) => Some(single(*ty)),
        TypeKind::Multiple(set) => {
            let mut types: Vec<JsonType> = set.iter().filter(|ty| *ty != JsonType::Null).collect();
            match types.len() {
                1 => types.pop().map(single),
                2 if types.contains(&JsonType::String) && types.contains(&JsonType::Integer) => {
                    Some(Wanted::IntOrString)
                }
                _ => None,
            }
        }
    }
}

fn types(kind: &TypeKind) -> String {
    let name = |ty: JsonType| match ty {
        JsonType::Null => "null",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    };
    match kind {
        TypeKind::Single(ty) => name(*ty).to_owned(),
        TypeKind::Multiple(set) => set.iter().map(name).collect::<Vec<_>>().join(" or "),
    }
}

pub(super) fn noun(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("the boolean `{value}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) => format!("the string \"{}\"", explain::shown(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::JsonSchema;

    fn messages(schema: serde_json::Value, instance: &serde_json::Value) -> Vec<String> {
        let schema = JsonSchema::compile(schema).expect("a valid schema");
        schema
            .check(instance, None)
            .into_iter()
            .map(|found| {
                format!(
                    "{}: {} | {}",
                    found.route,
                    found.message,
                    found.help.unwrap_or_default()
                )
            })
            .collect()
    }

    #[test]
    fn errors_are_sentences_with_routes() {
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "replicas": {"type": "integer", "minimum": 1},
                "mode": {"enum": ["fast", "safe"]},
                "ports": {"type": "array", "items": {"type": "object", "required": ["port"]}},
            }
        });
        let instance = json!({"replicas": 0, "mode": "fats", "ports": [{"port": 1}, {}], "replica": 3});
        let mut found = messages(schema, &instance);
        found.sort();
        assert_eq!(
            found,
            [
                "mode: `fats` is not a value of `mode` | did you mean `fast`? Allowed are `fast`, `safe`",
                "name: `name` is required and is missing | add `name:`",
                "ports[1].port: `port` is required in `ports[1]` and is missing | add `port:`",
                "replica: there is no field `replica` | did you mean `replicas`?",
                "replicas: `replicas` must be at least 1 | here is 0",
            ]
        );
    }

    #[test]
    fn a_choice_is_explained_by_the_branch_that_fits_best() {
        let schema = json!({"properties": {"store": {"oneOf": [
            {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
            {"type": "string"}
        ]}}});
        assert_eq!(
            messages(schema.clone(), &json!({"store": {"url": 5}})),
            ["store.url: `url` must be a string, but here is the number `5` | "]
        );
        assert_eq!(
            messages(schema, &json!({"store": 5})),
            ["store: `store` fits none of the 2 forms its schema allows | write a mapping, or a string"]
        );
    }

    #[test]
    fn schemas_that_reach_out_or_never_end_are_refused() {
        assert!(JsonSchema::compile(json!({"$ref": "https://example.com/schema.json"})).is_err());
        let mut deep = json!({"type": "object"});
        for _ in 0..200 {
            deep = json!({"items": deep});
        }
        assert!(JsonSchema::compile(deep).is_err());
        assert!(JsonSchema::compile(json!({"pattern": "("})).is_err());
    }
}
