//! What a server's hook adds to a push that it takes because others have signed for it.

use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::contest::{Competitor, compete, millis, tell};
use crate::program::Program;
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// How many checks there are, of which each change has all proved.
const CHECKS: usize = 20;
/// How many keys have signed.
const KEYS: usize = 4;

/// A push to a repository with much history and much evidence, beside one to a repository without a hook; and the hook
/// alone.
pub(crate) fn answered_by_evidence(extent: Extent) -> Result<(), Fault> {
    let (commits, pieces) = extent.pick((300, 40), (10_000, 1_000));
    let bench = Bench::new(commits, pieces)?;
    let (hooked, plain) = (bench.server("hooked.git")?, bench.server("plain.git")?);
    Program::new(gate(), &["install"], &hooked.folder, bench.scratch.home()).succeed()?;
    let own = Competitor::new("with gate", || bench.push(&hooked));
    let git = Competitor::new("no hook", || bench.push(&plain));
    let hook = Competitor::new("hook alone", || bench.ask(&hooked));
    let mut all = compete(extent.pick(5, 30), vec![own, git, hook])?;
    let hook = all.pop().ok_or("the hook")?;
    tell(&format!("a push that {CHECKS} steps of {pieces} pieces of evidence prove, {commits} commits"), "none", &all);
    tell("the hook alone", "150 ms", &[hook]);
    println!("  what it adds: {:.2} ms", millis(all[0].least().saturating_sub(all[1].least())));
    Ok(())
}

fn gate() -> &'static str {
    env!("CARGO_BIN_EXE_gate")
}

/// What is pushed: two trees in turn, of which all is signed.
struct Bench {
    scratch: Scratch,
    trees: [String; 2],
    turns: Cell<usize>,
}

/// A bare repository, and where its main is.
struct Server {
    folder: PathBuf,
    tip: RefCell<String>,
}

impl Bench {
    fn new(commits: usize, pieces: usize) -> Result<Self, Fault> {
        let scratch = Scratch::new(1_000, &[])?;
        let keys: Vec<PathBuf> = (0..KEYS).map(|number| scratch.home().join(format!("key{number}"))).collect();
        let mut rules =
            gate_toml((0..CHECKS).map(|number| format!("inputs = [\"dir0/file{number}.txt\"]\nrun = \"true\"")));
        for key in &keys {
            let file = key.to_string_lossy().into_owned();
            scratch.program("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "ci", "-f", &file]).succeed()?;
            let public = fs_err::read_to_string(key.with_extension("pub"))?;
            write!(rules, "\n[[policy.trust]]\nkey = \"{}\"\n", public.trim())?;
        }
        fs_err::write(scratch.path().join("gate.toml"), rules)?;
        scratch.git(&["add", "--all"])?;
        scratch.git(&["commit", "--quiet", "--message", "rules"])?;
        history(&scratch, commits)?;
        let mut trees = Vec::new();
        let mut documents = Vec::new();
        for text in ["one", "two"] {
            for number in 0..CHECKS {
                scratch.edit(&format!("dir0/file{number}.txt"), text)?;
            }
            scratch.git(&["add", "--all"])?;
            trees.push(output(&scratch.program("git", &["write-tree"]))?);
            scratch
                .gate(&["check", "--staged", "--stage", "merge", "--fresh", "--report", "json=../run.json"])
                .succeed()?;
            documents.push(serde_json::from_slice(&fs_err::read(scratch.home().join("run.json"))?)?);
        }
        sign(&scratch, &keys, &documents, pieces)?;
        let trees = <[String; 2]>::try_from(trees).map_err(|_| "two trees")?;
        Ok(Self { scratch, trees, turns: Cell::new(0) })
    }

    /// A bare repository with all of it, packed as a server keeps it.
    fn server(&self, name: &str) -> Result<Server, Fault> {
        let folder = self.scratch.home().join(name);
        self.scratch.git(&["clone", "--quiet", "--bare", ".", &folder.to_string_lossy()])?;
        let git = |args: &[&str]| Program::new("git", args, &folder, self.scratch.home());
        git(&["fetch", "--quiet", &self.scratch.home().join("signer").to_string_lossy(), "refs/gate/*:refs/gate/*"])
            .succeed()?;
        git(&["gc", "--quiet"]).succeed()?;
        let tip = output(&git(&["rev-parse", "main"]))?;
        Ok(Server { folder, tip: RefCell::new(tip) })
    }

    /// A new commit on top of a server's main.
    fn commit(&self, server: &Server) -> Result<String, Fault> {
        self.turns.set(self.turns.get() + 1);
        let tree = &self.trees[self.turns.get() % 2];
        let message = format!("turn {}", self.turns.get());
        let parent = server.tip.borrow().clone();
        output(&self.scratch.program("git", &["commit-tree", tree, "-p", &parent, "-m", &message]))
    }

    fn push(&self, server: &Server) -> Result<Duration, Fault> {
        // So that each pushes both trees.
        let again = output(&Program::new("git", &["rev-parse", "main^{tree}"], &server.folder, self.scratch.home()))?;
        if again == self.trees[(self.turns.get() + 1) % 2] {
            self.turns.set(self.turns.get() + 1);
        }
        let commit = self.commit(server)?;
        let folder = server.folder.to_string_lossy().into_owned();
        let time = self.scratch.git(&["push", "--quiet", &folder, &format!("{commit}:refs/heads/main")])?;
        *server.tip.borrow_mut() = commit;
        Ok(time)
    }

    /// Asks the hook what it says of a commit that the server has already.
    fn ask(&self, server: &Server) -> Result<Duration, Fault> {
        let again = output(&Program::new("git", &["rev-parse", "main^{tree}"], &server.folder, self.scratch.home()))?;
        if again == self.trees[(self.turns.get() + 1) % 2] {
            self.turns.set(self.turns.get() + 1);
        }
        let commit = self.commit(server)?;
        let here = self.scratch.path().to_string_lossy().into_owned();
        self.scratch.git(&["branch", "--force", "asked", &commit])?;
        Program::new("git", &["fetch", "--quiet", &here, "asked"], &server.folder, self.scratch.home()).succeed()?;
        let line = format!("echo {} {commit} refs/heads/main | '{}' hook pre-receive", server.tip.borrow(), gate());
        Program::new("sh", &["-c", &line], &server.folder, self.scratch.home()).succeed()
    }
}

/// Many commits, each of one file.
fn history(scratch: &Scratch, commits: usize) -> Result<(), Fault> {
    let mut stream = String::new();
    for number in 0..commits {
        let from = if number == 0 { "from refs/heads/main^0\n" } else { "" };
        let (message, text) = (format!("commit {number}"), format!("{number}\n"));
        let time = 1_700_000_000 + number;
        write!(
            stream,
            "commit refs/heads/main\ncommitter bench <bench@example.org> {time} +0000\ndata {}\n{message}\n{from}\
             M 100644 inline dir{}/file{}.txt\ndata {}\n{text}\n",
            message.len(),
            1 + number % 9,
            100 * (1 + number % 9) + number % 100,
            text.len(),
        )?;
    }
    let file = scratch.home().join("stream");
    fs_err::write(&file, stream)?;
    scratch.program("sh", &["-c", &format!("git fast-import --quiet <'{}'", file.display())]).succeed()?;
    scratch.git(&["reset", "--quiet", "--hard"])?;
    Ok(())
}

/// Signs what was found out, and as much again of what differs from it in all that it depends on.
fn sign(scratch: &Scratch, keys: &[PathBuf], documents: &[Value], pieces: usize) -> Result<(), Fault> {
    // Whoever runs steps does not sign.
    let home = scratch.home().join("signing");
    for folder in ["home", "cache", "config"] {
        fs_err::create_dir_all(home.join(folder))?;
    }
    fs_err::copy(scratch.home().join("home/.gitconfig"), home.join("home/.gitconfig"))?;
    let signer = scratch.home().join("signer");
    scratch.git(&["clone", "--quiet", ".", &signer.to_string_lossy()])?;
    let file = scratch.home().join("signed.json");
    for number in 0..pieces {
        let document = documents.get(pieces - 1 - number).cloned();
        let document = document.unwrap_or_else(|| other(documents[0].clone(), number));
        fs_err::write(&file, serde_json::to_vec(&document)?)?;
        let key = keys[number % keys.len()].to_string_lossy().into_owned();
        let args = ["evidence", "push", "--no-push", "--key", &key, "--from", &file.to_string_lossy()];
        Program::new(gate(), &args, &signer, &home).succeed()?;
    }
    Ok(())
}

/// The same run of another tree.
fn other(mut document: Value, number: usize) -> Value {
    let digest = |step: usize, length: usize| {
        let mut text = String::new();
        let mut state = (number as u64 + 1) * 1_000 + step as u64;
        while text.len() < length {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Writing to a string can't fail.
            let _written = write!(text, "{:08x}", state >> 32);
        }
        text
    };
    document["candidate"]["tree"] = json!(digest(999, 40));
    document["id"] = json!(format!("other{number}"));
    for (at, step) in document["steps"].as_array_mut().into_iter().flatten().enumerate() {
        step["subject"] = json!(digest(at, 64));
    }
    document
}

fn output(program: &Program) -> Result<String, Fault> {
    let ran = program.run()?;
    if ran.code == Some(0) {
        Ok(ran.stdout.trim().to_owned())
    } else {
        Err(format!("{:?}: {}", ran.code, ran.stdout).into())
    }
}
