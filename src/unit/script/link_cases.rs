//! What trees of files are linked to, in table form.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Fact, Linked, Package, form, link, read};
use crate::digest::ObjectId;
use crate::path::{Mode, RepoPath};
use crate::unit::{Entry, Folder, Listing, Target};

/// Links a tree in which every `package.json` with a name is a unit, and its dependencies lead to units where there are
/// such.
fn linked(files: &[(&str, &str)]) -> Linked {
    let entry =
        |(path, _): &(&str, &str)| Entry { path: RepoPath::from(*path), mode: Mode::File, id: ObjectId::EMPTY_TREE };
    let listing = Listing::new(files.iter().map(entry).collect());
    let manifests: Vec<(&str, Value)> = files
        .iter()
        .filter(|(path, _)| path.ends_with("package.json"))
        .map(|(path, content)| (*path, serde_json::from_str(content).unwrap()))
        .collect();
    let name = |manifest: &Value| manifest["name"].as_str().map(str::to_owned);
    let units: Vec<String> = manifests.iter().filter_map(|(_, manifest)| name(manifest)).collect();
    let package = |(path, manifest): &(&str, Value)| {
        let dependencies = ["dependencies", "devDependencies"].iter().filter_map(|key| manifest[*key].as_object());
        let unit = |name: &String| units.iter().find(|unit| *unit == name).cloned();
        Package {
            unit: name(manifest),
            root: Folder::of(&RepoPath::from(*path)),
            manifest: manifest.as_object().unwrap().clone(),
            dependencies: dependencies.flatten().map(|(name, _)| (name.clone(), unit(name))).collect(),
        }
    };
    let packages: Vec<Package> = manifests.iter().map(package).collect();
    let facts: BTreeMap<RepoPath, Fact> = files
        .iter()
        .filter_map(|(path, content)| {
            let path = RepoPath::from(*path);
            let kept = serde_json::to_vec(&read(form(&path)?, content.as_bytes())).unwrap();
            Some((path, serde_json::from_slice(&kept).unwrap()))
        })
        .collect();
    link(&listing, &packages, facts.iter())
}

fn edges(linked: &Linked) -> Vec<String> {
    let line = |edge: &crate::unit::Edge| match &edge.to {
        Target::Unit(to) => format!("{} -> {to}", edge.from),
        Target::Path(to) => format!("{} => {to}", edge.from),
    };
    let mut lines: Vec<String> = linked.edges.iter().map(line).collect();
    lines.sort_by_key(|line| line.replace("->", "<"));
    lines
}

/// What a file imports, with `*` before units and `open` at the end.
fn imports(linked: &Linked, path: &str) -> Vec<String> {
    let Some(module) = linked.modules.get(&RepoPath::from(path)) else { panic!("{path} is no module") };
    let mut lines: Vec<String> = module.imports.iter().map(ToString::to_string).collect();
    lines.extend(module.units.iter().map(|unit| format!("*{unit}")));
    lines.extend(module.open.iter().map(|_| "open".to_owned()));
    lines
}

/// Checks what `p/a.ts` of a package `p` imports in a tree of empty files.
fn check(content: &str, others: &[&str], expected: &[&str]) {
    let mut files = vec![("p/package.json", "{\"name\": \"p\"}"), ("p/a.ts", content)];
    files.extend(others.iter().map(|path| (*path, "")));
    assert_eq!(imports(&linked(&files), "p/a.ts"), expected, "{content}");
}

#[test]
fn relative_names_find_sources() {
    check("import './b'", &["p/b.ts", "p/b/index.ts", "p/bb.ts", "p/b.test.ts"], &["p/b.ts", "p/b/index.ts"]);
    check("import './b'", &["p/b.tsx", "p/b.d.ts", "p/b.css", "p/b.js"], &["p/b.d.ts", "p/b.js", "p/b.tsx"]);
    check("import './b.js'", &["p/b.ts", "p/b.js.map"], &["p/b.ts"]);
    check("import './b.mjs'; import './c.jsx'", &["p/b.mts", "p/c.tsx"], &["p/b.mts", "p/c.tsx"]);
    check("import './b.ts'", &["p/b.d.ts", "p/b.js"], &["p/b.d.ts"]);
    check("import './b.service'", &["p/b.service.ts", "p/b.ts"], &["p/b.service.ts"]);
    check("import './b.css'; import './c.svg?raw'", &["p/b.css", "p/c.svg"], &["p/b.css", "p/c.svg"]);
    check(
        "import '.'; import './b/'; import '..'",
        &["p/index.ts", "p/b/index.js", "index.ts"],
        &["index.ts", "p/b/index.js", "p/index.ts", "p/package.json"],
    );
    check("import './b'", &["p/b.native.tsx", "p/b.ios.js"], &["p/b.ios.js", "p/b.native.tsx"]);
    check("import './b'", &["p/b/c.ts"], &["open"]);
}

#[test]
fn what_is_not_in_the_tree_is_remembered() {
    check("import './gen/b'", &[], &["p/gen/b", "open"]);
    check("import '../q/dist/b.js'", &["q/src/b.ts"], &["q/dist/b.js", "open"]);
    check("import '../../../x'", &[], &["open"]);
    let files = [
        ("p/package.json", "{\"name\": \"p\"}"),
        ("q/package.json", "{\"name\": \"q\"}"),
        ("p/a.ts", "import '../q/dist/b.js'"),
    ];
    let linked = linked(&files);
    assert_eq!(imports(&linked, "p/a.ts"), ["q/dist/b.js", "*q"]);
    assert_eq!(edges(&linked), ["p -> q", "p => q/dist/b.js"]);
}

#[test]
fn beginnings_and_places_take_folders() {
    check("import(`./c/${x}.js`)", &["p/c/a.js", "p/c/d/e.js", "p/cc.js"], &["p/c/a.js", "p/c/d/e.js"]);
    check("import(`./c-${x}`)", &["p/c-a.js", "p/c/d.js"], &["p/c-a.js"]);
    check("import.meta.glob('../q/*.ts')", &["q/a.ts", "q/b/c.ts"], &["q/a.ts", "q/b/c.ts"]);
    check("import.meta.glob('/c/*.ts')", &["p/c/a.ts", "c/b.ts"], &["p/c/a.ts"]);
    check("path.join(__dirname, 'c')", &["p/c/a.json", "p/c/b/d"], &["p/c/a.json", "p/c/b/d"]);
    check("new URL('../q/a.bin', import.meta.url)", &["q/a.bin"], &["q/a.bin"]);
    check("import(`@x/${y}`); import(`${y}/z`)", &[], &["open"]);
}

#[test]
fn names_in_quotes_count_only_where_they_lead_to_something() {
    check("/** @type {import('./b').C} */ /** @type {import('./no').C} */", &["p/b.ts"], &["p/b.ts"]);
    check("proxyquire('./b', { './no': 1, c: 2 })", &["p/b.js"], &["p/b.js"]);
}

#[test]
fn reading_by_other_means_is_open() {
    check("import { readFileSync } from 'node:fs'", &[], &["open"]);
    check("const { spawn } = require('child_process')", &[], &["open"]);
    check("import path from 'path'; import 'node:test'; import 'virtual:x'", &[], &[]);
    check("import '@/b'", &[], &["open"]);
    check("import 'b/c'", &[], &["open"]);
    check("import { expect } from '@jest/globals'", &[], &[]);
    check("import type { A } from 'a'; export type { B } from './b'", &[], &["p/b"]);
    check("import '#b'", &[], &["open"]);
}

const MANIFESTS: [(&str, &str); 3] = [
    ("package.json", "{\"dependencies\": {\"r\": \"1\", \"vitest\": \"1\"}}"),
    ("p/package.json", "{\"name\": \"p\", \"dependencies\": {\"@s/q\": \"*\", \"e\": \"1\"}}"),
    ("x/package.json", "{\"name\": \"x\"}"),
];

fn workspace<'t>(q: &'t str, files: &[(&'t str, &'t str)]) -> Linked {
    linked(&[&MANIFESTS[..], &[("q/package.json", q)], files].concat())
}

#[test]
fn packages_are_found_by_what_they_export() {
    let check = |q: &str, import: &str, others: &[&str], expected: &[&str]| {
        let q = q.replace('\'', "\"");
        let import = format!("import '{import}'");
        let files: Vec<(&str, &str)> =
            [("p/a.ts", import.as_str())].into_iter().chain(others.iter().map(|path| (*path, ""))).collect();
        let linked = workspace(&q, &files);
        let expected: Vec<&str> = expected.iter().copied().chain(["q/package.json"]).collect();
        let mut found = imports(&linked, "p/a.ts");
        found.sort_by_key(|path| path.ends_with("package.json"));
        assert_eq!(found, expected, "{q} {import}");
        assert_eq!(edges(&linked), ["p -> @s/q"], "{q} {import}");
    };
    let name = "{'name': '@s/q'";
    check(&format!("{name}}}"), "@s/q", &["q/index.js"], &["q/index.js"]);
    check(&format!("{name}, 'main': 'src/m'}}"), "@s/q", &["q/src/m.ts", "q/index.js"], &["q/src/m.ts"]);
    check(&format!("{name}, 'main': './lib'}}"), "@s/q", &["q/lib/index.js"], &["q/lib/index.js"]);
    check(&format!("{name}, 'main': 'dist/m.js'}}"), "@s/q", &["q/src/m.ts"], &["*@s/q"]);
    check(&format!("{name}, 'main': 'm.js', 'types': 'dist/m.d.ts'}}"), "@s/q", &["q/m.js"], &["q/m.js"]);
    check(&format!("{name}}}"), "@s/q/src/b", &["q/src/b.ts"], &["q/src/b.ts"]);
    check(&format!("{name}}}"), "@s/q/none", &[], &["*@s/q"]);
    let exports = "'exports': {'.': {'import': './a.mjs', 'require': './a.cjs'}, './f/*': './src/*.ts', './no': null}";
    check(&format!("{name}, {exports}}}"), "@s/q", &["q/a.mts", "q/a.cjs"], &["q/a.cjs", "q/a.mts"]);
    check(&format!("{name}, {exports}}}"), "@s/q/f/x/y", &["q/src/x/y.ts"], &["q/src/x/y.ts"]);
    check(&format!("{name}, {exports}}}"), "@s/q/no", &[], &["*@s/q"]);
    check(&format!("{name}, 'exports': './e.js'}}"), "@s/q", &["q/e.js"], &["q/e.js"]);
    let conditions = "'exports': {'development': './src/i.ts', 'default': './dist/i.js'}";
    check(&format!("{name}, {conditions}}}"), "@s/q", &["q/src/i.ts"], &["q/src/i.ts", "*@s/q"]);
}

#[test]
fn who_declares_what_decides_where_a_name_leads() {
    let imports_of = |import: &str| {
        let source = format!("import '{import}'");
        let linked = workspace("{\"name\": \"@s/q\", \"dependencies\": {\"x\": \"*\"}}", &[("p/a.ts", &source)]);
        let undeclared: Vec<String> = linked.undeclared.values().flatten().cloned().collect();
        (edges(&linked), undeclared)
    };
    let (none, some) = (Vec::<String>::new(), |text: &str| vec![text.to_owned()]);
    assert_eq!(imports_of("e/sub"), (none.clone(), none.clone()));
    // Declared nowhere around, but there.
    assert_eq!(imports_of("x"), (some("p -> x"), none.clone()));
    // Declared by the package around.
    assert_eq!(imports_of("r/sub"), (none.clone(), some("r")));
    assert_eq!(imports_of("@z/y/sub"), (none.clone(), some("@z/y")));
    assert_eq!(imports_of("path"), (none.clone(), none.clone()));
    assert_eq!(imports_of("p"), (none.clone(), none));
}

#[test]
fn a_package_finds_its_own_names() {
    let files = [
        (
            "p/package.json",
            "{\"name\": \"p\", \"exports\": \"./src/i.ts\", \"imports\": {\"#b\": {\"x\": \"./b.js\"}, \"#c/*\": \"./c/*\", \"#q\": \"q\"}}",
        ),
        ("q/package.json", "{\"name\": \"q\", \"main\": \"m.js\"}"),
        ("p/src/a.ts", "import '#b'; import '#c/d.js'; import '#q'; import 'p'"),
        ("p/src/i.ts", ""),
        ("p/src/package.json", "{\"type\": \"module\"}"),
        ("p/b.ts", ""),
        ("p/c/d.ts", ""),
        ("q/m.js", ""),
    ];
    let linked = linked(&files);
    let expected = ["p/b.ts", "p/c/d.ts", "p/package.json", "p/src/i.ts", "q/m.js", "q/package.json"];
    assert_eq!(imports(&linked, "p/src/a.ts"), expected);
    assert_eq!(edges(&linked), ["p -> q"]);
}

#[test]
fn projects_say_what_names_stand_for() {
    let check = |base: &str, own: &str, import: &str, others: &[&str], expected: &[&str]| {
        let (base, own) = (base.replace('\'', "\""), own.replace('\'', "\""));
        let source = format!("import '{import}'");
        let mut files = vec![
            ("tsconfig.base.json", base.as_str()),
            ("p/tsconfig.json", &own),
            ("p/s/a.ts", &source),
            ("q/package.json", "{\"name\": \"q\"}"),
            ("p/package.json", "{\"name\": \"p\"}"),
        ];
        files.extend(others.iter().map(|path| (*path, "")));
        let found: Vec<String> =
            imports(&linked(&files), "p/s/a.ts").into_iter().filter(|path| path != "p/tsconfig.json").collect();
        assert_eq!(found, expected, "{base} {own} {import}");
    };
    let own = |options: &str| format!("{{'extends': '../tsconfig.base', 'compilerOptions': {{{options}}}}}");
    let empty = "{}";
    check(
        empty,
        &own("'paths': {'@/*': ['./s/*', './t/*']}"),
        "@/b",
        &["p/s/b.ts", "p/t/b.ts"],
        &["p/s/b.ts", "p/t/b.ts"],
    );
    check(empty, &own("'baseUrl': '.', 'paths': {'b': ['s/c']}"), "b", &["p/s/c.ts"], &["p/s/c.ts"]);
    check(empty, &own("'baseUrl': './s'"), "d/e", &["p/s/d/e.ts"], &["p/s/d/e.ts"]);
    check("{'compilerOptions': {'paths': {'~*': ['./p/t/*']}}}", &own(""), "~b", &["p/t/b.ts"], &["p/t/b.ts"]);
    check("{'compilerOptions': {'paths': {'~*': ['${configDir}/t/*']}}}", &own(""), "~b", &["p/t/b.ts"], &["p/t/b.ts"]);
    check(
        "{'compilerOptions': {'paths': {'q': ['q/src']}}}",
        &own(""),
        "q",
        &["q/src/index.ts"],
        &["q/package.json", "q/src/index.ts", "*q"],
    );
    check(empty, &own("'rootDirs': ['s', 'gen']"), "./b", &["p/gen/b.ts"], &["p/gen/b.ts"]);
    check(
        empty,
        &own("'paths': {'*': ['./types/*'], 'long/*': ['./l/*']}"),
        "long/b",
        &["p/types/long/b.ts", "p/l/b.ts"],
        &["p/l/b.ts"],
    );
}

#[test]
fn projects_refer_to_others() {
    let files = [
        ("p/package.json", "{\"name\": \"p\"}"),
        ("q/package.json", "{\"name\": \"q\"}"),
        ("c/package.json", "{\"name\": \"@s/config\"}"),
        ("c/base.json", "{\"extends\": \"./more.json\"}"),
        ("c/more.json", "{}"),
        ("t.d.ts", ""),
        (
            "p/tsconfig.json",
            "{\"extends\": [\"@s/config/base.json\", \"./gen/t.json\"], \"references\": [{\"path\": \"../q\"}], \"include\": [\"src\", \"../r/**/*\", \"../*.d.ts\"]}",
        ),
    ];
    let linked = linked(&files);
    assert_eq!(edges(&linked), ["p -> @s/config", "p => q", "p => r", "p => t.d.ts"]);
    assert_eq!(imports(&linked, "p/tsconfig.json"), ["c/base.json", "p/gen/t.json", "r", "t.d.ts"]);
    assert_eq!(
        linked.widened.iter().map(|w| w.why.as_str()).collect::<Vec<_>>(),
        ["it extends 'c/base.json', which isn't read"]
    );
}

#[test]
fn a_broken_project_widens_its_unit() {
    let files = [("p/package.json", "{\"name\": \"p\"}"), ("p/tsconfig.json", "{"), ("p/x/tsconfig.a.json", "[")];
    let widened = linked(&files).widened;
    assert!(widened.len() == 2 && widened.iter().all(|w| w.unit.as_deref() == Some("p") && w.why.starts_with("can't")));
    // Whose loop is nobody's.
    let files = [
        ("tsconfig.json", "{\"extends\": \"./tsconfig.b.json\"}"),
        ("tsconfig.b.json", "{\"extends\": \"./tsconfig\"}"),
    ];
    assert_eq!(linked(&files).widened, []);
}

#[test]
fn edges_leave_a_unit_only() {
    let files = [
        ("p/src/a.ts", "import './b'; import '../../q/src/c'; import '../../q/src/c.js'"),
        ("p/src/b.ts", "import('../../q/src/d'); import(`../../q/l/${x}`)"),
        ("p/src/e.ts", "import '../../q'"),
        ("q/src/c.ts", ""),
        ("q/src/d.ts", "import '../../x/i'"),
        ("q/index.ts", ""),
        ("q/l/m.ts", ""),
    ];
    let linked = workspace("{\"name\": \"@s/q\"}", &files);
    assert_eq!(
        edges(&linked),
        [
            "@s/q -> x",
            "@s/q => x/i",
            "p => q/index.ts",
            "p => q/l",
            "p => q/l/m.ts",
            "p => q/package.json",
            "p => q/src/c.ts",
            "p => q/src/d.ts",
        ]
    );
    let why =
        |to: &str| linked.edges.iter().find(|edge| edge.to == Target::Path(Folder::from(to))).unwrap().why.clone();
    assert_eq!(
        (why("q/src/c.ts").file, why("q/src/c.ts").what),
        (RepoPath::from("p/src/a.ts"), "imports q/src/c.ts".to_owned())
    );
}

#[test]
fn what_belongs_to_no_unit_is_followed() {
    let files = [
        ("p/a.ts", "import '../shared/s'"),
        ("shared/s.ts", "import './t'"),
        ("shared/t.ts", "import './s'; import '../x/i'; import '@s/q'"),
        ("x/i.ts", "import '../q/z'"),
        ("q/z.ts", ""),
    ];
    let linked = workspace("{\"name\": \"@s/q\", \"main\": \"z\"}", &files);
    assert_eq!(edges(&linked), ["p -> @s/q", "p => shared/s.ts", "p => shared/t.ts", "p => x/i.ts", "x => q/z.ts"]);
}

#[test]
fn tests_see_what_they_do_not_name() {
    let files = [
        ("p/src/a.ts", "import 'e'; import 'r'"),
        ("p/src/a.test.ts", "import './a'"),
        ("p/src/__snapshots__/a.test.ts.snap", ""),
        ("p/src/__mocks__/a.ts", ""),
        ("p/__mocks__/e.js", ""),
        ("p/vitest.config.ts", "export default { test: { setupFiles: ['./setup.ts', 'more/setup.ts'] } }"),
        ("p/setup.ts", ""),
        ("p/more/setup.ts", ""),
        ("p/.eslintrc.js", ""),
        ("babel.config.js", ""),
        ("x/x.test.ts", ""),
    ];
    let linked = workspace("{\"name\": \"@s/q\"}", &files);
    assert_eq!(linked.tests.iter().map(ToString::to_string).collect::<Vec<_>>(), ["p/src/a.test.ts", "x/x.test.ts"]);
    assert_eq!(
        imports(&linked, "p/src/a.test.ts"),
        [
            "babel.config.js",
            "p/__mocks__/e.js",
            "p/package.json",
            "p/src/__snapshots__/a.test.ts.snap",
            "p/src/a.ts",
            "p/vitest.config.ts",
        ]
    );
    assert_eq!(imports(&linked, "p/src/a.ts"), ["p/src/__mocks__/a.ts"]);
    assert_eq!(imports(&linked, "p/vitest.config.ts"), ["p/more/setup.ts", "p/setup.ts"]);
    assert_eq!(imports(&linked, "x/x.test.ts"), ["babel.config.js", "x/package.json"]);
    assert_eq!(edges(&linked), ["p => babel.config.js", "x => babel.config.js"]);
}

#[test]
fn configuration_takes_folders_of_other_units() {
    let files = [
        (
            "p/vite.config.ts",
            "export default { alias: { '@q': path.join(__dirname, '../q/src'), '@': './src' }, root: '../x' }",
        ),
        ("p/src/a.ts", "import '@q/b'"),
        ("p/a.test.ts", ""),
        ("q/src/b.ts", ""),
        ("x/x.ts", ""),
        ("vitest.workspace.ts", "export default ['./p', './q', './x']"),
        ("vitest.config.ts", "export default { alias: { '~': './x' }, test: { projects: ['./p', './q'] } }"),
    ];
    let linked = workspace("{\"name\": \"@s/q\"}", &files);
    assert_eq!(edges(&linked), ["p => q/src", "p => vitest.config.ts", "p => vitest.workspace.ts", "p => x",]);
    assert_eq!(imports(&linked, "p/src/a.ts"), ["open"]);
}

#[test]
fn manifests_configure_runners() {
    let files = [
        (
            "p/package.json",
            "{\"name\": \"p\", \"jest\": {\"setupFiles\": [\"<rootDir>/s.js\", \"./t\"], \"preset\": \"x\"}, \"dependencies\": {\"x\": \"*\"}}",
        ),
        ("x/package.json", "{\"name\": \"x\"}"),
        ("x/index.js", ""),
        ("p/s.js", ""),
        ("p/t.js", ""),
        ("p/__tests__/a.js", ""),
    ];
    let linked = linked(&files);
    assert_eq!(
        imports(&linked, "p/__tests__/a.js"),
        ["p/package.json", "p/s.js", "p/t.js", "x/index.js", "x/package.json"]
    );
    assert_eq!(edges(&linked), ["p -> x"]);
}

#[test]
fn stylesheets_import_stylesheets() {
    let files = [
        ("p/a.ts", "import './a.scss'"),
        ("p/a.scss", "@use '../q/b'; @import url(c.css); @import '~@s/q/d'; .x { content: 'no' }"),
        ("q/_b.scss", ""),
        ("q/d.scss", ""),
        ("p/c.css", ""),
    ];
    let linked = workspace("{\"name\": \"@s/q\"}", &files);
    assert_eq!(imports(&linked, "p/a.scss"), ["p/c.css", "q/_b.scss", "q/d.scss", "q/package.json"]);
    assert_eq!(edges(&linked), ["p -> @s/q"]);
}
