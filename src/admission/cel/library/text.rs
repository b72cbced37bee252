//! Texts: regular expressions in Go's syntax, and named formats (`regex.go`, `format.go`, `jsonpatch.go` below
//! `pkg/cel/library` of k8s.io/apiserver).

use cel::common::types::{CelBool, CelInt, CelList, CelOptional, CelString, Type};
use cel::common::value::CowVal;
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};
use plimsoll_gostd::regexp::Regexp;

use super::net::request_uri;
use super::{Library, Named, failed};
use crate::admission::names;
use crate::schema::has_format;

static FORMAT: Type = Type::new_unspecified_type("kubernetes.NamedFormat");

/// A format by its name: its number in [`FORMATS`].
#[derive(Debug, Clone, PartialEq)]
struct Format(usize);

impl Library for Format {
    const TYPE: &'static Type = &FORMAT;
}

/// What is wrong with a text of a format.
type Check = fn(&str) -> Vec<String>;

/// Every format, and what checks it.
const FORMATS: [(&str, Check); 13] = [
    ("dns1123Label", names::dns1123_label),
    ("dns1123Subdomain", names::dns1123_subdomain),
    ("dns1035Label", names::dns1035_label),
    ("qualifiedName", names::qualified_name),
    ("dns1123LabelPrefix", |text| names::label_name(text, true)),
    ("dns1123SubdomainPrefix", |text| names::subdomain_name(text, true)),
    ("dns1035LabelPrefix", |text| names::dns1035_name(text, true)),
    ("labelValue", names::label_value),
    ("uri", |text| request_uri(text).err().into_iter().collect()),
    ("uuid", |text| {
        of_schema("uuid", text, "does not match the UUID format")
    }),
    ("byte", |text| of_schema("byte", text, "invalid base64")),
    ("date", |text| of_schema("date", text, "invalid date")),
    ("datetime", |text| of_schema("datetime", text, "invalid datetime")),
];

fn of_schema(format: &str, text: &str, wrong: &str) -> Vec<String> {
    match has_format(format, text) {
        Some(false) => vec![wrong.to_owned()],
        _ => Vec::new(),
    }
}

type NamedFormat = Named<Format>;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    add_overload!(env, fn matches: (CelString, CelString) -> Result<CelBool>, id = "matches")?;
    add_member_overload!(env, fn matches: (CelString, CelString) -> Result<CelBool>)?;
    add_member_overload!(env, fn find: (CelString, CelString) -> Result<CelString>)?;
    add_member_overload!(env, fn find_all: (CelString, CelString) -> Result<CelList>)?;
    add_member_overload!(env, fn find_all_of: (CelString, CelString, CelInt) -> Result<CelList>, name = "findAll")?;
    add_overload!(env, fn escape_key: (CelString) -> CelString, name = "jsonpatch.escapeKey")?;
    add_overload!(env, fn named: (CelString) -> CelOptional, name = "format.named")?;
    add_member_overload!(env, fn validate: (NamedFormat, CelString) -> CelOptional)?;
    macro_rules! formats {
        ($($number:literal)*) => {$(
            if let Some((name, _)) = FORMATS.get($number) {
                let name = format!("format.{name}");
                env.add_overload(&name, &name, vec![], |_| Ok(CowVal::owned(Named(Format($number)))))?;
            }
        )*};
    }
    formats!(0 1 2 3 4 5 6 7 8 9 10 11 12);
    Ok(())
}

fn expression(text: &CelString<'_>) -> Result<Regexp, ExecutionError> {
    Regexp::new(text.inner().as_bytes()).map_err(failed)
}

fn matches(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    Ok(CelBool::from(
        expression(pattern)?.is_match(text.inner().as_bytes()),
    ))
}

fn owned(bytes: &[u8]) -> CelString<'static> {
    CelString::from(String::from_utf8_lossy(bytes).into_owned())
}

fn find(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelString<'static>, ExecutionError> {
    let expression = expression(pattern)?;
    Ok(owned(
        expression.find(text.inner().as_bytes()).unwrap_or_default(),
    ))
}

fn find_all(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelList<'static>, ExecutionError> {
    find_all_of(text, pattern, &CelInt::from(-1))
}

fn find_all_of(
    text: &CelString<'_>,
    pattern: &CelString<'_>,
    limit: &CelInt,
) -> Result<CelList<'static>, ExecutionError> {
    let expression = expression(pattern)?;
    let found = expression.find_all(text.inner().as_bytes(), *limit.inner());
    Ok(texts(found.into_iter().map(owned)))
}

fn texts(texts: impl Iterator<Item = CelString<'static>>) -> CelList<'static> {
    let texts: Vec<_> = texts
        .map(|text| -> crate::admission::cel::value::Boxed { Box::new(text) })
        .collect();
    CelList::from(texts)
}

fn escape_key(key: &CelString<'_>) -> CelString<'static> {
    CelString::from(key.inner().replace('~', "~0").replace('/', "~1"))
}

fn named(name: &CelString<'_>) -> CelOptional<'static> {
    match FORMATS.iter().position(|(known, _)| *known == name.inner()) {
        Some(number) => CelOptional::of(Box::new(Named(Format(number)))),
        None => CelOptional::none(),
    }
}

fn validate(format: &NamedFormat, text: &CelString<'_>) -> CelOptional<'static> {
    let Some((_, check)) = FORMATS.get(format.0.0) else {
        return CelOptional::none();
    };
    let wrong = check(text.inner());
    if wrong.is_empty() {
        return CelOptional::none();
    }
    CelOptional::of(Box::new(texts(wrong.into_iter().map(CelString::from))))
}
