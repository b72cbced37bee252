//! gobwas/glob v0.2.3 with `/` as the separator: the patterns of Helm's `.Files.Glob`.
//!
//! `*` matches anything but `/`, `**` anything, `?` one rune but `/`, `[abc]`, `[a-z]`, `[!a-z]` one rune, `{a,b*}` any
//! of the patterns. Where upstream's compiler slips this follows its documentation: alternatives that match the empty text,
//! braces left open or within braces, `***`, names beyond ASCII (`tests/glob.rs` tells these cases from all others). It is neither `path.Match` nor what shells do. Time is bounded by pattern times text.

use std::fmt;

use crate::strconv::decode_rune;

/// Why a pattern was refused. Helm then takes the pattern for `**`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error(&'static str);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Error {}

/// Patterns longer than this are refused, which upstream does not do.
const MAX_PATTERN: usize = 1 << 16;

#[derive(Debug, Clone)]
enum Step {
    Rune(char),
    /// Any rune but the separator.
    Single,
    List {
        runes: Vec<char>,
        not: bool,
    },
    Range {
        lo: char,
        hi: char,
        not: bool,
    },
    /// Any number of runes, the separator among them or not.
    Many {
        separator: bool,
    },
    /// Goes on at each of these.
    Fork(Vec<usize>),
    Jump(usize),
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Glob {
    steps: Vec<Step>,
}

struct Reader<'p> {
    rest: &'p [u8],
}

impl Reader<'_> {
    fn peek(&self) -> Result<Option<char>, Error> {
        match self.rest {
            [] => Ok(None),
            // U+FFFD itself is taken for an error, as upstream does.
            rest => match decode_rune(rest).0 {
                None | Some('\u{fffd}') => Err(Error("could not read rune")),
                rune => Ok(rune),
            },
        }
    }

    fn next(&mut self) -> Result<Option<char>, Error> {
        let rune = self.peek()?;
        self.rest = &self.rest[rune.map_or(0, char::len_utf8)..];
        Ok(rune)
    }
}

/// An open `{`: the fork that begins it, and the jumps that end its alternatives.
struct Terms {
    fork: usize,
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Glob {
    /// `glob.Compile(pattern, '/')`
    ///
    /// # Errors
    /// A malformed `[`, bytes of no rune, a pattern too long.
    pub fn new(pattern: &[u8]) -> Result<Self, Error> {
        if pattern.len() > MAX_PATTERN {
            return Err(Error("pattern too long"));
        }
        let mut reader = Reader { rest: pattern };
        let mut steps = Vec::new();
        let mut open: Vec<Terms> = Vec::new();
        while let Some(rune) = reader.next()? {
            match rune {
                '{' => {
                    open.push(Terms {
                        fork: steps.len(),
                        starts: vec![steps.len() + 1],
                        ends: Vec::new(),
                    });
                    steps.push(Step::Fork(Vec::new()));
                }
                ',' if !open.is_empty() => {
                    if let Some(terms) = open.last_mut() {
                        terms.ends.push(steps.len());
                        steps.push(Step::Jump(0));
                        terms.starts.push(steps.len());
                    }
                }
                '}' if !open.is_empty() => {
                    if let Some(terms) = open.pop() {
                        close(&mut steps, terms);
                    }
                }
                '*' => {
                    let separator = reader.peek()? == Some('*');
                    if separator {
                        reader.next()?;
                    }
                    steps.push(Step::Many { separator });
                }
                '?' => steps.push(Step::Single),
                '[' => steps.push(bracket(&mut reader)?),
                '\\' => {
                    // At the end it stands for nothing.
                    if let Some(rune) = reader.next()? {
                        steps.push(Step::Rune(rune));
                    }
                }
                rune => steps.push(Step::Rune(rune)),
            }
        }
        // What is left open ends with the pattern.
        while let Some(terms) = open.pop() {
            close(&mut steps, terms);
        }
        Ok(Self { steps })
    }

    /// The pattern of `.Files.Glob`: one that does not compile chooses every file, as in Helm's `pkg/engine/files.go`.
    pub fn of_files(pattern: &[u8]) -> Self {
        Self::new(pattern).unwrap_or_else(|_| Self {
            steps: vec![Step::Many { separator: true }],
        })
    }

    /// Whether the pattern matches all of the text.
    pub fn matches(&self, text: &[u8]) -> bool {
        // Upstream's `PrefixSuffix`: of `ab**b` both ends may be the same byte.
        let mut stars = self.steps.iter().enumerate().filter_map(|(at, step)| match step {
            Step::Rune(_) => None,
            other => Some((at, matches!(other, Step::Many { separator: true }))),
        });
        if let (Some((at, true)), None) = (stars.next(), stars.next()) {
            return text.starts_with(&literal(&self.steps[..at]))
                && text.ends_with(&literal(&self.steps[at + 1..]));
        }
        let mut current = Positions::new(self.steps.len());
        let mut next = Positions::new(self.steps.len());
        self.enter(0, &mut current);
        for rune in crate::unicode::runes(text) {
            next.clear();
            for i in 0..current.list.len() {
                let position = current.list[i];
                let (matched, stays) = match self.steps.get(position) {
                    Some(Step::Rune(wanted)) => (*wanted == rune, false),
                    Some(Step::Single) => (rune != '/', false),
                    Some(Step::List { runes, not }) => (runes.contains(&rune) != *not, false),
                    Some(Step::Range { lo, hi, not }) => ((*lo..=*hi).contains(&rune) != *not, false),
                    Some(Step::Many { separator }) => (false, *separator || rune != '/'),
                    Some(Step::Fork(_) | Step::Jump(_)) | None => (false, false),
                };
                if matched {
                    self.enter(position + 1, &mut next);
                }
                if stays {
                    self.enter(position, &mut next);
                }
            }
            std::mem::swap(&mut current, &mut next);
            if current.list.is_empty() {
                return false;
            }
        }
        current.seen.last() == Some(&true)
    }

    /// Adds a position and those that it reaches without a rune.
    fn enter(&self, position: usize, positions: &mut Positions) {
        let mut pending = vec![position];
        while let Some(position) = pending.pop() {
            if std::mem::replace(&mut positions.seen[position], true) {
                continue;
            }
            positions.list.push(position);
            match self.steps.get(position) {
                Some(Step::Fork(targets)) => pending.extend(targets),
                Some(Step::Jump(target)) => pending.push(*target),
                Some(Step::Many { .. }) => pending.push(position + 1),
                _ => {}
            }
        }
    }
}

/// Positions in the pattern that are possible; the last one is its end.
struct Positions {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl Positions {
    fn new(steps: usize) -> Self {
        Self {
            list: Vec::new(),
            seen: vec![false; steps + 1],
        }
    }

    fn clear(&mut self) {
        for &position in &self.list {
            self.seen[position] = false;
        }
        self.list.clear();
    }
}

/// The text of steps that are runes.
fn literal(steps: &[Step]) -> Vec<u8> {
    let runes = steps.iter().filter_map(|step| match step {
        Step::Rune(rune) => Some(*rune),
        _ => None,
    });
    runes.collect::<String>().into_bytes()
}

fn close(steps: &mut [Step], terms: Terms) {
    let end = steps.len();
    for jump in terms.ends {
        steps[jump] = Step::Jump(end);
    }
    steps[terms.fork] = Step::Fork(terms.starts);
}

/// What follows a `[`: one range or one list of runes.
fn bracket(reader: &mut Reader<'_>) -> Result<Step, Error> {
    const END: Error = Error("unexpected end of input");
    let mut not = false;
    let mut first = reader.next()?.ok_or(END)?;
    if first == '!' {
        not = true;
        first = reader.next()?.ok_or(END)?;
    }
    if reader.peek()? == Some('-') {
        reader.next()?;
        let hi = reader.next()?.ok_or(END)?;
        if reader.next()?.ok_or(END)? != ']' {
            return Err(Error("expected close range character"));
        }
        if hi < first {
            return Err(Error("hi character should be greater than lo"));
        }
        return Ok(Step::Range { lo: first, hi, not });
    }
    let mut runes = Vec::new();
    let mut rune = first;
    loop {
        match rune {
            ']' => break,
            '\\' => runes.push(reader.next()?.ok_or(END)?),
            rune => runes.push(rune),
        }
        rune = reader.next()?.ok_or(END)?;
    }
    if runes.is_empty() {
        return Err(Error("could not parse range"));
    }
    Ok(Step::List { runes, not })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_gobwas() {
        // From the table of glob_test.go, separator `/`.
        for (pattern, text, expected) in [
            ("* ?at * eyes", "my cat has very bright eyes", true),
            ("", "", true),
            ("", "b", false),
            ("*ä", "åä", true),
            ("a/b", "a/b", true),
            ("a/*", "a/b/c", false),
            ("a/**", "a/b/c", true),
            ("**.yaml", "x/y.yaml", true),
            ("*.yaml", "x/y.yaml", false),
            ("files/{a,b*}.txt", "files/bcd.txt", true),
            ("files/{a,b*}.txt", "files/c.txt", false),
            ("{*,**}{a,b}", "x/ab", true),
            ("[!a]bc", "abc", false),
            ("[a-c]?", "b/", false),
            ("[abc]x", "cx", true),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("{a", "a", true),
            ("a}", "a}", true),
            ("{,x}y", "y", true),
            ("{a,{b,c}d}e", "cde", true),
        ] {
            let glob = Glob::new(pattern.as_bytes()).unwrap();
            assert_eq!(glob.matches(text.as_bytes()), expected, "{pattern} {text}");
        }
        for pattern in ["[", "[]", "[a-", "[a-zA-Z]", "[z-a]", "[!]", "\u{fffd}"] {
            assert!(Glob::new(pattern.as_bytes()).is_err(), "{pattern}");
        }
    }

    #[test]
    fn hostile_patterns_cost_their_size() {
        let glob = Glob::new("{**,*}".repeat(500).as_bytes()).unwrap();
        assert!(glob.matches(&b"a/".repeat(500)));
        assert!(Glob::new(&b"{".repeat(60_000)).unwrap().matches(b""));
    }
}
