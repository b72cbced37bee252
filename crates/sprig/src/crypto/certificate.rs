//! X.509 certificates as Sprig has `crypto/x509` make them: `genCA`, `genSelfSignedCert`, `genSignedCert`, their
//! `WithKey` forms, and `buildCustomCert`.

use std::net::IpAddr;

use num_bigint::BigUint;
use plimsoll_gostd::strconv;
use plimsoll_gostd::time::{Time, Zone};
use plimsoll_gotpl::func::{FromArg, IntoValue};
use plimsoll_gotpl::types::{Field, Named};
use plimsoll_gotpl::value::StructValue;
use plimsoll_gotpl::{Context, FuncError, Functions, List, Object, Str, Type, Value};
use sha2::{Digest, Sha256};

use super::key::PrivateKey;
use super::number::random_bits;
use super::{Source, der, pem};
use crate::Env;
use crate::encoding::decode64;

/// Sprig's struct: `.Cert` and `.Key`, both PEM.
#[derive(Debug, Clone)]
struct Certificate {
    cert: Str,
    key: Str,
}

static TYPE: Type = Type::Named(&Named {
    name: "sprig.certificate",
    underlying: Type::Struct(&[
        Field::new("Cert", &Type::String),
        Field::new("Key", &Type::String),
    ]),
    methods: None,
});

impl IntoValue for Certificate {
    const GO_TYPE: &'static Type = &Type::Named(&Named {
        name: "sprig.certificate",
        underlying: Type::Struct(&[
            Field::new("Cert", &Type::String),
            Field::new("Key", &Type::String),
        ]),
        methods: None,
    });

    fn into_value(self) -> Value {
        Value::Object(Object::new(StructValue {
            ty: &TYPE,
            fields: vec![Value::Str(self.cert), Value::Str(self.key)],
        }))
    }
}

impl FromArg for Certificate {
    const TYPE: &'static Type = <Self as IntoValue>::GO_TYPE;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        let field = |name: &str| match &value {
            Value::Object(object) => match object.field(name) {
                Some(Value::Str(text)) => Some(text),
                _ => None,
            },
            _ => None,
        };
        match (field("Cert"), field("Key")) {
            (Some(cert), Some(key)) => Ok(Self { cert, key }),
            _ => Err(plimsoll_gotpl::func::wrong_type(Self::TYPE, &value)),
        }
    }
}

fn failed(message: impl Into<String>) -> FuncError {
    FuncError::new(message)
}

/// What is to be certified.
struct Request {
    name: Str,
    ips: Vec<Vec<u8>>,
    dns: Vec<Str>,
    days: i64,
    authority: bool,
}

impl Request {
    fn new(name: Str, ips: &List, dns: &List, days: isize) -> Result<Self, FuncError> {
        Ok(Self {
            name,
            ips: addresses(ips)?,
            dns: names(dns)?,
            days: days as i64,
            authority: false,
        })
    }

    fn authority(name: Str, days: isize) -> Self {
        Self {
            name,
            ips: Vec::new(),
            dns: Vec::new(),
            days: days as i64,
            authority: true,
        }
    }
}

fn addresses(list: &List) -> Result<Vec<Vec<u8>>, FuncError> {
    list.iter()
        .map(|value| {
            let Value::Str(text) = &value else {
                return Err(failed(format!(
                    "error parsing ip: {} is not a string",
                    crate::types::print(&value)?
                )));
            };
            let address = text.as_str().and_then(|text| text.parse::<IpAddr>().ok());
            match address.map(|address| address.to_canonical()) {
                Some(IpAddr::V4(address)) => Ok(address.octets().to_vec()),
                Some(IpAddr::V6(address)) => Ok(address.octets().to_vec()),
                None => Err(failed(format!("error parsing ip: {text}"))),
            }
        })
        .collect()
}

fn names(list: &List) -> Result<Vec<Str>, FuncError> {
    list.iter()
        .map(|value| match value {
            Value::Str(text) => Ok(text),
            other => {
                let printed = crate::types::print(&other)?;
                Err(failed(format!(
                    "error processing alternate dns name: {printed} is not a string"
                )))
            }
        })
        .collect()
}

/// Who signs: its name, the identifier of its key if it has one, and the key.
struct Signer<'a> {
    subject: Vec<u8>,
    key_id: Option<Vec<u8>>,
    key: &'a PrivateKey,
}

/// A distinguished name of the one part that Sprig sets.
fn subject(name: &Str) -> Result<Vec<u8>, FuncError> {
    const COMMON_NAME: &[u8] = &[0x55, 4, 3];
    if name.is_empty() {
        return Ok(der::sequence(&[]));
    }
    if name.as_str().is_none() {
        return Err(failed("error creating certificate: asn1: string not valid UTF-8"));
    }
    let printable = |byte: &u8| byte.is_ascii_alphanumeric() || b"'() +,-./:=?".contains(byte);
    let tag = if name.iter().all(printable) {
        der::PRINTABLE_STRING
    } else {
        der::UTF8_STRING
    };
    let part = der::sequence(&[&der::object_id(COMMON_NAME), &der::tagged(tag, name)]);
    Ok(der::sequence(&[&der::tagged(der::SET, &part)]))
}

/// A moment: with two digits for the year while they are unambiguous.
fn moment(unix_nanos: i128) -> Result<Vec<u8>, FuncError> {
    let civil = Time::from_unix_nanos(unix_nanos, Zone::Utc).civil();
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        civil.month, civil.day, civil.hour, civil.minute, civil.second
    );
    match civil.year {
        1950..2050 => Ok(der::tagged(
            der::UTC_TIME,
            format!("{:02}{rest}", civil.year % 100).as_bytes(),
        )),
        0..=9999 => Ok(der::tagged(
            der::GENERALIZED_TIME,
            format!("{:04}{rest}", civil.year).as_bytes(),
        )),
        _ => Err(failed(
            "error creating certificate: asn1: structure error: cannot represent time as GeneralizedTime",
        )),
    }
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical {
        der::tagged(der::BOOLEAN, &[0xff])
    } else {
        Vec::new()
    };
    der::sequence(&[
        &der::object_id(id),
        &critical,
        &der::tagged(der::OCTET_STRING, value),
    ])
}

fn key_id(key: &PrivateKey) -> Option<Vec<u8>> {
    Some(Sha256::digest(key.public_bits()?)[..20].to_vec())
}

fn extensions(
    request: &Request,
    key: &PrivateKey,
    authority_key: Option<&[u8]>,
) -> Result<Vec<u8>, FuncError> {
    const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
    const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
    const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
    const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 14];
    const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
    const SUBJECT_NAMES: &[u8] = &[0x55, 0x1d, 17];
    const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
    const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];

    // Digital signature and key encipherment; authorities also sign certificates. The first byte counts spare bits.
    let usage: [u8; 2] = if request.authority { [2, 0xa4] } else { [5, 0xa0] };
    let mut out = extension(KEY_USAGE, true, &der::tagged(der::BIT_STRING, &usage));
    let purposes = der::sequence(&[&der::object_id(SERVER_AUTH), &der::object_id(CLIENT_AUTH)]);
    out.extend(extension(EXTENDED_KEY_USAGE, false, &purposes));
    let constraint = if request.authority {
        der::tagged(der::BOOLEAN, &[0xff])
    } else {
        Vec::new()
    };
    out.extend(extension(BASIC_CONSTRAINTS, true, &der::sequence(&[&constraint])));
    if request.authority
        && let Some(id) = key_id(key)
    {
        out.extend(extension(
            SUBJECT_KEY_ID,
            false,
            &der::tagged(der::OCTET_STRING, &id),
        ));
    }
    if let Some(id) = authority_key {
        out.extend(extension(
            AUTHORITY_KEY_ID,
            false,
            &der::sequence(&[&der::tagged(0x80, id)]),
        ));
    }
    if !request.dns.is_empty() || !request.ips.is_empty() {
        let mut names = Vec::new();
        for name in &request.dns {
            if !name.is_ascii() {
                let quoted = strconv::quote(name);
                return Err(failed(format!(
                    "error creating certificate: x509: {quoted} cannot be encoded as an IA5String"
                )));
            }
            names.extend(der::tagged(0x82, name));
        }
        for address in &request.ips {
            names.extend(der::tagged(0x87, address));
        }
        let critical = request.name.is_empty();
        out.extend(extension(
            SUBJECT_NAMES,
            critical,
            &der::tagged(der::SEQUENCE, &names),
        ));
    }
    Ok(out)
}

/// Makes and signs a certificate for `key`; none as signer means that it signs itself.
fn certify(
    request: &Request,
    key: &PrivateKey,
    signer: Option<&Signer<'_>>,
    now: i128,
    random: &mut Source<'_>,
) -> Result<Certificate, FuncError> {
    let own = subject(&request.name)?;
    let signing_key = signer.map_or(key, |signer| signer.key);
    let Some(algorithm) = signing_key.signature_algorithm() else {
        return Err(failed(
            "error creating certificate: x509: certificate private key does not implement crypto.Signer",
        ));
    };
    let Some(public) = key.public_info() else {
        return Err(failed(
            "error creating certificate: x509: unsupported public key type: *dsa.PublicKey",
        ));
    };
    let issuer = signer.map_or(&own, |signer| &signer.subject);
    let authority_key = signer
        .filter(|_| *issuer != own)
        .and_then(|signer| signer.key_id.as_deref());
    let serial: BigUint = random_bits(random, 128);
    // As time.Hour * 24 * time.Duration(days), which wraps around.
    let valid = 86_400_000_000_000i64.wrapping_mul(request.days);
    let body = der::sequence(&[
        &der::tagged(0xa0, &der::small(2)),
        &der::integer(&serial),
        &algorithm,
        issuer,
        &der::sequence(&[&moment(now)?, &moment(now.saturating_add(i128::from(valid)))?]),
        &own,
        &public,
        &der::tagged(
            0xa3,
            &der::tagged(der::SEQUENCE, &extensions(request, key, authority_key)?),
        ),
    ]);
    let signature = signing_key.sign(&body, random).unwrap_or_default();
    let certificate = der::sequence(&[&body, &algorithm, &der::bit_string(&signature)]);
    Ok(Certificate {
        cert: pem::encode("CERTIFICATE", &certificate).into(),
        key: key.to_pem().into(),
    })
}

/// What is read of a certificate.
struct Parsed {
    subject: Vec<u8>,
    public: Vec<u8>,
    key_id: Option<Vec<u8>>,
}

fn parse(bytes: &[u8]) -> Option<Parsed> {
    const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 14];
    let mut outer = der::Reader(bytes);
    let mut certificate = outer.sequence()?;
    if !outer.0.is_empty() {
        return None;
    }
    let mut body = certificate.sequence()?;
    certificate.sequence()?;
    certificate.expect(der::BIT_STRING)?;
    body.optional(0xa0);
    body.expect(der::INTEGER)?;
    for _ in ["algorithm", "issuer", "validity"] {
        body.expect(der::SEQUENCE)?;
    }
    let (tag, _, subject) = body.value()?;
    let (_, _, public) = body.value()?;
    let mut key_id = None;
    body.optional(0x81);
    body.optional(0x82);
    if let Some(content) = body.optional(0xa3) {
        let mut list = der::Reader(content).sequence()?;
        while !list.0.is_empty() {
            let mut extension = list.sequence()?;
            let id = extension.expect(der::OBJECT_ID)?;
            extension.optional(der::BOOLEAN);
            let value = extension.expect(der::OCTET_STRING)?;
            if id == SUBJECT_KEY_ID {
                key_id = Some(der::Reader(value).expect(der::OCTET_STRING)?.to_vec());
            }
        }
    }
    (tag == der::SEQUENCE).then(|| Parsed {
        subject: subject.to_vec(),
        public: public.to_vec(),
        key_id: key_id.filter(|id| !id.is_empty()),
    })
}

fn parse_pem(text: &[u8]) -> Result<Parsed, FuncError> {
    let block = pem::decode(text).ok_or_else(|| failed("unable to decode certificate"))?;
    parse(&block.der)
        .ok_or_else(|| failed("error parsing certificate: decodedCert.Bytes: x509: malformed certificate"))
}

/// Runs with the clock and the randomness of the execution.
fn run(
    cx: &Context<'_>,
    body: impl FnOnce(i128, &mut Source<'_>) -> Result<Certificate, FuncError>,
) -> Result<Certificate, FuncError> {
    let env = Env::of(cx)?;
    let now = env.clock.unix_nanos();
    body(now, &mut |bytes| env.fill_random(bytes))
}

fn given_key(text: &Str) -> Result<PrivateKey, FuncError> {
    PrivateKey::from_pem(text).map_err(|error| error.prefixed("parsing private key: "))
}

/// `genCA NAME DAYS` — an authority that certifies itself.
fn gen_ca(cx: &mut Context<'_>, name: Str, days: isize) -> Result<Certificate, FuncError> {
    run(cx, |now, random| {
        let key = PrivateKey::for_certificate(random)?;
        certify(&Request::authority(name, days), &key, None, now, random)
    })
}

/// `genCAWithKey NAME DAYS KEY`
fn gen_ca_with_key(cx: &mut Context<'_>, name: Str, days: isize, key: Str) -> Result<Certificate, FuncError> {
    let key = given_key(&key)?;
    run(cx, |now, random| {
        certify(&Request::authority(name, days), &key, None, now, random)
    })
}

/// `genSelfSignedCert NAME IPS DNS DAYS`
fn gen_self_signed_cert(
    cx: &mut Context<'_>,
    name: Str,
    ips: List,
    dns: List,
    days: isize,
) -> Result<Certificate, FuncError> {
    let request = Request::new(name, &ips, &dns, days)?;
    run(cx, |now, random| {
        certify(&request, &PrivateKey::for_certificate(random)?, None, now, random)
    })
}

/// `genSelfSignedCertWithKey NAME IPS DNS DAYS KEY`
fn gen_self_signed_cert_with_key(
    cx: &mut Context<'_>,
    name: Str,
    ips: List,
    dns: List,
    days: isize,
    key: Str,
) -> Result<Certificate, FuncError> {
    let key = given_key(&key)?;
    let request = Request::new(name, &ips, &dns, days)?;
    run(cx, |now, random| certify(&request, &key, None, now, random))
}

/// `genSignedCert NAME IPS DNS DAYS CA`
fn gen_signed_cert(
    cx: &mut Context<'_>,
    name: Str,
    ips: List,
    dns: List,
    days: isize,
    ca: Certificate,
) -> Result<Certificate, FuncError> {
    run(cx, |now, random| {
        let key = PrivateKey::for_certificate(random)?;
        sign_with(&ca, &key, || Request::new(name, &ips, &dns, days), now, random)
    })
}

/// `genSignedCertWithKey NAME IPS DNS DAYS CA KEY`
fn gen_signed_cert_with_key(
    cx: &mut Context<'_>,
    name: Str,
    ips: List,
    dns: List,
    days: isize,
    ca: Certificate,
    key: Str,
) -> Result<Certificate, FuncError> {
    let key = given_key(&key)?;
    run(cx, |now, random| {
        sign_with(&ca, &key, || Request::new(name, &ips, &dns, days), now, random)
    })
}

fn sign_with(
    ca: &Certificate,
    key: &PrivateKey,
    request: impl FnOnce() -> Result<Request, FuncError>,
    now: i128,
    random: &mut Source<'_>,
) -> Result<Certificate, FuncError> {
    let block = pem::decode(&ca.cert).ok_or_else(|| failed("unable to decode certificate"))?;
    let parent = parse(&block.der).ok_or_else(|| {
        failed("error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate")
    })?;
    let signing_key =
        PrivateKey::from_pem(&ca.key).map_err(|error| error.prefixed("error parsing private key: "))?;
    let request = request()?;
    if signing_key
        .public_info()
        .is_some_and(|public| public != parent.public)
    {
        return Err(failed(
            "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
        ));
    }
    let signer = Signer {
        subject: parent.subject,
        key_id: parent.key_id,
        key: &signing_key,
    };
    certify(&request, key, Some(&signer), now, random)
}

/// `buildCustomCert CERT KEY` — both in base64; they are only checked.
fn build_custom_cert(cert: Str, key: Str) -> Result<Certificate, FuncError> {
    let cert = decode64(&cert).map_err(|_| failed("unable to decode base64 certificate"))?;
    let key = decode64(&key).map_err(|_| failed("unable to decode base64 private key"))?;
    parse_pem(&cert)?;
    PrivateKey::from_pem(&key).map_err(|error| error.prefixed("error parsing private key: "))?;
    Ok(Certificate {
        cert: cert.into(),
        key: key.into(),
    })
}

pub(super) fn add(functions: &mut Functions) {
    functions.add_with_context("genCA", gen_ca);
    functions.add_with_context("genCAWithKey", gen_ca_with_key);
    functions.add_with_context("genSelfSignedCert", gen_self_signed_cert);
    functions.add_with_context("genSelfSignedCertWithKey", gen_self_signed_cert_with_key);
    functions.add_with_context("genSignedCert", gen_signed_cert);
    functions.add_with_context("genSignedCertWithKey", gen_signed_cert_with_key);
    functions.add("buildCustomCert", build_custom_cert);
}

#[cfg(test)]
mod tests {
    use super::super::ec;
    use super::{Certificate, Request, certify, parse, pem, sign_with};
    use crate::crypto::der::{BIT_STRING, Reader};
    use crate::crypto::key::PrivateKey;
    use crate::{Random, Seeded};
    use plimsoll_gotpl::{List, Str};

    const NOW: i128 = 1_700_000_000_000_000_000;

    /// The signed part and the signature.
    fn signed(certificate: &Certificate) -> (Vec<u8>, Vec<u8>) {
        let block = pem::decode(&certificate.cert).expect("PEM");
        assert!(parse(&block.der).is_some());
        let mut parts = Reader(&block.der).sequence().expect("a sequence");
        let (_, _, body) = parts.value().expect("a body");
        parts.sequence().expect("an algorithm");
        let signature = parts.expect(BIT_STRING).expect("a signature");
        (body.to_vec(), signature[1..].to_vec())
    }

    fn make(seed: u64) -> (Certificate, Certificate) {
        let mut source = Seeded::new(seed);
        let mut random = |bytes: &mut [u8]| source.fill(bytes);
        let key = PrivateKey::for_certificate(&mut random).expect("a key");
        let authority = Request::authority("authority".into(), 365);
        let ca = certify(&authority, &key, None, NOW, &mut random).expect("a certificate");
        let leaf = PrivateKey::Ec(ec::Key::generate(&mut random).expect("a key"));
        let names = List::strings([Str::from("a.example"), Str::from("*.b.example")]);
        let ips = List::strings([Str::from("10.0.0.1"), Str::from("::1")]);
        let request = || Request::new("leaf".into(), &ips, &names, 30);
        let certificate = sign_with(&ca, &leaf, request, NOW, &mut random).expect("a certificate");
        (ca, certificate)
    }

    #[test]
    fn an_authority_signs_itself_and_others() {
        let (ca, leaf) = make(1);
        let PrivateKey::Rsa(key) = PrivateKey::from_pem(&ca.key).expect("its own PEM") else {
            panic!("not RSA");
        };
        for certificate in [&ca, &leaf] {
            let (body, signature) = signed(certificate);
            assert!(key.verifies(&body, &signature));
            assert!(!key.verifies(&body[1..], &signature));
        }
        let again = make(1);
        assert_eq!((ca.cert, leaf.cert), (again.0.cert, again.1.cert));
        assert_eq!(
            PrivateKey::from_pem(&leaf.key)
                .expect("its own PEM")
                .to_pem()
                .as_bytes(),
            leaf.key.as_bytes()
        );
    }
}
