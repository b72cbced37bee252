//! plimsoll-yaml
