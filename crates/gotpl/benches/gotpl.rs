//! Parsing, executing, and many `tpl` calls.

use std::sync::Arc;

use plimsoll_gotpl::{
    Context, Execution, FuncError, Functions, Map, MissingKey, Str, TemplateSet, TextError, Value,
};

const CHART: &str = r#"{{- define "labels" -}}
app: {{ .name | printf "%s" }}
release: {{ .release | default "x" }}
{{- end -}}
{{- range $i := 20 }}
kind: Deployment
metadata:
  name: {{ $.name }}-{{ $i }}
  labels: {{ include "labels" $ }}
spec:
  {{- with $.spec }}
  replicas: {{ .replicas }}
  {{- if and .enabled (gt .replicas 1) }}
  strategy: {{ index $.map "strategy" "type" | printf "%q" }}
  {{- else if eq $i 3 }}
  strategy: none
  {{- end }}
  {{- end }}
{{- end }}
"#;

fn set(text: &str) -> TemplateSet {
    let mut functions = Functions::new();
    functions.add(
        "default",
        |other: Value, value: Value| if value.truth() { value } else { other },
    );
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
    let mut set = TemplateSet::new("gotpl", Arc::new(functions), MissingKey::Zero);
    set.parse("chart", text.as_bytes()).expect("parses");
    set
}

fn data() -> Value {
    let map = |pairs: Vec<(&str, Value)>| Value::Map(Map::from_pairs(pairs));
    map(vec![
        ("name", Value::from("web")),
        ("release", Value::from("prod")),
        (
            "spec",
            map(vec![("replicas", Value::int(3)), ("enabled", Value::Bool(true))]),
        ),
        (
            "map",
            map(vec![("strategy", map(vec![("type", Value::from("Recreate"))]))]),
        ),
    ])
}

fn main() {
    divan::main();
}

#[divan::bench]
fn parse(bencher: divan::Bencher<'_, '_>) {
    bencher
        .counter(divan::counter::BytesCount::new(CHART.len()))
        .bench_local(|| set(CHART));
}

#[divan::bench]
fn execute(bencher: divan::Bencher<'_, '_>) {
    let set = set(CHART);
    let data = data();
    bencher.bench_local(|| {
        Execution::new(&set)
            .execute("chart", data.clone())
            .expect("executes")
    });
}

/// The same text every time: parsed once.
#[divan::bench(args = [100, 1_000, 10_000])]
fn tpl_same_text(bencher: divan::Bencher<'_, '_>, calls: usize) {
    let set = set(&format!(
        "{{{{ range {calls} }}}}{{{{ tpl \"{{{{ .name }}}}\" $ }}}}{{{{ end }}}}"
    ));
    let data = data();
    bencher.bench_local(|| {
        Execution::new(&set)
            .execute("chart", data.clone())
            .expect("executes")
    });
}

/// A new text every time.
#[divan::bench(args = [100, 1_000, 10_000])]
fn tpl_new_text(bencher: divan::Bencher<'_, '_>, calls: usize) {
    let set = set(&format!(
        "{{{{ range $i := {calls} }}}}{{{{ tpl (printf \"%d{{{{ .name }}}}\" $i) $ }}}}{{{{ end }}}}"
    ));
    let data = data();
    bencher.bench_local(|| {
        Execution::new(&set)
            .execute("chart", data.clone())
            .expect("executes")
    });
}
