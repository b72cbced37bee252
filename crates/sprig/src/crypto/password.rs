//! Passwords: bcrypt hashes, and those that the Master Password algorithm derives.

use hmac::{Hmac, KeyInit as _, Mac as _};
use plimsoll_gotpl::{Context, FuncError, Functions, Str};
use sha2::Sha256;

use super::{Source, with_random};

/// `bcrypt.DefaultCost`
const COST: u32 = 10;

/// `bcrypt PASSWORD` — a new hash every time; the error's text if the password is too long.
fn bcrypt(cx: &mut Context<'_>, password: Str) -> Result<String, FuncError> {
    with_random(cx, |random| Ok(hash(&password, random)))
}

fn hash(password: &[u8], random: &mut Source<'_>) -> String {
    if password.len() > 72 {
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_owned();
    }
    let mut salt = [0; 16];
    random(&mut salt);
    match bcrypt::hash_with_salt(password, COST, salt) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(error) => format!("failed to encrypt string with bcrypt: {error}"),
    }
}

/// `htpasswd USER PASSWORD` — a line for a file of passwords.
fn htpasswd(cx: &mut Context<'_>, user: Str, password: Str) -> Result<String, FuncError> {
    if user.contains(&b':') {
        return Ok(format!("invalid username: {user}"));
    }
    Ok(format!("{user}:{}", bcrypt(cx, password)?))
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// What a password of a type may look like: a class of characters for each.
fn templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

/// The characters of a class.
fn characters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// `derivePassword COUNTER TYPE PASSWORD USER SITE` — always the same for the same arguments.
fn derive_password(
    counter: u32,
    kind: Str,
    password: Str,
    user: Str,
    site: Str,
) -> Result<Vec<u8>, FuncError> {
    let Some(templates) = templates(&kind) else {
        return Ok(format!("cannot find password template {kind}").into_bytes());
    };
    let salt = [SEED, &(user.len() as u32).to_be_bytes(), &user].concat();
    let failed =
        |error: &dyn std::fmt::Display| FuncError::new(format!("failed to derive password: {error}"));
    let params = scrypt::Params::new(15, 8, 2).map_err(|error| failed(&error))?;
    let mut key = [0; 64];
    scrypt::scrypt(&password, &salt, &params, &mut key).map_err(|error| failed(&error))?;
    let message = [
        SEED,
        &(site.len() as u32).to_be_bytes(),
        &site,
        &counter.to_be_bytes(),
    ]
    .concat();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| failed(&error))?;
    mac.update(&message);
    let seed = mac.finalize().into_bytes();
    let (first, others) = seed.split_first().unwrap_or((&0, &[]));
    let template = templates[usize::from(*first) % templates.len()];
    Ok(template
        .bytes()
        .zip(others)
        .map(|(class, seed)| {
            let characters = characters(class);
            characters[usize::from(*seed) % characters.len()]
        })
        .collect())
}

pub(super) fn add(functions: &mut Functions) {
    functions.add_with_context("bcrypt", bcrypt);
    functions.add_with_context("htpasswd", htpasswd);
    functions.add("derivePassword", derive_password);
}
