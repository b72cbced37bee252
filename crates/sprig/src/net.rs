//! The network: `getHostByName`, which Helm answers with nothing unless told to ask.

use std::net::ToSocketAddrs;

use plimsoll_gotpl::{Context, FuncError, Functions, Str};

use crate::{Env, Profile};

/// `getHostByName "example.com"`: an address of the host when the environment allows DNS, else empty.
fn get_host_by_name(cx: &mut Context<'_>, name: Str) -> Result<Str, FuncError> {
    if !Env::of(cx)?.dns {
        return Ok(Str::EMPTY);
    }
    let address = name
        .as_str()
        .and_then(|name| (name, 0).to_socket_addrs().ok())
        .and_then(|mut addresses| addresses.next());
    match address {
        Some(address) => Ok(address.ip().to_string().into()),
        // Sprig draws one of no addresses.
        None => Err(FuncError::new("invalid argument to Intn")),
    }
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add_with_context("getHostByName", get_host_by_name);
}
