//! Random cases: templates over a grammar (some broken on purpose), data, formats and numbers.
//!
//! A case depends on its seed alone, so a difference is found again by it.

use serde_json::{Map, Value as Json, json};

mod typed;

use typed::{Known, Want};

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Area {
    Templates,
    Fmt,
}

/// SplitMix64.
struct Random {
    state: u64,
}

impl Random {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// The case of a seed.
pub(crate) fn case(seed: u64, only: Option<Area>) -> Json {
    let mut random = Random {
        state: seed.wrapping_mul(0x2545_f491_4f6c_dd1d),
    };
    let templates = match only {
        Some(area) => area == Area::Templates,
        None => !random.chance(3),
    };
    if templates {
        template_case(random)
    } else {
        call_case(&mut random)
    }
}

fn tagged(name: &str, value: impl Into<Json>) -> Json {
    json!({ "$": name, "v": value.into() })
}

const KEYS: &[&str] = &[
    "a", "b", "c", "name", "items", "map", "n", "p", "nil", "f", "Name", "x y",
];

fn scalar(random: &mut Random) -> Json {
    match random.below(16) {
        0 => Json::Null,
        1 => Json::Bool(random.chance(2)),
        2 => json!(""),
        3..=5 => json!(random.pick(&[
            "a",
            "hello",
            "Web",
            "1",
            "<b>&'\"",
            "\u{e9}",
            "\u{c3}\u{a9}",
            "\n\t",
            "%d"
        ])),
        6 => tagged("int", (random.below(7) as i64 - 2).to_string()),
        7 => tagged("int64", (random.below(1000) as i64 - 500).to_string()),
        8 => tagged("uint", random.below(5).to_string()),
        9 => tagged("uint8", random.below(256).to_string()),
        10 => json!(random.below(20) as f64 / 4.0),
        11 => json!([0.0, 1e6, 1e20, 1e21, 1e-5, 123_456_789.0, 3.0, 0.1][random.below(8) as usize]),
        12 => tagged("float32", random.pick(&["0.1", "3.5", "16777216", "1e10"])),
        13 => tagged("int32", random.below(100).to_string()),
        14 => tagged("[]uint8", random.pick(&["", "ab", "\u{0}\u{ff}"])),
        _ => json!(random.pick(&["b", "c", "items"])),
    }
}

fn person(random: &mut Random, depth: u32) -> Json {
    let mut fields = Map::new();
    fields.insert("Name".into(), json!(random.pick(&["Ann", "Bob", ""])));
    fields.insert("Age".into(), tagged("int", random.below(90).to_string()));
    if random.chance(2) {
        fields.insert("ID".into(), tagged("int", random.below(9).to_string()));
        fields.insert("Tags".into(), json!(["x", "y"]));
    }
    if depth > 0 && random.chance(2) {
        fields.insert("Any".into(), data(random, depth - 1));
    }
    if depth > 0 && random.chance(3) {
        fields.insert("Friend".into(), tagged("*Person", person(random, depth - 1)));
    }
    Json::Object(fields)
}

fn data(random: &mut Random, depth: u32) -> Json {
    if depth == 0 {
        return scalar(random);
    }
    match random.below(24) {
        0..=8 => {
            let mut fields = Map::new();
            for _ in 0..random.below(7) {
                let key = random.pick(KEYS);
                fields.insert(key.to_string(), data(random, depth - 1));
            }
            Json::Object(fields)
        }
        9..=12 => Json::Array((0..random.below(4)).map(|_| data(random, depth - 1)).collect()),
        13 => tagged("[]string", json!(["a", "b", "c"])),
        14 => tagged("map[string]string", json!({ "a": "1", "b": "2" })),
        15 => tagged(random.pick(&["Person", "*Person"]), person(random, depth - 1)),
        16 => {
            let mut fields = Map::new();
            for _ in 0..random.below(4) {
                let key = random.pick(KEYS);
                fields.insert(key.to_string(), data(random, depth - 1));
            }
            tagged("Values", Json::Object(fields))
        }
        17 => match random.below(5) {
            0 => tagged("nil *Person", Json::Null),
            1 => tagged("nil []interface {}", Json::Null),
            2 => tagged("nil map[string]interface {}", Json::Null),
            3 => tagged("nil []string", Json::Null),
            _ => tagged("Temp", tagged("int", random.below(40).to_string())),
        },
        18 => match random.below(4) {
            0 => tagged("[]int", json!([3, 1, 2])),
            1 => tagged("Words", json!(["go", "rust"])),
            2 => tagged("map[string]int", json!({ "a": { "$": "int", "v": "1" } })),
            _ => tagged("func", Json::Null),
        },
        19 => {
            let items = Json::Array((0..random.below(4)).map(|_| scalar(random)).collect());
            tagged(random.pick(&["seq", "seq2"]), items)
        }
        _ => scalar(random),
    }
}

struct Text<'d> {
    random: Random,
    out: String,
    /// Templates that may be called: only later ones, so that nothing recurses.
    callable: Vec<String>,
    vars: Vec<(String, Known<'d>)>,
    /// What the dot is, and what it was when the template was called.
    dot: Known<'d>,
    root: Known<'d>,
    /// Expressions are made to fit where they stand; else they are anything.
    typed: bool,
    budget: u32,
    /// Numbers may be large, and so nothing is ranged over.
    large: bool,
}

const FUNCTIONS: &[&str] = &[
    "upper", "add", "add64", "half", "u8", "i8", "negate", "list", "dict", "set", "get", "same", "nothing",
    "fail", "boom", "typeOf", "kindOf", "words", "join", "total", "lookup", "bytes", "text", "name", "age",
    "include", "tpl", "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html",
    "js", "urlquery", "call", "eq", "ne", "lt", "le", "gt", "ge", "index", "len", "printf", "and", "or",
    "eq", "list", "dict", "get",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "10",
    "1.5",
    "1e3",
    "0x1F",
    "0b11",
    "0o17",
    "017",
    "1_000",
    "'a'",
    "'\\n'",
    "1i",
    "2.5i",
    "1+2i",
    "0x1p4",
    "1e400",
    "-0",
    "+5",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e19",
    ".5",
    "5.",
    "0x",
    "1__0",
    "08",
    "1e",
    "'ab'",
    "0x1.8",
    "1.e1",
    "3e0i",
    "1-2i",
    "0+0i",
    "256",
    "-129",
    "300",
    "1E2",
    "0X1P-2",
    "'\\u00e9'",
    "'\u{e9}'",
    "'\\''",
    "'\\x41'",
    "''",
    "0.1e1",
];

const TEXTS: &[&str] = &[
    "x",
    " ",
    "\n",
    "  \n ",
    "a b",
    "}",
    "{",
    "- ",
    "\t",
    "<p>",
    "%",
    "",
    "\u{e2}\u{82}\u{ac}",
    "\u{ff}",
];

const BROKEN: &[&str] = &[
    "{{",
    "}}",
    "{{end}}",
    "{{else}}",
    "{{if}}",
    "{{range}}",
    "{{.x",
    "{{ $x }}",
    "{{ nofunc }}",
    "{{ 1 | 2 }}",
    "{{/* a */ }}",
    "{{/* open",
    "{{ (1 }}",
    "{{ 1) }}",
    "{{ .a..b }}",
    "{{ .a.1 }}",
    "{{ \"a }}",
    "{{ `a }}",
    "{{ 'a }}",
    "{{ \"\\q\" }}",
    "{{break}}",
    "{{continue}}",
    "{{template}}",
    "{{template .}}",
    "{{template \"nope\"}}",
    "{{define}}",
    "{{define \"z\"}}",
    "{{block \"z\"}}{{end}}",
    "{{ nil }}",
    "{{ nil.a }}",
    "{{ 1.a }}",
    "{{ \"s\".a }}",
    "{{ true.a }}",
    "{{ | }}",
    "{{ 1 | }}",
    "{{ | upper }}",
    "{{ $x := }}",
    "{{ $x, $y := 1 }}",
    "{{ := 1 }}",
    "{{ & }}",
    "{{ # }}",
    "{{ \u{e2}\u{82}\u{ac} }}",
    "{{ a\u{1} }}",
    "{{ $ x }}",
    "{{ .x$y }}",
    "{{ 1a }}",
    "{{ .\n.a\n }}",
    "{{\nif }}",
    "{{if 1}}",
    "{{with 1}}{{else}}",
    "{{range $i, $j, $k := .}}{{end}}",
    "{{range $i, 1 := .}}{{end}}",
    "{{if .}}{{else if}}{{end}}",
    "{{if .}}{{else with .}}{{end}}",
    "{{with .}}{{else if .}}{{end}}",
    "{{if .}}{{else}}{{else}}{{end}}",
    "{{end",
    "{{ -}}",
    "{{-}}",
    "{{--}}",
    "{{- -}}",
    "{{-1}}",
    "{{- 1 -}}",
    "{{1 -}}",
    "{{ .a }}\u{0}",
    "{{\u{0}}}",
    "{{ (.) }}",
    "{{ (.).a }}",
    "{{ ((1)) }}",
    "{{ ().a }}",
    "{{ () }}",
    "{{(nil)}}",
    "{{/**/}}",
    "{{- /* c */ -}}",
    "{{/* c */-}}",
    "{{ /* c */}}",
    "{{ \"\n\" }}",
    "{{ `\n` }}",
    "{{.}}}}",
    "{{{.}}}",
    "{{define \"d\"}}1{{end}}{{define \"d\"}}2{{end}}",
    "{{define \"e\"}} {{end}}",
    "{{block \"k\" .}}{{.}}{{end}}",
    "{{range .}}{{block \"m\" .}}{{break}}{{end}}{{end}}",
    "{{if .}}{{define \"q\"}}{{end}}{{end}}",
    "{{ else }}",
    "{{ 1 := 2 }}",
    "{{ $x = 1 }}",
    "{{ .a := 1 }}",
    "{{ $.a := 1 }}",
    "{{ $x := 1 2 }}",
    "{{ , }}",
    "{{ $ , }}",
    "{{ , 1}}",
    "{{ \u{ff} }}",
    "{{ .\u{c3}\u{a9} }}",
    "{{ \u{c3}\u{a9} }}",
    "{{ $\u{c3}\u{a9} := 1 }}{{ $\u{c3}\u{a9} }}",
    "{{ .a.b.c }}",
    "{{ $.a.b }}",
    "{{ 1 2 }}",
    "{{ . 1 }}",
    "{{ .a 1 }}",
    "{{ \"a\" 1 }}",
    "{{ (1) 2 }}",
    "{{ $ 1 }}",
    "{{ . | . }}",
    "{{ 1 | .a }}",
    "{{ 1 | $ }}",
    "{{ 1 | (upper) }}",
    "{{ nothing.a }}",
    "{{ (nothing).a }}",
    "{{ nothing.a.b }}",
    "{{ same . | .a }}",
    "{{ or true ($v := 1) }}{{ $v }}",
    "{{ $w := $w }}",
    "{{ $z := 1 }}{{ $z := $z }}{{ $z }}",
    "{{ ($v := 1) }}{{ $v }}",
    "{{ block \"bl\" $v := 1 }}{{.}}{{ end }}{{ $v }}",
    "{{ len nil }}",
    "{{ index nil }}",
    "{{ not nil }}",
    "{{ eq nil nil }}",
    "{{ print nil }}",
    "{{ nil | print }}",
    "{{ eq 1 }}",
    "{{ and }}",
    "{{ or }}",
    "{{ and nil }}",
    "{{ call nil }}",
    "{{ break }}{{ range . }}{{ end }}",
    "{{ range 3 }}{{ break }}{{ end }}",
    "{{ range 3 }}{{ continue }}x{{ end }}",
    "{{ range 2 }}{{ range nil }}{{ else }}{{ break }}{{ end }}y{{ end }}",
    "{{ range 2 }}{{ range nothing }}{{ else }}{{ continue }}{{ end }}y{{ end }}",
    "{{ range 2 }}{{ range nothing }}{{ else }}{{ break }}{{ end }}y{{ end }}",
];

impl<'d> Text<'d> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn pick(&mut self, from: &[&str]) {
        let text = self.random.pick(from).to_string();
        self.push(&text);
    }

    fn space(&mut self) {
        if self.random.chance(40) {
            self.pick(&["  ", "\n", "\t", " \r\n "]);
        } else {
            self.push(" ");
        }
    }

    fn open(&mut self) {
        if self.random.chance(6) {
            self.push("{{- ")
        } else {
            self.push("{{")
        }
        if self.random.chance(3) {
            self.push(" ");
        }
    }

    fn close(&mut self) {
        if self.random.chance(3) {
            self.push(" ");
        }
        if self.random.chance(6) {
            self.push(" -}}")
        } else {
            self.push("}}")
        }
    }

    fn variable(&mut self) {
        if self.vars.is_empty() || self.random.chance(4) {
            self.push("$");
        } else {
            let index = self.random.below(self.vars.len() as u64) as usize;
            let name = self.vars[index].0.clone();
            self.push(&name);
        }
    }

    fn fields(&mut self) {
        for _ in 0..1 + self.random.below(2) {
            self.push(".");
            if self.random.chance(5) {
                self.pick(&[
                    "Name", "Age", "ID", "Greet", "Sum", "Oops", "Nothing", "Friend", "Tags", "Any",
                    "secret", "Has", "Count", "String", "Degrees", "Base",
                ]);
            } else {
                let key = self.random.pick(&KEYS[..KEYS.len() - 1]).to_string();
                self.push(&key);
            }
        }
    }

    fn string(&mut self) {
        match self.random.below(8) {
            0 if !self.callable.is_empty() => {
                let index = self.random.below(self.callable.len() as u64) as usize;
                let name = self.callable[index].clone();
                self.push(&format!("\"{name}\""));
            }
            1 => self.pick(&[
                "`{{ .a }}`",
                "`{{ upper .b }}`",
                "`{{ define \"w\" }}W{{ end }}{{ include \"w\" . }}`",
                "`{{ bad }}`",
                "`{{ .a.b.c }}`",
                "`{{ include \"w\" . }}`",
                "`{{ tpl .a . }}`",
                "`x`",
            ]),
            2 => self.pick(&[
                "\"%d\"",
                "\"%v\"",
                "\"%s-%q\"",
                "\"%T\"",
                "\"%5.2f|%x\"",
                "\"%+v\"",
                "\"%#v\"",
                "\"%[2]*[1]d\"",
            ]),
            3 => self.pick(&[
                "\"\\n\"",
                "\"\\u00e9\"",
                "\"\\xff\"",
                "\"\\\"\"",
                "`raw`",
                "`a\nb`",
                "\"<&>\"",
            ]),
            _ => self.pick(&[
                "\"a\"",
                "\"b\"",
                "\"c\"",
                "\"\"",
                "\"hello\"",
                "\"name\"",
                "\"1\"",
            ]),
        }
    }

    fn operand(&mut self, depth: u32) {
        match self.random.below(if depth == 0 { 14 } else { 20 }) {
            0 | 1 => self.push("."),
            2..=4 => self.fields(),
            5 | 6 => {
                self.variable();
                if self.random.chance(3) {
                    self.fields();
                }
            }
            7 if self.large => self.pick(NUMBERS),
            7 => self.pick(&[
                "0x2", "0b11", "1e1", "'\\n'", "1i", "2.5", "-3", "0o7", "07", "1.e1", "1+2i",
            ]),
            8 => self.pick(&["0", "1", "2", "3", "-1", "1.5"]),
            9 => self.pick(&["true", "false", "nil"]),
            10..=13 => self.string(),
            _ => {
                self.push("(");
                self.pipeline(depth - 1);
                self.push(")");
                if self.random.chance(4) {
                    self.fields();
                }
            }
        }
    }

    fn call(&mut self, depth: u32) {
        let name = self.random.pick(FUNCTIONS).to_string();
        self.push(&name);
        let wanted = match name.as_str() {
            "nothing" | "boom" => 0,
            "upper" | "half" | "u8" | "i8" | "negate" | "same" | "fail" | "typeOf" | "kindOf" | "bytes"
            | "text" | "name" | "age" | "not" | "len" => 1,
            "add" | "add64" | "get" | "join" | "lookup" | "include" | "tpl" | "eq" | "ne" | "lt" | "le"
            | "gt" | "ge" | "index" => 2,
            "set" => 3,
            _ => self.random.below(4),
        };
        let count = if self.random.chance(8) {
            self.random.below(4)
        } else {
            wanted
        };
        for i in 0..count {
            self.space();
            match (name.as_str(), i) {
                ("printf" | "upper" | "fail" | "include" | "tpl" | "join", 0) if !self.random.chance(4) => {
                    self.string()
                }
                _ => self.operand(depth),
            }
        }
    }

    fn command(&mut self, depth: u32, first: bool) {
        if !first {
            match self.random.below(10) {
                0 => self.operand(depth),
                1..=3 => self.pick(&[
                    "upper",
                    "len",
                    "print",
                    "printf \"%v\"",
                    "typeOf",
                    "not",
                    "html",
                    "same",
                    "list",
                    "index",
                ]),
                _ => self.call(depth),
            }
            return;
        }
        match self.random.below(10) {
            0..=4 => self.call(depth),
            5 => {
                self.fields();
                if self.random.chance(3) {
                    self.space();
                    self.operand(depth);
                }
            }
            _ => self.operand(depth),
        }
    }

    fn pipeline(&mut self, depth: u32) {
        self.command(depth, true);
        while self.random.chance(4) {
            self.pick(&[" | ", "|"]);
            self.command(depth, false);
        }
    }

    fn declare(&mut self) -> String {
        let name = self.random.pick(&["$x", "$y", "$z", "$v1"]).to_string();
        self.push(&name);
        name
    }

    /// What a block, if it has one, declares first: the variable, whose value follows.
    fn declared(&mut self, one_in: u64) -> Option<String> {
        if !self.random.chance(one_in) {
            return None;
        }
        let name = self.declare();
        self.push(" := ");
        Some(name)
    }

    fn block(&mut self, depth: u32) {
        let vars = self.vars.len();
        for _ in 0..self.random.below(3) {
            self.node(depth);
        }
        self.vars.truncate(vars);
    }

    /// A block whose dot is another.
    fn block_of(&mut self, dot: Known<'d>, depth: u32) {
        let outer = std::mem::replace(&mut self.dot, dot);
        self.block(depth);
        self.dot = outer;
    }

    fn node(&mut self, depth: u32) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        let kinds = match (depth, self.large) {
            (0, _) => 14,
            (_, true) => 19,
            _ => 24,
        };
        match self.random.below(kinds) {
            0..=3 => {
                self.pick(TEXTS);
                // `{` before `{{` is another action.
                if self.typed && self.out.ends_with('{') {
                    self.push(" ");
                }
            }
            4..=8 => {
                self.open();
                self.fitting(Want::Any, 2);
                self.close();
            }
            9 | 10 => {
                self.open();
                let name = self.declare();
                let declared = self.vars.iter().any(|(var, _)| *var == name);
                if self.typed && !declared {
                    self.pick(&[" := ", ":="]);
                } else {
                    self.pick(&[" := ", ":=", " = "]);
                }
                let known = self.fitting(Want::Any, 2);
                self.close();
                self.vars.push((name, known));
            }
            11 if !self.callable.is_empty() => {
                self.open();
                self.push("template ");
                let index = self.random.below(self.callable.len() as u64) as usize;
                let name = self.callable[index].clone();
                self.push(&format!("{name:?}"));
                if self.typed {
                    self.push(" $");
                } else if !self.random.chance(4) {
                    self.push(" ");
                    self.pipeline(1);
                }
                self.close();
            }
            12 if self.random.chance(if self.typed { 40 } else { 3 }) => self.pick(BROKEN),
            11..=13 => self.pick(&["{{/* comment */}}", "{{- /* c */ -}}", "{{\"q\"}}", "{{ `r` -}} "]),
            14..=16 => {
                let vars = self.vars.len();
                self.open();
                self.push("if ");
                let name = self.declared(5);
                let known = self.fitting(Want::Any, 2);
                self.vars.extend(name.map(|name| (name, known)));
                self.close();
                self.block(depth - 1);
                while self.random.chance(4) {
                    self.open();
                    self.push("else if ");
                    self.fitting(Want::Any, 1);
                    self.close();
                    self.block(depth - 1);
                }
                if self.random.chance(2) {
                    self.open();
                    self.push("else");
                    self.close();
                    self.block(depth - 1);
                }
                self.open();
                self.push("end");
                self.close();
                self.vars.truncate(vars);
            }
            17 | 18 => {
                let vars = self.vars.len();
                self.open();
                self.push("with ");
                let name = self.declared(3);
                let known = self.fitting(Want::Any, 2);
                self.vars.extend(name.map(|name| (name, known)));
                self.close();
                self.block_of(known, depth - 1);
                if self.random.chance(3) {
                    self.open();
                    self.push("else with ");
                    let known = self.fitting(Want::Any, 1);
                    self.close();
                    self.block_of(known, depth - 1);
                }
                if self.random.chance(3) {
                    self.push("{{else}}");
                    self.block(depth - 1);
                }
                self.push("{{end}}");
                self.vars.truncate(vars);
            }
            _ => {
                let vars = self.vars.len();
                self.open();
                self.push("range ");
                let declares = match self.random.below(4) {
                    count @ 1..3 => count,
                    _ => 0,
                };
                let mut names = Vec::new();
                for i in 0..declares {
                    if i > 0 {
                        self.push(", ");
                    }
                    names.push(self.declare());
                }
                if declares > 0 {
                    let known = |name: &String| self.vars.iter().any(|(var, _)| var == name);
                    if self.typed && !names.iter().all(known) {
                        self.push(" := ");
                    } else {
                        self.pick(&[" := ", " := ", " := ", " = "]);
                    }
                }
                let element = if !self.typed && self.random.chance(3) {
                    self.operand(1);
                    Known::any()
                } else {
                    self.iterable(declares).element()
                };
                // The first of two is the index or key.
                let last = names.pop();
                self.vars
                    .extend(names.into_iter().map(|name| (name, Known::any())));
                self.vars.extend(last.map(|name| (name, element)));
                self.close();
                self.block_of(element, depth - 1);
                if self.random.chance(4) {
                    self.pick(&[
                        "{{break}}",
                        "{{continue}}",
                        "{{if .}}{{break}}{{end}}",
                        "{{- continue -}}",
                    ]);
                }
                if self.random.chance(3) {
                    self.push("{{else}}");
                    self.block(depth - 1);
                }
                self.push("{{end}}");
                self.vars.truncate(vars);
            }
        }
    }
}

fn template_case(mut random: Random) -> Json {
    let count = 1 + random.below(3);
    let large = random.chance(3);
    let typed = !random.chance(10);
    let mut templates = Vec::new();
    let names: Vec<String> = (0..count).map(|i| format!("t{i}")).collect();
    let missing = random.pick(&["", "", "zero", "zero", "error"]);
    let value = data(&mut random, 4);
    for i in 0..count as usize {
        let defines = random.chance(4);
        let budget = 3 + random.below(12) as u32;
        let mut text = Text {
            random: Random { state: random.next() },
            out: String::new(),
            callable: names[i + 1..].to_vec(),
            vars: Vec::new(),
            dot: Known::data(&value),
            root: Known::data(&value),
            typed,
            budget,
            large,
        };
        if defines {
            let name = format!("d{i}");
            text.push(&format!("{{{{ define {name:?} }}}}"));
            text.node(2);
            text.push("{{ end }}");
            text.vars.clear();
            text.callable.push(name);
        }
        while text.budget > 0 {
            text.node(3);
        }
        let mut out = text.out;
        if random.chance(30) {
            // A byte out of place.
            let at = random.below(out.chars().count() as u64 + 1) as usize;
            let mut chars: Vec<char> = out.chars().collect();
            match random.below(3) {
                0 if at < chars.len() => {
                    chars.remove(at);
                }
                1 => chars.truncate(at),
                _ => chars.insert(
                    at,
                    random
                        .pick(&["}", "{", "\"", "$", ".", "|", "\u{ff}", "(", ")", "-", "'"])
                        .chars()
                        .next()
                        .unwrap_or('x'),
                ),
            }
            out = chars.into_iter().collect();
        }
        templates.push(json!({ "name": names[i], "text": out }));
    }
    // Called ones are parsed first or last; it does not matter.
    if random.chance(2) {
        templates.reverse();
    }
    json!({ "templates": templates, "data": value, "missingkey": missing, "exec": "t0" })
}

fn format(random: &mut Random) -> String {
    let mut out = String::new();
    for _ in 0..1 + random.below(3) {
        out.push_str(random.pick(&["", "", "a", " ", "%%", "\u{ff}"]));
        out.push('%');
        for _ in 0..random.below(3) {
            out.push_str(random.pick(&["+", "-", "#", " ", "0"]));
        }
        if random.chance(6) {
            out.push_str(random.pick(&["[1]", "[2]", "[3]", "[0]", "[x]", "[9]", "[]", "[1", "[-1]"]));
        }
        if random.chance(3) {
            out.push_str(random.pick(&["1", "5", "12", "*", "20", "07", "99999999"]));
        }
        if random.chance(3) {
            out.push('.');
            out.push_str(random.pick(&["", "0", "1", "3", "10", "*", "20", "[1]*"]));
        }
        if random.chance(12) {
            out.push_str(random.pick(&["[1]", "[2]"]));
        }
        out.push_str(random.pick(&[
            "v",
            "v",
            "v",
            "d",
            "s",
            "q",
            "x",
            "X",
            "o",
            "O",
            "b",
            "c",
            "U",
            "e",
            "E",
            "f",
            "F",
            "g",
            "G",
            "t",
            "T",
            "w",
            "y",
            "p",
            "",
            "!",
            "\u{c3}\u{a9}",
            "z",
        ]));
    }
    out
}

fn float_text(random: &mut Random) -> String {
    match random.below(6) {
        0 => f64::from_bits(random.next()).to_string().replace("inf", "Inf"),
        1 => f64::from(f32::from_bits(random.next() as u32))
            .to_string()
            .replace("inf", "Inf"),
        2 => format!("{}e{}", random.below(100_000), random.below(40) as i64 - 20),
        3 => format!("{}.{}", random.below(1000), random.below(1000)),
        4 => (random.next() >> random.below(64)).to_string(),
        _ => random
            .pick(&[
                "0", "-0", "NaN", "Inf", "-Inf", "0.5", "1.5", "2.5", "0.125", "5e-324", "1e21", "1e20",
                "123456", "1e6",
            ])
            .to_string(),
    }
}

fn number_text(random: &mut Random) -> String {
    let mut out = String::new();
    if random.chance(2) {
        out.push_str(random.pick(&["", "+", "-", "0x", "0b", "0o", "0X", "-0x", "0", "_", "--"]));
    }
    for _ in 0..random.below(22) {
        out.push_str(random.pick(&["0", "1", "2", "7", "9", "f", "_", "5", "3"]));
        if random.chance(2) {
            continue;
        }
        if random.chance(8) {
            out.push_str(random.pick(&[
                ".", "e", "E5", "e-3", "p", "p+4", "P-1", "i", " ", "x", "inf", "nan", "Infinity", "e400",
                "e-400",
            ]));
        }
    }
    out
}

fn bytes_text(random: &mut Random) -> String {
    (0..random.below(8))
        .map(|_| match random.below(4) {
            0 => char::from(random.below(256) as u8).to_string(),
            1 => random
                .pick(&[
                    "\u{c3}\u{a9}",
                    "\u{e2}\u{82}\u{ac}",
                    "\u{f0}\u{9f}\u{98}\u{80}",
                    "\u{ed}\u{a0}\u{80}",
                    "\u{c2}\u{ad}",
                    "\u{e2}\u{80}\u{a8}",
                    "\u{ef}\u{bb}\u{bf}",
                ])
                .to_string(),
            _ => random
                .pick(&[
                    "a",
                    "\\",
                    "\"",
                    "'",
                    "`",
                    "\n",
                    "\\n",
                    "\\x41",
                    "\\u00e9",
                    "\\377",
                    "\\u{",
                    "\\U0001F600",
                    "\\8",
                    "\\400",
                    "\\ud800",
                    " ",
                ])
                .to_string(),
        })
        .collect()
}

fn call_case(random: &mut Random) -> Json {
    let int = |n: i64| tagged("int", n.to_string());
    match random.below(12) {
        0..=4 => {
            let args: Vec<Json> = (0..random.below(4)).map(|_| operand(random)).collect();
            json!({ "call": "Sprintf", "format": format(random), "args": args })
        }
        5 => {
            let args: Vec<Json> = (0..random.below(4)).map(|_| operand(random)).collect();
            json!({ "call": random.pick(&["Sprint", "Sprintln"]), "args": args })
        }
        6 | 7 => {
            let precision = if random.chance(3) {
                -1
            } else {
                random.below(24) as i64
            };
            json!({ "call": "FormatFloat", "args": [
                tagged("float64", float_text(random)),
                random.pick(&["e", "E", "f", "g", "G", "b", "x", "X", "q"]),
                int(precision),
                int(if random.chance(4) { 32 } else { 64 }),
            ] })
        }
        8 => {
            let text = if random.chance(2) {
                float_text(random)
            } else {
                number_text(random)
            };
            json!({ "call": "ParseFloat", "args": [text, int(if random.chance(4) { 32 } else { 64 })] })
        }
        9 => {
            let base = [0, 10, 16, 2, 36, 8, 1, 37][random.below(8) as usize];
            let bits = [64, 0, 8, 16, 32, 65, 7][random.below(7) as usize];
            json!({ "call": random.pick(&["ParseInt", "ParseUint"]), "args": [number_text(random), int(base), int(bits)] })
        }
        10 => json!({ "call": random.pick(&["Atoi", "ParseBool"]), "args": [number_text(random)] }),
        _ => {
            let name = random.pick(&["Quote", "QuoteToASCII", "Unquote", "Unquote"]);
            let mut text = bytes_text(random);
            if name == "Unquote" && !random.chance(6) {
                let quote = random.pick(&["\"", "'", "`"]);
                text = format!("{quote}{text}{quote}");
            }
            json!({ "call": name, "args": [text] })
        }
    }
}

/// An argument of `Sprintf`.
fn operand(random: &mut Random) -> Json {
    if random.chance(3) {
        return tagged("float64", float_text(random));
    }
    if random.chance(4) {
        return tagged("int", (random.next() as i64 >> random.below(64)).to_string());
    }
    if random.chance(4) {
        return Json::String(bytes_text(random));
    }
    data(random, 3)
}
