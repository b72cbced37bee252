//! Keys and signatures on the NIST curves (ECDSA).

use num_bigint::BigUint;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::number::{padded, random_below};
use super::{Source, der};

/// A curve y² = x³ - 3x + b over a prime field.
pub(super) struct Curve {
    /// Encoded object identifier.
    pub(super) id: &'static [u8],
    /// Encoded object identifier of signatures on it.
    pub(super) signature_id: &'static [u8],
    hash: fn(&[u8]) -> Vec<u8>,
    bytes: usize,
    prime: &'static str,
    order: &'static str,
    #[cfg(test)]
    b: &'static str,
    x: &'static str,
    y: &'static str,
}

const WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const WITH_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
const WITH_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];

/// P-224, P-256, P-384, P-521 of FIPS 186-4.
static CURVES: [Curve; 4] = [
    Curve {
        id: &[0x2b, 0x81, 0x04, 0x00, 0x21],
        signature_id: WITH_SHA256,
        hash: |message| Sha256::digest(message).to_vec(),
        bytes: 28,
        prime: "ffffffffffffffffffffffffffffffff000000000000000000000001",
        order: "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
        #[cfg(test)]
        b: "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
        x: "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
        y: "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
    },
    Curve {
        id: &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
        signature_id: WITH_SHA256,
        hash: |message| Sha256::digest(message).to_vec(),
        bytes: 32,
        prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        #[cfg(test)]
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    },
    Curve {
        id: &[0x2b, 0x81, 0x04, 0x00, 0x22],
        signature_id: WITH_SHA384,
        hash: |message| Sha384::digest(message).to_vec(),
        bytes: 48,
        prime: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        order: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        #[cfg(test)]
        b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
        y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    },
    Curve {
        id: &[0x2b, 0x81, 0x04, 0x00, 0x23],
        signature_id: WITH_SHA512,
        hash: |message| Sha512::digest(message).to_vec(),
        bytes: 66,
        prime: "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        order: "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        #[cfg(test)]
        b: "051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
        x: "0c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
        y: "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
    },
];

fn hex(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_default()
}

/// A point; none is the one at infinity.
type Point = Option<(BigUint, BigUint)>;

/// The numbers of a curve, ready to compute with.
struct Field {
    prime: BigUint,
    order: BigUint,
    base: Point,
}

impl Field {
    fn new(curve: &Curve) -> Self {
        Self {
            prime: hex(curve.prime),
            order: hex(curve.order),
            base: Some((hex(curve.x), hex(curve.y))),
        }
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.prime - b) % &self.prime
    }

    fn add(&self, a: &Point, b: &Point) -> Point {
        let (Some((ax, ay)), Some((bx, by))) = (a, b) else {
            return a.clone().or_else(|| b.clone());
        };
        let (rise, run) = if ax != bx {
            (self.minus(by, ay), self.minus(bx, ax))
        } else if ay == by && ay.bits() > 0 {
            (
                self.minus(&(ax * ax * 3u8 % &self.prime), &BigUint::from(3u8)),
                ay << 1u8,
            )
        } else {
            return None;
        };
        let slope = rise * run.modinv(&self.prime)? % &self.prime;
        let x = self.minus(&self.minus(&(&slope * &slope % &self.prime), ax), bx);
        let y = self.minus(&(slope * self.minus(ax, &x) % &self.prime), ay);
        Some((x, y))
    }

    fn multiply(&self, scalar: &BigUint, point: &Point) -> Point {
        let mut sum = None;
        for bit in (0..scalar.bits()).rev() {
            sum = self.add(&sum, &sum);
            if scalar.bit(bit) {
                sum = self.add(&sum, point);
            }
        }
        sum
    }
}

#[derive(Clone)]
pub(super) struct Key {
    pub(super) curve: &'static Curve,
    private: BigUint,
    public: (BigUint, BigUint),
}

impl Key {
    /// A new key on P-256.
    pub(super) fn generate(random: &mut Source<'_>) -> Option<Self> {
        let curve = &CURVES[1];
        Self::new(curve, random_below(random, &hex(curve.order)))
    }

    fn new(curve: &'static Curve, private: BigUint) -> Option<Self> {
        let field = Field::new(curve);
        if private.bits() == 0 || private >= field.order {
            return None;
        }
        let public = field.multiply(&private, &field.base)?;
        Some(Self {
            curve,
            private,
            public,
        })
    }

    /// The SEC 1 form.
    pub(super) fn to_der(&self) -> Vec<u8> {
        der::sequence(&[
            &der::small(1),
            &der::tagged(der::OCTET_STRING, &padded(&self.private, self.curve.bytes)),
            &der::tagged(0xa0, &der::object_id(self.curve.id)),
            &der::tagged(0xa1, &der::bit_string(&self.public())),
        ])
    }

    /// Reads the SEC 1 form. The curve stands in it, or around it.
    pub(super) fn from_der(bytes: &[u8], curve: Option<&[u8]>) -> Option<Self> {
        let mut key = der::Reader(bytes).sequence()?;
        key.integer()?;
        let private = BigUint::from_bytes_be(key.expect(der::OCTET_STRING)?);
        let own = key
            .optional(0xa0)
            .and_then(|content| der::Reader(content).expect(der::OBJECT_ID));
        let id = own.or(curve)?;
        Self::new(CURVES.iter().find(|curve| curve.id == id)?, private)
    }

    /// The public point, uncompressed.
    pub(super) fn public(&self) -> Vec<u8> {
        let (x, y) = &self.public;
        [vec![4], padded(x, self.curve.bytes), padded(y, self.curve.bytes)].concat()
    }

    pub(super) fn sign(&self, message: &[u8], random: &mut Source<'_>) -> Vec<u8> {
        let field = Field::new(self.curve);
        let digest = self.digest(message, &field.order);
        for _ in 0..1_000 {
            let nonce = random_below(random, &field.order);
            let Some((x, _)) = field.multiply(&nonce, &field.base) else {
                continue;
            };
            let r = x % &field.order;
            let Some(inverse) = nonce.modinv(&field.order) else {
                continue;
            };
            let s = inverse * (&digest + &r * &self.private) % &field.order;
            if r.bits() > 0 && s.bits() > 0 {
                return der::sequence(&[&der::integer(&r), &der::integer(&s)]);
            }
        }
        Vec::new()
    }

    /// The leftmost bits of the digest, as many as the order has.
    fn digest(&self, message: &[u8], order: &BigUint) -> BigUint {
        let digest = (self.curve.hash)(message);
        let spare = (digest.len() as u64 * 8).saturating_sub(order.bits());
        BigUint::from_bytes_be(&digest) >> spare
    }

    #[cfg(test)]
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let field = Field::new(self.curve);
        let mut parts = der::Reader(signature).sequence().expect("a sequence");
        let (r, s) = (parts.integer().expect("r"), parts.integer().expect("s"));
        let inverse = s.modinv(&field.order).expect("invertible");
        let digest = self.digest(message, &field.order);
        let a = field.multiply(&(digest * &inverse % &field.order), &field.base);
        let b = field.multiply(&(&r * inverse % &field.order), &Some(self.public.clone()));
        field.add(&a, &b).is_some_and(|(x, _)| x % &field.order == r)
    }
}

#[cfg(test)]
mod tests {
    use super::{CURVES, Field, Key, hex};

    #[test]
    fn the_base_point_is_on_the_curve_and_of_its_order() {
        for curve in &CURVES {
            let field = Field::new(curve);
            let (x, y) = field.base.clone().expect("finite");
            let right = &x * &x * &x + hex(curve.b) + (&field.prime - &x) * 3u8;
            assert_eq!(&y * &y % &field.prime, right % &field.prime);
            assert_eq!(field.multiply(&field.order, &field.base), None);
        }
    }

    #[test]
    fn verifies_its_signatures() {
        let mut seed = 0u8;
        let mut random = |bytes: &mut [u8]| {
            for byte in bytes {
                seed = seed.wrapping_mul(5).wrapping_add(113);
                *byte = seed;
            }
        };
        let key = Key::generate(&mut random).expect("a key");
        let signature = key.sign(b"message", &mut random);
        assert!(key.verifies(b"message", &signature));
        assert!(!key.verifies(b"massage", &signature));
    }
}
