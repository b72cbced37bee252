//! `.helmignore`: which files are no part of a chart.
//!
//! Upstream: `pkg/ignore/rules.go`. Not `.gitignore`: no `**`, and a pattern with `!` ignores everything that it does *not*
//! match.

/// One line.
#[derive(Debug)]
struct Rule {
    pattern: String,
    negated: bool,
    folders_only: bool,
    name_only: bool,
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
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern).to_owned();
        self.0.push(Rule {
            pattern,
            negated,
            folders_only,
            name_only,
        });
        Ok(())
    }

    /// Whether a path is left out.
    pub(super) fn ignores(&self, path: &str, is_folder: bool) -> bool {
        for rule in &self.0 {
            let subject = if rule.name_only {
                path.rsplit('/').next().unwrap_or(path)
            } else {
                path
            };
            let matches = glob(&rule.pattern, subject) == Some(true);
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
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let mut pattern = &pattern[..];
    let mut name = &name[..];
    'pattern: while !pattern.is_empty() {
        let (star, chunk, rest) = scan_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Some(!name.contains(&'/'));
        }
        let matched = match_chunk(chunk, name)?;
        if let Some(after) = matched
            && (after.is_empty() || !pattern.is_empty())
        {
            name = after;
            continue;
        }
        if star {
            let mut skipped = 0;
            while skipped < name.len() && name[skipped] != '/' {
                if let Some(after) = match_chunk(chunk, &name[skipped + 1..])? {
                    if pattern.is_empty() && !after.is_empty() {
                        skipped += 1;
                        continue;
                    }
                    name = after;
                    continue 'pattern;
                }
                skipped += 1;
            }
        }
        // The rest of the pattern is still checked for errors.
        while !pattern.is_empty() {
            let (_, chunk, rest) = scan_chunk(pattern);
            pattern = rest;
            match_chunk(chunk, &[])?;
        }
        return Some(false);
    }
    Some(name.is_empty())
}

fn scan_chunk(mut pattern: &[char]) -> (bool, &[char], &[char]) {
    let mut star = false;
    while pattern.first() == Some(&'*') {
        pattern = &pattern[1..];
        star = true;
    }
    let mut in_range = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            '\\' if at + 1 < pattern.len() => at += 1,
            '[' => in_range = true,
            ']' => in_range = false,
            '*' if !in_range => break,
            _ => {}
        }
        at += 1;
    }
    (star, &pattern[..at], &pattern[at..])
}

/// What is left of the name behind the chunk, if it matches. The outer none is a broken pattern.
#[expect(
    clippy::option_option,
    reason = "a broken pattern and a mismatch are two things"
)]
fn match_chunk<'n>(mut chunk: &[char], mut name: &'n [char]) -> Option<Option<&'n [char]>> {
    let mut failed = false;
    while let Some(&first) = chunk.first() {
        if !failed && name.is_empty() {
            failed = true;
        }
        match first {
            '[' => {
                let mut char = '\0';
                if !failed {
                    char = name[0];
                    name = &name[1..];
                }
                chunk = &chunk[1..];
                let negated = chunk.first() == Some(&'^');
                if negated {
                    chunk = &chunk[1..];
                }
                let mut matched = false;
                let mut ranges = 0;
                loop {
                    if chunk.first() == Some(&']') && ranges > 0 {
                        chunk = &chunk[1..];
                        break;
                    }
                    let (low, rest) = escaped(chunk)?;
                    let (high, rest) = if rest.first() == Some(&'-') {
                        escaped(&rest[1..])?
                    } else {
                        (low, rest)
                    };
                    chunk = rest;
                    matched |= low <= char && char <= high;
                    ranges += 1;
                }
                if matched == negated {
                    failed = true;
                }
            }
            '?' => {
                if !failed {
                    failed = name[0] == '/';
                    name = &name[1..];
                }
                chunk = &chunk[1..];
            }
            _ => {
                if first == '\\' {
                    chunk = &chunk[1..];
                }
                let wanted = *chunk.first()?;
                if !failed {
                    failed = name[0] != wanted;
                    name = &name[1..];
                }
                chunk = &chunk[1..];
            }
        }
    }
    Some((!failed).then_some(name))
}

fn escaped(chunk: &[char]) -> Option<(char, &[char])> {
    match chunk {
        [] | ['-' | ']', ..] => None,
        ['\\'] => None,
        ['\\', char, rest @ ..] | [char, rest @ ..] => (!rest.is_empty()).then_some((*char, rest)),
    }
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
