//! Every format, with what its readers take and what they don't.

use proptest::prelude::*;

use super::ini::Dialect;
use super::*;
use crate::builtin::sample::{at, rendered};
use crate::path::RepoPath;

const ALL: [Format; 9] = [
    Format::Toml,
    Format::Json,
    Format::Jsonc,
    Format::Json5,
    Format::Yaml,
    Format::Xml,
    Format::Ini(Dialect::Pairs),
    Format::Ini(Dialect::Bare),
    Format::Env,
];

#[track_caller]
fn fine(name: &str, text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    assert_eq!(rendered(look, name, text), "", "{}", String::from_utf8_lossy(text));
}

#[track_caller]
fn wrong(name: &str, text: impl AsRef<[u8]>, places: &[(usize, usize)]) {
    let text = text.as_ref();
    assert_eq!(at(look, name, text), places, "{}", rendered(look, name, text));
}

#[test]
fn names_tell_formats() {
    let format = |path: &str| Format::of(&RepoPath::from(path), b"[x]").map(Format::name);
    for (path, name) in [
        ("a/tsconfig.json", Some("JSON with comments")),
        ("tsconfig.build.json", Some("JSON with comments")),
        ("tsconfigs.json", Some("JSON")),
        (".vscode/settings.json", Some("JSON with comments")),
        ("vscode/settings.json", Some("JSON")),
        (".devcontainer/devcontainer.json", Some("JSON with comments")),
        ("A.JSON", Some("JSON")),
        ("a.json5", Some("JSON5")),
        ("x.yml", Some("YAML")),
        ("Cargo.lock", Some("TOML")),
        (".env", Some(".env")),
        (".env.local", Some(".env")),
        ("prod.env", Some(".env")),
        (".env.d.ts", None),
        (".envrc", None),
        ("setup.cfg", Some("INI")),
        (".editorconfig", Some("INI")),
        ("a.svg", Some("XML")),
        ("README.md", None),
        ("json", None),
    ] {
        assert_eq!(format(path), name, "{path}");
    }
    assert_eq!(Format::of(&"haproxy.cfg".into(), b"# c\nglobal\n  daemon\n"), None);
    assert_eq!(Format::of(&"Info.plist".into(), b"bplist00\0\xff"), None);
    assert_eq!(Format::of(&RepoPath::new(&b"\xff.json"[..]), b""), None);
}

#[test]
fn a_problem_has_its_line_and_a_caret() {
    insta::assert_snapshot!(rendered(look, "a.json", b"{\n  \"a\": 1,\n  \"a\": 2\n}\n"), @r#"
    error[builtin/syntax]: invalid JSON: the name stands here twice
     --> a.json:3:3
      |
    3 |   "a": 2
      |   ^^^
    "#);
    insta::assert_snapshot!(rendered(look, "a.yaml", b"a:\n  - b\n c: d\n"), @r#"
    error[builtin/syntax]: invalid YAML: while parsing a block mapping, did not find expected key
     --> a.yaml:3:2
      |
    3 |  c: d
      |  ^
    "#);
    insta::assert_snapshot!(rendered(look, "a.toml", b"a = 1\n[b\n"), @r#"
    error[builtin/syntax]: invalid TOML: unclosed table, expected `]`
     --> a.toml:2:3
      |
    2 | [b
      |   ^
    "#);
}

#[test]
fn toml() {
    fine("a.toml", "");
    fine("a.toml", "\u{feff}a = 1\r\n[b]\r\nc = \"d\"\r\n");
    wrong("a.toml", "a = 1\na = 2\n", &[(2, 1)]);
    wrong("a.toml", "[a]\nb = 1\n[a]\n", &[(3, 2)]);
    wrong("a.toml", "\u{feff}a = \"\u{e4}\" x\n", &[(1, 9)]);
    wrong("a.toml", b"a = \"\xff\"\n", &[(1, 6)]);
}

#[test]
fn json() {
    fine("a.json", "\u{feff}[1, 2.5e3, \"\\u00e4\", null, true, {\"a\": {}}]\r\n");
    wrong("a.json", "", &[(1, 1)]);
    wrong("a.json", " \n", &[(1, 1)]);
    wrong("a.json", "{\"a\": 1,}", &[(1, 9)]);
    wrong("a.json", "{\"a\": 1 // c\n}", &[(1, 9)]);
    wrong("a.json", "[1]\n[2]", &[(2, 1)]);
    wrong("a.json", "[01]", &[(1, 3)]);
    wrong("a.json", "[\"a\tb\"]", &[(1, 4)]);
    wrong("a.json", "{\"a\": 1, \"b\": {\"c\": 1, \"\\u0063\": 2}}", &[(1, 24)]);
    wrong("a.json", "{\n\"\u{e4}\": 1,\n\"\u{e4}\": 2}", &[(3, 1)]);
    wrong("a.json", "[NaN]", &[(1, 2)]);
}

#[test]
fn json_with_comments() {
    fine("tsconfig.json", "// c\n{ \"a\": [1, /* x */ 2,], }\n");
    wrong("tsconfig.json", "", &[(1, 1)]);
    wrong("tsconfig.json", "// c", &[(1, 1)]);
    wrong("tsconfig.json", "{ a: 1 }", &[(1, 3)]);
    wrong("tsconfig.json", "{ \"a\": 1, \"a\": 2, \"a\": 3 }", &[(1, 11), (1, 19)]);
    fine("a.json5", "{ a: +1, 'b': .5, c: 0xFF, d: Infinity, }");
    wrong("a.json5", "{ a: 1 b: 2 }", &[(1, 7)]);
    wrong("a.json5", "{ a: 1, 'a': 2 }", &[(1, 9)]);
}

#[test]
fn yaml() {
    fine("a.yaml", "");
    fine("a.yaml", "# c\n");
    fine("a.yaml", "a: 1\r\nb:\r\n  - c\r\n---\r\na: 2\r\n...\r\n");
    fine("a.yaml", "a: !Ref x\nb: !vault |\n  s3cret\nc: !Sub [a, b]\nd: !!binary aGk=\ne: !GetAtt a.b\n");
    fine("a.yaml", "x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n1: a\n\"1\": b\n");
    fine("a.yaml", "a: a\nb: a\nc: [a, a]\nd: {e: a, f: a}\n");
    fine("a.yaml", "a: {b: 1}\nc: {b: 1}\n? [d]\n: 1\n? [d]\n: 2\n");
    wrong("a.yaml", "a: 1\nb: 2\na: 3\n", &[(3, 1)]);
    wrong("a.yaml", "a: 1\n---\na: 1\n\"a\": 2\n", &[(4, 1)]);
    wrong("a.yaml", "\u{e4}: {\u{e4}: 1, b: 2, \u{e4}: 3}\n", &[(1, 17)]);
    wrong("a.yaml", "a: *x\n", &[(1, 4)]);
    wrong("a.yaml", "a:\n\t- b\n", &[(2, 2)]);
    wrong("a.yaml", "a: [1\n", &[(2, 1)]);
    wrong("a.yaml", "a: 'b\n", &[(1, 4)]);
}

#[test]
fn xml() {
    fine(
        "a.xml",
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- c -->\n<a b=\"c\" x:d='&lt;&#x20;'>t &amp; <b/><![CDATA[<]]></a>\n",
    );
    fine("a.xml", "<!DOCTYPE a [<!ENTITY x \"y\">]>\n<a>&x;</a>");
    fine("a.svg", b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>");
    let wide: Vec<u8> = "\u{feff}<a>\u{e4}</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fine("a.resx", wide);
    for text in [
        "",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a b=c/>",
        "<a b='1' b='2'/>",
        "<a>&x;</a>",
        "<a>&</a>",
        "<a b='<'/>",
        "<a b='&x'/>",
        "<1/>",
        "<a><!-- -- --></a>",
        "<a><!-- </a>",
        "<a>]]></a>",
        "<a>\u{1}</a>",
        "<a/><?xml version='1.0'?>",
        "<a>&#0;</a>",
        "<a",
        "<![CDATA[x]]><a/>",
    ] {
        assert_eq!(at(look, "a.xml", text.as_bytes()).len(), 1, "{text}");
    }
    wrong("a.xml", "<a>\n  <b>\n</a>\n", &[(3, 1)]);
    wrong("a.xml", b"<a>\xe4</a>", &[(1, 4)]);
}

#[test]
fn ini() {
    fine("a.ini", "; c\n[a b]\nk = v\nl: v\n  more\n\n  and more\n[c] ; d\nm=\n");
    fine("setup.cfg", "[options]\ninstall_requires =\n    a\n    b>=1\n");
    fine(".editorconfig", "root = true\n[*.{js,py}]\nindent_style = space\n[[a-z].c]\n");
    fine(".gitmodules", "[submodule \"a\"] path = b\n\tshallow\n");
    fine("a.ini", b"[a]\nb = \xe4\n");
    wrong("a.ini", "[a\nb = 1\n", &[(1, 1)]);
    wrong("a.ini", "\u{feff}[a]\ngarbage\nb = 1\n", &[(2, 1)]);
    wrong("a.ini", "[]\n= 1\n[a] b\n", &[(1, 1), (2, 1), (3, 1)]);
    wrong("a.ini", b"\xff\xfe[\0", &[(1, 4)]);
}

#[test]
fn env() {
    fine(".env", "# c\nA=1\nexport B_2 = x y\nC=\"a\nb \\\" c\" # d\nD='x'\"y\"z\nE=\nF=it's\n\nG.h-i=`x`\r\n");
    wrong(".env", "A\n", &[(1, 1)]);
    wrong(".env", "A=1\n2B=x\n =x\n", &[(2, 1), (3, 2)]);
    wrong(".env", "A=\"x\nB=1\n", &[(1, 3)]);
    wrong(".env", "A=\"x\" y\nB", &[(1, 6), (2, 1)]);
    wrong(".env", "\u{feff}A=1\n", &[(1, 1)]);
    wrong(".env", "a b=1\n", &[(1, 1)]);
}

#[test]
fn what_is_nested_too_deep_is_told() {
    let deep = 200_000;
    let nested = |open: &str, close: &str| open.repeat(deep) + &close.repeat(deep);
    for (name, text) in [
        ("a.json", nested("[", "]")),
        ("a.json", nested("{\"a\":", "")),
        ("a.json5", nested("[", "]")),
        ("a.jsonc", nested("{\"a\":", "}")),
        ("a.toml", format!("a = {}", nested("[", "]"))),
        ("a.toml", format!("a = {}", nested("{a=", "}"))),
        ("a.yaml", nested("[", "]")),
        ("a.yaml", nested("{a: ", "}")),
        ("a.yaml", nested("- ", "")),
        ("a.yaml", nested("? ", "")),
        ("a.xml", nested("<a>", "</a>")),
    ] {
        assert!(!at_any(name, text.as_bytes()).is_empty(), "{name} {}", &text[..8]);
    }
}

/// Codes alone: the text is long.
fn at_any(name: &str, bytes: &[u8]) -> Vec<&'static str> {
    let all = crate::builtin::sample::found(look, name, crate::path::Mode::File, bytes);
    all.iter().map(|found| found.code).collect()
}

#[test]
fn no_text_grows() {
    let lines =
        (1..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1)).collect::<Vec<_>>().concat();
    fine("a.yaml", format!("a0: &a0 x\n{lines}"));
    let entities = (1..20).map(|n| format!("<!ENTITY a{n} \"&a{0};&a{0};\">", n - 1)).collect::<Vec<_>>().concat();
    fine("a.xml", format!("<!DOCTYPE a [{entities}]><a>&a19;</a>"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        ends(&bytes)?;
    }

    #[test]
    fn any_markup_is_read_to_an_end(text in r#"([\[\]{}<>&;:=,'"`#!/*?|\\\-+.%@~^ \t\r\n]|[a-z0-9\u{e4}\u{feff}]|<!--|<!\[CDATA\[|<\?xml|---|""")*"#) {
        ends(text.as_bytes())?;
    }
}

fn ends(bytes: &[u8]) -> Result<(), TestCaseError> {
    for format in ALL {
        let mut found = Found::new("f", bytes);
        for Fault { span, what } in faults(format, bytes) {
            prop_assert!(span.start <= span.end);
            found.at(span, "", Diagnostic::error(CODE, what));
        }
        for problem in found.finish() {
            prop_assert!(!problem.render(false).is_empty());
        }
    }
    Ok(())
}
