//! RSA: making keys, and signatures in the manner of PKCS#1 v1.5 with SHA-256.

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use super::number::{padded, random_prime};
use super::{Source, der};

/// What comes before a SHA-256 digest that is signed.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

#[derive(Clone)]
pub(super) struct Key {
    modulus: BigUint,
    exponent: BigUint,
    private: BigUint,
    p: BigUint,
    q: BigUint,
}

impl Key {
    /// A new key with a modulus of that many bits. None from a source that repeats itself.
    pub(super) fn generate(random: &mut Source<'_>, bits: usize) -> Option<Self> {
        let one = BigUint::from(1u8);
        let exponent = BigUint::from(65_537u32);
        for _ in 0..100 {
            let p = random_prime(random, bits.div_ceil(2))?;
            let q = random_prime(random, bits / 2)?;
            let (p_less, q_less) = (&p - &one, &q - &one);
            // The least common multiple would do; this is one multiple of it, as e and d must be inverse in both.
            let totient = &p_less * &q_less / gcd(&p_less, &q_less);
            if let (true, Some(private)) = (p != q, exponent.modinv(&totient)) {
                return Some(Self {
                    modulus: &p * &q,
                    exponent,
                    private,
                    p,
                    q,
                });
            }
        }
        None
    }

    /// The PKCS#1 form.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let one = BigUint::from(1u8);
        der::sequence(&[
            &der::small(0),
            &der::integer(&self.modulus),
            &der::integer(&self.exponent),
            &der::integer(&self.private),
            &der::integer(&self.p),
            &der::integer(&self.q),
            &der::integer(&(&self.private % (&self.p - &one))),
            &der::integer(&(&self.private % (&self.q - &one))),
            &der::integer(&self.q.modinv(&self.p).unwrap_or_default()),
        ])
    }

    /// Reads the PKCS#1 form; the factors must be those of the modulus.
    pub(super) fn from_der(bytes: &[u8]) -> Option<Self> {
        let mut key = der::Reader(bytes).sequence()?;
        key.integer()?;
        let key = Self {
            modulus: key.integer()?,
            exponent: key.integer()?,
            private: key.integer()?,
            p: key.integer()?,
            q: key.integer()?,
        };
        let sound = key.p.bits() > 1 && key.q.bits() > 1 && &key.p * &key.q == key.modulus;
        // The digest and its padding must fit.
        (sound && key.modulus.bits() >= 512 && key.modulus.bits() <= 16_384).then_some(key)
    }

    /// The public key in the PKCS#1 form.
    pub(super) fn public(&self) -> Vec<u8> {
        der::sequence(&[&der::integer(&self.modulus), &der::integer(&self.exponent)])
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let length = usize::try_from(self.modulus.bits().div_ceil(8)).unwrap_or(0);
        let digest = Sha256::digest(message);
        let mut block = vec![0xff; length];
        block[0] = 0;
        block[1] = 1;
        let end = length - DIGEST_INFO.len() - digest.len();
        block[end - 1] = 0;
        block[end..end + DIGEST_INFO.len()].copy_from_slice(&DIGEST_INFO);
        block[end + DIGEST_INFO.len()..].copy_from_slice(&digest);
        padded(&self.apply(&BigUint::from_bytes_be(&block)), length)
    }

    /// The private operation, by the Chinese remainder theorem.
    fn apply(&self, number: &BigUint) -> BigUint {
        let one = BigUint::from(1u8);
        let by_p = (number % &self.p).modpow(&(&self.private % (&self.p - &one)), &self.p);
        let by_q = (number % &self.q).modpow(&(&self.private % (&self.q - &one)), &self.q);
        match self.q.modinv(&self.p) {
            Some(inverse) => {
                let difference = (&by_p + &self.p - &by_q % &self.p) * inverse % &self.p;
                by_q + difference * &self.q
            }
            None => number.modpow(&self.private, &self.modulus),
        }
    }

    #[cfg(test)]
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let opened = BigUint::from_bytes_be(signature)
            .modpow(&self.exponent, &self.modulus)
            .to_bytes_be();
        opened.ends_with(&[&DIGEST_INFO[..], &Sha256::digest(message)[..]].concat())
    }
}

fn gcd(a: &BigUint, b: &BigUint) -> BigUint {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b.bits() > 0 {
        let rest = &a % &b;
        a = std::mem::replace(&mut b, rest);
    }
    a
}
