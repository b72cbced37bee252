//! What gobwas/glob says of patterns (`cargo xtask functions goldens`).

use plimsoll_gostd::glob::Glob;
use plimsoll_gostd::strconv::unquote;

/// Where gobwas/glob v0.2.3 does not do what its own documentation says: its compiler takes an alternative that matches the
/// empty text, braces that are left open or stand within braces, or three stars in a row, for something longer; its matchers of one rune match an
/// empty name; and where it counts runes it goes on by bytes.
fn upstream_slips(pattern: &[u8], name: &[u8]) -> bool {
    let stars = pattern.windows(3).any(|three| three == b"***");
    let (mut depth, mut empty, mut slips) = (0, false, name.is_empty() || !name.is_ascii() || stars);
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => {
                depth += 1;
                slips |= depth > 1;
                empty = true;
            }
            b',' | b'}' if depth > 0 => {
                slips |= empty;
                empty = *byte == b',';
                depth -= i32::from(*byte == b'}');
            }
            b'\\' => {
                bytes.next();
                empty = false;
            }
            // Stars match the empty text too.
            b'*' => {}
            _ => empty = false,
        }
    }
    slips || depth > 0
}

#[test]
fn patterns_choose_what_gobwas_chooses() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/glob/gobwas.tsv");
    // More of them, for fuzzing: what `oracle/functions globs SEED COUNT` printed.
    let path = std::env::var("GOBWAS_CASES").unwrap_or_else(|_| golden.to_owned());
    let text = std::fs::read_to_string(path).unwrap();
    let (mut cases, mut failures) = (0, Vec::new());
    for line in text.lines() {
        let mut parts = line.split('\t');
        let mut literal = || unquote(parts.next().unwrap().as_bytes()).unwrap();
        let (pattern, name) = (literal(), literal());
        let theirs = parts.next().unwrap();
        cases += 1;
        let ours = match Glob::new(&pattern) {
            Ok(glob) => glob.matches(&name).to_string(),
            Err(_) => "error".to_owned(),
        };
        if ours != theirs && !upstream_slips(&pattern, &name) {
            failures.push(format!("{line}, ours {ours}"));
        }
    }
    assert!(cases >= 3_000, "only {cases} cases");
    assert!(
        failures.is_empty(),
        "{} differ\n{}",
        failures.len(),
        failures.iter().take(25).cloned().collect::<Vec<_>>().join("\n")
    );
}
