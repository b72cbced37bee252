//! What people get wrong, done to a manifest: typos, misplaced fields, wrong types, values out of range, bad names, fields that
//! exclude each other. Every choice comes from the seed.

use std::collections::{BTreeMap, BTreeSet};

use super::random::Random;
use super::tree::Tree;

/// What the corpus knows of fields: from it come values and fields that fit a place, though perhaps not this object.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Values by key.
    values: BTreeMap<String, BTreeSet<Tree>>,
    /// Fields by the role of the mapping that holds them.
    siblings: BTreeMap<String, BTreeMap<String, BTreeSet<Tree>>>,
}

impl Fields {
    pub(super) fn of<'a>(trees: impl Iterator<Item = &'a Tree>) -> Self {
        let mut fields = Self::default();
        for tree in trees {
            fields.learn(tree, tree, &mut Vec::new());
        }
        fields
    }

    /// Values that the corpus has under a key.
    pub(super) fn values(&self, key: &str) -> impl Iterator<Item = &Tree> {
        self.values.get(key).into_iter().flatten()
    }

    /// Fields, with values, that the corpus has in mappings of the same role.
    pub(super) fn siblings(
        &self,
        tree: &Tree,
        place: &[usize],
    ) -> impl Iterator<Item = (&String, &BTreeSet<Tree>)> {
        self.siblings.get(&role(tree, place)).into_iter().flatten()
    }

    fn learn(&mut self, root: &Tree, node: &Tree, here: &mut Vec<usize>) {
        if let Tree::Map(entries) = node {
            let role = role(root, here);
            for (key, value) in entries {
                self.values.entry(key.clone()).or_default().insert(value.clone());
                self.siblings
                    .entry(role.clone())
                    .or_default()
                    .entry(key.clone())
                    .or_default()
                    .insert(value.clone());
            }
        }
        for (step, child) in node.children().enumerate() {
            here.push(step);
            self.learn(root, child, here);
            here.pop();
        }
    }
}

/// What a mapping is: the kind and the route below spec without indices, but the same for pod specs everywhere.
fn role(root: &Tree, place: &[usize]) -> String {
    let mut route = String::new();
    let mut skip = false;
    for c in root.route(place).chars() {
        match c {
            '[' => {
                skip = true;
                route.push_str("[]");
            }
            ']' => skip = false,
            _ if !skip => route.push(c),
            _ => {}
        }
    }
    let kind = root.get("kind").and_then(Tree::text).unwrap_or_default();
    if let Some((_, rest)) = route.rsplit_once("template.spec") {
        return format!("Pod:spec{rest}").replace("initContainers", "containers");
    }
    if route.starts_with("metadata") {
        return route;
    }
    format!("{kind}:{route}").replace("initContainers", "containers")
}

/// Changes a manifest once, or twice now and then; says how.
pub(super) fn mutate(tree: &mut Tree, fields: &Fields, random: &mut Random) -> Vec<String> {
    let times = if random.one_in(8) { 2 } else { 1 };
    let mut done = Vec::new();
    for _ in 0..40 {
        if done.len() == times {
            break;
        }
        let mut changed = tree.clone();
        if let Some(how) = once(&mut changed, fields, random)
            && changed != *tree
        {
            *tree = changed;
            done.push(how);
        }
    }
    done
}

fn once(tree: &mut Tree, fields: &Fields, random: &mut Random) -> Option<String> {
    let places = tree.places();
    let place = random.pick(&places)?.clone();
    // apiVersion and kind are one choice among many, or every other object would be of no kind at all.
    if let [0 | 1] = place[..]
        && !random.one_in(6)
    {
        return None;
    }
    let route = tree.route(&place);
    let how = match random.below(20) {
        0 => misspell(tree, &place, random),
        1 => move_field(tree, &place, random),
        2 | 3 => retype(tree, &place, random),
        4 | 5 => delete(tree, &place),
        6 => twice(tree, &place, random),
        7 | 8 => replace_number(tree, &place, random),
        9..=11 => replace_text(tree, &place, random),
        12 => change_case(tree, &place, random),
        13 => empty(tree, &place, random),
        14 => swap(tree, &place, random),
        15..=17 => add_field(tree, &place, fields, random),
        _ => other_value(tree, &place, fields, random),
    }?;
    Some(format!("{route}: {how}"))
}

fn holder<'t>(tree: &'t mut Tree, place: &[usize]) -> Option<(&'t mut Vec<(String, Tree)>, usize)> {
    let (&last, parent) = place.split_last()?;
    match tree.at_mut(parent)? {
        Tree::Map(entries) => Some((entries, last)),
        _ => None,
    }
}

fn misspell(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let (entries, at) = holder(tree, place)?;
    let key = &mut entries.get_mut(at)?.0;
    let letters: Vec<char> = key.chars().collect();
    let spot = random.below(letters.len());
    let mut new = letters.clone();
    match random.below(6) {
        0 if letters.len() > 1 => {
            new.swap(spot.min(letters.len() - 2), spot.min(letters.len() - 2) + 1);
        }
        1 if letters.len() > 1 => {
            new.remove(spot);
        }
        2 => new.insert(spot, *letters.get(spot)?),
        3 => {
            let letter = new.get_mut(spot)?;
            *letter = if letter.is_uppercase() {
                letter.to_ascii_lowercase()
            } else {
                letter.to_ascii_uppercase()
            };
        }
        4 => {
            let first = new.first_mut()?;
            *first = first.to_ascii_uppercase();
        }
        _ if letters.last() == Some(&'s') => {
            new.pop();
        }
        _ => new.push('s'),
    }
    *key = new.into_iter().collect();
    Some(format!("key is now {key:?}"))
}

fn move_field(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let (entries, at) = holder(tree, place)?;
    let moved = entries.get(at)?.clone();
    if random.one_in(2) {
        // One level in: into a sibling that is a mapping, or the first item of a sibling that is a list of them.
        let targets: Vec<usize> = (0..entries.len())
            .filter(|&other| {
                other != at && matches!(entries.get(other), Some((_, Tree::Map(_) | Tree::Seq(_))))
            })
            .collect();
        let target = *random.pick(&targets)?;
        let name = entries.get(target)?.0.clone();
        match &mut entries.get_mut(target)?.1 {
            Tree::Map(inner) => inner.push(moved),
            Tree::Seq(items) => match items.first_mut()? {
                Tree::Map(inner) => inner.push(moved),
                _ => return None,
            },
            _ => return None,
        }
        entries.remove(at);
        return Some(format!("moved into {name}"));
    }
    entries.remove(at);
    let mut above = place.get(..place.len().checked_sub(2)?)?;
    loop {
        match tree.at_mut(above)? {
            Tree::Map(outer) => {
                outer.push(moved);
                return Some("moved one level out".to_owned());
            }
            _ => above = above.get(..above.len().checked_sub(1)?)?,
        }
    }
}

const SPELLINGS: &[&str] = &[
    "yes",
    "off",
    "true",
    "~",
    "1",
    "0x10",
    "010",
    "0o17",
    "1_000",
    "1e3",
    "1.5",
    "-0",
    ".5",
    ".inf",
    "2024-01-01",
    "12:30:45",
    "!!str 1",
    "1.0",
];

fn retype(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let node = tree.at_mut(place)?;
    *node = match (&*node, random.below(5)) {
        (Tree::Text(text), 0 | 1) if text.parse::<f64>().is_ok() => Tree::Plain(text.clone()),
        (Tree::Text(_) | Tree::Plain(_), 0) => Tree::Plain((*random.pick(SPELLINGS)?).to_owned()),
        (Tree::Plain(text), 1) => Tree::Text(text.clone()),
        (Tree::Text(_), 1) => Tree::Plain(random.below(10).to_string()),
        (_, 2) => Tree::Seq(vec![node.clone()]),
        (_, 3) => Tree::Map(vec![("name".to_owned(), node.clone())]),
        (Tree::Seq(items), _) if !items.is_empty() => items.first()?.clone(),
        (Tree::Map(entries), _) if !entries.is_empty() => match random.below(3) {
            0 => Tree::Seq(entries.iter().map(|(key, _)| Tree::Text(key.clone())).collect()),
            1 => entries.first()?.1.clone(),
            _ => Tree::Text(entries.first()?.0.clone()),
        },
        _ => Tree::Plain((if random.one_in(2) { "true" } else { "7" }).to_owned()),
    };
    Some(format!("is now {}", node.short()))
}

fn delete(tree: &mut Tree, place: &[usize]) -> Option<String> {
    let (&last, parent) = place.split_last()?;
    match tree.at_mut(parent)? {
        Tree::Map(entries) => {
            entries.remove(last);
        }
        Tree::Seq(items) => {
            items.remove(last);
        }
        _ => return None,
    }
    Some("deleted".to_owned())
}

fn twice(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let (&last, parent) = place.split_last()?;
    match tree.at_mut(parent)? {
        Tree::Map(entries) => {
            let copy = entries.get(last)?.clone();
            let at = if random.one_in(2) { entries.len() } else { last };
            entries.insert(at, copy);
        }
        Tree::Seq(items) => {
            let copy = items.get(last)?.clone();
            items.push(copy);
        }
        _ => return None,
    }
    Some("stands twice".to_owned())
}

const NUMBERS: &[&str] = &[
    "-1",
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "11",
    "63",
    "64",
    "80",
    "100",
    "101",
    "300",
    "301",
    "999",
    "1000",
    "1001",
    "3600",
    "20000",
    "29999",
    "30000",
    "32767",
    "32768",
    "65535",
    "65536",
    "86400",
    "100000",
    "1000000001",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "1.5",
    "1e2",
    "-128",
];

fn replace_number(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let node = tree.at_mut(place)?;
    match node {
        Tree::Plain(text) if text.parse::<f64>().is_ok() => *text = (*random.pick(NUMBERS)?).to_owned(),
        Tree::Plain(text) if text == "true" => *text = "false".to_owned(),
        Tree::Plain(text) if text == "false" => *text = "true".to_owned(),
        Tree::Text(text) if text.ends_with('%') => {
            *text =
                (*random.pick(&["0%", "-1%", "100%", "101%", "1000%", "%", "5 %", "1.5%", "5"])?).to_owned();
        }
        _ => return None,
    }
    Some(format!("is now {}", node.short()))
}

const QUANTITIES: &[&str] = &[
    "0",
    "-1",
    "1.5",
    "100m",
    "1Gi",
    "1G",
    "1gb",
    "1 Gi",
    "1e3",
    "1E",
    "1Mi5",
    "",
    "0.5m",
    "1n",
    "-0",
    "+1",
    "1_000",
    "12345678901234567890",
    ".5",
    "5.",
    "1Ki",
    "1K",
    "1k",
    "100Mi",
    "1e100",
    "many",
];
const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.1/8",
    "10.0.0.0/33",
    "300.1.1.1",
    "10.0.0",
    "010.0.0.1",
    "::1",
    "fd00::/64",
    "fd00::1/129",
    "::ffff:1.2.3.4",
    "127.0.0.1",
    "169.254.1.1",
    "224.0.0.1",
    "0.0.0.0",
    "0.0.0.0/0",
    "fe80::1",
    "1.2.3.4:80",
    "None",
    "",
];
const CRONS: &[&str] = &[
    "* * * * *",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "0 24 * * *",
    "@daily",
    "@every 1h",
    "@never",
    "TZ=UTC 0 0 * * *",
    "CRON_TZ=UTC 0 0 * * *",
    "0 0 30 2 *",
    "*/0 * * * *",
    "*/5 * * * MON-FRI",
    "0 0 * JAN 8",
    "5-1 * * * *",
    "",
    "?  * * * *",
    "0 0 * * 7",
];
const PATHS: &[&str] = &[
    "/", "a/b", "/a/../b", "../a", "..", "a\\b", "C:\\a", "/a:b", "/a//b", "a/..", "./a", "/a b", "", "/%zz",
    "/a%2Fb", "/a?b#c", "/a/", "..a", ".a", "/dev/x", "/proc/x",
];
const URLS: &[&str] = &[
    "https://a.example/x",
    "http://a.example",
    "https://",
    "ftp://a.example",
    "a.example/x",
    "https://u:p@a.example",
    "https://a.example?q=1",
    "https://a.example#f",
    "://a",
    "",
    "https://a b",
    "*.example.com",
    "a.*.com",
    "*.*.com",
    "*",
    "example.com.",
    "EXAMPLE.com",
];
const NAMES: &[&str] = &[
    "a",
    "A",
    "Foo",
    "a_b",
    "a.b",
    "a b",
    "-a",
    "a-",
    ".a",
    "a.",
    "a..b",
    "a/b",
    "a/b/c",
    "/a",
    "a/",
    "1",
    "1a",
    "a1",
    "0",
    "",
    " ",
    "-",
    ".",
    "..",
    "*",
    "é",
    "a\nb",
    "a:b",
    "a%b",
    "a=b",
    "a,b",
    "a@b",
    "a+b",
    "$(A)",
    "{{ x }}",
    "true",
    "null",
    "kubernetes.io/a",
    "k8s.io/a",
    "example.com/a",
    "Example.com/a",
    "example.com/A_b",
    "a--b",
    "default",
    "None",
    "system:a",
    "system-a",
    "http",
    "port-name-too-long",
    "aa-aa-aa-aa-aa-a",
    "123",
    "a\tb",
    "Always",
    "TCP",
    "tcp",
];

fn replace_text(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    // Keys of labels, selectors, data and the like are values as well.
    if random.one_in(5)
        && let Some((entries, at)) = holder(tree, place)
        && entries.iter().all(|(_, value)| matches!(value, Tree::Text(_)))
    {
        let key = &mut entries.get_mut(at)?.0;
        *key = some_name(random)?;
        return Some(format!("key is now {key:?}"));
    }
    let node = tree.at_mut(place)?;
    let Tree::Text(text) = node else { return None };
    let looks_like = |list: &[&str]| list.contains(&text.as_str());
    let is_quantity =
        text.starts_with(|c: char| c.is_ascii_digit()) && text.len() < 10 && !text.contains(['.', ':', '/']);
    *text = if random.one_in(4) {
        some_name(random)?
    } else if is_quantity || looks_like(QUANTITIES) {
        (*random.pick(QUANTITIES)?).to_owned()
    } else if text.contains("://") || text.starts_with("*.") || text.ends_with(".com") {
        (*random.pick(URLS)?).to_owned()
    } else if text.starts_with(|c: char| c.is_ascii_hexdigit())
        && text.contains([':', '.'])
        && text.contains(|c: char| c.is_ascii_digit())
        && !text.contains('-')
    {
        (*random.pick(ADDRESSES)?).to_owned()
    } else if text.contains('*') && text.contains(' ') {
        (*random.pick(CRONS)?).to_owned()
    } else if text.starts_with('/') {
        (*random.pick(PATHS)?).to_owned()
    } else {
        some_name(random)?
    };
    Some(format!("is now {}", node.short()))
}

fn some_name(random: &mut Random) -> Option<String> {
    Some(match random.below(12) {
        0 => "a".repeat(*random.pick(&[15, 16, 52, 53, 63, 64, 253, 254, 316, 317])?),
        1 => format!("a.{}", "b".repeat(*random.pick(&[63, 64, 251, 252])?)),
        2 => (*random.pick(PATHS)?).to_owned(),
        3 => (*random.pick(&[QUANTITIES, ADDRESSES, URLS, CRONS])?.first()?).to_owned(),
        _ => (*random.pick(NAMES)?).to_owned(),
    })
}

fn change_case(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let node = tree.at_mut(place)?;
    let Tree::Text(text) = node else { return None };
    *text = match random.below(4) {
        0 => text.to_ascii_lowercase(),
        1 => text.to_ascii_uppercase(),
        2 => format!("{text} "),
        _ => {
            let mut letters: Vec<char> = text.chars().collect();
            let first = letters.first_mut()?;
            *first = if first.is_uppercase() {
                first.to_ascii_lowercase()
            } else {
                first.to_ascii_uppercase()
            };
            letters.into_iter().collect()
        }
    };
    Some(format!("is now {}", node.short()))
}

fn empty(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let node = tree.at_mut(place)?;
    *node = match (&*node, random.below(3)) {
        (_, 0) => Tree::Plain("null".to_owned()),
        (Tree::Map(_), 1) => Tree::Map(Vec::new()),
        (Tree::Seq(_), 1) => Tree::Seq(Vec::new()),
        (Tree::Map(entries), _) => Tree::Map(
            entries
                .iter()
                .map(|(key, _)| (key.clone(), Tree::Plain("null".to_owned())))
                .collect(),
        ),
        (Tree::Seq(_), _) => Tree::Seq(vec![Tree::Plain("null".to_owned())]),
        _ => Tree::Text(String::new()),
    };
    Some(format!("is now {}", node.short()))
}

fn swap(tree: &mut Tree, place: &[usize], random: &mut Random) -> Option<String> {
    let here = tree.at(place)?.clone();
    let others: Vec<Vec<usize>> = if random.one_in(2) {
        let parent = place.get(..place.len() - 1)?;
        tree.places()
            .into_iter()
            .filter(|other| other != place && other.len() == place.len() && other.starts_with(parent))
            .collect()
    } else {
        tree.places()
            .into_iter()
            .filter(|other| matches!(tree.at(other), Some(Tree::Text(_) | Tree::Plain(_))))
            .filter(|_| matches!(here, Tree::Text(_) | Tree::Plain(_)))
            .collect()
    };
    let other = random.pick(&others)?.clone();
    let there = tree.at(&other)?.clone();
    let route = tree.route(&other);
    *tree.at_mut(&other)? = here;
    *tree.at_mut(place)? = there;
    Some(format!("swapped with {route}"))
}

fn add_field(tree: &mut Tree, place: &[usize], fields: &Fields, random: &mut Random) -> Option<String> {
    let place = match tree.at(place)? {
        Tree::Map(_) => place,
        _ => place.get(..place.len() - 1)?,
    };
    let known = fields.siblings.get(&role(tree, place))?;
    let Tree::Map(entries) = tree.at_mut(place)? else {
        return None;
    };
    let new: Vec<&String> = known
        .keys()
        .filter(|key| entries.iter().all(|(old, _)| old != *key))
        .collect();
    let key = (*random.pick(&new)?).clone();
    let values: Vec<&Tree> = known.get(&key)?.iter().collect();
    let value = (*random.pick(&values)?).clone();
    let how = format!("field {key} added: {}", value.short());
    entries.push((key, value));
    Some(how)
}

fn other_value(tree: &mut Tree, place: &[usize], fields: &Fields, random: &mut Random) -> Option<String> {
    let (entries, at) = holder(tree, place)?;
    let (key, value) = entries.get_mut(at)?;
    let values: Vec<&Tree> = fields.values.get(key)?.iter().collect();
    *value = (*random.pick(&values)?).clone();
    Some(format!("is now {}", value.short()))
}
