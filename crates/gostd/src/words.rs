//! The word functions that Sprig takes from huandu/xstrings v1.5.0 and Masterminds/goutils v1.1.1.
//!
//! Their oddities are kept: goutils walks bytes where it says characters, and cuts runes apart.

use crate::strconv::decode_rune;
use crate::unicode::{
    is_lower, is_number, is_punct, is_space, is_title, is_upper, runes, to_lower, to_title, to_upper,
};

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || is_space(c)
}

fn is_alphabet(c: char) -> bool {
    crate::strconv::is_letter(c) && !is_east_asian(c)
}

/// Ideographs have no case and stand for words: xstrings does not count them as an alphabet.
fn is_east_asian(c: char) -> bool {
    matches!(u32::from(c), 0x4e00..=0x9fcc | 0x3400..=0x4d85 | 0x20000..=0x2b81d)
}

/// `xstrings.ToPascalCase`, which Sprig calls `camelcase`.
pub fn pascal_case(text: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    let mut rest = runes(text).peekable();
    let mut current = None;
    let mut first_upper = false;
    for c in rest.by_ref() {
        if is_connector(c) {
            out.push(c);
            current = Some((c, false));
            continue;
        }
        first_upper = is_upper(c);
        current = Some((to_upper(c), true));
        break;
    }
    let Some((mut current, found)) = current else {
        return Vec::new();
    };
    if !found {
        // Nothing but connectors: the last is written once more, as upstream does.
        out.push(current);
        return out.into_bytes();
    }
    if rest.peek().is_none() {
        out.push(current);
        return out.into_bytes();
    }
    for next in rest {
        let previous = current;
        current = next;
        if is_connector(current) && is_connector(previous) {
            out.push(previous);
            continue;
        }
        if is_connector(previous) {
            first_upper = is_upper(current);
            current = to_upper(current);
        } else {
            if first_upper {
                if is_upper(current) {
                    current = to_lower(current);
                } else {
                    first_upper = false;
                }
            }
            out.push(previous);
        }
    }
    out.push(current);
    out.into_bytes()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    UpperCase,
    Alphabet,
    Connector,
    Punct,
    Other,
}

/// The next rune that is one, and how many bytes it and those before it take; the previous one at the end.
fn next_valid(text: &[u8], previous: Option<char>) -> (Option<char>, usize) {
    let mut size = 0;
    while size < text.len() {
        let (rune, width) = decode_rune(&text[size..]);
        size += width.clamp(1, text.len() - size);
        // U+FFFD itself is taken for an invalid byte.
        if let Some(rune) = rune.filter(|&c| c != '\u{fffd}') {
            return (Some(rune), size);
        }
    }
    (previous, size)
}

/// `nextWord`: the kind of the word that begins the text, it, and the rest.
fn next_word(text: &[u8]) -> (Word, &[u8], &[u8]) {
    if text.is_empty() {
        return (Word::Invalid, b"", b"");
    }
    let (first, size) = next_valid(text, None);
    let Some(first) = first else {
        return (Word::Invalid, &text[..size], &text[size..]);
    };
    let mut end = size;
    // Goes on while runes belong to the word; gives the rune that ended it and the size of the last one taken.
    let mut take = |mut rune: char, belongs: &dyn Fn(char) -> bool| {
        let mut last = 0;
        while end < text.len() {
            let (next, size) = next_valid(&text[end..], Some(rune));
            rune = next.unwrap_or(rune);
            if !belongs(rune) {
                break;
            }
            last = size;
            end += size;
        }
        (rune, last, end)
    };
    let lower = |c: char| is_alphabet(c) && !is_upper(c);
    let kind = if is_connector(first) {
        take(first, &is_connector);
        Word::Connector
    } else if is_punct(first) {
        take(first, &is_punct);
        Word::Punct
    } else if is_upper(first) {
        if size < text.len() {
            let (next, _) = next_valid(&text[size..], Some(first));
            let next = next.unwrap_or(first);
            if is_upper(next) {
                let (ended, last, at) = take(first, &is_upper);
                if at < text.len() && is_alphabet(ended) {
                    end = at - last;
                }
            } else if is_alphabet(next) {
                take(first, &lower);
            }
        }
        Word::UpperCase
    } else if is_alphabet(first) {
        take(first, &lower);
        Word::Alphabet
    } else if is_number(first) {
        take(first, &is_number);
        Word::Number
    } else {
        take(first, &|c| {
            !(is_connector(c) || is_alphabet(c) || is_number(c) || is_punct(c))
        });
        Word::Other
    };
    (kind, &text[..end], &text[end..])
}

fn write_lower(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: char) {
    if kind != Word::UpperCase && kind != Word::Connector {
        out.extend_from_slice(word);
        return;
    }
    for c in runes(word) {
        let c = match c {
            c if is_connector(c) => connector,
            c if is_upper(c) => to_lower(c),
            c => c,
        };
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn connected(text: &[u8], connector: char) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    let push = |out: &mut Vec<u8>| out.extend_from_slice(connector.encode_utf8(&mut [0; 4]).as_bytes());
    let (mut kind, mut word, mut rest) = next_word(text);
    while !rest.is_empty() {
        if kind != Word::Connector {
            write_lower(&mut out, kind, word, connector);
        }
        let (previous, last) = (kind, word);
        (kind, word, rest) = next_word(rest);
        match previous {
            Word::Number => {
                while matches!(kind, Word::Alphabet | Word::Number) {
                    write_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if !matches!(kind, Word::Invalid | Word::Punct | Word::Connector) {
                    push(&mut out);
                }
            }
            Word::Connector => write_lower(&mut out, previous, last, connector),
            Word::Punct => {}
            _ if kind != Word::Number => {
                if kind != Word::Connector && kind != Word::Punct {
                    push(&mut out);
                }
            }
            _ if rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word, rest) = next_word(rest);
                if kind != Word::Alphabet {
                    write_lower(&mut out, Word::Number, number, connector);
                    if kind != Word::Connector && kind != Word::Punct {
                        push(&mut out);
                    }
                    continue;
                }
                push(&mut out);
                write_lower(&mut out, Word::Number, number, connector);
                while matches!(kind, Word::Alphabet | Word::Number) {
                    write_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if !matches!(kind, Word::Invalid | Word::Connector | Word::Punct) {
                    push(&mut out);
                }
            }
        }
    }
    write_lower(&mut out, kind, word, connector);
    out
}

/// `xstrings.ToSnakeCase`
pub fn snake_case(text: &[u8]) -> Vec<u8> {
    connected(text, '_')
}

/// `xstrings.ToKebabCase`
pub fn kebab_case(text: &[u8]) -> Vec<u8> {
    connected(text, '-')
}

/// `goutils.SwapCase`
pub fn swap_case(text: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    let mut white = true;
    for c in runes(text) {
        if is_upper(c) || is_title(c) {
            out.push(to_lower(c));
            white = false;
        } else if is_lower(c) {
            out.push(if white { to_title(c) } else { to_upper(c) });
            white = false;
        } else {
            out.push(c);
            white = is_space(c);
        }
    }
    out.into_bytes()
}

/// `goutils.Uncapitalize`: the first letter of each word in lower case.
pub fn uncapitalize(text: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    let mut next = true;
    for c in runes(text) {
        if is_space(c) {
            next = true;
            out.push(c);
        } else {
            out.push(if next { to_lower(c) } else { c });
            next = false;
        }
    }
    out.into_bytes()
}

/// A byte taken for a rune, as goutils does: U+0085 and U+00A0 are spaces then.
fn byte_is_space(byte: u8) -> bool {
    is_space(char::from(byte))
}

/// `goutils.Initials`: the first byte of each word, as a rune.
pub fn initials(text: &[u8]) -> Vec<u8> {
    let mut out = String::new();
    let mut gap = true;
    for &byte in text {
        if byte_is_space(byte) {
            gap = true;
        } else if gap {
            out.push(char::from(byte));
            gap = false;
        }
    }
    out.into_bytes()
}

/// `goutils.DeleteWhiteSpace`: when anything goes, every other byte becomes a rune of its own.
pub fn delete_white_space(text: &[u8]) -> Vec<u8> {
    if !text.iter().any(|&b| byte_is_space(b)) {
        return text.to_vec();
    }
    let mut out = String::with_capacity(text.len());
    out.extend(
        text.iter()
            .filter(|&&b| !byte_is_space(b))
            .map(|&b| char::from(b)),
    );
    out.into_bytes()
}

/// `goutils.AbbreviateFull`; where upstream gives an error, which Sprig drops, empty.
pub fn abbreviate(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    if text.is_empty() || width < 4 {
        return Vec::new();
    }
    let Some(width) = usize::try_from(width).ok().filter(|&width| text.len() > width) else {
        return text.to_vec();
    };
    let shown = width - 3;
    let mut offset = offset.min(i64::try_from(text.len()).unwrap_or(i64::MAX));
    if i64::try_from(text.len())
        .unwrap_or(i64::MAX)
        .saturating_sub(offset)
        < i64::try_from(shown).unwrap_or(0)
    {
        offset = i64::try_from(text.len() - shown).unwrap_or(0);
    }
    let Some(offset) = usize::try_from(offset).ok().filter(|&offset| offset > 4) else {
        return [&text[..shown], b"..."].concat();
    };
    if width < 7 {
        return Vec::new();
    }
    if offset + shown < text.len() {
        return [
            &b"..."[..],
            &abbreviate(&text[offset..], 0, i64::try_from(shown).unwrap_or(0)),
        ]
        .concat();
    }
    [b"...", &text[text.len() - shown..]].concat()
}

/// `goutils.WrapCustom`: lines of at most `width` bytes, broken at spaces; long words are cut when `cut_words`.
pub fn wrap(text: &[u8], width: i64, line_end: &[u8], cut_words: bool) -> Vec<u8> {
    let line_end = if line_end.is_empty() { b"\n" } else { line_end };
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(text.len() + 16);
    let mut offset = 0;
    while text.len() - offset > width {
        if text[offset] == b' ' {
            offset += 1;
            continue;
        }
        let end = offset + width;
        let (stop, next) = match memchr::memrchr(b' ', &text[offset..=end]) {
            Some(space) => (offset + space, offset + space + 1),
            None if cut_words => (end, end),
            None => match memchr::memchr(b' ', &text[end..]) {
                Some(space) => (end + space, end + space + 1),
                None => break,
            },
        };
        out.extend_from_slice(&text[offset..stop]);
        out.extend_from_slice(line_end);
        offset = next;
    }
    out.extend_from_slice(&text[offset..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn cases_of_words() {
        for (input, pascal, snake) in [
            ("some_words", "SomeWords", "some_words"),
            ("http_server", "HttpServer", "http_server"),
            ("HTTPServer", "Httpserver", "http_server"),
            ("_complex__case_", "_Complex_Case_", "_complex__case_"),
            ("GO_PATH", "GoPath", "go_path"),
            ("No42Way", "No42Way", "no42_way"),
            ("", "", ""),
        ] {
            assert_eq!(text(snake_case(input.as_bytes())), snake, "{input}");
            if !input.starts_with("HTTPS") {
                assert_eq!(text(pascal_case(input.as_bytes())), pascal, "{input}");
            }
        }
    }

    #[test]
    fn goutils_counts_bytes() {
        assert_eq!(
            text(abbreviate(b"Now is the time for all good men", 0, 10)),
            "Now is ..."
        );
        assert_eq!(
            text(abbreviate(b"Now is the time for all good men", 5, 10)),
            "...s th..."
        );
        assert_eq!(text(initials(b"First Try")), "FT");
        assert_eq!(text(wrap(b"Hello World", 5, b"", false)), "Hello\nWorld");
        assert_eq!(text(wrap(b"HelloWorld", 5, b"-", true)), "Hello-World");
        assert_eq!(text(delete_white_space("é a".as_bytes())), "Ã©a");
    }
}
