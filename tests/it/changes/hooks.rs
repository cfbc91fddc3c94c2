//! As git's own hook: whatever git is about to commit is what is judged, and nothing else.

use std::path::{Path, PathBuf};

use super::Watched;

fn hooked() -> Watched {
    let watched = Watched::new();
    watched.install(&watched.repo.path().join(".git/hooks"), &["pre-commit", "pre-merge-commit"]);
    watched
}

/// Commits, and asserts that gate judged the tree of the commit that came of it.
#[track_caller]
fn commits(watched: &Watched, folder: &Path, args: &[&str]) {
    let (ran, seen) = watched.hooked(folder, args);
    assert_eq!((ran.code, seen.verdict()), (0, "clear"), "{args:?}: {ran:?} {seen:?}");
    seen.is_exactly_as_in(watched, folder, &watched.git_in(folder, &["rev-parse", "HEAD^{tree}"]));
}

#[track_caller]
fn refuses(watched: &Watched, folder: &Path, args: &[&str]) {
    let head = watched.git_in(folder, &["rev-parse", "HEAD"]);
    let (ran, seen) = watched.hooked(folder, args);
    assert_eq!((ran.code, seen.verdict()), (1, "rejected"), "{args:?}: {ran:?} {seen:?}");
    assert_eq!(watched.git_in(folder, &["rev-parse", "HEAD"]), head);
}

#[test]
fn what_is_staged_and_nothing_else() {
    let watched = hooked();
    let (repo, top) = (&watched.repo, watched.repo.path());
    repo.write("a", "staged\n");
    repo.git(&["add", "a"]);
    repo.write("a", "BAD, but not staged\n");
    repo.write("untracked", "BAD\n");
    commits(&watched, &top, &["commit", "-q", "-m", "staged"]);
    repo.git(&["add", "a"]);
    repo.write("a", "mended, but not staged\n");
    refuses(&watched, &top, &["commit", "-q", "-m", "staged and bad"]);
}

#[test]
fn every_way_to_commit() {
    let watched = hooked();
    let (repo, top) = (&watched.repo, watched.repo.path());
    repo.write("a", "all\n");
    repo.write("d/e/b", "all\n");
    commits(&watched, &top, &["commit", "-q", "-a", "-m", "all"]);
    repo.write("a", "BAD, staged and no part of it\n");
    repo.git(&["add", "a"]);
    repo.write("d/e/b", "named\n");
    commits(&watched, &top, &["commit", "-q", "-m", "path", "d/e/b"]);
    refuses(&watched, &top, &["commit", "-q", "-m", "what is staged"]);
    refuses(&watched, &top, &["commit", "-q", "-a", "-m", "all"]);
    repo.write("a", "included\n");
    repo.write("d/e/b", "included too\n");
    commits(&watched, &top, &["commit", "-q", "-m", "included", "-i", "a", "d/e/b"]);
    repo.git(&["rm", "-q", "d/e/b"]);
    commits(&watched, &top, &["commit", "-q", "--amend", "-m", "amended"]);
    commits(&watched, &top, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
}

#[test]
fn from_a_subfolder() {
    let watched = hooked();
    let folder = watched.repo.path().join("d/e");
    watched.repo.write("d/e/b", "from below\n");
    commits(&watched, &folder, &["commit", "-q", "-m", "path", "b"]);
    watched.repo.write("a", "BAD\n");
    refuses(&watched, &folder, &["commit", "-q", "-a", "-m", "all"]);
    refuses(&watched, &folder, &["commit", "-q", "-m", "path", "../../a"]);
}

#[test]
fn the_first_commit_of_all() {
    let watched = Watched::unborn("");
    watched.install(&watched.repo.path().join(".git/hooks"), &["pre-commit"]);
    watched.repo.write("a", "good\n");
    watched.repo.git(&["add", "--all"]);
    commits(&watched, &watched.repo.path(), &["commit", "-q", "-m", "first"]);
}

#[test]
fn on_no_branch() {
    let watched = hooked();
    watched.repo.git(&["checkout", "-q", "--detach"]);
    watched.repo.write("a", "detached\n");
    commits(&watched, &watched.repo.path(), &["commit", "-q", "-a", "-m", "detached"]);
}

#[test]
fn a_merge_is_judged_as_it_results() {
    let watched = hooked();
    let (repo, top) = (&watched.repo, watched.repo.path());
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("side", "side\n");
    commits(&watched, &top, &["commit", "-q", "-a", "--allow-empty", "-m", "nothing"]);
    repo.git(&["add", "--all"]);
    commits(&watched, &top, &["commit", "-q", "-m", "side"]);
    repo.write("a", "side's\n");
    commits(&watched, &top, &["commit", "-q", "-a", "-m", "side's a"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.write("d/e/b", "main's\n");
    commits(&watched, &top, &["commit", "-q", "-a", "-m", "main"]);
    commits(&watched, &top, &["merge", "-q", "--no-edit", "side"]);
    assert_eq!(repo.git(&["rev-list", "--no-walk", "--parents", "HEAD"]).split(' ').count(), 3);

    repo.write("a", "main's\n");
    commits(&watched, &top, &["commit", "-q", "-a", "-m", "main's a"]);
    repo.git(&["checkout", "-q", "side"]);
    repo.write("a", "side's second\n");
    commits(&watched, &top, &["commit", "-q", "-a", "-m", "side's a again"]);
    assert_eq!(repo.run(&top, "git", &["merge", "main"]).code, 1, "a conflict");
    repo.write("a", "BAD resolution\n");
    repo.git(&["add", "a"]);
    refuses(&watched, &top, &["commit", "-q", "--no-edit"]);
    repo.write("a", "resolution\n");
    repo.git(&["add", "a"]);
    commits(&watched, &top, &["commit", "-q", "--no-edit"]);
}

#[test]
fn each_commit_of_a_rebase() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.git(&["checkout", "-q", "-b", "side"]);
    for n in 0..3 {
        repo.write("side", format!("{}{n}\n", if n == 1 { "BAD" } else { "good" }));
        repo.commit("side");
    }
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "main's\n");
    repo.commit("main");
    repo.git(&["checkout", "-q", "side"]);
    let root = repo.root();
    let each = format!(
        "'{}' check --commit HEAD --fresh --format json >>'{}/each.json'; rm -rf '{}/seen'; echo $? >/dev/null",
        env!("CARGO_BIN_EXE_gate"),
        root.display(),
        root.display()
    );
    for folder in ["", "d/e"] {
        drop(fs_err::remove_file(root.join("each.json")));
        let base = if folder.is_empty() { "main" } else { "main~" };
        watched.git_in(&repo.path().join(folder), &["rebase", "-q", "--force-rebase", "--exec", &each, base]);
        let text = fs_err::read_to_string(root.join("each.json")).unwrap();
        let said = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
        let said: Vec<_> = said.map(|document| document.unwrap()).collect();
        let trees: Vec<&str> = said.iter().filter_map(|document| document["candidate"]["tree"].as_str()).collect();
        let last: Vec<String> = ["HEAD~2", "HEAD~", "HEAD"]
            .iter()
            .map(|rev| repo.git(&["rev-parse", &format!("{rev}^{{tree}}")]))
            .collect();
        assert_eq!(trees[trees.len() - 3..], last);
        let verdicts: Vec<&str> = said.iter().filter_map(|document| document["verdict"].as_str()).collect();
        assert_eq!(verdicts[verdicts.len() - 3..], ["deployable", "rejected", "deployable"], "{text}");
    }
}

/// There git gives hooks absolute paths of repository and index.
#[test]
fn in_a_linked_worktree() {
    let watched = hooked();
    let repo = &watched.repo;
    repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = repo.root().join("linked");
    repo.write("a", "BAD in the first worktree\n");
    repo.git(&["add", "a"]);
    fs_err::write(linked.join("a"), "linked\n").unwrap();
    commits(&watched, &linked, &["commit", "-q", "-a", "-m", "all"]);
    fs_err::write(linked.join("d/e/b"), "BAD\n").unwrap();
    refuses(&watched, &linked.join("d"), &["commit", "-q", "-m", "path", "e/b"]);
    let seen = watched.check_in(&linked.join("d"), &[]);
    assert_eq!((seen.verdict(), seen.file("d/e/b")), ("rejected", "644 BAD\n"));
    assert_eq!(seen.document["no_base"], serde_json::Value::Null);
}

#[test]
fn in_a_submodule() {
    let (watched, outer) = (Watched::new(), crate::repo::TestRepo::with(&[("outer", "BAD\n")]));
    let url = watched.repo.path();
    let args = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", url.to_str().unwrap(), "sub"];
    outer.git(&args);
    outer.commit("submodule");
    let sub = outer.path().join("sub");
    watched.install(&outer.path().join(".git/modules/sub/hooks"), &["pre-commit"]);
    fs_err::write(sub.join("a"), "in the submodule\n").unwrap();
    commits(&watched, &sub, &["commit", "-q", "-a", "-m", "all"]);
    fs_err::write(sub.join("a"), "BAD in the submodule\n").unwrap();
    refuses(&watched, &sub.join("d"), &["commit", "-q", "-a", "-m", "all"]);
}

#[test]
fn with_an_index_of_its_own() {
    let watched = hooked();
    let (repo, top) = (&watched.repo, watched.repo.path());
    repo.write("a", "BAD, and in the repository's own index\n");
    repo.git(&["add", "a"]);
    repo.set_env("GIT_INDEX_FILE", repo.root().join("own index"));
    repo.git(&["read-tree", "HEAD"]);
    repo.git(&["rm", "-q", "--cached", "d/e/b"]);
    commits(&watched, &top, &["commit", "-q", "-m", "own"]);
    let seen = watched.check(&["--staged"]);
    seen.is_exactly(&watched, &repo.git(&["rev-parse", "HEAD^{tree}"]));
    repo.set_env("GIT_INDEX_FILE", "a-missing-one");
    let seen = watched.check(&["--staged"]);
    assert!(seen.document.is_null() && seen.code != 0, "{seen:?}");
    assert!(seen.stderr.contains("a-missing-one"), "{seen:?}");
}

/// `core.hooksPath` moves the hooks; `--git-dir` and `--work-tree` name the repository.
#[test]
fn hooks_elsewhere_and_a_named_repository() {
    let watched = Watched::new();
    let hooks = watched.repo.root().join("hooks elsewhere");
    watched.install(&hooks, &["pre-commit"]);
    watched.repo.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    watched.repo.write("a", "again\n");
    commits(&watched, &watched.repo.path(), &["commit", "-q", "-a", "-m", "all"]);

    let named = |dir: PathBuf, name: &str| format!("--{name}={}", dir.display());
    let git_dir = named(watched.repo.path().join(".git"), "git-dir");
    let work_tree = named(watched.repo.path(), "work-tree");
    watched.repo.write("a", "BAD\n");
    let (ran, seen) = watched.hooked(&watched.repo.home(), &[&git_dir, &work_tree, "commit", "-q", "-a", "-m", "x"]);
    assert_eq!((ran.code, seen.verdict(), seen.file("a")), (1, "rejected", "644 BAD\n"));
    watched.repo.write("a", "mended\n");
    let (ran, seen) = watched.hooked(&watched.repo.home(), &[&git_dir, &work_tree, "commit", "-q", "-a", "-m", "x"]);
    assert_eq!((ran.code, seen.verdict()), (0, "clear"), "{ran:?}");
    seen.is_exactly(&watched, &watched.repo.git(&["rev-parse", "HEAD^{tree}"]));
}

/// What git's own variables say of a commit being made must not reach what the check does with git.
#[test]
fn a_checks_own_git_works_on_its_own_repository() {
    let watched = Watched::with_rules(
        "[check.scratch]\non = [\"pre-commit\"]\nrun = '''\nset -e; t=$(mktemp -d); cd $t; git init -q; echo x > x; \
         git add x; git -c user.name=a -c user.email=b commit -q -m x; test $(git ls-files) = x; cd /; rm -rf $t'''\n",
    );
    let repo = &watched.repo;
    watched.install(&repo.path().join(".git/hooks"), &["pre-commit"]);
    repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = repo.root().join("linked");
    fs_err::write(linked.join("a"), "linked\n").unwrap();
    commits(&watched, &linked, &["commit", "-q", "-a", "-m", "all"]);
    repo.write("a", "main\n");
    commits(&watched, &repo.path(), &["commit", "-q", "-a", "-m", "all"]);
}
