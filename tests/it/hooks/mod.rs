//! gate as git's hooks, through real git: what is committed and pushed is what is judged, and nothing else is touched.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::repo::{Ran, TestRepo};

mod kinds;
mod kept;
mod message;
mod operations;
mod partly;
mod places;
mod push_base;
mod push_each;
mod push_refs;
mod removed;
mod skipping;

/// The hooks that are installed.
const HOOKS: [&str; 4] = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];

/// A repository with gate as its hooks.
///
/// Its check `look` notes the tree that it sees, and `grep` fails where any file holds `BAD`. Every hook holds gate to
/// touching nothing of the user's.
struct Ground {
    repo: TestRepo,
}

impl Ground {
    /// A repository whose one commit, older than the hooks, holds gate.toml, `a` and `d/b`.
    fn new(rules: &str) -> Self {
        let repo = TestRepo::new();
        repo.write("gate.toml", gate_toml(&repo, rules));
        repo.write("a", "good\n");
        repo.write("d/b", "good\n");
        repo.commit("first");
        let ground = Self { repo };
        ground.install(&ground.repo.path().join(".git"));
        ground
    }

    /// The same, with a remote `origin` that has the commit as its main.
    fn pushed(rules: &str) -> Self {
        let ground = Self::new(rules);
        ground.repo.git(&["init", "-q", "--bare", "../remote.git"]);
        ground.repo.git(&["remote", "add", "origin", "../remote.git"]);
        ground.repo.git(&["push", "-q", "--no-verify", "-u", "origin", "main"]);
        ground
    }

    /// Installs the hooks of a git folder, without the part of gate that does so.
    fn install(&self, git_dir: &Path) {
        let gate = self.repo.path().join(".git/gate");
        fs_err::create_dir_all(gate).unwrap();
        let root = self.repo.root();
        for name in HOOKS {
            let path = git_dir.join("hooks").join(name);
            let root = root.display();
            let script = HOOK.replace("ROOT", &root.to_string()).replace("GATE", env!("CARGO_BIN_EXE_gate"));
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(&path, script.replace("NAME", name)).unwrap();
            fs_err::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
    }

    /// A folder of the same hooks that look at nothing.
    fn plain_hooks(&self) -> PathBuf {
        let hooks = self.beside("plain hooks");
        fs_err::create_dir_all(&hooks).unwrap();
        for name in HOOKS {
            let script = format!("#!/bin/sh\nexec '{}' hook {name} \"$@\"\n", env!("CARGO_BIN_EXE_gate"));
            fs_err::write(hooks.join(name), script).unwrap();
            fs_err::set_permissions(hooks.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        hooks
    }

    /// Runs git in the repository's folder. Its hooks must have touched nothing.
    #[track_caller]
    fn git(&self, args: &[&str]) -> Ran {
        self.git_in(&self.repo.path(), args)
    }

    /// The same, in a folder.
    #[track_caller]
    fn git_in(&self, folder: &Path, args: &[&str]) -> Ran {
        let ran = self.repo.run(folder, "git", args);
        self.assert_untouched();
        ran
    }

    #[track_caller]
    fn assert_untouched(&self) {
        let touched = self.take("touched");
        assert!(touched.is_empty(), "a hook touched what is the user's: {touched:#?}");
    }

    /// Commits or pushes what is good: git succeeds, and these trees were looked at on the way.
    #[track_caller]
    fn goes(&self, args: &[&str], trees: &[&str]) -> Ran {
        self.goes_in(&self.repo.path(), args, trees)
    }

    /// The same, in a folder.
    #[track_caller]
    fn goes_in(&self, folder: &Path, args: &[&str], trees: &[&str]) -> Ran {
        let ran = self.git_in(folder, args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        let trees: Vec<String> = trees.iter().map(|revision| self.tree_in(folder, revision)).collect();
        assert_eq!(self.seen(), trees, "{args:?}: {ran:?}");
        ran
    }

    /// Commits what is good: git succeeds, and the commit's tree was looked at.
    #[track_caller]
    fn commits(&self, args: &[&str]) {
        self.goes(args, &["HEAD"]);
    }

    /// Git is stopped by gate, for the check `grep`; HEAD stays where it is.
    #[track_caller]
    fn stops(&self, args: &[&str]) -> Ran {
        self.stops_in(&self.repo.path(), args)
    }

    /// The same, in a folder.
    #[track_caller]
    fn stops_in(&self, folder: &Path, args: &[&str]) -> Ran {
        let head = self.tree_in(folder, "HEAD");
        let ran = self.git_in(folder, args);
        ran.fails("grep");
        assert_eq!(self.tree_in(folder, "HEAD"), head);
        self.seen();
        ran
    }

    fn tree_in(&self, folder: &Path, revision: &str) -> String {
        let ran = self.repo.run(folder, "git", &["rev-parse", &format!("{revision}^{{tree}}")]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout.trim().to_owned()
    }

    /// Adds a commit that no hook looks at. Gives its id.
    fn around(&self, path: &str, content: &str) -> String {
        self.repo.write(path, content);
        self.repo.git(&["add", "--all"]);
        self.repo.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", content.trim()]);
        self.repo.git(&["rev-parse", "HEAD"])
    }

    /// Writes a file and stages it.
    fn stage(&self, path: &str, content: &str) {
        self.repo.write(path, content);
        self.repo.git(&["add", "--", path]);
    }

    /// The trees that `look` has seen since this was last asked.
    fn seen(&self) -> Vec<String> {
        self.take("seen")
    }

    /// The lines of a file beside the repository, which is then removed.
    fn take(&self, name: &str) -> Vec<String> {
        let path = self.repo.root().join(name);
        let text = fs_err::read(&path).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
        drop(fs_err::remove_file(path));
        text.lines().map(str::to_owned).collect()
    }

    /// The documents of all runs of a stage that were recorded, the newest first.
    fn runs(&self, stage: &str) -> Vec<Value> {
        let log = self.repo.gate(&["log"]).stdout;
        let ids =
            log.lines().filter(|line| line.contains(&format!(" {stage} "))).filter_map(|line| line.split(' ').next());
        ids.map(|id| serde_json::from_str(&self.repo.gate(&["show", id, "--format", "json"]).stdout).unwrap()).collect()
    }

    /// The document of the newest run of a stage.
    fn last(&self, stage: &str) -> Value {
        self.runs(stage).into_iter().next().unwrap_or_else(|| panic!("nothing recorded of {stage}"))
    }

    /// A folder beside the repository.
    fn beside(&self, name: &str) -> PathBuf {
        self.repo.root().join(name)
    }
}

impl Ran {
    /// Git was stopped, for this check.
    #[track_caller]
    fn fails(&self, check: &str) {
        assert!(self.code != 0 && self.both().contains(&format!("failed {check} ")), "{check}: {self:?}");
    }

    /// All that a program wrote.
    fn both(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// What a document says of one of its steps.
fn step<'a>(document: &'a Value, name: &str) -> &'a Value {
    let steps = document["steps"].as_array().unwrap();
    steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no {name}: {document:#}"))
}

/// The rules, with further ones.
fn gate_toml(repo: &TestRepo, rules: &str) -> String {
    format!(
        "{rules}\n[check.look]\non = [\"pre-commit\", \"pre-push\"]\n\
         run = '''test -z \"$(git status --porcelain)\" && git rev-parse HEAD^{{tree}} >>'{}/seen' '''\n\
         [check.grep]\non = [\"pre-commit\", \"pre-push\"]\n\
         run = '! grep -rqa --exclude-dir=.git --exclude=gate.toml BAD .'\n",
        repo.root().display()
    )
}

/// A hook: what is the user's is compared before and after, by content, kind, mode, time and inode; of objects only the
/// names, since git itself renews their times.
const HOOK: &str = r#"#!/bin/sh
state() {
    cd 'ROOT' || exit
    for part in repo linked; do
        test -d "$part" || continue
        find "$part" -path repo/.git/gate -prune -o ! -path '*/objects/*' -printf '%p %y %m %T@ %i %l\n'
        find "$part" -path repo/.git/gate -prune -o ! -path '*/objects/*' -type f -exec cksum {} +
        find "$part" -path '*/objects/*' -print
    done
}
(state) >'ROOT/before'
sh -c 'echo $$ >"$0"; exec "$@"' 'ROOT/gate' 'GATE' hook NAME "$@"
code=$?
(state) >'ROOT/after'
diff 'ROOT/before' 'ROOT/after' >>'ROOT/touched' || exit 97
exit $code
"#;
