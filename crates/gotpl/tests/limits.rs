//! Hostile templates end with an error that names the bound, and never with an overflowing stack or a hang.

#![allow(clippy::result_large_err, reason = "as in the crate")]

use std::sync::Arc;

use plimsoll_gotpl::{
    Context, Error, Execution, FuncError, Functions, Limit, Limits, List, Map, MissingKey, Str, TemplateSet,
    TextError, Value, on_large_stack,
};

fn functions() -> Arc<Functions> {
    let mut functions = Functions::new();
    functions.add_with_context("include", |cx: &mut Context<'_>, name: Str, data: Value| {
        cx.execute(&name, data)
    });
    functions.add_with_context(
        "tpl",
        |cx: &mut Context<'_>, text: Str, data: Value| -> Result<Str, FuncError> {
            cx.execute_text("gotpl", &text, data)
                .map_err(|error| match error {
                    TextError::Parse(error) | TextError::Exec(error) => error,
                })
        },
    );
    functions.add("list", |item: Value| List::new(vec![item]));
    functions.add(
        "set",
        |map: Map, key: Str, value: Value| -> Result<Map, FuncError> {
            map.insert(key, value)?;
            Ok(map)
        },
    );
    Arc::new(functions)
}

fn run(text: &str, limits: Limits) -> Result<Vec<u8>, Error> {
    on_large_stack(|| {
        let mut set = TemplateSet::new("gotpl", functions(), MissingKey::Zero);
        set.parse("main", text.as_bytes())?;
        let data = Value::Map(Map::from_pairs([("x", Value::from("y"))]));
        Execution::new(&set).limits(limits).execute("main", data)
    })
}

fn limit_of(text: &str, limits: Limits) -> Option<Limit> {
    run(text, limits).expect_err("must not end well").limit()
}

#[test]
fn recursion_of_templates_is_bounded() {
    let limits = Limits::default();
    assert_eq!(limit_of(r#"{{ template "main" . }}"#, limits), Some(Limit::Depth));
    let nested = r#"{{ with . }}{{ if true }}{{ range (list (list .)) }}{{ template "main" (printf "%v" (1)) }}{{ end }}{{ end }}{{ end }}"#;
    assert_eq!(limit_of(nested, limits), Some(Limit::Depth));
}

#[test]
fn recursion_of_functions_is_bounded() {
    let limits = Limits {
        depth: 3_000,
        ..Limits::default()
    };
    assert_eq!(limit_of(r#"{{ include "main" . }}"#, limits), Some(Limit::Depth));
    assert_eq!(
        limit_of(
            r#"{{ with (include "main" (list (list .))) }}{{ . }}{{ end }}"#,
            limits
        ),
        Some(Limit::Depth)
    );
    let own = "{{ $t := \"{{ tpl .t . }}\" }}{{ tpl $t (set . \"t\" $t) }}";
    assert_eq!(limit_of(own, limits), Some(Limit::Depth));
}

#[test]
fn default_depth_fits_the_large_stack() {
    let text = r#"{{ define "r" }}{{ with (list (list .)) }}{{ template "r" (index . 0) }}{{ end }}{{ end }}{{ template "r" . }}"#;
    assert_eq!(limit_of(text, Limits::default()), Some(Limit::Depth));
}

#[test]
fn loops_are_bounded_by_steps() {
    let limits = Limits {
        steps: 100_000,
        ..Limits::default()
    };
    assert_eq!(
        limit_of("{{ range 9223372036854775807 }}{{ end }}", limits),
        Some(Limit::Steps)
    );
    assert_eq!(
        limit_of("{{ range 1000 }}{{ range 1000 }}x{{ end }}{{ end }}", limits),
        Some(Limit::Steps)
    );
}

#[test]
fn output_is_bounded() {
    let limits = Limits {
        output: 1_000,
        ..Limits::default()
    };
    assert_eq!(
        limit_of("{{ range 200 }}0123456789{{ end }}", limits),
        Some(Limit::Output)
    );
    assert_eq!(
        limit_of(r#"{{ printf "%900000d" 1 }}"#, limits),
        Some(Limit::Output)
    );
}

#[test]
fn nesting_of_text_is_bounded() {
    for text in [
        "{{".to_string() + &"(".repeat(100_000),
        "{{if 1}}".repeat(100_000),
        "{{range .}}".repeat(100_000),
    ] {
        let mut set = TemplateSet::new("gotpl", functions(), MissingKey::Zero);
        let error = set.parse("main", text.as_bytes()).expect_err("too deep");
        assert_eq!(error.limit(), Some(Limit::Nesting), "{error}");
    }
}

#[test]
fn a_long_chain_of_else_if_takes_no_stack() {
    let text =
        "{{ if false }}".to_string() + &"{{ else if false }}".repeat(20_000) + "{{ else }}end{{ end }}";
    assert_eq!(run(&text, Limits::default()).expect("executes"), b"end");
}

#[test]
fn values_that_hold_themselves_do_not_print() {
    let error = run(r#"{{ $_ := set . "self" . }}{{ . }}"#, Limits::default()).expect_err("endless");
    assert_eq!(error.limit(), Some(Limit::Output));
    let error = run(
        r#"{{ $_ := set . "a" . }}{{ $_ := set . "b" . }}{{ print . }}"#,
        Limits::default(),
    );
    assert_eq!(error.expect_err("endless").limit(), Some(Limit::Output));
}

#[test]
fn deeply_nested_values_drop_without_stack() {
    let text = "{{ $x := list 1 }}{{ range 200000 }}{{ $x = list $x }}{{ end }}{{ len $x }}";
    assert_eq!(run(text, Limits::default()).expect("executes"), b"1");
}
