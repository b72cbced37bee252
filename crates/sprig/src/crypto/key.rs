//! Private keys of any kind: `genPrivateKey`, their PEM forms, and what certificates need of them.

use plimsoll_gotpl::{Context, FuncError, Functions, Str};

use super::{Source, der, dsa, ec, ed25519, pem, rsa, with_random};

const RSA_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_SIGNATURE_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const EC_ID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const ED25519_ID: &[u8] = &[0x2b, 0x65, 0x70];

#[derive(Clone)]
pub(super) enum PrivateKey {
    Rsa(rsa::Key),
    Dsa(dsa::Key),
    Ec(ec::Key),
    Ed25519(ed25519::Key),
}

/// `genPrivateKey TYPE` — a key in PEM: RSA of 4096 bits (`rsa` or empty), `dsa`, `ecdsa` on P-256, `ed25519`.
fn gen_private_key(cx: &mut Context<'_>, kind: Str) -> Result<Str, FuncError> {
    with_random(cx, |random| {
        let key = match kind.as_bytes() {
            b"" | b"rsa" => rsa::Key::generate(random, 4096).map(PrivateKey::Rsa),
            b"dsa" => dsa::Key::generate(random).map(PrivateKey::Dsa),
            b"ecdsa" => ec::Key::generate(random).map(PrivateKey::Ec),
            b"ed25519" => Some(PrivateKey::Ed25519(ed25519::Key::generate(random))),
            _ => return Ok(format!("Unknown type {kind}").into()),
        };
        key.map(|key| key.to_pem().into()).ok_or_else(no_randomness)
    })
}

/// The random source gave the same bytes again and again.
fn no_randomness() -> FuncError {
    FuncError::new("error generating key: the random source repeats itself")
}

impl PrivateKey {
    /// A new RSA key of 2048 bits, which certificates get.
    pub(super) fn for_certificate(random: &mut Source<'_>) -> Result<Self, FuncError> {
        rsa::Key::generate(random, 2048)
            .map(Self::Rsa)
            .ok_or_else(no_randomness)
    }

    pub(super) fn to_pem(&self) -> String {
        match self {
            Self::Rsa(key) => pem::encode("RSA PRIVATE KEY", &key.to_der()),
            Self::Dsa(key) => pem::encode("DSA PRIVATE KEY", &key.to_der()),
            Self::Ec(key) => pem::encode("EC PRIVATE KEY", &key.to_der()),
            Self::Ed25519(key) => {
                let seed = der::tagged(der::OCTET_STRING, &key.seed);
                let algorithm = der::sequence(&[&der::object_id(ED25519_ID)]);
                let key =
                    der::sequence(&[&der::small(0), &algorithm, &der::tagged(der::OCTET_STRING, &seed)]);
                pem::encode("PRIVATE KEY", &key)
            }
        }
    }

    /// Reads a key in PEM.
    ///
    /// # Errors
    /// Sprig's sentences around a short one of ours: what exactly is wrong in the DER is not told.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, FuncError> {
        let Some(block) = pem::decode(text) else {
            return Err(FuncError::new("no PEM data in input"));
        };
        if block.kind == "PRIVATE KEY" {
            return Self::from_pkcs8(&block.der)
                .ok_or_else(|| FuncError::new("decoding PEM as PKCS#8: x509: failed to parse private key"));
        }
        let Some(kind) = block.kind.strip_suffix(" PRIVATE KEY") else {
            return Err(FuncError::new(format!(
                "no private key data in PEM block of type {}",
                block.kind
            )));
        };
        let key = match kind {
            "RSA" => rsa::Key::from_der(&block.der).map(Self::Rsa),
            "EC" => ec::Key::from_der(&block.der, None).map(Self::Ec),
            "DSA" => dsa::Key::from_der(&block.der).map(Self::Dsa),
            _ => return Err(FuncError::new(format!("invalid private key type {kind}"))),
        };
        key.ok_or_else(|| {
            FuncError::new(format!(
                "parsing {kind} private key from PEM: x509: failed to parse private key"
            ))
        })
    }

    fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        let mut key = der::Reader(bytes).sequence()?;
        key.integer()?;
        let mut algorithm = key.sequence()?;
        let id = algorithm.expect(der::OBJECT_ID)?;
        let inner = key.expect(der::OCTET_STRING)?;
        match id {
            RSA_ID => rsa::Key::from_der(inner).map(Self::Rsa),
            EC_ID => ec::Key::from_der(inner, algorithm.optional(der::OBJECT_ID)).map(Self::Ec),
            ED25519_ID => {
                let seed = der::Reader(inner).expect(der::OCTET_STRING)?;
                Some(Self::Ed25519(ed25519::Key::new(seed.try_into().ok()?)))
            }
            _ => None,
        }
    }

    /// The bits of the public key, as they stand in a certificate; none of DSA, which certificates do not take.
    pub(super) fn public_bits(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) => Some(key.public()),
            Self::Ec(key) => Some(key.public()),
            Self::Ed25519(key) => Some(key.public()),
            Self::Dsa(_) => None,
        }
    }

    /// The public key with its algorithm.
    pub(super) fn public_info(&self) -> Option<Vec<u8>> {
        let algorithm = match self {
            Self::Rsa(_) => der::sequence(&[&der::object_id(RSA_ID), &der::tagged(der::NULL, &[])]),
            Self::Ec(key) => der::sequence(&[&der::object_id(EC_ID), &der::object_id(key.curve.id)]),
            Self::Ed25519(_) => der::sequence(&[&der::object_id(ED25519_ID)]),
            Self::Dsa(_) => return None,
        };
        Some(der::sequence(&[
            &algorithm,
            &der::bit_string(&self.public_bits()?),
        ]))
    }

    /// The algorithm that `sign` uses.
    pub(super) fn signature_algorithm(&self) -> Option<Vec<u8>> {
        Some(match self {
            Self::Rsa(_) => der::sequence(&[&der::object_id(RSA_SIGNATURE_ID), &der::tagged(der::NULL, &[])]),
            Self::Ec(key) => der::sequence(&[&der::object_id(key.curve.signature_id)]),
            Self::Ed25519(_) => der::sequence(&[&der::object_id(ED25519_ID)]),
            Self::Dsa(_) => return None,
        })
    }

    pub(super) fn sign(&self, message: &[u8], random: &mut Source<'_>) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) => Some(key.sign(message)),
            Self::Ec(key) => Some(key.sign(message, random)),
            Self::Ed25519(key) => Some(key.sign(message)),
            Self::Dsa(_) => None,
        }
    }
}

pub(super) fn add(functions: &mut Functions) {
    functions.add_with_context("genPrivateKey", gen_private_key);
}
