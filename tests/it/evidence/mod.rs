//! Evidence: what a trusted key has signed stands in for a run, and nothing else does.

mod stands_in;
mod refused;
mod changed;
mod exposed;
mod signatures;
mod exchanged;
mod forged;
mod platforms;
mod told;

use std::path::{Path, PathBuf};

use crate::repo::{Ran, TestRepo};

/// Rules with one check. `@KEY@` stands for the public key of the CI's, `@RAN@` for the file that a step adds its name to.
const RULES: &str = r#"
[main]
branches = ["main"]

[policy]
unproved-base = "run"

[[policy.trust]]
key = "@KEY@"

[check.words]
inputs = ["words"]
run = "echo words >> @RAN@; ! grep bad words"
"#;

/// A repository with the branches `main` and `topic` that others clone from, keys, and a file that tells what ran.
struct Project {
    origin: TestRepo,
}

impl Project {
    /// A project whose branch `topic` adds a line to the file `words`.
    fn new(rules: &str) -> Self {
        let origin = TestRepo::new();
        let project = Self { origin };
        for name in ["ci", "other"] {
            project.make_key(name, &["-t", "ed25519"]);
        }
        project.write_rules(rules);
        project.origin.write("words", "good\n");
        project.origin.commit("first");
        project.origin.git(&["checkout", "--quiet", "-b", "topic"]);
        project.origin.write("words", "good\nbetter\n");
        project.origin.commit("second");
        project
    }

    /// A key of ssh-keygen's without a passphrase.
    fn make_key(&self, name: &str, how: &[&str]) {
        let file = self.key(name);
        let args = [&["-q", "-N", "", "-C", name, "-f", file.to_str().unwrap()], how].concat();
        assert_eq!(self.origin.run(&self.origin.home(), "ssh-keygen", &args).code, 0);
    }

    fn key(&self, name: &str) -> PathBuf {
        self.origin.home().join(name)
    }

    fn public(&self, name: &str) -> String {
        let line = fs_err::read_to_string(self.origin.home().join(format!("{name}.pub"))).unwrap();
        line.trim_end().to_owned()
    }

    fn filled_in(&self, rules: &str) -> String {
        let ran = self.origin.root().join("ran");
        rules
            .replace("@KEY@", &self.public("ci"))
            .replace("@OTHER@", &self.public("other"))
            .replace("@RAN@", ran.to_str().unwrap())
    }

    fn write_rules(&self, rules: &str) {
        self.origin.write("gate.toml", self.filled_in(rules));
    }

    /// The steps that have run since the last time, in any clone.
    fn ran(&self) -> Vec<String> {
        let file = self.origin.root().join("ran");
        let text = fs_err::read_to_string(&file).unwrap_or_default();
        fs_err::remove_file(&file).ok();
        text.lines().map(str::to_owned).collect()
    }

    /// Another clone, with another home and another cache, on the branch `topic`.
    fn clone(&self) -> TestRepo {
        let clone = TestRepo::new();
        clone.git(&["remote", "add", "origin", self.origin.path().to_str().unwrap()]);
        clone.git(&["fetch", "--quiet", "origin"]);
        clone.git(&["branch", "--quiet", "--force", "main", "origin/main"]);
        clone.git(&["checkout", "--quiet", "-B", "topic", "origin/topic"]);
        clone
    }

    /// The verdict of a clone of a CI's on the branch `topic`, as a document.
    fn verdict(&self) -> PathBuf {
        self.verdict_of(&self.clone(), &[])
    }

    fn verdict_of(&self, clone: &TestRepo, args: &[&str]) -> PathBuf {
        let file =
            self.origin.root().join(format!("verdict-{}.json", fs_err::read_dir(self.origin.root()).unwrap().count()));
        let (_, document) = merge_check(clone, args);
        fs_err::write(&file, serde_json::to_vec(&document).unwrap()).unwrap();
        file
    }

    /// Signs a verdict where nothing has run, and gives it to the project.
    fn sign(&self, verdict: &Path, key: &str) -> Ran {
        let (clone, key) = (self.clone(), self.key(key));
        clone.gate(&["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()])
    }

    /// Has the branch `topic` judged in one clone, signed in another one, and given to the project.
    fn prove(&self) {
        let ran = self.sign(&self.verdict(), "ci");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self.ran();
    }

    /// The verdict on `topic` in a new clone that has fetched the evidence: how the step `words` was decided.
    fn judged(&self, args: &[&str]) -> (i32, serde_json::Value) {
        let clone = self.clone();
        fetch(&clone);
        merge_check(&clone, args)
    }

    fn push_rules(&self, branch: &str, rules: &str) {
        self.origin.git(&["checkout", "--quiet", branch]);
        self.write_rules(rules);
        self.origin.commit("rules");
    }
}

/// A project whose evidence counts.
fn proved() -> Project {
    let project = Project::new(RULES);
    project.prove();
    project
}

fn fetch(clone: &TestRepo) {
    let ran = clone.gate(&["evidence", "fetch"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// What `gate merge-check` of the current branch into main exits with, and its document.
#[track_caller]
fn merge_check(clone: &TestRepo, args: &[&str]) -> (i32, serde_json::Value) {
    clone.gate(&[&["merge-check", "--into", "main", "--format", "json"], args].concat()).judged()
}

/// How a step was decided, and its first reason.
fn decision(document: &serde_json::Value, name: &str) -> (String, String) {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("nothing").to_owned();
    let steps = document["steps"].as_array().unwrap();
    let step =
        steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step '{name}' in {document}"));
    (text(&step["decision"]), text(&step["reasons"][0]["kind"]))
}

/// The kinds of what was found.
fn causes(document: &serde_json::Value) -> Vec<String> {
    let found = document["findings"].as_array().unwrap();
    found.iter().map(|finding| finding["cause"]["kind"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn assert_reused(document: &serde_json::Value, name: &str) {
    assert_eq!(decision(document, name), ("reuse".into(), "evidence".into()), "{document}");
}

#[track_caller]
fn assert_ran(document: &serde_json::Value, name: &str) {
    assert_eq!(decision(document, name).0, "run", "{document}");
}
