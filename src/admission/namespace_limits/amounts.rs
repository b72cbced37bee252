//! Resource lists: amounts by name, added and printed as the server does.

use std::collections::BTreeMap;
use std::fmt;

use crate::admission::at::At;
use crate::admission::quantity::Quantity;

/// An amount of a resource, and whether it is written in powers of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    pub(super) quantity: Quantity,
    binary: bool,
}

impl Amount {
    /// So many.
    pub(super) fn count(count: i64) -> Self {
        Self {
            quantity: Quantity::whole(count),
            binary: false,
        }
    }

    /// The amount in a field; `None` if it has none.
    pub(super) fn of(at: &At<'_, '_>) -> Option<Self> {
        Some(Self {
            quantity: Quantity::of(at)?,
            binary: at.str().ends_with('i'),
        })
    }

    /// Both; written as this one is, unless it is nothing.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            quantity: self.quantity.plus(other.quantity),
            binary: if self.quantity == Quantity::ZERO {
                other.binary
            } else {
                self.binary
            },
        }
    }

    /// As many times.
    #[must_use]
    pub fn times(self, count: i64) -> Self {
        Self {
            quantity: self.quantity.times(count),
            ..self
        }
    }
}

impl fmt::Display for Amount {
    /// `Quantity.String`: as few digits as the suffixes allow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.quantity.value();
        if self.binary && value.abs() >= 1024 {
            let (mut mantissa, mut power) = (value, 0);
            while power < 6 && mantissa % 1024 == 0 {
                mantissa /= 1024;
                power += 1;
            }
            return write!(f, "{mantissa}{}", ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]);
        }
        let (mut mantissa, mut power) = (self.quantity.nanos(), 0);
        while power < 9 && mantissa % 1000 == 0 && mantissa != 0 {
            mantissa /= 1000;
            power += 1;
        }
        let suffix = match mantissa {
            0 => "",
            _ => ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][power],
        };
        write!(f, "{mantissa}{suffix}")
    }
}

/// Amounts by the name of the resource.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts(pub(super) BTreeMap<String, Amount>);

impl Amounts {
    /// The list in a field; what is no amount is left out.
    pub(super) fn of(at: &At<'_, '_>) -> Self {
        let entries = at
            .entries()
            .filter_map(|(name, amount)| Some((name.to_owned(), Amount::of(&amount)?)));
        Self(entries.collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<Amount> {
        self.0.get(name).copied()
    }

    /// Takes from the other what is not here.
    pub(super) fn default_to(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            self.0.entry(name.clone()).or_insert(*amount);
        }
    }

    /// Adds the other.
    pub(super) fn add(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            let sum = self.get(name).map_or(*amount, |own| own.plus(*amount));
            self.0.insert(name.clone(), sum);
        }
    }

    /// The greater of both, by name.
    pub(super) fn max(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            if self.get(name).is_none_or(|own| own.quantity < amount.quantity) {
                self.0.insert(name.clone(), *amount);
            }
        }
    }

    /// Each as many times.
    pub(super) fn times(&self, count: i64) -> Self {
        Self(
            self.0
                .iter()
                .map(|(name, amount)| (name.clone(), amount.times(count)))
                .collect(),
        )
    }
}
