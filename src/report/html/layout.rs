//! Where objects stand in the drawing: in columns from left to right along their relations, groups that nothing joins
//! beside each other, and those without any relation in a block of their own.

use std::collections::BTreeMap;

/// Between the left edges of two columns, and the upper edges of two rows.
pub(super) const STEP: (u32, u32) = (260, 54);
/// Around the drawing, and between groups.
const GAP: u32 = 24;
/// The width at which groups go on below.
const WIDTH: u32 = 1500;
/// How often rows are sorted by where their neighbors stand.
const SWEEPS: usize = 6;

/// A drawing.
#[derive(Debug)]
pub(super) struct Layout {
    /// The upper left corner of each object, by its number.
    pub(super) places: Vec<(u32, u32)>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Objects in columns; a group has no relation with another.
struct Group {
    columns: Vec<Vec<usize>>,
}

impl Group {
    fn size(&self) -> (u32, u32) {
        let rows = self.columns.iter().map(Vec::len).max().unwrap_or(0);
        (steps(self.columns.len()) * STEP.0, steps(rows) * STEP.1)
    }
}

fn steps(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Places objects by number along relations between their numbers.
pub(super) fn place(objects: usize, relations: &[(usize, usize)]) -> Layout {
    let relations = without_circles(objects, relations);
    let mut groups: Vec<Group> = Vec::new();
    let mut alone = Vec::new();
    for members in components(objects, &relations) {
        match members.as_slice() {
            [one] => alone.push(*one),
            _ => groups.push(columns(&members, &relations)),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.size()));
    if !alone.is_empty() {
        let wide = (alone.len().isqrt() + 1).min(5);
        let mut block = vec![Vec::new(); wide.min(alone.len())];
        for (number, object) in alone.into_iter().enumerate() {
            block[number % wide].push(object);
        }
        groups.push(Group { columns: block });
    }
    shelve(objects, &groups)
}

/// Puts groups beside each other, and on below.
fn shelve(objects: usize, groups: &[Group]) -> Layout {
    let mut layout = Layout {
        places: vec![(0, 0); objects],
        width: 0,
        height: 0,
    };
    let (mut x, mut y, mut tallest) = (GAP, GAP, 0);
    for group in groups {
        let (width, height) = group.size();
        if x > GAP && x + width > WIDTH {
            (x, y, tallest) = (GAP, y + tallest + GAP, 0);
        }
        for (column, objects) in (0..).zip(&group.columns) {
            // A short column stands in the middle of its group.
            let above = (height - steps(objects.len()) * STEP.1) / 2;
            for (row, object) in (0..).zip(objects) {
                layout.places[*object] = (x + column * STEP.0, y + above + row * STEP.1);
            }
        }
        x += width + GAP;
        tallest = tallest.max(height);
        layout.width = layout.width.max(x);
        layout.height = y + tallest + GAP;
    }
    layout
}

/// The relations without those that lead back to where they came from, such as that of a StatefulSet to its Service.
fn without_circles(objects: usize, relations: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut from: Vec<Vec<usize>> = vec![Vec::new(); objects];
    for &(source, target) in relations {
        from[source].push(target);
    }
    let mut state = vec![State::New; objects];
    let mut kept = Vec::with_capacity(relations.len());
    for start in 0..objects {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        // Each object with how many of its relations were followed.
        let mut path = vec![(start, 0)];
        while let Some((object, followed)) = path.last_mut() {
            let (source, target) = (*object, from[*object].get(*followed).copied());
            *followed += 1;
            match target {
                None => {
                    state[source] = State::Done;
                    path.pop();
                }
                Some(target) if state[target] != State::Open => {
                    kept.push((source, target));
                    if state[target] == State::New {
                        state[target] = State::Open;
                        path.push((target, 0));
                    }
                }
                Some(_) => {}
            }
        }
    }
    kept
}

/// Objects that relations join, in order.
fn components(objects: usize, relations: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..objects).collect();
    fn find(leader: &mut [usize], mut object: usize) -> usize {
        while leader[object] != object {
            leader[object] = leader[leader[object]];
            object = leader[object];
        }
        object
    }
    for &(one, other) in relations {
        let (one, other) = (find(&mut leader, one), find(&mut leader, other));
        leader[one.max(other)] = one.min(other);
    }
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for object in 0..objects {
        found.entry(find(&mut leader, object)).or_default().push(object);
    }
    found.into_values().collect()
}

/// The columns of a group: behind all that leads to an object, and as near as can be to what it leads to.
fn columns(members: &[usize], relations: &[(usize, usize)]) -> Group {
    let own: BTreeMap<usize, usize> = members.iter().copied().zip(0..).collect();
    let relations: Vec<(usize, usize)> = relations
        .iter()
        .filter_map(|(from, to)| Some((*own.get(from)?, *own.get(to)?)))
        .collect();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    let mut waits = vec![0_usize; members.len()];
    for &(from, to) in &relations {
        next[from].push(to);
        waits[to] += 1;
    }
    let mut order: Vec<usize> = (0..members.len()).filter(|member| waits[*member] == 0).collect();
    let mut column = vec![0_usize; members.len()];
    let mut done = 0;
    while let Some(&from) = order.get(done) {
        done += 1;
        for &to in &next[from] {
            column[to] = column[to].max(column[from] + 1);
            waits[to] -= 1;
            if waits[to] == 0 {
                order.push(to);
            }
        }
    }
    for &from in order.iter().rev() {
        if let Some(nearest) = next[from].iter().map(|to| column[*to]).min() {
            column[from] = column[from].max(nearest - 1);
        }
    }
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); column.iter().max().map_or(0, |last| last + 1)];
    for member in 0..members.len() {
        columns[column[member]].push(member);
    }
    columns.retain(|column| !column.is_empty());
    untangle(&mut columns, &relations, members.len());
    Group {
        columns: columns
            .into_iter()
            .map(|column| column.into_iter().map(|member| members[member]).collect())
            .collect(),
    }
}

/// Sorts each column by where the neighbors of its objects stand, again and again.
fn untangle(columns: &mut [Vec<usize>], relations: &[(usize, usize)], members: usize) {
    let mut neighbors: Vec<Vec<usize>> = vec![Vec::new(); members];
    for &(one, other) in relations {
        neighbors[one].push(other);
        neighbors[other].push(one);
    }
    // Rows in parts of a column's height, so that columns of all lengths compare.
    let mut row = vec![0_usize; members];
    let number = |column: &[usize], row: &mut [usize]| {
        for (position, member) in column.iter().enumerate() {
            row[*member] = (2 * position + 1) * 1_000_000 / (2 * column.len());
        }
    };
    for column in columns.iter() {
        number(column, &mut row);
    }
    for _ in 0..SWEEPS {
        for column in columns.iter_mut() {
            let middle = |member: &usize| {
                let near = &neighbors[*member];
                near.iter().map(|other| row[*other]).sum::<usize>() / near.len().max(1)
            };
            column.sort_by_cached_key(middle);
            number(column, &mut row);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{STEP, place};

    #[test]
    fn relations_lead_to_the_right() {
        // An Ingress, a Service, a Deployment, its ConfigMap and its autoscaler; a StatefulSet and its Service.
        let layout = place(7, &[(0, 1), (1, 2), (2, 3), (4, 2), (5, 6), (6, 5)]);
        let x = |object: usize| layout.places[object].0;
        assert!(x(0) < x(1) && x(1) < x(2) && x(2) < x(3));
        assert_eq!(x(4) + STEP.0, x(2), "the autoscaler is beside what it scales");
        assert!(x(5) < x(6), "a circle is cut");
    }

    proptest! {
        #[test]
        fn no_two_objects_share_a_place(
            objects in 1_usize..40,
            relations in prop::collection::vec((0_usize..40, 0_usize..40), 0..80),
        ) {
            let relations: Vec<_> = relations
                .into_iter()
                .filter(|(from, to)| from != to && *from < objects && *to < objects)
                .collect();
            let layout = place(objects, &relations);
            let places: std::collections::BTreeSet<_> = layout.places.iter().collect();
            prop_assert_eq!(places.len(), objects);
            for (x, y) in &layout.places {
                prop_assert!(x + STEP.0 <= layout.width + 1 && y + STEP.1 <= layout.height);
            }
        }
    }
}
