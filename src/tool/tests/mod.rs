//! A machine made of scripts in a temporary folder, and trees written by git.

mod programs;
mod managers;
mod toolchains;

use std::ffi::OsString;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::{Fact, Request, Toolbox};
use crate::digest::ObjectId;
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
