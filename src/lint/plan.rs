//! The rules of a run by what they look at, so that an object meets only those that are about it.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::custom::CustomRule;
use super::rule_set::Rules;
use super::{Check, LintRule, RuleSet, Sink};
use crate::admission::cel::Relations;
use crate::finding::Finding;
use crate::manifest::fleet::{Fleet, GroupKind};
use crate::manifest::view::{Container, Workload};
use crate::manifest::{Manifest, ManifestId};

type OfObject = for<'m> fn(&Fleet<'m>, &'m Manifest, &mut Sink<'_>);
type OfWorkload = for<'m> fn(&Fleet<'m>, &Workload<'m>, &mut Sink<'_>);
type OfContainer = for<'m> fn(&Fleet<'m>, &Workload<'m>, &Container<'m>, &mut Sink<'_>);

/// Rules that look at the same, with what each does.
type Checks<C> = Vec<(&'static LintRule, C)>;

/// What runs on one object.
#[derive(Debug)]
pub(super) struct Plan<'r> {
    pub(super) rules: &'r Rules,
    objects: Checks<OfObject>,
    kinds: HashMap<GroupKind<'static>, Checks<OfObject>>,
    workloads: Checks<OfWorkload>,
    pods: Checks<OfWorkload>,
    containers: Checks<OfContainer>,
    programs: HashMap<&'static str, Checks<OfContainer>>,
    expressions: Checks<&'static CustomRule>,
}

impl<'r> Plan<'r> {
    fn of(rules: &'r Rules) -> Self {
        let mut plan = Self {
            rules,
            objects: Vec::new(),
            kinds: HashMap::new(),
            workloads: Vec::new(),
            pods: Vec::new(),
            containers: Vec::new(),
            programs: HashMap::new(),
            expressions: Vec::new(),
        };
        for &rule in &rules.lint {
            match rule.check {
                Check::Object(check) => plan.objects.push((rule, check)),
                Check::Kinds(kinds, check) => {
                    for kind in kinds {
                        plan.kinds.entry(*kind).or_default().push((rule, check));
                    }
                }
                Check::Workload(check) => plan.workloads.push((rule, check)),
                Check::Pods(check) => plan.pods.push((rule, check)),
                Check::Container(check) => plan.containers.push((rule, check)),
                Check::Program(program, check) => {
                    plan.programs.entry(program).or_default().push((rule, check));
                }
                Check::Expression(custom) => plan.expressions.push((rule, custom)),
                Check::Fleet(_) | Check::Template(_) => {}
            }
        }
        plan
    }

    /// Runs what is about an object, or of that one rule only. `relations` are made for the first of a project's own
    /// rules, and shared by all of them.
    pub(super) fn run<'m>(
        &self,
        fleet: &Fleet<'m>,
        manifest: &'m Manifest,
        only: Option<&LintRule>,
        relations: &OnceLock<Relations>,
        found: &mut Vec<Finding>,
    ) {
        let wanted = |rule: &LintRule| only.is_none_or(|only| only.meta == rule.meta);
        let mut sink = Sink {
            rule: &super::INTERNAL_ERROR,
            rules: self.rules,
            manifest,
            found,
        };
        let of_kind = self.kinds.get(&manifest.id.group_kind());
        for (rule, check) in self.objects.iter().chain(of_kind.into_iter().flatten()) {
            if wanted(rule) {
                check(fleet, manifest, sink.of(rule));
            }
        }
        for (rule, custom) in &self.expressions {
            // What is asked of all objects is asked once, with the first.
            let is_about = !custom.is_of_release() || manifest.number == ManifestId::default();
            if wanted(rule) && is_about {
                let relations = relations.get_or_init(|| Relations::of(fleet));
                custom.check(relations, fleet, manifest, sink.of(rule));
            }
        }
        let Some(workload) = fleet.workload(manifest.number) else {
            return;
        };
        let pods = self.pods.iter().filter(|_| workload.describes_pods());
        for (rule, check) in self.workloads.iter().chain(pods) {
            if wanted(rule) {
                check(fleet, workload, sink.of(rule));
            }
        }
        for container in &workload.containers {
            let of_program = container.program().and_then(|program| self.programs.get(program));
            for (rule, check) in self.containers.iter().chain(of_program.into_iter().flatten()) {
                if wanted(rule) {
                    check(fleet, workload, container, sink.of(rule));
                }
            }
        }
    }
}

/// The plans of a run: that of most objects, and those of objects of which the configuration says something else.
#[derive(Debug)]
pub(super) struct Plans<'r> {
    everywhere: Plan<'r>,
    elsewhere: Vec<Plan<'r>>,
    /// The number of an object's plan in `elsewhere`.
    of_objects: BTreeMap<ManifestId, usize>,
}

impl<'r> Plans<'r> {
    pub(super) fn of(rules: &'r RuleSet) -> Self {
        let mut plans = Self {
            everywhere: Plan::of(rules.everywhere()),
            elsewhere: Vec::new(),
            of_objects: BTreeMap::new(),
        };
        // Objects of which the same is said share their rules.
        let mut known: HashMap<*const Rules, usize> = HashMap::new();
        for (object, own) in rules.elsewhere() {
            let number = *known.entry(std::ptr::from_ref(own)).or_insert_with(|| {
                plans.elsewhere.push(Plan::of(own));
                plans.elsewhere.len() - 1
            });
            plans.of_objects.insert(object, number);
        }
        plans
    }

    pub(super) fn at(&self, manifest: &Manifest) -> &Plan<'r> {
        let number = self.of_objects.get(&manifest.number);
        number.map_or(&self.everywhere, |&number| &self.elsewhere[number])
    }
}
