//! Which lines belong to the block that follows a comment.

use plimsoll_yaml::Span;

/// The bytes of the block that begins on the first line behind `from` with anything but blanks and comments: that
/// line, what is indented deeper, and, for a key, the list items at its own indentation.
pub(super) fn below(text: &str, from: u32) -> Span {
    let mut at = text
        .get(from as usize..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |line_end| from as usize + line_end + 1);
    let mut block: Option<(usize, usize, bool)> = None;
    let mut end = at;
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_start_matches(' ');
        if content.trim_end().is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        let is_item = content.starts_with("- ") || content.trim_end() == "-";
        match block {
            None => block = Some((start, indent, is_item)),
            Some((_, of_block, first_is_item)) => {
                let belongs = indent > of_block || indent == of_block && is_item && !first_is_item;
                if !belongs {
                    break;
                }
            }
        }
        end = at;
    }
    let offset = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Span::new(
        block.map_or(offset(end), |(start, ..)| offset(start)),
        offset(end),
    )
}

#[cfg(test)]
mod tests {
    use super::below;

    fn block(text: &str) -> &str {
        let from = text.find("# here").expect("a comment");
        let span = below(text, u32::try_from(from).expect("short"));
        &text[span.range()]
    }

    #[test]
    fn a_key_with_all_below_it() {
        assert_eq!(
            block("# here\na:\n  b: 1\n\n  # c\n  d: 2\ne: 3\n"),
            "a:\n  b: 1\n\n  # c\n  d: 2\n"
        );
    }

    #[test]
    fn a_key_with_a_list_at_its_own_indentation() {
        assert_eq!(block("# here\na:\n- b\n- c\nd: 1\n"), "a:\n- b\n- c\n");
    }

    #[test]
    fn one_item_of_a_list() {
        assert_eq!(
            block("a:\n  # here\n  - b: 1\n    c: 2\n  - d: 3\n"),
            "  - b: 1\n    c: 2\n"
        );
    }

    #[test]
    fn nothing_follows() {
        assert_eq!(block("a: 1\n# here\n"), "");
        assert_eq!(block("a: 1\n# here"), "");
    }
}
