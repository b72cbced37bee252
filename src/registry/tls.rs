//! Whom we believe: the certificates of the system, as Go's programs do, or those of a file.

use std::path::PathBuf;
use std::sync::Arc;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use super::{Error, Result};

/// Certificates or a key, in PEM form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pem {
    /// In a file, read when it is needed.
    File(PathBuf),
    /// Here.
    Text(Vec<u8>),
}

impl Pem {
    fn read(&self) -> Result<Vec<u8>> {
        match self {
            Self::File(file) => std::fs::read(file)
                .map_err(|error| Error::new(format!("cannot read `{}`: {error}", file.display()))),
            Self::Text(text) => Ok(text.clone()),
        }
    }

    fn holds_no(&self, what: &str) -> Error {
        Error::new(match self {
            Self::File(file) => format!("`{}` holds no {what} in PEM form", file.display()),
            Self::Text(_) => format!("the configuration holds no {what} in PEM form"),
        })
    }
}

/// How the other side of a connection is known, and how it knows us. Flags of Helm, and keys of its `repositories.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trust {
    /// The authorities to believe instead of the system's.
    pub ca_file: Option<Pem>,
    /// Our own certificate.
    pub cert_file: Option<Pem>,
    /// Its key.
    pub key_file: Option<Pem>,
    /// Believe everyone.
    pub insecure_skip_tls_verify: bool,
}

impl Trust {
    /// The configuration of TLS. Reads the system's certificates, which takes some milliseconds: only for `https`.
    ///
    /// # Errors
    /// A file cannot be read or holds no certificate, or the system has no certificates.
    pub(super) fn config(&self) -> Result<TlsConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut builder = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            .disable_verification(self.insecure_skip_tls_verify);
        if let Some(file) = &self.ca_file {
            builder = builder.root_certs(RootCerts::new_with_certs(&certificates(file)?));
        } else if !self.insecure_skip_tls_verify {
            builder = builder.root_certs(RootCerts::new_with_certs(&system_certificates()?));
        }
        match (&self.cert_file, &self.key_file) {
            (None, None) => {}
            (Some(cert), Some(key)) => {
                let private = PrivateKey::from_pem(&key.read()?).map_err(|_| key.holds_no("private key"))?;
                builder =
                    builder.client_cert(Some(ClientCert::new_with_certs(&certificates(cert)?, private)));
            }
            _ => {
                return Err(Error::new(
                    "a client certificate needs both --cert-file and --key-file",
                ));
            }
        }
        Ok(builder.build())
    }
}

fn certificates(pem: &Pem) -> Result<Vec<Certificate<'static>>> {
    let bytes = pem.read()?;
    let certificates: Vec<_> = parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(pem.holds_no("certificate"));
    }
    Ok(certificates)
}

fn system_certificates() -> Result<Vec<Certificate<'static>>> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(Error::new(
            "this system has no certificates of authorities, so no https server can be believed: install them \
             (ca-certificates), point SSL_CERT_FILE at a bundle, or give --ca-file",
        ));
    }
    Ok(found
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect())
}
