//! URLs: `urlParse` takes one apart, `urlJoin` puts one together.

use plimsoll_gostd::url::Url;
use plimsoll_gotpl::types::Kind;
use plimsoll_gotpl::{FuncError, Functions, Map, Str, Value};

use crate::{Profile, panics};

/// `urlParse "http://admin:s@h:80/p?q#f"` is a dict: scheme, host, hostname, path, query, opaque, fragment, userinfo.
fn url_parse(text: Str) -> Result<Map, FuncError> {
    let url = Url::parse(&text).map_err(|error| FuncError::new(format!("unable to parse url: {error}")))?;
    let hostname = Str::new(url.hostname());
    let userinfo = url.user.as_ref().map(|user| user.to_bytes()).unwrap_or_default();
    Ok(Map::from_pairs([
        ("scheme", Value::str(url.scheme)),
        ("host", Value::str(url.host)),
        ("hostname", Value::Str(hostname)),
        ("path", Value::str(url.path)),
        ("query", Value::str(url.raw_query)),
        ("opaque", Value::str(url.opaque)),
        ("fragment", Value::str(url.fragment)),
        ("userinfo", Value::str(userinfo)),
    ]))
}

fn part(dict: &Map, key: &str) -> Result<Vec<u8>, FuncError> {
    match dict.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => Err(panics::nil_dereference()),
        Some(other) => {
            let kind: Kind = other.kind();
            Err(FuncError::new(format!(
                "unable to parse {key} key, must be of type string, but {kind} found"
            )))
        }
    }
}

/// `urlJoin (dict "scheme" "http" "host" "h" "path" "/p")` is `http://h/p`.
fn url_join(dict: Map) -> Result<Str, FuncError> {
    let mut url = Url {
        scheme: part(&dict, "scheme")?,
        host: part(&dict, "host")?,
        path: part(&dict, "path")?,
        raw_query: part(&dict, "query")?,
        opaque: part(&dict, "opaque")?,
        fragment: part(&dict, "fragment")?,
        ..Url::default()
    };
    let userinfo = part(&dict, "userinfo")?;
    if !userinfo.is_empty() {
        let parsed = Url::parse(&[b"proto://", &userinfo[..], b"@host"].concat())
            .map_err(|error| FuncError::new(format!("unable to parse userinfo in dict: {error}")))?;
        url.user = parsed.user;
    }
    Ok(url.to_bytes().into())
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("urlParse", url_parse);
    functions.add("urlJoin", url_join);
}
