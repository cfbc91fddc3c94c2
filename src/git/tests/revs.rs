//! Revisions, branches and what HEAD is at.

use crate::git::testing::TestRepo;
use crate::git::{Error, Head};
use crate::path::RepoPath;

#[test]
fn what_head_is_at() {
    let repo = TestRepo::empty();
    assert_eq!(repo.open().head().unwrap(), Head::Unborn { branch: "refs/heads/main".into() });
    let commit = repo.commit("first");
    assert_eq!(repo.open().head().unwrap(), Head::Branch { branch: "refs/heads/main".into(), commit });
    repo.git(&["pack-refs", "--all"]);
    assert_eq!(repo.open().head().unwrap().commit(), Some(commit));
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(repo.open().head().unwrap(), Head::Detached { commit });
    let linked = repo.top().join("linked");
    repo.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    let linked = crate::git::Repo::discover(&linked).unwrap();
    assert_eq!(linked.head().unwrap().branch(), Some("refs/heads/side"));
}

#[test]
fn revisions_are_commits_or_trees() {
    let repo = TestRepo::new();
    let first = repo.id("HEAD");
    repo.write("a", "second\n");
    let second = repo.commit("second");
    repo.git(&["tag", "-a", "-m", "annotated", "v1", "HEAD~"]);
    let open = repo.open();
    let commit = |revision: &str| open.resolve(revision).unwrap().commit;
    assert_eq!(commit("HEAD"), Some(second));
    assert_eq!(commit("main~1"), Some(first));
    assert_eq!(commit("v1"), Some(first));
    assert_eq!(commit(&first.to_string()[..12]), Some(first));
    for tree in ["HEAD^{tree}", "HEAD:d"] {
        let found = open.resolve(tree).unwrap();
        assert_eq!((found.commit, found.tree), (None, repo.id(tree)));
    }
    assert_eq!(open.resolve("v1").unwrap().tree, repo.id("v1^{tree}"));
    for wrong in ["missing", "HEAD:a", "", "-x", "HEAD^3", "0123456789012345678901234567890123456789"] {
        assert!(matches!(open.resolve(wrong), Err(Error::Revision(named)) if named == wrong), "{wrong}");
    }
    assert_eq!(open.commit(second).unwrap().parents, [first]);
    assert_eq!(open.commit(first).unwrap().parents, []);
}

#[test]
fn a_name_of_several_commits_is_none_of_them() {
    let repo = TestRepo::new();
    let first = repo.id("HEAD");
    repo.write("a", "second\n");
    let second = repo.commit("second");
    let at = |name: &str, id: crate::digest::ObjectId| drop(repo.git(&["update-ref", name, &id.to_string()]));
    let short = &second.to_string()[..12];
    for name in ["refs/tags/main", "refs/tags/origin/main", "refs/remotes/x/HEAD", &format!("refs/tags/{short}")] {
        at(name, first);
    }
    at(&format!("refs/tags/{second}"), first);
    at("refs/remotes/origin/main", second);
    at("refs/heads/x", second);
    let open = repo.open();
    for name in ["main", "main~1", "main^{tree}", "main:a", "origin/main", "heads/../main", "x", short] {
        let found = open.resolve(name);
        let expected = if name == "heads/../main" { "Revision" } else { "Ambiguous" };
        assert!(format!("{found:?}").starts_with(&format!("Err({expected}")), "{name}: {found:?}");
    }
    let commit = |revision: &str| open.resolve(revision).unwrap().commit;
    for name in ["HEAD", "refs/heads/main", "heads/main", "refs/remotes/origin/main", &second.to_string()] {
        assert_eq!(commit(name), Some(second), "{name}");
    }
    assert_eq!(commit("tags/main"), Some(first));
    at("refs/tags/main", second);
    assert_eq!(commit("main"), Some(second), "all the same commit");
}

#[test]
fn branches_and_what_they_follow() {
    let repo = TestRepo::new();
    repo.git(&["clone", "-q", "--bare", ".", "../origin"]);
    repo.git(&["remote", "add", "origin", "../origin"]);
    repo.git(&["remote", "add", "team/fork", "../origin"]);
    repo.git(&["push", "-q", "origin", "main", "main:release/1"]);
    repo.git(&["fetch", "-q", "--all"]);
    repo.git(&["remote", "set-head", "origin", "main"]);
    repo.git(&["branch", "-q", "topic", "--track", "origin/release/1"]);
    repo.git(&["branch", "-q", "local", "--track", "main"]);
    repo.git(&["pack-refs", "--all"]);
    let open = repo.open();
    let names = |remote: bool| {
        let found = open.branches(remote).unwrap();
        assert!(found.iter().all(|branch| branch.remote == remote && branch.commit == repo.id("main")));
        found.into_iter().map(|branch| (branch.name, branch.short)).collect::<Vec<_>>()
    };
    let pair = |name: &str, short: &str| (name.to_owned(), short.to_owned());
    let ours = ["local", "main", "topic"].map(|short| pair(&format!("refs/heads/{short}"), short));
    assert_eq!(names(false), ours);
    let theirs = [("origin", "main"), ("origin", "release/1"), ("team/fork", "main"), ("team/fork", "release/1")];
    assert_eq!(names(true), theirs.map(|(remote, short)| pair(&format!("refs/remotes/{remote}/{short}"), short)));
    let upstream = |branch: &str| open.upstream(&format!("refs/heads/{branch}")).unwrap().map(|found| found.name);
    assert_eq!(upstream("topic").as_deref(), Some("refs/remotes/origin/release/1"));
    assert_eq!(upstream("local").as_deref(), Some("refs/heads/main"));
    assert_eq!(upstream("main"), None);
    repo.git(&["update-ref", "-d", "refs/remotes/origin/release/1"]);
    assert_eq!(repo.open().upstream("refs/heads/topic").unwrap(), None, "what it follows is gone");
}

#[test]
fn configuration_and_ignored_paths() {
    let repo = TestRepo::new();
    repo.git(&["config", "gate.test", "value"]);
    repo.write(".gitignore", "*.o\n/build/\n");
    let open = repo.open();
    assert_eq!(open.config("gate.test").unwrap().as_deref(), Some("value"));
    assert_eq!(open.config("gate.missing").unwrap(), None);
    let ignored = |path: &str| open.is_ignored(&RepoPath::from(path)).unwrap();
    assert!(ignored("d/x.o") && ignored("build/out"));
    assert!(!ignored("d/build") && !ignored("a"));
}
