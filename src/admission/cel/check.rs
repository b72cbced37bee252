//! Types of expressions: what cel-go's checker refuses, as far as it follows from fields, variables and functions.
//!
//! Where the type of a part is not known here, everything may follow: what is refused is refused by the server too, the
//! reverse does not hold.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue};

use super::program::{Program, SPEND};
use super::types::Type;

/// Variables in scope, the innermost last.
type Scope = Vec<(String, Type)>;

/// Names of types, which are values too.
const TYPE_NAMES: [&str; 10] = [
    "bool",
    "bytes",
    "double",
    "dyn",
    "int",
    "list",
    "map",
    "null_type",
    "string",
    "type",
];
/// What begins the name of a function or a type.
const NAMESPACES: [&str; 9] = [
    "format",
    "google",
    "ip",
    "jsonpatch",
    "lists",
    "math",
    "net",
    "optional",
    "sets",
];

/// Functions by what they return.
const RETURNS: &[(Type, &[&str])] = &[
    (
        Type::Bool,
        &[
            "bool",
            "contains",
            "containsCIDR",
            "containsIP",
            "endsWith",
            "equivalent",
            "hasValue",
            "includes",
            "intersects",
            "isCIDR",
            "isCanonical",
            "isGlobalUnicast",
            "isGreaterThan",
            "isIP",
            "isInteger",
            "isLessThan",
            "isLinkLocalMulticast",
            "isLinkLocalUnicast",
            "isLoopback",
            "isQuantity",
            "isSemver",
            "isSorted",
            "isURL",
            "isUnspecified",
            "matches",
            "startsWith",
        ],
    ),
    (
        Type::Int,
        &[
            "asInteger",
            "compareTo",
            "family",
            "getDate",
            "getDayOfMonth",
            "getDayOfWeek",
            "getDayOfYear",
            "getFullYear",
            "getHours",
            "getMilliseconds",
            "getMinutes",
            "getMonth",
            "getSeconds",
            "indexOf",
            "int",
            "lastIndexOf",
            "major",
            "minor",
            "patch",
            "prefixLength",
            "sign",
            "size",
        ],
    ),
    (Type::Double, &["asApproximateFloat", "double"]),
    (Type::Uint, &["uint"]),
    (Type::Bytes, &["bytes"]),
    (Type::Duration, &["duration"]),
    (Type::Timestamp, &["timestamp"]),
    (
        Type::String,
        &[
            "charAt",
            "escapeKey",
            "find",
            "format",
            "getEscapedPath",
            "getHost",
            "getHostname",
            "getPort",
            "getScheme",
            "join",
            "lowerAscii",
            "replace",
            "string",
            "substring",
            "trim",
            "upperAscii",
        ],
    ),
    (
        Type::Dyn,
        &[
            "add",
            "byte",
            "cidr",
            "date",
            "datetime",
            "distinct",
            "dns1035Label",
            "dns1035LabelPrefix",
            "dns1123Label",
            "dns1123LabelPrefix",
            "dns1123Subdomain",
            "dns1123SubdomainPrefix",
            "dyn",
            "findAll",
            "first",
            "flatten",
            "getQuery",
            "ip",
            "labelValue",
            "last",
            "masked",
            "max",
            "min",
            "named",
            "none",
            "of",
            "ofNonZeroValue",
            "optFlatMap",
            "optMap",
            "or",
            "orValue",
            "qualifiedName",
            "quantity",
            "range",
            "reverse",
            "semver",
            "slice",
            "sort",
            "split",
            "sub",
            "sum",
            "type",
            "unwrap",
            "unwrapOpt",
            "uri",
            "url",
            "uuid",
            "validate",
            "value",
            // Of comprehensions over two variables, and what macros become.
            "all",
            "exists",
            "existsOne",
            "exists_one",
            "transformList",
            "transformMap",
            "transformMapEntry",
            "@sortByAssociatedKeys",
        ],
    ),
];

/// The type of a program's value. Variables are by name.
///
/// # Errors
/// cel-go's sentence about the first part that has no type.
pub(crate) fn check(program: &Program, variables: &[(&str, Type)]) -> Result<Type, String> {
    let mut scope: Scope = variables
        .iter()
        .map(|(name, ty)| ((*name).to_owned(), ty.clone()))
        .collect();
    program.with_expression(|expression| infer(expression, &mut scope))
}

fn infer(expression: &IdedExpr, scope: &mut Scope) -> Result<Type, String> {
    match &expression.expr {
        Expr::Literal(literal) => Ok(match literal {
            LiteralValue::Boolean(_) => Type::Bool,
            LiteralValue::Bytes(_) => Type::Bytes,
            LiteralValue::Double(_) => Type::Double,
            LiteralValue::Int(_) => Type::Int,
            LiteralValue::Null => Type::Null,
            LiteralValue::String(_) => Type::String,
            LiteralValue::UInt(_) => Type::Uint,
        }),
        Expr::Ident(name) => variable(name, scope),
        Expr::Select(select) => {
            if is_namespace(&select.operand, scope) {
                return Ok(Type::Dyn);
            }
            let operand = infer(&select.operand, scope)?;
            let found = field(&operand, &select.field)?;
            Ok(if select.test { Type::Bool } else { found })
        }
        Expr::Call(call) => self::call(call, scope),
        Expr::Comprehension(comprehension) => self::comprehension(comprehension, scope),
        Expr::List(list) => {
            let mut item = None;
            for element in &list.elements {
                let ty = infer(element, scope)?;
                item = Some(either(item, ty));
            }
            Ok(Type::list(item.unwrap_or(Type::Dyn)))
        }
        Expr::Map(map) => {
            let (mut key, mut value) = (None, None);
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    let (own_key, own_value) = (infer(&entry.key, scope)?, infer(&entry.value, scope)?);
                    key = Some(either(key, own_key));
                    value = Some(either(value, own_value));
                }
            }
            Ok(Type::map(key.unwrap_or(Type::Dyn), value.unwrap_or(Type::Dyn)))
        }
        Expr::Struct(_) | Expr::Unspecified => Ok(Type::Dyn),
    }
}

/// The type of both, if it is one.
fn either(first: Option<Type>, second: Type) -> Type {
    match first {
        Some(first) if first != second => Type::Dyn,
        _ => second,
    }
}

fn variable(name: &str, scope: &Scope) -> Result<Type, String> {
    if let Some((_, ty)) = scope.iter().rev().find(|(known, _)| known == name) {
        return Ok(ty.clone());
    }
    if name.starts_with('@') || TYPE_NAMES.contains(&name) || NAMESPACES.contains(&name) {
        return Ok(Type::Dyn);
    }
    Err(format!("undeclared reference to '{name}' (in container '')"))
}

/// Whether an expression is the beginning of a qualified name, not a value.
fn is_namespace(expression: &IdedExpr, scope: &Scope) -> bool {
    match &expression.expr {
        Expr::Ident(name) => NAMESPACES.contains(&&**name) && !scope.iter().any(|(known, _)| known == name),
        Expr::Select(select) => !select.test && is_namespace(&select.operand, scope),
        _ => false,
    }
}

fn field(operand: &Type, name: &str) -> Result<Type, String> {
    match operand {
        Type::Object(object) => match object.fields.get(name) {
            Some(ty) => Ok(ty.clone()),
            None => Err(format!("undefined field '{name}'")),
        },
        Type::Map(map) => Ok(map.value.clone()),
        Type::Optional(inner) => Ok(field(inner, name)?.optional()),
        Type::Dyn => Ok(Type::Dyn),
        other => Err(format!(
            "type '{}' does not support field selection",
            other.name()
        )),
    }
}

fn call(call: &CallExpr, scope: &mut Scope) -> Result<Type, String> {
    if call.func_name == SPEND {
        return call
            .args
            .get(1)
            .map_or(Ok(Type::Dyn), |range| infer(range, scope));
    }
    if let (Some(target), "_?._") = (call.args.first(), &*call.func_name) {
        let operand = infer(target, scope)?;
        let name = match call.args.get(1).map(|name| &name.expr) {
            Some(Expr::Literal(LiteralValue::String(name))) => name.inner().to_owned(),
            _ => return Ok(Type::Dyn),
        };
        return Ok(match field(&operand, &name)? {
            optional @ Type::Optional(_) => optional,
            plain => plain.optional(),
        });
    }
    let mut types = Vec::with_capacity(call.args.len());
    if let Some(target) = &call.target
        && !is_namespace(target, scope)
    {
        infer(target, scope)?;
    }
    for argument in &call.args {
        types.push(infer(argument, scope)?);
    }
    let mismatch = || {
        let names: Vec<&str> = types.iter().map(Type::name).collect();
        Err(format!(
            "found no matching overload for '{}' applied to '({})'",
            call.func_name,
            names.join(", ")
        ))
    };
    match (&*call.func_name, &types[..]) {
        ("_&&_" | "_||_", operands) | ("!_", operands) => {
            let fits = |ty: &Type| matches!(ty, Type::Bool | Type::Dyn);
            if operands.iter().all(fits) {
                Ok(Type::Bool)
            } else {
                mismatch()
            }
        }
        ("_==_" | "_!=_", [left, right]) => {
            if left.is_plain() && right.is_plain() && left != right {
                return mismatch();
            }
            Ok(Type::Bool)
        }
        ("_<_" | "_<=_" | "_>_" | "_>=_", [left, right]) => {
            let is_number = |ty: &Type| matches!(ty, Type::Int | Type::Uint | Type::Double);
            let comparable = left == right || is_number(left) && is_number(right);
            if left.is_plain() && right.is_plain() && !comparable {
                return mismatch();
            }
            Ok(Type::Bool)
        }
        ("@in", [_, range]) => match range {
            Type::List(_) | Type::Map(_) | Type::Dyn => Ok(Type::Bool),
            _ => mismatch(),
        },
        ("_[_]", [Type::List(item), _]) => Ok((**item).clone()),
        ("_[_]", [Type::Map(map), _]) => Ok(map.value.clone()),
        ("_[?_]", [Type::List(item), _]) => Ok((**item).clone().optional()),
        ("_[?_]", [Type::Map(map), _]) => Ok(map.value.clone().optional()),
        ("_?_:_", [_, left, right]) => Ok(either(Some(left.clone()), right.clone())),
        ("_+_" | "_-_" | "_*_" | "_/_" | "_%_", [left, right]) => {
            let is_time = |ty: &Type| matches!(ty, Type::Timestamp | Type::Duration);
            if left.is_plain() && right.is_plain() && left != right && !(is_time(left) && is_time(right)) {
                return mismatch();
            }
            Ok(match (left, right) {
                (Type::List(item), other) | (other, Type::List(item)) if **item == Type::Dyn => other.clone(),
                (left, right) => either(Some(left.clone()), right.clone()),
            })
        }
        (name, _) if name.starts_with(['_', '-', '@']) => Ok(Type::Dyn),
        (name, _) => match RETURNS.iter().find(|(_, names)| names.contains(&name)) {
            Some((ty, _)) => Ok(ty.clone()),
            None => Err(format!("undeclared reference to '{name}' (in container '')")),
        },
    }
}

fn comprehension(comprehension: &ComprehensionExpr, scope: &mut Scope) -> Result<Type, String> {
    let item = match infer(&comprehension.iter_range, scope)? {
        Type::List(item) => (*item).clone(),
        Type::Map(map) => map.key.clone(),
        Type::Dyn | Type::Object(_) | Type::Optional(_) => Type::Dyn,
        other => {
            return Err(format!(
                "expression of type '{}' cannot be range of a comprehension (must be list, map, or dynamic)",
                other.name()
            ));
        }
    };
    let before = infer(&comprehension.accu_init, scope)?;
    let outer = scope.len();
    scope.push((comprehension.accu_var.clone(), before));
    scope.push((comprehension.iter_var.clone(), item));
    if let Some(second) = &comprehension.iter_var2 {
        scope.push((second.clone(), Type::Dyn));
    }
    let inner = infer(&comprehension.loop_cond, scope).and_then(|_| infer(&comprehension.loop_step, scope));
    scope.truncate(outer);
    scope.push((comprehension.accu_var.clone(), inner?));
    let result = infer(&comprehension.result, scope);
    scope.truncate(outer);
    result
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::check;
    use crate::admission::cel::program::Program;
    use crate::admission::cel::types::{ObjectType, Type};

    fn object(fields: &[(&str, Type)]) -> Type {
        let fields: BTreeMap<String, Type> = fields
            .iter()
            .map(|(name, ty)| ((*name).to_owned(), ty.clone()))
            .collect();
        Type::Object(Arc::new(ObjectType { fields }))
    }

    fn of(source: &str) -> Result<Type, String> {
        let port = object(&[("name", Type::String), ("port", Type::Int)]);
        let own = object(&[
            ("name", Type::String),
            ("replicas", Type::Int),
            ("ports", Type::list(port)),
            ("labels", Type::map(Type::String, Type::String)),
            ("size", Type::Dyn),
        ]);
        let program = Program::of(source);
        let program = program.as_ref().as_ref().map_err(ToString::to_string)?;
        check(program, &[("self", own)])
    }

    #[test]
    fn what_has_a_type_is_let_through() {
        for source in [
            "self.replicas > 1 && self.name.startsWith('a')",
            "self.ports.all(p, p.port > 0 && has(p.name))",
            "self.ports.filter(p, p.port > 80).map(p, p.name).exists(n, n == 'b')",
            "self.ports.map(p, p.name).join(',') == 'a'",
            "'a' in self.labels && self.labels['a'] == 'b' && self.labels.a.size() > 1",
            "type(self.size) == int ? self.size > 0 : self.size.endsWith('%')",
            "self.?name.orValue('') == 'x' && self.ports[?0].port.hasValue()",
            "quantity(self.name).isLessThan(quantity('1')) && ip.isCanonical(self.name)",
            "self.replicas > 1.5 && self.replicas in [1, 2]",
            "!format.dns1123Label().validate(self.name).hasValue()",
            "self.ports.sortBy(p, p.port)[0].name == 'a'",
        ] {
            assert_eq!(of(source), Ok(Type::Bool), "{source}");
        }
    }

    #[test]
    fn what_has_none_is_refused() {
        for (source, error) in [
            ("self.nmae == 'a'", "undefined field 'nmae'"),
            ("self.ports.all(p, p.prot > 0)", "undefined field 'prot'"),
            (
                "self.ports.map(p, p.name).all(n, n.x == 1)",
                "type 'string' does not support field selection",
            ),
            ("has(self.nmae)", "undefined field 'nmae'"),
            (
                "selff.name == 'a'",
                "undeclared reference to 'selff' (in container '')",
            ),
            (
                "self.name.beginsWith('a')",
                "undeclared reference to 'beginsWith' (in container '')",
            ),
            (
                "self.replicas == 'a'",
                "found no matching overload for '_==_' applied to '(int, string)'",
            ),
            (
                "self.name && true",
                "found no matching overload for '_&&_' applied to '(string, bool)'",
            ),
        ] {
            assert_eq!(of(source), Err(error.to_owned()), "{source}");
        }
    }
}
