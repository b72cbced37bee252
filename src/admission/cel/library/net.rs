//! Addresses: `ip.go`, `cidr.go` and `urls.go` below `pkg/cel/library` of k8s.io/apiserver.

use std::collections::BTreeMap;
use std::net::IpAddr;

use cel::common::types::{CelBool, CelInt, CelString, Type};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};
use plimsoll_gostd::url::Url;

use super::{Library, Named, failed};
use crate::admission::cel::value::{Boxed, Identity, List, Object};
use crate::admission::ip::masked;

static IP: Type = Type::new_unspecified_type("net.IP");
static CIDR: Type = Type::new_unspecified_type("net.CIDR");
static URL: Type = Type::new_unspecified_type("kubernetes.URL");

impl Library for IpAddr {
    const TYPE: &'static Type = &IP;
}

/// An address and the length of the prefix that is the network's.
#[derive(Debug, Clone, PartialEq)]
struct Prefix {
    address: IpAddr,
    length: u8,
}

impl Library for Prefix {
    const TYPE: &'static Type = &CIDR;
}

impl Library for Url {
    const TYPE: &'static Type = &URL;
}

type Ip = Named<IpAddr>;
type Cidr = Named<Prefix>;
type Link = Named<Url>;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    for ty in [&IP, &CIDR] {
        env.add_type(ty.to_owned())?;
    }
    add_overload!(env, fn ip: (CelString) -> Result<Ip>)?;
    add_overload!(env, fn is_ip: (CelString) -> CelBool, name = "isIP")?;
    add_overload!(env, fn is_canonical: (CelString) -> Result<CelBool>, name = "ip.isCanonical")?;
    add_overload!(env, fn ip_text: (Ip) -> CelString, name = "string")?;
    add_member_overload!(env, fn family: (Ip) -> CelInt)?;
    add_member_overload!(env, fn is_unspecified: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_loopback: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_link_local_multicast: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_link_local_unicast: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_global_unicast: (Ip) -> CelBool)?;
    add_overload!(env, fn cidr: (CelString) -> Result<Cidr>)?;
    add_overload!(env, fn is_cidr: (CelString) -> CelBool, name = "isCIDR")?;
    add_overload!(env, fn cidr_text: (Cidr) -> CelString, name = "string")?;
    add_member_overload!(env, fn contains_ip: (Cidr, Ip) -> CelBool, name = "containsIP")?;
    add_member_overload!(env, fn contains_ip_text: (Cidr, CelString) -> Result<CelBool>, name = "containsIP")?;
    add_member_overload!(env, fn contains_cidr: (Cidr, Cidr) -> CelBool, name = "containsCIDR")?;
    add_member_overload!(env, fn contains_cidr_text: (Cidr, CelString) -> Result<CelBool>, name = "containsCIDR")?;
    add_member_overload!(env, fn address: (Cidr) -> Ip, name = "ip")?;
    add_member_overload!(env, fn prefix_length: (Cidr) -> CelInt)?;
    add_member_overload!(env, fn network: (Cidr) -> Cidr, name = "masked")?;
    add_overload!(env, fn url: (CelString) -> Result<Link>)?;
    add_overload!(env, fn is_url: (CelString) -> CelBool, name = "isURL")?;
    add_member_overload!(env, fn get_scheme: (Link) -> CelString)?;
    add_member_overload!(env, fn get_host: (Link) -> CelString)?;
    add_member_overload!(env, fn get_hostname: (Link) -> CelString)?;
    add_member_overload!(env, fn get_port: (Link) -> CelString)?;
    add_member_overload!(env, fn get_escaped_path: (Link) -> CelString)?;
    add_member_overload!(env, fn get_query: (Link) -> Object)
}

fn parse_ip(text: &str) -> Result<IpAddr, String> {
    let address: IpAddr = text
        .parse()
        .map_err(|_| format!("IP Address {text:?} parse error during conversion from string: ParseAddr({text:?}): unable to parse IP"))?;
    not_mapped(address, text)
}

fn not_mapped(address: IpAddr, text: &str) -> Result<IpAddr, String> {
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => {
            Err(format!("IPv4-mapped IPv6 address {text:?} is not allowed"))
        }
        _ => Ok(address),
    }
}

fn parse_cidr(text: &str) -> Result<Prefix, String> {
    let wrong = |why: &str| {
        format!(
            "network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix({text:?}): {why}"
        )
    };
    let (address, length) = text.rsplit_once('/').ok_or_else(|| wrong("no '/'"))?;
    let address: IpAddr = address.parse().map_err(|_| wrong("unable to parse IP"))?;
    let plain = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || length.len() > 1 && length.starts_with('0') {
        return Err(wrong(&format!("bad bits after slash: {length:?}")));
    }
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length: u8 = match length.parse() {
        Ok(number) if number <= most => number,
        _ => return Err(wrong("prefix length out of range")),
    };
    let address = not_mapped(address, text)?;
    Ok(Prefix { address, length })
}

fn ip(text: &CelString<'_>) -> Result<Ip, ExecutionError> {
    parse_ip(text.inner()).map(Named).map_err(failed)
}

fn is_ip(text: &CelString<'_>) -> CelBool {
    CelBool::from(parse_ip(text.inner()).is_ok())
}

fn is_canonical(text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    let address = parse_ip(text.inner()).map_err(failed)?;
    Ok(CelBool::from(address.to_string() == text.inner()))
}

fn ip_text(ip: &Ip) -> CelString<'static> {
    CelString::from(ip.0.to_string())
}

fn family(ip: &Ip) -> CelInt {
    CelInt::from(if ip.0.is_ipv4() { 4 } else { 6 })
}

fn is_unspecified(ip: &Ip) -> CelBool {
    CelBool::from(ip.0.is_unspecified())
}

fn is_loopback(ip: &Ip) -> CelBool {
    CelBool::from(ip.0.is_loopback())
}

fn is_link_local_multicast(ip: &Ip) -> CelBool {
    CelBool::from(match ip.0 {
        IpAddr::V4(v4) => v4.octets()[..3] == [224, 0, 0],
        IpAddr::V6(v6) => v6.segments()[0] & 0xff0f == 0xff02,
    })
}

fn link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

fn is_link_local_unicast(ip: &Ip) -> CelBool {
    CelBool::from(link_local(ip.0))
}

/// `netip.Addr.IsGlobalUnicast`: private addresses are global to Go.
fn is_global_unicast(ip: &Ip) -> CelBool {
    let is_broadcast = matches!(ip.0, IpAddr::V4(v4) if v4.is_broadcast());
    CelBool::from(
        !is_broadcast
            && !ip.0.is_unspecified()
            && !ip.0.is_loopback()
            && !ip.0.is_multicast()
            && !link_local(ip.0),
    )
}

fn cidr(text: &CelString<'_>) -> Result<Cidr, ExecutionError> {
    parse_cidr(text.inner()).map(Named).map_err(failed)
}

fn is_cidr(text: &CelString<'_>) -> CelBool {
    CelBool::from(parse_cidr(text.inner()).is_ok())
}

fn cidr_text(cidr: &Cidr) -> CelString<'static> {
    CelString::from(format!("{}/{}", cidr.0.address, cidr.0.length))
}

impl Prefix {
    fn contains(&self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4()
            && masked(address, self.length) == masked(self.address, self.length)
    }
}

fn contains_ip(cidr: &Cidr, ip: &Ip) -> CelBool {
    CelBool::from(cidr.0.contains(ip.0))
}

fn contains_ip_text(cidr: &Cidr, text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    Ok(contains_ip(cidr, &ip(text)?))
}

fn contains_cidr(cidr: &Cidr, other: &Cidr) -> CelBool {
    CelBool::from(cidr.0.length <= other.0.length && cidr.0.contains(other.0.address))
}

fn contains_cidr_text(within: &Cidr, text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    Ok(contains_cidr(within, &cidr(text)?))
}

fn address(cidr: &Cidr) -> Ip {
    Named(cidr.0.address)
}

fn prefix_length(cidr: &Cidr) -> CelInt {
    CelInt::from(i64::from(cidr.0.length))
}

fn network(cidr: &Cidr) -> Cidr {
    Named(Prefix {
        address: masked(cidr.0.address, cidr.0.length),
        length: cidr.0.length,
    })
}

/// `url.ParseRequestURI`: an absolute URL or an absolute path; a fragment is a part of the path.
pub(super) fn request_uri(text: &str) -> Result<(), String> {
    let wrong = |why: &str| format!("parse {text:?}: {why}");
    if text.is_empty() {
        return Err(wrong("empty url"));
    }
    let url = Url::parse(text.replace('#', "%23").as_bytes()).map_err(|error| error.to_string())?;
    if url.scheme.is_empty() && !text.starts_with('/') {
        return Err(wrong("invalid URI for request"));
    }
    Ok(())
}

fn url(text: &CelString<'_>) -> Result<Link, ExecutionError> {
    let wrong = |why: String| failed(format!("URL parse error during conversion from string: {why}"));
    request_uri(text.inner()).map_err(wrong)?;
    let url = Url::parse(text.inner().as_bytes()).map_err(|error| wrong(error.to_string()))?;
    Ok(Named(url))
}

fn is_url(text: &CelString<'_>) -> CelBool {
    CelBool::from(request_uri(text.inner()).is_ok())
}

fn text(bytes: &[u8]) -> CelString<'static> {
    CelString::from(String::from_utf8_lossy(bytes).into_owned())
}

fn get_scheme(link: &Link) -> CelString<'static> {
    text(&link.0.scheme)
}

fn get_host(link: &Link) -> CelString<'static> {
    text(&link.0.host)
}

fn get_hostname(link: &Link) -> CelString<'static> {
    text(link.0.hostname())
}

fn get_port(link: &Link) -> CelString<'static> {
    let host = &link.0.host;
    let port = host
        .iter()
        .rposition(|byte| *byte == b':')
        .map(|at| &host[at + 1..]);
    let is_port = |port: &&[u8]| port.iter().all(u8::is_ascii_digit);
    text(port.filter(is_port).unwrap_or_default())
}

fn get_escaped_path(link: &Link) -> CelString<'static> {
    let bare = Url {
        path: link.0.path.clone(),
        raw_path: link.0.raw_path.clone(),
        ..Url::default()
    };
    text(&bare.to_bytes())
}

fn get_query(link: &Link) -> Object {
    let mut values: BTreeMap<String, Vec<Boxed>> = BTreeMap::new();
    for pair in link.0.raw_query.split(|byte| *byte == b'&') {
        if pair.is_empty() || pair.contains(&b';') {
            continue;
        }
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let mut half = || unescaped(halves.next().unwrap_or_default());
        let (key, value) = (half(), half());
        values
            .entry(key)
            .or_default()
            .push(Box::new(CelString::from(value)));
    }
    let lists = values
        .into_iter()
        .map(|(key, values)| -> (String, Boxed) { (key, Box::new(List::new(values, Identity::Atomic))) });
    Object::new(lists.collect())
}

/// `url.QueryUnescape`; what is no escape stays.
fn unescaped(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        let hex = after
            .get(..2)
            .and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        (rest, _) = match (byte, hex) {
            (b'%', Some(decoded)) => (&after[2..], out.push(decoded)),
            (b'+', _) => (after, out.push(b' ')),
            _ => (after, out.push(*byte)),
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}
