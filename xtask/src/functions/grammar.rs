//! Expressions over all deterministic functions of Sprig and Helm.
//!
//! A function's parameters are letters, one each; a `*` after the last repeats it. Values of a letter are literals of
//! its kind, values of the data, or calls of functions that give it.
//!
//! | letter | is | letter | is |
//! |---|---|---|---|
//! | s | text | i | small integer |
//! | n | number of any kind | b | bool |
//! | a | anything | l | list |
//! | d | dict | r | regular expression |
//! | v | version | c | version constraint |
//! | t | time layout | D | text of a date |
//! | T | time | e | seconds as integer |
//! | u | URL | p | path |
//! | 6 | base64 | 3 | base32 |
//! | z | time zone | w | duration |
//! | j | JSON | y | YAML |
//! | m | TOML | k | key of a dict |

/// Functions of one file of `crates/sprig/src`: name, parameters, result.
pub(crate) struct Area {
    pub(crate) name: &'static str,
    functions: &'static [(&'static str, &'static str, char)],
}

/// Functions whose wrong arguments make them depend on the clock get no wrong ones.
const CLOCK: &[&str] = &[
    "durationRound",
    "date",
    "dateInZone",
    "date_in_zone",
    "htmlDate",
    "htmlDateInZone",
    "ago",
];

pub(crate) const AREAS: &[Area] = &[
    Area {
        name: "strings",
        functions: &[
            ("hello", "", 's'),
            ("abbrev", "is", 's'),
            ("abbrevboth", "iis", 's'),
            ("trunc", "is", 's'),
            ("trim", "s", 's'),
            ("upper", "s", 's'),
            ("lower", "s", 's'),
            ("title", "s", 's'),
            ("untitle", "s", 's'),
            ("substr", "iis", 's'),
            ("repeat", "is", 's'),
            ("trimall", "ss", 's'),
            ("trimAll", "ss", 's'),
            ("trimSuffix", "ss", 's'),
            ("trimPrefix", "ss", 's'),
            ("nospace", "s", 's'),
            ("initials", "s", 's'),
            ("swapcase", "s", 's'),
            ("snakecase", "s", 's'),
            ("camelcase", "s", 's'),
            ("kebabcase", "s", 's'),
            ("wrap", "is", 's'),
            ("wrapWith", "iss", 's'),
            ("contains", "ss", 'b'),
            ("hasPrefix", "ss", 'b'),
            ("hasSuffix", "ss", 'b'),
            ("quote", "a*", 's'),
            ("squote", "a*", 's'),
            ("cat", "a*", 's'),
            ("indent", "is", 's'),
            ("nindent", "is", 's'),
            ("replace", "sss", 's'),
            ("plural", "ssi", 's'),
            ("split", "ss", 'd'),
            ("splitn", "sis", 'd'),
            ("splitList", "ss", 'l'),
        ],
    },
    Area {
        name: "regex",
        functions: &[
            ("regexMatch", "rs", 'b'),
            ("mustRegexMatch", "rs", 'b'),
            ("regexFindAll", "rsi", 'l'),
            ("mustRegexFindAll", "rsi", 'l'),
            ("regexFind", "rs", 's'),
            ("mustRegexFind", "rs", 's'),
            ("regexReplaceAll", "rsR", 's'),
            ("mustRegexReplaceAll", "rsR", 's'),
            ("regexReplaceAllLiteral", "rsR", 's'),
            ("mustRegexReplaceAllLiteral", "rsR", 's'),
            ("regexSplit", "rsi", 'l'),
            ("mustRegexSplit", "rsi", 'l'),
            ("regexQuoteMeta", "s", 's'),
        ],
    },
    Area {
        name: "semver",
        functions: &[("semver", "v", 'V'), ("semverCompare", "cv", 'b')],
    },
    Area {
        name: "dates",
        functions: &[
            ("date", "te", 's'),
            ("date", "tT", 's'),
            ("dateInZone", "tez", 's'),
            ("dateInZone", "tTz", 's'),
            ("date_in_zone", "tTz", 's'),
            ("htmlDate", "e", 's'),
            ("htmlDate", "T", 's'),
            ("htmlDateInZone", "Tz", 's'),
            ("dateModify", "wT", 'T'),
            ("date_modify", "wT", 'T'),
            ("mustDateModify", "wT", 'T'),
            ("must_date_modify", "wT", 'T'),
            ("toDate", "tD", 'T'),
            ("mustToDate", "tD", 'T'),
            ("unixEpoch", "T", 's'),
            ("duration", "s", 's'),
            ("duration", "e", 's'),
            ("durationRound", "w", 's'),
            ("durationRound", "e", 's'),
        ],
    },
    Area {
        name: "paths",
        functions: &[
            ("base", "p", 's'),
            ("dir", "p", 'p'),
            ("clean", "p", 'p'),
            ("ext", "p", 's'),
            ("isAbs", "p", 'b'),
            ("osBase", "p", 's'),
            ("osDir", "p", 'p'),
            ("osClean", "p", 'p'),
            ("osExt", "p", 's'),
            ("osIsAbs", "p", 'b'),
        ],
    },
    Area {
        name: "urls",
        functions: &[("urlParse", "u", 'd'), ("urlJoin", "U", 's')],
    },
    Area {
        name: "encoding",
        functions: &[
            ("b64enc", "s", '6'),
            ("b64dec", "6", 's'),
            ("b32enc", "s", '3'),
            ("b32dec", "3", 's'),
        ],
    },
    Area {
        name: "crypto",
        functions: &[
            ("sha1sum", "s", 's'),
            ("sha256sum", "s", 's'),
            ("sha512sum", "s", 's'),
            ("adler32sum", "s", 's'),
            ("decryptAES", "s6", 's'),
        ],
    },
    Area {
        name: "lists",
        functions: &[
            ("list", "a*", 'l'),
            ("tuple", "a*", 'l'),
            ("append", "la", 'l'),
            ("push", "la", 'l'),
            ("mustAppend", "la", 'l'),
            ("mustPush", "la", 'l'),
            ("prepend", "la", 'l'),
            ("mustPrepend", "la", 'l'),
            ("first", "l", 'a'),
            ("mustFirst", "l", 'a'),
            ("rest", "l", 'l'),
            ("mustRest", "l", 'l'),
            ("last", "l", 'a'),
            ("mustLast", "l", 'a'),
            ("initial", "l", 'l'),
            ("mustInitial", "l", 'l'),
            ("reverse", "l", 'l'),
            ("mustReverse", "l", 'l'),
            ("uniq", "l", 'l'),
            ("mustUniq", "l", 'l'),
            ("without", "la*", 'l'),
            ("mustWithout", "la*", 'l'),
            ("has", "al", 'b'),
            ("mustHas", "al", 'b'),
            ("slice", "li", 'l'),
            ("slice", "lii", 'l'),
            ("mustSlice", "lii", 'l'),
            ("concat", "l*", 'l'),
            ("chunk", "il", 'l'),
            ("mustChunk", "il", 'l'),
            ("compact", "l", 'l'),
            ("mustCompact", "l", 'l'),
            ("sortAlpha", "l", 'l'),
            ("join", "sl", 's'),
            ("toStrings", "l", 'l'),
        ],
    },
    Area {
        name: "dicts",
        functions: &[
            ("dict", "kaka", 'd'),
            ("get", "dk", 'a'),
            ("set", "dka", 'd'),
            ("unset", "dk", 'd'),
            ("hasKey", "dk", 'b'),
            ("pluck", "kdd", 'l'),
            ("pick", "dkk", 'd'),
            ("omit", "dkk", 'd'),
            ("merge", "ddd", 'd'),
            ("mustMerge", "dd", 'd'),
            ("mergeOverwrite", "ddd", 'd'),
            ("mustMergeOverwrite", "dd", 'd'),
            ("deepCopy", "a", 'a'),
            ("mustDeepCopy", "d", 'd'),
            ("dig", "kad", 'a'),
            ("dig", "kkad", 'a'),
        ],
    },
    Area {
        name: "math",
        functions: &[
            ("add", "n*", 'n'),
            ("add1", "n", 'n'),
            ("sub", "nn", 'n'),
            ("div", "nn", 'n'),
            ("mod", "nn", 'n'),
            ("mul", "nn*", 'n'),
            ("max", "nn*", 'n'),
            ("biggest", "nn", 'n'),
            ("min", "nn*", 'n'),
            ("maxf", "nn*", 'n'),
            ("minf", "nn*", 'n'),
            ("addf", "n*", 'n'),
            ("add1f", "n", 'n'),
            ("subf", "nn*", 'n'),
            ("mulf", "nn*", 'n'),
            ("divf", "nn*", 'n'),
            ("floor", "n", 'n'),
            ("ceil", "n", 'n'),
            ("round", "ni", 'n'),
            ("round", "nin", 'n'),
            ("until", "i", 'l'),
            ("untilStep", "iii", 'l'),
            ("seq", "i", 's'),
            ("seq", "iii", 's'),
        ],
    },
    Area {
        name: "defaults",
        functions: &[
            ("default", "aa", 'a'),
            ("empty", "a", 'b'),
            ("coalesce", "a*", 'a'),
            ("all", "a*", 'b'),
            ("any", "a*", 'b'),
            ("ternary", "aab", 'a'),
        ],
    },
    Area {
        name: "types",
        functions: &[
            ("typeOf", "a", 's'),
            ("typeIs", "sa", 'b'),
            ("typeIsLike", "sa", 'b'),
            ("kindOf", "a", 's'),
            ("kindIs", "sa", 'b'),
            ("deepEqual", "aa", 'b'),
            ("toString", "a", 's'),
            ("toStrings", "a", 'l'),
            ("atoi", "s", 'i'),
            ("int", "a", 'i'),
            ("int64", "a", 'n'),
            ("float64", "a", 'n'),
            ("toDecimal", "a", 'n'),
        ],
    },
    Area {
        name: "helm",
        functions: &[
            ("toYaml", "a", 's'),
            ("mustToYaml", "a", 's'),
            ("toYamlPretty", "a", 's'),
            ("fromYaml", "y", 'd'),
            ("fromYamlArray", "y", 'l'),
            ("toJson", "a", 'j'),
            ("mustToJson", "a", 'j'),
            ("toPrettyJson", "a", 'j'),
            ("mustToPrettyJson", "a", 'j'),
            ("toRawJson", "a", 'j'),
            ("mustToRawJson", "a", 'j'),
            ("fromJson", "j", 'd'),
            ("mustFromJson", "j", 'a'),
            ("fromJsonArray", "j", 'l'),
            ("toToml", "d", 's'),
            ("mustToToml", "d", 's'),
            ("fromToml", "m", 'd'),
            ("mustToDuration", "w", 'W'),
            ("durationSeconds", "w", 'n'),
            ("durationMilliseconds", "w", 'n'),
            ("durationMicroseconds", "w", 'n'),
            ("durationNanoseconds", "w", 'n'),
            ("durationMinutes", "w", 'n'),
            ("durationHours", "w", 'n'),
            ("durationDays", "w", 'n'),
            ("durationWeeks", "w", 'n'),
            ("durationRoundTo", "ww", 'W'),
            ("durationTruncateTo", "ww", 'W'),
        ],
    },
];

/// Literals of each kind, as they stand in a template; texts are quoted when written.
pub(super) fn texts(kind: char) -> &'static [&'static str] {
    match kind {
        'r' => &[
            "a",
            "[a-z]+",
            "^h",
            "o$",
            r"\d+",
            r"\w+\s",
            "(a)(b)?",
            "(?P<x>[A-Z])(?P<y>.)",
            "(?i)hello",
            "a|b|",
            "",
            "[^a-z]",
            r"\bw",
            r"\B",
            "x*",
            "(?U)a+",
            "(?s).",
            "(?m)^.",
            "a{2,3}",
            "a{,2}",
            "a{1001}",
            "(",
            ")",
            "[",
            "a**",
            "*",
            r"\",
            r"\pL+",
            r"\p{Greek}",
            r"\p{Nope}",
            r"\Qa.b\E",
            r"\x41",
            r"\x{1F600}",
            r"\101",
            "[[:alpha:]]",
            "[[:nope:]]",
            "[z-a]",
            r"\z",
            r"\Z",
            "(?P<n",
            "(?<n>a)",
            "(|a)*",
            "(|a)+",
            "(a*)*",
            "(a|b)*?c",
            ".",
            ".*",
            "[a&&b]",
            "[[a]+",
            "[]a]",
            "[a-]",
            r"[\d-z]",
            "(?i)k",
            "(?i)[^s]",
            "^$",
            "日+",
            r"\C",
            r"(?i:A)b",
            "a{3}{2}",
            "(a{1000}){2}",
            r"[\w.]+@[\w.]+",
            r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            r"(\d+)\.(\d+)",
            "\u{e9}",
            r"\p{Lu}",
            r"\P{Lu}",
            r"\p{^Lu}",
            "(?-i)a",
            "(?i-s)a.",
            "(?z)",
            "(?i",
            r"[\p{Lu}x]",
            r"\v\f",
            r"[[:^digit:]]",
        ],
        'R' => &[
            "", "x", "$0", "$1", "${1}x", "$1x", "$x", "${x}", "$$", "$", "${", "${1", "$2$1", "[$y]",
            "a$0b", "$01",
        ],
        'v' => &[
            "1.2.3",
            "v1.2.3",
            "1.2",
            "1",
            "1.2.3-alpha.1",
            "1.2.3-alpha.2",
            "1.2.3+meta",
            "1.2.3-rc.1+b.2",
            "0.0.0",
            "0.1.0",
            "0.0.3",
            "2.0.0",
            "1.10.0",
            "v1.37.2",
            "",
            "x",
            "1.2.3.4",
            "01.2.3",
            "1.2.3-01",
            "1.2.3-",
            "99999999999999999999.0.0",
            "1.2.3-beta",
            "v1.28.3-gke.100",
            "V1.2.3",
            " 1.2.3",
            "1.2.3-0",
            "1.2.3-a.b.c.10",
            "18446744073709551615.0.0",
        ],
        'c' => &[
            "1.2.3",
            "=1.2.3",
            "!=1.2.3",
            ">1.2.3",
            ">=1.2.3",
            "<2",
            "<=1.2",
            "~1.2.3",
            "~1.2",
            "~1",
            "~>1.2",
            "^1.2.3",
            "^0.2.3",
            "^0.0.3",
            "^0.0",
            "^0",
            "^1",
            "1.x",
            "1.2.x",
            "*",
            "x",
            "1.2.*",
            ">=1.2, <2",
            ">=1.2 <2",
            "1.2 - 1.4",
            "1 - 2.3.4",
            "<1 || >=1.2.3",
            "~1.2.3 || ^2",
            ">=1.2.3-0",
            ">=1.19-0",
            "^1.2.3-alpha",
            "!=1.x",
            "!=1.2.x",
            ">1.x",
            "<=1.x",
            ">=1.2-0 <3.0.0-0",
            "",
            "foo",
            ">",
            "1.2.3,",
            "||",
            ">= 1.2.3",
            "> 1.2 , < 3",
            "=>1.2",
            "=<2",
            "v1.2.3",
            ">=v1.2",
            "1.2.3 foo",
            "^x",
            ">=1.2.3-alpha.1",
            "^1.2.3-beta.2 || 3",
            "1.2.3+meta",
            ">1|2",
            "~0.0.0",
            "1.2.3 - ",
            "1 - 2 - 3",
            "<1.2.3-beta",
        ],
        't' => &[
            "2006-01-02",
            "2006-01-02T15:04:05Z07:00",
            "Mon Jan _2 15:04:05 2006",
            "Monday, 02-Jan-06 15:04:05 MST",
            "3:04PM",
            "15:04:05.000",
            "15:04:05.999999",
            "02 Jan 06 15:04 -0700",
            "2006-002",
            "__2",
            "20060102150405",
            "Jan 2, 2006 at 3:04pm (MST)",
            "06/1/2",
            "January Monday",
            "-07:00:00",
            "Z0700",
            "Z07",
            "05,000",
            "",
            "x",
            "Januaryx Janx",
            "_2006",
            "2006-01-02 15:04:05 -0700 MST",
            "5.00",
            "03:04:05 pm",
        ],
        'D' => &[
            "2017-12-31",
            "2024-02-29",
            "2023-02-29",
            "2024-13-01",
            "2006-01-02T15:04:05Z",
            "2006-01-02T15:04:05+02:00",
            "Mon Jan  2 15:04:05 2006",
            "Monday, 02-Jan-06 15:04:05 UTC",
            "Monday, 02-Jan-06 15:04:05 CET",
            "3:04PM",
            "12:00AM",
            "15:04:05.123",
            "15:04:05.123456789",
            "02 Jan 06 15:04 -0700",
            "2024-366",
            "2023-366",
            "2024-060",
            " 60",
            "20240102030405",
            "Jan 2, 2006 at 3:04pm (GMT+3)",
            "24/1/2",
            "January Monday",
            "",
            "x",
            "2017-12-31x",
            "99/12/31",
            "-07:00:00",
            "Z",
            "05,123",
            "24:00:00.000",
            "2006-01-02 15:04:05 -0700 MST",
            "2006-01-02 15:04:05 +0000 UTC",
            "9999-12-31",
            "0000-01-01",
        ],
        'z' => &[
            "UTC",
            "Local",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Nope/Zone",
            "",
            "europe/berlin",
            "EST",
            "../x",
            "Asia/Tokyo",
        ],
        'w' => &[
            "1h",
            "90s",
            "1h30m",
            "-1.5h",
            "2h13m",
            "30s",
            "100ms",
            "1us",
            "1µs",
            "0",
            "",
            "x",
            "1",
            "1d",
            "2.5",
            "9223372036854775807ns",
            "9223372036854775808ns",
            "-9223372036854775808ns",
            "1e3",
            "1h1",
            ".5s",
            "1.s",
            "NaN",
            "1000000h",
            " 5m ",
            "400h",
            "8761h",
        ],
        'u' => &[
            "http://example.com/a/b?q=1#f",
            "https://user:pa%20ss@host:8080/p",
            "//host/p",
            "/path/only",
            "mailto:x@y",
            "http://[::1]:80/",
            "http://[::1",
            "http://h:x/",
            ":x",
            "a:b",
            "a b",
            "http://h/ä?ü#ö",
            "http://h/%zz",
            "http://h/%2f",
            "*",
            "",
            "?q",
            "#f",
            "http://h?",
            "HTTP://H/P",
            "a/b:c",
            "1:2",
            "http://a b/",
            "http://us er@h/",
            "ftp://u@h",
            "http:///x",
            "http:/x",
            "http://h:/",
            "http://h/a#%zz",
            "\u{1}",
            "http://%41/",
            "http://h/?a=b&c=d e",
            "http://[fe80::1%25en0]/",
            "redis://a:b:1/",
        ],
        'p' => &[
            "a/b.txt",
            "/a/b/",
            "",
            ".",
            "..",
            "/",
            "//",
            "a//b/../c",
            "../../a",
            "/..",
            "a.tar.gz",
            ".hidden",
            "a.b/c",
            "/a/./b",
            "ä/ö.ü",
            "a/..",
            "a/b/../../..",
        ],
        '6' => &[
            "YQ==",
            "YWI=",
            "YWJj",
            "YQ",
            "YQ=",
            "Y===",
            "=",
            "YQ==\n",
            "Y\nQ==",
            "YQ==x",
            "!",
            "YWJj*",
            "/+8=",
            "YQ=\n=",
            "YWJjZA==YQ==",
        ],
        '3' => &[
            "ME======",
            "MFRA====",
            "MFRGG===",
            "MFRGGZA=",
            "MFRGGZDF",
            "ME",
            "me======",
            "M=======",
            "ME=====",
            "ME======\n",
            "1",
            "MFRGGZDFMY======",
            "MFR=====",
            "ME==A===",
        ],
        'j' => &[
            "{}",
            "{\"a\":1}",
            "{\"b\":[1,2,{\"c\":null}],\"a\":1.5}",
            "[1,\"x\",null]",
            "1",
            "\"s\"",
            "",
            "{",
            "[1,]",
            "{\"a\":1e400}",
            "12345678901234567890",
            "{\"<\":\"&\"}",
            "nul",
            "{\"a\":1}x",
            "[[]]",
            "{\"a\":{\"b\":{}}}",
            "true",
        ],
        'y' => &[
            "a: 1",
            "a:\n  b: [1, 2]\nc: ~",
            "- a\n- b",
            "[1, 2]",
            "",
            "a: b: c",
            "a: yes\nb: 012\nc: 1e3\nd: 0x10",
            "\tx",
            "{",
            "a: 2001-01-01",
            "? x",
            "1: a",
            "a: &x 1\nb: *x",
            "a: |\n  t\n  u\n",
            "null",
            "text",
            "a: 1\na: 2",
            "---\na: 1\n---\nb: 2",
            "a: !!str 1",
            "a: 1.0\nb: 1e21\nc: .inf",
        ],
        'm' => &[
            "a = 1",
            "[t]\nb = \"x\"",
            "a = [1, 2]",
            "a = 1.5\nb = true",
            "",
            "x",
            "a = ",
            "[[t]]\na = 1\n[[t]]\na = 2",
            "a = 1\na = 2",
            "a = {b = 1}",
            "a.b = 'c'",
        ],
        'k' => &["a", "b", "e", "k", "nope", "c", ""],
        _ => &[
            "",
            "a",
            "hello",
            "Hello World",
            "  padded  ",
            "one two  three",
            "first_name",
            "FirstName",
            "HTTPServer2Go",
            "some-kebab-case",
            "a1B2c3",
            "_x__y_",
            "Žluťoučký kůň",
            "日本語テキスト",
            "😀 smile",
            "tab\there",
            "line1\nline2\n",
            "\n",
            "it's \"quoted\"",
            "back\\slash",
            "<a&b>",
            "null",
            "true",
            "42",
            "-7",
            "3.14",
            "1e3",
            "0x1f",
            "1_000",
            "aaaa",
            "abababab",
            "The quick brown fox jumps over the lazy dog",
            "string",
            "int",
            "map",
            "a$b$c",
            "$5.00$",
            "é",
            "ǅabc",
            "ﬁ",
            "ß",
            "İstanbul",
            "x y",
            "a,b,,c",
            "42abc",
            "007",
            "9223372036854775807",
            "9223372036854775808",
            "%d %s",
            "{{",
            "ÀÉÎ",
            "no42way",
            "A",
            "aB",
            "foo bar_baz-qux",
        ],
    }
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "3",
    "7",
    "10",
    "42",
    "-7",
    "100",
    "3.7",
    "-2.5",
    "0.1",
    "1e3",
    "2.5",
    "1.005",
    "9223372036854775807",
    "-9223372036854775807",
    "1e18",
    ".i",
    ".x",
    ".neg",
    ".big",
    "\"3\"",
    "\"1.5\"",
    "\"abc\"",
    "\"\"",
    "true",
    "nil",
    "(int64 5)",
    "(float64 2.25)",
    "(atoi \"12\")",
    "123.456",
    "99999999",
];
const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "7",
    "8",
    "10",
    "12",
    "20",
    "-1",
    "-2",
    "-5",
    "25",
    "(int .i)",
    "(int64 3 | int)",
    "80",
];
const SECONDS: &[&str] = &[
    "0",
    "1",
    "1700000000",
    "(int64 1700000000)",
    "-1",
    "(int64 95)",
    "(int64 -62135596800)",
    "86399",
    "(int64 253402300800)",
    "(int64 3700)",
    "1709210096",
];
const LISTS: &[&str] = &[
    "(list)",
    "(list 1 2 3)",
    "(list \"b\" \"a\" \"c\" \"a\")",
    ".l",
    ".mixed",
    ".el",
    "(list nil 1 \"\" 0 false)",
    "(list (list 1 2) (list 3))",
    "(splitList \",\" \"x,y,z\")",
    "(until 5)",
    "(list 1 1.0 \"1\")",
    "(list .m .m)",
    "(list \"\" \"a\" nil)",
    "(tuple \"z\" \"y\")",
];
const DICTS: &[&str] = &[
    ".m",
    ".em",
    "(dict)",
    "(dict \"a\" 1)",
    "(dict \"a\" (dict \"b\" 2) \"e\" nil)",
    "(dict \"k\" (list 1 2) \"b\" \"x\")",
    "(dict \"b\" (dict \"c\" \"over\" \"x\" true))",
    "(dict \"n\" 1.5 \"e\" \"\")",
    "(dict \"a\" false \"c\" 0)",
];
const ANYTHING: &[&str] = &[
    ".n", "nil", ".nope", ".m", ".l", ".mixed", ".t", ".s", ".u", ".e", ".big", ".x", "(dict)", "(list)",
    "true", "false", "0", "\"\"", "'x'", "1i",
];

pub(crate) struct Generator(u64);

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9e37_79b9)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'t>(&mut self, pool: &[&'t str]) -> &'t str {
        pool[self.below(pool.len())]
    }

    /// Expressions for each function of an area.
    pub(crate) fn area(&mut self, area: &Area, each: usize) -> Vec<String> {
        let mut templates = Vec::new();
        for &(name, parameters, _) in area.functions {
            for i in 0..each {
                let depth = usize::from(i % 3 == 2);
                let call = self.call(name, parameters, depth);
                let template = self.shown(&call);
                if !templates.contains(&template) && !clock(&template) && !cycle(&template) {
                    templates.push(template);
                }
            }
        }
        templates
    }

    /// A template with a random expression.
    pub(crate) fn template(&mut self, only: &str) -> String {
        loop {
            let area = &AREAS[self.below(AREAS.len())];
            let (name, parameters, _) = area.functions[self.below(area.functions.len())];
            if !name.contains(only) {
                continue;
            }
            let depth = self.below(4);
            let call = self.call(name, parameters, depth);
            let template = self.shown(&call);
            if !clock(&template) && !cycle(&template) {
                return template;
            }
        }
    }

    fn shown(&mut self, call: &str) -> String {
        match self.below(10) {
            0 => format!("{{{{ {call} | toJson }}}}"),
            1 => format!("{{{{ {call} | quote }}}}"),
            2 => format!("{{{{ {call} | typeOf }}}}"),
            3 => format!("{{{{ printf \"%v|%T\" ({call}) ({call}) }}}}"),
            _ => format!("{{{{ {call} }}}}"),
        }
    }

    fn call(&mut self, name: &str, parameters: &str, depth: usize) -> String {
        // A wrong argument might be a huge number, which Go would count to.
        let counts = matches!(
            name,
            "until" | "untilStep" | "seq" | "repeat" | "indent" | "nindent"
        );
        let strict = counts || CLOCK.contains(&name);
        // Nested in each other these would make gigabytes.
        let grows = [
            "repeat",
            "replace",
            "regexReplaceAll",
            "mustRegexReplaceAll",
            "wrapWith",
            "join",
            "seq",
            "untilStep",
        ];
        let depth = if grows.contains(&name) || name.ends_with("Literal") {
            0
        } else {
            depth
        };
        let mut kinds: Vec<char> = parameters.chars().filter(|&c| c != '*').collect();
        if parameters.ends_with('*')
            && let Some(last) = kinds.pop()
        {
            let more = self.below(4);
            kinds.extend(std::iter::repeat_n(last, more));
        }
        if !strict && self.chance(2) {
            kinds.pop();
        }
        if !strict && self.chance(2) {
            kinds.push('a');
        }
        let mut arguments = Vec::new();
        for kind in kinds {
            let kind = if !strict && self.chance(5) { 'a' } else { kind };
            arguments.push(self.value(kind, depth));
        }
        if let Some(last) = arguments.last()
            && self.chance(25)
        {
            let last = last.clone();
            arguments.pop();
            let arguments: String = arguments.iter().map(|argument| format!(" {argument}")).collect();
            return format!("{last} | {name}{arguments}");
        }
        let arguments: String = arguments.iter().map(|argument| format!(" {argument}")).collect();
        format!("{name}{arguments}")
    }

    fn value(&mut self, kind: char, depth: usize) -> String {
        // A computed count may be huge, and Go would make what it asks for.
        if depth > 0 && kind != 'i' && self.chance(45) {
            let matching: Vec<(&str, &str)> = AREAS
                .iter()
                .flat_map(|area| area.functions)
                .filter(|(name, _, result)| (*result == kind || kind == 'a') && *name != "fail")
                .map(|&(name, parameters, _)| (name, parameters))
                .collect();
            if !matching.is_empty() {
                let (name, parameters) = matching[self.below(matching.len())];
                let call = self.call(name, parameters, depth - 1);
                return format!("({call})");
            }
        }
        match kind {
            'n' if self.chance(25) => self.number(),
            'n' => self.pick(NUMBERS).to_owned(),
            'i' => self.pick(INTEGERS).to_owned(),
            'e' => self.pick(SECONDS).to_owned(),
            'b' => self.pick(&["true", "false"]).to_owned(),
            'l' => self.pick(LISTS).to_owned(),
            'd' => self.pick(DICTS).to_owned(),
            'T' => format!("(toDate {} {})", self.text('t'), self.text('D')),
            'U' if self.chance(60) => format!("(urlParse {})", self.text('u')),
            'U' => format!(
                "(dict \"scheme\" {} \"host\" {} \"path\" {} \"userinfo\" {})",
                self.pick(&["\"http\"", "\"\"", "1"]),
                self.pick(&["\"h:80\"", "\"\"", "\"h h\""]),
                self.text('p'),
                self.pick(&["\"\"", "\"u:p\"", "\"u\"", "\"a b\"", "nil"])
            ),
            'a' => match self.below(6) {
                0 => self.pick(NUMBERS).to_owned(),
                1 => self.pick(LISTS).to_owned(),
                2 => self.pick(DICTS).to_owned(),
                3 => self.text('s'),
                _ => self.pick(ANYTHING).to_owned(),
            },
            's' if self.chance(10) => self.pick(&[".s", ".u", ".e"]).to_owned(),
            'w' if self.chance(20) => self.pick(NUMBERS).to_owned(),
            'W' => format!("(mustToDuration {})", self.text('w')),
            'V' => format!("(semver {})", self.text('v')),
            other => self.text(other),
        }
    }
}

/// Whether a dict of the data could come to hold itself, which kills a Go process that prints it.
fn cycle(template: &str) -> bool {
    let shared = template.matches(".m").count() + template.matches(".em").count();
    shared > 1 && (template.contains("set ") || template.contains("erge"))
}

/// Whether the clock could show: a date function that may be given something else than a time or seconds.
fn clock(template: &str) -> bool {
    CLOCK.iter().any(|name| {
        template.match_indices(name).any(|(at, _)| {
            let before = template[..at].chars().next_back();
            let after = template[at + name.len()..].chars().next();
            let whole =
                before.is_none_or(|c| !c.is_alphanumeric() && c != '_') && after.is_some_and(|c| c == ' ');
            // Only calls whose times are plain literals are kept.
            whole
                && (template.contains("nil")
                    || template.contains("toDate \"\"") && template.contains("Modify \"x"))
        })
    })
}
