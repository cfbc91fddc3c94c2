//! Schemas held against files of real trees.

use super::*;
use crate::builtin::findings::Problem;
use crate::git::testing::TestRepo;
use crate::input::list;
use crate::path::Selection;

const SCHEMA: &str = r#"{
    "type": "object",
    "properties": { "name": { "type": "string" }, "ports": { "type": "array", "items": { "type": "integer" } },
        "deep": { "properties": { "x": { "type": "string" } }, "additionalProperties": false } },
    "required": ["name"],
    "additionalProperties": false
}"#;

/// What is found in all files of a tree, but for those whose name says that they are schemas.
fn findings(files: &[(&str, &str)]) -> Findings {
    let repo = TestRepo::empty();
    for (path, text) in files {
        repo.write(path, text);
    }
    repo.commit("files");
    let open = repo.open();
    let tree = repo.id("HEAD^{tree}");
    let mut inputs = list(&open, tree, &Selection::everything()).unwrap();
    inputs.retain(|input| !input.path.as_bstr().starts_with(b"schemas/"));
    look(&open, tree, &"schemas/s.json".into(), &inputs, &|| false).unwrap()
}

fn told(problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let place = problem.diagnostic.place.as_deref();
        place.map(|place| format!(":{}:{}", place.line_and_column().0, place.line_and_column().1)).unwrap_or_default()
    };
    problems
        .iter()
        .map(|problem| format!("{}{}: {}", problem.path, line(problem), problem.diagnostic.message))
        .collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], wanted: &[&str]) {
    let all = [&[("schemas/s.json", SCHEMA)], files].concat();
    let findings = findings(&all);
    assert_eq!(told(&findings.problems), wanted);
    assert_eq!(findings.failed.is_empty(), wanted.is_empty());
}

#[test]
fn what_fits_fits_in_every_format() {
    check(
        &[
            ("a.json", r#"{"name": "x", "ports": [1]}"#),
            ("b.jsonc", "{\"name\": \"x\", /* c */ \"ports\": [1],}"),
            ("c.yaml", "name: x\nports: [1]\n---\nname: y\n"),
            ("d.toml", "name = \"x\"\nports = [1, 0x10]\n"),
            ("e.yaml", "name: &a x\nports:\n- 1\n---\n<<: {ports: [2]}\nname: y\n"),
        ],
        &[],
    );
}

#[test]
fn what_does_not_is_told_where_it_stands() {
    check(
        &[("a.json", "{\n  \"name\": \"x\",\n  \"ports\": [1,\n   \"y\"]\n}")],
        &["a.json:4:4: '/ports/1' does not fit the schema: \"y\" is not of type \"integer\""],
    );
    check(
        &[("a.yaml", "name: x\n---\nname: y\nports:\n  - 1\n  - \"2\"\n")],
        &["a.yaml:6:5: '/ports/1' does not fit the schema: \"2\" is not of type \"integer\""],
    );
    check(
        &[("a.toml", "ports = [\n  1,\n  2.5,\n]\nname = \"x\"\n")],
        &["a.toml:3:3: '/ports/1' does not fit the schema: 2.5 is not of type \"integer\""],
    );
    check(
        &[("a.yaml", "name: x\n\u{e4}: 1\n")],
        &[
            "a.yaml:2:1: the document does not fit the schema: Additional properties are not allowed ('\u{e4}' was unexpected)",
        ],
    );
    check(
        &[("a.toml", "name = \"x\"\n[deep]\nx = 1\n"), ("b.toml", "name = \"x\"\n[deep]\ny = 1\n")],
        &[
            "a.toml:3:5: '/deep/x' does not fit the schema: 1 is not of type \"string\"",
            "b.toml:3:1: '/deep' does not fit the schema: Additional properties are not allowed ('y' was unexpected)",
        ],
    );
    check(&[("a.yaml", "")], &["a.yaml:1:1: the document does not fit the schema: null is not of type \"object\""]);
    check(&[("a.toml", "")], &["a.toml:1:1: the document does not fit the schema: \"name\" is a required property"]);
}

#[test]
fn what_cant_be_read_does_not_pass() {
    check(&[("a.json", "{")], &["a.json:1:1: invalid JSON: EOF while parsing an object"]);
    check(
        &[("a.txt", "{}")],
        &["a.txt: 'a.txt' can't be held to a schema: its name tells none of JSON, YAML and TOML"],
    );
    check(&[("a.yaml", "a: &a [*a]\n")], &["a.yaml:1:1: invalid YAML: it is nested too deep to be held to a schema"]);
    check(
        &[("a.yaml", "<<: &a {<<: *a}\n")],
        &["a.yaml:1:1: invalid YAML: it is nested too deep to be held to a schema"],
    );
    check(
        &[("a.yaml", "? [a]\n: 1\n")],
        &["a.yaml:1:1: invalid YAML: it has a key that is a collection, which JSON has not"],
    );
    let lines = (1..30).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect::<Vec<_>>().concat();
    check(
        &[("a.yaml", &format!("a0: &a0 x\n{lines}"))],
        &["a.yaml:1:1: invalid YAML: its aliases come to more than can be held to a schema"],
    );
    let deep = format!("// c\n{}{}", "[".repeat(300), "]".repeat(300));
    check(
        &[("a.jsonc", &deep)],
        &["a.jsonc:1:1: invalid JSON with comments: it is nested too deep to be held to a schema"],
    );
}

#[test]
fn a_schema_that_cant_be_used_fails_every_file() {
    for (schema, wanted) in [
        ("", "invalid JSON in line 1: it is empty"),
        ("{\"type\": 1}", "1 is not valid under any of the schemas listed in the 'anyOf' keyword"),
        ("{\"$ref\": \"https://example.org/s.json\"}", "is not in the repository, and nothing is fetched"),
        ("{\"$ref\": \"gone.json\"}", "the tree has no file 'schemas/gone.json'"),
        ("{\"$ref\": \"file:///etc/hostname\"}", "is not in the repository, and nothing is fetched"),
        ("{\"$ref\": \"../../../x.json\"}", "the tree has no file 'x.json'"),
    ] {
        let found = findings(&[("schemas/s.json", schema), ("a.json", "{}"), ("b.json", "{}")]);
        let problem = &found.problems[0];
        assert_eq!((problem.path.to_string().as_str(), found.problems.len()), ("schemas/s.json", 1));
        assert!(problem.diagnostic.message.contains(wanted), "{}", problem.diagnostic.message);
        assert_eq!(found.failed.len(), 3);
    }
    let found = findings(&[("a.json", "{}")]);
    assert!(found.problems[0].diagnostic.message.contains("the tree has no such file"));
    assert_eq!(found.failed.len(), 2);
}

#[test]
fn a_schema_refers_to_its_neighbours() {
    let neighbour = ("schemas/more/n a.yaml", "$defs:\n  n: {type: integer}\n");
    for schema in [
        r#"{"$ref": "more/n%20a.yaml#/$defs/n"}"#,
        r#"{"$id": "https://example.org/x/s.json", "allOf": [{"$ref": "more/n%20a.yaml#/$defs/n"}]}"#,
    ] {
        let found = findings(&[("schemas/s.json", schema), neighbour, ("a.json", "1"), ("b.json", "\"x\"")]);
        assert_eq!(
            told(&found.problems),
            ["b.json:1:1: the document does not fit the schema: \"x\" is not of type \"integer\""]
        );
    }
}

#[test]
fn a_schema_that_goes_round_in_a_circle_comes_to_an_end() {
    for schema in [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##,
        r##"{"items": {"$ref": "#"}, "type": "array"}"##,
    ] {
        let deep = "[".repeat(120) + &"]".repeat(120);
        let found = findings(&[("schemas/s.json", schema), ("a.json", &deep)]);
        assert!(found.problems.len() <= 2, "{schema}");
    }
}
