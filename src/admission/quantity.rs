//! Quantities by value: `1`, `1000m` and `1.0` are the same (`resource.Quantity` of k8s.io/apimachinery).

use super::at::At;

/// What the server counts in: a billionth.
const NANO: i128 = 1_000_000_000;

/// The largest quantity, as the server caps it.
const MAX: i128 = i64::MAX as i128 * NANO;

/// A quantity, exact to a billionth and rounded up to it, capped at `i64::MAX` either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Quantity(i128);

impl Quantity {
    /// Nothing.
    pub(super) const ZERO: Self = Self(0);

    /// Reads a quantity as `resource.ParseQuantity` does; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let is_digit = |char: char| char.is_ascii_digit();
        let after_whole = unsigned.trim_start_matches(is_digit);
        let whole = &unsigned[..unsigned.len() - after_whole.len()];
        let (fraction, suffix) = match after_whole.strip_prefix('.') {
            None => ("", after_whole),
            Some(rest) => {
                let suffix = rest.trim_start_matches(is_digit);
                (&rest[..rest.len() - suffix.len()], suffix)
            }
        };
        let nanos = scaled(whole, fraction, suffix)?.min(MAX);
        Some(Self(if negative { -nanos } else { nanos }))
    }

    /// The quantity of a field; `None` when it is not given or is none.
    pub(super) fn of(at: &At<'_, '_>) -> Option<Self> {
        match at.int() {
            // `0x10` and `1_000` are numbers in YAML.
            Some(number) => Self::parse(&number.to_string()),
            None => at.as_str().and_then(Self::parse),
        }
    }

    /// Whether it is below zero.
    pub(super) fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is a whole number.
    pub(super) fn is_whole(self) -> bool {
        self.0 % NANO == 0
    }

    /// As many thousandths, rounded up.
    pub(crate) fn millis(self) -> i128 {
        -(-self.0).div_euclid(NANO / 1000)
    }

    /// As many whole ones, rounded up.
    pub(crate) fn value(self) -> i128 {
        -(-self.0).div_euclid(NANO)
    }

    /// A whole number.
    pub(super) fn whole(number: i64) -> Self {
        Self(i128::from(number) * NANO)
    }

    /// The nearest number with a fraction.
    #[expect(clippy::cast_precision_loss, reason = "an approximation is asked for")]
    pub(super) fn approximate(self) -> f64 {
        self.0 as f64 / NANO as f64
    }

    /// The difference.
    pub(super) fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum of both.
    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// As many billionths.
    pub(super) fn nanos(self) -> i128 {
        self.0
    }

    /// As many times.
    pub(super) fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(i128::from(count)))
    }

    /// How often `one`, which is more than nothing, fits into what is left of this when so much is used.
    pub(super) fn how_often(self, used: Self, one: Self) -> i64 {
        let often = self.0.saturating_sub(used.0).div_euclid(one.0);
        i64::try_from(often.max(0)).unwrap_or(i64::MAX)
    }

    /// Rounded up to thousandths, as the server stores what a resource list holds (`SetDefaults_ResourceList`).
    pub(super) fn to_millis(self) -> Self {
        Self(self.millis() * (NANO / 1000))
    }
}

/// `whole.fraction` times what the suffix says, in billionths, rounded up.
fn scaled(whole: &str, fraction: &str, suffix: &str) -> Option<i128> {
    let binary = |power: u32| Some((1_i128 << (10 * power), 0));
    let (factor, exponent): (i128, i32) = match suffix {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => binary(1)?,
        "Mi" => binary(2)?,
        "Gi" => binary(3)?,
        "Ti" => binary(4)?,
        "Pi" => binary(5)?,
        "Ei" => binary(6)?,
        _ => (1, exponent(suffix.strip_prefix(['e', 'E'])?)?),
    };
    // Digits of the mantissa with the point moved behind the ninth place: what is left is rounded up.
    let digits: Vec<u8> = whole
        .bytes()
        .chain(fraction.bytes())
        .map(|digit| digit - b'0')
        .collect();
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent) + 9;
    let mut nanos: i128 = 0;
    for position in 0..point.max(0) {
        let digit = usize::try_from(position)
            .ok()
            .and_then(|index| digits.get(index))
            .copied()
            .unwrap_or(0);
        nanos = nanos * 10 + i128::from(digit);
        if nanos > MAX {
            return Some(MAX);
        }
        if nanos == 0 && usize::try_from(position).is_ok_and(|index| index >= digits.len()) {
            break;
        }
    }
    let rest = digits
        .iter()
        .enumerate()
        .any(|(index, digit)| *digit != 0 && i64::try_from(index).is_ok_and(|index| index >= point));
    Some(if factor == 1 {
        nanos + i128::from(rest)
    } else {
        nanos.saturating_mul(factor)
    })
}

/// The number behind `e`: at most 18 digits, as `strconv.ParseInt` within the server's bounds.
fn exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    // Beyond these everything is the largest quantity, or nothing.
    i32::try_from(number.clamp(-10_000, 10_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    fn same(left: &str, right: &str) {
        assert_eq!(Quantity::parse(left), Quantity::parse(right), "{left} {right}");
        assert!(Quantity::parse(left).is_some(), "{left}");
    }

    #[test]
    fn values_not_words_are_compared() {
        same("1", "1000m");
        same("1.0", "1");
        same("0.5", "500m");
        same("1Gi", "1024Mi");
        same("1.5Gi", "1536Mi");
        same("1e3", "1k");
        same("1E3", "1000");
        same("12e-1", "1.2");
        same("-1", "-1000m");
        same("0.1n", "1n");
        same("8Ei", "9e99");
        same("0e9999", "0");
        same(".5", "0.5");
        assert!(Quantity::parse("2") > Quantity::parse("1500m"));
        assert_eq!(Quantity::parse("1.5").map(Quantity::value), Some(2));
        assert_eq!(Quantity::parse("-1.5").map(Quantity::value), Some(-1));
        assert_eq!(Quantity::parse("0.0001").map(Quantity::millis), Some(1));
    }

    #[test]
    fn what_is_no_quantity_is_none() {
        for text in ["", " ", "1x", "abc", "1ki", "1e", "--1", "1 Gi"] {
            assert_eq!(Quantity::parse(text), None, "{text:?}");
        }
    }
}
