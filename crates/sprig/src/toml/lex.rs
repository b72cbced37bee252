//! The lexer: a document to items. Which of several mistakes is named, and at which line, follows from the order in
//! which BurntSushi's state machine looks at characters, so this is the same machine.

use std::collections::VecDeque;

use plimsoll_gostd::strconv::{self, decode_rune, quote, quote_rune};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Eof,
    /// A bare key, or what a comment says.
    Text,
    Str,
    /// With escapes in it.
    StrEscaped,
    RawStr,
    MultilineStr,
    RawMultilineStr,
    Bool,
    Integer,
    Float,
    Datetime,
    Array,
    ArrayEnd,
    TableStart,
    TableEnd,
    ArrayTableStart,
    ArrayTableEnd,
    KeyStart,
    KeyEnd,
    CommentStart,
    InlineTableStart,
    InlineTableEnd,
}

/// A piece of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t [u8],
    pub(super) line: i64,
}

/// What is wrong with the text, and at which line the library says so.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) line: i64,
    pub(super) message: String,
}

/// What the machine does next.
#[derive(Debug, Clone, Copy)]
enum State {
    Top,
    TopEnd,
    TableStart,
    TableEnd,
    ArrayTableEnd,
    TableNameStart,
    TableNameEnd,
    BareName,
    QuotedName,
    KeyStart,
    KeyNameStart,
    KeyEnd,
    Value,
    ArrayValue,
    ArrayValueEnd,
    ArrayEnd,
    InlineTableValue,
    InlineTableValueEnd,
    InlineTableEnd,
    Str,
    MultilineStr,
    RawStr,
    RawMultilineStr,
    MultilineEscape,
    Escape,
    /// So many hexadecimal digits after this letter.
    HexEscape(char, usize, &'static str),
    NumberOrDateStart,
    NumberOrDate,
    Datetime,
    /// An integer of the base whose digits this tells.
    BaseInteger(fn(char) -> bool),
    DecimalNumber,
    DecimalNumberStart,
    BaseNumberOrDate,
    Float,
    Bool,
    CommentStart,
    Comment,
}

/// The character behind the last one.
const EOF: char = '\0';

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

fn is_break(c: char) -> bool {
    c == '\n' || c == '\r'
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_binary(c: char) -> bool {
    matches!(c, '0' | '1')
}

fn is_octal(c: char) -> bool {
    matches!(c, '0'..='7')
}

pub(super) fn is_hex(c: char) -> bool {
    c.is_ascii_hexdigit()
}

fn quoted(c: char) -> String {
    quote_rune(u32::from(c))
}

fn or_eof(c: char) -> String {
    if c == EOF {
        "end of file".to_owned()
    } else {
        format!("'{c}'")
    }
}

pub(super) struct Lexer<'t> {
    input: &'t [u8],
    start: usize,
    at: usize,
    line: i64,
    state: Option<State>,
    items: VecDeque<Result<Item<'t>, Mistake>>,
    /// Whether the string being read has an escape.
    escaped: bool,
    /// Widths of the last four characters, the latest first.
    widths: [usize; 4],
    at_eof: bool,
    /// Where to go on when what is being read has ended.
    stack: Vec<State>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(input: &'t [u8]) -> Self {
        Self {
            input,
            start: 0,
            at: 0,
            line: 1,
            state: Some(State::Top),
            items: VecDeque::new(),
            escaped: false,
            widths: [0; 4],
            at_eof: false,
            stack: Vec::new(),
        }
    }

    /// The next item.
    ///
    /// # Errors
    /// The next mistake: what a state has looked at is an error before it is an item.
    pub(super) fn next_item(&mut self) -> Result<Item<'t>, Mistake> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return item;
            }
            match self.state {
                Some(state) => self.state = self.step(state),
                None => return Ok(self.item(Kind::Eof)),
            }
        }
    }

    fn current(&self) -> &'t [u8] {
        self.input.get(self.start..self.at).unwrap_or_default()
    }

    fn item(&self, kind: Kind) -> Item<'t> {
        Item {
            kind,
            text: self.current(),
            line: self.line,
        }
    }

    fn emit(&mut self, kind: Kind) {
        let item = self.item(kind);
        self.items.push_back(Ok(item));
        self.start = self.at;
    }

    fn mistake(&mut self, line: i64, message: String) -> Option<State> {
        self.items.push_back(Err(Mistake { line, message }));
        None
    }

    /// A mistake of a character: at the end of the text it counts for the line before.
    fn error(&mut self, message: String) -> Option<State> {
        self.mistake(self.line - i64::from(self.at_eof), message)
    }

    fn error_at_previous_line(&mut self, message: String) -> Option<State> {
        self.mistake(self.line - 1, message)
    }

    fn fail(&mut self, message: impl Into<String>) -> Option<State> {
        let behind_break = self.at_eof && self.at >= 1 && self.input[self.at - 1] == b'\n';
        self.mistake(self.line - i64::from(behind_break), message.into())
    }

    fn next(&mut self) -> char {
        let rest = self.input.get(self.at..).unwrap_or_default();
        let Some(&byte) = rest.first() else {
            self.at_eof = true;
            return EOF;
        };
        if byte == b'\n' {
            self.line += 1;
        }
        self.widths.copy_within(0..3, 1);
        let (Some(c), width) = decode_rune(rest) else {
            self.error(format!("invalid UTF-8 byte: 0x{byte:02x}"));
            return char::REPLACEMENT_CHARACTER;
        };
        let control = matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\x7f');
        if control || (c == '\r' && rest.get(1) != Some(&b'\n')) {
            let message = format!("TOML files cannot contain control characters: '0x{byte:02x}'");
            self.mistake(self.line, message);
            return char::REPLACEMENT_CHARACTER;
        }
        self.widths[0] = width;
        self.at += width;
        c
    }

    /// Takes the last character back, up to four times.
    fn backup(&mut self) {
        if self.at_eof {
            self.at_eof = false;
            return;
        }
        let width = self.widths[0];
        self.widths.copy_within(1..4, 0);
        self.at = self.at.saturating_sub(width);
        if self.input.get(self.at) == Some(&b'\n') {
            self.line -= 1;
        }
    }

    fn accept(&mut self, wanted: char) -> bool {
        if self.next() == wanted {
            return true;
        }
        self.backup();
        false
    }

    fn peek(&mut self) -> char {
        let c = self.next();
        self.backup();
        c
    }

    fn ignore(&mut self) {
        self.start = self.at;
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.next()) {}
        self.backup();
        self.ignore();
    }

    fn skip(&mut self, state: State) -> Option<State> {
        self.ignore();
        Some(state)
    }

    fn push(&mut self, state: State) {
        self.stack.push(state);
    }

    /// Ends an item, and what it was read as.
    fn end(&mut self, kind: Kind) -> Option<State> {
        self.emit(kind);
        self.stack.pop()
    }

    /// Reads as long as characters fit, then ends an item.
    fn more(&mut self, fits: bool, state: State, kind: Kind) -> Option<State> {
        if fits {
            return Some(state);
        }
        self.backup();
        self.end(kind)
    }

    fn comment(&mut self, then: State) -> Option<State> {
        self.push(then);
        Some(State::CommentStart)
    }

    fn step(&mut self, state: State) -> Option<State> {
        match state {
            State::Top => self.top(),
            State::TopEnd => self.top_end(),
            State::TableStart => {
                if self.peek() == '[' {
                    self.next();
                    self.emit(Kind::ArrayTableStart);
                    self.push(State::ArrayTableEnd);
                } else {
                    self.emit(Kind::TableStart);
                    self.push(State::TableEnd);
                }
                Some(State::TableNameStart)
            }
            State::TableEnd => {
                self.emit(Kind::TableEnd);
                Some(State::TopEnd)
            }
            State::ArrayTableEnd => match self.next() {
                ']' => {
                    self.emit(Kind::ArrayTableEnd);
                    Some(State::TopEnd)
                }
                c => self.fail(format!(
                    "expected end of table array name delimiter ']', but got {} instead",
                    quoted(c)
                )),
            },
            State::TableNameStart => self.table_name_start(),
            State::TableNameEnd => {
                self.skip_blanks();
                match self.next() {
                    '.' => self.skip(State::TableNameStart),
                    ']' => self.stack.pop(),
                    c => self.fail(format!(
                        "expected '.' or ']' to end table name, but got {} instead",
                        quoted(c)
                    )),
                }
            }
            State::BareName => {
                let fits = is_bare(self.next());
                self.more(fits, State::BareName, Kind::Text)
            }
            State::QuotedName => {
                let quote = self.next();
                self.skip(if quote == '"' { State::Str } else { State::RawStr })
            }
            State::KeyStart => self.key_start(),
            State::KeyNameStart => self.key_name_start(),
            State::KeyEnd => self.key_end(),
            State::Value => self.value(),
            State::ArrayValue => match self.next() {
                c if is_blank(c) || is_break(c) => self.skip(State::ArrayValue),
                '#' => self.comment(State::ArrayValue),
                ',' => self.fail("unexpected comma"),
                ']' => Some(State::ArrayEnd),
                _ => {
                    self.backup();
                    self.push(State::ArrayValueEnd);
                    Some(State::Value)
                }
            },
            State::ArrayValueEnd => match self.next() {
                c if is_blank(c) || is_break(c) => self.skip(State::ArrayValueEnd),
                '#' => self.comment(State::ArrayValueEnd),
                ',' => self.skip(State::ArrayValue),
                ']' => Some(State::ArrayEnd),
                c => self.fail(format!(
                    "expected a comma (',') or array terminator (']'), but got {}",
                    or_eof(c)
                )),
            },
            State::ArrayEnd => {
                self.ignore();
                self.end(Kind::ArrayEnd)
            }
            State::InlineTableValue => match self.next() {
                c if is_blank(c) || is_break(c) => self.skip(State::InlineTableValue),
                '#' => self.comment(State::InlineTableValue),
                ',' => self.fail("unexpected comma"),
                '}' => Some(State::InlineTableEnd),
                _ => {
                    self.backup();
                    self.push(State::InlineTableValueEnd);
                    Some(State::KeyStart)
                }
            },
            State::InlineTableValueEnd => self.inline_table_value_end(),
            State::InlineTableEnd => {
                self.ignore();
                self.end(Kind::InlineTableEnd)
            }
            State::CommentStart => {
                self.ignore();
                self.emit(Kind::CommentStart);
                Some(State::Comment)
            }
            State::Comment => {
                let c = self.next();
                self.more(!is_break(c) && c != EOF, State::Comment, Kind::Text)
            }
            State::Str
            | State::MultilineStr
            | State::RawStr
            | State::RawMultilineStr
            | State::MultilineEscape
            | State::Escape
            | State::HexEscape(..) => self.step_of_string(state),
            State::NumberOrDateStart
            | State::NumberOrDate
            | State::Datetime
            | State::BaseInteger(_)
            | State::DecimalNumber
            | State::DecimalNumberStart
            | State::BaseNumberOrDate
            | State::Float
            | State::Bool => self.step_of_word(state),
        }
    }

    fn top(&mut self) -> Option<State> {
        match self.next() {
            c if is_blank(c) || is_break(c) => self.skip(State::Top),
            '#' => self.comment(State::Top),
            '[' => Some(State::TableStart),
            EOF => {
                self.emit(Kind::Eof);
                None
            }
            // Anything else can only be a key.
            _ => {
                self.backup();
                self.push(State::TopEnd);
                Some(State::KeyStart)
            }
        }
    }

    fn top_end(&mut self) -> Option<State> {
        match self.next() {
            '#' => self.comment(State::Top),
            c if is_blank(c) => Some(State::TopEnd),
            c if is_break(c) => self.skip(State::Top),
            EOF => {
                self.emit(Kind::Eof);
                None
            }
            c => self.fail(format!(
                "expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                quoted(c)
            )),
        }
    }

    fn table_name_start(&mut self) -> Option<State> {
        self.skip_blanks();
        match self.peek() {
            ']' | EOF => self.fail("unexpected end of table name (table names cannot be empty)"),
            '.' => self.fail("unexpected table separator (table names cannot be empty)"),
            '"' | '\'' => {
                self.ignore();
                self.push(State::TableNameEnd);
                Some(State::QuotedName)
            }
            _ => {
                self.push(State::TableNameEnd);
                Some(State::BareName)
            }
        }
    }

    fn key_start(&mut self) -> Option<State> {
        self.skip_blanks();
        match self.peek() {
            '=' | EOF => self.fail("unexpected '=': key name appears blank"),
            '.' => self.fail("unexpected '.': keys cannot start with a '.'"),
            _ => {
                self.emit(Kind::KeyStart);
                Some(State::KeyNameStart)
            }
        }
    }

    fn key_name_start(&mut self) -> Option<State> {
        self.skip_blanks();
        match self.peek() {
            '=' | EOF => self.fail("unexpected '='"),
            '.' => self.fail("unexpected '.'"),
            '"' | '\'' => {
                self.ignore();
                self.push(State::KeyEnd);
                Some(State::QuotedName)
            }
            _ => {
                self.push(State::KeyEnd);
                Some(State::BareName)
            }
        }
    }

    fn key_end(&mut self) -> Option<State> {
        self.skip_blanks();
        match self.next() {
            EOF => self.fail("unexpected EOF; expected key separator '='"),
            '.' => self.skip(State::KeyNameStart),
            '=' => {
                self.emit(Kind::KeyEnd);
                self.skip(State::Value)
            }
            c => {
                let message = format!("expected '.' or '=', but got {} instead", quoted(c));
                if c == '\n' {
                    self.error_at_previous_line(message)
                } else {
                    self.fail(message)
                }
            }
        }
    }

    fn value(&mut self) -> Option<State> {
        let c = self.next();
        match c {
            ' ' | '\t' => return self.skip(State::Value),
            '0'..='9' => {
                self.backup();
                return Some(State::NumberOrDateStart);
            }
            '[' => {
                self.ignore();
                self.emit(Kind::Array);
                return Some(State::ArrayValue);
            }
            '{' => {
                self.ignore();
                self.emit(Kind::InlineTableStart);
                return Some(State::InlineTableValue);
            }
            '"' | '\'' => {
                let (one_line, lines) = if c == '"' {
                    (State::Str, State::MultilineStr)
                } else {
                    (State::RawStr, State::RawMultilineStr)
                };
                if self.accept(c) {
                    if self.accept(c) {
                        return self.skip(lines);
                    }
                    self.backup();
                }
                return self.skip(one_line);
            }
            '.' => return self.fail("floats must start with a digit, not '.'"),
            'i' | 'n' if (self.accept('n') && self.accept('f')) || (self.accept('a') && self.accept('n')) => {
                return self.end(Kind::Float);
            }
            '-' | '+' => return Some(State::DecimalNumberStart),
            _ => {}
        }
        if strconv::is_letter(c) {
            self.backup();
            return Some(State::Bool);
        }
        if c == EOF {
            return self.fail("unexpected EOF; expected value");
        }
        let message = format!("expected value but found {} instead", quoted(c));
        if c == '\n' {
            self.error_at_previous_line(message)
        } else {
            self.fail(message)
        }
    }

    fn inline_table_value_end(&mut self) -> Option<State> {
        match self.next() {
            c if is_blank(c) || is_break(c) => self.skip(State::InlineTableValueEnd),
            '#' => self.comment(State::InlineTableValueEnd),
            ',' => {
                self.ignore();
                self.skip_blanks();
                Some(if self.peek() == '}' {
                    State::InlineTableValueEnd
                } else {
                    State::InlineTableValue
                })
            }
            '}' => Some(State::InlineTableEnd),
            c => self.fail(format!(
                "expected a comma or an inline table terminator '}}', but got {} instead",
                or_eof(c)
            )),
        }
    }

    fn step_of_string(&mut self, state: State) -> Option<State> {
        match state {
            State::Str => match self.next() {
                EOF => self.fail("unexpected EOF; expected '\"'"),
                '\n' | '\r' => self.error_at_previous_line("strings cannot contain newlines".to_owned()),
                '\\' => {
                    self.push(State::Str);
                    Some(State::Escape)
                }
                '"' => {
                    self.backup();
                    let escaped = std::mem::take(&mut self.escaped);
                    self.emit(if escaped { Kind::StrEscaped } else { Kind::Str });
                    self.next();
                    self.ignore();
                    self.stack.pop()
                }
                _ => Some(State::Str),
            },
            State::RawStr => match self.next() {
                EOF => self.fail("unexpected EOF; expected \"'\""),
                '\n' | '\r' => self.error_at_previous_line("strings cannot contain newlines".to_owned()),
                '\'' => {
                    self.backup();
                    self.emit(Kind::RawStr);
                    self.next();
                    self.ignore();
                    self.stack.pop()
                }
                _ => Some(State::RawStr),
            },
            State::MultilineStr => match self.next() {
                EOF => self.fail("unexpected EOF; expected '\"\"\"'"),
                '\\' => Some(State::MultilineEscape),
                '"' => self.closing('"', State::MultilineStr),
                _ => Some(State::MultilineStr),
            },
            State::RawMultilineStr => match self.next() {
                EOF => self.fail("unexpected EOF; expected \"'''\""),
                '\'' => self.closing('\'', State::RawMultilineStr),
                _ => Some(State::RawMultilineStr),
            },
            State::MultilineEscape => {
                if is_break(self.next()) {
                    return Some(State::MultilineStr);
                }
                self.backup();
                self.push(State::MultilineStr);
                Some(State::Escape)
            }
            State::HexEscape(letter, count, word) => {
                for _ in 0..count {
                    if !is_hex(self.next()) {
                        let read = quote(self.current());
                        return self.fail(format!(
                            "expected {word} hexadecimal digits after '\\{letter}', but got {read} instead"
                        ));
                    }
                }
                self.stack.pop()
            }
            _ => {
                self.escaped = true;
                match self.next() {
                    'e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\' => self.stack.pop(),
                    'x' => Some(State::HexEscape('x', 2, "two")),
                    'u' => Some(State::HexEscape('u', 4, "four")),
                    'U' => Some(State::HexEscape('U', 8, "eight")),
                    c => self.error(format!("invalid escape in string '\\{c}'")),
                }
            }
        }
    }

    /// After one quote in a string of several lines: two more end it, unless another follows.
    fn closing(&mut self, quote: char, string: State) -> Option<State> {
        if !self.accept(quote) {
            return Some(string);
        }
        if !self.accept(quote) {
            self.backup();
            return Some(string);
        }
        if self.peek() == quote {
            // Up to two quotes before the closing three belong to the string.
            let before = self.current().iter().rev();
            let quotes = before
                .clone()
                .take(5)
                .filter(|b| char::from(**b) == quote)
                .count();
            let escaped = quote == '"' && before.clone().nth(5) == Some(&b'\\');
            if quotes == 5 && !escaped {
                return self.fail(if quote == '"' {
                    "unexpected '\"\"\"\"\"\"'"
                } else {
                    "unexpected \"''''''\""
                });
            }
            self.backup();
            self.backup();
            return Some(string);
        }
        for _ in 0..3 {
            self.backup();
        }
        if quote == '"' {
            self.escaped = false;
            self.emit(Kind::MultilineStr);
        } else {
            self.emit(Kind::RawMultilineStr);
        }
        for _ in 0..3 {
            self.next();
        }
        self.ignore();
        self.stack.pop()
    }

    fn step_of_word(&mut self, state: State) -> Option<State> {
        match state {
            State::NumberOrDateStart => Some(if self.next() == '0' {
                State::BaseNumberOrDate
            } else {
                State::NumberOrDate
            }),
            State::NumberOrDate => match self.next() {
                '0'..='9' => Some(State::NumberOrDate),
                '-' | ':' => Some(State::Datetime),
                '_' => Some(State::DecimalNumber),
                '.' | 'e' | 'E' => Some(State::Float),
                _ => self.more(false, state, Kind::Integer),
            },
            State::Datetime => {
                let c = self.next();
                if matches!(c, '0'..='9' | '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+') {
                    return Some(State::Datetime);
                }
                self.backup();
                self.end(Kind::Datetime)
            }
            State::BaseInteger(is_digit) => {
                let c = self.next();
                self.more(is_digit(c) || c == '_', state, Kind::Integer)
            }
            State::DecimalNumber => match self.next() {
                '.' | 'e' | 'E' => Some(State::Float),
                c => self.more(c.is_ascii_digit() || c == '_', state, Kind::Integer),
            },
            State::DecimalNumberStart => self.decimal_number_start(),
            State::BaseNumberOrDate => {
                let based = match self.next() {
                    '0'..='9' => return Some(State::NumberOrDate),
                    '_' => return Some(State::DecimalNumber),
                    '.' | 'e' | 'E' => return Some(State::Float),
                    'b' => (is_binary as fn(char) -> bool, "a binary"),
                    'o' => (is_octal as fn(char) -> bool, "an octal"),
                    'x' => (is_hex as fn(char) -> bool, "a hexadecimal"),
                    _ => return self.more(false, state, Kind::Integer),
                };
                let (is_digit, name) = based;
                let c = self.peek();
                if !is_digit(c) {
                    let read = String::from_utf8_lossy(self.current()).into_owned();
                    self.fail(format!("not {name} number: '{read}{c}'"));
                }
                Some(State::BaseInteger(is_digit))
            }
            State::Float => {
                let c = self.next();
                let fits = c.is_ascii_digit() || matches!(c, '_' | '.' | '-' | '+' | 'e' | 'E');
                self.more(fits, state, Kind::Float)
            }
            _ => {
                let mut word = String::new();
                loop {
                    let c = self.next();
                    if !strconv::is_letter(c) {
                        self.backup();
                        break;
                    }
                    word.push(c);
                }
                match word.as_str() {
                    "true" | "false" => self.end(Kind::Bool),
                    _ => self.fail(format!(
                        "expected value but found {} instead",
                        quote(word.as_bytes())
                    )),
                }
            }
        }
    }

    /// What follows a sign.
    fn decimal_number_start(&mut self) -> Option<State> {
        let c = self.next();
        match c {
            'i' | 'n' => {
                let (second, third) = if c == 'i' { ('n', 'f') } else { ('a', 'n') };
                if !self.accept(second) || !self.accept(third) {
                    let read = String::from_utf8_lossy(self.current()).into_owned();
                    return self.fail(format!("invalid float: '{read}'"));
                }
                return self.end(Kind::Float);
            }
            '0' => {
                let base = self.peek();
                if matches!(base, 'b' | 'o' | 'x') {
                    let read = String::from_utf8_lossy(self.current()).into_owned();
                    return self.fail(format!(
                        "cannot use sign with non-decimal numbers: '{read}{base}'"
                    ));
                }
            }
            '.' => return self.fail("floats must start with a digit, not '.'"),
            _ => {}
        }
        if c.is_ascii_digit() {
            return Some(State::DecimalNumber);
        }
        self.fail(format!("expected a digit but got {}", quoted(c)))
    }
}
