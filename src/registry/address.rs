//! Addresses of the network, as Go reads them, with the user and the password taken out so that none is ever printed.
//!
//! Upstream: `net/url` of Go, `internal/urlutil` of Helm.

use std::fmt;

use plimsoll_gostd::url::Url;

use super::{Credentials, Error, Result};

/// An `http://`, `https://` or `oci://` address without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address; what stands before an `@` in it comes apart, because it must not be shown.
    ///
    /// # Errors
    /// It is no URL, has another scheme, or names no host.
    pub fn parse(text: &str) -> Result<(Self, Option<Credentials>)> {
        let shown = without_userinfo(text);
        let refuse = |why: &str| {
            Error::new(format!(
                "`{shown}` is not an address of a chart repository: {why}"
            ))
        };
        // Go's sentence repeats the text, and with it a password.
        let mut url = Url::parse(text.as_bytes()).map_err(|_| refuse("it is not a URL"))?;
        if !matches!(url.scheme.as_slice(), b"http" | b"https" | b"oci") {
            return Err(refuse("write https://, http://, oci:// or file://"));
        }
        if url.hostname().is_empty() || std::str::from_utf8(&url.host).is_err() {
            return Err(refuse("it names no host"));
        }
        let credentials = url.user.take().map(|user| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Credentials::new(
                text(&user.username),
                text(user.password.as_deref().unwrap_or_default()),
            )
        });
        url.fragment.clear();
        url.raw_fragment.clear();
        Ok((Self(url), credentials))
    }

    /// Resolves a reference that stands in a document from this address. Upstream: `URL.ResolveReference`.
    ///
    /// # Errors
    /// The result is no address.
    pub fn join(&self, reference: &str) -> Result<(Self, Option<Credentials>)> {
        let parsed = Url::parse(reference.as_bytes()).map_err(|_| {
            Error::new(format!(
                "`{}` is not a URL; it was named by {self}",
                without_userinfo(reference)
            ))
        })?;
        if !parsed.scheme.is_empty() {
            return Self::parse(reference);
        }
        let mut url = parsed.clone();
        url.scheme.clone_from(&self.0.scheme);
        if parsed.host.is_empty() && parsed.user.is_none() {
            url.host.clone_from(&self.0.host);
            if parsed.path.is_empty() {
                url.path.clone_from(&self.0.path);
                url.raw_path.clone_from(&self.0.raw_path);
                if parsed.raw_query.is_empty() && !parsed.force_query {
                    url.raw_query.clone_from(&self.0.raw_query);
                }
            } else {
                let written = |url: &Url| {
                    if url.raw_path.is_empty() {
                        url.path.clone()
                    } else {
                        url.raw_path.clone()
                    }
                };
                url.path = resolve_path(&self.0.path, &parsed.path);
                url.raw_path = resolve_path(&written(&self.0), &written(&parsed));
                if url.raw_path == url.path {
                    url.raw_path.clear();
                }
            }
        }
        Self::parse(&String::from_utf8_lossy(&url.to_bytes()))
    }

    /// The address of a file in a repository: below the repository's path, with its query.
    ///
    /// Upstream: `ResolveReferenceURL` of `pkg/repo/v1/chartrepo.go`.
    ///
    /// # Errors
    /// The reference is no URL.
    pub fn in_repository(&self, reference: &str) -> Result<(Self, Option<Credentials>)> {
        let is_absolute = Url::parse(reference.as_bytes()).is_ok_and(|url| !url.scheme.is_empty());
        let mut base = self.clone();
        for path in [&mut base.0.path, &mut base.0.raw_path] {
            if path.is_empty() && !self.0.path.is_empty() {
                continue;
            }
            if path.ends_with(b"/") {
                path.pop();
            }
            path.push(b'/');
        }
        let (mut found, credentials) = base.join(reference)?;
        if !is_absolute {
            found.0.raw_query.clone_from(&self.0.raw_query);
        }
        Ok((found, credentials))
    }

    /// Whether credentials for one are good for the other: the same scheme, host and port.
    pub fn same_origin(&self, other: &Self) -> bool {
        self.0.scheme == other.0.scheme && self.host_and_port() == other.host_and_port()
    }

    /// Whether two addresses name the same repository. Upstream: `urlutil.Equal`.
    pub fn same_repository(&self, other: &Self) -> bool {
        let path = |url: &Url| {
            let path = url.path.strip_suffix(b"/").unwrap_or(&url.path);
            path.to_vec()
        };
        self.same_origin(other) && path(&self.0) == path(&other.0) && self.0.raw_query == other.0.raw_query
    }

    /// `http`, `https` or `oci`.
    pub fn scheme(&self) -> &str {
        std::str::from_utf8(&self.0.scheme).unwrap_or_default()
    }

    /// Host and port, as written.
    pub fn host(&self) -> &str {
        std::str::from_utf8(&self.0.host).unwrap_or_default()
    }

    /// Whether the host is this machine.
    pub fn is_this_machine(&self) -> bool {
        let name = String::from_utf8_lossy(self.0.hostname()).to_ascii_lowercase();
        name == "localhost"
            || name
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// The path, decoded.
    pub fn path(&self) -> String {
        String::from_utf8_lossy(&self.0.path).into_owned()
    }

    fn host_and_port(&self) -> (String, String) {
        let name = String::from_utf8_lossy(self.0.hostname()).to_ascii_lowercase();
        let port = self
            .host()
            .rsplit_once(':')
            .map(|(_, port)| port)
            .filter(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
        let default = if self.scheme() == "http" { "80" } else { "443" };
        (name, port.unwrap_or(default).to_owned())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0.to_bytes()))
    }
}

/// A text that may be an address, without what stands before an `@` in its authority.
pub(super) fn without_userinfo(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{}", &rest[end..]),
        None => text.to_owned(),
    }
}

/// Go's `resolvePath`: a path relative to another one, without `.` and `..`.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = if reference.starts_with(b"/") {
        reference.to_vec()
    } else {
        let folder = base.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        [&base[..folder], reference].concat()
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut last: &[u8] = b"";
    for part in full.split(|&byte| byte == b'/') {
        last = part;
        match part {
            b"." => {}
            b".." => {
                // The empty part before the first slash stays.
                if parts.len() > 1 {
                    parts.pop();
                }
            }
            part => parts.push(part),
        }
    }
    if matches!(last, b"." | b"..") {
        parts.push(b"");
    }
    let joined = parts.join(&b'/');
    if joined.starts_with(b"/") {
        joined
    } else {
        [b"/", joined.as_slice()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    fn address(text: &str) -> Address {
        Address::parse(text).expect(text).0
    }

    #[test]
    fn credentials_are_taken_out() {
        let (address, credentials) =
            Address::parse("https://me:s3cret@charts.example.com:8443/x?y=1#z").unwrap();
        assert_eq!(address.to_string(), "https://charts.example.com:8443/x?y=1");
        assert_eq!(credentials.unwrap().username(), "me");
        let error = Address::parse("ftp://me:s3cret@charts.example.com/")
            .unwrap_err()
            .to_string();
        assert!(
            !error.contains("s3cret") && error.contains("ftp://charts.example.com/"),
            "{error}"
        );
        assert!(Address::parse("https:///x").is_err());
        let broken = Address::parse("https://me:s3cret@host name/%zz")
            .unwrap_err()
            .to_string();
        assert!(!broken.contains("s3cret"), "{broken}");
    }

    #[test]
    fn references_resolve_as_in_go() {
        for (base, reference, wanted) in [
            (
                "https://a.b/charts",
                "redis-1.0.0.tgz",
                "https://a.b/charts/redis-1.0.0.tgz",
            ),
            (
                "https://a.b/charts/",
                "x/redis.tgz",
                "https://a.b/charts/x/redis.tgz",
            ),
            (
                "https://a.b/charts?t=1",
                "../redis.tgz",
                "https://a.b/redis.tgz?t=1",
            ),
            ("https://a.b", "/redis.tgz", "https://a.b/redis.tgz"),
            ("https://a.b", "redis.tgz", "https://a.b/redis.tgz"),
            (
                "https://a.b/charts",
                "https://c.d/redis.tgz",
                "https://c.d/redis.tgz",
            ),
            ("https://a.b/charts", "//c.d/redis.tgz", "https://c.d/redis.tgz"),
            (
                "https://a.b/charts",
                "../../../redis.tgz",
                "https://a.b/redis.tgz",
            ),
            (
                "https://a.b/ch%2Farts",
                "redis.tgz",
                "https://a.b/ch%2Farts/redis.tgz",
            ),
        ] {
            let found = address(base).in_repository(reference).expect(reference).0;
            assert_eq!(found.to_string(), wanted, "{base} {reference}");
        }
        assert!(
            address("https://a.b")
                .in_repository("file:///etc/passwd")
                .is_err()
        );
    }

    #[test]
    fn origins_have_scheme_host_and_port() {
        let same = |a: &str, b: &str| address(a).same_origin(&address(b));
        assert!(same("https://a.b/x", "https://A.b:443/y"));
        assert!(!same("https://a.b/", "http://a.b/"));
        assert!(!same("https://a.b/", "https://a.b:8443/"));
        assert!(!same("https://a.b/", "https://c.a.b/"));
        assert!(address("https://a.b/x/").same_repository(&address("https://a.b/x")));
    }
}
