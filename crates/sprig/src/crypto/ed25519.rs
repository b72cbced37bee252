//! Ed25519 (RFC 8032): keys and signatures.

use num_bigint::BigUint;
use sha2::{Digest, Sha512};

use super::Source;

#[derive(Clone)]
pub(super) struct Key {
    pub(super) seed: [u8; 32],
    public: [u8; 32],
}

/// A point in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
    t: BigUint,
}

/// The curve -x² + y² = 1 + dx²y² modulo 2²⁵⁵ - 19.
struct Curve {
    prime: BigUint,
    /// Of the base point.
    order: BigUint,
    double_d: BigUint,
    base: Point,
}

impl Curve {
    fn new() -> Self {
        let decimal = |digits: &str| digits.parse::<BigUint>().unwrap_or_default();
        let prime = (BigUint::from(1u8) << 255u8) - 19u8;
        let x = decimal("15112221349535400772501151409588531511454012693041857206046113283949847762202");
        let y = decimal("46316835694926478169428394003475163141307993866256225615783033603165251855960");
        let d = decimal("37095705934669439343138083508754565189542113879843219016388785533085940283555");
        Self {
            order: (BigUint::from(1u8) << 252u8) + decimal("27742317777372353535851937790883648493"),
            double_d: (d << 1u8) % &prime,
            base: Point {
                t: &x * &y % &prime,
                x,
                y,
                z: BigUint::from(1u8),
            },
            prime,
        }
    }

    fn add(&self, a: &Point, b: &Point) -> Point {
        let p = &self.prime;
        let minus = |a: BigUint, b: &BigUint| (a + p - b) % p;
        let first = minus(a.y.clone(), &a.x) * minus(b.y.clone(), &b.x) % p;
        let second = (&a.y + &a.x) * (&b.y + &b.x) % p;
        let third = &a.t * &b.t % p * &self.double_d % p;
        let fourth = ((&a.z * &b.z) << 1u8) % p;
        let e = minus(second.clone(), &first);
        let f = minus(fourth.clone(), &third);
        let g = (fourth + third) % p;
        let h = (second + first) % p;
        Point {
            x: &e * &f % p,
            y: &g * &h % p,
            z: f * g % p,
            t: e * h % p,
        }
    }

    /// A multiple of the base point, compressed.
    fn multiple(&self, scalar: &BigUint) -> [u8; 32] {
        let mut sum = Point {
            x: BigUint::default(),
            y: BigUint::from(1u8),
            z: BigUint::from(1u8),
            t: BigUint::default(),
        };
        for bit in (0..scalar.bits()).rev() {
            sum = self.add(&sum, &sum);
            if scalar.bit(bit) {
                sum = self.add(&sum, &self.base);
            }
        }
        let inverse = sum.z.modinv(&self.prime).unwrap_or_default();
        let x = sum.x * &inverse % &self.prime;
        let mut bytes = little_endian(&(sum.y * inverse % &self.prime));
        bytes[31] |= u8::from(x.bit(0)) << 7;
        bytes
    }
}

fn little_endian(number: &BigUint) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(number.to_bytes_le()) {
        *to = from;
    }
    bytes
}

/// The secret scalar of a seed, and what the nonces are made of.
fn expand(seed: &[u8; 32]) -> (BigUint, Vec<u8>) {
    let hash = Sha512::digest(seed);
    let (scalar, prefix) = hash.split_at(32);
    let mut scalar = scalar.to_vec();
    scalar[0] &= 0xf8;
    scalar[31] = scalar[31] & 0x7f | 0x40;
    (BigUint::from_bytes_le(&scalar), prefix.to_vec())
}

impl Key {
    pub(super) fn generate(random: &mut Source<'_>) -> Self {
        let mut seed = [0; 32];
        random(&mut seed);
        Self::new(seed)
    }

    pub(super) fn new(seed: [u8; 32]) -> Self {
        let public = Curve::new().multiple(&expand(&seed).0);
        Self { seed, public }
    }

    pub(super) fn public(&self) -> Vec<u8> {
        self.public.to_vec()
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let curve = Curve::new();
        let (scalar, prefix) = expand(&self.seed);
        let hash = |parts: &[&[u8]]| BigUint::from_bytes_le(&Sha512::digest(parts.concat()));
        let nonce = hash(&[&prefix, message]) % &curve.order;
        let point = curve.multiple(&nonce);
        let challenge = hash(&[&point, &self.public, message]) % &curve.order;
        let response = (nonce + challenge * scalar) % &curve.order;
        [point, little_endian(&response)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use num_bigint::BigUint;

    #[test]
    fn signs_as_in_the_rfc() {
        // RFC 8032, section 7.1, test 2.
        let bytes = |digits: &str| {
            BigUint::parse_bytes(digits.as_bytes(), 16)
                .expect("hex")
                .to_bytes_be()
        };
        let seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = Key::new(seed.try_into().expect("32 bytes"));
        assert_eq!(
            key.public(),
            bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        );
        assert_eq!(
            key.sign(&[0x72]),
            bytes(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                 085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            )
        );
    }
}
