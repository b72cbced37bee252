//! Numbers as Kubernetes writes them: quantities, and counts that may be percentages.

use plimsoll_yaml::{NodeRef, Scalar};

/// A resource quantity (`100m`, `1.5Gi`, `2e3`) as a number of base units; `None` when it is not one.
///
/// Syntax: `k8s.io/apimachinery/pkg/api/resource/quantity.go`.
pub fn quantity(text: &str) -> Option<f64> {
    let digits = text.find(|char: char| !matches!(char, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let number: f64 = if number.ends_with('.') || number.starts_with('.') || !number.is_empty() {
        number.strip_prefix('+').unwrap_or(number).parse().ok()?
    } else {
        return None;
    };
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024_f64.powi(2),
        "Gi" => 1024_f64.powi(3),
        "Ti" => 1024_f64.powi(4),
        "Pi" => 1024_f64.powi(5),
        "Ei" => 1024_f64.powi(6),
        exponent => 10_f64.powi(exponent.strip_prefix(['e', 'E'])?.parse().ok()?),
    };
    Some(number * factor)
}

/// A count of pods, or a share of them: `maxSurge: 1`, `maxUnavailable: 25%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// That many.
    Count(i64),
    /// That many of a hundred.
    Percent(i64),
}

/// Which way a share that is not whole goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// As `maxSurge` and a budget's `minAvailable` are.
    Up,
    /// As a Deployment's `maxUnavailable` is.
    Down,
}

impl Amount {
    /// Reads an int-or-string field; `None` when it is neither a count nor a percentage.
    pub fn of(node: NodeRef<'_>) -> Option<Self> {
        match node.resolve() {
            Scalar::Int(count) => Some(Self::Count(count)),
            _ => node.str().strip_suffix('%')?.parse().ok().map(Self::Percent),
        }
    }

    /// How many pods of `total` that is, as `intstr.GetScaledValueFromIntOrPercent` computes it.
    pub fn of_total(self, total: i64, rounding: Rounding) -> i64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => {
                let hundredfold = percent.saturating_mul(total);
                match rounding {
                    Rounding::Up => hundredfold.saturating_add(99).div_euclid(100),
                    Rounding::Down => hundredfold.div_euclid(100),
                }
            }
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, Rounding, quantity};

    #[test]
    fn quantities() {
        for (text, value) in
            [("1", 1.0), ("100m", 0.1), ("1.5Gi", 1_610_612_736.0), ("2e3", 2000.0), ("1E", 1e18), (".5", 0.5), ("+1k", 1e3)]
        {
            assert_eq!(quantity(text), Some(value), "{text}");
        }
        for text in ["", "Mi", "1mb", "1 Gi", "1GB", "abc", "1e"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn shares_round_as_the_controllers_round() {
        assert_eq!(Amount::Percent(25).of_total(2, Rounding::Down), 0);
        assert_eq!(Amount::Percent(25).of_total(2, Rounding::Up), 1);
        assert_eq!(Amount::Percent(100).of_total(3, Rounding::Down), 3);
        assert_eq!(Amount::Count(5).of_total(3, Rounding::Down), 5);
    }
}
