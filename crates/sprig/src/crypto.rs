//! Hashes, passwords, keys and certificates: `sha256sum`, `htpasswd`, `genPrivateKey`, `genCA` …
//!
//! All randomness comes from the `Env`. Key arithmetic is on plain big integers, not in constant time: these functions
//! make keys and certificates on the machine of their owner and answer no one over a network.

mod aes;
mod certificate;
mod der;
mod digest;
mod dsa;
mod ec;
mod ed25519;
mod key;
mod number;
mod password;
mod pem;
mod rsa;

use plimsoll_gotpl::{Context, FuncError, Functions};

use crate::{Env, Profile};

/// Fills the bytes it is given.
type Source<'a> = dyn FnMut(&mut [u8]) + 'a;

/// Runs `body` with the random source of the execution.
fn with_random<T>(
    cx: &Context<'_>,
    body: impl FnOnce(&mut Source<'_>) -> Result<T, FuncError>,
) -> Result<T, FuncError> {
    let env = Env::of(cx)?;
    body(&mut |bytes| env.fill_random(bytes))
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    digest::add(functions);
    password::add(functions);
    aes::add(functions);
    key::add(functions);
    certificate::add(functions);
}
