//! The format string and the walk over operands: Go's `fmt/print.go`.

use super::verb::Flags;
use super::{ADDRESS, MAX_DEPTH, MAX_OUTPUT, Operand, Shape, TooLarge};
use crate::strconv::{FloatSize, decode_rune};

/// Go refuses widths, precisions and argument numbers beyond this.
const LARGEST_NUMBER: usize = 1_000_000;

/// `fmt.Sprintf`.
///
/// # Errors
/// The output is beyond `MAX_OUTPUT` or the operands are nested beyond `MAX_DEPTH`.
pub fn sprintf<O: Operand>(format: &[u8], operands: &[O]) -> Result<Vec<u8>, TooLarge> {
    let mut printer = Printer::new();
    printer.format(format, operands)?;
    printer.finish()
}

/// `fmt.Sprint`: spaces between operands of which neither is a string.
///
/// # Errors
/// As `sprintf`.
pub fn sprint<O: Operand>(operands: &[O]) -> Result<Vec<u8>, TooLarge> {
    let mut printer = Printer::new();
    let mut after_text = false;
    for (i, operand) in operands.iter().enumerate() {
        let shape = operand.shape();
        let text = matches!(shape, Shape::Text(_));
        if i > 0 && !text && !after_text {
            printer.out.push(b' ');
        }
        printer.operand(operand, shape, 'v')?;
        after_text = text;
    }
    printer.finish()
}

/// `fmt.Sprintln`: spaces between operands and a line end.
///
/// # Errors
/// As `sprintf`.
pub fn sprintln<O: Operand>(operands: &[O]) -> Result<Vec<u8>, TooLarge> {
    let mut printer = Printer::new();
    for (i, operand) in operands.iter().enumerate() {
        if i > 0 {
            printer.out.push(b' ');
        }
        printer.operand(operand, operand.shape(), 'v')?;
    }
    printer.out.push(b'\n');
    printer.finish()
}

struct Printer {
    out: Vec<u8>,
    flags: Flags,
    /// A complaint is being printed: methods are not asked.
    complaining: bool,
}

/// A number at `at`: it, and where it ends.
fn number(format: &[u8], at: usize, end: usize) -> (Option<usize>, usize) {
    if at >= end {
        return (None, end);
    }
    let (mut value, mut any, mut i) = (0usize, false, at);
    while i < end && format[i].is_ascii_digit() {
        if value > LARGEST_NUMBER {
            return (None, end);
        }
        value = value * 10 + usize::from(format[i] - b'0');
        any = true;
        i += 1;
    }
    (any.then_some(value), i)
}

/// Where the operand that the next verb takes is.
struct Cursor {
    next: usize,
    count: usize,
    reordered: bool,
    good: bool,
}

impl Cursor {
    /// An explicit argument index `[n]`: where it ends and whether there is one.
    fn index(&mut self, format: &[u8], at: usize) -> (usize, bool) {
        if format.get(at) != Some(&b'[') {
            return (at, false);
        }
        self.reordered = true;
        let rest = &format[at..];
        if rest.len() >= 3
            && let Some(close) = rest.iter().position(|&b| b == b']').filter(|&close| close > 0)
        {
            let width = close + 1;
            if let (Some(value), end) = number(rest, 1, close)
                && end == close
            {
                if value >= 1 && value <= self.count {
                    self.next = value - 1;
                } else {
                    self.good = false;
                }
                return (at + width, true);
            }
            self.good = false;
            return (at + width, false);
        }
        self.good = false;
        (at + 1, false)
    }

    /// The value of `*`.
    fn star<O: Operand>(&mut self, operands: &[O]) -> Option<i64> {
        let operand = operands.get(self.next)?;
        self.next += 1;
        let value = match operand.shape() {
            Shape::Int(value) => value,
            Shape::Uint(value) => i64::try_from(value).ok()?,
            _ => return None,
        };
        (value.unsigned_abs() <= LARGEST_NUMBER as u64).then_some(value)
    }
}

impl Printer {
    fn new() -> Self {
        Self {
            out: Vec::new(),
            flags: Flags::default(),
            complaining: false,
        }
    }

    fn finish(self) -> Result<Vec<u8>, TooLarge> {
        if self.out.len() > MAX_OUTPUT {
            Err(TooLarge)
        } else {
            Ok(self.out)
        }
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn format<O: Operand>(&mut self, format: &[u8], operands: &[O]) -> Result<(), TooLarge> {
        let end = format.len();
        let mut cursor = Cursor {
            next: 0,
            count: operands.len(),
            reordered: false,
            good: true,
        };
        let mut after_index = false;
        let mut i = 0;
        'verbs: while i < end {
            cursor.good = true;
            let text = memchr::memchr(b'%', &format[i..]).map_or(end, |offset| i + offset);
            self.out.extend_from_slice(&format[i..text]);
            if self.out.len() > MAX_OUTPUT {
                return Err(TooLarge);
            }
            if text >= end {
                break;
            }
            i = text + 1;
            self.flags = Flags::default();
            while i < end {
                match format[i] {
                    b'#' => self.flags.sharp = true,
                    b'0' => self.flags.zero = true,
                    b'+' => self.flags.plus = true,
                    b'-' => self.flags.minus = true,
                    b' ' => self.flags.space = true,
                    c => {
                        // Common simple verbs, without width, precision or index.
                        if c.is_ascii_lowercase()
                            && let Some(operand) = operands.get(cursor.next)
                        {
                            if matches!(c, b'v' | b'w') {
                                self.become_v();
                            }
                            self.operand(operand, operand.shape(), char::from(c))?;
                            cursor.next += 1;
                            i += 1;
                            continue 'verbs;
                        }
                        break;
                    }
                }
                i += 1;
            }
            (i, after_index) = cursor.index(format, i);
            if i < end && format[i] == b'*' {
                i += 1;
                match cursor.star(operands) {
                    None => self.push("%!(BADWIDTH)"),
                    Some(width) => {
                        if width < 0 {
                            self.flags.minus = true;
                            self.flags.zero = false;
                        }
                        self.flags.width = usize::try_from(width.unsigned_abs()).ok();
                    }
                }
                after_index = false;
            } else {
                (self.flags.width, i) = number(format, i, end);
                if after_index && self.flags.width.is_some() {
                    cursor.good = false;
                }
            }
            if i + 1 < end && format[i] == b'.' {
                i += 1;
                if after_index {
                    cursor.good = false;
                }
                (i, after_index) = cursor.index(format, i);
                if i < end && format[i] == b'*' {
                    i += 1;
                    self.flags.precision = cursor.star(operands).and_then(|p| usize::try_from(p).ok());
                    if self.flags.precision.is_none() {
                        self.push("%!(BADPREC)");
                    }
                    after_index = false;
                } else {
                    let (precision, next) = number(format, i, end);
                    i = next;
                    self.flags.precision = Some(precision.unwrap_or(0));
                }
            }
            if !after_index {
                (i, after_index) = cursor.index(format, i);
            }
            if i >= end {
                self.push("%!(NOVERB)");
                break;
            }
            let (c, width) = decode_rune(&format[i..]);
            let verb = c.unwrap_or('\u{fffd}');
            i += width;
            if verb == '%' {
                self.out.push(b'%');
            } else if !cursor.good {
                self.complain(verb, "BADINDEX)");
            } else if let Some(operand) = operands.get(cursor.next) {
                if matches!(verb, 'v' | 'w') {
                    self.become_v();
                }
                self.operand(operand, operand.shape(), verb)?;
                cursor.next += 1;
            } else {
                self.complain(verb, "MISSING)");
            }
        }
        let _ = after_index;
        if !cursor.reordered && cursor.next < operands.len() {
            self.flags = Flags::default();
            self.push("%!(EXTRA ");
            for (i, operand) in operands[cursor.next..].iter().enumerate() {
                if i > 0 {
                    self.push(", ");
                }
                let shape = operand.shape();
                if matches!(shape, Shape::Nil) {
                    self.push("<nil>");
                } else {
                    self.push(&operand.type_name());
                    self.out.push(b'=');
                    self.operand(operand, shape, 'v')?;
                }
            }
            self.out.push(b')');
        }
        Ok(())
    }

    /// `%!verb(text`
    fn complain(&mut self, verb: char, text: &str) {
        self.push("%!");
        self.out
            .extend_from_slice(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.out.push(b'(');
        self.push(text);
    }

    fn become_v(&mut self) {
        self.flags.sharp_v = self.flags.sharp;
        self.flags.sharp = false;
        self.flags.plus_v = self.flags.plus;
        self.flags.plus = false;
    }

    fn bad_verb<O: Operand>(&mut self, operand: &O, verb: char, depth: usize) -> Result<(), TooLarge> {
        self.complaining = true;
        self.complain(verb, "");
        let shape = operand.shape();
        if matches!(shape, Shape::Nil) {
            self.push("<nil>");
        } else {
            self.push(&operand.type_name());
            self.out.push(b'=');
            if depth == 0 {
                self.operand(operand, shape, 'v')?;
            } else {
                self.value(operand, shape, 'v', 0)?;
            }
        }
        self.out.push(b')');
        self.complaining = false;
        Ok(())
    }

    /// An operand of the call itself: Go's `printArg`.
    fn operand<O: Operand>(&mut self, operand: &O, shape: Shape<O>, verb: char) -> Result<(), TooLarge> {
        if self.out.len() > MAX_OUTPUT {
            return Err(TooLarge);
        }
        if matches!(shape, Shape::Nil) {
            if matches!(verb, 'T' | 'v') {
                self.flags.pad(&mut self.out, b"<nil>");
                return Ok(());
            }
            return self.bad_verb(operand, verb, 0);
        }
        match verb {
            'T' => {
                self.flags.string(&mut self.out, operand.type_name().as_bytes());
                return Ok(());
            }
            'p' => return self.pointer(operand, &shape, 'p', 0),
            _ => {}
        }
        let composite = !matches!(
            shape,
            Shape::Bool(_)
                | Shape::Int(_)
                | Shape::Uint(_)
                | Shape::Float(..)
                | Shape::Complex(..)
                | Shape::Text(_)
                | Shape::Bytes(_)
        );
        if self.methods(operand, composite, verb, 0)? {
            return Ok(());
        }
        self.value(operand, shape, verb, 0)
    }

    /// Go's `handleMethods`: whether it printed.
    fn methods<O: Operand>(
        &mut self,
        operand: &O,
        composite: bool,
        verb: char,
        depth: usize,
    ) -> Result<bool, TooLarge> {
        if self.complaining {
            return Ok(false);
        }
        if verb == 'w' && composite {
            self.bad_verb(operand, verb, depth)?;
            return Ok(true);
        }
        if !self.flags.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = operand.method_text()
        {
            self.string(text.as_ref(), verb);
            return Ok(true);
        }
        Ok(false)
    }

    /// A string; whether the verb is one of its.
    fn string(&mut self, text: &[u8], verb: char) -> bool {
        match verb {
            'v' if self.flags.sharp_v => self.flags.quoted(&mut self.out, text),
            'v' | 's' => self.flags.string(&mut self.out, text),
            'x' => self.flags.hex(&mut self.out, text, false),
            'X' => self.flags.hex(&mut self.out, text, true),
            'q' => self.flags.quoted(&mut self.out, text),
            _ => return false,
        }
        true
    }

    /// An integer; whether the verb is one of its.
    fn integer(&mut self, value: u64, signed: bool, verb: char) -> bool {
        let out = &mut self.out;
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                Flags {
                    sharp: true,
                    ..self.flags
                }
                .integer(out, value, 16, false, 'v', false);
            }
            'v' | 'd' => self.flags.integer(out, value, 10, signed, verb, false),
            'b' => self.flags.integer(out, value, 2, signed, verb, false),
            'o' | 'O' => self.flags.integer(out, value, 8, signed, verb, false),
            'x' => self.flags.integer(out, value, 16, signed, verb, false),
            'X' => self.flags.integer(out, value, 16, signed, verb, true),
            'c' => self.flags.character(out, value),
            'q' => self.flags.quoted_character(out, value),
            'U' => self.flags.unicode(out, value),
            _ => return false,
        }
        true
    }

    /// A float; whether the verb is one of its.
    fn float(&mut self, value: f64, size: FloatSize, verb: char) -> bool {
        let (letter, precision) = match verb {
            'v' => (b'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb as u8, None),
            'f' | 'e' | 'E' => (verb as u8, Some(6)),
            'F' => (b'f', Some(6)),
            _ => return false,
        };
        self.flags.float(&mut self.out, value, size, letter, precision);
        true
    }

    fn complex<O: Operand>(
        &mut self,
        operand: &O,
        re: f64,
        im: f64,
        verb: char,
        depth: usize,
    ) -> Result<(), TooLarge> {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(operand, verb, depth);
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        self.float(re, FloatSize::F64, verb);
        self.flags.plus = true;
        self.float(im, FloatSize::F64, verb);
        self.push("i)");
        self.flags.plus = plus;
        Ok(())
    }

    fn pointer<O: Operand>(
        &mut self,
        operand: &O,
        shape: &Shape<O>,
        verb: char,
        depth: usize,
    ) -> Result<(), TooLarge> {
        let address = match shape {
            Shape::Pointer(None) | Shape::Bytes(None) | Shape::List(None) | Shape::Map(None) => 0,
            Shape::Pointer(_) | Shape::Func | Shape::Bytes(_) | Shape::List(_) | Shape::Map(_) => ADDRESS,
            _ => return self.bad_verb(operand, verb, depth),
        };
        match verb {
            'v' if self.flags.sharp_v => {
                self.out.push(b'(');
                self.push(&operand.type_name());
                self.push(")(");
                if address == 0 {
                    self.push("nil");
                } else {
                    Flags {
                        sharp: true,
                        ..self.flags
                    }
                    .integer(&mut self.out, address, 16, false, 'v', false);
                }
                self.out.push(b')');
            }
            'v' if address == 0 => self.flags.pad(&mut self.out, b"<nil>"),
            'v' | 'p' => {
                let flags = Flags {
                    sharp: !self.flags.sharp,
                    ..self.flags
                };
                flags.integer(&mut self.out, address, 16, false, 'v', false);
            }
            'b' | 'o' | 'd' | 'x' | 'X' => {
                self.integer(address, false, verb);
            }
            _ => return self.bad_verb(operand, verb, depth),
        }
        Ok(())
    }

    fn separator(&mut self, index: usize) {
        if index > 0 {
            if self.flags.sharp_v {
                self.push(", ");
            } else {
                self.out.push(b' ');
            }
        }
    }

    /// An element of something printed: Go's `printValue` with a depth.
    fn element<O: Operand>(&mut self, operand: &O, verb: char, depth: usize) -> Result<(), TooLarge> {
        if self.out.len() > MAX_OUTPUT || depth > MAX_DEPTH {
            return Err(TooLarge);
        }
        let shape = operand.shape();
        if matches!(shape, Shape::Nil) {
            self.push(if self.flags.sharp_v {
                "interface {}(nil)"
            } else {
                "<nil>"
            });
            return Ok(());
        }
        // Of nested values Go asks every kind for its methods, so that `%w` complains of plain ones as well.
        if self.methods(operand, true, verb, depth)? {
            return Ok(());
        }
        self.value(operand, shape, verb, depth)
    }

    fn value<O: Operand>(
        &mut self,
        operand: &O,
        shape: Shape<O>,
        verb: char,
        depth: usize,
    ) -> Result<(), TooLarge> {
        let printed = match shape {
            Shape::Nil => {
                self.push("<nil>");
                true
            }
            Shape::Bool(value) if matches!(verb, 't' | 'v') => {
                self.flags
                    .pad(&mut self.out, if value { b"true" } else { b"false" });
                true
            }
            Shape::Bool(_) => false,
            Shape::Int(value) => self.integer(value as u64, true, verb),
            Shape::Uint(value) => self.integer(value, false, verb),
            Shape::Float(value, size) => self.float(value, size, verb),
            Shape::Complex(re, im) => return self.complex(operand, re, im, verb, depth),
            Shape::Text(text) => self.string(text.as_ref(), verb),
            Shape::Bytes(bytes) => {
                return self.bytes(operand, bytes.as_ref().map(AsRef::as_ref), verb, depth);
            }
            Shape::List(items) => {
                if self.flags.sharp_v {
                    self.push(&operand.type_name());
                    let Some(items) = items else {
                        self.push("(nil)");
                        return Ok(());
                    };
                    self.out.push(b'{');
                    self.elements(&items, verb, depth)?;
                    self.out.push(b'}');
                } else {
                    self.out.push(b'[');
                    self.elements(&items.unwrap_or_default(), verb, depth)?;
                    self.out.push(b']');
                }
                true
            }
            Shape::Map(entries) => {
                if self.flags.sharp_v {
                    self.push(&operand.type_name());
                    if entries.is_none() {
                        self.push("(nil)");
                        return Ok(());
                    }
                    self.out.push(b'{');
                } else {
                    self.push("map[");
                }
                for (i, (key, value)) in entries.unwrap_or_default().iter().enumerate() {
                    self.separator(i);
                    if !self.string(key.as_ref(), verb) {
                        self.bad_text(key.as_ref(), verb);
                    }
                    self.out.push(b':');
                    self.element(value, verb, depth + 1)?;
                }
                self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
                true
            }
            Shape::Struct(fields) => {
                if self.flags.sharp_v {
                    self.push(&operand.type_name());
                }
                self.out.push(b'{');
                for (i, (name, value)) in fields.iter().enumerate() {
                    self.separator(i);
                    if self.flags.plus_v || self.flags.sharp_v {
                        self.push(name);
                        self.out.push(b':');
                    }
                    self.element(value, verb, depth + 1)?;
                }
                self.out.push(b'}');
                true
            }
            Shape::Pointer(Some(target)) if depth == 0 => {
                self.out.push(b'&');
                self.element(&target, verb, depth + 1)?;
                true
            }
            shape @ (Shape::Pointer(_) | Shape::Func) => {
                return self.pointer(operand, &shape, verb, depth);
            }
        };
        if printed {
            Ok(())
        } else {
            self.bad_verb(operand, verb, depth)
        }
    }

    fn elements<O: Operand>(&mut self, items: &[O], verb: char, depth: usize) -> Result<(), TooLarge> {
        for (i, item) in items.iter().enumerate() {
            self.separator(i);
            self.element(item, verb, depth + 1)?;
        }
        Ok(())
    }

    /// A map's key under a verb that strings have not.
    fn bad_text(&mut self, text: &[u8], verb: char) {
        self.complain(verb, "string=");
        self.string(text, 'v');
        self.out.push(b')');
    }

    fn bytes<O: Operand>(
        &mut self,
        operand: &O,
        bytes: Option<&[u8]>,
        verb: char,
        depth: usize,
    ) -> Result<(), TooLarge> {
        let text = bytes.unwrap_or_default();
        match verb {
            's' => self.flags.string(&mut self.out, text),
            'x' => self.flags.hex(&mut self.out, text, false),
            'X' => self.flags.hex(&mut self.out, text, true),
            'q' => self.flags.quoted(&mut self.out, text),
            _ => {
                let plain = matches!(verb, 'v' | 'd');
                if self.flags.sharp_v {
                    let name = operand.type_name();
                    self.push(if depth == 0 && plain && name == "[]uint8" {
                        "[]byte"
                    } else {
                        &name
                    });
                    if bytes.is_none() {
                        self.push("(nil)");
                        return Ok(());
                    }
                    self.out.push(b'{');
                } else {
                    self.out.push(b'[');
                }
                for (i, byte) in text.iter().enumerate() {
                    self.separator(i);
                    if self.out.len() > MAX_OUTPUT {
                        return Err(TooLarge);
                    }
                    if !self.integer(u64::from(*byte), false, verb) {
                        self.complain(verb, "uint8=");
                        self.integer(u64::from(*byte), false, 'v');
                        self.out.push(b')');
                    }
                }
                self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
            }
        }
        Ok(())
    }
}
