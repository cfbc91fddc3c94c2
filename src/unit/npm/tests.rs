//! Small trees, and what is found in them.

use super::Npm;
use crate::unit::sample::{changed, edges, found};
use crate::unit::{Found, Own};

/// The units of a tree, as `name folder`, with what is special about each.
fn units(files: &[(&str, &str)]) -> Vec<String> {
    let found = found(&Npm, files);
    let line = |unit: &crate::unit::Unit| {
        let alone = if unit.workspace == unit.root { " alone" } else { "" };
        let left_out = if unit.is_member { "" } else { " left out" };
        format!("{} {}{alone}{left_out}", unit.name, unit.root)
    };
    found.units.iter().map(line).collect()
}

fn widened(found: &Found) -> Vec<String> {
    found.widened.iter().map(|w| format!("{}: {}", w.unit.as_deref().unwrap_or("*"), w.file)).collect()
}

const ROOT: (&str, &str) = ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#);

fn named(name: &str) -> String {
    format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#)
}

#[test]
fn members_are_what_patterns_claim() {
    let (a, b, c) = (&*named("a"), &*named("b"), &*named("c"));
    let files = [
        ("packages/a/package.json", a),
        ("packages/b/package.json", b),
        ("packages/b/test/fixtures/x/package.json", c),
        ("packages/b/node_modules/y/package.json", c),
        ("other/package.json", c),
        ("packages/d/index.js", ""),
    ];
    let with = |more: &[(&'static str, &'static str)]| units(&[files.as_slice(), more].concat());
    assert_eq!(with(&[ROOT]), ["a packages/a", "b packages/b"]);
    assert_eq!(
        with(&[("package.json", r#"{"workspaces": {"packages": ["packages/*", "!packages/b"], "nohoist": []}}"#)]),
        ["a packages/a"]
    );
    assert_eq!(
        with(&[("package.json", "{}"), ("pnpm-workspace.yaml", "packages:\n- 'packages/**'\n- '!**/test/**'\n")]),
        ["a packages/a", "b packages/b"]
    );
    assert_eq!(with(&[("pnpm-workspace.yaml", "packages: [other, packages/b]")]), ["c other", "b packages/b"]);
    assert_eq!(
        with(&[("lerna.json", r#"{"version": "1.0.0"}"#), ("package.json", r#"{"name": "root"}"#)]),
        ["a packages/a", "b packages/b"]
    );
    // A lock file makes a package that no workspace claims one that is installed by itself.
    assert_eq!(with(&[ROOT, ("other/yarn.lock", "")]), ["c other alone left out", "a packages/a", "b packages/b"]);
}

#[test]
fn a_root_is_a_unit_where_it_is_named_or_alone() {
    let a = &*named("a");
    assert_eq!(
        units(&[("package.json", r#"{"name": "r", "workspaces": [".", "a"]}"#), ("a/package.json", a)]),
        ["r . alone", "a a"]
    );
    assert_eq!(units(&[("package.json", r#"{"name": "r"}"#), ("a/package.json", a)]), ["r . alone"]);
    let apart =
        [("package.json", r#"{"name": "r"}"#), ("a/package.json", a), ("a/package-lock.json", "{}"), ("src/x.js", "")];
    assert_eq!(units(&apart), ["r . alone", "a a alone"]);
    assert_eq!(edges(&found(&Npm, &apart)), ["r -> a"]);
    assert_eq!(units(&[("a/package.json", a), ("b/package.json", r#"{"type": "module"}"#)]), ["a a alone"]);
}

#[test]
fn a_root_keeps_what_holds_its_sources() {
    let found = found(
        &Npm,
        &[
            ("package.json", r#"{"name": "r", "main": "./out/index.js", "files": ["extra", "*.md"]}"#),
            ("a/package.json", "{}"),
            ("a/package-lock.json", "{}"),
            ("docs/x.md", ""),
        ],
    );
    let Own::Only(own) = &found.units[0].own else { panic!("it owns everything") };
    assert_eq!(own.iter().map(ToString::to_string).collect::<Vec<_>>(), ["extra", "out", "package.json"]);
    assert_eq!(found.units[1].own, Own::Everything);
}

#[test]
fn workspaces_in_workspaces_are_one_unless_they_have_a_lock_file() {
    let inner = r#"{"name": "i", "workspaces": ["x/*"]}"#;
    let files = [ROOT, ("packages/i/package.json", inner), ("packages/i/x/a/package.json", r#"{"name": "a"}"#)];
    let workspace = |files: &[(&str, &str)]| {
        let found = found(&Npm, files);
        found.units.iter().map(|unit| format!("{}: {}", unit.name, unit.workspace)).collect::<Vec<_>>()
    };
    assert_eq!(workspace(&files), ["i: .", "a: ."]);
    let locked = [files.as_slice(), &[("packages/i/package-lock.json", "{}")]].concat();
    assert_eq!(workspace(&locked), ["i: .", "a: packages/i"]);
    // One that a fixture holds claims nothing.
    let fixture = [
        ROOT,
        ("packages/i/package.json", "{}"),
        ("packages/i/f/package.json", inner),
        ("packages/i/f/x/a/package.json", "{}"),
    ];
    assert_eq!(workspace(&fixture), ["packages/i: ."]);
}

#[test]
fn workspaces_may_claim_what_lies_beside_them() {
    let files = [
        ("web/package.json", r#"{"workspaces": ["../shared/*", "app"]}"#),
        ("web/app/package.json", r#"{"name": "app", "dependencies": {"lib": "*"}}"#),
        ("shared/lib/package.json", r#"{"name": "lib"}"#),
    ];
    assert_eq!(units(&files), ["lib shared/lib", "app web/app"]);
    assert_eq!(edges(&found(&Npm, &files)), ["app -> lib"]);
}

#[test]
fn names_are_told_apart_by_folders() {
    let (a, none) = (&*named("a"), "{}");
    assert_eq!(
        units(&[
            ROOT,
            ("packages/a/package.json", a),
            ("packages/b/package.json", a),
            ("packages/c/package.json", none)
        ]),
        ["packages/a packages/a", "packages/b packages/b", "packages/c packages/c"]
    );
    let files = [ROOT, ("packages/a/package.json", a), ("other/package.json", a), ("other/yarn.lock", "")];
    assert_eq!(units(&files), ["other other alone left out", "a packages/a"]);
    let files = [("x/package.json", &*named("y")), ("y/package.json", r#"{"scripts": {}}"#)];
    assert_eq!(units(&files), ["y x alone", "./y y alone"]);
}

#[test]
fn what_can_not_be_read_widens() {
    let of = |files: &[(&str, &str)]| widened(&found(&Npm, files));
    assert_eq!(of(&[ROOT, ("packages/a/package.json", "{")]), ["*: packages/a/package.json"]);
    assert_eq!(of(&[("package.json", "<<<<<<< a"), ("packages/a/package.json", "{}")]), ["*: package.json"]);
    assert_eq!(of(&[("pnpm-workspace.yaml", "packages: [")]), ["*: pnpm-workspace.yaml"]);
    assert_eq!(of(&[("package.json", r#"{"workspaces": ["a/!(b)"]}"#)]), ["*: package.json"]);
    // Within a package it is what that package makes of it.
    assert_eq!(
        of(&[ROOT, ("packages/a/package.json", "{}"), ("packages/a/template/package.json", "{{x}}")]),
        Vec::<String>::new()
    );
    assert_eq!(of(&[("test/fixtures/package.json", "{")]), Vec::<String>::new());
    // Lock files: of all, or of one.
    let (a, b) = (("a/package.json", r#"{"name": "a"}"#), ("b/package.json", r#"{"name": "b"}"#));
    assert_eq!(of(&[a, b, ("a/bun.lockb", "")]), ["a: a/bun.lockb"]);
    assert_eq!(of(&[a, ("a/package-lock.json", r#"{"lockfileVersion": 9}"#)]), ["*: a/package-lock.json"]);
    for (name, lock) in
        [("pnpm-lock.yaml", "lockfileVersion: '12.0'"), ("yarn.lock", "<<<<<<< HEAD\n"), ("bun.lock", "")]
    {
        assert_eq!(of(&[ROOT, ("packages/a/package.json", "{}"), (name, lock)]), [format!("*: {name}")]);
    }
    let unread = found(&Npm, &[ROOT, ("packages/a/package.json", "{}"), ("bun.lockb", "")]);
    assert!(!unread.explained.iter().any(|path| path.file_name() == "bun.lockb"));
}

#[test]
fn ranges_lead_to_members_in_every_way() {
    for (range, expected) in [
        ("workspace:*", "a -> b"),
        ("workspace:^1", "a -> b"),
        ("workspace:packages/b", "a -> b"),
        ("workspace:../b", "a -> b"),
        ("^1", "a -> b"),
        ("*", "a -> b"),
        ("file:../b", "a -> b"),
        ("link:../b", "a -> b"),
        ("portal:../b", "a -> b"),
        ("../b", "a -> b"),
        ("catalog:", "a -> b"),
        ("npm:c@1", "a -> c"),
        ("workspace:c@*", "a -> c"),
        ("file:../../vendor/x", "a -> vendor/x (path)"),
        ("file:../../x.tgz", "a -> x.tgz (path)"),
    ] {
        for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            let a = format!(r#"{{"name": "a", "{kind}": {{"b": "{range}"}}}}"#);
            let files = [
                ROOT,
                ("packages/a/package.json", &a),
                ("packages/b/package.json", &named("b")),
                ("packages/c/package.json", &named("c")),
            ];
            assert_eq!(edges(&found(&Npm, &files)), [expected], "{kind} {range}");
        }
    }
    let bundles = [
        ROOT,
        ("packages/a/package.json", r#"{"name": "a", "bundleDependencies": ["b"]}"#),
        ("packages/b/package.json", &named("b")),
    ];
    assert_eq!(edges(&found(&Npm, &bundles)), ["a -> b"]);
}

#[test]
fn what_leads_out_of_the_repository_widens() {
    let found =
        found(&Npm, &[ROOT, ("packages/a/package.json", r#"{"name": "a", "dependencies": {"b": "file:../../../b"}}"#)]);
    assert_eq!(widened(&found), ["a: packages/a/package.json"]);
}

#[test]
fn names_lead_to_members_of_the_same_workspace_only() {
    let files = [
        ROOT,
        ("packages/a/package.json", r#"{"name": "a", "dependencies": {"x": "^1", "y": "workspace:*"}}"#),
        ("x/package.json", r#"{"name": "x"}"#),
        ("x/yarn.lock", ""),
        ("y/package.json", r#"{"name": "y"}"#),
        ("y/yarn.lock", ""),
    ];
    assert_eq!(edges(&found(&Npm, &files)), ["a -> y"]);
}

#[test]
fn paths_in_manifests_are_edges() {
    let a = r#"{"name": "a", "main": "../../dist/a.js", "bin": {"x": "./x.js"}, "files": ["src", "../b/lib/*.js"],
        "jest": {"preset": "../../jest-preset", "setupFiles": ["<rootDir>/../c/setup.js"]}, "types": "../../../up.d.ts",
        "repository": "../d", "scripts": {"x": "../e"}, "exports": {".": {"import": "./y/../../b/z.js"}}}"#;
    let files = [ROOT, ("packages/a/package.json", a), ("packages/b/package.json", &named("b"))];
    let found = found(&Npm, &files);
    assert_eq!(
        edges(&found),
        [
            "a -> dist/a.js (path)",
            "a -> jest-preset (path)",
            "a -> packages/b/lib (path)",
            "a -> packages/b/z.js (path)",
            "a -> packages/c/setup.js (path)",
        ]
    );
    assert_eq!(widened(&found), ["a: packages/a/package.json"]);
}

#[test]
fn what_the_root_takes_from_members_everybody_takes() {
    let members = |root: &str| {
        let (a, b) = (named("a"), named("config"));
        let files = [("package.json", root), ("packages/a/package.json", &*a), ("packages/config/package.json", &*b)];
        edges(&found(&Npm, &files))
    };
    let with = |more: &str| format!(r#"{{"workspaces": ["packages/*"], {more}}}"#);
    assert_eq!(members(&with(r#""devDependencies": {"config": "*"}"#)), ["a -> config"]);
    assert_eq!(members(&with(r#""private": true, "dependencies": {"config": "workspace:*"}"#)), ["a -> config"]);
    assert_eq!(members(&with(r#""name": "r", "main": "x", "dependencies": {"config": "*"}"#)), Vec::<String>::new());
    assert_eq!(members(&with(r#""overrides": {"x": {"config": "file:packages/config"}}"#)), ["a -> config"]);
    assert_eq!(members(&with(r#""resolutions": {"**/config": "link:./packages/config"}"#)), ["a -> config"]);
    assert_eq!(members(&with(r#""pnpm": {"overrides": {"config": "workspace:*"}}"#)), ["a -> config"]);
    assert_eq!(members(&with(r#""overrides": {"config": "1.2.3"}"#)), Vec::<String>::new());
}

#[test]
fn what_describes_the_root_means_nothing() {
    let old = r#"{"name": "r", "version": "1.0.0", "workspaces": ["packages/*"], "engines": {"node": "1"}}"#;
    let a = ("packages/a/package.json", r#"{"name": "a"}"#);
    let change = |new: &str| changed(&Npm, &[("package.json", old), a], &[("package.json", new), a]);
    let nothing = Vec::<String>::new();
    assert_eq!(change(&old.replace("1.0.0", "2.0.0")), nothing);
    assert_eq!(change(&old.replace(r#""r""#, r#""q", "author": "x", "description": "y""#)), nothing);
    assert_eq!(change(&old.replace(r#"["packages/*"]"#, r#"["packages/*", "x"]"#)), nothing);
    assert_eq!(change(&old.replace(r#"["packages/*"]"#, r#"{"packages": ["packages/*"]}"#)), nothing);
    for new in [
        r#""engines": {"node": "2"}"#,
        r#""engines": {"node": "1"}, "x": 1"#,
        r#""engines": {"node": "1"}, "scripts": {"a": "b"}"#,
    ] {
        assert_eq!(change(&old.replace(r#""engines": {"node": "1"}"#, new)), ["a: package.json"], "{new}");
    }
    assert_eq!(
        change(&old.replace(r#"["packages/*"]"#, r#"{"packages": ["packages/*"], "nohoist": ["**"]}"#)),
        ["a: package.json"]
    );
    let found = found(&Npm, &[("package.json", old), a]);
    assert!(found.explained.iter().any(|path| path.file_name() == "package.json"));
}

#[test]
fn of_a_catalog_units_take_their_own_entries() {
    let members = [
        ("package.json", r#"{"devDependencies": {"z": "catalog:"}}"#),
        ("packages/a/package.json", r#"{"name": "a", "dependencies": {"x": "catalog:"}}"#),
        ("packages/b/package.json", r#"{"name": "b", "dependencies": {"x": "catalog:old"}}"#),
    ];
    let old = "packages: ['packages/*']\ncatalog:\n  x: 1\n  z: 1\ncatalogs:\n  old:\n    x: 0.1\nsettings: 1\n";
    let change = |from: &str, to: &str| {
        let new = old.replace(from, to);
        let with = |text| [members.as_slice(), &[("pnpm-workspace.yaml", text)]].concat();
        changed(&Npm, &with(old), &with(&new))
    };
    assert_eq!(change("x: 1", "x: 2"), ["a: pnpm-workspace.yaml"]);
    assert_eq!(change("x: 0.1", "x: 0.10"), ["b: pnpm-workspace.yaml"]);
    assert_eq!(change("z: 1", "z: 2"), ["a: pnpm-workspace.yaml", "b: pnpm-workspace.yaml"]);
    assert_eq!(change("settings: 1", "settings: 2"), ["a: pnpm-workspace.yaml", "b: pnpm-workspace.yaml"]);
    assert_eq!(change("  z: 1", "  z: 1\n  unused: 1"), Vec::<String>::new());
    assert_eq!(change("['packages/*']", "['packages/*', x]"), Vec::<String>::new());
}

#[test]
fn what_lies_above_a_stand_alone_package_counts() {
    let files = |root: &'static str| {
        [
            ("package.json", root),
            ("web/package.json", r#"{"name": "web"}"#),
            ("web/package-lock.json", r#"{"lockfileVersion": 3, "packages": {}}"#),
        ]
    };
    let old = files(r#"{"name": "r", "prettier": {"tabs": 1}}"#);
    assert_eq!(changed(&Npm, &old, &files(r#"{"name": "r", "prettier": {"tabs": 2}}"#)), ["web: package.json"]);
}

#[test]
fn nothing_hostile_makes_it_panic() {
    let deep = "[".repeat(10_000);
    let texts = [
        "",
        "null",
        "[]",
        "{}",
        "\u{feff}{}",
        "{\"name\": 1, \"workspaces\": 3, \"dependencies\": [1], \"exports\": [[null]]}",
        &deep,
        "\0",
        "é: [",
        "__metadata:\n",
        "\"a",
    ];
    for name in [
        "package.json",
        "pnpm-workspace.yaml",
        "lerna.json",
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
    ] {
        for text in texts {
            let found = found(&Npm, &[(name, text), ("a/package.json", r#"{"name": "a"}"#), ("a/yarn.lock", "")]);
            assert!(found.units.iter().any(|unit| unit.name == "a") || name == "package.json", "{name}: {text}");
        }
    }
}

#[test]
fn what_the_roots_configuration_imports_everybody_takes() {
    let files = [
        ("package.json", r#"{"name": "r", "main": "index.js", "workspaces": ["packages/*"]}"#),
        ("babel.config.js", "module.exports = require('./scripts/preset')"),
        ("scripts/preset.js", "module.exports = require('../packages/preset/lib')"),
        ("index.js", "require('./packages/other/lib')"),
        ("tools/x.js", "require('../packages/other/lib')"),
        ("packages/a/package.json", r#"{"name": "a"}"#),
        ("packages/preset/package.json", r#"{"name": "preset"}"#),
        ("packages/preset/lib.js", ""),
        ("packages/other/package.json", r#"{"name": "other"}"#),
        ("packages/other/lib.js", ""),
    ];
    assert_eq!(edges(&found(&Npm, &files)), ["a -> preset", "other -> preset"]);
}

#[test]
fn what_is_imported_undeclared_is_looked_up() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"workspaces": ["packages/*"]},
        "node_modules/x": {"version": "1.0.0", "integrity": "sha512-x"}, "packages/a": {}, "packages/b": {}}}"#;
    let files = [
        ROOT,
        ("packages/a/package.json", r#"{"name": "a"}"#),
        ("packages/a/index.js", "import 'x/y.js'"),
        ("packages/b/package.json", r#"{"name": "b"}"#),
    ];
    let with = |lock| [files.as_slice(), &[("package-lock.json", lock)]].concat();
    assert_eq!(changed(&Npm, &with(lock), &with(&lock.replace("sha512-x", "other"))), ["a: package-lock.json"]);
}

#[test]
fn a_name_that_many_have_widens() {
    let paths: Vec<String> = (0..17).map(|at| format!("packages/p{at}/package.json")).collect();
    let mut files = vec![ROOT];
    files.extend(paths.iter().map(|path| (path.as_str(), r#"{"name": "p", "dependencies": {"p": "*"}}"#)));
    assert_eq!(widened(&found(&Npm, &files)), ["*: packages/p0/package.json"]);
}
