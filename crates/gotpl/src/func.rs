//! Functions of templates, and how plain Rust functions become them.
//!
//! A function is registered by name in a `Functions` table, which is built once and shared. Its Go signature is read
//! off its Rust one, and the executor checks and converts arguments by it before the call, with Go's own sentences
//! (`wrong type for value; expected string; got int`), so a function body never checks the types of its parameters.
//!
//! | Rust parameter or result | Go |
//! |---|---|
//! | `Str` (also `String`, lossy; result `&'static str`) | `string` |
//! | `isize` | `int` |
//! | `i64`, `i32`, `u8`, `u32`, `u64` | `int64`, `int32`, `uint8`, `uint32`, `uint64` |
//! | `f64`, `bool` | `float64`, `bool` |
//! | `Value` | `interface {}` (nil arrives as `Value::Nil`; named map types arrive as they are) |
//! | `Map` | `map[string]interface {}` (a nil one arrives as `Map::nil`) |
//! | `List` | `[]interface {}` |
//! | `Vec<Str>` | `[]string` (a result that may be nil: `Strings` with `List::nil(Type::STRINGS)`) |
//! | `Bytes` | `[]uint8` |
//! | `Rest<T>`, last parameter only | `...T` |
//! | result `Result<T, FuncError>` | `(T, error)` |
//!
//! Other types of parameters (`time.Time`) implement `FromArg`; other results `IntoValue`, or return a `Value` from a
//! function registered with `Functions::result_type`.
//!
//! ```
//! use plimsoll_gotpl::func::{Context, FuncError, Functions, Rest};
//! use plimsoll_gotpl::{List, Map, Str, Value};
//!
//! fn upper(s: Str) -> Str { s.to_ascii_uppercase().into() }
//! fn list(items: Rest<Value>) -> List { List::new(items.0) }
//! fn set(dict: Map, key: Str, value: Value) -> Result<Map, FuncError> {
//!     dict.insert(key, value)?;
//!     Ok(dict)
//! }
//! fn fail(message: Str) -> Result<Str, FuncError> { Err(FuncError::new(message.to_str_lossy())) }
//! // Functions that execute templates, or need what the host put into the run, take the context first.
//! fn include(cx: &mut Context<'_>, name: Str, data: Value) -> Result<Str, FuncError> { cx.execute(&name, data) }
//!
//! let mut functions = Functions::new();
//! functions.add("upper", upper);
//! functions.add("list", list);
//! functions.add("set", set);
//! functions.add("fail", fail);
//! functions.add("mustUpper", |s: Str| -> Result<Str, FuncError> { Ok(upper(s)) });
//! functions.add_with_context("include", include);
//! assert!(functions.get("upper").is_some());
//! ```
//!
//! A function whose result is declared `interface{}` in Go must return `Value` (or `Result<Value, _>`) here: a nil
//! result of such a function is "a nil interface", which templates can tell from a missing value.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use foldhash::fast::RandomState;

use crate::error::{Error, Limit, Place};
use crate::types::Type;
use crate::value::{IntKind, List, Map, Str, UintKind, Value};

/// Why a function failed. Its text follows `error calling NAME: `.
#[derive(Debug, Clone)]
pub struct FuncError {
    /// The whole text, the cause's included.
    pub message: String,
    /// The error inside a template that the function executed.
    pub cause: Option<Box<Error>>,
    /// Set when a bound stopped the function.
    pub limit: Option<Limit>,
}

impl FuncError {
    /// An error with that text.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: None,
            limit: None,
        }
    }

    /// A bound that was met.
    pub fn limit(limit: Limit) -> Self {
        Self {
            message: format!("limit of {limit} exceeded"),
            cause: None,
            limit: Some(limit),
        }
    }

    /// The same error with text before it, as `fmt.Errorf("prefix: %w", err)`.
    #[must_use]
    pub fn prefixed(mut self, prefix: impl fmt::Display) -> Self {
        self.message = format!("{prefix}{}", self.message);
        self
    }
}

impl fmt::Display for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FuncError {}

impl From<Error> for FuncError {
    fn from(error: Error) -> Self {
        Self {
            message: error.to_string(),
            limit: error.limit(),
            cause: Some(Box::new(error)),
        }
    }
}

impl From<String> for FuncError {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<&str> for FuncError {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

/// What a running execution offers to functions. The executor implements it.
pub(crate) trait Runtime {
    fn execute(&mut self, name: &Str, data: Value) -> Result<Str, FuncError>;
    fn execute_text(&mut self, name: &str, text: &Str, data: Value) -> Result<Str, TextError>;
    fn host(&self) -> &dyn Any;
    fn spend(&mut self, steps: u64) -> Result<(), FuncError>;
    fn place(&self) -> Option<Place>;
}

/// Why `Context::execute_text` failed.
#[derive(Debug, Clone)]
pub enum TextError {
    /// The text is not a template.
    Parse(FuncError),
    /// It failed when executed.
    Exec(FuncError),
}

/// The running execution, as a function sees it.
pub struct Context<'a> {
    pub(crate) runtime: &'a mut dyn Runtime,
}

impl Context<'_> {
    /// Executes a template of the set, as `ExecuteTemplate`, and returns its output.
    ///
    /// # Errors
    /// The template does not exist or fails.
    pub fn execute(&mut self, name: &Str, data: Value) -> Result<Str, FuncError> {
        self.runtime.execute(name, data)
    }

    /// Parses `text` as the template `name` and executes it, in the same set without copying it: templates that it
    /// defines are seen by everything executed until it ends, and by nothing afterwards, as with Helm's clone.
    ///
    /// # Errors
    /// The text does not parse, or fails; the two are told apart because Helm words them differently.
    pub fn execute_text(&mut self, name: &str, text: &Str, data: Value) -> Result<Str, TextError> {
        self.runtime.execute_text(name, text, data)
    }

    /// What the caller of the execution gave it for its functions (clock, randomness, files …), by its type.
    pub fn host<T: 'static>(&self) -> Option<&T> {
        self.runtime.host().downcast_ref()
    }

    /// Where in which text the function is being called.
    pub fn place(&self) -> Option<Place> {
        self.runtime.place()
    }

    /// Counts work against `Limits::steps`: a function whose work is not bounded by the size of its arguments
    /// (`until`, `repeat`) calls this with the number of elements or bytes *before* it makes them.
    ///
    /// # Errors
    /// The bound is met.
    pub fn spend(&mut self, steps: u64) -> Result<(), FuncError> {
        self.runtime.spend(steps)
    }
}

/// The arguments of a call, already checked and converted to the signature's types.
pub struct Args<'a> {
    values: std::slice::IterMut<'a, Value>,
}

impl<'a> Args<'a> {
    pub(crate) fn new(values: &'a mut [Value]) -> Self {
        Self {
            values: values.iter_mut(),
        }
    }
}

impl Iterator for Args<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.values.next().map(std::mem::take)
    }
}

impl ExactSizeIterator for Args<'_> {
    fn len(&self) -> usize {
        self.values.len()
    }
}

/// A Go function signature.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// Types of the parameters; of a variadic last one, that of an element.
    pub params: &'static [&'static Type],
    pub variadic: bool,
    pub result: &'static Type,
}

type Body = dyn Fn(&mut Context<'_>, &mut Args<'_>) -> Result<Value, FuncError> + Send + Sync;

/// A function that templates can call.
pub struct Function {
    pub name: &'static str,
    pub signature: Signature,
    body: Box<Body>,
}

impl Function {
    /// A function with a signature of its own, as `Functions::add_raw` adds one; for `FuncValue`.
    pub fn new(
        name: &'static str,
        signature: Signature,
        body: impl Fn(&mut Context<'_>, &mut Args<'_>) -> Result<Value, FuncError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            signature,
            body: Box::new(body),
        }
    }

    /// Calls it with arguments that fit its signature.
    ///
    /// # Errors
    /// The function's own.
    pub fn call(&self, cx: &mut Context<'_>, args: &mut Args<'_>) -> Result<Value, FuncError> {
        (self.body)(cx, args)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function")
            .field("name", &self.name)
            .field("signature", &self.signature)
            .finish()
    }
}

/// A table of functions. A name added again replaces the earlier function, as in Go's `Funcs`.
#[derive(Debug, Default)]
pub struct Functions {
    entries: Vec<Function>,
    by_name: HashMap<&'static str, usize, RandomState>,
    of_pointer: bool,
}

impl Functions {
    /// An empty table. The builtin functions of text/template are always there without being in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty table of methods that only the pointer to a type has, not its value (Go's pointer receivers).
    pub fn of_pointer() -> Self {
        Self {
            of_pointer: true,
            ..Self::default()
        }
    }

    /// Whether it holds methods of a pointer.
    pub fn is_of_pointer(&self) -> bool {
        self.of_pointer
    }

    /// Adds a function that needs only its arguments.
    pub fn add<F: Callable<M>, M>(&mut self, name: &'static str, function: F) {
        self.insert(Function {
            name,
            signature: Signature {
                params: F::PARAMS,
                variadic: F::VARIADIC,
                result: F::RESULT,
            },
            body: Box::new(move |_, args| function.call(args)),
        });
    }

    /// Adds a function whose first parameter is the context.
    pub fn add_with_context<F: CallableWithContext<M>, M>(&mut self, name: &'static str, function: F) {
        self.insert(Function {
            name,
            signature: Signature {
                params: F::PARAMS,
                variadic: F::VARIADIC,
                result: F::RESULT,
            },
            body: Box::new(move |cx, args| function.call(cx, args)),
        });
    }

    /// Has `hook` called with the name before each call of a function that was added already.
    pub fn watch(&mut self, name: &str, hook: fn(&mut Context<'_>, &'static str)) {
        let Some(&index) = self.by_name.get(name) else {
            return;
        };
        let function = &mut self.entries[index];
        let name = function.name;
        let body = std::mem::replace(&mut function.body, Box::new(|_, _| Ok(Value::Nil)));
        function.body = Box::new(move |cx, args| {
            hook(cx, name);
            body(cx, args)
        });
    }

    /// Adds a function with a signature of its own.
    pub fn add_raw(
        &mut self,
        name: &'static str,
        signature: Signature,
        body: impl Fn(&mut Context<'_>, &mut Args<'_>) -> Result<Value, FuncError> + Send + Sync + 'static,
    ) {
        self.insert(Function {
            name,
            signature,
            body: Box::new(body),
        });
    }

    /// Declares the Go result type of a function that was added and returns a `Value` here.
    pub fn result_type(&mut self, name: &str, ty: &'static Type) {
        if let Some(function) = self.by_name.get(name).and_then(|&i| self.entries.get_mut(i)) {
            function.signature.result = ty;
        }
    }

    fn insert(&mut self, function: Function) {
        match self.by_name.get(function.name) {
            Some(&index) => self.entries[index] = function,
            None => {
                self.by_name.insert(function.name, self.entries.len());
                self.entries.push(function);
            }
        }
    }

    /// The function of that name.
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.by_name.get(name).map(|&index| &self.entries[index])
    }

    /// The place of a function in the table.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn at(&self, index: usize) -> &Function {
        &self.entries[index]
    }

    /// Names, in the order of adding.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.entries.iter().map(|function| function.name)
    }
}

/// A Rust type that a parameter of a function can have.
pub trait FromArg: Sized {
    /// The Go type; of `Rest`, that of an element.
    const TYPE: &'static Type;
    /// Whether it takes all arguments that are left.
    const VARIADIC: bool = false;

    /// Converts an argument that the executor has already checked against `TYPE`.
    ///
    /// # Errors
    /// Only for a caller that did not check.
    fn from_arg(value: Value) -> Result<Self, FuncError>;

    /// Takes its arguments off the list.
    ///
    /// # Errors
    /// As `from_arg`.
    fn take(args: &mut Args<'_>) -> Result<Self, FuncError> {
        Self::from_arg(args.next().unwrap_or_default())
    }
}

/// Go's sentence for an argument of the wrong type, for those who call functions without the executor.
pub fn wrong_type(expected: &Type, value: &Value) -> FuncError {
    FuncError::new(format!(
        "wrong type for value; expected {expected}; got {}",
        value.ty()
    ))
}

/// All arguments that are left: Go's `...T`.
#[derive(Debug, Clone)]
pub struct Rest<T>(pub Vec<T>);

impl<T: FromArg> FromArg for Rest<T> {
    const TYPE: &'static Type = T::TYPE;
    const VARIADIC: bool = true;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        Ok(Self(vec![T::from_arg(value)?]))
    }

    fn take(args: &mut Args<'_>) -> Result<Self, FuncError> {
        args.map(T::from_arg).collect::<Result<_, _>>().map(Self)
    }
}

impl FromArg for Value {
    const TYPE: &'static Type = &Type::Any;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        Ok(value)
    }
}

impl FromArg for Str {
    const TYPE: &'static Type = &Type::String;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::Str(text) => Ok(text),
            other => Err(wrong_type(Self::TYPE, &other)),
        }
    }
}

impl FromArg for String {
    const TYPE: &'static Type = &Type::String;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        Str::from_arg(value).map(|text| text.to_str_lossy().into_owned())
    }
}

impl FromArg for bool {
    const TYPE: &'static Type = &Type::Bool;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        value.as_bool().ok_or_else(|| wrong_type(Self::TYPE, &value))
    }
}

impl FromArg for f64 {
    const TYPE: &'static Type = &Type::Float64;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        value.as_float().ok_or_else(|| wrong_type(Self::TYPE, &value))
    }
}

macro_rules! integers {
    ($($rust:ty, $get:ident, $variant:ident, $kind:ident :: $width:ident, $ty:ident;)*) => {$(
        impl FromArg for $rust {
            const TYPE: &'static Type = &Type::$ty;

            fn from_arg(value: Value) -> Result<Self, FuncError> {
                value.$get().map(|n| n as Self).ok_or_else(|| wrong_type(Self::TYPE, &value))
            }
        }

        impl IntoValue for $rust {
            const GO_TYPE: &'static Type = &Type::$ty;

            fn into_value(self) -> Value {
                Value::$variant(self as _, $kind::$width)
            }
        }
    )*};
}

integers! {
    isize, as_int, Int, IntKind::Int, Int;
    i64, as_int, Int, IntKind::Int64, Int64;
    i32, as_int, Int, IntKind::Int32, Int32;
    u8, as_uint, Uint, UintKind::Uint8, Uint8;
    u32, as_uint, Uint, UintKind::Uint32, Uint32;
    u64, as_uint, Uint, UintKind::Uint64, Uint64;
}

impl FromArg for Map {
    const TYPE: &'static Type = Type::MAP;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::Map(map) => Ok(map),
            Value::Nil => Ok(Self::nil(Type::MAP)),
            other => Err(wrong_type(Type::MAP, &other)),
        }
    }
}

impl FromArg for List {
    const TYPE: &'static Type = Type::LIST;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::List(list) => Ok(list),
            Value::Nil => Ok(Self::nil(Type::LIST)),
            other => Err(wrong_type(Type::LIST, &other)),
        }
    }
}

impl FromArg for Vec<Str> {
    const TYPE: &'static Type = Type::STRINGS;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::List(list) => list.iter().map(Str::from_arg).collect(),
            Value::Nil => Ok(Self::new()),
            other => Err(wrong_type(Type::STRINGS, &other)),
        }
    }
}

/// Go's `[]uint8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(pub Str);

impl FromArg for Bytes {
    const TYPE: &'static Type = Type::BYTES;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match &value {
            Value::Nil => Ok(Self(Str::EMPTY)),
            Value::List(list) => list
                .to_bytes()
                .map(Self)
                .ok_or_else(|| wrong_type(Type::BYTES, &value)),
            _ => Err(wrong_type(Type::BYTES, &value)),
        }
    }
}

/// A Rust type that a function can return.
pub trait IntoValue {
    /// The Go type declared for the result.
    const GO_TYPE: &'static Type;

    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    const GO_TYPE: &'static Type = &Type::Any;

    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for Str {
    const GO_TYPE: &'static Type = &Type::String;

    fn into_value(self) -> Value {
        Value::Str(self)
    }
}

impl IntoValue for String {
    const GO_TYPE: &'static Type = &Type::String;

    fn into_value(self) -> Value {
        Value::Str(self.into())
    }
}

impl IntoValue for Vec<u8> {
    const GO_TYPE: &'static Type = &Type::String;

    fn into_value(self) -> Value {
        Value::Str(self.into())
    }
}

impl IntoValue for &'static str {
    const GO_TYPE: &'static Type = &Type::String;

    fn into_value(self) -> Value {
        Value::literal(self)
    }
}

impl IntoValue for bool {
    const GO_TYPE: &'static Type = &Type::Bool;

    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl IntoValue for f64 {
    const GO_TYPE: &'static Type = &Type::Float64;

    fn into_value(self) -> Value {
        Value::Float(self)
    }
}

impl IntoValue for Map {
    const GO_TYPE: &'static Type = Type::MAP;

    fn into_value(self) -> Value {
        Value::Map(self)
    }
}

impl IntoValue for List {
    const GO_TYPE: &'static Type = Type::LIST;

    fn into_value(self) -> Value {
        Value::List(self)
    }
}

impl IntoValue for Vec<Str> {
    const GO_TYPE: &'static Type = Type::STRINGS;

    fn into_value(self) -> Value {
        Value::List(List::strings(self))
    }
}

/// A `[]string` result that may be nil or shared.
#[derive(Clone)]
pub struct Strings(pub List);

impl IntoValue for Strings {
    const GO_TYPE: &'static Type = Type::STRINGS;

    fn into_value(self) -> Value {
        Value::List(self.0)
    }
}

impl IntoValue for Bytes {
    const GO_TYPE: &'static Type = Type::BYTES;

    fn into_value(self) -> Value {
        Value::List(List::bytes(self.0))
    }
}

/// A result, with or without an error.
pub trait FuncResult {
    /// The Go type declared for the result.
    const RESULT_TYPE: &'static Type;

    /// # Errors
    /// The function's own.
    fn into_result(self) -> Result<Value, FuncError>;
}

impl<T: IntoValue> FuncResult for T {
    const RESULT_TYPE: &'static Type = T::GO_TYPE;

    fn into_result(self) -> Result<Value, FuncError> {
        Ok(self.into_value())
    }
}

impl<T: IntoValue> FuncResult for Result<T, FuncError> {
    const RESULT_TYPE: &'static Type = T::GO_TYPE;

    fn into_result(self) -> Result<Value, FuncError> {
        self.map(IntoValue::into_value)
    }
}

/// A Rust function that can be added to a table; `M` is its shape, which the compiler finds.
pub trait Callable<M>: Send + Sync + 'static {
    const PARAMS: &'static [&'static Type];
    const VARIADIC: bool;
    const RESULT: &'static Type;

    /// # Errors
    /// The function's own.
    fn call(&self, args: &mut Args<'_>) -> Result<Value, FuncError>;
}

/// As `Callable`, for functions whose first parameter is the context.
pub trait CallableWithContext<M>: Send + Sync + 'static {
    const PARAMS: &'static [&'static Type];
    const VARIADIC: bool;
    const RESULT: &'static Type;

    /// # Errors
    /// The function's own.
    fn call(&self, cx: &mut Context<'_>, args: &mut Args<'_>) -> Result<Value, FuncError>;
}

macro_rules! callables {
    ($(($($name:ident),*);)*) => {$(
        #[allow(non_snake_case, unused_variables, reason = "one macro for every arity")]
        impl<Func, Out, $($name),*> Callable<fn($($name),*) -> Out> for Func
        where
            Func: Fn($($name),*) -> Out + Send + Sync + 'static,
            Out: FuncResult,
            $($name: FromArg),*
        {
            const PARAMS: &'static [&'static Type] = &[$($name::TYPE),*];
            const VARIADIC: bool = false $(|| $name::VARIADIC)*;
            const RESULT: &'static Type = Out::RESULT_TYPE;

            fn call(&self, args: &mut Args<'_>) -> Result<Value, FuncError> {
                $(let $name = $name::take(args)?;)*
                self($($name),*).into_result()
            }
        }

        #[allow(non_snake_case, unused_variables, reason = "one macro for every arity")]
        impl<Func, Out, $($name),*> CallableWithContext<fn($($name),*) -> Out> for Func
        where
            Func: Fn(&mut Context<'_>, $($name),*) -> Out + Send + Sync + 'static,
            Out: FuncResult,
            $($name: FromArg),*
        {
            const PARAMS: &'static [&'static Type] = &[$($name::TYPE),*];
            const VARIADIC: bool = false $(|| $name::VARIADIC)*;
            const RESULT: &'static Type = Out::RESULT_TYPE;

            fn call(&self, cx: &mut Context<'_>, args: &mut Args<'_>) -> Result<Value, FuncError> {
                $(let $name = $name::take(args)?;)*
                self(cx, $($name),*).into_result()
            }
        }
    )*};
}

callables! {
    ();
    (A);
    (A, B);
    (A, B, C);
    (A, B, C, D);
    (A, B, C, D, E);
    (A, B, C, D, E, F);
    (A, B, C, D, E, F, G);
}

/// Pairs that a function value yields when ranged over.
pub type Pairs = Box<dyn Iterator<Item = (Value, Value)>>;

/// A function as a value: a method bound to its receiver is one, and iterators are.
#[derive(Clone)]
pub struct FuncValue(Rc<FuncBody>);

/// What an iterator yields: types of the first and, of pairs, the second; and how it starts.
struct Sequence {
    first: &'static Type,
    second: Option<&'static Type>,
    start: Box<dyn Fn() -> Pairs>,
}

struct FuncBody {
    ty: &'static Type,
    function: Option<Function>,
    sequence: Option<Sequence>,
}

impl FuncValue {
    /// A function that `call` can call. `ty` is its Go type: `Type::Func("func(string) string")`.
    pub fn new(ty: &'static Type, function: Function) -> Self {
        Self(Rc::new(FuncBody {
            ty,
            function: Some(function),
            sequence: None,
        }))
    }

    /// A `iter.Seq` of elements of type `first`, or with `second` a `iter.Seq2`, to range over. Of a `Seq` the
    /// second of each pair is ignored.
    pub fn sequence(
        ty: &'static Type,
        first: &'static Type,
        second: Option<&'static Type>,
        start: impl Fn() -> Pairs + 'static,
    ) -> Self {
        Self(Rc::new(FuncBody {
            ty,
            function: None,
            sequence: Some(Sequence {
                first,
                second,
                start: Box::new(start),
            }),
        }))
    }

    /// The Go type.
    pub fn ty(&self) -> &'static Type {
        self.0.ty
    }

    /// What to call, when it can be called.
    pub fn function(&self) -> Option<&Function> {
        self.0.function.as_ref()
    }

    /// Starts the iteration: types of what it yields, and it.
    pub fn iterate(&self) -> Option<(&'static Type, Option<&'static Type>, Pairs)> {
        self.0
            .sequence
            .as_ref()
            .map(|sequence| (sequence.first, sequence.second, (sequence.start)()))
    }
}
