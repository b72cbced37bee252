//! Image references, taken apart as `distribution/reference` does.

/// The parts of a reference. A colon before the last slash is a registry's port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'i> {
    /// Registry and path.
    pub name: &'i str,
    /// What stands behind the colon; empty for a colon with nothing behind it.
    pub tag: Option<&'i str>,
    /// What stands behind `@`.
    pub digest: Option<&'i str>,
}

impl<'i> Reference<'i> {
    /// Takes an image reference apart, valid or not.
    pub fn of(image: &'i str) -> Self {
        let (rest, digest) = match image.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (image, None),
        };
        let path = rest.rfind('/').map_or(0, |slash| slash + 1);
        match rest[path..].find(':') {
            Some(colon) => Self {
                name: &rest[..path + colon],
                tag: Some(&rest[path + colon + 1..]),
                digest,
            },
            None => Self {
                name: rest,
                tag: None,
                digest,
            },
        }
    }

    /// The last part of the name.
    pub fn base(&self) -> &'i str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// The registry, empty when it is not said, and what it is called there.
    fn registry_and_path(&self) -> (&'i str, &'i str) {
        match self.name.split_once('/') {
            // Without a dot, a port or `localhost`, the first part is of the path.
            Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => (first, path),
            _ => ("", self.name),
        }
    }

    /// The name with what is left out for Docker Hub: `docker.io/library/nginx` for `nginx`.
    pub fn full_name(&self) -> String {
        match self.registry_and_path() {
            ("", path) if path.contains('/') => format!("docker.io/{path}"),
            ("" | "docker.io" | "index.docker.io", path) if !path.contains('/') => {
                format!("docker.io/library/{path}")
            }
            ("index.docker.io", path) => format!("docker.io/{path}"),
            _ => self.name.to_owned(),
        }
    }

    /// What is wrong with it, if anything is.
    pub fn problem(&self) -> Option<&'static str> {
        let (registry, path) = self.registry_and_path();
        let is_host =
            |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | ':' | '[' | ']');
        let is_part = |part: &str| {
            let ends = |char: Option<char>| {
                char.is_some_and(|char| char.is_ascii_lowercase() || char.is_ascii_digit())
            };
            ends(part.chars().next())
                && ends(part.chars().last())
                && part
                    .chars()
                    .all(|char| ends(Some(char)) || matches!(char, '.' | '_' | '-'))
        };
        let is_tag = |tag: &str| {
            tag.len() <= 128
                && tag.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_')
                && tag
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-'))
        };
        if self.name.chars().any(char::is_uppercase) && path.chars().any(char::is_uppercase) {
            Some("its name has upper case")
        } else if !registry.chars().all(is_host) || !path.split('/').all(is_part) {
            Some("its name has parts that names cannot have")
        } else if self.tag == Some("") {
            Some("nothing follows the colon")
        } else if !self.tag.is_none_or(is_tag) {
            Some("its tag has characters that tags cannot have")
        } else if !self.digest.is_none_or(is_digest) {
            Some("its digest is not an algorithm and 64 hexadecimal digits")
        } else {
            None
        }
    }
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, digits)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return false,
    };
    digits.len() == length
        && digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn ports_tags_and_digests() {
        let parts = |image| {
            let Reference { name, tag, digest } = Reference::of(image);
            (name, tag, digest)
        };
        assert_eq!(parts("host:5000/app"), ("host:5000/app", None, None));
        assert_eq!(parts("host:5000/app:1"), ("host:5000/app", Some("1"), None));
        assert_eq!(parts("app:1@sha256:ab"), ("app", Some("1"), Some("sha256:ab")));
    }

    #[test]
    fn what_the_kubelet_refuses() {
        for good in [
            "nginx",
            "host:5000/a/b:v1",
            "localhost/a",
            "a__b:1",
            "Host.example/a",
        ] {
            assert_eq!(Reference::of(good).problem(), None, "{good}");
        }
        for bad in [
            "Nginx",
            "a b",
            "a:",
            "a:b c",
            "a/-b",
            "a@sha256:12",
            "{{ .image }}",
            "https://a.example/b",
        ] {
            assert!(Reference::of(bad).problem().is_some(), "{bad}");
        }
    }
}
