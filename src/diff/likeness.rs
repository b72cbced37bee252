//! Which object that went is which that came: renames, generated names with another suffix, moves to another kind.
//!
//! Objects are compared by what they hold, without what every object of a chart has alike (labels, annotations). Each
//! fact of an object is a hash; only objects that share a fact few others have are compared, so that the work stays
//! linear in facts however many objects there are.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use plimsoll_yaml::NodeRef;

use crate::manifest::{Manifest, view};

/// Facts of one object that are looked at.
const MOST_FACTS: usize = 2_000;
/// A fact that more objects share says nothing about which of them it is.
const COMMON: usize = 8;
/// Objects that the closest look is taken at, for each one that came.
const CANDIDATES: usize = 4;

/// Share of common facts from which two objects are the same if all words of one name are in the other.
const LIKE_WITH_NAME: f64 = 0.4;
/// The same if the names end in the same word, as they do where the part before it changed.
const LIKE_WITH_END: f64 = 0.6;
/// The same for any names; it takes [`ENOUGH`] facts.
const LIKE: f64 = 0.75;
/// Facts without which an object is told by its name only.
const ENOUGH: usize = 8;

/// What one object holds.
struct Facts {
    /// As it is written; sorted, each once.
    written: Vec<u64>,
    /// With the object's own name left out of every text, so that what is derived from it is the same too.
    nameless: Vec<u64>,
    /// The words of its name, which only lead to who is looked at.
    name: Vec<u64>,
    /// Only objects of one of these are compared.
    kind: u64,
}

impl Facts {
    fn all(&self) -> impl Iterator<Item = &u64> {
        self.written.iter().chain(&self.nameless).chain(&self.name)
    }

    /// How much of all facts both have, in the way in which they are closer.
    fn share(&self, other: &Self) -> f64 {
        share(&self.written, &other.written).max(share(&self.nameless, &other.nameless))
    }
}

/// Pairs of places `(old, new)` of objects that are probably the same, each place once.
pub(super) fn pairs(old: &[&Manifest], new: &[&Manifest]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let old_facts: Vec<Facts> = old.iter().map(|manifest| facts(manifest)).collect();
    let mut holders: HashMap<(u64, u64), Vec<usize>> = HashMap::new();
    for (place, facts) in old_facts.iter().enumerate() {
        for fact in facts.all() {
            let holders = holders.entry((facts.kind, *fact)).or_default();
            // One more than is looked at shows that it is common.
            if holders.len() <= COMMON {
                holders.push(place);
            }
        }
    }
    let mut likely: Vec<(f64, usize, usize)> = Vec::new();
    for (place, manifest) in new.iter().enumerate() {
        let facts = facts(manifest);
        let mut votes: HashMap<usize, usize> = HashMap::new();
        for fact in facts.all() {
            let holders = holders
                .get(&(facts.kind, *fact))
                .filter(|holders| holders.len() <= COMMON);
            for holder in holders.into_iter().flatten() {
                *votes.entry(*holder).or_default() += 1;
            }
        }
        let mut votes: Vec<(usize, usize)> = votes.into_iter().collect();
        votes.sort_unstable_by_key(|(holder, votes)| (std::cmp::Reverse(*votes), *holder));
        for (holder, _) in votes.into_iter().take(CANDIDATES) {
            let share = old_facts[holder].share(&facts);
            let (before, after) = (&*old[holder].id.name, &*manifest.id.name);
            let closeness = Closeness::of(before, after);
            let is_rich = facts.written.len().min(old_facts[holder].written.len()) >= ENOUGH;
            let is_same = match closeness {
                Closeness::Same => true,
                Closeness::Within => share >= LIKE_WITH_NAME,
                Closeness::End => share >= LIKE_WITH_END,
                Closeness::None => is_rich && share >= LIKE,
            };
            if is_same {
                let bonus = f64::from(closeness as u8);
                likely.push((share + bonus, holder, place));
            }
        }
    }
    likely.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut taken_old, mut taken_new) = (HashSet::new(), HashSet::new());
    likely
        .into_iter()
        .filter(|(_, old, new)| {
            let is_free = !taken_old.contains(old) && !taken_new.contains(new);
            is_free && taken_old.insert(*old) && taken_new.insert(*new)
        })
        .map(|(_, old, new)| (old, new))
        .collect()
}

/// How much of all facts both have.
fn share(a: &[u64], b: &[u64]) -> f64 {
    let (mut common, mut at) = (0_usize, 0);
    for fact in a {
        while b.get(at).is_some_and(|other| other < fact) {
            at += 1;
        }
        common += usize::from(b.get(at) == Some(fact));
    }
    let all = a.len() + b.len() - common;
    // Two that hold nothing hold the same.
    if all == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "facts are few")]
    let share = common as f64 / all as f64;
    share
}

/// How close two names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closeness {
    /// Not at all.
    None = 0,
    /// Both end in the same word.
    End = 1,
    /// All words of one are in the other.
    Within = 2,
    /// They differ in a generated suffix at most.
    Same = 3,
}

impl Closeness {
    fn of(a: &str, b: &str) -> Self {
        if stem(a) == stem(b) {
            return Self::Same;
        }
        let words = |name: &str| -> Vec<String> { name.split(['-', '.']).map(str::to_owned).collect() };
        let (a, b) = (words(a), words(b));
        let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
        if short.iter().all(|word| long.contains(word)) {
            Self::Within
        } else if a.last() == b.last() {
            Self::End
        } else {
            Self::None
        }
    }
}

/// A name without the suffix that something generates: a hash of the content, a revision.
fn stem(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((stem, suffix)) if is_generated(suffix) => stem,
        _ => name,
    }
}

/// Whether a word looks like a hash or a revision: letters of a hash, and a digit among them.
fn is_generated(word: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    word.bytes().all(is_letter)
        && (word.bytes().all(|byte| byte.is_ascii_digit())
            || word.len() >= 5 && word.bytes().any(|byte| byte.is_ascii_digit()))
}

/// What an object holds beside what it is called. Of workloads only the pods count, so that a move to another kind is
/// found; all others must be of one kind.
fn facts(manifest: &Manifest) -> Facts {
    let mut found = Found {
        name: &manifest.id.name,
        written: Vec::new(),
        nameless: Vec::new(),
    };
    let template = view::template_route(manifest).filter(|route| !route.is_empty());
    let pod = template
        .and_then(|route| manifest.get(route))
        .and_then(|pod| pod.get("spec"));
    let kind = if let Some(pod) = pod {
        found.add(pod, hash(&"pod"));
        hash(&"pod")
    } else {
        for (key, value) in manifest.node().merged_entries() {
            if !matches!(key.str(), "apiVersion" | "kind" | "metadata" | "status") {
                found.add(value, hash(&key.str()));
            }
        }
        hash(&manifest.id.group_kind())
    };
    let words = manifest
        .id
        .name
        .split(['-', '.'])
        .map(|word| hash(&("word", word)));
    let sorted = |mut hashes: Vec<u64>| {
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    };
    Facts {
        written: sorted(found.written),
        nameless: sorted(found.nameless),
        name: words.chain([hash(&("stem", stem(&manifest.id.name)))]).collect(),
        kind,
    }
}

struct Found<'m> {
    name: &'m str,
    written: Vec<u64>,
    nameless: Vec<u64>,
}

impl Found<'_> {
    /// Notes every scalar below a node with the keys that lead to it; of long texts each line.
    fn add(&mut self, node: NodeRef<'_>, path: u64) {
        if self.written.len() >= MOST_FACTS {
            return;
        }
        if node.is_scalar() {
            for line in node.str().lines() {
                self.written.push(hash(&(path, line)));
                self.nameless
                    .push(if self.name.len() > 2 && line.contains(self.name) {
                        hash(&(path, line.replace(self.name, "\0")))
                    } else {
                        hash(&(path, line))
                    });
            }
        }
        for item in node.items() {
            self.add(item, path);
        }
        for (key, value) in node.merged_entries() {
            self.add(value, hash(&(path, key.str())));
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Closeness;

    #[test]
    fn names_that_are_alike() {
        for (a, b, closeness) in [
            ("web-config-8f4d2c", "web-config-5k9bt2", Closeness::Same),
            ("migrate-12", "migrate-13", Closeness::Same),
            ("web", "shop-web", Closeness::Within),
            (
                "release-name-chart",
                "release-name-chart-server",
                Closeness::Within,
            ),
            ("old-name-api", "new-api", Closeness::End),
            ("shop-web", "shop-api", Closeness::None),
            ("web-blue", "web-green", Closeness::None),
        ] {
            assert_eq!(Closeness::of(a, b), closeness, "{a} {b}");
        }
    }
}
