//! Bytes in base64, as Go's `encoding/base64` reads them: line ends are skipped, and bits behind the last byte ignored.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The bytes of a text; `None` when it is no base64, as the schema stage says.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|char| !matches!(char, '\n' | '\r')).collect();
    LENIENT.decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn as_go_reads() {
        assert_eq!(decoded("YQ==\n"), Some(b"a".to_vec()));
        assert_eq!(decoded("YR=="), Some(b"a".to_vec()), "the last bits say nothing");
        assert_eq!(decoded("YQ"), None);
    }
}
