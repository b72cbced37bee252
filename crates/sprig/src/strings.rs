//! Text: `trim`, `upper`, `indent`, `quote`, `split` … Lengths and positions are bytes, as in Go.

use plimsoll_gostd::{unicode, words};
use plimsoll_gotpl::func::Rest;
use plimsoll_gotpl::{Context, FuncError, Functions, List, Map, Str, Type, Value};

use crate::Profile;
use crate::types::{print, strval};

/// Go's panic of a slice expression.
fn out_of_range(what: &str) -> FuncError {
    FuncError::new(format!("runtime error: slice bounds out of range {what}"))
}

/// `hello`: Sprig's greeting.
fn hello() -> &'static str {
    "Hello!"
}

/// `abbrev 5 "hello world"` is `he...`.
fn abbrev(width: isize, text: Str) -> Str {
    if width < 4 {
        return text;
    }
    words::abbreviate(&text, 0, width as i64).into()
}

/// `abbrevboth 5 10 "1234 5678 9123"` is `...5678...`.
fn abbrevboth(left: isize, right: isize, text: Str) -> Str {
    if right < 4 || left > 0 && right < 7 {
        return text;
    }
    words::abbreviate(&text, left as i64, right as i64).into()
}

/// `trunc 5 "hello world"` is `hello`; `trunc -5` keeps the end.
fn trunc(count: isize, text: Str) -> Str {
    let length = text.len();
    match usize::try_from(count) {
        Ok(count) if length > count => Str::new(&text[..count]),
        Err(_) if count.unsigned_abs() < length => Str::new(&text[length - count.unsigned_abs()..]),
        _ => text,
    }
}

/// `trim "  a "` is `a`.
fn trim(text: Str) -> Str {
    Str::new(unicode::trim_space(&text))
}

/// `upper "a"` is `A`.
fn upper(text: Str) -> Str {
    unicode::upper(&text).into()
}

/// `lower "A"` is `a`.
fn lower(text: Str) -> Str {
    unicode::lower(&text).into()
}

/// `title "hello world"` is `Hello World`.
fn title(text: Str) -> Str {
    unicode::title(&text).into()
}

/// `untitle "Hello World"` is `hello world`.
fn untitle(text: Str) -> Str {
    words::uncapitalize(&text).into()
}

/// `substr 0 5 "hello world"` is `hello`; a negative start counts as 0, a negative end as the end.
fn substr(start: isize, end: isize, text: Str) -> Result<Str, FuncError> {
    let length = text.len();
    let Ok(from) = usize::try_from(start) else {
        return match usize::try_from(end) {
            Err(_) => Err(out_of_range(&format!("[:{end}]"))),
            Ok(to) if to > length => Err(out_of_range(&format!("[:{end}] with length {length}"))),
            Ok(to) => Ok(Str::new(&text[..to])),
        };
    };
    match usize::try_from(end) {
        Ok(to) if to <= length => match text.get(from..to) {
            Some(part) => Ok(Str::new(part)),
            None => Err(out_of_range(&format!("[{from}:{to}]"))),
        },
        _ => match text.get(from..) {
            Some(part) => Ok(Str::new(part)),
            None => Err(out_of_range(&format!("[{from}:{length}]"))),
        },
    }
}

/// `repeat 3 "hello"` is `hellohellohello`.
fn repeat(cx: &mut Context<'_>, count: isize, text: Str) -> Result<Str, FuncError> {
    repeated(cx, &text, count).map(Into::into)
}

/// `strings.Repeat`
fn repeated(cx: &mut Context<'_>, text: &[u8], count: isize) -> Result<Vec<u8>, FuncError> {
    let Ok(count) = usize::try_from(count) else {
        return Err(FuncError::new("strings: negative Repeat count"));
    };
    match text
        .len()
        .checked_mul(count)
        .and_then(|n| isize::try_from(n).ok())
    {
        // More than Go's address space holds.
        Some(bytes) if bytes as u64 > 1 << 48 => return Err(crate::panics::makeslice()),
        Some(bytes) => cx.spend(bytes as u64)?,
        None => return Err(FuncError::new("strings: Repeat output length overflow")),
    }
    Ok(text.repeat(count))
}

/// `trimAll "$" "$5.00$"` is `5.00`.
fn trim_all(set: Str, text: Str) -> Str {
    Str::new(unicode::trim_set(&text, &set))
}

/// `trimSuffix "-" "hello-"` is `hello`.
fn trim_suffix(suffix: Str, text: Str) -> Str {
    text.strip_suffix(suffix.as_bytes()).map(Str::new).unwrap_or(text)
}

/// `trimPrefix "-" "-hello"` is `hello`.
fn trim_prefix(prefix: Str, text: Str) -> Str {
    text.strip_prefix(prefix.as_bytes()).map(Str::new).unwrap_or(text)
}

/// `nospace "hello w o r l d"` is `helloworld`.
fn nospace(text: Str) -> Str {
    words::delete_white_space(&text).into()
}

/// `initials "First Try"` is `FT`.
fn initials(text: Str) -> Str {
    words::initials(&text).into()
}

/// `swapcase "This Is A.Test"` is `tHIS iS a.tEST`.
fn swapcase(text: Str) -> Str {
    words::swap_case(&text).into()
}

/// `snakecase "FirstName"` is `first_name`.
fn snakecase(text: Str) -> Str {
    words::snake_case(&text).into()
}

/// `camelcase "http_server"` is `HttpServer`.
fn camelcase(text: Str) -> Str {
    words::pascal_case(&text).into()
}

/// `kebabcase "FirstName"` is `first-name`.
fn kebabcase(text: Str) -> Str {
    words::kebab_case(&text).into()
}

/// `wrap 80 TEXT`: lines of at most 80 bytes where words allow it.
fn wrap(width: isize, text: Str) -> Str {
    words::wrap(&text, width as i64, b"", false).into()
}

/// `wrapWith 5 "\t" "HelloWorld"` is `Hello\tWorld`.
fn wrap_with(width: isize, separator: Str, text: Str) -> Str {
    words::wrap(&text, width as i64, &separator, true).into()
}

/// `contains "cat" "catch"` is true.
fn contains(part: Str, text: Str) -> bool {
    memmem(&text, &part).is_some()
}

fn memmem(text: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, part)
}

/// `hasPrefix "cat" "catch"` is true.
fn has_prefix(prefix: Str, text: Str) -> bool {
    text.starts_with(&prefix)
}

/// `hasSuffix "ch" "catch"` is true.
fn has_suffix(suffix: Str, text: Str) -> bool {
    text.ends_with(&suffix)
}

/// Joins what `each` makes of the values that are not nil.
fn spaced(
    values: Rest<Value>,
    each: impl Fn(&Value, &mut Vec<u8>) -> Result<(), FuncError>,
) -> Result<Str, FuncError> {
    let mut out = Vec::new();
    for (i, value) in values
        .0
        .iter()
        .filter(|value| !matches!(value, Value::Nil))
        .enumerate()
    {
        if i > 0 {
            out.push(b' ');
        }
        each(value, &mut out)?;
    }
    Ok(out.into())
}

/// `quote "a" 1` is `"a" "1"`; nil is left out.
fn quote(values: Rest<Value>) -> Result<Str, FuncError> {
    spaced(values, |value, out| {
        plimsoll_gostd::strconv::append_quote(out, &strval(value)?);
        Ok(())
    })
}

/// `squote "a" 1` is `'a' '1'`; quotes inside stay as they are.
fn squote(values: Rest<Value>) -> Result<Str, FuncError> {
    spaced(values, |value, out| {
        out.push(b'\'');
        out.extend_from_slice(&print(value)?);
        out.push(b'\'');
        Ok(())
    })
}

/// `cat "hello" 1 "world"` is `hello 1 world`.
fn cat(values: Rest<Value>) -> Result<Str, FuncError> {
    spaced(values, |value, out| {
        out.extend_from_slice(&print(value)?);
        Ok(())
    })
}

/// `indent 4 TEXT`: every line, the first too, behind four spaces.
fn indent(cx: &mut Context<'_>, spaces: isize, text: Str) -> Result<Str, FuncError> {
    indented(cx, spaces, &text, b"").map(Into::into)
}

/// `nindent 4 TEXT`: as `indent`, after a newline.
fn nindent(cx: &mut Context<'_>, spaces: isize, text: Str) -> Result<Str, FuncError> {
    indented(cx, spaces, &text, b"\n").map(Into::into)
}

fn indented(cx: &mut Context<'_>, spaces: isize, text: &[u8], before: &[u8]) -> Result<Vec<u8>, FuncError> {
    let pad = repeated(cx, b" ", spaces)?;
    let lines = memchr::memchr_iter(b'\n', text).count() + 1;
    cx.spend((pad.len() as u64).saturating_mul(lines as u64))?;
    let mut out = Vec::with_capacity(before.len() + text.len() + pad.len() * lines);
    out.extend_from_slice(before);
    let mut rest = text;
    loop {
        out.extend_from_slice(&pad);
        match memchr::memchr(b'\n', rest) {
            Some(end) => {
                out.extend_from_slice(&rest[..=end]);
                rest = &rest[end + 1..];
            }
            None => {
                out.extend_from_slice(rest);
                return Ok(out);
            }
        }
    }
}

/// `replace " " "-" "a b"` is `a-b`.
fn replace(cx: &mut Context<'_>, old: Str, new: Str, text: Str) -> Result<Str, FuncError> {
    if old == new {
        return Ok(text);
    }
    let mut out = Vec::with_capacity(text.len());
    if old.is_empty() {
        // Go puts the new text before every rune and at the end.
        cx.spend((text.len() as u64).saturating_mul(new.len() as u64))?;
        let mut rest = &text[..];
        while !rest.is_empty() {
            out.extend_from_slice(&new);
            let (_, width) = plimsoll_gostd::strconv::decode_rune(rest);
            let (rune, after) = rest.split_at(width.clamp(1, rest.len()));
            out.extend_from_slice(rune);
            rest = after;
        }
        out.extend_from_slice(&new);
        return Ok(out.into());
    }
    let mut start = 0;
    for found in memchr::memmem::find_iter(&text, old.as_bytes()) {
        cx.spend(new.len() as u64)?;
        out.extend_from_slice(&text[start..found]);
        out.extend_from_slice(&new);
        start = found + old.len();
    }
    if start == 0 {
        return Ok(text);
    }
    out.extend_from_slice(&text[start..]);
    Ok(out.into())
}

/// `plural "one" "many" 2` is `many`.
fn plural(one: Str, many: Str, count: isize) -> Str {
    if count == 1 { one } else { many }
}

/// `strings.SplitN`: at most `limit` parts, all when it is negative; an empty separator splits runes.
fn parts(text: &[u8], separator: &[u8], limit: i64) -> Option<Vec<Str>> {
    if limit == 0 {
        return None;
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut rest = text;
    if separator.is_empty() {
        while !rest.is_empty() {
            if parts.len() + 1 == limit {
                parts.push(Str::new(rest));
                break;
            }
            let (_, width) = plimsoll_gostd::strconv::decode_rune(rest);
            let (rune, after) = rest.split_at(width.clamp(1, rest.len()));
            parts.push(Str::new(rune));
            rest = after;
        }
        return Some(parts);
    }
    while parts.len() + 1 < limit {
        let Some(found) = memmem(rest, separator) else {
            break;
        };
        parts.push(Str::new(&rest[..found]));
        rest = &rest[found + separator.len()..];
    }
    parts.push(Str::new(rest));
    Some(parts)
}

fn numbered(parts: Vec<Str>) -> Map {
    let entries = parts
        .into_iter()
        .enumerate()
        .map(|(i, part)| (Str::from(format!("_{i}")), Value::Str(part)))
        .collect();
    Map::typed(Type::STRING_MAP, entries)
}

/// `split "$" "a$b"` is a map: `_0` is `a`, `_1` is `b`.
fn split(separator: Str, text: Str) -> Value {
    Value::Map(numbered(parts(&text, &separator, -1).unwrap_or_default()))
}

/// `splitn "$" 2 "a$b$c"`: as `split`, with at most two parts.
fn splitn(separator: Str, limit: isize, text: Str) -> Value {
    Value::Map(numbered(
        parts(&text, &separator, limit as i64).unwrap_or_default(),
    ))
}

/// `splitList "$" "a$b"` is the list of `a` and `b`.
fn split_list(separator: Str, text: Str) -> List {
    List::strings(parts(&text, &separator, -1).unwrap_or_default())
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("hello", hello);
    functions.add("abbrev", abbrev);
    functions.add("abbrevboth", abbrevboth);
    functions.add("trunc", trunc);
    functions.add("trim", trim);
    functions.add("upper", upper);
    functions.add("lower", lower);
    functions.add("title", title);
    functions.add("untitle", untitle);
    functions.add("substr", substr);
    functions.add_with_context("repeat", repeat);
    functions.add("trimall", trim_all);
    functions.add("trimAll", trim_all);
    functions.add("trimSuffix", trim_suffix);
    functions.add("trimPrefix", trim_prefix);
    functions.add("nospace", nospace);
    functions.add("initials", initials);
    functions.add("swapcase", swapcase);
    functions.add("snakecase", snakecase);
    functions.add("camelcase", camelcase);
    functions.add("kebabcase", kebabcase);
    functions.add("wrap", wrap);
    functions.add("wrapWith", wrap_with);
    functions.add("contains", contains);
    functions.add("hasPrefix", has_prefix);
    functions.add("hasSuffix", has_suffix);
    functions.add("quote", quote);
    functions.add("squote", squote);
    functions.add("cat", cat);
    functions.add_with_context("indent", indent);
    functions.add_with_context("nindent", nindent);
    functions.add_with_context("replace", replace);
    functions.add("plural", plural);
    functions.add("split", split);
    functions.result_type("split", Type::STRING_MAP);
    functions.add("splitn", splitn);
    functions.result_type("splitn", Type::STRING_MAP);
    functions.add("splitList", split_list);
    functions.result_type("splitList", Type::STRINGS);
}
