//! Texts put together from parts, and what mutations make of texts: more than any pool of literals holds.

use plimsoll_gostd::strconv;

use super::grammar::{Generator, texts};

/// What mutations put into texts.
const PIECES: &[&str] = &[
    " ", "a", ".", "-", "x", "1", "0", "\n", "\t", "\"", "'", "{", "}", "[", "]", ":", ",", "#", "=", "_",
    "+", "é", "日", "\\", "/", "%", "|", "<", ">", "~", "^", "*", "?", "(", ")", "$", "&", "!", "@", ";",
    "T", "Z", "e", "\u{feff}", "\u{2028}",
];
const JSON_WORDS: &[&str] = &[
    "null",
    "true",
    "false",
    "yes",
    "~",
    "0",
    "-0",
    "1e3",
    "1.50",
    "-7",
    "1E-9",
    "0x1f",
    ".5",
    "9007199254740993",
    "1e400",
    "-1e-400",
    "18446744073709551616",
    "0.1",
    "123456789.125",
];
const JSON_STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""<&>""#,
    r#""\u00e9\n""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""ü""#,
    r#""\x""#,
    r#""a: b""#,
    r#""2001-01-01""#,
    r#""\u2028""#,
];
const TOML_WORDS: &[&str] = &[
    "1",
    "-17",
    "+9",
    "0x1F",
    "0o17",
    "0b11",
    "1_000",
    "1__0",
    "007",
    "1.5",
    "-0.0",
    "6.02e23",
    "1e3",
    "1.",
    ".5",
    "inf",
    "-nan",
    "+inf",
    "9223372036854775808",
    "1e400",
    "true",
    "false",
    "tru",
];
const TOML_TIMES: &[&str] = &[
    "2024-02-29",
    "2023-02-29",
    "07:32:00",
    "07:32",
    "1979-05-27T07:32:00Z",
    "1979-05-27 07:32:00.5+02:00",
    "1979-05-27T00:32:00.999999",
    "1979-05-27t07:32z",
    "1979-05-27T07:32",
    "1979-5-27",
    "24:00:00",
    "1979-05-27T07:32:00-07:00",
];
const TOML_STRINGS: &[&str] = &[
    r#""x""#,
    r"'raw\n'",
    r#""\u00e9\t""#,
    "\"\"\"a\nb\"\"\"",
    "'''\na'b'''",
    r#""\x41""#,
    r#""\q""#,
    "\"a",
    "\"\"",
    "\"\"\"a \\\n  b\"\"\"",
    r#""\U0001F600""#,
    r#""\ud800""#,
    "''''a'''''",
    r#""\e""#,
];

impl Generator {
    /// A text of a kind as a literal.
    pub(super) fn text(&mut self, kind: char) -> String {
        let mut text = match self.made(kind) {
            Some(text) => text.into_bytes(),
            None => self.pick(texts(kind)).as_bytes().to_vec(),
        };
        if self.chance(8) && kind != 'k' {
            let other = self.pick(texts(kind)).as_bytes();
            let at = if self.chance(50) {
                text.len()
            } else {
                self.below(text.len() + 1)
            };
            text.splice(at..at, other.iter().copied());
        }
        if self.chance(12) {
            for _ in 0..=self.below(3) {
                self.mutate(&mut text);
            }
        }
        strconv::quote(&text)
    }

    fn mutate(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len() + 1);
        let end = (at + self.below(4)).min(text.len());
        match self.below(6) {
            0 => drop(text.drain(at..end)),
            1 => text.truncate(at),
            2 => {
                let again = text[at..end].to_vec();
                text.splice(at..at, again);
            }
            3 if at < text.len() => text[at] = self.pick(PIECES).as_bytes()[0],
            4 => text.insert(at, b"\xff\x00\x7f\r\x1b\xc3"[self.below(6)]),
            _ => {
                let piece = self.pick(PIECES).as_bytes();
                text.splice(at..at, piece.iter().copied());
            }
        }
    }

    /// A number literal of any size and sign.
    pub(super) fn number(&mut self) -> String {
        let bits = self.next() >> self.below(64);
        let integer = (bits >> 1) as i64;
        match self.below(6) {
            0 => (-integer).to_string(),
            1 => strconv::quote(bits.to_string().as_bytes()),
            2 => format!("{}.{}", integer % 100_000, self.below(100_000)),
            3 => format!("-0.{:05}", self.below(100_000)),
            4 => format!("{}e{}", integer % 1000, self.below(40)),
            _ => integer.to_string(),
        }
    }

    /// `least` to `most` parts, each one of each pool.
    fn parts(&mut self, least: usize, most: usize, pools: &[&[&str]]) -> String {
        let mut text = String::new();
        for _ in 0..least + self.below(most - least + 1) {
            for pool in pools {
                text += self.pick(pool);
            }
        }
        text
    }

    /// A text of a kind put together from parts; none where the pool must do.
    fn made(&mut self, kind: char) -> Option<String> {
        if !self.chance(30) {
            return None;
        }
        Some(match kind {
            'v' => self.version(),
            'c' => {
                let mut text = self.comparison();
                for _ in 0..self.below(3) {
                    text += self.pick(&[", ", " ", ",", " || ", "||", " - "]);
                    text += &self.comparison();
                }
                text
            }
            'r' => self.expression(),
            'j' => self.json(3),
            'y' => self.json(3).replace("\"a\"", "a").replace(',', ", "),
            'm' => {
                let mut text = String::new();
                for _ in 0..=self.below(4) {
                    text += &self.toml_line();
                    text += self.pick(&["\n", "\n", "\n", "\r\n", " # c\n", "\n\n"]);
                }
                text
            }
            'w' => {
                const NUMBERS: &[&str] = &[
                    "0",
                    "1",
                    "1.5",
                    ".5",
                    "90",
                    "3600",
                    "1000000",
                    "9223372036",
                    "0.000000001",
                ];
                const UNITS: &[&str] = &["h", "m", "s", "ms", "us", "µs", "ns", "d", "w", ""];
                let sign = self.pick(&["", "", "-", "+"]);
                sign.to_owned() + &self.parts(1, 4, &[NUMBERS, UNITS])
            }
            'u' => {
                const SCHEMES: &[&str] = &[
                    "http://", "https://", "//", "", "mailto:", "a+b-c.1:", "HTTP://", "1:",
                ];
                const USERS: &[&str] = &["", "", "u@", "u:p@", "u%20x:p%3a@", ":@", "ü@"];
                const HOSTS: &[&str] = &[
                    "h",
                    "h:80",
                    "[::1]",
                    "[::1]:8",
                    "[1:2:3::1.2.3.4]",
                    "h:x",
                    "",
                    "ex.com:",
                    "a b",
                    "%41",
                ];
                const PATHS: &[&str] = &["", "/", "/a/b", "/a%2fb", "/%zz", "/ü", "/a b", "/..;x=1", "//x"];
                const QUERIES: &[&str] = &["", "", "?", "?q=1&r=2", "?a b", "?%zz"];
                const FRAGMENTS: &[&str] = &["", "", "#", "#f", "#a%20b", "#ü"];
                self.parts(1, 1, &[SCHEMES, USERS, HOSTS, PATHS, QUERIES, FRAGMENTS])
            }
            'p' => self.parts(0, 4, &[&["/", "a", "..", ".", "b.c", "//", "/../", "/./", "\\"]]),
            's' => self.parts(0, 5, &[texts('s'), &["", "", " ", "_", "-", ",", "\n", "."]]),
            _ => return None,
        })
    }

    fn expression(&mut self) -> String {
        const COUNTS: &[&str] = &["", "", "", "*", "+", "?", "*?", "{2}", "{1,3}", "{0,}?", "$"];
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            let part = self.pick(texts('r'));
            text += &match self.below(5) {
                0 => format!("({part})"),
                1 => format!("(?:{part})"),
                2 => format!("{part}|"),
                _ => part.to_owned(),
            };
            text += self.pick(COUNTS);
        }
        text
    }

    fn version(&mut self) -> String {
        const NUMBERS: &[&str] = &["0", "1", "2", "10", "37", "01", "x", "*"];
        let most = 1 + self.below(4);
        let mut text = self.pick(&["", "", "", "v"]).to_owned();
        text += self.pick(NUMBERS);
        text += &self.parts(0, most, &[&["."], NUMBERS]);
        text += self.pick(&[
            "",
            "",
            "",
            "-0",
            "-alpha.1",
            "-alpha.beta",
            "-rc.10",
            "-rc.9",
            "-1.a",
            "-01",
        ]);
        text += self.pick(&["", "", "", "+b", "+b.01", "+"]);
        text
    }

    fn comparison(&mut self) -> String {
        let operator = self.pick(&[
            "", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "~>", "^", "> ", "^ ",
        ]);
        operator.to_owned() + &self.version()
    }

    fn json(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 | 1 => self.pick(JSON_WORDS).to_owned(),
            2 | 3 => self.pick(JSON_STRINGS).to_owned(),
            4 => {
                let items: Vec<String> = (0..self.below(4)).map(|_| self.json(depth - 1)).collect();
                format!("[{}]", items.join(","))
            }
            _ => {
                let entries: Vec<String> = (0..self.below(4))
                    .map(|_| {
                        let key = self.pick(&["a", "b", "k", "1", "<", "Error", "a b", ""]);
                        format!("\"{key}\": {}", self.json(depth - 1))
                    })
                    .collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    fn toml_line(&mut self) -> String {
        let key = self.pick(&[
            "a",
            "b",
            "a.b",
            "a.c",
            "\"q k\"",
            "'r'",
            "t",
            "1",
            "b.\"x\".c",
            "",
        ]);
        match self.below(8) {
            0 => format!("[{key}]"),
            1 => format!("[[{key}]]"),
            _ => format!("{key} = {}", self.toml_value(2)),
        }
    }

    fn toml_value(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 4 } else { 6 }) {
            0 => self.pick(TOML_WORDS).to_owned(),
            1 => self.pick(TOML_TIMES).to_owned(),
            2 | 3 => self.pick(TOML_STRINGS).to_owned(),
            4 => {
                let items: Vec<String> = (0..self.below(4)).map(|_| self.toml_value(depth - 1)).collect();
                let separator = self.pick(&[", ", ",", ",\n  ", " , # c\n"]);
                format!("[{}{}]", items.join(separator), self.pick(&["", "", ",", "\n"]))
            }
            _ => {
                let entries: Vec<String> = (0..self.below(3))
                    .map(|_| {
                        let key = self.pick(&["a", "b", "c.d", "'e'"]);
                        format!("{key} = {}", self.toml_value(depth - 1))
                    })
                    .collect();
                format!("{{{}{}}}", entries.join(", "), self.pick(&["", "", "", ","]))
            }
        }
    }
}
