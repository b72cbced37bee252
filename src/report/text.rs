//! Text of users made fit for a format: what is in messages and paths comes from files that anybody may have written.

use std::borrow::Cow;

/// Without the characters that XML and terminals cannot show: controls other than tab and line break, and U+FFFE and
/// U+FFFF. U+FFFD stands for each.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let is_unfit = |char: char| {
        char.is_control() && !matches!(char, '\t' | '\n') || matches!(char, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(is_unfit) {
        Cow::Owned(text.replace("\r\n", "\n").replace(is_unfit, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Cleaned, and on one line.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    match clean(text) {
        clean if clean.contains(['\n', '\t']) => Cow::Owned(clean.replace(['\n', '\t'], " ")),
        clean => clean,
    }
}

/// The first characters of a text, with `…` where more followed.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(most.saturating_sub(1)).chain(['…']).collect())
}

/// The parts of a sentence, each with whether it is code: what stands between two backticks. The last backtick of an odd
/// number opens nothing, and is text.
pub(super) fn parts(sentence: &str) -> Vec<(bool, Cow<'_, str>)> {
    let pieces: Vec<&str> = sentence.split('`').collect();
    let last = pieces.len() - 1;
    pieces
        .iter()
        .enumerate()
        .map(|(number, piece)| match number % 2 {
            1 if number == last => (false, Cow::Owned(format!("`{piece}"))),
            odd => (odd == 1, Cow::Borrowed(*piece)),
        })
        .filter(|(_, piece)| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{clean, cut, one_line, parts};

    #[test]
    fn only_what_is_unfit_goes() {
        assert_eq!(clean("ä\t☃\r\n\u{1b}[31m\0"), "ä\t☃\n\u{fffd}[31m\u{fffd}");
        assert_eq!(one_line("a\nb\tc\rd"), "a b c\u{fffd}d");
        assert_eq!(cut("häh", 3), "häh");
        assert_eq!(cut("hähä", 3), "hä…");
    }

    #[test]
    fn code_is_between_backticks() {
        let read = |sentence| {
            parts(sentence)
                .iter()
                .map(|(code, text)| format!("{code}:{text}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(read("a `b` c"), ["false:a ", "true:b", "false: c"]);
        assert_eq!(read("``a `b"), ["false:a ", "false:`b"]);
        assert_eq!(read("").len(), 0);
    }
}
