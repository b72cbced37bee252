//! The syntax: Go's `regexp/syntax` with the flags of `regexp.Compile` (Perl).
//!
//! Errors, their order and the part of the expression that they quote follow `parse.go`. Bounds are Go's too: 1000
//! repeats, 1000 levels, and an instruction count of 128 MiB worth.

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use super::Error;
use crate::strconv::decode_rune;

pub(super) struct Parsed {
    pub(super) hir: Hir,
    /// Names of the groups; the first is the whole match.
    pub(super) names: Vec<Option<String>>,
}

const MAX_HEIGHT: u32 = 1000;
const MAX_SIZE: u64 = (128 << 20) / 40;
const MAX_RUNES: usize = (128 << 20) / 4;

#[derive(Clone, Copy, Default)]
struct Flags {
    fold: bool,
    multi_line: bool,
    dot_newline: bool,
    swap_greed: bool,
}

/// A part, with what the bounds need to know of it.
struct Node {
    hir: Hir,
    height: u32,
    size: u64,
    /// Product of nested counted repeats, which may not pass 1000.
    repeats: u64,
}

/// An open group.
struct Group {
    /// Flags to return to.
    flags: Flags,
    /// Number of a capturing one.
    capture: Option<u32>,
    alternatives: Vec<Node>,
    sequence: Vec<Node>,
}

struct Parser<'e> {
    whole: &'e [u8],
    flags: Flags,
    groups: Vec<Group>,
    names: Vec<Option<String>>,
    runes: usize,
}

type Result<T> = std::result::Result<T, Error>;

fn error<T>(code: &'static str, expr: &[u8]) -> Result<T> {
    Err(Error {
        code,
        expr: expr.to_vec(),
    })
}

fn check_utf8(text: &[u8]) -> Result<()> {
    match std::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(invalid) => error("invalid UTF-8", &text[invalid.valid_up_to()..]),
    }
}

fn next_rune(text: &[u8]) -> Result<(char, &[u8])> {
    match decode_rune(text) {
        (Some(rune), width) => Ok((rune, &text[width..])),
        (None, _) => error("invalid UTF-8", text),
    }
}

/// What `whole` has before `rest`, which is its end.
fn before<'t>(whole: &'t [u8], rest: &[u8]) -> &'t [u8] {
    &whole[..whole.len() - rest.len()]
}

pub(super) fn parse(expression: &[u8]) -> Result<Parsed> {
    let mut parser = Parser {
        whole: expression,
        flags: Flags::default(),
        groups: vec![Group {
            flags: Flags::default(),
            capture: None,
            alternatives: Vec::new(),
            sequence: Vec::new(),
        }],
        names: vec![None],
        runes: 0,
    };
    parser.run()?;
    if parser.groups.len() != 1 {
        return error("missing closing )", expression);
    }
    let node = match parser.groups.pop() {
        Some(group) => parser.close(group)?,
        None => return error("missing closing )", expression),
    };
    Ok(Parsed {
        hir: node.hir,
        names: parser.names,
    })
}

impl<'e> Parser<'e> {
    fn run(&mut self) -> Result<()> {
        let mut text = self.whole;
        let mut last_repeat: &[u8] = b"";
        while let Some(&first) = text.first() {
            let mut repeat: &[u8] = b"";
            match first {
                b'(' if text.get(1) == Some(&b'?') => text = self.perl_flags(text)?,
                b'(' => {
                    self.names.push(None);
                    self.open(true);
                    text = &text[1..];
                }
                b'|' => {
                    self.alternative()?;
                    text = &text[1..];
                }
                b')' => {
                    self.right_paren()?;
                    text = &text[1..];
                }
                b'^' => {
                    self.look(if self.flags.multi_line {
                        Look::StartLF
                    } else {
                        Look::Start
                    })?;
                    text = &text[1..];
                }
                b'$' => {
                    self.look(if self.flags.multi_line {
                        Look::EndLF
                    } else {
                        Look::End
                    })?;
                    text = &text[1..];
                }
                b'.' => {
                    let class = if self.flags.dot_newline {
                        ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])
                    } else {
                        negated(ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]))
                    };
                    self.class(class)?;
                    text = &text[1..];
                }
                b'[' => text = self.bracket(text)?,
                b'*' | b'+' | b'?' => {
                    let (min, max) = match first {
                        b'*' => (0, None),
                        b'+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    repeat = text;
                    text = self.repeat(min, max, false, text, &text[1..], last_repeat)?;
                }
                b'{' => match counted(text) {
                    None => {
                        self.literal('{')?;
                        text = &text[1..];
                    }
                    Some((min, max, after)) => {
                        let valid = min.filter(|&n| n <= 1000).zip(match max {
                            Count::Open => Some(None),
                            Count::Number(n) => n.filter(|&n| n <= 1000).map(Some),
                        });
                        let Some((min, max)) = valid.filter(|(min, max)| max.is_none_or(|max| *min <= max))
                        else {
                            return error("invalid repeat count", before(text, after));
                        };
                        repeat = text;
                        text = self.repeat(min, max, true, text, after, last_repeat)?;
                    }
                },
                b'\\' => text = self.backslash(text)?,
                _ => {
                    let (rune, rest) = next_rune(text)?;
                    self.literal(rune)?;
                    text = rest;
                }
            }
            last_repeat = repeat;
        }
        Ok(())
    }

    fn open(&mut self, capture: bool) {
        let number = u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX);
        self.groups.push(Group {
            flags: self.flags,
            capture: capture.then_some(number),
            alternatives: Vec::new(),
            sequence: Vec::new(),
        });
    }

    fn push(&mut self, node: Node) -> Result<()> {
        let node = self.checked(node)?;
        if let Some(group) = self.groups.last_mut() {
            group.sequence.push(node);
        }
        Ok(())
    }

    fn checked(&self, node: Node) -> Result<Node> {
        if node.size > MAX_SIZE || self.runes > MAX_RUNES {
            return error("expression too large", self.whole);
        }
        if node.height > MAX_HEIGHT {
            return error("expression nests too deeply", self.whole);
        }
        Ok(node)
    }

    fn leaf(&mut self, hir: Hir) -> Result<()> {
        self.push(Node {
            hir,
            height: 1,
            size: 1,
            repeats: 1,
        })
    }

    fn look(&mut self, look: Look) -> Result<()> {
        self.leaf(Hir::look(look))
    }

    fn class(&mut self, class: ClassUnicode) -> Result<()> {
        self.runes += class.ranges().len() * 2;
        self.leaf(if class.ranges().is_empty() {
            Hir::fail()
        } else {
            Hir::class(Class::Unicode(class))
        })
    }

    fn literal(&mut self, rune: char) -> Result<()> {
        self.runes += 1;
        if self.flags.fold {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(rune, rune)]);
            class.case_fold_simple();
            self.leaf(Hir::class(Class::Unicode(class)))
        } else {
            self.leaf(Hir::literal(rune.encode_utf8(&mut [0; 4]).as_bytes()))
        }
    }

    /// Puts the open sequence of the group away as one alternative.
    fn alternative(&mut self) -> Result<()> {
        let Some(group) = self.groups.last_mut() else {
            return Ok(());
        };
        let nodes = std::mem::take(&mut group.sequence);
        let node = combine(nodes, 0, Hir::concat, Hir::empty);
        let node = self.checked(node)?;
        if let Some(group) = self.groups.last_mut() {
            group.alternatives.push(node);
        }
        Ok(())
    }

    fn close(&mut self, group: Group) -> Result<Node> {
        let Group {
            capture,
            mut alternatives,
            sequence,
            ..
        } = group;
        alternatives.push(self.checked(combine(sequence, 0, Hir::concat, Hir::empty))?);
        let mut node = combine(alternatives, 1, Hir::alternation, Hir::fail);
        if let Some(index) = capture {
            node = Node {
                hir: Hir::capture(Capture {
                    index,
                    // Go has no objection to two groups of one name, the engine has; names are looked up in ours.
                    name: None,
                    sub: Box::new(node.hir),
                }),
                height: node.height + 1,
                size: node.size.saturating_add(2),
                repeats: node.repeats,
            };
        }
        self.checked(node)
    }

    fn right_paren(&mut self) -> Result<()> {
        if self.groups.len() < 2 {
            return error("unexpected )", self.whole);
        }
        let Some(group) = self.groups.pop() else {
            return Ok(());
        };
        self.flags = group.flags;
        let node = self.close(group)?;
        self.push(node)
    }

    fn repeat(
        &mut self,
        min: u32,
        max: Option<u32>,
        counted: bool,
        start: &'e [u8],
        mut after: &'e [u8],
        last_repeat: &'e [u8],
    ) -> Result<&'e [u8]> {
        let mut greedy = !self.flags.swap_greed;
        if after.first() == Some(&b'?') {
            after = &after[1..];
            greedy = !greedy;
        }
        if !last_repeat.is_empty() {
            return error("invalid nested repetition operator", before(last_repeat, after));
        }
        let popped = self.groups.last_mut().and_then(|group| group.sequence.pop());
        let Some(node) = popped else {
            return error("missing argument to repetition operator", before(start, after));
        };
        let size = match (counted, max) {
            (false, None) => node.size.saturating_add(if min == 0 { 2 } else { 1 }),
            (false, Some(_)) => node.size.saturating_add(1),
            (true, None) if min == 0 => node.size.saturating_add(2),
            (true, None) => node.size.saturating_mul(u64::from(min)).saturating_add(1),
            (true, Some(max)) => node
                .size
                .saturating_mul(u64::from(max))
                .saturating_add(u64::from(max.saturating_sub(min))),
        };
        let repeats = match (counted, max) {
            (true, Some(0)) => 0,
            (true, max) => node.repeats.saturating_mul(u64::from(max.unwrap_or(min).max(1))),
            (false, _) => node.repeats,
        };
        let node = Node {
            hir: Hir::repetition(Repetition {
                min,
                max,
                greedy,
                sub: Box::new(node.hir),
            }),
            height: node.height + 1,
            size: size.max(1),
            repeats,
        };
        let node = self.checked(node)?;
        if counted && (min >= 2 || max.is_none_or(|max| max >= 2)) && node.repeats > 1000 {
            return error("invalid repeat count", before(start, after));
        }
        self.push(node)?;
        Ok(after)
    }

    fn perl_flags(&mut self, start: &'e [u8]) -> Result<&'e [u8]> {
        let name_at = if start.len() > 4 && start[2] == b'P' && start[3] == b'<' {
            4
        } else if start.len() > 3 && start[2] == b'<' {
            3
        } else {
            0
        };
        if name_at != 0 {
            let Some(end) = memchr::memchr(b'>', start) else {
                check_utf8(start)?;
                return error("invalid named capture", start);
            };
            let name = &start[name_at.min(end)..end];
            check_utf8(name)?;
            if name.is_empty() || !name.iter().all(|b| *b == b'_' || b.is_ascii_alphanumeric()) {
                return error("invalid named capture", &start[..=end]);
            }
            let name = String::from_utf8_lossy(name).into_owned();
            self.names.push(Some(name));
            self.open(true);
            return Ok(&start[end + 1..]);
        }

        let mut text = &start[2..];
        let mut flags = self.flags;
        let (mut on, mut seen) = (true, false);
        while !text.is_empty() {
            let (rune, rest) = next_rune(text)?;
            text = rest;
            match rune {
                'i' => flags.fold = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_newline = on,
                'U' => flags.swap_greed = on,
                '-' if on => {
                    on = false;
                    seen = false;
                    continue;
                }
                ':' | ')' if on || seen => {
                    if rune == ':' {
                        self.open(false);
                    }
                    self.flags = flags;
                    return Ok(text);
                }
                _ => return error("invalid or unsupported Perl syntax", before(start, text)),
            }
            seen = true;
        }
        error("invalid or unsupported Perl syntax", start)
    }

    fn backslash(&mut self, text: &'e [u8]) -> Result<&'e [u8]> {
        match text.get(1) {
            Some(b'A') => self.look(Look::Start)?,
            Some(b'b') => self.look(Look::WordAscii)?,
            Some(b'B') => self.look(Look::WordAsciiNegate)?,
            Some(b'z') => self.look(Look::End)?,
            Some(b'C') => return error("invalid escape sequence", &text[..2]),
            Some(b'Q') => {
                let rest = &text[2..];
                let end = memchr::memmem::find(rest, br"\E");
                let mut quoted = &rest[..end.unwrap_or(rest.len())];
                while !quoted.is_empty() {
                    let (rune, more) = next_rune(quoted)?;
                    self.literal(rune)?;
                    quoted = more;
                }
                return Ok(end.map_or(b"", |end| &rest[end + 2..]));
            }
            Some(b'p' | b'P') => {
                let (class, rest) = self.unicode_class(text)?;
                self.class(class)?;
                return Ok(rest);
            }
            _ => {
                if let Some((class, rest)) = self.perl_class(text) {
                    self.class(class)?;
                    return Ok(rest);
                }
                let (rune, rest) = escape(text)?;
                self.rune_value(rune)?;
                return Ok(rest);
            }
        }
        Ok(&text[2..])
    }

    /// A rune by its number; surrogates are runes that no text holds.
    fn rune_value(&mut self, value: u32) -> Result<()> {
        match char::from_u32(value) {
            Some(rune) => self.literal(rune),
            None => self.leaf(Hir::fail()),
        }
    }

    fn perl_class(&self, text: &'e [u8]) -> Option<(ClassUnicode, &'e [u8])> {
        let ranges: &[(char, char)] = match text.get(1)?.to_ascii_lowercase() {
            b'd' => &[('0', '9')],
            b's' => &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')],
            b'w' => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            _ => return None,
        };
        Some((self.group(ranges, text[1].is_ascii_lowercase()), &text[2..]))
    }

    fn group(&self, ranges: &[(char, char)], positive: bool) -> ClassUnicode {
        let mut class = ClassUnicode::new(ranges.iter().map(|&(lo, hi)| ClassUnicodeRange::new(lo, hi)));
        if self.flags.fold {
            class.case_fold_simple();
        }
        if positive { class } else { negated(class) }
    }

    fn unicode_class(&self, text: &'e [u8]) -> Result<(ClassUnicode, &'e [u8])> {
        let mut positive = text[1] == b'p';
        let after = &text[2..];
        if after.is_empty() {
            return error("invalid character class range", text);
        }
        let (rune, rest) = next_rune(after)?;
        let (sequence, name, rest) = if rune == '{' {
            let Some(end) = memchr::memchr(b'}', text) else {
                check_utf8(text)?;
                return error("invalid character class range", text);
            };
            let name = &text[3..end];
            check_utf8(name)?;
            (&text[..=end], name, &text[end + 1..])
        } else {
            (before(text, rest), before(after, rest), rest)
        };
        let name = match name.split_first() {
            Some((b'^', name)) => {
                positive = !positive;
                name
            }
            _ => name,
        };
        let Some(mut class) = std::str::from_utf8(name).ok().and_then(unicode_table) else {
            return error("invalid character class range", sequence);
        };
        if self.flags.fold {
            class.case_fold_simple();
        }
        Ok((if positive { class } else { negated(class) }, rest))
    }

    fn bracket(&mut self, start: &'e [u8]) -> Result<&'e [u8]> {
        let mut text = &start[1..];
        let negate = text.first() == Some(&b'^');
        if negate {
            text = &text[1..];
        }
        let mut class = ClassUnicode::empty();
        let mut first = true;
        while text.first() != Some(&b']') || first {
            first = false;
            if text.starts_with(b"[:")
                && let Some(end) = memchr::memmem::find(&text[2..], b":]")
            {
                let name = &text[..end + 4];
                let Some((ranges, positive)) = posix_class(&name[2..name.len() - 2]) else {
                    return error("invalid character class range", name);
                };
                class.union(&self.group(ranges, positive));
                text = &text[end + 4..];
                continue;
            }
            if text.starts_with(br"\p") || text.starts_with(br"\P") {
                let (part, rest) = self.unicode_class(text)?;
                class.union(&part);
                text = rest;
                continue;
            }
            if text.first() == Some(&b'\\')
                && let Some((part, rest)) = self.perl_class(text)
            {
                class.union(&part);
                text = rest;
                continue;
            }
            let range = text;
            let (lo, rest) = class_char(text, start)?;
            text = rest;
            let mut hi = lo;
            if text.len() >= 2 && text[0] == b'-' && text[1] != b']' {
                (hi, text) = class_char(&text[1..], start)?;
                if hi < lo {
                    return error("invalid character class range", before(range, text));
                }
            }
            let mut part = ClassUnicode::new(scalar_ranges(lo, hi));
            if self.flags.fold {
                part.case_fold_simple();
            }
            class.union(&part);
        }
        self.class(if negate { negated(class) } else { class })?;
        Ok(&text[1..])
    }
}

/// One node of several: of none, `empty`; `between` is what each further one adds to the size.
fn combine(mut nodes: Vec<Node>, between: u64, join: fn(Vec<Hir>) -> Hir, empty: fn() -> Hir) -> Node {
    if nodes.len() == 1
        && let Some(node) = nodes.pop()
    {
        return node;
    }
    let height = nodes.iter().map(|node| node.height).max().unwrap_or(0) + 1;
    let size = nodes
        .iter()
        .fold(0_u64, |sum, node| {
            sum.saturating_add(node.size).saturating_add(between)
        })
        .max(1);
    let repeats = nodes.iter().map(|node| node.repeats).max().unwrap_or(1);
    let hir = if nodes.is_empty() {
        empty()
    } else {
        join(nodes.into_iter().map(|node| node.hir).collect())
    };
    Node {
        hir,
        height,
        size,
        repeats,
    }
}

fn negated(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}

/// A range of rune values without the surrogates, which no text holds.
fn scalar_ranges(lo: u32, hi: u32) -> impl Iterator<Item = ClassUnicodeRange> {
    [(lo, hi.min(0xd7ff)), (lo.max(0xe000), hi)]
        .into_iter()
        .filter(|(lo, hi)| lo <= hi)
        .filter_map(|(lo, hi)| Some(ClassUnicodeRange::new(char::from_u32(lo)?, char::from_u32(hi)?)))
}

fn class_char<'e>(text: &'e [u8], whole_class: &[u8]) -> Result<(u32, &'e [u8])> {
    match text.first() {
        None => error("missing closing ]", whole_class),
        Some(b'\\') => escape(text),
        Some(_) => next_rune(text).map(|(rune, rest)| (u32::from(rune), rest)),
    }
}

enum Count {
    Open,
    /// None: too large to be read.
    Number(Option<u32>),
}

/// `{n}`, `{n,}` or `{n,m}`: the bounds (none when too large) and what follows; otherwise `{` is a literal.
fn counted(text: &[u8]) -> Option<(Option<u32>, Count, &[u8])> {
    let (min, rest) = integer(&text[1..])?;
    let (max, rest) = match rest.split_first()? {
        (b',', rest) if rest.first() == Some(&b'}') => (Count::Open, rest),
        (b',', rest) => {
            let (max, rest) = integer(rest)?;
            (Count::Number(max), rest)
        }
        _ => (Count::Number(min), rest),
    };
    Some((min, max, rest.strip_prefix(b"}")?))
}

fn integer(text: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 1 && text[0] == b'0' {
        return None;
    }
    let number = text[..digits].iter().try_fold(0_u32, |n, digit| {
        (n < 100_000_000).then(|| n * 10 + u32::from(digit - b'0'))
    });
    Some((number, &text[digits..]))
}

/// An escape that is one rune, Go's `parseEscape`; the value may be a surrogate.
fn escape(text: &[u8]) -> Result<(u32, &[u8])> {
    if text.len() < 2 {
        return error("trailing backslash at end of expression", b"");
    }
    let (rune, mut rest) = next_rune(&text[1..])?;
    let octal = |b: Option<&u8>| {
        b.filter(|b| (b'0'..=b'7').contains(b))
            .map(|b| u32::from(b - b'0'))
    };
    match rune {
        '0'..='7' if rune == '0' || octal(rest.first()).is_some() => {
            let mut value = u32::from(rune) - u32::from('0');
            for _ in 1..3 {
                let Some(digit) = octal(rest.first()) else { break };
                value = value * 8 + digit;
                rest = &rest[1..];
            }
            return Ok((value, rest));
        }
        'x' if !rest.is_empty() => {
            let (first, mut after) = next_rune(rest)?;
            if first == '{' {
                let (mut value, mut digits) = (0_u32, 0);
                while !after.is_empty() {
                    let (digit, more) = next_rune(after)?;
                    after = more;
                    if digit == '}' {
                        if digits == 0 {
                            break;
                        }
                        return Ok((value, after));
                    }
                    let Some(digit) = digit.to_digit(16) else { break };
                    value = value * 16 + digit;
                    if value > u32::from(char::MAX) {
                        break;
                    }
                    digits += 1;
                }
                rest = after;
            } else {
                // Go decodes a second rune even at the end, where there is none.
                if after.is_empty() {
                    return error("invalid escape sequence", text);
                }
                let (second, more) = next_rune(after)?;
                if let (Some(high), Some(low)) = (first.to_digit(16), second.to_digit(16)) {
                    return Ok((high * 16 + low, more));
                }
                rest = more;
            }
        }
        'a' => return Ok((7, rest)),
        'f' => return Ok((12, rest)),
        'n' => return Ok((10, rest)),
        'r' => return Ok((13, rest)),
        't' => return Ok((9, rest)),
        'v' => return Ok((11, rest)),
        _ if rune.is_ascii() && !rune.is_ascii_alphanumeric() => return Ok((u32::from(rune), rest)),
        _ => {}
    }
    error("invalid escape sequence", before(text, rest))
}

fn posix_class(name: &[u8]) -> Option<(&'static [(char, char)], bool)> {
    let (positive, name) = match name.split_first() {
        Some((b'^', name)) => (false, name),
        _ => (true, name),
    };
    let ranges: &[(char, char)] = match name {
        b"alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        b"alpha" => &[('A', 'Z'), ('a', 'z')],
        b"ascii" => &[('\0', '\x7f')],
        b"blank" => &[('\t', '\t'), (' ', ' ')],
        b"cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        b"digit" => &[('0', '9')],
        b"graph" => &[('!', '~')],
        b"lower" => &[('a', 'z')],
        b"print" => &[(' ', '~')],
        b"punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        b"space" => &[('\t', '\r'), (' ', ' ')],
        b"upper" => &[('A', 'Z')],
        b"word" => &[('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
        b"xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some((ranges, positive))
}

/// The runes of a category or script by a name as Go spells it (case, `_`, `-` and spaces aside).
fn unicode_table(name: &str) -> Option<ClassUnicode> {
    let canonical = canonical_name(name);
    match canonical.as_str() {
        "Any" => return Some(ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])),
        "Ascii" => return Some(ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')])),
        "Assigned" => return Some(negated(property("gc=Cn")?)),
        // No text holds a surrogate.
        "Cs" | "Surrogate" => return Some(ClassUnicode::empty()),
        "Lc" | "Casedletter" => {
            let mut class = property("gc=Lu")?;
            class.union(&property("gc=Ll")?);
            class.union(&property("gc=Lt")?);
            return Some(class);
        }
        _ => {}
    }
    if CATEGORIES.contains(&canonical.as_str()) || CATEGORY_ALIASES.contains(&canonical.as_str()) {
        return property(&format!("gc={canonical}"));
    }
    // Scripts are looked up by the name as Go's table spells it: one word after canonical_name, or not at all.
    if SCRIPTS.contains(&canonical.as_str()) {
        return property(&format!("sc={canonical}"));
    }
    None
}

pub(crate) fn property(query: &str) -> Option<ClassUnicode> {
    let hir = regex_syntax::Parser::new()
        .parse(&format!("\\p{{{query}}}"))
        .ok()?;
    match hir.into_kind() {
        regex_syntax::hir::HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// Go's `canonicalName`: the first letter upper case, the others lower, without `_`, `-` and spaces.
fn canonical_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut first = true;
    for c in name.chars() {
        if matches!(c, '_' | '-' | ' ') {
            continue;
        }
        out.push(if first {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        });
        first = false;
    }
    out
}

const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Cn", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
    "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
];

const CATEGORY_ALIASES: &[&str] = &[
    "Closepunctuation",
    "Combiningmark",
    "Connectorpunctuation",
    "Control",
    "Currencysymbol",
    "Dashpunctuation",
    "Decimalnumber",
    "Enclosingmark",
    "Finalpunctuation",
    "Format",
    "Initialpunctuation",
    "Letter",
    "Letternumber",
    "Lineseparator",
    "Lowercaseletter",
    "Mark",
    "Mathsymbol",
    "Modifierletter",
    "Modifiersymbol",
    "Nonspacingmark",
    "Number",
    "Openpunctuation",
    "Other",
    "Otherletter",
    "Othernumber",
    "Otherpunctuation",
    "Othersymbol",
    "Paragraphseparator",
    "Privateuse",
    "Punctuation",
    "Separator",
    "Spaceseparator",
    "Spacingmark",
    "Symbol",
    "Titlecaseletter",
    "Unassigned",
    "Uppercaseletter",
    "Cntrl",
    "Digit",
    "Punct",
];

/// Go's scripts whose table name survives `canonical_name`; Go finds none of the others (`Old_Italic`, `SignWriting`).
const SCRIPTS: &[&str] = &[
    "Adlam",
    "Ahom",
    "Arabic",
    "Armenian",
    "Avestan",
    "Balinese",
    "Bamum",
    "Batak",
    "Bengali",
    "Bhaiksuki",
    "Bopomofo",
    "Brahmi",
    "Braille",
    "Buginese",
    "Buhid",
    "Carian",
    "Chakma",
    "Cham",
    "Cherokee",
    "Chorasmian",
    "Common",
    "Coptic",
    "Cuneiform",
    "Cypriot",
    "Cyrillic",
    "Deseret",
    "Devanagari",
    "Dogra",
    "Duployan",
    "Elbasan",
    "Elymaic",
    "Ethiopic",
    "Georgian",
    "Glagolitic",
    "Gothic",
    "Grantha",
    "Greek",
    "Gujarati",
    "Gurmukhi",
    "Han",
    "Hangul",
    "Hanunoo",
    "Hatran",
    "Hebrew",
    "Hiragana",
    "Inherited",
    "Javanese",
    "Kaithi",
    "Kannada",
    "Katakana",
    "Kawi",
    "Kharoshthi",
    "Khmer",
    "Khojki",
    "Khudawadi",
    "Lao",
    "Latin",
    "Lepcha",
    "Limbu",
    "Lisu",
    "Lycian",
    "Lydian",
    "Mahajani",
    "Makasar",
    "Malayalam",
    "Mandaic",
    "Manichaean",
    "Marchen",
    "Medefaidrin",
    "Miao",
    "Modi",
    "Mongolian",
    "Mro",
    "Multani",
    "Myanmar",
    "Nabataean",
    "Nandinagari",
    "Newa",
    "Nko",
    "Nushu",
    "Ogham",
    "Oriya",
    "Osage",
    "Osmanya",
    "Palmyrene",
    "Phoenician",
    "Rejang",
    "Runic",
    "Samaritan",
    "Saurashtra",
    "Sharada",
    "Shavian",
    "Siddham",
    "Sinhala",
    "Sogdian",
    "Soyombo",
    "Sundanese",
    "Syriac",
    "Tagalog",
    "Tagbanwa",
    "Takri",
    "Tamil",
    "Tangsa",
    "Tangut",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
    "Tifinagh",
    "Tirhuta",
    "Toto",
    "Ugaritic",
    "Vai",
    "Vithkuqi",
    "Wancho",
    "Yezidi",
    "Yi",
];
