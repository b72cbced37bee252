//! Rules of a project's own: an expression in CEL that is true of what is in order.

use plimsoll_yaml::NodeRef;

use super::sink::Sink;
use super::{Check, Confidence, LintRule};
use crate::admission::cel::{self, Boxed, Failure, Outcome, Program, RELATIONS, Relations, Type, native};
use crate::finding::{Finding, Group, Part, RuleMeta, Severity, Stage};
use crate::manifest::fleet::Fleet;
use crate::manifest::{Manifest, Route};

/// What an expression is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// Each object.
    #[default]
    Object,
    /// The pods of each object that makes some.
    Pod,
    /// Each container of such an object, init containers too.
    Container,
    /// All objects together, once.
    Release,
}

impl Subject {
    /// All, as the configuration writes them.
    pub const ALL: [(&'static str, Self); 4] = [
        ("object", Self::Object),
        ("pod", Self::Pod),
        ("container", Self::Container),
        ("release", Self::Release),
    ];

    /// The variables that its expressions have.
    pub const fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Object => &["object", "ns", "objects"],
            Self::Pod => &["pod", "object", "ns", "objects"],
            Self::Container => &["container", "pod", "object", "ns", "objects"],
            Self::Release => &["objects"],
        }
    }
}

/// The functions that expressions have besides those of Kubernetes, for people.
pub const FUNCTIONS: &str = "workloads(object), services(object), budgets(object), policies(object), autoscalers(object), lookup(kind, namespace, name)";

/// A rule as a project defines it.
#[derive(Debug, Clone, Default)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What it is asked of.
    pub subject: Subject,
    /// Its weight; a warning when nothing is said.
    pub severity: Option<Severity>,
    /// True of what is in order.
    pub expression: String,
    /// What is wrong where it is not.
    pub message: String,
    /// A text that is made for each finding, in place of the message.
    pub message_expression: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The field to point at, seen from the subject.
    pub field: Option<Route>,
}

/// An expression that does not compile: its place in it, line and column from 1, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where; nothing for the expression as a whole.
    pub at: Option<(u32, u32)>,
    /// What is wrong.
    pub message: String,
}

/// A compiled rule of a project.
#[derive(Debug)]
pub struct CustomRule {
    subject: Subject,
    expression: Program,
    message: String,
    message_expression: Option<Program>,
    help: String,
    field: Route,
}

/// Compiles an expression that must have a value of a type.
fn compile(source: &str, subject: Subject, wanted: &Type, what: &str) -> Result<Program, Mistake> {
    let whole = |message: String| Mistake { at: None, message };
    let program = Program::of_project(source).map_err(|failure| match failure.place() {
        Some((line, column, message)) => Mistake {
            at: Some((line, column)),
            message: message.to_owned(),
        },
        None => whole(failure.to_string()),
    })?;
    let variables: Vec<_> = subject
        .variables()
        .iter()
        .map(|name| (*name, Type::Dyn))
        .collect();
    match cel::check(&program, &variables) {
        Ok(found) if found == *wanted || found == Type::Dyn => Ok(program),
        Ok(_) => Err(whole(format!("the expression gives no {what}"))),
        Err(message) => Err(whole(message.replace(" (in container '')", ""))),
    }
}

/// Checks an expression that is true or false.
///
/// # Errors
/// What is wrong with it.
pub fn check_condition(source: &str, subject: Subject) -> Result<(), Mistake> {
    compile(source, subject, &Type::Bool, "truth value").map(|_| ())
}

/// Checks an expression that makes a text.
///
/// # Errors
/// What is wrong with it.
pub fn check_message(source: &str, subject: Subject) -> Result<(), Mistake> {
    compile(source, subject, &Type::String, "text").map(|_| ())
}

impl Definition {
    /// Makes a rule like those that are built in.
    ///
    /// It stays until the process ends, as those do: a run reads its configuration once.
    ///
    /// # Errors
    /// An expression does not compile.
    pub fn rule(self) -> Result<&'static LintRule, Mistake> {
        let subject = self.subject;
        let expression = compile(&self.expression, subject, &Type::Bool, "truth value")?;
        let message_expression = self
            .message_expression
            .as_deref()
            .map(|source| compile(source, subject, &Type::String, "text"))
            .transpose()?;
        let page = self.page();
        let help = self
            .help
            .unwrap_or_else(|| format!("`plimsoll explain {}` shows the rule", self.name));
        let check = CustomRule {
            subject,
            expression,
            message: self.message.clone(),
            message_expression,
            help,
            field: self.field.unwrap_or_default(),
        };
        Ok(Box::leak(Box::new(LintRule {
            meta: RuleMeta {
                name: self.name.leak(),
                group: Group::Custom,
                stage: Stage::Lint,
                severity: self.severity.unwrap_or(Severity::Warning),
                default: true,
                summary: self.message.leak(),
                peers: &[],
                fix: None,
                page: page.leak(),
            },
            presets: &[],
            confidence: Confidence::Certain,
            parameters: &[],
            check: Check::Expression(Box::leak(Box::new(check))),
        })))
    }

    fn page(&self) -> String {
        let subject = match self.subject {
            Subject::Object => "each object",
            Subject::Pod => "the pods of each object that makes some",
            Subject::Container => "each container",
            Subject::Release => "all objects together",
        };
        let help = match &self.help {
            Some(help) => format!("\n## What to do\n\n{help}\n"),
            None => String::new(),
        };
        format!(
            "# {}\n\n{}.\n{help}\n## The expression\n\nA rule of this project. Of {subject} it must be true:\n\n```cel\n{}\n```\n",
            self.name,
            self.message,
            self.expression.trim_end()
        )
    }
}

impl CustomRule {
    /// Whether it looks at all objects at once.
    pub(super) fn is_of_release(&self) -> bool {
        self.subject == Subject::Release
    }

    /// Asks of an object, or of its pods or containers.
    pub(super) fn check(
        &self,
        relations: &Relations,
        fleet: &Fleet<'_>,
        manifest: &Manifest,
        out: &mut Sink<'_>,
    ) {
        let workload = fleet.workload(manifest.number);
        let subjects: Vec<Route> = match (self.subject, workload) {
            (Subject::Object, _) | (Subject::Release, _) => vec![Route::root()],
            (Subject::Pod, Some(workload)) => vec![workload.template.clone()],
            (Subject::Container, Some(workload)) => {
                let containers = workload.containers.iter();
                containers.map(|container| container.route.clone()).collect()
            }
            (Subject::Pod | Subject::Container, None) => Vec::new(),
        };
        let namespace = native(&fleet_namespace(fleet, manifest).into());
        for route in subjects {
            let mut variables = vec![(RELATIONS, relations.value()), ("objects", relations.all())];
            let mut bind = |name, value: Option<Boxed>| variables.extend(value.map(|value| (name, value)));
            if self.subject != Subject::Release {
                bind("object", relations.at(manifest.number, &Route::root()));
                bind("ns", Some(namespace.clone_as_boxed()));
            }
            if let Some(workload) = workload {
                bind("pod", relations.at(manifest.number, &workload.template));
            }
            if self.subject == Subject::Container {
                bind("container", relations.at(manifest.number, &route));
            }
            if let Some(finding) = self.judge(&variables, &route, manifest, out) {
                out.push(finding);
            }
        }
    }

    fn judge(
        &self,
        variables: &[(&str, Boxed)],
        subject: &Route,
        manifest: &Manifest,
        out: &Sink<'_>,
    ) -> Option<Finding> {
        let route = subject.join(&self.field);
        let (route, part) = match manifest.at(&route) {
            _ if self.is_of_release() => (Route::root(), Part::Value),
            Some(_) => (route, Part::Value),
            None => (deepest(manifest, route), Part::Missing),
        };
        let no_value = |why: String, help: &str| {
            let message = format!("the expression of `{}` {why}", out.rule.name);
            Some(out.at(route.clone(), part.clone(), message).help(help))
        };
        match self.expression.evaluate(variables) {
            Ok(Outcome::Bool(true)) => None,
            Ok(Outcome::Bool(false)) => {
                let made = self
                    .message_expression
                    .as_ref()
                    .and_then(|program| program.evaluate(variables).ok());
                let message = match made {
                    Some(Outcome::Text(text)) => text,
                    _ => self.message.clone(),
                };
                Some(out.at(route, part, message).help(self.help.as_str()))
            }
            Ok(Outcome::Text(_) | Outcome::Other) => no_value(
                "is neither true nor false here".to_owned(),
                "make it a comparison",
            ),
            Err(failure) => {
                let help = match &failure {
                    Failure::Error(why) if why.starts_with("no such key") => {
                        "ask whether the field is there: `!has(object.spec.x) || object.spec.x > 1`, or `object.?spec.?x.orValue(1) > 1`"
                    }
                    _ => "mend the rule in the configuration",
                };
                no_value(format!("has no value here: {failure}"), help)
            }
        }
    }
}

fn fleet_namespace<'m>(fleet: &Fleet<'m>, manifest: &Manifest) -> &'m str {
    fleet.namespace(fleet.manifests().get(manifest.number))
}

/// The way to a field that is not there, as far as it exists, and one step more.
fn deepest(manifest: &Manifest, mut route: Route) -> Route {
    while let Some(parent) = route.parent() {
        if manifest.at(&parent).is_some_and(NodeRef::is_mapping) {
            return parent;
        }
        route = parent;
    }
    route
}
