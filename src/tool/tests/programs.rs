//! What a command starts counts by its content.

use std::path::Path;

use super::{EMPTY, World, names, value};
use crate::digest::Digest;
use crate::process::Program;
use crate::tool::Request;

#[test]
fn another_program_of_the_same_path_is_another_fact() {
    let world = World::new();
    world.program("bin/lint", "one");
    let line = "lint --fix && cd x";
    let one = world.line(EMPTY, "", line);
    assert_eq!(names(&one), ["program:lint", "program:sh"]);
    assert_eq!(value(&one, "program:lint"), Digest::of(b"one").to_string());
    assert_eq!(world.line(EMPTY, "", line), one);
    world.program("bin/lint", "two");
    let two = world.line(EMPTY, "", line);
    assert_ne!(value(&two, "program:lint"), value(&one, "program:lint"));
    assert_eq!(value(&two, "program:sh"), value(&one, "program:sh"));
    // One that comes first on PATH takes its place.
    world.program("first/lint", "one");
    assert_eq!(world.line(EMPTY, "", line), one);
}

#[test]
fn links_are_followed() {
    let world = World::new();
    world.program("opt/v1/lint", "one");
    world.program("opt/v2/lint", "two");
    world.link("v1", "opt/current");
    world.link("../opt/current/lint", "bin/lint");
    assert_eq!(value(&world.words(&["lint"]), "program:lint"), Digest::of(b"one").to_string());
    world.link("v2", "opt/current");
    assert_eq!(value(&world.words(&["lint"]), "program:lint"), Digest::of(b"two").to_string());
}

#[test]
fn interpreters_count() {
    let world = World::new();
    world.program("bin/lisp", "one");
    world.program("bin/by-path", &format!("#!{} -x\n", world.at("bin/lisp").display()));
    world.program("bin/by-name", "#!/usr/bin/env -S lisp -x\n");
    world.program("bin/nested", &format!("#!{}\n", world.at("bin/by-path").display()));
    world.program("bin/endless", &format!("#!{}\n", world.at("bin/endless").display()));
    let line = "by-path; by-name; nested; endless";
    let before = world.line(EMPTY, "", line);
    world.program("bin/lisp", "two");
    let after = world.line(EMPTY, "", line);
    for name in ["program:by-path", "program:by-name", "program:nested"] {
        assert_ne!(value(&before, name), value(&after, name), "{name}");
    }
    assert_eq!(value(&before, "program:endless"), value(&after, "program:endless"));
}

#[test]
fn what_is_missing_is_a_fact_and_so_are_files_of_the_tree() {
    let world = World::new();
    assert_eq!(value(&world.words(&["nowhere"]), "program:nowhere"), "missing");
    assert_eq!(value(&world.words(&["node", "x.js"]), "program:node"), "missing");
    assert_eq!(value(&world.line(EMPTY, "", "command -v nowhere || cd x"), "program:nowhere"), "missing");
    assert_eq!(world.words(&["node_modules/.bin/tsc"]), []);
    world.program("bin/lisp", "one");
    let tree = world.tree(&[("web/build.sh", "#!/usr/bin/env lisp\n"), ("web/plain.sh", "x")]);
    assert_eq!(
        names(&world.line(tree, "web", "./build.sh && ./plain.sh")),
        ["file:web/build.sh", "file:web/plain.sh", "program:lisp", "program:sh"]
    );
    assert_eq!(
        names(&world.line(tree, "", "web/../web/build.sh; ../x")),
        ["file:web/build.sh", "program:lisp", "program:sh"]
    );
    let folder = world.words(&[&world.at("bin").to_string_lossy()]);
    assert!(folder[0].value.starts_with("unreadable: "), "{folder:?}");
    // Reading from a pipe would wait for ever.
    assert!(Program::new("mkfifo").arg(world.at("pipe")).run().unwrap().status.success());
    let pipe = world.words(&[&world.at("pipe").to_string_lossy()]);
    assert!(pipe[0].value.starts_with("unreadable: "), "{pipe:?}");
}

#[test]
fn installed_python_packages_count() {
    let world = World::new();
    world.tool("opt/bin/python3", "Python 3");
    world.program("opt/bin/pytest", &format!("#!{}\n", world.at("opt/bin/python3").display()));
    world.link("../opt/bin/pytest", "bin/pytest");
    world.write("opt/lib/python3.12/site-packages/pytest-8.0.dist-info/METADATA", "");
    let before = world.words(&["pytest"]);
    world.write("opt/lib/python3.12/site-packages/__pycache__/x", "");
    assert_eq!(world.words(&["pytest"]), before);
    world.write("opt/lib/python3.12/site-packages/pytest-8.1.dist-info/METADATA", "");
    assert_ne!(world.words(&["pytest"]), before);
}

#[test]
fn the_package_of_a_node_script_counts() {
    let world = World::new();
    world.program("bin/node", "node");
    world.program("lib/node_modules/@x/lint/bin/lint.js", "#!/usr/bin/env node\nrequire('../lib')\n");
    world.link("../lib/node_modules/@x/lint/bin/lint.js", "bin/lint");
    world.write("lib/node_modules/@x/lint/package.json", r#"{"version": "1"}"#);
    let before = world.words(&["lint"]);
    world.write("lib/node_modules/@x/lint/package.json", r#"{"version": "2"}"#);
    assert_ne!(world.words(&["lint"]), before);
}

#[test]
fn facts_are_sorted_and_named_once() {
    let world = World::new();
    let tools = ["sh".to_owned(), "lint".to_owned()];
    let request = Request { shell: Some("sh -c lint; lint"), words: &[], dir: Path::new(""), tools: &tools };
    let facts = world.toolbox().of_check(&world.repo(), EMPTY, &request).unwrap();
    assert_eq!(names(&facts), ["program:lint", "program:sh"]);
    let platform = world.of_tree(EMPTY);
    assert_eq!(names(&platform), ["platform"]);
    assert!(platform[0].value.starts_with(std::env::consts::OS));
}

#[test]
fn a_command_names_the_programs_that_it_needs() {
    let tools = ["node".to_owned()];
    let request = |shell| Request { shell, words: &[], dir: Path::new(""), tools: &tools };
    assert_eq!(
        request(Some("A=1 env ruff check . | xargs sort && ./run.sh; cd x")).names(),
        ["env", "node", "ruff", "sort", "xargs"]
    );
    let words = ["/bin/sh".to_owned(), "-c".into(), "tsc".into()];
    assert_eq!(Request { words: &words, tools: &[], ..request(None) }.names(), ["tsc"]);
}
