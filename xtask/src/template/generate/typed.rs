//! Expressions whose types fit, so that most templates run to their end and what they print is compared, not only how
//! they fail. What is known of a value is its Go type and, where it comes from the case's data, the value.

use serde_json::{Map, Value as Json};

use super::{NUMBERS, Text};

/// What is known of a value at run time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'d> {
    /// The name of its Go type as cases write it; "any" when unknown, "nil" of the nil interface.
    ty: &'d str,
    value: Option<&'d Json>,
}

impl<'d> Known<'d> {
    pub(super) fn any() -> Self {
        Self::of("any")
    }

    pub(super) fn of(ty: &'d str) -> Self {
        Self { ty, value: None }
    }

    /// A value of a case.
    pub(super) fn data(value: &'d Json) -> Self {
        let ty = match value {
            Json::Null => "nil",
            Json::Bool(_) => "bool",
            Json::Number(_) => "float64",
            Json::String(_) => "string",
            Json::Array(_) => "[]any",
            Json::Object(fields) => fields.get("$").and_then(Json::as_str).unwrap_or("map"),
        };
        Self {
            ty,
            value: Some(value),
        }
    }

    fn inner(self) -> Option<&'d Json> {
        let value = self.value?;
        value.get("$").map_or(Some(value), |_| value.get("v"))
    }

    fn fields(self) -> Option<&'d Map<String, Json>> {
        self.inner()?.as_object()
    }

    fn items(self) -> Option<&'d Vec<Json>> {
        self.inner()?.as_array()
    }

    /// What ranging over it gives.
    pub(super) fn element(self) -> Self {
        match self.ty {
            "[]string" | "Words" | "map[string]string" => Self::of("string"),
            "[]int" | "map[string]int" | "int" => Self::of("int"),
            "[]uint8" => Self::of("uint8"),
            // All elements have to be of one type for it to be known.
            "[]any" | "seq" | "map" | "Values" => {
                let elements: Vec<Self> = match (self.items(), self.fields()) {
                    (Some(items), _) => items.iter().map(Self::data).collect(),
                    (_, Some(fields)) => fields.values().map(Self::data).collect(),
                    _ => Vec::new(),
                };
                match elements.split_first() {
                    Some((first, [])) => *first,
                    Some((first, rest)) if rest.iter().all(|one| one.ty == first.ty) => Self::of(first.ty),
                    _ => Self::any(),
                }
            }
            _ => Self::any(),
        }
    }
}

/// What an argument has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Any,
    /// Anything but what `set` refuses.
    Plain,
    Bool,
    Int,
    /// A literal that an int parameter takes, also one that is a float or a rune where anything goes.
    Whole,
    Int64,
    Int32,
    Uint8,
    Float,
    Text,
    /// A literal of three bytes or more, to be cut.
    Long,
    /// Where a cut may begin, and where it may end.
    Low,
    High,
    Format,
    Key,
    Bytes,
    Texts,
    Map,
    TextMap,
    Pointer,
    Person,
    Function,
    Sized,
    Iterable,
    /// The name of a template, and what it is called with.
    Template,
    Root,
    /// A template's text.
    Source,
}

impl Want {
    /// Whether it is always written as a literal.
    fn is_literal(self) -> bool {
        matches!(
            self,
            Self::Whole | Self::Long | Self::Low | Self::High | Self::Format | Self::Key | Self::Source
        )
    }

    /// Whether its constants are of another type where any will do.
    fn is_converted(self) -> bool {
        matches!(self, Self::Whole | Self::Int64 | Self::Int32 | Self::Uint8)
    }

    fn takes(self, ty: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Plain => matches!(ty, "string" | "bool" | "int" | "float64"),
            Self::Bool => ty == "bool",
            Self::Int => ty == "int",
            Self::Int64 => ty == "int64",
            Self::Int32 => ty == "int32",
            Self::Uint8 => ty == "uint8",
            Self::Float => ty == "float64",
            Self::Text => ty == "string",
            Self::Bytes => ty == "[]uint8",
            Self::Texts => matches!(ty, "[]string" | "Words" | "nil []string"),
            Self::Map => matches!(ty, "map" | "Values"),
            Self::TextMap => ty == "map[string]string",
            Self::Pointer => ty == "*Person",
            Self::Person => matches!(ty, "Person" | "*Person"),
            Self::Function => ty == "func",
            Self::Sized => {
                ty == "string"
                    || ty == "map"
                    || ty == "Values"
                    || ty == "Words"
                    || ty.starts_with("[]")
                    || ty.starts_with("map[")
                    || ty.starts_with("nil []")
                    || ty.starts_with("nil map")
            }
            Self::Iterable => ty != "string" && Self::Sized.takes(ty) || matches!(ty, "seq" | "seq2"),
            _ => false,
        }
    }
}

/// A function or method of the oracle; of the built-in ones, a way of calling it that succeeds.
struct Function {
    name: &'static str,
    params: &'static [Want],
    rest: Option<Want>,
    result: &'static str,
}

const fn function(
    name: &'static str,
    params: &'static [Want],
    rest: Option<Want>,
    result: &'static str,
) -> Function {
    Function {
        name,
        params,
        rest,
        result,
    }
}

const FUNCTIONS: &[Function] = {
    use Want::{
        Any, Bool, Bytes, Float, Format, Function as Func, High, Int, Int32, Int64, Key, Long, Low, Map,
        Person, Plain, Pointer, Root, Sized, Source, Template, Text, TextMap, Texts, Uint8, Whole,
    };
    &[
        function("upper", &[Text], None, "string"),
        function("add", &[Int, Whole], None, "int"),
        function("add64", &[Int64, Int64], None, "int64"),
        function("half", &[Float], None, "float64"),
        function("u8", &[Uint8], None, "uint8"),
        function("i8", &[Int32], None, "int32"),
        function("negate", &[Bool], None, "bool"),
        function("list", &[], Some(Any), "[]any"),
        function("dict", &[], Some(Any), "map"),
        function("set", &[Map, Key, Plain], None, "map"),
        function("get", &[Map, Key], None, "any"),
        function("nothing", &[], None, "nil"),
        function("typeOf", &[Any], None, "string"),
        function("kindOf", &[Any], None, "string"),
        function("words", &[], Some(Text), "[]string"),
        function("join", &[Text, Texts], None, "string"),
        function("total", &[Int], Some(Int), "int"),
        function("lookup", &[TextMap, Text], None, "string"),
        function("bytes", &[Text], None, "[]uint8"),
        function("text", &[Bytes], None, "string"),
        function("name", &[Pointer], None, "string"),
        function("age", &[Person], None, "int"),
        function("include", &[Template, Root], None, "string"),
        function("tpl", &[Source, Any], None, "string"),
        function("not", &[Any], None, "bool"),
        function("and", &[Bool], Some(Bool), "bool"),
        function("or", &[Text], Some(Text), "string"),
        function("or", &[Any], Some(Any), "any"),
        function("and", &[Any], Some(Any), "any"),
        function("len", &[Sized], None, "int"),
        function("index", &[Map, Key], None, "any"),
        function("index", &[TextMap, Key], None, "string"),
        function("index", &[Long, Low], None, "uint8"),
        function("slice", &[Long, Low, High], None, "string"),
        function("slice", &[Long, High], None, "string"),
        function("slice", &[Long], None, "string"),
        function("print", &[], Some(Any), "string"),
        function("println", &[], Some(Any), "string"),
        function("printf", &[Format], Some(Any), "string"),
        function("printf", &[Format, Any], None, "string"),
        function("printf", &[Format, Int], None, "string"),
        function("printf", &[Format, Float], None, "string"),
        function("printf", &[Format, Text], None, "string"),
        function("html", &[Any], Some(Any), "string"),
        function("js", &[Any], Some(Any), "string"),
        function("urlquery", &[Any], Some(Any), "string"),
        function("call", &[Func, Int], Some(Text), "string"),
        function("eq", &[Text, Text], Some(Text), "bool"),
        function("eq", &[Int, Int], Some(Int64), "bool"),
        function("eq", &[Float, Float], None, "bool"),
        function("eq", &[Bool, Bool], None, "bool"),
        function("ne", &[Text, Text], None, "bool"),
        function("ne", &[Int, Uint8], None, "bool"),
        function("lt", &[Text, Text], None, "bool"),
        function("lt", &[Int, Int64], None, "bool"),
        function("le", &[Float, Float], None, "bool"),
        function("gt", &[Int, Int], None, "bool"),
        function("ge", &[Uint8, Int], None, "bool"),
    ]
};

/// Methods, by the type that has them.
const METHODS: &[(&str, Function)] = {
    use Want::{Int, Key, Text};
    &[
        ("*Person", function("Greet", &[Text], None, "string")),
        ("*Person", function("Sum", &[Int], Some(Int), "int")),
        ("*Person", function("Nothing", &[], None, "nil")),
        ("Values", function("Has", &[Key], None, "bool")),
        ("Words", function("Count", &[], None, "int")),
        ("Temp", function("String", &[], None, "string")),
        ("Temp", function("Degrees", &[], None, "int")),
    ]
};

/// Everything that can be reached from a value by fields: (path, what is there).
fn reach<'d>(from: Known<'d>, path: &str, depth: u32, out: &mut Vec<(String, Known<'d>)>) {
    let mut add = |name: &str, known: Known<'d>| {
        let path = format!("{path}.{name}");
        if depth > 1 {
            reach(known, &path, depth - 1, out);
        }
        out.push((path, known));
    };
    match from.ty {
        "map" | "Values" | "map[string]string" | "map[string]int" => {
            for (key, value) in from.fields().into_iter().flatten() {
                if key.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    add(key, Known::data(value));
                }
            }
        }
        "Person" | "*Person" => {
            add("Name", Known::of("string"));
            add("Age", Known::of("int"));
            add("ID", Known::of("int64"));
            add("Tags", Known::of("[]string"));
            for field in ["Any", "Friend"] {
                if let Some(value) = from.fields().and_then(|fields| fields.get(field)) {
                    add(field, Known::data(value));
                }
            }
        }
        _ => {}
    }
}

impl<'d> Text<'d> {
    /// What can be written as it is and fits: the dot, fields of it, variables, fields of those.
    fn in_scope(&self, want: Want) -> Vec<(String, Known<'d>)> {
        let mut found = vec![(".".to_string(), self.dot)];
        reach(self.dot, "", 2, &mut found);
        found.push(("$".to_string(), self.root));
        reach(self.root, "$", 2, &mut found);
        for (at, (name, known)) in self.vars.iter().enumerate() {
            // One declared again hides the first.
            if !self.vars[at + 1..].iter().any(|(later, _)| later == name) {
                found.push((name.clone(), *known));
                reach(*known, name, 1, &mut found);
            }
        }
        found.retain(|(_, known)| want.takes(known.ty));
        found
    }

    fn literal(&mut self, want: Want) -> Option<&'static str> {
        let (texts, ty): (&[&str], _) = match want {
            Want::Any | Want::Plain => {
                let of = [Want::Bool, Want::Int, Want::Float, Want::Text][self.random.below(4) as usize];
                return self.literal(of);
            }
            Want::Bool => (&["true", "false"], "bool"),
            Want::Int if self.large && self.random.chance(3) => (
                &[
                    "9223372036854775807",
                    "-9223372036854775808",
                    "1_000",
                    "0x7fff_ffff",
                    "12_34",
                ],
                "int",
            ),
            Want::Int => (&["0", "1", "2", "3", "-1", "0x2", "0b11", "0o7", "07"], "int"),
            Want::Whole => (&["'\\n'", "'a'", "1e1", "1.e1", "0x1p4", "2", "1_000"], "int"),
            Want::Int64 => (&["0", "1", "-3", "0x1F"], "int64"),
            Want::Int32 => (&["1", "-1", "'a'", "300"], "int32"),
            Want::Uint8 => (&["0", "7", "255", "'a'"], "uint8"),
            Want::Float => (&["1.5", "0.1", "1e3", ".5", "5.", "0x1p4", "-2.25"], "float64"),
            Want::Text => (
                &[
                    "\"a\"",
                    "\"\"",
                    "\"hello\"",
                    "`raw`",
                    "\"<&>\"",
                    "\"\\n\"",
                    "\"\\u00e9\"",
                    "\"\\xff\"",
                    "\"\\\"\"",
                    "`a\nb`",
                ],
                "string",
            ),
            Want::Key => (&["\"a\"", "\"b\"", "\"name\"", "\"new\"", "\"x y\""], "string"),
            Want::Long => (
                &["\"hello\"", "`raw`", "\"name\"", "\"\u{c3}\u{a9}\u{c3}\u{a9}\""],
                "string",
            ),
            Want::Low => (&["0", "1"], "int"),
            Want::High => (&["1", "2", "3"], "int"),
            Want::Format => (
                &[
                    "\"%d\"",
                    "\"%v\"",
                    "\"%s-%q\"",
                    "\"%T\"",
                    "\"%5.2f|%x\"",
                    "\"%+v\"",
                    "\"%#v\"",
                    "\"%[2]*[1]d\"",
                    "\"%08.3f\"",
                    "\"%-6v|\"",
                    "\"%x\"",
                    "\"%q\"",
                    "\"%t\"",
                    "\"%c\"",
                    "\"%U\"",
                    "\"%e %g\"",
                    "\"%p\"",
                ],
                "string",
            ),
            Want::Source => (
                &[
                    "`{{ . }}`",
                    "`{{ upper \"b\" }}`",
                    "`{{ define \"w\" }}W{{ end }}{{ include \"w\" . }}`",
                    "`x`",
                    "`{{ printf \"%v\" . }}`",
                    "`{{ if . }}y{{ else }}n{{ end }}`",
                ],
                "string",
            ),
            _ => return None,
        };
        let text = self.random.pick(texts).to_string();
        self.push(&text);
        Some(ty)
    }

    /// Writes one operand: a literal, a field, a variable, or something in parentheses. What cannot be had is something
    /// that does not fit.
    pub(super) fn value(&mut self, want: Want, depth: u32) -> Known<'d> {
        match want {
            Want::Template => {
                let name = if self.callable.is_empty() {
                    "nope".to_string()
                } else {
                    self.callable[self.random.below(self.callable.len() as u64) as usize].clone()
                };
                self.push(&format!("{name:?}"));
                return Known::of("string");
            }
            // Templates are called with what they were made for.
            Want::Root => {
                self.push("$");
                return self.root;
            }
            _ => {}
        }
        // Something that may not fit, now and then.
        if self.random.chance(120) {
            self.operand(depth);
            return Known::any();
        }
        let kinds = if depth == 0 { 6 } else { 9 };
        let choice = self.random.below(kinds);
        if choice < 4 {
            let found = self.in_scope(want);
            if !found.is_empty() {
                let (path, known) = found[self.random.below(found.len() as u64) as usize].clone();
                self.push(&path);
                return known;
            }
        }
        if (choice < 6 || want.is_literal())
            && let Some(ty) = self.literal(want)
        {
            return Known::of(ty);
        }
        self.push("(");
        let known = self.invoke(want, depth.saturating_sub(1));
        self.push(")");
        known
    }

    /// Writes a call whose result fits, without parentheses.
    fn invoke(&mut self, want: Want, depth: u32) -> Known<'d> {
        if want == Want::Any && self.random.chance(8) {
            return self.element_of_list(depth);
        }
        let methods = self.methods(want);
        if !methods.is_empty() && self.random.chance(4) {
            let (path, method) = &methods[self.random.below(methods.len() as u64) as usize];
            return self.apply(path, method, depth);
        }
        // What calls a template needs one; and what takes what cannot be written as a literal needs it in the data.
        let usable: Vec<&'static Function> = FUNCTIONS
            .iter()
            .filter(|f| want.takes(f.result))
            .filter(|f| f.params.first() != Some(&Want::Template) || !self.callable.is_empty())
            .filter(|f| {
                f.params.iter().all(|param| {
                    !matches!(
                        param,
                        Want::Pointer | Want::Person | Want::Function | Want::TextMap
                    ) || !self.in_scope(*param).is_empty()
                })
            })
            .collect();
        match usable.get(self.random.below(usable.len() as u64) as usize) {
            Some(function) => self.apply(function.name, function, depth),
            // What no function gives is passed through one.
            None => {
                self.push("same ");
                let found = self.in_scope(want);
                match found.get(self.random.below(found.len() as u64) as usize) {
                    Some((path, known)) => {
                        self.push(path);
                        *known
                    }
                    None => {
                        self.push("nil");
                        Known::of("nil")
                    }
                }
            }
        }
    }

    fn methods(&self, want: Want) -> Vec<(String, &'static Function)> {
        let mut found = Vec::new();
        for (path, known) in self.in_scope(Want::Any) {
            for (ty, method) in METHODS {
                if *ty == known.ty && want.takes(method.result) {
                    let separator = if path.ends_with('.') { "" } else { "." };
                    found.push((format!("{path}{separator}{}", method.name), method));
                }
            }
        }
        found
    }

    /// `index` of a list whose length is known.
    fn element_of_list(&mut self, depth: u32) -> Known<'d> {
        let lists: Vec<(String, Known<'d>)> = self
            .in_scope(Want::Any)
            .into_iter()
            .filter(|(_, known)| {
                matches!(known.ty, "[]any" | "[]int" | "[]string" | "Words")
                    && known.items().is_some_and(|items| !items.is_empty())
            })
            .collect();
        if lists.is_empty() {
            self.push("index (list ");
            let known = self.value(Want::Any, depth);
            self.push(") 0");
            return known;
        }
        let (path, known) = &lists[self.random.below(lists.len() as u64) as usize];
        let items = known.items().map_or(&[][..], Vec::as_slice);
        let at = self.random.below(items.len() as u64) as usize;
        self.push(&format!("index {path} {at}"));
        match known.ty {
            "[]any" => Known::data(&items[at]),
            _ => known.element(),
        }
    }

    /// Writes the call of one function, its last argument perhaps piped into it.
    fn apply(&mut self, name: &str, function: &'static Function, depth: u32) -> Known<'d> {
        let mut wants = function.params.to_vec();
        if let Some(rest) = function.rest {
            wants.extend(std::iter::repeat_n(rest, self.random.below(3) as usize));
        }
        // Key and value come in pairs, mostly.
        if name == "dict" && wants.len() == 2 {
            wants[0] = Want::Key;
        }
        let piped = match wants.last() {
            // A constant that is piped is no longer one, and has a type.
            Some(want) if !want.is_converted() && self.random.chance(5) => {
                let want = *want;
                wants.pop();
                if depth > 0
                    && self.random.chance(2)
                    && !want.is_literal()
                    && !matches!(want, Want::Template | Want::Root)
                {
                    self.command_of(want, depth - 1);
                } else {
                    self.value(want, depth);
                }
                true
            }
            _ => false,
        };
        if piped {
            let bar = self.random.pick(&[" | ", "|"]).to_string();
            self.push(&bar);
        }
        self.push(name);
        for want in wants {
            self.space();
            self.value(want, depth);
        }
        Known::of(function.result)
    }

    /// Writes a command or a pipeline that gives what is wanted.
    fn command_of(&mut self, want: Want, depth: u32) -> Known<'d> {
        if self.random.chance(3) {
            self.value(want, depth)
        } else {
            self.invoke(want, depth)
        }
    }

    /// Writes a pipeline whose value is fit for its place: typed in typed templates, anything else in others.
    pub(super) fn fitting(&mut self, want: Want, depth: u32) -> Known<'d> {
        if !self.typed {
            self.pipeline(depth);
            return Known::any();
        }
        if self.large && self.random.chance(12) {
            let number = self.random.pick(NUMBERS).to_string();
            self.push(&number);
            return Known::any();
        }
        self.command_of(want, depth)
    }

    /// Writes what a range with so many variables goes over.
    pub(super) fn iterable(&mut self, variables: u64) -> Known<'d> {
        // Numbers have no values beside what is counted.
        if self.typed && variables < 2 && self.random.chance(6) {
            let count = self
                .random
                .pick(&["3", "2", "0", "(len \"ab\")", "(add 1 1)"])
                .to_string();
            self.push(&count);
            return Known::of("int");
        }
        self.fitting(Want::Iterable, 2)
    }
}
