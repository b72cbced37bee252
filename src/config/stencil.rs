//! Texts with blanks in them: `values-{{ env }}.yaml`.

use std::fmt;

use crate::suggest;

/// A text whose blanks are filled in for each environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stencil {
    /// As it was written.
    text: String,
    /// Texts, each with the blank that follows it.
    parts: Vec<(String, Option<String>)>,
}

impl Stencil {
    /// Reads a text that may have these blanks.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn new(text: &str, blanks: &[&str]) -> Result<Self, (String, String)> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else {
                let message = format!("`{text}` has a `{{{{` and no `}}}}` behind it");
                return Err((message, "close the blank: `{{ env }}`".to_owned()));
            };
            let name = name.trim();
            if !blanks.contains(&name) {
                let known: Vec<_> = blanks
                    .iter()
                    .map(|blank| format!("`{{{{ {blank} }}}}`"))
                    .collect();
                let help = match suggest::nearest(name, blanks.iter().copied()) {
                    Some(nearest) => format!("did you mean `{{{{ {nearest} }}}}`?"),
                    None => format!("write one of {}", known.join(", ")),
                };
                return Err((format!("there is no blank `{{{{ {name} }}}}` here"), help));
            }
            parts.push((before.to_owned(), Some(name.to_owned())));
            rest = after;
        }
        parts.push((rest.to_owned(), None));
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// The text with each blank filled in.
    pub fn fill<V: AsRef<str>>(&self, value: impl Fn(&str) -> V) -> String {
        let mut text = String::new();
        for (before, blank) in &self.parts {
            text.push_str(before);
            if let Some(blank) = blank {
                text.push_str(value(blank).as_ref());
            }
        }
        text
    }
}

impl fmt::Display for Stencil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
