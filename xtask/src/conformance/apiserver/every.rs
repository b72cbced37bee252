//! Every field of a manifest changed on its own: taken away, given other values, and each field that it lacks added. What the
//! server accepts of a new object and refuses of a change is what may not change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::agreement::Agreement;
use super::mutate::Fields;
use super::report::Outcome;
use super::tree::Tree;

/// Other values that one field is given.
const VALUES: usize = 3;

/// All changes of a manifest in one field, and what each is.
pub(super) fn changes(tree: &Tree, fields: &Fields) -> Vec<(Tree, String)> {
    let mut changes = Vec::new();
    for place in tree.places() {
        // Of another version, kind or name it is another object.
        if matches!(place[..], [0 | 1]) {
            continue;
        }
        let route = tree.route(&place);
        let Some((&last, parent)) = place.split_last() else {
            continue;
        };
        let mut change = |how: String, edit: &dyn Fn(&mut Tree) -> Option<()>| {
            let mut changed = tree.clone();
            if edit(&mut changed).is_some() && changed != *tree {
                changes.push((changed, format!("{route}: {how}")));
            }
        };
        change("deleted".to_owned(), &|tree| {
            match tree.at_mut(parent)? {
                Tree::Map(entries) => drop(entries.remove(last)),
                Tree::Seq(items) => drop(items.remove(last)),
                _ => return None,
            }
            Some(())
        });
        let Some(node) = tree.at(&place) else { continue };
        let key = match tree.at(parent) {
            Some(Tree::Map(entries)) => entries.get(last).map(|(key, _)| key.as_str()),
            _ => None,
        };
        let known = key.into_iter().flat_map(|key| fields.values(key));
        for value in near(node).into_iter().chain(known.take(VALUES).cloned()) {
            change(format!("is now {}", value.short()), &|tree| {
                *tree.at_mut(&place)? = value.clone();
                Some(())
            });
        }
        let Tree::Map(entries) = node else { continue };
        for (key, values) in fields.siblings(tree, &place) {
            if entries.iter().any(|(known, _)| known == key) {
                continue;
            }
            for value in values.iter().take(VALUES) {
                change(format!("field {key} added: {}", value.short()), &|tree| {
                    match tree.at_mut(&place)? {
                        Tree::Map(entries) => entries.push((key.clone(), value.clone())),
                        _ => return None,
                    }
                    Some(())
                });
            }
        }
    }
    changes
}

/// A value of the same form.
fn near(node: &Tree) -> Option<Tree> {
    match node {
        Tree::Text(text) => Some(Tree::Text(format!("{text}x"))),
        Tree::Plain(text) => match (text.as_str(), text.parse::<i64>()) {
            ("true", _) => Some(Tree::Plain("false".to_owned())),
            ("false", _) => Some(Tree::Plain("true".to_owned())),
            (_, Ok(number)) => Some(Tree::Plain((number + 1).to_string())),
            _ => None,
        },
        Tree::Map(_) | Tree::Seq(_) => None,
    }
}

/// What may not change, by kind: each field that the server names, how many changes of it were tried, and how many of those we
/// do not refuse. `new_accepted` are the changes whose new side the server would accept as a new object.
pub(super) fn print(outcomes: &[Outcome<'_>], new_accepted: &BTreeSet<usize>) -> String {
    let mut fields: BTreeMap<(&str, String), (usize, usize)> = BTreeMap::new();
    for outcome in outcomes {
        // A selector that no longer fits its template is refused of a new object too.
        let may_be_new = new_accepted.contains(&outcome.case.number);
        let errors = outcome.server.errors.iter();
        let of_change = errors.filter(|error| may_be_new || error.detail.contains("immutable"));
        let named: BTreeSet<String> = of_change.map(|error| without_places(&error.field)).collect();
        for field in named {
            let (tried, missed) = fields.entry((&outcome.case.kind, field)).or_default();
            *tried += 1;
            *missed += usize::from(outcome.agreement == Agreement::Missed);
        }
    }
    let kinds: BTreeSet<&str> = fields.keys().map(|(kind, _)| *kind).collect();
    let missed = fields.values().filter(|(_, missed)| *missed > 0).count();
    let mut text = format!(
        "\n{} fields of {} kinds may not change; of {missed} we miss changes\n",
        fields.len(),
        kinds.len()
    );
    for ((kind, field), (tried, missed)) in &fields {
        // Writing to a text cannot fail.
        let _ = match missed {
            0 => writeln!(text, "  {kind} {field}: all of {tried} refused"),
            missed => writeln!(text, "  {kind} {field}: {missed} of {tried} missed"),
        };
    }
    text
}

/// A route whose items have no places: `spec.template.spec.containers[].image`.
fn without_places(route: &str) -> String {
    let mut text = String::new();
    let mut is_inside = false;
    for char in route.chars() {
        match char {
            '[' => {
                is_inside = true;
                text.push_str("[]");
            }
            ']' => is_inside = false,
            _ if !is_inside => text.push(char),
            _ => {}
        }
    }
    text
}
