//! Releases as Helm keeps them in a cluster: `sh.helm.release.v1.NAME.vN`, a Secret or a ConfigMap.
//!
//! Upstream: `pkg/storage/driver` of Helm 4.3.1: `secrets.go`, `cfgmaps.go`, `util.go` (`decodeRelease`).

use std::fmt;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;

/// The most bytes of a release, unpacked. The Secret that holds it, packed, has 1 MiB at most.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// One revision of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRelease {
    /// What it is called.
    pub name: String,
    /// Its number.
    pub revision: u64,
    /// `deployed`, `superseded`, `failed`, …
    pub status: String,
    /// What its templates printed, and its hooks, as one text.
    pub manifest: String,
}

impl StoredRelease {
    /// Reads the object that holds a release.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(object: &Value) -> Result<Self, String> {
        let text = object["data"]["release"]
            .as_str()
            .ok_or("it has no key `release`")?;
        let decode = |text: &[u8]| {
            STANDARD
                .decode(text)
                .map_err(|_| "its key `release` is not base64".to_owned())
        };
        // A Secret is encoded once more, by the API.
        let packed = match object["kind"].as_str() {
            Some("ConfigMap") => decode(text.as_bytes())?,
            _ => decode(&decode(text.as_bytes())?)?,
        };
        let mut unpacked = Vec::new();
        if packed.starts_with(&[0x1f, 0x8b, 0x08]) {
            GzDecoder::new(&*packed)
                .take(MAX_BYTES + 1)
                .read_to_end(&mut unpacked)
                .map_err(|error| format!("its key `release` cannot be unpacked: {error}"))?;
        } else {
            unpacked = packed;
        }
        if unpacked.len() as u64 > MAX_BYTES {
            return Err(format!(
                "it is longer than {MAX_BYTES} bytes, the most that is read"
            ));
        }
        let release: Value =
            serde_json::from_slice(&unpacked).map_err(|_| "its key `release` holds no JSON".to_owned())?;
        let mut manifest = release["manifest"].as_str().unwrap_or_default().to_owned();
        for hook in release["hooks"].as_array().into_iter().flatten() {
            let source = hook["path"].as_str().unwrap_or_default();
            let text = hook["manifest"].as_str().unwrap_or_default();
            manifest.push_str(&format!("\n---\n# Source: {source}\n{text}"));
        }
        Ok(Self {
            name: release["name"].as_str().unwrap_or_default().to_owned(),
            revision: release["version"].as_u64().unwrap_or_default(),
            status: release["info"]["status"].as_str().unwrap_or_default().to_owned(),
            manifest,
        })
    }
}

impl fmt::Display for StoredRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "release {}, revision {}", self.name, self.revision)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::StoredRelease;

    #[test]
    fn a_release_is_read_from_either_kind_of_object() {
        // Helm before 2.0 did not pack releases, and decodeRelease still reads them.
        let release = json!({"version": 3, "info": {"status": "deployed"}, "manifest": "a: 1\n",
                             "hooks": [{"path": "h.yaml", "manifest": "b: 2\n"}]});
        let once = STANDARD.encode(release.to_string());
        let map = json!({"kind": "ConfigMap", "data": {"release": once}});
        let secret = json!({"kind": "Secret", "data": {"release": STANDARD.encode(&once)}});
        let read = StoredRelease::read(&map).expect("a release");
        assert_eq!((read.revision, &*read.status), (3, "deployed"));
        assert_eq!(read.manifest, "a: 1\n\n---\n# Source: h.yaml\nb: 2\n");
        assert_eq!(StoredRelease::read(&secret), Ok(read));
        assert!(StoredRelease::read(&json!({"kind": "Secret", "data": {"release": "!"}})).is_err());
    }
}
