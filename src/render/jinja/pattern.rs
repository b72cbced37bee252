//! File patterns as Helm's `.Files.Glob` reads them: `github.com/gobwas/glob` with `/` as separator.
//!
//! `*` and `?` stay within a folder, `**` does not; `[abc]`, `[a-z]` and `[!a]` choose a character, `{a,b}` an alternative, `\`
//! takes a meaning away.

/// Alternatives a pattern may stand for; more are not tried.
const MAX_ALTERNATIVES: usize = 256;

/// Whether a pattern chooses a path.
pub(in crate::render) fn matches(pattern: &str, path: &str) -> bool {
    let path: Vec<char> = path.chars().collect();
    alternatives(pattern)
        .iter()
        .any(|tokens| tokens_match(tokens, &path))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**`
    Any,
    /// Ranges, and whether they are excluded.
    Class(Vec<(char, char)>, bool),
}

/// The pattern without braces, once for each choice of alternatives.
fn alternatives(pattern: &str) -> Vec<Vec<Token>> {
    let chars: Vec<char> = pattern.chars().collect();
    let Some((open, close, commas)) = first_braces(&chars) else {
        return vec![tokens(&chars)];
    };
    let mut bounds = vec![open];
    bounds.extend(commas);
    bounds.push(close);
    let mut found = Vec::new();
    for pair in bounds.windows(2) {
        let expanded: String = chars[..open]
            .iter()
            .chain(&chars[pair[0] + 1..pair[1]])
            .chain(&chars[close + 1..])
            .collect();
        found.extend(alternatives(&expanded));
        if found.len() >= MAX_ALTERNATIVES {
            break;
        }
    }
    found
}

/// Where the first braces open and close, and their own commas.
fn first_braces(chars: &[char]) -> Option<(usize, usize, Vec<usize>)> {
    let mut open = None;
    let mut depth = 0usize;
    let mut commas = Vec::new();
    let mut place = 0;
    while place < chars.len() {
        match chars[place] {
            '\\' => place += 1,
            '{' => {
                depth += 1;
                open.get_or_insert(place);
            }
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return Some((open?, place, commas));
                }
            }
            ',' if depth == 1 => commas.push(place),
            _ => {}
        }
        place += 1;
    }
    None
}

fn tokens(chars: &[char]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut place = 0;
    while place < chars.len() {
        let token = match chars[place] {
            '\\' if place + 1 < chars.len() => {
                place += 1;
                Token::Char(chars[place])
            }
            '?' => Token::One,
            '*' if chars.get(place + 1) == Some(&'*') => {
                while chars.get(place + 1) == Some(&'*') {
                    place += 1;
                }
                Token::Any
            }
            '*' => Token::Some,
            '[' => match class(&chars[place + 1..]) {
                Some((token, length)) => {
                    place += length;
                    token
                }
                None => Token::Char('['),
            },
            char => Token::Char(char),
        };
        tokens.push(token);
        place += 1;
    }
    tokens
}

/// The class behind a `[`, and how many characters it takes with its `]`.
fn class(chars: &[char]) -> Option<(Token, usize)> {
    let end = chars.iter().position(|char| *char == ']')?;
    let is_excluded = chars.first() == Some(&'!');
    let inner = &chars[usize::from(is_excluded)..end];
    let mut ranges = Vec::new();
    let mut place = 0;
    while place < inner.len() {
        if inner.get(place + 1) == Some(&'-') && place + 2 < inner.len() {
            ranges.push((inner[place], inner[place + 2]));
            place += 3;
        } else {
            ranges.push((inner[place], inner[place]));
            place += 1;
        }
    }
    Some((Token::Class(ranges, is_excluded), end + 1))
}

/// Every token's set of reachable places in turn: linear in pattern times path, whatever stars there are.
fn tokens_match(tokens: &[Token], path: &[char]) -> bool {
    let mut reachable = vec![false; path.len() + 1];
    reachable[0] = true;
    for token in tokens {
        let mut next = vec![false; path.len() + 1];
        let mut is_open = false;
        for (place, is_here) in reachable.iter().enumerate() {
            match token {
                Token::Some | Token::Any => {
                    let stops = *token == Token::Some && place > 0 && path[place - 1] == '/';
                    is_open = *is_here || is_open && !stops;
                    next[place] = is_open;
                }
                _ if *is_here && place < path.len() => {
                    let char = path[place];
                    next[place + 1] = match token {
                        Token::Char(wanted) => char == *wanted,
                        Token::Class(ranges, is_excluded) => {
                            ranges.iter().any(|(from, to)| (*from..=*to).contains(&char)) != *is_excluded
                        }
                        _ => char != '/',
                    };
                }
                _ => {}
            }
        }
        reachable = next;
    }
    reachable[path.len()]
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_choose_as_gobwas_does() {
        for (pattern, path, expected) in [
            ("conf/*", "conf/a.txt", true),
            ("conf/*", "conf/deep/a.txt", false),
            ("conf/**", "conf/deep/a.txt", true),
            ("**.txt", "conf/deep/a.txt", true),
            ("*.txt", "conf/a.txt", false),
            ("conf/?.txt", "conf/a.txt", true),
            ("conf/?.txt", "conf//.txt", false),
            ("conf/[a-c].txt", "conf/b.txt", true),
            ("conf/[!a-c].txt", "conf/b.txt", false),
            ("conf/{a,b}.txt", "conf/b.txt", true),
            ("conf/{a,b{1,2}}.txt", "conf/b2.txt", true),
            ("conf/{a,b}.txt", "conf/c.txt", false),
            ("conf/\\*", "conf/*", true),
            ("conf/\\*", "conf/a", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
