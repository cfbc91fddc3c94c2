//! What git tells its hooks stays with them: checks that use git work on repositories of their own.

use super::git_in;
use crate::repo::{TestRepo, assert_untouched};

/// What tests of programs that use git do: each line has wrecked a repository somewhere.
const CHECK: &str = r#"
[check.tests]
on = ["pre-commit", "pre-push"]
run = '''
set -e
mkdir "$TMPDIR/x" && cd "$TMPDIR/x"
git init --quiet && git config core.bare true && git config core.bare false
git config user.email t@example.org && git config user.name t
echo x > x && git add x && git commit --quiet --message x
test "$(git ls-files)" = x
git init --quiet --bare ../y && git -C ../y symbolic-ref HEAD refs/heads/other
git push --quiet ../y HEAD:refs/heads/other && git rm --quiet x && git stash --quiet
test -z "$(env | grep ^GIT_)"
'''
"#;

#[test]
fn tests_that_make_repositories_leave_the_one_that_is_committed_to_alone() {
    let repo = TestRepo::with(&[("gate.toml", CHECK), ("a", "1\n"), ("b", "1\n")]);
    assert_eq!(repo.gate(&["install"]).code, 0);
    git_in(&repo, &repo.path(), &["init", "--quiet", "--bare", "../remote"]);
    repo.git(&["remote", "add", "origin", "../remote"]);
    repo.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    let linked = repo.root().join("linked");
    let config = repo.read(".git/config");
    let branches = || repo.git(&["for-each-ref", "--format=%(refname)"]);
    let refs = branches();
    for (folder, commit) in [
        (repo.path(), &["commit", "--quiet", "--all", "--message", "x"][..]),
        (repo.path(), &["commit", "--quiet", "--message", "only a path", "a"]),
        (linked.clone(), &["commit", "--quiet", "--all", "--message", "x"]),
        (linked.join("below"), &["commit", "--quiet", "--all", "--message", "x"]),
    ] {
        fs_err::create_dir_all(&folder).unwrap();
        let top = git_in(&repo, &folder, &["rev-parse", "--show-toplevel"]);
        let file = std::path::Path::new(&top).join("a");
        let text = fs_err::read_to_string(&file).unwrap();
        fs_err::write(&file, text + "more\n").unwrap();
        git_in(&repo, &folder, commit);
        assert_eq!(git_in(&repo, &folder, &["ls-tree", "-r", "--name-only", "--full-tree", "HEAD"]), "a\nb\ngate.toml");
        assert_eq!(git_in(&repo, &folder, &["status", "--porcelain"]), "", "no phantom deletions");
        git_in(&repo, &folder, &["push", "--quiet", "origin", "HEAD"]);
    }
    assert_eq!(
        (repo.read(".git/config"), branches()),
        (config, refs.clone() + "\nrefs/remotes/origin/main\nrefs/remotes/origin/side")
    );
}

/// The names that git gives to hooks, and what surrounds them where an editor or another hook calls git.
#[test]
fn nothing_that_git_says_of_the_repository_reaches_a_check() {
    let repo = TestRepo::with(&[("gate.toml", CHECK), ("a", "1\n")]);
    let names = repo.git(&["rev-parse", "--local-env-vars"]);
    let more = "GIT_QUARANTINE_PATH GIT_PUSH_OPTION_COUNT GIT_PUSH_OPTION_0 GIT_EDITOR GIT_REFLOG_ACTION GIT_TRACE";
    let before = repo.snapshot();
    let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
    command.args(["check", "--all"]).env("GIT_DIR", repo.path().join(".git"));
    command.env("GIT_WORK_TREE", repo.path()).env("GIT_INDEX_FILE", repo.path().join(".git/index"));
    let taken = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];
    // Those that would lead gate itself elsewhere are not what is asked here.
    let elsewhere = ["GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_CONFIG"];
    for name in
        names.split('\n').chain(more.split(' ')).filter(|name| !taken.contains(name) && !elsewhere.contains(name))
    {
        command.env(name, if name.ends_with("COUNT") { "0" } else { "" });
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    assert_untouched(&before, &repo.snapshot(), "a check that uses git");
}
