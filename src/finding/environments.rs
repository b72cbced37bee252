//! What many environments of a project share is told once, with their names.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::locate::Located;

/// Names that are listed before the rest is counted.
const NAMED: usize = 5;

/// The environments of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Environments {
    /// Those it was found in.
    pub names: Vec<Arc<str>>,
    /// The others of the run.
    pub others: Vec<Arc<str>>,
}

impl Environments {
    /// Whether there is anything to say: of a run over more than one.
    pub fn are_many(&self) -> bool {
        self.names.len() + self.others.len() > 1
    }
}

impl fmt::Display for Environments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, others) = (&self.names, &self.others);
        let all = names.len() + others.len();
        if others.is_empty() {
            return write!(f, "in all {all} environments");
        }
        write!(f, "in {} of {all} environments: ", names.len())?;
        if names.len() > NAMED && others.len() <= NAMED {
            return write!(f, "all but {}", others.join(", "));
        }
        let (first, rest) = names.split_at(names.len().min(NAMED));
        f.write_str(&first.join(", "))?;
        match rest.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Makes one of findings that differ in nothing but the environment, and perhaps the namespace there. `all` are the
/// environments of the run, in their order.
pub fn join(findings: Vec<Located>, all: &[Arc<str>]) -> Vec<Located> {
    let mut joined: Vec<Located> = Vec::new();
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    for finding in findings {
        let object = finding.object.clone().map(|mut object| {
            object.namespace = None;
            object
        });
        let key = (
            Arc::clone(&finding.location.file),
            (finding.location.line, finding.location.column),
            (finding.rule.name, finding.severity),
            finding.message.clone(),
            (object, finding.field.clone()),
        );
        let same = places.entry(key).or_default();
        // Twice in one environment, it is of two namespaces.
        let is_elsewhere = |at: &&usize| {
            let told = &joined[**at].environments.names;
            !finding.environments.names.iter().any(|name| told.contains(name))
        };
        match same.iter().find(is_elsewhere).copied() {
            None => {
                same.push(joined.len());
                joined.push(finding);
            }
            Some(at) => {
                let told = &mut joined[at];
                told.environments.names.extend(finding.environments.names);
                if let (Some(one), Some(other)) = (&mut told.object, finding.object)
                    && one.namespace != other.namespace
                {
                    one.namespace = None;
                }
            }
        }
    }
    for finding in joined
        .iter_mut()
        .filter(|finding| !finding.environments.names.is_empty())
    {
        let told = &mut finding.environments;
        let (names, others) = all.iter().cloned().partition(|name| told.names.contains(name));
        (told.names, told.others) = (names, others);
    }
    joined
}
