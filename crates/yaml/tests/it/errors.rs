//! Broken documents: the likely cause, and the place a person is sent to.

use plimsoll_yaml::{Cause, ErrorKind, Limits, LineIndex, parse, parse_bytes};

/// Text, cause, line, column, and the source that is pointed at.
const CASES: &[(&str, Cause, u32, u32, &str)] = &[
    ("a:\n\tb: 1\n", Cause::TabIndent, 2, 1, "\t"),
    ("a: 1\n\tb: 2\n", Cause::TabIndent, 2, 1, "\t"),
    ("spec:\n  a: 1\n\tb: 2\n", Cause::TabIndent, 3, 1, "\t"),
    ("\ta: 1\n", Cause::TabIndent, 1, 1, "\t"),
    ("a:\n  - b\n\t- c\n", Cause::TabIndent, 3, 1, "\t"),
    ("name:value\nother: x\n", Cause::MissingSpaceAfterColon, 1, 5, ":"),
    (
        "name: x\nport:80\nkind: y\n",
        Cause::MissingSpaceAfterColon,
        2,
        5,
        ":",
    ),
    (
        "metadata:\n  name:x\n  labels: y\n",
        Cause::MissingSpaceAfterColon,
        2,
        7,
        ":",
    ),
    (
        "kind Deployment\nmetadata: x\n",
        Cause::MissingColon,
        1,
        1,
        "kind Deployment",
    ),
    (
        "metadata:\n  name: a\n  labels\n  x: y\n",
        Cause::MissingColon,
        3,
        3,
        "labels",
    ),
    ("a: b\nc\nd: e\n", Cause::MissingColon, 2, 1, "c"),
    ("spec:\n  a: 1\n   b: 2\n", Cause::Indentation, 3, 4, "b"),
    ("spec:\n   a: 1\n  b: 2\n", Cause::Indentation, 3, 3, "b:"),
    ("a:\n  b: c\n d: e\n", Cause::Indentation, 3, 2, "d:"),
    (" a: 1\nb: 2\n", Cause::Indentation, 2, 1, "b:"),
    (
        "spec:\n  containers:\n  - name: a\n     image: b\n",
        Cause::Indentation,
        4,
        6,
        "image",
    ),
    ("- name: a\n image: b\n", Cause::Indentation, 2, 2, "image:"),
    ("- a: 1\n   b: 2\n", Cause::Indentation, 2, 4, "b"),
    (
        "env: {{ .Values.env }}-x\nb: 1\n",
        Cause::TemplateAction,
        1,
        6,
        "{{ .Values.env }}",
    ),
    (
        "  {{- if .Values.x }}\na: b\n",
        Cause::TemplateAction,
        1,
        3,
        "{{- if .Values.x }}",
    ),
    (
        "{{ include \"x\" . }}\na: b\n",
        Cause::TemplateAction,
        1,
        1,
        "{{ include \"x\" . }}",
    ),
    (
        "a:\n  {{- toYaml .x | nindent 2 }}\n",
        Cause::TemplateAction,
        2,
        3,
        "{{- toYaml .x | nindent 2 }}",
    ),
    ("{% if x %}\na: 1\n", Cause::TemplateAction, 1, 1, "{% if x %}"),
    ("host: *.example.com\n", Cause::AliasLike, 1, 7, "*.example.com"),
    ("host: *foo\n", Cause::UnknownAnchor, 1, 7, "*foo"),
    ("a: &\n", Cause::AnchorLike, 1, 4, "&"),
    ("a: @x\n", Cause::ReservedIndicator, 1, 4, "@x"),
    ("a: `x`\n", Cause::ReservedIndicator, 1, 4, "`x`"),
    ("a: %x\n", Cause::ReservedIndicator, 1, 4, "%x"),
    ("%x: a\n", Cause::BadDirective, 1, 1, "%x: a"),
    ("a: \"unclosed\nb: c\n", Cause::UnclosedQuote, 1, 4, "\""),
    ("a: 'it's'\n", Cause::TextAfterQuote, 1, 8, "s'"),
    ("a: \"x\" y\n", Cause::TextAfterQuote, 1, 8, "y"),
    ("a: \"x\n---\nb: 1\n", Cause::UnclosedQuote, 1, 4, "\""),
    ("path: \"C:\\dir\"\n", Cause::BadEscape, 1, 10, "\\d"),
    (
        "msg: error: bad thing\n",
        Cause::ColonInValue,
        1,
        6,
        "error: bad thing",
    ),
    ("a: b\n- c\n", Cause::MixedCollection, 2, 1, "-"),
    ("- a\nb: c\n", Cause::MixedCollection, 2, 1, "b:"),
    ("a:\n- b\nc: d\n- e\n", Cause::MixedCollection, 4, 1, "-"),
    ("a: - b\n", Cause::ListOnKeyLine, 1, 4, "-"),
    ("args: [a, b\nname: c\n", Cause::UnclosedBracket, 1, 7, "["),
    ("args: [a, b}\n", Cause::UnclosedBracket, 1, 7, "["),
    ("a: {b: c\nd: e\n", Cause::UnclosedBracket, 1, 4, "{"),
    ("a: [b] c\n", Cause::TextAfterBracket, 1, 8, "c"),
    ("a: |text\n  b\n", Cause::BlockHeader, 1, 5, "text"),
    ("a: ]\n", Cause::StrayBracket, 1, 4, "]"),
    ("- a\n-b\n- c\n", Cause::MissingSpaceAfterDash, 2, 1, "-"),
    (
        "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
        Cause::ConflictMarker,
        2,
        1,
        "<<<<<<< HEAD",
    ),
    ("a: !foo!bar x\n", Cause::TagLike, 1, 4, "!foo!bar"),
    ("a: \u{1}\n", Cause::ControlCharacter, 1, 4, "\u{1}"),
    ("a: &x [*x]\n", Cause::SelfReference, 1, 8, "*x"),
    ("a: b\n}\n", Cause::StrayBracket, 2, 1, "}"),
    ("cron: */5 * * * *\n", Cause::AliasLike, 1, 7, "*/5"),
    ("a: b\n  c: d\n", Cause::Indentation, 2, 3, "c"),
    ("a: \"b\"\n  c: d\n", Cause::Indentation, 2, 3, "c:"),
    ("%YAML 1.2\n---\na: 1\n", Cause::BadDirective, 1, 1, "%YAML 1.2"),
    ("a: b:\n  c\n", Cause::ColonInValue, 1, 4, "b:"),
    ("foo: bar\nbaz\n", Cause::MissingColon, 2, 1, "baz"),
    ("a: {b: c}}\n", Cause::StrayBracket, 1, 10, "}"),
    ("a: {b c, d: }\ne: [x: y: z]\n", Cause::UnclosedBracket, 2, 4, "["),
];

#[test]
fn names_the_likely_cause_and_its_place() {
    for &(text, cause, line, column, pointed) in CASES {
        let stream = parse(text, &Limits::DEFAULT);
        let error = stream
            .errors
            .first()
            .unwrap_or_else(|| panic!("{text:?} has an error"));
        let place = LineIndex::new(text).position(text, error.span.start);
        let found = (error.cause, place.line, place.column, &text[error.span.range()]);
        assert_eq!(
            found,
            (cause, line, column, pointed),
            "{text:?}: {}",
            error.go_message()
        );
        assert!(
            error.help().len() > 10 && !error.help().ends_with('.'),
            "{:?}",
            error.cause
        );
    }
}

#[test]
fn template_action_as_a_value_is_no_key() {
    let source = "a: 1\nenv: {{ .Values.env }}\n";
    let stream = parse(source, &Limits::DEFAULT);
    let errors = stream.docs[0].check();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].cause(source), Cause::TemplateAction);
    assert_eq!(&source[errors[0].span.range()], "{{ .Values.env }}");
}

#[test]
fn a_lost_document_costs_no_other() {
    let source = "a: 1\n---\nb: \"x\n---\nc: [\n---\nd: 1\n\te: 2\n---\nf: *x\n---\ng: 1\n";
    let stream = parse(source, &Limits::DEFAULT);
    assert_eq!(
        stream.docs.iter().map(|doc| doc.index()).collect::<Vec<_>>(),
        [0, 5]
    );
    assert_eq!(
        stream
            .errors
            .iter()
            .map(|error| error.doc_index)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(&source[stream.docs[1].span().range()], "---\ng: 1\n");
    let lines = LineIndex::new(source);
    let places: Vec<u32> = stream
        .errors
        .iter()
        .map(|error| lines.line(error.span.start))
        .collect();
    assert_eq!(places, [3, 5, 8, 10]);
}

#[test]
fn bytes_that_are_no_text_are_an_error_with_their_offset() {
    let stream = parse_bytes(b"a: 1\nb: \xff\n", &Limits::DEFAULT);
    assert!(stream.docs.is_empty());
    assert_eq!(
        (stream.errors[0].cause, stream.errors[0].span.start),
        (Cause::NotUtf8, 8)
    );
    let stream = parse_bytes(b"\xff\xfea\0:\0 \0\xe9\0\n\0", &Limits::DEFAULT);
    assert_eq!(
        stream.docs[0].root().get("a").and_then(|node| node.as_str()),
        Some("\u{e9}")
    );
    let stream = parse_bytes(b"\xef\xbb\xbfa: 1\n", &Limits::DEFAULT);
    assert_eq!(
        stream.docs[0].root().get("a").and_then(|node| node.as_i64()),
        Some(1)
    );
}

#[test]
fn hostile_streams_are_bounded() {
    let bomb: String = (0..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |bomb, n| {
        let next = n + 1;
        bomb + &format!("a{next}: &a{next} [*a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}]\n")
    });
    let stream = parse(bomb, &Limits::DEFAULT);
    assert_eq!(stream.errors[0].message, "document contains excessive aliasing");
    assert_eq!(stream.errors[0].cause, Cause::AliasBomb);

    for open in ["[", "{a: ", "- ", "? ", "- ? "] {
        let stream = parse(open.repeat(200_000), &Limits::DEFAULT);
        assert_eq!(stream.errors[0].cause, Cause::TooDeep, "{open}");
    }
    // Each alias is shallow, what they stand for is not.
    let chain: String = (0..400).fold("a0: &a0 [[[[[[x]]]]]]\n".to_owned(), |chain, n| {
        chain + &format!("a{}: &a{} [[[*a{n}]]]\n", n + 1, n + 1)
    });
    assert_eq!(parse(chain, &Limits::DEFAULT).errors[0].cause, Cause::TooDeep);

    let small = Limits {
        max_source_bytes: 10,
        ..Limits::DEFAULT
    };
    assert_eq!(parse("a: 123456789", &small).errors[0].kind, ErrorKind::Reader);
    let few = Limits {
        max_alias_nodes: 3,
        ..Limits::DEFAULT
    };
    assert_eq!(
        parse("a: &a [1, 2]\nb: *a\nc: *a\n", &few).errors[0].cause,
        Cause::AliasBomb
    );
}
