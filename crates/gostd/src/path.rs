//! Go's `path` and the matching of `path/filepath` on Unix: slash-separated paths as text.
//!
//! Nothing here looks at the file system.

/// The pattern is malformed: Go's `syntax error in pattern`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPattern;

impl std::fmt::Display for BadPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("syntax error in pattern")
    }
}

impl std::error::Error for BadPattern {}

/// `path.Clean`: the shortest path that names the same, by text alone.
pub fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.first() == Some(&b'/');
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let mut out = Vec::with_capacity(path.len());
    if rooted {
        out.push(b'/');
    }
    out.extend_from_slice(&parts.join(&b'/'));
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

/// `path.Base`: the last element.
pub fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|&b| b != b'/').map_or(0, |i| i + 1);
    let trimmed = &path[..end];
    if trimmed.is_empty() {
        return b"/";
    }
    let start = memchr::memrchr(b'/', trimmed).map_or(0, |i| i + 1);
    &trimmed[start..]
}

/// `path.Dir`: everything but the last element, cleaned.
pub fn dir(path: &[u8]) -> Vec<u8> {
    let end = memchr::memrchr(b'/', path).map_or(0, |i| i + 1);
    clean(&path[..end])
}

/// `path.Ext`: from the last dot of the last element on.
pub fn ext(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&b| b == b'.' || b == b'/') {
        Some(i) if path[i] == b'.' => &path[i..],
        _ => b"",
    }
}

/// `path.IsAbs`
pub fn is_abs(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
}

/// `path.Join`: the elements that are not empty, joined and cleaned; empty when all are.
pub fn join<'p>(elements: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
    let elements: Vec<&[u8]> = elements.into_iter().filter(|e| !e.is_empty()).collect();
    if elements.is_empty() {
        return Vec::new();
    }
    clean(&elements.join(&b'/'))
}

/// `path.Match` (and `filepath.Match` on Unix): whether the pattern matches the whole name; `*` and `?` never match a
/// slash.
///
/// # Errors
/// The pattern is malformed. As in Go, a malformed end may stay unseen when the name fails earlier in the pattern… but
/// not after a mismatch of a chunk, whose rest is still checked.
pub fn matches(pattern: &[u8], name: &[u8]) -> Result<bool, BadPattern> {
    let (mut pattern, mut name) = (pattern, name);
    'pattern: while !pattern.is_empty() {
        let (star, chunk, rest) = scan_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        // A chunk that is not last may match anywhere the star allows; the last one must reach the end.
        if let Some(after) = match_chunk(chunk, name)?
            && (after.is_empty() || !pattern.is_empty())
        {
            name = after;
            continue;
        }
        if star {
            let mut i = 0;
            while i < name.len() && name[i] != b'/' {
                if let Some(after) = match_chunk(chunk, &name[i + 1..])? {
                    i += 1;
                    if pattern.is_empty() && !after.is_empty() {
                        continue;
                    }
                    name = after;
                    continue 'pattern;
                }
                i += 1;
            }
        }
        // The rest of the pattern is checked for being well formed.
        while !pattern.is_empty() {
            let (_, chunk, rest) = scan_chunk(pattern);
            pattern = rest;
            match_chunk(chunk, b"")?;
        }
        return Ok(false);
    }
    Ok(name.is_empty())
}

/// The next part without a star, possibly after stars.
fn scan_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|&&b| b == b'*').count();
    let pattern = &pattern[stars..];
    let mut in_range = false;
    let mut i = 0;
    while i < pattern.len() {
        match pattern[i] {
            b'\\' if i + 1 < pattern.len() => i += 1,
            b'[' => in_range = true,
            b']' => in_range = false,
            b'*' if !in_range => break,
            _ => {}
        }
        i += 1;
    }
    (stars > 0, &pattern[..i], &pattern[i..])
}

/// Matches a chunk at the start of the name: what is left of the name. The whole chunk is always checked.
fn match_chunk<'n>(chunk: &[u8], name: &'n [u8]) -> Result<Option<&'n [u8]>, BadPattern> {
    let (mut chunk, mut name) = (chunk, name);
    let mut failed = false;
    while let Some((&first, after)) = chunk.split_first() {
        failed |= name.is_empty();
        match first {
            b'[' => {
                let mut rune = 0;
                if !failed {
                    let (r, width) = rune_of(name);
                    rune = r;
                    name = &name[width..];
                }
                chunk = after;
                let negated = chunk.first() == Some(&b'^');
                if negated {
                    chunk = &chunk[1..];
                }
                let (mut matched, mut ranges) = (false, 0);
                loop {
                    if chunk.first() == Some(&b']') && ranges > 0 {
                        chunk = &chunk[1..];
                        break;
                    }
                    let lo;
                    (lo, chunk) = get_escaped(chunk)?;
                    let mut hi = lo;
                    if chunk.first() == Some(&b'-') {
                        (hi, chunk) = get_escaped(&chunk[1..])?;
                    }
                    matched |= (lo..=hi).contains(&rune);
                    ranges += 1;
                }
                failed |= matched == negated;
            }
            b'?' => {
                if !failed {
                    failed = name[0] == b'/';
                    name = &name[rune_of(name).1..];
                }
                chunk = after;
            }
            _ => {
                if first == b'\\' {
                    chunk = after;
                }
                let Some((&literal, after)) = chunk.split_first() else {
                    return Err(BadPattern);
                };
                if !failed {
                    failed = literal != name[0];
                    name = &name[1..];
                }
                chunk = after;
            }
        }
    }
    Ok((!failed).then_some(name))
}

fn rune_of(text: &[u8]) -> (u32, usize) {
    let (rune, width) = crate::strconv::decode_rune(text);
    (rune.map_or(0xfffd, u32::from), width.max(1).min(text.len()))
}

/// A rune of a bracket expression, possibly escaped.
fn get_escaped(chunk: &[u8]) -> Result<(u32, &[u8]), BadPattern> {
    let chunk = match chunk.split_first() {
        None | Some((b'-' | b']', _)) => return Err(BadPattern),
        Some((b'\\', [])) => return Err(BadPattern),
        Some((b'\\', rest)) => rest,
        Some(_) => chunk,
    };
    let (rune, width) = crate::strconv::decode_rune(chunk);
    let rest = &chunk[width.max(1).min(chunk.len())..];
    match rune {
        None => Err(BadPattern),
        Some(_) if rest.is_empty() => Err(BadPattern),
        Some(rune) => Ok((u32::from(rune), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_in_go() {
        for (path, cleaned) in [
            ("", "."),
            ("/../a", "/a"),
            ("a/../../b/", "../b"),
            ("./a//b/.", "a/b"),
            ("/..", "/"),
        ] {
            assert_eq!(clean(path.as_bytes()), cleaned.as_bytes(), "{path}");
        }
        assert_eq!(base(b"a/b/"), b"b");
        assert_eq!(base(b"///"), b"/");
        assert_eq!(dir(b"/a"), b"/");
        assert_eq!(ext(b"a.b/c"), b"");
        assert_eq!(ext(b"a.tar.gz"), b".gz");
        assert_eq!(join([&b""[..], b"a", b"../b"]), b"b");
    }

    #[test]
    fn patterns_as_in_go() {
        // From the table of path/match_test.go.
        for (pattern, name, expected) in [
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*/b", "a/c/b", Ok(false)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("ab[^e-g]", "abc", Ok(true)),
            ("a???b", "a☺☻☹b", Ok(true)),
            ("a?b", "a/b", Ok(false)),
            ("[\\]a]", "]", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[x-]", "x", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("a[", "ab", Err(BadPattern)),
            ("a[", "x", Err(BadPattern)),
            ("a/b[", "x", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
            ("\\", "a", Err(BadPattern)),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
