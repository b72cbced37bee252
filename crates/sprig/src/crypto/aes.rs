//! `encryptAES` and `decryptAES`: AES-256 in CBC mode. The key is the password's bytes, cut or zero-filled to 32, not
//! a hash of them; the text is padded as in PKCS#7 and written in base64 behind its random first block.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_gotpl::{Context, FuncError, Functions, Str};

use super::{Source, with_random};
use crate::encoding::decode64;

const BLOCK: usize = 16;

fn cipher(password: &[u8]) -> Aes256 {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(password) {
        *to = *from;
    }
    Aes256::new(&key.into())
}

fn xor(block: &mut [u8; BLOCK], other: &[u8]) {
    for (byte, other) in block.iter_mut().zip(other) {
        *byte ^= other;
    }
}

/// `encryptAES PASSWORD TEXT`
fn encrypt_aes(cx: &mut Context<'_>, password: Str, text: Str) -> Result<String, FuncError> {
    if text.is_empty() {
        return Ok(String::new());
    }
    with_random(cx, |random| Ok(encrypt(&password, &text, random)))
}

fn encrypt(password: &[u8], text: &[u8], random: &mut Source<'_>) -> String {
    let cipher = cipher(password);
    let mut block = [0; BLOCK];
    random(&mut block);
    let mut out = block.to_vec();
    let padding = BLOCK - text.len() % BLOCK;
    let mut content = text.to_vec();
    content.resize(text.len() + padding, padding as u8);
    for plain in content.chunks(BLOCK) {
        xor(&mut block, plain);
        let mut encrypted = block.into();
        cipher.encrypt_block(&mut encrypted);
        block = encrypted.into();
        out.extend_from_slice(&block);
    }
    STANDARD.encode(out)
}

/// `decryptAES PASSWORD TEXT` — a wrong password is not noticed but by chance.
fn decrypt_aes(password: Str, text: Str) -> Result<Vec<u8>, FuncError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let bytes =
        decode64(&text).map_err(|at| FuncError::new(format!("illegal base64 data at input byte {at}")))?;
    let Some((first, encrypted)) = bytes.split_first_chunk::<BLOCK>() else {
        let capacity = text.len() / 4 * 3;
        return Err(FuncError::new(format!(
            "runtime error: slice bounds out of range [:16] with capacity {capacity}"
        )));
    };
    if encrypted.len() % BLOCK != 0 {
        return Err(FuncError::new("crypto/cipher: input not full blocks"));
    }
    let cipher = cipher(&password);
    let mut previous: &[u8] = first;
    let mut out = Vec::with_capacity(encrypted.len());
    for chunk in encrypted.chunks_exact(BLOCK) {
        let mut block = [0; BLOCK];
        block.copy_from_slice(chunk);
        let mut decrypted = block.into();
        cipher.decrypt_block(&mut decrypted);
        let mut plain: [u8; BLOCK] = decrypted.into();
        xor(&mut plain, previous);
        out.extend_from_slice(&plain);
        previous = chunk;
    }
    let Some(&padding) = out.last() else {
        return Err(FuncError::new("runtime error: index out of range [-1]"));
    };
    let padding = usize::from(padding);
    match out.len().checked_sub(padding) {
        Some(length) => out.truncate(length),
        None => {
            let missing = padding - out.len();
            return Err(FuncError::new(format!(
                "runtime error: slice bounds out of range [:-{missing}]"
            )));
        }
    }
    Ok(out)
}

pub(super) fn add(functions: &mut Functions) {
    functions.add_with_context("encryptAES", encrypt_aes);
    functions.add("decryptAES", decrypt_aes);
}

#[cfg(test)]
mod tests {
    use super::{decrypt_aes, encrypt};

    #[test]
    fn decrypts_what_sprig_encrypted() {
        // From Sprig's own tests and by its encryptAES.
        let text = decrypt_aes(
            "secretkey".into(),
            "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=".into(),
        );
        assert_eq!(text.expect("decrypts"), b"plaintext");
        for plain in ["x", "sixteen bytes 16", "über zwei Blöcke hinaus, ja"] {
            let encrypted = encrypt(b"pw", plain.as_bytes(), &mut |bytes| bytes.fill(7));
            let decrypted = decrypt_aes("pw".into(), encrypted.into()).expect("decrypts");
            assert_eq!(decrypted, plain.as_bytes());
        }
    }
}
