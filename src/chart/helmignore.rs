//! `.helmignore`: which files are no part of a chart.
//!
//! Upstream: `pkg/ignore/rules.go`. Not `.gitignore`: no `**`, and a pattern with `!` ignores everything that it does *not*
//! match.

/// One line.
#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    negated: bool,
    folders_only: bool,
    name_only: bool,
}

/// What a line looks for. Every file of a chart meets every line, and most are a plain name or `*.ending`, so these two
/// are told apart once.
#[derive(Debug)]
enum Pattern {
    Name(String),
    Ending(String),
    Glob(String),
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let is_plain = |text: &str| !text.contains(['*', '?', '[', '\\']);
        match pattern.strip_prefix('*') {
            Some(ending) if is_plain(ending) => Self::Ending(ending.to_owned()),
            None if is_plain(pattern) => Self::Name(pattern.to_owned()),
            _ => Self::Glob(pattern.to_owned()),
        }
    }

    fn matches(&self, subject: &str) -> bool {
        match self {
            Self::Name(name) => name == subject,
            Self::Ending(ending) => subject
                .strip_suffix(ending.as_str())
                .is_some_and(|start| !start.contains('/')),
            Self::Glob(pattern) => glob(pattern, subject) == Some(true),
        }
    }
}

/// The lines of a `.helmignore`.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    /// Parses the file.
    ///
    /// # Errors
    /// A pattern is broken, or has `**`.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = super::files::without_bom(bytes);
        let text = String::from_utf8_lossy(bytes);
        let mut rules = Self::default();
        for line in text.lines() {
            rules.add(line)?;
        }
        Ok(rules)
    }

    /// What is always ignored: hidden files in `templates/`.
    pub(super) fn add_defaults(&mut self) {
        // The pattern is a constant and parses.
        let _ = self.add("templates/.?*");
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if line.contains("**") {
            return Err(format!("double-star (**) syntax is not supported, in `{line}`"));
        }
        if glob(line, "abc").is_none() {
            return Err(format!("syntax error in pattern `{line}`"));
        }
        let (negated, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (folders_only, pattern) = pattern
            .strip_suffix('/')
            .map_or((false, pattern), |rest| (true, rest));
        let name_only = !pattern.contains('/');
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        self.0.push(Rule {
            pattern: Pattern::new(pattern),
            negated,
            folders_only,
            name_only,
        });
        Ok(())
    }

    /// Whether a path is left out.
    pub(super) fn ignores(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rfind('/').map_or(path, |slash| &path[slash + 1..]);
        for rule in &self.0 {
            let matches = rule.pattern.matches(if rule.name_only { name } else { path });
            if rule.negated {
                if rule.folders_only && !is_folder || !matches {
                    return true;
                }
                continue;
            }
            if matches && (is_folder || !rule.folders_only) {
                return true;
            }
        }
        false
    }
}

/// Go's `filepath.Match` on Unix; none for a broken pattern.
///
/// Like Go's, it looks at the whole pattern only while the text matches it, so a broken end of a pattern may go
/// unnoticed.
pub(crate) fn glob(pattern: &str, name: &str) -> Option<bool> {
    let mut pattern = pattern;
    let mut name = name;
    'pattern: while !pattern.is_empty() {
        let (star, chunk, rest) = scan_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Some(!name.contains('/'));
        }
        let matched = match_chunk(chunk, name)?;
        if let Some(after) = matched
            && (after.is_empty() || !pattern.is_empty())
        {
            name = after;
            continue;
        }
        if star {
            let mut shorter = name.chars();
            while shorter.next().is_some_and(|skipped| skipped != '/') {
                if let Some(after) = match_chunk(chunk, shorter.as_str())? {
                    if pattern.is_empty() && !after.is_empty() {
                        continue;
                    }
                    name = after;
                    continue 'pattern;
                }
            }
        }
        // The rest of the pattern is still checked for errors.
        while !pattern.is_empty() {
            let (_, chunk, rest) = scan_chunk(pattern);
            pattern = rest;
            match_chunk(chunk, "")?;
        }
        return Some(false);
    }
    Some(name.is_empty())
}

/// Whether the pattern begins with stars, what follows up to the next star, and the rest.
fn scan_chunk(pattern: &str) -> (bool, &str, &str) {
    let chunk = pattern.trim_start_matches('*');
    let mut in_range = false;
    let mut bytes = chunk.bytes().enumerate();
    let end = loop {
        match bytes.next() {
            None => break chunk.len(),
            Some((_, b'\\')) => {
                bytes.next();
            }
            Some((_, b'[')) => in_range = true,
            Some((_, b']')) => in_range = false,
            Some((at, b'*')) if !in_range => break at,
            Some(_) => {}
        }
    };
    let (chunk_part, rest) = chunk.split_at(end);
    (chunk.len() < pattern.len(), chunk_part, rest)
}

/// What is left of the name behind the chunk, if it matches. The outer none is a broken pattern.
#[expect(
    clippy::option_option,
    reason = "a broken pattern and a mismatch are two things"
)]
fn match_chunk<'n>(chunk: &str, name: &'n str) -> Option<Option<&'n str>> {
    let mut chunk = chunk.chars();
    // None once it does not match; the pattern is still read to its end.
    let mut left = Some(name.chars());
    while let Some(first) = chunk.next() {
        let char = left.as_mut().and_then(Iterator::next);
        let fits = match first {
            '[' => {
                let mut rest = chunk.as_str();
                let negated = rest.starts_with('^');
                if negated {
                    rest = &rest[1..];
                }
                let mut matched = false;
                let mut ranges = 0;
                loop {
                    if ranges > 0
                        && let Some(after) = rest.strip_prefix(']')
                    {
                        chunk = after.chars();
                        break;
                    }
                    let (low, after) = escaped(rest)?;
                    let (high, after) = match after.strip_prefix('-') {
                        Some(after) => escaped(after)?,
                        None => (low, after),
                    };
                    rest = after;
                    matched |= char.is_some_and(|char| low <= char && char <= high);
                    ranges += 1;
                }
                char.is_some() && matched != negated
            }
            '?' => char.is_some_and(|char| char != '/'),
            '\\' => {
                let wanted = chunk.next()?;
                char == Some(wanted)
            }
            wanted => char == Some(wanted),
        };
        if !fits {
            left = None;
        }
    }
    Some(left.map(|left| left.as_str()))
}

/// The first character of a range's end, an escaped one taken as it is; there must be something behind it.
fn escaped(chunk: &str) -> Option<(char, &str)> {
    let mut chars = chunk.chars();
    let char = match chars.next()? {
        '-' | ']' => return None,
        '\\' => chars.next()?,
        char => char,
    };
    let rest = chars.as_str();
    (!rest.is_empty()).then_some((char, rest))
}

#[cfg(test)]
mod tests {
    use super::{Rules, glob};

    #[test]
    fn globs_are_go_s() {
        for (pattern, name, wanted) in [
            ("abc", "abc", Some(true)),
            ("*", "abc", Some(true)),
            ("*c", "abc", Some(true)),
            ("a*", "ab/c", Some(false)),
            ("a*/b", "abc/b", Some(true)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Some(true)),
            ("ab[^c]", "abc", Some(false)),
            ("[a-c]x", "bx", Some(true)),
            ("a\\*b", "a*b", Some(true)),
            ("[]a]", "a", None),
            ("[", "a", None),
            ("a[", "a", None),
            ("a[", "ab", None),
            ("*x", "xxx", Some(true)),
            ("templates/*.yaml", "templates/a.yaml", Some(true)),
            ("templates/.?*", "templates/.gitkeep", Some(true)),
            ("templates/.?*", "templates/x/.gitkeep", Some(false)),
        ] {
            assert_eq!(glob(pattern, name), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn lines_ignore_as_helm_does() {
        let rules = Rules::parse(b"# comment\n*.bak\n/root.txt\nbuild/\na/b.txt\n").unwrap();
        for (path, is_folder, wanted) in [
            ("x.bak", false, true),
            ("deep/er/x.bak", false, true),
            ("root.txt", false, true),
            ("deep/root.txt", false, false),
            ("build", true, true),
            ("build", false, false),
            ("deep/build", true, true),
            ("a/b.txt", false, true),
            ("x/a/b.txt", false, false),
        ] {
            assert_eq!(rules.ignores(path, is_folder), wanted, "{path}");
        }
        assert!(Rules::parse(b"a/**\n").is_err());
        let negated = Rules::parse(b"!keep.txt\n").unwrap();
        assert!(negated.ignores("other.txt", false) && !negated.ignores("keep.txt", false));
    }
}
