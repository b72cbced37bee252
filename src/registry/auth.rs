//! Who we are to a server. What is secret has no `Display`, and its `Debug` does not show it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A user name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    username: String,
    password: String,
}

impl Credentials {
    /// A user and their password.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
        }
    }

    /// The user.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// From `base64(user:password)`, as Docker's configuration has it.
    pub(super) fn from_docker(encoded: &str) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (username, password) = text.split_once(':')?;
        Some(Self::new(username, password.trim_end_matches('\0')))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// What a request carries.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    #[default]
    None,
    /// User and password.
    Basic(Credentials),
    /// A token that a registry gave.
    Bearer(String),
}

impl Auth {
    /// Basic credentials, if there are any.
    pub fn basic(credentials: Option<Credentials>) -> Self {
        credentials.map_or(Self::None, Self::Basic)
    }

    /// The value of the `Authorization` header.
    pub(super) fn header(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Basic(Credentials { username, password }) => Some(format!(
                "Basic {}",
                STANDARD.encode(format!("{username}:{password}"))
            )),
            Self::Bearer(token) => Some(format!("Bearer {token}")),
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic(_) => "Basic(…)",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Auth, Credentials};

    #[test]
    fn nothing_secret_is_shown() {
        let auth = Auth::Basic(Credentials::new("me", "s3cret"));
        assert_eq!(auth.header().as_deref(), Some("Basic bWU6czNjcmV0"));
        assert!(!format!("{auth:?} {:?}", Auth::Bearer("s3cret".into())).contains("s3cret"));
        assert!(Credentials::from_docker("bWU6czNjcmV0").is_some());
        assert!(Credentials::from_docker("!").is_none());
    }
}
