//! What each kind of question comes to, on repositories made by git.

use std::path::Path;

use super::*;
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::git::testing::TestRepo;

fn guarded(branch: &str) -> bool {
    branch == "main" || branch.starts_with("release/")
}

fn ask_in(dir: &Path, repo: &TestRepo, source: Source, base: Option<&str>) -> Result<Change, Error> {
    let open = Repo::discover(dir)?;
    let base = base.map_or(BaseSpec::Usual, |revision| BaseSpec::Named(revision.to_owned()));
    let spec = ChangeSpec { source, base };
    let candidate = candidate(&open, &spec, &repo.store())?;
    against(&open, &spec, candidate, &guarded)
}

#[track_caller]
fn ask(repo: &TestRepo, source: Source, base: Option<&str>) -> Change {
    repo.untouched(|| ask_in(repo.root(), repo, source, base)).unwrap()
}

fn paths(change: &Change) -> Vec<String> {
    change.deltas.iter().map(|delta| delta.path.to_string()).collect()
}

#[track_caller]
fn check_base(change: &Change, commit: ObjectId, choice: &BaseChoice) {
    match &change.base {
        Base::Known { commit: Some(found), choice: chosen, .. } => assert_eq!((*found, chosen), (commit, choice)),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_none(change: &Change, why: &NoBase) {
    assert_eq!(change.base, Base::None(why.clone()));
    assert_eq!((change.base_tree(), change.deltas.len()), (None, 0));
}

fn merge_base(branch: &str) -> BaseChoice {
    BaseChoice::MergeBase { branch: branch.to_owned() }
}

fn named(revision: &str) -> BaseChoice {
    BaseChoice::Named { revision: revision.to_owned() }
}

fn range(from: &str, to: &str) -> Source {
    Source::Range { from: from.to_owned(), to: to.to_owned() }
}

/// A repository whose remote `origin` has `main` and `release/1`, on a branch of its own.
fn with_remote() -> TestRepo {
    let repo = TestRepo::new();
    repo.git(&["clone", "-q", "--bare", ".", "../origin"]);
    repo.git(&["remote", "add", "origin", "../origin"]);
    repo.git(&["push", "-q", "origin", "main:release/1"]);
    repo.write("on main", "x\n");
    repo.commit("on main");
    repo.git(&["push", "-q", "-u", "origin", "main"]);
    repo.git(&["checkout", "-q", "--no-track", "-b", "topic"]);
    repo.write("on topic", "x\n");
    repo.commit("on topic");
    repo
}

#[test]
fn what_is_staged_is_compared_with_head() {
    let repo = TestRepo::new();
    repo.write("a", "staged\n");
    repo.git(&["rm", "-q", "d/b"]);
    repo.git(&["add", "a"]);
    repo.write("a", "not staged\n");
    repo.write("untracked", "x\n");
    let change = ask(&repo, Source::Staged, None);
    check_base(&change, repo.id("HEAD"), &BaseChoice::Head);
    assert_eq!(paths(&change), ["a", "d/b"]);
    assert_eq!((change.candidate.commit, change.candidate.tree), (None, repo.expected_index_tree()));
}

#[test]
fn where_nothing_is_staged_heads_own_change_is_asked_about() {
    let repo = TestRepo::new();
    repo.write("untracked", "x\n");
    check_none(&ask(&repo, Source::Staged, None), &NoBase::Root);
    repo.write("a", "second\n");
    repo.git(&["commit", "-q", "-a", "-m", "second"]);
    let change = ask(&repo, Source::Staged, None);
    check_base(&change, repo.id("HEAD~"), &BaseChoice::Parent);
    assert_eq!((change.candidate.commit, paths(&change)), (None, vec!["a".to_owned()]));
}

#[test]
fn the_first_commit_of_all_has_no_base() {
    let repo = TestRepo::empty();
    repo.write("a", "x\n");
    repo.git(&["add", "a"]);
    check_none(&ask(&repo, Source::Staged, None), &NoBase::Unborn);
    check_none(&ask(&repo, Source::WorkTree, None), &NoBase::Unborn);
    repo.git(&["commit", "-q", "-m", "first"]);
    check_none(&ask(&repo, Source::Commit("HEAD".into()), None), &NoBase::Root);
}

#[test]
fn a_range_is_two_trees_as_they_are() {
    let repo = with_remote();
    let change = ask(&repo, range("topic", "origin/release/1"), None);
    check_base(&change, repo.id("topic"), &named("topic"));
    assert_eq!(change.candidate.commit, Some(repo.id("origin/release/1")));
    assert_eq!(paths(&change), ["on main", "on topic"]);
    let trees = ask(&repo, range("main^{tree}", "topic^{tree}"), None);
    assert_eq!((trees.candidate.commit, trees.base_tree()), (None, Some(repo.id("main^{tree}"))));
    assert!(matches!(trees.base, Base::Known { commit: None, .. }));
    assert_eq!(paths(&trees), ["on topic"]);
}

#[test]
fn a_commit_is_compared_with_its_first_parent() {
    let repo = with_remote();
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    repo.git(&["checkout", "-q", "topic"]);
    let change = ask(&repo, Source::Commit("main".into()), None);
    check_base(&change, repo.id("main~1"), &BaseChoice::Parent);
    assert_eq!((change.candidate.commit, paths(&change)), (Some(repo.id("main")), vec!["on topic".to_owned()]));
    let error = ask_in(repo.root(), &repo, Source::Commit("main^{tree}".into()), None).unwrap_err();
    assert!(matches!(error, Error::Revision(_)));
}

#[test]
fn whatever_is_judged_can_be_compared_with_nothing() {
    let repo = with_remote();
    repo.write("untracked", "x\n");
    for (source, tree) in [
        (Source::WorkTree, repo.expected_work_tree()),
        (Source::Staged, repo.id("HEAD^{tree}")),
        (Source::Commit("main".into()), repo.id("main^{tree}")),
    ] {
        let open = Repo::discover(repo.root()).unwrap();
        let spec = ChangeSpec { source, base: BaseSpec::Nothing };
        let candidate = candidate(&open, &spec, &repo.store()).unwrap();
        let change = against(&open, &spec, candidate, &guarded).unwrap();
        check_none(&change, &NoBase::Asked);
        assert_eq!(change.candidate.tree, tree);
    }
}

#[test]
fn the_nearest_guarded_branch_of_a_remote_is_the_base() {
    let repo = with_remote();
    repo.write("untracked", "x\n");
    let change = ask(&repo, Source::WorkTree, None);
    check_base(&change, repo.id("origin/main"), &merge_base("refs/remotes/origin/main"));
    assert_eq!(paths(&change), ["on topic", "untracked"]);
    let below = ask_in(&repo.root().join("d/e"), &repo, Source::WorkTree, None).unwrap();
    assert_eq!(below, change);

    repo.git(&["checkout", "-q", "--no-track", "-b", "fix", "origin/release/1"]);
    let change = ask(&repo, Source::WorkTree, None);
    check_base(&change, repo.id("origin/release/1"), &merge_base("refs/remotes/origin/release/1"));
    repo.write("on release", "x\n");
    repo.git(&["add", "on release"]);
    repo.git(&["commit", "-q", "-m", "on release"]);
    repo.git(&["push", "-q", "origin", "fix:release/1"]);
    repo.write("on fix", "x\n");
    let change = ask(&repo, Source::WorkTree, None);
    check_base(&change, repo.id("fix"), &merge_base("refs/remotes/origin/release/1"));
    assert_eq!(paths(&change), ["on fix", "untracked"]);
}

#[test]
fn a_guarded_upstream_comes_first() {
    let repo = with_remote();
    repo.git(&["branch", "-q", "--set-upstream-to=origin/release/1"]);
    let change = ask(&repo, Source::WorkTree, None);
    check_base(&change, repo.id("origin/release/1"), &merge_base("refs/remotes/origin/release/1"));
    assert_eq!(paths(&change), ["on main", "on topic"]);
    // One that is not guarded does not.
    repo.git(&["push", "-q", "-u", "origin", "topic"]);
    check_base(&ask(&repo, Source::WorkTree, None), repo.id("main"), &merge_base("refs/remotes/origin/main"));
}

#[test]
fn main_itself_is_compared_with_its_upstream() {
    let repo = with_remote();
    repo.git(&["checkout", "-q", "main"]);
    let pushed = repo.id("main");
    repo.write("ahead", "x\n");
    repo.commit("ahead");
    repo.write("not committed", "x\n");
    let change = ask(&repo, Source::WorkTree, None);
    check_base(&change, pushed, &merge_base("refs/remotes/origin/main"));
    assert_eq!(paths(&change), ["ahead", "not committed"]);
}

#[test]
fn without_a_remote_the_local_branch_serves() {
    let repo = TestRepo::new();
    repo.write("not committed", "x\n");
    let change = ask(&repo, Source::WorkTree, None);
    check_base(&change, repo.id("HEAD"), &merge_base("refs/heads/main"));
    assert_eq!(paths(&change), ["not committed"]);
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(ask(&repo, Source::WorkTree, None), change);
    repo.git(&["branch", "-q", "-m", "main", "other"]);
    check_none(&ask(&repo, Source::WorkTree, None), &NoBase::NoGuardedBranch);
}

#[test]
fn a_named_base_is_the_merge_base_with_it() {
    let repo = with_remote();
    let fork = repo.id("main");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("main moved", "x\n");
    repo.commit("main moved");
    repo.git(&["checkout", "-q", "topic"]);
    for source in [Source::WorkTree, Source::Staged, Source::Commit("topic".into())] {
        let change = ask(&repo, source, Some("main"));
        check_base(&change, fork, &named("main"));
        assert_eq!(paths(&change), ["on topic"]);
    }
    let tree = ask(&repo, Source::WorkTree, Some("main^{tree}"));
    assert_eq!(paths(&tree), ["main moved", "on topic"]);
    let error = ask_in(repo.root(), &repo, Source::WorkTree, Some("missing")).unwrap_err();
    assert_eq!(error.to_string(), "'missing' is not a commit in this repository");
}

#[test]
fn unrelated_history_has_no_base() {
    let repo = with_remote();
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.commit("other");
    // The one with the fewest commits that HEAD lacks.
    let branch = "refs/remotes/origin/release/1".to_owned();
    check_none(&ask(&repo, Source::WorkTree, None), &NoBase::Unrelated { branch });
}

#[test]
fn a_shallow_clone_has_no_base_that_is_not_sure() {
    let repo = with_remote();
    repo.git(&["push", "-q", "origin", "topic"]);
    let clone = repo.top().join("clone");
    let url = format!("file://{}", repo.top().join("origin").display());
    repo.git_in(&repo.top(), &["clone", "-q", "--depth=1", "--no-single-branch", "-b", "topic", &url, "clone"]);
    let ask = |source: Source, base: Option<&str>| ask_in(&clone, &repo, source, base).unwrap();
    let shallow = |branch: &str| NoBase::Shallow { branch: branch.to_owned() };
    check_none(&ask(Source::WorkTree, None), &shallow("refs/remotes/origin/main"));
    check_none(&ask(Source::WorkTree, Some("origin/main")), &shallow("origin/main"));
    check_none(&ask(Source::Commit("HEAD".into()), None), &shallow("HEAD"));
    // Two trees need no history.
    assert_eq!(paths(&ask(range("origin/main", "HEAD"), None)), ["on topic"]);
    repo.git_in(&clone, &["fetch", "-q", "--unshallow"]);
    check_base(&ask(Source::WorkTree, None), repo.id("main"), &merge_base("refs/remotes/origin/main"));
}

#[test]
fn an_unmerged_index_is_no_candidate() {
    let repo = with_remote();
    repo.write("a", "topic\n");
    repo.commit("a on topic");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "main\n");
    repo.commit("a on main");
    assert!(!repo.try_git(&["merge", "topic"]));
    let error = repo.untouched(|| ask_in(repo.root(), &repo, Source::Staged, None)).unwrap_err();
    assert_eq!(error.to_string(), "unmerged: 'a'");
}

#[test]
fn links_modes_submodules_and_swaps_are_deltas() {
    let repo = TestRepo::new();
    let other = TestRepo::new();
    repo.git(&["submodule", "add", "-q", other.root().to_str().unwrap(), "sub"]);
    repo.write("mode", "x\n");
    repo.link("link", "a");
    repo.commit("before");
    repo.git_in(&repo.root().join("sub"), &["commit", "-q", "--allow-empty", "-m", "moved"]);
    repo.chmod("mode", 0o755);
    repo.remove("link");
    repo.link("link", "mode");
    repo.remove("a");
    repo.write("a/now a folder", "x\n");
    repo.remove("d/e");
    repo.write("d/e", "now a file\n");
    let change = ask(&repo, Source::WorkTree, None);
    let seen = ["a", "a/now a folder", "d/e", "d/e/c", "link", "mode", "sub"];
    let mut found = paths(&change);
    found.sort();
    assert_eq!(found, seen);
    repo.git(&["add", "-A"]);
    assert_eq!(ask(&repo, Source::Staged, None).deltas, change.deltas);
}
