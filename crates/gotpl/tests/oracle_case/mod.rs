//! A case of the template oracle, run by us: the counterpart of `oracle/template`, whose types and functions it
//! repeats. Shared by the tests and by `cargo xtask template`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use plimsoll_gostd::strconv::{self, FloatSize};
use plimsoll_gotpl::func::{Args, Bytes, Context, FromArg, FuncValue, Signature};
use plimsoll_gotpl::print::{sprint, sprintf, sprintln};
use plimsoll_gotpl::{
    Execution, Field, FuncError, Functions, GoObject, List, Map, MissingKey, Named, Object, Rest, Str,
    StructValue, TemplateSet, TextError, Type, Value,
};
use serde_json::Value as Json;

/// One character per byte, back to bytes.
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    text.chars().map(|c| u32::from(c) as u8).collect()
}

/// Bytes as one character each.
pub(crate) fn chars_of(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

static BASE: Named = Named {
    name: "main.Base",
    underlying: Type::Struct(&[Field::new("ID", &Type::Int64)]),
    methods: None,
};
static BASE_TYPE: Type = Type::Named(&BASE);
static PERSON: Named = Named {
    name: "main.Person",
    underlying: Type::Struct(&[
        Field {
            embedded: true,
            ..Field::new("Base", &BASE_TYPE)
        },
        Field::new("Name", &Type::String),
        Field::new("Age", &Type::Int),
        Field::new("Tags", Type::STRINGS),
        Field::new("Any", &Type::Any),
        Field::new("Friend", &PERSON_POINTER),
        Field::new("secret", &Type::String),
    ]),
    methods: Some(person_methods),
};
static PERSON_TYPE: Type = Type::Named(&PERSON);
static PERSON_POINTER: Type = Type::Ptr(&PERSON_TYPE);
static TEMP: Named = Named {
    name: "main.Temp",
    underlying: Type::Struct(&[Field::new("Degrees", &Type::Int)]),
    methods: Some(temp_methods),
};
static TEMP_TYPE: Type = Type::Named(&TEMP);
static VALUES: Named = Named {
    name: "main.Values",
    underlying: Type::Map(&Type::Any),
    methods: Some(values_methods),
};
static VALUES_TYPE: Type = Type::Named(&VALUES);
static WORDS: Named = Named {
    name: "main.Words",
    underlying: Type::Slice(&Type::String),
    methods: Some(words_methods),
};
static WORDS_TYPE: Type = Type::Named(&WORDS);
static FUNC_TYPE: Type = Type::Func("func(int, ...string) (string, error)");
static SEQ_TYPE: Type = Type::Func("iter.Seq[interface {}]");
static SEQ2_TYPE: Type = Type::Func("iter.Seq2[int,interface {}]");

/// A pointer to a person, which may be nil.
struct Person(Option<Object>);

impl FromArg for Person {
    const TYPE: &'static Type = &PERSON_POINTER;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::Object(object) => Ok(Self(Some(object))),
            _ => Ok(Self(None)),
        }
    }
}

struct PersonValue(Object);

impl FromArg for PersonValue {
    const TYPE: &'static Type = &PERSON_TYPE;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::Object(object) => Ok(Self(object)),
            _ => Err("not a person".into()),
        }
    }
}

fn person_name(person: &Person) -> Result<Str, FuncError> {
    match &person.0 {
        Some(object) => Ok(object
            .field("Name")
            .and_then(|v| v.as_str().cloned())
            .unwrap_or_default()),
        // What the Go runtime says where a method reads a field.
        None => Err("runtime error: invalid memory address or nil pointer dereference".into()),
    }
}

fn person_methods() -> &'static Functions {
    static TABLE: LazyLock<Functions> = LazyLock::new(|| {
        let mut table = Functions::of_pointer();
        table.add("Greet", |p: Person, greeting: Str| -> Result<Str, FuncError> {
            Ok([&greeting[..], b" ", &person_name(&p)?[..]].concat().into())
        });
        table.add("Sum", |_: Person, start: isize, more: Rest<isize>| -> isize {
            more.0.iter().fold(start, |a, b| a.wrapping_add(*b))
        });
        table.add("Oops", |p: Person| -> Result<Str, FuncError> {
            Err(FuncError::new(format!("oops: {}", person_name(&p)?)))
        });
        table.add("Nothing", |_: Person| -> Value { Value::Nil });
        table
    });
    &TABLE
}

struct Temp(i64);

impl GoObject for Temp {
    fn ty(&self) -> &'static Type {
        &TEMP_TYPE
    }

    fn field(&self, _: usize) -> Value {
        Value::int(self.0)
    }

    fn go_string(&self) -> Option<Str> {
        Some(format!("{}°", self.0).into())
    }
}

fn temp_methods() -> &'static Functions {
    static TABLE: LazyLock<Functions> = LazyLock::new(|| {
        let mut table = Functions::new();
        static PARAMS: &[&Type] = &[&TEMP_TYPE];
        let signature = Signature {
            params: PARAMS,
            variadic: false,
            result: &Type::String,
        };
        table.add_raw("String", signature, |_: &mut Context<'_>, args: &mut Args<'_>| {
            let text = match args.next() {
                Some(Value::Object(object)) => object.target().go_string(),
                _ => None,
            };
            Ok(Value::Str(text.unwrap_or_default()))
        });
        table
    });
    &TABLE
}

fn values_methods() -> &'static Functions {
    static TABLE: LazyLock<Functions> = LazyLock::new(|| {
        let mut table = Functions::new();
        table.add("Has", |values: Map, key: Str| values.contains_key(&key));
        table
    });
    &TABLE
}

fn words_methods() -> &'static Functions {
    static TABLE: LazyLock<Functions> = LazyLock::new(|| {
        let mut table = Functions::new();
        table.add("Count", |words: List| words.len() as isize);
        table
    });
    &TABLE
}

fn missing(what: &str) -> FuncError {
    FuncError::new(format!("case is broken: {what}"))
}

fn entries(json: &Json) -> Result<BTreeMap<Str, Value>, FuncError> {
    let fields = json.as_object().ok_or_else(|| missing("object"))?;
    fields
        .iter()
        .map(|(key, value)| Ok((bytes_of(key).into(), decode(value)?)))
        .collect()
}

fn strings(json: &Json) -> Result<Vec<Value>, FuncError> {
    let items = json.as_array().ok_or_else(|| missing("array"))?;
    items
        .iter()
        .map(|item| {
            Ok(Value::Str(
                bytes_of(item.as_str().ok_or_else(|| missing("string"))?).into(),
            ))
        })
        .collect()
}

fn person(json: &Json) -> Result<StructValue, FuncError> {
    let given = entries(json)?;
    let fields = PERSON_TYPE
        .fields()
        .iter()
        .map(|field| match field.name {
            "Base" => Value::Object(Object::new(StructValue {
                ty: &BASE_TYPE,
                fields: vec![Value::int64(
                    given.get(&b"ID"[..]).and_then(Value::as_int).unwrap_or(0),
                )],
            })),
            "secret" => Value::literal("hidden"),
            "Tags" => match given.get(&b"Tags"[..]) {
                Some(Value::List(list)) => {
                    Value::List(List::strings(list.iter().filter_map(|v| v.as_str().cloned())))
                }
                _ => Value::zero(field.ty),
            },
            "Friend" => match given.get(&b"Friend"[..]) {
                Some(friend @ Value::Object(object)) if object.ty() == &PERSON_POINTER => friend.clone(),
                _ => Value::zero(field.ty),
            },
            name => given
                .get(name.as_bytes())
                .cloned()
                .unwrap_or_else(|| Value::zero(field.ty)),
        })
        .collect();
    Ok(StructValue {
        ty: &PERSON_TYPE,
        fields,
    })
}

/// Reads a value of a case: JSON's own types, and `{"$": TYPE, "v": VALUE}` for the others.
pub(crate) fn decode(json: &Json) -> Result<Value, FuncError> {
    Ok(match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::String(text) => Value::Str(bytes_of(text).into()),
        Json::Number(number) => Value::Float(number.as_f64().ok_or_else(|| missing("number"))?),
        Json::Array(items) => Value::list(items.iter().map(decode).collect::<Result<_, _>>()?),
        Json::Object(fields) => match fields.get("$").and_then(Json::as_str) {
            Some(name) => typed(name, fields.get("v").unwrap_or(&Json::Null))?,
            None => Value::Map(Map::typed(Type::MAP, entries(json)?)),
        },
    })
}

fn integer<T: std::str::FromStr>(json: &Json) -> Result<T, FuncError> {
    json.as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| missing("number"))
}

fn typed(name: &str, json: &Json) -> Result<Value, FuncError> {
    use plimsoll_gotpl::value::{IntKind, UintKind};
    Ok(match name {
        "int" => Value::int(integer(json)?),
        "int8" => Value::Int(integer(json)?, IntKind::Int8),
        "int16" => Value::Int(integer(json)?, IntKind::Int16),
        "int32" => Value::Int(integer(json)?, IntKind::Int32),
        "int64" => Value::int64(integer(json)?),
        "uint" => Value::Uint(integer(json)?, UintKind::Uint),
        "uint8" => Value::Uint(integer(json)?, UintKind::Uint8),
        "uint16" => Value::Uint(integer(json)?, UintKind::Uint16),
        "uint32" => Value::Uint(integer(json)?, UintKind::Uint32),
        "uint64" => Value::Uint(integer(json)?, UintKind::Uint64),
        "float64" | "float32" => {
            let text = json.as_str().ok_or_else(|| missing("float"))?;
            let size = if name == "float32" {
                FloatSize::F32
            } else {
                FloatSize::F64
            };
            let value =
                strconv::parse_float(text.as_bytes(), size).map_err(|e| FuncError::new(e.to_string()))?;
            if name == "float32" {
                Value::Float32(value as f32)
            } else {
                Value::Float(value)
            }
        }
        "[]string" => Value::List(List::typed(Type::STRINGS, strings(json)?)),
        "Words" => Value::List(List::typed(&WORDS_TYPE, strings(json)?)),
        "[]int" => {
            let items = json.as_array().ok_or_else(|| missing("array"))?;
            let items = items
                .iter()
                .map(|item| Value::int(item.as_i64().unwrap_or(0)))
                .collect();
            Value::List(List::typed(&Type::Slice(&Type::Int), items))
        }
        "[]uint8" => Value::List(List::bytes(bytes_of(
            json.as_str().ok_or_else(|| missing("string"))?,
        ))),
        "map[string]string" => Value::Map(Map::typed(Type::STRING_MAP, entries(json)?)),
        "map[string]int" => Value::Map(Map::typed(&Type::Map(&Type::Int), entries(json)?)),
        "Values" => Value::Map(Map::typed(&VALUES_TYPE, entries(json)?)),
        "Person" => Value::Object(Object::new(person(json)?)),
        "*Person" => Value::Object(Object::pointer(&PERSON_POINTER, person(json)?)),
        "Temp" => Value::Object(Object::new(Temp(decode(json)?.as_int().unwrap_or(0)))),
        "nil *Person" => Value::NilPtr(&PERSON_POINTER),
        "nil []interface {}" => Value::List(List::nil(Type::LIST)),
        "nil []string" => Value::List(List::nil(Type::STRINGS)),
        "nil map[string]interface {}" => Value::Map(Map::nil(Type::MAP)),
        "func" => {
            let signature = Signature {
                params: &[&Type::Int, &Type::String],
                variadic: true,
                result: &Type::String,
            };
            let function = plimsoll_gotpl::Function::new("func", signature, |_, args| {
                let a = args.next().and_then(|v| v.as_int()).unwrap_or(0);
                if a < 0 {
                    return Err("negative".into());
                }
                let more = Value::List(List::typed(Type::STRINGS, args.collect()));
                Ok(Value::Str(sprint(&[Value::int(a), more])?))
            });
            Value::Func(FuncValue::new(&FUNC_TYPE, function))
        }
        "seq" | "seq2" => {
            let Value::List(list) = decode(json)? else {
                return Err(missing("array"));
            };
            let items = move || -> plimsoll_gotpl::func::Pairs {
                Box::new(list.to_vec().into_iter().map(|v| (v, Value::Nil)))
            };
            if name == "seq" {
                Value::Func(FuncValue::sequence(&SEQ_TYPE, &Type::Any, None, items))
            } else {
                let pairs = move || -> plimsoll_gotpl::func::Pairs {
                    Box::new(items().enumerate().map(|(i, (v, _))| (Value::int(i as i64), v)))
                };
                Value::Func(FuncValue::sequence(
                    &SEQ2_TYPE,
                    &Type::Int,
                    Some(&Type::Any),
                    pairs,
                ))
            }
        }
        _ => return Err(missing(name)),
    })
}

fn tpl(cx: &mut Context<'_>, text: Str, data: Value) -> Result<Str, FuncError> {
    let quoted = strconv::quote(&text);
    cx.execute_text("gotpl", &text, data)
        .map_err(|error| match error {
            TextError::Parse(error) => error.prefixed(format_args!("cannot parse template {quoted}: ")),
            TextError::Exec(error) => {
                error.prefixed(format_args!("error during tpl function execution for {quoted}: "))
            }
        })
}

/// The functions of the oracle.
pub(crate) fn functions() -> Arc<Functions> {
    static TABLE: LazyLock<Arc<Functions>> = LazyLock::new(|| {
        let mut f = Functions::new();
        f.add("upper", |s: String| s.to_uppercase());
        f.add("add", |a: isize, b: isize| a.wrapping_add(b));
        f.add("add64", |a: i64, b: i64| a.wrapping_add(b));
        f.add("half", |v: f64| v / 2.0);
        f.add("u8", |n: u8| n);
        f.add("i8", |n: i32| n);
        f.add("negate", |b: bool| !b);
        f.add("list", |items: Rest<Value>| List::new(items.0));
        f.add("dict", |pairs: Rest<Value>| -> Result<Map, FuncError> {
            let map = Map::new();
            for pair in pairs.0.chunks(2) {
                map.insert(
                    pair[0].sprint()?,
                    pair.get(1).cloned().unwrap_or(Value::literal("")),
                )?;
            }
            Ok(map)
        });
        f.add(
            "set",
            |map: Map, key: Str, value: Value| -> Result<Map, FuncError> {
                if matches!(
                    value,
                    Value::Map(_) | Value::List(_) | Value::Object(_) | Value::NilPtr(_) | Value::Func(_)
                ) {
                    return Err("not a plain value".into());
                }
                map.insert(key, value)?;
                Ok(map)
            },
        );
        f.add("get", |map: Map, key: Str| {
            map.get(&key).unwrap_or(Value::literal(""))
        });
        f.add("same", |value: Value| value);
        f.add("nothing", || Value::Nil);
        f.add("fail", |message: Str| -> Result<Str, FuncError> {
            Err(FuncError::new(message.to_str_lossy()))
        });
        f.add("boom", || -> Result<Str, FuncError> { Err("boom!".into()) });
        f.add("typeOf", |value: Value| match value {
            Value::Nil => "<nil>".to_string(),
            other => other.ty().to_string(),
        });
        f.add("kindOf", |value: Value| value.kind().name());
        f.add("words", |words: Rest<Str>| -> Vec<Str> { words.0 });
        f.add("join", |sep: Str, list: Vec<Str>| -> Vec<u8> {
            list.iter().map(Str::as_bytes).collect::<Vec<_>>().join(&sep[..])
        });
        f.add("total", |first: isize, more: Rest<isize>| -> isize {
            more.0.iter().fold(first, |a, b| a.wrapping_add(*b))
        });
        let signature = Signature {
            params: &[Type::STRING_MAP, &Type::String],
            variadic: false,
            result: &Type::String,
        };
        f.add_raw("lookup", signature, |_, args| {
            let map = args.next().unwrap_or_default();
            let key = args.next().unwrap_or_default();
            let found = map.as_map().and_then(|map| map.get(key.as_str()?));
            Ok(found.unwrap_or(Value::literal("")))
        });
        f.add("bytes", |s: Str| Bytes(s));
        f.add("text", |b: Bytes| b.0);
        f.add("name", |p: Person| person_name(&p));
        f.add("age", |p: PersonValue| {
            p.0.field("Age").and_then(|v| v.as_int()).unwrap_or(0) as isize
        });
        f.add_with_context("include", |cx: &mut Context<'_>, name: Str, data: Value| {
            cx.execute(&name, data)
        });
        f.add_with_context("tpl", tpl);
        Arc::new(f)
    });
    Arc::clone(&TABLE)
}

/// Runs a case: the output, or the error, one character per byte as the oracle answers.
pub(crate) fn run(case: &Json) -> Result<String, String> {
    let result = if case.get("call").is_some() {
        call(case)
    } else {
        template(case)
    };
    result
        .map(|output| chars_of(&output))
        .map_err(|error| chars_of(error.as_bytes()))
}

fn template(case: &Json) -> Result<Vec<u8>, String> {
    let text = |json: &Json, key: &str| bytes_of(json.get(key).and_then(Json::as_str).unwrap_or_default());
    let missing_key = match case.get("missingkey").and_then(Json::as_str) {
        Some("zero") => MissingKey::Zero,
        Some("error") => MissingKey::Error,
        _ => MissingKey::Invalid,
    };
    let mut set = TemplateSet::new("gotpl", functions(), missing_key);
    for template in case
        .get("templates")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        let name = text(template, "name");
        set.parse(&String::from_utf8_lossy(&name), &text(template, "text"))
            .map_err(|e| e.to_string())?;
    }
    let data = decode(case.get("data").unwrap_or(&Json::Null)).map_err(|e| e.message)?;
    let name = text(case, "exec");
    Execution::new(&set)
        .execute(&String::from_utf8_lossy(&name), data)
        .map_err(|e| e.to_string())
}

fn call(case: &Json) -> Result<Vec<u8>, String> {
    let args: Vec<Value> = case
        .get("args")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .map(decode)
        .collect::<Result<_, _>>()
        .map_err(|error| error.message)?;
    let format = bytes_of(case.get("format").and_then(Json::as_str).unwrap_or_default());
    let text = |i: usize| args.get(i).and_then(Value::as_str).cloned().unwrap_or_default();
    let int = |i: usize| args.get(i).and_then(Value::as_int).unwrap_or(0);
    let size = |bits: i64| {
        if bits == 32 {
            FloatSize::F32
        } else {
            FloatSize::F64
        }
    };
    let plain = |result: Result<Str, FuncError>| result.map(|s| s.to_vec()).map_err(|e| e.message);
    match case.get("call").and_then(Json::as_str).unwrap_or_default() {
        "Sprintf" => plain(sprintf(&format, &args)),
        "Sprint" => plain(sprint(&args)),
        "Sprintln" => plain(sprintln(&args)),
        "FormatFloat" => {
            let value = args.first().and_then(Value::as_float).unwrap_or(0.0);
            let format = text(1).first().copied().unwrap_or(b'g');
            let precision = usize::try_from(int(2)).ok();
            Ok(strconv::format_float(value, format, precision, size(int(3))).into_bytes())
        }
        "ParseFloat" => match strconv::parse_float(&text(0), size(int(1))) {
            Ok(value) => Ok(strconv::format_float(value, b'b', None, FloatSize::F64).into_bytes()),
            Err(error) => Err(error.to_string()),
        },
        "ParseInt" => strconv::parse_int(&text(0), int(1) as u32, int(2) as u32)
            .map(|n| n.to_string().into_bytes())
            .map_err(|e| e.to_string()),
        "ParseUint" => strconv::parse_uint(&text(0), int(1) as u32, int(2) as u32)
            .map(|n| n.to_string().into_bytes())
            .map_err(|e| e.to_string()),
        "Atoi" => strconv::atoi(&text(0))
            .map(|n| n.to_string().into_bytes())
            .map_err(|e| e.to_string()),
        "ParseBool" => strconv::parse_bool(&text(0))
            .map(|b| b.to_string().into_bytes())
            .map_err(|e| e.to_string()),
        "Quote" => Ok(strconv::quote(&text(0)).into_bytes()),
        "QuoteToASCII" => Ok(strconv::quote_to_ascii(&text(0)).into_bytes()),
        "Unquote" => strconv::unquote(&text(0)).ok_or_else(|| "invalid syntax".into()),
        other => Err(format!("unknown call {other}")),
    }
}

/// Bytes that are not UTF-8 count differently in Go's and Rust's replacements, so that runs of U+FFFD are one.
pub(crate) fn normal(answer: &str) -> String {
    let text = String::from_utf8_lossy(&bytes_of(answer)).into_owned();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\u{fffd}' || !out.ends_with('\u{fffd}') {
            out.push(c);
        }
    }
    out
}
