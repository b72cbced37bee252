//! The functions that need the engine itself: `include`, `tpl`, `required`, `fail`, `lookup`.
//!
//! Upstream: `initFunMap` and what it calls, `pkg/engine/engine.go`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use plimsoll_gotpl::Place;
use plimsoll_gotpl::func::{Context, FuncError, Functions, TextError};
use plimsoll_gotpl::value::{Map, Str, Value};
use plimsoll_sprig::{Env, Profile};

use crate::chart::HelmCompat;

/// How often a template may be included by itself. Upstream: `recursionMaxNums`.
const MAX_INCLUDES: u32 = 1_000;

/// How many calls of functions whose result is another in each run are kept of one template.
const MAX_UNREPEATABLE: usize = 100;

/// Name of the root template in Helm's engine; a `tpl` text goes by it too.
pub(super) const ROOT: &str = "gotpl";

/// What a run of the engine knows beside its templates; rides in `Env::host`.
#[derive(Default)]
pub(super) struct Run {
    /// How often each template is being included right now.
    included: RefCell<HashMap<Str, u32>>,
    /// Calls of functions whose result is another in each run, since they were last taken; each place once.
    unrepeatable: RefCell<Vec<Call>>,
}

/// A call of a function, by its name and place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) function: &'static str,
    pub(super) place: Option<Place>,
}

impl Run {
    /// The calls since the last time.
    pub(super) fn take_unrepeatable(&self) -> Vec<Call> {
        std::mem::take(&mut self.unrepeatable.borrow_mut())
    }
}

fn note_unrepeatable(cx: &mut Context<'_>, function: &'static str) {
    let call = Call {
        function,
        place: cx.place(),
    };
    // The name of a release is expanded without a run.
    let run = cx
        .host::<Env>()
        .and_then(|env| env.host.downcast_ref::<Rc<Run>>());
    if let Some(run) = run {
        let mut calls = run.unrepeatable.borrow_mut();
        if calls.len() < MAX_UNREPEATABLE && !calls.contains(&call) {
            calls.push(call);
        }
    }
}

/// All functions of a profile. They are made once for a process.
pub(super) fn functions(compat: HelmCompat) -> Arc<Functions> {
    static V3: LazyLock<Arc<Functions>> = LazyLock::new(|| make(Profile::Helm3));
    static V4: LazyLock<Arc<Functions>> = LazyLock::new(|| make(Profile::Helm4));
    Arc::clone(match compat {
        HelmCompat::V3 => &V3,
        HelmCompat::V4 => &V4,
    })
}

fn make(profile: Profile) -> Arc<Functions> {
    let mut functions = plimsoll_sprig::functions(profile);
    for name in plimsoll_sprig::UNREPEATABLE {
        functions.watch(name, note_unrepeatable);
    }
    functions.add_with_context("include", include);
    functions.add_with_context("tpl", tpl);
    functions.add("required", required);
    functions.add("fail", |message: Str| -> Result<Str, FuncError> {
        Err(FuncError::new(message.to_str_lossy()))
    });
    functions.add("lookup", |_: Str, _: Str, _: Str, _: Str| Map::new());
    Arc::new(functions)
}

fn with_run<T>(cx: &Context<'_>, change: impl FnOnce(&mut HashMap<Str, u32>) -> T) -> Result<T, FuncError> {
    let run = Env::of(cx)?.host.downcast_ref::<Rc<Run>>();
    let run = run.ok_or_else(|| FuncError::new("this execution is not Helm's"))?;
    Ok(change(&mut run.included.borrow_mut()))
}

fn include(cx: &mut Context<'_>, name: Str, data: Value) -> Result<Str, FuncError> {
    let depth = with_run(cx, |included| {
        let count = included.entry(name.clone()).or_default();
        // Helm looks before it counts, so the first call is free.
        let depth = *count;
        if depth <= MAX_INCLUDES {
            *count += 1;
        }
        depth
    })?;
    if depth > MAX_INCLUDES {
        return Err(FuncError::new(format!(
            "rendering template has a nested reference name: {name}: unable to execute template"
        )));
    }
    let result = cx.execute(&name, data);
    with_run(cx, |included| {
        if let Some(count) = included.get_mut(&name) {
            *count = count.saturating_sub(1);
        }
    })?;
    result
}

fn tpl(cx: &mut Context<'_>, text: Str, data: Value) -> Result<Str, FuncError> {
    let quoted = || plimsoll_gostd::strconv::quote(text.as_bytes());
    match cx.execute_text(ROOT, &text, data) {
        Ok(output) => Ok(without_no_value(output)),
        Err(TextError::Parse(error)) => Err(error.prefixed(format!("cannot parse template {}: ", quoted()))),
        Err(TextError::Exec(error)) => {
            Err(error.prefixed(format!("error during tpl function execution for {}: ", quoted())))
        }
    }
}

fn required(message: Str, value: Value) -> Result<Value, FuncError> {
    let is_missing = match &value {
        Value::Nil => true,
        Value::Str(text) => text.is_empty(),
        _ => false,
    };
    if is_missing {
        Err(FuncError::new(message.to_str_lossy()))
    } else {
        Ok(value)
    }
}

const NO_VALUE: &[u8] = b"<no value>";

/// Text without every `<no value>`, whoever wrote it. Upstream: the `strings.ReplaceAll` of `render` and `tplFun`.
pub(super) fn remove_no_value(text: Vec<u8>) -> Vec<u8> {
    let mut found = memchr::memmem::find_iter(&text, NO_VALUE).peekable();
    if found.peek().is_none() {
        drop(found);
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut start = 0;
    for at in found {
        out.extend_from_slice(&text[start..at]);
        start = at + NO_VALUE.len();
    }
    out.extend_from_slice(&text[start..]);
    out
}

fn without_no_value(text: Str) -> Str {
    if memchr::memmem::find(&text, NO_VALUE).is_none() {
        return text;
    }
    Str::from(remove_no_value(text.to_vec()))
}
