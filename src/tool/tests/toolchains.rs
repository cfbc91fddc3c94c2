//! What a tree's toolchains say of themselves, and when they are asked again.

use super::{World, names, rustup, value};
use crate::tool::Toolbox;

#[test]
fn a_second_process_asks_nobody() {
    let world = World::new();
    rustup(&world);
    world.tool("bin/node", "v20");
    world.tool("bin/npm", "10");
    let tree = world.tree(&[("Cargo.toml", ""), ("web/package.json", r#"{"engines": {"node": "20"}}"#)]);
    let facts = (world.of_tree(tree), world.line(tree, "", "cargo fmt; rustfmt x"));
    assert!(world.asked() > 4);
    assert_eq!((world.of_tree(tree), world.line(tree, "", "cargo fmt; rustfmt x")), facts);
    assert_eq!(world.asked(), 0);
    // Other parts of a manifest pin nothing.
    let other = world.tree(&[("Cargo.toml", "x"), ("web/package.json", r#"{"engines": {"node": "20"}, "x": 1}"#)]);
    assert_eq!(world.of_tree(other), facts.0);
    assert_eq!(world.asked(), 0);
    // The same program installed again.
    world.tool("bin/node", "v20");
    assert_eq!(world.of_tree(tree), facts.0);
    assert_eq!(world.asked(), 1);
}

#[test]
fn a_toolchain_that_a_variable_names_counts_too() {
    let mut world = World::new();
    world.tool("bin/java", "java 17");
    world.tool("jdk/bin/java", "java 21");
    world.tool("bin/clang", "clang 19");
    world.vars.push(("JAVA_HOME".into(), world.at("jdk").into()));
    world.vars.push(("CC".into(), "clang -m32".into()));
    let facts = world.of_tree(world.tree(&[("pom.xml", ""), ("x.c", "")]));
    assert_eq!(value(&facts, "toolchain:java"), "java 17");
    assert_eq!(value(&facts, &format!("toolchain:{}", world.at("jdk/bin/java").display())), "java 21");
    assert_eq!((value(&facts, "toolchain:cc"), value(&facts, "toolchain:clang")), ("missing", "clang 19"));
}

#[test]
fn a_variable_that_tools_heed_makes_them_be_asked_again() {
    let mut world = World::new();
    world.program("bin/node", "#!/bin/sh\necho \"v20 $NODE_OPTIONS\"\n");
    let tree = world.tree(&[("package.json", "{}")]);
    assert_eq!(value(&world.of_tree(tree), "toolchain:node"), "v20");
    world.vars.push(("NODE_OPTIONS".into(), "--x".into()));
    assert_eq!(value(&world.of_tree(tree), "toolchain:node"), "v20 --x");
}

#[test]
fn what_was_just_changed_is_not_remembered() {
    let world = World::new();
    world.tool("bin/node", "v20");
    let tree = world.tree(&[("package.json", "{}")]);
    for _ in 0..2 {
        // The real clock: everything was written within its grain.
        let mut toolbox = Toolbox::open(&world.at("cache/tools"), &world.vars);
        toolbox.of_tree(&world.repo(), tree).unwrap();
        toolbox.save().unwrap();
        assert_eq!(world.asked(), 1);
    }
    world.of_tree(tree);
    world.of_tree(tree);
    assert_eq!(world.asked(), 1);
}

#[test]
fn a_tool_that_fails_is_unresolved() {
    let world = World::new();
    world.program("bin/node", "#!/bin/sh\necho >&2\necho no runtime >&2\nexit 3\n");
    world.program("bin/npm", "#!/bin/sh\nexit 0\n");
    let facts = world.of_tree(world.tree(&[("package.json", "{}")]));
    assert_eq!(value(&facts, "toolchain:node"), "unresolved: no runtime");
    assert_eq!(value(&facts, "toolchain:npm"), "unresolved: it says nothing");
}

#[test]
fn equal_pins_are_known_without_asking() {
    let world = World::new();
    let pins = |files: &[(&str, &str)]| {
        let tree = world.tree(files);
        world.toolbox().survey(&world.repo(), tree).unwrap().digest()
    };
    let plain = pins(&[("Cargo.toml", "a"), ("src/main.rs", "a")]);
    assert_eq!(pins(&[("Cargo.toml", "b"), ("src/main.rs", "b"), ("README", "")]), plain);
    assert_ne!(pins(&[("Cargo.toml", "a"), ("rust-toolchain.toml", "")]), plain);
    assert_ne!(pins(&[("Cargo.toml", "a"), ("web/package.json", "{}")]), plain);
    let pinned = |text| pins(&[("package.json", text)]);
    assert_eq!(pinned("{\"name\": \"x\"}"), pinned("{}"));
    assert_ne!(pinned("{\"packageManager\": \"pnpm@9\"}"), pinned("{\"packageManager\": \"pnpm@10\"}"));
    // What can't be read pins in an unknown way.
    assert_ne!(pinned("{"), pinned("[{"));
}

#[test]
fn a_pinned_package_manager_is_a_fact() {
    let world = World::new();
    world.tool("bin/pnpm", "9.1.0");
    let tree = world.tree(&[("package.json", "{\"packageManager\": \"pnpm@9.2.0\"}")]);
    let facts = world.of_tree(tree);
    assert_eq!(value(&facts, "toolchain:packageManager"), "pnpm@9.2.0");
    assert_eq!(value(&facts, "toolchain:pnpm"), "9.1.0");
    assert!(!names(&facts).contains(&"toolchain:npm"), "{facts:?}");
}
