//! Structural schemas: what a CustomResourceDefinition says of its objects, with the API server's meaning.
//!
//! An object goes the server's way: fields the schema does not know are refused (strict field validation), nulls are
//! dropped or replaced by defaults (`decode`), and what comes out is held against the schema (`check`), list sets and
//! list maps included. Upstream: `pkg/apiserver/schema` of k8s.io/apiextensions-apiserver, `pkg/validation/validate` of
//! k8s.io/kube-openapi.
//!
//! Invariant: schemas are an arena, references are numbers, so a schema that refers to itself is finite.

pub(super) mod check;
pub(super) mod decode;

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use plimsoll_gostd::regexp::Regexp;
use serde_json::{Map, Value};

use super::bundle::ListKind;

/// Deepest schema that is read; a deeper one is no schema to us.
const MAX_DEPTH: usize = 100;
/// Most nodes of one schema; the largest public CRDs have about 20,000.
const MAX_NODES: usize = 500_000;

/// The number of a schema in its [`Structural`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(u32);

/// The type a schema wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

/// What may stand beside the named properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Additional {
    /// Nothing said: other fields are unknown.
    #[default]
    Unsaid,
    /// `true` or `false`: any scalar, of mappings nothing inside is known.
    Any,
    /// Values of a schema.
    Schema(NodeId),
}

/// One schema.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) ty: Option<Ty>,
    pub(crate) nullable: bool,
    pub(crate) int_or_string: bool,
    pub(crate) preserve: bool,
    pub(crate) embedded: bool,
    pub(crate) properties: BTreeMap<String, NodeId>,
    pub(crate) additional: Additional,
    pub(crate) items: Option<NodeId>,
    pub(crate) required: Vec<String>,
    pub(crate) default: Option<Value>,
    pub(crate) values: Vec<Value>,
    pub(crate) format: Option<Format>,
    pub(super) minimum: Option<f64>,
    pub(super) exclusive_minimum: bool,
    pub(super) maximum: Option<f64>,
    pub(super) exclusive_maximum: bool,
    pub(super) multiple_of: Option<f64>,
    pub(super) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(super) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(super) min_properties: Option<u64>,
    pub(crate) max_properties: Option<u64>,
    pub(super) unique_items: bool,
    pub(super) pattern: Option<Pattern>,
    pub(crate) list: Option<ListKind>,
    pub(crate) list_keys: Vec<String>,
    pub(crate) all_of: Vec<NodeId>,
    pub(super) any_of: Vec<NodeId>,
    pub(super) one_of: Vec<NodeId>,
    pub(super) not: Option<NodeId>,
    /// `x-kubernetes-validations`.
    pub(crate) rules: Vec<Rule>,
    /// First sentence of the description.
    pub(super) doc: String,
}

/// A rule in CEL that values of a schema must hold.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The expression, of type bool.
    pub(crate) rule: String,
    /// What is said when it does not hold; may be empty.
    pub(crate) message: String,
    /// An expression of type string that says it better; may be empty.
    pub(crate) message_expression: String,
    /// The kind of error: `FieldValueForbidden` and the like; may be empty.
    pub(crate) reason: String,
    /// The field below the value that is meant, as a JSON path; may be empty.
    pub(crate) field_path: String,
    /// Whether `oldSelf` is an optional, so that the rule holds on creation too.
    pub(crate) optional_old_self: bool,
}

/// The format of a string or number.
#[derive(Debug)]
pub(crate) struct Format {
    /// As the schema names it: `date-time`.
    pub(crate) name: String,
    /// As it is looked up: `datetime`.
    pub(super) plain: String,
}

/// A regular expression in Go's syntax, compiled when first needed.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    compiled: OnceLock<Option<Regexp>>,
}

impl Pattern {
    /// Whether the expression is found in a text. One that Go refuses matches everything: the server refuses the
    /// definition, not its objects.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| Regexp::new(self.text.as_bytes()).ok())
            .as_ref()
            .is_none_or(|expression| expression.is_match(text.as_bytes()))
    }
}

/// The schema of a kind.
#[derive(Debug)]
pub(crate) struct Structural {
    nodes: Vec<Node>,
    root: NodeId,
}

impl Structural {
    /// Reads a schema. `definitions` are what `#/definitions/…` and `#/components/schemas/…` refer to; a CRD has none.
    ///
    /// `None` if it is too deep or too large, or refers to something that is not there.
    pub(crate) fn read(schema: &Value, definitions: &Map<String, Value>) -> Option<Self> {
        let mut reader = Reader {
            nodes: Vec::new(),
            definitions,
            named: HashMap::new(),
            open: Vec::new(),
        };
        let root = reader.node(schema, 0)?;
        while let Some((id, name)) = reader.open.pop() {
            let node = reader.fill(definitions.get(&name)?, 0)?;
            *reader.nodes.get_mut(id.0 as usize)? = node;
        }
        Some(Self {
            nodes: reader.nodes,
            root,
        })
    }

    /// The schema of the whole object.
    pub(crate) fn root(&self) -> NodeId {
        self.root
    }

    /// A schema by its number.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        static NOTHING: OnceLock<Node> = OnceLock::new();
        self.nodes
            .get(id.0 as usize)
            .unwrap_or_else(|| NOTHING.get_or_init(Node::default))
    }

    /// Whether any schema in it has rules in CEL.
    pub(crate) fn has_rules(&self) -> bool {
        self.nodes.iter().any(|node| !node.rules.is_empty())
    }

    /// The schema of a field, by name or as one of those with free names.
    pub(crate) fn field(&self, id: NodeId, name: &str) -> Option<NodeId> {
        let node = self.node(id);
        match (node.properties.get(name), node.additional) {
            (Some(&property), _) => Some(property),
            (None, Additional::Schema(values)) => Some(values),
            (None, _) => None,
        }
    }
}

struct Reader<'v> {
    nodes: Vec<Node>,
    definitions: &'v Map<String, Value>,
    /// Definitions that have a number.
    named: HashMap<String, NodeId>,
    /// Definitions whose number holds nothing yet.
    open: Vec<(NodeId, String)>,
}

impl Reader<'_> {
    fn place(&mut self, node: Node) -> Option<NodeId> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let id = NodeId(u32::try_from(self.nodes.len()).ok()?);
        self.nodes.push(node);
        Some(id)
    }

    fn node(&mut self, schema: &Value, depth: usize) -> Option<NodeId> {
        if let Some(name) = reference(schema) {
            if let Some(&known) = self.named.get(name) {
                return Some(known);
            }
            if !self.definitions.contains_key(name) {
                return None;
            }
            let id = self.place(Node::default())?;
            self.named.insert(name.to_owned(), id);
            self.open.push((id, name.to_owned()));
            return Some(id);
        }
        let node = self.fill(schema, depth)?;
        self.place(node)
    }

    fn fill(&mut self, schema: &Value, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let is_set = |name: &str| schema[name] == Value::Bool(true);
        let count = |name: &str| schema[name].as_u64();
        let mut node = Node {
            ty: match schema["type"].as_str() {
                Some("object") => Some(Ty::Object),
                Some("array") => Some(Ty::Array),
                Some("string") => Some(Ty::String),
                Some("integer") => Some(Ty::Integer),
                Some("number") => Some(Ty::Number),
                Some("boolean") => Some(Ty::Boolean),
                _ => None,
            },
            nullable: is_set("nullable"),
            int_or_string: is_set("x-kubernetes-int-or-string") || schema["format"] == "int-or-string",
            preserve: is_set("x-kubernetes-preserve-unknown-fields"),
            embedded: is_set("x-kubernetes-embedded-resource"),
            required: texts(&schema["required"]),
            default: schema
                .get("default")
                .filter(|default| !default.is_null())
                .cloned(),
            values: schema["enum"].as_array().cloned().unwrap_or_default(),
            format: schema["format"].as_str().map(|name| Format {
                name: name.to_owned(),
                plain: name.replace('-', ""),
            }),
            minimum: schema["minimum"].as_f64(),
            exclusive_minimum: is_set("exclusiveMinimum"),
            maximum: schema["maximum"].as_f64(),
            exclusive_maximum: is_set("exclusiveMaximum"),
            multiple_of: schema["multipleOf"].as_f64().filter(|factor| *factor > 0.0),
            min_length: count("minLength"),
            max_length: count("maxLength"),
            min_items: count("minItems"),
            max_items: count("maxItems"),
            min_properties: count("minProperties"),
            max_properties: count("maxProperties"),
            unique_items: is_set("uniqueItems"),
            pattern: schema["pattern"]
                .as_str()
                .filter(|text| !text.is_empty())
                .map(|text| Pattern {
                    text: text.to_owned(),
                    compiled: OnceLock::new(),
                }),
            list: match schema["x-kubernetes-list-type"].as_str() {
                Some("set") => Some(ListKind::Set),
                Some("map") => Some(ListKind::Map),
                Some("atomic") => Some(ListKind::Atomic),
                _ => None,
            },
            list_keys: texts(&schema["x-kubernetes-list-map-keys"]),
            rules: rules(&schema["x-kubernetes-validations"]),
            doc: first_sentence(schema["description"].as_str().unwrap_or_default()),
            ..Node::default()
        };
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let property = self.node(property, depth + 1)?;
            node.properties.insert(name.clone(), property);
        }
        node.additional = match &schema["additionalProperties"] {
            Value::Null => Additional::Unsaid,
            Value::Bool(_) => Additional::Any,
            values => Additional::Schema(self.node(values, depth + 1)?),
        };
        if schema["items"].is_object() {
            node.items = Some(self.node(&schema["items"], depth + 1)?);
        }
        for (name, list) in [
            ("allOf", &mut node.all_of),
            ("anyOf", &mut node.any_of),
            ("oneOf", &mut node.one_of),
        ] {
            for branch in schema[name].as_array().into_iter().flatten() {
                list.push(self.node(branch, depth + 1)?);
            }
        }
        if schema["not"].is_object() {
            node.not = Some(self.node(&schema["not"], depth + 1)?);
        }
        Some(node)
    }
}

/// The definition a schema is nothing but a reference to; OpenAPI v3 wraps it in an `allOf` to say more beside it.
fn reference(schema: &Value) -> Option<&str> {
    let wrapped = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only])
            if schema.get("properties").is_none() && schema.get("x-kubernetes-validations").is_none() =>
        {
            only["$ref"].as_str()
        }
        _ => None,
    };
    let text = schema["$ref"].as_str().or(wrapped)?;
    text.strip_prefix("#/definitions/")
        .or_else(|| text.strip_prefix("#/components/schemas/"))
}

fn rules(value: &Value) -> Vec<Rule> {
    let rules = value.as_array().into_iter().flatten();
    rules
        .map(|rule| {
            let text = |name: &str| rule[name].as_str().unwrap_or_default().to_owned();
            Rule {
                rule: text("rule"),
                message: text("message"),
                message_expression: text("messageExpression"),
                reason: text("reason"),
                field_path: text("fieldPath"),
                optional_old_self: rule["optionalOldSelf"] == Value::Bool(true),
            }
        })
        .collect()
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// The first sentence of a description, cut to a length that fits into a finding.
pub(super) fn first_sentence(description: &str) -> String {
    let line = description.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default().trim();
    let end = line.find(". ").map_or(line.len(), |at| at + 1);
    super::explain::shown(&line[..end])
}
