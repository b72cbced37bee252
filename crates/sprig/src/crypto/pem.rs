//! PEM, the text form of DER, as `encoding/pem` writes and reads it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::encoding::decode64;

/// A block of that type.
pub(super) fn encode(kind: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {kind}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("-----END {kind}-----\n"));
    out
}

/// A block that was read.
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) der: Vec<u8>,
}

/// The first block in a text that can be read; its headers are ignored.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines();
    while let Some(line) = lines.by_ref().next() {
        let Some(kind) = line
            .strip_prefix("-----BEGIN ")
            .and_then(|rest| rest.trim_end().strip_suffix("-----"))
        else {
            continue;
        };
        let end = format!("-----END {kind}-----");
        let mut body = String::new();
        for line in lines.clone() {
            if line.trim_end() == end {
                if let Ok(der) = decode64(body.as_bytes()) {
                    return Some(Block {
                        kind: kind.to_owned(),
                        der,
                    });
                }
                break;
            }
            if !line.contains(':') {
                body.push_str(line.trim_end());
            }
        }
    }
    None
}
