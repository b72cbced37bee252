//! Counts that may be percentages, and the number of pods they come to.

use plimsoll_yaml::{NodeRef, Scalar};

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
    use super::{Amount, Rounding};

    #[test]
    fn shares_round_as_the_controllers_round() {
        assert_eq!(Amount::Percent(25).of_total(2, Rounding::Down), 0);
        assert_eq!(Amount::Percent(25).of_total(2, Rounding::Up), 1);
        assert_eq!(Amount::Percent(100).of_total(3, Rounding::Down), 3);
        assert_eq!(Amount::Count(5).of_total(3, Rounding::Down), 5);
    }

    proptest::proptest! {
        #[test]
        fn a_share_is_never_below_none_or_above_all(percent in 0..=100_i64, total in 0..=100_000_i64) {
            let down = Amount::Percent(percent).of_total(total, Rounding::Down);
            let up = Amount::Percent(percent).of_total(total, Rounding::Up);
            assert!(0 <= down && down <= up && up <= total && up - down <= 1);
            assert_eq!(up == down, percent * total % 100 == 0);
        }

        #[test]
        fn no_share_overflows(percent: i64, total: i64) {
            let share = Amount::Percent(percent);
            assert!(share.of_total(total, Rounding::Down) <= share.of_total(total, Rounding::Up));
        }
    }
}
