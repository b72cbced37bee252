//! Texts that the API server's decoder parses: quantities, times, base64.

/// Whether `resource.ParseQuantity` of k8s.io/apimachinery takes the text: sign, digits, fraction, then a suffix.
///
/// Go's parser counts a number without digits as 0 (`Gi`, `-`, `.`), against its own regular expression; so do we,
/// because the server accepts it.
pub(super) fn is_quantity(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_digit = |char: char| char.is_ascii_digit();
    let rest = unsigned.trim_start_matches(is_digit);
    let suffix = rest
        .strip_prefix('.')
        .map_or(rest, |fraction| fraction.trim_start_matches(is_digit));
    match suffix {
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi"
        | "Ei" => true,
        exponent => {
            let Some(digits) = exponent.strip_prefix(['e', 'E']) else {
                return false;
            };
            let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            !digits.is_empty() && digits.len() <= 18 && digits.chars().all(is_digit)
        }
    }
}

/// Whether Go's `time.RFC3339` parses the text; with `micro`, `metav1.RFC3339Micro`, which wants six digits of fraction.
pub(super) fn is_time(text: &str, micro: bool) -> bool {
    let bytes = text.as_bytes();
    let number = |at: usize, len: usize| -> Option<u32> {
        let digits = text.get(at..at + len)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let fits = || -> Option<bool> {
        let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
        let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
        let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let in_range = (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
        let mut rest = text.get(19..)?;
        let mut fraction = None;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let digits = after.len() - after.trim_start_matches(|char: char| char.is_ascii_digit()).len();
            fraction = Some(digits);
            rest = &after[digits..];
        }
        let fraction_fits = match fraction {
            Some(digits) => digits > 0 && (!micro || digits == 6),
            None => !micro,
        };
        let zone = rest == "Z"
            || rest.len() == 6
                && rest.starts_with(['+', '-'])
                && number(text.len() - 5, 2)? <= 24
                && bytes.get(text.len() - 3) == Some(&b':')
                && number(text.len() - 2, 2)? < 60;
        Some(
            in_range
                && fraction_fits
                && zone
                && separators.iter().all(|&(at, byte)| bytes.get(at) == Some(&byte)),
        )
    };
    text.is_ascii() && fits().unwrap_or(false)
}

/// Where standard base64 (padded, line breaks allowed, as Go's `base64.StdEncoding`) goes wrong: byte offset of the
/// first wrong character, or the length if the text is cut short.
pub(super) fn base64_error(text: &str) -> Option<usize> {
    let mut count = 0usize;
    let mut padding = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' if padding < 2 && (count + padding) % 4 >= 2 => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => count += 1,
            _ => return Some(at),
        }
    }
    (!(count + padding).is_multiple_of(4)).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::{base64_error, is_quantity, is_time};

    #[test]
    fn quantities_as_the_server_parses_them() {
        for text in [
            "0",
            "1",
            "-1",
            "+1",
            "500m",
            "1Gi",
            "1.5Gi",
            "1e3",
            "1E-3",
            "1E",
            "0.1",
            "1.",
            ".5",
            "100k",
            " 1 ",
            "Gi",
            "-",
            ".",
            "12345678901234567890",
        ] {
            assert!(is_quantity(text), "{text}");
        }
        for text in [
            "", "1gi", "1GB", "1 Gi", "one", "1Mb", "1K", "1e", "1m1", "0x10", "1,5", "true",
        ] {
            assert!(!is_quantity(text), "{text}");
        }
    }

    #[test]
    fn times_as_go_parses_them() {
        assert!(is_time("2026-02-28T23:59:59Z", false));
        assert!(is_time("2026-02-28T23:59:59.123+05:30", false));
        assert!(is_time("2024-02-29T00:00:00.000000Z", true));
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-02-28",
            "2026-02-28 10:00:00Z",
            "2026-13-01T00:00:00Z",
            "tomorrow",
            "2026-02-28T10:00:00",
        ] {
            assert!(!is_time(text, false), "{text}");
        }
        assert!(!is_time("2024-02-29T00:00:00Z", true));
    }

    #[test]
    fn base64_as_go_decodes_it() {
        for text in ["", "YQ==", "YWI=", "YWJj", "YWJj\nYWJj\n"] {
            assert_eq!(base64_error(text), None, "{text}");
        }
        assert_eq!(base64_error("hunter2!"), Some(7));
        assert_eq!(base64_error("YQ"), Some(2));
        assert_eq!(base64_error("YQ=="), None);
        assert_eq!(base64_error("=YQ="), Some(0));
        assert_eq!(base64_error("YQ==YQ=="), Some(4));
    }
}
