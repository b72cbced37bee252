//! Go's `base64.StdEncoding.DecodeString`: line breaks are skipped, padding must be there and its spare bits may be
//! anything.

/// Decodes, or gives the offset that Go complains about.
pub(super) fn decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut quantum = [0u8; 4];
    let mut filled = 0;
    let mut bytes = text.iter().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    while let Some((at, &byte)) = bytes.next() {
        match value_of(byte) {
            Some(value) => {
                quantum[filled] = value;
                filled += 1;
                if filled == 4 {
                    out.extend_from_slice(&joined(quantum));
                    filled = 0;
                }
            }
            None if byte == b'=' && filled >= 2 => {
                if filled == 2 {
                    match bytes.next() {
                        Some((_, b'=')) => {}
                        Some((at, _)) => return Err(at),
                        None => return Err(text.len()),
                    }
                }
                if let Some((at, _)) = bytes.next() {
                    return Err(at);
                }
                quantum[filled..].fill(0);
                out.extend_from_slice(&joined(quantum)[..filled - 1]);
                return Ok(out);
            }
            None => return Err(at),
        }
    }
    if filled == 0 { Ok(out) } else { Err(text.len() - filled) }
}

fn value_of(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn joined(quantum: [u8; 4]) -> [u8; 3] {
    let [a, b, c, d] = quantum;
    [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]
}
