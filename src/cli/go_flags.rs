//! Values of flags as helm's flag library reads them. Upstream: `github.com/spf13/pflag`.

use std::str::FromStr;

use plimsoll_gostd::strconv;

/// The value of a flag that is on or off: `true`, `T`, `1` and so on.
pub(super) fn go_bool(text: &str) -> Result<bool, String> {
    strconv::parse_bool(text.as_bytes()).map_err(|_| "write `true` or `false`".to_owned())
}

/// A value that holds several, with commas between them: one record of CSV, so `"a,b"` in quotes is one. An empty value
/// holds none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GoList(pub(super) Vec<String>);

impl GoList {
    /// The values of a flag that was given several times.
    pub(super) fn joined(lists: &[Self]) -> Vec<String> {
        lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
    }
}

impl FromStr for GoList {
    type Err = String;

    /// Upstream: `readAsCSV`, and `encoding/csv` below it.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut fields = Vec::new();
        let mut rest = text;
        if rest.is_empty() {
            return Ok(Self(fields));
        }
        loop {
            let (field, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted_field(quoted)?,
                None => {
                    let end = rest.find([',', '\n']).unwrap_or(rest.len());
                    if rest[..end].contains('"') {
                        return Err(
                            "a quote stands inside of a value that does not begin with one".to_owned()
                        );
                    }
                    (rest[..end].to_owned(), &rest[end..])
                }
            };
            fields.push(field);
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                // Only the first line counts.
                None => return Ok(Self(fields)),
            }
        }
    }
}

/// A field behind its opening quote, and what follows the closing one.
fn quoted_field(text: &str) -> Result<(String, &str), String> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let Some(end) = rest.find('"') else {
            return Err("a quote is not closed".to_owned());
        };
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if let Some(next) = rest.strip_prefix('"') {
            field.push('"');
            rest = next;
        } else if rest.is_empty() || rest.starts_with([',', '\n']) {
            return Ok((field, rest));
        } else {
            return Err("text follows a closing quote".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::GoList;

    #[test]
    fn lists_are_csv() {
        let read = |text: &str| text.parse::<GoList>().map(|list| list.0.join("|"));
        assert_eq!(read(""), Ok(String::new()));
        assert_eq!(read("a,b"), Ok("a|b".to_owned()));
        assert_eq!(read("a,,b,"), Ok("a||b|".to_owned()));
        assert_eq!(read(r#""a,b",c"#), Ok("a,b|c".to_owned()));
        assert_eq!(read(r#""a ""b""#), Ok(r#"a "b"#.to_owned()));
        assert_eq!(read(r#""a ""b"#), Err("a quote is not closed".to_owned()));
        assert_eq!(read(r#""say ""a""""#), Ok(r#"say "a""#.to_owned()));
        assert!(read(r#"a"b"#).is_err());
        assert!(read(r#""a"b"#).is_err());
    }
}
