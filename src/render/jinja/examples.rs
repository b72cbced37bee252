//! Every example of `docs/jinja/` prints what its page says.

#[cfg(test)]
use std::path::PathBuf;
use std::sync::Arc;

use super::engine::Engine;
use super::files::Files;
use super::function::read_yaml;
use super::scope::Scope;
use super::sources::{Source, Sources};
use crate::source::{SourceKind, SourceMap};

/// One page: the values its examples see, and each example with what it prints.
struct Page {
    name: String,
    values: String,
    examples: Vec<(String, String)>,
}

fn pages() -> Vec<Page> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/jinja");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("docs/jinja")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| page(path)).collect()
}

fn page(path: &std::path::Path) -> Page {
    let text = std::fs::read_to_string(path).expect("a page");
    let mut page = Page {
        name: path.display().to_string(),
        values: String::new(),
        examples: Vec::new(),
    };
    let mut block = "";
    for line in text.lines() {
        match (line.strip_prefix("```"), block) {
            (Some(info), "") => block = info,
            (Some(_), _) => block = "",
            (None, "yaml values") => page.values.push_str(&format!("{line}\n")),
            (None, "jinja") => {
                let (template, output) = line
                    .split_once("-->")
                    .unwrap_or_else(|| panic!("{line}: no `-->`"));
                page.examples.push((
                    template.trim_end().to_owned(),
                    output
                        .strip_prefix("  ")
                        .unwrap_or(output.trim_start())
                        .to_owned(),
                ));
            }
            (None, _) => {}
        }
    }
    page
}

fn scope(values: &str) -> Scope {
    let mut scope = Scope::default();
    let yaml = |text: &str| read_yaml(text).expect("YAML");
    let values = if values.is_empty() { "{}" } else { values };
    scope.set("values", yaml(values));
    scope.set("release", yaml("{name: web, namespace: shop}"));
    scope.set("chart", yaml("{name: shop, version: 0.1.0, app_version: 1.4.2}"));
    scope.set("Chart", yaml("{AppVersion: 1.4.2}"));
    scope.set(
        "capabilities",
        super::scope::capabilities("v1.37.0", "1", "37", Arc::from([Arc::from("apps/v1")])).0,
    );
    let files = [("conf/app.properties", "a=1\nb=2\n"), ("conf/motd.txt", "hello")];
    let files = files.map(|(path, text)| (Arc::from(path), Arc::from(text.as_bytes())));
    scope.set("files", minijinja::Value::from_object(Files::new(files.to_vec())));
    scope
}

#[test]
fn every_example_prints_what_its_page_says() {
    let map = SourceMap::default();
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        let scope = scope(&page.values);
        for (template, expected) in &page.examples {
            count += 1;
            let mut sources = Sources::default();
            let mut add = |path: &str, text: &str| {
                let source = Source {
                    path: Arc::from(path),
                    id: map.add(path, text, SourceKind::File),
                    text: Arc::from(text),
                };
                sources.add(source.clone());
                source
            };
            add("shop/templates/_banner.j2", "# {{ release.name }}\n");
            add(
                "shop/templates/_macros.j2",
                "{% macro label(key) %}{{ key }}: {{ release.name }}{% endmacro %}",
            );
            add("shop/templates/_loop.j2", "{{ include('_loop.j2') }}");
            let source = add("shop/templates/example.j2", template);
            let engine = Engine::new("shop", scope.clone(), &Arc::new(sources)).expect("an engine");
            let expected = expected.replace("\\n", "\n");
            match (engine.render(&source), expected.strip_prefix("error: ")) {
                (Ok(output), None) if output == expected => {}
                (Err(finding), Some(message)) if finding.message.starts_with(message) => {}
                (found, _) => wrong.push(format!(
                    "{}: {template}\n  says   {expected:?}\n  prints {:?}",
                    page.name,
                    found.map_err(|finding| finding.message)
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 80, "only {count} examples were found");
}
