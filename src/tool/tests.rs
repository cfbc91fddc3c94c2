//! A machine made of scripts in a temporary folder, and trees written by git.

use std::os::unix::fs::{PermissionsExt, symlink};

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Fact, Request, Toolbox};
use crate::digest::{Digest, ObjectId};
use crate::git::Repo;
use crate::process::Program;

/// A machine of one's own: the only programs are those that a test puts there.
struct World {
    folder: tempfile::TempDir,
    vars: Vec<(OsString, OsString)>,
}

/// Ten seconds from now: everything that was just written is settled.
fn later() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_nanos()).unwrap() + 10_000_000_000
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs_err::canonicalize(folder.path()).unwrap();
        let path = format!("{0}/first:{0}/bin", root.display());
        let vars = [("PATH", OsString::from(path)), ("HOME", root.join("home").into())];
        let mut world = Self { folder, vars: vars.map(|(name, value)| (name.into(), value)).into() };
        fs_err::create_dir(world.at("repo")).unwrap();
        world.git(&["init", "-q"]);
        world.program("bin/sh", "the shell");
        world.vars.push(("LOG".into(), world.at("log").into()));
        world
    }

    fn at(&self, path: &str) -> PathBuf {
        fs_err::canonicalize(self.folder.path()).unwrap().join(path)
    }

    fn git(&self, args: &[&str]) -> String {
        let git = Program::new("git").dir(self.at("repo")).args(args);
        let ran = git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").run().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, text).unwrap();
    }

    /// Writes a program anew, as an installer does.
    fn program(&self, path: &str, text: &str) {
        let _absent = fs_err::remove_file(self.at(path));
        self.write(path, text);
        fs_err::set_permissions(self.at(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A tool that says something and writes down that it was asked.
    fn tool(&self, path: &str, says: &str) {
        self.program(path, &format!("#!/bin/sh\necho {says}\necho {path} >>\"$LOG\"\n"));
    }

    /// How often tools were asked since the last time.
    fn asked(&self) -> usize {
        let times = fs_err::read_to_string(self.at("log")).unwrap_or_default().lines().count();
        self.write("log", "");
        times
    }

    fn link(&self, target: &str, path: &str) {
        let path = self.at(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        let _absent = fs_err::remove_file(&path);
        symlink(target, path).unwrap();
    }

    fn tree(&self, files: &[(&str, &str)]) -> ObjectId {
        self.git(&["read-tree", "--empty"]);
        for (path, text) in files {
            self.write(&format!("repo/{path}"), text);
            self.git(&["add", "-f", path]);
        }
        self.git(&["write-tree"]).parse().unwrap()
    }

    fn repo(&self) -> Repo {
        Repo::discover(&self.at("repo")).unwrap()
    }

    fn toolbox(&self) -> Toolbox {
        let mut toolbox = Toolbox::open(&self.at("cache/tools"), &self.vars);
        toolbox.machine.set_clock(later);
        toolbox
    }

    /// What a new process finds out about the programs of a line.
    fn line(&self, tree: ObjectId, dir: &str, line: &str) -> Vec<Fact> {
        let request = Request { shell: Some(line), words: &[], dir: Path::new(dir), tools: &[] };
        let mut toolbox = self.toolbox();
        let facts = toolbox.of_check(&self.repo(), tree, &request).unwrap();
        toolbox.save().unwrap();
        facts
    }

    fn words(&self, words: &[&str]) -> Vec<Fact> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let request = Request { shell: None, words: &words, dir: Path::new(""), tools: &[] };
        self.toolbox().of_check(&self.repo(), ObjectId::EMPTY_TREE, &request).unwrap()
    }

    /// What a new process finds out about a tree.
    fn of_tree(&self, tree: ObjectId) -> Vec<Fact> {
        let mut toolbox = self.toolbox();
        let facts = toolbox.of_tree(&self.repo(), tree).unwrap();
        toolbox.save().unwrap();
        facts
    }
}

fn value<'a>(facts: &'a [Fact], name: &str) -> &'a str {
    let found: Vec<_> = facts.iter().filter(|fact| fact.name == name).collect();
    let [fact] = found[..] else { panic!("{} facts '{name}' in {facts:#?}", found.len()) };
    &fact.value
}

fn names(facts: &[Fact]) -> Vec<&str> {
    facts.iter().map(|fact| fact.name.as_str()).collect()
}

const EMPTY: ObjectId = ObjectId::EMPTY_TREE;

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

/// A rustup that heeds `rust-toolchain` in the folder that it is asked in.
fn rustup(world: &World) {
    let script = r#"#!/bin/sh
echo rustup >>"$LOG"
toolchain=stable
if [ -f rust-toolchain ]; then read toolchain <rust-toolchain; fi
if [ "$2" = --toolchain ]; then toolchain=$3; shift 2; fi
program=$HOME/.rustup/toolchains/$toolchain/bin/$2
if [ -f "$program" ]; then echo "$program"; exit; fi
echo "error: '$toolchain' is not installed for $PWD" >&2
exit 1
"#;
    world.program("bin/rustup", script);
    for name in ["rustc", "cargo", "rustfmt"] {
        world.link("rustup", &format!("bin/{name}"));
        for toolchain in ["stable", "beta"] {
            world.tool(&format!("home/.rustup/toolchains/{toolchain}/bin/{name}"), &format!("{name} {toolchain}"));
        }
    }
}

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
