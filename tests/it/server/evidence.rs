//! Pushes that a server judges by what others have signed.

use std::path::PathBuf;

use super::Server;
use crate::repo::Ran;
use crate::signer::make_key;

/// A server whose main trusts a CI's key, and the clones of those who judge and who sign.
struct Site {
    server: Server,
}

impl Site {
    fn new() -> Self {
        Self::with("words", "! grep bad words")
    }

    /// With a check `words` that reads a file.
    fn with(reads: &str, run: &str) -> Self {
        let site = Self::empty(reads, run);
        site.server.take_over();
        site.clone_it();
        site
    }

    /// The same, with nothing on the server yet.
    fn empty(reads: &str, run: &str) -> Self {
        let server = Server::empty();
        let site = Self { server };
        for name in ["ci", "other"] {
            make_key(&site.server.repo, &site.key(name), name);
        }
        let repo = &site.server.repo;
        let key = fs_err::read_to_string(repo.home().join("ci.pub")).unwrap();
        let rules = format!(
            "[main]\nbranches = [\"main\", \"release/*\"]\n\n[[policy.trust]]\nkey = \"{}\"\n\n[check.words]\ninputs = [\"{reads}\"]\nrun = \"{run}\"\n\n[check.more]\ninputs = [\"more\"]\nrun = \"! grep bad more\"\n",
            key.trim()
        );
        repo.write("gate.toml", rules);
        repo.write("words", "good\n");
        repo.write("more", "good\n");
        repo.commit("first");
        site
    }

    fn clone_it(&self) {
        let repo = &self.server.repo;
        for name in ["judge", "signer"] {
            let args = ["clone", "--quiet", self.server.folder().to_str().unwrap(), name].map(str::to_owned);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            assert_eq!(repo.run(&repo.root(), "git", &args).code, 0);
        }
    }

    fn key(&self, name: &str) -> PathBuf {
        self.server.repo.home().join(name)
    }

    fn run(&self, clone: &str, program: &str, args: &[&str]) -> Ran {
        // Nothing is shared between who judges and who signs.
        let cache = format!("XDG_CACHE_HOME={}", self.server.repo.root().join(format!("{clone}-cache")).display());
        let args = [&[cache.as_str(), program], args].concat();
        self.server.repo.run(&self.server.repo.root().join(clone), "env", &args)
    }

    /// Has a CI judge what the developer has, as it would land on main. Gives the verdict.
    fn judge(&self) -> String {
        self.judge_onto("origin/main")
    }

    fn judge_onto(&self, target: &str) -> String {
        let from = self.server.repo.path();
        let ran = self.run("judge", "git", &["fetch", "--quiet", from.to_str().unwrap(), "+main:topic"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self.run("judge", "git", &["fetch", "--quiet", "origin"]);
        let gate = env!("CARGO_BIN_EXE_gate");
        let args = ["merge-check", "--into", target, "--from", "topic", "--method", "rebase"];
        let ran = self.run("judge", gate, &[&args[..], &["--report", "json=../verdict.json"]].concat());
        let text = fs_err::read_to_string(self.server.repo.root().join("verdict.json"));
        let text = text.unwrap_or_else(|error| panic!("{error}\n{}\n{}", ran.stdout, ran.stderr));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        document["verdict"].as_str().unwrap().to_owned()
    }

    /// Signs the last verdict, and pushes that through the server's hook.
    fn sign(&self, key: &str) -> Ran {
        let key = self.key(key);
        let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", "../verdict.json"];
        self.run("signer", env!("CARGO_BIN_EXE_gate"), &args)
    }

    /// Signs the last verdict and gives that to the developer, not to the server. Gives the ref.
    fn hands_over(&self, key: &str) -> String {
        let key = self.key(key);
        let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", "../verdict.json", "--no-push"];
        let ran = self.run("signer", env!("CARGO_BIN_EXE_gate"), &args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let (signer, repo) = (self.server.repo.root().join("signer"), &self.server.repo);
        repo.git(&["fetch", "--quiet", signer.to_str().unwrap(), "refs/gate/evidence/*:refs/gate/evidence/*"]);
        repo.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"])
    }

    #[track_caller]
    fn signs(&self) {
        let ran = self.sign("ci");
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }

    fn evidence_ref(&self) -> String {
        self.server.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"])
    }
}

#[test]
fn what_a_trusted_key_has_signed_is_taken_without_a_run() {
    let site = Site::new();
    site.server.change("words", "better\n");
    let said = site.server.refuses(&["main"], "main: undecided: words was not started");
    assert!(said.contains("gate evidence push"), "{said}");
    assert_eq!(site.judge(), "deployable");
    site.signs();
    let said = site.server.takes(&["main"]);
    assert!(said.contains("main: deployable"), "{said}");
}

#[test]
fn another_commit_with_the_same_tree_is_covered() {
    let site = Site::new();
    site.server.takes(&["main:topic"]);
    site.server.change("words", "better\n");
    site.server.change("more", "better\n");
    site.judge();
    site.signs();
    // As a squash makes it.
    site.server.repo.git(&["reset", "--quiet", "--soft", "origin/topic"]);
    site.server.repo.commit("squashed");
    site.server.takes(&["main"]);
}

#[test]
fn evidence_is_about_steps_wherever_they_depend_on_the_same() {
    let site = Site::new();
    site.server.change("words", "better\n");
    site.judge();
    site.signs();
    site.server.change("unrelated", "x\n");
    site.server.takes(&["main"]);
    site.server.change("more", "better\n");
    site.server.refuses(&["main"], "undecided: more was not started");
}

#[test]
fn a_key_that_nobody_trusts_signs_for_nobody() {
    let site = Site::new();
    site.server.change("words", "better\n");
    site.judge();
    let ran = site.sign("other");
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("no [[policy.trust]] of the main branch names its key"), "{}", ran.stderr);
    assert_eq!(site.evidence_ref(), "");
    site.server.refuses(&["main"], "undecided");
    // Nor does a change that brings its own.
    let key = fs_err::read_to_string(site.server.repo.home().join("other.pub")).unwrap();
    let rules = format!("{}[[policy.trust]]\nkey = \"{}\"\n", site.server.repo.read("gate.toml"), key.trim());
    site.server.change("gate.toml", &rules);
    let ran = site.sign("other");
    assert_ne!(ran.code, 0);
    site.server.refuses(&["main"], "policy.trust is loosened");
}

#[test]
fn what_the_key_has_not_signed_or_does_not_belong_there_is_refused() {
    let site = Site::new();
    site.server.change("words", "better\n");
    site.judge();
    site.signs();
    let name = site.evidence_ref();
    let signer = site.server.repo.root().join("signer");
    let git = |args: &[&str]| {
        let ran = site.run("signer", "git", args);
        assert_eq!(ran.code, 0, "{args:?} {}", ran.stderr);
        ran.stdout.trim().to_owned()
    };
    git(&["checkout", "--quiet", "--detach", &name]);
    let blobs = git(&["ls-files"]);
    let of_step = blobs.lines().find(|path| path.starts_with("steps/")).unwrap().to_owned();
    let text = fs_err::read_to_string(signer.join(&of_step)).unwrap();
    let refused = |what: &str, saying: &str, path: &str, text: Option<&str>| {
        git(&["reset", "--quiet", "--hard", &name]);
        let there = signer.join(path);
        fs_err::create_dir_all(there.parent().unwrap()).unwrap();
        match text {
            Some(text) => fs_err::write(&there, text).unwrap(),
            None => fs_err::remove_file(&there).unwrap(),
        }
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", what]);
        let ran = site.run("signer", "git", &["push", "origin", &format!("HEAD:{name}")]);
        assert_ne!(ran.code, 0, "{what}");
        assert!(ran.stderr.contains(saying), "{what}: {}", ran.stderr);
    };
    let file = of_step.rsplit('/').next().unwrap();
    let forged = text.replacen("\"payload\":\"", "\"payload\":\"IC", 1);
    assert_ne!(forged, text);
    refused("forged", "is not signed by the key", &format!("steps/00/{}/{file}", "0".repeat(62)), Some(&forged));
    refused("misplaced", "is not where it belongs", &format!("steps/00/{}/{file}", "0".repeat(62)), Some(&text));
    refused("other", "is not signed by the key", "README", Some("x"));
    refused("replaced", "it would replace", &of_step, Some(&forged));
    refused("taken away", "away", &of_step, None);
    let ran = site.run("signer", "git", &["push", "origin", &format!(":{name}")]);
    assert!(ran.code != 0 && ran.stderr.contains("evidence is not taken away"), "{}", ran.stderr);
    site.server.takes(&["main"]);
}

#[test]
fn evidence_may_come_with_what_it_is_about() {
    let site = Site::new();
    site.server.change("words", "better\n");
    site.judge();
    let own = site.hands_over("ci");
    // Whichever comes first on the line.
    site.server.refuses(&["--atomic", "main:release/1", &format!("{own}:refs/gate/evidence/x")], "is not taken");
    let said = site.server.takes(&["--atomic", "main", &own]);
    assert!(said.contains("main: deployable"), "{said}");
    assert_eq!(site.evidence_ref(), own);
}

#[test]
fn evidence_that_is_refused_proves_nothing_in_its_own_push() {
    let site = Site::new();
    site.server.change("words", "better\n");
    site.judge();
    let own = site.hands_over("other");
    let said = site.server.refuses(&["main", &own], "undecided");
    assert!(said.contains("is not taken"), "{said}");
}

#[test]
fn what_is_known_to_fail_is_rejected() {
    let site = Site::new();
    site.server.change("words", "bad\n");
    assert_eq!(site.judge(), "rejected");
    site.signs();
    let said = site.server.refuses(&["main"], "main: rejected: words failed");
    assert!(said.contains("ci"), "{said}");
}

#[test]
fn a_broken_main_takes_what_is_signed_to_mend_it() {
    mends(true);
}

#[test]
fn a_main_of_which_nobody_has_signed_that_it_is_broken_is_not_mended() {
    mends(false);
}

fn mends(signs_for_base: bool) {
    let site = Site::new();
    site.server.repo.write("words", "bad\n");
    site.server.change("more", "bad\n");
    site.server.take_over();
    // Only one of the two is mended.
    site.server.change("words", "good again\n");
    let base = site.server.at("main").unwrap();
    site.run("judge", "git", &["fetch", "--quiet", "origin"]);
    let gate = env!("CARGO_BIN_EXE_gate");
    let args = ["check", "--stage", "merge", "--commit", &base, "--report", "json=../verdict.json"];
    let ran = site.run("judge", gate, &args);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    if signs_for_base {
        site.signs();
    }
    assert_eq!(site.judge(), "mends");
    site.signs();
    if !signs_for_base {
        // That main is broken is for evidence to say as well.
        site.server.refuses(&["main"], "rejected: more failed");
        return;
    }
    let said = site.server.takes(&["main"]);
    assert!(said.contains("main: mends"), "{said}");
    // And what leaves it as broken as it is, is not taken.
    site.server.change("unrelated", "x\n");
    site.judge();
    site.signs();
    site.server.refuses(&["main"], "rejected: more failed");
}

#[test]
fn pins_of_a_tree_count_although_nothing_is_asked_what_becomes_of_them() {
    let site = Site::with("words", "! grep bad words");
    site.server.change("words", "better\n");
    site.judge();
    site.signs();
    site.server.takes(&["main"]);
    site.server.change("rust-toolchain.toml", "[toolchain]\nchannel = \"1.0.0\"\n");
    site.server.refuses(&["main"], "undecided: more and words were not started");
}

#[test]
fn a_branch_that_is_started_brings_who_is_trusted() {
    let site = Site::empty("words", "! grep bad words");
    site.clone_it();
    let repo = &site.server.repo;
    let ran = site.run("judge", "git", &["fetch", "--quiet", repo.path().to_str().unwrap(), "main:topic"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let args = ["check", "--stage", "merge", "--commit", "topic", "--report", "json=../verdict.json"];
    let ran = site.run("judge", env!("CARGO_BIN_EXE_gate"), &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let own = site.hands_over("ci");
    site.server.refuses(&["main", &own], "gate trust init main");
    assert_eq!(site.server.gate(&["trust", "init"]).code, 0);
    site.server.refuses(&["main"], "undecided: more and words were not started");
    site.server.refuses(&[&own], "is not taken");
    site.server.takes(&["main", &own]);
    // From then on it is started.
    site.server.change("words", "better\n");
    site.server.refuses(&["main"], "undecided: words was not started");
}
