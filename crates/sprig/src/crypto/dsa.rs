//! DSA keys of 2048 and 256 bits. Nothing signs with them: Go's certificates do not take them either.

use num_bigint::BigUint;

use super::number::{is_prime, random_below, random_bits, random_prime};
use super::{Source, der};

const LENGTH: usize = 2048;
const SUBGROUP: usize = 256;

#[derive(Clone)]
pub(super) struct Key {
    p: BigUint,
    q: BigUint,
    g: BigUint,
    public: BigUint,
    private: BigUint,
}

impl Key {
    /// A new key with parameters of its own. None from a source that repeats itself.
    pub(super) fn generate(random: &mut Source<'_>) -> Option<Self> {
        let one = BigUint::from(1u8);
        for _ in 0..100 {
            let q = random_prime(random, SUBGROUP)?;
            let double = &q << 1u8;
            for _ in 0..4 * LENGTH {
                let mut candidate = random_bits(random, LENGTH);
                candidate.set_bit(LENGTH as u64 - 1, true);
                // One above a multiple of 2q, so q divides p - 1 and p is odd.
                let p = &candidate - &candidate % &double + &one;
                if p.bits() != LENGTH as u64 || !is_prime(&p, random) {
                    continue;
                }
                let cofactor = (&p - &one) / &q;
                let generator = (2u32..)
                    .map(|h| BigUint::from(h).modpow(&cofactor, &p))
                    .find(|g| *g != one)?;
                let private = random_below(random, &q);
                let public = generator.modpow(&private, &p);
                return Some(Self {
                    p,
                    q,
                    g: generator,
                    public,
                    private,
                });
            }
        }
        None
    }

    /// The form that OpenSSL gave these keys.
    pub(super) fn to_der(&self) -> Vec<u8> {
        der::sequence(&[
            &der::small(0),
            &der::integer(&self.p),
            &der::integer(&self.q),
            &der::integer(&self.g),
            &der::integer(&self.public),
            &der::integer(&self.private),
        ])
    }

    pub(super) fn from_der(bytes: &[u8]) -> Option<Self> {
        let mut key = der::Reader(bytes).sequence()?;
        key.integer()?;
        Some(Self {
            p: key.integer()?,
            q: key.integer()?,
            g: key.integer()?,
            public: key.integer()?,
            private: key.integer()?,
        })
    }
}
