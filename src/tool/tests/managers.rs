//! Behind a manager of toolchains counts what it resolves to.

use super::{EMPTY, World, names, rustup, value};
use crate::digest::{Digest, ObjectId};

#[test]
fn behind_rustup_counts_what_the_tree_pins() {
    let world = World::new();
    rustup(&world);
    let plain = world.tree(&[("Cargo.toml", "")]);
    let pinned = world.tree(&[("Cargo.toml", ""), ("rust-toolchain", "beta\n")]);
    let below = world.tree(&[("Cargo.toml", ""), ("tool/Cargo.toml", ""), ("tool/rust-toolchain", "beta\n")]);
    assert_eq!(value(&world.of_tree(plain), "toolchain:rustc"), "rustc stable");
    assert_eq!(value(&world.of_tree(pinned), "toolchain:rustc"), "rustc beta");
    let facts = world.of_tree(below);
    assert_eq!(
        (value(&facts, "toolchain:cargo"), value(&facts, "toolchain:cargo@tool")),
        ("cargo stable", "cargo beta")
    );

    let stable = value(&world.line(plain, "", "rustfmt x"), "program:rustfmt").to_owned();
    let beta = value(&world.line(pinned, "", "rustfmt x"), "program:rustfmt").to_owned();
    assert_ne!(stable, beta);
    assert_eq!(value(&world.line(below, "", "rustfmt x"), "program:rustfmt"), stable);
    assert_eq!(value(&world.line(below, "tool", "rustfmt x"), "program:rustfmt@tool"), beta);
    // A manifest that pins nothing makes no difference.
    let manifest = world.tree(&[("Cargo.toml", ""), ("web/package.json", "{}"), ("web/Cargo.toml", "")]);
    assert!(names(&world.of_tree(manifest)).iter().all(|name| !name.contains('@')));
    let chosen = world.line(plain, "", "cargo +beta fmt");
    assert_eq!(value(&chosen, "toolchain:cargo+beta"), "cargo beta");
    assert_eq!(value(&chosen, "toolchain:rustc+beta"), "rustc beta");

    // An update in place.
    world.tool("home/.rustup/toolchains/stable/bin/rustc", "rustc newer");
    assert_eq!(value(&world.of_tree(plain), "toolchain:rustc"), "rustc newer");
}

#[test]
fn what_a_manager_can_not_resolve_is_asked_again() {
    let world = World::new();
    rustup(&world);
    let tree = world.tree(&[("Cargo.toml", ""), ("rust-toolchain", "nightly\n")]);
    let facts = world.of_tree(tree);
    assert_eq!(value(&facts, "toolchain:rustc"), "unresolved: error: 'nightly' is not installed for .");
    world.tool("home/.rustup/toolchains/nightly/bin/rustc", "rustc nightly");
    assert_eq!(value(&world.of_tree(tree), "toolchain:rustc"), "rustc nightly");
}

#[test]
fn behind_a_hard_link_or_a_copy_of_rustup_it_is_the_same() {
    let world = World::new();
    rustup(&world);
    let linked = world.line(EMPTY, "", "rustfmt x");
    fs_err::remove_file(world.at("bin/rustfmt")).unwrap();
    fs_err::hard_link(world.at("bin/rustup"), world.at("bin/rustfmt")).unwrap();
    assert_eq!(world.line(EMPTY, "", "rustfmt x"), linked);
    fs_err::remove_file(world.at("bin/rustfmt")).unwrap();
    fs_err::copy(world.at("bin/rustup"), world.at("bin/rustfmt")).unwrap();
    assert_eq!(world.line(EMPTY, "", "rustfmt x"), linked);
}

#[test]
fn behind_a_shim_counts_what_it_resolves_to() {
    let mut world = World::new();
    let root = world.at("pyenv");
    let shim = format!(
        "#!/bin/sh\nprogram=\"${{0##*/}}\"\nexec \"{}/libexec/pyenv\" exec \"$program\" \"$@\"\n",
        root.display()
    );
    world.program("pyenv/shims/python3", &shim);
    let script = r#"#!/bin/sh
echo pyenv >>"$LOG"
read version <"$PYENV_ROOT/version"
if [ -f .python-version ]; then read version <.python-version; fi
echo "$PYENV_ROOT/versions/$version/bin/$2"
"#;
    world.program("pyenv/libexec/pyenv", script);
    world.write("pyenv/version", "3.11\n");
    world.tool("pyenv/versions/3.11/bin/python3", "Python 3.11");
    world.tool("pyenv/versions/3.12/bin/python3", "Python 3.12");
    world.vars[0].1 = format!("{}:/nowhere", root.join("shims").display()).into();
    let plain = world.tree(&[("pyproject.toml", "")]);
    let pinned = world.tree(&[("pyproject.toml", ""), (".python-version", "3.12\n")]);
    let facts = world.of_tree(plain);
    assert_eq!((value(&facts, "toolchain:python3"), value(&facts, "toolchain:python")), ("Python 3.11", "missing"));
    assert_eq!(value(&world.of_tree(pinned), "toolchain:python3"), "Python 3.12");
    assert_eq!(world.asked(), 4);
    assert_eq!(world.of_tree(plain), facts);
    assert_eq!(world.asked(), 0);
    // Another global version, and one that a tool writes down anew without change.
    world.write("pyenv/version", "3.12\n");
    assert_eq!(value(&world.of_tree(plain), "toolchain:python3"), "Python 3.12");
}

#[test]
fn every_manager_is_asked() {
    let mut world = World::new();
    let path = ["asdf", "mise"].map(|root| world.at(root).join("shims").display().to_string());
    world.vars[0].1 = format!("{}:{}", path.join(":"), world.at("volta/bin").display()).into();
    let manager = "#!/bin/sh\necho \"${0%/*/*}/installs/$1/$2\"\n";
    for (path, name) in [("asdf/bin/asdf", "ruby"), ("mise/bin/mise", "node"), ("volta/bin/volta", "tsc")] {
        world.program(path, manager);
        let root = path.split('/').next().unwrap();
        world.program(&format!("{root}/installs/which/{name}"), name);
    }
    world.program("asdf/shims/ruby", "#!/bin/sh\nexec asdf exec \"ruby\" \"$@\"\n");
    world.link("../bin/mise", "mise/shims/node");
    world.program("volta/bin/volta-shim", "shim");
    world.link("volta-shim", "volta/bin/tsc");
    for name in ["ruby", "node", "tsc"] {
        let facts = world.words(&[name]);
        assert_eq!(value(&facts, &format!("program:{name}")), Digest::of(name.as_bytes()).to_string());
    }
}

#[test]
fn a_pin_that_leads_out_of_the_tree_resolves_nothing() {
    let world = World::new();
    rustup(&world);
    let inside = world.tree(&[("Cargo.toml", ""), ("pins/rust", "beta\n")]);
    world.link("pins/rust", "repo/rust-toolchain");
    world.git(&["add", "rust-toolchain"]);
    let linked: ObjectId = world.git(&["write-tree"]).parse().unwrap();
    assert_eq!(value(&world.of_tree(inside), "toolchain:rustc"), "rustc stable");
    assert_eq!(value(&world.of_tree(linked), "toolchain:rustc"), "rustc beta");
    world.link("/etc/passwd", "repo/rust-toolchain");
    world.git(&["add", "rust-toolchain"]);
    let outside: ObjectId = world.git(&["write-tree"]).parse().unwrap();
    assert!(value(&world.of_tree(outside), "toolchain:rustc").starts_with("unresolved: "));
}
