//! Decimal numbers of any precision, as far as the arithmetic of templates needs them: `shopspring/decimal` v1.4.0.

use num_bigint::{BigInt, Sign};

/// Places that a division keeps.
const DIVISION_PRECISION: i64 = 16;

/// `value · 10^exponent`
#[derive(Debug, Clone)]
pub(super) struct Decimal {
    value: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that reads back as the float; none of NaN and infinities.
    pub(super) fn from_float(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        let text = format!("{float:e}");
        let (digits, exponent) = text.split_once('e')?;
        let exponent: i64 = exponent.parse().ok()?;
        let places = digits
            .split_once('.')
            .map_or(0, |(_, behind)| behind.len() as i64);
        Some(Self {
            value: digits.replace('.', "").parse().ok()?,
            exponent: exponent - places,
        })
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        format!("{}e{}", self.value, self.exponent)
            .parse::<f64>()
            .unwrap_or(0.0)
            + 0.0
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.align(other);
        Self {
            value: a + b,
            exponent,
        }
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.align(other);
        Self {
            value: a - b,
            exponent,
        }
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        Self {
            value: &self.value * &other.value,
            exponent: self.exponent + other.exponent,
        }
    }

    /// To 16 places, half away from zero; none when dividing by zero.
    pub(super) fn div(&self, other: &Self) -> Option<Self> {
        if other.value.sign() == Sign::NoSign {
            return None;
        }
        let shift = self.exponent - other.exponent + DIVISION_PRECISION;
        let (dividend, divisor) = if shift < 0 {
            (self.value.clone(), &other.value * power(-shift))
        } else {
            (&self.value * power(shift), other.value.clone())
        };
        let mut quotient = &dividend / &divisor;
        let rest = &dividend % &divisor;
        if BigInt::from(rest.magnitude() << 1u8) >= BigInt::from(divisor.magnitude().clone()) {
            quotient += if (dividend.sign() == Sign::Minus) == (divisor.sign() == Sign::Minus) {
                1
            } else {
                -1
            };
        }
        Some(Self {
            value: quotient,
            exponent: -DIVISION_PRECISION,
        })
    }

    /// Both values at the smaller exponent.
    fn align(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        (
            &self.value * power(self.exponent - exponent),
            &other.value * power(other.exponent - exponent),
            exponent,
        )
    }
}

/// `10^exponent`
fn power(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn number(float: f64) -> Decimal {
        Decimal::from_float(float).expect("finite")
    }

    #[test]
    fn computes_in_decimal() {
        assert_eq!(number(0.1).add(&number(0.2)).to_float(), 0.3);
        assert_eq!(number(1.1).mul(&number(1.1)).to_float(), 1.21);
        assert_eq!(
            number(-2.0).div(&number(3.0)).expect("not zero").to_float(),
            -0.6666666666666667
        );
        assert!(number(1.0).div(&number(0.0)).is_none());
        assert_eq!(number(1e300).mul(&number(1e300)).to_float(), f64::INFINITY);
    }
}
