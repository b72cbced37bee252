//! Differences that `KNOWN_DIFFERENCES.md` explains, one test each, as narrow as they can be told.

type Answer = Result<Vec<u8>, String>;

fn text(answer: &Answer) -> String {
    match answer {
        Ok(output) => String::from_utf8_lossy(output).into_owned(),
        Err(error) => error.clone(),
    }
}

/// Whether the texts are the same but that one has the first and the other the second of two sentences.
fn swapped(helm: &str, ours: &str, sentences: [&str; 2]) -> bool {
    [sentences, [sentences[1], sentences[0]]]
        .iter()
        .any(|[theirs, own]| helm.contains(theirs) && helm.replace(theirs, own) == ours)
}

/// The row that explains a difference between what Helm gives and what we give, if one does.
pub(crate) fn explanation(template: &str, helm: &Answer, ours: &Answer) -> Option<&'static str> {
    let (helm, ours) = (text(helm), text(ours));
    let two_mistakes = [
        "unsupported type: complex128",
        "toml: cannot encode array with nil element",
    ];
    if template.contains("oToml") && swapped(&helm, &ours, two_mistakes) {
        return Some("two mistakes in toToml");
    }
    // One text says that the document is cut off, the other what was read of it or what is wrong with that.
    let cut = "yaml: incomplete UTF-8 octet sequence";
    if template.contains("romYaml") && ends_inside_rune(template) && helm.contains(cut) != ours.contains(cut)
    {
        return Some("YAML that ends inside a rune");
    }
    None
}

/// Whether a text literal ends with the first byte of a rune, or some more but not all.
fn ends_inside_rune(template: &str) -> bool {
    template.split('"').any(|literal| {
        let bytes: Vec<&str> = literal.rsplitn(4, "\\x").collect();
        let escape = |part: &str| u8::from_str_radix(part, 16).ok();
        bytes
            .iter()
            .take(bytes.len().saturating_sub(1))
            .map_while(|part| escape(part))
            .enumerate()
            .any(|(after, byte)| match byte {
                0xC0..=0xDF => after < 1,
                0xE0..=0xEF => after < 2,
                0xF0..=0xF7 => after < 3,
                _ => false,
            })
    })
}
