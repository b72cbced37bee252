//! What Helm says of a mapping's key that JSON cannot have: both libraries print the key, and one the value, as `%#v`
//! does.

use std::fmt::Write as _;

use plimsoll_gostd::strconv::{self, FloatSize, quote};
use plimsoll_yaml::{Kind, NodeRef, Scalar};

/// Longer texts are cut, which neither library does: aliases can make any number of bytes of a few.
const LONGEST: usize = 64 << 10;

/// The first key that cannot be one of JSON, and its value, in the order of reading.
pub(super) fn offender(node: NodeRef<'_>) -> Option<(NodeRef<'_>, NodeRef<'_>)> {
    match node.kind() {
        Kind::Scalar => None,
        Kind::Sequence => node.items().find_map(offender),
        Kind::Mapping => node.merged_entries().find_map(|(key, value)| {
            if key.json_key().is_err() {
                Some((key, value))
            } else {
                offender(value)
            }
        }),
    }
}

/// `%#v` of what go-yaml decodes a node to.
pub(super) fn go_syntax(node: NodeRef<'_>) -> String {
    if matches!(node.try_resolve(), Ok(Scalar::Null)) && node.is_scalar() {
        return "<nil>".to_owned();
    }
    let mut out = String::new();
    write(&mut out, node);
    if out.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&at| out.is_char_boundary(at));
        out.truncate(end.unwrap_or_default());
    }
    out
}

fn write(out: &mut String, node: NodeRef<'_>) {
    if out.len() > LONGEST {
        return;
    }
    match node.kind() {
        Kind::Scalar => {
            if let Ok(scalar) = node.try_resolve() {
                write_scalar(out, scalar);
            }
        }
        Kind::Sequence => {
            out.push_str("[]interface {}{");
            for (i, item) in node.items().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write(out, item);
            }
            out.push('}');
        }
        Kind::Mapping => {
            out.push_str("map[interface {}]interface {}{");
            let mut entries: Vec<(String, NodeRef<'_>)> = Vec::new();
            let mut merged: Vec<_> = node.merged_entries().collect();
            merged.sort_by(|(a, _), (b, _)| order(*a, *b));
            for (key, value) in merged {
                let mut text = String::new();
                write(&mut text, key);
                entries.push((text, value));
            }
            for (i, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(&key);
                out.push(':');
                write(out, value);
            }
            out.push('}');
        }
    }
}

fn write_scalar(out: &mut String, scalar: Scalar<'_>) {
    // Writing to a string does not fail.
    let _ = match scalar {
        Scalar::Null => write!(out, "interface {{}}(nil)"),
        Scalar::Bool(value) => write!(out, "{value}"),
        Scalar::Int(value) => write!(out, "{value}"),
        Scalar::Uint(value) => write!(out, "{value:#x}"),
        Scalar::Float(value) => write!(
            out,
            "{}",
            strconv::format_float(value, b'g', None, FloatSize::F64)
        ),
        Scalar::Str(text) | Scalar::Timestamp(text) => write!(out, "{}", quote(text.as_bytes())),
        Scalar::Binary(text) => write!(
            out,
            "{}",
            quote(&plimsoll_yaml::resolve::decode_base64(text).unwrap_or_default())
        ),
    };
}

/// Keys in the order of `internal/fmtsort`. Go orders keys of different types by where the types lie in memory.
fn order(a: NodeRef<'_>, b: NodeRef<'_>) -> std::cmp::Ordering {
    match (a.try_resolve(), b.try_resolve()) {
        (Ok(Scalar::Int(a)), Ok(Scalar::Int(b))) => a.cmp(&b),
        (Ok(Scalar::Uint(a)), Ok(Scalar::Uint(b))) => a.cmp(&b),
        (Ok(Scalar::Bool(a)), Ok(Scalar::Bool(b))) => a.cmp(&b),
        (Ok(Scalar::Float(a)), Ok(Scalar::Float(b))) => a.total_cmp(&b),
        (Ok(Scalar::Str(a) | Scalar::Timestamp(a)), Ok(Scalar::Str(b) | Scalar::Timestamp(b))) => a.cmp(b),
        (Ok(a), Ok(b)) => rank(a).cmp(&rank(b)),
        _ => std::cmp::Ordering::Equal,
    }
}

fn rank(scalar: Scalar<'_>) -> u8 {
    match scalar {
        Scalar::Null => 0,
        Scalar::Bool(_) => 1,
        Scalar::Float(_) => 2,
        Scalar::Int(_) => 3,
        Scalar::Uint(_) => 4,
        Scalar::Str(_) | Scalar::Timestamp(_) | Scalar::Binary(_) => 5,
    }
}
