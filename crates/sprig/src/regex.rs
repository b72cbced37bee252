//! Regular expressions: `regexMatch`, `regexFindAll`, `regexReplaceAll` … in Go's syntax.
//!
//! The `must` forms give the error of the expression, the others panic with it (`regexMatch` says false).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use plimsoll_gostd::regexp::{Error, Regexp, quote_meta};
use plimsoll_gostd::strconv;
use plimsoll_gotpl::func::Strings;
use plimsoll_gotpl::{FuncError, Functions, List, Str, Type};

use crate::Profile;

type Compiled = Rc<Result<Regexp, Error>>;

/// Charts use few expressions, many times.
const CACHED: usize = 128;

thread_local! {
    static CACHE: RefCell<HashMap<Str, Compiled>> = RefCell::new(HashMap::new());
}

fn compile(expression: &Str) -> Compiled {
    CACHE.with_borrow_mut(|cache| {
        if let Some(compiled) = cache.get(expression.as_bytes()) {
            return Rc::clone(compiled);
        }
        if cache.len() >= CACHED {
            cache.clear();
        }
        let compiled = Rc::new(Regexp::new(expression));
        cache.insert(expression.clone(), Rc::clone(&compiled));
        compiled
    })
}

/// Runs `body` with the expression; the error as `regexp.Compile` gives it, or as `MustCompile` panics.
fn with<T>(expression: &Str, must: bool, body: impl FnOnce(&Regexp) -> T) -> Result<T, FuncError> {
    match compile(expression).as_ref() {
        Ok(regexp) => Ok(body(regexp)),
        Err(error) if must => Err(FuncError::new(error.to_string())),
        Err(error) => {
            let quoted = if strconv::can_backquote(expression) {
                format!("`{}`", expression.to_str_lossy())
            } else {
                strconv::quote(expression)
            };
            Err(FuncError::new(format!("regexp: Compile({quoted}): {error}")))
        }
    }
}

fn strings(parts: Vec<&[u8]>) -> List {
    List::strings(parts.into_iter().map(Str::new))
}

/// `regexMatch "^[a-z]+$" "abc"` is true.
fn regex_match(expression: Str, text: Str) -> bool {
    with(&expression, true, |re| re.is_match(&text)).unwrap_or(false)
}

/// `mustRegexMatch`: as `regexMatch`, with the error.
fn must_regex_match(expression: Str, text: Str) -> Result<bool, FuncError> {
    with(&expression, true, |re| re.is_match(&text))
}

fn find_all(expression: &Str, text: &Str, limit: isize, must: bool) -> Result<Strings, FuncError> {
    with(expression, must, |re| {
        let found = re.find_all(text, limit as i64);
        Strings(if found.is_empty() {
            List::nil(Type::STRINGS)
        } else {
            strings(found)
        })
    })
}

fn split(expression: &Str, text: &Str, limit: isize, must: bool) -> Result<Strings, FuncError> {
    with(expression, must, |re| {
        Strings(
            re.split(text, limit as i64)
                .map_or_else(|| List::nil(Type::STRINGS), strings),
        )
    })
}

/// `regexQuoteMeta "1.2"` is `1\.2`.
fn regex_quote_meta(text: Str) -> Str {
    quote_meta(&text).into()
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("regexMatch", regex_match);
    functions.add("mustRegexMatch", must_regex_match);
    for (name, must) in [("regexFindAll", false), ("mustRegexFindAll", true)] {
        functions.add(name, move |expression: Str, text: Str, limit: isize| {
            find_all(&expression, &text, limit, must)
        });
    }
    for (name, must) in [("regexFind", false), ("mustRegexFind", true)] {
        functions.add(name, move |expression: Str, text: Str| {
            with(&expression, must, |re| {
                Str::new(re.find(&text).unwrap_or_default())
            })
        });
    }
    for (name, must) in [("regexReplaceAll", false), ("mustRegexReplaceAll", true)] {
        functions.add(name, move |expression: Str, text: Str, replacement: Str| {
            with(&expression, must, |re| re.replace_all(&text, &replacement))
        });
    }
    for (name, must) in [
        ("regexReplaceAllLiteral", false),
        ("mustRegexReplaceAllLiteral", true),
    ] {
        functions.add(name, move |expression: Str, text: Str, replacement: Str| {
            with(&expression, must, |re| {
                re.replace_all_literal(&text, &replacement)
            })
        });
    }
    for (name, must) in [("regexSplit", false), ("mustRegexSplit", true)] {
        functions.add(name, move |expression: Str, text: Str, limit: isize| {
            split(&expression, &text, limit, must)
        });
    }
    functions.add("regexQuoteMeta", regex_quote_meta);
}
