//! Random text and numbers: `randAlphaNum`, `uuidv4`, `randInt`, `shuffle` … All from the random source of the `Env`,
//! so a fixed source gives the same output again. The bytes are not those that Go's generators would make of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_gotpl::{Context, FuncError, Functions, Str};

use crate::{Env, Profile};

/// The most that one call makes; Go would try.
const MAX_LENGTH: isize = 64 << 20;

fn random_text(cx: &mut Context<'_>, count: isize, letters: &[u8]) -> Result<Vec<u8>, FuncError> {
    if count < 0 {
        // goutils counts in an int and refuses.
        return Ok(Vec::new());
    }
    if count > MAX_LENGTH {
        return Err(FuncError::limit(plimsoll_gotpl::Limit::Output));
    }
    cx.spend(count as u64)?;
    let env = Env::of(cx)?;
    let mut text = Vec::with_capacity(count as usize);
    // Bytes from this on would favor the first letters.
    let fair = 256 - 256 % letters.len();
    let mut bytes = [0; 64];
    while text.len() < count as usize {
        env.fill_random(&mut bytes);
        let chosen = bytes.iter().filter(|byte| usize::from(**byte) < fair);
        let left = count as usize - text.len();
        text.extend(
            chosen
                .take(left)
                .map(|byte| letters[usize::from(*byte) % letters.len()]),
        );
    }
    Ok(text)
}

/// `randAlphaNum N`
fn rand_alpha_num(cx: &mut Context<'_>, count: isize) -> Result<Vec<u8>, FuncError> {
    random_text(
        cx,
        count,
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    )
}

/// `randAlpha N`
fn rand_alpha(cx: &mut Context<'_>, count: isize) -> Result<Vec<u8>, FuncError> {
    random_text(cx, count, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}

/// `randNumeric N`
fn rand_numeric(cx: &mut Context<'_>, count: isize) -> Result<Vec<u8>, FuncError> {
    random_text(cx, count, b"0123456789")
}

/// `randAscii N` — from blank to tilde.
fn rand_ascii(cx: &mut Context<'_>, count: isize) -> Result<Vec<u8>, FuncError> {
    let letters: Vec<u8> = (b' '..=b'~').collect();
    random_text(cx, count, &letters)
}

/// `randBytes N` — in base64.
fn rand_bytes(cx: &mut Context<'_>, count: isize) -> Result<String, FuncError> {
    let Ok(length) = usize::try_from(count) else {
        return Err(crate::panics::makeslice());
    };
    if count > MAX_LENGTH {
        return Err(FuncError::limit(plimsoll_gotpl::Limit::Output));
    }
    cx.spend(length as u64)?;
    let mut bytes = vec![0; length];
    Env::of(cx)?.fill_random(&mut bytes);
    Ok(STANDARD.encode(bytes))
}

/// A number below `bound`, which is not 0, every one as likely.
fn below(env: &Env, bound: u64) -> u64 {
    let fair = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        env.fill_random(&mut bytes);
        let number = u64::from_le_bytes(bytes);
        if number < fair {
            return number % bound;
        }
    }
}

/// `randInt MIN MAX` — from MIN up to but not MAX.
fn rand_int(cx: &mut Context<'_>, min: isize, max: isize) -> Result<isize, FuncError> {
    let span = max.wrapping_sub(min);
    if span <= 0 {
        return Err(FuncError::new("invalid argument to Intn"));
    }
    let env = Env::of(cx)?;
    Ok(min.wrapping_add(below(env, span as u64) as isize))
}

/// `uuidv4`
fn uuidv4(cx: &mut Context<'_>) -> Result<String, FuncError> {
    let mut bytes = [0; 16];
    Env::of(cx)?.fill_random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}

/// `shuffle S` — the characters in another order.
fn shuffle(cx: &mut Context<'_>, text: Str) -> Result<String, FuncError> {
    let env = Env::of(cx)?;
    let mut characters: Vec<char> = text.to_str_lossy().chars().collect();
    for i in (1..characters.len()).rev() {
        characters.swap(i, below(env, i as u64 + 1) as usize);
    }
    Ok(characters.into_iter().collect())
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add_with_context("randAlphaNum", rand_alpha_num);
    functions.add_with_context("randAlpha", rand_alpha);
    functions.add_with_context("randNumeric", rand_numeric);
    functions.add_with_context("randAscii", rand_ascii);
    functions.add_with_context("randBytes", rand_bytes);
    functions.add_with_context("randInt", rand_int);
    functions.add_with_context("uuidv4", uuidv4);
    functions.add_with_context("shuffle", shuffle);
}
