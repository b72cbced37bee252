//! Compiling and evaluating expressions, with bounds: an expression is a text of somebody else's.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedEntryExpr, IdedExpr};
use cel::common::types::{self, CelBool, CelString, DYN_TYPE};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::{Context, DeclarationError, Env, ExecutionError, Value};

use super::library::environment;
use super::value::Boxed;

/// The longest expression that is compiled, in bytes; cel-go takes 100,000 characters.
const MAX_LENGTH: usize = 20_000;
/// The deepest expression that is evaluated: operators behind one another nest, and evaluation recurses.
const MAX_DEPTH: usize = 250;
/// The most items that the loops of one evaluation go through. The API server stops at a cost of 1,000,000, and one item
/// costs at least one.
const MAX_ITEMS: i64 = 1_000_000;

/// The most parts of an expression with its variables put into it.
const MAX_PARTS: usize = 50_000;

/// The variable that holds what is left, and the function that takes from it: no expression can name them.
const BUDGET: &str = "@budget";
pub(super) const SPEND: &str = "@spend";

/// Up to how many operators an expression is compiled and evaluated on the stack of its caller.
const SHALLOW: usize = 30;
/// The stack for deeper ones, in bytes: an unoptimized build needs about 20 kB an operator.
const LARGE_STACK: usize = 64 << 20;
/// The most compiled expressions that are kept.
const MAX_KEPT: usize = 20_000;

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Program {
    expression: IdedExpr,
    is_deep: bool,
    /// How many parts its variables brought.
    parts: usize,
}

/// Compiled expressions by their text.
type Kept = HashMap<String, Arc<Result<Program, Failure>>>;

/// What an expression evaluates to, as far as rules use it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Bool(bool),
    Text(String),
    Other,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// It would cost too much.
    Limit(String),
    /// It fails on these values: `no such key: x`.
    Error(String),
    /// It calls what this program does not have.
    Unknown(String),
}

impl Failure {
    /// Of a mistake in the text of the expression: its line and column, both from 1, and what is wrong. cel-go writes
    /// them in front of its messages, and so does the parser.
    pub(crate) fn place(&self) -> Option<(u32, u32, &str)> {
        let Self::Error(text) = self else { return None };
        let mut parts = text.strip_prefix("ERROR: <input>:")?.splitn(3, ':');
        let line = parts.next()?.parse().ok()?;
        let column = parts.next()?.parse().ok()?;
        Some((line, column, parts.next()?.trim()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(what) | Self::Error(what) | Self::Unknown(what) => f.write_str(what),
        }
    }
}

impl Program {
    /// The program of an expression; the same one for the same text.
    pub(in crate::admission) fn of(source: &str) -> Arc<Result<Self, Failure>> {
        static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
        let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(source) {
            return Arc::clone(known);
        }
        let program = Arc::new(Self::compile(source));
        let mut kept = kept();
        if kept.len() < MAX_KEPT {
            kept.insert(source.to_owned(), Arc::clone(&program));
        }
        program
    }

    /// Parses an expression.
    ///
    /// # Errors
    /// What is wrong with it, or which bound it exceeds.
    fn compile(source: &str) -> Result<Self, Failure> {
        if source.len() > MAX_LENGTH {
            return Err(Failure::Limit(format!(
                "the expression has more than {MAX_LENGTH} bytes"
            )));
        }
        let depth = chain(source);
        if depth > MAX_DEPTH {
            return Err(Failure::Limit(format!(
                "a part of the expression has more than {MAX_DEPTH} operators"
            )));
        }
        let environment = environment().map_err(Failure::Unknown)?;
        let is_deep = depth > SHALLOW;
        let parse = || {
            let mut expression = environment
                .parser()
                .parse(source)
                .map_err(|errors| Failure::Error(one_line(&errors.to_string())))?;
            prepare(&mut expression);
            Ok(expression)
        };
        let expression = on_stack(is_deep, parse)?;
        Ok(Self {
            expression,
            is_deep,
            parts: 0,
        })
    }

    /// The program of a project's own rule, which may ask for relations.
    ///
    /// # Errors
    /// What is wrong with it, or which bound it exceeds.
    pub(crate) fn of_project(source: &str) -> Result<Self, Failure> {
        let mut program = Self::compile(source)?;
        on_stack(program.is_deep, || {
            super::relations::bind(&mut program.expression)
        });
        Ok(program)
    }

    /// The program with the expressions of its variables (`variables.x`) put into it.
    ///
    /// # Errors
    /// One of them does not compile, or the whole is too large.
    pub(in crate::admission) fn composed(
        &self,
        definitions: &BTreeMap<String, Result<Self, Failure>>,
    ) -> Result<Self, Failure> {
        on_stack(true, || {
            let mut expression = self.expression.clone();
            let mut left = MAX_PARTS;
            compose(&mut expression, definitions, &mut left)?;
            Ok(Self {
                expression,
                is_deep: true,
                parts: MAX_PARTS - left,
            })
        })
    }

    /// Calls a function that recurses over the expression.
    pub(super) fn with_expression<T>(&self, call: impl FnOnce(&IdedExpr) -> T) -> T {
        on_stack(self.is_deep, || call(&self.expression))
    }

    /// Whether the expression names a variable.
    pub(in crate::admission) fn uses(&self, variable: &str) -> bool {
        self.expression.references().has_variable(variable)
    }

    /// Evaluates the expression.
    ///
    /// # Errors
    /// It has no value with these variables.
    pub(crate) fn evaluate(&self, variables: &[(&str, Boxed)]) -> Result<Outcome, Failure> {
        on_stack(self.is_deep, || self.outcome(variables))
    }

    fn outcome(&self, variables: &[(&str, Boxed)]) -> Result<Outcome, Failure> {
        let environment = environment().map_err(Failure::Unknown)?;
        let mut context = Context::with_env(Arc::clone(environment));
        let budget = Budget(Arc::new(AtomicI64::new(MAX_ITEMS)));
        context.add_variable_as_val(BUDGET, Box::new(budget.clone()));
        for (name, value) in variables {
            context.add_variable_as_val(*name, value.clone_as_boxed());
        }
        let value = Value::resolve_val(&self.expression, &context);
        // Operators can swallow the error, so the budget is asked, not the result.
        if budget.0.load(Ordering::Relaxed) < 0 {
            return Err(Failure::Limit(format!(
                "it would go through more than {MAX_ITEMS} items"
            )));
        }
        let value = value.map_err(|error| failure(&error))?;
        Ok(if let Some(bool) = value.downcast_ref::<CelBool>() {
            Outcome::Bool(*bool.inner())
        } else if let Some(text) = value.downcast_ref::<CelString<'_>>() {
            Outcome::Text(text.inner().to_owned())
        } else {
            Outcome::Other
        })
    }
}

/// Calls a function that recurses, on a large stack if it may recurse deeply.
fn on_stack<T>(is_deep: bool, call: impl FnOnce() -> T) -> T {
    if is_deep {
        stacker::grow(LARGE_STACK, call)
    } else {
        call()
    }
}

/// An upper bound of how deep the operators of an expression nest, without parsing it: the parser itself recurses.
///
/// Chains of `&&` and `||` are balanced by the parser, so at the same level only the longest operand counts.
fn chain(source: &str) -> usize {
    let (mut most, mut quote) = (0, None);
    // For each open bracket: operators before it in its chain, and those of the chain inside so far.
    let mut outer: Vec<usize> = Vec::new();
    let mut here = 0;
    let mut chars = source.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(open), _) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(char),
            (None, '&' | '|') => here = outer.last().copied().unwrap_or(0),
            (None, '(' | '[' | '{') => {
                here += 1;
                outer.push(here);
            }
            (None, ')' | ']' | '}') => here = outer.pop().unwrap_or(here),
            (None, '+' | '-' | '*' | '/' | '%' | '.' | '?' | '=' | '<' | '>' | '!') => here += 1,
            (None, _) => {}
        }
        most = most.max(here);
    }
    most
}

/// A message of the parser, without the drawing below it.
fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// Readies a parsed expression for [`Program::evaluate`]: what loops go through is counted, and literals stand on the right
/// of `==`, because equality is asked of the left side and only our own lists know how they compare.
fn prepare(expression: &mut IdedExpr) {
    each_part(expression, &mut prepare);
    match &mut expression.expr {
        Expr::Call(call) if matches!(&*call.func_name, "_==_" | "_!=_") => {
            if let [left, right] = &mut call.args[..]
                && matches!(left.expr, Expr::List(_) | Expr::Map(_))
            {
                std::mem::swap(left, right);
            }
        }
        Expr::Comprehension(comprehension) => {
            let range = std::mem::take(&mut comprehension.iter_range);
            let id = range.id;
            let budget = IdedExpr {
                id,
                expr: Expr::Ident(BUDGET.to_owned()),
            };
            comprehension.iter_range = IdedExpr {
                id,
                expr: Expr::Call(CallExpr {
                    func_name: SPEND.to_owned(),
                    target: None,
                    args: vec![budget, range],
                }),
            };
        }
        _ => {}
    }
}

/// Puts expressions in the place of `variables.x`. `left` is how many parts the result may still have.
///
/// # Errors
/// The variable has no expression, or the result would be too large.
fn compose(
    expression: &mut IdedExpr,
    definitions: &BTreeMap<String, Result<Program, Failure>>,
    left: &mut usize,
) -> Result<(), Failure> {
    let too_large = || Failure::Limit(format!("with its variables it has more than {MAX_PARTS} parts"));
    *left = left.checked_sub(1).ok_or_else(too_large)?;
    if let Expr::Select(select) = &expression.expr
        && matches!(&select.operand.expr, Expr::Ident(name) if name == "variables")
    {
        let definition = definitions
            .get(&select.field)
            .ok_or_else(|| Failure::Error(format!("undefined field '{}'", select.field)))?;
        let definition = definition.as_ref().map_err(Clone::clone)?;
        *left = left.checked_sub(definition.parts).ok_or_else(too_large)?;
        *expression = definition.expression.clone();
        return Ok(());
    }
    let mut result = Ok(());
    each_part(expression, &mut |part| {
        if result.is_ok() {
            result = compose(part, definitions, left);
        }
    });
    result
}

/// Calls a function with each part of an expression.
pub(super) fn each_part(expression: &mut IdedExpr, call: &mut dyn FnMut(&mut IdedExpr)) {
    match &mut expression.expr {
        Expr::Call(made) => {
            if let Some(target) = &mut made.target {
                call(target);
            }
            made.args.iter_mut().for_each(call);
        }
        Expr::Comprehension(comprehension) => {
            call(&mut comprehension.iter_range);
            call(&mut comprehension.accu_init);
            call(&mut comprehension.loop_cond);
            call(&mut comprehension.loop_step);
            call(&mut comprehension.result);
        }
        Expr::Select(select) => call(&mut select.operand),
        Expr::List(list) => list.elements.iter_mut().for_each(call),
        Expr::Map(map) => map
            .entries
            .iter_mut()
            .for_each(|entry| each_of_entry(entry, call)),
        Expr::Struct(literal) => literal
            .entries
            .iter_mut()
            .for_each(|entry| each_of_entry(entry, call)),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

fn each_of_entry(entry: &mut IdedEntryExpr, call: &mut dyn FnMut(&mut IdedExpr)) {
    match &mut entry.expr {
        EntryExpr::MapEntry(entry) => {
            call(&mut entry.key);
            call(&mut entry.value);
        }
        EntryExpr::StructField(field) => call(&mut field.value),
    }
}

/// How many items are left.
#[derive(Debug, Clone)]
struct Budget(Arc<AtomicI64>);

static BUDGET_TYPE: types::Type = types::Type::new_unspecified_type("@budget");

impl Val for Budget {
    fn get_type(&self) -> &types::Type {
        &BUDGET_TYPE
    }

    fn cel_type() -> &'static types::Type {
        &BUDGET_TYPE
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Budget {}

/// Adds what [`prepare`] calls.
pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_overload(SPEND, SPEND, vec![BUDGET_TYPE.to_owned(), DYN_TYPE], spend)
}

/// Takes the size of a list or map from the budget and hands it on.
fn spend<'b, 'v>(mut arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let range = arguments.pop();
    let (Some(range), Some(budget)) = (
        range,
        arguments.first().and_then(|first| first.downcast_ref::<Budget>()),
    ) else {
        return Err(ExecutionError::InternalError("no such overload".to_owned()));
    };
    let size = range.as_sizer().map_or(0, |sizer| *sizer.size().inner());
    // An empty loop inside a loop is a step too.
    if budget.0.fetch_sub(size.max(1), Ordering::Relaxed) < size {
        budget.0.store(-1, Ordering::Relaxed);
        return Err(ExecutionError::InternalError("too many items".to_owned()));
    }
    Ok(range)
}

/// An error in cel-go's words, which the server shows.
fn failure(error: &ExecutionError) -> Failure {
    match error {
        ExecutionError::NoSuchKey(key) => Failure::Error(format!("no such key: {key}")),
        ExecutionError::IndexOutOfBounds(index) => match index {
            Value::Int(index) => Failure::Error(format!("index out of bounds: {index}")),
            _ => Failure::Error("index out of bounds".to_owned()),
        },
        ExecutionError::DivisionByZero(_) => Failure::Error("division by zero".to_owned()),
        ExecutionError::RemainderByZero(_) => Failure::Error("modulus by zero".to_owned()),
        ExecutionError::Overflow(..) => Failure::Error("return error for overflow".to_owned()),
        ExecutionError::UndeclaredReference(name) => {
            Failure::Unknown(format!("undeclared reference to '{name}'"))
        }
        ExecutionError::NoSuchOverload(_)
        | ExecutionError::UnexpectedType { .. }
        | ExecutionError::ValuesNotComparable(..)
        | ExecutionError::UnsupportedBinaryOperator(..) => Failure::Error("no such overload".to_owned()),
        ExecutionError::InternalError(message) | ExecutionError::FunctionError { message, .. } => {
            Failure::Error(message.clone())
        }
        other => Failure::Error(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Failure, Outcome, Program};
    use crate::admission::cel::value::native;

    fn evaluate(source: &str) -> Result<Outcome, Failure> {
        let object = json!({
            "name": "web",
            "replicas": 3,
            "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 90}],
            "tags": ["x", "y"],
            "labels": {"app": "web", "a.b/c": "d"},
        });
        Program::compile(source)?.evaluate(&[("self", native(&object))])
    }

    #[test]
    fn rules_of_real_definitions_hold() {
        for source in [
            "self.replicas >= 1 && self.replicas < 10",
            "!has(self.paused) || self.paused",
            "has(self.name) ? self.name == 'web' : false",
            "self.ports.all(p, p.port > 0)",
            "self.ports.exists(p, p.name == 'b')",
            "self.ports.exists_one(p, p.port == 80)",
            "self.ports.filter(p, p.port > 80).map(p, p.name) == ['b']",
            "['x', 'y'] == self.tags",
            "{'app': 'web', 'a.b/c': 'd'} == self.labels",
            "'app' in self.labels && self.labels['a.b/c'] == 'd'",
            "self.?paused.orValue(true)",
            "!self.?paused.hasValue()",
            "self.labels.?app.orValue('') == 'web'",
            "self.tags[?5].orValue('none') == 'none'",
            "size(self.tags) == 2 && self.tags.size() == 2",
            "type(self.replicas) == int && type(self.name) == string",
            "self.name.matches('^[a-z]+$') && self.name.startsWith('w')",
            "self.tags.join(',') == 'x,y' && 'a-b'.split('-') == ['a', 'b']",
            "'%s is %d'.format(['a', 3]) == 'a is 3'",
            "quantity('1Gi').isGreaterThan(quantity('500Mi'))",
            "quantity('1').add(quantity('500m')).compareTo(quantity('1500m')) == 0",
            "isQuantity('50k') && !isQuantity('50kk')",
            "ip('10.0.0.1').family() == 4 && isIP('::1') && !isIP('10.0.0')",
            "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.1.2.3'))",
            "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
            "url('https://a.example:80/p?q=1').getHostname() == 'a.example'",
            "url('https://a.example:80/p?q=1').getPort() == '80' && !isURL('x')",
            "url('https://a.example/p?q=1&q=2').getQuery()['q'] == ['1', '2']",
            "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('v1.0', true) && !isSemver('v1.0')",
            "[1, 3, 2].max() == 3 && [1, 2].isSorted() && [1, 2].sum() == 3 && ['a', 'b'].indexOf('b') == 1",
            "sets.contains(self.tags, ['x']) && sets.intersects(self.tags, ['y', 'z'])",
            "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
            "!format.dns1123Label().validate('my-name').hasValue()",
            "format.named('uuid').value().validate('x').hasValue()",
            "duration('1h') > duration('30m') && timestamp('2024-01-01T00:00:00Z').getFullYear() == 2024",
            "dyn(self.replicas) == 3.0 && double(self.replicas) / 2.0 == 1.5",
            "self.tags.includes('x') && self.name.includes('web')",
        ] {
            assert_eq!(evaluate(source), Ok(Outcome::Bool(true)), "{source}");
        }
    }

    #[test]
    fn what_fails_says_so_in_the_words_of_the_server() {
        let error = |text: &str| Err(Failure::Error(text.to_owned()));
        assert_eq!(evaluate("self.paused"), error("no such key: paused"));
        assert_eq!(evaluate("self.tags[9] == 'x'"), error("index out of bounds: 9"));
        assert_eq!(evaluate("self.replicas / 0 == 1"), error("division by zero"));
        assert_eq!(evaluate("self.name + 1 == 'x'"), error("no such overload"));
        assert!(matches!(
            evaluate("self.name.nothing()"),
            Err(Failure::Unknown(_))
        ));
        assert!(matches!(evaluate("self.name =="), Err(Failure::Error(_))));
    }

    #[test]
    fn loops_in_loops_end() {
        let source =
            "lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))";
        assert!(matches!(evaluate(source), Err(Failure::Limit(_))));
        let swallowed = format!("{source} || true");
        assert!(matches!(evaluate(&swallowed), Err(Failure::Limit(_))));
    }

    #[test]
    fn deep_and_long_expressions_are_refused_or_evaluated() {
        let sum = |terms: usize| vec!["1"; terms].join("+") + " > 0";
        assert_eq!(evaluate(&sum(200)), Ok(Outcome::Bool(true)));
        assert!(matches!(evaluate(&sum(5_000)), Err(Failure::Limit(_))));
        assert!(matches!(evaluate(&"(".repeat(10_000)), Err(Failure::Limit(_))));
        assert!(matches!(evaluate(&" ".repeat(100_000)), Err(Failure::Limit(_))));
        let logic = vec!["true"; 2_000].join("&&");
        assert_eq!(evaluate(&logic), Ok(Outcome::Bool(true)));
    }
}
