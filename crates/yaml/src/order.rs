//! The order in which go-yaml prints the keys of a map (`sorter.go`), and what makes two keys the same.

use std::cmp::Ordering;

use crate::resolve::Scalar;
use crate::unicode::{self, DIGITS, LETTERS};

/// A key of a Go `map[interface{}]interface{}`: type and value, both of which count for identity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key<'k> {
    /// `nil`
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `uint64`
    Uint(u64),
    /// `float64`. NaN equals no key, not even itself.
    Float(f64),
    /// `string`, or the text of a `!!binary`, undecoded.
    Str(&'k str),
}

impl<'k> From<Scalar<'k>> for Key<'k> {
    fn from(scalar: Scalar<'k>) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Int(value) => Self::Int(value),
            Scalar::Uint(value) => Self::Uint(value),
            Scalar::Float(value) => Self::Float(value),
            Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text) => Self::Str(text),
        }
    }
}

impl Key<'_> {
    /// Go's `keyFloat`: numbers and booleans compare as floats.
    fn number(self) -> Option<f64> {
        match self {
            Self::Bool(value) => Some(f64::from(u8::from(value))),
            Self::Int(value) => Some(value as f64),
            Self::Uint(value) => Some(value as f64),
            Self::Float(value) => Some(value),
            Self::Null | Self::Str(_) => None,
        }
    }

    /// The order of `reflect.Kind`.
    fn rank(self) -> u8 {
        match self {
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Uint(_) => 11,
            Self::Float(_) => 14,
            Self::Null => 20,
            Self::Str(_) => 24,
        }
    }
}

/// The order go-yaml v2 prints map keys in: numbers and booleans by value, then strings in natural order, in which
/// letters come behind everything else and digits compare as numbers.
///
/// Where Go's `Less` answers no for both directions (only for NaN keys) the keys count as equal.
#[must_use]
pub fn cmp_keys(a: Key<'_>, b: Key<'_>) -> Ordering {
    cmp(a, b, cmp_key_strings)
}

/// [`cmp_keys`] of go-yaml v3.
pub(crate) fn cmp_keys_v3(a: Key<'_>, b: Key<'_>) -> Ordering {
    cmp(a, b, cmp_key_strings_v3)
}

fn cmp(a: Key<'_>, b: Key<'_>, strings: fn(&str, &str) -> Ordering) -> Ordering {
    if let (Some(x), Some(y)) = (a.number(), b.number()) {
        return x
            .partial_cmp(&y)
            .unwrap_or(Ordering::Equal)
            .then(a.rank().cmp(&b.rank()))
            .then_with(|| match (a, b) {
                // Integers that are the same as floats.
                (Key::Int(x), Key::Int(y)) => x.cmp(&y),
                (Key::Uint(x), Key::Uint(y)) => x.cmp(&y),
                _ => Ordering::Equal,
            });
    }
    match (a, b) {
        (Key::Str(x), Key::Str(y)) => strings(x, y),
        _ => a.rank().cmp(&b.rank()),
    }
}

/// [`cmp_keys`] for string keys, the common case.
///
/// Go's `Less` is not a strict weak order on some sets of keys with mixed digits and letters; `sort.Sort` then gives what its
/// algorithm happens to give. For every pair this function agrees with `Less`.
#[must_use]
pub fn cmp_key_strings(a: &str, b: &str) -> Ordering {
    natural(a, b, false)
}

/// [`cmp_key_strings`] of go-yaml v3, where a letter behind a digit comes before anything else: `a1b` before `a1-`.
pub(crate) fn cmp_key_strings_v3(a: &str, b: &str) -> Ordering {
    natural(a, b, true)
}

fn natural(a: &str, b: &str, v3: bool) -> Ordering {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    let mut same = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    if same == x.len() || same == y.len() {
        // One is a prefix of the other, so it has fewer runes, or as many.
        return x.len().cmp(&y.len());
    }
    while !a.is_char_boundary(same) {
        same -= 1;
    }
    let (left, right) = (&a[same..], &b[same..]);
    let (Some(l), Some(r)) = (left.chars().next(), right.chars().next()) else {
        return x.len().cmp(&y.len());
    };
    match (is_letter(l), is_letter(r)) {
        (true, true) => return l.cmp(&r),
        (false, false) => {}
        (letter, _) => {
            let letters_first = v3 && a[..same].chars().next_back().is_some_and(is_digit);
            return if letter == letters_first {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
    }
    // A run of digits that began before the difference: leading zeros no longer separate the numbers.
    let mut seed = 0i64;
    if l == '0' || r == '0' {
        for c in a[..same].chars().rev().take_while(|&c| is_digit(c)) {
            if c != '0' {
                seed = 1;
                break;
            }
        }
    }
    let (an, alen) = digits(left, seed);
    let (bn, blen) = digits(right, seed);
    an.cmp(&bn).then(alen.cmp(&blen)).then(l.cmp(&r))
}

/// A stable merge sort that, unlike `slice::sort_by`, bears an order with cycles.
pub(crate) fn merge_sort<T>(items: &mut Vec<T>, cmp: impl Fn(&T, &T) -> Ordering) {
    if items.is_sorted_by(|a, b| cmp(a, b) != Ordering::Greater) {
        return;
    }
    let mut from: Vec<u32> = (0..items.len() as u32).collect();
    let mut to = from.clone();
    let mut width = 1;
    while width < from.len() {
        for (source, target) in from.chunks(width * 2).zip(to.chunks_mut(width * 2)) {
            let (left, right) = source.split_at(width.min(source.len()));
            let (mut l, mut r) = (0, 0);
            for slot in target {
                let take_right = l == left.len()
                    || (r < right.len()
                        && cmp(&items[left[l] as usize], &items[right[r] as usize]) == Ordering::Greater);
                *slot = if take_right { right[r] } else { left[l] };
                r += usize::from(take_right);
                l += usize::from(!take_right);
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    let mut slots: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(from.into_iter().filter_map(|at| slots[at as usize].take()));
}

/// Value and length in runes of the digits `text` starts with, in Go's wrapping arithmetic.
fn digits(text: &str, seed: i64) -> (i64, usize) {
    text.chars()
        .take_while(|&c| is_digit(c))
        .fold((seed, 0), |(value, length), c| {
            (
                value.wrapping_mul(10).wrapping_add(i64::from(u32::from(c)) - 48),
                length + 1,
            )
        })
}

fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphabetic()
    } else {
        unicode::contains(LETTERS, c)
    }
}

fn is_digit(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_digit()
    } else {
        unicode::contains(DIGITS, c)
    }
}
