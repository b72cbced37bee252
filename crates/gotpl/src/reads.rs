//! What of its data a set of templates may read, found without running it.
//!
//! Both branches of an `if` are walked, so a field counts as read although no run so far came to it. Values are followed
//! through variables, `with`, `range`, calls of templates, and functions whose [`Model`] says what they do with them; what
//! is given to any other function, or printed, counts as read whole. Nothing is forgotten on the way (variables and maps
//! only grow, and all is walked again until nothing changes), so what is said to be unread is read by no run.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::node::{Branch, Command, Fields, Node, Operand, Pipe, Tree, Variable};
use crate::set::{Parsed, TemplateSet};

/// What a function does with its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// It may read all of all of them.
    Reads,
    /// It only looks at what kind they are of, or whether they are empty.
    Looks,
    /// It gives one of them, or a part of one: `default`, `or`, `pick`.
    Passes,
    /// It lays the others over the first, and gives that: `merge`.
    Merges,
    /// It gives what keys lead to, the map first: `index`, `get`.
    Index,
    /// It gives what keys lead to, or a default, the map last: `dig`.
    Dig,
    /// It gives what each map has at a key, the key first: `pluck`.
    Pluck,
    /// It looks at a key of a map: `hasKey`.
    HasKey,
    /// It gives an item of a list: `first`.
    Item,
    /// It gives a list of the items of all lists or maps: `values`, `concat`.
    Items,
    /// It gives a list with items more, the list first: `append`.
    Append,
    /// It makes a map of keys and values: `dict`.
    Dict,
    /// It makes a list of its arguments: `list`.
    List,
    /// It sets a key of a map, and gives the map: `set`.
    Set,
    /// It runs the template of a name with data: `include`.
    Include,
    /// It runs a text as a template with data: `tpl`.
    Tpl,
}

/// A map, a list or a scalar that templates may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object(u32);

/// What a value may be.
type Held = BTreeSet<Object>;

#[derive(Debug, Default)]
struct About {
    /// It is of the data: what is below it is made when it is read.
    is_data: bool,
    depth: u32,
    /// What was read below it.
    keys: BTreeMap<Box<str>, Object>,
    any: Option<Object>,
    is_whole: bool,
    /// What templates put into it, by key, and under keys that are not known.
    fields: BTreeMap<Box<str>, Held>,
    items: Held,
    /// What was laid over it.
    also: Held,
}

/// One step into data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Into<'k> {
    /// A key of a map.
    Key(&'k str),
    /// An item of a list.
    Item,
}

/// How often everything is walked, and how many objects may be looked at meanwhile. Beyond, all counts as read.
const MAX_ROUNDS: usize = 30;
const MAX_STEPS: usize = 300_000;
/// How deep data is followed; what lies deeper is read whole. A map that is laid over one that holds it has no end.
const MAX_DEPTH: u32 = 12;

/// What was read.
#[derive(Debug, Default)]
pub struct Reads {
    objects: Vec<About>,
    changed: bool,
    /// How many objects were looked at.
    steps: usize,
    is_all: bool,
}

impl Reads {
    /// Adds an object of the data.
    pub fn data(&mut self) -> Object {
        self.add(true, 0)
    }

    /// Adds a map that is no data, such as what templates begin with.
    pub fn map(&mut self) -> Object {
        self.add(false, 0)
    }

    /// Puts something at a key of a map.
    pub fn put(&mut self, map: Object, key: &str, value: Object) {
        self.store(map, Some(key), &Held::from([value]));
    }

    /// Makes a key of one object lead to an object that others have as well.
    pub fn share(&mut self, object: Object, key: &str, value: Object) {
        self.about(object).keys.insert(key.into(), value);
    }

    /// What a key of data leads to; it counts as looked at.
    pub fn below(&mut self, object: Object, key: &str) -> Object {
        self.child(object, Some(key))
    }

    /// Counts an object as read whole.
    pub fn read(&mut self, object: Object) {
        self.whole(&Held::from([object]));
    }

    /// Walks templates, each with what it begins with. `texts` are what `tpl` may be given.
    pub fn walk(
        &mut self,
        set: &TemplateSet,
        starts: &[(&str, Object)],
        texts: &[Parsed],
        model: &dyn Fn(&str) -> Model,
    ) {
        let mut walk = Walk {
            reads: self,
            set,
            texts,
            model,
            made: HashMap::new(),
            variables: HashMap::new(),
            seen: HashSet::new(),
        };
        for _ in 0..MAX_ROUNDS {
            walk.reads.changed = false;
            walk.seen.clear();
            for (name, start) in starts {
                if let Some(tree) = set.get(name.as_bytes()) {
                    walk.tree(tree, &Held::from([*start]));
                }
            }
            if !walk.reads.changed || walk.reads.is_all {
                return;
            }
        }
        self.is_all = true;
    }

    /// Whether what lies at a path below an object may be read, be it only whether it is there.
    pub fn is_read<'k>(&self, from: Object, path: impl IntoIterator<Item = Into<'k>>) -> bool {
        let mut here = vec![from];
        for step in path {
            if self.is_all || here.iter().any(|object| self.get(*object).is_whole) {
                return true;
            }
            here = self.step(&here, step);
        }
        self.is_all || !here.is_empty()
    }

    /// The keys that are read below an object at a path, sorted.
    pub fn keys<'k>(&self, from: Object, path: impl IntoIterator<Item = Into<'k>>) -> Vec<&str> {
        let mut here = vec![from];
        for step in path {
            here = self.step(&here, step);
        }
        let keys = here.iter().flat_map(|object| self.get(*object).keys.keys());
        let keys: BTreeSet<&str> = keys.map(|key| &**key).collect();
        keys.into_iter().collect()
    }

    fn step(&self, here: &[Object], step: Into<'_>) -> Vec<Object> {
        let next = here.iter().flat_map(|object| {
            let about = self.get(*object);
            let key = match step {
                Into::Key(key) => about.keys.get(key).copied(),
                Into::Item => None,
            };
            key.into_iter().chain(about.any)
        });
        next.collect()
    }

    fn get(&self, object: Object) -> &About {
        &self.objects[object.0 as usize]
    }

    fn about(&mut self, object: Object) -> &mut About {
        &mut self.objects[object.0 as usize]
    }

    fn step_on(&mut self) {
        self.steps += 1;
        self.is_all |= self.steps > MAX_STEPS;
    }

    fn add(&mut self, is_data: bool, depth: u32) -> Object {
        let object = Object(u32::try_from(self.objects.len()).unwrap_or(u32::MAX));
        self.objects.push(About {
            is_data,
            depth,
            ..About::default()
        });
        object
    }

    /// What a key of data leads to, or any key.
    fn child(&mut self, object: Object, key: Option<&str>) -> Object {
        let about = self.get(object);
        // What lies below is read with it, and need not be told apart.
        if about.is_whole {
            return object;
        }
        let known = match key {
            Some(key) => about.keys.get(key).copied(),
            None => about.any,
        };
        if let Some(known) = known {
            return known;
        }
        let depth = about.depth + 1;
        self.changed = true;
        if depth > MAX_DEPTH {
            self.about(object).is_whole = true;
            return object;
        }
        let child = self.add(true, depth);
        let about = self.about(object);
        match key {
            Some(key) => {
                about.keys.insert(key.into(), child);
            }
            None => about.any = Some(child),
        }
        child
    }

    /// These, and what was laid over them.
    fn with_also(&self, held: &Held) -> Held {
        let mut all = Held::new();
        let mut open: Vec<Object> = held.iter().copied().collect();
        while let Some(object) = open.pop() {
            if all.insert(object) {
                open.extend(&self.get(object).also);
            }
        }
        all
    }

    /// What a key leads to; a key that is not known may lead to everything.
    fn lookup(&mut self, held: &Held, key: Option<&str>) -> Held {
        let mut found = Held::new();
        for object in self.with_also(held) {
            self.step_on();
            if self.get(object).is_data {
                found.insert(self.child(object, key));
            }
            let about = self.get(object);
            match key {
                Some(key) => found.extend(about.fields.get(key).into_iter().flatten()),
                None => found.extend(about.fields.values().flatten()),
            }
            found.extend(&about.items);
        }
        found
    }

    fn store(&mut self, object: Object, key: Option<&str>, value: &Held) {
        let about = self.about(object);
        let place = match key {
            Some(key) => about.fields.entry(key.into()).or_default(),
            None => &mut about.items,
        };
        let before = place.len();
        place.extend(value);
        if place.len() > before {
            self.changed = true;
        }
    }

    fn lay_over(&mut self, object: Object, others: &Held) {
        let also = &mut self.about(object).also;
        let before = also.len();
        also.extend(others.iter().filter(|other| **other != object));
        if also.len() > before {
            self.changed = true;
        }
    }

    /// Counts objects as read whole, and all that was put into them.
    fn whole(&mut self, held: &Held) {
        let mut seen = Held::new();
        let mut open: Vec<(Object, bool)> = held.iter().map(|object| (*object, true)).collect();
        while let Some((object, is_put)) = open.pop() {
            self.step_on();
            let about = self.about(object);
            if is_put && !std::mem::replace(&mut about.is_whole, true) {
                self.changed = true;
            }
            if !seen.insert(object) {
                continue;
            }
            let about = self.get(object);
            let put = about
                .fields
                .values()
                .flatten()
                .chain(&about.items)
                .chain(&about.also);
            open.extend(put.map(|object| (*object, true)));
            // What lies below counts as read because this does, but templates may have put something into it.
            open.extend(
                about
                    .keys
                    .values()
                    .chain(&about.any)
                    .map(|object| (*object, false)),
            );
        }
    }
}

/// Variables of a run of a template, by their slots.
type Variables = HashMap<u32, Held>;

struct Walk<'t, 'r> {
    reads: &'r mut Reads,
    set: &'t TemplateSet,
    texts: &'t [Parsed],
    model: &'r dyn Fn(&str) -> Model,
    /// The maps and lists that templates make, by the place where they do.
    made: HashMap<(usize, u32), Object>,
    /// What variables held in each run of a template with some data.
    variables: HashMap<(usize, Held), Variables>,
    seen: HashSet<(usize, Held)>,
}

/// A run of a template.
struct Run<'t> {
    tree: &'t Tree,
    root: Held,
    variables: Variables,
}

/// An argument of a function: from the text, or what came down the pipeline.
enum Arg<'t> {
    Operand(&'t Operand),
    Held(Held),
}

impl<'t> Walk<'t, '_> {
    fn tree(&mut self, tree: &'t Tree, dot: &Held) {
        let key = (std::ptr::from_ref(tree).addr(), dot.clone());
        if self.reads.is_all || !self.seen.insert(key.clone()) {
            return;
        }
        let mut run = Run {
            tree,
            root: dot.clone(),
            variables: self.variables.remove(&key).unwrap_or_default(),
        };
        self.nodes(&mut run, &tree.root, dot);
        self.variables.insert(key, run.variables);
    }

    fn nodes(&mut self, run: &mut Run<'t>, nodes: &'t [Node], dot: &Held) {
        for node in nodes {
            if self.reads.is_all {
                return;
            }
            match node {
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
                Node::Action(_, pipe) => {
                    let held = self.pipe(run, pipe, dot);
                    if pipe.declares.is_empty() {
                        self.reads.whole(&held);
                    }
                }
                Node::If(branch) => {
                    self.pipe(run, &branch.pipe, dot);
                    self.branches(run, branch, dot, dot);
                }
                Node::With(branch) => {
                    let held = self.pipe(run, &branch.pipe, dot);
                    self.branches(run, branch, &held, dot);
                }
                Node::Range(branch) => {
                    let held = self.commands(run, &branch.pipe, dot);
                    let items = self.reads.lookup(&held, None);
                    // Of two variables the first is the key.
                    if let Some(variable) = branch.pipe.declares.last() {
                        self.assign(run, variable, &items);
                    }
                    self.branches(run, branch, &items, dot);
                }
                Node::Template(call) => {
                    let held = call.pipe.as_ref().map(|pipe| self.pipe(run, pipe, dot));
                    if let Some(tree) = self.set.get(&call.name) {
                        self.tree(tree, &held.unwrap_or_default());
                    }
                }
            }
        }
    }

    fn branches(&mut self, run: &mut Run<'t>, branch: &'t Branch, inner: &Held, outer: &Held) {
        self.nodes(run, &branch.body, inner);
        self.nodes(run, branch.otherwise.as_deref().unwrap_or_default(), outer);
    }

    fn assign(&mut self, run: &mut Run<'t>, variable: &Variable, held: &Held) {
        let known = run.variables.entry(variable.slot).or_default();
        let before = known.len();
        known.extend(held);
        if known.len() > before {
            self.reads.changed = true;
        }
    }

    fn pipe(&mut self, run: &mut Run<'t>, pipe: &'t Pipe, dot: &Held) -> Held {
        let held = self.commands(run, pipe, dot);
        for variable in &pipe.declares {
            self.assign(run, variable, &held);
        }
        held
    }

    fn commands(&mut self, run: &mut Run<'t>, pipe: &'t Pipe, dot: &Held) -> Held {
        let mut last = None;
        for command in &pipe.commands {
            last = Some(self.command(run, command, last, dot));
        }
        last.unwrap_or_default()
    }

    fn command(&mut self, run: &mut Run<'t>, command: &'t Command, last: Option<Held>, dot: &Held) -> Held {
        let Some((first, rest)) = command.args.split_first() else {
            return Held::new();
        };
        let mut args: Vec<Arg<'t>> = rest.iter().map(Arg::Operand).collect();
        args.extend(last.map(Arg::Held));
        if let Operand::Function(at, _) = first {
            let name = run.tree.source.slice(at.start, at.end);
            let model = std::str::from_utf8(name).map_or(Model::Reads, self.model);
            return self.call(run, model, (at.id, &args), dot);
        }
        let held = self.operand(run, first, dot);
        if args.is_empty() {
            return held;
        }
        // A method, which knows what it belongs to.
        self.reads.whole(&held);
        self.call(run, Model::Reads, (command.at.id, &args), dot)
    }

    fn operand(&mut self, run: &mut Run<'t>, operand: &'t Operand, dot: &Held) -> Held {
        match operand {
            Operand::Nil(_) | Operand::Bool(..) | Operand::Number(_) | Operand::Str(..) => Held::new(),
            Operand::Dot(_) => dot.clone(),
            Operand::Field(_, fields) => self.fields(run, dot.clone(), *fields),
            Operand::Variable(variable) => {
                let held = if variable.slot == 0 {
                    run.root.clone()
                } else {
                    run.variables.get(&variable.slot).cloned().unwrap_or_default()
                };
                self.fields(run, held, variable.fields)
            }
            Operand::Function(at, _) => {
                let name = run.tree.source.slice(at.start, at.end);
                let model = std::str::from_utf8(name).map_or(Model::Reads, self.model);
                self.call(run, model, (at.id, &[]), dot)
            }
            Operand::Chain(_, inner, fields) => {
                let held = self.operand(run, inner, dot);
                self.fields(run, held, *fields)
            }
            Operand::Pipe(pipe) => self.pipe(run, pipe, dot),
        }
    }

    fn fields(&mut self, run: &Run<'t>, mut held: Held, fields: Fields) -> Held {
        for name in fields.names(&run.tree.source) {
            held = self.reads.lookup(&held, Some(name));
        }
        held
    }

    fn arg(&mut self, run: &mut Run<'t>, arg: Option<&Arg<'t>>, dot: &Held) -> Held {
        match arg {
            None => Held::new(),
            Some(Arg::Operand(operand)) => self.operand(run, operand, dot),
            Some(Arg::Held(held)) => held.clone(),
        }
    }

    fn all(&mut self, run: &mut Run<'t>, args: &[Arg<'t>], dot: &Held) -> Held {
        let mut all = Held::new();
        for arg in args {
            all.extend(self.arg(run, Some(arg), dot));
        }
        all
    }

    /// What is made at a place of a text.
    fn make(&mut self, run: &Run<'t>, id: u32) -> Object {
        let place = (std::sync::Arc::as_ptr(&run.tree.source).addr(), id);
        if let Some(made) = self.made.get(&place) {
            return *made;
        }
        let made = self.reads.map();
        self.made.insert(place, made);
        made
    }

    /// What a key that is an argument leads to.
    fn key(&mut self, run: &mut Run<'t>, held: &Held, key: &Arg<'t>, dot: &Held) -> Held {
        match constant(run.tree, key) {
            Some(key) => self.reads.lookup(held, Some(&key)),
            None => {
                let key = self.arg(run, Some(key), dot);
                self.reads.whole(&key);
                self.reads.lookup(held, None)
            }
        }
    }

    fn store(&mut self, run: &mut Run<'t>, maps: &Held, (key, value): (&Arg<'t>, &Held), dot: &Held) {
        let name = constant(run.tree, key);
        if name.is_none() {
            let key = self.arg(run, Some(key), dot);
            self.reads.whole(&key);
        }
        for map in maps {
            self.reads.store(*map, name.as_deref(), value);
        }
    }

    fn call(&mut self, run: &mut Run<'t>, model: Model, (id, args): (u32, &[Arg<'t>]), dot: &Held) -> Held {
        match model {
            Model::Reads => {
                let all = self.all(run, args, dot);
                self.reads.whole(&all);
                Held::new()
            }
            Model::Looks => {
                self.all(run, args, dot);
                Held::new()
            }
            Model::Passes => self.all(run, args, dot),
            Model::Merges => {
                let first = self.arg(run, args.first(), dot);
                let rest = self.all(run, args.get(1..).unwrap_or_default(), dot);
                for object in &first {
                    self.reads.lay_over(*object, &rest);
                }
                first.union(&rest).copied().collect()
            }
            Model::Index => {
                let mut held = self.arg(run, args.first(), dot);
                for key in args.iter().skip(1) {
                    held = self.key(run, &held, key, dot);
                }
                held
            }
            Model::Dig => {
                let Some((last, keys)) = args.split_last() else {
                    return Held::new();
                };
                let Some((default, keys)) = keys.split_last() else {
                    return Held::new();
                };
                let mut held = self.arg(run, Some(last), dot);
                for key in keys {
                    held = self.key(run, &held, key, dot);
                }
                held.extend(self.arg(run, Some(default), dot));
                held
            }
            Model::Pluck => {
                let maps = self.all(run, args.get(1..).unwrap_or_default(), dot);
                let found = args.first().map(|key| self.key(run, &maps, key, dot));
                self.list(run, id, &found.unwrap_or_default())
            }
            Model::HasKey => {
                let map = self.arg(run, args.first(), dot);
                if let Some(key) = args.get(1) {
                    self.key(run, &map, key, dot);
                }
                Held::new()
            }
            Model::Item => {
                let lists = self.all(run, args, dot);
                self.reads.lookup(&lists, None)
            }
            Model::Items => {
                let lists = self.all(run, args, dot);
                let items = self.reads.lookup(&lists, None);
                self.list(run, id, &items)
            }
            Model::Append => {
                let list = self.arg(run, args.first(), dot);
                let mut items = self.reads.lookup(&list, None);
                items.extend(self.all(run, args.get(1..).unwrap_or_default(), dot));
                self.list(run, id, &items)
            }
            Model::Dict => {
                let map = Held::from([self.make(run, id)]);
                for pair in args.chunks(2) {
                    let value = self.arg(run, pair.get(1), dot);
                    self.store(run, &map, (&pair[0], &value), dot);
                }
                map
            }
            Model::List => {
                let items = self.all(run, args, dot);
                self.list(run, id, &items)
            }
            Model::Set => {
                let map = self.arg(run, args.first(), dot);
                let value = self.arg(run, args.get(2), dot);
                if let Some(key) = args.get(1) {
                    self.store(run, &map, (key, &value), dot);
                }
                map
            }
            Model::Include => {
                let data = self.arg(run, args.get(1), dot);
                match args.first().and_then(|name| constant(run.tree, name)) {
                    Some(name) => {
                        if let Some(tree) = self.set.get(name.as_bytes()) {
                            self.tree(tree, &data);
                        }
                    }
                    // It may be any of them.
                    None => {
                        let name = self.arg(run, args.first(), dot);
                        self.reads.whole(&name);
                        for name in self.set.names() {
                            if let Some(tree) = self.set.get(name.as_bytes()) {
                                self.tree(tree, &data);
                            }
                        }
                    }
                }
                Held::new()
            }
            Model::Tpl => {
                let text = self.arg(run, args.first(), dot);
                self.reads.whole(&text);
                let data = self.arg(run, args.get(1), dot);
                if args.first().is_some_and(|text| holds_template(run.tree, text)) {
                    self.reads.whole(&data);
                }
                let texts = self.texts;
                for tree in texts.iter().flat_map(|text| &*text.0) {
                    self.tree(tree, &data);
                }
                Held::new()
            }
        }
    }

    fn list(&mut self, run: &Run<'t>, id: u32, items: &Held) -> Held {
        let list = self.make(run, id);
        self.reads.store(list, None, items);
        Held::from([list])
    }
}

/// The text of a string constant.
fn constant(tree: &Tree, arg: &Arg<'_>) -> Option<String> {
    fn of(tree: &Tree, operand: &Operand) -> Option<String> {
        match operand {
            Operand::Str(_, text) => Some(text.value(&tree.source).to_str_lossy().into_owned()),
            Operand::Pipe(pipe) => match (pipe.declares.as_slice(), pipe.commands.as_slice()) {
                ([], [command]) if command.args.len() == 1 => of(tree, command.args.first()?),
                _ => None,
            },
            _ => None,
        }
    }
    match arg {
        Arg::Operand(operand) => of(tree, operand),
        Arg::Held(_) => None,
    }
}

/// Whether a template is written out in a template, as a string.
fn holds_template(tree: &Tree, arg: &Arg<'_>) -> bool {
    fn in_operand(tree: &Tree, operand: &Operand) -> bool {
        match operand {
            Operand::Str(_, text) => text.value(&tree.source).to_str_lossy().contains("{{"),
            Operand::Chain(_, inner, _) => in_operand(tree, inner),
            Operand::Pipe(pipe) => {
                let commands = pipe.commands.iter();
                commands
                    .flat_map(|command| &command.args)
                    .any(|operand| in_operand(tree, operand))
            }
            _ => false,
        }
    }
    // What comes down a pipeline may be one.
    match arg {
        Arg::Operand(operand) => in_operand(tree, operand),
        Arg::Held(held) => held.is_empty(),
    }
}
