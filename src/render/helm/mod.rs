//! Go templates, wired as Helm's engine wires them.
//!
//! Upstream: `render` of `pkg/engine/engine.go`. One difference, on purpose: Helm stops at the first error, here every
//! template runs, so that one broken template does not hide what is wrong with the others.

mod data;
mod explain;
mod files;
mod functions;
mod parses;
mod reads;
mod record;
mod trail;
mod types;
mod unrepeatable;
mod value_methods;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use plimsoll_gotpl::value::{Map, Value};
use plimsoll_gotpl::{Execution, MissingKey, NoTrace, TemplateSet, Trace, on_large_stack};
use plimsoll_sprig::Env;

use super::question::Question;
use super::{Capabilities, Options, ParsedTemplate, Release, Rendered, RenderedFile};
use crate::chart::{Engine, HelmCompat, Template};
use crate::finding::trail::Trail;
use crate::finding::{Anchor, Finding};
use crate::source::{SourceMap, Span};
use crate::values::{UnitId, Values};

pub use parses::Parses;
pub use reads::{ValueReads, reads};

use data::Scopes;
use explain::Explainer;
use functions::Call;
use record::Recorder;
use trail::Answers;

/// The Go that the profiles' builds of Helm were built with; `.Capabilities.HelmVersion.GoVersion`.
const GO_VERSION: &str = "go1.26.8";
/// `.Capabilities.HelmVersion.KubeClientVersion` of the build of Helm 4.
const KUBE_CLIENT_VERSION: &str = "v1.37";

/// What the clock says when renders must be the same twice: 2024-01-01T00:00:00Z.
const FIXED_TIME: i128 = 1_704_067_200_000_000_000;
/// The seed of random functions then.
const FIXED_SEED: u64 = 0x706C_696D;

/// A template in its place in a release.
#[derive(Debug, Clone)]
struct Placed<'v> {
    /// Helm's path: `web/charts/redis/templates/service.yaml`.
    name: String,
    unit: UnitId,
    template: &'v Template,
}

/// Renders the Go templates of a release. Its files are sorted by Helm's path; CRDs are not its business.
pub fn render(
    values: &Values,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options,
    parses: &Parses,
    sources: &SourceMap,
) -> (Rendered, Vec<Finding>) {
    let templates = placed(values);
    if templates.is_empty() {
        return (Rendered::default(), Vec::new());
    }
    on_large_stack(|| {
        run(
            values,
            release,
            capabilities,
            options,
            parses,
            sources,
            &templates,
        )
    })
}

/// Expands `--name-template`, which knows Sprig's functions and no chart.
///
/// Upstream: `TemplateName` of `pkg/action/install.go`.
///
/// # Errors
/// The text is no template, or fails.
pub fn expand_name(text: &str, compat: HelmCompat) -> Result<String, Box<plimsoll_gotpl::Error>> {
    let env = Env::system();
    let mut set = TemplateSet::new("name-template", functions::functions(compat), MissingKey::Invalid);
    set.parse("name-template", text.as_bytes())?;
    let output = Execution::new(&set)
        .host(&env)
        .execute("name-template", Value::Nil)?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// The templates in the order in which Helm parses and executes them: deepest paths first, then backwards by name.
///
/// Upstream: `sortTemplates` and `isTemplateValid`. Of two with one name the later wins, as in Helm's map.
fn placed(values: &Values) -> Vec<Placed<'_>> {
    let mut found = Vec::new();
    let mut open = vec![UnitId::ROOT];
    let mut order = Vec::new();
    // Children are collected before their parent.
    while let Some(unit) = open.pop() {
        order.push(unit);
        open.extend(&values.units.get(unit).children);
    }
    for unit in order.into_iter().rev() {
        let data = values.units.get(unit);
        let path = &data.path;
        for template in &data.chart.templates {
            if template.engine != Engine::Go
                || data.chart.metadata.is_library() && !is_partial(&template.name)
            {
                continue;
            }
            let name = [path, "/", &template.name].concat();
            let depth = name.bytes().filter(|byte| *byte == b'/').count();
            found.push((depth, Placed { name, unit, template }));
        }
    }
    // Of two with one name the later comes first now, and stays.
    found.reverse();
    found.sort_by(|(depth, a), (other, b)| (other, &b.name).cmp(&(depth, &a.name)));
    found.dedup_by(|(_, a), (_, b)| a.name == b.name);
    found.into_iter().map(|(_, placed)| placed).collect()
}

/// Whether a template only defines: the name of its file begins with `_`.
fn is_partial(name: &str) -> bool {
    let base = name.rfind('/').map_or(0, |slash| slash + 1);
    name.as_bytes().get(base) == Some(&b'_')
}

fn run(
    values: &Values,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options,
    parses: &Parses,
    sources: &SourceMap,
    templates: &[Placed<'_>],
) -> (Rendered, Vec<Finding>) {
    let mut explainer = Explainer::new(values, templates, sources);
    let functions = functions::functions(values.compat);
    let mut set = TemplateSet::new(functions::ROOT, Arc::clone(&functions), MissingKey::Zero);
    let mut own = Vec::new();
    for placed in templates {
        match parses.get(values.compat, &placed.name, &placed.template.bytes, &functions) {
            Ok(parsed) => {
                set.add(&parsed);
                if placed.unit == UnitId::ROOT {
                    let source = placed.template.source;
                    own.push(ParsedTemplate { source, parsed });
                }
            }
            Err(error) => explainer.explain(&error, &set, placed),
        }
    }
    let scene = Scene {
        values,
        release,
        capabilities,
        options,
        sources,
        templates,
        set: &set,
        is_whole: explainer.findings.is_empty(),
    };
    let (mut rendered, calls) = scene.execute(env(options), &mut explainer);
    rendered.templates = own;
    let mut findings = explainer.findings;
    if options.find_unrepeatable && !calls.is_empty() {
        findings.extend(unrepeatable::find(&scene, &rendered, &calls));
    }
    (rendered, findings)
}

/// What a release is rendered from. It can be rendered more than once.
struct Scene<'v> {
    values: &'v Values,
    release: &'v Release,
    capabilities: &'v Capabilities,
    options: &'v Options,
    sources: &'v SourceMap,
    templates: &'v [Placed<'v>],
    set: &'v TemplateSet,
    /// Whether every template could be parsed.
    is_whole: bool,
}

impl Scene<'_> {
    /// Executes the templates. Comes with the calls, by template, of functions whose result is another in each run.
    fn execute(&self, env: Env, explainer: &mut Explainer<'_>) -> (Rendered, BTreeMap<String, Vec<Call>>) {
        let scopes = Scopes::new(self.values, self.release, self.capabilities);
        let mut rendered = Rendered::default();
        let mut calls = BTreeMap::new();
        self.each(
            env,
            &scopes,
            |_| true,
            || NoTrace,
            |placed, run, result, _| {
                match result {
                    Ok(output) => keep(
                        placed,
                        functions::remove_no_value(output),
                        self.sources,
                        &mut rendered,
                    ),
                    // A partial that does not parse leaves its definitions missing: that is said once, at the partial.
                    Err(error) if !self.is_whole && explain::is_missing_template(&error) => {}
                    Err(error) => explainer.explain(&error, self.set, placed),
                }
                let made = run.take_unrepeatable();
                if !made.is_empty() {
                    calls.insert(placed.name.clone(), made);
                }
            },
        );
        rendered.files.sort_by(|a, b| a.name.cmp(&b.name));
        (rendered, calls)
    }

    /// Executes the templates that are wanted, one after the other, watched, and hands on what each gave.
    fn each<T: Trace>(
        &self,
        mut env: Env,
        scopes: &Scopes,
        is_wanted: impl Fn(&str) -> bool,
        trace: impl Fn() -> T,
        mut done: impl FnMut(&Placed<'_>, &functions::Run, Result<Vec<u8>, plimsoll_gotpl::Error>, &mut T),
    ) {
        let &Self {
            values,
            templates,
            set,
            ..
        } = self;
        env.dns = self.options.enable_dns;
        let run = Rc::new(functions::Run::default());
        env.host = Box::new(Rc::clone(&run));
        let mut execution = Execution::with_trace(set, trace()).host(&env);
        for placed in templates {
            let is_partial = is_partial(&placed.name) || set.get(placed.name.as_bytes()).is_none();
            if is_partial || !is_wanted(&placed.name) {
                continue;
            }
            let scope = scopes.of(placed.unit);
            let about = Map::from_pairs([
                ("Name", Value::from(placed.name.as_str())),
                (
                    "BasePath",
                    Value::from(format!("{}/templates", values.units.get(placed.unit).path)),
                ),
            ]);
            // A map that was just made is not nil.
            let _ = scope.insert(
                "Template",
                Value::Map(about.with_type(types::values(values.compat))),
            );
            let dot = Value::Map(scope.with_type(types::values(values.compat)));
            let result = execution.execute(&placed.name, dot);
            let is_spent = result.as_ref().is_err_and(|error| error.limit().is_some());
            done(placed, &run, result, execution.trace_mut());
            if is_spent {
                // The bounds are those of a run; what is spent must not be held against the next template.
                execution = Execution::with_trace(set, trace()).host(&env);
            }
        }
    }

    /// Executes the templates that are asked about once more, alone or between all others, and answers. Says whether each
    /// printed what it had printed before.
    fn answer(&self, env: Env, asked: &Asked<'_>, with_others: bool) -> (Answered, bool) {
        let scopes = Scopes::new(self.values, self.release, self.capabilities);
        let held = Rc::new(record::held(self.values, &scopes));
        let holders = trail::holders(self.values);
        let texts = self
            .templates
            .iter()
            .map(|placed| (placed.name.as_str(), placed.template.source))
            .collect();
        let mut answered = Answered::default();
        let mut explainer = Explainer::new(self.values, self.templates, self.sources);
        let is_asked = |name: &str| asked.places.contains_key(name) || asked.failed.contains(name);
        let mut is_same = true;
        let recorder = || Recorder::new(self.values, Rc::clone(&held));
        self.each(
            env,
            &scopes,
            |name| with_others || is_asked(name),
            recorder,
            |placed, _, result, recorder| {
                let known = Answers {
                    run: recorder,
                    values: self.values,
                    texts: &texts,
                    holders: &holders,
                };
                match (result, asked.places.get(&*placed.name)) {
                    (Ok(output), Some((printed, questions))) => {
                        is_same &= *printed == functions::remove_no_value(output.clone());
                        let answer = |question| known.answer(&trail::moved(question, printed, &output)?);
                        let trails = questions.iter().map(answer).collect();
                        answered.places.insert(placed.name.clone(), trails);
                    }
                    (Err(error), places) if is_asked(&placed.name) => {
                        is_same &= places.is_none();
                        explainer.explain(&error, self.set, placed);
                        let at = explainer.findings.pop().map(|finding| finding.at);
                        if let (Some(Anchor::Text(at)), Some(value)) =
                            (at, known.blamed(&error.root().message))
                        {
                            answered.failed.push((at, value));
                        }
                    }
                    _ => {}
                }
                recorder.clear();
            },
        );
        (answered, is_same)
    }
}

/// What is asked about templates, by Helm's path.
#[derive(Debug, Default)]
pub struct Asked<'q> {
    /// What they printed, and the places in it.
    pub places: BTreeMap<&'q str, (&'q [u8], Vec<Question>)>,
    /// Those that may have failed.
    pub failed: BTreeSet<String>,
}

/// Where it was written.
#[derive(Debug, Default)]
pub struct Answered {
    /// In the order of the questions.
    pub places: BTreeMap<String, Vec<Option<Trail>>>,
    /// Where a template failed, and the value that it failed of.
    pub failed: Vec<(Span, Span)>,
}

/// The templates of a release that can fail and are not among those that printed something.
pub fn silent<'p>(values: &Values, printed: impl Iterator<Item = &'p str>) -> BTreeSet<String> {
    let printed: BTreeSet<&str> = printed.collect();
    placed(values)
        .into_iter()
        .map(|placed| placed.name)
        .filter(|name| !printed.contains(&**name))
        .collect()
}

/// Renders the templates that are asked about once more, watched, and says for each place where it was written.
///
/// There are no answers about a template that gives something else each time.
pub fn trails(
    values: &Values,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options,
    parses: &Parses,
    sources: &SourceMap,
    asked: &Asked<'_>,
) -> Answered {
    let templates = placed(values);
    on_large_stack(|| {
        let functions = functions::functions(values.compat);
        let mut set = TemplateSet::new(functions::ROOT, Arc::clone(&functions), MissingKey::Zero);
        for placed in &templates {
            // What does not parse was said in the first render.
            if let Ok(parsed) = parses.get(values.compat, &placed.name, &placed.template.bytes, &functions) {
                set.add(&parsed);
            }
        }
        let scene = Scene {
            values,
            release,
            capabilities,
            options,
            sources,
            templates: &templates,
            set: &set,
            is_whole: true,
        };
        // Most templates stand for themselves. What another one set in the values that they share shows in the output.
        let (answered, is_same) = scene.answer(env(options), asked, false);
        if is_same {
            return answered;
        }
        scene.answer(env(options), asked, true).0
    })
}

fn env(options: &Options) -> Env {
    if options.deterministic {
        Env::deterministic(FIXED_TIME, FIXED_SEED)
    } else {
        Env::system()
    }
}

fn keep(placed: &Placed<'_>, output: Vec<u8>, sources: &SourceMap, rendered: &mut Rendered) {
    if placed.name.ends_with("NOTES.txt") {
        if placed.unit == UnitId::ROOT && placed.template.name == "templates/NOTES.txt" {
            rendered.notes = Some(String::from_utf8_lossy(&output).into_owned());
        }
        return;
    }
    rendered.files.push(RenderedFile {
        name: placed.name.clone(),
        path: sources.get(placed.template.source).path.to_string(),
        template: Some(placed.template.source),
        bytes: output,
    });
}

/// Parsed templates may be shared by threads; a render is one thread's.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<TemplateSet>>();
};
