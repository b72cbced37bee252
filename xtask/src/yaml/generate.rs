//! Random YAML and random values, the same for the same seed.

use std::collections::BTreeMap;

use super::notation::Value;

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// Pieces that matter to a YAML scanner.
const PIECES: &[&str] = &[
    "a",
    "b",
    "key",
    "a: 1",
    "b: ",
    ": ",
    ":",
    "- ",
    "-",
    "- a",
    "\n",
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n ",
    "\n- ",
    "\n  - ",
    "\nk: ",
    "\n  k: ",
    "? ",
    "?",
    "\n? ",
    "\n: ",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "[a, b]",
    "{a: b}",
    "{a, b: }",
    "[a: b, ? c]",
    "#c",
    " #c",
    " # c\n",
    "\n# c\n",
    "'x'",
    "'",
    "\"",
    "\"x\"",
    "\"a\\n b\"",
    "\\",
    "\\\n",
    "''",
    "'a''b'",
    "\"\\x41\\u00e9\\U0001F600\"",
    "\"\\q\"",
    "|",
    ">",
    "|\n  a\n  b\n",
    "|-\n a\n\n b\n",
    ">\n  a\n  b\n\n    c\n  d\n",
    ">-\n a\n",
    "|+\n a\n\n",
    "|2\n   a\n",
    "|1-\n  a",
    "| x",
    "&a ",
    "&a",
    "*a",
    "*b",
    "&b ",
    " *a ",
    "!t ",
    "!",
    "!!int ",
    "!!str ",
    "!!float ",
    "!!bool ",
    "!!null ",
    "!!binary ",
    "!!timestamp ",
    "!!map ",
    "!<x> ",
    "!e!x ",
    "!a%41 ",
    "!!set {a, b}",
    "%YAML 1.1\n",
    "%YAML 1.2\n",
    "%TAG !e! tag:e,2000:\n",
    "%foo\n",
    "---\n",
    "\n---\n",
    "\n--- ",
    "---",
    "\n...\n",
    "...",
    "\t",
    " ",
    "  ",
    "\r\n",
    "\r",
    "é",
    "日本",
    "😀",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{a0}",
    "<<: *a\n",
    "<<: [*a, *b]\n",
    "<<",
    "=",
    "{{ x }}",
    "{%",
    "@",
    "`",
    "%",
    "~",
    "null",
    "yes",
    "No",
    "on",
    "y",
    "true",
    "0x1F",
    "0o17",
    "017",
    "08",
    "0b101",
    "-0b11",
    "1_000",
    "1e3",
    "1.5",
    ".5",
    "-.inf",
    ".nan",
    "+1",
    "1:30",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "18446744073709551615",
    "9223372036854775808",
    "-9223372036854775809",
    "1e400",
    "0x",
    "a b",
    "a  b c",
    "x: y: z",
    "- - a",
    "- k: v\n  l: w",
    "a:\n- b\n- c\nd: e",
    "a:\n  b:\n    c: d\n  e: f\n",
    "word word word word word",
    "\n\n",
    "\n\n\n",
    "  \n",
    "\t\n",
    ":a",
    "a:b",
    "-a",
    "?a",
    "a#b",
    "a: 'b\n  c\n\n  d'",
    "\"b\n  c\\\n  d\"",
    "\u{feff}",
];

const WORDS: &[&str] = &[
    "a",
    "b",
    "c",
    "name",
    "kind",
    "x-y",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "true",
    "null",
    "~",
    "",
    " ",
    "1",
    "01",
    "08",
    "0x1f",
    "1e3",
    "1.0",
    "-1",
    "+1",
    ".5",
    "1_0",
    "0o7",
    "0b1",
    "1:30",
    "1:2:3.4",
    "2001-01-01",
    "2001-1-1 1:2:3",
    "<<",
    "=",
    ".inf",
    ".nan",
    "-.inf",
    "é",
    "日本語",
    "😀",
    "a b",
    " a",
    "a ",
    "a  b",
    "a: b",
    "a:",
    ":a",
    "a #b",
    "a#b",
    "#a",
    "- a",
    "-a",
    "-",
    "--",
    "---",
    "--- a",
    "...",
    "?",
    "? a",
    "?a",
    "[a]",
    "{a}",
    "a,b",
    "*a",
    "&a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "it's",
    "a\\b",
    "a\tb",
    "\ta",
    "a\t",
    "a\nb",
    "a\n",
    "\na",
    "\n",
    "a\n\n",
    "a\n b",
    " a\nb",
    "a \nb",
    "a\n\nb\n",
    "a\r\nb",
    "a\rb",
    "\u{85}",
    "a\u{85}b",
    "a \u{85} \u{85}b",
    "a\u{2028}b",
    "a\u{2029}",
    "\u{2028}",
    "\u{a0}",
    "\u{feff}",
    "\u{feff}ab",
    "a\u{feff}",
    "\u{7f}",
    "\u{1}",
    "\0",
    "\u{1b}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{e000}",
    "\u{10ffff}",
    "a\tb\nc",
    "key with a few words",
    "https://example.com:8080/a?b=c&d=e#f",
    "10Mi",
    "100m",
    "1e1000",
    "-0",
    "0",
    "0.0",
    "a<b>&c",
    "18446744073709551616",
    "{{ .Values.x }}",
    "a1",
    "a2",
    "a10",
    "a01",
    "a1b",
    "a-1",
    "1a",
    "1-",
    "A",
    "Z",
    "_",
    "é1",
    "٣",
    "y1",
];

const LONG: &str = "Lorem ipsum dolor sit amet, consectetur adipiscing elit,  sed do eiusmod tempor: incididunt ut labore et dolore magna \
    aliqua.   Ut enim ad minim veniam, quis nostrud 'exercitation' ullamco laboris nisi ut \"aliquip\" ex ea commodo consequat. Düis aute \
    irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur-which-is-a-long-word-without-any-space-in-it-at-all";

impl Random {
    /// A YAML text: pieces in any order, a document that is nearly sound, or a mutation of a seed.
    pub(crate) fn text(&mut self, seeds: &[String]) -> String {
        match self.below(4) {
            0 => {
                let count = 1 + self.below(12);
                (0..count).map(|_| self.pick(PIECES)).collect()
            }
            1 if !seeds.is_empty() => {
                let seed = self.pick(seeds);
                self.mutate(seed, seeds)
            }
            2 => {
                let mut out = String::new();
                self.block(&mut out, 0, 3);
                self.mutate(out, seeds)
            }
            _ => {
                let mut out = String::new();
                for at in 0..1 + self.below(2) {
                    if at > 0 || self.one_in(3) {
                        out.push_str("---\n");
                    }
                    self.block(&mut out, 0, 4);
                }
                out
            }
        }
    }

    fn mutate(&mut self, text: String, seeds: &[String]) -> String {
        let mut chars: Vec<char> = text.chars().take(2_000).collect();
        for _ in 0..1 + self.below(4) {
            let at = self.below(chars.len() + 1);
            match self.below(6) {
                0 => {
                    let end = (at + 1 + self.below(3)).min(chars.len());
                    chars.drain(at..end);
                }
                1 => {
                    let end = (at + 1 + self.below(20)).min(chars.len());
                    let part: Vec<char> = chars[at..end].to_vec();
                    let to = self.below(chars.len() + 1);
                    chars.splice(to..to, part);
                }
                2 if !seeds.is_empty() => {
                    let other: Vec<char> = self.pick(seeds).chars().take(200).collect();
                    let from = self.below(other.len() + 1);
                    let end = (from + self.below(20)).min(other.len());
                    chars.splice(at..at, other[from..end].iter().copied());
                }
                3 => chars.truncate(at.max(1)),
                _ => {
                    let piece = self.pick(PIECES);
                    chars.splice(at..at, piece.chars());
                }
            }
        }
        chars.into_iter().collect()
    }

    fn indent(out: &mut String, width: usize) {
        out.extend(std::iter::repeat_n(' ', width));
    }

    /// A node in block style whose first line starts at column `indent`; ends with a line break.
    fn block(&mut self, out: &mut String, indent: usize, depth: usize) {
        if depth == 0 || self.one_in(5) {
            self.flow(out, indent, 2);
            self.line_end(out);
            return;
        }
        let count = 1 + self.below(4);
        if self.one_in(3) {
            for at in 0..count {
                if at > 0 {
                    Self::indent(out, indent);
                }
                out.push_str("- ");
                self.block(out, indent + 2, depth - 1);
            }
            return;
        }
        for at in 0..count {
            if at > 0 {
                Self::indent(out, indent);
            }
            if self.one_in(15) {
                out.push_str("<<: ");
                out.push_str(if self.one_in(2) { "*a" } else { "{k: v, a: 2}" });
                self.line_end(out);
                continue;
            }
            let key = self.pick(&[
                "a", "b", "k", "key", "yes", "1", "'q'", "\"d\"", "0x10", "1.5", "~", "é", "x y",
            ]);
            out.push_str(key);
            out.push(':');
            match self.below(6) {
                0 => {
                    out.push('\n');
                    let deeper = indent + 1 + self.below(3);
                    Self::indent(out, deeper);
                    self.block(out, deeper, depth - 1);
                }
                1 => {
                    out.push_str(if self.one_in(4) { " &a\n" } else { "\n" });
                    Self::indent(out, indent);
                    out.push_str("- ");
                    self.block(out, indent + 2, depth - 1);
                }
                2 => self.block_scalar(out, indent),
                3 => self.line_end(out),
                _ => {
                    out.push(' ');
                    self.flow(out, indent, 2);
                    self.line_end(out);
                }
            }
        }
    }

    fn line_end(&mut self, out: &mut String) {
        out.push_str(match self.below(12) {
            0 => " # comment\n",
            1 => "\n\n",
            2 => "\r\n",
            3 => "  \n",
            4 => "\n   # comment\n",
            _ => "\n",
        });
    }

    fn block_scalar(&mut self, out: &mut String, indent: usize) {
        out.push(' ');
        out.push_str(self.pick(&["|", ">", "|-", ">-", "|+", ">+", "|2", ">2-", "|1", "| # c"]));
        out.push('\n');
        let deeper = indent + 1 + self.below(3);
        for _ in 0..self.below(5) {
            let extra = if self.one_in(4) { self.below(3) } else { 0 };
            match self.below(6) {
                0 => {}
                1 => Self::indent(out, deeper + extra),
                _ => {
                    Self::indent(out, deeper + extra);
                    out.push_str(self.pick(&[
                        "text",
                        "a b",
                        "- a",
                        "a: b",
                        "# no comment",
                        "é",
                        "\ttab",
                        "a ",
                        "x\u{2028}y",
                    ]));
                }
            }
            out.push_str(if self.one_in(20) { "\r\n" } else { "\n" });
        }
    }

    fn flow(&mut self, out: &mut String, indent: usize, depth: usize) {
        if self.one_in(10) {
            out.push_str(self.pick(&[
                "&a ",
                "&b ",
                "!t ",
                "!!str ",
                "!!int ",
                "!!float ",
                "!!binary ",
                "&a !t ",
            ]));
        }
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => out.push_str(self.pick(&["*a", "*b", "~", "", "''", "\"\""])),
            1 => {
                let word = self.pick(WORDS);
                out.push('\'');
                out.push_str(&word.replace('\'', "''").replace('\n', "\n\n   "));
                out.push('\'');
            }
            2 => {
                out.push('"');
                let word = self.pick(WORDS);
                for c in word.chars() {
                    match c {
                        '"' | '\\' => {
                            out.push('\\');
                            out.push(c);
                        }
                        '\n' => out.push_str("\\n"),
                        '\0'..='\x1f' | '\x7f' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
                        _ => out.push(c),
                    }
                }
                if self.one_in(5) {
                    out.push_str("\\\n  ");
                }
                if self.one_in(5) {
                    out.push_str("\n ");
                    Self::indent(out, indent);
                    out.push_str("more");
                }
                out.push('"');
            }
            3 => {
                out.push_str("plain words");
                for _ in 0..self.below(3) {
                    out.push_str(if self.one_in(4) { "\n\n" } else { "\n" });
                    Self::indent(out, indent + 1 + self.below(2));
                    out.push_str("go on");
                }
            }
            4 | 5 => {
                let word = self.pick(WORDS);
                out.push_str(if word.contains(['\n', '\0', '\u{1}']) {
                    "w"
                } else {
                    word
                });
            }
            6 => {
                out.push('[');
                for _ in 0..self.below(4) {
                    self.flow(out, indent, depth - 1);
                    if self.one_in(6) {
                        out.push_str(": ");
                        self.flow(out, indent, depth - 1);
                    }
                    out.push_str(if self.one_in(6) { ",\n   " } else { ", " });
                }
                out.push(']');
            }
            _ => {
                out.push('{');
                for _ in 0..self.below(4) {
                    self.flow(out, indent, 0);
                    if !self.one_in(6) {
                        out.push_str(": ");
                        self.flow(out, indent, depth - 1);
                    }
                    out.push_str(if self.one_in(6) { ",\n   " } else { ", " });
                }
                out.push('}');
            }
        }
    }

    /// A value to print.
    pub(crate) fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 9 } else { 14 }) {
            0 => self.pick(&[Value::Null, Value::Bool(true), Value::Bool(false)]),
            1 => Value::Int(match self.below(3) {
                0 => self.next() as i64,
                1 => self.below(2_000) as i64 - 1_000,
                _ => self.pick(&[0, i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1, -1]),
            }),
            2 => match self.below(3) {
                0 => Value::Uint(self.next() | 1 << 63),
                1 => Value::Number(
                    (self.pick(&[
                        "1",
                        "1.0",
                        "1e3",
                        "-0",
                        "1E400",
                        "0.1",
                        "18446744073709551615",
                        "123456789012345678901",
                    ]))
                    .to_owned(),
                ),
                _ => Value::Bytes((0..self.below(90)).map(|_| self.next() as u8).collect()),
            },
            3 => Value::Float(match self.below(5) {
                // Often halfway between two decimals of the same length.
                4 => (self.next() >> 11) as f64 / 2f64.powi(self.below(8) as i32),
                0 => f64::from_bits(self.next()),
                1 => self.below(1_000_000) as f64 / 1000.0,
                2 => (self.below(1_000) as f64) * 10f64.powi(self.below(60) as i32 - 30),
                _ => self.pick(&[
                    0.0,
                    -0.0,
                    1.0,
                    1e6,
                    1e20,
                    1e21,
                    1e-5,
                    1e-7,
                    1.5e19,
                    f64::NAN,
                    f64::INFINITY,
                    f64::MAX,
                    f64::MIN_POSITIVE,
                ]),
            }),
            4..9 => Value::Str(self.string()),
            9..11 => Value::List((0..self.below(4)).map(|_| self.value(depth - 1)).collect()),
            _ => {
                let mut entries = BTreeMap::new();
                for _ in 0..self.below(5) {
                    let key = self.string();
                    // The driver's own notation.
                    if !key.starts_with('$') {
                        entries.insert(key, self.value(depth - 1));
                    }
                }
                Value::Map(entries)
            }
        }
    }

    fn string(&mut self) -> String {
        match self.below(8) {
            0 => {
                // A piece of long text, to be folded.
                let starts: Vec<usize> = LONG.char_indices().map(|(at, _)| at).collect();
                let from = self.pick(&starts);
                let count = 60 + self.below(200);
                let mut text: String = LONG[from..].chars().cycle().take(count).collect();
                for _ in 0..self.below(3) {
                    let at = self.below(text.chars().count());
                    let at = text.char_indices().nth(at).map_or(0, |(at, _)| at);
                    text.insert_str(at, self.pick(WORDS));
                }
                text
            }
            1 => (0..1 + self.below(6)).map(|_| self.pick(WORDS)).collect(),
            2 => (0..1 + self.below(4))
                .map(|_| self.pick(WORDS))
                .collect::<Vec<_>>()
                .join(" "),
            3 => (0..1 + self.below(4))
                .map(|_| self.pick(WORDS))
                .collect::<Vec<_>>()
                .join("\n"),
            4 => (0..self.below(8))
                .map(|_| {
                    self.pick(&[
                        '0', '1', '9', '.', '-', '+', '_', ':', 'e', 'E', 'x', 'o', 'b', 'T', 'Z', ' ',
                    ])
                })
                .collect(),
            5 if self.one_in(10) => {
                let length = 900 + self.below(200);
                "k".repeat(length)
            }
            _ => (self.pick(WORDS)).to_owned(),
        }
    }
}
