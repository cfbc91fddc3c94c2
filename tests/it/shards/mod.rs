//! A merge check whose steps run on several runners, and what all of them say together.

mod joined;
mod documents;
mod pipelines;
mod platforms;
mod signed;

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::Value;

use crate::repo::{Ran, TestRepo};

/// How many shards the tests have.
const SHARDS: usize = 3;

/// Twelve checks, four of which need others, that pass while their file doesn't say `bad`.
fn rules() -> String {
    let mut rules = String::from("[main]\nbranches = [\"main\"]\n\n[policy]\nunproved-base = \"run\"\n\n");
    for number in 0..12 {
        let needs = match number {
            1 | 2 => "needs = [\"c0\"]\n",
            7 => "needs = [\"c6\"]\n",
            _ => "",
        };
        let products = match number {
            0 | 6 => format!("touch made{number}"),
            1 | 2 => "test -e made0".to_owned(),
            7 => "test -e made6".to_owned(),
            _ => format!("sleep 0.{number:02}"),
        };
        let run = format!("! grep bad f{number} && {products}");
        write!(rules, "[check.c{number}]\ninputs = [\"f{number}\"]\n{needs}run = \"{run}\"\n\n").unwrap();
    }
    rules
}

/// Times as an earlier run has them.
fn times() -> String {
    let steps: Vec<String> = (0..12).map(|number| format!("\"c{number}\": {}", 100 + number * 37)).collect();
    format!("{{\"schema\": \"gate.durations/1\", \"steps\": {{{}}}}}", steps.join(", "))
}

fn write(repo: &TestRepo, files: &[(&str, &str)]) {
    for (path, text) in files {
        repo.write(path, text);
    }
}

/// A host's repository with a branch to merge.
struct Host {
    repo: TestRepo,
}

impl Host {
    /// One whose main and topic hold these files beside the usual ones.
    fn new(main: &[(&str, &str)], topic: &[(&str, &str)]) -> Self {
        let repo = TestRepo::new();
        repo.write("gate.toml", rules());
        repo.write(".gitignore", "made*\n");
        repo.write("times.json", times());
        (0..12).for_each(|number| repo.write(format!("f{number}"), "good\n"));
        write(&repo, main);
        repo.commit("main");
        repo.git(&["checkout", "--quiet", "-b", "topic"]);
        write(&repo, topic);
        repo.commit("topic");
        Self { repo }
    }

    /// A clone as a runner makes it.
    fn clone(&self, name: &str) -> PathBuf {
        let clone = self.repo.root().join(name);
        let url = format!("file://{}", self.repo.path().display());
        self.repo.git(&["clone", "--quiet", &url, clone.to_str().unwrap()]);
        clone
    }

    /// Runs a merge check in a clone of its own. Gives its code and its document's file.
    fn check(&self, name: &str, args: &[&str]) -> (i32, PathBuf) {
        let clone = self.clone(name);
        let file = self.repo.root().join(format!("{name}.json"));
        let report = format!("json={}", file.display());
        let usual = ["merge-check", "--into", "origin/main", "--from", "origin/topic", "--report", &report];
        let ran = self.repo.run(&clone, env!("CARGO_BIN_EXE_gate"), &[&usual, args].concat());
        assert!(file.is_file(), "{}\n{}", ran.stdout, ran.stderr);
        (ran.code, file)
    }

    fn shard(&self, name: &str, shard: &str) -> (i32, PathBuf) {
        self.check(name, &["--shard", shard, "--durations", "times.json"])
    }

    /// Runs all shards, each in a clone of its own. Gives their documents.
    fn shards(&self) -> Vec<PathBuf> {
        (1..=SHARDS).map(|index| self.shard(&format!("shard-{index}"), &format!("{index}/{SHARDS}")).1).collect()
    }

    /// Joins documents, in a folder that is no repository.
    fn join(&self, files: &[PathBuf]) -> Ran {
        self.join_with(files, &["--format", "json"])
    }

    fn join_with(&self, files: &[PathBuf], args: &[&str]) -> Ran {
        let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
        self.repo.run(&self.repo.home(), env!("CARGO_BIN_EXE_gate"), &[&["verdict"], args, &files].concat())
    }

    fn joined(&self, files: &[PathBuf]) -> (i32, Value) {
        self.join(files).judged()
    }
}

fn read(file: &PathBuf) -> Value {
    serde_json::from_str(&fs_err::read_to_string(file).unwrap()).unwrap()
}
