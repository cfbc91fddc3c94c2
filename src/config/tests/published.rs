//! What is published of the keys: the schema, the list of keys, the resolved configuration.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;

use super::{render, rules, source};
use crate::config::builtin_draft::OWN;
use crate::config::{Fallback, Key, Kind, Table, keys, load, schema};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schema/gate.toml.schema.json");

/// A valid value of every key, none of them the default.
const FULL: &str = r#"
[gate]
version = ">=0.1"
[main]
branches = ["trunk"]
[policy]
unproved-base = "run"
queue = "ahead"
flaky = "reject"
fewer-tests = "reject"
guarded = ["Makefile"]
override = ["ops@example.org"]
warm = true
[[policy.trust]]
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPQ0nY0i8aYHy7oWR6tVJBRHGDkEovKCLbDA5gXwrxD ci"
environment = ["platform=linux *"]
[server]
run = true
budget = "3s"
force-push = "allow"
delete = "allow"
create = "refuse"
[workspace]
share = [".env"]
keep = ["target"]
max-size = "1GiB"
[[workspace.prepare]]
run = ["npm", "ci"]
inputs = ["package-lock.json"]
dir = "web"
env = ["A"]
[[units.rule]]
paths = ["docs/**"]
affects = ["cargo", "web"]
[unit.web]
root = "web"
depends = ["core"]
[check.over-units]
units = ["core", "web"]
tests = "files"
groups = 3
run = "x {tests}"
[check.build]
run = "make"
on = ["commit-msg"]
git = "history"
[check."a.b"]
description = "says \"hello\" in\ntwo lines"
files = ["**"]
exclude = ["x"]
inputs = ["y"]
run = "x {files}"
on = ["commit-msg", "merge"]
needs = ["build"]
after = ["build"]
dir = "a/b"
env = ["B"]
pass-env = ["C"]
tools = ["node"]
junit = ["out/*.xml"]
timeout = "2m"
idle-timeout = "1m"
retries = 1
slots = 2
locks = ["db"]
reuse = false
cleanup = ["rm", "-f", ""]
git = "history"
required = true
skippable = false
platforms = ["linux-x86_64"]
allow-empty = true
fix = "y {files}"
[check.schema]
builtin = "schema"
schema = "x.json"
[check.large-files]
builtin = "large-files"
max-size = "1GiB"
[check.line-endings]
builtin = "line-endings"
line-ending = "lf"
[check.commit-message]
builtin = "commit-message"
conventional = false
types = ["a"]
scopes = ["b"]
max-subject = 50
trailers = ["Signed-off-by"]
forbid = ["wip"]
[hook.pre-commit]
fix = true
skip-during = ["merge"]
[hook.pre-push]
each-commit = true
skip-during = ["rebase"]
"#;

/// As little as can be said of every table.
const BARE: &str = r#"
[[policy.trust]]
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPQ0nY0i8aYHy7oWR6tVJBRHGDkEovKCLbDA5gXwrxD"
[[workspace.prepare]]
run = "x"
[check."a.b"]
run = "x"
[[units.rule]]
paths = ["x"]
affects = ["nothing"]
[unit.web]
root = "x"
[check.over-units]
units = "cargo"
run = "x {units}"
[check.schema]
builtin = "schema"
schema = "x.json"
[check.large-files]
builtin = "large-files"
[check.line-endings]
builtin = "line-endings"
[check.commit-message]
builtin = "commit-message"
[hook.pre-commit]
[hook.pre-push]
"#;

#[test]
fn the_committed_schema_is_current() {
    let mut current = serde_json::to_string_pretty(&schema()).expect("a schema is JSON");
    current.push('\n');
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever changes the schema on purpose")]
    if std::env::var_os("GATE_UPDATE_SCHEMAS").is_some() {
        fs_err::create_dir_all(Path::new(COMMITTED).parent().expect("a folder")).expect("a folder for schemas");
        fs_err::write(COMMITTED, &current).expect("the schema is written");
    }
    let committed = fs_err::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == current,
        "the schema changed: run the tests with GATE_UPDATE_SCHEMAS=1 and commit '{COMMITTED}'"
    );
}

static VALIDATOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema()).expect("a valid schema"));

fn accepted_by_schema(text: &str) -> bool {
    let document: toml::Table = text.parse().expect("TOML");
    VALIDATOR.is_valid(&serde_json::to_value(document).expect("JSON"))
}

fn accepted_by_loader(text: &str) -> bool {
    load(&source(text), None).is_ok()
}

#[test]
fn the_schema_is_one() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn the_schema_accepts_what_is_valid() {
    for text in ["", FULL, &rules(FULL).to_toml(), &rules("").to_toml()] {
        assert!(accepted_by_loader(text), "{text}");
        assert!(accepted_by_schema(text), "{text}");
    }
}

/// Values of every kind, right and wrong: loader and schema must agree on each.
#[test]
fn schema_and_loader_agree_on_values() {
    const VALUES: [&str; 42] = [
        "true",
        "false",
        "0",
        "1",
        "3",
        "-1",
        "1024",
        "1025",
        "100",
        "101",
        "1.5",
        "\"\"",
        "\" \"",
        "\"x\"",
        "[]",
        "[\"\"]",
        "[\"x\"]",
        "[\"x\", \"x\"]",
        "[\"x\", \"y\"]",
        "[1]",
        "{}",
        "1979-05-27",
        "\"10m\"",
        "\"0\"",
        "\"1h30m\"",
        "\"30m1h\"",
        "\"10GB\"",
        "\"10 gib\"",
        "\"10G\"",
        "\"assume\"",
        "\"accept\"",
        "\"history\"",
        "[\"pre-commit\"]",
        "[\"pre-comit\"]",
        "[\"GIT_DIR\"]",
        "[\"a b\"]",
        "\"../x\"",
        "\"a/./b\"",
        "\"/x\"",
        "[\"..\"]",
        "\"a/.git\"",
        "\"a/.gitx/..y\"",
    ];
    for key in keys().filter(|key| key.table != Table::Local) {
        for value in VALUES {
            // Between keys, and with versions, the schema can't judge.
            let is_never_empty = matches!(key.name, "branches" | "units" | "paths" | "affects");
            if matches!(key.name, "version" | "required") || (is_never_empty && value == "[]") {
                continue;
            }
            let text = with_value(key, value);
            let accepted = accepted_by_loader(&text);
            let stricter = key.kind == Kind::Patterns && value.contains("..");
            assert!(accepted_by_schema(&text) == accepted || (!accepted && stricter), "{text}");
        }
    }
}

/// A file that is valid but for the value.
fn with_value(key: &Key, value: &str) -> String {
    let owner = OWN.iter().find(|(own, _)| key.table == Table::Check && *own == key.name).map(|(_, owner)| *owner);
    let run = match owner {
        Some("schema") if key.name != "schema" => "builtin = \"schema\"\nschema = \"x\"\n".to_owned(),
        Some(owner) => format!("builtin = \"{owner}\"\n"),
        None if matches!(key.name, "run" | "builtin") => String::new(),
        None if key.name == "units" => "run = \"z {unit}\"\n".to_owned(),
        None if key.name == "tests" => "run = \"z {tests}\"\nunits = \"cargo\"\n".to_owned(),
        None if key.name == "groups" => "run = \"z {units}\"\nunits = \"cargo\"\n".to_owned(),
        None => "run = \"z\"\n".to_owned(),
    };
    let line = format!("{} = {value}\n", key.name);
    match key.table {
        Table::Prepare => format!("[[workspace.prepare]]\n{run}{line}"),
        Table::Trust if key.name == "key" => format!("[[policy.trust]]\n{line}"),
        Table::Trust => format!("[[policy.trust]]\nkey = {}\n{line}", Kind::PublicKey.example()),
        Table::Check => format!(
            "[check.pre-commit]\nrun = \"x\"\n[check.pre-comit]\nrun = \"x\"\n[check.GIT_DIR]\nrun = \"x\"\n[check.x]\nrun = \"x\"\n[check.y]\nrun = \"y\"\n[check.z]\n{run}{line}"
        ),
        Table::Hook if key.name == "each-commit" => format!("[hook.pre-push]\n{line}"),
        Table::Hook => format!("[hook.pre-commit]\n{line}"),
        Table::UnitRule if key.name == "paths" => format!("[[units.rule]]\naffects = [\"z\"]\n{line}"),
        Table::UnitRule => format!("[[units.rule]]\npaths = [\"z\"]\n{line}"),
        other => format!("{}\n{line}", other.header()),
    }
}

#[test]
fn every_example_is_valid() {
    for key in keys().filter(|key| !matches!(key.table, Table::Local)) {
        let text = with_value(key, &key.kind.example()).replace("[check.y]", "[check.build]");
        assert!(accepted_by_loader(&text), "{text}");
        assert!(accepted_by_schema(&text), "{text}");
    }
}

/// A key that the reader overlooks would be lost, and one that has another default shown wrongly.
#[test]
fn every_key_is_read_and_shown_with_its_default() {
    let full: toml::Table = FULL.parse().expect("TOML");
    let full_again: toml::Table = rules(FULL).to_toml().parse().expect("TOML");
    let bare: toml::Table = rules(BARE).to_toml().parse().expect("TOML");
    let find = |document: &toml::Table, key: &Key| {
        let owner = OWN.iter().find(|(own, _)| *own == key.name).map(|(_, owner)| *owner);
        let table = match key.table {
            Table::Prepare => document["workspace"]["prepare"].get(0).cloned(),
            Table::Trust => document["policy"]["trust"].get(0).cloned(),
            Table::UnitRule => document["units"]["rule"].get(0).cloned(),
            Table::Unit => document["unit"].get("web").cloned(),
            Table::Check if matches!(key.name, "units" | "tests" | "groups") => {
                document["check"].get("over-units").cloned()
            }
            Table::Check if key.name == "builtin" => document["check"].get("line-endings").cloned(),
            Table::Check => document["check"].get(owner.unwrap_or("a.b")).cloned(),
            Table::Hook if key.name == "each-commit" => document["hook"].get("pre-push").cloned(),
            Table::Hook => document["hook"].get("pre-commit").cloned(),
            other => document.get(other.name()).cloned(),
        };
        table.and_then(|table| table.get(key.name).cloned())
    };
    for key in keys().filter(|key| key.table != Table::Local) {
        assert!(find(&full, key).is_some(), "the sample lacks {key:?}");
        let expected = if key.kind == Kind::Size { Some("1073741824B".into()) } else { find(&full, key) };
        let is_table = matches!(key.kind, Kind::Tables(_));
        assert!(is_table || find(&full_again, key) == expected, "{key:?}");
        if matches!(key.name, "builtin" | "schema" | "run" | "key" | "units" | "root") {
            // A check has one of them.
            continue;
        }
        match key.fallback {
            Fallback::Value(_) if is_table => {}
            Fallback::Value(default) => {
                let default: toml::Table = format!("x = {default}").parse().expect("a default is TOML");
                assert_eq!(find(&bare, key).as_ref(), default.get("x"), "{key:?}");
            }
            Fallback::Nothing if key.name == "on" => {
                assert_eq!(find(&bare, key), Some(toml::Value::Array(vec!["merge".into()])));
            }
            Fallback::Nothing => assert_eq!(find(&bare, key), None, "{key:?}"),
            Fallback::Required => assert!(find(&bare, key).is_some(), "{key:?}"),
        }
    }
}

#[test]
fn the_schema_gives_descriptions_and_defaults() {
    let timeout = &schema()["properties"]["check"]["additionalProperties"]["properties"]["timeout"];
    assert_eq!(timeout["default"], Value::from("1h"));
    assert_eq!(timeout["description"], Value::from("The longest it may take."));
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back(
        texts in prop::collection::vec("[^\u{0}{]{1,12}", 3),
        words in prop::collection::vec("[^\u{0}{]{0,8}", 1..4),
        numbers in (0_u32..100, 1_u32..1024, 1_u64..10_000_000, 0_u64..1_000_000_000_000),
        flags in any::<[bool; 5]>(),
    ) {
        let quote = |text: &str| toml::Value::from(text).to_string();
        let words: Vec<String> = std::iter::once("x").chain(words.iter().map(String::as_str)).map(quote).collect();
        let (retries, slots, millis, size) = numbers;
        let text = format!(
            "[policy]\nwarm = {}\noverride = [{}]\n[workspace]\nmax-size = {size}\n[check.a]\nrun = {}\non = [\"pre-push\"]\n[check.\"b.c\"]\n\
             run = [{}]\ndescription = {}\ntools = [{}]\nretries = {retries}\nslots = {slots}\ntimeout = \"{millis}ms\"\n\
             reuse = {}\nrequired = {}\non = [\"pre-push\"]\nskippable = {}\nallow-empty = {}\nneeds = [\"a\"]\n",
            flags[0], quote(&format!("o{}", texts[0])), quote(&format!("x{}", texts[1])), words.join(", "),
            quote(&format!("d{}", texts[2])), quote(&format!("t{}", texts[0])), flags[1], flags[2], flags[3], flags[4],
        );
        let first = load(&source(&text), None).map_err(|problems| TestCaseError::fail(render(&problems)))?;
        let shown = first.rules.to_toml();
        let again = load(&source(&shown), None).map_err(|problems| TestCaseError::fail(render(&problems)))?;
        prop_assert_eq!(format!("{:?}", again.rules), format!("{:?}", first.rules));
        prop_assert_eq!(again.rules.to_toml(), shown);
    }
}
