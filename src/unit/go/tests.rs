//! Small trees, and what is found in them.

use std::sync::Arc;

use super::Go;
use crate::digest::ObjectId;
use crate::path::{Mode, RepoPath};
use crate::unit::sample::{changed, edges, found};
use crate::unit::{Ecosystem, Entry, Facts, Found, Listing, Own, Unit};

fn go(files: &[(&str, &str)]) -> Found {
    found(&Go, files)
}

fn names(found: &Found) -> Vec<String> {
    found.units.iter().map(|unit| format!("{}{}", unit.name, if unit.is_member { "" } else { " -" })).collect()
}

fn unit<'f>(found: &'f Found, name: &str) -> &'f Unit {
    found.units.iter().find(|unit| unit.name == name).unwrap()
}

fn own(found: &Found, name: &str) -> String {
    match &unit(found, name).own {
        Own::Everything => "everything".to_owned(),
        Own::Only(paths) => paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

fn widened(found: &Found) -> Vec<String> {
    found.widened.iter().map(|w| format!("{}: {}: {}", w.unit.as_deref().unwrap_or("*"), w.file, w.why)).collect()
}

#[test]
fn a_package_depends_on_what_any_of_its_files_imports() {
    let found = go(&[
        ("go.mod", "module example.com/m\ngo 1.22\n"),
        (
            "main.go",
            "package main\n\nimport (\n\t\"fmt\"\n\tx \"example.com/m/a\"\n)\n\nfunc main() { fmt.Println(x.X) }\n",
        ),
        ("a/a.go", "package a\nimport _ `example.com/m/b`\n"),
        ("a/a_windows.go", "package a\nimport . \"example.com/m/c\"\n"),
        ("a/a_test.go", "package a\nimport \"example.com/m/d\"\n"),
        (
            "a/x_test.go",
            "//go:build integration\n\npackage a_test\nimport \"example.com/m/e\"; import \"example.com/m/a\"\n",
        ),
        ("a/gen.go", "//go:build ignore\n\npackage main\nimport \"example.com/m/f\"\n"),
        ("b/b.go", "package b"),
        ("c/c.go", "package c"),
        ("d/d.go", "package d\nimport \"example.com/m/a\"\n"),
        ("e/e.go", "package e"),
        ("f/f.go", "package f"),
    ]);
    assert_eq!(
        edges(&found),
        [
            "example.com/m -> example.com/m/a",
            "example.com/m/a -> example.com/m/b",
            "example.com/m/a -> example.com/m/c",
            "example.com/m/a -> example.com/m/d",
            "example.com/m/a -> example.com/m/e",
            "example.com/m/d -> example.com/m/a",
        ]
    );
    assert_eq!(
        found.edges.iter().find(|edge| edge.why.file == "a/a_test.go".into()).unwrap().why.what,
        "test imports example.com/m/d"
    );
    assert!(found.widened.is_empty());
}

#[test]
fn packages_are_what_patterns_find_and_what_those_import() {
    let found = go(&[
        ("go.mod", "module m\nignore ./web\nignore dist\n"),
        ("a/a.go", "package a\nimport \"m/a/testdata/used\"\n"),
        ("a/testdata/used/u.go", "package used\nimport \"m/b\""),
        ("a/testdata/unused/u.go", "not Go at all"),
        ("a/testdata/mod/go.mod", "module fixture"),
        ("a/testdata/mod/x.go", "package x"),
        ("_x/x.go", "package x"),
        (".x/x.go", "package x"),
        ("b/_b.go", "package z"),
        ("b/b.go", "package b"),
        ("web/w.go", "package w"),
        ("c/dist/d.go", "package d"),
        ("vendor/v/v.go", "package v"),
        ("tagged/t.go", "//go:build never\n\npackage t"),
        ("plan9/p_plan9.go", "package p"),
        ("scripts/s.go", "//go:build ignore\n\npackage main\n"),
        ("nested/go.mod", "module n"),
        ("nested/sub/n.go", "package sub"),
        ("none/x.txt", ""),
    ]);
    assert_eq!(names(&found), ["m/a", "m/a/testdata/used -", "m/b", "n/sub", "m/plan9 -", "m/scripts -", "m/tagged -"]);
    assert_eq!(edges(&found), ["m/a -> m/a/testdata/used", "m/a/testdata/used -> m/b"]);
    assert_eq!(own(&found, "m/a"), "a/a.go a/testdata/mod a/testdata/unused");
    assert_eq!(unit(&found, "n/sub").workspace.to_string(), "nested");
    assert!(found.widened.is_empty(), "{:?}", found.widened);
}

#[test]
fn a_package_around_others_owns_what_lies_directly_in_it_and_folders_without_packages() {
    let found = go(&[
        ("go.mod", "module m"),
        ("go.sum", ""),
        ("main.go", "package main\nimport _ \"embed\"\n//go:embed web *.sql\nvar x string\n"),
        ("asm.s", ""),
        ("a.sql", ""),
        ("Makefile", ""),
        (".golangci.yml", ""),
        ("docs/x.md", ""),
        ("web/i.html", ""),
        ("testdata/x", ""),
        ("p/p.go", "package p"),
        ("p/README.md", ""),
        ("p/.tool.yml", ""),
        ("p/data/x/y", ""),
        ("p/data/z", ""),
        ("p/mid/leaf/l.go", "package leaf"),
        ("p/mid/leaf/deep/l.txt", ""),
        ("p/mid/m.txt", ""),
        ("p/mid/free/m.txt", ""),
    ]);
    assert_eq!(own(&found, "m"), "a.sql asm.s main.go testdata web");
    assert_eq!(own(&found, "m/p"), "p/README.md p/data p/mid/free p/mid/m.txt p/p.go");
    assert_eq!(own(&found, "m/p/mid/leaf"), "everything");
    assert_eq!(edges(&found), [] as [&str; 0]);
}

#[test]
fn what_is_embedded_from_other_packages_is_depended_on() {
    let found = go(&[
        ("go.mod", "module m"),
        (
            "p/p.go",
            "package p\n\nimport \"embed\"\n\nvar (\n\t//go:embed sub/*.txt all:sub/in \"with space\"\n\tx embed.FS\n)\n//go:embed */f.txt\nvar y string\n",
        ),
        ("p/sub/s.go", "package sub"),
        ("p/sub/a.txt", ""),
        ("p/sub/a.bin", ""),
        ("p/sub/in/i.go", "package in"),
        ("p/other/f.txt", ""),
        ("p/other/f.go", "package other"),
        ("leaf/l.go", "package l\nimport _ \"embed\"\n//go:embed x.txt\nvar x string\n"),
        ("leaf/x.txt", ""),
        ("plain/l.go", "package l\n//go:embed ../p\nvar x string\n"),
    ]);
    assert_eq!(edges(&found), ["m/p -> p/other/f.txt (path)", "m/p -> p/sub/a.txt (path)", "m/p -> p/sub/in (path)"]);
    assert!(own(&found, "m/p").contains("p/with space"));
}

#[test]
fn workspaces_and_replacements_lead_to_other_modules() {
    let found = go(&[
        ("go.work", "go 1.22\nuse (\n\t./a\n\t./b/\n)\nreplace example.com/old => ./c\n"),
        ("a/go.mod", "module example.com/a\nrequire example.com/b v1.0.0\n"),
        ("a/a.go", "package a\nimport (\n\"example.com/b/sub\"\n\"example.com/old/x\"\n)\n"),
        ("b/go.mod", "module example.com/b\n"),
        ("b/sub/b.go", "package sub\nimport \"example.com/b/gone\""),
        ("c/go.mod", "module example.com/c\n"),
        ("c/x/x.go", "package x\nimport \"example.com/d\""),
        ("d/go.mod", "module example.com/d\nreplace (\n\texample.com/c v1.0.0 => ../c/\n)"),
        ("d/d.go", "package d\nimport \"example.com/c/x\""),
    ]);
    assert_eq!(
        edges(&found),
        [
            "example.com/a -> example.com/b/sub",
            "example.com/a -> example.com/c/x",
            "example.com/b/sub -> b/gone (path)",
            "example.com/d -> example.com/c/x",
            "example.com/c/x -> example.com/d",
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
    assert_eq!(names(&found), ["example.com/a", "example.com/b/sub", "example.com/c/x -", "example.com/d -"]);
    assert_eq!(unit(&found, "example.com/b/sub").workspace.to_string(), ".");
    assert_eq!(unit(&found, "example.com/d").workspace.to_string(), "d");
}

#[test]
fn a_released_version_of_a_module_is_not_the_one_in_the_tree() {
    let found = go(&[
        ("go.mod", "module example.com/m\nrequire example.com/m/api v1.0.0\n"),
        ("m.go", "package m\nimport \"example.com/m/api\"\nimport \"example.com/m/v2/x\"\n"),
        ("api/go.mod", "module example.com/m/api\n"),
        ("api/a.go", "package api"),
    ]);
    assert_eq!(edges(&found), ["example.com/m -> v2/x (path)"]);
    assert!(unit(&found, "example.com/m").fields.contains_key("go.sum"));
}

#[test]
fn c_and_what_it_includes_is_depended_on() {
    let found = go(&[
        ("go.mod", "module m"),
        (
            "a/a.go",
            "package a\n\n/*\n#cgo CFLAGS: -I${SRCDIR}/../include -g\n#include \"../native/x.h\"\n*/\nimport \"C\"\n\nvar x = C.x\n",
        ),
        ("a/own.c", "#include \"../shared/s.inc\"\n#include \"own.h\"\n#include \"thing.h\"\n"),
        ("a/own.h", ""),
        ("include/thing.h", "#include \"../deep/d.h\""),
        ("deep/d.h", ""),
        ("native/x.h", "#include \"y.h\""),
        ("native/y.h", "#include <stdio.h>"),
        ("native/unrelated.h", ""),
        ("shared/s.inc", ""),
        ("b/b.go", "package b\nimport \"C\"\n"),
        ("b/b.c", "#include CONFIG\n"),
        ("c/c.s", "#include \"textflag.h\"\n#include \"../native/unrelated.h\"\n"),
        ("c/c.go", "package c"),
    ]);
    assert_eq!(
        edges(&found),
        [
            "m/a -> deep/d.h (path)",
            "m/a -> include (path)",
            "m/a -> native/x.h (path)",
            "m/a -> native/y.h (path)",
            "m/a -> shared/s.inc (path)",
            "m/c -> native/unrelated.h (path)",
        ]
    );
    assert_eq!(widened(&found), ["m/b: b/b.c: what `#include CONFIG` takes in can't be told"]);
}

#[test]
fn linked_symbols_and_named_files_are_depended_on() {
    let found = go(&[
        ("go.mod", "module m.x/m"),
        (
            "a/a.go",
            "package a\nimport _ \"unsafe\"\n\n//go:linkname now m.x/m/b.v1.now\nfunc now()\n\n//go:linkname plain\nfunc plain()\nfunc up(p string) bool { return p == \"..\" || p == \"../\" }\n",
        ),
        ("b.v1/b.go", ""),
        ("b/b.go", "package b"),
        ("b/t/b.go", "package t"),
        ("cmd/tool/t.go", "package main"),
        ("testdata/x.json", ""),
        ("data/y", ""),
        ("data/z", ""),
        (
            "c/d/c_test.go",
            "package c\nimport (\n\"os\"\n\"os/exec\"\n\"path/filepath\"\n\"testing\"\n)\nfunc Test(t *testing.T) {\n\tos.ReadFile(\"../../testdata/x.json\")\n\tos.Open(filepath.Join(\"..\", `..`, \"data\", \"y\", name))\n\texec.Command(\"go\", \"build\", \"m.x/m/cmd/tool\")\n\texec.Command(\"sh\", \"-c\", \"go run ../../b/t -x\")\n\tos.Open(\"../../nothing\")\n}\n",
        ),
        ("e/f/f_test.go", "package f\nvar root = filepath.Join(\"..\", other)\n"),
        (
            "e/f/f.go",
            "package f\nvar root = filepath.Join(\"..\", other)\nvar d = filepath.Join(x, \"../../data\", \"z\")",
        ),
    ]);
    assert_eq!(
        edges(&found),
        [
            "m.x/m/a -> m.x/m/b",
            "m.x/m/a -> m.x/m/b.v1",
            "m.x/m/c/d -> data/y (path)",
            "m.x/m/c/d -> m.x/m/b/t",
            "m.x/m/c/d -> m.x/m/cmd/tool",
            "m.x/m/c/d -> testdata/x.json (path)",
            "m.x/m/e/f -> data (path)",
            "m.x/m/e/f -> data/z (path)",
            "m.x/m/e/f -> e (path)",
        ]
    );
}

#[test]
fn what_cannot_be_read_widens() {
    let found = go(&[
        ("go.mod", "module m\nfuture thing\n"),
        ("go.sum", "<<<<<<< x\n"),
        ("a/a.go", "package a\nimport (\n\"m/b\"\n"),
        ("b/b.go", "package b\nimport \"m/c\"\n\nfunc broken( {\n"),
        ("c/c.go", ""),
    ]);
    assert_eq!(
        widened(&found),
        [
            "m/a: a/a.go: its imports can't be read",
            "m/c: c/c.go: has no package clause that can be read",
            "*: go.mod: can't be read: `future thing` can't be read",
            "*: go.sum: can't be read: line 1 is no checksum",
        ]
    );
    assert_eq!(edges(&found)[edges(&found).len() - 1], "m/b -> m/c");
    assert!(found.explained.is_empty());
    let nameless = go(&[("x/go.mod", "go 1.22\n"), ("x/y/y.go", "package y")]);
    assert_eq!(widened(&nameless), ["*: x/go.mod: names no module"]);
    assert_eq!(names(&nameless), ["./y"]);
}

#[test]
fn a_replacement_outside_of_the_repository_widens_who_imports_it() {
    let found = go(&[
        ("go.mod", "module m\nreplace example.com/o => ../o\nrequire example.com/o v0.0.0\n"),
        ("a/a.go", "package a\nimport \"example.com/o/p\"\n"),
        ("b/b.go", "package b"),
    ]);
    assert_eq!(
        widened(&found),
        ["m/a: a/a.go: imports example.com/o/p, which is replaced by a folder outside of the repository"]
    );
}

const TREE: [(&str, &str); 6] = [
    ("go.mod", "module m\ngo 1.22\nrequire example.com/x v1.0.0\n"),
    ("go.sum", "example.com/x v1.0.0 h1:a=\n"),
    ("far/f.go", "package far\nimport \"m/near\"\n"),
    ("near/n.go", "package near\nimport \"example.com/x/y\"\n"),
    ("std/s.go", "package std\nimport \"fmt\"\n"),
    ("dev/d_test.go", "package dev\nimport \"m/near\"\n"),
];

fn with(path: &'static str, content: &'static str) -> Vec<(&'static str, &'static str)> {
    TREE.into_iter().filter(|(its, _)| *its != path).chain([(path, content)]).collect()
}

#[test]
fn external_modules_count_for_what_reaches_any() {
    let found = go(&TREE);
    assert_eq!(found.explained.iter().map(ToString::to_string).collect::<Vec<_>>(), ["go.mod", "go.sum"]);
    let external = ["m/dev: go.sum", "m/far: go.sum", "m/near: go.sum"];
    assert_eq!(changed(&Go, &TREE, &with("go.sum", "example.com/x v1.0.0 h1:b=\n")), external);
    assert_eq!(changed(&Go, &TREE, &with("go.mod", "module m\ngo 1.22\nrequire example.com/x v1.0.1\n")), external);
    let comment = with("go.mod", "// why\nmodule m\ngo 1.22\n\nrequire (\n\texample.com/x v1.0.0 // indirect\n)\n");
    assert_eq!(changed(&Go, &TREE, &comment), [] as [&str; 0]);
    assert_eq!(
        changed(&Go, &TREE, &with("go.mod", "module m\ngo 1.23\nrequire example.com/x v1.0.0\n")),
        ["m/dev: go.mod", "m/far: go.mod", "m/near: go.mod", "m/std: go.mod"]
    );
}

#[test]
fn in_a_workspace_the_versions_of_all_its_modules_count() {
    let tree = |b: &'static str, work: &'static str| {
        vec![
            ("go.work", work),
            ("go.work.sum", ""),
            ("a/go.mod", "module a\nrequire b.c/b v1.0.0\n"),
            ("a/own/a.go", "package a\nimport \"b.c/b/p\""),
            ("a/ext/a.go", "package a\nimport \"x.y/z\""),
            ("b/go.mod", b),
            ("b/p/b.go", "package p"),
        ]
    };
    let old = tree("module b.c/b\nrequire x.y/z v1.0.0\n", "use ./a\nuse ./b\n");
    assert_eq!(
        changed(&Go, &old, &tree("module b.c/b\nrequire x.y/z v1.1.0\n", "use ./a\nuse ./b\n")),
        ["a/ext: a/go.sum"]
    );
    assert_eq!(
        changed(&Go, &old, &tree("module b.c/b\nrequire x.y/z v1.0.0\n", "godebug a=1\nuse ./a\nuse ./b\n")),
        ["a/ext: go.work", "a/own: go.work", "b.c/b/p: go.work"]
    );
}

#[test]
fn vendored_packages_count_for_what_imports_them() {
    let tree = |y: &'static str| {
        vec![
            ("go.mod", "module m\nrequire e.x/x v1.0.0\n"),
            ("a/a.go", "package a\nimport \"e.x/x\""),
            ("b/b.go", "package b\nimport \"e.x/z\""),
            ("vendor/modules.txt", ""),
            ("vendor/e.x/x/x.go", "package x\nimport \"e.x/y\""),
            (y, "package y"),
            ("vendor/e.x/z/z.go", "package z"),
        ]
    };
    assert_eq!(changed(&Go, &tree("vendor/e.x/y/y.go"), &tree("vendor/e.x/y/w.go")), ["m/a: vendor"]);
    assert!(go(&tree("vendor/e.x/y/y.go")).explained.contains(&"vendor/e.x/z/z.go".into()));
}

#[test]
fn packages_of_modules_of_one_name_are_told_apart() {
    let found = go(&[
        ("b/go.mod", "module example"),
        ("b/p/p.go", "package p"),
        ("a/go.mod", "module example"),
        ("a/p/p.go", "package p"),
        ("a/q.go", "package q\nimport \"example/p\""),
    ]);
    assert_eq!(names(&found), ["example/p", "example", "example/p@b/p"]);
    assert_eq!(edges(&found), ["example -> example/p"]);
}

#[test]
fn a_test_file_sees_its_package_and_what_that_imports_but_no_other_tests() {
    let found = go(&[
        ("go.mod", "module m"),
        ("a/a.go", "package a\nimport \"m/b\""),
        ("a/z.go", "package a"),
        ("a/a_test.go", "package a"),
        ("a/b_test.go", "package a\nimport \"m/c\""),
        ("b/b.go", "package b"),
        ("b/b_test.go", "package b\nimport \"m/d\""),
        ("c/c.go", "package c"),
        ("d/d.go", "package d"),
    ]);
    assert_eq!(found.tests.len(), 3);
    let sees = |from: &str| {
        let mut seen = std::collections::BTreeSet::from([from.into()]);
        let mut open: Vec<crate::path::RepoPath> = vec![from.into()];
        while let Some(path) = open.pop() {
            open.extend(found.modules[&path].imports.iter().filter(|to| seen.insert((*to).clone())).cloned());
        }
        seen.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(sees("a/a_test.go"), "a/a.go a/a_test.go a/b_test.go a/z.go b/b.go c/c.go");
    assert_eq!(sees("b/b_test.go"), "b/b.go b/b_test.go d/d.go");
}

#[test]
fn hostile_input_is_read_in_time() {
    let deep = "(".repeat(200_000);
    let many = "\"x/y\"\n".repeat(20_000);
    let broken = "package a\nimport \"embed\"\n".to_owned() + &"//go:embed *\nvar x = [[[[{{{\"..\n".repeat(5_000);
    let found = go(&[
        ("go.mod", &format!("module m\nrequire {deep}")),
        ("a/a.go", &format!("package a\nimport (\n{many})\nvar x = {deep}\"..\"")),
        ("b/b.go", &broken),
        ("c/c.go", &deep),
        ("d/d.go", &"/*".repeat(100_000)),
    ]);
    assert_eq!(found.units.len(), 4);
}

#[test]
fn a_package_that_takes_sources_in_as_files_may_see_them() {
    let found = go(&[
        ("go.mod", "module m"),
        ("a/a_test.go", "package a\nvar x = read(\"../b/b.go\")"),
        ("b/b.go", "package b"),
        ("c/c.go", "package c\nimport _ \"embed\"\n//go:embed *.go\nvar x string"),
    ]);
    assert_eq!(found.modules[&"a/a_test.go".into()].open.as_deref(), Some("takes in b/b.go as files"));
    assert_eq!(found.modules[&"c/c.go".into()].open, None);
}

#[test]
fn what_lies_in_a_submodule_changes_with_it() {
    let files = [
        ("go.mod", "module m\nreplace e.x/e => ./third/e\n"),
        ("a/a.go", "package a\nimport \"e.x/e/p\"\n"),
        ("b/b.go", "package b\n\n// #cgo CFLAGS: -I../third/include\n// #include \"../third/x.h\"\nimport \"C\"\n"),
    ];
    let entry = |path: &str, mode| Entry { path: path.into(), mode, id: ObjectId::EMPTY_TREE };
    let mut entries: Vec<Entry> = files.iter().map(|(path, _)| entry(path, Mode::File)).collect();
    entries.push(entry("third", Mode::Submodule));
    let fact = |(path, content): (&str, &str)| {
        let path = RepoPath::from(path);
        let form = Go.form(&path).unwrap();
        (path, (form, Arc::new(Go.read(form, content.as_bytes()))))
    };
    let found = Go.link(&Listing::new(entries), &Facts::new(files.into_iter().map(fact).collect()));
    assert_eq!(edges(&found), ["m/a -> third (path)", "m/b -> third (path)"]);
}
