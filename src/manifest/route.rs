//! A path inside an object: `spec.template.spec.containers[0].image`, as the API server writes it.

use std::fmt;

use smol_str::SmolStr;

/// One step of a [`Route`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a mapping. Most are short enough to need no memory of their own.
    Key(SmolStr),
    /// An index of a sequence, from 0.
    Index(u32),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(SmolStr::new(key))
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// A path of keys and indices from an object's root.
///
/// Rules and validators speak only in routes; `finding::locate` turns them into spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Vec<Step>);

impl Route {
    /// The object itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// This route and one step more.
    #[must_use]
    pub fn then(&self, step: impl Into<Step>) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step.into());
        Self(steps)
    }

    /// This route and a path of keys, such as `securityContext.privileged`.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        let keys = path.split('.').map(Step::from);
        Self(self.0.iter().cloned().chain(keys).collect())
    }

    /// This route followed by another.
    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// Adds a step in place: for walkers that push and pop.
    pub fn push(&mut self, step: impl Into<Step>) {
        self.0.push(step.into());
    }

    /// Removes the last step.
    pub fn pop(&mut self) -> Option<Step> {
        self.0.pop()
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The route of what holds this place; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.to_vec()))
    }

    /// Reads `spec.containers[0].image`; a key that holds a dot or bracket is written `["a.b"]` or `[a.b]`.
    ///
    /// # Errors
    /// The byte offset of what cannot be read.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            if let Some(inner) = rest.strip_prefix('[') {
                let (token, after) = if let Some(quoted) = inner.strip_prefix('"') {
                    quoted.split_once("\"]").ok_or(at)?
                } else {
                    inner.split_once(']').ok_or(at)?
                };
                match token.parse::<u32>() {
                    Ok(index) if !inner.starts_with('"') => steps.push(Step::Index(index)),
                    _ => steps.push(Step::from(token)),
                }
                rest = after;
            } else {
                let body = if steps.is_empty() {
                    rest
                } else {
                    rest.strip_prefix('.').ok_or(at)?
                };
                let end = body.find(['.', '[']).unwrap_or(body.len());
                if end == 0 {
                    return Err(text.len() - body.len());
                }
                steps.push(Step::from(&body[..end]));
                rest = &body[end..];
            }
        }
        Ok(Self(steps))
    }
}

impl FromIterator<Step> for Route {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"']) => {
                    write!(f, "[\"{key}\"]")?
                }
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn parse_and_display_are_inverse() {
        for text in [
            "",
            "spec",
            "spec.template.spec.containers[0].image",
            "metadata.annotations[\"helm.sh/hook\"]",
            "[2].name",
            "a[0][1].b",
        ] {
            assert_eq!(
                Route::parse(text).map(|route| route.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn broken_routes_say_where() {
        assert_eq!(Route::parse("a..b"), Err(2));
        assert_eq!(Route::parse("a[0"), Err(1));
        assert_eq!(Route::parse("a[0]b"), Err(4));
    }
}
