//! Big random numbers and primes.

use num_bigint::BigUint;

use super::Source;

/// Rounds of the Miller-Rabin test; a composite passes one with a chance below 1/4, a random one far below.
const ROUNDS: usize = 20;

/// A number of at most that many bits.
pub(super) fn random_bits(random: &mut Source<'_>, bits: usize) -> BigUint {
    let mut bytes = vec![0; bits.div_ceil(8)];
    random(&mut bytes);
    let spare = bytes.len() * 8 - bits;
    if let Some(first) = bytes.first_mut() {
        *first &= 0xff >> spare;
    }
    BigUint::from_bytes_be(&bytes)
}

/// A number from 1 up to but not `bound`.
pub(super) fn random_below(random: &mut Source<'_>, bound: &BigUint) -> BigUint {
    let bits = usize::try_from(bound.bits()).unwrap_or(0);
    // At least half of all are below, so this ends; a source that gives no other bytes gets a number all the same.
    for _ in 0..1_000 {
        let number = random_bits(random, bits);
        if number.bits() > 0 && number < *bound {
            return number;
        }
    }
    BigUint::from(1u8)
}

/// A prime of exactly that many bits, of which the two highest are set. None from a source that repeats itself.
pub(super) fn random_prime(random: &mut Source<'_>, bits: usize) -> Option<BigUint> {
    for _ in 0..100_000 {
        let mut number = random_bits(random, bits);
        number.set_bit(0, true);
        number.set_bit(bits as u64 - 1, true);
        number.set_bit(bits as u64 - 2, true);
        if is_prime(&number, random) {
            return Some(number);
        }
    }
    None
}

/// Whether a number is prime, with a negligible chance of error.
pub(super) fn is_prime(number: &BigUint, random: &mut Source<'_>) -> bool {
    if number.bits() < 16 {
        let small = number.iter_u32_digits().next().unwrap_or(0);
        return small > 1 && (2..=small / 2).all(|divisor| !small.is_multiple_of(divisor));
    }
    if !number.bit(0) || small_primes().any(|prime| (number % prime).bits() == 0) {
        return false;
    }
    let one = BigUint::from(1u8);
    let less = number - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    (0..ROUNDS).all(|_| {
        let base = random_below(random, &less) + &one;
        let mut power = base.modpow(&odd, number);
        if power == one || power == less {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % number;
            power == less
        })
    })
}

/// The odd primes below 2,000.
fn small_primes() -> impl Iterator<Item = u32> {
    const SIEVE: [bool; 2_000] = {
        let mut composite = [false; 2_000];
        let mut i = 2;
        while i < 45 {
            let mut multiple = i * i;
            while multiple < 2_000 {
                composite[multiple] = true;
                multiple += i;
            }
            i += 1;
        }
        composite
    };
    (3..2_000u32).filter(|n| !SIEVE[*n as usize])
}

/// Big-endian bytes, zeros in front up to `length`.
pub(super) fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut out = vec![0; length.saturating_sub(bytes.len())];
    out.extend(bytes);
    out
}
