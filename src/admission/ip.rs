//! Addresses and networks: `pkg/util/validation/ip.go` of k8s.io/apimachinery.
//!
//! Fields that are old take what Go's parser took long ago (leading zeros, IPv4 written as IPv6, bits beyond the prefix)
//! until 1.35; since 1.36 (the gate `StrictIPCIDRValidation`) new values of them must be well-formed too.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::at::At;
use super::errors::Errors;

/// An address with the length of a network's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cidr {
    /// As written: bits beyond the prefix are kept, IPv4 in IPv6 is IPv6.
    address: IpAddr,
    length: u8,
}

impl Cidr {
    /// Whether the network is one of IPv6 (`netutils.IsIPv6CIDRString`).
    pub(super) fn is_ipv6(&self) -> bool {
        matches!(self.address, IpAddr::V6(_))
    }

    /// Whether `inner` is a part of this network, and not all of it.
    pub(super) fn strictly_contains(&self, inner: &Self) -> bool {
        self.is_ipv6() == inner.is_ipv6()
            && self.length < inner.length
            && masked(inner.address, self.length) == masked(self.address, self.length)
    }

    /// The network as Go prints it.
    fn canonical(&self) -> String {
        format!("{}/{}", masked(self.address, self.length), self.length)
    }
}

/// An address with zeros behind the first `length` bits.
pub(super) fn masked(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

/// Drops the zeros before a number, which Go's old parser did not see.
fn without_zeros(number: &str) -> &str {
    let rest = number.trim_start_matches('0');
    if rest.is_empty() && !number.is_empty() {
        "0"
    } else {
        rest
    }
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = text.split('.').map(without_zeros).collect();
    parts.join(".").parse().ok()
}

fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let groups: Option<Vec<String>> = text
        .split(':')
        .map(|group| {
            if group.contains('.') {
                parse_v4(group).map(|address| address.to_string())
            } else {
                Some(without_zeros(group).to_owned())
            }
        })
        .collect();
    groups?.join(":").parse().ok()
}

/// `netutils.ParseIPSloppy`. IPv4 written as IPv6 is IPv4, as Go's `net.IP` is.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    match text.find(['.', ':']).map(|at| text.as_bytes()[at]) {
        Some(b'.') => parse_v4(text).map(IpAddr::V4),
        Some(_) => parse_v6(text).map(|address| IpAddr::V6(address).to_canonical()),
        None => None,
    }
}

/// `netutils.ParseCIDRSloppy`.
pub(super) fn parse_cidr(text: &str) -> Option<Cidr> {
    let (address, length) = text.split_once('/')?;
    let address = parse_v4(address)
        .map(IpAddr::V4)
        .or_else(|| parse_v6(address).map(IpAddr::V6))?;
    if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let length: u8 = without_zeros(length).parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then_some(Cidr { address, length })
}

const NO_IP: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const NO_CIDR: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

/// What is wrong with the form of an address that is one (`parseIP` with `strictValidation`).
fn sloppiness(text: &str) -> Option<&'static str> {
    match text.parse::<IpAddr>() {
        Err(_) => Some("must not have leading 0s"),
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_some() => {
            Some("must not be an IPv4-mapped IPv6 address")
        }
        Ok(_) => None,
    }
}

/// What is wrong with the form of a network that is one (`parseCIDR` with `strictValidation`).
fn cidr_sloppiness(text: &str, cidr: Cidr) -> Option<&'static str> {
    let (address, length) = text.split_once('/')?;
    let has_zeros = address.parse::<IpAddr>().is_err() || length != cidr.length.to_string();
    if has_zeros {
        return Some("must not have leading 0s in IP or prefix length");
    }
    match cidr.address {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => {
            Some("must not have an IPv4-mapped IPv6 address")
        }
        address if masked(address, cidr.length) != address => {
            Some("must not have bits set beyond the prefix length")
        }
        _ => None,
    }
}

/// `IsValidIPForLegacyField` of the text at a field; the address when it is one for all versions asked for.
pub(super) fn legacy(text: &str, at: &At<'_, '_>, errors: &mut Errors<'_>) -> Option<IpAddr> {
    let Some(address) = parse(text) else {
        errors.invalid(at, NO_IP);
        return None;
    };
    let Some(what) = sloppiness(text) else {
        return Some(address);
    };
    let before = errors.len();
    errors.minors(36.., |errors| {
        errors.invalid(at, what).help(format!("write `{address}`"));
    });
    (errors.len() == before).then_some(address)
}

/// `IsValidIP`: an address in its canonical form.
pub(super) fn strict(text: &str) -> Vec<String> {
    let Some(address) = parse(text) else {
        return vec![NO_IP.to_owned()];
    };
    if let Some(what) = sloppiness(text) {
        return vec![what.to_owned()];
    }
    let canonical = address.to_string();
    if text == canonical {
        Vec::new()
    } else {
        vec![format!("must be in canonical form ({canonical:?})")]
    }
}

/// `IsValidCIDRForLegacyField` of the text at a field.
pub(super) fn legacy_cidr(text: &str, at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let Some(cidr) = parse_cidr(text) else {
        errors.invalid(at, NO_CIDR);
        return;
    };
    if let Some(what) = cidr_sloppiness(text, cidr) {
        errors.minors(36.., |errors| {
            errors
                .invalid(at, what)
                .help(format!("write `{}`", cidr.canonical()));
        });
    }
}

/// `IsValidCIDR`: a network in its canonical form.
pub(super) fn strict_cidr(text: &str) -> Vec<String> {
    let Some(cidr) = parse_cidr(text) else {
        return vec![NO_CIDR.to_owned()];
    };
    if let Some(what) = cidr_sloppiness(text, cidr) {
        return vec![what.to_owned()];
    }
    let canonical = cidr.canonical();
    if text == canonical {
        Vec::new()
    } else {
        vec![format!("must be in canonical form ({canonical:?})")]
    }
}

/// `ValidateEndpointIP`: no address that stands for something else than one place in the network.
pub(super) fn endpoint(text: &str, at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let Some(address) = parse(text) else {
        errors.invalid(at, "must be a valid IP address");
        return;
    };
    if address.is_unspecified() {
        errors.invalid(at, format!("may not be unspecified ({text})"));
    }
    if address.is_loopback() {
        errors.invalid(at, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    let (link_local, link_local_multicast) = match address {
        IpAddr::V4(address) => (
            address.is_link_local(),
            matches!(address.octets(), [224, 0, 0, _]),
        ),
        IpAddr::V6(address) => (
            address.is_unicast_link_local(),
            address.octets()[0] == 0xff && address.octets()[1] & 0x0f == 0x02,
        ),
    };
    if link_local {
        errors.invalid(
            at,
            "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
        );
    }
    if link_local_multicast {
        errors.invalid(
            at,
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_cidr, strict, strict_cidr};

    #[test]
    fn addresses_as_old_go_reads_them() {
        let read = |text: &str| parse(text).map(|address| address.to_string());
        assert_eq!(read("010.0.0.001").as_deref(), Some("10.0.0.1"));
        assert_eq!(read("00001::2").as_deref(), Some("1::2"));
        assert_eq!(read("::ffff:1.2.3.04").as_deref(), Some("1.2.3.4"));
        for not in [
            "",
            "1",
            "1.2.3",
            "1.2.3.256",
            "1.2.3.4.5",
            "::1::",
            "fe80::1%eth0",
            "1.2.3.4/8",
            "a.b.c.d",
        ] {
            assert_eq!(read(not), None, "{not}");
        }
    }

    #[test]
    fn networks_as_old_go_reads_them() {
        for ok in ["10.0.0.1/8", "0.0.0.0/0", "::/0", "2001:db8::/064", "10.0.0.0/32"] {
            assert!(parse_cidr(ok).is_some(), "{ok}");
        }
        for not in [
            "10.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "x/8",
        ] {
            assert!(parse_cidr(not).is_none(), "{not}");
        }
    }

    #[test]
    fn parts_of_networks() {
        let contains = |outer: &str, inner: &str| {
            parse_cidr(outer)
                .zip(parse_cidr(inner))
                .is_some_and(|(outer, inner)| outer.strictly_contains(&inner))
        };
        assert!(contains("10.0.0.0/8", "10.1.0.0/16"));
        assert!(contains("0.0.0.0/0", "10.1.0.0/16"));
        assert!(!contains("10.0.0.0/8", "10.0.0.0/8"));
        assert!(!contains("10.0.0.0/8", "11.0.0.0/16"));
        assert!(!contains("::/0", "10.0.0.0/16"));
    }

    #[test]
    fn canonical_forms() {
        assert!(strict("2001:db8::1").is_empty());
        assert_eq!(
            strict("2001:DB8::1"),
            ["must be in canonical form (\"2001:db8::1\")"]
        );
        assert_eq!(
            strict("::ffff:1.2.3.4"),
            ["must not be an IPv4-mapped IPv6 address"]
        );
        assert!(strict_cidr("2001:db8::/64").is_empty());
        assert_eq!(
            strict_cidr("2001:db8:0::/64"),
            ["must be in canonical form (\"2001:db8::/64\")"]
        );
        assert_eq!(
            strict_cidr("10.1.2.3/8"),
            ["must not have bits set beyond the prefix length"]
        );
    }
}
